//! The environment is changed after the fork server has been started with it.

use super::starting::starts;
use super::{Check, Hook};
use crate::api::Effect;
use crate::findings::{Severity, StartMethod, StartMethods};
use crate::model::Model;
use crate::model::events::{ContextId, Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::value::Atom;
use crate::python::Symbol;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    let starts: Vec<_> = starts(model).collect();
    for (at, event) in model.events().iter().enumerate() {
        let Some(change) = change(event) else { continue };
        if model.process_of(event.context).is_some() {
            continue;
        }
        let is_forkserver = |object: ObjectId| {
            let (methods, _) = check.methods_of(event, object);
            methods.contains(StartMethod::Forkserver.into())
        };
        // In a loop what stands before the start comes after the one of the round before, with another value.
        let is_round = |start: &Event<'_>| start.many && event.many && !change.constant;
        let mut before = starts.iter().filter(|(started, start, object)| {
            start.context == event.context && (*started < at || is_round(start)) && is_forkserver(*object)
        });
        let Some((_, first, _)) = before.next() else { continue };
        let later = starts.iter().filter(|(started, start, object)| {
            start.context == event.context && (*started > at || is_round(start)) && is_forkserver(*object)
        });
        for &(_, _, object) in later {
            let Some(reader) = reader(model, object, &change.keys) else {
                continue;
            };
            let (methods, named) = check.methods_of(event, object);
            let mut draft = Draft::new(
                event.span,
                "the environment is changed after the first process has been started: children of the fork server do not see it",
            )
            .under(methods & StartMethods::from(StartMethod::Forkserver), named)
            .related(first.span, "the fork server begins here, with the environment as it is")
            .related(reader, "a later child reads the variable here")
            .help("set it before anything is started, or give the value to the worker as an argument");
            if change.keys.is_empty() {
                draft = draft.severity(Severity::Warning);
            }
            check.report(draft);
            break;
        }
    }
}

/// A change of the environment.
struct Change {
    /// Which variables; none where it may be any.
    keys: Vec<Symbol>,
    /// Whether it sets them to what is written down.
    constant: bool,
}

fn change(event: &Event<'_>) -> Option<Change> {
    match &event.kind {
        EventKind::Environment {
            key,
            sets: true,
            constant,
        } => Some(Change {
            keys: key.iter().copied().collect(),
            constant: *constant,
        }),
        EventKind::Call { entry, arguments } if entry.effect == Effect::SetEnvironment => {
            let named = arguments.list.iter().filter_map(|argument| argument.keyword);
            let key = arguments.get("key").and_then(|key| match key.value.single() {
                Some(Atom::Str(key)) => Some(key),
                _ => None,
            });
            let keys: Vec<_> = named.chain(key).collect();
            (!keys.is_empty()).then_some(Change { keys, constant: false })
        }
        _ => None,
    }
}

/// Where a child of a process, pool or executor reads one of some variables (of none: any) that it has not set itself.
fn reader(model: &Model<'_>, starter: ObjectId, keys: &[Symbol]) -> Option<crate::files::Span> {
    let of_starter = |context: ContextId| {
        model
            .process_of(context)
            .is_some_and(|process| model.context(process).object == Some(starter))
    };
    let sets = |event: &&Event<'_>| {
        of_starter(event.context)
            && change(event).is_some_and(|change| change.keys.iter().any(|key| keys.contains(key)))
    };
    if model.events().iter().any(|event| sets(&event)) {
        return None;
    }
    let reads = model.events().iter().find(|event| {
        let key = match &event.kind {
            EventKind::Environment { key, sets: false, .. } => *key,
            EventKind::Call { entry, arguments } if entry.effect == Effect::ReadEnvironment => {
                arguments.get("key").and_then(|key| match key.value.single() {
                    Some(Atom::Str(key)) => Some(key),
                    _ => None,
                })
            }
            _ => None,
        };
        key.is_some_and(|key| keys.is_empty() || keys.contains(&key)) && of_starter(event.context)
    });
    reads.map(|event| event.span)
}
