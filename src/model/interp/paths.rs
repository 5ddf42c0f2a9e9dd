//! Objects of `pathlib`: all that matters of one is what its methods give, an open file among that. So a dotted name that no
//! program can write stands for any of them.

use super::calls::Actuals;
use super::{Run, World};
use crate::model::heap::ObjectKind;
use crate::model::names::PathId;
use crate::model::value::{Atom, Value};
use crate::python::Symbol;

/// Stands for an object of a class of `pathlib`. What its `open` makes is in the tables under `pathlib.Path().open`.
const PATH: &str = "pathlib.Path()";

impl<'a> Run<'a> {
    fn path_object(&mut self) -> Value {
        Atom::Path(self.names.path(PATH)).into()
    }

    pub(super) fn is_path_object(&self, atom: Atom) -> bool {
        matches!(atom, Atom::Path(path) if self.names.dotted(path) == PATH)
    }

    /// Whether a dotted name is a class of `pathlib`.
    pub(super) fn is_path_class(&self, path: PathId) -> bool {
        is_class(self.names.dotted(path))
    }

    /// What an annotation with a class of `pathlib` stands for.
    pub(super) fn declared_path(&mut self) -> Value {
        self.path_object()
    }

    /// An attribute of a path that is no method.
    pub(super) fn path_attribute(&mut self, path: PathId, name: Symbol) -> Option<Value> {
        if self.names.dotted(path) != PATH {
            return None;
        }
        match self.symbols.name(name) {
            "parent" => Some(self.path_object()),
            "name" | "stem" | "suffix" | "anchor" | "root" | "drive" => Some(Atom::Text.into()),
            "parts" | "parents" | "suffixes" => Some(Value::unknown()),
            _ => None,
        }
    }

    /// A call of a class of `pathlib` or of a method of a path.
    pub(super) fn call_of_path(&mut self, world: &mut World, dotted: &str, actuals: &Actuals) -> Option<Value> {
        if !dotted.starts_with("pathlib.") {
            return None;
        }
        for actual in actuals {
            self.ask(world, &actual.value);
        }
        if is_class(dotted) || matches!(dotted, "pathlib.Path.cwd" | "pathlib.Path.home") {
            return Some(self.path_object());
        }
        let method = dotted.strip_prefix(PATH)?.strip_prefix('.')?;
        match method {
            "joinpath" | "resolve" | "absolute" | "expanduser" | "relative_to" | "with_name" | "with_suffix"
            | "with_stem" | "rename" | "replace" | "readlink" => Some(self.path_object()),
            "iterdir" | "glob" | "rglob" => {
                let element = self.path_object();
                Some(self.listing(world, element))
            }
            "as_posix" | "as_uri" | "read_text" => Some(Atom::Text.into()),
            "write_text" | "write_bytes" | "exists" | "is_file" | "is_dir" | "is_symlink" | "match" => {
                Some(Atom::Scalar.into())
            }
            _ => Some(Value::unknown()),
        }
    }

    /// What runs over the entries of a folder: how many there are nobody knows.
    pub(super) fn listing(&mut self, world: &mut World, element: Value) -> Value {
        let id = self.allocate_elements(world, ObjectKind::Iterable, element, 24);
        let unbounded = self.known.unbounded;
        if let Some(object) = world.heap.get_mut(id) {
            object.fields.set(unbounded, Atom::Bool(true).into());
        }
        id.into()
    }
}

fn is_class(dotted: &str) -> bool {
    matches!(
        dotted,
        "pathlib.Path"
            | "pathlib.PurePath"
            | "pathlib.PosixPath"
            | "pathlib.WindowsPath"
            | "pathlib.PurePosixPath"
            | "pathlib.PureWindowsPath"
    )
}
