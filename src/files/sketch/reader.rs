//! From bytes to a sketch: lines, indentation, names, brackets and strings are understood, and nothing else.

use std::cell::Cell;

use rustc_hash::FxHashSet;

use super::{Kind, Part, Sketch, Use, Word};
use crate::files::is_identifier;

thread_local! {
    /// Where the names of a file are gathered, of which few are kept.
    static GATHERED: Cell<Vec<Use>> = const { Cell::new(Vec::new()) };
}

/// Names for which the room is kept, for the next file.
const MOST_GATHERED: usize = 1 << 16;

/// Reads the bytes of a file.
pub(super) fn read(bytes: &[u8]) -> Sketch {
    let mut reader = Reader {
        bytes,
        at: if bytes.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 },
        sketch: Sketch {
            uses: GATHERED.take(),
            ..Sketch::default()
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
    let mut sketch = reader.sketch;
    let kept = sketch.uses.as_slice().to_vec();
    let mut gathered = std::mem::replace(&mut sketch.uses, kept);
    if gathered.capacity() <= MOST_GATHERED {
        gathered.clear();
        GATHERED.set(gathered);
    }
    sketch
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
