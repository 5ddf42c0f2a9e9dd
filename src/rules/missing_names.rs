//! What is handed to another process by its name, and is not there when the child looks for it.

use super::check::{Check, Draft};
use super::sent::{Part, sent};
use crate::api::{Effect, Family};
use crate::files::Span;
use crate::findings::{Expectation, Remedy, StartMethods, SymptomKind, VersionRange};
use crate::model::Model;
use crate::model::by_name::{Named, find_named};
use crate::model::events::Event;
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::value::Value;

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

/// What a rule is about, and how it speaks of it.
pub(super) struct Subject {
    /// Whether it is about this function or class.
    pub is_meant: fn(&Model<'_>, Named) -> bool,
    /// What follows the name of the function or class.
    pub is_missing: &'static str,
    /// What to do.
    pub help: &'static str,
}

/// Reports all that is missing in the child, as far as it is what the rule is about.
pub(super) fn report_missing(check: &mut Check<'_>, subject: &Subject) {
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
            let each = sent.each || matches!(sent.part, Part::Function | Part::Initializer);
            let methods = (sent.methods, sent.named);
            let place = (event, sent.argument.span);
            report(check, place, &sent.value, each, methods, shown, subject);
        }
        // An object of a subclass of Process is sent as a whole.
        if let Some((object, Effect::Start)) = event.effect()
            && model.family(&event.heap, object) == Some(Family::Process)
            && let ObjectKind::Instance(_) = model.object(object).kind
        {
            let methods = check.methods_of(event, object);
            let place = (event, event.span);
            report(check, place, &object.into(), true, methods, PROCESS, subject);
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
    (event, span): (&Event<'_>, Span),
    value: &Value,
    each: bool,
    (methods, named): (StartMethods, bool),
    shown: &'static [Expectation],
    subject: &Subject,
) {
    let model = check.model;
    let is_missing = |found: Named| !model.is_bound_by_import(found) && (subject.is_meant)(model, found);
    let Some(found) = find_named(model, event, value, each, is_missing) else {
        return;
    };
    let draft = Draft::new(span, format!("{} {}", found.describe(model), subject.is_missing))
        .under(methods & StartMethods::PICKLING, named)
        .showing(shown)
        .remedy(Remedy::SharedMemory)
        .related(found.defined_at(model), "it is defined here")
        .help(subject.help);
    check.report(draft);
}
