//! A pool is joined while it is open.

use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::model::events::Caught;
use crate::model::typestate::States;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for (event, object) in model.method_events(Effect::Join) {
        if !matches!(
            model.family(&event.heap, object),
            Some(Family::Pool | Family::ThreadPool)
        ) || !model.states(event, object).must(States::OPEN)
            || event.caught.contains(Caught::VALUE)
        {
            continue;
        }
        let receiver = check.receiver(event);
        let draft = check
            .about(
                event,
                object,
                format!("`{receiver}` is joined while it is open, which raises ValueError"),
            )
            .related(check.made_at(object), "the pool is made here")
            .help(format!("call `{receiver}.close()` or `{receiver}.terminate()` before"))
            .fix(
                check.safe_fix(event.span, format!("Close `{receiver}` first"), |source, call| {
                    source.after_call_of(call, "close")
                }),
            );
        check.report(draft);
    }
}
