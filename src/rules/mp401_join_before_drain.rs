//! A process is waited for before anybody has read what it puts.

use super::supply::other_end;
use super::threads::thread_of;
use super::waits::{HANGS, STALLS};
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::files::Span;
use crate::findings::{Confidence, Remedy, Severity};
use crate::model::Model;
use crate::model::events::{Argument, ChainId, ContextId, ContextKind, Event, EventKind};
use crate::model::heap::{Heap, ObjectId, ObjectKind};
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::python::ir::{BuildItem, OpKind, Place, Temp};

pub(super) const HOOK: Hook = Hook::Model(check);

/// Items of at most this many bytes in all pass through a pipe that nobody reads: well below the 65 kB of Linux and
/// what other platforms have.
const FITS: u64 = 4_000;

/// An item of at most this many bytes is a number, a truth value or a few of them.
const TINY: u64 = 40;

/// An exception with its message is no longer than this, as a rule.
const REPORT: u64 = 1_000;

/// How much of what a message is made of is looked at for what was caught.
const PARTS: usize = 12;

fn check(check: &mut Check<'_>) {
    let model = check.model;
    unfinished(check);
    for (event, process) in waits(model) {
        let states = model.states(event, process);
        let starts = matches!(event.kind, EventKind::Make { .. });
        let polls = matches!(event.effect(), Some((_, Effect::IsAlive)));
        let is_pool = model.family(&event.heap, process) == Some(Family::Pool);
        // A thread that only looks keeps nobody from reading.
        if polls && thread_of(model, event.chain).is_some() {
            continue;
        }
        if states.contains(States::LOST) || !(starts || is_pool || states.may(States::STARTED)) {
            continue;
        }
        for (context, _) in model.contexts_of(process) {
            let Some(put) = unread_put(model, event, context) else {
                continue;
            };
            let waited_for = if starts {
                "what is started here".to_owned()
            } else {
                format!("`{}`", check.receiver(event))
            };
            let draft = check
                .about(
                    event,
                    process,
                    format!(
                        "{waited_for} is waited for before what it puts is read, and it cannot end while that is more \
                         than a pipe holds"
                    ),
                )
                .showing(if polls { &[STALLS] } else { &[HANGS] })
                .severity(if put.tiny { Severity::Note } else { Severity::Error })
                .confidence(if put.certain {
                    Confidence::High
                } else {
                    Confidence::Medium
                })
                .related(put.span, "the items are put here")
                .remedy(Remedy::RoomForAll)
                .help("read the items first, then join");
            check.report(draft);
        }
    }
}

/// What this process puts beyond what the others take keeps it from ending itself.
fn unfinished(check: &mut Check<'_>) {
    let model = check.model;
    for (event, queue) in model.method_events(Effect::Put) {
        let is_main = matches!(
            model.context(event.context).kind,
            ContextKind::Main | ContextKind::Entry
        );
        if !is_main || !event.many || model.states(event, queue).contains(States::LOST) {
            continue;
        }
        if !model
            .kind(&event.heap, queue)
            .is_some_and(|kind| kind.family == Family::Queue && kind.feeder)
        {
            continue;
        }
        let Some(puts) = event.times else { continue };
        let mut takes = 0u64;
        let mut known = true;
        for (get, _) in model.method_events(Effect::Get).filter(|(_, other)| *other == queue) {
            let times = if get.many { get.times } else { Some(1) };
            known &= times.is_some() && !model.context(get.context).many && model.context(get.context).known;
            takes += times.unwrap_or_default();
        }
        let gives_up = model
            .method_events(Effect::CancelJoinThread)
            .any(|(_, other)| other == queue);
        let others = model.contexts().any(|(_, context)| !context.known);
        if !known || takes == 0 || takes >= puts || gives_up || others {
            continue;
        }
        let EventKind::Method { method, arguments, .. } = &event.kind else {
            continue;
        };
        let size = method
            .data
            .as_deref()
            .and_then(|data| arguments.get(data))
            .and_then(|argument| size_of(model, &event.heap, &argument.value, 0));
        if size.is_some_and(|size| size.saturating_mul(puts - takes) <= FITS) {
            continue;
        }
        let receiver = check.receiver(event);
        let draft = check
            .about(
                event,
                queue,
                format!("more is put into `{receiver}` than is taken out, so this process cannot end"),
            )
            .severity(Severity::Error)
            .confidence(Confidence::Medium)
            .remedy(Remedy::RoomForAll)
            .help("take out all that is put in, or call `cancel_join_thread()` if it may be lost");
        check.report(draft);
    }
}

/// The events that wait for a process to end: `join()` without a bound, and `is_alive()` asked again and again.
fn waits<'m>(model: &'m Model<'m>) -> impl Iterator<Item = (&'m Event<'m>, ObjectId)> {
    model.events().iter().filter_map(|event| {
        // torch's `spawn` waits for what it has started, unless it is told not to.
        if let EventKind::Make {
            object,
            entry,
            arguments,
        } = &event.kind
            && entry.work.as_ref().is_some_and(|work| work.starts)
            && arguments
                .get("join")
                .is_none_or(|join| join.value.single() != Some(Atom::Bool(false)))
        {
            return Some((event, *object));
        }
        let EventKind::Method {
            object, method, base, ..
        } = &event.kind
        else {
            return None;
        };
        let family = model.family(&event.heap, *object)?;
        if !matches!(family, Family::Process | Family::ProcessGroup | Family::Pool) {
            return None;
        }
        match method.effect {
            Effect::Join if !model.is_bounded(event) => Some((event, *object)),
            Effect::IsAlive if !*base && event.asked_again && !is_ended_here(model, event, *object) => {
                Some((event, *object))
            }
            _ => None,
        }
    })
}

/// Whether the function that asks ends the process by force: it does not wait for it.
fn is_ended_here(model: &Model<'_>, asks: &Event<'_>, process: ObjectId) -> bool {
    model.events_in(asks.context).any(|event| {
        matches!(event.effect(), Some((other, Effect::Terminate)) if other == process)
            && event.function == asks.function
    })
}

struct UnreadPut {
    span: Span,
    certain: bool,
    /// Whether it is numbers and the like, nobody knows how many, but not without end: thousands of them fit.
    tiny: bool,
}

/// Something that a context puts, and that nobody has read when the parent waits.
fn unread_put(model: &Model<'_>, wait: &Event<'_>, context: ContextId) -> Option<UnreadPut> {
    let gives_up = model
        .events_in(context)
        .any(|event| matches!(event.effect(), Some((_, Effect::CancelJoinThread))));
    if gives_up {
        return None;
    }
    model.events_in(context).find_map(|event| {
        let EventKind::Method {
            object: queue,
            method,
            arguments,
            ..
        } = &event.kind
        else {
            return None;
        };
        if method.effect != Effect::Put {
            return None;
        }
        let kind = model.kind(&event.heap, *queue)?;
        let end = match kind.family {
            Family::Queue if kind.feeder => *queue,
            Family::Connection => other_end(model, &wait.heap, *queue)?,
            _ => return None,
        };
        let states = model.states(wait, end);
        if !states.must(States::UNREAD)
            || is_read_elsewhere(model, wait, end, context)
            || is_read_elsewhere(model, wait, *queue, context)
        {
            return None;
        }
        let item = method.data.as_deref().and_then(|data| arguments.get(data));
        // On this way through a `finally` nothing has been assigned, and the call fails.
        if item.is_some_and(|item| item.value.is_never()) {
            return None;
        }
        let size = item.and_then(|item: &Argument<'_>| size_of(model, &event.heap, &item.value, 0));
        // A report of what went wrong is a line or two, and one of them ends most programs.
        let report = puts_exception(model, event);
        let size = if report { size.or(Some(REPORT)) } else { size };
        let times = if event.many { event.times } else { Some(1) };
        let total = size.zip(times).map(|(size, times)| size.saturating_mul(times));
        let hangs = match total {
            Some(total) => total > FITS,
            // One message of unknown size through a pipe is a small one more often than not.
            None => kind.family == Family::Queue || event.many,
        };
        hangs.then_some(UnreadPut {
            span: event.span,
            certain: event.many || size.is_some(),
            tiny: total.is_none()
                && size.is_some_and(|size| size <= TINY || report)
                && model.context(context).endless != Some(event.function),
        })
    })
}

/// Whether a call hands on what an `except` clause has caught under a name, or a record of it:
/// `except Exception as e: errors.put((name, str(e)))`.
fn puts_exception(model: &Model<'_>, event: &Event<'_>) -> bool {
    let function = model.function(event.function);
    let ops = || function.blocks.iter().flat_map(|block| &block.ops);
    let given = ops().find_map(|op| match &op.kind {
        OpKind::Call { args, .. } if op.span == event.span => Some(args.first()?.value),
        _ => None,
    });
    let Some(given) = given.filter(|_| !function.handlers.is_empty()) else {
        return false;
    };
    let is_caught = |value: Temp| ops().any(|op| matches!(op.kind, OpKind::Unknown { dst } if dst == value));
    let holds_caught = |place: Place| {
        let mut stores = ops()
            .filter_map(|op| match op.kind {
                OpKind::Store { place: stored, value } if stored == place => Some(value),
                _ => None,
            })
            .peekable();
        stores.peek().is_some() && stores.all(is_caught)
    };
    let mut made_of = vec![given];
    let mut at = 0;
    while let Some(&temp) = made_of.get(at).filter(|_| at < PARTS) {
        at += 1;
        for op in ops() {
            match &op.kind {
                OpKind::Load { dst, place, .. } if *dst == temp && holds_caught(*place) => return true,
                OpKind::Build { dst, items, .. } if *dst == temp => {
                    made_of.extend(items.iter().filter_map(|item| match item {
                        BuildItem::Value(value) => Some(*value),
                        _ => None,
                    }));
                }
                OpKind::Call { dst, args, .. } if *dst == temp => made_of.extend(args.iter().map(|arg| arg.value)),
                OpKind::Format { dst, parts } if *dst == temp => made_of.extend(parts),
                _ => {}
            }
        }
    }
    false
}

/// Whether another process or thread takes items out, or a process that was not followed may.
fn is_read_elsewhere(model: &Model<'_>, wait: &Event<'_>, queue: ObjectId, putter: ContextId) -> bool {
    let thread = thread_of(model, wait.chain).map(|(chain, ..)| chain);
    let read = model.events().iter().any(|event| {
        matches!(event.effect(), Some((object, Effect::Get | Effect::Recv)) if object == queue)
            && (event.context != putter || model.context(putter).many)
            && (event.context != wait.context || thread.is_some_and(|thread| !comes_from(model, event.chain, thread)))
    });
    read || model.contexts().any(|(id, context)| {
        context.cut_short
            && id != putter
            && context
                .object
                .is_some_and(|process| model.reachable(&wait.heap, &process.into()).contains(&queue))
    })
}

/// Whether a chain of calls goes on from another one, or is that.
fn comes_from(model: &Model<'_>, mut chain: ChainId, from: ChainId) -> bool {
    while chain != from {
        let Some((caller, ..)) = model.chain(chain).caller else {
            return false;
        };
        chain = caller;
    }
    true
}

/// How many bytes a value is when pickled, at most; `None` where it may be any number.
fn size_of(model: &Model<'_>, heap: &Heap, value: &Value, depth: u32) -> Option<u64> {
    if depth > 3 || value.is_never() {
        return None;
    }
    // What is a number or a truth value on some ways is one on the others.
    let number = |atom: &Atom| {
        matches!(
            atom,
            Atom::Bool(_) | Atom::Int(_) | Atom::Float(_) | Atom::Scalar | Atom::ReadFrom(_)
        )
    };
    let is_number = value.atoms().iter().any(number);
    let mut most = 0;
    for &atom in value.atoms() {
        let size = match atom {
            Atom::Unknown | Atom::Received(_) if is_number => 10,
            Atom::None | Atom::Bool(_) | Atom::Int(_) | Atom::Float(_) | Atom::Scalar | Atom::ReadFrom(_) => 10,
            // A text of unknown content is a message or a name; what is read from files or multiplied is not known.
            Atom::Text => 100,
            Atom::Str(_) => 270,
            Atom::Sized(length) => u64::from(length),
            Atom::Object(id) => match model.object(id).kind {
                ObjectKind::Tuple | ObjectKind::List => {
                    let object = heap.get(id)?;
                    if let Some(Atom::Int(length)) = model.role(heap, id, "@length").and_then(Value::single) {
                        let each = size_of(model, heap, &object.elements, depth + 1)?;
                        most = most.max(each.saturating_mul(u64::try_from(length).ok()?));
                        continue;
                    }
                    let items = object.items.as_ref()?;
                    items
                        .iter()
                        .try_fold(10u64, |all, item| Some(all + size_of(model, heap, item, depth + 1)?))?
                }
                _ => return None,
            },
            _ => return None,
        };
        most = most.max(size);
    }
    Some(most)
}
