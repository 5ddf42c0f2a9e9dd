//! What a file imports, read from its bytes without parsing it.
//!
//! A program must import what it uses, so this tells whether it can have to do with a library at all. Strings are not
//! understood: more may be read here than a parser would find, but never less.

use super::scan::is_identifier;

/// One name that a file imports.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Import<'a> {
    /// The number of dots before the module: 0 for an absolute import.
    pub level: u32,
    /// `a.b` of `import a.b`, `from a.b import c` and `from .a.b import c`; empty for `from . import c`.
    pub module: &'a str,
    /// What of it.
    pub what: Imported<'a>,
    /// The other name that `import a.b as d` or `from a.b import c as d` gives it.
    pub renamed: Option<&'a str>,
}

/// What of a module is imported.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Imported<'a> {
    /// The module as a global: `import a.b` at the beginning of a line, which binds `a`.
    Global,
    /// The same anywhere else, perhaps in a function.
    Inside,
    /// The module under another name: `import a.b as c`
    Renamed,
    /// `from a.b import c`
    Name(&'a str),
    /// `from a.b import *`
    All,
}

impl Import<'_> {
    /// Whether a name in it is a word that begins an import.
    fn has_keyword(&self) -> bool {
        let name = match self.what {
            Imported::Name(name) => name,
            Imported::Global | Imported::Inside | Imported::Renamed | Imported::All => "",
        };
        let mut parts = self.module.split('.').chain(name.split('.')).chain(self.renamed);
        parts.any(|part| matches!(part, "import" | "from"))
    }
}

/// Lines from which the same imports are read again. Whether one stands at the beginning of a line is forgotten, and those by
/// keywords are left out, which stand in prose.
#[must_use]
pub fn lines_of(imports: &[Import<'_>]) -> Vec<u8> {
    /// Bytes of most imports.
    const LINE: usize = 32;

    let mut lines = Vec::with_capacity(imports.len() * LINE);
    let mut write = |part: &str| lines.extend_from_slice(part.as_bytes());
    let mut last: Option<&Import<'_>> = None;
    for import in imports.iter().filter(|import| !import.has_keyword()) {
        let takes_name = |import: &Import<'_>| matches!(import.what, Imported::Name(_));
        let goes_on = takes_name(import)
            && last.is_some_and(|last| takes_name(last) && (last.level, last.module) == (import.level, import.module));
        match (goes_on, import.what) {
            (true, _) => write(","),
            (false, Imported::Name(_) | Imported::All) => {
                write("\nfrom ");
                (0..import.level).for_each(|_| write("."));
                write(import.module);
                write(" import ");
            }
            (false, Imported::Global | Imported::Inside | Imported::Renamed) => {
                write("\nimport ");
                write(import.module);
            }
        }
        match import.what {
            Imported::Name(name) => write(name),
            Imported::All => write("*"),
            Imported::Global | Imported::Inside | Imported::Renamed => {}
        }
        if let Some(renamed) = import.renamed {
            write(" as ");
            write(renamed);
        }
        last = Some(import);
    }
    lines
}

/// The imports of a file; none where only a parser could tell what they are.
#[must_use]
pub fn imports(bytes: &[u8]) -> Option<Vec<Import<'_>>> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    // As many as most files have.
    let mut found = Vec::with_capacity(16);
    for at in memchr::memmem::find_iter(bytes, b"import") {
        if !is_word(bytes, at, b"import".len()) {
            continue;
        }
        let (before, after) = (bytes.get(..at)?, bytes.get(at + b"import".len()..)?);
        let start = memchr::memrchr2(b'\n', b'\r', before).map_or(0, |at| at + 1);
        let (above, head) = (before.get(..start)?, before.get(start..)?);
        let trimmed = head.trim_ascii();
        if trimmed.starts_with(b"#") {
            continue;
        }
        let above = above.strip_suffix(b"\n").unwrap_or(above);
        if above.strip_suffix(b"\r").unwrap_or(above).ends_with(b"\\") {
            return None;
        }
        let mut rest = Reader { rest: after };
        if matches!(trimmed.last(), None | Some(b';' | b':')) {
            rest.modules(head.is_empty(), &mut found)?;
        } else if let Some((level, module)) = module_after_from(trimmed)? {
            rest.names(level, module, &mut found)?;
        }
    }
    Some(found)
}

/// Whether what stands at a place is no part of a longer name.
fn is_word(bytes: &[u8], at: usize, length: usize) -> bool {
    let before = at.checked_sub(1).and_then(|before| bytes.get(before));
    let after = bytes.get(at + length);
    !before.into_iter().chain(after).any(|byte| is_identifier(*byte))
}

/// The module that the last `from` of a line names, with the number of dots before it, if it names one; outer none where
/// that is not clear.
fn module_after_from(head: &[u8]) -> Option<Option<(u32, &str)>> {
    // It is not worth a searcher: it stands a few bytes before.
    let mut words = head.windows(FROM.len()).enumerate().rev();
    let Some((at, _)) = words.find(|(at, word)| *word == FROM && is_word(head, *at, FROM.len())) else {
        return Some(None);
    };
    let module = std::str::from_utf8(head.get(at + FROM.len()..)?.trim_ascii()).ok()?;
    let name = module.trim_start_matches('.');
    let level = u32::try_from(module.len() - name.len()).ok()?;
    // Blanks may stand after the dots.
    let name = name.trim_start_matches([' ', '\t', '\x0C']);
    if name.bytes().all(is_dotted) && !(level > 0 && name.starts_with('.')) {
        return Some((level > 0 || !name.is_empty()).then_some((level, name)));
    }
    // `from a . b`, or a name past ASCII; otherwise it is prose.
    let unclear = module.contains('.') || !module.is_ascii();
    (!unclear).then_some(None)
}

const FROM: &[u8] = b"from";

fn is_dotted(byte: u8) -> bool {
    byte == b'.' || (byte.is_ascii() && is_identifier(byte))
}

/// Reads what follows the word `import`. Each method gives none where it meets what only a parser understands.
struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    /// `a.b as c, d`
    fn modules(&mut self, global: bool, found: &mut Vec<Import<'a>>) -> Option<()> {
        loop {
            self.blanks(false)?;
            let module = self.dotted()?;
            if module.is_empty() {
                return Some(());
            }
            let renamed = self.renaming(false)?;
            let what = match (renamed.is_some(), global) {
                (true, _) => Imported::Renamed,
                (false, true) => Imported::Global,
                (false, false) => Imported::Inside,
            };
            found.push(Import {
                level: 0,
                module,
                what,
                renamed,
            });
            if !self.takes(b',') {
                return (!self.rest.starts_with(b".")).then_some(());
            }
        }
    }

    /// `c as d, e`, `(c, d)`, `*`
    fn names(&mut self, level: u32, module: &'a str, found: &mut Vec<Import<'a>>) -> Option<()> {
        self.blanks(false)?;
        if self.takes(b'*') {
            let what = Imported::All;
            found.push(Import {
                level,
                module,
                what,
                renamed: None,
            });
            return Some(());
        }
        let many_lines = self.takes(b'(');
        loop {
            self.blanks(many_lines)?;
            let name = self.dotted()?;
            if name.is_empty() {
                return (!many_lines || self.takes(b')')).then_some(());
            }
            let renamed = self.renaming(many_lines)?;
            found.push(Import {
                level,
                module,
                what: Imported::Name(name),
                renamed,
            });
            if !self.takes(b',') {
                return (!many_lines || self.takes(b')')).then_some(());
            }
        }
    }

    /// Takes ` as c` and the blanks around it, and gives the name if it stands here.
    fn renaming(&mut self, many_lines: bool) -> Option<Option<&'a str>> {
        self.blanks(many_lines)?;
        let renamed = self.rest.starts_with(b"as") && !self.rest.get(2).copied().is_some_and(is_identifier);
        if !renamed {
            return Some(None);
        }
        self.dotted()?;
        self.blanks(many_lines)?;
        let name = self.dotted()?;
        self.blanks(many_lines)?;
        Some(Some(name))
    }

    fn dotted(&mut self) -> Option<&'a str> {
        let length = self.rest.iter().take_while(|byte| is_dotted(**byte)).count();
        let (name, rest) = self.rest.split_at_checked(length)?;
        self.rest = rest;
        if rest.first().is_some_and(|byte| !byte.is_ascii()) {
            return None;
        }
        std::str::from_utf8(name).ok()
    }

    fn blanks(&mut self, many_lines: bool) -> Option<()> {
        loop {
            match self.rest.first() {
                Some(b' ' | b'\t' | 0x0C) => self.rest = self.rest.get(1..)?,
                Some(b'\n' | b'\r') if many_lines => self.rest = self.rest.get(1..)?,
                Some(b'#') if many_lines => {
                    let end = memchr::memchr2(b'\n', b'\r', self.rest).unwrap_or(self.rest.len());
                    self.rest = self.rest.get(end..)?;
                }
                Some(b'\\') if self.rest.starts_with(b"\\\n") => self.rest = self.rest.get(2..)?,
                Some(b'\\') if self.rest.starts_with(b"\\\r\n") => self.rest = self.rest.get(3..)?,
                Some(b'\\') => return None,
                _ => return Some(()),
            }
        }
    }

    fn takes(&mut self, byte: u8) -> bool {
        match self.rest.split_first() {
            Some((first, rest)) if *first == byte => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Option<Vec<String>> {
        let shown = |import: &Import<'_>| {
            let module = ".".repeat(import.level as usize) + import.module;
            match import.what {
                Imported::Global => module,
                Imported::Inside => format!("  {module}"),
                Imported::Renamed => format!("{module} as"),
                Imported::Name(name) => format!("{module}:{name}"),
                Imported::All => format!("{module}:*"),
            }
        };
        imports(text.as_bytes()).map(|found| found.iter().map(shown).collect())
    }

    #[test]
    fn every_form_of_an_import() {
        for (text, wanted) in [
            ("import a", vec!["a"]),
            ("\u{FEFF}import a.b , c\r\n", vec!["a.b", "c"]),
            ("import a.b as c, d", vec!["a.b as", "d"]),
            ("if x:\n\timport a; import b", vec!["  a", "  b"]),
            ("try: import a\nexcept: pass", vec!["  a"]),
            ("raise x from y; import a as b", vec!["a as"]),
            ("from a import b", vec!["a:b"]),
            ("from a.b import*", vec!["a.b:*"]),
            ("from a import(b)", vec!["a:b"]),
            ("from a.from_b.from_ import c", vec!["a.from_b.from_:c"]),
            ("from a import b as c, d; x", vec!["a:b", "a:d"]),
            ("from a import (  # c, d\n  b as c,\r\n  d,\r)", vec!["a:b", "a:d"]),
            ("x = 1; from a import b; from c import d", vec!["a:b", "c:d"]),
            ("from\x0Ca\timport\tb", vec!["a:b"]),
            (
                "from . import a\nfrom .b import c\nfrom.d import e\nfrom .import f\nfrom ..g.h import (i)\nfrom ... j import *",
                vec![".:a", ".b:c", ".d:e", ".:f", "..g.h:i", "...j:*"],
            ),
            (
                "# import a\nx.imports\n__import__('a')\nimportlib\nyou may import a",
                vec![],
            ),
            ("'''\nimport a\n'''", vec!["a"]),
            ("import \\\n a, \\\r\n b", vec!["a", "b"]),
            ("from a import b, \\\n c", vec!["a:b", "a:c"]),
            ("from a import (b, \\\n c)", vec!["a:b", "a:c"]),
        ] {
            assert_eq!(read(text).unwrap_or_default(), wanted, "{text}");
            assert!(read(text).is_some(), "{text}");
        }
    }

    #[test]
    fn what_only_a_parser_understands() {
        for text in [
            "from a \\\n import b",
            "import a, \\ b",
            "from a . b import c",
            "from . . b import c",
            "from .a . b import c",
            "import a . b",
            "import a .b",
            "import ä",
            "from ä import b",
            "from a import bä",
            "from a import (b c)",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "(from|import|as|[a.*(),;:# \\\\\n\r\t\u{E4}]){0,20}") {
            let _ = imports(text.as_bytes());
        }

        #[test]
        fn what_is_written_is_read_again(text in "(from |import |as |[a.*(),;:# \\n]){0,20}") {
            let mut found = imports(text.as_bytes()).unwrap_or_default();
            found.retain(|import| !import.has_keyword());
            let lines = lines_of(&found);
            let again = imports(&lines).unwrap();
            prop_assert_eq!(again.len(), found.len());
            for (again, found) in again.iter().zip(&found) {
                let anywhere = match found.what {
                    Imported::Inside => Imported::Global,
                    what => what,
                };
                prop_assert_eq!(again.what, anywhere);
                prop_assert_eq!((again.level, again.module, again.renamed), (found.level, found.module, found.renamed));
            }
        }
    }
}
