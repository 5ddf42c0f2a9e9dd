//! What a manager made is used after the manager has ended.

use super::sent::sent;
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::Remedy;
use crate::model::Model;
use crate::model::events::{Event, EventKind};
use crate::model::heap::{Heap, ObjectId};
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        if let Some((proxy, manager)) = used(model, event)
            && model.states(event, manager).must(States::CLOSED)
        {
            let noun = model.kind(&event.heap, proxy).map_or("proxy", |kind| &kind.noun);
            let draft = Draft::new(event.span, format!("this {noun} is used after its manager has ended"))
                .related(check.made_at(manager), "the manager")
                .remedy(Remedy::ManagerStays)
                .help("use it, or copy what it holds, before the manager's block ends");
            check.report(draft);
        }
        for proxy in dropped(check, event) {
            let draft = Draft::new(
                check.made_at(proxy),
                "nothing keeps this manager: it ends as soon as the process has been started",
            )
            .remedy(Remedy::ManagerStays)
            .help("keep the manager in a variable, best by `with Manager() as manager:`");
            check.report(draft);
        }
    }
}

/// The proxy that an event uses, with its manager.
fn used(model: &Model<'_>, event: &Event<'_>) -> Option<(ObjectId, ObjectId)> {
    let proxy = match event.kind {
        EventKind::Method { object, .. }
        | EventKind::Access { object, .. }
        | EventKind::Update { object, .. }
        | EventKind::TakeLock { lock: object }
        | EventKind::CopyChange { object } => object,
        _ => return None,
    };
    Some((proxy, manager_of(model, &event.heap, proxy)?))
}

fn manager_of(model: &Model<'_>, heap: &Heap, proxy: ObjectId) -> Option<ObjectId> {
    match model.role(heap, proxy, "@object").and_then(Value::single)? {
        Atom::Object(manager) if model.family(heap, manager) == Some(Family::Manager) => Some(manager),
        _ => None,
    }
}

/// The proxies that are made among the arguments of a new process, by a manager that no variable has ever held.
fn dropped(check: &Check<'_>, event: &Event<'_>) -> Vec<ObjectId> {
    let model = check.model;
    let EventKind::Make { object, .. } = event.kind else {
        return Vec::new();
    };
    if model.family(&event.heap, object) != Some(Family::Process) {
        return Vec::new();
    }
    let starts = model.method_events(Effect::Start).any(|(_, started)| started == object);
    let sent = sent(check, event).into_iter().filter(|_| starts);
    let mut proxies = Vec::new();
    for sent in sent {
        for proxy in model.reachable(&event.heap, &sent.value) {
            let manager = manager_of(model, &event.heap, proxy);
            let is_dropped = manager.is_some_and(|manager| !model.was_kept(manager));
            if is_dropped && sent.argument.span.contains(check.made_at(proxy)) {
                proxies.push(proxy);
            }
        }
    }
    proxies.sort_unstable();
    proxies
}
