//! An argument that cannot be pickled is sent to another process.

use super::sent::{Part, sent};
use super::{Check, Hook};
use crate::findings::Remedy;
use crate::model::crossing::{Obstacle, find};
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        for sent in sent(check, event) {
            let way = match sent.part {
                Part::Arguments => "is among the arguments that are sent to another process",
                Part::Elements => "is among the items that are sent to other processes",
                Part::Item => "is put into something that leads to another process",
                Part::Function | Part::Initializer => {
                    // A partial that holds something which does not pickle.
                    "is bound to the function that is sent to another process"
                }
            };
            let each = sent.each;
            let Some(found) = find(model, &event.heap, &sent.value, each, sent.look()) else {
                continue;
            };
            if matches!(sent.part, Part::Function | Part::Initializer) && found.is_function() {
                continue;
            }
            let version = match &found {
                Obstacle::Kind { from, .. } => *from,
                _ => None,
            };
            let mut draft = Draft::new(
                sent.argument.span,
                format!("{} {way}, and pickle cannot send it", found.describe(model)),
            )
            .under(sent.methods, sent.named)
            .showing(found.raises(model))
            .from_version(version)
            .remedy(Remedy::SharedMemory)
            .says_all_fail()
            .help("send plain data, and open or make the rest in the process that uses it");
            if let Some(made) = found.defined_at(model)
                && !sent.argument.span.contains(made)
            {
                draft = draft.related(made, "it is made here");
            }
            check.report(draft);
        }
    }
}
