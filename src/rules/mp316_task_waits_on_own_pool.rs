//! A task hands work to the pool or executor that runs it.

use super::foreign::{asks_whose, is_sent_along, is_true_of_all};
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::{Expectation, Remedy};
use crate::model::Model;
use crate::model::events::{ContextKind, Event, EventKind};
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::value::Atom;

pub(super) const HOOK: Hook = Hook::Model(check);

/// The name is not bound in a worker that was there before the pool had it.
const UNBOUND: Expectation = Expectation::always_raises("NameError");
/// It is bound to what it held before.
const NOT_YET_SET: Expectation = Expectation::always_raises("AttributeError");

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let Some((object, Effect::Submit)) = event.effect() else {
            continue;
        };
        if !is_true_of_all(model, event, |event, object| is_own(check, event, object)) {
            continue;
        }
        let receiver = check.receiver(event);
        let is_pool = model.family(&event.heap, object) == Some(Family::Pool);
        let noun = model.kind(&event.heap, object).map_or("pool", |kind| &kind.noun);
        let mut draft = check
            .about(
                event,
                object,
                if is_pool {
                    format!("this runs in a worker of `{receiver}`, which was made before the {noun} had a name")
                } else {
                    format!(
                        "this runs in a worker of `{receiver}`, which waits for ever if it hands work to its own {noun}"
                    )
                },
            )
            .remedy(Remedy::WaitEnds)
            .related(check.made_at(object), format!("the {noun} is made here"))
            .help("let the parent hand out the second round of tasks, or make another pool in the task");
        if is_pool {
            draft = draft.showing(match before(model, event, object) {
                Some(Before::Unbound) => &[UNBOUND],
                Some(Before::Other) => &[NOT_YET_SET],
                None => &[],
            });
        }
        check.report(draft);
    }
}

/// Whether an event of a task hands work to the pool that runs the task, and the task did not get the pool by pickle.
fn is_own(check: &Check<'_>, event: &Event<'_>, object: ObjectId) -> bool {
    let model = check.model;
    let Some(worker) = model.process_of(event.context) else {
        return false;
    };
    let context = model.context(worker);
    matches!(model.family(&event.heap, object), Some(Family::Pool | Family::Executor))
        && context.kind != ContextKind::Child
        && context.object == Some(object)
        && !is_sent_along(check, worker, object)
        && !asks_whose(model, event.chain)
}

/// What the place that holds a pool held when the workers were made.
enum Before {
    /// Nothing: there was no such name.
    Unbound,
    /// Something else, such as `None`, or no such attribute.
    Other,
}

/// What a worker of a pool finds where the program keeps the pool.
fn before(model: &Model<'_>, event: &Event<'_>, pool: ObjectId) -> Option<Before> {
    let made = model
        .events()
        .iter()
        .find(|event| matches!(event.kind, EventKind::Make { object, .. } if object == pool))?;
    event.heap.iter().find_map(|(holder, object)| {
        let kind = model.object(holder).kind;
        let (name, _) = object
            .fields
            .iter()
            .find(|(_, value)| value.atoms().contains(&Atom::Object(pool)))?;
        match kind {
            ObjectKind::Namespace => {
                let was_there = made
                    .heap
                    .get(holder)
                    .and_then(|holder| holder.fields.get(name))
                    .is_some();
                Some(if was_there { Before::Other } else { Before::Unbound })
            }
            ObjectKind::Class(_) | ObjectKind::Instance(_) => Some(Before::Other),
            _ => None,
        }
    })
}
