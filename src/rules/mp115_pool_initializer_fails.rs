//! The initializer of a pool cannot work: its arguments do not fit, or it never comes to its end.

use super::called::{Called, called};
use super::{Check, Hook};
use crate::api::Family;
use crate::findings::{Expectation, Remedy, SymptomKind};
use crate::model::events::ContextKind;
use crate::model::heap::ObjectId;
use crate::model::value::Atom;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

/// A pool replaces a worker that dies, for ever, and each raises the same.
const POOL_MISFIT: &[Expectation] = &[Expectation::always_raises("TypeError")];
const POOL: &[Expectation] = &[Expectation::always(SymptomKind::Raises)];

/// An executor gives up; what its worker died of goes to the log.
const EXECUTOR_MISFIT: &[Expectation] = &[
    Expectation::always_raises("BrokenProcessPool"),
    Expectation::always_raises("TypeError"),
];
const EXECUTOR: &[Expectation] = &[Expectation::always_raises("BrokenProcessPool")];

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let Some(called) = called(check, event).filter(|called| called.initializer) else {
            continue;
        };
        let (span, part, why, pool_shows, executor_shows) =
            if let Some((name, misfit)) = called.misfit(model, &event.heap) {
                let args = called.argument(called.work.args.as_deref());
                (
                    args.map_or(called.function.span, |args| args.span),
                    "it is given this",
                    format!("the initializer `{name}` {}", misfit.describe()),
                    POOL_MISFIT,
                    EXECUTOR_MISFIT,
                )
            } else if never_returns(check, called.object) && is_function(&called) {
                let text = match called.function.value.single() {
                    Some(Atom::Function(function, _)) => model.callable_name(function),
                    _ => check.text(called.function.span),
                };
                (
                    called.function.span,
                    "this is the initializer",
                    format!("every way through the initializer `{text}` ends in an exception"),
                    POOL,
                    EXECUTOR,
                )
            } else {
                continue;
            };
        let (what, shown) = match called.family {
            Family::Pool => ("each worker dies and is replaced, for ever", pool_shows),
            _ => ("the first worker that dies breaks the executor", executor_shows),
        };
        let (methods, named) = check.methods_of(event, called.object);
        // What is bound elsewhere, as by `partial`, is at fault there.
        let (place, other) = if event.span.contains(span) {
            (event.span, (span, part))
        } else {
            (span, (event.span, "the workers are started by this"))
        };
        check.report(
            Draft::new(place, format!("{why}: {what}"))
                .under(methods, named)
                .showing(shown)
                .related(other.0, other.1)
                .remedy(Remedy::ArgumentsFit)
                .help("an initializer has to come to its end in every worker"),
        );
    }
}

fn is_function(called: &Called<'_, '_>) -> bool {
    !called.function.value.atoms().contains(&Atom::None)
}

/// Whether the initializer of a pool was run, and no way through it comes to its end.
fn never_returns(check: &Check<'_>, pool: ObjectId) -> bool {
    let mut any = false;
    for (_, context) in check.model.contexts_of(pool) {
        if context.kind != ContextKind::Initializer {
            continue;
        }
        if !context.known || context.returns || context.cut_short || context.endless.is_some() {
            return false;
        }
        any = true;
    }
    any && !check.model.is_cut_short()
}
