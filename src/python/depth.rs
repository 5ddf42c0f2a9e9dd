//! How deep the tree of a file can be, seen from its tokens.
//!
//! The parser's tree is walked and freed by recursion, so its depth must be known before either. The bound is never
//! too small: it adds up, over the brackets that are open, the operators and keywords that stand in each since its
//! last comma.

use ruff_python_ast::token::TokenKind;

/// A bound for a whole text that needs no lexer. Whatever nests is a sign, or a word, which may touch the number before it.
pub(super) fn most(text: &str) -> usize {
    let mut last = BLANK;
    // One is for the token with which the lexer ends a text whose brackets are open: it stands for no byte.
    let mut count = 2;
    for byte in text.bytes() {
        let kind = KINDS[usize::from(byte)];
        count += usize::from(kind == SIGN || (kind != BLANK && kind != last));
        last = kind;
    }
    count
}

const BLANK: u8 = 0;
const DIGIT: u8 = 1;
const LETTER: u8 = 2;
const SIGN: u8 = 3;

const KINDS: [u8; 256] = {
    let mut kinds = [SIGN; 256];
    let mut byte = 0;
    while byte < 128u8 {
        kinds[byte as usize] = match byte {
            b' ' | b'\t' | b'\n' | b'\r' => BLANK,
            b'0'..=b'9' => DIGIT,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' => LETTER,
            _ => SIGN,
        };
        byte += 1;
    }
    kinds
};

/// The bound over the tokens seen so far.
#[derive(Debug, Default)]
pub(super) struct Depth {
    /// One for each open bracket, the outermost first.
    levels: Vec<Level>,
    bottom: Level,
    /// The sum over `levels` and `bottom`.
    now: usize,
    indents: usize,
    max: usize,
    /// How many of `levels` are f-strings, or braces inside of one.
    strings: usize,
    max_strings: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Level {
    /// Operators, keywords and brackets since the last comma.
    chain: usize,
    /// `lambda`s, whose parameters have commas.
    lambdas: usize,
    is_string: bool,
    in_string: bool,
}

impl Depth {
    /// The greatest depth so far.
    pub(super) const fn max(&self) -> usize {
        self.max
    }

    /// The greatest number of f-strings, and braces in them, one inside the other.
    pub(super) const fn max_strings(&self) -> usize {
        self.max_strings
    }

    fn top(&mut self) -> &mut Level {
        self.levels.last_mut().unwrap_or(&mut self.bottom)
    }

    fn new_statement(&mut self) {
        self.levels.clear();
        self.strings = 0;
        self.bottom = Level::default();
        self.now = 0;
    }

    fn deeper(&mut self) {
        self.top().chain += 1;
        self.now += 1;
        self.max = self.max.max(self.now + self.indents);
    }

    fn open(&mut self, is_string: bool, in_string: bool) {
        self.deeper();
        self.levels.push(Level {
            is_string,
            in_string,
            ..Level::default()
        });
        self.strings += usize::from(in_string);
        self.max_strings = self.max_strings.max(self.strings);
    }

    fn close(&mut self) {
        let Some(level) = self.levels.pop() else { return };
        self.now -= level.chain + level.lambdas;
        self.strings -= usize::from(level.in_string);
        // What is interpolated side by side does not nest.
        if self.top().is_string {
            self.end_element();
        }
    }

    fn end_element(&mut self) {
        let gone = std::mem::take(&mut self.top().chain);
        self.now -= gone;
    }

    /// Takes the next token into account.
    pub(super) fn token(&mut self, kind: TokenKind) {
        match kind {
            TokenKind::Name
            | TokenKind::Int
            | TokenKind::Float
            | TokenKind::Complex
            | TokenKind::String
            | TokenKind::Comment
            | TokenKind::NonLogicalNewline
            | TokenKind::FStringMiddle
            | TokenKind::TStringMiddle => {}
            TokenKind::Newline | TokenKind::Semi => self.new_statement(),
            TokenKind::Indent => {
                self.indents += 1;
                self.max = self.max.max(self.now + self.indents);
            }
            TokenKind::Dedent => self.indents = self.indents.saturating_sub(1),
            TokenKind::Comma => self.end_element(),
            TokenKind::Lpar | TokenKind::Lsqb => self.open(false, false),
            TokenKind::Lbrace => self.open(false, self.strings > 0),
            TokenKind::FStringStart | TokenKind::TStringStart => self.open(true, true),
            TokenKind::Rpar | TokenKind::Rsqb | TokenKind::Rbrace | TokenKind::FStringEnd | TokenKind::TStringEnd => {
                self.close();
            }
            TokenKind::Lambda => {
                self.top().lambdas += 1;
                self.now += 1;
                self.max = self.max.max(self.now + self.indents);
            }
            // These begin a statement wherever they stand: a bracket before them was left open.
            TokenKind::Def
            | TokenKind::Class
            | TokenKind::Return
            | TokenKind::Raise
            | TokenKind::Import
            | TokenKind::While
            | TokenKind::Try
            | TokenKind::Pass
            | TokenKind::Del => {
                let indents = self.indents;
                self.new_statement();
                self.indents = indents;
                self.deeper();
            }
            _ => self.deeper(),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use ruff_python_parser::Mode;

    use super::*;

    fn depth(text: &str) -> usize {
        let mut lexer = ruff_python_parser::lexer::lex(text, Mode::Module);
        let mut depth = Depth::default();
        loop {
            match lexer.next_token() {
                TokenKind::EndOfFile => return depth.max(),
                kind => depth.token(kind),
            }
        }
    }

    #[test]
    fn a_text_that_is_cut_off_is_within_the_bound() {
        for text in ["\n  {", "(", "f'{", "if 1:\n  ("] {
            assert!(depth(text) <= most(text), "{text:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_deeper_than_the_bound_for_it(
            text in r#"([ \t\n(){}\[\],:.+~!?$;'"\\]|f'|t"|0x|0b|1|9_|e|j|if|or|not|lambda|def |\n  |\n   |#|é){0,40}"#,
        ) {
            prop_assert!(depth(&text) <= most(&text));
        }
    }
}
