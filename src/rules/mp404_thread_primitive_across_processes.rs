//! What lives in the memory of one process is used to reach another.

use rustc_hash::FxHashSet;

use super::foreign::is_true_of_all;
use super::sent::{Part, sent};
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::{Expectation, Remedy, StartMethods, SymptomKind, VersionRange};
use crate::model::Model;
use crate::model::events::{ContextId, ContextKind, Event, EventKind};
use crate::model::heap::{Heap, ObjectId, ObjectKind};
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

/// An argument that a fork copies and pickle does not send.
const COPIED_OR_REFUSED: &[Expectation] = &[
    Expectation::shows(SymptomKind::WrongResult, StartMethods::FORK, VersionRange::ANY),
    Expectation::raises("TypeError", StartMethods::PICKLING, VersionRange::ANY),
];

/// The same, where somebody waits for what happens to another copy.
const WAITS_OR_REFUSED: &[Expectation] = &[
    Expectation::shows(SymptomKind::Hangs, StartMethods::FORK, VersionRange::ANY),
    Expectation::raises("TypeError", StartMethods::PICKLING, VersionRange::ANY),
];

/// An argument that only a child uses: a fork does no harm.
const REFUSED_AT_START: &[Expectation] = &[Expectation::raises(
    "TypeError",
    StartMethods::PICKLING,
    VersionRange::ANY,
)];

const COPIED: &[Expectation] = &[Expectation::always(SymptomKind::WrongResult)];

const WAITS: &[Expectation] = &[Expectation::always(SymptomKind::Hangs)];

fn check(check: &mut Check<'_>) {
    let mut handed = FxHashSet::default();
    for event in check.model.events() {
        handed.extend(check_arguments(check, event));
    }
    for event in check.model.events() {
        check_use(check, event, &handed);
    }
    check_locks(check, &handed);
}

/// What a message says that an object is: the last name of what made it.
fn noun(check: &Check<'_>, event: &Event<'_>, object: ObjectId) -> String {
    let model = check.model;
    let path = model.object(object).path.map(|path| model.dotted(path).to_owned());
    path.or_else(|| model.kind(&event.heap, object).map(|kind| kind.noun.clone()))
        .unwrap_or_default()
}

fn is_of_threads(model: &Model<'_>, heap: &Heap, object: ObjectId) -> bool {
    match model.family(heap, object) {
        Some(Family::ThreadQueue) => true,
        Some(Family::ThreadPrimitive) => model.kind(heap, object).is_some_and(|kind| {
            matches!(
                kind.name.as_str(),
                "thread-lock" | "thread-event" | "coroutine-primitive"
            )
        }),
        _ => false,
    }
}

/// The object by itself, or as an element of a tuple, list or dict of arguments. What may as well be something else,
/// such as a queue of either kind, is left alone.
fn plain_arguments(heap: &Heap, model: &Model<'_>, value: &Value) -> Vec<ObjectId> {
    let certain = |value: &Value| match value.single() {
        Some(Atom::Object(object)) => Some(object),
        _ => None,
    };
    let Some(object) = certain(value) else {
        return Vec::new();
    };
    if is_of_threads(model, heap, object) {
        return vec![object];
    }
    let is_holder = matches!(
        model.object(object).kind,
        ObjectKind::Tuple | ObjectKind::List | ObjectKind::Dict
    );
    let Some(holder) = heap.get(object).filter(|_| is_holder) else {
        return Vec::new();
    };
    let items = holder.items.iter().flat_map(|items| items.iter());
    let fields = holder.fields.iter().map(|(_, value)| value);
    items
        .chain(fields)
        .filter_map(certain)
        .filter(|id| is_of_threads(model, heap, *id))
        .collect()
}

/// Arguments of processes and tasks. Returns the objects that are found fault with.
fn check_arguments(check: &mut Check<'_>, event: &Event<'_>) -> Vec<ObjectId> {
    let model = check.model;
    let mut handed = Vec::new();
    let mut drafts: Vec<Draft> = Vec::new();
    for sent in sent(check, event) {
        if !matches!(sent.part, Part::Arguments | Part::Elements) {
            continue;
        }
        let Some(object) = plain_arguments(&event.heap, model, &sent.value).into_iter().next() else {
            continue;
        };
        let Some(by) = sent.by else { continue };
        // What a task is given is pickled under every method: that is for another rule to say.
        if model.family(&event.heap, by) != Some(Family::Process) {
            handed.push(object);
            continue;
        }
        let (methods, named) = check.methods_of(event, by);
        let uses = uses(model, object);
        // Those of asyncio can be pickled, and each process has a copy of its own.
        if is_of_coroutines(model, event, object) {
            if let Uses::BothSides { waits } = uses {
                let draft = Draft::new(
                    sent.argument.span,
                    format!(
                        "`{}` is for the coroutines of one process: each process has a copy of its own",
                        noun(check, event, object)
                    ),
                )
                .under(methods, named)
                .showing(if waits { WAITS } else { COPIED })
                .related(check.made_at(object), "it is made here")
                .remedy(Remedy::SharedMemory)
                .help("use what `multiprocessing` has under the same name, and wait for it in a thread");
                drafts.push(draft);
                handed.push(object);
            }
            continue;
        }
        let shown = match uses {
            Uses::BothSides { waits: true } => WAITS_OR_REFUSED,
            Uses::BothSides { waits: false } => COPIED_OR_REFUSED,
            Uses::OneSide => REFUSED_AT_START,
        };
        handed.push(object);
        let noun = noun(check, event, object);
        drafts.push(
            Draft::new(
                sent.argument.span,
                format!(
                    "`{noun}` is for threads: it cannot be sent to another process, and a fork has a copy of its own"
                ),
            )
            .under(methods, named)
            .showing(shown)
            .related(check.made_at(object), "it is made here")
            .remedy(Remedy::SharedMemory)
            .help("use what `multiprocessing` has under the same name"),
        );
    }
    for draft in drafts {
        check.report(draft);
    }
    handed
}

fn is_of_coroutines(model: &Model<'_>, event: &Event<'_>, object: ObjectId) -> bool {
    model
        .kind(&event.heap, object)
        .is_some_and(|kind| kind.name == "coroutine-primitive")
}

enum Uses {
    /// In several processes: does one of them wait for the other?
    BothSides {
        waits: bool,
    },
    OneSide,
}

/// Who uses an object.
fn uses(model: &Model<'_>, object: ObjectId) -> Uses {
    let mut processes = FxHashSet::default();
    let mut many = false;
    let mut waits = false;
    for event in model.events() {
        let used = match event.kind {
            EventKind::Method { object, .. } => object,
            EventKind::TakeLock { lock } => lock,
            _ => continue,
        };
        if used != object {
            continue;
        }
        let process = model.process_of(event.context);
        processes.insert(process);
        many |= process.is_some_and(|process| model.context(process).many);
        waits |= side(model, event) == Some(Side::Takes) && !is_limited(model, event);
    }
    match many || processes.len() > 1 {
        true => Uses::BothSides { waits },
        false => Uses::OneSide,
    }
}

/// Whether a call has arguments that may bound its wait, or never waits.
fn is_limited(model: &Model<'_>, event: &Event<'_>) -> bool {
    let EventKind::Method { name, arguments, .. } = &event.kind else {
        return false;
    };
    arguments.open
        || !arguments.list.is_empty()
        || matches!(model.name(*name), "get_nowait" | "is_set" | "empty" | "qsize")
}

/// The side of a queue or event that a method belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Gives,
    Takes,
}

fn side(model: &Model<'_>, event: &Event<'_>) -> Option<Side> {
    let EventKind::Method { object, name, .. } = event.kind else {
        return None;
    };
    if !is_of_threads(model, &event.heap, object)
        || model
            .kind(&event.heap, object)
            .is_some_and(|kind| kind.name == "thread-lock")
    {
        return None;
    }
    match model.name(name) {
        "put" | "put_nowait" | "set" => Some(Side::Gives),
        "get" | "get_nowait" | "wait" | "is_set" => Some(Side::Takes),
        _ => None,
    }
}

/// A queue or event that one process gives to and another takes from.
fn check_use(check: &mut Check<'_>, event: &Event<'_>, handed: &FxHashSet<ObjectId>) {
    let model = check.model;
    let (Some(mine), EventKind::Method { object, .. }) = (side(model, event), &event.kind) else {
        return;
    };
    let object = *object;
    let Some(process) = model.process_of(event.context) else {
        return;
    };
    if handed.contains(&object) || is_out_of_sight(event, object) || serves_both(model, event, object) {
        return;
    }
    // A queue of either kind.
    if !is_true_of_all(model, event, |event, object| is_of_threads(model, &event.heap, object)) {
        return;
    }
    let partner = model.events().iter().find(|other| {
        matches!(other.kind, EventKind::Method { object: its, .. } if its == object)
            && side(model, other).is_some_and(|side| side != mine)
            && !may_be_one_process(model, other, event)
            && model.context(other.context).kind != ContextKind::Entry
    });
    // What is put where nobody takes it out is lost, whoever else has a use for the queue.
    let is_lost = mine == Side::Gives && model.family(&event.heap, object) == Some(Family::ThreadQueue);
    let Some(partner) = partner.filter(|partner| is_lost || !serves_both(model, partner, object)) else {
        return;
    };
    let Some(starter) = model.context(process).object else {
        return;
    };
    // What goes along with a process cannot be pickled, and that is said where it starts.
    let carried = model.reachable(&event.heap, &starter.into()).contains(&object);
    let (mut methods, named) = check.methods_of(event, starter);
    if carried {
        methods &= StartMethods::FORK;
    }
    let waiter = if mine == Side::Takes { event } else { partner };
    let asks_first = model.events().iter().any(|other| {
        matches!(other.kind, EventKind::Method { object: its, name, .. } if its == object && matches!(model.name(name), "empty" | "qsize" | "is_set"))
            && other.context == waiter.context
    });
    let mut draft = Draft::new(
        event.span,
        format!(
            "`{}` is for one process: each has a copy of its own, and nothing gets from one to the other",
            noun(check, event, object)
        ),
    )
    .under(methods, named)
    .related(partner.span, "the other side uses its own copy here")
    .related(check.made_at(object), "it is made here")
    .remedy(Remedy::SharedMemory)
    .help("use what `multiprocessing` has under the same name, and give it to the process as an argument");
    if !is_limited(model, waiter) && !asks_first {
        draft = draft.showing(WAITS);
    }
    check.report(draft);
}

/// Whether the process of an event gives and takes, so that it needs nobody else; threads of its own may do the other half.
fn serves_both(model: &Model<'_>, event: &Event<'_>, object: ObjectId) -> bool {
    let mine = side(model, event);
    model.events().iter().any(|other| {
        matches!(other.kind, EventKind::Method { object: its, .. } if its == object)
            && side(model, other).is_some_and(|side| Some(side) != mine)
            && may_be_one_process(model, other, event)
    })
}

/// Whether two events are of one process, or of tasks and the initializer of one pool, which may share a worker.
fn may_be_one_process(model: &Model<'_>, one: &Event<'_>, other: &Event<'_>) -> bool {
    let (one, other) = (model.process_of(one.context), model.process_of(other.context));
    let pool = |process: Option<ContextId>| {
        let context = model.context(process?);
        context.object.filter(|_| context.kind != ContextKind::Child)
    };
    one == other || (pool(one).is_some() && pool(one) == pool(other))
}

fn is_out_of_sight(event: &Event<'_>, object: ObjectId) -> bool {
    let object = event.heap.get(object);
    object.is_none_or(|object| object.escaped || object.states.contains(States::LOST))
}

/// A lock of a module that several processes take, in a program that has no threads which it might keep apart.
fn check_locks(check: &mut Check<'_>, handed: &FxHashSet<ObjectId>) {
    let model = check.model;
    if has_threads(model) {
        return;
    }
    // A lock under which a process works on its own copies keeps nobody out who should be.
    let guards = |lock: ObjectId| {
        model.events().iter().any(|event| {
            let shares = match &event.kind {
                EventKind::Access { .. } | EventKind::Update { .. } | EventKind::Print { .. } => true,
                EventKind::Make { object, .. } => model.family(&event.heap, *object) == Some(Family::File),
                EventKind::Call { entry, .. } => entry.effect == Effect::Writes,
                EventKind::Method { object, method, .. } => match method.effect {
                    Effect::Writes => true,
                    Effect::Put | Effect::Recv => model.family(&event.heap, *object) == Some(Family::Connection),
                    _ => false,
                },
                _ => false,
            };
            shares && event.held.contains(&lock) && model.is_child(event.context)
        })
    };
    for event in model.events() {
        let lock = match event.kind {
            EventKind::TakeLock { lock } => lock,
            EventKind::Method { object, name, .. } if model.name(name) == "acquire" => object,
            _ => continue,
        };
        let is_lock = model
            .kind(&event.heap, lock)
            .is_some_and(|kind| kind.name == "thread-lock");
        let Some(process) = model.process_of(event.context).filter(|_| is_lock) else {
            continue;
        };
        // A library guards itself against threads that others may have: the lock is a global of the worker's own module.
        let first = model.context(process).function;
        let module = first.and_then(|function| model.namespace_of(function));
        let is_global = module.and_then(|module| event.heap.get(module)).is_some_and(|module| {
            module
                .fields
                .iter()
                .any(|(_, value)| value.single() == Some(Atom::Object(lock)))
        });
        if !is_global || !guards(lock) || handed.contains(&lock) || is_out_of_sight(event, lock) {
            continue;
        }
        let several = model.context(process).many
            || model.events().iter().any(|other| {
                let takes = match other.kind {
                    EventKind::TakeLock { lock: its } => its == lock,
                    EventKind::Method { object, name, .. } => object == lock && model.name(name) == "acquire",
                    _ => false,
                };
                takes
                    && model.process_of(other.context) != Some(process)
                    && model.context(other.context).kind != ContextKind::Entry
            });
        let Some(starter) = model.context(process).object.filter(|_| several) else {
            continue;
        };
        let (methods, named) = check.methods_of(event, starter);
        let draft = Draft::new(
            event.span,
            format!(
                "`{}` is for threads: each process takes a copy of its own, which keeps no other process out",
                noun(check, event, lock)
            ),
        )
        .under(methods, named)
        .related(check.made_at(lock), "it is made here")
        .remedy(Remedy::SharedMemory)
        .help("make a `multiprocessing.Lock` and give it to the processes as an argument");
        check.report(draft);
    }
}

fn has_threads(model: &Model<'_>) -> bool {
    model.events().iter().any(|event| match event.kind {
        EventKind::Make { object, .. } => matches!(
            model.family(&event.heap, object),
            Some(Family::Thread | Family::ThreadPool | Family::EventLoop)
        ),
        _ => false,
    }) || model.events().iter().any(|event| {
        // A method that is handed on may be called by anything.
        matches!(&event.kind, EventKind::Method { arguments, .. }
            if arguments.list.iter().any(|argument| argument.value.atoms().iter().any(|atom| matches!(atom, Atom::Function(..))))
                && event.effect().is_some_and(|(_, effect)| effect == Effect::RunInExecutor))
    })
}
