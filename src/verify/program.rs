//! A copy of the user's files, as they are: those that a program is made of, and what lies beside it.

use std::collections::BTreeSet;
use std::collections::VecDeque;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use crate::files::cleaned;
use crate::files::discover::DiscoverOptions;
use crate::files::imports::{Imported, imports};
use crate::files::modules::is_standard;
use crate::program::{Modules, ProjectFiles, is_package};
use crate::runtime::job::ProgramFile;

/// Files of one program.
const MOST_FILES: usize = 1500;
/// Bytes of all of them.
const MOST_BYTES: u64 = 16 << 20;
/// Bytes of a file beside the program that is no code.
const LARGEST_BESIDE: u64 = 256 << 10;
/// Files that lie beside the program.
const MOST_BESIDE: usize = 300;
/// How deep these may lie.
const DEEPEST: usize = 6;

/// A copy of the files of one program.
#[derive(Clone, Debug)]
pub struct Program {
    /// Where the copied files come from: the folder that becomes the program's.
    pub base: PathBuf,
    /// What the linter's paths are relative to.
    working: PathBuf,
    /// The file that it begins with.
    pub entry: PathBuf,
    /// The same, below the base.
    pub script: String,
    /// Its name as a module.
    pub module: String,
    /// Whether it only works as a part of its package.
    pub is_part: bool,
    /// The files.
    pub files: Arc<Vec<ProgramFile>>,
    /// Folders below the base, besides that of the script, in which modules are looked for.
    pub search: Vec<String>,
    /// Of the files, where they come from, those that it imports, and its packages.
    imported: BTreeSet<Arc<Path>>,
    /// Modules that are neither its own nor the standard library's: their first names.
    pub foreign: BTreeSet<String>,
}

/// Why the files of a program cannot be copied.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CopyError {
    /// One of them cannot be read as text.
    #[error("`{0}` cannot be copied as it is")]
    Unreadable(String),
    /// There are too many.
    #[error("the program has too many files to be copied")]
    Many,
}

impl Program {
    /// The files of the program that begins with `entry`.
    ///
    /// # Errors
    ///
    /// Where one cannot be read, or there are too many.
    pub fn gather(entry: &Path, project: &ProjectFiles<'_>, discover: &DiscoverOptions) -> Result<Self, CopyError> {
        let entry = project.path_of(entry);
        let mut own: BTreeSet<Arc<Path>> = BTreeSet::from([Arc::clone(&entry)]);
        let mut roots: Vec<PathBuf> = Vec::new();
        let mut foreign = BTreeSet::new();
        let mut is_part = false;
        let mut queue = VecDeque::from([Arc::clone(&entry)]);
        while let Some(file) = queue.pop_front() {
            if own.len() > MOST_FILES {
                return Err(CopyError::Many);
            }
            let bytes = fs::read(&file).map_err(|_| CopyError::Unreadable(file.display().to_string()))?;
            for import in imports(&bytes).unwrap_or_default() {
                is_part |= file == entry && import.level > 0;
                let mut names = vec![import.module.to_owned()];
                if let Imported::Name(name) = import.what {
                    let dot = if import.module.is_empty() { "" } else { "." };
                    names.push(format!("{}{dot}{name}", import.module));
                }
                let mut is_own = false;
                for dotted in names.iter().flat_map(|name| prefixes(name)) {
                    let Some(module) = project.resolve(&file, import.level, dotted) else {
                        continue;
                    };
                    is_own = true;
                    let Some(path) = module.path else { continue };
                    if import.level == 0 {
                        roots.extend(root_of(&path, &module.name));
                    }
                    if own.insert(Arc::clone(&path)) {
                        queue.push_back(path);
                    }
                }
                let first = import.module.split('.').next().unwrap_or_default();
                if !is_own && import.level == 0 && !first.is_empty() && !is_standard(first) {
                    foreign.insert(first.to_owned());
                }
            }
        }
        // A package is imported with all that is above it.
        for file in own.clone() {
            let above = file
                .ancestors()
                .skip(1)
                .take(24)
                .map(|folder| folder.join("__init__.py"));
            own.extend(above.take_while(|init| init.is_file()).map(Arc::from));
        }
        let module = project.name_of(&entry).to_string();
        is_part |= module.ends_with("__main__") && module.contains('.');
        let package = root_of(&entry, &module).unwrap_or_default();
        let folder = entry.parent().unwrap_or(&entry).to_owned();
        let mut base = if is_part { package.clone() } else { folder.clone() };
        for path in own
            .iter()
            .filter_map(|file| file.parent())
            .chain(roots.iter().map(PathBuf::as_path))
        {
            while !path.starts_with(&base) && base.pop() {}
        }
        let mut files = Files::new(base.clone());
        for file in &own {
            files.add(file)?;
        }
        if base.parent().is_some() {
            files.add_beside(if is_part { &package } else { &folder }, discover);
        }
        roots.push(package);
        let mut search: Vec<String> = Vec::new();
        for root in roots.iter().filter(|root| is_part || **root != folder) {
            if let Some(root) = relative(&base, root).filter(|root| !search.contains(root)) {
                search.push(root);
            }
        }
        let script = relative(&base, &entry).ok_or_else(|| CopyError::Unreadable(entry.display().to_string()))?;
        Ok(Self {
            script,
            module: module.strip_suffix(".__main__").map_or(module.clone(), str::to_owned),
            is_part,
            files: Arc::new(files.files),
            search,
            imported: own,
            foreign,
            entry: entry.to_path_buf(),
            working: discover.working_directory.clone(),
            base,
        })
    }

    /// Whether a file is the program's own, and does not just lie beside it.
    #[must_use]
    pub fn imports(&self, path: &Path) -> bool {
        self.imported.contains(cleaned(&self.working.join(path)).as_path())
    }

    /// What a file is called below the program's folder, if it is one of the program's.
    #[must_use]
    pub fn name_of(&self, path: &Path) -> Option<String> {
        let path = cleaned(&self.working.join(path));
        let name = relative(&self.base, &path).or_else(|| relative(&self.base, &fs::canonicalize(&path).ok()?))?;
        self.files.iter().any(|file| file.path == name).then_some(name)
    }
}

/// `a`, `a.b` and `a.b.c` of `a.b.c`.
fn prefixes(dotted: &str) -> Vec<&str> {
    let ends = dotted.match_indices('.').map(|(at, _)| at).chain([dotted.len()]);
    ends.filter_map(|end| dotted.get(..end)).collect()
}

/// Where the search for a module with this dotted name begins that leads to a file.
fn root_of(file: &Path, dotted: &str) -> Option<PathBuf> {
    let parts = dotted.split('.').count() + usize::from(is_package(file));
    file.ancestors().nth(parts).map(Path::to_path_buf)
}

fn relative(base: &Path, path: &Path) -> Option<String> {
    let parts = path.strip_prefix(base).ok()?.components();
    let parts: Option<Vec<&str>> = parts
        .map(|part| match part {
            Component::Normal(part) => part.to_str(),
            _ => None,
        })
        .collect();
    let joined = parts?.join("/");
    Some(if joined.is_empty() { ".".to_owned() } else { joined })
}

struct Files {
    base: PathBuf,
    files: Vec<ProgramFile>,
    known: BTreeSet<String>,
    bytes: u64,
}

impl Files {
    fn new(base: PathBuf) -> Self {
        Self {
            base,
            files: Vec::new(),
            known: BTreeSet::new(),
            bytes: 0,
        }
    }

    fn add(&mut self, path: &Path) -> Result<(), CopyError> {
        let unreadable = || CopyError::Unreadable(path.display().to_string());
        let name = relative(&self.base, path).ok_or_else(unreadable)?;
        if !self.known.insert(name.clone()) {
            return Ok(());
        }
        let bytes = fs::read(path).map_err(|_| unreadable())?;
        self.bytes += bytes.len() as u64;
        if self.bytes > MOST_BYTES || self.files.len() >= MOST_FILES {
            return Err(CopyError::Many);
        }
        let text = String::from_utf8(bytes).map_err(|_| unreadable())?;
        self.files.push(ProgramFile { path: name, text });
        Ok(())
    }

    /// What lies beside the program: modules that are imported by a name made at run time, settings, small data. What of
    /// it cannot be copied is left out; the program will say that it misses it.
    fn add_beside(&mut self, folder: &Path, discover: &DiscoverOptions) {
        let is_hidden = |name: &std::ffi::OsStr| name.to_str().is_none_or(|name| name.starts_with('.'));
        let walk = walkdir::WalkDir::new(folder)
            .min_depth(1)
            .max_depth(DEEPEST)
            .sort_by_file_name();
        let entries = walk.into_iter().filter_entry(|entry| {
            !is_hidden(entry.file_name())
                && !discover.excludes.matches(entry.path())
                && !matches!(entry.file_name().to_str(), Some("__pycache__" | "node_modules"))
                && !entry.path().join("pyvenv.cfg").exists()
        });
        for entry in entries
            .flatten()
            .filter(|entry| entry.file_type().is_file())
            .take(MOST_BESIDE)
        {
            if entry.metadata().is_ok_and(|data| data.len() <= LARGEST_BESIDE) {
                let _ = self.add(entry.path());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_the_search_for_a_module_begins() {
        let root = |file: &str, name: &str| root_of(Path::new(file), name);
        assert_eq!(root("/w/src/a/b.py", "a.b"), Some("/w/src".into()));
        assert_eq!(root("/w/src/a/__init__.py", "a"), Some("/w/src".into()));
        assert_eq!(root("/w/b.py", "b"), Some("/w".into()));
    }

    #[test]
    fn names_lead_through_packages() {
        assert_eq!(prefixes("a.b.c"), ["a", "a.b", "a.b.c"]);
        assert_eq!(prefixes(""), [""]);
    }
}
