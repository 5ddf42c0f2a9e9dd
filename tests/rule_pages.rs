//! Every rule page is what a page must be, and each of its examples gives the findings that it marks.

#[path = "support/fixes.rs"]
mod fixes;
mod support;

use std::collections::BTreeSet;
use std::path::Path;

use libtest_mimic::{Arguments, Failed, Trial};
use mplint::evidence::plan;
use mplint::findings::{Applicability, Platforms, Severity, StartMethod, Targets};
use mplint::fix::Wanted;
use mplint::rules::page::{self, Example, ExampleFile, ExampleKind, Page};
use mplint::rules::{self, Rule};

fn main() {
    let mut trials = Vec::new();
    for (rule, page) in support::pages() {
        for (at, example) in page.examples.iter().enumerate() {
            if example.kind == ExampleKind::Bad && !matches!(rule.info.code, "MP900" | "MP901" | "MP902") {
                let (example, next) = (example.clone(), page.examples.get(at + 1).cloned());
                let name = format!("{} fixed", support::example_name(rule, &example));
                trials.push(Trial::test(name, move || check_fix(rule, &example, next.as_ref())));
            }
            let (page, example) = (page.clone(), example.clone());
            let name = support::example_name(rule, &example);
            trials.push(Trial::test(name, move || check_example(rule, &page, &example)));
        }
        trials.push(Trial::test(format!("{} page", rule.info.code), move || {
            check_page(rule, &page)
        }));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// Pages that may have fewer than three bad and four good examples, and why.
const SHORT_PAGES: [(&str, &str); 3] = [
    (
        "MP900",
        "the mistake is not of this field, and a text that is not Python has no shapes to tell apart",
    ),
    ("MP901", "suppressions come in few forms"),
    ("MP902", "bytes that are no text cannot stand on a page"),
];

/// The sections that a page must have, in this order; others may stand between them.
const SECTIONS: [&str; 6] = [
    "Why",
    "When",
    "What is not flagged",
    "Evidence",
    "Fix safety",
    "References",
];

fn check_page(rule: &Rule, page: &Page) -> Result<(), Failed> {
    let mut wrong = Vec::new();
    let count = |kind| page.examples.iter().filter(|example| example.kind == kind).count();
    let short = SHORT_PAGES.iter().any(|(code, _)| *code == rule.info.code);
    for (kind, least) in [(ExampleKind::Bad, 3), (ExampleKind::Good, 4)] {
        if !short && count(kind) < least {
            wrong.push(format!(
                "{} {} examples, fewer than {least}",
                count(kind),
                kind.as_str()
            ));
        }
    }
    if page.opening.is_empty() {
        wrong.push("no paragraph opens the page".to_owned());
    }
    let titles: Vec<&str> = page.sections.iter().map(|section| section.title.as_str()).collect();
    let has_fix = rule.fix.is_some();
    let required = SECTIONS.iter().filter(|&&title| has_fix || title != "Fix safety");
    let places: Vec<Option<usize>> = required
        .map(|section| {
            let place = titles.iter().position(|title| title == section);
            if place.is_none() {
                wrong.push(format!("no section `## {section}`"));
            }
            place
        })
        .collect();
    if !places.iter().flatten().is_sorted() {
        wrong.push(format!("the sections are not in the order {}", SECTIONS.join(", ")));
    }
    if !has_fix && titles.contains(&"Fix safety") {
        wrong.push("a section on the safety of a fix that the rule does not offer".to_owned());
    }
    for section in &page.sections {
        let is_empty = section.body.is_empty() && section.title != "What is not flagged";
        if is_empty {
            wrong.push(format!(
                "line {}: nothing stands under `## {}`",
                section.line, section.title
            ));
        }
    }
    let mut before = None;
    for example in &page.examples {
        if example.kind == ExampleKind::Fixed && before != Some(ExampleKind::Bad) {
            wrong.push(format!(
                "line {}: no bad example stands before the fixed one",
                example.line()
            ));
        }
        before = Some(example.kind);
    }
    for target in links(rule.page) {
        if !Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("rules")
            .join(target)
            .exists()
        {
            wrong.push(format!("the page links to {target}, which is not there"));
        }
    }
    if rule.expect.is_empty() && !short && rule.severity != mplint::findings::Severity::Note {
        wrong.push("nothing is expected: what is seen when an example runs?".to_owned());
    }
    if rule.subsumes.contains(&rule.info.code) || rule.subsumes.iter().any(|code| rules::by_code(code).is_none()) {
        wrong.push(format!("`subsumes` is {:?}", rule.subsumes));
    }
    fail_with(&wrong)
}

/// The other pages that a page links to.
fn links(page: &str) -> impl Iterator<Item = &str> {
    let targets = page
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split([')', '#']).next());
    targets.filter(|target| target.ends_with(".md") && !target.contains(':'))
}

fn check_example(rule: &Rule, page: &Page, example: &Example) -> Result<(), Failed> {
    let code = rule.info.code;
    let mut wrong = Vec::new();
    if code != "MP900" {
        wrong.extend(support::syntax_errors(&example.files));
    }
    let mut expected = support::marked(&example.files);
    let marks_own = expected.iter().any(|(_, _, marked)| marked == code);
    match example.kind {
        ExampleKind::Bad if !marks_own => wrong.push(format!("no line is marked with {code}")),
        ExampleKind::Fixed | ExampleKind::Good if marks_own => wrong.push(format!("a line is marked with {code}")),
        _ => {}
    }
    if !example.selects_all() && expected.iter().any(|(_, _, marked)| marked != code) {
        wrong.push("findings of other rules are marked, which takes `select=ALL`".to_owned());
    }
    let mut found = support::lint(&example.files);
    if !example.selects_all() {
        found = support::of_code(found, code);
        expected = support::of_code(expected, code);
    }
    wrong.extend(support::difference(&example.files, &expected, &found));
    #[cfg(target_os = "linux")]
    if example.kind == ExampleKind::Bad && example.never_runs().is_none() {
        wrong.extend(conditions_differ(rule, page, example));
    }
    fail_with(&wrong)
}

/// Whether what findings say of where and how the example fails is what the page says, by its own run, on Linux.
#[cfg(target_os = "linux")]
fn conditions_differ(rule: &Rule, page: &Page, example: &Example) -> Vec<String> {
    let Some(subject) = plan::of_page(rule.info.code, page)
        .into_iter()
        .find(|subject| subject.line == example.line())
    else {
        return vec!["the example has no subject".to_owned()];
    };
    let found = support::findings_from(&example.files, Severity::Note);
    let own: Vec<_> = found
        .iter()
        .filter(|finding| finding.rule.code == rule.info.code)
        .collect();
    // What is only a possibility shows nothing.
    if own.iter().all(|finding| finding.severity == Severity::Note) {
        return Vec::new();
    }
    let mut wrong = Vec::new();
    for python in Targets::default().versions() {
        for method in StartMethod::ALL {
            let expected = subject.expected(python, method).to_string();
            let said: BTreeSet<String> = own
                .iter()
                .flat_map(|finding| &finding.fails_under)
                .filter(|condition| {
                    condition.start_method == method
                        && condition.python.contains(python)
                        && condition.platforms.contains(Platforms::LINUX)
                })
                .map(|condition| condition.symptom.to_string())
                .collect();
            // A program that names its start method is found under that one only, and forced to the others all the same.
            if !said.is_empty() && !said.contains(&expected) {
                wrong.push(format!(
                    "{method} on {python}: the page expects {expected}, the findings say {said:?}"
                ));
            }
        }
    }
    wrong
}

/// What the fixes of an example make of it is the fixed example that follows.
fn check_fix(rule: &Rule, example: &Example, next: Option<&Example>) -> Result<(), Failed> {
    let files: Vec<ExampleFile> = example.files.iter().map(without_marks).collect();
    let fixes = fixes::fixed(&bytes_of(&files), Some(rule.info.code), Wanted::Unsafe);
    let mut wrong: Vec<String> = Vec::new();
    for dropped in &fixes.dropped {
        wrong.push(format!("a fix is dropped: {dropped:?}"));
    }
    if fixes.files.is_empty() {
        return fail_with(&wrong);
    }
    let is_safe = {
        let safe = fixes::fixed(&bytes_of(&files), Some(rule.info.code), Wanted::Safe);
        !safe.files.is_empty()
    };
    match rule.fix {
        None => wrong.push("the page says that there is no fix".to_owned()),
        Some(Applicability::Safe) => {}
        Some(grade) if is_safe => wrong.push(format!("the page says that fixes are {grade:?}")),
        Some(_) => {}
    }
    let Some(fixed) = next.filter(|next| next.kind == ExampleKind::Fixed) else {
        wrong.push("no fixed example follows".to_owned());
        wrong.extend(fixes.files.iter().map(|file| file.text.clone()));
        return fail_with(&wrong);
    };
    for file in &fixed.files {
        let ours = fixes.files.iter().find(|fixed| fixed.file.name() == file.file);
        let before = files.iter().find(|other| other.file == file.file);
        let text = ours
            .map(|ours| ours.text.as_str())
            .or(before.map(|before| before.text.as_str()));
        if text != Some(file.text.as_str()) {
            wrong.push(format!(
                "the page has:\n{}\nthe fix gives:\n{}",
                file.text,
                text.unwrap_or("nothing")
            ));
        }
    }
    fail_with(&wrong)
}

fn bytes_of(files: &[ExampleFile]) -> Vec<(String, Vec<u8>)> {
    let bytes = |file: &ExampleFile| (file.file.clone(), file.text.clone().into_bytes());
    files.iter().map(bytes).collect()
}

/// A file of an example without the marks for its findings.
fn without_marks(file: &ExampleFile) -> ExampleFile {
    let line = |line: &str| match page::marker_start(line) {
        Some(at) => line.get(..at).unwrap_or_default().trim_end().to_owned(),
        None => line.to_owned(),
    };
    let lines: Vec<String> = file.text.lines().map(line).collect();
    ExampleFile {
        text: lines.join("\n") + "\n",
        ..file.clone()
    }
}

fn fail_with(wrong: &[String]) -> Result<(), Failed> {
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("\n").into())
    }
}
