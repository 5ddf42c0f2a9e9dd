//! Processes are started by whatever method the platform has as its default.

use super::{Check, Hook};
use crate::api::Family;
use crate::findings::Severity;
use crate::model::events::EventKind;
use crate::model::value::{Atom, Value};
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    if model.names_start_method() {
        return;
    }
    for event in model.events() {
        let EventKind::Make { object, .. } = event.kind else {
            continue;
        };
        let family = model.family(&event.heap, object);
        if !matches!(family, Some(Family::Process | Family::Pool | Family::Executor)) {
            continue;
        }
        let given = model.role(&event.heap, object, "@context").map(Value::single);
        let is_default = match given {
            None | Some(Some(Atom::None)) => true,
            Some(Some(Atom::Path(path))) => model.is_module(path),
            Some(_) => false,
        };
        let context = model.object(object).context;
        let names = |context| {
            model
                .role(&event.heap, context, "@method")
                .is_some_and(|method| method.single() != Some(Atom::None))
                || model.method_of_class(&event.heap, context).is_some()
        };
        if !is_default || context.is_some_and(names) || model.method_of_class(&event.heap, object).is_some() {
            continue;
        }
        let draft = Draft::new(
            check.made_at(object),
            "how this starts its processes depends on the platform and on the version of Python",
        )
        .severity(Severity::Note)
        .help("use a context that names the method: `multiprocessing.get_context(\"spawn\")`");
        check.report(draft);
    }
}
