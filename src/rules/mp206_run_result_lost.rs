//! What a process returns goes nowhere.

use rustc_hash::FxHashSet;

use super::returned::{is_result, only_returns, result, worked_out};
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::files::Span;
use crate::findings::{Expectation, Remedy, Severity};
use crate::model::Model;
use crate::model::events::{Context, ContextKind, Event, EventKind};
use crate::model::heap::{ObjectId, ObjectKind};
use crate::python::ir::{BuildItem, FunctionId, FunctionKind, Op, OpKind, Place, Temp, Terminator};
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

/// There is no such attribute.
const MISSING: Expectation = Expectation::always_raises("AttributeError");

/// What somebody who expects a result asks a process for.
const WANTED: &[&str] = &[
    "result",
    "results",
    "value",
    "values",
    "output",
    "outputs",
    "return_value",
    "returned",
    "retval",
    "returncode",
    "ret",
    "answer",
    "response",
    "get",
    "get_result",
];

fn check(check: &mut Check<'_>) {
    let mut told = FxHashSet::default();
    runs(check, &mut told);
    uses(check, &mut told);
    lost_work(check, &told);
}

/// An overridden `run()` that returns what it has worked out.
fn runs(check: &mut Check<'_>, told: &mut FxHashSet<ObjectId>) {
    let model = check.model;
    for (_, context) in model.contexts() {
        let Some((object, function)) = child(context) else {
            continue;
        };
        if !is_overridden_run(model, object, function)
            || model.is_called_directly(function)
            || sends(model, object)
            || context.cut_short
        {
            continue;
        }
        for op in returns(model, context, function) {
            told.insert(object);
            let draft = Draft::new(
                op.span,
                "what `run()` returns goes nowhere: it ends with the process that worked it out",
            )
            .severity(Severity::Warning)
            .help("put it into a queue or pipe, or hand the work to a pool, which brings results back");
            check.report(draft);
        }
    }
}

/// The process and function of a context in which a process begins.
fn child(context: &Context) -> Option<(ObjectId, FunctionId)> {
    match (context.kind, context.object, context.function) {
        (ContextKind::Child, Some(object), Some(function)) => Some((object, function)),
        _ => None,
    }
}

fn is_overridden_run(model: &Model<'_>, object: ObjectId, function: FunctionId) -> bool {
    let is_method = model
        .function(function)
        .parent
        .is_some_and(|parent| matches!(model.function(parent).kind, FunctionKind::ClassBody(_)));
    is_method
        && model.function_name(function) == "run"
        && model.function(function).kind == FunctionKind::Def
        && !model.function(function).is_generator
        && matches!(model.object(object).kind, ObjectKind::Instance(_))
}

/// The expressions after `return` that give a result.
fn returns<'f>(model: &Model<'f>, context: &Context, function: FunctionId) -> Vec<&'f Op> {
    let code = model.function(function);
    let found = worked_out(model, function);
    if !found.is_empty() || !is_result(context.returned.atoms()) {
        return found;
    }
    // The one `return` with a value gives what the run saw.
    let mut last = Vec::new();
    for block in &code.blocks {
        if let Terminator::Return(Some(temp)) = block.end {
            last.extend(block.ops.iter().filter(|op| result(&op.kind) == Some(temp)));
        }
    }
    last.retain(|op| matches!(op.kind, OpKind::Call { .. } | OpKind::Attr { .. } | OpKind::Load { .. }));
    if last.len() == 1 { last } else { Vec::new() }
}

/// Whether the process hands anything over by another way.
fn sends(model: &Model<'_>, process: ObjectId) -> bool {
    model.contexts_of(process).any(|(id, _)| {
        model.events_in(id).any(|event| {
            matches!(event.kind, EventKind::Update { .. })
                || matches!(event.effect(), Some((_, Effect::Put | Effect::Shared | Effect::Set)))
        })
    })
}

/// What `start()` and `join()` return is used, or an attribute that a process does not have.
fn uses(check: &mut Check<'_>, told: &mut FxHashSet<ObjectId>) {
    let model = check.model;
    for event in model.events() {
        match &event.kind {
            EventKind::Method {
                object,
                name,
                method,
                base: false,
                direct: true,
                ..
            } if matches!(method.effect, Effect::Start | Effect::Join) => {
                let object = *object;
                if model.family(&event.heap, object) != Some(Family::Process)
                    || told.contains(&object) && matches!(model.object(object).kind, ObjectKind::Instance(_))
                    || model.process_of(event.context).is_some()
                    || !gives_result(model, object)
                    || !is_used(model, event)
                {
                    continue;
                }
                told.insert(object);
                let receiver = check.receiver(event);
                let call = model.name(*name);
                let draft = Draft::new(
                    event.span,
                    format!("`{receiver}.{call}()` returns `None`, whatever the process has worked out"),
                )
                .severity(Severity::Warning)
                .related(check.made_at(object), "the process is made here")
                .remedy(Remedy::ResultKept)
                .help("put the result into a queue or pipe, or hand the work to a pool, which brings results back");
                check.report(draft);
            }
            EventKind::Missing { object, name } => {
                let wanted = model.name(*name);
                if !WANTED.contains(&wanted)
                    || is_set_somewhere(model, *name)
                    || !is_read(model, event)
                    || !model.has_known_bases(&event.heap, *object)
                {
                    continue;
                }
                told.insert(*object);
                let draft = Draft::new(
                    event.span,
                    format!("a process has no `{wanted}`: what it returns goes nowhere"),
                )
                .severity(Severity::Warning)
                .showing(&[MISSING])
                .related(check.made_at(*object), "the process is made here")
                .remedy(Remedy::ResultKept)
                .help("put the result into a queue or pipe, or hand the work to a pool, which brings results back");
                check.report(draft);
            }
            _ => {}
        }
    }
}

/// Whether the program sets an attribute of this name on anything.
fn is_set_somewhere(model: &Model<'_>, name: crate::python::Symbol) -> bool {
    let blocks = model.code.functions().flat_map(|(_, function)| &function.blocks);
    blocks
        .flat_map(|block| &block.ops)
        .any(|op| matches!(op.kind, OpKind::SetAttr { name: set, .. } if set == name))
}

/// Whether the attribute is written out, and not asked for by `getattr` with another answer at hand.
fn is_read(model: &Model<'_>, event: &Event<'_>) -> bool {
    let blocks = &model.function(event.function).blocks;
    blocks.iter().flat_map(|block| &block.ops).any(|op| match op.kind {
        OpKind::Attr { .. } => event.span.contains(op.span) || op.span.contains(event.span),
        _ => false,
    }) && !blocks.iter().flat_map(|block| &block.ops).any(|op| match op.kind {
        OpKind::Call { .. } => op.span == event.span,
        _ => false,
    })
}

/// Whether each target of a process returns something that it has worked out.
fn gives_result(model: &Model<'_>, process: ObjectId) -> bool {
    let mut any = false;
    let all = model.contexts_of(process).all(|(_, context)| {
        any = true;
        child(context).is_some_and(|(_, function)| !returns(model, context, function).is_empty())
    });
    any && all
}

/// Whether the value of the call at an event is used: not dropped, not kept in a variable that nobody reads, and not
/// handed on by a wrapper.
fn is_used(model: &Model<'_>, event: &Event<'_>) -> bool {
    is_call_used(model, event.function, event.span)
}

fn is_call_used(model: &Model<'_>, id: FunctionId, span: Span) -> bool {
    let function = model.function(id);
    for block in &function.blocks {
        let Some(call) = block
            .ops
            .iter()
            .find(|op| op.span == span && matches!(op.kind, OpKind::Call { .. }))
        else {
            continue;
        };
        let Some(value) = result(&call.kind) else { continue };
        if matches!(block.end, Terminator::Return(Some(temp)) if temp == value) {
            return false;
        }
        return block.ops.iter().any(|op| reads(model, id, &block.ops, op, value));
    }
    false
}

/// Whether an operation does something with a value.
fn reads(model: &Model<'_>, id: FunctionId, ops: &[Op], op: &Op, value: Temp) -> bool {
    match &op.kind {
        OpKind::Store { place, value: stored } if *stored == value => is_read_back(model, id, *place),
        OpKind::Call { args, .. } => args.iter().any(|arg| arg.value == value),
        OpKind::Binary { left, right, .. } => *left == value || *right == value,
        OpKind::Format { parts, .. } => parts.contains(&value),
        OpKind::Build { dst, items, .. } => {
            let holds = items.iter().any(|item| match *item {
                BuildItem::Value(item) | BuildItem::Star(item) => item == value,
                BuildItem::Pair(key, item) => key == value || item == value,
            });
            holds && ops.iter().any(|other| reads(model, id, ops, other, *dst))
        }
        _ => false,
    }
}

/// Whether a variable is read as a result, and not as the process that `start()` was taken to return.
fn is_read_back(model: &Model<'_>, id: FunctionId, place: Place) -> bool {
    let is_same = |other: &Place| *other == place;
    let mut any = false;
    let functions = match place {
        Place::Local(_) => vec![model.function(id)],
        _ => return false,
    };
    for block in functions.iter().flat_map(|function| &function.blocks) {
        for op in &block.ops {
            let OpKind::Load { dst, place, .. } = &op.kind else {
                continue;
            };
            if !is_same(place) {
                continue;
            }
            any = true;
            let as_process = block.ops.iter().any(|op| {
                matches!(&op.kind, OpKind::Attr { base, name, .. } if base == dst && matches!(model.name(*name), "join" | "start" | "is_alive" | "terminate" | "kill" | "pid" | "exitcode"))
            });
            if as_process {
                return false;
            }
        }
    }
    any
}

/// A target that does nothing else than work out a value that the program uses where it calls the function itself.
fn lost_work(check: &mut Check<'_>, told: &FxHashSet<ObjectId>) {
    let model = check.model;
    for (_, context) in model.contexts() {
        let Some((object, function)) = child(context) else {
            continue;
        };
        if told.contains(&object)
            || is_overridden_run(model, object, function)
            || !is_wanted_elsewhere(model, function)
            || worked_out(model, function).is_empty()
            || !only_returns(model, function, 0)
            || is_timed(model, context)
        {
            continue;
        }
        let name = model.function_name(function).to_owned();
        let draft = Draft::new(
            check.made_at(object),
            format!("`{name}` only returns a value, and what a process returns goes nowhere"),
        )
        .severity(Severity::Warning)
        .related(model.function(function).name_span, "it is defined here")
        .help("hand the work to a pool, which brings results back, or put the result into a queue or pipe");
        check.report(draft);
    }
}

/// Whether the program calls a function in a process of its own and uses what it returns.
fn is_wanted_elsewhere(model: &Model<'_>, function: FunctionId) -> bool {
    model
        .direct_calls(function)
        .any(|(caller, span)| is_call_used(model, caller, span))
}

/// Whether the code that starts the process looks at a clock: a benchmark wants no result.
fn is_timed(model: &Model<'_>, context: &Context) -> bool {
    let Some((chain, function, _)) = context.started else {
        return false;
    };
    let clocks = ["time", "perf_counter", "monotonic", "process_time", "timeit"].map(|name| model.symbol(name));
    let mut functions = model.callers(chain);
    functions.push(function);
    functions.into_iter().any(|function| {
        let blocks = &model.function(function).blocks;
        blocks.iter().flat_map(|block| &block.ops).any(|op| match &op.kind {
            OpKind::Attr { name, .. } => clocks.contains(&Some(*name)),
            OpKind::Load {
                place: Place::Global(name),
                ..
            } => model.name(*name) != "time" && clocks.contains(&Some(*name)),
            _ => false,
        })
    })
}
