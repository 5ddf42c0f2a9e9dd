//! What is known of the tasks behind a result: how long they may take, and whether they can fail unseen.

use super::waits::{HANGS, Wait, blocks_within, longest};
use crate::api::{Effect, Family};
use crate::files::Span;
use crate::findings::Expectation;
use crate::model::Model;
use crate::model::events::{ChainId, ContextId, Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::value::Atom;
use crate::python::ir::{Block, Function, FunctionId, OpKind, Place, Temp, Terminator};

/// Calls inside calls that are looked into for what handles exceptions.
const DEEPEST: u32 = 6;

/// How long the tasks of a result may take. In a `Pool` a worker that leaves takes its task along.
pub(super) fn longest_task(model: &Model<'_>, event: &Event<'_>, result: ObjectId) -> Wait {
    const LOST: &[Expectation] = &[HANGS];
    let in_pool = model
        .owner_of(&event.heap, result)
        .is_some_and(|pool| model.family(&event.heap, pool) == Some(Family::Pool));
    let leaves = |id| {
        leaves(model, id).filter(|_| in_pool).map(|exit| Wait::May {
            at: exit,
            why: "the worker leaves here, and its task with it".to_owned(),
            shown: LOST,
        })
    };
    longest(model.tasks_of(result), |id| {
        blocks_within(model, id, 0, Some(event)).or_else(|| leaves(id))
    })
}

/// Where a task ends its worker: it exits, kills its own process, or raises what only ends a process.
fn leaves(model: &Model<'_>, id: ContextId) -> Option<Span> {
    let exits = model.events_in(id).find(
        |event| matches!(&event.kind, EventKind::Call { entry, .. } if matches!(entry.effect, Effect::Exit | Effect::ExitNow)),
    );
    if let Some(exit) = exits {
        return Some(exit.span);
    }
    model
        .chains()
        .filter(|(_, chain)| chain.context == id && chain.caller.is_some())
        .find_map(|(_, chain)| ends_itself(model, model.function(chain.function)))
}

/// Where a function kills its own process, or raises `SystemExit`.
fn ends_itself(model: &Model<'_>, function: &Function) -> Option<Span> {
    let called = |block: &Block, callee: Temp| {
        block.ops.iter().find_map(|op| match &op.kind {
            OpKind::Attr { dst, name, .. } if *dst == callee => Some(model.name(*name)),
            OpKind::Load {
                dst,
                place: Place::Global(name),
                ..
            } if *dst == callee => Some(model.name(*name)),
            _ => None,
        })
    };
    function.blocks.iter().find_map(|block| {
        let call_of = |temp: Temp| {
            block.ops.iter().find_map(|op| match &op.kind {
                OpKind::Call { dst, callee, .. } if *dst == temp => called(block, *callee),
                _ => None,
            })
        };
        let killed = block.ops.iter().find(|op| match &op.kind {
            OpKind::Call { callee, args, .. } => {
                called(block, *callee) == Some("kill")
                    && args.first().is_some_and(|arg| call_of(arg.value) == Some("getpid"))
            }
            _ => false,
        });
        if let Some(op) = killed {
            return Some(op.span);
        }
        let Terminator::Raise(Some(raised)) = block.end else {
            return None;
        };
        // What some handler around it may catch is not looked into.
        if block.handler.is_some() {
            return None;
        }
        let name = call_of(raised).or_else(|| called(block, raised));
        let place = block.ops.last()?.span;
        (name == Some("SystemExit")).then_some(place)
    })
}

/// Whether an exception can leave a task. Nothing is said of a task that was not followed to its end.
pub(super) fn may_raise(model: &Model<'_>, submit: &Event<'_>, pool: ObjectId, id: ContextId) -> bool {
    let context = model.context(id);
    if context.cut_short {
        return false;
    }
    if !context.known {
        // What another module does about its exceptions is not known, nor what the program is handed.
        return false;
    }
    let firsts = first_functions(model, id);
    // What cannot be pickled raises in the task's stead.
    if model.is_plain_pickle(&submit.heap, pool)
        && firsts.iter().any(|&(_, function)| model.is_local_function(function))
    {
        return true;
    }
    // A function of a library, of which only the name is known.
    if firsts.is_empty() {
        return is_fallible(model, submit);
    }
    firsts
        .iter()
        .any(|&(chain, function)| raises(model, chain, function, 0))
}

/// Whether the function of a library that a task runs works on something that may not be there.
fn is_fallible(model: &Model<'_>, submit: &Event<'_>) -> bool {
    let EventKind::Method { method, arguments, .. } = &submit.kind else {
        return false;
    };
    let function = method.work.as_ref().and_then(|work| arguments.get(&work.func));
    function.is_some_and(|function| match function.value.single() {
        Some(Atom::Path(path)) => {
            let dotted = model.dotted(path);
            dotted.starts_with("os.") && !model.api().is_harmless(dotted)
        }
        _ => false,
    })
}

/// Whether a call is made by a thread, or by whatever else runs beside its caller: then there are several at once.
pub(super) fn is_beside(model: &Model<'_>, from: ChainId, mut chain: ChainId) -> bool {
    while chain != from {
        let Some((caller, _, span)) = model.chain(chain).caller else {
            return false;
        };
        let starts = model.events().iter().any(|event| {
            event.chain == caller
                && event.span == span
                && matches!(
                    event.effect(),
                    Some((_, Effect::Start | Effect::Call | Effect::RunInExecutor))
                )
        });
        if starts {
            return true;
        }
        chain = caller;
    }
    false
}

/// The functions of the program that a task begins with.
fn first_functions(model: &Model<'_>, id: ContextId) -> Vec<(ChainId, FunctionId)> {
    model
        .chains()
        .filter(|(_, chain)| {
            chain.context == id
                && chain
                    .caller
                    .is_some_and(|(caller, ..)| model.chain(caller).caller.is_none())
        })
        .map(|(chain, at)| (chain, at.function))
        .collect()
}

/// Whether an exception can leave a function: something in it may raise, and nothing in it catches all.
fn raises(model: &Model<'_>, chain: ChainId, id: FunctionId, depth: u32) -> bool {
    let function = model.function(id);
    if depth >= DEEPEST {
        return true;
    }
    if catches_all(model, function) {
        return false;
    }
    function.blocks.iter().any(|block| {
        matches!(block.end, Terminator::Raise(Some(_)))
            || block.ops.iter().enumerate().any(|(at, op)| match &op.kind {
                OpKind::Call { callee, .. } => {
                    let mut inner = model
                        .chains()
                        .filter(|(_, inner)| {
                            inner
                                .caller
                                .is_some_and(|(caller, _, span)| caller == chain && span == op.span)
                        })
                        .peekable();
                    if inner.peek().is_some() {
                        inner.any(|(inner, at)| raises(model, inner, at.function, depth + 1))
                    } else {
                        !is_quiet(model, block.ops.iter().take(at).map(|op| &op.kind), *callee)
                    }
                }
                OpKind::Binary { .. }
                | OpKind::Item { .. }
                | OpKind::SetItem { .. }
                | OpKind::DelItem { .. }
                | OpKind::Element { .. }
                | OpKind::Import { .. }
                | OpKind::ImportFrom { .. }
                | OpKind::Iterate { .. }
                | OpKind::Enter { .. }
                | OpKind::Await { .. }
                | OpKind::Unknown { .. } => true,
                _ => false,
            })
    })
}

/// Whether what is called is known not to raise: a print, a pause, the clock.
fn is_quiet<'o>(model: &Model<'_>, before: impl Iterator<Item = &'o OpKind>, callee: Temp) -> bool {
    before.fold(false, |quiet, op| match op {
        OpKind::Load {
            dst,
            place: Place::Global(name),
            ..
        } if *dst == callee => {
            let name = model.name(*name);
            model.api().is_harmless(&format!("builtins.{name}")) || matches!(name, "sleep" | "getpid")
        }
        OpKind::Attr { dst, name, .. } if *dst == callee => {
            let name = model.name(*name);
            matches!(
                name,
                "sleep" | "getpid" | "getppid" | "time" | "monotonic" | "perf_counter" | "flush"
            ) || model.api().is_harmless_method(name)
        }
        _ => quiet,
    })
}

/// Whether a function has a handler for every exception that does not raise again.
fn catches_all(model: &Model<'_>, function: &Function) -> bool {
    let normal = reachable(function, 0);
    function.handlers.iter().any(|handler| {
        let by_name = handler.catches.iter().any(|name| {
            name.last()
                .is_some_and(|last| matches!(model.name(*last), "Exception" | "BaseException"))
        });
        if !by_name && !handler.catches_all {
            return false;
        }
        // The clauses of the handler, and not what follows the statement.
        let clauses = reachable(function, handler.target.0 as usize);
        let mut again = 0;
        for (at, block) in function.blocks.iter().enumerate() {
            if !clauses[at] || normal[at] {
                continue;
            }
            match block.end {
                Terminator::Raise(Some(_)) => return false,
                Terminator::Raise(None) | Terminator::Unwind => again += 1,
                _ => {}
            }
        }
        // What no clause matches goes on its way.
        again <= usize::from(!handler.catches_all)
    })
}

/// The blocks that control gets to from a block, unless something raises.
fn reachable(function: &Function, from: usize) -> Vec<bool> {
    let mut seen = vec![false; function.blocks.len()];
    let mut todo = vec![from];
    while let Some(at) = todo.pop() {
        if seen.get(at).copied().unwrap_or(true) {
            continue;
        }
        seen[at] = true;
        match &function.blocks[at].end {
            Terminator::Goto(to) => todo.push(to.0 as usize),
            Terminator::Branch { then, otherwise, .. } => todo.extend([then.0 as usize, otherwise.0 as usize]),
            Terminator::Return(_) | Terminator::Raise(_) | Terminator::Unwind => {}
        }
    }
    seen
}
