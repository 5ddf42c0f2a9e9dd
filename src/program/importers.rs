//! Which files of a walk have to do with processes by what they import.
//!
//! `from workers import run_all` and `run_all()` in a script are enough. To read and resolve the imports of every file would
//! cost more than all the rest, so the way is from the libraries to those who use them:
//!
//! 1. while the walk has the bytes of a file, its [`ImportList`] are kept, and of each a word of four bytes to look for;
//! 2. of the files that name a process library it is told which of their names have to do with it;
//! 3. the words tell who may import one of these. Only of those are the imports resolved and the names followed; so it is
//!    told which of *their* names have to do with it, and so on for a few imports.
//!
//! What comes of it are the outlooks of these files, and which of them run what they import: those that call such a name at
//! their top level, and scripts (with a main guard) that use it anywhere. These become roots of their own.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use rayon::iter::{IndexedParallelIterator, IntoParallelRefIterator, ParallelIterator};
use rustc_hash::{FxHashMap, FxHashSet};

use super::disk::Facts;
use super::{IMPORTS_DEEP, Modules, Outlook, ProjectFiles, is_package};
use crate::files::imports::{Import, Imported, imports, lines_of};
use crate::files::modules::is_standard;
use crate::files::sketch::Word;

/// Words that are kept of one file; what imports more is a list of everything, and is not looked at.
const MOST_WORDS: usize = 400;

/// What a file imports, kept while a walk has its bytes.
#[derive(Clone, Debug, Default)]
pub struct ImportList {
    /// Of each import the last part of the module with the name that is taken from it. Sorted.
    words: Box<[Word]>,
    /// The imports themselves.
    lines: Box<[u8]>,
    /// How many bytes the file has.
    length: usize,
}

/// What is imported where it is the module.
const MODULE: Word = Word::NONE;

impl ImportList {
    /// Reads the imports of a file. None where it imports nothing that could be a file of the project.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Option<Self> {
        let imports = imports(bytes)?;
        let mut words = Vec::with_capacity(imports.len());
        for import in &imports {
            words.push(word_of_import(import));
            // `import a.b.c` brings `a`, too.
            if matches!(import.what, Imported::Global | Imported::Inside) {
                let before = import.module.rsplit('.').skip(1);
                words.extend(before.map(|part| word_of(import.level, part, None)));
            }
            if words.len() > MOST_WORDS {
                return None;
            }
        }
        words.sort_unstable();
        words.dedup();
        (!words.is_empty()).then(|| Self {
            words: words.into(),
            lines: lines_of(&imports).into(),
            length: bytes.len(),
        })
    }

    /// Whether one of some imports is among them, or one that looks like it.
    fn may_have_any(&self, words: &FxHashSet<Word>) -> bool {
        self.words.iter().any(|word| words.contains(word))
    }
}

/// Marks an import of what is most likely the standard library's, unless a file of the name lies beside the script.
const STANDARD: Word = Word::NONE;

/// The word of an import.
pub(super) fn word_of_import(import: &Import<'_>) -> Word {
    let name = match import.what {
        Imported::Name(name) => Some(name),
        Imported::Global | Imported::Inside | Imported::Renamed | Imported::All => None,
    };
    word_of(import.level, import.module, name)
}

/// The word of an import of a module, or of a name that is taken from it.
fn word_of(level: u32, module: &str, name: Option<&str>) -> Word {
    let last = Word::of(module.rsplit('.').next().unwrap_or(module));
    let word = last.and(name.map_or(MODULE, Word::of));
    match level == 0 && is_standard(module) {
        true => word.and(STANDARD),
        false => word,
    }
}

/// The imports by which names of a file may be had. `name` is what it is called as a module.
fn words_for<'n>(file: &Path, name: &str, names: impl Iterator<Item = &'n Word>, words: &mut FxHashSet<Word>) {
    let is_package = is_package(file);
    let mut parts = name.rsplit('.');
    let module = Word::of(parts.next().unwrap_or_default());
    // A part of a package is not imported by its bare name, and many are called as modules of the standard library.
    let hides_standard = is_standard(name);
    let mut add = |word: Word| {
        words.insert(word);
        if hides_standard {
            words.insert(word.and(STANDARD));
        }
    };
    add(module.and(MODULE));
    // `from package import module`, `from . import module`
    let folder = file.parent().and_then(|folder| folder.file_name()?.to_str());
    let package = parts.next().or(folder.filter(|_| !is_package));
    let here = Word::of("");
    for package in package.map(Word::of).into_iter().chain([here]) {
        add(package.and(module));
    }
    for &name in names {
        add(module.and(name));
        if is_package {
            add(here.and(name));
        }
    }
}

/// A file that runs what it imports.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Importer {
    /// Its number among those that were asked about.
    pub number: usize,
    /// Whether it is a script: it has a main guard.
    pub is_script: bool,
    /// ImportList between it and a file that names a process library.
    pub distance: usize,
}

/// The outlooks of the files of a walk, by how many imports away a process library may be; none for other files.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Folders that were walked.
    folders: Vec<PathBuf>,
    /// Files that were looked at by themselves.
    files: FxHashSet<PathBuf>,
    outlooks: FxHashMap<Arc<Path>, Vec<Option<Arc<Outlook>>>>,
}

impl Survey {
    /// What is known of a file: outer none where it was not among those of the walk.
    pub fn outlook(&self, file: &Path, depth: usize) -> Option<Option<Arc<Outlook>>> {
        if let Some(outlooks) = self.outlooks.get(file) {
            return Some(outlooks.iter().take(depth + 1).rev().find_map(Clone::clone));
        }
        // A hook gives its files one by one, and there may be hundreds.
        let is_walked = self.files.contains(file) || self.folders.iter().any(|folder| file.starts_with(folder));
        is_walked.then_some(None)
    }
}

/// A file and what its bytes tell.
pub(super) type Looked = (Arc<Path>, Arc<Facts>);

impl ProjectFiles<'_> {
    /// Tells of the imports of a file whether one of them may be that of another file, or of one of these names in it.
    pub fn may_import<'n>(&self, file: &Path, names: impl Iterator<Item = &'n str>) -> impl Fn(&ImportList) -> bool {
        let names: Vec<Word> = names.map(Word::of).collect();
        let mut words = FxHashSet::default();
        words_for(file, &self.name_of(file), names.iter(), &mut words);
        move |theirs| theirs.may_have_any(&words)
    }

    /// Looks over the files of a walk. `given` are the absolute paths that it began with, `matter` the files that matter by
    /// themselves, and `others` the rest, by their paths. Says which of the others run what has to do with processes, in
    /// order.
    pub fn survey(
        &mut self,
        given: Vec<PathBuf>,
        matter: &[Arc<Path>],
        others: &[(&Path, &ImportList)],
    ) -> Vec<Importer> {
        let (folders, files): (Vec<PathBuf>, FxHashSet<PathBuf>) = {
            let (folders, files): (Vec<_>, Vec<_>) = given.into_iter().partition(|path| path.is_dir());
            (folders, files.into_iter().collect())
        };
        let mut survey = Survey {
            folders,
            files,
            outlooks: FxHashMap::default(),
        };
        // What the others show of themselves, once it is asked for.
        let looked: Vec<OnceLock<Looked>> = others.iter().map(|_| OnceLock::new()).collect();
        let seeds: Vec<Looked> = matter
            .par_iter()
            .map(|path| (Arc::clone(path), Arc::new(self.read_facts(path))))
            .collect();
        let mut found: Vec<Importer> = Vec::new();
        let mut is_found = vec![false; others.len()];
        let (mut words, mut new) = (FxHashSet::default(), FxHashSet::default());
        for depth in 0..=IMPORTS_DEEP + 1 {
            if depth > 0 && new.is_empty() {
                break;
            }
            words.extend(&new);
            let spread = |path: &Arc<Path>, facts: &Facts| {
                self.spread_of(path, facts, &words, |file| survey.outlook(file, depth)?)
            };
            let of_seeds = seeds.par_iter().filter_map(|(path, facts)| {
                let outlook = match facts.anything {
                    true => Outlook::of_anything(),
                    false => spread(path, facts)?.into_outlook(),
                };
                Some((Arc::clone(path), outlook, None))
            });
            let candidates = others.par_iter().enumerate();
            let candidates = candidates.filter(|(_, (_, theirs))| theirs.may_have_any(&new));
            let of_others = candidates.filter_map(|(number, (walked, theirs))| {
                let (path, facts) = looked[number].get_or_init(|| {
                    let facts = self.facts_of(&theirs.lines, theirs.length);
                    (self.path_of(walked), Arc::new(facts))
                });
                let spread = spread(path, facts)?;
                let is_script = spread.is_script;
                // What a script defines it is there to run, by however many calls from under its guard.
                let runs = spread.acts || spread.guarded || (is_script && spread.defines);
                let importer = runs.then_some(Importer {
                    number,
                    is_script,
                    distance: depth,
                });
                Some((Arc::clone(path), spread.into_outlook(), importer))
            });
            let spreads: Vec<(Arc<Path>, Outlook, Option<Importer>)> = of_seeds.chain(of_others).collect();
            new.clear();
            for (path, outlook, importer) in spreads {
                if let Some(importer) = importer
                    && !std::mem::replace(&mut is_found[importer.number], true)
                {
                    found.push(importer);
                }
                if !outlook.leads_on() {
                    continue;
                }
                words_for(&path, &self.name_of(&path), outlook.words(), &mut new);
                let outlooks = survey.outlooks.entry(path).or_default();
                outlooks.resize(depth, None);
                outlooks.push(Some(Arc::new(outlook)));
            }
            new.retain(|word| !words.contains(word));
        }
        // Most of those that were looked at have shown nothing.
        let looked = looked.into_iter().filter_map(OnceLock::into_inner);
        let looked = looked.filter(|(_, facts)| facts.is_sketched());
        self.keep_survey(survey, seeds.into_iter().chain(looked));
        found.sort_by_key(|importer| importer.number);
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::disk::tests::fresh_project;

    #[test]
    fn words_of_imports() {
        let words = ImportList::of(b"import a.b, c as d\nfrom .e import f, g as h\nfrom . import i").unwrap();
        let has = |module: &str, name: &str| {
            let name = if name.is_empty() { MODULE } else { Word::of(name) };
            words.may_have_any(&FxHashSet::from_iter([Word::of(module).and(name), Word::of("nothing")]))
        };
        for (module, name) in [("a", ""), ("b", ""), ("c", ""), ("e", "f"), ("e", "g"), ("", "i")] {
            assert!(has(module, name), "{module} {name}");
        }
        for (module, name) in [("d", ""), ("e", ""), ("e", "h"), ("i", "")] {
            assert!(!has(module, name), "{module} {name}");
        }
        assert!(ImportList::of(b"x = 1").is_none());
    }

    #[test]
    fn who_runs_what_matters() {
        let files = [
            ("setup.py", ""),
            (
                "workers.py",
                "import multiprocessing\ndef run_all(): multiprocessing.Pool()\ndef other(): pass",
            ),
            ("p/__init__.py", "from .inner import go"),
            ("p/inner.py", "import multiprocessing\ndef go(): multiprocessing.Pool()"),
            ("a.py", "from workers import run_all"),
            ("b.py", "from workers import other\nother()"),
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
                "from workers import run_all\ndef f():\n    run_all()\nif __name__ == '__main__':\n    main()",
            ),
            (
                "l.py",
                "from e import go_on as further\nif __name__ == '__main__':\n    further()",
            ),
            ("profile.py", "import multiprocessing\ndef go(): multiprocessing.Pool()"),
            ("p/types.py", "import multiprocessing\ndef go(): multiprocessing.Pool()"),
            ("m.py", "import profile\nprofile.go()"),
            ("n.py", "import types\ntypes.go()"),
            ("p/o.py", "from .types import go\ngo()"),
            ("j.py", "import nothing\nfrom somewhere import run_all\nrun_all()"),
        ];
        fresh_project(&files, |root, project| {
            let matter: [Arc<Path>; 4] =
                ["workers.py", "p/inner.py", "profile.py", "p/types.py"].map(|path| root.join(path).into());
            let words: Vec<_> = files
                .iter()
                .filter(|(path, _)| !matter.contains(&root.join(path).into()))
                .filter_map(|(path, text)| Some((root.join(path), ImportList::of(text.as_bytes())?)))
                .collect();
            let others: Vec<(&Path, &ImportList)> = words.iter().map(|(path, words)| (path.as_path(), words)).collect();
            let mut project = project();
            let shown: Vec<_> = project
                .survey(vec![root.to_owned()], &matter, &others)
                .into_iter()
                .map(|found| {
                    let path = others[found.number].0.strip_prefix(root).unwrap();
                    format!("{} {}", path.display(), found.is_script)
                })
                .collect();
            assert_eq!(
                shown,
                [
                    "c.py false",
                    "e.py false",
                    "f.py false",
                    "h.py false",
                    "k.py true",
                    "l.py true",
                    "m.py false",
                    "p/o.py false"
                ]
            );
            let outlook = |path: &str, depth| project.outlook(&root.join(path), depth);
            assert!(outlook("p/__init__.py", 1).is_some_and(|outlook| outlook.has("go")));
            assert!(outlook("e.py", 2).is_some_and(|outlook| outlook.has("go_on") && outlook.acts));
            assert!(outlook("a.py", 1).is_some_and(|outlook| outlook.has("run_all") && !outlook.acts));
            assert_eq!(outlook("p/__init__.py", 0), None);
            assert_eq!(outlook("b.py", 2), None);
            assert!(project.survey(vec![], &[], &others).is_empty());
        });
    }
}
