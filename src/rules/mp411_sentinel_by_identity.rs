//! What came out of a queue or connection is compared by identity with an object that was not sent by name.

use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::files::Span;
use crate::findings::Remedy;
use crate::model::Model;
use crate::model::events::{Event, EventKind};
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::value::Atom;

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
            mark,
            identity,
            ..
        } = event.kind
        else {
            continue;
        };
        // A variable that begins as the object itself is told by it, whatever it holds later.
        let is_itself = model.events().iter().any(|other| {
            matches!(other.kind, EventKind::Recognise { itself: true, mark: its, .. } if its == mark)
                && other.span == event.span
        });
        let crosses = matches!(
            model.family(&event.heap, from),
            Some(Family::Queue | Family::Connection)
        );
        if (is_itself && !is_put(model, from, mark)) || !crosses {
            continue;
        }
        let message = match mark {
            // Members of an enumeration are sent by their names.
            Atom::Object(_) if is_of_enumeration(model, event, mark) => continue,
            Atom::Object(object) if is_without_value(model, event, object, identity) => {
                let how = if identity { "the same object as" } else { "equal to" };
                let text = check.text(check.made_at(object));
                format!("what comes from another process is a copy, and never {how} the one that `{text}` made")
            }
            Atom::Object(_) => continue,
            _ if !is_made_anew(model, mark) || is_of_enumeration(model, event, mark) => continue,
            _ => "what comes from another process is a copy, and never the same object as this constant".to_owned(),
        };
        let mut draft = check.about(event, from, message).remedy(Remedy::SameObject).help(
            "send `None` or a member of an `Enum`, which are the same on both sides, or compare a string by `==`",
        );
        if let Atom::Object(object) = mark {
            draft = draft.related(check.made_at(object), "the object is made here");
        }
        if let Some(taken) = taken_at(model, event, from) {
            draft = draft.related(taken, "it is taken out here");
        }
        check.report(draft);
    }
}

/// Whether somebody puts the very object into what another value came out of.
fn is_put(model: &Model<'_>, queue: ObjectId, mark: Atom) -> bool {
    model.method_events(Effect::Put).any(|(event, into)| {
        let EventKind::Method { method, arguments, .. } = &event.kind else {
            return false;
        };
        let item = method.data.as_deref().and_then(|data| arguments.get(data));
        into == queue && item.is_some_and(|item| item.value.single() == Some(mark))
    })
}

/// Where the same context takes things out of what it came from.
fn taken_at(model: &Model<'_>, event: &Event<'_>, from: ObjectId) -> Option<Span> {
    let takes = |other: &&Event<'_>| {
        let effect = other.effect();
        matches!(effect, Some((object, Effect::Get | Effect::Recv)) if object == from) && other.span != event.span
    };
    model.events_in(event.context).find(takes).map(|taken| taken.span)
}

/// Whether a constant is another object when it is unpickled: Python keeps short strings and small numbers once.
fn is_made_anew(model: &Model<'_>, mark: Atom) -> bool {
    match mark {
        Atom::Str(text) => model.name(text).chars().nth(1).is_some(),
        Atom::Int(number) => !(-5..=1024).contains(&number),
        _ => false,
    }
}

/// Whether a constant may stand for a member of an enumeration of the program, which is one on both sides.
fn is_of_enumeration(model: &Model<'_>, event: &Event<'_>, mark: Atom) -> bool {
    event.heap.iter().any(|(id, class)| {
        let is_enumeration = || {
            let bases = class.items.iter().flat_map(|bases| bases.iter());
            let mut paths = bases.flat_map(|base| base.atoms()).filter_map(|base| match *base {
                Atom::Path(path) => Some(model.dotted(path)),
                _ => None,
            });
            paths.any(|path| path.starts_with("enum."))
        };
        matches!(model.object(id).kind, ObjectKind::Class(_))
            && class.fields.iter().any(|(_, value)| value.single() == Some(mark))
            && is_enumeration()
    })
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
