//! What a child prints is lost where it does not end by itself, and late otherwise.

use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::files::Span;
use crate::findings::Severity;
use crate::model::Model;
use crate::model::events::{ContextId, ContextKind, EventKind};
use crate::model::typestate::States;
use crate::model::value::Atom;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let EventKind::Print { flushed: false } = event.kind else {
            continue;
        };
        if !model.is_child(event.context) || flushes(model, event.context) {
            continue;
        }
        // What is printed last goes out with the process: there is hardly a moment in which it could be ended.
        let last_words = model.ends_right_after(event);
        let draft = match loss(model, event.context).filter(|_| !last_words) {
            Some((span, why)) => Draft::new(
                event.span,
                "what is printed here may be lost: it waits in a buffer of the child",
            )
            .severity(Severity::Warning)
            .related(span, why),
            None => Draft::new(
                event.span,
                "this print waits in the child's buffer, and shows only when the child ends",
            )
            .severity(Severity::Note),
        };
        // Not what was handed `print` to call.
        let fix = check.safe_fix(event.span, "Pass `flush=True`", |source, call| {
            source
                .calls(call, "print")
                .then(|| source.with_keyword(call, "flush", "True"))
                .flatten()
        });
        check.report(
            draft
                .help("pass `flush=True`, or send what is to be logged through a queue")
                .fix(fix),
        );
    }
}

/// Whether the child empties its buffer itself.
fn flushes(model: &Model<'_>, context: ContextId) -> bool {
    model.events().iter().any(|event| {
        matches!(event.kind, EventKind::FlushOutput) && (event.context == context || !model.is_child(event.context))
    })
}

/// Why the child may not come to its own end.
fn loss(model: &Model<'_>, id: ContextId) -> Option<(Span, String)> {
    let context = model.context(id);
    if let Some(object) = context.object {
        for event in model.events() {
            match &event.kind {
                EventKind::Method {
                    object: other, method, ..
                } if *other == object
                    && method.effect == Effect::Terminate
                    && !model.states(event, object).may(States::JOINED) =>
                {
                    return Some((event.span, "it is ended by force here".to_owned()));
                }
                EventKind::Method {
                    object: other, method, ..
                } if *other == object && method.effect == Effect::Start => {
                    let daemon = model
                        .symbol("daemon")
                        .and_then(|name| event.heap.get(object)?.fields.get(name)?.single());
                    if daemon == Some(Atom::Bool(true)) && model.family(&event.heap, object) == Some(Family::Process) {
                        let joined = model.method_events(Effect::Join).any(|(_, joined)| joined == object);
                        if !joined {
                            return Some((
                                event.span,
                                "it is daemonic, and ends when the main process does".to_owned(),
                            ));
                        }
                    }
                }
                _ => {}
            }
        }
    }
    for event in model.events_in(id) {
        if let EventKind::Call { entry, .. } = &event.kind
            && entry.effect == Effect::ExitNow
        {
            return Some((
                event.span,
                "the child ends at once here, and its buffer with it".to_owned(),
            ));
        }
    }
    if let Some(endless) = context.endless
        && context.kind == ContextKind::Child
    {
        let at = model.function(endless).name_span;
        return Some((at, "the child never ends by itself".to_owned()));
    }
    None
}
