//! The source with labels, and under it the conditions, the hint and the name of the rule.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use codespan_reporting::diagnostic::{Diagnostic, Label, LabelStyle, Severity as Level};
use codespan_reporting::files::Error;
use codespan_reporting::term::{Config, WriteStyle, emit_to_write_style};

use super::conditions;
use super::excerpt::{Excerpt, Excerpts};
use super::headed::Headed;
use super::termcolor::WriteColor;
use super::text::visible;
use crate::files::{SourceFile, Span};
use crate::findings::{Applicability, Finding, Location, Severity, Targets};
use crate::lang::Translation;

/// Writes the findings, with an empty line after each.
pub fn write(
    out: &mut dyn WriteColor,
    findings: &[Finding],
    targets: Targets,
    translation: Translation,
) -> io::Result<()> {
    let config = Config::default();
    for finding in findings {
        let severity = translation.text(finding.severity.as_str());
        let diagnostic = Diagnostic::new(level(finding.severity))
            .with_code(finding.rule.code)
            .with_message(visible(&finding.message))
            .with_notes(notes(finding, targets, translation));
        if finding.location.file.text().is_empty() {
            write_without_source(out, finding, &diagnostic, &severity)?;
            continue;
        }
        let (excerpts, labels) = labels(finding);
        let mut out = Headed::new(out, &severity);
        emit_to_write_style(&mut out, &config, &excerpts, &diagnostic.with_labels(labels)).map_err(
            |error| match error {
                Error::Io(error) => error,
                other => io::Error::other(other),
            },
        )?;
    }
    Ok(())
}

const fn level(severity: Severity) -> Level {
    match severity {
        Severity::Error => Level::Error,
        Severity::Warning => Level::Warning,
        Severity::Note => Level::Note,
    }
}

fn notes(finding: &Finding, targets: Targets, translation: Translation) -> Vec<String> {
    let sentences = conditions::sentences(&finding.fails_under, targets, finding.severity);
    let mut notes: Vec<String> = sentences
        .iter()
        .map(|sentence| translation.text(sentence).into_owned())
        .collect();
    if let Some(help) = &finding.help {
        notes.push(format!("{}: {help}", translation.text("help")));
    }
    if let Some(fix) = &finding.fix {
        let kind = match fix.applicability {
            Applicability::Safe => "fix",
            Applicability::Display => "possible fix",
            Applicability::Unsafe => "unsafe fix",
        };
        notes.push(format!("{}: {}", translation.text(kind), fix.message));
    }
    let see = format!("see `mplint explain {}`", finding.rule.code);
    notes.push(format!("{}: {}", finding.rule.name, translation.text(&see)));
    notes.iter().map(|note| visible(note).into_owned()).collect()
}

/// The labels of a finding: its own first, then the related ones; file by file, the finding's own first.
fn labels(finding: &Finding) -> (Excerpts, Vec<Label<usize>>) {
    struct Wanted<'a> {
        style: LabelStyle,
        span: Span,
        message: &'a str,
    }
    let cell = |location: &Location| location.file.cell(location.span.start);
    // Each cell of a notebook is shown like a file.
    let mut files: Vec<(&Arc<SourceFile>, Option<u32>, Vec<Wanted<'_>>)> = vec![(
        &finding.location.file,
        cell(&finding.location),
        vec![Wanted {
            style: LabelStyle::Primary,
            span: finding.location.span,
            message: "",
        }],
    )];
    for related in &finding.related {
        let wanted = Wanted {
            style: LabelStyle::Secondary,
            span: related.location.span,
            message: &related.message,
        };
        // A file may have been read twice, so it is the path that counts.
        match files
            .iter_mut()
            .find(|(file, number, _)| file.path() == related.location.file.path() && *number == cell(&related.location))
        {
            Some((_, _, labels)) => labels.push(wanted),
            None => files.push((&related.location.file, cell(&related.location), vec![wanted])),
        }
    }
    let mut excerpts = Vec::with_capacity(files.len());
    let mut labels = Vec::new();
    for (id, (file, _, wanted)) in files.into_iter().enumerate() {
        let spans: Vec<_> = wanted.iter().map(|wanted| wanted.span).collect();
        let (excerpt, ranges) = Excerpt::new(file, &spans);
        excerpts.push(excerpt);
        labels.extend(
            wanted
                .into_iter()
                .zip(ranges)
                .map(|(wanted, range): (_, Range<usize>)| {
                    Label::new(wanted.style, id, range).with_message(visible(wanted.message))
                }),
        );
    }
    (Excerpts(excerpts), labels)
}

/// A file that could not be read has no lines to show.
fn write_without_source(
    mut out: &mut dyn WriteColor,
    finding: &Finding,
    diagnostic: &Diagnostic<usize>,
    severity: &str,
) -> io::Result<()> {
    WriteStyle::set_header(&mut out, diagnostic.severity)?;
    write!(out, "{severity}[{}]", finding.rule.code)?;
    WriteStyle::set_header_message(&mut out)?;
    write!(out, ": {}", diagnostic.message)?;
    WriteColor::reset(out)?;
    write!(out, "\n  ")?;
    WriteStyle::set_source_border(&mut out)?;
    write!(out, "┌─")?;
    WriteColor::reset(out)?;
    writeln!(out, " {}", visible(finding.location.file.name()))?;
    for note in &diagnostic.notes {
        write!(out, "  ")?;
        WriteStyle::set_note_bullet(&mut out)?;
        write!(out, "=")?;
        WriteColor::reset(out)?;
        writeln!(out, " {note}")?;
    }
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::samples::{self, coloured, plain};
    use crate::findings::{Finding, Targets};
    use crate::lang::Translation;

    fn shown(findings: &[Finding]) -> String {
        plain(|out| super::write(out, findings, Targets::default(), Translation::ENGLISH))
    }

    #[test]
    fn labels_in_two_files() {
        insta::assert_snapshot!(shown(&[samples::two_files()]), @r#"
error[MP401]: `p` is joined before the queue `q` that it fills is drained
  ┌─ src/main.py:7:5
  │
7 │     p.join()
  │     ^^^^^^^^
8 │     print(q.get())
  │           ------- the queue is drained only here
  │
  ┌─ src/worker.py:2:5
  │
2 │     q.put(bytes(1 << 20))
  │     --------------------- the item is put here
  │
  = hangs under fork, spawn and forkserver
  = help: get every item before the join
  = unsafe fix: Move `p.join()` below `q.get()`
  = join-before-drain: see `mplint explain MP401`
"#);
    }

    #[test]
    fn wide_characters() {
        insta::assert_snapshot!(shown(&[samples::wide()]), @r#"
error[MP101]: the lambda cannot be pickled
  ┌─ größe.py:1:14
  │
1 │ 結果 = プール.map(lambda x: x, "👍並列")  # 終わり
  │        ------     ^^^^^^^^^^^
  │        │           
  │        the pool
  │
  = raises PicklingError under spawn and forkserver
  = unpicklable-callable: see `mplint explain MP101`
"#);
    }

    #[test]
    fn tabs_and_crlf_over_several_lines() {
        insta::assert_snapshot!(shown(&[samples::tabs_and_crlf()]), @r#"
warning[MP106]: `g()` is called here and its result is the target
  ┌─ crlf.py:2:6
  │  
2 │       p = Process(
  │ ╭─────────^
3 │ │         target=g(),
  │ │                --- the call
4 │ │     )
  │ ╰─────^
  │  
  = target-called-not-passed: see `mplint explain MP106`
"#);
    }

    #[test]
    fn a_lone_cr_ends_a_line() {
        insta::assert_snapshot!(shown(&[samples::lone_cr()]), @r#"
note[MP402]: `get` has no timeout
  ┌─ mac.py:2:5
  │
2 │ b = pool.get()
  │     ^^^^^^^^^^
  │
  = blocking-get: see `mplint explain MP402`
"#);
    }

    #[test]
    fn a_file_without_text() {
        insta::assert_snapshot!(shown(&[samples::unreadable()]), @r#"
error[MP902]: the file is not valid UTF-8: byte 0xE9 in line 3
  ┌─ latin.py
  = unreadable-file: see `mplint explain MP902`
"#);
    }

    #[test]
    fn at_the_very_end() {
        insta::assert_snapshot!(shown(&[samples::at_the_end()]), @r#"
error[MP900]: unexpected end of file
  ┌─ end.py:2:1
  │
2 │ 
  │ ^
  │
  = invalid-syntax: see `mplint explain MP900`
"#);
    }

    #[test]
    fn a_very_long_line() {
        insta::assert_snapshot!(shown(&[samples::long_line()]), @r#"
error[MP401]: a long line
  ┌─ long.py:1:120009
  │
1 │ … 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, ]; p.join(); y = [2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, …
  │                                          ^^^^^^^^
  │
  = join-before-drain: see `mplint explain MP401`
"#);
    }

    #[test]
    fn escape_sequences_are_shown_not_obeyed() {
        let text = shown(&[samples::hostile()]);
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text:?}");
        insta::assert_snapshot!(text, @r#"
error[MP401]: ␛[31m`p` is joined␍␊::error::x
  ┌─ ␛[2Jevil␊.py:1:33
  │
1 │ x = '␛]0;title␇ ‹U+202E›reversed‹U+009B›31m'; p.join()
  │                                               ^^^^^^^^
  │
  = join-before-drain: see `mplint explain MP401`
"#);
    }

    #[test]
    fn colours_only_where_they_are_wanted() {
        let write = |out: &mut dyn super::WriteColor| {
            super::write(out, &samples::all(), Targets::default(), Translation::ENGLISH)
        };
        assert!(!plain(write).contains('\x1b'));
        let coloured = coloured(write);
        assert!(coloured.contains("\x1b[31m"), "errors are red");
        assert!(coloured.contains("\x1b[36m"), "borders are cyan");
    }

    proptest! {
        /// Labels of any shape in any text, overlapping or over many lines.
        #[test]
        fn never_panics_and_never_steers_the_terminal(
            text in "([ -~\t\r\n\u{1b}é並\u{202e}]|\r\n|\n){1,300}",
            cuts in prop::collection::vec((0usize..400, 0usize..400), 1..6),
        ) {
            let finding = samples::labelled(&text, &cuts);
            let out = shown(&[finding]);
            prop_assert!(!out.chars().any(|c| c.is_control() && c != '\n'));
            prop_assert!(out.starts_with("error[MP401]: "));
        }
    }
}
