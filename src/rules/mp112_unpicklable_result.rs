//! A task returns something that cannot be pickled.

use super::tasks::{Task, function_of, submitted, task_of};
use super::{Check, Hook};
use crate::api::Family;
use crate::files::Span;
use crate::findings::{Expectation, Severity};
use crate::model::crossing::{Look, Obstacle, find};
use crate::model::events::EventKind;
use crate::python::ir::FunctionKind;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

const IN_A_POOL: &[Expectation] = &[Expectation::always_raises("MaybeEncodingError")];
const TYPE: &[Expectation] = &[Expectation::always_raises("TypeError")];

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        if let EventKind::Return { value } = &event.kind {
            // What it gives is a coroutine, whatever it returns to who awaits it.
            if model.function(event.function).kind == FunctionKind::AsyncDef {
                continue;
            }
            let Some(task) = task_of(model, event.context) else {
                continue;
            };
            let look = Look {
                inherited: true,
                bound: true,
                ..Look::default()
            };
            let Some(found) = find(model, &event.heap, value, false, look) else {
                continue;
            };
            let draft = Draft::new(
                event.span,
                format!(
                    "{} is returned by a task, and pickle cannot send it back",
                    found.describe(model)
                ),
            );
            let version = match &found {
                Obstacle::Kind { from, .. } => *from,
                _ => None,
            };
            let mut draft = draft
                .from_version(version)
                .related(task.event.span, "the task is handed over here");
            if let Some(made) = found.defined_at(model)
                && !event.span.contains(made)
            {
                draft = draft.related(made, "it is made here");
            }
            report(check, draft, &task, found.raises(model));
            continue;
        }
        if let Some(task) = submitted(model, event) {
            generator(check, &task);
        }
    }
}

/// A generator function or a coroutine function as the work of a task: no code of it runs before its result is sent.
fn generator(check: &mut Check<'_>, task: &Task<'_, '_>) {
    let model = check.model;
    let Some(argument) = task
        .method
        .work
        .as_ref()
        .and_then(|work| task.arguments.get(&work.func))
    else {
        return;
    };
    let Some(id) = function_of(model, &task.event.heap, &argument.value) else {
        return;
    };
    let function = model.function(id);
    // A decorator may use it up.
    if model.is_wrapped(id) || function.kind == FunctionKind::Lambda {
        return;
    }
    let what = match function.kind {
        FunctionKind::AsyncDef if function.is_generator => "an asynchronous generator",
        FunctionKind::AsyncDef => "a coroutine",
        _ if function.is_generator => "a generator",
        _ => return,
    };
    let help = if function.kind == FunctionKind::AsyncDef {
        "send a function that runs it: `asyncio.run(…)`"
    } else {
        "send a function that makes a list of it"
    };
    let name = model.function_name(id);
    let defined: Span = function.name_span;
    let draft = Draft::new(
        argument.span,
        format!("a call of `{name}` gives {what}, and pickle cannot send that back as the result"),
    )
    .related(defined, "it is defined here")
    .help(help);
    report(check, draft, task, TYPE);
}

fn report(check: &mut Check<'_>, draft: Draft, task: &Task<'_, '_>, raises: &'static [Expectation]) {
    let model = check.model;
    let EventKind::Method { object, .. } = task.event.kind else {
        return;
    };
    let (methods, named) = check.methods_of(task.event, object);
    let mut draft = draft
        .under(methods, named)
        .showing(if task.family == Family::Pool { IN_A_POOL } else { raises });
    if task.is_dropped(model) {
        draft = draft.severity(Severity::Warning);
    }
    check.report(draft);
}
