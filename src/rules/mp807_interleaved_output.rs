//! Several processes print parts of lines to one stream.

use rustc_hash::FxHashSet;

use super::supply::is_in_loop;
use super::{Check, Hook};
use crate::files::Span;
use crate::findings::{PythonVersion, Severity};
use crate::model::Model;
use crate::model::events::{ContextKind, Event, EventKind};
use crate::python::ir::{ArgKind, Block, Const, Function, OpKind, Temp};
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    let mut said = FxHashSet::default();
    for event in model.events() {
        let Some(process) = model.process_of(event.context) else {
            continue;
        };
        let is_open = leaves_line_open(model, model.function(event.function), event.span);
        if !is_unlocked_print(event) || !(is_open || fills_buffer(model, event)) {
            continue;
        }
        let context = model.context(process);
        let is_beside = |other: &Event<'_>| {
            is_unlocked_print(other) && model.process_of(other.context).is_some_and(|there| there != process)
        };
        let several = context.many || context.kind == ContextKind::Task || model.events().iter().any(is_beside);
        let Some(starter) = context.object.filter(|_| several) else {
            continue;
        };
        // One line of a function is one mistake, however many parts it has.
        if !said.insert(event.function) {
            continue;
        }
        let (methods, named) = check.methods_of(event, starter);
        let few = !is_open && event.times.is_some_and(|times| times < MANY_SINCE_314);
        let (message, help) = if is_open {
            (
                "this leaves the line open, and other processes may print into it",
                "make the line first and print it at once, or hold a lock for the whole line",
            )
        } else {
            (
                "lines that wait in the buffers of several processes are torn where a buffer is full",
                "pass `flush=True`, so that each line goes out whole, or print under a lock",
            )
        };
        let draft = Draft::new(event.span, message)
            .under(methods, named)
            .severity(Severity::Note)
            .between(few.then_some((PythonVersion(3, 8), PythonVersion(3, 14))))
            .help(help);
        check.report(draft);
    }
}

fn is_unlocked_print(event: &Event<'_>) -> bool {
    matches!(event.kind, EventKind::Print { .. }) && event.held.is_empty() && !event.maybe_locked
}

/// Lines that are more than a buffer holds, for certain or for all that is known.
const MANY: u64 = 200;

/// The same since 3.14, when buffers became larger.
const MANY_SINCE_314: u64 = 4000;

/// Whether a print fills the buffer of its process line by line, and nobody empties it.
fn fills_buffer(model: &Model<'_>, event: &Event<'_>) -> bool {
    let flushes = |other: &Event<'_>| match other.kind {
        EventKind::Print { flushed } => flushed,
        EventKind::FlushOutput => true,
        _ => false,
    };
    matches!(event.kind, EventKind::Print { flushed: false })
        && is_in_loop(model, event)
        && event.times.is_some_and(|times| times >= MANY)
        && !model.events_in(event.context).any(flushes)
}

/// Whether a print has an `end` that is known and ends no line, and goes to the standard output.
fn leaves_line_open(model: &Model<'_>, function: &Function, print: Span) -> bool {
    function.blocks.iter().any(|block| {
        block.ops.iter().any(|op| match &op.kind {
            OpKind::Call { args, .. } if op.span == print => {
                let keyword = |wanted: &str| {
                    args.iter().find_map(|arg| match arg.kind {
                        ArgKind::Keyword(name) if model.name(name) == wanted => Some(arg.value),
                        _ => None,
                    })
                };
                // A progress bar goes back to the beginning of its line.
                let returns = args
                    .iter()
                    .any(|arg| text(model, block, arg.value).is_some_and(|text| text.contains('\r')));
                keyword("file").is_none()
                    && !returns
                    && keyword("end")
                        .and_then(|end| text(model, block, end))
                        .is_some_and(|end| !end.contains('\n') && !end.contains('\r'))
            }
            _ => false,
        })
    })
}

fn text<'m>(model: &'m Model<'_>, block: &Block, temp: Temp) -> Option<&'m str> {
    block.ops.iter().find_map(|op| match op.kind {
        OpKind::Const {
            dst,
            value: Const::Str(text),
        } if dst == temp => Some(model.name(text)),
        _ => None,
    })
}
