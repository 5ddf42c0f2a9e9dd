//! A started process is never joined.

use rustc_hash::FxHashSet;

use super::lifetime::{hands_over, is_daemonic, is_looked_after, is_parent, may_wait_between, start_place, starts};
use super::{Check, Hook};
use crate::api::Family;
use crate::files::Span;
use crate::findings::{Expectation, Remedy, Severity, SymptomKind};
use crate::model::Model;
use crate::model::events::{ContextId, Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::typestate::States;

pub(super) const HOOK: Hook = Hook::Model(check);

/// The old content is read.
const TOO_EARLY: Expectation = Expectation::always(SymptomKind::WrongResult);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    let forgotten = forgotten(model);
    for (at, event, object) in starts(model) {
        if is_daemonic(model, &event.heap, object) != Some(false) || model.context(event.context).cut_short {
            continue;
        }
        let read = read_too_early(model, at, event, object);
        let lives_on = model.context(event.context).endless.is_some();
        if read.is_none() && !lives_on && !forgotten.contains(&object) {
            continue;
        }
        if is_looked_after(model, object) || hands_over(model, object) {
            continue;
        }
        let (methods, named) = check.methods_of(event, object);
        let draft = |message: &str| {
            crate::rules::check::Draft::new(start_place(model, event), message)
                .under(methods, named)
                .related(check.made_at(object), "the process is made here")
        };
        let draft = if let Some(read) = read {
            draft("this process is never joined, and what it sets is read before it can be there")
                .severity(Severity::Warning)
                .showing(&[TOO_EARLY])
                .related(read, "it is read here")
                .remedy(Remedy::Ended)
                .help("call `join()` before the result is read")
        } else if lives_on {
            draft("this process is never joined, and the program goes on for ever")
                .severity(Severity::Warning)
                .help("keep the process and join it, or call `active_children()` now and then, which joins what has ended")
        } else {
            draft("this process is never joined")
                .severity(Severity::Note)
                .showing(&[])
                .help("call `join()` and look at `exitcode`, to learn when the work is done and whether it was")
        };
        check.report(draft);
    }
}

/// Processes that run when the last that could join them ends.
fn forgotten(model: &Model<'_>) -> FxHashSet<ObjectId> {
    let mut forgotten = FxHashSet::default();
    for event in model.events() {
        let EventKind::Leave { dropped } = &event.kind else {
            continue;
        };
        for &object in dropped {
            if model.family(&event.heap, object) == Some(Family::Process)
                && model.states(event, object).must(States::STARTED)
            {
                forgotten.insert(object);
            }
        }
    }
    forgotten
}

/// Where the parent reads, right after the start, what the process sets.
fn read_too_early(model: &Model<'_>, at: usize, start: &Event<'_>, process: ObjectId) -> Option<Span> {
    if !is_parent(model, start.context) {
        return None;
    }
    let children: Vec<ContextId> = model.contexts_of(process).map(|(id, _)| id).collect();
    let set: FxHashSet<ObjectId> = model
        .events()
        .iter()
        .filter(|event| children.contains(&event.context))
        .filter_map(|event| match event.kind {
            EventKind::Access { object, sets: true } | EventKind::Update { object, .. } => Some(object),
            _ => None,
        })
        .collect();
    if set.is_empty() {
        return None;
    }
    let later = model.events().iter().enumerate().skip(at + 1);
    let mut reads = later.filter(|(_, event)| {
        event.context == start.context
            && matches!(event.kind, EventKind::Access { object, sets: false } if set.contains(&object))
    });
    let (read, event) = reads.next()?;
    // A display of the progress, or a flag that is waited for.
    let is_repeated = event.many
        || model
            .events_in(start.context)
            .any(|other| other.span == event.span && other.chain == event.chain && other.many);
    let runs = model.states(event, process).must(States::STARTED);
    (runs && !is_repeated && !may_wait_between(model, start.context, at, Some(read))).then_some(event.span)
}
