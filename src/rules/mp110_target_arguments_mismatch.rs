//! The arguments of work for another process do not fit its function.

use super::called::called;
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::Remedy;
use crate::model::events::Event;
use crate::model::heap::ObjectKind;
use crate::model::signature::Given;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    for event in check.model.events() {
        check_work(check, event);
        check_run(check, event);
    }
}

fn check_work(check: &mut Check<'_>, event: &Event<'_>) {
    let model = check.model;
    let Some(called) = called(check, event) else { return };
    let work = called.work;
    if called.initializer || work.each.is_some() || work.each_args.is_some() || work.each_rest {
        return;
    }
    // A subclass with a `run` of its own does not call the target.
    if let ObjectKind::Instance(class) = model.object(called.object).kind
        && model.class_defines(class, "run")
    {
        return;
    }
    let Some((name, misfit)) = called.misfit(model, &event.heap) else {
        return;
    };
    let argument = called
        .argument(work.args.as_deref())
        .or_else(|| called.argument(work.kwargs.as_deref()))
        .unwrap_or(called.function);
    let place = match called.family {
        Family::Process | Family::ProcessGroup => "in the child, where only its stderr tells",
        _ => "in the worker",
    };
    let (methods, named) = check.methods_of(event, called.object);
    let draft = Draft::new(
        argument.span,
        format!("`{name}` {}: the call fails {place}", misfit.describe()),
    )
    .under(methods, named)
    .help("give the function just what its parameters ask for");
    check.report(draft.remedy(Remedy::ArgumentsFit));
}

/// `run` of a process is called without arguments.
fn check_run(check: &mut Check<'_>, event: &Event<'_>) {
    let model = check.model;
    let Some((object, Effect::Start)) = event.effect() else {
        return;
    };
    if model.family(&event.heap, object) != Some(Family::Process) {
        return;
    }
    let ObjectKind::Instance(class) = model.object(object).kind else {
        return;
    };
    let Some(Some(run)) = model.method(&event.heap, class, "run", 0) else {
        return;
    };
    if model.is_wrapped(run) {
        return;
    }
    let given = Given {
        positional: 1,
        ..Given::default()
    };
    let Some(misfit) = model.bind(run, &given) else { return };
    let (methods, named) = check.methods_of(event, object);
    let draft = Draft::new(
        model.function(run).name_span,
        format!(
            "`{}` {}: `start()` has it called without arguments, and the child fails",
            model.callable_name(run),
            misfit.describe()
        ),
    )
    .under(methods, named)
    .related(event.span, "the process is started here")
    .help("take what it needs in `__init__` and keep it on `self`");
    check.report(draft);
}
