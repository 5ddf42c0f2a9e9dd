//! From source text to control flow graphs.

use super::comments::Comment;
use super::ir::Module;
use super::symbols::Symbols;
use crate::files::Span;

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

/// Parses and lowers a file.
pub fn parse(_text: &str, _symbols: &mut Symbols) -> Parsed {
    Parsed {
        module: Module {
            functions: vec![],
            classes: vec![],
        },
        comments: vec![],
        errors: vec![],
    }
}
