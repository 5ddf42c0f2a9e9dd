//! What came out of a queue or connection is compared by identity with an object that was not sent by name.

use super::{Check, Hook};
use crate::api::Family;
use crate::model::Model;
use crate::model::events::{Event, EventKind};
use crate::model::heap::{ObjectId, ObjectKind};

pub(super) const HOOK: Hook = Hook::Model(check);

/// Methods by which the objects of a class may be made one again when they are unpickled.
const MAKES_ONE: &[&str] = &[
    "__reduce__",
    "__reduce_ex__",
    "__new__",
    "__getnewargs__",
    "__getnewargs_ex__",
    "__getstate__",
];

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let EventKind::Recognise {
            from: Some(from),
            object,
            identity,
        } = event.kind
        else {
            continue;
        };
        // A variable that begins as the object itself is told by it, whatever it holds later.
        let is_itself = model.events().iter().any(|other| {
            matches!(other.kind, EventKind::Recognise { from: None, object: its, .. } if its == object)
                && other.span == event.span
        });
        if is_itself
            || !matches!(
                model.family(&event.heap, from),
                Some(Family::Queue | Family::Connection)
            )
            || !is_without_value(model, event, object, identity)
        {
            continue;
        }
        let how = if identity { "the same object as" } else { "equal to" };
        let text = check.text(check.made_at(object));
        let draft = check
            .about(
                event,
                from,
                format!("what comes from another process is a copy, and never {how} the one that `{text}` made"),
            )
            .related(check.made_at(object), "the object is made here")
            .help("send `None`, a string or a member of an `Enum`, which are the same on both sides");
        check.report(draft);
    }
}

/// Whether an object has nothing that a copy would be equal by.
fn is_without_value(model: &Model<'_>, event: &Event<'_>, object: ObjectId, identity: bool) -> bool {
    match model.object(object).kind {
        ObjectKind::Library(kind) => model.api().kind(kind).name == "plain-object",
        ObjectKind::Instance(class) => {
            let has = |name: &str| model.class_defines(class, name);
            model.kind(&event.heap, object).is_none()
                && model.has_known_bases(&event.heap, object)
                && !MAKES_ONE.iter().any(|name| has(name))
                && (identity || !has("__eq__"))
        }
        _ => false,
    }
}
