//! The name of a function or method that is sent does not lead back to it.

use super::sent::sent;
use super::{Check, Hook};
use crate::api::Family;
use crate::findings::{Expectation, Remedy, SymptomKind};
use crate::model::crossing::{Look, Obstacle, find};
use crate::model::naming::Misnamed;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

/// The worker fails as it unpickles the task, and dies.
const HANGS: Expectation = Expectation::always(SymptomKind::Hangs);
const BREAKS: Expectation = Expectation::always_raises("BrokenProcessPool");

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        for sent in sent(check, event) {
            let each = sent.each;
            let look = sent.look().into_bound();
            if find(model, &event.heap, &sent.value, each, look).is_some() {
                continue;
            }
            let by_name = Look { names: true, ..look };
            let Some(Obstacle::Misnamed(found)) = find(model, &event.heap, &sent.value, each, by_name) else {
                continue;
            };
            let family = sent.by.and_then(|object| model.family(&event.heap, object));
            let expect: &[Expectation] = match (found, family) {
                (Misnamed::Method { .. }, Some(Family::Pool)) if !sent.along => &[HANGS],
                (Misnamed::Method { .. }, Some(Family::Executor)) if !sent.along => &[BREAKS],
                _ => Obstacle::Misnamed(found).raises(model),
            };
            let help = match found {
                Misnamed::Wrapper(_) | Misnamed::Method { private: false, .. } => {
                    "decorate the inner function with `functools.wraps`"
                }
                Misnamed::Method { private: true, .. } | Misnamed::Private(_) => {
                    "give the method a name that does not begin with two underscores"
                }
                Misnamed::Elsewhere(_) | Misnamed::Nowhere(_) => {
                    "let the name of the function lead to what is sent: `@decorator` above it, or another name for the other"
                }
            };
            let mut draft = Draft::new(
                sent.argument.span,
                format!("pickle sends functions by name, and {}", found.describe(model)),
            )
            .under(sent.methods, sent.named)
            .showing(expect)
            .remedy(Remedy::SharedMemory)
            .says_all_fail()
            .help(help);
            if let Some(defined) = Obstacle::Misnamed(found).defined_at(model)
                && defined != sent.argument.span
            {
                draft = draft.related(defined, "it is defined here");
            }
            check.report(draft);
        }
    }
}
