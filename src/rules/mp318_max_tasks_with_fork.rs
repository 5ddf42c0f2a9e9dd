//! An executor is to replace its workers after some tasks, and to fork them.

use rustc_hash::FxHashSet;

use super::ways::depends_on;
use super::{Check, Hook};
use crate::api::Family;
use crate::files::Span;
use crate::findings::{Expectation, PythonVersion, StartMethod, StartMethods, VersionRange};
use crate::model::Model;
use crate::model::events::{Event, EventKind};
use crate::model::value::{Atom, Value};
use crate::python::ir::{ArgKind, Const, Function, FunctionId, Op, OpKind, Temp, Terminator, Test, TestPlace};

pub(super) const HOOK: Hook = Hook::Model(check);

/// The parameter that says so.
const LIMIT: &str = "max_tasks_per_child";

/// From 3.11 on, which brought the parameter.
const REFUSED: Expectation = Expectation::raises(
    "ValueError",
    StartMethods::all(),
    VersionRange::since(PythonVersion(3, 11)),
);

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
        let makes_executor = entry
            .makes
            .is_some_and(|kind| model.api().kind(kind).family == Family::Executor);
        let Some(limit) = arguments.get(LIMIT).filter(|_| makes_executor) else {
            continue;
        };
        let is_limit = |atom: &Atom| matches!(atom, Atom::Int(_) | Atom::Scalar);
        if is_put_together(model, event, limit.span) {
            continue;
        }
        if limit.value.is_never() || !limit.value.atoms().iter().all(is_limit) {
            continue;
        }
        let Some(context) = arguments
            .get("mp_context")
            .filter(|context| is_known(model, event, &context.value))
        else {
            continue;
        };
        let (methods, named) = check.methods_of(event, *object);
        let fork = methods & StartMethods::from(StartMethod::Fork);
        if fork.is_empty() {
            continue;
        }
        let draft = check
            .about(
                event,
                *object,
                "this executor is to replace its workers after some tasks, which it refuses with `fork`",
            )
            .under(fork, named)
            .showing(&[REFUSED])
            .related(context.span, "this context forks")
            .help("pass a context of `spawn` or `forkserver`, or no context at all");
        check.report(draft);
    }
}

fn ops(function: &Function) -> impl Iterator<Item = &Op> {
    function.blocks.iter().flat_map(|block| &block.ops)
}

/// Whether an argument comes from a dict that is filled item by item, perhaps not on every way, wherever in the program that is
/// done. Where nothing but the value itself decides whether it is put in (`if limit: options["max_tasks_per_child"] = limit`),
/// the two may well come together.
fn is_put_together(model: &Model<'_>, event: &Event<'_>, argument: Span) -> bool {
    let spreads = ops(model.function(event.function)).any(|op| {
        matches!(&op.kind, OpKind::Call { args, .. }
            if args.iter().any(|arg| arg.kind == ArgKind::DoubleStar && arg.span == argument))
    });
    let is_this_key = |function: &Function, key: Temp| match function.definition(key) {
        Some(OpKind::Const {
            value: Const::Str(text),
            ..
        }) => model.name(*text) == LIMIT,
        // Whatever it is.
        Some(OpKind::Const { .. }) => false,
        _ => true,
    };
    let functions: FxHashSet<FunctionId> = model.chains().map(|(_, chain)| chain.function).collect();
    spreads
        && functions.into_iter().map(|id| model.function(id)).any(|function| {
            ops(function).any(|op| match op.kind {
                OpKind::SetItem {
                    index: Some(key),
                    value,
                    ..
                } => is_this_key(function, key) && !is_put_for_its_own_sake(function, op.span, value),
                _ => false,
            })
        })
}

/// Whether all that decides about an operation are tests of one value.
fn is_put_for_its_own_sake(function: &Function, place: Span, value: Temp) -> bool {
    let source = source_of(function, value);
    let decisions = function.blocks.iter().enumerate();
    decisions
        .filter(|(at, _)| depends_on(function, *at, place))
        .all(|(_, block)| match &block.end {
            Terminator::Branch {
                test: Test::Truth { place, .. } | Test::IsNone { place, .. },
                ..
            } => place.is_some() && *place == source,
            _ => false,
        })
}

/// The variable, or attribute of one, that a value was read from.
fn source_of(function: &Function, value: Temp) -> Option<TestPlace> {
    match *function.definition(value)? {
        OpKind::Load { place, .. } => Some(TestPlace {
            base: place,
            attribute: None,
        }),
        OpKind::Attr { base, name, .. } => match *function.definition(base)? {
            OpKind::Load { place, .. } => Some(TestPlace {
                base: place,
                attribute: Some(name),
            }),
            _ => None,
        },
        _ => None,
    }
}

/// Whether it is known by which method a context, or each of several, starts processes.
fn is_known(model: &Model<'_>, event: &Event<'_>, context: &Value) -> bool {
    !context.is_never() && context.atoms().iter().all(|&atom| is_known_context(model, event, atom))
}

fn is_known_context(model: &Model<'_>, event: &Event<'_>, context: Atom) -> bool {
    match context {
        Atom::Object(context) => {
            let named_by = model.role(&event.heap, context, "@method");
            model.family(&event.heap, context) == Some(Family::Context)
                && named_by.is_none_or(|method| {
                    !method.is_never()
                        && method
                            .atoms()
                            .iter()
                            .all(|atom| matches!(atom, Atom::Str(_) | Atom::None))
                })
                && (named_by.is_some() || is_default_known(model))
        }
        // The module itself.
        Atom::Path(path) => model.is_module(path) && is_default_known(model),
        _ => false,
    }
}

/// Whether the program's own choice of a start method is known, where it makes one.
fn is_default_known(model: &Model<'_>) -> bool {
    !model.names_start_method() || model.default_start_methods() != StartMethods::all()
}
