//! The arguments are not a tuple: `args=(x)` is `args=x`.

use super::sent::{Part, sent};
use super::{Check, Hook};
use crate::api::Family;
use crate::files::Span;
use crate::findings::Fix;
use crate::model::Model;
use crate::model::events::{Argument, Event, EventKind};
use crate::model::heap::ObjectKind;
use crate::model::value::{Atom, Value};
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let role = match &event.kind {
            EventKind::Make { entry, .. } => entry.work.as_ref().and_then(|work| work.args.as_deref()),
            EventKind::Method { method, .. } => method.work.as_ref().and_then(|work| work.args.as_deref()),
            _ => continue,
        };
        let Some(role) = role else { continue };
        for sent in sent(check, event) {
            if sent.part != Part::Arguments || sent.argument.param != role {
                continue;
            }
            let Some(what) = not_a_tuple(model, event, &sent.argument.value) else {
                continue;
            };
            if letters_fit(model, event, &sent.argument.value) {
                continue;
            }
            let text = check.text(sent.argument.span);
            let is_unpacked = is_unpacked(model, sent.argument.span);
            let (text, fix) = match is_unpacked {
                true => (format!("{text}[\"{role}\"]"), None),
                false => (text, repair(check, event, role, sent.argument)),
            };
            check.report(
                Draft::new(
                    sent.argument.span,
                    format!("`{role}` must be a tuple of arguments, and `{text}` is {what}"),
                )
                .help(format!("write `{role}=({text},)`"))
                .fix(fix),
            );
        }
    }
}

/// Whether an argument is one of those that `**` hands on: its place is that of all of them.
fn is_unpacked(model: &Model<'_>, argument: Span) -> bool {
    let (file, span) = model.code.locate(argument);
    let before = file.text().get(..span.start as usize).unwrap_or_default();
    before.trim_end().ends_with('*')
}

/// A tuple made of the one argument. Of a string it must be known that the function takes one, not one for each letter.
fn repair(check: &Check<'_>, event: &Event<'_>, role: &str, argument: &Argument<'_>) -> Option<Fix> {
    let model = check.model;
    let (source, call) = check.source(event.span)?;
    let (_, place) = model.code.locate(argument.span);
    let edits = source.as_tuple(call, place)?;
    let message = format!("Make `{role}` a tuple");
    let is_text = argument
        .value
        .atoms()
        .iter()
        .any(|atom| matches!(atom, Atom::Str(_) | Atom::Text | Atom::Sized(_)));
    let takes_one = function(event).is_some_and(|function| model.takes(&function.value, 1));
    Some(if is_text && !takes_one {
        Fix::uncertain(message, edits)
    } else {
        Fix::safe(message, edits)
    })
}

/// The function that the arguments are for.
fn function<'e, 'a>(event: &'e Event<'a>) -> Option<&'e Argument<'a>> {
    let (work, arguments) = match &event.kind {
        EventKind::Make { entry, arguments, .. } => (entry.work.as_ref(), arguments),
        EventKind::Method { method, arguments, .. } => (method.work.as_ref(), arguments),
        _ => return None,
    };
    arguments.get(&work?.func)
}

/// Whether a string has just as many letters as the function takes arguments: it works, and may be meant so.
fn letters_fit(model: &Model<'_>, event: &Event<'_>, value: &Value) -> bool {
    let Some(Atom::Str(text)) = value.single() else {
        return false;
    };
    let letters = model.name(text).chars().count();
    function(event).is_some_and(|function| model.takes(&function.value, letters))
}

/// What a value is that is certainly no iterable of arguments; a string is one, but of its letters.
fn not_a_tuple(model: &Model<'_>, event: &Event<'_>, value: &Value) -> Option<&'static str> {
    let mut first = None;
    for &atom in value.atoms() {
        let what = match atom {
            Atom::Int(_) | Atom::Float(_) | Atom::Scalar | Atom::Bool(_) | Atom::ReadFrom(_) => "a number",
            // One letter is its own tuple of letters: it works, by chance.
            Atom::Str(text) if model.name(text).chars().count() == 1 => return None,
            Atom::Str(text) if model.name(text).is_empty() => return None,
            Atom::Str(_) | Atom::Text | Atom::Sized(_) => "a string, which is taken letter by letter",
            // An attribute of something unknown may be anything.
            Atom::Bound(id) if matches!(model.unbind(id), (Atom::Unknown, _)) => return None,
            Atom::Function(..) | Atom::Bound(_) => "a function",
            Atom::Object(id) => match model.object(id).kind {
                ObjectKind::Library(_) => match model.family(&event.heap, id)? {
                    Family::Iterator
                    | Family::File
                    | Family::Resource
                    | Family::View
                    | Family::Other
                    | Family::Result
                    | Family::DataLoader => {
                        return None;
                    }
                    Family::Shared if model.kind(&event.heap, id)?.name != "value" => return None,
                    _ => "a single object",
                },
                ObjectKind::Instance(class) if !model.may_iterate(&event.heap, class) => "a single object",
                _ => return None,
            },
            _ => return None,
        };
        first.get_or_insert(what);
    }
    first
}
