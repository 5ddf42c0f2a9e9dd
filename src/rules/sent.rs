//! What a program hands to other processes, argument by argument: what the rules of pickling look at.

use crate::api::{Effect, Family};
use crate::findings::StartMethods;
use crate::model::Model;
use crate::model::crossing::Look;
use crate::model::events::{Argument, Event, EventKind};
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::python::ir::{BuildItem, OpKind, Temp};

use super::Check;
use super::in_turn::{argument_of, is_chosen_by_key, is_drawn_in_turn};

/// What an argument is to the process that gets it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Part {
    /// The function that it runs.
    Function,
    /// The initializer of a pool's workers.
    Initializer,
    /// What the function is called with, or a container of it.
    Arguments,
    /// An iterable, each of whose elements is sent.
    Elements,
    /// An item for a queue or connection.
    Item,
}

/// An argument that crosses.
pub(super) struct Sent<'e, 'a> {
    pub part: Part,
    pub argument: &'e Argument<'a>,
    /// What is pickled: the value itself, or an element of it.
    pub value: Value,
    /// Whether all that the value may be is sent, one after another: elements, and what a loop hands over in turn.
    pub each: bool,
    /// Under which start methods it is pickled.
    pub methods: StartMethods,
    /// Whether the program names them.
    pub named: bool,
    /// Whether it goes along with processes that are being started, and not to some that are running.
    pub along: bool,
    /// The process, pool, executor, queue or connection.
    pub by: Option<ObjectId>,
}

impl Sent<'_, '_> {
    /// How to look for what does not get through.
    pub fn look(&self) -> Look {
        Look {
            along: self.along,
            ..Look::default()
        }
    }
}

/// All that an event sends.
pub(super) fn sent<'e, 'a>(check: &Check<'_>, event: &'e Event<'a>) -> Vec<Sent<'e, 'a>> {
    let model = check.model;
    let (object, work, arguments, pickled, plain) = match &event.kind {
        EventKind::Make {
            object,
            entry,
            arguments,
        } => {
            let Some(work) = &entry.work else { return Vec::new() };
            let Some(family) = model.family(&event.heap, *object) else {
                return Vec::new();
            };
            // The rest of the families run in this process.
            if !matches!(
                family,
                Family::Process | Family::ProcessGroup | Family::Pool | Family::Executor
            ) {
                return Vec::new();
            }
            (
                Some(*object),
                Some(work),
                arguments,
                StartMethods::PICKLING,
                entry.plain_pickle,
            )
        }
        EventKind::Method {
            object,
            method,
            arguments,
            ..
        } => {
            let Some(family) = model.family(&event.heap, *object) else {
                return Vec::new();
            };
            let plain = model.is_plain_pickle(&event.heap, *object);
            match method.effect {
                Effect::Submit if matches!(family, Family::Pool | Family::Executor) => (
                    Some(*object),
                    method.work.as_ref(),
                    arguments,
                    StartMethods::all(),
                    plain,
                ),
                Effect::Put if matches!(family, Family::Queue | Family::Connection) => {
                    let Some(argument) = method.data.as_deref().and_then(|data| arguments.get(data)) else {
                        return Vec::new();
                    };
                    if !plain {
                        return Vec::new();
                    }
                    let whole = (argument.value.clone(), is_in_turn(model, event, argument));
                    let items = items_in_turn(model, event, argument).into_iter();
                    let values = std::iter::once(whole).chain(items.map(|item| (item, true)));
                    let item = |(value, each)| Sent {
                        part: Part::Item,
                        argument,
                        value,
                        each,
                        methods: StartMethods::all(),
                        named: false,
                        along: false,
                        by: Some(*object),
                    };
                    return values.map(item).collect();
                }
                _ => return Vec::new(),
            }
        }
        _ => return Vec::new(),
    };
    let Some(work) = work else { return Vec::new() };
    // A process that is dropped unstarted sends nothing.
    let dropped = object.is_some_and(|object| is_dropped_unstarted(model, object));
    if !plain || dropped {
        return Vec::new();
    }
    let (possible, named) = object.map_or((StartMethods::all(), false), |object| check.methods_of(event, object));
    let methods = possible & pickled;
    let is_process = object.and_then(|id| model.family(&event.heap, id)) == Some(Family::Process);
    let makes_pool = matches!(event.kind, EventKind::Make { .. }) && !is_process && !work.starts;
    let along = matches!(event.kind, EventKind::Make { .. });
    let mut all = Vec::new();
    let mut push = |part: Part, argument: &'e Argument<'a>, value: Value, each: bool| {
        all.push(Sent {
            part,
            argument,
            each,
            value,
            methods,
            named,
            along,
            by: object,
        });
    };
    let in_turn = |argument: &Argument<'_>| is_in_turn(model, event, argument);
    if let Some(argument) = arguments.get(&work.func) {
        push(
            if makes_pool { Part::Initializer } else { Part::Function },
            argument,
            argument.value.clone(),
            in_turn(argument),
        );
    }
    for role in [&work.args, &work.kwargs].into_iter().flatten() {
        if let Some(argument) = arguments.get(role) {
            // A process makes a tuple of what it is given: an iterator is used up here and not sent.
            let value = if is_process && is_iterator(model, event, &argument.value) {
                elements(model, event, &argument.value)
            } else {
                argument.value.clone()
            };
            push(Part::Arguments, argument, value, in_turn(argument));
            for value in items_in_turn(model, event, argument) {
                push(Part::Arguments, argument, value, true);
            }
        }
    }
    for role in [&work.each, &work.each_args].into_iter().flatten() {
        if let Some(argument) = arguments.get(role) {
            push(Part::Elements, argument, elements(model, event, &argument.value), true);
        }
    }
    if work.rest || work.each_rest {
        for argument in arguments.list.iter().filter(|argument| argument.param.is_empty()) {
            if work.each_rest {
                push(Part::Elements, argument, elements(model, event, &argument.value), true);
            } else {
                push(Part::Arguments, argument, argument.value.clone(), in_turn(argument));
            }
        }
    }
    all
}

/// Whether an argument is one of several in each round of a loop, which comes to them all.
pub(super) fn is_in_turn(model: &Model<'_>, event: &Event<'_>, argument: &Argument<'_>) -> bool {
    argument.value.atoms().len() > 1
        && argument_of(model, event, argument.span).is_some_and(|value| comes_in_turn(model, event, value))
}

/// Whether all that a temporary may hold at an event comes to it at some time.
fn comes_in_turn(model: &Model<'_>, event: &Event<'_>, value: Temp) -> bool {
    is_drawn_in_turn(model, event, value) || is_chosen_by_key(model.function(event.function), value)
}

/// The items of a tuple of arguments that are one of several in each round of a loop: `args=(job, results)`.
fn items_in_turn(model: &Model<'_>, event: &Event<'_>, argument: &Argument<'_>) -> Vec<Value> {
    let written = argument_of(model, event, argument.span);
    let written = written.and_then(|value| model.function(event.function).definition(value));
    let (
        Some(OpKind::Build {
            items,
            comprehension: false,
            ..
        }),
        Some(Atom::Object(id)),
    ) = (written, argument.value.single())
    else {
        return Vec::new();
    };
    let values = event.heap.get(id).and_then(|tuple| tuple.items.as_deref());
    let pairs = items.iter().zip(values.into_iter().flatten());
    let in_turn = pairs.filter(|(item, value)| {
        let BuildItem::Value(temp) = item else { return false };
        value.atoms().len() > 1 && comes_in_turn(model, event, *temp)
    });
    in_turn.map(|(_, value)| value.clone()).collect()
}

pub(super) fn is_dropped_unstarted(model: &Model<'_>, object: ObjectId) -> bool {
    model.contexts_of(object).next().is_none()
        && model.events().iter().any(|event| {
            matches!(&event.kind, EventKind::Leave { dropped } if dropped.contains(&object))
                && model.states(event, object).must(States::NEW)
        })
}

fn is_iterator(model: &Model<'_>, event: &Event<'_>, value: &Value) -> bool {
    let Some(Atom::Object(id)) = value.single() else {
        return false;
    };
    matches!(model.object(id).kind, ObjectKind::Generator(_) | ObjectKind::Iterable)
        || model.family(&event.heap, id) == Some(Family::Iterator)
}

/// What any element of a container may be. What the parent iterates is not sent itself.
pub(super) fn elements(model: &Model<'_>, event: &Event<'_>, value: &Value) -> Value {
    let mut all = Value::never();
    for &atom in value.atoms() {
        match atom {
            // A generator, or an iterable of the program: what it was seen to give.
            Atom::Object(id) if let Some(drawn) = model.role(&event.heap, id, "@drawn") => {
                all.join(drawn);
            }
            Atom::Object(id) => match event.heap.get(id) {
                Some(object)
                    if model
                        .family(&event.heap, id)
                        .is_none_or(|family| family == Family::Iterator) =>
                {
                    all.join(&object.elements);
                }
                _ => {
                    all.insert(Atom::Unknown);
                }
            },
            _ => {
                all.insert(Atom::Unknown);
            }
        }
    }
    all
}
