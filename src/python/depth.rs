//! How deep the tree of a file can be, seen from its tokens.
//!
//! The parser's tree is walked and freed by recursion, so its depth must be known before either. The bound is never
//! too small: it adds up, over the brackets that are open, the operators and keywords that stand in each since its
//! last comma.

use ruff_python_ast::token::TokenKind;

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
