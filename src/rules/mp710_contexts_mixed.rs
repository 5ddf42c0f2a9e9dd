//! What a fork context made is given to a process that is not forked.

use rustc_hash::FxHashSet;

use super::methods::chosen_method;
use super::sent::sent;
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::files::Span;
use crate::findings::{Remedy, StartMethod, StartMethods};
use crate::model::Model;
use crate::model::events::{Event, EventKind};
use crate::model::heap::{Heap, ObjectId, ObjectKind};
use crate::model::value::{Atom, Value};

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    let mut said = FxHashSet::default();
    for event in model.events() {
        for crossing in crossings(check, event) {
            let Some(process) = chosen_method(model, &event.heap, crossing.by) else {
                continue;
            };
            for &object in &crossing.objects {
                let Some(fails) = fails(model, event, object, process) else {
                    continue;
                };
                if !said.insert((crossing.by, object)) {
                    continue;
                }
                let noun = model.kind(&event.heap, object).map_or("object", |kind| &kind.noun);
                let message = format!("this {noun} of a `fork` context cannot go to a process that is not forked");
                let draft = check
                    .about(event, crossing.by, message)
                    .under(fails.0, fails.1)
                    .at(crossing.place)
                    .related(check.made_at(object), format!("the {noun} is made here"))
                    .remedy(Remedy::OneContext)
                    .help("make both by the same context: `context.Lock()` and `context.Process(…)`");
                check.report(draft);
            }
        }
    }
}

/// What goes along with a process that is started, or with the workers of a pool.
struct Crossing {
    by: ObjectId,
    objects: Vec<ObjectId>,
    place: Span,
}

fn crossings(check: &Check<'_>, event: &Event<'_>) -> Vec<Crossing> {
    let model = check.model;
    let reached = |value: &Value| {
        let mut objects: Vec<ObjectId> = model.reachable(&event.heap, value).into_iter().collect();
        objects.retain(|object| holds_semaphore(model, &event.heap, *object));
        objects.sort_unstable();
        objects
    };
    match event.kind {
        EventKind::Make { .. } => {
            let sent = sent(check, event).into_iter().filter(|sent| sent.along);
            let crossing = sent.filter_map(|sent| {
                Some(Crossing {
                    by: sent.by?,
                    objects: reached(&sent.value),
                    place: sent.argument.span,
                })
            });
            crossing.collect()
        }
        // The attributes of a process class.
        EventKind::Method { object, method, .. } if method.effect == Effect::Start => {
            if !matches!(model.object(object).kind, ObjectKind::Instance(_)) {
                return Vec::new();
            }
            let fields = event
                .heap
                .get(object)
                .into_iter()
                .flat_map(|object| object.fields.iter());
            let own = fields.filter(|(name, _)| !model.name(*name).starts_with('@'));
            let crossing = own.map(|(_, value)| Crossing {
                by: object,
                objects: reached(value),
                place: event.span,
            });
            crossing.collect()
        }
        _ => Vec::new(),
    }
}

/// Whether an object is one of those that hold a semaphore with a name.
fn holds_semaphore(model: &Model<'_>, heap: &Heap, object: ObjectId) -> bool {
    model.kind(heap, object).is_some_and(|kind| match kind.family {
        Family::Queue | Family::Lock | Family::Event | Family::Condition | Family::Barrier => {
            !kind.name.starts_with("manager")
        }
        Family::Shared => kind.locks,
        _ => false,
    })
}

/// What has the semaphore of an object: a shared value has that of the lock it was given, `Value("i", 0, lock=lock)`.
fn semaphore_of(model: &Model<'_>, event: &Event<'_>, object: ObjectId) -> ObjectId {
    let lock = model.role(&event.heap, object, "@lock").and_then(Value::single);
    match lock {
        Some(Atom::Object(lock)) if holds_semaphore(model, &event.heap, lock) => lock,
        _ => object,
    }
}

/// Under which default methods an object is of a fork context and the process is not forked, and whether the program itself
/// names what it takes to be so.
fn fails(
    model: &Model<'_>,
    event: &Event<'_>,
    object: ObjectId,
    process: Option<StartMethod>,
) -> Option<(StartMethods, bool)> {
    let made_by = chosen_method(model, &event.heap, semaphore_of(model, event, object))?;
    let is_mixed = |default: StartMethod| {
        made_by.unwrap_or(default) == StartMethod::Fork && process.unwrap_or(default) != StartMethod::Fork
    };
    let fails = StartMethods::all().members().filter(|&default| is_mixed(default));
    let fails = fails.fold(StartMethods::empty(), |all, method| all | method.into());
    (!fails.is_empty()).then_some((fails, made_by.is_some() && process.is_some()))
}
