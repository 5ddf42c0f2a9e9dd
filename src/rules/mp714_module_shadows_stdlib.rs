//! A file beside the program has the name of a module that multiprocessing needs, and is imported in its place.

use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::StartMethods;
use crate::model::Model;
use crate::model::events::{Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::shadows::{Need, Shadow};
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for shadow in model.shadows() {
        let uses: Vec<(&Event<'_>, ObjectId, StartMethods)> = model
            .events()
            .iter()
            .filter_map(|event| {
                let object = used(model, event)?;
                let methods = check.methods_of(event, object).0 & fails_under(model, shadow, event, object);
                (!methods.is_empty()).then_some((event, object, methods))
            })
            .collect();
        let Some(&(first, ..)) = uses.first() else { continue };
        let methods = uses
            .iter()
            .fold(StartMethods::empty(), |all, (.., methods)| all | *methods);
        let named = uses.iter().any(|(event, object, _)| check.methods_of(event, *object).1);
        let file = &model.code.unit(shadow.unit).file;
        let name = shadow.name;
        let shown = match file.path().file_stem().is_some_and(|stem| stem == "__init__") {
            true => format!("the package `{name}`"),
            false => format!("`{name}.py`"),
        };
        let draft = Draft::new(
            first.span,
            format!(
                "multiprocessing needs the standard library's `{name}` for this, and is given {shown} of the program"
            ),
        )
        .under(methods, named)
        .related(
            model.code.unit(shadow.unit).first_line(),
            "this file is imported in its place",
        )
        .help("give the file a name that no module of the standard library has");
        check.report(draft);
    }
}

/// The process, pool or queue that an event makes or starts.
fn used(model: &Model<'_>, event: &Event<'_>) -> Option<ObjectId> {
    let object = match event.kind {
        EventKind::Make { object, .. } => object,
        _ => event.effect().filter(|(_, effect)| *effect == Effect::Start)?.0,
    };
    let is_of_processes = matches!(
        model.family(&event.heap, object)?,
        Family::Process
            | Family::Pool
            | Family::Executor
            | Family::Manager
            | Family::Queue
            | Family::Pipe
            | Family::Lock
            | Family::Event
            | Family::Condition
            | Family::Barrier
            | Family::Shared
    );
    is_of_processes.then_some(object)
}

/// The start methods under which what an event does needs the module that is hidden.
fn fails_under(model: &Model<'_>, shadow: &Shadow, event: &Event<'_>, object: ObjectId) -> StartMethods {
    let family = model.family(&event.heap, object);
    let is_start = !matches!(event.kind, EventKind::Make { .. });
    let makes_workers = matches!(family, Some(Family::Pool | Family::Executor | Family::Manager));
    let needs = |need: &Need| match *need {
        Need::Import => {
            let path = model.object(object).path.map(|path| model.dotted(path));
            let first = path.and_then(|path| path.split('.').next());
            match first == Some(shadow.name) {
                true => StartMethods::all(),
                false => StartMethods::empty(),
            }
        }
        Need::Start(methods) if is_start || makes_workers => methods,
        Need::Queue if makes_workers || family == Some(Family::Queue) => StartMethods::all(),
        Need::Start(_) | Need::Queue => StartMethods::empty(),
    };
    shadow
        .needs
        .iter()
        .map(needs)
        .fold(StartMethods::empty(), |all, some| all | some)
}
