//! What a child changes in its copy of something, and the process that started it reads later in its own.

use super::check::{Check, Draft};
use super::sent::sent;
use crate::files::Span;
use crate::findings::{Confidence, StartMethods};
use crate::model::Model;
use crate::model::events::{ContextKind, Event, EventKind};
use crate::model::heap::{Heap, ObjectId, ObjectKind};
use crate::model::value::Value;
use crate::python::Symbol;
use crate::python::ir::{Const, Function, LogicalTest, OpKind, Place, Slot, Temp, Terminator, Test};

/// A change that only the child sees.
pub(super) struct Lost<'m> {
    /// Where the child changes it.
    pub change: &'m Event<'m>,
    /// What is changed.
    pub object: ObjectId,
    /// The attribute, key or global.
    pub field: Option<Symbol>,
    /// Where the process that started the child reads it.
    pub read: &'m Event<'m>,
}

/// All changes that only children see, and somebody else reads.
pub(super) fn lost<'m>(model: &'m Model<'m>) -> Vec<Lost<'m>> {
    let mut found: Vec<Lost<'m>> = Vec::new();
    for change in model.events() {
        let EventKind::Change { object, field } = change.kind else {
            continue;
        };
        // What an initializer sets is for the tasks of its worker; the main process may have one of its own.
        let is_set_up = model.context(change.context).kind == ContextKind::Initializer;
        if !model.is_child(change.context) || is_set_up {
            continue;
        }
        // Who changes it himself works with a copy of his own on purpose: a cache, a counter of each process.
        let is_changed_here = model.events().iter().any(|event| {
            matches!(event.kind, EventKind::Change { object: other, field: its } if other == object && its == field)
                && !model.is_child(event.context)
        });
        if is_changed_here {
            continue;
        }
        let read = model.events().iter().find(|event| match event.kind {
            EventKind::Read {
                object: other,
                field: its,
            } => other == object && !model.is_child(event.context) && is_read_of(model, event, its, field),
            _ => false,
        });
        if let Some(read) = read
            && !found.iter().any(|lost| lost.change.span == change.span)
        {
            found.push(Lost {
                change,
                object,
                field,
                read,
            });
        }
    }
    found
}

/// A finding at the change.
pub(super) fn draft(check: &Check<'_>, lost: &Lost<'_>, message: String) -> Draft {
    let process = check.model.process_of(lost.change.context);
    let starter = process.and_then(|process| check.model.context(process).object);
    let (methods, named) = match starter {
        Some(starter) => check.methods_of(lost.change, starter),
        None => (StartMethods::all(), false),
    };
    Draft::new(lost.change.span, message)
        .under(methods, named)
        .confidence(Confidence::Medium)
        .related(lost.read.span, "it is read here, in the process that started the child")
}

/// Whether an event reads what is changed: the attribute or global of this name, or all of a container.
fn is_read_of(model: &Model<'_>, read: &Event<'_>, its: Option<Symbol>, changed: Option<Symbol>) -> bool {
    let function = model.function(read.function);
    let Some(temp) = loaded(function, read.span, its) else {
        return false;
    };
    match (its, changed) {
        (Some(its), Some(changed)) => its == changed && is_looked_at(model, function, temp),
        (Some(_), None) => false,
        // A key of a dict: that very key is asked for.
        (None, Some(key)) => is_asked_for(function, temp, key) || is_asked_by(model, function, temp, LOOKS_AT_ALL),
        (None, None) => is_looked_at(model, function, temp),
    }
}

/// The temporary that a variable or attribute is loaded into.
fn loaded(function: &Function, span: Span, field: Option<Symbol>) -> Option<Temp> {
    let ops = function.blocks.iter().flat_map(|block| &block.ops);
    ops.filter(|op| op.span == span).find_map(|op| match op.kind {
        OpKind::Load { dst, place, .. } => match (place, field) {
            (Place::Global(name), Some(field)) => (name == field).then_some(dst),
            (_, None) => Some(dst),
            _ => None,
        },
        OpKind::Attr { dst, name, .. } => field.is_none_or(|field| field == name).then_some(dst),
        _ => None,
    })
}

/// Whether `temp[key]` is read.
fn is_asked_for(function: &Function, temp: Temp, key: Symbol) -> bool {
    let ops = || function.blocks.iter().flat_map(|block| &block.ops);
    ops().any(|op| match op.kind {
        OpKind::Item {
            base,
            index: Some(index),
            ..
        } if base == temp => ops().any(
            |op| matches!(&op.kind, OpKind::Const { dst, value: Const::Str(text) } if *dst == index && *text == key),
        ),
        _ => false,
    })
}

/// Functions of Python that look at the whole of what they are given.
const LOOKS: &[&str] = &[
    "print",
    "len",
    "sum",
    "sorted",
    "list",
    "dict",
    "set",
    "tuple",
    "frozenset",
    "max",
    "min",
    "any",
    "all",
    "str",
    "repr",
    "enumerate",
    "zip",
    "reversed",
    "iter",
    "int",
    "float",
    "round",
    "abs",
    "format",
    "map",
    "filter",
];

/// Methods of containers that give all there is in them.
const LOOKS_AT_ALL: &[&str] = &["items", "values", "copy", "most_common", "total"];
/// Methods of containers that tell something of what is in them.
const LOOKS_INTO: &[&str] = &["keys", "get", "elements", "index", "count"];

/// Whether one of some methods of what is in a temporary is taken.
fn is_asked_by(model: &Model<'_>, function: &Function, temp: Temp, methods: &[&str]) -> bool {
    let mut ops = function.blocks.iter().flat_map(|block| &block.ops);
    ops.any(
        |op| matches!(op.kind, OpKind::Attr { base, name, .. } if base == temp && methods.contains(&model.name(name))),
    )
}

/// Whether a value that is in a temporary is looked at: printed, compared, computed with, iterated, returned.
fn is_looked_at(model: &Model<'_>, function: &Function, temp: Temp) -> bool {
    let ops = || function.blocks.iter().flat_map(|block| &block.ops);
    let looks = |callee: Temp| {
        ops().any(|op| match op.kind {
            OpKind::Load {
                dst,
                place: Place::Global(name),
                ..
            } => dst == callee && LOOKS.contains(&model.name(name)),
            _ => false,
        })
    };
    let is_iterated =
        |slot: Slot| ops().any(|op| matches!(op.kind, OpKind::Iterate { iterable, .. } if iterable == slot));
    let in_ops = ops().any(|op| match &op.kind {
        OpKind::Call { callee, args, .. } => args.iter().any(|arg| arg.value == temp) && looks(*callee),
        OpKind::Format { parts, .. } => parts.contains(&temp),
        OpKind::Binary { left, right, .. } => *left == temp || *right == temp,
        OpKind::Item { base, .. } => *base == temp,
        OpKind::Logical {
            values,
            test: LogicalTest::Compare(_),
            ..
        } => values.contains(&temp),
        OpKind::Store {
            place: Place::Local(slot),
            value,
        } => *value == temp && is_iterated(*slot),
        _ => false,
    });
    in_ops
        || is_asked_by(model, function, temp, LOOKS_AT_ALL)
        || is_asked_by(model, function, temp, LOOKS_INTO)
        || function.blocks.iter().any(|block| match &block.end {
            Terminator::Return(value) => *value == Some(temp),
            Terminator::Branch {
                test: Test::Compare { left, right, .. },
                ..
            } => *left == temp || *right == temp,
            _ => false,
        })
}

/// Whether the child was given what it changes, as an argument or with the function that it runs; else it has found it in
/// a module.
pub(super) fn is_given(check: &Check<'_>, lost: &Lost<'_>) -> bool {
    let model = check.model;
    if model.object(lost.object).kind == ObjectKind::Namespace {
        return false;
    }
    let holds = |heap: &Heap, value: &Value| model.pickled_with(heap, value).contains(&lost.object);
    let process = model.process_of(lost.change.context);
    let process = process.and_then(|process| model.context(process).object);
    process.is_some_and(|process| holds(&lost.change.heap, &process.into()))
        || model
            .events()
            .iter()
            .any(|event| sent(check, event).iter().any(|sent| holds(&event.heap, &sent.value)))
}
