//! A timeout inside the `with` block of an executor, whose end waits without one.

use super::supply::is_in_loop;
use super::waits::{HANGS, STALLS, Wait, blocks};
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::{Expectation, Remedy, Severity, StartMethods, SymptomKind, VersionRange};
use crate::model::Model;
use crate::model::events::{Caught, Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::value::Atom;

pub(super) const HOOK: Hook = Hook::Model(check);

/// The exception is not caught, and comes when the work has ended.
const LATE: Expectation = Expectation::raises("TimeoutError", StartMethods::all(), VersionRange::ANY);
/// The program goes on, when the work has ended.
const WAITS: Expectation = Expectation::always(SymptomKind::WrongResult);

/// How the program waits.
struct Timed<'m, 'a> {
    event: &'m Event<'a>,
    executor: ObjectId,
    results: Vec<ObjectId>,
    seconds: Option<f64>,
    /// Whether the end of the time raises.
    raises: bool,
}

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for timed in timed_waits(model) {
        let event = timed.event;
        let entered = model
            .role(&event.heap, timed.executor, "@entered")
            .is_some_and(|entered| entered.single() == Some(Atom::Bool(true)));
        if !entered || ends_its_work(model, timed.executor) {
            continue;
        }
        // Who asks the same task again and again wants to know how far it is.
        if model
            .rounds(event.chain, event.span)
            .first()
            .is_some_and(|round| model.is_while(round))
        {
            continue;
        }
        let caught = timed.raises && event.caught.contains(Caught::TIMEOUT);
        let longest = longest(model, &timed);
        let (shown, why): (&'static [Expectation], _) = match longest {
            Some(Wait::May { at, why, shown }) => (shown, Some((at, why))),
            _ if caught => (&[WAITS], None),
            Some(_) if timed.raises => (&[LATE], None),
            Some(_) => (&[WAITS], None),
            None => continue,
        };
        let mut draft = check
            .about(
                event,
                timed.executor,
                "the timeout ends this wait, but the end of the `with` block waits for the task all the same",
            )
            .severity(Severity::Warning)
            .showing(shown)
            .related(check.made_at(timed.executor), "the executor is made here")
            .remedy(Remedy::WorkersKilled)
            .help("end the workers before the block is left, or use a `Pool`, which ends them by itself");
        if let Some((at, why)) = why {
            draft = draft.related(at, why);
        }
        check.report(draft);
    }
}

/// The waits for results of executors that have a limit.
fn timed_waits<'m, 'a>(model: &'m Model<'a>) -> Vec<Timed<'m, 'a>> {
    let mut all = Vec::new();
    for event in model.events() {
        let (timeout, results, executor, raises) = match &event.kind {
            EventKind::Method {
                object,
                method,
                arguments,
                ..
            } => match method.effect {
                Effect::GetResult => (arguments.get("timeout"), vec![*object], None, true),
                Effect::Submit if method.params.iter().any(|param| param == "timeout") => (
                    arguments.get("timeout"),
                    model.result_of(event).into_iter().collect(),
                    Some(*object),
                    true,
                ),
                _ => continue,
            },
            EventKind::Call { entry, arguments } if entry.effect == Effect::Wait => {
                let Some(futures) = arguments.list.first() else {
                    continue;
                };
                let results: Vec<ObjectId> = model.reachable(&event.heap, &futures.value).into_iter().collect();
                // A loop that looks again and again how far the work is counts on nothing.
                let raises = entry.canonical.ends_with("as_completed");
                if !raises && (is_in_loop(model, event) || arguments.get("return_when").is_some()) {
                    continue;
                }
                (arguments.get("timeout"), results, None, raises)
            }
            _ => continue,
        };
        let Some(timeout) = timeout.filter(|timeout| timeout.value.single() != Some(Atom::None)) else {
            continue;
        };
        let results: Vec<ObjectId> = results
            .into_iter()
            .filter(|&id| model.family(&event.heap, id) == Some(Family::Result) || executor.is_some())
            .collect();
        let owner = executor.or_else(|| results.iter().find_map(|&result| model.owner_of(&event.heap, result)));
        let Some(executor) = owner.filter(|&owner| model.family(&event.heap, owner) == Some(Family::Executor)) else {
            continue;
        };
        let seconds = timeout.value.seconds();
        all.push(Timed {
            event,
            executor,
            results,
            seconds,
            raises,
        });
    }
    all
}

/// Whether a task is known to take longer than the limit: it waits or loops for ever, or pauses for so long.
fn longest(model: &Model<'_>, timed: &Timed<'_, '_>) -> Option<Wait> {
    let mut longest = None;
    for &result in &timed.results {
        for (id, context) in model.tasks_of(result) {
            if context.cut_short || !context.known {
                continue;
            }
            if let Some(found) = blocks(model, id) {
                return Some(match found {
                    Wait::May { at, why, shown } => Wait::May {
                        at,
                        why,
                        shown: if shown == [STALLS] { &[STALLS] } else { &[HANGS] },
                    },
                    other => other,
                });
            }
            let pauses = model.events_in(id).any(|event| match &event.kind {
                EventKind::Pause { seconds } => {
                    let known = seconds.filter(|atom| matches!(atom, Atom::Int(_) | Atom::Float(_)));
                    let most = known.seconds().unwrap_or_default();
                    timed.seconds.is_some_and(|limit| most > limit)
                }
                _ => false,
            });
            if pauses {
                longest = Some(Wait::Ends);
            }
        }
    }
    longest
}

/// Whether the program ends the work itself somewhere: it kills the workers, or does not wait for them.
fn ends_its_work(model: &Model<'_>, executor: ObjectId) -> bool {
    model.events().iter().any(|event| match &event.kind {
        EventKind::Method {
            object,
            method,
            arguments,
            name,
            ..
        } if *object == executor => {
            method.effect == Effect::Workers
                || (method.effect == Effect::Close
                    && (model.name(*name) != "shutdown"
                        || arguments.open
                        || arguments
                            .get("wait")
                            .is_some_and(|wait| wait.value.single() != Some(Atom::Bool(true)))))
        }
        _ => false,
    }) || model
        .events()
        .iter()
        .any(|event| event.heap.get(executor).is_some_and(|executor| executor.escaped))
}
