//! `set_start_method` runs when the default context is fixed already.

use super::{Check, Hook};
use crate::api::Effect;
use crate::findings::StartMethods;
use crate::model::events::{Caught, EventKind};
use crate::model::value::Atom;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let EventKind::Call { entry, arguments } = &event.kind else {
            continue;
        };
        if entry.effect != Effect::SetStartMethod
            || entry.own_default
            || event.caught.intersects(Caught::RUNTIME | Caught::ANY)
            || model.is_child(event.context)
        {
            continue;
        }
        let forced = arguments
            .get("force")
            .is_some_and(|force| force.value.single() != Some(Atom::Bool(false)));
        if forced || arguments.open {
            continue;
        }
        let Some(fixed) = event.default_context.fixed else {
            continue;
        };
        let draft = Draft::new(
            event.span,
            "the start method is set after the default context has been fixed, so this raises `RuntimeError`",
        )
        .under(StartMethods::all() - event.default_context.excluded, false)
        .related(fixed, "this fixes the default context")
        .help("set it first of all under the main guard, or use a context of your own: `get_context(\"spawn\")`");
        check.report(draft);
    }
}
