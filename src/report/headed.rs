//! The word for the severity at the head of a finding, which the library that draws findings knows in English only.

use std::io::{self, Write};

use codespan_reporting::diagnostic::{LabelStyle, Severity};
use codespan_reporting::term::WriteStyle;

use super::termcolor::WriteColor;

/// A writer that puts another word where the head of a finding begins.
pub struct Headed<'w> {
    out: &'w mut dyn WriteColor,
    word: &'w str,
    /// What is still to be left out: the library's own word.
    hidden: &'static str,
}

impl<'w> Headed<'w> {
    /// A writer with the word for the severity.
    pub fn new(out: &'w mut dyn WriteColor, word: &'w str) -> Self {
        Self { out, word, hidden: "" }
    }
}

impl Write for Headed<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.hidden.is_empty() {
            if self.hidden.as_bytes().starts_with(bytes) {
                self.hidden = self.hidden.get(bytes.len()..).unwrap_or_default();
                return Ok(bytes.len());
            }
            self.hidden = "";
        }
        self.out.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

impl WriteStyle for Headed<'_> {
    fn set_header(&mut self, severity: Severity) -> io::Result<()> {
        WriteStyle::set_header(&mut self.out, severity)?;
        write!(self.out, "{}", self.word)?;
        self.hidden = match severity {
            Severity::Bug => "bug",
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "note",
            Severity::Help => "help",
        };
        Ok(())
    }

    fn set_header_message(&mut self) -> io::Result<()> {
        WriteStyle::set_header_message(&mut self.out)
    }

    fn set_line_number(&mut self) -> io::Result<()> {
        WriteStyle::set_line_number(&mut self.out)
    }

    fn set_note_bullet(&mut self) -> io::Result<()> {
        WriteStyle::set_note_bullet(&mut self.out)
    }

    fn set_source_border(&mut self) -> io::Result<()> {
        WriteStyle::set_source_border(&mut self.out)
    }

    fn set_label(&mut self, severity: Severity, style: LabelStyle) -> io::Result<()> {
        WriteStyle::set_label(&mut self.out, severity, style)
    }

    fn reset(&mut self) -> io::Result<()> {
        WriteColor::reset(self.out)
    }
}
