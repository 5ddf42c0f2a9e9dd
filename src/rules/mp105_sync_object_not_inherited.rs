//! A lock, queue or shared value goes to a process that is running, and may only go to one that is being started.

use super::sent::{Part, sent};
use super::{Check, Hook};
use crate::api::PickleError;
use crate::model::crossing::{Look, Obstacle, find};
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        for sent in sent(check, event) {
            if sent.along {
                continue;
            }
            let each = sent.each;
            let look = sent.look().into_bound();
            // Where something else is at fault, that is found first.
            if find(model, &event.heap, &sent.value, each, look).is_some() {
                continue;
            }
            let inherited = Look {
                inherited: true,
                ..look
            };
            let Some(found) = find(model, &event.heap, &sent.value, each, inherited) else {
                continue;
            };
            let Obstacle::Kind {
                error: PickleError::Runtime,
                ..
            } = found
            else {
                continue;
            };
            let way = match sent.part {
                Part::Function | Part::Initializer => "is sent with the work",
                Part::Arguments => "is among the arguments of a task",
                Part::Elements => "is among the items of a task",
                Part::Item => "is sent to a process that is running",
            };
            let mut draft = Draft::new(
                sent.argument.span,
                format!(
                    "{} of multiprocessing {way}, and may only be inherited by a process that is being started",
                    found.describe(model)
                ),
            )
            .under(sent.methods, sent.named)
            .help("give it to the workers by `initializer` and `initargs`, or use the one of a manager");
            if let Some(made) = found.defined_at(model)
                && !sent.argument.span.contains(made)
            {
                draft = draft.related(made, "it is made here");
            }
            check.report(draft);
        }
    }
}
