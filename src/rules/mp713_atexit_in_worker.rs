//! A child registers a function with `atexit`.

use super::{Check, Hook};
use crate::api::Effect;
use crate::findings::{Severity, StartMethod, StartMethods};
use crate::model::events::EventKind;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let EventKind::Call { entry, .. } = &event.kind else {
            continue;
        };
        if entry.effect != Effect::AtExit {
            continue;
        }
        let starter = model
            .process_of(event.context)
            .and_then(|process| model.context(process).object);
        let Some(starter) = starter else { continue };
        let (methods, named) = check.methods_of(event, starter);
        let draft = Draft::new(
            event.span,
            "before Python 3.13 a forked child does not run what it registers with `atexit`",
        )
        .under(methods - StartMethods::from(StartMethod::Spawn), named)
        .severity(Severity::Note)
        .help("use a `finally`, or `multiprocessing.util.Finalize(None, function, exitpriority=10)`");
        check.report(draft);
    }
}
