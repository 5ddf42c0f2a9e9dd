//! `mplint verify` over programs: what is confirmed, what must never be, and that verdicts follow the program.
//!
//! `fixtures/projects/` holds programs of 20 to 60 lines, those in `wrong/` with one mistake each, marked at its line, those
//! in `right/` without. Mutants are made of some of them: a verdict has to follow what is done to a program.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a helper of tests fails as the tests do")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A finding, and what experiments said of it.
struct Verified {
    file: String,
    row: usize,
    code: String,
    severity: String,
    verdict: String,
    reason: String,
}

/// Runs `mplint verify` over a folder.
fn verify(folder: &Path, arguments: &[&str]) -> Vec<Verified> {
    let out = Command::new(env!("CARGO_BIN_EXE_mplint"))
        .args(["verify", "--isolated", "--python", "python3", "--output-format", "json"])
        .args(arguments)
        .arg(".")
        .current_dir(folder)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&out.stderr);
    let array: serde_json::Value =
        serde_json::from_slice(&out.stdout).unwrap_or_else(|error| panic!("{error}: {said}"));
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    let verified: Vec<Verified> = array
        .as_array()
        .unwrap()
        .iter()
        .map(|finding| Verified {
            file: text(&finding["filename"]),
            row: finding["location"]["row"].as_u64().unwrap() as usize,
            code: text(&finding["code"]),
            severity: text(&finding["severity"]),
            verdict: text(&finding["verification"]["verdict"]),
            reason: text(&finding["verification"]["reason"]),
        })
        .collect();
    let confirmed = verified.iter().any(|one| one.verdict == "confirmed");
    assert_eq!(out.status.code(), Some(i32::from(confirmed)), "{said}");
    verified
}

fn projects() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/projects")
}

/// The marks of a folder of programs: file, row and code.
fn marks(folder: &Path) -> BTreeSet<(String, usize, String)> {
    let mut marks = BTreeSet::new();
    for entry in walkdir::WalkDir::new(folder) {
        let entry = entry.unwrap();
        if entry.path().extension().is_none_or(|end| end != "py") {
            continue;
        }
        let name = entry
            .path()
            .strip_prefix(folder)
            .unwrap()
            .to_string_lossy()
            .into_owned();
        let text = fs::read_to_string(entry.path()).unwrap();
        for (row, line) in text.lines().enumerate() {
            if let Some((_, code)) = line.split_once("# MP") {
                marks.insert((name.clone(), row + 1, format!("MP{}", code.trim())));
            }
        }
    }
    marks
}

/// Four of five mistakes are confirmed, and nothing that is right.
#[test]
fn programs_with_a_mistake_are_confirmed_and_right_ones_are_not() {
    let folder = projects();
    let marks = marks(&folder);
    assert!(marks.len() >= 15, "the programs are there");
    let verified = verify(&folder, &["--start-method", "fork", "--start-method", "spawn"]);
    let found: BTreeSet<_> = verified
        .iter()
        .map(|one| (one.file.clone(), one.row, one.code.clone()))
        .collect();
    for mark in &marks {
        assert!(found.contains(mark), "{mark:?} is not even found");
    }
    let mut confirmed = 0;
    let mut all = 0;
    for one in verified
        .iter()
        .filter(|one| one.severity != "note" && one.file.starts_with("wrong/"))
    {
        all += 1;
        confirmed += usize::from(one.verdict == "confirmed");
        if one.verdict != "confirmed" {
            eprintln!("{}:{} {} {}: {}", one.file, one.row, one.code, one.verdict, one.reason);
        }
    }
    for one in &verified {
        let is_right = one.file.starts_with("right/");
        assert!(
            !is_right || one.verdict != "confirmed",
            "{}:{} {} is confirmed",
            one.file,
            one.row,
            one.code
        );
    }
    eprintln!("{confirmed} of {all} errors and warnings are confirmed");
    assert!(confirmed * 5 >= all * 4, "{confirmed} of {all}");
}

/// What is done to a program.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
enum Mutation {
    /// Other line numbers, other names, other messages. The mistake stays.
    Renamed,
    /// The same exception, at another line of the same function, before the mistake is reached.
    CrashBefore,
    /// An import that fails.
    ImportError,
    /// `sys.exit(1)` before the mistake is reached.
    Exit,
    /// A sleep that is longer than anybody waits.
    Sleep,
    /// The mistake is put right.
    Mended,
}

use Mutation::{CrashBefore, Exit, ImportError, Mended, Renamed, Sleep};

const MUTATIONS: [Mutation; 6] = [Renamed, CrashBefore, ImportError, Exit, Sleep, Mended];

/// Programs of `wrong/` that are mutated: the file with the mistake, the exception that it shows, and the mistake put right.
const MUTATED: [(&str, &str, &str, [&str; 2]); 5] = [
    (
        "archive",
        "main.py",
        "ValueError",
        [
            "pool.join()  # MP302\n        pool.close()",
            "pool.close()\n        pool.join()",
        ],
    ),
    (
        "mailer",
        "main.py",
        "__import__('pickle').PicklingError",
        ["lambda customer: render(customer, template)", "str"],
    ),
    (
        "sensors",
        "main.py",
        "TypeError",
        ["self.lock = threading.Lock()", "self.lock = mp.Lock()"],
    ),
    (
        "thumbnails",
        "gallery/batch.py",
        "TimeoutError",
        ["worker.join()  # MP401", "pass"],
    ),
    (
        "cache",
        "main.py",
        "ResourceWarning",
        [
            "return len(self.values)",
            "pool.close()\n        pool.join()\n        return len(self.values)",
        ],
    ),
];

fn mutate(text: &str, mutation: Mutation, exception: &str, mended: [&str; 2]) -> String {
    // Before the statement with the mark, at its own depth, and in a way that the linter does not see through.
    let before = |statement: &str| {
        let mut out = String::new();
        for line in text.lines() {
            if line.contains("# MP") {
                let indent: String = line.chars().take_while(|c| *c == ' ').collect();
                out.push_str(&format!(
                    "{indent}if __import__('os').getpid():\n{indent}    {statement}\n"
                ));
            }
            out.push_str(line);
            out.push('\n');
        }
        out
    };
    match mutation {
        Renamed => text.to_owned(),
        CrashBefore => before(&format!("raise {exception}('somewhere else')")),
        ImportError => format!("from os import nothing_of_this_name\n{text}"),
        Exit => before("__import__('sys').exit(1)"),
        Sleep => before("__import__('time').sleep(600)"),
        Mended => {
            let changed = text.replacen(mended[0], mended[1], 1);
            assert_ne!(changed, text, "{mended:?}");
            changed
        }
    }
}

/// Gives what a text defines other names, in all files of its program, and every line another number.
fn rename(files: &mut BTreeMap<PathBuf, String>) {
    let mut names = BTreeSet::new();
    for line in files.values().flat_map(|text| text.lines()) {
        let line = line.trim_start();
        let defined = line.strip_prefix("def ").or_else(|| line.strip_prefix("class "));
        let name = defined.and_then(|rest| rest.split(['(', ':']).next());
        names.extend(name.filter(|name| !name.starts_with("__")).map(str::to_owned));
    }
    for text in files.values_mut() {
        let mut out = String::from("# One line.\n\n# And others.\n\n\n");
        let mut word = String::new();
        for c in text.chars().chain(['\n']) {
            if c.is_alphanumeric() || c == '_' {
                word.push(c);
                continue;
            }
            out.push_str(&word);
            if names.contains(&word) {
                out.push_str("_anew");
            }
            word.clear();
            out.push(c);
        }
        *text = out.replace("print(", "print('said:', ");
    }
}

#[test]
fn verdicts_follow_what_is_done_to_a_program() {
    let folder = tempfile::tempdir().unwrap();
    for (program, file, exception, mended) in MUTATED {
        for mutation in MUTATIONS {
            let root = projects().join("wrong").join(program);
            let mut files: BTreeMap<PathBuf, String> = BTreeMap::new();
            for entry in walkdir::WalkDir::new(&root) {
                let entry = entry.unwrap();
                if entry.file_type().is_file() && entry.path().extension().is_some_and(|end| end == "py") {
                    let name = entry.path().strip_prefix(&root).unwrap().to_owned();
                    files.insert(name, fs::read_to_string(entry.path()).unwrap());
                }
            }
            let text = files.get_mut(Path::new(file)).unwrap();
            *text = mutate(text, mutation, exception, mended);
            if mutation == Renamed {
                rename(&mut files);
            }
            for (name, text) in files {
                let path = folder.path().join(format!("{program}-{mutation:?}")).join(name);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
        }
    }
    let arguments = [
        "--start-method",
        "fork",
        "--start-method",
        "spawn",
        "--timeout",
        "4",
        "--min-severity",
        "warning",
    ];
    let verified = verify(folder.path(), &arguments);
    let mut still_flagged = 0;
    let mut problems = Vec::new();
    for (program, ..) in MUTATED {
        for mutation in MUTATIONS {
            let begins = format!("{program}-{mutation:?}/");
            let of_it: Vec<&Verified> = verified.iter().filter(|one| one.file.starts_with(&begins)).collect();
            let confirmed = of_it.iter().any(|one| one.verdict == "confirmed");
            let verdicts: Vec<String> = of_it
                .iter()
                .map(|one| format!("{} {} {}", one.code, one.verdict, one.reason))
                .collect();
            if confirmed != (mutation == Renamed) {
                problems.push(format!("{begins} {verdicts:#?}"));
            }
            still_flagged += usize::from(!of_it.is_empty());
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
    // Most mutants are still flagged: it is by being run that they are told apart.
    assert!(still_flagged >= 20, "{still_flagged}");
}
