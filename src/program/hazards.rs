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

/// A class at the top of a file that has bases.
#[derive(Debug)]
pub(super) struct Class {
    name: Word,
    /// The last names of its bases.
    bases: Vec<Word>,
    /// Whether it is an exception by the names of its bases alone.
    is_exception: bool,
    /// Whether it is of the hazardous kind, if it is one.
    is_hazard: bool,
}

/// The classes of a file.
pub(super) fn classes_in(bytes: &[u8], api: &Api) -> Vec<Class> {
    texts(bytes)
        .map(|(name, bases, has_init)| {
            let mut class = Class {
                name: Word::of_bytes(name),
                bases: Vec::new(),
                is_exception: false,
                is_hazard: has_init,
            };
            for base in bases.split(|byte| *byte == b',').filter(|base| !base.contains(&b'=')) {
                let last = base
                    .trim_ascii()
                    .rsplit(|byte| *byte == b'.')
                    .next()
                    .unwrap_or_default();
                let last_text = str::from_utf8(last).ok();
                let known = last_text.and_then(|last| api.exception(&format!("builtins.{last}")));
                class.is_hazard |= known == Some(ExceptionClass::Base);
                class.is_exception |= known.is_some() || last.ends_with(b"Error") || last.ends_with(b"Exception");
                class.bases.push(Word::of_bytes(last));
            }
            class
        })
        .collect()
}

/// Those of some classes that are exceptions are added to `exceptions`; those of the hazardous kind are given.
pub(super) fn own_hazards<'c>(
    classes: &'c [Class],
    exceptions: &'c mut FxHashSet<Word>,
) -> impl Iterator<Item = Word> + use<'c> {
    classes.iter().filter_map(|class| {
        let is_exception = class.is_exception || class.bases.iter().any(|base| exceptions.contains(base));
        if is_exception {
            exceptions.insert(class.name);
        }
        (is_exception && class.is_hazard).then_some(class.name)
    })
}

/// The name of each class that begins at the beginning of a line and has bases, the text between its parentheses, and whether
/// it has an `__init__`.
fn texts(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8], bool)> {
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
        Some((name, bases, memchr::memmem::find(body, b"def __init__(").is_some()))
    })
}
