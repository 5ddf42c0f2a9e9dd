//! A worker ends its process in the middle of its work.

use super::threads::is_in_daemon_thread;
use super::waits::HANGS;
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::{Expectation, Remedy, StartMethods, SymptomKind, VersionRange};
use crate::model::Model;
use crate::model::events::{Caught, ContextKind, Event, EventKind};
use crate::model::value::{Atom, Value};
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

const BREAKS: &[Expectation] = &[Expectation::raises(
    "BrokenProcessPool",
    StartMethods::all(),
    VersionRange::ANY,
)];

const ENDS_PARENT: &[Expectation] = &[Expectation::always(SymptomKind::Raises)];

const LOSES: &[Expectation] = &[Expectation::always(SymptomKind::WrongResult)];

/// How a process is left.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Exit {
    /// By SystemExit.
    Raised,
    /// At once.
    Now,
}

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let Some(exit) = exit(model, event) else { continue };
        // What is caught may be handled, and a process that was forked by hand is to end like this.
        let handlers = Caught::EXIT | Caught::ANY;
        if (exit == Exit::Raised && event.caught.intersects(handlers)) || forks(model, event) {
            continue;
        }
        match model.context(event.context).kind {
            ContextKind::Task => check_task(check, event, exit),
            // A thread that watches over the process ends it where nothing of it is wanted any more.
            ContextKind::Child if exit == Exit::Now && !is_in_daemon_thread(model, event) => check_child(check, event),
            _ => {}
        }
    }
}

fn exit(model: &Model<'_>, event: &Event<'_>) -> Option<Exit> {
    match &event.kind {
        EventKind::Call { entry, .. } => match entry.effect {
            Effect::ExitNow => Some(Exit::Now),
            Effect::Exit if matches!(entry.canonical.as_str(), "sys.exit" | "builtins.exit" | "builtins.quit") => {
                Some(Exit::Raised)
            }
            _ => None,
        },
        EventKind::Raise { value } => is_system_exit(model, value).then_some(Exit::Raised),
        _ => None,
    }
}

fn is_system_exit(model: &Model<'_>, value: &Value) -> bool {
    matches!(value.single(), Some(Atom::Path(path)) if model.dotted(path) == "builtins.SystemExit")
}

fn forks(model: &Model<'_>, event: &Event<'_>) -> bool {
    model
        .events_in(event.context)
        .any(|other| matches!(&other.kind, EventKind::Call { entry, .. } if entry.effect == Effect::Fork))
}

fn check_task(check: &mut Check<'_>, event: &Event<'_>, exit: Exit) {
    let model = check.model;
    let context = model.context(event.context);
    let Some(pool) = context.object else { return };
    let is_executor = match model.family(&event.heap, pool) {
        Some(Family::Executor) => true,
        Some(Family::Pool) => false,
        _ => return,
    };
    let (message, shown): (&str, &'static [Expectation]) = match (is_executor, exit) {
        (false, _) => (
            "this ends the worker and no result is sent: whoever waits for the task waits for ever",
            &[HANGS],
        ),
        (true, Exit::Raised) => (
            "this is sent to the parent like any exception, and ends the parent when it asks for the result",
            ENDS_PARENT,
        ),
        (true, Exit::Now) => ("this ends the worker at once, and breaks the executor with it", BREAKS),
    };
    let (methods, named) = check.methods_of(event, pool);
    let mut draft = Draft::new(event.span, message)
        .under(methods, named)
        .showing(shown)
        .remedy(Remedy::TaskAlone)
        .help("raise an exception, or return something that says that the task could not be done");
    if let Some((_, _, started)) = context.started {
        draft = draft.related(started, "the task is handed over here");
    }
    check.report(draft);
}

/// A child that is left at once, with something on its way.
fn check_child(check: &mut Check<'_>, event: &Event<'_>) {
    let model = check.model;
    let mut before = model
        .events_in(event.context)
        .take_while(|other| !std::ptr::eq(*other, event))
        .collect::<Vec<_>>();
    before.reverse();
    let mut put = None;
    for other in before {
        match other.effect() {
            Some((queue, Effect::Flush)) if put.is_none_or(|(_, its)| its == queue) => return,
            // Who has waited since has given the queue its time.
            Some((_, Effect::Get | Effect::Recv | Effect::Wait | Effect::JoinTasks)) if put.is_none() => return,
            Some((queue, Effect::Put)) if put.is_none() && is_fed(model, other, queue) => put = Some((other, queue)),
            _ => {}
        }
    }
    let Some((put, queue)) = put else { return };
    let waits = model
        .method_events(Effect::Get)
        .any(|(get, object)| object == queue && get.context != event.context && !model.is_bounded(get));
    let Some(process) = model.context(event.context).object else {
        return;
    };
    let (methods, named) = check.methods_of(event, process);
    let draft = Draft::new(
        event.span,
        "this ends the process at once, before what it has put into a queue has gone out",
    )
    .under(methods, named)
    .showing(if waits { &[HANGS] } else { LOSES })
    .related(put.span, "it is put here, and written by a thread a moment later")
    .remedy(Remedy::ExitsAsUsual)
    .help("leave by `sys.exit()`, or call `close()` and `join_thread()` of the queue first");
    check.report(draft);
}

fn is_fed(model: &Model<'_>, event: &Event<'_>, queue: crate::model::heap::ObjectId) -> bool {
    model.kind(&event.heap, queue).is_some_and(|kind| {
        kind.family == Family::Queue && kind.methods.values().any(|method| method.effect == Effect::Flush)
    })
}
