//! Fixes over all pages, in files of every layout: what is not edited stays as it is, the result is Python without the
//! finding, and there is nothing left to fix. And who is killed at it leaves each file old or new.
#![expect(clippy::unwrap_used, reason = "a helper of tests fails as the tests do")]

#[path = "support/fixes.rs"]
mod fixes;
#[expect(dead_code, reason = "what only the tests over rule pages need")]
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use mplint::files::decode::decode;
use mplint::findings::Severity;
use mplint::fix::Wanted;
use mplint::python::{self, Symbols};
use mplint::rules::page::ExampleKind;
use proptest::prelude::*;

/// How a file may be laid out.
#[derive(Clone, Debug)]
struct Layout {
    indent: &'static str,
    line_end: &'static str,
    /// Names every function of the outermost level in a decorator that does nothing.
    decorated: bool,
    /// What stands under the main guard stands in a coroutine.
    in_coroutine: bool,
    comments: bool,
    one_line_suites: bool,
    /// A byte order mark.
    mark: bool,
    latin1: bool,
    last_line_end: bool,
}

const PLAIN: Layout = Layout {
    indent: "    ",
    line_end: "\n",
    decorated: false,
    in_coroutine: false,
    comments: false,
    one_line_suites: false,
    mark: false,
    latin1: false,
    last_line_end: true,
};

const LAYOUTS: [Layout; 10] = [
    Layout { indent: "\t", ..PLAIN },
    Layout { indent: "  ", ..PLAIN },
    Layout {
        line_end: "\r\n",
        ..PLAIN
    },
    Layout {
        line_end: "\r",
        ..PLAIN
    },
    Layout {
        mark: true,
        line_end: "\r\n",
        ..PLAIN
    },
    Layout { latin1: true, ..PLAIN },
    Layout {
        comments: true,
        ..PLAIN
    },
    Layout {
        one_line_suites: true,
        last_line_end: false,
        ..PLAIN
    },
    Layout {
        decorated: true,
        comments: true,
        ..PLAIN
    },
    Layout {
        in_coroutine: true,
        ..PLAIN
    },
];

fn any_layout() -> impl Strategy<Value = Layout> {
    let choices = (
        prop::sample::select(vec!["    ", "  ", "\t"]),
        prop::sample::select(vec!["\n", "\r\n", "\r"]),
        any::<[bool; 7]>(),
    );
    choices.prop_map(
        |(
            indent,
            line_end,
            [
                decorated,
                in_coroutine,
                comments,
                one_line_suites,
                mark,
                latin1,
                last_line_end,
            ],
        )| Layout {
            indent,
            line_end,
            decorated,
            in_coroutine,
            comments,
            one_line_suites,
            // A mark says UTF-8.
            mark: mark && !latin1,
            latin1,
            last_line_end,
        },
    )
}

impl Layout {
    fn of(&self, text: &str) -> Vec<u8> {
        let mut text = text.to_owned();
        if self.in_coroutine {
            text = in_coroutine(&text);
        }
        if self.decorated {
            text = decorated(&text);
        }
        if self.one_line_suites {
            text = with_one_line_suites(&text);
        }
        if self.comments {
            text = with_comments(&text);
        }
        let line = |line: &str| {
            let code = line.trim_start_matches(' ');
            let indent = self.indent.repeat((line.len() - code.len()) / 4);
            format!("{indent}{code}{}", self.line_end)
        };
        let mut text: String = text.lines().map(line).collect();
        if !self.last_line_end {
            text.truncate(text.trim_end().len());
        }
        let mut bytes = Vec::new();
        if self.mark {
            bytes.extend(b"\xEF\xBB\xBF");
        }
        if self.latin1 {
            bytes.extend(format!("# coding: latin-1{}# caf", self.line_end).bytes());
            bytes.push(0xE9);
            bytes.extend(self.line_end.bytes());
        }
        bytes.extend(text.bytes());
        bytes
    }

    /// Whether a text has something that this layout, and what it was made of, have not.
    fn is_left(&self, old: &str, text: &str) -> bool {
        let other_ends = match self.line_end {
            "\r\n" => text.replace("\r\n", "").contains(['\r', '\n']),
            "\r" => text.contains('\n'),
            _ => text.contains('\r'),
        };
        let other_indents = match self.indent {
            // Without a block there is nothing to go by.
            "\t" if !old.contains('\t') => false,
            "\t" => text.lines().any(|line| line.trim_start_matches('\t').starts_with(' ')),
            _ => text.contains('\t'),
        };
        other_ends || other_indents
    }
}

fn decorated(text: &str) -> String {
    let line = |line: &str| match line.starts_with("def ") {
        true => format!("@plainly\n{line}\n"),
        false => format!("{line}\n"),
    };
    let lines: String = text.lines().map(line).collect();
    match lines.split_once("@plainly") {
        Some((before, after)) => format!("{before}def plainly(function):\n    return function\n\n\n@plainly{after}"),
        None => lines,
    }
}

fn in_coroutine(text: &str) -> String {
    const GUARD: &str = "if __name__ == \"__main__\":\n";
    match text.split_once(GUARD) {
        Some((before, body)) if !body.lines().any(|line| line.starts_with(|c: char| c != ' ')) => {
            format!("import asyncio\n\n{before}async def entry():\n{body}\n\n{GUARD}    asyncio.run(entry())\n")
        }
        _ => text.to_owned(),
    }
}

/// Comments at the ends of lines, and on lines of their own, further left than the code.
fn with_comments(text: &str) -> String {
    let mut out = String::new();
    for (number, line) in text.lines().enumerate() {
        out.push_str(line);
        let ends_a_statement = line.ends_with([')', ']']) && !line.ends_with("\"\"\"");
        if ends_a_statement {
            out.push_str(&format!("  # number {number}: 'it', \"(\""));
        }
        out.push('\n');
        if number % 3 == 2 {
            out.push_str(&format!("# {number}\n"));
        }
    }
    out
}

/// Blocks of one plain line in the line of their header.
fn with_one_line_suites(text: &str) -> String {
    let lines: Vec<&str> = text.lines().collect();
    let indent = |line: &str| line.len() - line.trim_start().len();
    let compound = [
        "if ", "for ", "while ", "with ", "try", "def ", "class ", "async ", "@", "else", "elif ", "except", "finally",
        "match ",
    ];
    let is_plain = |line: &str| {
        let code = line.trim_start();
        !code.is_empty() && !compound.iter().any(|word| code.starts_with(word)) && !code.ends_with(['(', '[', '{', ','])
    };
    let mut out = String::new();
    let mut at = 0;
    while let Some(&line) = lines.get(at) {
        out.push_str(line);
        at += 1;
        let starts_block = line.ends_with(':') && !line.trim_start().starts_with("class ");
        if let Some(&body) = lines.get(at)
            && starts_block
            && is_plain(body)
            && lines
                .get(at + 1)
                .is_none_or(|next| indent(next) < indent(body) && !next.trim().is_empty() || next.is_empty())
            && lines
                .iter()
                .skip(at + 1)
                .find(|line| !line.is_empty())
                .is_none_or(|next| indent(next) < indent(body))
        {
            out.push(' ');
            out.push_str(body.trim_start());
            at += 1;
        }
        out.push('\n');
    }
    out
}

fn comments(text: &str) -> Vec<String> {
    let parsed = python::parse(text, &mut Symbols::default());
    let mut comments: Vec<String> = parsed
        .comments
        .iter()
        .map(|comment| text[comment.span.range()].to_owned())
        .collect();
    comments.sort();
    comments
}

fn errors(findings: &[mplint::findings::Finding]) -> BTreeMap<&'static str, usize> {
    let mut errors = BTreeMap::new();
    for finding in findings.iter().filter(|finding| finding.severity == Severity::Error) {
        *errors.entry(finding.rule.code).or_default() += 1;
    }
    errors
}

/// What is wrong with the fixes of a program in one layout; and whether there were any.
fn check(text: &str, layout: &Layout) -> (Vec<String>, bool) {
    let bytes = &layout.of(text)[..];
    let mut wrong = Vec::new();
    let file = [("main.py".to_owned(), bytes.to_vec())];
    let old = decode(bytes).unwrap().text;
    if !python::parse(&old, &mut Symbols::default()).errors.is_empty() {
        return (vec![format!("the layout is no Python:\n{old}")], false);
    }
    let result = fixes::fixed(&file, None, Wanted::Unsafe);
    for dropped in &result.dropped {
        wrong.push(format!("dropped: {dropped:?}"));
    }
    let [fixed] = result.files.as_slice() else {
        return (wrong, false);
    };
    let new = &fixed.text;
    assert_eq!(
        decode(&fixed.new).unwrap().text,
        *new,
        "the bytes are those of the text"
    );
    if !python::parse(new, &mut Symbols::default()).errors.is_empty() {
        wrong.push("the result cannot be parsed".to_owned());
    }
    if comments(&old) != comments(new) {
        wrong.push("comments are not what they were".to_owned());
    }
    if layout.is_left(&old, new) {
        wrong.push("the layout is not kept".to_owned());
    }
    let had_mark = bytes.starts_with(b"\xEF\xBB\xBF");
    if had_mark != fixed.new.starts_with(b"\xEF\xBB\xBF") {
        wrong.push("the byte order mark is not kept".to_owned());
    }
    let again = fixes::fixed(&[("main.py".to_owned(), fixed.new.clone())], None, Wanted::Unsafe);
    if !again.files.is_empty() {
        wrong.push(format!("there is more to fix:\n{}", again.files[0].text));
    }
    let untouched = fixes::fixed(&file, Some("none"), Wanted::Unsafe);
    let had = errors(&untouched.outcome.findings);
    for (code, count) in errors(&result.outcome.findings) {
        if count > had.get(code).copied().unwrap_or_default() {
            wrong.push(format!("another {code}"));
        }
    }
    if !wrong.is_empty() {
        wrong.push(format!("{old}\n----\n{new}"));
    }
    (wrong, true)
}

/// The examples of mistakes that can be fixed, with what they are called.
fn examples() -> Vec<(String, String)> {
    let mut examples = Vec::new();
    for (rule, page) in support::pages() {
        let bad = page.examples.iter().filter(|example| example.kind == ExampleKind::Bad);
        for example in bad.filter(|_| rule.fix.is_some()) {
            if let [file] = example.files.as_slice() {
                examples.push((support::example_name(rule, example), file.text.clone()));
            }
        }
    }
    examples
}

#[test]
fn in_every_layout() {
    let mut wrong = Vec::new();
    let mut fixed = 0;
    // Each example in some of the layouts, each layout with some of the examples of each rule.
    for (number, (name, text)) in examples().iter().enumerate() {
        for layout in LAYOUTS.iter().cycle().skip(number * 3).take(3) {
            let (found, any) = check(text, layout);
            fixed += usize::from(any);
            if !found.is_empty() {
                wrong.push(format!("{name} {layout:?}: {}", found.join("\n")));
            }
        }
    }
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n\n"));
    assert!(fixed > 100, "{fixed} programs were fixed");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn in_any_layout(layout in any_layout(), example in any::<prop::sample::Index>()) {
        let examples = examples();
        let (name, text) = example.get(&examples);
        let (found, _) = check(text, &layout);
        prop_assert!(found.is_empty(), "{}: {}", name, found.join("\n"));
    }
}

const OLD: &str = "import multiprocessing as mp\n\n\ndef work(n):\n    return n\n\n\nif __name__ == \"__main__\":\n    \
                   p = mp.Process(target=work, args=(3))\n    p.start()\n    p.join(9)\n";

#[test]
fn who_is_killed_leaves_each_file_old_or_new() {
    const FILES: usize = 30;
    let new = OLD.replace("(3)", "(3,)");
    let (mut halfway, mut left_behind) = (0, 0);
    for run in 0..24u32 {
        let folder = tempfile::tempdir().unwrap();
        let path = |number: usize| folder.path().join(format!("f{number:02}.py"));
        (0..FILES).for_each(|number| fs::write(path(number), OLD).unwrap());
        let mut mplint = Command::new(env!("CARGO_BIN_EXE_mplint"))
            .args(["check", "--isolated", "--quiet", "--fix", "."])
            .current_dir(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let begun = Instant::now();
        while fs::read_to_string(path(0)).unwrap() == OLD && begun.elapsed() < Duration::from_secs(60) {
            std::thread::sleep(Duration::from_micros(50));
        }
        std::thread::sleep(Duration::from_micros(u64::from(run) * 137));
        let _ = mplint.kill();
        mplint.wait().unwrap();

        let mut done = 0;
        for number in 0..FILES {
            let text = fs::read_to_string(path(number)).unwrap();
            assert!(text == OLD || text == new, "f{number}: {text}");
            done += usize::from(text == new);
        }
        halfway += usize::from((1..FILES).contains(&done));
        let names = listed(folder.path());
        left_behind += usize::from(names.len() > FILES);
        let shown = Command::new(env!("CARGO_BIN_EXE_mplint"))
            .args(["check", "--isolated", "--show-files", "."])
            .current_dir(folder.path())
            .output()
            .unwrap();
        assert_eq!(String::from_utf8(shown.stdout).unwrap().lines().count(), FILES);
    }
    assert!(
        halfway > 5,
        "{halfway} runs were killed halfway, {left_behind} at a file"
    );
}

fn listed(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    entries
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect()
}

/// A module that starts a process as it is imported, and another file beside it.
fn with_beside(name: &str, beside: &str, wanted: Wanted) -> Option<String> {
    let script = "import multiprocessing\n\n\ndef work():\n    return 1\n\n\npool = multiprocessing.Pool(2)\n\
                  print(pool.map(abs, [1]))\n";
    let files = [("script.py", script), (name, beside)];
    let files = files.map(|(name, text)| (name.to_owned(), text.as_bytes().to_vec()));
    let fixed = fixes::fixed(&files, Some("MP001"), wanted);
    assert_eq!(fixed.dropped, []);
    fixed.files.into_iter().next().map(|file| file.text)
}

#[test]
fn names_that_others_import_are_not_hidden() {
    let guarded = "import multiprocessing\n\n\ndef work():\n    return 1\n\n\nif __name__ == \"__main__\":\n    \
                   pool = multiprocessing.Pool(2)\n    print(pool.map(abs, [1]))\n";
    for (name, beside, safe, others) in [
        ("beside.py", "import multiprocessing\n", true, true),
        ("beside.py", "from script import pool\n", false, false),
        ("beside.py", "from script import *\n", false, false),
        ("beside.py", "from script import work\n", false, true),
        (
            "beside.py",
            "def f():\n    import script\n    return script.pool\n",
            false,
            true,
        ),
        ("tools/beside.py", "from script import pool\n", false, false),
        ("tools/beside.py", "import script\n", false, true),
        // There the import is followed, and it is known that what is started is started for somebody.
        (
            "tools/beside.py",
            "import multiprocessing\nfrom script import work\n",
            false,
            false,
        ),
        ("tools/beside.py", "from tools.script import pool\n", true, true),
    ] {
        let wanted = |is: bool| is.then_some(guarded);
        let fixed = |which| with_beside(name, beside, which);
        assert_eq!(fixed(Wanted::Safe).as_deref(), wanted(safe), "{beside}");
        assert_eq!(fixed(Wanted::Unsafe).as_deref(), wanted(others), "{beside}");
    }
}

/// Arguments that come out of `**options` have the place of all the options, which is none for an edit.
#[test]
fn what_stars_hand_on_stays_as_it_is() {
    let head = "import multiprocessing\n\n\ndef work(name):\n    print(name)\n\n\nif __name__ == \"__main__\":\n    ";
    for (call, fixes) in [
        (
            "options = {\"target\": work, \"args\": (\"one\")}\n    multiprocessing.Process(**options).start()\n",
            0,
        ),
        ("multiprocessing.Process(target=work, args=(\"one\")).start()\n", 1),
    ] {
        let text = format!("{head}{call}").into_bytes();
        let fixed = fixes::fixed(&[("script.py".to_owned(), text)], Some("MP107"), Wanted::Unsafe);
        assert_eq!(fixed.files.len(), fixes, "{call}");
    }
}

/// Read-only files stay and are said; the others are fixed.
#[test]
fn what_cannot_be_written_is_said() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["a.py", "b.py", "c.py"] {
        fs::write(folder.path().join(name), OLD).unwrap();
    }
    let locked = folder.path().join("b.py");
    let mut permissions = fs::metadata(&locked).unwrap().permissions();
    permissions.set_readonly(true);
    fs::set_permissions(&locked, permissions).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_mplint"))
        .args([
            "check",
            "--isolated",
            "--fix",
            "--output-format",
            "concise",
            "--min-severity",
            "error",
        ])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let (out, err) = (
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    );
    assert!(out.starts_with("b.py:9:") && out.lines().count() == 1, "{out}");
    assert_eq!(
        err,
        "error: `b.py` is not fixed: it is read-only\nFixed 2 findings in 2 files.\nFound 1 error in 1 file.\n"
    );
    assert_eq!(fs::read_to_string(&locked).unwrap(), OLD);
    assert_ne!(fs::read_to_string(folder.path().join("c.py")).unwrap(), OLD);
}

/// From the file with the join alone nobody can tell that its process is sent something later.
#[test]
fn who_sees_more_of_the_program_decides() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/programs/several/b201_print_spooler");
    let names = [
        "main.py",
        "spooler/__init__.py",
        "spooler/ending.py",
        "spooler/printer.py",
    ];
    let files = |names: &[&str]| -> Vec<(String, Vec<u8>)> {
        let file = |name: &&str| ((*name).to_owned(), fs::read(folder.join(name)).unwrap());
        names.iter().map(file).collect()
    };
    let fixed = |names: &[&str]| fixes::fixed(&files(names), Some("MP201"), Wanted::Unsafe).files.len();
    assert_eq!(fixed(&names), 0);
    assert_eq!(fixed(&names[1..]), 1);
}
