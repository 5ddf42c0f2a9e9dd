//! A function or class of a notebook is handed to a process that is not forked.

use super::missing_names::{Subject, report_missing};
use super::{Check, Hook};

pub(super) const HOOK: Hook = Hook::Model(check);

const SUBJECT: Subject = Subject {
    is_meant: |model, found| model.is_of_notebook(found),
    is_missing: "is defined in a notebook, which a child that is not forked cannot import",
    help: "put it into a module beside the notebook, and import it from there",
};

fn check(check: &mut Check<'_>) {
    report_missing(check, &SUBJECT);
}
