//! Files of the project that hide a module of the standard library which multiprocessing needs.
//!
//! The folder of a script is the first place where its imports are looked for, so a `queue.py` beside it is what
//! `from queue import Empty` in `multiprocessing/queues.py` finds, in the parent and in each child that is not forked. What
//! is needed when was measured by putting a file of each name beside a program: see the rule page of MP714.

use std::sync::Arc;

use super::code::UnitId;
use super::interp::Run;
use crate::findings::StartMethods;
use crate::python;
use crate::python::ir::{FunctionId, OpKind, Place};

/// What a program does that needs a module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Need {
    /// Whatever it does with the library of this name.
    Import,
    /// It starts a process by one of these methods.
    Start(StartMethods),
    /// It makes a queue or a pool, under any method.
    Queue,
}

/// A module that is hidden by a file of the project.
#[derive(Clone, Copy, Debug)]
pub struct Shadow {
    /// The name of both.
    pub name: &'static str,
    /// The file of the project.
    pub unit: UnitId,
    /// Who needs the module of the library.
    pub needs: &'static [Need],
}

/// A module that multiprocessing needs, and a name that it takes from it: a file that has it too may stand in for the module.
type Needed = (&'static str, &'static [&'static str], &'static [Need]);

const FORKSERVER: StartMethods = StartMethods::FORKSERVER;
const ALWAYS: &[Need] = &[Need::Start(StartMethods::all())];
const QUEUES: &[Need] = &[Need::Queue];
const QUEUES_AND_SERVER: &[Need] = &[Need::Queue, Need::Start(FORKSERVER)];

/// Modules that nearly every program would miss at once (`re`, `os`, `functools`) are left out, and so are those that
/// many interpreters have built in, which no file can hide (`select`, `array`, `math`).
const NEEDED: &[Needed] = &[
    (
        "multiprocessing",
        &["Process", "Pool", "Queue", "get_context"],
        &[Need::Import],
    ),
    ("concurrent", &["futures"], &[Need::Import]),
    ("queue", &["Empty", "Full"], QUEUES),
    ("heapq", &["heappush"], QUEUES),
    ("random", &["Random"], QUEUES_AND_SERVER),
    ("tempfile", &["mkdtemp", "gettempdir"], QUEUES_AND_SERVER),
    ("bisect", &["bisect"], QUEUES_AND_SERVER),
    ("shutil", &["rmtree"], &[Need::Start(FORKSERVER)]),
    ("signal", &["SIGINT"], &[Need::Start(StartMethods::PICKLING)]),
    ("socket", &["socket"], ALWAYS),
    ("selectors", &["SelectSelector", "DefaultSelector"], ALWAYS),
    ("pickle", &["Pickler"], ALWAYS),
    ("copyreg", &["dispatch_table"], ALWAYS),
    ("struct", &["pack"], ALWAYS),
    ("subprocess", &["Popen"], ALWAYS),
    ("threading", &["Thread"], ALWAYS),
    ("weakref", &["WeakValueDictionary"], ALWAYS),
];

impl Run<'_> {
    /// The files beside the root that hide what multiprocessing needs. They become files of the program, which do nothing.
    pub(super) fn shadows(&mut self) -> Vec<Shadow> {
        let found = NEEDED.iter().filter_map(|&(name, takes, needs)| {
            let unit = self.shadow(name)?;
            (!self.has_any(unit, takes)).then_some(Shadow { name, unit, needs })
        });
        found.collect()
    }

    fn shadow(&mut self, name: &str) -> Option<UnitId> {
        let root = self.code.unit(UnitId::ROOT);
        let path = self.files.resolve(&root.path, 0, name)?.path?;
        let known = self.code.units().iter().position(|unit| unit.path == path);
        if let Some(known) = known {
            return Some(UnitId(known as u16));
        }
        let file = self.files.read(&path)?;
        let bytes = file.text().len();
        if !self.code.has_room(bytes) {
            return None;
        }
        let parsed = python::parse_file(&file, self.symbols);
        // Of a file that cannot be parsed it is not known what it has, and it is no error of this kind.
        let module = parsed.errors.is_empty().then_some(parsed.module)?;
        self.code.link(file, path, Arc::from(name), module, bytes)
    }

    /// Whether a file may have a global of one of these names.
    fn has_any(&self, unit: UnitId, names: &[&str]) -> bool {
        let unit = self.code.unit(unit);
        let body = unit.body();
        let functions = unit.functions().map(FunctionId);
        let ops = functions.flat_map(|id| self.code.function(id).blocks.iter().map(move |block| (id, block)));
        ops.flat_map(|(id, block)| block.ops.iter().map(move |op| (id, &op.kind)))
            .any(|(id, op)| match op {
                OpKind::ImportStar { .. } => true,
                OpKind::Store {
                    place: Place::Global(name),
                    ..
                } => {
                    let name = self.name(*name);
                    names.contains(&name) || (id == body && name == "__getattr__")
                }
                _ => false,
            })
    }
}
