//! Vietnamese: every page has its part, every text that findings give is translated as a whole, and nothing that
//! programs read depends on the language.

#[expect(dead_code, reason = "what only the tests over rule pages need")]
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};

use mplint::config::Lang;
use mplint::findings::{Finding, Severity, Targets};
use mplint::lang::{Book, Scope, Translation, part};
use mplint::lint;
use mplint::report;
use mplint::rules;

/// Programs besides the examples of the pages.
const PROGRAMS: &[&str] = &[
    "fixtures/programs",
    "fixtures/projects",
    "fixtures/report",
    "tests/lang/programs",
];

/// Files for which a page has no place: their names and bytes.
const ODD_FILES: &[(&str, &[u8])] = &[
    ("old.py", b"import multiprocessing\nexec 'a'\n"),
    ("old.py", b"import multiprocessing\ntry: a()\nexcept B, c:\n    d()\n"),
    ("old.py", b"import multiprocessing\nraise A, 'b'\n"),
    ("old.py", b"import multiprocessing\nx = a <> b\n"),
    ("old.py", b"import multiprocessing\nx = `y`\n"),
    ("noted.py", b"import multiprocessing  # mplint: ignore[MP401\n"),
    ("noted.py", b"import multiprocessing  # mplint: ignore[ ]\n"),
    ("noted.py", b"import multiprocessing  # mplint: ignroe[MP401]\n"),
    ("noted.py", b"import multiprocessing  # mplint: nothing\n"),
    ("noted.py", b"import multiprocessing  # mplint:\n"),
    ("noted.py", b"import multiprocessing  # mplint: ignore\n"),
    ("bytes.py", b"\xff\xfei\0"),
    ("bytes.py", b"import multiprocessing\0\n"),
    ("bytes.py", b"i\0m\0p\0o\0r\0t\0 \0o\0s\0\n\0"),
    ("bytes.py", b"import multiprocessing  # \xe9\n"),
    ("bytes.py", b"# coding: utf-8\nimport multiprocessing  # \xe9\n"),
    ("bytes.py", b"# coding: utf-7\nimport multiprocessing  # \xe9\n"),
    ("bytes.py", b"\xef\xbb\xbf# coding: latin-1\nimport multiprocessing\n"),
    ("broken.ipynb", b"{}"),
    (
        "old.ipynb",
        b"{\"nbformat\": 3, \"worksheets\": [], \"multiprocessing\": 1}",
    ),
];

/// Templates that no example and no program uses, and why: `CODE | English | why`.
const UNSEEN: &str = include_str!("lang/unseen.txt");

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Everything that is said by the findings of the examples and the programs, by the code of the rule; under `None` what
/// the reports say of them.
fn said() -> BTreeSet<(Option<&'static str>, String)> {
    let pages = support::pages();
    let examples: Vec<_> = pages.iter().flat_map(|(_, page)| &page.examples).collect();
    let said = Mutex::new(BTreeSet::new());
    let note = |findings: &[Finding]| {
        let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
        for finding in findings {
            let code = Some(finding.rule.code);
            said.insert((code, finding.message.clone()));
            said.extend(finding.related.iter().map(|related| (code, related.message.clone())));
            said.extend(finding.help.iter().map(|help| (code, help.clone())));
            said.extend(finding.fix.iter().map(|fix| (code, fix.message.clone())));
            for severity in [Severity::Warning, Severity::Error] {
                let sentences = report::conditions(&finding.fails_under, Targets::default(), severity);
                said.extend(sentences.into_iter().map(|sentence| (None, sentence)));
            }
        }
        said.insert((None, report::summary(findings, 7)));
        said.extend(report::fixable(findings).map(|fixable| (None, format!("Found 2 notes in 1 file. {fixable}"))));
    };
    for &(name, bytes) in ODD_FILES {
        let check = |options: &lint::Options<'_>| lint::check_stream(bytes, name, options);
        note(&support::findings_of(Path::new("/nowhere"), Severity::Note, check));
    }
    std::thread::scope(|scope| {
        for chunk in examples.chunks(examples.len().div_ceil(4).max(1)) {
            let note = &note;
            scope.spawn(move || {
                for example in chunk {
                    note(&support::findings_from(&example.files, Severity::Note));
                }
            });
        }
        for folder in PROGRAMS {
            let note = &note;
            scope.spawn(move || {
                let check = |options: &lint::Options<'_>| lint::check_paths(&[], options);
                note(&support::findings_of(&root().join(folder), Severity::Note, check));
            });
        }
    });
    said.into_inner().unwrap_or_else(PoisonError::into_inner)
}

#[test]
fn every_template_can_be_used() {
    let mut problems = Vec::new();
    let _ = Book::read(&mut problems);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_page_speaks_vietnamese() {
    let mut wrong = Vec::new();
    for rule in rules::all() {
        let code = rule.info.code;
        let Some(part) = part::vietnamese(rule.page) else {
            wrong.push(format!("{code}: the page has no heading `{}…`", part::HEADING));
            continue;
        };
        let prose = part.explanation.split("```").step_by(2).flat_map(str::split_whitespace);
        let words = prose.count();
        if !(80..=240).contains(&words) {
            wrong.push(format!("{code}: an explanation of {words} words"));
        }
        let is_vietnamese = |text: &str| text.chars().any(|c| c.is_alphabetic() && !c.is_ascii());
        if !is_vietnamese(part.title) || !is_vietnamese(part.explanation) {
            wrong.push(format!("{code}: this is not Vietnamese"));
        }
    }
    assert!(
        wrong.is_empty(),
        "CONTRIBUTING.md says how a page speaks Vietnamese:\n{}",
        wrong.join("\n")
    );
}

#[test]
fn every_text_is_translated_and_every_template_used() {
    let book = Book::vietnamese();
    let mut used = BTreeSet::new();
    let mut wrong = Vec::new();
    for (code, text) in said() {
        match book.translate(code, &text) {
            Some(translated) => used.extend(translated.by.into_iter().map(std::ptr::from_ref)),
            None => wrong.push(format!("{}: {text}", code.unwrap_or("report"))),
        }
    }
    assert!(
        wrong.is_empty(),
        "no template fits; those of a rule stand at the end of its page:\n{}",
        wrong.join("\n")
    );
    let mut unseen: BTreeMap<(String, &str), &str> = BTreeMap::new();
    for line in UNSEEN.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (place, why) = line.rsplit_once(" | ").unwrap();
        let (code, english) = place.split_once(" | ").unwrap();
        assert!(!why.is_empty());
        unseen.insert((code.to_owned(), english), why);
    }
    for (scope, template) in book.templates() {
        let Scope::Rule(code) = scope else { continue };
        let is_listed = unseen.remove(&(code.to_owned(), template.english.as_str())).is_some();
        if used.contains(&std::ptr::from_ref(template)) == is_listed {
            let word = if is_listed {
                "is listed as unseen and used"
            } else {
                "is never used"
            };
            wrong.push(format!("{code} | {} {word}", template.english));
        }
    }
    wrong.extend(
        unseen
            .keys()
            .map(|(code, english)| format!("{code} | {english} is no template")),
    );
    assert!(wrong.is_empty(), "tests/lang/unseen.txt:\n{}", wrong.join("\n"));
}

/// What is known of libraries gives nouns to the messages of many rules.
#[test]
fn every_noun_is_translated() {
    let mut wrong = Vec::new();
    for entry in fs::read_dir(root().join("rules/api")).unwrap() {
        let text = fs::read_to_string(entry.unwrap().path()).unwrap();
        for noun in text
            .split("noun = \"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
        {
            if Book::vietnamese().translate(None, &format!("the {noun}")).is_none() {
                wrong.push(noun.to_owned());
            }
        }
    }
    assert!(wrong.is_empty(), "rules/vi.toml has no phrase for {wrong:?}");
}

#[test]
fn what_no_template_fits_stays_english() {
    let translation = Translation::to(Lang::Vi);
    for text in [
        "",
        "no such text",
        "hangs under water",
        "Found 3 whales in 1 file.",
        "`x` and whales",
    ] {
        assert_eq!(translation.text(text), text);
    }
    assert_eq!(translation.text("hangs under fork and spawn"), "treo với fork và spawn");
    assert_eq!(Translation::ENGLISH.text("error"), "error");
}

/// Runs the program in a folder where no configuration is found.
fn run(args: &[&str], lang: &str) -> (Option<i32>, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_mplint"))
        .args(args)
        .args(["--lang", lang])
        .current_dir(root().join("fixtures"))
        .env("LC_ALL", "vi_VN.UTF-8")
        .output()
        .unwrap_or_else(|error| panic!("{error}"));
    (
        output.status.code(),
        String::from_utf8_lossy(&output.stdout).into_owned(),
    )
}

/// JSON without what is written for people.
fn without_texts(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Array(list) => list.iter_mut().for_each(without_texts),
        serde_json::Value::Object(map) => {
            map.retain(|key, _| key != "message" && key != "title");
            map.values_mut().for_each(without_texts);
        }
        _ => {}
    }
}

#[test]
fn what_programs_read_is_the_same_in_both_languages() {
    let check = [
        "check",
        "--isolated",
        "--select",
        "ALL",
        "--output-format",
        "json",
        "report",
    ];
    for args in [&check[..], &["rules", "--output-format", "json"]] {
        let (mut texts, mut rests) = (Vec::new(), Vec::new());
        for lang in ["en", "vi"] {
            let (code, out) = run(args, lang);
            let mut value: serde_json::Value = serde_json::from_str(&out).unwrap();
            texts.push(out);
            without_texts(&mut value);
            rests.push((code, value));
        }
        assert_ne!(texts[0], texts[1]);
        assert_eq!(rests[0], rests[1]);
    }
}

#[test]
fn annotations_differ_in_their_messages_only() {
    let args = ["check", "--isolated", "--output-format", "github", "report"];
    let heads = |lang: &str| -> Vec<String> {
        let (_, out) = run(&args, lang);
        let head = |line: &str| line.split("::").nth(1).unwrap_or_default().to_owned();
        out.lines().map(head).collect()
    };
    assert_eq!(heads("en"), heads("vi"));
}
