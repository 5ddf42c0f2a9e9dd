//! A loop waits for each task before it starts the next.

use super::task_ends::is_beside;
use super::{Check, Hook};
use crate::api::{Effect, Family, Method};
use crate::files::Span;
use crate::findings::{Remedy, Severity};
use crate::model::Model;
use crate::model::events::{ChainId, Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::rounds::Round;
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};

pub(super) const HOOK: Hook = Hook::Model(check);

/// A task that is started and waited for.
struct Step<'m, 'a> {
    submit: &'m Event<'a>,
    wait: &'m Event<'a>,
    pool: ObjectId,
}

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for step in steps(model) {
        let (submit, wait) = (step.submit, step.wait);
        if is_alone(model, &step) || submit.times == Some(1) || is_of_another(model, &step) {
            continue;
        }
        let from = (submit.chain, submit.span);
        let to = (wait.chain, wait.span);
        let Some((into, out)) = common_loop(model, from, to) else {
            continue;
        };
        if model.is_endless(&into)
            || model.runs_once(&into)
            || is_beside(model, into.chain, submit.chain)
            || is_made_in(model, &into, &step)
            || model.depends_on_itself(&out, &into, from, to)
            || (from != to && (!model.flows(from, to) || model.works_between(from, to)))
        {
            continue;
        }
        let message = if from == to {
            "each round waits for its task before the next one is started: nothing runs in parallel".to_owned()
        } else {
            format!(
                "each round waits for `{}` before the next task is started: nothing runs in parallel",
                check.receiver(wait)
            )
        };
        let mut draft = check
            .about(wait, step.pool, message)
            .severity(Severity::Warning)
            .related(into.call, "the loop goes round here")
            .help("start all tasks first and read the results afterwards, or use `map`");
        if from != to {
            draft = draft.related(submit.span, "the task is started here");
        }
        let fix = check.shown_fix(
            submit.span,
            "Start all tasks before the first result is read",
            |source, task| source.tasks_first(task),
        );
        check.report(draft.one_by_one().remedy(Remedy::ResultLater).fix(fix));
    }
}

/// Whether each round of a loop has a pool of its own, which has more to do than this task.
fn is_made_in(model: &Model<'_>, round: &Round, step: &Step<'_, '_>) -> bool {
    let in_round = |event: &Event<'_>| {
        let mut rounds = model.rounds(event.chain, event.span).into_iter();
        rounds.any(|other| model.is_same_loop(round, &other))
    };
    let makes = |event: &Event<'_>| matches!(event.kind, EventKind::Make { object, .. } if object == step.pool);
    let mut others = model.method_events(Effect::Submit).filter(|(event, pool)| {
        *pool == step.pool && (event.chain, event.span) != (step.submit.chain, step.submit.span)
    });
    others.any(|(event, _)| in_round(event)) && model.events().iter().any(|event| makes(event) && in_round(event))
}

/// Whether the pool is another process's, whose tasks never come to an end here: the rules about that say more.
fn is_of_another(model: &Model<'_>, step: &Step<'_, '_>) -> bool {
    let maker = model.chain(model.object(step.pool).chain).context;
    model.process_of(maker) != model.process_of(step.submit.context)
}

/// The tasks that are waited for where they are started.
fn steps<'m, 'a>(model: &'m Model<'a>) -> Vec<Step<'m, 'a>> {
    let mut steps = Vec::new();
    for event in model.events() {
        let EventKind::Method {
            object,
            method,
            direct: true,
            ..
        } = &event.kind
        else {
            continue;
        };
        let is_one_task = |method: &Method| {
            let work = method.work.as_ref();
            work.is_some_and(|work| work.each.is_none() && work.each_args.is_none())
        };
        match method.effect {
            // `pool.apply`: one task, and its result.
            Effect::Submit
                if method.waits && is_one_task(method) && model.family(&event.heap, *object) == Some(Family::Pool) =>
            {
                steps.push(Step {
                    submit: event,
                    wait: event,
                    pool: *object,
                });
            }
            Effect::GetResult | Effect::Wait => {
                let result = *object;
                let is_result = model
                    .kind(&event.heap, result)
                    .is_some_and(|kind| kind.family == Family::Result && kind.name != "result-iterator");
                if !is_result || !(model.states(event, result) - States::LOST).must(States::STARTED) {
                    continue;
                }
                for (submit, pool) in model.submissions_of(result) {
                    if matches!(&submit.kind, EventKind::Method { method, direct: true, .. } if is_one_task(method)) {
                        steps.push(Step {
                            submit,
                            wait: event,
                            pool,
                        });
                    }
                }
            }
            _ => {}
        }
    }
    steps
}

/// Whether the pool has one worker, so that nothing is lost.
fn is_alone(model: &Model<'_>, step: &Step<'_, '_>) -> bool {
    model
        .role(&step.submit.heap, step.pool, "@size")
        .and_then(Value::single)
        == Some(Atom::Int(1))
}

/// The innermost loop that has both calls in one round, as it leads to either.
fn common_loop(model: &Model<'_>, submit: (ChainId, Span), wait: (ChainId, Span)) -> Option<(Round, Round)> {
    let outs = model.rounds(wait.0, wait.1);
    let into = model.rounds(submit.0, submit.1);
    let inner = into.first()?;
    let out = outs.iter().find(|out| model.is_same_loop(inner, out))?;
    // The wait may not stand in a loop of its own inside.
    (outs.first() == Some(out)).then_some((*inner, *out))
}
