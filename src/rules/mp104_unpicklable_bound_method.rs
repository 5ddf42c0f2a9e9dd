//! A bound method is sent to another process, and its object holds something that cannot be pickled.

use super::sent::sent;
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::{Remedy, StartMethods};
use crate::model::Model;
use crate::model::crossing::{Look, Obstacle, find};
use crate::model::events::{Argument, Event, EventKind};
use crate::model::heap::{Heap, ObjectId};
use crate::model::names::MethodRef;
use crate::model::value::{Atom, Value};
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        if let Some((process, Effect::Start)) = event.effect() {
            started(check, event, process);
            continue;
        }
        let is_process = matches!(event.kind, EventKind::Make { object, .. }
            if model.family(&event.heap, object) == Some(Family::Process));
        // What goes along with a process is pickled when it is started.
        if is_process {
            continue;
        }
        for sent in sent(check, event) {
            let each = sent.each;
            let Some(found) = held(model, &event.heap, &sent.value, each, sent.look()) else {
                continue;
            };
            report(check, sent.argument, &found, (sent.methods, sent.named));
        }
    }
}

/// The target and the arguments of a process, as they are when it is started.
fn started(check: &mut Check<'_>, event: &Event<'_>, process: ObjectId) {
    let model = check.model;
    if model.family(&event.heap, process) != Some(Family::Process) || !model.is_plain_pickle(&event.heap, process) {
        return;
    }
    let (possible, named) = check.methods_of(event, process);
    let methods = possible & StartMethods::PICKLING;
    if methods.is_empty() {
        return;
    }
    let made = model.events().iter().find_map(|event| match &event.kind {
        EventKind::Make {
            object,
            entry,
            arguments,
        } if *object == process => Some((entry.work.as_ref()?, arguments)),
        _ => None,
    });
    let Some((work, arguments)) = made else { return };
    let look = Look {
        along: true,
        starting: Some(process),
        ..Look::default()
    };
    let roles = [
        ("@target", Some(work.func.as_str())),
        ("@args", work.args.as_deref()),
        ("@kwargs", work.kwargs.as_deref()),
    ];
    for (role, param) in roles {
        let Some(argument) = param.and_then(|param| arguments.get(param)) else {
            continue;
        };
        let Some(value) = model.role(&event.heap, process, role) else {
            continue;
        };
        if is_of_process(model, &event.heap, value) {
            continue;
        }
        if let Some(found) = held(model, &event.heap, value, false, look) {
            report(check, argument, &found, (methods, named));
        }
    }
}

/// Whether a value is a method of a process object: what that keeps is a rule of its own.
fn is_of_process(model: &Model<'_>, heap: &Heap, value: &Value) -> bool {
    value.atoms().iter().any(|atom| match atom {
        Atom::Bound(bound) => matches!(model.unbind(*bound), (Atom::Object(object), MethodRef::User(..))
            if model.family(heap, object) == Some(Family::Process)),
        _ => false,
    })
}

/// What the objects of bound methods hold, where nothing else in the value is at fault.
fn held(model: &Model<'_>, heap: &Heap, value: &Value, each: bool, look: Look) -> Option<Obstacle> {
    match find(model, heap, value, each, look) {
        Some(_) => None,
        None => find(model, heap, value, each, look.into_bound()),
    }
}

fn report(check: &mut Check<'_>, argument: &Argument<'_>, found: &Obstacle, (methods, named): (StartMethods, bool)) {
    let model = check.model;
    let version = match found {
        Obstacle::Kind { from, .. } => *from,
        _ => None,
    };
    let what = found.describe(model);
    let message = match found {
        Obstacle::TestCase(_) => {
            format!("a method of a test case is sent, which holds {what}, and pickle cannot send it")
        }
        _ => format!("a bound method is sent with its object, which holds {what}, and pickle cannot send it"),
    };
    let mut draft = Draft::new(argument.span, message)
        .under(methods, named)
        .showing(found.raises(model))
        .from_version(version)
        .remedy(Remedy::SharedMemory)
        .says_all_fail()
        .help("send a function of the module or a static method, or leave the handle out in `__getstate__`");
    if let Some(made) = found.defined_at(model)
        && !argument.span.contains(made)
    {
        draft = draft.related(made, "it is made here");
    }
    check.report(draft);
}
