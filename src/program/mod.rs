//! The files of a project as parts of programs: which file an import leads to, and what can be had of it.
//!
//! The model runs one file as the *root* of a program and links others to it when the run comes to need them. It knows
//! nothing of folders and packages; it asks a [`Modules`]. What such a file is called, where packages begin, what stubs,
//! namespace packages and `src` folders are, is the business of the one who answers.

mod disk;
mod hazards;
mod importers;
mod kept;
mod outlook;
mod small;

use std::path::Path;
use std::sync::Arc;

pub use disk::ProjectFiles;
pub use importers::{ImportList, Importer};
pub use outlook::Outlook;

use crate::files::SourceFile;
use crate::files::sketch::Excerpt;
use crate::python::Lowered;

/// Imports between a process library and a module that are looked at to tell what the module has to do with processes.
pub const IMPORTS_DEEP: usize = 2;

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

/// Whether a file is that of a package.
#[must_use]
pub fn is_package(file: &Path) -> bool {
    file.file_name().is_some_and(|name| name == "__init__.py")
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

    /// Whether a file, with all of the project that it imports and that these import, is a small program: one that is linked
    /// as a whole.
    fn is_small(&self, root: &Path) -> bool;

    /// The text of a module, under the path and the display name that the walk gives the same file: a finding in it is
    /// shown under that name, and findings that several roots have at one place are told to be the same by it. None where
    /// the file cannot be read or decoded.
    fn read(&self, file: &Path) -> Option<Arc<SourceFile>>;

    /// The code of a file that lies at a path, or of an excerpt of it. Kept, where the same may be asked for again.
    fn lowered(&self, _path: &Path, file: &SourceFile, excerpt: Option<&Excerpt>) -> Arc<Lowered> {
        Arc::new(kept::lower(file, excerpt))
    }

    /// What a module may have to do with processes: what is made of a process library in it, or in modules that it imports,
    /// up to `depth` imports away. None where that is nothing. It is told from the bytes, without parsing: too often yes
    /// costs time, too often no costs findings.
    fn outlook(&self, file: &Path, depth: usize) -> Option<Arc<Outlook>>;

    /// Whether an exception may be raised by way of a global of a module that does not get out of a task as others do. Told
    /// from the bytes, too.
    fn raises(&self, file: &Path, name: &str) -> bool;
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

    fn is_small(&self, _: &Path) -> bool {
        false
    }

    fn read(&self, _: &Path) -> Option<Arc<SourceFile>> {
        None
    }

    fn outlook(&self, _: &Path, _: usize) -> Option<Arc<Outlook>> {
        None
    }

    fn raises(&self, _: &Path, _: &str) -> bool {
        false
    }
}
