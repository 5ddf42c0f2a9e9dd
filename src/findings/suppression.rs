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

/// Reads what stands after one `#` of a comment.
struct Reader<'a> {
    text: &'a str,
    /// Where we are in the text; at first the `#`.
    at: usize,
    /// Where the text starts in the file.
    base: u32,
    resolve: &'a Resolve<'a>,
}

impl<'a> Reader<'a> {
    fn read(mut self, lines: (usize, usize), into: &mut Suppressions) {
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

#[cfg(test)]
mod tests {
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
}
