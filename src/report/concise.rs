//! One line a finding: `path:row:column: CODE severity message`, in a notebook `path:cell 3:row:column: …`.

use std::io;

use super::termcolor::{Color, ColorSpec, WriteColor};
use super::text::visible;
use crate::findings::{Finding, Severity};
use crate::lang::Translation;

/// Writes the lines.
pub fn write(out: &mut dyn WriteColor, findings: &[Finding], translation: Translation) -> io::Result<()> {
    for finding in findings {
        let at = finding.location.file.line_column(finding.location.span.start);
        out.set_color(ColorSpec::new().set_bold(true))?;
        write!(out, "{}", visible(finding.location.file.name()))?;
        out.reset()?;
        if let Some(cell) = finding.location.file.cell(finding.location.span.start) {
            write!(out, ":cell {cell}")?;
        }
        write!(out, ":{}:{}: ", at.row, at.column)?;
        out.set_color(&colour(finding.severity))?;
        let severity = translation.text(finding.severity.as_str());
        write!(out, "{} {severity}", finding.rule.code)?;
        out.reset()?;
        writeln!(out, " {}", visible(&finding.message))?;
    }
    Ok(())
}

/// The colour that a severity has in every format for people.
#[must_use]
pub fn colour(severity: Severity) -> ColorSpec {
    let mut spec = ColorSpec::new();
    spec.set_bold(true).set_intense(true).set_fg(Some(match severity {
        Severity::Error => Color::Red,
        Severity::Warning => Color::Yellow,
        Severity::Note => Color::Green,
    }));
    spec
}

#[cfg(test)]
mod tests {
    use super::super::samples::{self, plain};
    use crate::lang::Translation;

    #[test]
    fn a_line_each() {
        insta::assert_snapshot!(plain(|out| super::write(out, &samples::all(), Translation::ENGLISH)), @r#"
src/main.py:7:5: MP401 error `p` is joined before the queue `q` that it fills is drained
größe.py:1:14: MP101 error the lambda cannot be pickled
crlf.py:2:6: MP106 warning `g()` is called here and its result is the target
mac.py:2:5: MP402 note `get` has no timeout
latin.py:1:1: MP902 error the file is not valid UTF-8: byte 0xE9 in line 3
end.py:2:1: MP900 error unexpected end of file
long.py:1:120009: MP401 error a long line
␛[2Jevil␊.py:1:33: MP401 error ␛[31m`p` is joined␍␊::error::x
"#);
    }
}
