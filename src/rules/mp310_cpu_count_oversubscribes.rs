//! The number of workers may be 0, is more than Windows takes, or is what `cpu_count()` says.

use super::{Check, Hook};
use crate::api::Family;
use crate::findings::{Expectation, Fix, Platforms, Severity, StartMethods, SymptomKind, VersionRange};
use crate::model::Model;
use crate::model::events::{Argument, Caught, Event, EventKind};
use crate::model::value::Atom;
use crate::python::ir::{Op, OpKind, Place};
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

/// What an executor takes on Windows.
const MOST_ON_WINDOWS: i64 = 61;

const REFUSED: Expectation = Expectation::always_raises("ValueError");

const REFUSED_ON_WINDOWS: Expectation = {
    let mut refused = Expectation::shows(SymptomKind::Raises, StartMethods::SPAWN, VersionRange::ANY);
    refused.symptom.detail = Some("ValueError");
    refused.platforms = Platforms::WINDOWS;
    refused
};

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let EventKind::Make {
            object,
            entry,
            arguments,
        } = &event.kind
        else {
            continue;
        };
        let family = model.family(&event.heap, *object);
        let ((Some(Family::Pool), "processes") | (Some(Family::Executor), "max_workers")) =
            (family, entry.params.first().map_or("", String::as_str))
        else {
            continue;
        };
        let Some(size) = arguments.get(&entry.params[0]) else {
            continue;
        };
        if event.caught.intersects(Caught::VALUE) {
            continue;
        }
        let is_executor = family == Some(Family::Executor) && entry.canonical.starts_with("concurrent.");
        if let Some(draft) = judge(check, event, size, is_executor) {
            check.report(draft);
        }
    }
}

/// What is wrong with a size.
fn judge(check: &Check<'_>, event: &Event<'_>, size: &Argument<'_>, is_executor: bool) -> Option<Draft> {
    let model = check.model;
    let text = check.text(size.span);
    if let Some(Atom::Int(number)) = size.value.single() {
        return if number <= 0 && is_constant(model, &text) {
            let draft = Draft::new(
                event.span,
                format!("`{text}` workers are none, and a pool has at least one"),
            );
            Some(
                draft
                    .showing(&[REFUSED])
                    .fix(bounded(check, size))
                    .help("leave the size out, or give one of at least 1"),
            )
        } else if number > MOST_ON_WINDOWS && is_executor {
            let draft = Draft::new(
                event.span,
                format!("an executor takes at most {MOST_ON_WINDOWS} workers on Windows, and this asks for {number}"),
            );
            Some(
                draft
                    .showing(&[REFUSED_ON_WINDOWS])
                    .help("ask for at most 61 workers on Windows"),
            )
        } else {
            None
        };
    }
    let mut fewest: Option<i32> = None;
    let mut of_machine = false;
    let mut has_other = false;
    for atom in size.value.atoms() {
        match *atom {
            Atom::Processors { least, all } => {
                fewest = Some(fewest.map_or(least, |fewest| fewest.min(least)));
                of_machine |= all;
            }
            Atom::None => {}
            Atom::Int(1..) => has_other = true,
            _ => return None,
        }
    }
    let fewest = fewest?;
    if fewest <= 0 && !has_other {
        let draft = Draft::new(
            event.span,
            format!("`{text}` is {fewest} on a machine with one processor, and a pool has at least one worker"),
        );
        return Some(
            draft
                .showing(&[REFUSED])
                .fix(bounded(check, size))
                .severity(Severity::Warning)
                .help("put a lower bound on it: `max(1, …)`"),
        );
    }
    (of_machine && fewest > 0).then(|| {
        Draft::new(
            event.span,
            format!("`{text}` counts the processors of the machine, not those that this process may use"),
        )
        .showing(&[])
        .severity(Severity::Note)
        .help("count `len(os.sched_getaffinity(0))`, or `os.process_cpu_count()` from Python 3.13 on")
    })
}

/// At least one worker.
fn bounded(check: &Check<'_>, size: &Argument<'_>) -> Option<Fix> {
    check.shown_fix(size.span, "Ask for at least one worker", |source, at| {
        source.as_argument(at, "max(1, ", ")")
    })
}

/// Whether the size is written as a number, or as a name or attribute that stands for it and that nothing else looks at:
/// whoever asks whether it is 0 knows what to do then.
fn is_constant(model: &Model<'_>, text: &str) -> bool {
    if text.trim_start_matches('-').chars().all(|c| c.is_ascii_digit()) {
        return true;
    }
    let (is_attribute, name) = match text.rsplit_once('.') {
        Some((_, name)) => (true, name),
        None => (false, text),
    };
    let Some(name) = model.symbol(name) else { return false };
    let count = ops(model)
        .filter(|op| match op.kind {
            OpKind::Load {
                place: Place::Global(read),
                ..
            } => read == name,
            OpKind::Attr { name: read, .. } => is_attribute && read == name,
            _ => false,
        })
        .count();
    count == 1
}

fn ops<'m>(model: &'m Model<'_>) -> impl Iterator<Item = &'m Op> {
    let blocks = model.code.functions().flat_map(|(_, function)| &function.blocks);
    blocks.flat_map(|block| &block.ops)
}
