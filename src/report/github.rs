//! Annotations that GitHub Actions shows at the lines of a pull request.
//!
//! The format is that of GitHub's workflow commands: `::error file=…,line=…::message`, where `%`, CR and LF are escaped
//! in the message, and `:` and `,` besides in the properties.

use std::io;

use super::termcolor::WriteColor;
use super::text::push_visible;
use crate::findings::{Finding, Severity};
use crate::lang::Translation;

/// Writes the annotations.
pub fn write(out: &mut dyn WriteColor, findings: &[Finding], translation: Translation) -> io::Result<()> {
    for finding in findings {
        let command = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let file = &finding.location.file;
        let start = file.line_column(finding.location.span.start);
        let end = file.line_column(finding.location.span.end);
        write!(
            out,
            "::{command} title={},file={}",
            property(&format!("mplint {} ({})", finding.rule.code, finding.rule.name)),
            property(file.name()),
        )?;
        if file.is_notebook() {
            write!(out, ",line=1,endLine=1")?;
        } else {
            write!(out, ",line={},endLine={}", start.row, end.row)?;
        }
        // GitHub takes columns only where the annotation is of one line.
        if start.row == end.row && !file.is_notebook() {
            write!(out, ",col={},endColumn={}", start.column, end.column)?;
        }
        let mut message = finding.message.clone();
        // The lines of a notebook's file are not those of its cells.
        if let Some(cell) = file.cell(finding.location.span.start) {
            let place = format!("cell {cell}, line {}", start.row);
            message = format!("{}: {message}", translation.text(&place));
        }
        if let Some(help) = &finding.help {
            message.push_str(&format!("\n{}: {help}", translation.text("help")));
        }
        writeln!(out, "::{}", data(&message))?;
    }
    Ok(())
}

fn data(text: &str) -> String {
    escaped(text, "")
}

fn property(text: &str) -> String {
    escaped(text, ":,")
}

fn escaped(text: &str, also: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '%' | '\r' | '\n') || also.contains(c) {
            out.push_str(&format!("%{:02X}", u32::from(c)));
        } else {
            push_visible(&mut out, c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::samples::{self, plain};
    use crate::lang::Translation;

    #[test]
    fn annotations() {
        insta::assert_snapshot!(plain(|out| super::write(out, &samples::all(), Translation::ENGLISH)), @r#"
::error title=mplint MP401 (join-before-drain),file=src/main.py,line=7,endLine=7,col=5,endColumn=13::`p` is joined before the queue `q` that it fills is drained%0Ahelp: get every item before the join
::error title=mplint MP101 (unpicklable-callable),file=größe.py,line=1,endLine=1,col=14,endColumn=25::the lambda cannot be pickled
::warning title=mplint MP106 (target-called-not-passed),file=crlf.py,line=2,endLine=4::`g()` is called here and its result is the target
::notice title=mplint MP402 (blocking-get),file=mac.py,line=2,endLine=2,col=5,endColumn=15::`get` has no timeout
::error title=mplint MP902 (unreadable-file),file=latin.py,line=1,endLine=1,col=1,endColumn=1::the file is not valid UTF-8: byte 0xE9 in line 3
::error title=mplint MP900 (invalid-syntax),file=end.py,line=2,endLine=2,col=1,endColumn=1::unexpected end of file
::error title=mplint MP401 (join-before-drain),file=long.py,line=1,endLine=1,col=120009,endColumn=120017::a long line
::error title=mplint MP401 (join-before-drain),file=␛[2Jevil%0A.py,line=1,endLine=1,col=33,endColumn=41::␛[31m`p` is joined%0D%0A::error::x
"#);
    }

    #[test]
    fn what_would_end_a_property_or_the_command_is_escaped() {
        assert_eq!(super::property("a:b,c%d\ne\r\x1b"), "a%3Ab%2Cc%25d%0Ae%0D␛");
        assert_eq!(super::data("a:b,c%d\ne\r\x1b"), "a:b,c%25d%0Ae%0D␛");
    }
}
