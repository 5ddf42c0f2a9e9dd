//! An exception that a task raises or returns cannot be rebuilt in the parent, or ends the worker.

use super::tasks::task_of;
use super::{Check, Hook};
use crate::api::{ExceptionClass, Family};
use crate::findings::{Expectation, SymptomKind};
use crate::model::Model;
use crate::model::events::{Event, EventKind};
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::raising::ExceptionNames;
use crate::model::value::{Atom, Value};
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

const HANGS: &[Expectation] = &[Expectation::always(SymptomKind::Hangs)];
const BREAKS: &[Expectation] = &[Expectation::always_raises("BrokenProcessPool")];

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        match &event.kind {
            EventKind::Raise { value } => raised(check, event, value),
            EventKind::Return { value } => {
                for exception in returned(model, event, value) {
                    misfit(check, event, exception, "returns");
                }
            }
            _ => {}
        }
    }
}

fn raised(check: &mut Check<'_>, event: &Event<'_>, value: &Value) {
    let model = check.model;
    match value.single() {
        Some(Atom::Object(exception)) => {
            let ObjectKind::Instance(class) = model.object(exception).kind else {
                return;
            };
            let Some(kind) = model.exception_class(&event.heap, class) else {
                return;
            };
            if model.is_caught(event, &model.exception_names(&event.heap, class)) {
                return;
            }
            match kind {
                ExceptionClass::Base => {
                    let name = model.class_name(class);
                    ends_worker(check, event, &name);
                    misfit(check, event, exception, "raises");
                }
                // It leaves the worker in a way of its own.
                ExceptionClass::Exit => {}
                ExceptionClass::Plain | ExceptionClass::Os => misfit(check, event, exception, "raises"),
            }
        }
        Some(Atom::Path(path)) => {
            let dotted = model.dotted(path);
            let name = dotted.rsplit('.').next().unwrap_or(dotted);
            if model.api().exception(dotted) == Some(ExceptionClass::Base)
                && !model.is_caught(event, &ExceptionNames::of_base(name))
            {
                ends_worker(check, event, name);
            }
        }
        _ => {}
    }
}

/// The exceptions in what a task returns: itself, or in a tuple, list or dict of it.
fn returned(model: &Model<'_>, event: &Event<'_>, value: &Value) -> Vec<ObjectId> {
    let Some(Atom::Object(id)) = value.single() else {
        return Vec::new();
    };
    match model.object(id).kind {
        ObjectKind::Instance(_) => vec![id],
        ObjectKind::Tuple | ObjectKind::List => event
            .heap
            .get(id)
            .and_then(|object| object.items.as_deref())
            .into_iter()
            .flatten()
            .filter_map(|item| match item.single() {
                Some(Atom::Object(item)) if matches!(model.object(item).kind, ObjectKind::Instance(_)) => Some(item),
                _ => None,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// A `BaseException` that is no `Exception` leaves the task, and with it the worker of a pool.
fn ends_worker(check: &mut Check<'_>, event: &Event<'_>, name: &str) {
    let model = check.model;
    let Some(task) = task_of(model, event.context).filter(|task| task.family == Family::Pool) else {
        return;
    };
    let draft = Draft::new(
        event.span,
        format!("`{name}` is no `Exception`: it ends the worker of the pool, and the result never comes"),
    )
    .showing(HANGS)
    .related(task.event.span, "the task is handed over here")
    .help("raise an `Exception` instead");
    check.report(draft);
}

fn misfit(check: &mut Check<'_>, event: &Event<'_>, exception: ObjectId, does: &str) {
    let model = check.model;
    let ObjectKind::Instance(class) = model.object(exception).kind else {
        return;
    };
    let Some(misfit) = model.args_misfit(&event.heap, exception) else {
        return;
    };
    let Some(task) = task_of(model, event.context) else {
        return;
    };
    let name = model.class_name(class);
    let (expect, consequence) = match task.family {
        Family::Pool => (HANGS, "the pool waits for ever"),
        _ => (BREAKS, "the executor is broken"),
    };
    let args = match misfit.count {
        0 => "no arguments".to_owned(),
        1 => "one argument".to_owned(),
        count => format!("{count} arguments"),
    };
    let draft = Draft::new(
        event.span,
        format!("the task {does} `{name}`, which is rebuilt with {args} in the parent, and `__init__` does not take that: {consequence}"),
    )
    .showing(expect)
    .related(model.function(misfit.init).name_span, "this `__init__` is called again")
    .related(task.event.span, "the task is handed over here")
    .help("hand all arguments of `__init__` on to `super().__init__()`, or define `__reduce__`");
    check.report(draft);
}
