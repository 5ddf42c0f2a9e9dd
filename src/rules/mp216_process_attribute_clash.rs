//! An attribute of a process object overwrites one that `Process` needs.

use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::{Expectation, Severity};
use crate::model::Model;
use crate::model::events::{ContextKind, Event, EventKind};
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

const ATTRIBUTE: &[Expectation] = &[Expectation::always_raises("AttributeError")];
const ASSERTION: &[Expectation] = &[Expectation::always_raises("AssertionError")];
const TYPE: &[Expectation] = &[Expectation::always_raises("TypeError")];
const VALUE: &[Expectation] = &[Expectation::always_raises("ValueError")];

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for (at, event) in model.events().iter().enumerate() {
        let EventKind::SetAttribute { object, name, value } = &event.kind else {
            continue;
        };
        if model.family(&event.heap, *object) != Some(Family::Process) {
            continue;
        }
        let name = model.name(*name).to_owned();
        if let Some(draft) = clash(check, at, event, (*object, &name, value)) {
            check.report(draft);
        }
    }
}

fn clash(check: &Check<'_>, at: usize, event: &Event<'_>, set: (ObjectId, &str, &Value)) -> Option<Draft> {
    let model = check.model;
    let (object, name, value) = set;
    let draft = |message: String| Draft::new(event.span, message).help("choose another name");
    match name {
        "pid" | "ident" | "exitcode" | "sentinel" => {
            // The class may have one of its own, which can be set.
            let own = match model.object(object).kind {
                ObjectKind::Instance(class) => {
                    model.class_defines(class, name) || model.class_defines(class, "__setattr__")
                }
                _ => false,
            };
            (!own).then(|| draft(format!("`{name}` of a process cannot be set")).showing(ATTRIBUTE))
        }
        "start" | "join" | "run" | "terminate" | "kill" | "is_alive" | "close" => {
            let called = model.events().iter().find(|event| {
                matches!(event.kind, EventKind::HiddenCall { object: hidden, name: method }
                    if hidden == object && model.name(method) == name)
            })?;
            let draft = draft(format!(
                "what `{name}` is set to hides the method `{name}()`, and cannot be called"
            ))
            .showing(TYPE)
            .related(called.span, "it is called here");
            Some(draft)
        }
        // Before the constructor of Process they are overwritten, and in the child nobody asks for them.
        "_parent_pid" | "_popen" | "_closed" | "_config"
            if model.states(event, object).may(States::BARE) || in_own_process(model, event, object) =>
        {
            None
        }
        "_parent_pid" => {
            let other = value.single().is_some_and(|atom| match atom {
                Atom::Path(path) => model.is_parent_number(path),
                Atom::None | Atom::Int(_) | Atom::Str(_) | Atom::Text => true,
                _ => false,
            });
            let used = later(model, at, object, &[Effect::Start, Effect::Join])?;
            other.then(|| {
                draft("`_parent_pid` is how a process knows who may start and join it".to_owned())
                    .showing(ASSERTION)
                    .related(used.span, "this fails")
            })
        }
        "_popen" => {
            let taken = value.single().is_some_and(|atom| {
                !matches!(atom, Atom::None | Atom::Unknown | Atom::Received(_) | Atom::Bool(false))
            });
            let new = model.states(event, object).must(States::NEW);
            let used = later(model, at, object, &[Effect::Start])?;
            (taken && new).then(|| {
                draft("`_popen` is how a process knows that it has been started".to_owned())
                    .showing(ASSERTION)
                    .related(used.span, "this fails")
            })
        }
        "_closed" => {
            let used = later(
                model,
                at,
                object,
                &[Effect::Start, Effect::Join, Effect::IsAlive, Effect::Terminate],
            )?;
            (value.single() == Some(Atom::Bool(true))).then(|| {
                draft("`_closed` is how a process knows that it has been closed".to_owned())
                    .showing(VALUE)
                    .related(used.span, "this fails")
            })
        }
        "_config" => {
            let instance = value.single().is_some_and(|atom| match atom {
                Atom::Object(id) => match model.object(id).kind {
                    ObjectKind::Instance(class) => !model.class_defines(class, "__setitem__"),
                    _ => false,
                },
                _ => false,
            });
            if !instance {
                return None;
            }
            let draft =
                draft("`_config` is where a process keeps `daemon` and `authkey`, and has to be a dict".to_owned());
            let set = model.events().iter().skip(at + 1).find(|event| {
                matches!(&event.kind, EventKind::SetAttribute { object: other, name, .. }
                    if *other == object && matches!(model.name(*name), "daemon" | "authkey"))
            });
            Some(match set {
                Some(set) => draft.showing(TYPE).related(set.span, "this fails"),
                None => draft.showing(&[]).severity(Severity::Warning),
            })
        }
        _ => None,
    }
}

/// Whether an event happens in the child that the object stands for.
fn in_own_process(model: &Model<'_>, event: &Event<'_>, object: ObjectId) -> bool {
    let context = model.context(event.context);
    context.kind == ContextKind::Child && context.object == Some(object)
}

/// The next call after an event that has one of these effects on an object.
fn later<'m, 'a>(model: &'m Model<'a>, at: usize, object: ObjectId, effects: &[Effect]) -> Option<&'m Event<'a>> {
    model
        .events()
        .iter()
        .skip(at + 1)
        .find(|event| matches!(event.effect(), Some((other, effect)) if other == object && effects.contains(&effect)))
}
