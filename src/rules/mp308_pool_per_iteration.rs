//! A pool is made anew in each round of a loop.

use super::task_ends::is_beside;
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::{Remedy, Severity};
use crate::model::Model;
use crate::model::events::{Caught, Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::rounds::Round;
use crate::model::value::{Atom, Value};
use crate::python::Symbol;
use crate::python::ir::{OpKind, Place};

pub(super) const HOOK: Hook = Hook::Model(check);

/// A function that makes a pool for its own work may well be called so often by a caller that names what for.
const A_FEW: usize = 3;

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let EventKind::Make { object, .. } = event.kind else {
            continue;
        };
        let Some(kind) = model.kind(&event.heap, object) else {
            continue;
        };
        if !matches!(kind.family, Family::Pool | Family::Executor) || event.times == Some(1) {
            continue;
        }
        let rounds = model.rounds(event.chain, event.span);
        let Some(round) = rounds.first() else { continue };
        if rounds.iter().any(|round| model.is_endless(round))
            || model.runs_once(round)
            || may_have_broken(model, round, event, object)
            || is_beside(model, round.chain, event.chain)
            || model.callers(event.chain).iter().any(|&caller| model.is_test(caller))
            || (model.only_counts(round) && model.may_be_left(round))
            || model.differs(round, event.chain, event.span)
            || (round.chain != event.chain && model.draws_a_few(round, A_FEW))
            || !ends_in_round(model, round, object)
            || has_one_worker(model, event, object)
            || runs_what_the_round_defines(model, object)
            || workers_see_changes(model, round, event, object)
        {
            continue;
        }
        let draft = check
            .about(
                event,
                object,
                format!(
                    "this {} is made anew in each round of a loop, and its workers with it",
                    kind.noun
                ),
            )
            .severity(Severity::Warning)
            .related(round.call, "the loop goes round here")
            .remedy(Remedy::OnePool)
            .help("make it once before the loop and use it in every round");
        check.report(draft);
    }
}

/// Whether the pool is closed or left in the same round, so that it is no use to the next.
fn ends_in_round(model: &Model<'_>, round: &Round, pool: ObjectId) -> bool {
    model.events().iter().any(|event| {
        matches!(event.effect(), Some((ended, Effect::Close | Effect::Terminate)) if ended == pool)
            && in_same_loop(model, round, event)
    })
}

/// Whether the program reckons with a pool that breaks, where it makes it or where it gives it work: what has broken has
/// to be made again.
fn may_have_broken(model: &Model<'_>, round: &Round, made: &Event<'_>, pool: ObjectId) -> bool {
    let expects = |event: &Event<'_>| event.caught.contains(Caught::BROKEN);
    expects(made)
        || model.events().iter().any(|event| {
            matches!(event.kind, EventKind::Method { object, .. } if object == pool)
                && expects(event)
                && in_same_loop(model, round, event)
        })
}

fn in_same_loop(model: &Model<'_>, round: &Round, event: &Event<'_>) -> bool {
    let others = model.rounds(event.chain, event.span);
    others.iter().any(|other| model.is_same_loop(round, other))
}

/// Whether the pool has one worker because the program says so: it keeps a call apart from the rest, and its memory goes
/// back with it.
fn has_one_worker(model: &Model<'_>, made: &Event<'_>, pool: ObjectId) -> bool {
    model.role(&made.heap, pool, "@size").and_then(Value::single) == Some(Atom::Int(1))
}

/// Whether a task or the initializer is a function inside a function, which is another one in each round: workers that
/// were forked before know nothing of it. One that was not come to any more may be such a function.
fn runs_what_the_round_defines(model: &Model<'_>, pool: ObjectId) -> bool {
    model.contexts_of(pool).any(|(_, context)| match context.function {
        Some(function) => model.is_made_by_another(function),
        None => context.cut_short,
    })
}

/// Whether the tasks read a global that each round sets: under `fork` only a new pool sees its new value.
fn workers_see_changes(model: &Model<'_>, round: &Round, event: &Event<'_>, pool: ObjectId) -> bool {
    let assigned = model.globals_assigned(round, event.chain, event.span);
    if assigned.is_empty() {
        return false;
    }
    let reads =
        |name: &Symbol, op: &OpKind| matches!(op, OpKind::Load { place: Place::Global(read), .. } if read == name);
    model.contexts_of(pool).any(|(id, _)| {
        model
            .chains()
            .filter(|(_, chain)| chain.context == id)
            .any(|(_, chain)| {
                model
                    .function(chain.function)
                    .blocks
                    .iter()
                    .flat_map(|block| &block.ops)
                    .any(|op| assigned.iter().any(|name| reads(name, &op.kind)))
            })
    })
}
