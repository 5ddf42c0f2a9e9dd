//! The files of the projects on disk, as the model asks for them.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::{FxHashMap, FxHashSet};

use super::{ModuleFile, Modules, Outlook};
use crate::api::Api;
use crate::files::decode::decode;
use crate::files::discover::DiscoverOptions;
use crate::files::imports::{Import, Imported, imports};
use crate::files::modules::{ImportSearch, Target};
use crate::files::scan::{Scan, Scanner};
use crate::files::{FileReader, SourceFile, cleaned, display_name};

/// Imports from a module to a process library that are looked at.
const IMPORTS_DEEP: usize = 3;
/// Modules that are looked at for one question.
const MOST_MODULES: usize = 200;

thread_local! {
    static READER: RefCell<FileReader> = RefCell::new(FileReader::new());
}

/// Answers from the file system. One serves a whole run and all its threads.
pub struct ProjectFiles<'a> {
    base: PathBuf,
    search: ImportSearch,
    scanner: &'a Scanner,
    api: &'a Api,
    /// The names that the walk has given files.
    names: FxHashMap<Arc<Path>, String>,
    /// What each file has shown of itself so far.
    facts: Mutex<FxHashMap<PathBuf, Arc<Facts>>>,
    /// What roots have learned of modules.
    outlooks: Mutex<FxHashMap<PathBuf, Outlook>>,
    /// Whether files reach a process library.
    reaching: Mutex<FxHashMap<PathBuf, bool>>,
}

/// What the bytes of one file tell.
#[derive(Debug, Default)]
struct Facts {
    /// It names a process library itself.
    names_library: bool,
    /// The files that it imports.
    imports: Vec<PathBuf>,
}

impl std::fmt::Debug for ProjectFiles<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProjectFiles")
            .field("base", &self.base)
            .finish_non_exhaustive()
    }
}

impl<'a> ProjectFiles<'a> {
    /// The files around those that a walk with these options finds.
    #[must_use]
    pub fn new(options: &DiscoverOptions, scanner: &'a Scanner, api: &'a Api) -> Self {
        // What a project declares as a wrapper lies in the project: it is no library.
        let libraries = Api::built_in().map(Api::libraries).unwrap_or_default();
        let libraries = libraries.into_iter().map(str::to_owned);
        Self {
            base: cleaned(&options.working_directory),
            search: ImportSearch::new(&options.working_directory, options.excludes.clone(), libraries),
            scanner,
            api,
            names: FxHashMap::default(),
            facts: Mutex::default(),
            outlooks: Mutex::default(),
            reaching: Mutex::default(),
        }
    }

    /// The one path under which a file of the walk is known here.
    #[must_use]
    pub fn path_of(&self, walked: &Path) -> Arc<Path> {
        self.search.one_path(cleaned(&self.base.join(walked))).into()
    }

    /// Keeps the name that the walk gave a file, for findings that other roots have in it.
    pub fn keep_name(&mut self, path: Arc<Path>, name: String) {
        self.names.insert(path, name);
    }

    /// Whether what these bytes import has to do with processes, if they are the code of a file.
    #[must_use]
    pub fn imports_reach(&self, file: &Path, bytes: &[u8]) -> bool {
        let facts = self.facts_of(file, bytes);
        facts.imports.iter().any(|import| self.reaches_process_library(import))
    }

    /// The file that a dotted name leads to from another.
    pub(super) fn file_of(&self, importer: &Path, level: u32, dotted: &str) -> Option<PathBuf> {
        match self.search.resolve(importer, level, dotted) {
            Target::Source(path) => Some(path),
            Target::Namespace | Target::Unknown => None,
        }
    }

    /// What a look at the bytes of a file says; false where there are none to be had.
    pub(super) fn with_bytes(&self, file: &Path, look: impl FnOnce(&[u8]) -> bool) -> bool {
        READER.with_borrow_mut(|reader| reader.read(file).is_ok_and(look))
    }

    /// The file that an import in a file brings in: of `from a import b` the module `a.b`, if there is one.
    fn imported_file(&self, importer: &Path, import: &Import<'_>) -> Option<PathBuf> {
        let resolve = |dotted: &str| self.file_of(importer, import.level, dotted);
        match import.what {
            Imported::Name(name) => {
                let submodule = match import.module {
                    "" => name.to_owned(),
                    module => format!("{module}.{name}"),
                };
                resolve(&submodule).or_else(|| resolve(import.module))
            }
            _ => resolve(import.module),
        }
    }

    fn facts(&self, file: &Path) -> Arc<Facts> {
        let lock = || self.facts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(facts) = lock().get(file) {
            return Arc::clone(facts);
        }
        let facts = Arc::new(READER.with_borrow_mut(|reader| match reader.read(file) {
            Ok(bytes) => self.facts_of(file, bytes),
            Err(_) => Facts::default(),
        }));
        Arc::clone(lock().entry(file.to_owned()).or_insert(facts))
    }

    fn facts_of(&self, file: &Path, bytes: &[u8]) -> Facts {
        let scan = self.scanner.scan(bytes, |bytes| self.api.is_imported(bytes));
        let Some(imports) = imports(bytes) else {
            // Only a parser could tell: as well assume that it does.
            return Facts {
                names_library: true,
                imports: vec![],
            };
        };
        let imports: FxHashSet<PathBuf> = imports
            .iter()
            .filter_map(|import| self.imported_file(file, import))
            .collect();
        let mut imports: Vec<PathBuf> = imports.into_iter().filter(|import| import != file).collect();
        imports.sort();
        Facts {
            names_library: scan == Scan::Code,
            imports,
        }
    }
}

impl Modules for ProjectFiles<'_> {
    fn resolve(&self, importer: &Path, level: u32, dotted: &str) -> Option<ModuleFile> {
        let path = match self.search.resolve(importer, level, dotted) {
            Target::Source(path) => Some(path),
            Target::Namespace => None,
            Target::Unknown => return None,
        };
        let name = match (level, &path) {
            (0, _) => dotted.to_owned(),
            (_, Some(path)) => self.search.name_of(path),
            (_, None) => dotted.to_owned(),
        };
        Some(ModuleFile {
            name: name.into(),
            path: path.map(Into::into),
        })
    }

    fn name_of(&self, file: &Path) -> Arc<str> {
        self.search.name_of(file).into()
    }

    fn read(&self, file: &Path) -> Option<Arc<SourceFile>> {
        let text = READER.with_borrow_mut(|reader| Some(decode(reader.read(file).ok()?).ok()?.text))?;
        let name = match self.names.get(file) {
            Some(name) => name.clone(),
            None => display_name(file, &self.base),
        };
        Some(Arc::new(SourceFile::new(file.to_owned(), name, text)))
    }

    fn outlook(&self, file: &Path) -> Option<Outlook> {
        let outlooks = self.outlooks.lock().unwrap_or_else(PoisonError::into_inner);
        outlooks.get(file).cloned()
    }

    fn keep_outlook(&self, file: &Path, outlook: Outlook) {
        let mut outlooks = self.outlooks.lock().unwrap_or_else(PoisonError::into_inner);
        outlooks.insert(file.to_owned(), outlook);
    }

    fn reaches_process_library(&self, file: &Path) -> bool {
        let lock = || self.reaching.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(&known) = lock().get(file) {
            return known;
        }
        let reaches = self.reaches(file);
        lock().insert(file.to_owned(), reaches);
        reaches
    }
}

impl ProjectFiles<'_> {
    fn reaches(&self, file: &Path) -> bool {
        let mut seen: FxHashSet<PathBuf> = FxHashSet::default();
        let mut here = vec![file.to_owned()];
        for depth in 0..=IMPORTS_DEEP {
            let mut next = vec![];
            for file in here {
                if seen.len() >= MOST_MODULES || !seen.insert(file.clone()) {
                    continue;
                }
                let facts = self.facts(&file);
                if facts.names_library {
                    return true;
                }
                if depth < IMPORTS_DEEP {
                    next.extend(facts.imports.iter().cloned());
                }
            }
            here = next;
        }
        false
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::files::PathPatterns;

    /// Files of a project, and a check of what is answered about them.
    pub(in crate::program) fn project(files: &[(&str, &str)], check: impl Fn(&Path, &ProjectFiles<'_>)) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        for (name, text) in files {
            let path = root.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let options = DiscoverOptions {
            working_directory: root.clone(),
            excludes: PathPatterns::new([]).unwrap(),
            force_exclude: false,
            threads: 1,
        };
        let scanner = Scanner::new([]).unwrap();
        check(&root, &ProjectFiles::new(&options, &scanner, Api::built_in().unwrap()));
    }

    #[test]
    fn how_far_a_process_library_is() {
        let files = [
            ("a.py", "from b import x"),
            ("b.py", "import c as y"),
            ("c.py", "import d"),
            ("d.py", "import multiprocessing"),
            ("far.py", "from a import *"),
            ("round.py", "import around"),
            ("around.py", "import round"),
            ("p/__init__.py", ""),
            ("p/m.py", "from . import n"),
            ("p/n.py", "from concurrent.futures import ProcessPoolExecutor"),
            ("odd.py", "import \\\n  something"),
            ("text.py", "MULTIPROCESSING = 1"),
        ];
        project(&files, |root, project| {
            for (file, wanted) in [
                ("a.py", true),
                ("c.py", true),
                ("d.py", true),
                ("far.py", false),
                ("round.py", false),
                ("p/m.py", true),
                ("p/__init__.py", false),
                ("odd.py", true),
                ("text.py", false),
                ("missing.py", false),
            ] {
                assert_eq!(project.reaches_process_library(&root.join(file)), wanted, "{file}");
            }
        });
    }

    #[test]
    fn files_have_one_path_and_the_name_of_the_walk() {
        project(
            &[("p/__init__.py", ""), ("p/m.py", "x = 1\n"), ("main.py", "")],
            |root, project| {
                let main = project.path_of(Path::new("./p/../main.py"));
                assert_eq!(*main, *root.join("main.py"));
                let found = project.resolve(&main, 0, "p.m").unwrap();
                let path = found.path.unwrap();
                assert_eq!((&*found.name, &*path), ("p.m", root.join("p/m.py").as_path()));
                assert_eq!(project.path_of(Path::new("p/m.py")), path);
                let source = project.read(&path).unwrap();
                assert_eq!((source.name(), source.text()), ("p/m.py", "x = 1\n"));
                let again = project.resolve(&path, 1, "m").unwrap();
                assert_eq!((&*again.name, again.path), ("p.m", Some(path)));
                assert_eq!(project.resolve(&main, 0, "numpy"), None);
            },
        );
    }
}
