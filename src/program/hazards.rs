//! Through which globals of a module an exception may be raised that does not get out of a task as others do: one that pickle
//! may not be able to rebuild, because it has an `__init__` of its own, or that is no `Exception`.
//!
//! As with an [`Outlook`] this is told from names in the bytes. It tells which modules are worth following a task into that
//! have nothing to do with processes otherwise: of the many functions that a task calls, few raise such a thing.

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::Outlook;
use crate::api::{Api, ExceptionClass};
use crate::files::is_identifier;
use crate::files::sketch::Word;

/// What one module has of this.
#[derive(Debug, Default)]
pub(super) struct Hazards {
    /// Classes of exceptions, whatever they are like.
    pub exceptions: FxHashSet<Word>,
    /// The globals by which one of the hazardous kind may be raised.
    pub raises: Option<Arc<Outlook>>,
}

/// A class at the top of a file.
struct Class<'b> {
    name: &'b [u8],
    /// The text between the parentheses.
    bases: &'b [u8],
    has_init: bool,
}

/// The classes of exceptions that a file defines are added to `exceptions`; those of the hazardous kind are returned.
pub(super) fn own_hazards(bytes: &[u8], api: &Api, exceptions: &mut FxHashSet<Word>) -> Vec<Word> {
    let mut hazards = Vec::new();
    for class in classes(bytes) {
        let (mut is_exception, mut is_hazard) = (false, class.has_init);
        for base in class.bases.split(|byte| *byte == b',') {
            if base.contains(&b'=') {
                continue;
            }
            let last = base
                .trim_ascii()
                .rsplit(|byte| *byte == b'.')
                .next()
                .unwrap_or_default();
            let known = str::from_utf8(last)
                .ok()
                .and_then(|last| api.exception(&format!("builtins.{last}")));
            is_hazard |= known == Some(ExceptionClass::Base);
            is_exception |= known.is_some()
                || last.ends_with(b"Error")
                || last.ends_with(b"Exception")
                || exceptions.contains(&Word::of_bytes(last));
        }
        if is_exception {
            let name = Word::of_bytes(class.name);
            exceptions.insert(name);
            if is_hazard {
                hazards.push(name);
            }
        }
    }
    hazards
}

/// The classes with bases that begin at the beginning of a line.
fn classes(bytes: &[u8]) -> impl Iterator<Item = Class<'_>> {
    memchr::memmem::find_iter(bytes, b"class ").filter_map(move |at| {
        let at_line = at == 0 || bytes.get(at - 1) == Some(&b'\n');
        let rest = bytes.get(at + b"class ".len()..).filter(|_| at_line)?;
        let end = rest.iter().position(|byte| !is_identifier(*byte))?;
        let (name, rest) = rest.split_at(end);
        let rest = rest.strip_prefix(b"(")?;
        let close = memchr::memchr(b')', rest)?;
        let (bases, body) = rest.split_at(close);
        // The body ends where a line is not indented.
        let end = memchr::memchr_iter(b'\n', body).find(|at| {
            let next = body.get(at + 1);
            next.is_some_and(|byte| !byte.is_ascii_whitespace() && *byte != b'#')
        });
        let body = body.get(..end.unwrap_or(body.len()))?;
        Some(Class {
            name,
            bases,
            has_init: memchr::memmem::find(body, b"def __init__(").is_some(),
        })
    })
}
