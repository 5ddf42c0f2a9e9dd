//! A child changes an object that it was given, and the process that started it reads its own.

use super::lost_changes::{draft, is_given, lost};
use super::{Check, Hook};
use crate::findings::Remedy;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for lost in lost(model) {
        if !is_given(check, &lost) {
            continue;
        }
        let name = check.text(lost.read.span);
        let message =
            format!("the child changes its own copy of `{name}`: the process that started it does not see that");
        let draft = draft(check, &lost, message).remedy(Remedy::SharedMemory).help(
            "send the result back, by a queue, a pipe or what the task returns, or use a shared `Value` or a manager",
        );
        check.report(draft);
    }
}
