//! A barrier is made for another number of parties than wait at it.

use rustc_hash::FxHashSet;

use super::supply::is_in_loop;
use super::waits::HANGS;
use super::ways::always_happens;
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::files::Span;
use crate::findings::{Expectation, Remedy, StartMethods, VersionRange};
use crate::model::Model;
use crate::model::events::{Context, ContextId, ContextKind, Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};

pub(super) const HOOK: Hook = Hook::Model(check);

const BREAKS: &[Expectation] = &[Expectation::raises(
    "BrokenBarrierError",
    StartMethods::all(),
    VersionRange::ANY,
)];

/// How many waits are shown at most.
const MOST_SHOWN: usize = 4;

fn check(check: &mut Check<'_>) {
    let model = check.model;
    // What is not followed may wait as well.
    let is_unknown = |context: &Context| {
        !context.known || context.cut_short || (context.kind.is_of_other_process() && context.function.is_none())
    };
    if model.is_cut_short() || model.contexts().any(|(_, context)| is_unknown(context)) {
        return;
    }
    for event in model.events() {
        let EventKind::Make {
            object: barrier,
            arguments,
            ..
        } = &event.kind
        else {
            continue;
        };
        let parties = arguments.get("parties").and_then(|parties| parties.value.single());
        let Some(Atom::Int(parties)) = parties.filter(|_| !arguments.open) else {
            continue;
        };
        if model.family(&event.heap, *barrier) != Some(Family::Barrier) || is_out_of_sight(model, *barrier) {
            continue;
        }
        let Some(waiters) = Waiters::of(model, *barrier) else {
            continue;
        };
        let wrong = waiters.count < parties || (waiters.all_once && waiters.count % parties.max(1) != 0);
        if parties < 1 || !wrong {
            continue;
        }
        let count = match waiters.count {
            1 => "1 process waits".to_owned(),
            count => format!("{count} processes wait"),
        };
        let mut draft = check
            .about(
                event,
                *barrier,
                format!("the barrier is for {parties} parties, and {count} at it"),
            )
            .showing(if waiters.bounded { BREAKS } else { &[HANGS] })
            .remedy(Remedy::BarrierOpens)
            .help("count those who call `wait()`, the parent too if it does, and make the barrier for as many");
        // Any of them may be the one that is left.
        for &wait in waiters.waits.iter().take(MOST_SHOWN) {
            draft = draft.related(wait, "one of them waits here");
        }
        check.report(draft);
    }
}

/// Whether code that is not followed may wait as well, or end the wait of others.
fn is_out_of_sight(model: &Model<'_>, barrier: ObjectId) -> bool {
    model.events().iter().any(|event| {
        let lost = event
            .heap
            .get(barrier)
            .is_some_and(|object| object.escaped || object.many || object.states.contains(States::LOST));
        // `abort()`, `reset()`
        let ends = matches!(event.kind, EventKind::Method { object, method, .. } if object == barrier && method.effect != Effect::Wait && method.returns == crate::api::Returns::Unknown);
        lost || ends
    })
}

/// Whether an object of a class of which not all is known holds the barrier: what it inherits may wait or not.
fn is_in_unknown_object(model: &Model<'_>, wait: &Event<'_>, barrier: ObjectId) -> bool {
    wait.heap.iter().any(|(id, object)| {
        model.is_instance(id)
            && object
                .fields
                .iter()
                .any(|(_, value)| value.single() == Some(Atom::Object(barrier)))
            && !model.has_known_bases(&wait.heap, id)
    })
}

/// Those who wait at a barrier.
struct Waiters {
    count: i64,
    /// Whether each of them waits once, whatever way it takes.
    all_once: bool,
    /// Whether all waits have a limit.
    bounded: bool,
    /// Where they wait.
    waits: Vec<Span>,
}

impl Waiters {
    /// None where their number is not known.
    fn of(model: &Model<'_>, barrier: ObjectId) -> Option<Self> {
        let waits: Vec<&Event<'_>> = model
            .method_events(Effect::Wait)
            .filter(|(_, object)| *object == barrier)
            .map(|(event, _)| event)
            .collect();
        let mut places: Vec<Span> = Vec::new();
        for wait in &waits {
            if !places.contains(&wait.span) {
                places.push(wait.span);
            }
        }
        if places.is_empty() {
            return None;
        }
        if waits.iter().any(|wait| is_in_unknown_object(model, wait, barrier)) {
            return None;
        }
        let mut seen: FxHashSet<ContextId> = FxHashSet::default();
        let mut pools: FxHashSet<ObjectId> = FxHashSet::default();
        let (mut count, mut all_once) = (0, true);
        for wait in &waits {
            if model.context(wait.context).kind == ContextKind::Entry && model.context(wait.context).parent.is_none() {
                // A stranger's call: only what is made in it is all its own.
                let made = model.chain(model.object(barrier).chain).context;
                if made != wait.context {
                    return None;
                }
            }
            all_once &= !is_in_loop(model, wait) && always_happens(model, wait);
            if !seen.insert(wait.context) {
                all_once = false;
                continue;
            }
            count += match model.process_of(wait.context) {
                None => 1,
                // As many tasks at a time as the pool has workers.
                Some(process) if model.context(process).kind == ContextKind::Task => {
                    all_once = false;
                    let pool = model.context(process).object?;
                    if !pools.insert(pool) {
                        continue;
                    }
                    match model.role(&wait.heap, pool, "@size").and_then(Value::single)? {
                        Atom::Int(size) => size,
                        _ => return None,
                    }
                }
                Some(process) if process == wait.context => number_of(model, model.context(process))?,
                Some(_) => return None,
            };
        }
        Some(Self {
            count,
            all_once,
            bounded: waits.iter().all(|wait| model.is_bounded(wait)),
            waits: places,
        })
    }
}

/// How many processes a context stands for.
fn number_of(model: &Model<'_>, context: &Context) -> Option<i64> {
    let process = context.object?;
    let (chain, _, span) = context.started?;
    let (start, _) = model
        .method_events(Effect::Start)
        .find(|(start, object)| *object == process && start.chain == chain && start.span == span)?;
    if model.family(&start.heap, process) != Some(Family::Process) {
        return None;
    }
    if !context.many {
        return Some(1);
    }
    // A list that a loop has filled is as long as the loop that made its elements.
    let mut made = model.events().iter().filter_map(|event| match event.kind {
        EventKind::Make { object, .. } if object == process => Some(event.times),
        _ => None,
    });
    let times = start.times.or_else(|| made.next_back().flatten());
    times.and_then(|times| i64::try_from(times).ok())
}
