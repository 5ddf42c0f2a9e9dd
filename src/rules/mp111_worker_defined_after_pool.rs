//! A task needs a function or class that did not exist when the workers of its pool were forked.

use super::sent::{Part, sent};
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::{Expectation, StartMethods, SymptomKind, VersionRange};
use crate::model::by_name::{Named, find_named};
use crate::model::events::{Event, EventKind};
use crate::model::heap::ObjectId;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

// The result never comes, because each worker that is given the task dies of this.
const POOL: &[Expectation] = &[
    Expectation::always(SymptomKind::Hangs),
    Expectation::always_raises("AttributeError"),
];
const EXECUTOR: &[Expectation] = &[Expectation::always_raises("BrokenProcessPool")];
const POOL_FORKED: &[Expectation] = &[
    Expectation::shows(SymptomKind::Hangs, StartMethods::FORK, VersionRange::ANY),
    Expectation::raises("AttributeError", StartMethods::FORK, VersionRange::ANY),
];
const EXECUTOR_FORKED: &[Expectation] = &[Expectation::raises(
    "BrokenProcessPool",
    StartMethods::FORK,
    VersionRange::ANY,
)];

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for (at, event) in model.events().iter().enumerate() {
        let Some((pool, Effect::Submit)) = event.effect() else {
            continue;
        };
        let Some(family) = model.family(&event.heap, pool) else {
            continue;
        };
        let Some(forked) = forked_at(check, at, pool, family) else {
            continue;
        };
        for sent in sent(check, event) {
            if !sent.methods.contains(StartMethods::FORK) {
                continue;
            }
            let each = sent.each || sent.part == Part::Function;
            let is_late = |named: Named| !model.is_bound(&forked.heap, named);
            let Some(named) = find_named(model, event, &sent.value, each, is_late) else {
                continue;
            };
            let (what, pool_shows, executor_shows) = if model.is_bound_by_import(named) {
                ("", POOL_FORKED, EXECUTOR_FORKED)
            } else {
                (", and a worker that is not forked never has it", POOL, EXECUTOR)
            };
            let draft = Draft::new(
                sent.argument.span,
                format!(
                    "{} did not exist yet when the workers were forked, so they do not find it{what}",
                    named.describe(model)
                ),
            )
            .under(sent.methods, sent.named)
            .showing(if family == Family::Pool {
                pool_shows
            } else {
                executor_shows
            })
            .related(named.defined_at(model), "it is defined here")
            .related(forked.span, "the workers are forked here")
            .help("define it at the top level of the module, above the first use of a pool");
            check.report(draft);
        }
    }
}

/// The event at which the workers that take a task were forked: where the pool is made, or at the first task of an
/// executor.
fn forked_at<'m>(check: &Check<'m>, at: usize, pool: ObjectId, family: Family) -> Option<&'m Event<'m>> {
    let mut earlier = check.model.events().iter().take(at);
    match family {
        Family::Pool => earlier.find(|event| matches!(event.kind, EventKind::Make { object, .. } if object == pool)),
        Family::Executor => earlier.find(|event| event.effect() == Some((pool, Effect::Submit))),
        _ => None,
    }
}
