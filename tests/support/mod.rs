//! What the tests over rule pages share: the pages, and the findings that a program gives.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use mplint::api::Api;
use mplint::files::discover::DiscoverOptions;
use mplint::files::scan::Scanner;
use mplint::files::{PathPatterns, SourceFile};
use mplint::findings::{Confidence, Finding, Severity, Targets};
use mplint::lint::{self, Options, Outcome};
use mplint::python::{self, Symbols};
use mplint::rules::page::{self, Example, ExampleFile, Page};
use mplint::rules::{self, Rule};

/// A finding as a page marks it: file, line from 1, code.
pub type Place = (String, usize, String);

/// Every rule with its page; a page that cannot be read ends the test run with its reason.
pub fn pages() -> Vec<(&'static Rule, Page)> {
    let read = |rule: &'static Rule| match page::read(rule.page) {
        Ok(page) => (rule, page),
        Err(error) => panic!("the page of {}: {error}", rule.info.code),
    };
    rules::all().iter().map(read).collect()
}

/// What a trial over an example is called.
pub fn example_name(rule: &Rule, example: &Example) -> String {
    let mut name = format!("{} line {} {}", rule.info.code, example.line(), example.kind.as_str());
    if let Some(label) = &example.name {
        let _ = write!(name, " {label:?}");
    }
    name
}

/// What the rules find in a program, sorted; every rule is on.
pub fn lint(files: &[ExampleFile]) -> Vec<Place> {
    lint_from(files, Severity::Note)
}

/// The same, as far as it is of this severity or above.
pub fn lint_from(files: &[ExampleFile], min_severity: Severity) -> Vec<Place> {
    let place = |finding: Finding| {
        // Through all cells of a notebook, as a page shows them.
        let row = finding.location.file.line_index(finding.location.span.start) + 1;
        let name = finding.location.file.name().to_owned();
        (name, row, finding.rule.code.to_owned())
    };
    let mut found: Vec<Place> = findings_from(files, min_severity).into_iter().map(place).collect();
    found.sort();
    found
}

/// The findings themselves.
pub fn findings_from(files: &[ExampleFile], min_severity: Severity) -> Vec<Finding> {
    // A program of one file needs no folder.
    let folder = (files.len() > 1).then(|| folder_of(files));
    let base = folder.as_ref().map_or(Path::new("/nowhere"), |folder| folder.path());
    findings_of(base, min_severity, |options| match files {
        [file] => lint::check_stream(file.on_disk().as_bytes(), &file.file, options),
        _ => lint::check_paths(&[], options),
    })
}

/// The findings of a run in a folder, with every rule on.
pub fn findings_of(base: &Path, min_severity: Severity, run: impl FnOnce(&Options<'_>) -> Outcome) -> Vec<Finding> {
    let api = Api::built_in().unwrap_or_else(|error| panic!("{error}"));
    let scanner = Scanner::new(std::iter::empty()).unwrap_or_else(|error| panic!("{error}"));
    let discover = DiscoverOptions {
        working_directory: base.to_owned(),
        excludes: PathPatterns::new(&[]).unwrap_or_else(|error| panic!("{error}")),
        force_exclude: false,
        threads: 1,
    };
    let options = Options {
        discover: &discover,
        scanner: &scanner,
        api,
        targets: Targets::default(),
        min_severity,
        min_confidence: Confidence::Low,
        watch: None,
        whole_programs: false,
        enabled: &|_, _| true,
    };
    let outcome = run(&options);
    assert!(outcome.internal_errors.is_empty(), "{:?}", outcome.internal_errors);
    outcome.findings
}

fn folder_of(files: &[ExampleFile]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap_or_else(|error| panic!("{error}"));
    for file in files {
        let path = folder.path().join(&file.file);
        let made = path.parent().map_or(Ok(()), fs::create_dir_all);
        let written = made.and_then(|()| fs::write(&path, file.on_disk().as_bytes()));
        written.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    }
    folder
}

/// What our parser has against a program.
pub fn syntax_errors(files: &[ExampleFile]) -> Vec<String> {
    let mut errors = Vec::new();
    for file in files {
        let source = SourceFile::new(PathBuf::from(&file.file), file.file.clone(), file.text.clone());
        for error in python::parse(source.text(), &mut Symbols::default()).errors {
            let row = source.line_column(error.span.start).row;
            errors.push(format!("{}:{row}: {}", file.file, error.message));
        }
    }
    errors
}

/// The findings that a program marks, sorted.
pub fn marked(files: &[ExampleFile]) -> Vec<Place> {
    let of_file = |file: &ExampleFile| {
        let name = file.file.clone();
        file.marked()
            .into_iter()
            .map(move |(line, code)| (name.clone(), line, code))
    };
    let mut marked: Vec<Place> = files.iter().flat_map(of_file).collect();
    marked.sort();
    marked
}

/// The places with one code.
pub fn of_code(places: Vec<Place>, code: &str) -> Vec<Place> {
    places.into_iter().filter(|(_, _, found)| found == code).collect()
}

/// The difference between what must be found and what was, line by line; nothing where there is none.
pub fn difference(files: &[ExampleFile], expected: &[Place], found: &[Place]) -> Option<String> {
    if expected == found {
        return None;
    }
    let mut text = String::new();
    let mut list = |title: &str, places: &[Place], others: &[Place]| {
        for place @ (name, line, code) in places {
            let count = |list: &[Place]| list.iter().filter(|other| *other == place).count();
            if count(places) > count(others) {
                let file = files.iter().find(|file| file.file == *name);
                let source = file
                    .and_then(|file| file.text.lines().nth(line - 1))
                    .unwrap_or_default();
                let _ = writeln!(text, "{title} {code} {name}:{line}: {}", source.trim());
            }
        }
    };
    list("missing   ", expected, found);
    list("unexpected", found, expected);
    Some(text)
}
