//! Tests of parsing and lowering.

mod cleanup;
mod control;
mod errors;
mod monsters;
mod scoping;
mod simple;
mod stdlib;
mod validate;

use super::dump::Dump;
use super::{Parsed, Symbols, parse};
use validate::validate;

/// Parses valid source text and checks the invariants.
fn parsed(text: &str, symbols: &mut Symbols) -> Parsed {
    let parsed = parse(text, symbols);
    assert_eq!(parsed.errors, [], "{text}");
    assert_eq!(validate(&parsed.module), [""; 0], "{text}");
    parsed
}

/// Valid source text, lowered and shown.
fn lowered(text: &str) -> String {
    let mut symbols = Symbols::default();
    let parsed = parsed(text, &mut symbols);
    Dump {
        module: &parsed.module,
        symbols: &symbols,
    }
    .to_string()
}
