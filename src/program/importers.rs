//! Files that name no process library, and yet start processes: by what they import.
//!
//! `from workers import run_all` and `run_all()` in a script are enough. To read the imports of every file would cost more
//! than all the rest, so it goes in three steps, each over fewer files:
//!
//! 1. while the walk has the bytes of a file, the words of its imports are kept, as [`Words`] of four bytes each;
//! 2. when it is known which files matter, and which of their names, the words tell who may import one of these;
//! 3. only of those are the imports read and resolved. One that uses such a name at its top level, and a
//!    script (it has a main guard) that uses it anywhere, becomes a root of its own. What others define with its help, or pass on, matters to those who import them in turn. For this they are not
//!    parsed: lines and their indentation tell enough.

use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use aho_corasick::{AhoCorasick, MatchKind};
use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

use super::ProjectFiles;
use crate::files::imports::{Imported, imports};
use crate::files::is_identifier;

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

    /// Whether one of some words is among them, or one that looks like it.
    fn may_have_any(&self, words: &FxHashSet<u32>) -> bool {
        self.0.iter().any(|word| words.contains(word))
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

/// A file that imports what matters.
#[derive(Clone, Debug)]
pub struct Importer {
    /// Its number among those that were asked about.
    pub number: usize,
    /// Whether it seems to run what it imports: at its top level, or as a script, which has a main guard.
    pub runs: bool,
    /// Whether it is a script: it has a main guard.
    pub is_script: bool,
    /// What matters of it in turn: what it passes on, and functions and classes that seem to use it.
    pub leading: Leading,
}

/// Which of the other files, given by the paths of the walk, import such names, in order.
pub fn importers(project: &ProjectFiles<'_>, leading: &[Leading], others: &[(&Path, &Words)]) -> Vec<Importer> {
    let leading: FxHashMap<&Path, FxHashSet<&str>> = leading
        .iter()
        .filter(|file| !file.names.is_empty())
        .map(|file| (&*file.path, file.names.iter().map(|name| &**name).collect()))
        .collect();
    let words: FxHashSet<u32> = leading.keys().filter_map(|path| word_of(path)).collect();
    if words.is_empty() {
        return vec![];
    }
    let candidates = others.par_iter().enumerate();
    candidates
        .filter(|(_, (_, theirs))| theirs.may_have_any(&words))
        .filter_map(|(number, (walked, _))| {
            let path = project.path_of(walked);
            let mut outline = Outline::default();
            project.with_bytes(&path, |bytes| {
                outline = Outline::of(bytes, &taken(project, &path, bytes, &leading));
                true
            });
            let names = outline.names.into_iter().map(Into::into).collect();
            (outline.runs || !outline.is_empty).then_some(Importer {
                number,
                runs: outline.runs,
                is_script: outline.is_script,
                leading: Leading { path, names },
            })
        })
        .collect()
}

/// What a file takes of the names that matter: how it may write them, and whether it passes them on.
fn taken<'n>(
    project: &ProjectFiles<'_>,
    path: &Path,
    bytes: &'n [u8],
    leading: &FxHashMap<&Path, FxHashSet<&'n str>>,
) -> FxHashSet<(&'n str, bool)> {
    let mut taken = FxHashSet::default();
    for import in imports(bytes).unwrap_or_default() {
        let names_of = |file: Option<PathBuf>| leading.get(file.as_deref()?);
        match import.what {
            Imported::Name(name) => {
                // `from package import module`, or a name of the package itself.
                let inner = match import.module {
                    "" => name.to_owned(),
                    module => format!("{module}.{name}"),
                };
                if let Some(names) = names_of(project.file_of(path, import.level, &inner)) {
                    taken.extend(names.iter().map(|name| (*name, false)));
                } else if let Some(names) = names_of(project.file_of(path, import.level, import.module)) {
                    let known_as = import.renamed.unwrap_or(name);
                    taken.extend(names.contains(name).then_some((known_as, true)));
                }
            }
            what => {
                if let Some(names) = names_of(project.file_of(path, import.level, import.module)) {
                    taken.extend(names.iter().map(|name| (*name, what == Imported::All)));
                }
            }
        }
    }
    taken
}

/// Where a file uses some names, as far as its lines and their indentation tell.
#[derive(Debug, Default)]
struct Outline {
    runs: bool,
    is_script: bool,
    names: FxHashSet<String>,
    is_empty: bool,
}

impl Outline {
    fn of(bytes: &[u8], taken: &FxHashSet<(&str, bool)>) -> Self {
        enum Part<'b> {
            Top,
            Definition(&'b [u8]),
            Guarded,
            Other,
        }
        let mut outline = Self {
            is_empty: true,
            ..Self::default()
        };
        if taken.is_empty() {
            return outline;
        }
        // One search for all names: there may be hundreds, and each line is asked.
        let names = taken.iter().map(|(name, _)| *name);
        let Ok(search) = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(names)
        else {
            return outline;
        };
        let uses = |line: &[u8]| {
            search.find_iter(line).any(|hit| {
                let before = hit.start().checked_sub(1).and_then(|before| line.get(before));
                let after = line.get(hit.end());
                !before.into_iter().chain(after).any(|byte| is_identifier(*byte))
            })
        };
        let passed_on = taken.iter().filter(|(_, passed_on)| *passed_on);
        outline.names.extend(passed_on.map(|(name, _)| (*name).to_owned()));
        let (mut part, mut defines) = (Part::Top, false);
        for line in bytes.split(|byte| *byte == b'\n') {
            let indented = line.starts_with(b" ") || line.starts_with(b"\t");
            let bare = line.trim_ascii();
            if bare.is_empty() || bare.starts_with(b"#") {
                continue;
            }
            if !indented && !bare.starts_with(b")") && !bare.starts_with(b"@") {
                let definition = [b"def ".as_slice(), b"async def ", b"class "]
                    .into_iter()
                    .find_map(|word| bare.strip_prefix(word));
                let guard = bare.starts_with(b"if ") && memchr::memmem::find(bare, b"__name__").is_some();
                part = match definition {
                    Some(rest) => {
                        let end = rest.iter().position(|byte| !is_identifier(*byte)).unwrap_or(rest.len());
                        Part::Definition(rest.get(..end).unwrap_or_default())
                    }
                    None if guard => {
                        outline.is_script = true;
                        Part::Guarded
                    }
                    None if bare.starts_with(b"from ") || bare.starts_with(b"import ") => Part::Other,
                    None => Part::Top,
                };
            }
            match part {
                Part::Top => outline.runs |= uses(line) && memchr::memchr(b'(', line).is_some(),
                Part::Guarded => outline.runs |= uses(line),
                Part::Definition(name) if uses(line) => {
                    defines = true;
                    outline.names.insert(String::from_utf8_lossy(name).into_owned());
                }
                Part::Definition(_) | Part::Other => {}
            }
        }
        // What a script defines it is there to run, by however many calls from under its guard.
        outline.runs |= outline.is_script && defines;
        outline.is_empty = outline.names.is_empty();
        outline
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::disk::tests::project;

    #[test]
    fn words_of_imports() {
        let words = Words::of(b"import a.b, c as d\nfrom .e import f, g as h\nfrom . import i").unwrap();
        let has = |word: &str| words.may_have_any(&FxHashSet::from_iter([hashed(word), hashed("nothing")]));
        for word in ["b", "c", "e", "f", "g", "i"] {
            assert!(has(word), "{word}");
        }
        for word in ["a", "d", "h", "x"] {
            assert!(!has(word), "{word}");
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
            (
                "e.py",
                "from workers import *\nfor x in y:\n    run_all()\ndef go_on(): run_all()",
            ),
            ("f.py", "from p import inner\ninner.go()"),
            ("g.py", "from p import go"),
            ("h.py", "import p.inner as q\nq.go()"),
            (
                "k.py",
                "from workers import run_all\ndef f():\n    run_all()\nclass K:\n    x = run_all()\nif __name__ == '__main__':\n    run_all()\nrun_alls()",
            ),
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
                .filter_map(|(path, text)| Some((root.join(path), Words::of(text.as_bytes())?)))
                .collect();
            let others: Vec<(&Path, &Words)> = words.iter().map(|(path, words)| (path.as_path(), words)).collect();
            let found: Vec<(String, bool, Vec<String>)> = importers(project, &leading, &others)
                .into_iter()
                .map(|found| {
                    let path = found.leading.path.strip_prefix(root).unwrap();
                    let mut names: Vec<String> = found.leading.names.iter().map(|name| name.to_string()).collect();
                    names.sort();
                    (path.to_string_lossy().into_owned(), found.runs, names)
                })
                .collect();
            let shown: Vec<_> = found
                .iter()
                .map(|(path, runs, names)| format!("{path} {runs} {}", names.join(",")))
                .collect();
            assert_eq!(
                shown,
                [
                    "p/__init__.py false go",
                    "a.py false run_all",
                    "c.py true ",
                    "e.py true go_on,run_all",
                    "f.py true ",
                    "g.py false go",
                    "h.py true ",
                    "k.py true K,f,run_all",
                ]
            );
            assert!(importers(project, &[], &others).is_empty());
        });
    }
}
