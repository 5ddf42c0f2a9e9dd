//! Tests of the pipeline that need no rule but its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{Options, Outcome, check_paths, check_stream, explained};
use crate::api::Api;
use crate::files::discover::DiscoverOptions;
use crate::files::scan::Scanner;
use crate::files::{PathPatterns, SourceFile, Span};
use crate::findings::{Confidence, Finding, Hints, Location, RuleInfo, Severity, Targets};
use crate::rules::Rule;

/// What a run over a folder with these files comes to.
fn run(
    files: &[(&str, &str)],
    paths: &[&str],
    enabled: &(dyn Fn(&Path, &Rule) -> bool + Sync),
    min_severity: Severity,
) -> Outcome {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    let discover = DiscoverOptions {
        working_directory: folder.path().to_owned(),
        excludes: PathPatterns::new([]).unwrap(),
        force_exclude: false,
        threads: 2,
    };
    let options = Options {
        api: Api::built_in().unwrap_or_else(|error| panic!("{error}")),
        discover: &discover,
        scanner: &Scanner::new([]).unwrap(),
        targets: Targets::default(),
        min_severity,
        min_confidence: Confidence::Low,
        watch: None,
        whole_programs: false,
        enabled,
    };
    let paths: Vec<_> = paths.iter().map(PathBuf::from).collect();
    check_paths(&paths, &options)
}

fn shown(outcome: &Outcome) -> Vec<String> {
    let one = |finding: &Finding| {
        let file = &finding.location.file;
        let at = file.line_column(finding.location.span.start);
        format!("{}:{}:{} {}", file.name(), at.row, at.column, finding.rule.code)
    };
    outcome.findings.iter().map(one).collect()
}

const BROKEN: &str = "import multiprocessing\nx = (\n";

#[test]
fn findings_are_sorted_whatever_the_threads_do() {
    let names: Vec<_> = (0..200).map(|number| format!("a{number:03}.py")).collect();
    let files: Vec<_> = names.iter().map(|name| (name.as_str(), BROKEN)).collect();
    let outcome = run(&files, &[], &|_, _| true, Severity::Note);
    let expected: Vec<_> = names.iter().map(|name| format!("{name}:3:1 MP900")).collect();
    assert_eq!(shown(&outcome), expected);
    assert_eq!(outcome.checked, 200);
}

#[test]
fn a_file_that_is_followed_in_part_is_named() {
    let mut large = String::from("import multiprocessing as mp\n");
    for number in 0..3_000 {
        large.push_str(&format!(
            "def f{number}():\n    p = mp.Process(target=f{number})\n    p.start()\n    p.join()\n"
        ));
    }
    let small = "import multiprocessing as mp\nmp.cpu_count()\n";
    let files = [("large.py", large.as_str()), ("small.py", small)];
    let outcome = run(&files, &[], &|_, _| true, Severity::Error);
    assert_eq!(outcome.cut_short, ["large.py"]);
}

#[test]
fn a_panic_in_one_file_leaves_the_others() {
    let enabled = |path: &Path, _: &Rule| {
        assert!(!path.ends_with("bad.py"), "no such luck");
        true
    };
    let files = [("a.py", BROKEN), ("bad.py", BROKEN), ("c.py", BROKEN)];
    let outcome = run(&files, &[], &enabled, Severity::Note);
    assert_eq!(shown(&outcome), ["a.py:3:1 MP900", "c.py:3:1 MP900"]);
    assert_eq!(outcome.internal_errors.len(), 1);
    assert_eq!(outcome.internal_errors[0].file, "bad.py");
    assert!(outcome.internal_errors[0].message.contains("no such luck"));
}

#[test]
fn missing_paths_leave_the_others() {
    let outcome = run(
        &[("a.py", BROKEN)],
        &["b.py", "a.py", "c"],
        &|_, _| true,
        Severity::Note,
    );
    assert_eq!(shown(&outcome), ["a.py:3:1 MP900"]);
    assert_eq!(outcome.missing, [PathBuf::from("b.py"), PathBuf::from("c")]);
    // Not the whole working directory instead.
    let outcome = run(&[("a.py", BROKEN)], &["b.py"], &|_, _| true, Severity::Note);
    assert_eq!(shown(&outcome), [""; 0]);
}

#[test]
fn what_is_turned_off_is_not_found() {
    let files = [("a.py", BROKEN), ("b.py", "x = 1  # noqa: MP999\n")];
    let codes = |enabled: &(dyn Fn(&Path, &Rule) -> bool + Sync), min| shown(&run(&files, &[], enabled, min));
    assert_eq!(
        codes(&|_, _| true, Severity::Note),
        ["a.py:3:1 MP900", "b.py:1:16 MP901"]
    );
    assert_eq!(codes(&|_, _| true, Severity::Error), ["a.py:3:1 MP900"]);
    assert_eq!(
        codes(&|_, rule| rule.info.code != "MP900", Severity::Note),
        ["b.py:1:16 MP901"]
    );
    let by_file = |path: &Path, _: &Rule| path.is_absolute() && path.ends_with("b.py");
    assert_eq!(codes(&by_file, Severity::Note), ["b.py:1:16 MP901"]);
}

#[test]
fn files_that_do_not_matter_are_not_parsed() {
    let outcome = run(
        &[("a.py", "x = (\n"), ("b.py", "x = ( # noqa: MP902\n")],
        &[],
        &|_, _| true,
        Severity::Note,
    );
    assert_eq!(shown(&outcome), [""; 0]);
    assert_eq!(outcome.checked, 2);
}

#[test]
fn after_a_syntax_error_no_suppression_is_called_unused() {
    let text = "import multiprocessing  # mplint: ignore[MP902]\nx = (\n";
    assert_eq!(
        shown(&run(&[("a.py", text)], &[], &|_, _| true, Severity::Note)),
        ["a.py:3:1 MP900"]
    );
    let text = "# mplint: ignore-file[MP900] on purpose\nimport multiprocessing\nx = (\n";
    assert_eq!(
        shown(&run(&[("a.py", text)], &[], &|_, _| true, Severity::Note)),
        [""; 0]
    );
}

#[test]
fn a_stream_has_the_name_that_it_is_given() {
    let discover = DiscoverOptions {
        working_directory: std::env::current_dir().unwrap(),
        excludes: PathPatterns::new([]).unwrap(),
        force_exclude: false,
        threads: 1,
    };
    let options = Options {
        api: Api::built_in().unwrap_or_else(|error| panic!("{error}")),
        discover: &discover,
        scanner: &Scanner::new([]).unwrap(),
        targets: Targets::default(),
        min_severity: Severity::Note,
        min_confidence: Confidence::Low,
        watch: None,
        whole_programs: false,
        enabled: &|path, _| path.is_absolute(),
    };
    let outcome = check_stream(BROKEN.as_bytes(), "in/a.py", &options);
    assert_eq!(shown(&outcome), ["in/a.py:3:1 MP900"]);
    let outcome = check_stream(&b"import multiprocessing \xff"[..], "in/a.py", &options);
    assert_eq!(shown(&outcome), ["in/a.py:1:1 MP902"]);
}

#[test]
fn a_stronger_finding_explains_weaker_ones_on_its_line() {
    let file = Arc::new(SourceFile::new(
        "a.py".into(),
        "a.py".into(),
        "p.join(); p.join()\np.join()\n".into(),
    ));
    let finding = |code, start| Finding {
        rule: RuleInfo { code, name: "" },
        severity: Severity::Error,
        confidence: Confidence::High,
        message: String::new(),
        location: Location {
            file: file.clone(),
            span: Span::new(start, start + 1),
        },
        fails_under: vec![],
        related: vec![],
        help: None,
        fix: None,
        hints: Hints::default(),
    };
    let findings = [
        finding("MP201", 0),
        finding("MP401", 0),
        finding("MP402", 0),
        finding("MP201", 19),
    ];
    let subsumes = |code: &str| if code == "MP401" { &["MP201", "MP203"][..] } else { &[] };
    assert_eq!(explained(&findings, subsumes), [true, false, false, false]);
}
