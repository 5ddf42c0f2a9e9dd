//! What is handed to another process is defined where only the main program gets to.

use super::sent::{Part, sent};
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::files::Span;
use crate::findings::{Expectation, Remedy, StartMethods, SymptomKind, VersionRange};
use crate::model::by_name::{Named, find_named};
use crate::model::events::Event;
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::value::Value;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

const PROCESS: &[Expectation] = &[Expectation::raises(
    "AttributeError",
    StartMethods::PICKLING,
    VersionRange::ANY,
)];
const EXECUTOR: &[Expectation] = &[Expectation::raises(
    "BrokenProcessPool",
    StartMethods::PICKLING,
    VersionRange::ANY,
)];
/// The worker that takes the task dies with it, and nobody answers.
const TASK: &[Expectation] = &[Expectation::shows(
    SymptomKind::Hangs,
    StartMethods::PICKLING,
    VersionRange::ANY,
)];
fn check(check: &mut Check<'_>) {
    let model = check.model;
    // What was not run may have bound the name.
    if model.is_cut_short() {
        return;
    }
    for event in model.events() {
        for sent in sent(check, event) {
            let shown = match (sent.part, family(check, event)) {
                (Part::Item, _) => continue,
                (_, Some(Family::Executor)) => EXECUTOR,
                // No worker comes to life, and each is replaced by one that does not either.
                (Part::Initializer, _) => PROCESS,
                (_, Some(Family::Pool)) => TASK,
                _ => PROCESS,
            };
            let each = matches!(sent.part, Part::Elements | Part::Function | Part::Initializer);
            let methods = (sent.methods, sent.named);
            report(check, event, sent.argument.span, &sent.value, each, methods, shown);
        }
        // An object of a subclass of Process is sent as a whole.
        if let Some((object, Effect::Start)) = event.effect()
            && model.family(&event.heap, object) == Some(Family::Process)
            && let ObjectKind::Instance(_) = model.object(object).kind
        {
            let methods = check.methods_of(event, object);
            report(check, event, event.span, &object.into(), true, methods, PROCESS);
        }
    }
}

fn family(check: &Check<'_>, event: &Event<'_>) -> Option<Family> {
    use crate::model::events::EventKind;
    let object: ObjectId = match event.kind {
        EventKind::Make { object, .. } | EventKind::Method { object, .. } => object,
        _ => return None,
    };
    check.model.family(&event.heap, object)
}

fn report(
    check: &mut Check<'_>,
    event: &Event<'_>,
    span: Span,
    value: &Value,
    each: bool,
    (methods, named): (StartMethods, bool),
    shown: &'static [Expectation],
) {
    let model = check.model;
    let is_missing = |found: Named| !model.is_bound_by_import(found);
    let Some(found) = find_named(model, event, value, each, is_missing) else {
        return;
    };
    let draft = Draft::new(
        span,
        format!(
            "{} is defined where only the main program gets to, so a child that imports the module does not find it",
            found.describe(model)
        ),
    )
    .under(methods & StartMethods::PICKLING, named)
    .showing(shown)
    .related(found.defined_at(model), "it is defined here")
    .remedy(Remedy::SharedMemory)
    .help("define it at the top level of the module, outside the main guard");
    check.report(draft);
}
