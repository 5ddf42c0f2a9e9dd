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

/// What is left of a file.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub struct Excerpt {
    /// How many bytes that is.
    pub bytes: usize,
    /// Of each part whether it is.
    is_kept: Box<[bool]>,
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

    /// What is left of the text without those functions and classes at its top that neither satisfy `needed` nor are used by
    /// what is kept. None where that is all. The text must be the one that this is a sketch of.
    #[must_use]
    pub fn excerpt(&self, text: &str, needed: impl Fn(&str) -> bool) -> Option<Excerpt> {
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
        let left_out = self.left_out(&is_kept, text).map(|range| range.len()).sum::<usize>();
        Some(Excerpt {
            bytes: text.len().checked_sub(left_out)?,
            is_kept: is_kept.into(),
        })
    }

    /// The text of an excerpt. What is left out is blanked, so that all else keeps its place.
    #[must_use]
    pub fn text_of(&self, excerpt: &Excerpt, text: &str) -> Option<String> {
        let mut cut = text.as_bytes().to_vec();
        for range in self.left_out(&excerpt.is_kept, text) {
            for byte in cut
                .get_mut(range)?
                .iter_mut()
                .filter(|byte| !matches!(byte, b'\n' | b'\r'))
            {
                *byte = b' ';
            }
        }
        // Parts begin at the beginnings of lines, so nothing is cut in the middle of a character.
        String::from_utf8(cut).ok()
    }

    fn left_out(&self, is_kept: &[bool], text: &str) -> impl Iterator<Item = Range<usize>> {
        let ends = self.parts.iter().skip(1).map(|next| next.start).chain([text.len()]);
        let ranges = self.parts.iter().zip(ends).map(|(part, end)| part.start..end);
        ranges.zip(is_kept).filter(|(_, kept)| !**kept).map(|(range, _)| range)
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
