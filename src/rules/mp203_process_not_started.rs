//! A process is used as if it ran, and was never started.

use rustc_hash::FxHashSet;

use super::unstarted::{failure, first_failure};
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::{Expectation, Remedy, Severity, SymptomKind};
use crate::model::Model;
use crate::model::events::{ContextKind, Event, EventKind};
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::python::ir::{Const, OpKind};
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

/// Nothing fails, and the work is not done.
const NOT_DONE: Expectation = Expectation::always(SymptomKind::WrongResult);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    // The first use that fails ends the program: what follows is not another mistake.
    let mut failed = FxHashSet::default();
    for event in model.events() {
        match &event.kind {
            EventKind::Method { name, .. } => {
                let Some((object, shown)) = failure(model, event) else {
                    continue;
                };
                if is_named(check, object)
                    || has_another_start(model, event, object)
                    || model.method_events(Effect::Run).any(|(_, other)| other == object)
                    || may_come_later(model, event, object)
                    || !failed.insert(object)
                {
                    continue;
                }
                let draft = check
                    .about(
                        event,
                        object,
                        format!(
                            "`{}.{}` is used before the process is started",
                            check.receiver(event),
                            model.name(*name)
                        ),
                    )
                    .showing(shown)
                    .related(check.made_at(object), "the process is made here")
                    .remedy(Remedy::StartedFirst)
                    .help("call `start()` first");
                check.report(draft);
            }
            EventKind::Named { object, name } => {
                let is_start = model.name(*name) == "start";
                if !is_start || model.family(&event.heap, *object) != Some(Family::Process) {
                    continue;
                }
                let draft = check
                    .about(
                        event,
                        *object,
                        "`start` is named here and not called, so the process is not started",
                    )
                    .showing(first_failure(model, event.context, *object).unwrap_or(&[NOT_DONE]))
                    .severity(Severity::Warning)
                    .related(check.made_at(*object), "the process is made here")
                    .fix(check.shown_fix(event.span, "Call `start`", |source, at| {
                        let is_named = source.slice(at).ends_with(".start");
                        is_named.then(|| source.as_argument(at, "", "()")).flatten()
                    }))
                    .help("write `start()`");
                check.report(draft);
            }
            // Where the program was not followed to its end, nobody knows what the rest of it starts.
            EventKind::Leave { .. } if model.is_cut_short() => {}
            EventKind::Leave { dropped } => {
                for &object in dropped {
                    if model.family(&event.heap, object) != Some(Family::Process)
                        || !model.states(event, object).must(States::NEW)
                        || !never_used(check, object)
                        || has_nothing_to_do(check, object)
                    {
                        continue;
                    }
                    if model.context(event.context).kind == ContextKind::Main
                        && !event.main_only
                        && !made_in_main(check, object)
                    {
                        continue;
                    }
                    let draft = Draft::new(check.made_at(object), "this process is made and never started")
                        .showing(&[NOT_DONE])
                        .severity(Severity::Warning)
                        .help("call `start()`, or do not make it");
                    check.report(draft);
                }
            }
            _ => {}
        }
    }
}

/// Whether the program has set an attribute `start` on the process, which is not the method any more.
fn has_another_start(model: &Model<'_>, event: &Event<'_>, process: ObjectId) -> bool {
    let name = model.symbol("start");
    let held = event.heap.get(process);
    name.zip(held)
        .is_some_and(|(name, process)| process.fields.get(name).is_some())
}

/// Whether a later round of a loop comes to the same place with the same process, and it may have been started by then: in which round the
/// place is reached first is not known then.
fn may_come_later(model: &Model<'_>, event: &Event<'_>, object: ObjectId) -> bool {
    let is_one = event.heap.get(object).is_some_and(|object| !object.many);
    let is_started = model
        .method_events(Effect::Start)
        .any(|(start, started)| started == object && start.context == event.context);
    is_one
        && is_started
        && model.events().iter().any(|other| {
            other.many
                && other.chain == event.chain
                && other.span == event.span
                && matches!(other.effect(), Some((same, _)) if same == object)
                && model.states(other, object).contains(States::STARTED)
        })
}

/// Whether `start` is named and not called: that explains all that follows.
fn is_named(check: &Check<'_>, object: ObjectId) -> bool {
    let model = check.model;
    model
        .events()
        .iter()
        .any(|event| matches!(event.kind, EventKind::Named { object: other, name } if other == object && model.name(name) == "start"))
}

/// Whether a process of the library's own class has no target, or one that does nothing: it is made for something else, such
/// as to ask which class of process this is, or whether it may be made here.
fn has_nothing_to_do(check: &Check<'_>, object: ObjectId) -> bool {
    let model = check.model;
    matches!(model.object(object).kind, ObjectKind::Library(_))
        && model.events().iter().any(|event| match &event.kind {
            EventKind::Make {
                object: made,
                arguments,
                ..
            } => {
                *made == object
                    && !arguments.open
                    && arguments
                        .get("target")
                        .is_none_or(|target| does_nothing(model, &target.value))
            }
            _ => false,
        })
}

/// Whether a value is a function of the program that does nothing.
fn does_nothing(model: &Model<'_>, target: &Value) -> bool {
    let Some(Atom::Function(function, _)) = target.single() else {
        return false;
    };
    let mut ops = model.function(function).blocks.iter().flat_map(|block| &block.ops);
    ops.all(|op| {
        matches!(
            op.kind,
            OpKind::Const {
                value: Const::None | Const::Ellipsis | Const::Str(_),
                ..
            } | OpKind::Discard { .. }
        )
    })
}

/// Whether nothing at all is done with the process: what is done with it is reported where it is done.
fn never_used(check: &Check<'_>, object: ObjectId) -> bool {
    let model = check.model;
    !model.events().iter().any(|event| match &event.kind {
        EventKind::Method {
            object: other,
            method,
            name,
            ..
        } => {
            *other == object
                && (!matches!(
                    method.effect,
                    Effect::None | Effect::IsAlive | Effect::Exitcode | Effect::Close
                ) || model.name(*name) == "sentinel")
        }
        EventKind::Named { object: other, .. } => *other == object,
        _ => false,
    })
}

/// Whether the process is made where only the main module gets.
fn made_in_main(check: &Check<'_>, object: ObjectId) -> bool {
    check
        .model
        .events()
        .iter()
        .any(|event| matches!(event.kind, EventKind::Make { object: other, .. } if other == object) && event.main_only)
}
