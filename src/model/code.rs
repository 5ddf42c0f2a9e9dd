//! The code of a program: the root file, and the files that the run has linked to it.
//!
//! A [`Program`] owns the files and only grows, so that what refers to a function of it stays good while further files
//! are linked. [`Code`] is what the run and the model look things up in. Numbers of functions and classes, and places in
//! the text, go on from one file to the next: each of them alone says which file it belongs to.

use std::cell::OnceCell;
use std::path::Path;
use std::sync::Arc;

use crate::files::{SourceFile, Span};
use crate::python::ir::{Class, ClassId, Function, FunctionId, FunctionKind, Module, Origin};

/// Files that one program may have, the root included. Past them an import is unknown.
const MOST_UNITS: usize = 48;
/// Bytes of text that one program may have besides its root, and besides as much as its root has. In a program of one
/// person's that is all; in a large package it keeps the cost with the files that matter.
const MOST_LINKED_BYTES: usize = 64 << 10;

/// Number of a file in a program; the root is the first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct UnitId(pub u16);

impl UnitId {
    /// The file that the program is run from.
    pub const ROOT: Self = Self(0);
}

/// One file of a program.
#[derive(Debug)]
pub struct Unit {
    /// Its text.
    pub file: Arc<SourceFile>,
    /// The path under which the project knows it.
    pub path: Arc<Path>,
    /// What the module is called when it is imported.
    pub name: Arc<str>,
    module: Arc<Module>,
    origin: Origin,
}

impl Unit {
    /// Its code.
    #[must_use]
    pub fn module(&self) -> &Module {
        &self.module
    }

    /// The function that is the module's body.
    #[must_use]
    pub fn body(&self) -> FunctionId {
        FunctionId(self.origin.functions)
    }

    /// Its first line.
    #[must_use]
    pub fn first_line(&self) -> Span {
        let length = self.file.text().lines().next().map_or(0, str::len);
        Span::new(self.origin.text, self.origin.text + length as u32)
    }

    /// The numbers of its functions.
    #[must_use]
    pub fn functions(&self) -> std::ops::Range<u32> {
        let first = self.origin.functions;
        first..first + self.module.functions.len() as u32
    }
}

/// The files of a program.
#[derive(Debug)]
pub struct Program {
    // `OnceCell` lets the list grow while it is borrowed, which a `Vec` of them with a fixed number of places makes safe.
    units: Box<[OnceCell<Unit>]>,
}

impl Program {
    /// A program of one file.
    #[must_use]
    pub fn new(file: Arc<SourceFile>, path: Arc<Path>, name: Arc<str>, module: Arc<Module>) -> Self {
        let program = Self {
            units: (0..MOST_UNITS).map(|_| OnceCell::new()).collect(),
        };
        let root = Unit {
            file,
            path,
            name,
            module,
            origin: Origin::default(),
        };
        if let Some(first) = program.units.first() {
            let _ = first.set(root);
        }
        program
    }

    fn units(&self) -> impl Iterator<Item = &Unit> {
        self.units.iter().map_while(OnceCell::get)
    }
}

/// The functions, classes and texts of a program, as far as it has been linked.
#[derive(Debug)]
pub struct Code<'a> {
    program: &'a Program,
    units: Vec<&'a Unit>,
    functions: Vec<&'a Function>,
    classes: Vec<&'a Class>,
    /// The file of each function.
    homes: Vec<UnitId>,
    root_bytes: usize,
    linked_bytes: usize,
}

impl<'a> Code<'a> {
    /// The code of a program.
    #[must_use]
    pub fn new(program: &'a Program) -> Self {
        let mut code = Self {
            program,
            units: Vec::new(),
            functions: Vec::new(),
            classes: Vec::new(),
            homes: Vec::new(),
            root_bytes: program.units().next().map_or(0, |root| root.file.text().len()),
            linked_bytes: 0,
        };
        for unit in program.units() {
            code.add(unit);
        }
        code
    }

    fn add(&mut self, unit: &'a Unit) -> UnitId {
        let id = UnitId(self.units.len() as u16);
        self.units.push(unit);
        self.functions.extend(&unit.module.functions);
        self.classes.extend(&unit.module.classes);
        self.homes.resize(self.functions.len(), id);
        id
    }

    /// Whether a file of which so many bytes are parsed may be linked.
    #[must_use]
    pub fn has_room(&self, bytes: usize) -> bool {
        self.units.len() < MOST_UNITS && self.linked_bytes.saturating_add(bytes) <= MOST_LINKED_BYTES + self.root_bytes
    }

    /// Adds a file to the program, unless there is no more room. `parsed` says how many of its bytes were parsed.
    pub fn link(
        &mut self,
        file: Arc<SourceFile>,
        path: Arc<Path>,
        name: Arc<str>,
        module: Module,
        parsed: usize,
    ) -> Option<UnitId> {
        if !self.has_room(parsed) {
            return None;
        }
        let last = self.units.last()?;
        let end = last
            .origin
            .text
            .checked_add(u32::try_from(last.file.text().len()).ok()?)?;
        // One byte lies between two files, so that the end of one is not the beginning of the next.
        let text = end.checked_add(1)?;
        text.checked_add(u32::try_from(file.text().len()).ok()?)?;
        let origin = Origin {
            text,
            functions: u32::try_from(self.functions.len()).ok()?,
            classes: u32::try_from(self.classes.len()).ok()?,
        };
        let unit = Unit {
            file,
            path,
            name,
            module: Arc::new(module.moved(origin)),
            origin,
        };
        let unit = self.program.units.get(self.units.len())?.get_or_init(|| unit);
        self.linked_bytes += parsed;
        Some(self.add(unit))
    }

    /// The files of the program.
    #[must_use]
    pub fn units(&self) -> &[&'a Unit] {
        &self.units
    }

    /// A file of the program.
    #[must_use]
    pub fn unit(&self, id: UnitId) -> &'a Unit {
        self.units[id.0 as usize]
    }

    /// The file that a function is written in.
    #[must_use]
    pub fn home(&self, function: FunctionId) -> UnitId {
        self.homes[function.0 as usize]
    }

    /// How many functions there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.functions.len()
    }

    /// Whether there is no function, which does not happen: a file has a body.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.functions.is_empty()
    }

    /// The function with this number.
    #[must_use]
    pub fn function(&self, id: FunctionId) -> &'a Function {
        self.functions[id.0 as usize]
    }

    /// The class with this number.
    #[must_use]
    pub fn class(&self, id: ClassId) -> &'a Class {
        self.classes[id.0 as usize]
    }

    /// Every function with its number.
    pub fn functions(&self) -> impl Iterator<Item = (FunctionId, &'a Function)> {
        self.functions
            .iter()
            .enumerate()
            .map(|(at, function)| (FunctionId(at as u32), *function))
    }

    /// Whether a function is the body of a module, of whichever file.
    #[must_use]
    pub fn is_module_body(&self, id: FunctionId) -> bool {
        self.function(id).kind == FunctionKind::Module
    }

    /// The file that a place lies in, and the range there.
    #[must_use]
    pub fn locate(&self, span: Span) -> (&'a Arc<SourceFile>, Span) {
        let after = self.units.partition_point(|unit| unit.origin.text <= span.start);
        let unit = self.units[after.saturating_sub(1)];
        let from = unit.origin.text;
        (&unit.file, Span::new(span.start - from, span.end.saturating_sub(from)))
    }

    /// What stands at a place.
    #[must_use]
    pub fn text(&self, span: Span) -> &'a str {
        let (file, span) = self.locate(span);
        file.text().get(span.range()).unwrap_or_default()
    }
}
