//! A forked worker uses the GPU, and so has the process that forks it.

use super::starting::{comes_before, first_start};
use super::{Check, Hook};
use crate::findings::{StartMethod, StartMethods};
use crate::model::Model;
use crate::model::events::{Event, EventKind};
use crate::model::heap::ObjectId;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        if !matches!(event.kind, EventKind::Gpu) {
            continue;
        }
        let starter = model
            .process_of(event.context)
            .and_then(|process| model.context(process).object);
        let Some(starter) = starter else { continue };
        let (methods, named) = check.methods_of(event, starter);
        let Some(before) = used_before(model, starter) else {
            continue;
        };
        let draft = Draft::new(
            event.span,
            "this worker uses the GPU, which the process that forks it has used before: its context does not survive the fork",
        )
        .under(methods & StartMethods::from(StartMethod::Fork), named)
        .related(before.span, "the parent uses the GPU here")
        .help("start the workers by `spawn`, or keep the GPU out of the parent until they run");
        check.report(draft);
    }
}

/// Where the process that starts a child has used the GPU before.
fn used_before<'m>(model: &'m Model<'m>, starter: ObjectId) -> Option<&'m Event<'m>> {
    let (at, start) = first_start(model, starter)?;
    let earlier = model.events().get(..at)?;
    earlier.iter().find(|event| {
        matches!(event.kind, EventKind::Gpu)
            && model.process_of(event.context) == model.process_of(start.context)
            && comes_before(model, event, start)
    })
}
