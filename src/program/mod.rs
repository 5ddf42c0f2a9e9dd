//! The files of a project as parts of programs: which file an import leads to, and what can be had of it.
//!
//! The model runs one file as the *root* of a program and links others to it when the run comes to need them. It knows
//! nothing of folders and packages; it asks a [`Modules`]. What such a file is called, where packages begin, what stubs,
//! namespace packages and `src` folders are, is the business of the one who answers.

mod disk;
mod importers;

use std::path::Path;
use std::sync::Arc;

pub use disk::ProjectFiles;
pub use importers::{Importer, Leading, Words, importers};

use crate::files::SourceFile;

/// A module of the project, as an import names it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ModuleFile {
    /// Its dotted name from where its package begins: `package.part.module`. It is what the module sees as `__name__`
    /// when it is imported, and it has no `.__init__` at its end.
    pub name: Arc<str>,
    /// The file with its code; of a package its `__init__.py`. None for a namespace package, which is nothing but the
    /// modules in it. Two imports lead to the same module if and only if they give equal paths, so there must be one
    /// path only for one file.
    pub path: Option<Arc<Path>>,
}

/// What the model asks about the other files of the project. Shared by all threads; the answers should be cached, for
/// they are asked again for each root.
///
/// An answer is about a file on disk, not about Python's search: whoever cannot tell for certain which file is meant
/// (two of the same name in two plausible places) answers `None`, and the import is unknown, as that of a third party is.
pub trait Modules: Sync {
    /// The module that an import in a file leads to. `level` is the number of dots in front, 0 for an absolute import;
    /// `dotted` is what follows them, and may be empty if there are dots. Of `from a.b import c` the model asks for `a.b`,
    /// and where that has no `c`, for `a.b.c`; of `import a.b.c` for `a`, `a.b` and `a.b.c`.
    ///
    /// `importer` is the path of the file with the import: that of the root, or one that `resolve` gave.
    fn resolve(&self, importer: &Path, level: u32, dotted: &str) -> Option<ModuleFile>;

    /// The dotted name of a file, as in [`ModuleFile::name`].
    fn name_of(&self, file: &Path) -> Arc<str>;

    /// The text of a module, under the path and the display name that the walk gives the same file: a finding in it is
    /// shown under that name, and findings that several roots have at one place are told to be the same by it. None where
    /// the file cannot be read or decoded.
    fn read(&self, file: &Path) -> Option<Arc<SourceFile>>;

    /// Whether a module can have to do with processes: it names a process library itself, or one of the modules that it
    /// imports does, a few imports deep. Told from the bytes, without parsing; too often yes costs time, too often no
    /// costs findings. What leads to no process library is only parsed when a name of it is used where processes are.
    fn reaches_process_library(&self, file: &Path) -> bool;

    /// What has been kept of an earlier look over a module.
    fn outlook(&self, _file: &Path) -> Option<Outlook> {
        None
    }

    /// Keeps what a look over a module has told, for other roots. It depends on nothing but the files.
    fn keep_outlook(&self, _file: &Path, _outlook: Outlook) {}
}

/// What a module may have to do with processes, as a look over the names in it tells.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Outlook {
    /// Its globals that have, sorted; none where any may.
    pub names: Option<Arc<[Box<str>]>>,
    /// Whether its own code does something with processes when it is imported.
    pub acts: bool,
}

/// No other files: every import of the project is unknown.
#[derive(Clone, Copy, Debug)]
pub struct Alone;

impl Modules for Alone {
    fn resolve(&self, _: &Path, _: u32, _: &str) -> Option<ModuleFile> {
        None
    }

    fn name_of(&self, file: &Path) -> Arc<str> {
        file.file_stem().unwrap_or_default().to_string_lossy().into()
    }

    fn read(&self, _: &Path) -> Option<Arc<SourceFile>> {
        None
    }

    fn reaches_process_library(&self, _: &Path) -> bool {
        false
    }
}
