//! What is handed to another process is defined where only the main program gets to.

use super::missing_names::{Subject, report_missing};
use super::{Check, Hook};

pub(super) const HOOK: Hook = Hook::Model(check);

const SUBJECT: Subject = Subject {
    // A notebook as a whole is where no child gets to: MP712.
    is_meant: |model, found| !model.is_of_notebook(found),
    is_missing: "is defined where only the main program gets to, so a child that imports the module does not find it",
    help: "define it at the top level of the module, outside the main guard",
};

fn check(check: &mut Check<'_>) {
    report_missing(check, &SUBJECT);
}
