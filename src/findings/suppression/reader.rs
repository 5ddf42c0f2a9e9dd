//! How the words of a suppression comment are read.

use super::{Item, Problem, Resolve, Suppression, Suppressions, What};
use crate::files::Span;

/// Reads what stands after one `#` of a comment.
pub(super) struct Reader<'a> {
    pub text: &'a str,
    /// Where we are in the text; at first the `#`.
    pub at: usize,
    /// Where the text starts in the file.
    pub base: u32,
    pub resolve: &'a Resolve<'a>,
}

impl<'a> Reader<'a> {
    pub fn read(mut self, lines: (usize, usize), into: &mut Suppressions) {
        let start = self.at;
        self.at += 1;
        self.white_space();
        if self.word_ignoring_case("noqa") {
            if let Some(what) = self.noqa(into) {
                let span = self.span(start, self.at);
                into.of_lines.push(Suppression { lines, span, what });
            }
        } else if self.word_ignoring_case("mplint") {
            self.white_space();
            if self.take(':') {
                self.white_space();
                self.directive(start, lines, into);
            }
        }
    }

    /// What follows `noqa`. None where ruff sees no suppression at all.
    fn noqa(&mut self, into: &mut Suppressions) -> Option<What> {
        let after = self.at;
        self.white_space();
        if !self.take(':') {
            // `noqa` must be a word: `# noqa-like` and `# noqas` are prose.
            let next = self.text[after..].chars().next();
            self.at = after;
            return next
                .is_none_or(|c| c.is_whitespace() || c == '#' || c == ',')
                .then_some(What::AllOfEveryTool);
        }
        let mut items = Vec::new();
        let mut words = 0;
        loop {
            let before = self.at;
            while self.rest().starts_with(|c: char| c.is_whitespace() || c == ',') {
                self.at += self.rest().chars().next().map_or(0, char::len_utf8);
            }
            let letters = self.count(|c| c.is_ascii_uppercase());
            let digits = self.rest()[letters..].bytes().take_while(u8::is_ascii_digit).count();
            if letters == 0 || digits == 0 {
                self.at = before;
                break;
            }
            let code = &self.rest()[..letters + digits];
            let span = self.span(self.at, self.at + code.len());
            self.at += code.len();
            words += 1;
            if code[..letters] == *"MP" {
                self.item(code, span, &mut items, into);
            }
        }
        let others = items.len() < words;
        (!items.is_empty()).then_some(What::Listed { ours: items, others })
    }

    /// What follows `mplint:`.
    fn directive(&mut self, start: usize, lines: (usize, usize), into: &mut Suppressions) {
        let length = self.count(|c| c.is_alphanumeric() || c == '-' || c == '_');
        let word = self.rest()[..length].to_owned();
        let word_span = self.span(self.at, self.at + length);
        self.at += length;
        let of_file = match word.to_ascii_lowercase().as_str() {
            "ignore" => false,
            "ignore-file" => true,
            "" => {
                into.problems.push(Problem {
                    message: "this `mplint:` comment says nothing".to_owned(),
                    help: Some("write `mplint: ignore[CODE]` or `mplint: ignore-file[CODE]`".to_owned()),
                    span: self.span(start, self.at),
                });
                return;
            }
            other => {
                let near = ["ignore", "ignore-file"]
                    .into_iter()
                    .max_by(|a, b| strsim::jaro_winkler(a, other).total_cmp(&strsim::jaro_winkler(b, other)))
                    .filter(|near| strsim::jaro_winkler(near, other) > 0.8);
                into.problems.push(Problem {
                    message: format!("`{word}` is no comment that mplint knows, so this suppresses nothing"),
                    help: Some(match near {
                        Some(near) => format!("did you mean `{near}`?"),
                        None => "mplint knows `ignore[CODE]` and `ignore-file[CODE]`".to_owned(),
                    }),
                    span: word_span,
                });
                return;
            }
        };
        let before = self.at;
        self.white_space();
        if !self.take('[') {
            self.at = before;
            let span = self.span(start, self.at);
            let what = What::AllOfOurs { used: false };
            into.list(of_file).push(Suppression { lines, span, what });
            return;
        }
        let Some(length) = self.rest().find(']') else {
            into.problems.push(Problem {
                message: "the list of codes has no closing `]`, so this suppresses nothing".to_owned(),
                help: Some(format!("write `mplint: {word}[CODE]`")),
                span: self.span(start, self.text.len()),
            });
            return;
        };
        let mut items = Vec::new();
        let list = self.rest()[..length].to_owned();
        let mut words = 0;
        let mut at = self.at;
        for part in list.split(',') {
            let code = part.trim();
            let from = at + (part.len() - part.trim_start().len());
            if !code.is_empty() {
                words += 1;
                let span = self.span(from, from + code.len());
                self.item(code, span, &mut items, into);
            }
            at += part.len() + 1;
        }
        self.at += length + 1;
        let span = self.span(start, self.at);
        if words == 0 {
            into.problems.push(Problem {
                message: "the list of codes is empty, so this suppresses nothing".to_owned(),
                help: Some(format!("name a code, or write `mplint: {word}` to suppress every rule")),
                span,
            });
        } else {
            let what = What::Listed {
                others: items.len() < words,
                ours: items,
            };
            into.list(of_file).push(Suppression { lines, span, what });
        }
    }

    fn item(&self, text: &str, span: Span, items: &mut Vec<Item>, into: &mut Suppressions) {
        let codes = (self.resolve)(text);
        if codes.is_empty() {
            into.problems.push(Problem {
                message: format!("`{text}` is no rule of mplint, so this suppresses nothing"),
                help: Some("`mplint rules` lists the codes and names".to_owned()),
                span,
            });
        } else {
            items.push(Item {
                text: text.to_owned(),
                span,
                codes,
                used: false,
            });
        }
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or("")
    }

    /// The number of bytes at the start of the rest whose characters are of a kind.
    fn count(&self, kind: impl Fn(char) -> bool) -> usize {
        let rest = self.rest();
        rest.find(|c| !kind(c)).unwrap_or(rest.len())
    }

    fn white_space(&mut self) {
        self.at += self.count(char::is_whitespace);
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.rest().starts_with(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn word_ignoring_case(&mut self, word: &str) -> bool {
        let found = self
            .rest()
            .get(..word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word));
        if found {
            self.at += word.len();
        }
        found
    }

    fn span(&self, from: usize, to: usize) -> Span {
        Span::new(self.base + from as u32, self.base + to as u32)
    }
}
