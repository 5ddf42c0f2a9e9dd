//! Which file an import leads to.
//!
//! Nothing is run and no environment is asked: what Python's search path would hold is told from where the files lie. In
//! this order it is
//!
//! 1. for a relative import, the folder that the dots lead to from the importing file, and nothing else;
//! 2. the folder of the importing file, where that is no package: it is the first entry for a script, and for a test under
//!    pytest. What lies there hides the standard library;
//! 3. the standard library, which is no file of the project;
//! 4. for a module of a package, the folder that holds its outermost package;
//! 5. all other places that are plausible: the uppermost folder of the project, what its configuration names, `src`, the
//!    folders between, other projects of the workspace, and the own folder of a module that may be run as a script inside
//!    its package. Where two of these hold different files of the name, nobody can tell.
//!
//! A regular package or module anywhere wins over a namespace package, as in Python. What the configuration excludes, and
//! virtual environments, are never entered.

mod ini;
mod listing;
mod project;
mod standard;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::{FxHashMap, FxHashSet};

use self::listing::{Listing, Listings};
use self::project::Project;
pub use self::standard::is_standard;
use super::patterns::{PathPatterns, cleaned};

/// Folders that a file lies under which are looked at on the way up.
const HIGHEST: usize = 24;
/// Packages inside packages.
const DEEPEST: usize = 24;
/// Projects of a workspace that are searched.
const MOST_MEMBERS: usize = 64;

const INIT: &str = "__init__.py";

/// What an import leads to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Target {
    /// Python source, by its absolute path; of a package its `__init__.py`.
    Source(PathBuf),
    /// A folder that is a package without a file of its own.
    Namespace,
    /// It is known to be none that could be read, or not known which: a library, a stub without source, an extension.
    Unknown,
}

/// Finds the files of imports. One serves a whole run and all its threads; folders are listed once.
#[derive(Debug)]
pub struct ImportSearch {
    /// Taken for the uppermost folder of a project, too, whatever lies in it: here the person is at work.
    base: PathBuf,
    excludes: PathPatterns,
    /// Libraries whose names mean the library, unless a file of the name lies beside the script.
    libraries: FxHashSet<String>,
    listings: Listings,
    places: Mutex<FxHashMap<PathBuf, Arc<Places>>>,
    projects: Mutex<FxHashMap<PathBuf, Arc<Project>>>,
    found: Mutex<FxHashMap<(PathBuf, String), Target>>,
}

/// Where the imports of the files of one folder are searched.
#[derive(Debug)]
struct Places {
    /// Where the folder's outermost package lies, if the folder is a package.
    package: Option<PathBuf>,
    /// Plausible places.
    others: Vec<PathBuf>,
}

/// What one place holds of a name.
#[derive(Clone, PartialEq, Eq, Debug)]
enum Look {
    Source(PathBuf),
    Namespace,
    Opaque,
    Nothing,
}

impl ImportSearch {
    /// A search that enters nothing that is excluded. `base` is the absolute path of the working directory; `libraries` are the first parts of the names of libraries that are
    /// known without their files.
    pub fn new(base: &Path, excludes: PathPatterns, libraries: impl IntoIterator<Item = String>) -> Self {
        Self {
            base: cleaned(base),
            excludes,
            libraries: libraries.into_iter().collect(),
            listings: Listings::default(),
            places: Mutex::default(),
            projects: Mutex::default(),
            found: Mutex::default(),
        }
    }

    /// What an import in a file leads to: `level` is the number of dots before the dotted name. The path is absolute and
    /// free of `.` and `..`; so are those that come out.
    #[must_use]
    pub fn resolve(&self, importer: &Path, level: u32, dotted: &str) -> Target {
        let Some(folder) = importer.parent().filter(|_| (level as usize) < HIGHEST) else {
            return Target::Unknown;
        };
        let key = (folder.to_owned(), format!("{:.<1$}{dotted}", "", level as usize));
        let lock = || self.found.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = lock().get(&key) {
            return found.clone();
        }
        let parts: Vec<&str> = dotted.split('.').filter(|_| !dotted.is_empty()).collect();
        let readable = parts.len() <= DEEPEST && parts.iter().all(|part| !part.is_empty());
        let found = match (readable, level) {
            (false, _) => Target::Unknown,
            (true, 0) => self.absolute(importer, folder, &parts),
            (true, _) => self.relative(importer, folder, level, &parts),
        };
        lock().entry(key).or_insert(found).clone()
    }

    /// The name that a file has as a module, from where its outermost package begins.
    #[must_use]
    pub fn name_of(&self, file: &Path) -> String {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        let mut parts = vec![];
        if stem != "__init__" {
            parts.push(stem.into_owned());
        }
        let mut folder = file.parent();
        while let Some(here) = folder
            && parts.len() < DEEPEST
            && self.is_package(here)
        {
            parts.extend(here.file_name().map(|name| name.to_string_lossy().into_owned()));
            folder = here.parent();
        }
        parts.reverse();
        parts.join(".")
    }

    fn relative(&self, importer: &Path, folder: &Path, level: u32, parts: &[&str]) -> Target {
        let up = level as usize - 1;
        let Some(start) = folder.ancestors().nth(up) else {
            return Target::Unknown;
        };
        if parts.is_empty() {
            let listing = self.listings.of(start);
            return match self.package(importer, start, &listing) {
                Look::Source(path) => Target::Source(self.one_path(path)),
                Look::Namespace => Target::Namespace,
                Look::Opaque | Look::Nothing => Target::Unknown,
            };
        }
        self.taken(self.look(importer, start, parts))
    }

    fn absolute(&self, importer: &Path, folder: &Path, parts: &[&str]) -> Target {
        let first = parts.first().copied().unwrap_or_default();
        if standard::is_never_shadowed(first) {
            return Target::Unknown;
        }
        let places = self.places(folder);
        let is_library = standard::is_standard(first) || self.libraries.contains(first);
        let mut namespace = false;
        if places.package.is_none() {
            let found = match is_library {
                // The library itself may lie here, and is better known by its name.
                true if !self.is_shadow(folder, first) => Look::Nothing,
                _ => self.look(importer, folder, parts),
            };
            match found {
                Look::Source(_) | Look::Opaque => return self.taken(found),
                Look::Namespace => namespace = true,
                Look::Nothing => {}
            }
        }
        if is_library {
            return Target::Unknown;
        }
        if let Some(package) = &places.package {
            match self.look(importer, package, parts) {
                found @ (Look::Source(_) | Look::Opaque) => return self.taken(found),
                Look::Namespace => namespace = true,
                Look::Nothing => {}
            }
        }
        let mut only: Option<PathBuf> = None;
        let own = places.package.as_ref().map(|_| folder);
        for place in places.others.iter().map(PathBuf::as_path).chain(own) {
            match self.look(importer, place, parts) {
                Look::Source(path) => {
                    let path = self.one_path(path);
                    if only.as_ref().is_some_and(|only| *only != path) {
                        return Target::Unknown;
                    }
                    only = Some(path);
                }
                Look::Opaque => return Target::Unknown,
                Look::Namespace => namespace = true,
                Look::Nothing => {}
            }
        }
        match only {
            Some(path) => Target::Source(path),
            None if namespace => Target::Namespace,
            None => Target::Unknown,
        }
    }

    fn taken(&self, look: Look) -> Target {
        match look {
            Look::Source(path) => Target::Source(self.one_path(path)),
            Look::Namespace => Target::Namespace,
            Look::Opaque | Look::Nothing => Target::Unknown,
        }
    }

    /// Whether a file or package in a folder hides the library of its name, rather than being it.
    fn is_shadow(&self, folder: &Path, name: &str) -> bool {
        let listing = self.listings.of(folder);
        // The folder of the standard library itself.
        if listing.has("os.py") && listing.has("abc.py") && listing.has("io.py") {
            return false;
        }
        let is_file = self.listings.is_file(folder, &listing, &format!("{name}.py"));
        let is_package = self.listings.is_folder(folder, &listing, name) && self.is_package(&folder.join(name));
        match standard::is_standard(name) {
            true => is_file || is_package,
            // A package `billiard` beside a script is the library, of which the script is a part.
            false => is_file && !is_package,
        }
    }

    /// What a place holds of a dotted name.
    fn look(&self, importer: &Path, place: &Path, parts: &[&str]) -> Look {
        let mut folder = place.to_owned();
        for (at, part) in parts.iter().enumerate() {
            let last = at + 1 == parts.len();
            let listing = self.listings.of(&folder);
            let inner = folder.join(part);
            let as_package = if self.listings.is_folder(&folder, &listing, part) {
                let listing = self.listings.of(&inner);
                self.package(importer, &inner, &listing)
            } else {
                Look::Nothing
            };
            match as_package {
                found @ (Look::Source(_) | Look::Opaque) => {
                    if last {
                        return found;
                    }
                }
                outer => {
                    // A module wins over a namespace package.
                    let name = format!("{part}.py");
                    if self.listings.is_file(&folder, &listing, &name) {
                        let path = folder.join(name);
                        return match last {
                            true if self.is_excluded(importer, &path) => Look::Opaque,
                            true => Look::Source(path),
                            false => Look::Nothing,
                        };
                    }
                    if listing.has_opaque(part) {
                        return if last { Look::Opaque } else { Look::Nothing };
                    }
                    if last || outer == Look::Nothing {
                        return outer;
                    }
                }
            }
            folder = inner;
        }
        Look::Nothing
    }

    /// What a folder is as a package.
    fn package(&self, importer: &Path, folder: &Path, listing: &Listing) -> Look {
        if self.is_excluded(importer, folder) || listing.has("pyvenv.cfg") {
            return Look::Nothing;
        }
        if self.listings.is_file(folder, listing, INIT) {
            return Look::Source(folder.join(INIT));
        }
        if listing.has_opaque("__init__") {
            return Look::Opaque;
        }
        Look::Namespace
    }

    fn is_package(&self, folder: &Path) -> bool {
        let listing = self.listings.of(folder);
        self.listings.is_file(folder, &listing, INIT) || listing.has_opaque("__init__")
    }

    /// Whether a path must not be entered. Who names a file in an excluded folder wants what lies beside it.
    fn is_excluded(&self, importer: &Path, path: &Path) -> bool {
        self.excludes.matches(path) && !importer.starts_with(path)
    }

    /// The one path of a file that symbolic links give several.
    #[must_use]
    pub fn one_path(&self, path: PathBuf) -> PathBuf {
        let mut at = path.as_path();
        for _ in 0..DEEPEST {
            let (Some(parent), Some(name)) = (at.parent(), at.file_name().and_then(|name| name.to_str())) else {
                break;
            };
            if self.listings.of(parent).is_link(name) {
                return std::fs::canonicalize(&path).unwrap_or(path);
            }
            if project::is_root(&self.listings.of(parent)) {
                break;
            }
            at = parent;
        }
        path
    }

    fn places(&self, folder: &Path) -> Arc<Places> {
        let lock = || self.places.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(places) = lock().get(folder) {
            return Arc::clone(places);
        }
        let places = Arc::new(self.find_places(folder));
        Arc::clone(lock().entry(folder.to_owned()).or_insert(places))
    }

    fn find_places(&self, folder: &Path) -> Places {
        let mut ancestors = folder.ancestors().take(HIGHEST);
        let package = self
            .is_package(folder)
            .then(|| ancestors.by_ref().find(|above| !self.is_package(above)))
            .flatten()
            .map(Path::to_owned);

        // Up to the repository; without one, to the nearest project, or no further than the folder itself.
        let (mut between, mut roots): (Vec<&Path>, Vec<&Path>) = (vec![], vec![]);
        for above in folder.ancestors().take(HIGHEST) {
            let listing = self.listings.of(above);
            between.push(above);
            if project::is_root(&listing) || (above == self.base && !self.is_package(above)) {
                roots.push(above);
            }
            if project::is_repository(&listing) {
                break;
            }
        }
        let highest = roots.last().copied();
        let mut others: Vec<PathBuf> = vec![];
        for root in &roots {
            let project = self.project(root);
            others.push((*root).to_owned());
            others.extend(project.sources.iter().cloned());
        }
        for root in roots.iter().take(2) {
            for member in self.members(&self.project(root)) {
                let project = self.project(&member);
                others.push(member);
                others.extend(project.sources.iter().cloned());
            }
        }
        if let Some(highest) = highest {
            let between = between.into_iter().take_while(|above| *above != highest);
            // Inside a package nothing is searched.
            others.extend(between.filter(|above| !self.is_package(above)).map(Path::to_owned));
        }
        let mut seen = FxHashSet::default();
        others.retain(|place| place != folder && Some(place) != package.as_ref() && seen.insert(place.clone()));
        Places { package, others }
    }

    fn project(&self, root: &Path) -> Arc<Project> {
        let lock = || self.projects.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(project) = lock().get(root) {
            return Arc::clone(project);
        }
        let project = Arc::new(Project::read(root, &self.listings.of(root)));
        Arc::clone(lock().entry(root.to_owned()).or_insert(project))
    }

    /// The other projects that one says belong to it, `packages/*` spelled out.
    fn members(&self, project: &Project) -> Vec<PathBuf> {
        let mut members = vec![];
        for member in &project.members {
            if member.file_name().is_some_and(|name| name == "*") {
                let Some(parent) = member.parent() else { continue };
                let listing = self.listings.of(parent);
                let folders = listing.names().map(|name| parent.join(name));
                members.extend(folders.filter(|folder| project::is_root(&self.listings.of(folder))));
            } else {
                members.push(cleaned(member));
            }
            if members.len() >= MOST_MEMBERS {
                break;
            }
        }
        members.sort();
        members
    }
}

#[cfg(test)]
mod tests;
