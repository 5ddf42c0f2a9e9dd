//! What stands at the top of a file and which names it uses there, read from its bytes without parsing it.
//!
//! This answers which functions, classes and globals of a module can have to do with processes, for modules that would be
//! parsed for no other reason. Scopes are not understood: a local variable counts as the global of the same name. So more
//! may seem to matter than does, and where the text is no Python, anything.

use std::hash::{Hash, Hasher};
use std::ops::Range;

use rustc_hash::{FxHashMap, FxHashSet, FxHasher};

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

/// Whether an attribute of a name is asked for somewhere that satisfies a test, in code or not: a glance, for files of which
/// nothing else is asked.
pub fn asks_for(bytes: &[u8], mut is_wanted: impl FnMut(Word, Word) -> bool) -> bool {
    memchr::memchr_iter(b'.', bytes).any(|dot| {
        let (before, after) = bytes.split_at(dot);
        let after = after.get(1..).unwrap_or_default();
        let start = before
            .iter()
            .rposition(|byte| !is_identifier(*byte))
            .map_or(0, |at| at + 1);
        let end = after
            .iter()
            .position(|byte| !is_identifier(*byte))
            .unwrap_or(after.len());
        let (name, member) = (&before[start..], &after[..end]);
        !name.is_empty() && !member.is_empty() && is_wanted(Word::of_bytes(name), Word::of_bytes(member))
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
        let mut reader = Reader {
            bytes,
            at: if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 },
            sketch: Self {
                // One name in a dozen bytes or so.
                uses: Vec::with_capacity(bytes.len() / 12),
                ..Self::default()
            },
            owner: None,
            imported: FxHashSet::default(),
            imports_all: false,
            assigns: false,
            filled: Vec::new(),
        };
        while reader.line() {}
        reader.close();
        reader.bind_what_is_filled();
        reader.forget_locals();
        reader.sketch
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

/// The part to which the lines below belong.
struct Owner {
    /// Lines that are indented more belong to it.
    indent: usize,
    /// Only decorators so far.
    decorators: bool,
}

/// What the last token was, as far as it tells what the next name is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Name,
    /// The dot after a name.
    Dot,
    /// An attribute.
    Member,
    /// A dot after anything else.
    OtherDot,
    Other,
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
    sketch: Sketch,
    owner: Option<Owner>,
    /// What imports name, wherever they stand.
    imported: FxHashSet<Word>,
    /// Whether there is an import of all names of a module.
    imports_all: bool,
    /// Whether the last line had an `=` that is no operator.
    assigns: bool,
    /// Names that functions and classes put something into, with the numbers of their parts.
    filled: Vec<(usize, Word)>,
}

impl<'b> Reader<'b> {
    fn byte(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    /// The name that begins at a place; empty where none does.
    fn word(&self, at: usize) -> &'b [u8] {
        let rest = self.bytes.get(at..).unwrap_or_default();
        let end = rest.iter().position(|byte| !is_identifier(*byte)).unwrap_or(rest.len());
        rest.get(..end).unwrap_or_default()
    }

    /// Reads one logical line; false where there is none.
    fn line(&mut self) -> bool {
        let (mut indent, mut line) = (0, self.at);
        loop {
            match self.byte(self.at) {
                None => return false,
                Some(b' ' | b'\x0C') => indent += 1,
                Some(b'\t') => indent = (indent / 8 + 1) * 8,
                Some(b'\n' | b'\r') => {
                    indent = 0;
                    line = self.at + 1;
                }
                Some(b'#') => {
                    self.skip_to_end_of_line();
                    continue;
                }
                Some(_) => break,
            }
            self.at += 1;
        }
        self.logical_line(indent, line);
        true
    }

    fn logical_line(&mut self, indent: usize, start: usize) {
        let first = self.word(self.at);
        let decorator = self.byte(self.at) == Some(b'@');
        let after = self.at + first.len();
        let gap = self.bytes.get(after..).unwrap_or_default();
        let gap = gap.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let second = self.word(after + gap);
        let defines = match first {
            b"def" | b"class" => Some(second),
            b"async" if second == b"def" => {
                let rest = self.bytes.get(after + gap + second.len()..).unwrap_or_default();
                let blank = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
                Some(self.word(after + gap + second.len() + blank))
            }
            _ => None,
        };
        let goes_on = match &mut self.owner {
            Some(owner) if indent > owner.indent => true,
            Some(owner) if owner.decorators && indent == owner.indent && (decorator || defines.is_some()) => {
                owner.decorators = decorator;
                true
            }
            _ => false,
        };
        if !goes_on {
            self.close();
            let kind = match (decorator || defines.is_some(), first) {
                (true, _) => Kind::Definition,
                (false, b"import" | b"from") => Kind::Import,
                (false, _) => Kind::Line,
            };
            self.open(kind, start);
            self.owner = (kind == Kind::Definition).then_some(Owner {
                indent,
                decorators: decorator,
            });
        }
        if let Some(name) = defines
            && self.owner.as_ref().is_some_and(|owner| owner.indent == indent)
        {
            self.sketch.binds.push(Word::of_bytes(name));
            if indent == 0
                && let Some(part) = self.sketch.parts.last_mut()
            {
                let start = name.as_ptr().addr() - self.bytes.as_ptr().addr();
                part.name = Some(start..start + name.len());
            }
        }
        let owned = self.owner.is_some();
        if owned && first == b"global" {
            let names = self.bytes.get(after..).unwrap_or_default();
            let end = memchr::memchr3(b'\n', b'\r', b'#', names).unwrap_or(names.len());
            let names = names.get(..end).unwrap_or_default().split(|byte| !is_identifier(*byte));
            let names = names.filter(|name| !name.is_empty()).map(Word::of_bytes);
            self.sketch.binds.extend(names);
        }
        let (before, from) = (self.sketch.uses.len(), self.at);
        let filled = if owned { self.filled(first, after) } else { None };
        let asks_name = self.tokens(!owned);
        if let Some(sure) = filled
            && (sure || self.assigns)
            && let Some(part) = self.sketch.parts.len().checked_sub(1)
        {
            self.filled.push((part, Word::of_bytes(first)));
        }
        if matches!(first, b"import" | b"from") {
            let names = self.sketch.uses.get(before..).unwrap_or_default();
            self.imported.extend(names.iter().map(|used| used.name));
            let line = self.bytes.get(from..self.at).unwrap_or_default();
            self.imports_all |= line.trim_ascii_end().ends_with(b"*");
        }
        if !owned && asks_name && first == b"if" {
            if let Some(part) = self.sketch.parts.last_mut() {
                part.kind = Kind::Guarded;
            }
            self.owner = Some(Owner {
                indent,
                decorators: false,
            });
        }
    }

    /// Whether a line puts something into what its first name stands for: certainly by `name.append(…)`, or with an `=` to
    /// come, as in `name["key"] = …` and `name.attribute = …`.
    fn filled(&self, name: &[u8], after: usize) -> Option<bool> {
        match self.byte(after)? {
            b'[' if !name.is_empty() => Some(false),
            b'.' if !name.is_empty() => {
                let member = self.word(after + 1);
                let adds = matches!(
                    member,
                    b"append" | b"add" | b"update" | b"setdefault" | b"insert" | b"extend"
                );
                Some(adds && self.byte(after + 1 + member.len()) == Some(b'('))
            }
            _ => None,
        }
    }

    /// What a function or class puts into a global of the file can be had by that global: it is bound there, too.
    fn bind_what_is_filled(&mut self) {
        if self.filled.is_empty() {
            return;
        }
        let Sketch { parts, binds, .. } = &mut self.sketch;
        let own = |part: &&Part| part.kind != Kind::Import;
        let globals: FxHashSet<Word> = parts
            .iter()
            .filter(own)
            .flat_map(|part| binds.get(part.binds.clone()).unwrap_or_default())
            .copied()
            .collect();
        let mut filled = self.filled.iter().filter(|(_, name)| globals.contains(name)).peekable();
        if filled.peek().is_none() {
            return;
        }
        let mut all = Vec::with_capacity(binds.len() + 1);
        for (number, part) in parts.iter_mut().enumerate() {
            let from = all.len();
            all.extend_from_slice(binds.get(part.binds.clone()).unwrap_or_default());
            while let Some((_, name)) = filled.next_if(|(at, _)| *at == number) {
                if !all[from..].contains(name) {
                    all.push(*name);
                }
            }
            part.binds = from..all.len();
        }
        *binds = all;
    }

    fn open(&mut self, kind: Kind, start: usize) {
        let (uses, binds) = (self.sketch.uses.len(), self.sketch.binds.len());
        self.sketch.parts.push(Part {
            kind,
            calls: false,
            name: None,
            start,
            uses: uses..uses,
            binds: binds..binds,
        });
    }

    /// Ends the part that is open, if one is.
    fn close(&mut self) {
        self.owner = None;
        let Some(part) = self.sketch.parts.last_mut() else {
            return;
        };
        part.uses.end = self.sketch.uses.len();
        part.binds.end = self.sketch.binds.len();
    }

    /// Leaves out the names that are no globals of the file, because nothing that matters can be had by them, and those that
    /// a part has twice.
    fn forget_locals(&mut self) {
        let Sketch { parts, uses, binds } = &mut self.sketch;
        self.imported.extend(binds.iter());
        let mut kept = 0;
        for part in parts {
            let from = kept;
            for at in part.uses.clone() {
                if self.imports_all || self.imported.contains(&uses[at].name) {
                    uses[kept] = uses[at];
                    kept += 1;
                }
            }
            let own = &mut uses[from..kept];
            own.sort_unstable();
            kept = from;
            for at in from..from + own.len() {
                if kept == from || uses[at] != uses[kept - 1] {
                    uses[kept] = uses[at];
                    kept += 1;
                }
            }
            part.uses = from..kept;
        }
        uses.truncate(kept);
        uses.shrink_to_fit();
    }

    /// Reads the tokens of a logical line; says whether one is `__name__`. `binding` says whether assignments bind globals.
    fn tokens(&mut self, binding: bool) -> bool {
        let mut depth = 0_u32;
        let mut before = Before::Other;
        let mut asks_name = false;
        let mut calls = false;
        // Names that an `=` binds if it comes.
        let mut targets: Vec<Word> = Vec::new();
        let mut is_target = binding;
        self.assigns = false;
        while let Some(byte) = self.byte(self.at) {
            match byte {
                b'\n' | b'\r' if depth == 0 => break,
                b'\n' | b'\r' | b' ' | b'\t' | b'\x0C' => {
                    self.at += 1;
                    continue;
                }
                b'\\' => {
                    self.at += match self.bytes.get(self.at + 1..self.at + 3) {
                        Some(b"\r\n") => 3,
                        _ => 2,
                    };
                    continue;
                }
                b'#' => {
                    self.skip_to_end_of_line();
                    continue;
                }
                b'"' | b'\'' => {
                    self.skip_string(byte);
                    before = Before::Other;
                    continue;
                }
                b'.' => {
                    before = match before {
                        Before::Name => Before::Dot,
                        _ => Before::OtherDot,
                    };
                }
                b'(' | b'[' | b'{' => {
                    let callee = matches!(before, Before::Name | Before::Member)
                        || matches!(self.at.checked_sub(1).and_then(|at| self.byte(at)), Some(b')' | b']'));
                    calls |= byte == b'(' && callee;
                    depth += 1;
                    before = Before::Other;
                }
                b')' | b']' | b'}' => {
                    depth = depth.saturating_sub(1);
                    before = Before::Other;
                }
                b'=' => {
                    let compares = self.byte(self.at + 1) == Some(b'=');
                    let is_operator = compares
                        || matches!(
                            self.at.checked_sub(1).and_then(|at| self.byte(at)),
                            Some(b'!' | b'<' | b'>' | b':')
                        );
                    if compares {
                        self.at += 1;
                    } else if !is_operator && depth > 0 && before == Before::Name {
                        // The name of an argument or parameter.
                        self.sketch.uses.pop();
                    } else if !is_operator && depth == 0 {
                        self.assigns = true;
                        if binding {
                            self.sketch.binds.append(&mut targets);
                            is_target = true;
                        }
                    }
                    before = Before::Other;
                }
                b':' if depth == 0 => {
                    is_target = false;
                    before = Before::Other;
                }
                b'0'..=b'9' => {
                    self.at += self.word(self.at).len();
                    before = Before::Other;
                    continue;
                }
                byte if is_identifier(byte) => {
                    let name = self.word(self.at);
                    self.at += name.len();
                    if matches!(self.byte(self.at), Some(b'"' | b'\'')) && name.len() <= 3 {
                        // The prefix of a string.
                        continue;
                    }
                    asks_name |= name == b"__name__";
                    let word = Word::of_bytes(name);
                    before = match before {
                        Before::Dot => {
                            if let Some(last) = self.sketch.uses.last_mut() {
                                last.member = Some(word);
                            }
                            Before::Member
                        }
                        Before::OtherDot => Before::Member,
                        _ if name == b"as" && binding => {
                            is_target = true;
                            targets.clear();
                            let blank = self.bytes.get(self.at..).unwrap_or_default();
                            let blank = blank.iter().take_while(|byte| **byte == b' ').count();
                            let renamed = self.word(self.at + blank);
                            if !renamed.is_empty() {
                                self.sketch.binds.push(Word::of_bytes(renamed));
                            }
                            Before::Other
                        }
                        _ if name == b"in" && binding => {
                            // `for name in names:`
                            self.sketch.binds.append(&mut targets);
                            Before::Other
                        }
                        _ => {
                            self.sketch.uses.push(Use {
                                name: word,
                                member: None,
                            });
                            if is_target {
                                targets.push(word);
                            }
                            Before::Name
                        }
                    };
                    continue;
                }
                _ => before = Before::Other,
            }
            self.at += 1;
        }
        if let Some(part) = self.sketch.parts.last_mut() {
            part.calls |= calls;
        }
        asks_name
    }

    fn skip_to_end_of_line(&mut self) {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        self.at += memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
    }

    /// Skips a string, which begins with this quote here. What f-strings read is not looked at.
    fn skip_string(&mut self, quote: u8) {
        let triple = self.bytes.get(self.at..self.at + 3) == Some(&[quote; 3]);
        self.at += if triple { 3 } else { 1 };
        loop {
            let rest = self.bytes.get(self.at..).unwrap_or_default();
            let end = match triple {
                true => memchr::memchr2(quote, b'\\', rest),
                false => memchr::memchr3(quote, b'\\', b'\n', rest),
            };
            let Some(end) = end else {
                self.at = self.bytes.len();
                return;
            };
            self.at += end;
            match self.byte(self.at) {
                Some(b'\\') => self.at += 2,
                // It was not closed.
                Some(b'\n') if !triple => return,
                _ if !triple => {
                    self.at += 1;
                    return;
                }
                _ if self.bytes.get(self.at..self.at + 3) == Some(&[quote; 3]) => {
                    self.at += 3;
                    return;
                }
                _ => self.at += 1,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The parts as text, with those of some words that they use and bind.
    fn shown(text: &str, words: &[&str]) -> Vec<String> {
        let sketch = Sketch::of(text.as_bytes());
        let name = |word: Word| words.iter().find(|name| Word::of(name) == word);
        let show = |part: &Part| {
            let mut uses: Vec<String> = sketch
                .uses(part)
                .iter()
                .filter_map(|used| {
                    let member = used.member.map(|member| name(member).map_or("?", |name| name));
                    let name = name(used.name)?;
                    Some(member.map_or_else(|| (*name).to_owned(), |member| format!("{name}.{member}")))
                })
                .collect();
            uses.sort();
            let binds: Vec<&str> = sketch
                .binds(part)
                .iter()
                .filter_map(|word| name(*word).copied())
                .collect();
            let calls = if part.calls { "()" } else { "" };
            format!("{:?}{calls} {} <- {}", part.kind, binds.join(","), uses.join(","))
        };
        sketch.parts().map(show).collect()
    }

    #[test]
    fn parts_of_files() {
        let words = ["a", "b", "c", "d", "e", "f", "g"];
        let globals = "\nfrom z import a, b, c, d, e, f, g";
        let globals_shown = "Import  <- a,b,c,d,e,f,g";
        for (text, wanted) in [
            ("", vec![]),
            ("a = b.c.d", vec!["Line a <- a,b.c"]),
            ("a, b = c = d(e)", vec!["Line() a,b,c <- a,b,c,d,e"]),
            ("a: b = c", vec!["Line a <- a,b,c"]),
            ("a == b\nf(a=b, c=d)", vec!["Line  <- a,b", "Line()  <- b,d,f"]),
            (
                "import a\nfrom b import (\n  c,\n)",
                vec!["Import  <- a", "Import()  <- b,c"],
            ),
            (
                "def a(b, c=d):\n    e = 1\n\n# f\n    def g(): pass\nf()",
                vec!["Definition() a <- a,b,d,e,g", "Line()  <- f"],
            ),
            (
                "@a\n@b(c)\nclass d(e):\n  def f(self): pass\n",
                vec!["Definition() d <- a,b,c,d,e,f"],
            ),
            (
                "async def a(): pass\nasync with b: c",
                vec!["Definition() a <- a", "Line  <- b,c"],
            ),
            (
                "if a:\n  def b(): c\n  d\nelse:\n  b = e()",
                vec![
                    "Line  <- a",
                    "Definition() b <- b,c",
                    "Line  <- d",
                    "Line  <- ",
                    "Line() b <- b,e",
                ],
            ),
            (
                "if __name__ == '__main__':\n    a()\n    def b(): pass\nc",
                vec!["Guarded()  <- a,b", "Line  <- c"],
            ),
            (
                "def a():\n  global b, c  # d\n  b = 1",
                vec!["Definition() a,b,c <- a,b,c"],
            ),
            ("for a in b:\n  c", vec!["Line a <- a,b", "Line  <- c"]),
            ("with a as b: c", vec!["Line b <- a,b,c"]),
            (
                "a = '''\nb = c\n''' + d\nr'\\'' + e\n'f' 'g\na",
                vec!["Line a <- a,d", "Line  <- e", "Line  <- ", "Line  <- a"],
            ),
            ("a = (  # b\n  c\n)\nd \\\n  + e", vec!["Line a <- a,c", "Line  <- d,e"]),
            ("a = 0b1 + 1.e5 + f", vec!["Line a <- a,f"]),
            ("a.b = c\na[b] = d", vec!["Line a <- a.b,c", "Line a,b <- a,b,d"]),
        ] {
            let mut found = shown(&format!("{text}{globals}"), &words);
            assert_eq!(found.pop().as_deref(), Some(globals_shown), "{text}");
            assert_eq!(found, wanted, "{text}");
        }
        assert_eq!(shown("a = b(c)", &words), ["Line() a <- a"]);
        assert_eq!(
            shown("a = b(c)\nfrom d import *", &words),
            ["Line() a <- a,b,c", "Import  <- d"]
        );
    }

    #[test]
    fn attributes_at_a_glance() {
        let asks = |text: &str| {
            asks_for(text.as_bytes(), |name, member| {
                (name, member) == (Word::of("a"), Word::of("b"))
            })
        };
        for text in ["a.b", "x = a.b.c", "# a.b", "(a.b)"] {
            assert!(asks(text), "{text}");
        }
        for text in ["", ".", "a.", ".b", "a.bc", "ca.b", "a .b"] {
            assert!(!asks(text), "{text}");
        }
    }

    #[test]
    fn excerpts() {
        let text = "# ä\nimport a\n\n@a\ndef f():\n    return g()\n\ndef g():  # ö\n    h = 1\n# of h\ndef h(): pass\nif a:\n    def i(): pass\nclass j:\n    k = i\nl = m\ndef m():\r\n    f\n";
        let sketch = Sketch::of(text.as_bytes());
        let excerpt = |wanted: &[&str]| sketch.excerpt(text, |name| wanted.contains(&name));
        let lines = |text: &str| -> Vec<String> {
            let lines = text.lines().map(|line| line.trim().to_owned());
            lines.filter(|line| !line.is_empty()).collect()
        };
        let (all_but_two, bytes) = excerpt(&[]).unwrap();
        assert_eq!(all_but_two.len(), text.len());
        assert_eq!(all_but_two.lines().count(), text.lines().count());
        let kept = "# ä|import a|@a|def f():|return g()|def g():  # ö|h = 1|# of h|def h(): pass|if a:|def i(): pass|l = m|def m():|f";
        assert_eq!(lines(&all_but_two).join("|"), kept);
        assert!(bytes < text.len());
        assert!(excerpt(&["j"]).is_none());
        let text = "def f(): pass\ndef g(): f\n";
        let sketch = Sketch::of(text.as_bytes());
        let (excerpt, bytes) = sketch.excerpt(text, |name| name == "f").unwrap();
        assert_eq!((excerpt.trim_end(), bytes), ("def f(): pass", 14));
        assert!(sketch.excerpt(text, |name| name == "g").is_none());
    }

    proptest! {
        #[test]
        fn never_panics(text in "(def |class |if |@|a|'|\"|\"\"\"|[.=(){}:# \\\\\n\r\t\u{E4}0-9])(.|\n){0,20}") {
            let excerpt = Sketch::of(text.as_bytes()).excerpt(&text, |_| false);
            assert!(excerpt.is_none_or(|(excerpt, _)| excerpt.len() == text.len()));
        }
    }
}
