//! The guard compares `__name__` with something that never or always matches.

use super::mp001_missing_main_guard::starts_at_import;
use super::{Check, Hook};
use crate::files::Span;
use crate::findings::{Expectation, PythonVersion, Severity, StartMethods, SymptomKind, VersionRange};
use crate::model::events::{EventKind, NameTest};
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

const MAIN: &str = "__main__";

/// A guard that always matches is none: each child starts children of its own.
const NO_GUARD: Expectation = Expectation::raises("RuntimeError", StartMethods::PICKLING, VersionRange::ANY);

/// A guard that never matches keeps the main program out as well.
const NEVER_DONE: Expectation = Expectation::always(SymptomKind::WrongResult);

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
            )
            .showing(&[NO_GUARD]),
            NameTest::Quoted => Draft::new(
                event.span,
                "`\"__name__\"` is a string of its own, so this guard never matches",
            )
            .showing(shown(check, event.span)),
            NameTest::Identity if text == MAIN => {
                // Seen on scripts: false up to 3.12, true from 3.13 on.
                const HOLDS: PythonVersion = PythonVersion(3, 13);
                let draft = Draft::new(
                    event.span,
                    "`__name__` is compared by identity, which does not hold before Python 3.13",
                );
                if model.targets().oldest < HOLDS {
                    draft.between(Some((VersionRange::ANY.from, HOLDS)))
                } else {
                    draft.showing(&[]).severity(Severity::Warning)
                }
            }
            NameTest::Contains if text.contains(MAIN) && text != MAIN => continue,
            NameTest::Equal | NameTest::Identity | NameTest::Contains if crate::model::looks_like_main(text) => {
                Draft::new(
                    event.span,
                    format!("`__name__` is never `\"{text}\"`, so this guard never matches"),
                )
                .showing(shown(check, event.span))
            }
            _ => continue,
        };
        let fix = check.safe_fix(event.span, "Ask for `\"__main__\"`", |source, test| {
            source.main_test(test)
        });
        check.report(draft.help("write `if __name__ == \"__main__\":`").fix(fix));
    }
}

/// What a comparison that never holds shows: whether it lets nobody in or everybody depends on which side of it the
/// processes are started, so it is asked what is started behind it in the children too.
fn shown(check: &Check<'_>, guard: Span) -> &'static [Expectation] {
    let lets_children_in = check.model.events().iter().any(|event| {
        let place = check.outermost_call(event.chain).unwrap_or(event.span);
        place.start > guard.start && starts_at_import(check, event).is_some()
    });
    if lets_children_in { &[NO_GUARD] } else { &[NEVER_DONE] }
}
