//! A child reads its standard input, which is empty.

use super::{Check, Hook};
use crate::api::{Effect, Returns};
use crate::findings::{Expectation, SymptomKind};
use crate::model::Model;
use crate::model::events::{Caught, ContextId, EventKind};
use crate::python::ir::OpKind;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

const NOTHING_READ: &[Expectation] = &[Expectation::always(SymptomKind::WrongResult)];

const QUITS: &[Expectation] = &[Expectation::always(SymptomKind::Raises)];

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let EventKind::Call { entry, .. } = &event.kind else {
            continue;
        };
        let Some(process) = model
            .process_of(event.context)
            .filter(|_| entry.effect == Effect::ReadsInput)
        else {
            continue;
        };
        if event.caught.intersects(Caught::EOF | Caught::ANY) || has_own_input(model, process) {
            continue;
        }
        let Some(starter) = model.context(process).object else {
            continue;
        };
        let (methods, named) = check.methods_of(event, starter);
        let mut draft = Draft::new(
            event.span,
            "this reads the standard input of a child process, which `multiprocessing` has made empty",
        )
        .under(methods, named)
        .help("ask in the parent, and hand on the answer as an argument or by a queue");
        if let Some((_, _, started)) = model.context(process).started {
            draft = draft.related(started, "the child is started here");
        }
        draft = match (entry.canonical.as_str(), entry.returns) {
            ("builtins.input", _) => draft,
            // A debugger quits where it finds nothing to read.
            (_, Returns::Unknown) => draft.showing(QUITS),
            _ => draft.showing(NOTHING_READ),
        };
        check.report(draft);
    }
}

/// Whether some code of a process gives `sys.stdin` a new value.
fn has_own_input(model: &Model<'_>, process: ContextId) -> bool {
    model
        .chains()
        .filter(|(_, chain)| model.process_of(chain.context) == Some(process))
        .any(|(_, chain)| {
            let ops = model
                .function(chain.function)
                .blocks
                .iter()
                .flat_map(|block| &block.ops);
            ops.into_iter()
                .any(|op| matches!(op.kind, OpKind::SetAttr { name, .. } if model.name(name) == "stdin"))
        })
}
