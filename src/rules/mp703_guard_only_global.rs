//! A worker reads a global that is only set under the main guard.

use rustc_hash::FxHashSet;

use super::late_globals::{draft, late_reads};
use super::{Check, Hook};
use crate::model::events::Caught;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    let mut said = FxHashSet::default();
    for late in late_reads(model) {
        if late.bound || late.event.caught.intersects(Caught::NAME | Caught::ANY) {
            continue;
        }
        // In one function the first such read is the one that fails.
        if !said.insert(late.event.function) {
            continue;
        }
        let name = model.name(late.name);
        let message =
            format!("the global `{name}` is only set in the main process: a child that imports the module has none");
        let draft = draft(check, &late, message)
            .help("give it to the worker as an argument, or by an initializer, or set it outside the main guard");
        check.report(draft);
    }
}
