//! A daemonic process is ended with the program, in the middle of its work.

use super::lifetime::{hands_over, is_daemonic, is_looked_after, may_wait_between, start_place, starts};
use super::waits::blocks;
use super::{Check, Hook};
use crate::api::Effect;
use crate::model::Model;
use crate::model::events::{ContextId, ContextKind, EventKind};
use crate::model::heap::ObjectId;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for (at, event, object) in starts(model) {
        let parent = model.context(event.context);
        let ends_at_once = parent.kind == ContextKind::Main
            && event.main_only
            && !parent.cut_short
            && parent.endless.is_none()
            && parent.exit.is_some()
            && !may_wait_between(model, event.context, at, None);
        if !ends_at_once
            || is_daemonic(model, &event.heap, object) != Some(true)
            || is_looked_after(model, object)
            || hands_over(model, object)
        {
            continue;
        }
        let Some(work) = lost_work(model, object) else {
            continue;
        };
        let (methods, named) = check.methods_of(event, object);
        let draft = Draft::new(
            start_place(model, event),
            "this process is daemonic and the program ends at once: its work is lost",
        )
        .under(methods, named)
        .related(work, "it does not get this far")
        .help("call `join()` before the program ends, or do not make it daemonic");
        check.report(draft);
    }
}

/// Where a process leaves something behind, if all that it runs is known, and plainly ends.
fn lost_work(model: &Model<'_>, process: ObjectId) -> Option<crate::files::Span> {
    let mut work = None;
    for (id, context) in model.contexts_of(process) {
        let is_known = context.known && !context.cut_short && context.endless.is_none() && context.exit.is_some();
        if !is_known || model.calls_unknown_code(id) || blocks(model, id).is_some() {
            return None;
        }
        work = work.or(leaves(model, id));
    }
    work
}

/// Something that a context leaves behind: output, a file, a value that processes share.
fn leaves(model: &Model<'_>, context: ContextId) -> Option<crate::files::Span> {
    model.events_in(context).find_map(|event| {
        let is_work = match &event.kind {
            EventKind::Print { .. } | EventKind::Update { .. } | EventKind::Access { sets: true, .. } => true,
            EventKind::Method { method, .. } => matches!(method.effect, Effect::Put | Effect::Writes),
            EventKind::Call { entry, .. } => entry.effect == Effect::Writes,
            _ => false,
        };
        is_work.then_some(event.span)
    })
}
