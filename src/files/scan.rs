//! The byte scan that decides whether a file can matter.
//!
//! It runs over the raw bytes of every file, so it must cost little more than reading them. It may say yes too often (a
//! library's name in a string costs a parse), and never no to a file that the analysis could say something about.
//! Strings are not understood. Lines that hold nothing but a comment are.

use std::ops::Range;

use aho_corasick::{AhoCorasick, BuildError, MatchKind};

use super::decode::wide_mark;

/// What one pass over the bytes of a file tells.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Scan {
    /// Nothing of interest: the file is neither decoded nor parsed.
    Nothing,
    /// No token that matters, but a comment that asks mplint to be silent, and that may be an unused one (MP901).
    Suppressions,
    /// A token that matters: the file is decoded, parsed and analysed, suppressions included.
    Code,
}

/// What follows a hit of the automaton before it counts.
#[derive(Clone, Copy, Debug)]
enum Token {
    /// A whole identifier, such as `billiard`.
    Word,
    /// `multiprocess`, which may go on as `multiprocessing`.
    Multiprocess,
    /// `fork`, which may go on as `forkpty`, and is an everyday word besides.
    Fork,
    /// `mplint`, which must be followed by a colon, in a comment.
    Mplint,
    /// `noqa`, which must be followed by a list that holds a code of ours.
    Noqa,
}

/// The names of the libraries and of those of their classes that are used without naming the library in the same file.
///
/// `concurrent.futures` itself is left out, because most of its users run threads; whoever makes a process pool writes
/// one of the two class names, or the module that holds them.
const WORDS: &[&str] = &[
    "billiard",
    "loky",
    "joblib",
    "ProcessPoolExecutor",
    "InterpreterPoolExecutor",
    "concurrent.futures.process",
    "concurrent.futures.interpreter",
];

/// Every way to write a word of ASCII letters in upper and lower case.
fn spellings(word: &str) -> Vec<String> {
    word.chars().fold(vec![String::new()], |heads, letter| {
        let both = [letter.to_ascii_lowercase(), letter.to_ascii_uppercase()];
        heads
            .iter()
            .flat_map(|head| both.map(|letter| format!("{head}{letter}")))
            .collect()
    })
}

/// The scan, built once for a run and shared by all threads.
#[derive(Debug)]
pub struct Scanner {
    automaton: AhoCorasick,
    tokens: Vec<Token>,
}

impl Scanner {
    /// A scan for the names that mplint knows and for the wrappers that a project declares, given by their dotted names.
    /// A call of a wrapper spells at least the last part of its name.
    ///
    /// # Errors
    /// Where the automaton would become too large: millions of wrappers.
    pub fn new<'a>(wrappers: impl IntoIterator<Item = &'a str>) -> Result<Self, BuildError> {
        let noqas = spellings("noqa");
        let mut patterns: Vec<&str> = vec!["multiprocess", "fork", "mplint"];
        let mut tokens = vec![Token::Multiprocess, Token::Fork, Token::Mplint];
        // Spelled out, because an automaton that ignores case cannot be searched by whole vectors. No pattern of ours is
        // shorter than four bytes: with three, every `for` would look like the beginning of `fork`.
        for noqa in &noqas {
            patterns.push(noqa);
            tokens.push(Token::Noqa);
        }
        let names = wrappers
            .into_iter()
            .map(|name| name.rsplit('.').next().unwrap_or(name))
            .filter(|name| !name.is_empty());
        for name in WORDS.iter().copied().chain(names) {
            patterns.push(name);
            tokens.push(Token::Word);
        }
        // With leftmost-first, a wrapper named `fork_worker` would be hidden behind `fork`.
        let automaton = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(patterns)?;
        Ok(Self { automaton, tokens })
    }

    /// Whether any token stands in the bytes at all, wherever: a look before the bytes of a notebook are decoded.
    #[must_use]
    pub fn is_match(&self, bytes: &[u8]) -> bool {
        self.automaton.is_match(bytes)
    }

    /// Scans the bytes of one file. `imported` says of them whether the file imports anything that matters; it is asked
    /// once at most, where a token was found that a file must have imported to use it.
    #[must_use]
    pub fn scan(&self, bytes: &[u8], imported: impl Fn(&[u8]) -> bool) -> Scan {
        // No token would be found in UTF-16, and silence would be wrong: decoding says what is the matter.
        if wide_mark(bytes).is_some() {
            return Scan::Code;
        }
        let mut found = Scan::Nothing;
        let mut is_imported = None;
        for hit in self.automaton.find_iter(bytes) {
            let Some(&token) = self.tokens.get(hit.pattern().as_usize()) else {
                continue;
            };
            let hit = Hit {
                bytes,
                range: hit.range(),
            };
            match token {
                Token::Mplint => {
                    if found == Scan::Nothing && hit.is_mplint_comment() {
                        found = Scan::Suppressions;
                    }
                }
                Token::Noqa => {
                    if found == Scan::Nothing && hit.is_noqa_of_ours() {
                        found = Scan::Suppressions;
                    }
                }
                Token::Fork => {
                    if hit.is_code(token) {
                        return Scan::Code;
                    }
                }
                Token::Word | Token::Multiprocess => {
                    if is_imported != Some(false)
                        && hit.is_code(token)
                        && *is_imported.get_or_insert_with(|| imported(bytes))
                    {
                        return Scan::Code;
                    }
                }
            }
        }
        found
    }
}

struct Hit<'a> {
    bytes: &'a [u8],
    range: Range<usize>,
}

impl<'a> Hit<'a> {
    fn is_code(&self, token: Token) -> bool {
        let mut after = self.bytes.get(self.range.end..).unwrap_or_default();
        let tail: &[u8] = match token {
            Token::Multiprocess => b"ing",
            Token::Fork => b"pty",
            _ => b"",
        };
        after = after.strip_prefix(tail).unwrap_or(after);
        let before = self
            .range
            .start
            .checked_sub(1)
            .and_then(|at| self.bytes.get(at))
            .copied();
        if before.is_some_and(is_identifier) || after.first().copied().is_some_and(is_identifier) {
            return false;
        }
        let is_prose = match token {
            Token::Fork => {
                matches!(before, Some(b'"' | b'\'' | b'`')) || (before != Some(b'.') && !could_be_a_name_in_code(after))
            }
            // A key of every WSGI environment.
            Token::Multiprocess => self.line_before().ends_with(b"wsgi."),
            _ => false,
        };
        if is_prose || self.line_before().trim_ascii_start().starts_with(b"#") {
            return false;
        }
        // A program must import what it uses: a mention in a string or at the end of a comment is none.
        match token {
            Token::Fork => true,
            _ => before == Some(b'.') || after.first() == Some(&b'(') || self.is_import() || self.is_part_of_import(),
        }
    }

    fn is_import(&self) -> bool {
        memchr::memmem::find(self.line_before(), b"import").is_some()
            || memchr::memmem::find(self.line_after(), b"import").is_some()
    }

    /// Whether the line could be one of an import of several lines: names, commas, parentheses, `as`.
    fn is_part_of_import(&self) -> bool {
        let plain = |bytes: &[u8]| {
            bytes
                .iter()
                .take_while(|byte| **byte != b'#')
                .all(|byte| is_identifier(*byte) || matches!(byte, b' ' | b'\t' | b',' | b'(' | b')' | b'\\'))
        };
        // Prose is plain as well, but has more words than commas.
        let line = [self.line_before(), self.line_after()].concat();
        let words = line
            .split(|byte| matches!(byte, b' ' | b'\t'))
            .filter(|word| !word.is_empty())
            .count();
        let commas = memchr::memchr_iter(b',', &line).count();
        plain(self.line_before()) && plain(self.line_after()) && words <= commas + 3
    }

    fn is_mplint_comment(&self) -> bool {
        let after = self.line_after();
        after.trim_ascii_start().starts_with(b":") && memchr::memchr(b'#', self.line_before()).is_some()
    }

    /// Whether a code of ours stands in the list of a `# noqa: …`, of which it need not be the first.
    fn is_noqa_of_ours(&self) -> bool {
        let Some(list) = self.line_after().trim_ascii_start().strip_prefix(b":") else {
            return false;
        };
        memchr::memchr(b'#', self.line_before()).is_some()
            && memchr::memmem::find_iter(list, b"MP").any(|at| {
                let before = at.checked_sub(1).and_then(|before| list.get(before)).copied();
                !before.is_some_and(is_identifier) && list.get(at + 2).is_some_and(u8::is_ascii_digit)
            })
    }

    fn line_before(&self) -> &'a [u8] {
        let before = self.bytes.get(..self.range.start).unwrap_or_default();
        let start = memchr::memrchr2(b'\n', b'\r', before).map_or(0, |at| at + 1);
        let line = before.get(start..).unwrap_or_default();
        line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(line)
    }

    fn line_after(&self) -> &'a [u8] {
        let after = self.bytes.get(self.range.end..).unwrap_or_default();
        let end = memchr::memchr2(b'\n', b'\r', after).unwrap_or(after.len());
        after.get(..end).unwrap_or_default()
    }
}

/// Bytes past ASCII count as letters: in code, what touches a name there is part of the name.
pub(crate) fn is_identifier(byte: u8) -> bool {
    IDENTIFIER[usize::from(byte)]
}

const IDENTIFIER: [bool; 256] = {
    let mut table = [false; 256];
    let mut at = 0;
    while at < table.len() {
        let byte = at as u8;
        table[at] = byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80;
        at += 1;
    }
    table
};

/// Whether the bare name `fork` before these bytes can be imported, called or bound there. Before a program can use the
/// bare name it must import it, so it is enough that every form of an import (and every call) passes.
fn could_be_a_name_in_code(after: &[u8]) -> bool {
    let blank = after
        .iter()
        .take_while(|byte| matches!(byte, b' ' | b'\t' | 0x0C))
        .count();
    let rest = after.get(blank..).unwrap_or_default();
    match rest.first() {
        None | Some(b'(' | b')' | b',' | b';' | b'#' | b'\\' | b'\n' | b'\r') => true,
        Some(b'a') => blank > 0 && rest.starts_with(b"as") && !rest.get(2).copied().is_some_and(is_identifier),
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn scan(text: &str) -> Scan {
        Scanner::new(["mycorp.run_in_child", "spawn_it", "m.fork_worker"])
            .unwrap()
            .scan(text.as_bytes(), |_| true)
    }

    #[test]
    fn code_that_matters() {
        for text in [
            "import multiprocessing",
            "import multiprocessing as mp",
            "from multiprocessing.pool import Pool",
            "import torch.multiprocessing as mp",
            "from torch import multiprocessing",
            "import multiprocess as mp",
            "import billiard",
            "from loky import get_reusable_executor",
            "from joblib import Parallel",
            "from concurrent.futures import ProcessPoolExecutor as P",
            "import concurrent.futures as cf\ncf.InterpreterPoolExecutor()",
            "import concurrent.futures.process as p",
            "import os\npid = os.fork()",
            "import os\nrun = os.fork\n",
            "pid, fd = pty.fork()",
            "os.forkpty()",
            "from os import fork",
            "from os import fork as f",
            "from os import (\n    fork,\n    kill,\n)",
            "from os import (\n    kill,\n    fork  # sorry\n)",
            "from os import kill, fork; fork()",
            "from os import fork \\\n  , kill",
            "from mycorp import run_in_child",
            "mycorp.run_in_child(f)",
            "spawn_it(f)",
            "m.fork_worker()",
            "from concurrent.futures import (\n    ThreadPoolExecutor,\n    ProcessPoolExecutor,\n)",
            "from concurrent.futures import *\nProcessPoolExecutor(2)",
            "mp = torch.multiprocessing.get_context('spawn')",
            "x = '#'; import multiprocessing",
            "# a\nimport multiprocessing",
            "# a\rimport multiprocessing\r",
        ] {
            assert_eq!(scan(text), Scan::Code, "{text}");
        }
    }

    #[test]
    fn text_that_does_not_matter() {
        for text in [
            "",
            "import os\nos.kill(1, 9)\n",
            "x = 1  # see multiprocessing",
            "\"\"\"multiprocessing\"\"\"",
            "\"\"\"Runs it by multiprocessing on all cores of the machine.\"\"\"",
            "# import multiprocessing",
            "   \t# multiprocessing and os.fork()\n",
            "\u{FEFF}# multiprocessing\n",
            "x = 1\r# multiprocessing\rx = 2\r",
            "model.fit(use_multiprocessing=True)",
            "from .multiprocessing_utils import x",
            "import multiprocessors",
            "import _multiprocessing",
            "MyProcessPoolExecutor2()",
            "# os.fork()",
            "we fork the project on a fork. Nice: 'fork'",
            "names = {'fork;': 1, 'fork', \"fork\", `fork`}",
            "environ['wsgi.multiprocess']",
            "git_fork()\nfork_url = x.forked\n",
            "from concurrent.futures import ThreadPoolExecutor",
            "from concurrent.futures import processes",
            "run_in_children()",
            "my_spawn_it()",
            "mplint: x",
            "x.mplint  # an mplint user",
            "'MP4'  # MP401 is a rule",
            "x = 'noqa: MP401'",
            "x  # noqa",
            "x  # noqa: F401",
            "x  # noqa MP401",
            "x  # noqa: XMP401, MPX",
            "x  # noqa: F401\nMP401",
            "x # MP401 noqa: F401",
        ] {
            assert_eq!(scan(text), Scan::Nothing, "{text}");
        }
    }

    #[test]
    fn suppressions_alone() {
        for text in [
            "x  # mplint: ignore[MP401] why",
            "# mplint: ignore-file[MP201]",
            "#mplint : ignore",
            "x  # noqa: MP401",
            "x  # NOQA:MP401",
            "x  # NoQA : F401, MP401",
            "x  # type: ignore # noqa: E501 MP2",
            "x  #noqa:F401,MP401",
            "# multiprocessing\nx  # noqa: MP401",
        ] {
            assert_eq!(scan(text), Scan::Suppressions, "{text}");
        }
        assert_eq!(scan("x  # noqa: MP401\nimport multiprocessing"), Scan::Code);
    }

    #[test]
    fn what_is_not_imported_does_not_matter() {
        let scan = |text: &str| Scanner::new([]).unwrap().scan(text.as_bytes(), |_| false);
        assert_eq!(scan("from x import multiprocessing"), Scan::Nothing);
        assert_eq!(scan("from x import multiprocessing  # noqa: MP401"), Scan::Suppressions);
        assert_eq!(scan("from x import multiprocessing\nx.fork()"), Scan::Code);
    }

    #[test]
    fn wide_files_are_left_to_the_decoder() {
        let scanner = Scanner::new([]).unwrap();
        assert_eq!(scanner.scan(b"\xFF\xFEx\0", |_| false), Scan::Code);
        assert_eq!(scanner.scan(b"\xFF\xFF", |_| true), Scan::Nothing);
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..100)) {
            let _ = Scanner::new(["x.y"]).unwrap().scan(&bytes, |_| true);
        }

        /// Whatever stands around it, an import on a line of its own is seen.
        #[test]
        fn import_is_seen_anywhere(
            before in "(?s).{0,40}",
            after in "(?s).{0,40}",
            end in prop_oneof![Just("\n"), Just("\r\n"), Just("\r")],
            import in prop_oneof![
                Just("import multiprocessing"), Just("from os import fork"), Just("  from loky import x"),
                Just("import torch.multiprocessing as mp"), Just("from a import run_in_child")
            ],
        ) {
            let text = format!("{before}{end}{import}{end}{after}");
            prop_assume!(!text.starts_with('\u{FEFF}'));
            prop_assert_eq!(scan(&text), Scan::Code);
        }
    }
}
