//! The guard compares `__name__` with something that never or always matches.

use super::{Check, Hook};
use crate::findings::{PythonVersion, Severity};
use crate::model::events::{EventKind, NameTest};
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

const MAIN: &str = "__main__";

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let EventKind::NameTest { value, how } = event.kind else {
            continue;
        };
        let text = model.name(value);
        let draft = match how {
            NameTest::Bare if text == MAIN => Draft::new(
                event.span,
                "this condition is a string, which is always true: it never asks what `__name__` is",
            ),
            NameTest::Quoted => Draft::new(
                event.span,
                "`\"__name__\"` is a string of its own, so this guard never matches",
            ),
            NameTest::Identity if text == MAIN => {
                // Seen on scripts: false up to 3.12, true from 3.13 on.
                let fails = model.targets().oldest < PythonVersion(3, 13);
                Draft::new(
                    event.span,
                    "`__name__` is compared by identity, which does not hold before Python 3.13",
                )
                .severity(if fails { Severity::Error } else { Severity::Warning })
            }
            NameTest::Contains if text.contains(MAIN) && text != MAIN => continue,
            NameTest::Equal | NameTest::Identity | NameTest::Contains if crate::model::looks_like_main(text) => {
                Draft::new(
                    event.span,
                    format!("`__name__` is never `\"{text}\"`, so this guard never matches"),
                )
            }
            _ => continue,
        };
        check.report(draft.help("write `if __name__ == \"__main__\":`"));
    }
}
