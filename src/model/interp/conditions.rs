//! Conditions: what a test says of the objects it looks at, and which of them tell the main module or process from
//! the others.

use super::frame::{Frame, State};
use super::{Run, World, builtins, constants, processors};
use crate::model::events::{EventKind, ExitTest, NameTest};
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::python::ir::{CompareOp, LogicalTest, Test, TestPlace};

/// A condition that tells the main module or process from the others.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::model) enum Guard {
    /// It holds in the main module only, or everywhere else.
    Main(bool),
    /// It holds in a process called `MainProcess` only, or everywhere else.
    ProcessName(bool),
    /// It is about the name of a module that is imported: it holds, or it does not.
    Imported(bool),
}

/// Whether somebody who wrote this meant `__main__`: the same letters, another number of underscores, blanks or case.
pub fn looks_like_main(text: &str) -> bool {
    let mut letters = text
        .chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase);
    let meant = "main".chars().all(|c| letters.next() == Some(c)) && letters.next().is_none();
    meant && text != "__main__"
}

/// Whether a value tells by being `None` whether a process has been started, or has ended.
fn is_started_mark(value: &Value) -> bool {
    matches!(value.single(), Some(Atom::Started(_) | Atom::Ended(_)))
}

/// What a test of a process's `pid` or `exitcode` says of the process. False where no state of it fits.
fn is_possible(world: &mut World, value: &Value, given: bool) -> bool {
    let (process, fits) = match (value.single(), given) {
        (Some(Atom::Started(process)), true) => (process, States::all() - States::NEW - States::BARE),
        (Some(Atom::Started(process)), false) => (process, States::NEW | States::BARE | States::LOST),
        (Some(Atom::Alive(process)), true) => (process, States::all() - States::NEW - States::BARE),
        // One of several things is asked for its exit code, and which of them is not known: it has ended.
        (_, true) => {
            for atom in value.atoms() {
                if let Atom::Ended(process) = *atom {
                    has_ended(world, process);
                }
            }
            return true;
        }
        _ => return true,
    };
    let Some(object) = world.heap.get_mut(process) else {
        return true;
    };
    if object.states.is_empty() || object.states.contains(States::LOST) {
        return true;
    }
    object.states &= fits;
    !object.states.is_empty()
}

/// The processes that a value asks for life, where it is the answer of nothing else that is known.
fn all_asked(value: &Value) -> Option<Vec<ObjectId>> {
    let atoms = value.atoms().iter().filter(|atom| !matches!(atom, Atom::Unknown));
    let asked = atoms.map(|atom| match atom {
        Atom::Alive(process) => Some(*process),
        _ => None,
    });
    asked.collect()
}

/// A process that is known not to run any more needs no wait.
pub(super) fn has_ended(world: &mut World, process: ObjectId) {
    if let Some(object) = world.heap.get_mut(process)
        && object
            .states
            .intersects(States::STARTED | States::TERMINATED | States::LOST)
    {
        object.states.remove(States::STARTED | States::TERMINATED);
        object.states.insert(States::JOINED);
    }
}

impl<'a> Run<'a> {
    /// Takes the ways that a test leaves open, each with what it says of the objects.
    pub(super) fn branch(
        &mut self,
        frame: &mut Frame<'a>,
        at: usize,
        test: &Test,
        (then, otherwise): (usize, usize),
        mut state: State,
    ) {
        let answer = frame.answers.as_ref().and_then(|answers| answers.at(at));
        match test {
            Test::Again => {
                let latch = then <= at || otherwise <= at;
                let last = !latch || self.loops.last().is_none_or(|top| top.last);
                let goes_on = latch && self.loops.last().is_some_and(|top| top.goes_on);
                let unrolled = latch && self.loops.last().is_some_and(|top| top.element.is_some());
                for to in [then, otherwise] {
                    let again = to <= at;
                    if (again && !(unrolled && last)) || (!again && last && !goes_on) {
                        self.edge(frame, at, to, state.clone());
                    }
                }
            }
            Test::Truth { value, place } => {
                let value = self.temp(frame, *value);
                self.special(&mut state.world, &value, &["__bool__", "__len__"], &[]);
                self.note_exit_test(&state.world, &value, ExitTest::Failure);
                processors::forget(&mut state, &value);
                let truth = self
                    .truth(&state.world, &value)
                    .or_else(|| self.given_truth(frame, *place, &value))
                    .or(answer);
                if let Some(Atom::Str(name)) = value.single()
                    && place.is_none()
                {
                    self.record(
                        &state.world,
                        EventKind::NameTest {
                            value: name,
                            how: NameTest::Bare,
                        },
                        0,
                    );
                }
                let mut state_if_true = state.clone();
                if truth != Some(false) && is_possible(&mut state_if_true.world, &value, true) {
                    let mut state = state_if_true;
                    if value.single() == Some(Atom::IsMain(true)) {
                        state.world.main_only = true;
                    }
                    self.note_compared(&mut state.world, &value);
                    self.narrow(frame, &mut state, *place, |atom| {
                        !matches!(atom, Atom::None | Atom::Bool(false) | Atom::Int(0))
                    });
                    self.edge(frame, at, then, state);
                }
                if truth != Some(true) {
                    if !is_possible(&mut state.world, &value, false) {
                        return;
                    }
                    if value.single() == Some(Atom::IsMain(false)) {
                        state.world.main_only = true;
                    }
                    if let Some(asked) = all_asked(&value) {
                        for process in asked {
                            has_ended(&mut state.world, process);
                        }
                    }
                    self.forget_elements(&mut state, &value);
                    self.narrow(frame, &mut state, *place, |atom| {
                        matches!(
                            atom,
                            Atom::Unknown
                                | Atom::None
                                | Atom::Bool(_)
                                | Atom::Int(_)
                                | Atom::Str(_)
                                | Atom::Scalar
                                | Atom::Float(_)
                                | Atom::Processors { .. }
                                | Atom::Text
                                | Atom::Sized(_)
                                | Atom::ReadFrom(_)
                                | Atom::Received(_)
                                | Atom::Object(_)
                                | Atom::Alive(_)
                                | Atom::IsMain(_)
                                | Atom::Started(_)
                                | Atom::Ended(_)
                        )
                    });
                    self.edge(frame, at, otherwise, state);
                }
            }
            Test::IsNone { value, place } => {
                let value = self.temp(frame, *value);
                self.note_exit_test(&state.world, &value, ExitTest::IsNone);
                // `shared.get(key)` of a manager's dict.
                let may_be_none = value
                    .atoms()
                    .iter()
                    .any(|a| matches!(a, Atom::None | Atom::Unknown | Atom::ReadFrom(_) | Atom::Received(_)));
                let may_be_other = value.is_never() || value.atoms().iter().any(|a| !matches!(a, Atom::None));
                let mut state_if_none = state.clone();
                if answer != Some(false)
                    && (may_be_none || value.is_never() || is_started_mark(&value))
                    && is_possible(&mut state_if_none.world, &value, false)
                {
                    let mut state = state_if_none;
                    self.narrow(frame, &mut state, *place, |atom| matches!(atom, Atom::None));
                    self.edge(frame, at, then, state);
                }
                if answer != Some(true) && may_be_other && is_possible(&mut state.world, &value, true) {
                    self.narrow(frame, &mut state, *place, |atom| !matches!(atom, Atom::None));
                    self.edge(frame, at, otherwise, state);
                }
            }
            Test::Compare { op, left, right, place } => {
                let (left, right) = (self.temp(frame, *left), self.temp(frame, *right));
                self.note_exit_compared(&state.world, *op, &left, &right);
                self.note_recognised(&state.world, *op, &left, &right);
                let main = self.main_test(&state.world, *op, &left, &right);
                processors::forget(&mut state, &left);
                processors::forget(&mut state, &right);
                let mut yes = state.clone();
                match main {
                    Some(Guard::Main(true)) => yes.world.main_only = true,
                    Some(Guard::Main(false)) => state.world.main_only = true,
                    Some(Guard::ProcessName(true)) => yes.world.by_process_name = true,
                    Some(Guard::ProcessName(false)) => state.world.by_process_name = true,
                    Some(Guard::Imported(true)) => {
                        self.edge(frame, at, then, yes);
                        return;
                    }
                    Some(Guard::Imported(false)) => {
                        self.edge(frame, at, otherwise, state);
                        return;
                    }
                    None => {}
                }
                if let Some((holds, fails)) = self.excluded_methods(*op, &left, &right) {
                    let of_context = self.is_method_of_context(&left) || self.is_method_of_context(&right);
                    for (world, excluded) in [(&mut yes.world, holds), (&mut state.world, fails)] {
                        match of_context {
                            true => world.default_context.excluded_of_contexts |= excluded,
                            false => world.default_context.excluded |= excluded,
                        }
                    }
                }
                self.note_compared(&mut yes.world, &left);
                self.note_compared(&mut yes.world, &right);
                constants::note_exit_code(&mut yes.world, &mut state.world, *op, &left, &right);
                let answer = self
                    .given_answer(frame, &state, at, *op, *place, (&left, &right))
                    .or(answer);
                if answer != Some(false) {
                    self.edge(frame, at, then, yes);
                }
                if answer != Some(true) {
                    self.edge(frame, at, otherwise, state);
                }
            }
        }
    }

    /// Notes which shared objects a condition that holds has read.
    fn note_compared(&self, world: &mut World, value: &Value) {
        for atom in value.atoms() {
            if let Atom::ReadFrom(object) = atom
                && !world.compared.contains(object)
            {
                world.compared.push(*object);
            }
        }
    }

    /// Whether a comparison asks if this is the main module or process, and where it holds.
    pub(super) fn main_test(&mut self, world: &World, op: CompareOp, left: &Value, right: &Value) -> Option<Guard> {
        let (left, right) = (left.single()?, right.single()?);
        let imported = Atom::Path(self.names.path(builtins::IMPORTED_NAME));
        if left == imported || right == imported {
            let other = if left == imported { right } else { left };
            let is_main =
                matches!(other, Atom::Str(name) if name == self.known.main || looks_like_main(self.name(name)));
            return match op {
                CompareOp::Eq | CompareOp::Is if is_main => Some(Guard::Imported(false)),
                CompareOp::NotEq | CompareOp::IsNot if is_main => Some(Guard::Imported(true)),
                _ => None,
            };
        }
        let name = Atom::Path(self.names.path("builtins.__name__"));
        let main = Atom::Str(self.known.main);
        let other = if left == name {
            right
        } else if right == name {
            left
        } else if self.is_main_process_name(left) && right == Atom::Str(self.known.current_name) {
            return match op {
                CompareOp::Eq => Some(Guard::ProcessName(true)),
                CompareOp::NotEq => Some(Guard::ProcessName(false)),
                _ => None,
            };
        } else {
            let quoted = Atom::Str(self.known.quoted_name);
            if (left == quoted && right == main) || (left == main && right == quoted) {
                let value = self.known.quoted_name;
                self.record(
                    world,
                    EventKind::NameTest {
                        value,
                        how: NameTest::Quoted,
                    },
                    0,
                );
                return match op {
                    CompareOp::Eq => Some(Guard::Main(true)),
                    CompareOp::NotEq => Some(Guard::Main(false)),
                    _ => None,
                };
            }
            return None;
        };
        if let Atom::Str(value) = other
            && !op.is_order()
        {
            let how = match op {
                CompareOp::Is | CompareOp::IsNot => NameTest::Identity,
                CompareOp::In | CompareOp::NotIn => NameTest::Contains,
                _ => NameTest::Equal,
            };
            self.record(world, EventKind::NameTest { value, how }, 0);
        }
        // What was meant as the guard keeps out what the guard would: another rule says that it never matches.
        if let Atom::Str(value) = other
            && looks_like_main(self.name(value))
        {
            return match op {
                CompareOp::Eq | CompareOp::Is => Some(Guard::Main(true)),
                CompareOp::NotEq | CompareOp::IsNot => Some(Guard::Main(false)),
                _ => None,
            };
        }
        let holds_main = match other {
            atom if atom == main => true,
            Atom::Object(id) => {
                let elements = world
                    .heap
                    .get(id)
                    .map(|object| object.elements.clone())
                    .unwrap_or_default();
                let known = elements.atoms().iter().all(|atom| matches!(atom, Atom::Str(_)));
                if known && !elements.atoms().contains(&main) {
                    let mut meant = false;
                    for atom in elements.atoms() {
                        if let Atom::Str(value) = *atom {
                            meant |= looks_like_main(self.name(value));
                            self.record(
                                world,
                                EventKind::NameTest {
                                    value,
                                    how: NameTest::Contains,
                                },
                                0,
                            );
                        }
                    }
                    if meant && op == CompareOp::In {
                        return Some(Guard::Main(true));
                    }
                }
                // What the main module is called in a child lets the child in.
                elements.atoms().contains(&main) && !elements.atoms().contains(&Atom::Str(self.known.mp_main))
            }
            _ => false,
        };
        if !holds_main {
            return None;
        }
        match op {
            CompareOp::Eq | CompareOp::Is | CompareOp::In => Some(Guard::Main(true)),
            CompareOp::NotEq | CompareOp::IsNot | CompareOp::NotIn => Some(Guard::Main(false)),
            _ => None,
        }
    }

    fn is_main_process_name(&self, atom: Atom) -> bool {
        matches!(atom, Atom::Path(path) if self.names.dotted(path) == builtins::CURRENT_PROCESS_NAME)
    }

    /// What a value is when tested, where that does not depend on what the program is given.
    pub(super) fn truth(&self, world: &World, value: &Value) -> Option<bool> {
        let mut all = value.atoms().iter().map(|atom| match atom {
            Atom::None => Some(false),
            // Any constant: its module has not been asked.
            Atom::Path(path) if self.is_unlinked(*path) => None,
            // What a logger has may be empty or nothing.
            Atom::Path(path) if self.names.dotted(*path).starts_with("logging.getLogger().") => None,
            // What anything has may be no method of it: `options.verbose`.
            Atom::Bound(id) if self.names.unbind(*id).0 == Atom::Unknown => None,
            Atom::Path(_) | Atom::Member(..) | Atom::Function(..) | Atom::Bound(_) => Some(true),
            Atom::Object(id) => match self.objects[id.0 as usize].kind {
                ObjectKind::Library(_) | ObjectKind::Class(_) | ObjectKind::Generator(_) | ObjectKind::Partial => {
                    Some(true)
                }
                // An object of a class of the program is true unless the class says otherwise.
                ObjectKind::Instance(_) => None,
                ObjectKind::List | ObjectKind::Tuple | ObjectKind::Set => world
                    .heap
                    .get(*id)
                    .filter(|object| !object.escaped)
                    .and_then(|object| object.items.as_ref())
                    .filter(|items| !items.is_empty())
                    .map(|_| true),
                _ => None,
            },
            _ => None,
        });
        let first = all.next()??;
        all.all(|other| other == Some(first)).then_some(first)
    }

    /// Leaves only those alternatives of a tested variable that pass the test.
    fn narrow(&mut self, frame: &Frame<'a>, state: &mut State, place: Option<TestPlace>, keep: impl Fn(Atom) -> bool) {
        let Some(place) = place else { return };
        let base = self.read(frame, state, place.base, None);
        match place.attribute {
            None => {
                if base.atoms().len() > 1 {
                    let narrowed = base.filter(&keep);
                    self.write(frame, state, place.base, narrowed);
                }
            }
            Some(attribute) => {
                let Some(Atom::Object(id)) = base.single() else { return };
                if let Some(object) = state.world.heap.get_mut(id)
                    && let Some(value) = object.fields.get(attribute)
                    && value.atoms().len() > 1
                {
                    let narrowed = value.filter(&keep);
                    object.fields.set(attribute, narrowed);
                }
            }
        }
    }

    /// What a test is as a value.
    pub(super) fn logical(&mut self, world: &World, test: LogicalTest, values: &[Value]) -> Atom {
        if !matches!(test, LogicalTest::Compare(_)) {
            for value in values {
                self.note_exit_test(world, value, ExitTest::Failure);
            }
        }
        match (test, values) {
            (LogicalTest::Not, [value]) => match value.single() {
                Some(Atom::IsMain(main)) => Atom::IsMain(!main),
                Some(Atom::Bool(truth)) => Atom::Bool(!truth),
                Some(Atom::None) => Atom::Bool(true),
                _ => Atom::Scalar,
            },
            (LogicalTest::Compare(op), [left, right]) => {
                self.note_exit_compared(world, op, left, right);
                match self.main_test(world, op, left, right) {
                    Some(Guard::Main(holds)) => Atom::IsMain(holds),
                    Some(Guard::Imported(holds)) => Atom::Bool(holds),
                    // A truth value of the program decides nothing; this answer does.
                    _ => match self.is_start_method_open(op, left, right) {
                        Some(true) => Atom::Path(self.names.path(builtins::YES)),
                        Some(false) => Atom::None,
                        None => Atom::Scalar,
                    },
                }
            }
            _ => Atom::Scalar,
        }
    }
}
