//! Binding the arguments of a call to the parameters of a function of the program.

use smallvec::SmallVec;

use super::calls::Actuals;
use super::{Run, World};
use crate::model::heap::ObjectKind;
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::python::Symbol;
use crate::python::ir::{ArgKind, FunctionId, ParamKind};

impl<'a> Run<'a> {
    /// Matches the arguments of a call to the parameters of a function.
    pub(super) fn bind_parameters(
        &mut self,
        world: &mut World,
        function: FunctionId,
        receiver: Option<Value>,
        actuals: &Actuals,
    ) -> Vec<Value> {
        let code = self.code.function(function);
        let mut slots = vec![Value::never(); code.params.len()];
        let mut positional: Vec<Value> = receiver.into_iter().collect();
        let mut keywords: SmallVec<[(Symbol, Value); 4]> = SmallVec::new();
        let mut rest = None;
        let mut open = false;
        for actual in actuals {
            match actual.kind {
                ArgKind::Positional if rest.is_none() => positional.push(actual.value.clone()),
                ArgKind::Positional => open = true,
                ArgKind::Keyword(name) => keywords.push((name, actual.value.clone())),
                ArgKind::Star => rest = Some(self.elements_of(world, &actual.value)),
                ArgKind::DoubleStar => {
                    let any = match actual.value.single() {
                        Some(Atom::Object(id)) => world.heap.get(id).map(|object| object.elements.clone()),
                        _ => None,
                    };
                    rest = Some(any.filter(|value| !value.is_never()).unwrap_or_else(Value::unknown));
                    open = true;
                }
            }
        }
        let mut next = 0;
        for (at, param) in code.params.iter().enumerate() {
            match param.kind {
                ParamKind::PositionalOnly | ParamKind::Positional => {
                    if let Some(value) = positional.get(next) {
                        slots[at] = value.clone();
                        next += 1;
                    }
                }
                ParamKind::VarArgs => {
                    let given: Vec<Value> = positional.get(next..).unwrap_or_default().to_vec();
                    next = positional.len();
                    let id = match &rest {
                        Some(rest) => {
                            let elements = given.iter().fold(rest.clone(), |all, value| all.or(value));
                            self.allocate_elements(world, ObjectKind::Tuple, elements, 32 + at as u16)
                        }
                        None => self.allocate_container(world, ObjectKind::Tuple, given, 32 + at as u16),
                    };
                    slots[at] = id.into();
                }
                ParamKind::KeywordOnly | ParamKind::KeywordArgs => {}
            }
        }
        for (at, param) in code.params.iter().enumerate() {
            match param.kind {
                ParamKind::Positional | ParamKind::KeywordOnly => {
                    if let Some(found) = keywords.iter().position(|(name, _)| *name == param.name) {
                        slots[at] = keywords.remove(found).1;
                    }
                }
                _ => {}
            }
        }
        if let Some(at) = code
            .params
            .iter()
            .position(|param| param.kind == ParamKind::KeywordArgs)
        {
            let id = self.allocate(world, ObjectKind::Dict, States::empty(), 32 + at as u16);
            if let Some(object) = world.heap.get_mut(id) {
                for (name, value) in keywords {
                    object.elements.join(&value);
                    object.fields.set(name, value);
                }
                object.escaped = open;
            }
            slots[at] = id.into();
        }
        for (at, slot) in slots.iter_mut().enumerate() {
            if slot.is_never() {
                let default = self
                    .defaults
                    .get(&function)
                    .and_then(|defaults| defaults.iter().find(|(index, _)| *index as usize == at))
                    .map(|(_, value)| value.clone());
                *slot = match (default, &rest) {
                    (Some(default), Some(rest)) => default.or(rest),
                    (Some(default), None) => default,
                    (None, Some(rest)) => rest.clone(),
                    (None, None) => Value::unknown(),
                };
            }
        }
        slots
    }
}
