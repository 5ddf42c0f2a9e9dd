//! A lambda, nested function or local class is handed to another process.

use super::sent::{Part, sent};
use super::{Check, Hook};
use crate::findings::Remedy;
use crate::model::crossing::obstacle;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        for sent in sent(check, event) {
            let role = match sent.part {
                Part::Function => "work",
                Part::Initializer => "an initializer",
                _ => continue,
            };
            let Some(found) = obstacle(model, event, &sent.value, true).filter(|found| found.is_function()) else {
                continue;
            };
            let mut draft = Draft::new(
                sent.argument.span,
                format!(
                    "{} is handed to another process as {role}, and pickle cannot send it",
                    found.describe(model)
                ),
            )
            .under(sent.methods, sent.named)
            .showing(found.raises(model))
            .remedy(Remedy::SharedMemory)
            .says_all_fail()
            .help("define the function at the top level of a module; bind arguments with `functools.partial`");
            if let Some(defined) = found.defined_at(model)
                && defined != sent.argument.span
            {
                draft = draft.related(defined, "it is defined here");
            }
            check.report(draft);
        }
    }
}
