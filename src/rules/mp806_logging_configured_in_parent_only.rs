//! A worker logs, and only the main process has configured logging.

use rustc_hash::FxHashSet;

use super::{Check, Hook};
use crate::api::Effect;
use crate::findings::{Confidence, Remedy, StartMethods};
use crate::model::Model;
use crate::model::events::{Arguments, ContextId, ContextKind, Event, EventKind};
use crate::model::value::Atom;
use crate::python::ir::{OpKind, Place};
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    let Some((configured, least)) = configured_by_main(model) else {
        return;
    };
    let mut said = FxHashSet::default();
    for event in model.events() {
        let EventKind::Call { entry, .. } = &event.kind else {
            continue;
        };
        let Some(process) = model.process_of(event.context).filter(|_| entry.effect == Effect::Logs) else {
            continue;
        };
        let level = match entry.canonical.rsplit('.').next() {
            Some("info") => INFO,
            Some("debug") => DEBUG,
            _ => continue,
        };
        if level < least || may_configure(model, process) || !comes_from_main(model, process) {
            continue;
        }
        let Some(starter) = model.context(process).object else {
            continue;
        };
        if !said.insert(event.function) {
            continue;
        }
        let (methods, named) = check.methods_of(event, starter);
        let draft = Draft::new(
            event.span,
            "this record is lost: logging is only configured in the main process, and a child begins without",
        )
        .under(methods & StartMethods::PICKLING, named)
        .confidence(Confidence::Medium)
        .related(configured.span, "only the main process gets here")
        .remedy(Remedy::SharedMemory)
        .help(
            "configure logging in the worker or the pool's `initializer` too, or send the records by a `QueueHandler`",
        );
        check.report(draft);
    }
}

/// Whether the run of the program as a script starts a process, and not a stranger, who may have configured logging or not.
fn comes_from_main(model: &Model<'_>, process: ContextId) -> bool {
    let mut first = process;
    while let Some(parent) = model.context(first).parent {
        first = parent;
    }
    model.context(first).kind == ContextKind::Main
}

/// Where the main process, and nobody else, lets records of little weight through, and the least weight of these.
fn configured_by_main<'m, 'a>(model: &'m Model<'a>) -> Option<(&'m Event<'a>, i64)> {
    let mut found: Option<(&Event<'_>, i64)> = None;
    for event in model.events() {
        let EventKind::Call { entry, arguments } = &event.kind else {
            continue;
        };
        if entry.effect != Effect::ConfiguresLogging {
            continue;
        }
        let context = model.context(event.context);
        if model.is_child(event.context) {
            return None;
        }
        if context.kind != ContextKind::Main {
            continue;
        }
        // What an import does, every child does as well.
        if !event.main_only {
            return None;
        }
        if let Some(level) = level_of(model, &entry.canonical, arguments).filter(|level| *level < WARNING)
            && found.is_none_or(|(_, least)| level < least)
        {
            found = Some((event, level));
        }
    }
    found
}

const DEBUG: i64 = 10;
const INFO: i64 = 20;
const WARNING: i64 = 30;

/// The level that a call sets, where it is known.
fn level_of(model: &Model<'_>, called: &str, arguments: &Arguments<'_>) -> Option<i64> {
    // A configuration that sets no level is hardly worth a file.
    if called.starts_with("logging.config.") {
        return Some(INFO);
    }
    // `DEBUG if verbose else INFO`: the least of them.
    let levels = &arguments.get("level")?.value;
    let known = levels.atoms().iter().map(|level| number_of(model, *level));
    known.reduce(|least, level| Some(least?.min(level?))).flatten()
}

fn number_of(model: &Model<'_>, level: Atom) -> Option<i64> {
    let name = match level {
        Atom::Int(level) => return Some(level),
        Atom::Str(level) => model.name(level),
        Atom::Path(level) => model.dotted(level).strip_prefix("logging.")?,
        _ => return None,
    };
    match name {
        "NOTSET" => Some(0),
        "DEBUG" | "debug" => Some(DEBUG),
        "INFO" | "info" => Some(INFO),
        "WARNING" | "WARN" | "warning" => Some(WARNING),
        _ => None,
    }
}

/// Whether a process calls something that is not followed and may by its name set up logging.
fn may_configure(model: &Model<'_>, process: ContextId) -> bool {
    let sets_up = |name: &str| {
        let name = name.to_lowercase();
        name.contains("log")
            && [
                "set", "init", "conf", "install", "start", "worker", "handler", "get_log",
            ]
            .iter()
            .any(|part| name.contains(part))
            && name != "getlogger"
    };
    model
        .chains()
        .filter(|(_, chain)| model.process_of(chain.context) == Some(process))
        .any(|(_, chain)| {
            let ops = || {
                model
                    .function(chain.function)
                    .blocks
                    .iter()
                    .flat_map(|block| &block.ops)
            };
            let called = |callee| {
                ops().any(|op| match op.kind {
                    OpKind::Load {
                        dst,
                        place: Place::Global(name),
                        ..
                    }
                    | OpKind::Attr { dst, name, .. } => dst == callee && sets_up(model.name(name)),
                    _ => false,
                })
            };
            ops().any(|op| matches!(op.kind, OpKind::Call { callee, .. } if called(callee)))
        })
}
