//! A lock, queue or shared value of the module is used by workers, each of which makes its own when it imports the module.

use rustc_hash::{FxHashMap, FxHashSet};

use super::check::Draft;
use super::sent::sent;
use super::{Check, Hook};
use crate::api::{Effect, Family, Pickle};
use crate::findings::{Expectation, PythonVersion, Remedy, StartMethods, SymptomKind, VersionRange};
use crate::model::Model;
use crate::model::code::UnitId;
use crate::model::events::{ContextId, Event, EventKind};
use crate::model::heap::{Heap, ObjectId};
use crate::model::value::Value;
use crate::python::ir::FunctionId;

pub(super) const HOOK: Hook = Hook::Model(check);

/// The workers and the process that started them work with one each.
const APART: &[Expectation] = &[Expectation::shows(
    SymptomKind::WrongResult,
    StartMethods::PICKLING,
    VersionRange::ANY,
)];

/// What one puts or sets never gets to the other.
const WAITS: &[Expectation] = &[Expectation::shows(
    SymptomKind::Hangs,
    StartMethods::PICKLING,
    VersionRange::ANY,
)];

/// Each worker has its own. From 3.14 on the fork server imports the main module before it forks, so that its children
/// share what it made.
const EACH_ITS_OWN: &[Expectation] = &[
    Expectation::shows(SymptomKind::WrongResult, StartMethods::SPAWN, VersionRange::ANY),
    Expectation::shows(
        SymptomKind::WrongResult,
        StartMethods::FORKSERVER,
        VersionRange::below(PythonVersion(3, 14)),
    ),
];

fn check(check: &mut Check<'_>) {
    let model = check.model;
    let of_modules = made_by_modules(model);
    if of_modules.is_empty() {
        return;
    }
    let mut said: FxHashSet<ObjectId> = FxHashSet::default();
    for event in model.events() {
        let Some(object) = shared_object(model, event).filter(|object| !said.contains(object)) else {
            continue;
        };
        let (Some(&made), Some(worker)) = (of_modules.get(&object), model.process_of(event.context)) else {
            continue;
        };
        let Some(users) = other_users(model, worker, object) else {
            continue;
        };
        if is_handed_over(check, event, worker, object) {
            continue;
        }
        let Some(kind) = model.kind(&event.heap, object) else {
            continue;
        };
        let shown = match (kind.family, users) {
            (Family::Queue | Family::Event | Family::Condition | Family::Barrier, Users::Starter) => WAITS,
            (_, Users::Starter) => APART,
            (_, Users::Workers) => EACH_ITS_OWN,
        };
        said.insert(object);
        let starter = model.context(worker).object.unwrap_or(object);
        let (methods, named) = check.methods_of(event, starter);
        let draft = Draft::new(
            event.span,
            format!(
                "`{}` is a {} of the module, and a worker that imports the module makes one of its own",
                name_of(check, event),
                kind.noun
            ),
        )
        .under(methods, named)
        .showing(shown)
        .related(made.span, "it is made here, at each import")
        .race()
        .remedy(match kind.family {
            Family::Shared => Remedy::StateSent,
            _ => Remedy::InTurn,
        })
        .help("make it under the main guard, and give it to the workers as an argument or by an initializer");
        check.report(draft);
    }
}

/// Who else has to do with an object that a worker uses.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Users {
    /// The process that starts the workers.
    Starter,
    /// Other workers only.
    Workers,
}

/// Objects that processes are meant to share, made by the code of a module that a child imports again.
fn made_by_modules<'m>(model: &'m Model<'m>) -> FxHashMap<ObjectId, &'m Event<'m>> {
    let made = model.events().iter().filter_map(|event| match event.kind {
        EventKind::Make { object, .. } => Some((object, event)),
        _ => None,
    });
    made.filter(|(object, event)| {
        let family = model.family(&event.heap, *object);
        let inherits = model
            .kind(&event.heap, *object)
            .is_some_and(|kind| kind.pickle == Pickle::Inherit);
        inherits
            && matches!(
                family,
                Some(
                    Family::Lock | Family::Queue | Family::Event | Family::Condition | Family::Barrier | Family::Shared
                )
            )
            && !model.is_child(event.context)
            && body_around(model, event).is_some_and(|body| {
                // Of what stands under the main guard the child has none at all, which is another mistake.
                !(event.main_only && model.code.home(body) == UnitId::ROOT)
            })
    })
    .collect()
}

/// The body of a module in whose run something happens, be it a few calls down.
fn body_around(model: &Model<'_>, event: &Event<'_>) -> Option<FunctionId> {
    let (mut function, mut chain) = (event.function, event.chain);
    while !model.code.is_module_body(function) {
        (chain, function, _) = model.chain(chain).caller?;
    }
    Some(function)
}

/// The object that something is done with for which it has to be the same in all processes.
fn shared_object(model: &Model<'_>, event: &Event<'_>) -> Option<ObjectId> {
    match &event.kind {
        EventKind::TakeLock { lock } => Some(*lock),
        EventKind::Update { object, .. } | EventKind::Access { object, .. } => Some(*object),
        EventKind::Method { object, method, .. } => matches!(
            method.effect,
            Effect::Acquire
                | Effect::Put
                | Effect::Get
                | Effect::Wait
                | Effect::Set
                | Effect::TaskDone
                | Effect::Shared
        )
        .then_some(*object),
        _ => None,
    }
    .filter(|object| model.object(*object).path.is_some())
}

/// Whether the object goes to some process as an argument, as an attribute, or with the function that it runs.
fn is_handed_over(check: &Check<'_>, event: &Event<'_>, worker: ContextId, object: ObjectId) -> bool {
    let model = check.model;
    let holds = |heap: &Heap, value: &Value| model.pickled_with(heap, value).contains(&object);
    let process = model.context(worker).object;
    process.is_some_and(|process| holds(&event.heap, &process.into()))
        || model
            .events()
            .iter()
            .any(|event| sent(check, event).iter().any(|sent| holds(&event.heap, &sent.value)))
}

/// Who besides the process of a worker uses an object.
fn other_users(model: &Model<'_>, worker: ContextId, object: ObjectId) -> Option<Users> {
    let users = || {
        model
            .events()
            .iter()
            .filter(|event| shared_object(model, event) == Some(object))
    };
    if users().any(|event| model.process_of(event.context).is_none()) {
        return Some(Users::Starter);
    }
    let several = model.context(worker).many || users().any(|event| model.process_of(event.context) != Some(worker));
    several.then_some(Users::Workers)
}

/// What the object is called where it is used.
fn name_of(check: &Check<'_>, event: &Event<'_>) -> String {
    match event.kind {
        EventKind::Method { .. } => check.receiver(event),
        EventKind::Access { .. } | EventKind::Update { .. } => {
            let text = check.text(event.span);
            let end = text.find(['.', '[']).unwrap_or(text.len());
            text[..end].to_owned()
        }
        _ => check.text(event.span),
    }
}
