//! A lock is acquired by hand, and some way out of the code does not give it back.

use rustc_hash::FxHashSet;

use super::ways::{At, copies, next, only_by};
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::files::Span;
use crate::findings::{Confidence, Remedy};
use crate::model::Model;
use crate::model::events::{ChainId, ContextKind, Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::typestate::States;
use crate::python::ir::{
    BinaryOp, Block, Const, Function, FunctionId, Handler, Op, OpKind, Place, Temp, Terminator, Test, TestPlace,
};

pub(super) const HOOK: Hook = Hook::Model(check);

/// Calls into calls that are looked at to see whether they may raise.
const DEEPEST: u32 = 5;

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for (event, lock) in model.method_events(Effect::Acquire) {
        let family = model.family(&event.heap, lock);
        if !matches!(family, Some(Family::Lock | Family::Condition | Family::Shared))
            || model.is_bounded(event)
            || is_out_of_sight(event, lock)
            || !matches!(
                event.kind,
                EventKind::Method {
                    direct: true,
                    base: false,
                    ..
                }
            )
        {
            continue;
        }
        let releases = Releases::of(model, event, lock);
        let Some(way) = Search::new(model, &releases).from(event) else {
            continue;
        };
        let receiver = check.receiver(event);
        let message = match way {
            Way::Raises(_) => {
                format!("`{receiver}` stays taken if what follows raises: there is no `finally` that releases it")
            }
            Way::Returns(_) if releases.places.is_empty() => {
                if !is_wanted_again(model, event, lock) {
                    continue;
                }
                format!("`{receiver}` is taken here and never released")
            }
            Way::Returns(_) => format!("`{receiver}` is not released on every way out"),
        };
        let mut draft = check
            .about(event, lock, message)
            .confidence(Confidence::Medium)
            .remedy(Remedy::GivenBack)
            .help("use `with`, or release it in a `finally`");
        draft = match way {
            Way::Raises(at) => draft.related(at, "this may raise while the lock is held"),
            Way::Returns(Some(at)) => draft.related(at, "this way leaves with the lock held"),
            Way::Returns(None) => draft,
        };
        check.report(draft);
    }
}

fn is_out_of_sight(event: &Event<'_>, lock: ObjectId) -> bool {
    event
        .heap
        .get(lock)
        .is_none_or(|lock| lock.escaped || lock.states.contains(States::LOST))
}

/// Whether anybody asks for the lock once more.
fn is_wanted_again(model: &Model<'_>, event: &Event<'_>, lock: ObjectId) -> bool {
    let takes = |other: &Event<'_>| match other.kind {
        EventKind::TakeLock { lock: its } => its == lock,
        _ => other.effect() == Some((lock, Effect::Acquire)),
    };
    event.many
        || model
            .process_of(event.context)
            .is_some_and(|process| model.context(process).many)
        || model
            .events()
            .iter()
            .any(|other| takes(other) && (other.span != event.span || other.context != event.context))
}

/// Where a lock is given back, as seen from each function on the way there.
struct Releases {
    places: FxHashSet<(ChainId, FunctionId, Span)>,
    /// For each release the function that it stands in and those that call it.
    functions: Vec<FxHashSet<FunctionId>>,
    /// Whether somebody else gives it back: another process, or a function that strangers call.
    elsewhere: bool,
}

impl Releases {
    fn of(model: &Model<'_>, acquire: &Event<'_>, lock: ObjectId) -> Self {
        let mut places = FxHashSet::default();
        let mut functions = Vec::new();
        let mut elsewhere = false;
        let made = model.object(lock).span;
        for (release, object) in model.method_events(Effect::Release) {
            if model.object(object).span != made {
                continue;
            }
            let mut above: FxHashSet<FunctionId> = std::iter::once(release.function).collect();
            let mut chain = release.chain;
            while let Some((caller, function, _)) = model.chain(chain).caller {
                above.insert(function);
                chain = caller;
            }
            functions.push(above);
            if release.context != acquire.context || object != lock {
                let is_own = model
                    .events_in(release.context)
                    .any(|event| event.effect() == Some((object, Effect::Acquire)));
                elsewhere |= !is_own;
                continue;
            }
            let (mut chain, mut function, mut span) = (release.chain, release.function, release.span);
            loop {
                places.insert((chain, function, span));
                let Some(caller) = model.chain(chain).caller else { break };
                (chain, function, span) = caller;
            }
        }
        Self {
            places,
            functions,
            elsewhere,
        }
    }
}

/// What is tested before a lock is taken holds after it as well: `if lock is not None` around both halves.
struct Assumed {
    sides: Vec<(Tested, bool)>,
}

/// What a condition asks, of a variable or attribute.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Tested {
    place: TestPlace,
    for_none: bool,
}

impl Assumed {
    fn of(function: &Function, acquire: Span) -> Self {
        let mut sides = Vec::new();
        for (at, block) in function.blocks.iter().enumerate() {
            let Some(tested) = tested(block) else { continue };
            let Terminator::Branch { then, otherwise, .. } = &block.end else {
                continue;
            };
            for (side, holds) in [(then, true), (otherwise, false)] {
                if only_by(function, at, side.0 as usize, acquire) {
                    sides.push((tested, holds));
                }
            }
        }
        Self { sides }
    }

    /// The side that a condition takes, where it asks what was asked before.
    fn side(&self, block: &Block) -> Option<usize> {
        let asked = tested(block)?;
        let Terminator::Branch { then, otherwise, .. } = &block.end else {
            return None;
        };
        let (_, holds) = self.sides.iter().find(|(tested, _)| *tested == asked)?;
        Some(if *holds { then.0 } else { otherwise.0 } as usize)
    }
}

fn tested(block: &Block) -> Option<Tested> {
    let Terminator::Branch { test, .. } = &block.end else {
        return None;
    };
    match test {
        Test::Truth { place, .. } => place.map(|place| Tested { place, for_none: false }),
        Test::IsNone { place, .. } => place.map(|place| Tested { place, for_none: true }),
        _ => None,
    }
}

/// How a way leaves with the lock held.
#[derive(Clone, Copy)]
enum Way {
    /// By an exception from here.
    Raises(Span),
    /// In good order, from here.
    Returns(Option<Span>),
}

struct Search<'m, 'a> {
    model: &'m Model<'a>,
    releases: &'m Releases,
}

impl<'m, 'a> Search<'m, 'a> {
    const fn new(model: &'m Model<'a>, releases: &'m Releases) -> Self {
        Self { model, releases }
    }

    /// A way on from an acquire that ends without the release.
    fn from(&self, acquire: &Event<'_>) -> Option<Way> {
        if self.releases.elsewhere {
            return None;
        }
        let (mut chain, mut function, mut span) = (acquire.chain, acquire.function, acquire.span);
        let is_entry = self.model.context(acquire.context).kind == ContextKind::Entry;
        let mut last = None;
        let mut visited = FxHashSet::default();
        // A release in a function that calls this one comes after its end.
        for _ in 0..DEEPEST {
            let code = self.model.function(function);
            if code.is_generator {
                return None;
            }
            // A `with` is entered and left at one place.
            let mut from = copies(code, span);
            from.retain(|(block, op)| !matches!(code.blocks[*block].ops[*op].kind, OpKind::Exit { .. }));
            visited.insert(function);
            let assumed = Assumed::of(code, span);
            match self.leave((chain, function), &from, Some(&assumed)) {
                Left::Never => return None,
                Left::Raises(at) => return Some(Way::Raises(at)),
                Left::Returns(at) => last = last.or(at),
            }
            match self.model.chain(chain).caller {
                Some((caller, ..)) if self.model.chain(caller).caller.is_none() => break,
                Some(caller) => (chain, function, span) = caller,
                None => break,
            }
        }
        // A function that releases for others, and is not on the way, may be called by whoever called this one.
        if self
            .releases
            .functions
            .iter()
            .any(|functions| functions.is_disjoint(&visited))
        {
            return None;
        }
        // Who calls a function that is there for others may call the one that releases, too.
        (!is_entry || (self.releases.places.is_empty() && acquire.many)).then_some(Way::Returns(last))
    }

    /// What comes after some operations of a function.
    fn leave(&self, (chain, function): (ChainId, FunctionId), from: &[At], assumed: Option<&Assumed>) -> Left {
        let code = self.model.function(function);
        let mut seen: FxHashSet<usize> = FxHashSet::default();
        let mut todo: Vec<(usize, usize)> = from.iter().map(|(block, op)| (*block, op + 1)).collect();
        let unmatched = unmatched(self.model, code);
        let (mut returns, mut raises) = (None, None);
        let mut any = false;
        let mut releases = false;
        while let Some((at, start)) = todo.pop() {
            let Some(block) = code.blocks.get(at) else { continue };
            if (start == 0 && !seen.insert(at)) || unmatched.contains(&at) {
                continue;
            }
            let mut released = false;
            for op in block.ops.iter().skip(start) {
                if self.releases.places.contains(&(chain, function, op.span)) || self.hands_on_release(code, op) {
                    (released, releases) = (true, true);
                    break;
                }
                if self.may_raise(chain, function, block, op, 0) {
                    match handler_of(code, block) {
                        None => raises = raises.or(Some(op.span)),
                        Some(handler) => todo.push((handler.target.0 as usize, 0)),
                    }
                }
            }
            if released {
                continue;
            }
            match &block.end {
                Terminator::Return(_) => {
                    any = true;
                    returns = returns.or_else(|| block.ops.last().map(|op| op.span));
                }
                Terminator::Raise(_) | Terminator::Unwind => match handler_of(code, block) {
                    Some(handler) => todo.push((handler.target.0 as usize, 0)),
                    None => raises = raises.or_else(|| block.ops.last().map(|op| op.span)),
                },
                _ => match assumed.and_then(|assumed| assumed.side(block)) {
                    Some(side) => todo.push((side, 0)),
                    None => todo.extend(next(block).into_iter().map(|to| (to, 0))),
                },
            }
        }
        // Some way that returns without the release says more than an exception; where no way releases, the caller may.
        if any && (releases || raises.is_none()) {
            return Left::Returns(returns);
        }
        if !any || releases {
            return raises.map_or(Left::Never, Left::Raises);
        }
        Left::Returns(returns)
    }

    /// Whether `release` is handed to somebody who will call it: `stack.callback(lock.release)`.
    fn hands_on_release(&self, code: &Function, op: &Op) -> bool {
        let OpKind::Call { args, .. } = &op.kind else {
            return false;
        };
        args.iter().any(|arg| {
            matches!(code.definition(arg.value), Some(OpKind::Attr { name, .. }) if self.model.name(*name) == "release")
        })
    }

    /// Whether an operation is likely enough to raise.
    fn may_raise(&self, chain: ChainId, function: FunctionId, block: &Block, op: &Op, depth: u32) -> bool {
        match &op.kind {
            OpKind::Binary {
                op: BinaryOp::Div | BinaryOp::FloorDiv | BinaryOp::Mod,
                left,
                right,
                ..
            } => !is_constant(block, *right) && !is_at_least_one(self.model, block, *right) && !is_text(block, *left),
            OpKind::Call { callee, .. } => {
                let called: Vec<(ChainId, FunctionId)> = self
                    .model
                    .chains()
                    .filter(|(_, made)| {
                        made.caller
                            .is_some_and(|(caller, by, at)| caller == chain && by == function && at == op.span)
                    })
                    .map(|(id, made)| (id, made.function))
                    .collect();
                if !called.is_empty() {
                    return depth < DEEPEST
                        && called
                            .iter()
                            .any(|(chain, function)| self.raises(*chain, *function, depth + 1));
                }
                !self.is_quiet(self.model.function(function), block, *callee)
            }
            _ => false,
        }
    }

    /// Whether a function of the program may be left by an exception.
    fn raises(&self, chain: ChainId, function: FunctionId, depth: u32) -> bool {
        let code = self.model.function(function);
        code.blocks.iter().any(|block| {
            block.handler.is_none()
                && (matches!(block.end, Terminator::Raise(Some(_)))
                    || block
                        .ops
                        .iter()
                        .any(|op| self.may_raise(chain, function, block, op, depth)))
        })
    }

    /// Whether a call raises nothing as a rule, by what is called.
    fn is_quiet(&self, function: &Function, block: &Block, callee: Temp) -> bool {
        let named = block.ops.iter().find_map(|op| match op.kind {
            OpKind::Load {
                dst,
                place: Place::Global(name),
                ..
            } if dst == callee => Some((name, false)),
            OpKind::Attr { dst, name, .. } if dst == callee => Some((name, true)),
            _ => None,
        });
        let Some((name, is_method)) = named else {
            // A variable of the function, or something computed.
            let _ = function;
            return false;
        };
        let name = self.model.name(name);
        if is_method {
            QUIET_METHODS.contains(&name) || self.model.api().is_harmless_method(name)
        } else {
            QUIET.contains(&name)
        }
    }
}

/// How the code after an operation is left.
enum Left {
    /// With the lock given back.
    Never,
    Raises(Span),
    Returns(Option<Span>),
}

/// The blocks that no exception comes to, because an `except` before them catches all.
fn unmatched(model: &Model<'_>, function: &Function) -> FxHashSet<usize> {
    let is_broad = |handler: &&Handler| {
        let names = |caught: &crate::python::ir::Dotted| {
            caught
                .last()
                .is_some_and(|name| matches!(model.name(*name), "Exception" | "BaseException"))
        };
        handler.catches_all || handler.catches.iter().any(names)
    };
    let ends = function.handlers.iter().filter(is_broad).filter_map(|handler| {
        let mut at = handler.target.0 as usize;
        for _ in 0..function.blocks.len() {
            match &function.blocks.get(at)?.end {
                Terminator::Branch {
                    test: Test::Again,
                    otherwise,
                    ..
                } => at = otherwise.0 as usize,
                Terminator::Goto(to) => at = to.0 as usize,
                Terminator::Raise(None) | Terminator::Unwind => return Some(at),
                _ => return None,
            }
        }
        None
    });
    ends.collect()
}

fn handler_of<'f>(function: &'f Function, block: &Block) -> Option<&'f Handler> {
    function.handlers.get(block.handler? as usize)
}

/// Whether it is a text that is formatted by `%`.
fn is_text(block: &Block, temp: Temp) -> bool {
    block.ops.iter().any(|op| match &op.kind {
        OpKind::Const { dst, value } => *dst == temp && matches!(value, Const::Str(_) | Const::Bytes(_)),
        _ => false,
    })
}

/// Whether it is `max(…)` with a number in it that is greater than none.
fn is_at_least_one(model: &Model<'_>, block: &Block, temp: Temp) -> bool {
    block.ops.iter().any(|op| match &op.kind {
        OpKind::Call { dst, callee, args, .. } if *dst == temp => {
            let is_max = block.ops.iter().any(|op| {
                matches!(op.kind, OpKind::Load { dst, place: Place::Global(name), .. }
                    if dst == *callee && model.name(name) == "max")
            });
            is_max && args.iter().any(|arg| is_constant(block, arg.value))
        }
        _ => false,
    })
}

fn is_constant(block: &Block, temp: Temp) -> bool {
    block.ops.iter().any(|op| {
        matches!(&op.kind, OpKind::Const { dst, value } if *dst == temp && !matches!(value, Const::None | Const::Int(0)))
    })
}

/// Functions of Python that raise nothing unless they are given something absurd.
const QUIET: &[&str] = &[
    "print",
    "len",
    "range",
    "str",
    "repr",
    "bool",
    "list",
    "dict",
    "set",
    "tuple",
    "sorted",
    "min",
    "max",
    "sum",
    "abs",
    "round",
    "enumerate",
    "zip",
    "reversed",
    "isinstance",
    "type",
    "id",
    "any",
    "all",
    "format",
    "sleep",
    "time",
    "perf_counter",
    "monotonic",
    "getpid",
    "current_process",
    "hasattr",
    "map",
    "filter",
    "iter",
    "deepcopy",
    "copy",
    "super",
    "partial",
    "print_exc",
    "uniform",
    "random",
    "randint",
    "now",
    "hex",
    "bin",
    "ord",
    "chr",
];

/// Methods that raise nothing unless they are called on something absurd.
const QUIET_METHODS: &[&str] = &[
    "append",
    "add",
    "extend",
    "insert",
    "update",
    "clear",
    "copy",
    "get",
    "put",
    "items",
    "keys",
    "values",
    "setdefault",
    "discard",
    "format",
    "join",
    "split",
    "strip",
    "lower",
    "upper",
    "replace",
    "startswith",
    "endswith",
    "encode",
    "write",
    "flush",
    "sleep",
    "time",
    "perf_counter",
    "monotonic",
    "getpid",
    "random",
    "randint",
    "uniform",
    "choice",
    "now",
    "set",
    "is_set",
    "acquire",
    "release",
    "notify",
    "notify_all",
    "wait",
    "start",
    "is_alive",
    "empty",
    "full",
    "qsize",
    "task_done",
    "current_process",
    "get_lock",
    "get_obj",
    "count",
    "sort",
    "reverse",
    "strftime",
    "isoformat",
    "popleft",
    "appendleft",
    "print_exc",
    "print_stack",
    "getvalue",
    "writerow",
    "get_ident",
    "gethostname",
    "close",
    "info",
    "debug",
    "warning",
];
