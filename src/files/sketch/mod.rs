//! What stands at the top of a file and which names it uses there, read from its bytes without parsing it.
//!
//! This answers which functions, classes and globals of a module can have to do with processes, for modules that would be
//! parsed for no other reason. Scopes are not understood: a local variable counts as the global of the same name. So more
//! may seem to matter than does, and where the text is no Python, anything.

mod reader;

use std::hash::{Hash, Hasher};
use std::ops::Range;

use rustc_hash::{FxHashMap, FxHasher};

use super::is_identifier;

/// A name, hashed. Two names that look alike make more seem to matter, never less.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Word(u32);

impl Word {
    /// The word of no name.
    pub const NONE: Self = Self(0);

    /// The word of two names, in this order.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0.rotate_left(15).wrapping_mul(0x9E37_79B1) ^ other.0)
    }

    /// The word of a name.
    #[must_use]
    pub fn of(name: &str) -> Self {
        Self::of_bytes(name.as_bytes())
    }

    /// The word of a name as it stands in a file.
    #[must_use]
    pub fn of_bytes(name: &[u8]) -> Self {
        let mut hasher = FxHasher::default();
        name.hash(&mut hasher);
        let hash = hasher.finish();
        Self((hash ^ (hash >> 32)) as u32)
    }
}

/// A name that is read, with the attribute that is asked of it: `a.b` of `a.b.c`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Use {
    /// The name.
    pub name: Word,
    /// The attribute.
    pub member: Option<Word>,
}

/// Whether an attribute of one of some names is asked for somewhere that satisfies a test, in code or not: a glance, for
/// files of which nothing else is asked.
pub fn asks_for(bytes: &[u8], is_name: impl Fn(Word) -> bool, is_wanted: impl Fn(Word, Word) -> bool) -> bool {
    memchr::memchr_iter(b'.', bytes).any(|dot| {
        let (before, after) = bytes.split_at(dot);
        let start = before
            .iter()
            .rposition(|byte| !is_identifier(*byte))
            .map_or(0, |at| at + 1);
        let name = Word::of_bytes(&before[start..]);
        if start == dot || !is_name(name) {
            return false;
        }
        let after = after.get(1..).unwrap_or_default();
        let end = after
            .iter()
            .position(|byte| !is_identifier(*byte))
            .unwrap_or(after.len());
        end > 0 && is_wanted(name, Word::of_bytes(&after[..end]))
    })
}

/// What a part of a file is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Kind {
    /// A function or class that the module defines, with its decorators and all that is inside.
    Definition,
    /// A line that runs when the module is imported.
    Line,
    /// An import there.
    Import,
    /// What stands under `if __name__ == "__main__":`
    Guarded,
}

/// One part of a file.
#[derive(Clone, Debug)]
pub struct Part {
    /// What it is.
    pub kind: Kind,
    /// Whether anything is called in it.
    pub calls: bool,
    /// Of a function or class that stands under no condition, where its name stands.
    name: Option<Range<usize>>,
    /// Where it begins; it ends where the next begins.
    start: usize,
    uses: Range<usize>,
    binds: Range<usize>,
}

/// The parts of a file, in order.
#[derive(Debug, Default)]
pub struct Sketch {
    parts: Vec<Part>,
    uses: Vec<Use>,
    binds: Vec<Word>,
}

impl Sketch {
    /// Reads the bytes of a file.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        reader::read(bytes)
    }

    /// The parts.
    pub fn parts(&self) -> impl Iterator<Item = &Part> {
        self.parts.iter()
    }

    /// The text without those functions and classes at its top that neither satisfy `needed` nor are used by what is kept,
    /// with the number of bytes that it still has. They are blanked, so that all else keeps its place. None where that is
    /// nothing. The text must be the one that this is a sketch of.
    #[must_use]
    pub fn excerpt(&self, text: &str, needed: impl Fn(&str) -> bool) -> Option<(String, usize)> {
        let mut definitions: FxHashMap<Word, Vec<usize>> = FxHashMap::default();
        let mut is_kept = vec![true; self.parts.len()];
        let mut to_follow: Vec<usize> = Vec::new();
        for (number, part) in self.parts.iter().enumerate() {
            let name = part.name.clone().and_then(|name| text.get(name));
            if name.is_none_or(&needed) {
                to_follow.push(number);
                continue;
            }
            is_kept[number] = false;
            for &name in self.binds(part) {
                definitions.entry(name).or_default().push(number);
            }
        }
        while let Some(number) = to_follow.pop() {
            for used in self.uses(&self.parts[number]) {
                for &definition in definitions.get(&used.name).into_iter().flatten() {
                    if !std::mem::replace(&mut is_kept[definition], true) {
                        to_follow.push(definition);
                    }
                }
            }
        }
        if is_kept.iter().all(|kept| *kept) {
            return None;
        }
        let mut excerpt = text.as_bytes().to_vec();
        let mut kept_bytes = text.len();
        for (number, part) in self.parts.iter().enumerate().filter(|(number, _)| !is_kept[*number]) {
            let end = self.parts.get(number + 1).map_or(text.len(), |next| next.start);
            let own = excerpt.get_mut(part.start..end)?;
            kept_bytes -= own.len();
            for byte in own.iter_mut().filter(|byte| !matches!(byte, b'\n' | b'\r')) {
                *byte = b' ';
            }
        }
        // Parts begin at the beginnings of lines, so nothing is cut in the middle of a character.
        Some((String::from_utf8(excerpt).ok()?, kept_bytes))
    }

    /// The names that a part reads, each once.
    #[must_use]
    pub fn uses(&self, part: &Part) -> &[Use] {
        self.uses.get(part.uses.clone()).unwrap_or_default()
    }

    /// The globals that a part binds.
    #[must_use]
    pub fn binds(&self, part: &Part) -> &[Word] {
        self.binds.get(part.binds.clone()).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
