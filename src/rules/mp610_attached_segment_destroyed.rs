//! A process with a resource tracker of its own attaches to shared memory, and destroys it at its end.

use super::{Check, Hook, starting};
use crate::api::{Effect, Family};
use crate::findings::{Remedy, StartMethod, StartMethods};
use crate::model::Model;
use crate::model::events::{Arguments, ContextKind, Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::value::Atom;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let Some((segment, arguments)) = made(model, event) else {
            continue;
        };
        if creates(arguments) != Some(false) || is_untracked(check, event, arguments) || is_unlinked(model, segment) {
            continue;
        }
        let draft = Draft::new(
            event.span,
            "this process destroys the segment when it ends, though it only attaches to it",
        )
        .remedy(Remedy::SegmentOwned)
        .help("give `track=False` from 3.13 on; before, unregister it from the resource tracker after attaching");
        let draft = match model.process_of(event.context) {
            None if model.context(event.context).kind == ContextKind::Main && !makes_any(model) => draft,
            None => continue,
            Some(process) => {
                let Some(starter) = model.context(process).object else {
                    continue;
                };
                let (methods, named) = check.methods_of(event, starter);
                let Some(start) = first_start(model, starter) else {
                    continue;
                };
                draft
                    .under(methods & StartMethods::from(StartMethod::Fork), named)
                    .related(start.span, "it is forked before its parent has a resource tracker")
            }
        };
        check.report(draft);
    }
}

/// The segment that an event makes or attaches to.
fn made<'e, 'a>(model: &Model<'_>, event: &'e Event<'a>) -> Option<(ObjectId, &'e Arguments<'a>)> {
    match &event.kind {
        EventKind::Make { object, arguments, .. } if model.family(&event.heap, *object) == Some(Family::Segment) => {
            Some((*object, arguments))
        }
        _ => None,
    }
}

/// Whether the segment is made, and not attached to; `None` where that is not known.
fn creates(arguments: &Arguments<'_>) -> Option<bool> {
    match arguments.get("create").map(|create| create.value.single()) {
        None if arguments.open => None,
        None => Some(false),
        Some(Some(Atom::Bool(creates))) => Some(creates),
        Some(_) => None,
    }
}

/// Whether the program has the tracker leave the segment alone, or may have.
fn is_untracked(check: &Check<'_>, event: &Event<'_>, arguments: &Arguments<'_>) -> bool {
    let (file, _) = check.model.code.locate(event.span);
    arguments.get("track").is_some() || file.text().contains("resource_tracker")
}

/// Whether the segment is meant to end with this process.
fn is_unlinked(model: &Model<'_>, segment: ObjectId) -> bool {
    model
        .method_events(Effect::Unlink)
        .any(|(_, unlinked)| unlinked == segment)
}

fn makes_any(model: &Model<'_>) -> bool {
    let creates_it =
        |event: &Event<'_>| made(model, event).is_some_and(|(_, arguments)| creates(arguments) != Some(false));
    // A manager of segments makes them in a process of its own, which has the same tracker.
    model
        .events()
        .iter()
        .any(|event| creates_it(event) || makes_manager(event))
}

fn makes_manager(event: &Event<'_>) -> bool {
    matches!(event.kind, EventKind::Make { entry, .. } if entry.canonical.ends_with(".SharedMemoryManager"))
}

/// The first start of a child, where its parent has not made a segment before, and so has no resource tracker.
fn first_start<'m>(model: &'m Model<'m>, starter: ObjectId) -> Option<&'m Event<'m>> {
    let (at, start) = starting::first_start(model, starter)?;
    let mut earlier = model.events().get(..at)?.iter();
    let has_tracker = earlier.any(|event| {
        // A manager of segments has the tracker begin before its own process does.
        (made(model, event).is_some() || makes_manager(event))
            && model.process_of(event.context) == model.process_of(start.context)
    });
    (!has_tracker).then_some(start)
}
