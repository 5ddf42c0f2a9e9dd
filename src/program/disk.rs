//! The files of the projects on disk, as the model asks for them.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use rustc_hash::{FxHashMap, FxHashSet};

use super::hazards::{Class, Hazards, classes_in, own_hazards};
use super::importers::{Looked, Survey, word_of_import};
use super::kept::Kept;
use super::outlook::{Members, Seeds, Spread};
use super::{IMPORTS_DEEP, ModuleFile, Modules, Outlook, is_package};
use crate::api::Api;
use crate::files::decode::{Decoded, Encoding, decode};
use crate::files::discover::DiscoverOptions;
use crate::files::imports::{Import, Imported, imports};
use crate::files::modules::{ImportSearch, Target};
use crate::files::sketch::{Excerpt, Sketch, Word, asks_for};
use crate::files::{FileReader, SourceFile, Unwritten, cleaned, display_name};
use crate::python::Lowered;

thread_local! {
    static READER: RefCell<FileReader> = RefCell::new(FileReader::new());
}

/// Answers from the file system. One serves a whole run and all its threads.
pub struct ProjectFiles<'a> {
    base: PathBuf,
    unwritten: Unwritten,
    search: ImportSearch,
    api: &'a Api,
    /// The first parts of the names that it describes.
    described: FxHashSet<&'a str>,
    /// The members of the modules that it describes, of those that lead to processes.
    members: Shared<Box<str>, Arc<[Word]>>,
    /// The names that the walk has given files.
    names: FxHashMap<Arc<Path>, String>,
    /// What each file has shown of itself so far.
    facts: Shared<Arc<Path>, Arc<Facts>>,
    /// What has been said of the files of the walk.
    survey: Survey,
    /// What can be said of others, by how many imports away from them was looked.
    outlooks: Shared<(Arc<Path>, usize), Option<Arc<Outlook>>>,
    /// The same of exceptions.
    hazards: Shared<(Arc<Path>, usize), Arc<Hazards>>,
    /// The code of some of them.
    code: Kept,
}

/// What has been found out once, for all threads.
type Shared<K, V> = Mutex<FxHashMap<K, V>>;

/// What the bytes of one file tell.
#[derive(Debug, Default)]
pub(super) struct Facts {
    /// Any of its names may have to do with processes, because only a parser could tell what it imports, or because it
    /// imports all names of a process library.
    pub(super) anything: bool,
    /// How many bytes there are.
    pub(super) length: usize,
    /// What it imports of process libraries.
    library: Seeds,
    /// What else it imports.
    others: Vec<Other>,
    /// The files that these mean; found out when it is asked.
    project: OnceLock<Vec<Linked>>,
    /// Its parts; read when they are asked for.
    sketch: Arc<OnceLock<Sketch>>,
    /// Its classes that have bases; read when they are asked for.
    classes: OnceLock<Vec<Class>>,
}

impl Facts {
    /// Whether its parts have been read.
    pub(super) fn is_sketched(&self) -> bool {
        self.sketch.get().is_some()
    }
}

/// An import of no process library.
#[derive(Debug)]
struct Other {
    level: u32,
    module: Box<str>,
    what: What,
    /// By which a walk knows it.
    word: Word,
}

#[derive(Debug)]
enum What {
    /// `import module as bound`
    Renamed(Word),
    /// `import module`
    Module,
    /// `from module import name as bound`
    Name(Box<str>, Word),
    /// `from module import *`
    All,
}

/// An import of a file of the project.
#[derive(Debug)]
enum Linked {
    /// The module, or with a member what is reached by it: `a.b` of `import a.b.c`.
    Module(Word, Option<Word>, Arc<Path>),
    /// A name of a module, or a module in a package.
    Name(Word, Word, Option<Arc<Path>>, Option<Arc<Path>>),
    All(Arc<Path>),
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
    pub fn new(options: &DiscoverOptions, api: &'a Api) -> Self {
        // What a project declares as a wrapper lies in the project: it is no library.
        let libraries = Api::built_in().map(Api::libraries).unwrap_or_default();
        let libraries = libraries.into_iter().map(str::to_owned);
        Self {
            base: cleaned(&options.working_directory),
            unwritten: Unwritten::default(),
            search: ImportSearch::new(&options.working_directory, options.excludes.clone(), libraries),
            api,
            described: api.first_names(),
            members: Mutex::default(),
            names: FxHashMap::default(),
            survey: Survey::default(),
            facts: Mutex::default(),
            outlooks: Mutex::default(),
            hazards: Mutex::default(),
            code: Kept::default(),
        }
    }

    /// The same, where some files are taken for what is going to be written to them.
    #[must_use]
    pub fn with_unwritten(self, unwritten: &Unwritten) -> Self {
        Self {
            unwritten: unwritten.clone(),
            ..self
        }
    }

    /// Does something with the bytes of a file; none where it cannot be read.
    fn with_bytes<T>(&self, file: &Path, work: impl FnOnce(&[u8]) -> T) -> Option<T> {
        match self.unwritten.get(file) {
            Some(bytes) => Some(work(bytes)),
            None => READER.with_borrow_mut(|reader| reader.read(file).ok().map(work)),
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

    /// Keeps what was said of the files of the walk, and what some of them have shown of themselves.
    pub(super) fn keep_survey(&mut self, survey: Survey, looked: impl Iterator<Item = Looked>) {
        self.survey = survey;
        lock(&self.facts).extend(looked);
    }

    /// Whether what these bytes import has to do with processes, if they are the code of a file.
    #[must_use]
    pub fn imports_lead(&self, file: &Path, bytes: &[u8]) -> bool {
        self.leads(file, &self.facts_of(bytes, bytes.len()))
    }

    /// The same of a file on disk.
    #[must_use]
    pub fn file_leads(&self, file: &Path) -> bool {
        self.leads(file, &self.facts(&file.into()))
    }

    fn leads(&self, file: &Path, facts: &Facts) -> bool {
        facts.anything || !self.seeds(file, facts, IMPORTS_DEEP + 1).is_empty()
    }

    /// What a file does with those of its imports that are among some words; none where these bring nothing that has to do
    /// with processes.
    pub(super) fn spread_of(
        &self,
        file: &Path,
        facts: &Facts,
        words: &FxHashSet<Word>,
        outlook: impl Fn(&Path) -> Option<Arc<Outlook>>,
    ) -> Option<Spread> {
        let mut seeds = facts.library.clone();
        let others = facts.others.iter().filter(|other| words.contains(&other.word));
        for linked in others.flat_map(|other| self.linked(file, other)) {
            linked.seed(&mut seeds, |path| outlook(path));
        }
        self.spread(file, facts, seeds)
    }

    fn spread(&self, file: &Path, facts: &Facts, seeds: Seeds) -> Option<Spread> {
        if seeds.is_empty() {
            return None;
        }
        if !facts.is_sketched() {
            // Many import a package of which one name matters, and few ask for that name.
            let by_name = !seeds.are_modules();
            let asks = |bytes: &[u8]| {
                asks_for(
                    bytes,
                    |name| seeds.modules.contains_key(&name),
                    |name, member| seeds.has_member(name, member),
                )
            };
            let sketch = self.with_bytes(file, |bytes| (by_name || asks(bytes)).then(|| Sketch::of(bytes)));
            let sketch = sketch.unwrap_or_else(|| by_name.then(Sketch::default))?;
            facts.sketch.get_or_init(|| sketch);
        }
        Some(Spread::of(facts.sketch.get()?, seeds))
    }

    /// The file that a dotted name leads to from another.
    fn file_of(&self, importer: &Path, level: u32, dotted: &str) -> Option<Arc<Path>> {
        match self.search.resolve(importer, level, dotted) {
            Target::Source(path) => Some(path.into()),
            Target::Namespace | Target::Unknown => None,
        }
    }

    pub(super) fn facts(&self, file: &Arc<Path>) -> Arc<Facts> {
        if let Some(facts) = lock(&self.facts).get(file) {
            return Arc::clone(facts);
        }
        let facts = Arc::new(self.read_facts(file));
        Arc::clone(lock(&self.facts).entry(Arc::clone(file)).or_insert(facts))
    }

    pub(super) fn read_facts(&self, file: &Path) -> Facts {
        self.with_bytes(file, |bytes| self.facts_of(bytes, bytes.len()))
            .unwrap_or_default()
    }

    /// What a file of some length shows by its imports.
    pub(super) fn facts_of(&self, imports_in: &[u8], length: usize) -> Facts {
        let mut facts = Facts {
            length,
            ..Facts::default()
        };
        let Some(imports) = imports(imports_in) else {
            facts.anything = true;
            return facts;
        };
        facts.others.reserve_exact(imports.len());
        for import in imports {
            let module = import.module;
            if import.level == 0 && self.is_of_library(&import, &mut facts) {
                continue;
            }
            let what = match import.what {
                Imported::All => What::All,
                Imported::Renamed => What::Renamed(Word::of(import.renamed.unwrap_or_default())),
                Imported::Global | Imported::Inside => What::Module,
                Imported::Name(name) => What::Name(name.into(), Word::of(import.renamed.unwrap_or(name))),
            };
            facts.others.push(Other {
                level: import.level,
                module: module.into(),
                what,
                word: word_of_import(&import),
            });
        }
        facts
    }

    /// Whether an import is one of a library that the tables describe; what it brings is noted.
    fn is_of_library(&self, import: &Import<'_>, facts: &mut Facts) -> bool {
        let module = import.module;
        let first = module.split('.').next().unwrap_or_default();
        if !self.described.contains(first) {
            return false;
        }
        let mut bring = |bound: &str, dotted: &str| {
            let leads = self.api.leads_to_process(dotted);
            if self.api.is_process_path(dotted) {
                facts.library.names.insert(Word::of(bound));
            } else if leads {
                facts.library.add_module(Word::of(bound), self.members(dotted));
            }
            leads
        };
        let leads = match import.what {
            Imported::All => {
                facts.anything |= self.api.is_process_path(module);
                false
            }
            Imported::Name(name) => bring(import.renamed.unwrap_or(name), &format!("{module}.{name}")),
            Imported::Renamed => bring(import.renamed.unwrap_or_default(), module),
            Imported::Global | Imported::Inside => bring(first, first),
        };
        leads || self.api.is_module(module)
    }

    /// The members of a library's module that lead to processes.
    fn members(&self, dotted: &str) -> Members {
        let mut known = lock(&self.members);
        let members = match known.get(dotted) {
            Some(members) => Arc::clone(members),
            None => {
                let members: FxHashSet<Word> = self.api.steps_from(dotted).map(Word::of).collect();
                let members: Arc<[Word]> = members.into_iter().collect();
                known.insert(dotted.into(), Arc::clone(&members));
                members
            }
        };
        Members::Library(members)
    }

    /// What the imports of a file bring that has to do with processes, if modules up to `depth` imports away are looked at.
    fn seeds(&self, file: &Path, facts: &Facts, depth: usize) -> Seeds {
        let mut seeds = facts.library.clone();
        let Some(depth) = depth.checked_sub(1) else {
            return seeds;
        };
        for linked in self.project_of(file, facts) {
            linked.seed(&mut seeds, |path| self.outlook_of(path, depth));
        }
        seeds
    }

    /// The files of the project that the imports of a file mean.
    fn project_of<'f>(&self, file: &Path, facts: &'f Facts) -> &'f [Linked] {
        facts.project.get_or_init(|| {
            let linked = facts.others.iter().flat_map(|other| self.linked(file, other));
            linked.filter(|linked| !linked.is_of(file)).collect()
        })
    }

    /// The same, as files.
    pub(super) fn imported_files<'f>(&self, file: &Path, facts: &'f Facts) -> impl Iterator<Item = &'f Arc<Path>> {
        self.project_of(file, facts)
            .iter()
            .flat_map(|linked| match linked {
                Linked::Module(_, _, path) | Linked::All(path) => [Some(path), None],
                Linked::Name(_, _, module, inner) => [module.as_ref(), inner.as_ref()],
            })
            .flatten()
    }

    /// Exceptions that a file defines or hands on, and by which of its globals they may be raised, with modules up to `depth`
    /// imports away.
    fn hazards_of(&self, file: &Arc<Path>, depth: usize) -> Arc<Hazards> {
        let key = (Arc::clone(file), depth);
        if let Some(known) = lock(&self.hazards).get(&key) {
            return Arc::clone(known);
        }
        let facts = self.facts(file);
        let mut hazards = Hazards::default();
        let mut seeds = Seeds::default();
        if let Some(depth) = depth.checked_sub(1) {
            for linked in self.project_of(file, &facts) {
                linked.seed(&mut seeds, |path| self.hazards_of(path, depth).raises.clone());
                // `errors.Failed`, `from errors import Failed`
                let (named, whole) = match linked {
                    Linked::Name(bound, name, module, inner) => {
                        (module.as_ref().map(|m| (bound, name, m)), inner.as_ref())
                    }
                    Linked::Module(_, _, path) | Linked::All(path) => (None, Some(path)),
                };
                if let Some((bound, name, module)) = named
                    && self.hazards_of(module, depth).exceptions.contains(name)
                {
                    hazards.exceptions.insert(*bound);
                }
                if let Some(path) = whole {
                    hazards.exceptions.extend(&self.hazards_of(path, depth).exceptions);
                }
            }
        }
        let classes = facts.classes.get_or_init(|| {
            self.with_bytes(file, |bytes| classes_in(bytes, self.api))
                .unwrap_or_default()
        });
        seeds.names.extend(own_hazards(classes, &mut hazards.exceptions));
        hazards.raises = self
            .spread(file, &facts, seeds)
            .map(|spread| Arc::new(spread.into_outlook()));
        Arc::clone(lock(&self.hazards).entry(key).or_insert_with(|| Arc::new(hazards)))
    }

    /// The files that an import means.
    fn linked(&self, file: &Path, other: &Other) -> Vec<Linked> {
        let Other {
            level, module, what, ..
        } = other;
        let target = |dotted: &str| self.file_of(file, *level, dotted);
        match what {
            What::All => target(module).map(Linked::All).into_iter().collect(),
            What::Renamed(bound) => {
                let found = target(module).map(|path| Linked::Module(*bound, None, path));
                found.into_iter().collect()
            }
            What::Module => {
                let mut parts = module.split('.');
                let first = parts.next().unwrap_or_default();
                let bound = Word::of(first);
                let mut found = vec![];
                if let Some(second) = parts.next() {
                    found.extend(target(module).map(|path| Linked::Module(bound, Some(Word::of(second)), path)));
                }
                found.extend(target(first).map(|path| Linked::Module(bound, None, path)));
                found
            }
            What::Name(name, bound) => {
                let dotted = match &**module {
                    "" => name.to_string(),
                    module => format!("{module}.{name}"),
                };
                let of_module = target(module);
                // A module that is no package has none in it.
                let inner = match &of_module {
                    Some(module) if !is_package(module) => None,
                    _ => target(&dotted),
                };
                if of_module.is_none() && inner.is_none() {
                    return vec![];
                }
                vec![Linked::Name(*bound, Word::of(name), of_module, inner)]
            }
        }
    }

    fn outlook_of(&self, file: &Arc<Path>, depth: usize) -> Option<Arc<Outlook>> {
        if let Some(known) = self.survey.outlook(file, depth) {
            return known;
        }
        let key = (Arc::clone(file), depth);
        if let Some(known) = lock(&self.outlooks).get(&key) {
            return known.clone();
        }
        let facts = self.facts(file);
        let outlook = match facts.anything {
            true => Some(Outlook::of_anything()),
            false => {
                let seeds = self.seeds(file, &facts, depth);
                self.spread(file, &facts, seeds).map(Spread::into_outlook)
            }
        };
        let outlook = outlook.filter(Outlook::leads_on).map(Arc::new);
        lock(&self.outlooks).entry(key).or_insert(outlook).clone()
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Linked {
    /// Adds what an import of a file of the project brings.
    fn seed(&self, seeds: &mut Seeds, outlook: impl Fn(&Arc<Path>) -> Option<Arc<Outlook>>) {
        match self {
            Self::Module(bound, member, path) => {
                if let Some(outlook) = outlook(path) {
                    let members = match member {
                        Some(member) => Members::Library([*member].into()),
                        None => Members::Module(outlook),
                    };
                    seeds.add_module(*bound, members);
                }
            }
            Self::Name(bound, name, module, inner) => {
                let of_module = module.as_ref().and_then(&outlook);
                if of_module.is_some_and(|outlook| outlook.has_word(*name)) {
                    seeds.names.insert(*bound);
                } else if let Some(found) = inner.as_ref().and_then(&outlook) {
                    seeds.add_module(*bound, Members::Module(found));
                }
            }
            Self::All(path) => {
                if let Some(outlook) = outlook(path) {
                    seeds.add_all(&outlook);
                }
            }
        }
    }

    fn is_of(&self, file: &Path) -> bool {
        matches!(self, Self::Module(_, _, path) | Self::All(path) if **path == *file)
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

    fn is_small(&self, root: &Path) -> bool {
        self.is_small_program(root)
    }

    fn read(&self, file: &Path) -> Option<Arc<SourceFile>> {
        let Decoded { text, encoding, bom } = self.with_bytes(file, |bytes| decode(bytes).ok())??;
        let name = match self.names.get(file) {
            Some(name) => name.clone(),
            None => display_name(file, &self.base),
        };
        let source = SourceFile::new(file.to_owned(), name, text);
        let is_as_on_disk = encoding == Encoding::Utf8 && !bom;
        let source = match is_as_on_disk {
            true => source.with_sketch(Arc::clone(&self.facts(&file.into()).sketch)),
            false => source,
        };
        Some(Arc::new(source))
    }

    fn lowered(&self, path: &Path, file: &SourceFile, excerpt: Option<&Excerpt>) -> Arc<Lowered> {
        self.code.lowered(path, file, excerpt)
    }

    fn outlook(&self, file: &Path, depth: usize) -> Option<Arc<Outlook>> {
        self.outlook_of(&file.into(), depth)
    }

    fn raises(&self, file: &Path, name: &str) -> bool {
        let hazards = self.hazards_of(&file.into(), IMPORTS_DEEP + 1);
        hazards.raises.as_ref().is_some_and(|raises| raises.has(name))
    }
}

#[cfg(test)]
pub(super) mod tests;
