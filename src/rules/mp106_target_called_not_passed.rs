//! The function is called, and its result is passed in its place.

use super::sent::{Part, Sent, sent};
use super::{Check, Hook};
use crate::api::Family;
use crate::findings::{Expectation, Fix, StartMethods, SymptomKind, VersionRange};
use crate::model::Model;
use crate::model::events::{Event, EventKind};
use crate::model::heap::ObjectKind;
use crate::model::value::{Atom, Value};
use crate::python::edits::Passed;
use crate::python::ir::ArgShape;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

/// A process without a target starts and ends, and nothing is done in it.
const NOTHING_RUNS: Expectation = Expectation::always(SymptomKind::WrongResult);

/// What the initializer has set in the parent forked workers inherit, and the others miss.
const NOT_SET_UP: Expectation = Expectation::shows(SymptomKind::WrongResult, StartMethods::PICKLING, VersionRange::ANY);

/// Anything else is called, or pickled to be.
const NOT_CALLABLE: Expectation = Expectation::always_raises("TypeError");

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        for sent in sent(check, event) {
            if !matches!(sent.part, Part::Function | Part::Initializer) || !is_never_callable(model, &sent.value) {
                continue;
            }
            // `None` is the default of `target`; only where it is what a call gave is it a mistake.
            if sent.value.atoms().contains(&Atom::None) && sent.argument.shape != ArgShape::Call {
                continue;
            }
            let call = check.text(sent.argument.span);
            let name = call.split('(').next().unwrap_or(&call).to_owned();
            let draft = if sent.argument.shape == ArgShape::Call {
                Draft::new(
                    sent.argument.span,
                    format!("`{call}` is called here, in this process, and what it returns is passed as the work"),
                )
                .help(format!("pass `{name}` itself, and its arguments beside it"))
            } else {
                Draft::new(
                    sent.argument.span,
                    format!("`{call}` is passed as the work, and it cannot be called"),
                )
                .help("pass the function itself, and its arguments beside it")
            };
            let fix = repair(check, event, &sent, &name);
            check.report(draft.showing(shown(model, event, &sent)).fix(fix));
        }
    }
}

/// The function passed in place of what it gives, where it is one of the program's own that is no coroutine.
fn repair(check: &Check<'_>, event: &Event<'_>, sent: &Sent<'_, '_>, name: &str) -> Option<Fix> {
    let model = check.model;
    if sent.argument.shape != ArgShape::Call || !model.is_own_call(event.chain, sent.argument.span) {
        return None;
    }
    let work = match &event.kind {
        EventKind::Make { entry, .. } => entry.work.as_ref()?,
        EventKind::Method { method, .. } => method.work.as_ref()?,
        _ => return None,
    };
    let passed = match (&work.args, work.rest) {
        (_, true) => Passed::Beside,
        (Some(_), false) if matches!(event.kind, EventKind::Method { .. }) => Passed::InOrder,
        // It may be given by position already.
        (Some(args), false) if has(event, args) || work.kwargs.as_deref().is_some_and(|name| has(event, name)) => {
            Passed::Nowhere
        }
        (Some(args), false) => Passed::Named {
            args,
            kwargs: work.kwargs.as_deref(),
        },
        (None, false) => Passed::Nowhere,
    };
    let (source, outer) = check.source(event.span)?;
    let (_, call) = model.code.locate(sent.argument.span);
    Some(Fix::safe(
        format!("Pass `{name}` and not what it returns"),
        source.uncalled(outer, call, passed)?,
    ))
}

/// Whether something is passed for a parameter.
fn has(event: &Event<'_>, param: &str) -> bool {
    match &event.kind {
        EventKind::Make { arguments, .. } | EventKind::Method { arguments, .. } => {
            arguments.open || arguments.get(param).is_some()
        }
        _ => true,
    }
}

/// What the wrong value shows. `None` in place of a target or an initializer means that there is none.
fn shown(model: &Model<'_>, event: &Event<'_>, sent: &Sent<'_, '_>) -> &'static [Expectation] {
    let is_process = matches!(
        event.kind,
        EventKind::Make { object, .. } if model.family(&event.heap, object) == Some(Family::Process)
    );
    let [if_none, if_either]: [&[Expectation]; 2] = match sent.part {
        Part::Initializer => [&[NOT_SET_UP], &[NOT_SET_UP, NOT_CALLABLE]],
        Part::Function if is_process => [&[NOTHING_RUNS], &[NOTHING_RUNS, NOT_CALLABLE]],
        _ => return &[NOT_CALLABLE],
    };
    let atoms = sent.value.atoms();
    if !atoms.contains(&Atom::None) || model.makes_coroutine(event.chain, sent.argument.span) {
        &[NOT_CALLABLE]
    } else if sent.value.single().is_some() {
        if_none
    } else {
        if_either
    }
}

/// Whether the value is certainly nothing that can be called.
fn is_never_callable(model: &Model<'_>, value: &Value) -> bool {
    !value.is_never()
        && value.atoms().iter().all(|atom| match atom {
            Atom::None
            | Atom::Bool(_)
            | Atom::Int(_)
            | Atom::Str(_)
            | Atom::Scalar
            | Atom::Float(_)
            | Atom::Text
            | Atom::Sized(_)
            | Atom::ReadFrom(_) => true,
            Atom::Object(id) => matches!(
                model.object(*id).kind,
                ObjectKind::List | ObjectKind::Tuple | ObjectKind::Dict | ObjectKind::Set | ObjectKind::Generator(_)
            ),
            _ => false,
        })
}
