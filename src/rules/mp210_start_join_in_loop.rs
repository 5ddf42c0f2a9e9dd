//! A loop starts a process and waits for it before it starts the next one.

use super::lifetime::may_wait_between;
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::files::Span;
use crate::findings::{Remedy, Severity};
use crate::model::Model;
use crate::model::events::{ChainId, Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::loop_items::ForLoop;
use crate::model::value::Atom;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for (at, join) in model.events().iter().enumerate() {
        let EventKind::Method {
            object,
            method,
            base: false,
            ..
        } = join.kind
        else {
            continue;
        };
        if method.effect != Effect::Join
            || model.family(&join.heap, object) != Some(Family::Process)
            || model.is_bounded(join)
            || join.times == Some(1)
            || is_tested(model, join)
        {
            continue;
        }
        let Some((from, start)) = start_before(model, at, join, object) else {
            continue;
        };
        if !is_idle_between(model, from, at, join) {
            continue;
        }
        let Some((around, chain)) = loop_around(model, start, join) else {
            continue;
        };
        let inside = |chain_of: ChainId, place| holds(model, &around, chain, chain_of, place);
        if around.is_left_early()
            || model.reads_clock(inside)
            || looks_at_end(model, object, |event| inside(event.chain, event.span))
            || !is_other_work(model, &around, chain, start, object)
        {
            continue;
        }
        let receiver = check.receiver(join);
        let draft = check
            .about(
                join,
                object,
                format!(
                    "`{receiver}` is waited for before the loop starts the next process: they run one after another"
                ),
            )
            .severity(Severity::Warning)
            .related(start.span, "it is started here")
            .remedy(Remedy::JoinedLater)
            .help("start all of them first and join them in a second loop, or use a pool");
        check.report(draft);
    }
}

/// The start of a process that was met last before a join of it.
fn start_before<'m>(
    model: &'m Model<'m>,
    before: usize,
    join: &Event<'_>,
    process: ObjectId,
) -> Option<(usize, &'m Event<'m>)> {
    let earlier = model.events().get(..before).unwrap_or_default();
    earlier.iter().enumerate().rev().find(|(_, event)| {
        event.context == join.context && matches!(event.effect(), Some((object, Effect::Start)) if object == process)
    })
}

/// Whether the parent does nothing between a start and a join, but say so.
fn is_idle_between(model: &Model<'_>, from: usize, to: usize, join: &Event<'_>) -> bool {
    let between = model.events().get(from + 1..to).unwrap_or_default();
    let is_quiet = |event: &Event<'_>| match &event.kind {
        EventKind::Print { .. } | EventKind::FlushOutput | EventKind::NameTest { .. } => true,
        EventKind::Read { .. } | EventKind::Change { .. } => true,
        EventKind::Call { entry, .. } => entry.effect == Effect::Writes,
        EventKind::Method { method, .. } => matches!(method.effect, Effect::None | Effect::Writes),
        _ => false,
    };
    let mut own = between.iter().filter(|event| event.context == join.context);
    own.all(is_quiet) && !may_wait_between(model, join.context, from, Some(to))
}

/// The innermost `for` loop around both a start and a join, in their function or further up the chain of calls, with the
/// chain that runs it.
fn loop_around<'m>(model: &'m Model<'m>, start: &Event<'_>, join: &Event<'_>) -> Option<(ForLoop<'m>, ChainId)> {
    let (mut chain, mut function, mut place) = (start.chain, start.function, start.span);
    loop {
        for found in model.for_loops_around(function, place) {
            if holds(model, &found, chain, join.chain, join.span) {
                return Some((found, chain));
            }
            // A loop of its own starts the one process of a list, or a batch of them.
            if !starts_one(model, start) {
                return None;
            }
        }
        (chain, function, place) = model.chain(chain).caller?;
    }
}

/// Whether a place, which a chain of calls leads to, is in a loop that another chain runs.
fn holds(model: &Model<'_>, around: &ForLoop<'_>, runs: ChainId, chain: ChainId, place: Span) -> bool {
    model
        .place_within(chain, place, runs)
        .is_some_and(|place| around.holds(place))
}

/// Whether a start is that of one process only.
fn starts_one(model: &Model<'_>, start: &Event<'_>) -> bool {
    model
        .events_in(start.context)
        .filter(|event| event.chain == start.chain && event.span == start.span)
        .all(|event| match (event.effect(), start.effect()) {
            (Some((one, _)), Some((other, _))) => {
                one == other && event.heap.get(one).is_some_and(|object| !object.many)
            }
            _ => true,
        })
}

/// Whether the loop looks how the process ended: then each round may need the one before.
fn looks_at_end(model: &Model<'_>, process: ObjectId, inside: impl Fn(&Event<'_>) -> bool) -> bool {
    model.events().iter().any(|event| {
        matches!(event.effect(), Some((object, Effect::Exitcode | Effect::IsAlive | Effect::Terminate)) if object == process)
            && inside(event)
    })
}

/// Whether each round has other work, which the loop gives it: the process itself, or what it is made of.
fn is_other_work(
    model: &Model<'_>,
    around: &ForLoop<'_>,
    chain: ChainId,
    start: &Event<'_>,
    process: ObjectId,
) -> bool {
    let made = model.object(process);
    let made_here = model
        .place_within(made.chain, made.span, chain)
        .filter(|&place| around.holds(place));
    // Another function in each round is another stage: it may need what the one before has left.
    let target = model.role(&start.heap, process, "@target");
    if target.is_some_and(|target| target.single().is_none_or(|target| target == Atom::Unknown)) {
        return false;
    }
    match made_here {
        Some(place) => {
            // A context for each: they are tried one by one.
            let is_tried = made.context.is_some_and(|context| {
                let method = model.role(&start.heap, context, "@method");
                let made = model.object(context);
                method.is_some_and(|method| !matches!(method.single(), Some(Atom::Str(_) | Atom::None)))
                    && holds(model, around, chain, made.chain, made.span)
            });
            !is_tried && around.gives(place) && !around.chooses(place) && !around.carries_into(place)
        }
        None => model
            .place_within(start.chain, start.span, chain)
            .is_some_and(|place| around.chooses(place) || around.gives(place)),
    }
}

/// Whether a test runs it.
fn is_tested(model: &Model<'_>, event: &Event<'_>) -> bool {
    model
        .callers(event.chain)
        .into_iter()
        .any(|function| model.is_test(function))
}
