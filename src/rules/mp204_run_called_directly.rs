//! `run()` is called, and the work is done in the process that calls it.

use super::supply::{is_in_loop, source};
use super::unstarted::first_failure;
use super::waits::HANGS;
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::{Expectation, Fix, Remedy, SymptomKind};
use crate::model::Model;
use crate::model::events::{ChainId, Event, EventKind};
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::typestate::States;
use crate::python::ir::FunctionId;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for (event, object) in model.method_events(Effect::Run) {
        let meant = matches!(
            event.kind,
            EventKind::Method { base: true, .. } | EventKind::Method { direct: false, .. }
        );
        if model.family(&event.heap, object) != Some(Family::Process) || meant || is_on_purpose(check, event, object) {
            continue;
        }
        let receiver = check.receiver(event);
        let shown = shown(model, event, object);
        // What waits for its caller would be waited for.
        let fix = if matches!(shown, [HANGS]) {
            None
        } else {
            repair(check, event, &receiver)
        };
        let draft = check
            .about(
                event,
                object,
                format!("`{receiver}.run()` does the work in this process; no process is started"),
            )
            .showing(shown)
            .remedy(Remedy::RunsApart)
            .help("call `start()`")
            .fix(fix);
        check.report(draft);
    }
}

/// The process started, and waited for where nothing else does that. What the work changed in this process it changes in
/// another one then.
fn repair(check: &Check<'_>, event: &Event<'_>, receiver: &str) -> Option<Fix> {
    let (source, call) = check.source(event.span)?;
    Some(Fix::uncertain(
        format!("Start `{receiver}`"),
        source.started_instead(call, "start", "join")?,
    ))
}

/// Whether the program means to do the work here: in a test, in an override of `start()`, or in a function that also
/// starts the process, on another way, and in what these call; or in an override of `run()`.
fn is_on_purpose(check: &Check<'_>, event: &Event<'_>, object: ObjectId) -> bool {
    let model = check.model;
    let callers = model.callers(event.chain);
    let overrides = |function, name| model.function_name(function) == name && model.is_process_method(function);
    let is_meant = |&caller: &FunctionId| model.is_test(caller) || overrides(caller, "start");
    if callers.iter().any(is_meant) || overrides(event.function, "run") {
        return true;
    }
    let kind = model.object(object).kind;
    model.method_events(Effect::Start).any(|(other, started)| {
        // One variable may hold processes of several classes, of which some do their work here by design.
        let alike = match (kind, model.object(started).kind) {
            (ObjectKind::Instance(_), ObjectKind::Instance(_)) => true,
            _ => started == object,
        };
        alike && model.callers(other.chain).iter().any(|caller| callers.contains(caller))
    })
}

/// What the work shows where it is done: first of all it may not come to its end, then what is done with the process
/// fails, and what runs in a loop takes as long as all of it together.
fn shown(model: &Model<'_>, run: &Event<'_>, process: ObjectId) -> &'static [Expectation] {
    const SERIAL: Expectation = Expectation::always(SymptomKind::Serial);
    const WRONG_PROCESS: Expectation = Expectation::always(SymptomKind::WrongResult);
    if waits_for_caller(model, run) {
        &[HANGS]
    } else if let Some(failure) = first_failure(model, run.context, process) {
        failure
    } else if is_in_loop(model, run) && run.times != Some(1) {
        &[SERIAL]
    } else {
        &[WRONG_PROCESS]
    }
}

/// Whether the work waits without a bound for what its own caller would do only afterwards, and nobody else does.
fn waits_for_caller(model: &Model<'_>, run: &Event<'_>) -> bool {
    model.events_in(run.context).any(|wait| {
        let Some((object, effect)) = wait.effect() else {
            return false;
        };
        let given_by = match (model.family(&wait.heap, object), effect) {
            (Some(Family::Event), Effect::Wait) => Effect::Set,
            (Some(Family::Queue | Family::Connection), Effect::Get | Effect::Recv) => Effect::Put,
            _ => return false,
        };
        let Some(source) = source(model, &wait.heap, object) else {
            return false;
        };
        let is_known = [object, source].iter().all(|&id| {
            let seen = wait.heap.get(id);
            seen.is_some_and(|seen| !seen.escaped && !seen.states.contains(States::LOST))
        });
        let mut before = true;
        let is_given = model.events().iter().any(|event| {
            before &= !std::ptr::eq(event, wait);
            event.effect() == Some((source, given_by)) && (before || event.context != run.context)
        });
        is_known && !is_given && !model.is_bounded(wait) && is_within(model, wait.chain, run)
    })
}

/// Whether a chain of calls goes through the call at an event.
fn is_within(model: &Model<'_>, chain: ChainId, call: &Event<'_>) -> bool {
    let mut at = model.chain(chain);
    while let Some((caller, _, span)) = at.caller {
        if caller == call.chain && span == call.span {
            return true;
        }
        at = model.chain(caller);
    }
    false
}
