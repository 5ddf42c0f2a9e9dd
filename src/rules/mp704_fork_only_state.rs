//! A worker reads a global that the main process has changed at run time.

use rustc_hash::FxHashSet;

use super::late_globals::{draft, late_reads};
use super::{Check, Hook};
use crate::findings::{Remedy, Severity};

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    let mut said = FxHashSet::default();
    for late in late_reads(model) {
        // A function that reads one of many options most likely reads others; one finding says it for all.
        if !late.bound || !late.by_main || !said.insert(late.event.function) {
            continue;
        }
        let name = model.name(late.name);
        let message = format!(
            "the global `{name}` is changed in the main process only: a child that imports the module finds what the import left"
        );
        let draft = draft(check, &late, message)
            .severity(Severity::Warning)
            .remedy(Remedy::StateSent)
            .help("give it to the worker as an argument or by an initializer");
        check.report(draft);
    }
}
