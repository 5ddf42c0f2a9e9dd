//! A shared value that only carries a result from the workers to the process that started them.

use super::{Check, Hook};
use crate::api::Family;
use crate::findings::Severity;
use crate::model::Model;
use crate::model::events::EventKind;
use crate::model::heap::ObjectId;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let EventKind::Make { object, .. } = event.kind else {
            continue;
        };
        let is_shared = model
            .kind(&event.heap, object)
            .is_some_and(|kind| kind.family == Family::Shared && kind.name != "proxy");
        if !is_shared || model.process_of(event.context).is_some() {
            continue;
        }
        if !Uses::of(model, object).are_of_a_result() {
            continue;
        }
        let draft = Draft::new(
            event.span,
            "workers only write this, and the process that started them only reads it: they could return it",
        )
        .severity(Severity::Note)
        .help("return the result from a task of a pool, or put it into a queue");
        check.report(draft);
    }
}

/// What is done with a shared value.
#[derive(Default)]
struct Uses {
    written_by_workers: bool,
    /// Other than to change it at once.
    read_by_workers: bool,
    read_by_parent: bool,
    /// Again and again, as the condition of a loop.
    watched: bool,
    written_by_parent: bool,
}

impl Uses {
    fn of(model: &Model<'_>, shared: ObjectId) -> Self {
        let mut uses = Self::default();
        let mut updates = Vec::new();
        let mut reads = Vec::new();
        for event in model.events() {
            let is_worker = model.process_of(event.context).is_some();
            match event.kind {
                EventKind::Access { object, sets } if object == shared => match (is_worker, sets) {
                    (true, true) => uses.written_by_workers = true,
                    (true, false) => reads.push((event.function, event.span)),
                    (false, true) => uses.written_by_parent = true,
                    (false, false) => {
                        uses.read_by_parent = true;
                        uses.watched |= event.asked_again;
                    }
                },
                EventKind::Update { object, .. } if object == shared && is_worker => {
                    uses.written_by_workers = true;
                    updates.push((event.function, event.span));
                }
                _ => {}
            }
        }
        // `total.value += n` reads what it changes, within the same statement.
        uses.read_by_workers = reads.iter().any(|(function, read)| {
            let is_part = |(other, update): &(_, crate::files::Span)| other == function && update.contains(*read);
            !updates.iter().any(is_part)
        });
        uses
    }

    fn are_of_a_result(&self) -> bool {
        self.written_by_workers
            && self.read_by_parent
            && !self.read_by_workers
            && !self.watched
            && !self.written_by_parent
    }
}
