//! A daemonic process, or a worker of a pool, starts a process.

use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::model::Model;
use crate::model::events::{Caught, ContextId, ContextKind, Event, EventKind};
use crate::model::heap::{Heap, ObjectId, ObjectKind};
use crate::model::value::Atom;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let Some((object, what)) = starts(model, event) else {
            continue;
        };
        let Some(process) = model.process_of(event.context) else {
            continue;
        };
        let Some((parent, role)) = daemon(model, event, process) else {
            continue;
        };
        if event.caught.contains(Caught::ASSERTION)
            || asks_whether_daemonic(model, event.context)
            || !is_refused(model, &event.heap, parent, object)
        {
            continue;
        }
        let mut draft = check
            .about(event, parent, format!("{what}, and {role} may not have children"))
            .help(match model.context(process).kind {
                ContextKind::Child => "make the process that runs this no daemon",
                _ => "run the outer tasks in a `ProcessPoolExecutor`, whose workers are not daemonic",
            });
        if let Some((_, _, span)) = model.context(process).started {
            draft = draft.related(span, "it is started here");
        }
        check.report(draft);
    }
}

/// What an event starts, in words that begin the message.
fn starts(model: &Model<'_>, event: &Event<'_>) -> Option<(ObjectId, String)> {
    match &event.kind {
        EventKind::Make { object, entry, .. } if entry.effect == Effect::StartWorkers => {
            let noun = &model.kind(&event.heap, *object)?.noun;
            Some((*object, format!("this starts the processes of a {noun}")))
        }
        EventKind::Method { object, method, .. } => {
            let what = match (model.family(&event.heap, *object)?, method.effect) {
                (Family::Process, Effect::Start) => "a process is started",
                (Family::Executor, Effect::Submit) => "this starts the processes of an executor",
                (Family::Manager, Effect::StartWorkers) => "this starts the process of a manager",
                _ => return None,
            };
            Some((*object, what.to_owned()))
        }
        EventKind::Iterate { object } => Some((*object, "iterating this data loader starts its workers".to_owned())),
        _ => None,
    }
}

/// What makes the process of a context daemonic, if it is for certain, in words.
fn daemon(model: &Model<'_>, event: &Event<'_>, process: ContextId) -> Option<(ObjectId, &'static str)> {
    let context = model.context(process);
    let parent = context.object?;
    let class = match model.object(parent).kind {
        ObjectKind::Instance(class) => Some(class),
        _ => None,
    };
    match context.kind {
        ContextKind::Task | ContextKind::Initializer => {
            // A subclass may make its workers of another class, and so may a context of the program's own.
            let is_plain = class.is_none() && !has_context_of_its_own(model, &event.heap, parent);
            (model.family(&event.heap, parent) == Some(Family::Pool) && is_plain)
                .then_some((parent, "the daemonic worker of a pool"))
        }
        _ => {
            let says_itself = |class| {
                ["daemon", "_config"]
                    .iter()
                    .any(|name| model.class_defines(class, name))
            };
            if class.is_some_and(says_itself) {
                return None;
            }
            let daemon = model.role(&event.heap, parent, "daemon")?;
            (daemon.single() == Some(Atom::Bool(true))).then_some((parent, "a daemonic process"))
        }
    }
}

/// Whether a pool was given a context that is not one of the library's.
fn has_context_of_its_own(model: &Model<'_>, heap: &Heap, pool: ObjectId) -> bool {
    let given = model
        .role(heap, pool, "context")
        .into_iter()
        .flat_map(|value| value.atoms());
    let through = model.object(pool).context.map(Atom::Object);
    given.copied().chain(through).any(|atom| match atom {
        Atom::None => false,
        Atom::Object(context) => !matches!(model.object(context).kind, ObjectKind::Library(_)),
        _ => true,
    })
}

/// Whether the code of a context looks at `current_process().daemon`: it knows what it may do.
fn asks_whether_daemonic(model: &Model<'_>, context: ContextId) -> bool {
    model.events_in(context).any(|event| {
        matches!(&event.kind, EventKind::Method { method, name, .. } if method.effect == Effect::WhoAmI && model.name(*name) == "daemon")
    })
}

/// Whether the library of what is started looks at the library of the daemonic process. Billiard does not ask at all,
/// and `multiprocess` has a notion of its own of which process it is in.
fn is_refused(model: &Model<'_>, heap: &Heap, parent: ObjectId, started: ObjectId) -> bool {
    let library = |object: ObjectId| {
        let path = model.object(object).path.or_else(|| match model.object(object).kind {
            ObjectKind::Instance(class) => model.library_base(heap, class, 0),
            _ => None,
        });
        path.map(|path| model.dotted(path).split('.').next().unwrap_or_default())
    };
    match library(started) {
        Some("billiard" | "loky" | "joblib") | None => false,
        Some("multiprocess") => library(parent) == Some("multiprocess"),
        Some(_) => library(parent).is_some_and(|parent| parent != "multiprocess"),
    }
}
