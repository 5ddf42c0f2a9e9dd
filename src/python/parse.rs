//! From source text to control flow graphs.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::{ModModule, PySourceType};
use ruff_python_parser::{Mode, ParseErrorType};
use ruff_text_size::TextRange;

use super::comments::{self, Comment};
use super::depth::{self, Depth};
use super::ir::{Block, Function, FunctionKind, Module, Terminator};
use super::lower;
use super::scopes::Scopes;
use super::symbols::Symbols;
use crate::files::{SourceFile, Span};

/// A place where the text is not Python.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxError {
    /// What is wrong: a fragment without a full stop.
    pub message: String,
    /// Where.
    pub span: Span,
}

/// A file, parsed and lowered.
#[derive(Debug)]
pub struct Parsed {
    /// The control flow graphs of all that could be parsed.
    pub module: Module,
    /// The comments, in order.
    pub comments: Vec<Comment>,
    /// What could not be parsed, in order.
    pub errors: Vec<SyntaxError>,
}

/// Deeper trees are not lowered. CPython 3.11 itself gives up at about this depth.
const MAX_DEPTH: usize = 3000;

/// Deeper trees than this are not even built. The parser takes its stack from the heap, about three kilobytes a level.
const MAX_PARSE_DEPTH: usize = 50_000;

/// CPython's own limit is half of this. The parser's time is quadratic in it.
const MAX_STRING_DEPTH: usize = 300;

/// Texts with fewer braces have no f-strings that hurt the parser.
const UNCHECKED_BRACES: usize = 1000;

/// Stack for the walk over one level of the tree, generous enough for unoptimized builds.
const STACK_PER_LEVEL: usize = 12 * 1024;

/// Stack to free one level of the tree.
const STACK_PER_FREED_LEVEL: usize = 1024;

/// Stack that any file may need.
const STACK_BASE: usize = 512 * 1024;

/// Offsets are 32 bits wide; half of that leaves room for sums.
const MAX_LENGTH: usize = (u32::MAX / 2) as usize;

/// Parses and lowers a file. Neither size nor nesting of the text can overflow the stack.
pub fn parse(text: &str, symbols: &mut Symbols) -> Parsed {
    parse_as(text, PySourceType::Python, symbols)
}

/// Parses and lowers a file, in which IPython's own commands are understood if it is a notebook.
pub fn parse_file(file: &SourceFile, symbols: &mut Symbols) -> Parsed {
    let kind = if file.is_notebook() {
        PySourceType::Ipynb
    } else {
        PySourceType::Python
    };
    let mut parsed = parse_as(file.text(), kind, symbols);
    parsed.module.is_notebook = file.is_notebook();
    parsed
}

/// Parses and lowers an excerpt of a file.
pub fn parse_excerpt(excerpt: &str, symbols: &mut Symbols) -> Parsed {
    parse_as(excerpt, PySourceType::Python, symbols)
}

fn parse_as(text: &str, kind: PySourceType, symbols: &mut Symbols) -> Parsed {
    if text.len() > MAX_LENGTH {
        return rejected(text, "the file is too large", symbols);
    }
    if hurts_the_parser(text) {
        return rejected(text, "nested too deeply", symbols);
    }
    let parsed = ruff_python_parser::parse_unchecked_source(text, kind);
    let mut depth = Depth::default();
    for token in parsed.tokens() {
        depth.token(token.kind());
    }
    let depth = depth.max();
    if depth > MAX_DEPTH {
        stacker::maybe_grow(STACK_BASE, STACK_BASE + depth * STACK_PER_FREED_LEVEL, || drop(parsed));
        return rejected(text, "nested too deeply", symbols);
    }
    let stack = STACK_BASE + depth * STACK_PER_LEVEL;
    stacker::maybe_grow(stack, stack, || lowered(text, parsed, symbols))
}

/// Whether a text is better not given to the parser.
pub(super) fn is_monstrous(text: &str) -> bool {
    text.len() > MAX_LENGTH || hurts_the_parser(text)
}

/// Whether a text is nested so deeply that the parser would take much memory or time.
fn hurts_the_parser(text: &str) -> bool {
    let many_braces = memchr::memchr_iter(b'{', text.as_bytes())
        .nth(UNCHECKED_BRACES)
        .is_some();
    let may_be_deep = text.len() > MAX_PARSE_DEPTH && depth::most(text) > MAX_PARSE_DEPTH;
    if !many_braces && !may_be_deep {
        return false;
    }
    let mut lexer = ruff_python_parser::lexer::lex(text, Mode::Module);
    let mut depth = Depth::default();
    loop {
        match lexer.next_token() {
            TokenKind::EndOfFile => return false,
            kind => depth.token(kind),
        }
        if depth.max() > MAX_PARSE_DEPTH || depth.max_strings() > MAX_STRING_DEPTH {
            return true;
        }
    }
}

fn lowered(text: &str, parsed: ruff_python_parser::Parsed<ModModule>, symbols: &mut Symbols) -> Parsed {
    let body = parsed.suite();
    let scopes = Scopes::of(body, symbols);
    let errors = parsed
        .errors()
        .iter()
        .filter(|error| {
            // After a semicolon, the parser takes a call of something named `match` for a statement, says so, and
            // then reads it as the call that it is.
            error.error != ParseErrorType::SimpleAndCompoundStatementOnSameLine
                || text.get(error.location.to_std_range()) != Some("match")
                || scopes.match_starts.contains(&error.location.start().to_u32())
        })
        .map(|error| SyntaxError {
            message: fragment(&error.error.to_string()),
            span: span(error.location),
        })
        .collect();
    let module = lower::lower(text, parsed.tokens(), body, scopes, symbols);
    let comments = comments::comments(parsed.tokens());
    Parsed {
        module,
        comments,
        errors,
    }
}

fn span(range: TextRange) -> Span {
    Span::new(range.start().to_u32(), range.end().to_u32())
}

/// A message as the house writes them: a fragment that begins in lower case and has no full stop.
fn fragment(message: &str) -> String {
    let message = message.trim_end_matches('.');
    let mut chars = message.chars();
    match chars.next() {
        // Not where a whole word is in capitals.
        Some(first) if !chars.as_str().starts_with(char::is_uppercase) => first.to_lowercase().chain(chars).collect(),
        _ => message.to_owned(),
    }
}

/// A file of which nothing is lowered.
fn rejected(text: &str, message: &str, symbols: &mut Symbols) -> Parsed {
    let whole = Span::new(0, u32::try_from(text.len()).unwrap_or(u32::MAX));
    Parsed {
        module: Module {
            is_notebook: false,
            functions: vec![empty_module(whole, symbols)],
            classes: Vec::new(),
        },
        comments: Vec::new(),
        errors: vec![SyntaxError {
            message: message.to_owned(),
            span: Span::default(),
        }],
    }
}

fn empty_module(span: Span, symbols: &mut Symbols) -> Function {
    Function {
        kind: FunctionKind::Module,
        name: symbols.intern("<module>"),
        is_generator: false,
        parent: None,
        span,
        name_span: span,
        params: Vec::new(),
        slots: Vec::new(),
        captured: Vec::new(),
        temps: 0,
        blocks: vec![Block {
            ops: Vec::new(),
            end: Terminator::Return(None),
            handler: None,
            loop_end: None,
        }],
        handlers: Vec::new(),
        decorators: Vec::new(),
    }
}
