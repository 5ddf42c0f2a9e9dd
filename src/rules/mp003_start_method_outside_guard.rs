//! `set_start_method` runs at import, so that a child runs it again.

use super::{Check, Hook, guarding};
use crate::api::Effect;
use crate::findings::StartMethods;
use crate::model::events::{Caught, ContextKind, EventKind};
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
            || event.main_only
            || event.by_process_name
            || event.caught.intersects(Caught::RUNTIME | Caught::ANY)
            || model.context(event.context).kind != ContextKind::Main
            || !model.may_be_script(event.span)
        {
            continue;
        }
        let forced = arguments
            .get("force")
            .is_some_and(|force| force.value.single() != Some(Atom::Bool(false)));
        if forced || arguments.open {
            continue;
        }
        let mut methods = StartMethods::empty();
        for atom in arguments
            .get("method")
            .map(|method| method.value.atoms())
            .unwrap_or_default()
        {
            match atom {
                Atom::Str(name) => {
                    methods |= crate::findings::StartMethod::from_name(model.name(*name))
                        .map(Into::into)
                        .unwrap_or_default();
                }
                _ => methods |= StartMethods::PICKLING,
            }
        }
        let mut draft = Draft::new(
            event.span,
            "the start method is set while the main module is being imported, so each child sets it again",
        )
        .under(methods & StartMethods::PICKLING, true)
        .help("call `set_start_method` under `if __name__ == \"__main__\":`, or use `get_context` instead");
        draft = draft.fix(guarding::guard_alone(
            check,
            check.outermost_call(event.chain).unwrap_or(event.span),
        ));
        if let Some(call) = check.outermost_call(event.chain) {
            draft = draft.related(call, "this call runs at import");
        }
        check.report(draft);
    }
}
