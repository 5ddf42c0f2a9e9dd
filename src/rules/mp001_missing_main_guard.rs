//! Work in other processes is started while the main module is being imported.

use std::sync::Arc;

use super::{Check, Hook, guarding};
use crate::api::{Effect, Family};
use crate::files::Span;
use crate::findings::{PythonVersion, StartMethods};
use crate::model::Model;
use crate::model::events::{ContextKind, Event, EventKind};
use crate::python::ir::OpKind;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let Some((what, methods, named)) = starts_at_import(check, event) else {
            continue;
        };
        // The fork server of 3.14 is called `MainProcess` as well, and it alone.
        let by_name = event.by_process_name;
        let methods = if by_name {
            methods & StartMethods::FORKSERVER
        } else {
            methods
        };
        // What a function of another file does is the mistake of the script that calls it at import: there a guard helps. A
        // decorator cannot go under one, so what it does is its own mistake.
        let call = check.outermost_call(event.chain);
        let is_elsewhere = |call: &Span| !Arc::ptr_eq(model.code.locate(*call).0, model.code.locate(event.span).0);
        let elsewhere = call
            .filter(is_elsewhere)
            .filter(|call| !is_decorator(model, event, *call));
        let mut draft = Draft::new(
            elsewhere.unwrap_or(event.span),
            format!("{what} at import, and every child that imports this module does so again"),
        )
        .under(methods & StartMethods::PICKLING, named)
        .between(by_name.then_some((PythonVersion(3, 14), PythonVersion(3, 15))))
        .help("start processes under `if __name__ == \"__main__\":`, or in a function that is called only there");
        draft = draft.fix(guarding::guard(check, call.unwrap_or(event.span)));
        if elsewhere.is_some() {
            draft = draft.related(event.span, "it is done here");
        } else if let Some(call) = call {
            draft = draft.related(call, "this call runs at import");
        }
        check.report(draft);
    }
}

/// Whether a call that leads to an event is the application of a decorator.
fn is_decorator(model: &Model<'_>, event: &Event<'_>, call: Span) -> bool {
    let mut chain = event.chain;
    while let Some((caller, function, span)) = model.chain(chain).caller {
        let mut ops = model.function(function).blocks.iter().flat_map(|block| &block.ops);
        if span == call && ops.any(|op| op.span == call && matches!(op.kind, OpKind::Call { decorator: true, .. })) {
            return true;
        }
        chain = caller;
    }
    false
}

/// What an event starts although no guard keeps it out of the children, and under which start methods it may.
pub(super) fn starts_at_import(check: &Check<'_>, event: &Event<'_>) -> Option<(String, StartMethods, bool)> {
    let model = check.model;
    if event.main_only || model.context(event.context).kind != ContextKind::Main || !model.may_be_script(event.span) {
        return None;
    }
    match &event.kind {
        EventKind::Make { object, entry, .. } if entry.effect == Effect::StartWorkers => {
            let (methods, named) = check.methods_of(event, *object);
            let noun = &model.kind(&event.heap, *object)?.noun;
            Some((format!("this starts the processes of a {noun}"), methods, named))
        }
        EventKind::Method { object, method, .. } => {
            let kind = model.kind(&event.heap, *object)?;
            let what = match (kind.family, method.effect) {
                (Family::Process, Effect::Start) => "a process is started".to_owned(),
                (Family::Executor, Effect::Submit) => "this hands work to the processes of an executor".to_owned(),
                (Family::Manager, Effect::StartWorkers) => "this starts the process of a manager".to_owned(),
                _ => return None,
            };
            let (methods, named) = check.methods_of(event, *object);
            Some((what, methods, named))
        }
        EventKind::Iterate { object } if model.family(&event.heap, *object) == Some(Family::DataLoader) => {
            let (methods, named) = check.methods_of(event, *object);
            Some((
                "iterating this data loader starts its worker processes".to_owned(),
                methods,
                named,
            ))
        }
        _ => None,
    }
}
