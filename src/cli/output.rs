//! Standard output and standard error: colours, broken pipes, and messages that are not findings.

use std::io::{self, IsTerminal, Write};

use crate::lang::Translation;
use crate::report::termcolor::{BufferedStandardStream, Color, ColorChoice, ColorSpec, StandardStream, WriteColor};
use crate::report::visible;

/// When to use colours.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, clap::ValueEnum)]
pub enum Colour {
    /// Where the output is a terminal and `NO_COLOR` is not set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

impl Colour {
    fn choice(self, stream: &impl IsTerminal) -> ColorChoice {
        match self {
            Self::Always => ColorChoice::Always,
            // The crate looks at NO_COLOR and TERM.
            Self::Auto if stream.is_terminal() => ColorChoice::Auto,
            Self::Auto | Self::Never => ColorChoice::Never,
        }
    }

    /// Standard error, buffered.
    pub fn stderr(self) -> BufferedStandardStream {
        BufferedStandardStream::stderr(self.choice(&io::stderr()))
    }

    /// Standard output, buffered.
    pub fn stdout(self) -> BufferedStandardStream {
        BufferedStandardStream::stdout(self.choice(&io::stdout()))
    }
}

/// How much is said on standard error, and in which colours.
#[derive(Clone, Copy, Debug)]
pub struct Messages {
    colour: Colour,
    quiet: bool,
    translation: Translation,
}

impl Messages {
    /// `quiet` leaves errors only.
    pub const fn new(colour: Colour, quiet: bool) -> Self {
        Self {
            colour,
            quiet,
            translation: Translation::ENGLISH,
        }
    }

    /// What is said at the end is said in a language. Errors and warnings about the run are in English always, so that
    /// they can be looked for.
    #[must_use]
    pub const fn speaking(self, translation: Translation) -> Self {
        Self { translation, ..self }
    }

    /// Whether only errors are said.
    pub const fn is_quiet(self) -> bool {
        self.quiet
    }

    /// Something went wrong that the exit code tells of.
    pub fn error(self, text: &str) {
        self.labelled("error", Color::Red, text);
    }

    /// Something that the user should know.
    pub fn warning(self, text: &str) {
        if !self.quiet {
            self.labelled("warning", Color::Yellow, text);
        }
    }

    /// A word at the end.
    pub fn remark(self, text: &str) {
        if !self.quiet {
            let mut err = StandardStream::stderr(self.colour.choice(&io::stderr()));
            // Where standard error is closed there is nobody to tell.
            let _ = writeln!(err, "{}", self.translation.text(text));
        }
    }

    fn labelled(self, label: &str, colour: Color, text: &str) {
        let mut err = StandardStream::stderr(self.colour.choice(&io::stderr()));
        let mut write = || -> io::Result<()> {
            err.set_color(ColorSpec::new().set_bold(true).set_fg(Some(colour)))?;
            write!(err, "{label}")?;
            err.reset()?;
            // Line ends are ours; all else may come from file names and configuration.
            let mut lines = text.lines();
            writeln!(err, ": {}", visible(lines.next().unwrap_or_default()))?;
            lines.try_for_each(|line| writeln!(err, "{}", visible(line)))
        };
        let _ = write();
    }
}
