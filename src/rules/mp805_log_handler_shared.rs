//! Several processes open the same log file, and cut it off or rename it under each other's feet.

use rustc_hash::FxHashSet;

use super::shared_file::{OF_EACH, shared_file};
use super::{Check, Hook};
use crate::api::{Effect, Entry};
use crate::findings::{Confidence, Expectation, Remedy, StartMethods, SymptomKind};
use crate::model::Model;
use crate::model::events::{Arguments, ContextKind, Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::value::Atom;
use crate::python::ir::{FunctionId, OpKind, Place};
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

const ROTATES: &[Expectation] = &[Expectation::always(SymptomKind::WrongResult)];

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let (entry, arguments) = match &event.kind {
            EventKind::Make { entry, arguments, .. } | EventKind::Call { entry, arguments } => (*entry, arguments),
            _ => continue,
        };
        if opens_anew(entry, arguments, model) {
            check_import(check, event);
        } else if entry.canonical.ends_with("RotatingFileHandler") {
            check_worker(check, event, arguments);
            check_inherited(check, event);
        }
    }
}

/// Whether a call opens a log file and cuts off what is in it.
fn opens_anew(entry: &Entry, arguments: &Arguments<'_>, model: &Model<'_>) -> bool {
    let mode = match entry.canonical.as_str() {
        "logging.FileHandler" => "mode",
        "logging.basicConfig" if arguments.get("filename").is_some() => "filemode",
        _ => return false,
    };
    let mode = arguments.get(mode).and_then(|mode| mode.value.single());
    matches!(mode, Some(Atom::Str(mode)) if model.name(mode).starts_with('w'))
}

/// The process that a program starts first, of those that import its modules.
fn first_starter(model: &Model<'_>) -> Option<ObjectId> {
    model
        .contexts()
        .filter(|(_, context)| context.kind.is_of_other_process())
        .find_map(|(_, context)| context.object)
}

/// A file that is opened when a module is imported, which every child does.
fn check_import(check: &mut Check<'_>, event: &Event<'_>) {
    let model = check.model;
    if event.main_only || model.context(event.context).kind != ContextKind::Main || is_of_each(model, event) {
        return;
    }
    let Some(starter) = first_starter(model) else { return };
    let (methods, named) = check.methods_of(event, starter);
    let mut draft = Draft::new(
        event.span,
        "every child that imports this opens the log file anew, and cuts off what is in it",
    )
    .under(methods & StartMethods::PICKLING, named)
    .remedy(Remedy::FileGrows)
    .help("open it under the main guard, and let the children send their records by a `QueueHandler`");
    let started = model.contexts().find(|(_, context)| context.object == Some(starter));
    if let Some((_, _, started)) = started.and_then(|(_, context)| context.started) {
        draft = draft.related(started, "a child is started here");
    }
    check.report(draft);
}

/// Whether something that an import runs makes a path of each process, by whatever name it is imported.
fn is_of_each(model: &Model<'_>, event: &Event<'_>) -> bool {
    let functions: FxHashSet<FunctionId> = model
        .chains()
        .filter(|(_, chain)| chain.context == event.context)
        .map(|(_, chain)| chain.function)
        .collect();
    functions.into_iter().any(|function| {
        let ops = model.function(function).blocks.iter().flat_map(|block| &block.ops);
        ops.into_iter().any(|op| match op.kind {
            OpKind::Attr { name, .. }
            | OpKind::ImportFrom { name, .. }
            | OpKind::Load {
                place: Place::Global(name),
                ..
            } => OF_EACH.contains(&model.name(name)),
            _ => false,
        })
    })
}

/// A rotating file that the main process opens, or every process that imports the module, and that several workers log to.
fn check_inherited(check: &mut Check<'_>, event: &Event<'_>) {
    let model = check.model;
    let EventKind::Make { object: handler, .. } = event.kind else {
        return;
    };
    // What a listener writes to is used by one process alone, and so is what a worker replaces.
    let is_attached = model.events().iter().any(|other| match &other.kind {
        EventKind::Call { entry, arguments } if entry.effect == Effect::ConfiguresLogging => arguments
            .list
            .iter()
            .any(|argument| model.reachable(&other.heap, &argument.value).contains(&handler)),
        _ => false,
    });
    let is_replaced = model.events().iter().any(|other| {
        matches!(&other.kind, EventKind::Call { entry, .. } if entry.effect == Effect::ConfiguresLogging)
            && model.is_child(other.context)
    });
    if model.context(event.context).kind != ContextKind::Main || !is_attached || is_replaced || is_of_each(model, event)
    {
        return;
    }
    let mut starters = Vec::new();
    let mut several = false;
    for other in model.events() {
        let logs = matches!(&other.kind, EventKind::Call { entry, .. } if entry.effect == Effect::Logs);
        let Some(process) = model.process_of(other.context).filter(|_| logs) else {
            continue;
        };
        let context = model.context(process);
        let Some(starter) = context.object else { continue };
        several |= context.many || context.kind == ContextKind::Task || starters.iter().any(|its| *its != starter);
        starters.push(starter);
    }
    let Some(starter) = starters.first().filter(|_| several) else {
        return;
    };
    let (methods, named) = check.methods_of(event, *starter);
    let under = if event.main_only {
        methods & StartMethods::FORK
    } else {
        methods
    };
    let draft = Draft::new(
        event.span,
        "several workers log to this file, and each of them renames it under the feet of the others when it is full",
    )
    .under(under, named)
    .showing(ROTATES)
    .confidence(Confidence::Medium)
    .remedy(Remedy::FileGrows)
    .help("let one process write, and send it the records by a `QueueHandler`");
    check.report(draft);
}

/// A rotating file that each of several workers opens.
fn check_worker(check: &mut Check<'_>, event: &Event<'_>, arguments: &Arguments<'_>) {
    let model = check.model;
    let Some(process) = model.process_of(event.context) else {
        return;
    };
    let Some(path) = shared_file(model, event, arguments, "filename").filter(|_| event.context == process) else {
        return;
    };
    let context = model.context(process);
    let is_other = |other: &Event<'_>| {
        let is_same = matches!(&other.kind, EventKind::Make { arguments, .. }
            if shared_file(model, other, arguments, "filename") == Some(path));
        is_same && model.process_of(other.context).is_some_and(|there| there != process)
    };
    let several = context.many || context.kind != ContextKind::Child || model.events().iter().any(is_other);
    let Some(starter) = context.object.filter(|_| several) else {
        return;
    };
    let (methods, named) = check.methods_of(event, starter);
    let draft = Draft::new(
        event.span,
        "every worker opens and renames the same log files, and takes them away from the others",
    )
    .under(methods, named)
    .showing(ROTATES)
    .confidence(Confidence::Medium)
    .remedy(Remedy::FileGrows)
    .help("let one process write, and send it the records by a `QueueHandler`");
    check.report(draft);
}
