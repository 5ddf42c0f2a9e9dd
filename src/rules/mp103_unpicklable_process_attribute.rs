//! An object of a `Process` subclass that is started keeps something that cannot be pickled.

use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::files::Span;
use crate::findings::{Remedy, StartMethods};
use crate::model::Model;
use crate::model::crossing::attributes;
use crate::model::events::{Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::names::MethodRef;
use crate::model::value::Atom;
use crate::python::Symbol;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for (at, event) in model.events().iter().enumerate() {
        let Some((started, Effect::Start)) = event.effect() else {
            continue;
        };
        if model.family(&event.heap, started) != Some(Family::Process) || !model.is_plain_pickle(&event.heap, started) {
            continue;
        }
        let (possible, named) = check.methods_of(event, started);
        let methods = possible & StartMethods::PICKLING;
        if methods.is_empty() {
            continue;
        }
        for process in [Some(started), other_target(model, event, started)]
            .into_iter()
            .flatten()
        {
            let first = first_start(model, event, started);
            for (name, found) in attributes(model, &event.heap, process) {
                // What is set on a process after its start: in the next round of a loop its place has it already.
                if first
                    .heap
                    .get(process)
                    .is_some_and(|process| process.fields.get(name).is_none())
                {
                    continue;
                }
                let place = assignment(model, at, process, name);
                let mut draft = Draft::new(
                    place.unwrap_or(event.span),
                    format!(
                        "{} is kept on a process as `{}`, and `start()` has to pickle the process",
                        found.describe(model),
                        model.name(name)
                    ),
                )
                .under(methods, named)
                .showing(found.raises(model))
                .remedy(Remedy::SharedMemory)
                .says_all_fail()
                .help("make it in `run()`, or set it after `start()`, or leave it out in `__getstate__`");
                if let Some(place) = place
                    && place != event.span
                {
                    draft = draft.related(event.span, "the process is started here");
                }
                if let Some(made) = found.defined_at(model)
                    && place.is_none_or(|place| !place.contains(made))
                {
                    draft = draft.related(made, "it is made here");
                }
                check.report(draft);
            }
        }
    }
}

/// The first of the starts that a call makes, round by round of the loops around it: the same place in the program stands
/// for all the processes that it makes.
fn first_start<'m>(model: &'m Model<'_>, start: &'m Event<'_>, process: ObjectId) -> &'m Event<'m> {
    let same = |event: &&Event<'_>| {
        event.chain == start.chain && event.span == start.span && event.effect() == Some((process, Effect::Start))
    };
    model.events().iter().find(same).unwrap_or(start)
}

/// Another process whose bound method is the target: it is pickled with the one that is started.
fn other_target(model: &Model<'_>, event: &Event<'_>, started: ObjectId) -> Option<ObjectId> {
    let target = model.role(&event.heap, started, "@target")?.single()?;
    let Atom::Bound(bound) = target else { return None };
    let (Atom::Object(receiver), MethodRef::User(..)) = model.unbind(bound) else {
        return None;
    };
    (receiver != started && model.family(&event.heap, receiver) == Some(Family::Process)).then_some(receiver)
}

/// Where an attribute was set last before an event.
fn assignment(model: &Model<'_>, before: usize, process: ObjectId, attribute: Symbol) -> Option<Span> {
    let sets = |event: &&Event<'_>| matches!(event.kind, EventKind::SetAttribute { object, name, .. } if object == process && name == attribute);
    model
        .events()
        .iter()
        .take(before)
        .rev()
        .find(sets)
        .or_else(|| model.events().iter().find(sets))
        .map(|event| event.span)
}
