//! A process is waited for that takes from a queue for ever.

use super::waits::is_called_by;
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::files::Span;
use crate::findings::Remedy;
use crate::model::Model;
use crate::model::events::{Caught, Context, ContextId, Event, EventKind};
use crate::model::typestate::States;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for (event, object) in model.method_events(Effect::Join) {
        let family = model.family(&event.heap, object);
        let is_pool = family == Some(Family::Pool);
        if !(is_pool || family == Some(Family::Process)) || model.is_bounded(event) {
            continue;
        }
        if matches!(event.kind, EventKind::Method { base: true, .. }) {
            continue;
        }
        // A process that has not been started cannot be waited for, and one that was told to end does.
        let states = model.states(event, object) - States::LOST;
        if !is_pool && (!states.may(States::STARTED) || states.may(States::TERMINATED)) {
            continue;
        }
        let mut contexts = model.contexts_of(object).peekable();
        if contexts.peek().is_none() {
            continue;
        }
        let Some(taken) = contexts.find_map(|(id, context)| takes_for_ever(model, id, context)) else {
            continue;
        };
        let receiver = check.receiver(event);
        let draft = check
            .about(
                event,
                object,
                format!("`{receiver}` is waited for, and the loop that it runs takes from a queue for ever"),
            )
            .remedy(Remedy::Killed)
            .related(taken, "no item ends the loop that takes here")
            .help("let the loop end at a sentinel, and put one for each consumer before the join");
        check.report(draft);
    }
}

/// Where a context takes from a queue in a loop that nothing leads out of.
fn takes_for_ever(model: &Model<'_>, id: ContextId, context: &Context) -> Option<Span> {
    if !context.known || context.cut_short || context.returns {
        return None;
    }
    let endless = context.endless?;
    let takes = |event: &&Event<'_>| {
        let Some((queue, Effect::Get)) = event.effect() else {
            return false;
        };
        // Once around the loop is not enough: what is taken there comes again and again. Where the wait has a limit, what
        // comes then must not end the process.
        event.many
            && (!model.is_bounded(event) || event.caught.intersects(Caught::EMPTY | Caught::ANY))
            && model.family(&event.heap, queue) == Some(Family::Queue)
            && is_called_by(model, event, endless)
    };
    model.events_in(id).find(takes).map(|event| event.span)
}
