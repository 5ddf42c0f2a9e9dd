//! Every program under `fixtures/report/` gives the findings that it marks.

#[expect(dead_code, reason = "what only the tests over rule pages need")]
mod support;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use mplint::rules;
use mplint::rules::front_matter::is_code;
use mplint::rules::page::{self, ExampleFile};

/// The comment on the first line of a fixture that turns on rules which are off by default.
const SELECT: &str = "# select:";

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures").join("report")
}

/// Every program, in the order of the names. A name is the path below `fixtures/report/`, with `/` between folders.
fn programs() -> Vec<ExampleFile> {
    let folder = folder();
    let mut programs = Vec::new();
    for entry in walkdir::WalkDir::new(&folder).sort_by_file_name() {
        let entry = entry.expect("the fixtures can be listed");
        if entry.path().extension().is_none_or(|extension| extension != "py") {
            continue;
        }
        let below = entry
            .path()
            .strip_prefix(&folder)
            .expect("the walk stays below the folder");
        let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
        programs.push(ExampleFile {
            file: parts.join("/"),
            line: 1,
            text: fs::read_to_string(entry.path()).expect("a fixture is UTF-8 text"),
            listed: Vec::new(),
        });
    }
    programs
}

/// The codes that a program asks for on its first line.
fn selected(program: &ExampleFile) -> Vec<&str> {
    let first = program.text.lines().next().unwrap_or_default();
    let codes = first.strip_prefix(SELECT).unwrap_or_default();
    codes
        .split(',')
        .map(str::trim)
        .filter(|code| !code.is_empty())
        .collect()
}

fn marked_codes(programs: &[ExampleFile]) -> BTreeSet<String> {
    support::marked(programs).into_iter().map(|(_, _, code)| code).collect()
}

#[test]
fn the_programs_give_what_they_mark() {
    let mut wrong = Vec::new();
    for program in programs() {
        let selected = selected(&program);
        let one = std::slice::from_ref(&program);
        wrong.extend(support::syntax_errors(one));
        let runs = |code: &str| {
            let rule = rules::by_code(code);
            rule.is_some_and(|rule| rule.default_on || selected.contains(&code))
        };
        let mut found = support::lint(one);
        found.retain(|(_, _, code)| runs(code));
        let mut expected = support::marked(one);
        expected.retain(|(_, _, code)| rules::by_code(code).is_some());
        wrong.extend(support::difference(one, &expected, &found));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_code_has_a_rule() {
    let marked = marked_codes(&programs());
    let without_rule: Vec<&str> = marked
        .iter()
        .map(String::as_str)
        .filter(|code| rules::by_code(code).is_none())
        .collect();
    assert!(without_rule.is_empty(), "marked, and no rule: {without_rule:?}");
}

#[test]
fn a_program_selects_what_it_marks() {
    for program in programs() {
        let marked: BTreeSet<String> = page::marked_findings(&program.text)
            .into_iter()
            .map(|(_, code)| code)
            .collect();
        for code in selected(&program) {
            assert!(is_code(code), "{}: {code} is no code", program.file);
            assert!(
                marked.contains(code),
                "{}: {code} is selected and not marked",
                program.file
            );
        }
    }
}

#[test]
fn the_readme_names_every_program() {
    let readme = fs::read_to_string(folder().join("README.md")).expect("there is a README");
    let programs = programs();
    assert!(programs.len() > 50, "only {} programs", programs.len());
    let mut part = "";
    let mut named = BTreeSet::new();
    for line in readme.lines() {
        if let Some(heading) = line.strip_prefix("## ") {
            part = heading.trim_matches('`').trim_end_matches('/');
        } else if let Some((name, _)) = line.strip_prefix("| `").and_then(|row| row.split_once('`')) {
            named.insert(format!("{part}/{name}"));
        }
    }
    let there: BTreeSet<String> = programs.into_iter().map(|program| program.file).collect();
    assert_eq!(named, there, "left: named in the README; right: in the folder");
}
