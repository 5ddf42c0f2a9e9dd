//! A large array or block of bytes is sent to another process by pickle.

use super::sent::{Part, sent};
use super::{Check, Hook};
use crate::findings::{Severity, StartMethods};
use crate::model::Model;
use crate::model::events::{Arguments, Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::value::{Atom, Value};
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

/// What is called large, in bytes.
const LARGE: i64 = 1_000_000;

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        if let EventKind::Return { value } = &event.kind
            && let Some(size) = large(model, event, value)
        {
            let draft = draft(event.span, size, "is sent back");
            check.report(draft.under(StartMethods::all(), true));
        }
        for sent in sent(check, event) {
            if matches!(sent.part, Part::Function | Part::Initializer) {
                continue;
            }
            if let Some(size) = large(model, event, &sent.value) {
                let draft = draft(sent.argument.span, size, "is sent");
                check.report(draft.under(sent.methods, sent.named));
            }
        }
    }
}

fn draft(span: crate::files::Span, size: i64, what: &str) -> Draft {
    let megabytes = size / LARGE;
    Draft::new(
        span,
        format!("about {megabytes} MB {what} by pickle, and copied at each step"),
    )
    .severity(Severity::Note)
    .help("put it into shared memory once: `SharedMemory`, `multiprocessing.Array`, or a mapped file")
}

/// The size of the largest thing in a value, where that is large.
fn large(model: &Model<'_>, event: &Event<'_>, value: &Value) -> Option<i64> {
    let of_atom = |atom: &Atom| match *atom {
        Atom::Sized(length) => Some(i64::from(length)),
        _ => None,
    };
    let mut sizes: Vec<i64> = value.atoms().iter().filter_map(of_atom).collect();
    for id in model.reachable(&event.heap, value) {
        sizes.extend(size_of_array(model, event, id));
        if let Some(object) = event.heap.get(id) {
            let items = object.items.iter().flat_map(|items| items.iter());
            let parts = items.chain([&object.elements]).flat_map(|part| part.atoms());
            sizes.extend(parts.filter_map(of_atom));
        }
    }
    sizes.into_iter().max().filter(|size| *size >= LARGE)
}

/// The size of an array of a constant shape, whose elements are taken to have eight bytes.
fn size_of_array(model: &Model<'_>, event: &Event<'_>, id: ObjectId) -> Option<i64> {
    if model.kind(&event.heap, id)?.name != "plain-array" {
        return None;
    }
    let made = |made: &Event<'_>| match &made.kind {
        EventKind::Make { object, arguments, .. } if *object == id => match arguments.get("initializer") {
            // `array.array("d", bytes(n))`
            Some(content) => match content.value.single() {
                Some(Atom::Sized(length)) => Some(i64::from(length)),
                _ => None,
            },
            None => Some(elements(made, arguments)?.saturating_mul(8)),
        },
        _ => None,
    };
    model.events().iter().find_map(made)
}

/// How many elements an array has: of a shape, or of a number.
fn elements(made: &Event<'_>, arguments: &Arguments<'_>) -> Option<i64> {
    let shape = arguments.get("shape").or(arguments.list.first())?;
    let number = |value: &Value| match value.single() {
        Some(Atom::Int(number)) => Some(number),
        _ => None,
    };
    match shape.value.single()? {
        Atom::Int(number) => Some(number),
        Atom::Object(tuple) => {
            let items = made.heap.get(tuple)?.items.clone()?;
            items
                .iter()
                .map(number)
                .try_fold(1i64, |all, one| Some(all.saturating_mul(one?)))
        }
        _ => None,
    }
}
