//! Comments that take findings away, and which of them took none.
//!
//! | comment | takes away |
//! | --- | --- |
//! | `# mplint: ignore[MP401] why` | findings of these codes, names or prefixes that start on the statement's lines |
//! | `# mplint: ignore` | every finding of ours that starts there |
//! | `# noqa: E501, MP401` | the same, for the codes that begin with `MP`; the others belong to other tools |
//! | `# noqa` | every finding that starts there |
//! | `# mplint: ignore-file[MP201]`, `# mplint: ignore-file` | the same in the whole file, wherever the comment stands |
//!
//! `noqa` is read as ruff reads it: in any case, after a `#` and white space, anywhere in the comment.

mod reader;

use reader::Reader;

use crate::files::{SourceFile, Span};

/// What this module must know of the catalogue: the codes of the rules that a word in a suppression means (a code, the
/// beginning of one, or a rule's name). None if it means nothing.
pub type Resolve<'a> = dyn Fn(&str) -> Vec<&'static str> + 'a;

/// The suppressions of one file.
#[derive(Debug, Default)]
pub struct Suppressions {
    /// Those of the whole file.
    of_file: Vec<Suppression>,
    /// Those of statements, in the order of the text. Logical lines never overlap but where they are the same, so both
    /// first and last lines are in order, too.
    of_lines: Vec<Suppression>,
    /// What is wrong with comments that were meant for us.
    problems: Vec<Problem>,
}

/// Something about a suppression that its author should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// One sentence without a full stop.
    pub message: String,
    /// What to do, as one sentence.
    pub help: Option<String>,
    /// The word or comment at fault.
    pub span: Span,
}

#[derive(Debug)]
struct Suppression {
    /// The first and last line, from 0, that it covers; not looked at where it covers the whole file.
    lines: (usize, usize),
    /// From its `#` to the end of what we read.
    span: Span,
    what: What,
}

#[derive(Debug)]
enum What {
    /// A bare `noqa`: for every tool, so never ours to judge.
    AllOfEveryTool,
    /// A bare `mplint: ignore`.
    AllOfOurs { used: bool },
    Listed {
        ours: Vec<Item>,
        /// Whether other words stand in the list, too: those of other tools, or unknown ones.
        others: bool,
    },
}

/// One word of a list.
#[derive(Debug)]
struct Item {
    text: String,
    span: Span,
    codes: Vec<&'static str>,
    used: bool,
}

impl Suppressions {
    /// Reads the comments of a file. Each is given as its own span and that of the statement that it belongs to.
    pub fn parse(file: &SourceFile, comments: impl IntoIterator<Item = (Span, Span)>, resolve: &Resolve<'_>) -> Self {
        let mut read = Self::default();
        for (comment, statement) in comments {
            let Some(text) = file.text().get(comment.range()) else {
                continue;
            };
            if !mentions_us(text) {
                continue;
            }
            let last = statement.end.max(comment.end).saturating_sub(1).max(statement.start);
            let lines = (
                file.line_index(statement.start.min(comment.start)),
                file.line_index(last),
            );
            // A comment may hold several: `# noqa: E501  # mplint: ignore[MP401]`.
            for (at, _) in text.match_indices('#') {
                Reader {
                    text,
                    at,
                    base: comment.start,
                    resolve,
                }
                .read(lines, &mut read);
            }
        }
        read
    }

    /// Whether there is nothing to apply and nothing to report.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.of_file.is_empty() && self.of_lines.is_empty() && self.problems.is_empty()
    }

    /// Whether a finding of a rule that starts on a line (from 0) is taken away. The first comment that does so counts
    /// as used.
    pub fn suppress(&mut self, code: &str, line: usize) -> bool {
        self.covering(line).any(|comment| match &mut comment.what {
            What::AllOfEveryTool => true,
            What::AllOfOurs { used } => {
                *used = true;
                true
            }
            What::Listed { ours, .. } => match ours.iter_mut().find(|item| item.codes.contains(&code)) {
                Some(item) => {
                    item.used = true;
                    true
                }
                None => false,
            },
        })
    }

    /// Whether a finding about suppressions themselves, `code`, is taken away on a line (from 0). It takes the code
    /// itself or a bare `noqa`: the comment that is complained of must not silence the complaint.
    pub fn suppress_own(&mut self, code: &str, line: usize) -> bool {
        self.covering(line).any(|comment| match &comment.what {
            What::AllOfEveryTool => true,
            What::AllOfOurs { .. } => false,
            What::Listed { ours, .. } => ours.iter().any(|item| item.codes.contains(&code)),
        })
    }

    fn list(&mut self, of_file: bool) -> &mut Vec<Suppression> {
        if of_file { &mut self.of_file } else { &mut self.of_lines }
    }

    fn covering(&mut self, line: usize) -> impl Iterator<Item = &mut Suppression> {
        let from = self.of_lines.partition_point(|comment| comment.lines.1 < line);
        let of_lines = self.of_lines.iter_mut().skip(from);
        let of_lines = of_lines.take_while(move |comment| comment.lines.0 <= line);
        self.of_file.iter_mut().chain(of_lines)
    }

    /// Malformed comments and words that no rule has.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The suppressions that took nothing away. To be asked when every finding of the file has been through
    /// [`Suppressions::suppress`]. `judged` says of the codes that a word means whether this run can tell that there is
    /// nothing to suppress: rules that took no part have not spoken. `every` is what a comment without codes means.
    #[must_use]
    pub fn unused(&self, judged: &dyn Fn(&[&'static str]) -> bool, every: &[&'static str]) -> Vec<Problem> {
        let mut problems = Vec::new();
        for comment in self.of_file.iter().chain(&self.of_lines) {
            match &comment.what {
                What::AllOfEveryTool | What::AllOfOurs { used: true } => {}
                What::AllOfOurs { used: false } => {
                    if judged(every) {
                        problems.push(Problem {
                            message: "this comment suppresses nothing".to_owned(),
                            help: Some("remove it".to_owned()),
                            span: comment.span,
                        });
                    }
                }
                What::Listed { ours, others } => {
                    for item in ours.iter().filter(|item| !item.used) {
                        if judged(&item.codes) {
                            problems.push(Problem {
                                message: format!("this suppression of `{}` suppresses nothing", item.text),
                                help: Some(
                                    if ours.len() == 1 && !others {
                                        "remove the comment"
                                    } else {
                                        "remove it from the list"
                                    }
                                    .to_owned(),
                                ),
                                span: item.span,
                            });
                        }
                    }
                }
            }
        }
        problems
    }
}

/// Whether a comment can be of interest at all.
fn mentions_us(text: &str) -> bool {
    let has = |word: &[u8]| {
        text.as_bytes()
            .windows(word.len())
            .any(|part| part.eq_ignore_ascii_case(word))
    };
    has(b"noqa") || has(b"mplint")
}

#[cfg(test)]
mod tests;
