//! Many small items are sent one by one, where they could be sent in chunks.

use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::Severity;
use crate::model::Model;
use crate::model::events::{Event, EventKind};
use crate::model::value::{Atom, Value};
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

/// So many items are many.
const MANY: u64 = 1000;

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let EventKind::Method {
            object,
            name,
            method,
            arguments,
            ..
        } = &event.kind
        else {
            continue;
        };
        let one_by_one = match model.family(&event.heap, *object) {
            Some(Family::Pool) => matches!(model.name(*name), "imap" | "imap_unordered"),
            Some(Family::Executor) => model.name(*name) == "map",
            _ => false,
        };
        if method.effect != Effect::Submit || !one_by_one || arguments.open || arguments.get("chunksize").is_some() {
            continue;
        }
        // Of several iterables the shortest counts, and one that is not known may be short.
        let iterables = arguments
            .list
            .iter()
            .filter(|argument| argument.param == "iterable" || argument.param.is_empty());
        let lengths: Option<Vec<u64>> = iterables
            .map(|argument| length(model, event, &argument.value))
            .collect();
        let Some(shortest) = lengths.and_then(|lengths| lengths.into_iter().min()) else {
            continue;
        };
        if shortest < MANY {
            continue;
        }
        let receiver = check.receiver(event);
        let call = model.name(*name);
        check.report(
            Draft::new(
                event.span,
                format!("`{receiver}.{call}()` sends {shortest} items one by one"),
            )
            .severity(Severity::Note)
            .help("give it a `chunksize`, so that a few hundred go at once"),
        );
    }
}

/// The number of elements of a container, if it is known.
fn length(model: &Model<'_>, event: &Event<'_>, value: &Value) -> Option<u64> {
    let Some(Atom::Object(id)) = value.single() else {
        return None;
    };
    if let Some(Atom::Int(length)) = model.role(&event.heap, id, "@length").and_then(Value::single) {
        return u64::try_from(length).ok();
    }
    event.heap.get(id)?.items.as_ref().map(|items| items.len() as u64)
}
