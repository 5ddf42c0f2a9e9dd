//! Which files: directories walked, ignore files and excludes honoured.
//!
//! Directories are walked in parallel, and the caller's visitor runs on the thread that found the file, so that files are
//! read while the walk goes on. The order of what comes out never depends on the threads.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use ignore::{DirEntry, ParallelVisitor, ParallelVisitorBuilder, WalkBuilder, WalkState};
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use rustc_hash::FxHashSet;

use super::patterns::{PathPatterns, slashed, without_dots};
use super::read::not_regular;
use super::script::{has_python_extension, is_python_script};

/// What is left out of every walk unless the configuration says otherwise: the folders of version control, environments,
/// caches and build output. The names are those that ruff leaves out, so that both see the same project.
pub const DEFAULT_EXCLUDES: &[&str] = &[
    ".bzr",
    ".direnv",
    ".eggs",
    ".git",
    ".git-rewrite",
    ".hg",
    ".ipynb_checkpoints",
    ".mypy_cache",
    ".nox",
    ".pants.d",
    ".pyenv",
    ".pytest_cache",
    ".pytype",
    ".ruff_cache",
    ".svn",
    ".tox",
    ".venv",
    ".vscode",
    "__pycache__",
    "__pypackages__",
    "_build",
    "buck-out",
    "build",
    "dist",
    "node_modules",
    "site-packages",
    "venv",
];

/// What to look for, and where from.
#[derive(Clone, Debug)]
pub struct DiscoverOptions {
    /// Relative paths start here, and display names are relative to it. An absolute path.
    pub working_directory: PathBuf,
    /// What is left out of walks.
    pub excludes: PathPatterns,
    /// Whether the excludes hold for the paths that were given, too.
    pub force_exclude: bool,
    /// The number of threads that walk; 0 leaves it to the machine.
    pub threads: usize,
}

/// A Python file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FoundFile {
    /// Where it lies; a path that can be opened as it is.
    pub path: PathBuf,
    /// The name to show: relative to the working directory where possible, with `/` between parts.
    pub name: String,
    /// Whether it was given by name rather than found in a walk.
    pub explicit: bool,
}

/// Something in the way of the walk, for a finding (MP902).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Problem {
    /// The display name of the path.
    pub name: String,
    /// The path.
    pub path: PathBuf,
    /// What is wrong: a fragment that follows the name.
    pub message: String,
}

/// What discovery found.
#[derive(Debug)]
pub struct Discovery<T = ()> {
    /// The files for which the visitor returned something, with what it returned, sorted by name. No file twice.
    pub files: Vec<(FoundFile, T)>,
    /// How many Python files the visitor was given.
    pub visited: usize,
    /// What could not be looked at, sorted.
    pub problems: Vec<Problem>,
}

/// Discovery did not begin.
#[derive(Debug, thiserror::Error)]
pub enum DiscoverError {
    /// Paths that do not exist: all of them, in the order in which they were given.
    #[error("no such file or directory: {}", list(.0))]
    Missing(Vec<PathBuf>),
}

fn list(paths: &[PathBuf]) -> String {
    let names: Vec<String> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
    names.join(", ")
}

/// Finds the Python files among the given paths and below them; no path means the working directory.
///
/// # Errors
/// [`DiscoverError::Missing`] where a given path does not exist. All else becomes a [`Problem`].
pub fn discover(paths: &[PathBuf], options: &DiscoverOptions) -> Result<Discovery, DiscoverError> {
    visit(paths, options, || |_: &FoundFile| Some(()))
}

/// Finds the Python files as [`discover`] does and calls a visitor for each, many at once and in any order. Each thread
/// makes its own visitor, which may keep buffers. What a visitor returns is kept together with the file.
///
/// # Errors
/// As [`discover`]; in that case no visitor is called.
pub fn visit<T, V>(
    paths: &[PathBuf],
    options: &DiscoverOptions,
    new_visitor: impl Fn() -> V + Sync,
) -> Result<Discovery<T>, DiscoverError>
where
    T: Send,
    V: FnMut(&FoundFile) -> Option<T> + Send,
{
    let given = Given::sort_out(paths, options)?;
    let results = Mutex::new(Discovery {
        files: Vec::new(),
        visited: 0,
        problems: given.problems,
    });

    // Even for nothing the threads would be made.
    if !given.files.is_empty() {
        given.files.par_iter().for_each_init(
            || Collector::new(new_visitor(), &results),
            |collector, file| collector.take(file.clone()),
        );
    }

    // Where one given path lies inside another, a file could be found twice. The walks then go one after the other, so
    // that it is always the same path that wins.
    let seen = Mutex::new(given.seen);
    let batches: Vec<&[Root]> = if given.overlapping {
        given.roots.chunks(1).collect()
    } else if given.roots.is_empty() {
        vec![]
    } else {
        vec![&given.roots]
    };
    for roots in batches {
        let Some((first, others)) = roots.split_first() else {
            continue;
        };
        let mut builder = WalkBuilder::new(&first.path);
        for root in others {
            builder.add(&root.path);
        }
        builder.hidden(false).require_git(false).threads(options.threads);
        let walk = Walk {
            options,
            roots,
            seen: given.overlapping.then_some(&seen),
        };
        builder.build_parallel().visit(&mut WalkerBuilder {
            walk: &walk,
            results: &results,
            new_visitor: &new_visitor,
        });
    }

    let mut discovery = results.into_inner().unwrap_or_else(PoisonError::into_inner);
    discovery.files.sort_by(|(a, _), (b, _)| a.name.cmp(&b.name));
    discovery.problems.sort();
    discovery.problems.dedup();
    Ok(discovery)
}

/// A directory to walk.
struct Root {
    /// As it is walked.
    path: PathBuf,
    /// Absolute, symbolic links not resolved: what excludes are matched against.
    absolute: PathBuf,
    /// Absolute, symbolic links resolved: what tells whether two spellings mean the same.
    canonical: PathBuf,
    /// What stands before the names of its files; empty or ends in `/`.
    shown: String,
}

/// The paths of the command line, looked at.
struct Given {
    files: Vec<FoundFile>,
    roots: Vec<Root>,
    /// The canonical paths of `files`.
    seen: FxHashSet<PathBuf>,
    overlapping: bool,
    problems: Vec<Problem>,
}

impl Given {
    fn sort_out(paths: &[PathBuf], options: &DiscoverOptions) -> Result<Self, DiscoverError> {
        let here = [PathBuf::from(".")];
        let paths = if paths.is_empty() { &here } else { paths };
        let namer = Namer::new(&options.working_directory);
        let mut given = Self {
            files: vec![],
            roots: vec![],
            seen: FxHashSet::default(),
            overlapping: false,
            problems: vec![],
        };
        let mut missing = vec![];
        for path in paths {
            let opened = namer.opened(path);
            match fs::metadata(&opened) {
                Ok(metadata) => given.add(path, opened, &metadata, options, &namer),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {
                    if fs::symlink_metadata(&opened).is_ok() {
                        given.problem(
                            &namer,
                            path,
                            opened,
                            "is a symbolic link to something that does not exist".into(),
                        );
                    } else {
                        missing.push(path.clone());
                    }
                }
                Err(error) => given.problem(&namer, path, opened, format!("cannot be read: {error}")),
            }
        }
        if !missing.is_empty() {
            return Err(DiscoverError::Missing(missing));
        }
        let inside = |path: &Path| given.roots.iter().any(|root| path.starts_with(&root.canonical));
        given.overlapping = given.seen.iter().any(|file| inside(file))
            || given.roots.iter().enumerate().any(|(at, root)| {
                given
                    .roots
                    .iter()
                    .enumerate()
                    .any(|(other, outer)| other != at && root.canonical.starts_with(&outer.canonical))
            });
        Ok(given)
    }

    fn add(
        &mut self,
        path: &Path,
        opened: PathBuf,
        metadata: &fs::Metadata,
        options: &DiscoverOptions,
        namer: &Namer<'_>,
    ) {
        let absolute = namer.absolute(path);
        if options.force_exclude && options.excludes.matches_or_parent(&absolute) {
            return;
        }
        let canonical = fs::canonicalize(&opened).unwrap_or_else(|_| absolute.clone());
        let shown = namer.shown(path, &canonical);
        if metadata.is_dir() {
            if self.roots.iter().any(|root| root.canonical == canonical) {
                return;
            }
            let shown = match shown.as_str() {
                "" => shown,
                _ if shown.ends_with('/') => shown,
                _ => shown + "/",
            };
            self.roots.push(Root {
                path: opened,
                absolute,
                canonical,
                shown,
            });
        } else if let Some(what) = not_regular(metadata.file_type()) {
            self.problem(namer, path, opened, format!("is {what}, not a regular file"));
        } else if self.seen.insert(canonical) {
            self.files.push(FoundFile {
                path: opened,
                name: shown,
                explicit: true,
            });
        }
    }

    fn problem(&mut self, namer: &Namer<'_>, path: &Path, opened: PathBuf, message: String) {
        let name = namer.shown(path, &namer.absolute(path));
        self.problems.push(Problem {
            name,
            path: opened,
            message,
        });
    }
}

/// The name to show of a file that no walk has come upon: relative to the working directory where it lies below.
#[must_use]
pub fn display_name(absolute: &Path, working_directory: &Path) -> String {
    slashed(absolute.strip_prefix(working_directory).unwrap_or(absolute))
}

/// Turns a path as it was typed into the paths to open, to match and to show.
struct Namer<'a> {
    working_directory: &'a Path,
    canonical: PathBuf,
    is_current: bool,
}

impl<'a> Namer<'a> {
    fn new(working_directory: &'a Path) -> Self {
        Self {
            working_directory,
            canonical: fs::canonicalize(working_directory).unwrap_or_else(|_| working_directory.to_path_buf()),
            is_current: std::env::current_dir().is_ok_and(|current| current == working_directory),
        }
    }

    /// Short where it can be: the system resolves every part of a path anew for every file.
    fn opened(&self, path: &Path) -> PathBuf {
        if self.is_current {
            path.to_path_buf()
        } else {
            self.working_directory.join(path)
        }
    }

    fn absolute(&self, path: &Path) -> PathBuf {
        let joined = self.working_directory.join(path);
        without_dots(&joined).unwrap_or_else(|| fs::canonicalize(&joined).unwrap_or(joined))
    }

    fn shown(&self, path: &Path, canonical: &Path) -> String {
        let Some(plain) = without_dots(path) else {
            return match canonical.strip_prefix(&self.canonical) {
                Ok(below) => slashed(below),
                Err(_) => slashed(path),
            };
        };
        let below = plain
            .strip_prefix(self.working_directory)
            .or_else(|_| plain.strip_prefix(&self.canonical));
        slashed(below.unwrap_or(&plain))
    }
}

/// What all threads of one walk share.
struct Walk<'a> {
    options: &'a DiscoverOptions,
    roots: &'a [Root],
    /// Canonical paths of files already visited, where there can be any.
    seen: Option<&'a Mutex<FxHashSet<PathBuf>>>,
}

impl Walk<'_> {
    /// The root of an entry, and the entry's path below it.
    fn split<'p>(&self, path: &'p Path) -> Option<(&Root, &'p Path)> {
        self.roots
            .iter()
            .filter_map(|root| Some((root, path.strip_prefix(&root.path).ok()?)))
            // Of `a` and `a/../b`, or of `/` and `/x`, the longer one is meant.
            .max_by_key(|(root, _)| root.path.as_os_str().len())
    }

    fn is_excluded(&self, path: &Path) -> bool {
        let excludes = &self.options.excludes;
        excludes.matches_name(path)
            || (excludes.need_paths()
                && self
                    .split(path)
                    .is_some_and(|(root, below)| excludes.matches(&root.absolute.join(below))))
    }

    fn name(&self, path: &Path) -> String {
        match self.split(path) {
            Some((root, below)) => root.shown.clone() + &slashed(below),
            None => slashed(path),
        }
    }

    /// Whether this thread is the first to come upon a file.
    fn is_first(&self, path: &Path) -> bool {
        let (Some(seen), Some((root, below))) = (self.seen, self.split(path)) else {
            return true;
        };
        seen.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(root.canonical.join(below))
    }
}

/// What one thread has found; handed over when the thread ends.
struct Collector<'a, T, V> {
    visitor: V,
    found: Discovery<T>,
    results: &'a Mutex<Discovery<T>>,
}

impl<'a, T, V: FnMut(&FoundFile) -> Option<T>> Collector<'a, T, V> {
    fn new(visitor: V, results: &'a Mutex<Discovery<T>>) -> Self {
        let found = Discovery {
            files: vec![],
            visited: 0,
            problems: vec![],
        };
        Self {
            visitor,
            found,
            results,
        }
    }

    fn take(&mut self, file: FoundFile) {
        self.found.visited += 1;
        if let Some(result) = (self.visitor)(&file) {
            self.found.files.push((file, result));
        }
    }
}

impl<T, V> Drop for Collector<'_, T, V> {
    fn drop(&mut self) {
        let mut results = self.results.lock().unwrap_or_else(PoisonError::into_inner);
        results.files.append(&mut self.found.files);
        results.problems.append(&mut self.found.problems);
        results.visited += self.found.visited;
    }
}

struct WalkerBuilder<'s, T, N> {
    walk: &'s Walk<'s>,
    results: &'s Mutex<Discovery<T>>,
    new_visitor: &'s N,
}

impl<'s, T, V, N> ParallelVisitorBuilder<'s> for WalkerBuilder<'s, T, N>
where
    T: Send,
    V: FnMut(&FoundFile) -> Option<T> + Send + 's,
    N: Fn() -> V + Sync,
{
    fn build(&mut self) -> Box<dyn ParallelVisitor + 's> {
        Box::new(Walker {
            walk: self.walk,
            collector: Collector::new((self.new_visitor)(), self.results),
        })
    }
}

struct Walker<'s, T, V> {
    walk: &'s Walk<'s>,
    collector: Collector<'s, T, V>,
}

impl<T, V> ParallelVisitor for Walker<'_, T, V>
where
    T: Send,
    V: FnMut(&FoundFile) -> Option<T> + Send,
{
    fn visit(&mut self, entry: Result<DirEntry, ignore::Error>) -> WalkState {
        // An entry can carry an error of its own: a line in an ignore file that is no glob. That is git's business.
        match entry {
            Ok(entry) => self.entry(entry),
            Err(error) => {
                self.problem(&error);
                WalkState::Continue
            }
        }
    }
}

impl<T, V> Walker<'_, T, V>
where
    V: FnMut(&FoundFile) -> Option<T>,
{
    fn entry(&mut self, entry: DirEntry) -> WalkState {
        if entry.depth() == 0 {
            return WalkState::Continue;
        }
        let path = entry.path();
        let Some(kind) = entry.file_type() else {
            return WalkState::Continue;
        };
        if kind.is_dir() {
            return if self.walk.is_excluded(path) {
                WalkState::Skip
            } else {
                WalkState::Continue
            };
        }
        // Symbolic links, also to files, are not followed.
        if kind.is_file()
            && (has_python_extension(path) || is_python_script(path, || entry.metadata().ok()))
            && !self.walk.is_excluded(path)
            && self.walk.is_first(path)
        {
            let name = self.walk.name(path);
            self.collector.take(FoundFile {
                path: entry.into_path(),
                name,
                explicit: false,
            });
        }
        WalkState::Continue
    }

    fn problem(&mut self, error: &ignore::Error) {
        let path = error_path(error).unwrap_or(Path::new("")).to_path_buf();
        // The whole error would name the path once more.
        let cause = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
        self.collector.found.problems.push(Problem {
            name: self.walk.name(&path),
            path,
            message: format!("cannot be read: {cause}"),
        });
    }
}

fn error_path(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => error_path(err),
        ignore::Error::Loop { child, .. } => Some(child),
        ignore::Error::Partial(errors) => errors.iter().find_map(error_path),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
