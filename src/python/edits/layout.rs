//! Lines as they are written: where they begin and end, how they are indented.

use ruff_python_ast::token::TokenKind;
use ruff_text_size::{Ranged, TextRange, TextSize};

use super::Source;

impl Source {
    /// Where the line of an offset begins.
    pub(super) fn line_start(&self, at: TextSize) -> TextSize {
        let line = self.file.line_index(at.to_u32());
        let start = self.file.line_starts().get(line).copied().unwrap_or_default();
        start.into()
    }

    /// Where the line after that of an offset begins; where there is none, the end of the text.
    pub(super) fn next_line(&self, at: TextSize) -> TextSize {
        let line = self.file.line_index(at.to_u32());
        match self.file.line_starts().get(line + 1) {
            Some(&start) => start.into(),
            None => self.end(),
        }
    }

    pub(super) fn end(&self) -> TextSize {
        TextSize::of(self.text())
    }

    /// What stands before an offset in its line, if that is nothing but white space.
    pub(super) fn indent_of(&self, at: TextSize) -> Option<&str> {
        let before = self
            .text()
            .get(TextRange::new(self.line_start(at), at).to_std_range())?;
        before.chars().all(is_blank).then_some(before)
    }

    /// Where the last line of something ends, its line end left out, if nothing but a comment follows there.
    pub(super) fn clean_end(&self, end: TextSize) -> Option<TextSize> {
        let rest = self
            .text()
            .get(TextRange::new(end, self.next_line(end)).to_std_range())?;
        let rest = rest.trim_end_matches(['\n', '\r']);
        let after = rest.trim_start_matches(is_blank);
        (after.is_empty() || after.starts_with('#')).then(|| end + TextSize::of(rest))
    }

    /// The line end that the line of an offset has; of the last line that of the one before.
    pub(super) fn line_end(&self, at: TextSize) -> &'static str {
        let of = |line: usize| {
            let starts = self.file.line_starts();
            let end = *starts.get(line + 1)? as usize;
            let text = self.text().get(..end)?;
            Some(match () {
                () if text.ends_with("\r\n") => "\r\n",
                () if text.ends_with('\r') => "\r",
                () => "\n",
            })
        };
        let line = self.file.line_index(at.to_u32());
        of(line).or_else(|| of(line.checked_sub(1)?)).unwrap_or("\n")
    }

    /// Whether a line holds nothing.
    pub(super) fn is_empty_line(&self, start: TextSize) -> bool {
        let line = TextRange::new(start, self.next_line(start));
        start < self.end()
            && self
                .text()
                .get(line.to_std_range())
                .is_some_and(|text| text.trim().is_empty())
    }

    /// Where the empty lines begin that stand right before a line.
    pub(super) fn empty_lines_before(&self, line: TextSize) -> TextSize {
        let mut at = line;
        while at > TextSize::from(0) {
            let before = self.line_start(at - TextSize::from(1));
            if !self.is_empty_line(before) {
                break;
            }
            at = before;
        }
        at
    }

    /// What the line right before a line ends with, if that is no empty one.
    pub(super) fn token_above(&self, line: TextSize) -> Option<TokenKind> {
        let tokens = self.tokens();
        let end = tokens.partition_point(|token| token.end() <= line);
        let mut before = tokens.get(..end)?.iter().rev();
        let last = before.find(|token| {
            !matches!(
                token.kind(),
                TokenKind::Newline | TokenKind::NonLogicalNewline | TokenKind::Indent | TokenKind::Dedent
            )
        })?;
        (self.next_line(last.end()) == line).then_some(last.kind())
    }

    /// By how much a block is indented against its header.
    pub(super) fn unit(&self) -> &str {
        let first = self.tokens().iter().find(|token| token.kind() == TokenKind::Indent);
        // It is the whole white space of the line, and the first is that of a block at the outermost level.
        let unit = first.and_then(|token| self.text().get(token.range().to_std_range()));
        unit.filter(|unit| !unit.is_empty() && unit.chars().all(|c| matches!(c, ' ' | '\t')))
            .unwrap_or("    ")
    }

    /// Where the lines of a place begin that can be indented: not those inside a string, and not empty ones.
    pub(super) fn indentable_lines(&self, range: TextRange) -> Vec<TextSize> {
        let strings = self.strings(range);
        let first = self.line_start(range.start());
        self.file
            .line_starts()
            .iter()
            .map(|&start| TextSize::from(start))
            .filter(|&start| first <= start && start < range.end())
            .filter(|&start| {
                let line = TextRange::new(start, self.next_line(start));
                let text = self.text().get(line.to_std_range()).unwrap_or_default();
                !text.trim().is_empty()
                    && !strings
                        .iter()
                        .any(|string| string.start() < start && start < string.end())
            })
            .collect()
    }

    /// The strings in a place, f-strings as a whole.
    fn strings(&self, within: TextRange) -> Vec<TextRange> {
        let mut strings = Vec::new();
        let mut open = Vec::new();
        let tokens = self.tokens();
        let first = tokens.partition_point(|token| token.end() <= within.start());
        for token in tokens.get(first..).unwrap_or_default() {
            if token.start() >= within.end() {
                break;
            }
            match token.kind() {
                TokenKind::String => strings.push(token.range()),
                TokenKind::FStringStart | TokenKind::TStringStart => open.push(token.start()),
                TokenKind::FStringEnd | TokenKind::TStringEnd => {
                    strings.extend(open.pop().map(|start| TextRange::new(start, token.end())));
                }
                _ => {}
            }
        }
        strings
    }
}

/// What Python takes for white space within a line.
pub(super) fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\x0C')
}
