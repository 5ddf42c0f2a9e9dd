//! A shared value is read, changed and written back without its lock, by several processes.

use rustc_hash::FxHashMap;

use super::{Check, Hook};
use crate::model::Model;
use crate::model::events::{ContextId, EventKind};
use crate::model::heap::ObjectId;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    let mut writers: FxHashMap<ObjectId, Vec<ContextId>> = FxHashMap::default();
    for event in model.events() {
        if let EventKind::Update { object } = event.kind {
            let contexts = writers.entry(object).or_default();
            if !contexts.contains(&event.context) {
                contexts.push(event.context);
            }
        }
    }
    for event in model.events() {
        let EventKind::Update { object } = event.kind else {
            continue;
        };
        if !event.held.is_empty() || event.maybe_locked {
            continue;
        }
        let contexts = writers.get(&object).map(Vec::as_slice).unwrap_or_default();
        let processes: usize = contexts
            .iter()
            .map(|&context| processes_of(model, event, object, context))
            .sum();
        if processes < 2 {
            continue;
        }
        let target = check.text(event.span);
        let draft = Draft::new(
            event.span,
            format!("`{target}` is read and written back in two steps, and another process may come in between"),
        )
        .related(check.made_at(object), "the shared object is made here")
        .help("do it under a lock that all of them share, such as `with value.get_lock():`");
        check.report(draft);
    }
}

/// How many processes a context stands for, as far as this object goes: one each where each has an object of its own.
fn processes_of(
    model: &Model<'_>,
    event: &crate::model::events::Event<'_>,
    object: ObjectId,
    context: ContextId,
) -> usize {
    let own = event.heap.get(object).is_some_and(|object| object.many);
    if own || !model.context(context).many { 1 } else { 2 }
}
