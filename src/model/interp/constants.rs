//! What a test of a constant says: of a parameter that the caller gives as a constant, of a variable that the function
//! itself has set to one, and of a process whose exit code is compared.

use super::frame::{Frame, State};
use super::questions::is_in_loop;
use super::{Run, World, conditions};
use crate::model::heap::ObjectKind;
use crate::model::value::{Atom, Value};
use crate::python::Symbol;
use crate::python::ir::{CompareOp, FunctionId, OpKind, Place, TestPlace};

use super::calls::Actuals;

impl<'a> Run<'a> {
    /// The truth of a parameter that the caller gives as `True` or `False`, and of a variable that the function has set
    /// so. Defaults do not count: other callers may say otherwise.
    pub(super) fn given_truth(&mut self, frame: &Frame<'a>, place: Option<TestPlace>, value: &Value) -> Option<bool> {
        let Some(Atom::Bool(given)) = value.single() else {
            return None;
        };
        if let Owner::Caller(at) = self.owner(frame, place)? {
            self.note_default(frame.id, at, Atom::Bool(given));
        }
        Some(given)
    }

    /// A default decides a condition for the caller that leaves it so. Others may say otherwise: what comes of that is seen
    /// where the function is run once more for a stranger.
    fn note_default(&mut self, function: FunctionId, at: usize, given: Atom) {
        let defaults = self.defaults.get(&function);
        let default = defaults.and_then(|defaults| defaults.iter().find(|(index, _)| *index as usize == at));
        if default.is_some_and(|(_, default)| default.atoms().contains(&given)) {
            self.half_run.insert(function);
        }
    }

    /// The answer to a comparison with a constant of a parameter that the caller gives, or of a variable that the function
    /// has set to a constant.
    pub(super) fn given_answer(
        &mut self,
        frame: &Frame<'a>,
        state: &State,
        at: usize,
        op: CompareOp,
        place: Option<TestPlace>,
        (left, right): (&Value, &Value),
    ) -> Option<bool> {
        let (given, constant) = (left.single()?, right.single()?);
        if let Some(place) = place
            && let Some(attribute) = place.attribute
        {
            let is_mode = matches!((given, constant), (Atom::Str(_), Atom::Str(_)));
            if !is_mode || !self.is_made_with(frame, state, place.base, attribute) {
                return None;
            }
            self.half_run.insert(frame.id);
            return compared(op, given, constant);
        }
        match self.owner(frame, Some(place?))? {
            Owner::Caller(at) => self.note_default(frame.id, at, given),
            // A loop may go through more values than it is given rounds.
            Owner::Function if is_in_loop(frame.function, at) => return None,
            Owner::Function => {}
        }
        compared(op, given, constant)
    }

    /// Whether an attribute of one object that the program has made holds what its constructor was given: no other code of the
    /// program sets one of that name.
    fn is_made_with(&mut self, frame: &Frame<'a>, state: &State, base: Place, attribute: Symbol) -> bool {
        let base = self.read(frame, state, base, None);
        let Some(Atom::Object(id)) = base.single() else {
            return false;
        };
        let is_one = state
            .world
            .heap
            .get(id)
            .is_some_and(|object| !object.many && !object.escaped && !object.optional);
        let is_instance = matches!(self.objects[id.0 as usize].kind, ObjectKind::Instance(_));
        is_one && is_instance && !self.is_set_later(attribute)
    }

    /// Whether some function that is no constructor sets an attribute of a name.
    fn is_set_later(&mut self, attribute: Symbol) -> bool {
        if let Some(&known) = self.set_later.get(&attribute) {
            return known;
        }
        let sets = |op: &OpKind| matches!(op, OpKind::SetAttr { name, .. } if *name == attribute);
        let constructors = [self.known.init, self.known.post_init];
        let is_set = self
            .code
            .functions()
            .filter(|(_, function)| !constructors.contains(&function.name))
            .any(|(_, function)| {
                function
                    .blocks
                    .iter()
                    .flat_map(|block| &block.ops)
                    .any(|op| sets(&op.kind))
            });
        self.set_later.insert(attribute, is_set);
        is_set
    }

    /// Who has given a variable the value that a test finds there, if nobody else can have.
    fn owner(&self, frame: &Frame<'a>, place: Option<TestPlace>) -> Option<Owner> {
        let place = place.filter(|place| place.attribute.is_none())?;
        match place.base {
            Place::Local(slot) | Place::Cell { up: 0, slot } if (slot.0 as usize) < frame.function.params.len() => {
                Some(Owner::Caller(slot.0 as usize))
            }
            Place::Local(_) => Some(Owner::Function),
            Place::Cell { up, slot } => {
                let mut owner = frame.id;
                for _ in 0..up {
                    owner = self.code.function(owner).parent?;
                }
                let is_param = (slot.0 as usize) < self.code.function(owner).params.len();
                (!is_param && !self.is_set_inside(owner, slot)).then_some(Owner::Function)
            }
            Place::Global(_) | Place::Class(_) => None,
        }
    }

    /// `self.assertFalse(process.is_alive())` and the like in a test: from there on the process has ended.
    pub(super) fn is_assertion(&self, world: &mut World, name: Symbol, actuals: &Actuals) -> bool {
        let value = |at: usize| actuals.get(at).and_then(|actual| actual.value.single());
        let ended = match (self.name(name), value(0), value(1)) {
            ("assertFalse", Some(Atom::Alive(process)), _) => process,
            ("assertIsNotNone", Some(Atom::Ended(process)), _) => process,
            ("assertEqual", Some(Atom::Ended(process)), Some(Atom::Int(_))) => process,
            ("assertEqual", Some(Atom::Int(_)), Some(Atom::Ended(process))) => process,
            _ => return false,
        };
        conditions::has_ended(world, ended);
        true
    }
}

/// Who gives a variable its value.
enum Owner {
    /// The caller, as this parameter.
    Caller(usize),
    /// The function that it is a variable of.
    Function,
}

/// Whether two constants of one kind compare so.
fn compared(op: CompareOp, left: Atom, right: Atom) -> Option<bool> {
    match (left, right) {
        (Atom::Int(left), Atom::Int(right)) => match op {
            CompareOp::Eq => Some(left == right),
            CompareOp::NotEq => Some(left != right),
            CompareOp::Less => Some(left < right),
            CompareOp::LessEq => Some(left <= right),
            CompareOp::Greater => Some(left > right),
            CompareOp::GreaterEq => Some(left >= right),
            _ => None,
        },
        // `if silent == False:`
        (Atom::Bool(left), Atom::Bool(right)) => match op {
            CompareOp::Eq | CompareOp::Is => Some(left == right),
            CompareOp::NotEq | CompareOp::IsNot => Some(left != right),
            _ => None,
        },
        (Atom::Str(left), Atom::Str(right)) => match op {
            CompareOp::Eq => Some(left == right),
            CompareOp::NotEq => Some(left != right),
            _ => None,
        },
        _ => None,
    }
}

/// A process whose exit code is a number has ended. Both sides of the test are told what they may know.
pub(super) fn note_exit_code(holds: &mut World, fails: &mut World, op: CompareOp, left: &Value, right: &Value) {
    let (Some(Atom::Ended(process)), Some(Atom::Int(_))) = (left.single(), right.single()) else {
        return;
    };
    match op {
        CompareOp::Eq => conditions::has_ended(holds, process),
        CompareOp::NotEq => conditions::has_ended(fails, process),
        // `None` has no order.
        _ if op.is_order() => {
            conditions::has_ended(holds, process);
            conditions::has_ended(fails, process);
        }
        _ => {}
    }
}

/// The answer of `any(process.is_alive() for process in processes)`: it is no as soon as all of them have ended.
pub(super) fn any_alive(name: &str, answers: &Value) -> Option<Value> {
    let asked = !answers.is_never() && answers.atoms().iter().all(|atom| matches!(atom, Atom::Alive(_)));
    (name == "any" && asked).then(|| answers.clone())
}
