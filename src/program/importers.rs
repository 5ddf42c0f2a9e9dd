//! Files that name no process library, and yet start processes: by what they import.
//!
//! `from workers import run_all` and `run_all()` in a script are enough. To read the imports of every file would cost more
//! than all the rest, so it goes in three steps, each over fewer files:
//!
//! 1. while the walk has the bytes of a file, the words of its imports are kept, as [`Words`] of four bytes each;
//! 2. when it is known which files matter, and which of their names, the words tell who may import one of these;
//! 3. only of those are the imports read and resolved. One that does import such a name becomes a root of its own, and
//!    what it defines matters to those who import it in turn.

use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use super::ProjectFiles;
use crate::files::imports::{Imported, imports};

/// Words that are kept of one file; what imports more is a list of everything, and is not looked at.
const MOST_WORDS: usize = 400;

/// The words of a file's imports, hashed: last parts of modules, and names that are taken from them. Sorted.
#[derive(Clone, Debug, Default)]
pub struct Words(Box<[u32]>);

impl Words {
    /// Reads the imports of a file. None where it imports nothing that could be a file of the project.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let mut words = Vec::new();
        for import in imports(bytes)? {
            words.push(hashed(last(import.module)));
            if let Imported::Name(name) = import.what {
                words.push(hashed(name));
            }
            if words.len() > MOST_WORDS {
                return None;
            }
        }
        words.sort_unstable();
        words.dedup();
        (!words.is_empty()).then(|| Self(words.into()))
    }

    /// Whether a word is among them, or one that looks like it.
    fn may_have(&self, word: u32) -> bool {
        self.0.binary_search(&word).is_ok()
    }
}

fn last(module: &str) -> &str {
    module.rsplit('.').next().unwrap_or(module)
}

fn hashed(word: &str) -> u32 {
    let mut hasher = FxHasher::default();
    word.hash(&mut hasher);
    let hash = hasher.finish();
    (hash ^ (hash >> 32)) as u32
}

/// The word by which a file is imported: its stem, or of a package the name of its folder.
fn word_of(file: &Path) -> Option<u32> {
    let stem = file.file_stem()?.to_str()?;
    match stem {
        "__init__" => Some(hashed(file.parent()?.file_name()?.to_str()?)),
        _ => Some(hashed(stem)),
    }
}

/// A file whose names matter to those who import them.
#[derive(Clone, Debug)]
pub struct Leading {
    /// Its path, as [`ProjectFiles::path_of`] gives it.
    pub path: Arc<Path>,
    /// Its globals that start, return or hold what has to do with processes.
    pub names: Vec<Box<str>>,
}

/// Which of the other files import such names: their numbers, in order.
pub fn importers(project: &ProjectFiles<'_>, leading: &[Leading], others: &[(Arc<Path>, &Words)]) -> Vec<usize> {
    let leading: FxHashMap<&Path, FxHashSet<&str>> = leading
        .iter()
        .filter(|file| !file.names.is_empty())
        .map(|file| (&*file.path, file.names.iter().map(|name| &**name).collect()))
        .collect();
    let words: FxHashSet<u32> = leading.keys().filter_map(|path| word_of(path)).collect();
    if words.is_empty() {
        return vec![];
    }
    let may_import = |(_, theirs): &(Arc<Path>, &Words)| {
        theirs.0.len() < words.len() && theirs.0.iter().any(|word| words.contains(word))
            || theirs.0.len() >= words.len() && words.iter().any(|word| theirs.may_have(*word))
    };
    let numbered = others.iter().enumerate().filter(|(_, other)| may_import(other));
    numbered
        .filter(|(_, (path, _))| project.with_bytes(path, |bytes| takes_a_name(project, path, bytes, &leading)))
        .map(|(at, _)| at)
        .collect()
}

/// Whether a file imports one of these names, or a module that has one and uses the name.
fn takes_a_name(
    project: &ProjectFiles<'_>,
    path: &Path,
    bytes: &[u8],
    leading: &FxHashMap<&Path, FxHashSet<&str>>,
) -> bool {
    let Some(imports) = imports(bytes) else {
        return false;
    };
    imports.iter().any(|import| {
        let names_of = |file: Option<PathBuf>| leading.get(file.as_deref()?);
        let is_used = |names: &FxHashSet<&str>| {
            names
                .iter()
                .any(|name| memchr::memmem::find(bytes, format!(".{name}").as_bytes()).is_some())
        };
        match import.what {
            Imported::Name(name) => {
                // `from package import module`, or a name of the package itself.
                let inner = match import.module {
                    "" => name.to_owned(),
                    module => format!("{module}.{name}"),
                };
                let module = names_of(project.file_of(path, import.level, &inner));
                module.is_some_and(is_used)
                    || names_of(project.file_of(path, import.level, import.module))
                        .is_some_and(|names| names.contains(name))
            }
            Imported::All => names_of(project.file_of(path, import.level, import.module)).is_some_and(|names| {
                names
                    .iter()
                    .any(|name| memchr::memmem::find(bytes, name.as_bytes()).is_some())
            }),
            _ => names_of(project.file_of(path, import.level, import.module)).is_some_and(is_used),
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::disk::tests::project;

    #[test]
    fn words_of_imports() {
        let words = Words::of(b"import a.b, c as d\nfrom .e import f, g as h\nfrom . import i").unwrap();
        for word in ["b", "c", "e", "f", "g", "i"] {
            assert!(words.may_have(hashed(word)), "{word}");
        }
        for word in ["a", "d", "h", "x"] {
            assert!(!words.may_have(hashed(word)), "{word}");
        }
        assert!(Words::of(b"x = 1").is_none());
    }

    #[test]
    fn who_imports_what_matters() {
        let files = [
            ("setup.py", ""),
            ("workers.py", "def run_all(): pass\ndef other(): pass"),
            ("p/__init__.py", "from .inner import go"),
            ("p/inner.py", "def go(): pass"),
            ("a.py", "from workers import run_all"),
            ("b.py", "from workers import other"),
            ("c.py", "import workers\nworkers.run_all()"),
            ("d.py", "import workers\nworkers.other()"),
            ("e.py", "from workers import *\nrun_all()"),
            ("f.py", "from p import inner\ninner.go()"),
            ("g.py", "from p import go"),
            ("h.py", "import p.inner as q\nq.go()"),
            ("t/i.py", "import sys\nfrom workers import (\n    run_all as r,\n)"),
            ("j.py", "import nothing\nfrom somewhere import run_all"),
        ];
        project(&files, |root, project| {
            let leading =
                [("workers.py", "run_all"), ("p/inner.py", "go"), ("p/__init__.py", "go")].map(|(path, name)| {
                    Leading {
                        path: root.join(path).into(),
                        names: vec![name.into()],
                    }
                });
            let words: Vec<_> = files
                .iter()
                .filter_map(|(path, text)| Some((root.join(path).into(), Words::of(text.as_bytes())?)))
                .collect();
            let others: Vec<(Arc<Path>, &Words)> =
                words.iter().map(|(path, words)| (Arc::clone(path), words)).collect();
            let found: Vec<String> = importers(project, &leading, &others)
                .into_iter()
                .map(|at| others[at].0.strip_prefix(root).unwrap().to_string_lossy().into_owned())
                .collect();
            assert_eq!(
                found,
                [
                    "p/__init__.py",
                    "a.py",
                    "c.py",
                    "e.py",
                    "f.py",
                    "g.py",
                    "h.py",
                    "t/i.py"
                ]
            );
            assert!(importers(project, &[], &others).is_empty());
        });
    }
}
