use std::path::PathBuf;

use super::{Problem, Suppressions};
use crate::files::{SourceFile, Span};

const RULES: [(&str, &str); 5] = [
    ("MP201", "join-without-timeout"),
    ("MP401", "join-before-drain"),
    ("MP402", "queue-get-without-timeout"),
    ("MP901", "unused-suppression"),
    ("MP101", "unpicklable-callable"),
];

fn resolve(word: &str) -> Vec<&'static str> {
    let upper = word.to_ascii_uppercase();
    RULES
        .iter()
        .filter(|(code, name)| *name == word || (upper.starts_with("MP") && code.starts_with(&upper)))
        .map(|(code, _)| *code)
        .collect()
}

/// The suppressions of a text in which each line is one statement and holds at most one `#`-comment, which starts
/// at the first `#`.
fn parse(text: &str) -> Suppressions {
    let file = SourceFile::new(PathBuf::new(), "a.py".to_owned(), text.to_owned());
    let comments: Vec<_> = (0..file.line_starts().len())
        .filter_map(|line| {
            let span = file.line_span(line)?;
            let at = file.text()[span.range()].find('#')? as u32;
            let comment = Span::new(span.start + at, span.end);
            let alone = file.text()[span.range()].trim_start().starts_with('#');
            Some((comment, if alone { comment } else { span }))
        })
        .collect();
    Suppressions::parse(&file, comments, &resolve)
}

fn suppresses(text: &str, code: &str) -> bool {
    parse(text).suppress(code, 0)
}

/// The texts that problems point at, after the given findings (code, line) have been through.
fn reports<'t>(text: &'t str, findings: &[(&str, usize)]) -> Vec<(&'t str, String)> {
    let mut suppressions = parse(text);
    for (code, line) in findings {
        suppressions.suppress(code, *line);
    }
    let mut problems: Vec<Problem> = suppressions.problems().to_vec();
    problems.extend(suppressions.unused(&|codes| !codes.contains(&"MP901"), &["MP401"]));
    problems
        .into_iter()
        .map(|problem| (&text[problem.span.range()], problem.message))
        .collect()
}

#[test]
fn our_own_comment() {
    for text in [
        "x()  # mplint: ignore[MP401] the queue is empty here",
        "x()  #mplint:ignore[MP401]",
        "x()  # MPLINT: Ignore [ mp401 ]",
        "x()  # mplint: ignore[MP101, MP401]",
        "x()  # mplint: ignore[join-before-drain]",
        "x()  # mplint: ignore[MP4]",
        "x()  # mplint: ignore",
        "x()  # mplint: ignore because I say so",
        "x()  # type: ignore  # mplint: ignore[MP401]",
        "x()  # mplint: ignore-file[MP401]",
    ] {
        assert!(suppresses(text, "MP401"), "{text}");
    }
    for text in [
        "x()  # mplint: ignore[MP402]",
        "x()  # mplint ignore[MP401]",
        "x()  # see mplint: ignore[MP401]",
        "x()  # mplint: ignore[MP401",
        "x()  # mplint: ignroe[MP401]",
        "x()  # mplint: ignore[]",
    ] {
        assert!(!suppresses(text, "MP401"), "{text}");
    }
}

#[test]
fn noqa_as_ruff_reads_it() {
    for text in [
        "x()  # noqa",
        "x()  #NoQA",
        "x()  # noqa: MP401",
        "x()  # noqa : MP401",
        "x()  # NOQA:MP401,E501",
        "x()  # noqa: E501 MP401 as it must be",
        "x()  # noqa: E501, MP4",
        "x()  # why not  # noqa: MP401",
        "x()  # noqa # because",
    ] {
        assert!(suppresses(text, "MP401"), "{text}");
    }
    for text in [
        "x()  # noqa: E501",
        "x()  # noqa:",
        "x()  # noqa: because MP401",
        "x()  # noqa-like",
        "x()  # ruff: noqa",
        "x()  # flake8: noqa: MP401",
        "x()  # noqa: MP402",
        "x()  # noqa: XMP401",
    ] {
        assert!(!suppresses(text, "MP401"), "{text}");
    }
}

#[test]
fn covers_the_lines_of_its_statement_and_no_others() {
    let file = SourceFile::new(
        PathBuf::new(),
        "a.py".to_owned(),
        "a()\nf(\n  1,  # noqa: MP401\n  2,\n)\nb()\n".to_owned(),
    );
    let comment = Span::new(13, 26);
    assert_eq!(&file.text()[comment.range()], "# noqa: MP401");
    let statement = Span::new(4, 33);
    assert_eq!(&file.text()[statement.range()], "f(\n  1,  # noqa: MP401\n  2,\n)");
    let mut suppressions = Suppressions::parse(&file, [(comment, statement)], &resolve);
    let lines: Vec<_> = (0..6).filter(|&line| suppressions.suppress("MP401", line)).collect();
    assert_eq!(lines, [1, 2, 3, 4]);
}

#[test]
fn a_line_of_its_own_covers_itself_only() {
    let mut suppressions = parse("# noqa: MP401\nx()\n");
    assert!(!suppressions.suppress("MP401", 1));
}

#[test]
fn a_file_is_covered_wherever_the_comment_stands() {
    let mut suppressions = parse("x()\ny()\n# mplint: ignore-file[MP2] reason\n");
    assert!(suppressions.suppress("MP201", 0));
    assert!(!suppressions.suppress("MP401", 0));
    assert!(parse("x()\n# mplint: ignore-file\n").suppress("MP401", 0));
}

#[test]
fn unused_codes_are_named_exactly() {
    let unused = |code| format!("this suppression of `{code}` suppresses nothing");
    assert_eq!(
        reports("x()  # mplint: ignore[MP101, MP401]", &[("MP401", 0)]),
        [("MP101", unused("MP101"))]
    );
    assert_eq!(
        reports("x()  # noqa: E501, MP101, MP401", &[("MP401", 0)]),
        [("MP101", unused("MP101"))]
    );
    assert_eq!(
        reports("x()  # noqa: MP401, MP401", &[("MP401", 0)]),
        [("MP401", unused("MP401"))]
    );
    assert_eq!(
        reports("x()  # mplint: ignore why", &[]),
        [("# mplint: ignore", "this comment suppresses nothing".to_owned())]
    );
    // The file's comment comes first, which leaves nothing to the line's.
    assert_eq!(
        reports(
            "x()  # mplint: ignore[MP401]\n# mplint: ignore-file[join-before-drain]",
            &[("MP401", 0)]
        ),
        [("MP401", unused("MP401"))]
    );
}

#[test]
fn the_help_spares_what_belongs_to_others() {
    let help = |text| {
        let unused = parse(text).unused(&|_| true, &[]);
        unused
            .into_iter()
            .filter_map(|problem| problem.help)
            .collect::<Vec<_>>()
    };
    assert_eq!(help("x()  # noqa: MP401"), ["remove the comment"]);
    assert_eq!(help("x()  # noqa: E501, MP401"), ["remove it from the list"]);
    assert_eq!(help("x()  # mplint: ignore[MP401, MP999]"), ["remove it from the list"]);
}

#[test]
fn what_belongs_to_others_is_left_alone() {
    assert_eq!(reports("x()  # noqa", &[]), []);
    assert_eq!(reports("x()  # noqa: E501, W1", &[]), []);
    assert_eq!(reports("x()  # noqa: MP901", &[]), []);
    assert_eq!(reports("# mplint makes no remark here", &[]), []);
}

#[test]
fn rules_that_took_no_part_are_not_judged() {
    let suppressions = parse("x()  # mplint: ignore[MP4, MP101]");
    let texts = |enabled: &dyn Fn(&str) -> bool| -> Vec<_> {
        suppressions
            .unused(&|codes| codes.iter().all(|code| enabled(code)), &["MP401", "MP101"])
            .into_iter()
            .map(|problem| problem.message)
            .collect()
    };
    assert_eq!(texts(&|code| code == "MP401"), Vec::<String>::new());
    assert_eq!(texts(&|code| code != "MP101").len(), 1);
    let bare = parse("x()  # mplint: ignore");
    assert!(bare.unused(&|codes| codes == ["MP401"], &["MP401", "MP101"]).is_empty());
    assert_eq!(bare.unused(&|_| true, &["MP401", "MP101"]).len(), 1);
}

#[test]
fn malformed_ones_say_what_is_wrong() {
    let problems = |text| {
        parse(text)
            .problems()
            .iter()
            .map(|p| {
                format!(
                    "{}: {}; {}",
                    &text[p.span.range()],
                    p.message,
                    p.help.as_deref().unwrap_or("")
                )
            })
            .collect::<Vec<_>>()
            .join("\n")
    };
    insta::assert_snapshot!(problems("x()  # mplint: ignroe[MP401]"), @"ignroe: `ignroe` is no comment that mplint knows, so this suppresses nothing; did you mean `ignore`?");
    insta::assert_snapshot!(problems("x()  # mplint: ignore[MP401"), @"# mplint: ignore[MP401: the list of codes has no closing `]`, so this suppresses nothing; write `mplint: ignore[CODE]`");
    insta::assert_snapshot!(problems("x()  # mplint: ignore[ ]"), @"# mplint: ignore[ ]: the list of codes is empty, so this suppresses nothing; name a code, or write `mplint: ignore` to suppress every rule");
    insta::assert_snapshot!(problems("x()  # mplint:"), @"# mplint:: this `mplint:` comment says nothing; write `mplint: ignore[CODE]` or `mplint: ignore-file[CODE]`");
    insta::assert_snapshot!(problems("x()  # mplint: schnörkel"), @"schnörkel: `schnörkel` is no comment that mplint knows, so this suppresses nothing; mplint knows `ignore[CODE]` and `ignore-file[CODE]`");
    insta::assert_snapshot!(problems("x()  # mplint: ignore[MP999, MP401]"), @"MP999: `MP999` is no rule of mplint, so this suppresses nothing; `mplint rules` lists the codes and names");
    insta::assert_snapshot!(problems("x()  # noqa: MP999, E999"), @"MP999: `MP999` is no rule of mplint, so this suppresses nothing; `mplint rules` lists the codes and names");
}

#[test]
fn a_complaint_is_silenced_by_its_code_but_not_by_the_comment_itself() {
    assert!(parse("x()  # mplint: ignore[MP401, MP901]").suppress_own("MP901", 0));
    assert!(parse("x()  # mplint: ignore[MP401]\n# mplint: ignore-file[MP901]").suppress_own("MP901", 0));
    assert!(!parse("x()  # mplint: ignore").suppress_own("MP901", 0));
    assert!(!parse("x()  # mplint: ignore[MP401]").suppress_own("MP901", 0));
}
