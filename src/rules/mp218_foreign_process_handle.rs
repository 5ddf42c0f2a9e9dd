//! A process object is asked for in a process that is not its parent.

use rustc_hash::FxHashSet;

use super::foreign::{asks_whose, foreign, is_true_of_all};
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::{Expectation, Remedy, StartMethods, SymptomKind, VersionRange};
use crate::model::events::{Caught, ContextKind, Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::typestate::States;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

/// A process cannot wait for itself.
const JOINS_ITSELF: Expectation = Expectation::always_raises("AssertionError");
/// It has no handle of itself either.
const ENDS_ITSELF: Expectation = Expectation::always_raises("AttributeError");
/// A process remembers who made it.
const STARTED_ELSEWHERE: Expectation = Expectation::always_raises("AssertionError");
/// The exit code stays `None`.
const NEVER_KNOWN: Expectation = Expectation::shows(SymptomKind::WrongResult, StartMethods::FORK, VersionRange::ANY);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    // The first that raises ends the process: what follows is not another mistake.
    let mut failed = FxHashSet::default();
    for event in model.events() {
        let EventKind::Method {
            object, method, name, ..
        } = &event.kind
        else {
            continue;
        };
        let (object, effect) = (*object, method.effect);
        if model.family(&event.heap, object) != Some(Family::Process) || event.caught.contains(Caught::ASSERTION) {
            continue;
        }
        let receiver = check.receiver(event);
        let method = model.name(*name);
        if is_its_own(check, event, object) {
            let shown: &[Expectation] = match effect {
                Effect::Join => &[JOINS_ITSELF],
                Effect::Terminate => &[ENDS_ITSELF],
                _ => continue,
            };
            if !is_true_of_all(model, event, |event, object| is_its_own(check, event, object)) {
                continue;
            }
            let draft = check
                .about(
                    event,
                    object,
                    format!("`{receiver}` is the process that runs this, and `{method}()` is for its parent"),
                )
                .showing(shown)
                .remedy(Remedy::EndsItself)
                .help("return from `run()`, or call `sys.exit()`, to end the process");
            check.report(draft);
            continue;
        }
        if !is_true_of_all(model, event, |event, object| is_anothers(check, event, object)) {
            continue;
        }
        let Some(found) = foreign(check, event, object) else {
            continue;
        };
        let what = match effect {
            Effect::Join | Effect::IsAlive if method != "sentinel" => format!("`{method}()`"),
            Effect::Start => "`start()`".to_owned(),
            Effect::Exitcode => "`exitcode`".to_owned(),
            _ => continue,
        };
        let mut draft = Draft::new(
            event.span,
            format!("`{receiver}` belongs to another process, and only that one can ask for {what}"),
        )
        .under(found.methods, found.named)
        .related(check.made_at(object), "the process is made here")
        .remedy(Remedy::SharedMemory)
        .help("let the process that starts its children watch them");
        if effect != Effect::Exitcode && !failed.insert((event.context, object)) {
            continue;
        }
        if effect == Effect::Exitcode {
            draft = draft.showing(&[NEVER_KNOWN]);
        }
        // One that has not been started is pickled with the process that carries it.
        let carrier = model.context(found.user).object;
        if effect == Effect::Start
            && carrier.is_some_and(|carrier| model.reachable(&event.heap, &carrier.into()).contains(&object))
        {
            draft = draft.showing(&[STARTED_ELSEWHERE]);
        }
        check.report(draft);
    }
}

/// Whether the code of an event runs in the process that its object stands for.
fn is_its_own(check: &Check<'_>, event: &Event<'_>, object: ObjectId) -> bool {
    let model = check.model;
    model.process_of(event.context).is_some_and(|process| {
        let context = model.context(process);
        context.kind == ContextKind::Child && context.object == Some(object) && !asks_whose(model, event.chain)
    })
}

/// Whether the process of an event has the process object from another one.
fn is_anothers(check: &Check<'_>, event: &Event<'_>, object: ObjectId) -> bool {
    !check.model.states(event, object).may(States::CLOSED)
        && !is_its_own(check, event, object)
        && foreign(check, event, object).is_some()
}
