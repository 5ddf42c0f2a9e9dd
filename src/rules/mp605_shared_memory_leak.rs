//! A segment of shared memory that the program makes and does not unlink.

use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::Remedy;
use crate::model::Model;
use crate::model::events::EventKind;
use crate::model::heap::ObjectId;
use crate::model::value::Atom;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let EventKind::Leave { dropped } = &event.kind else {
            continue;
        };
        if model.context(event.context).cut_short {
            continue;
        }
        for &object in dropped {
            if model.family(&event.heap, object) != Some(Family::Segment)
                || !is_created(model, object)
                || model.was_lost(object)
                || may_be_unlinked(model, object)
            {
                continue;
            }
            let draft = Draft::new(
                check.made_at(object),
                "this segment of shared memory is made here and never unlinked",
            )
            .related(event.span, "it is out of reach from here on")
            .remedy(Remedy::SegmentStays)
            .help("call `unlink()` once, when nobody needs it any more, best in a `finally`");
            check.report(draft);
        }
    }
}

/// Whether an object was made with the segment, and not attached to one.
fn is_created(model: &Model<'_>, object: ObjectId) -> bool {
    model.events().iter().any(|event| match &event.kind {
        EventKind::Make {
            object: made,
            arguments,
            ..
        } if *made == object => arguments
            .get("create")
            .is_some_and(|create| create.value.single() == Some(Atom::Bool(true))),
        _ => false,
    })
}

/// Whether some process unlinks the segment: through this object, or through one that was attached to any.
fn may_be_unlinked(model: &Model<'_>, object: ObjectId) -> bool {
    model
        .method_events(Effect::Unlink)
        .any(|(_, other)| other == object || !is_created(model, other))
}
