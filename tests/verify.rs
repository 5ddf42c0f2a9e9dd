//! `mplint verify` over programs: what is confirmed, what must never be, and that verdicts follow the program.
//!
//! `fixtures/projects/` holds programs of 20 to 70 lines, those in `wrong/` with one mistake each, marked at its line, those
//! in `right/` without. Mutants are made of some of them: a verdict has to follow what is done to a program.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a helper of tests fails as the tests do")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use mplint::rules::page::ExampleKind;

/// A finding, and what experiments said of it.
struct Verified {
    file: String,
    row: usize,
    code: String,
    severity: String,
    verdict: String,
    reason: String,
    /// What the runs that confirm it were compared with.
    compared_with: BTreeSet<String>,
}

fn mplint(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_mplint"));
    command.args(arguments);
    command
}

/// Runs `mplint verify` over a folder.
fn verify(folder: &Path, arguments: &[&str]) -> Vec<Verified> {
    let out = mplint(&["verify", "--isolated", "--python", "python3", "--output-format", "json"])
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
            compared_with: finding["verification"]["runs"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|run| run["compared_with"].as_str().map(ToOwned::to_owned))
                .collect(),
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

/// What some of the mistakes are compared with, in words that the control has to have.
const REMEDIES: &[(&str, &str)] = &[
    ("registry", "arguments go to the parameters that there are"),
    ("bindery", "starts the process, which is waited for after the loop"),
    ("lifts", "ends itself there as by `sys.exit()`"),
    ("parcels", "queues stay open"),
    ("rowing", "waited at a barrier for three seconds"),
    ("tolls", "begins with what the globals of this line hold"),
    ("manuscripts", "ends its process there ends alone"),
    ("kettle", "the event loop goes on"),
    ("sonar", "one process at a time writes to an end of a pipe"),
    ("till", "given back when the function is left"),
    ("readers", "opens the files anew"),
    ("postcards", "waited for where it is used"),
    ("alarm", "kills the workers"),
    ("watchman", "does its work once more"),
    ("orchard", "gets workers of its own"),
    ("harbour", "only ever added to"),
    ("lottery", "random numbers of its own"),
    ("sorter", "Compare with 0"),
    ("clinic", "kills the workers"),
    ("roster", "started before it is waited for"),
    ("franking", "hold all that is put into them"),
    ("surveyors", "hold all that is put into them"),
    ("belfry", "given back when the function is left"),
];

/// Each mistake that a remedy was made for is compared with just that.
fn has_its_remedy(verified: &[Verified]) {
    for (program, words) in REMEDIES {
        let folder = format!("wrong/{program}/");
        let mut own = verified.iter().filter(|one| one.file.starts_with(&folder));
        assert!(
            own.any(|one| one.compared_with.iter().any(|with| with.contains(words))),
            "{program} is not compared with a program where {words}"
        );
    }
}

/// Four of five mistakes are confirmed, and nothing that is right.
#[test]
fn programs_with_a_mistake_are_confirmed_and_right_ones_are_not() {
    let folder = projects();
    let marks = marks(&folder);
    assert!(marks.len() >= 40, "the programs are there");
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
    has_its_remedy(&verified);
    eprintln!("{confirmed} of {all} errors and warnings are confirmed");
    assert!(confirmed * 5 >= all * 4, "{confirmed} of {all}");
}

/// A program that wants arguments is given some, and the verdict says which; one that is to be run as it is gets none.
#[test]
fn a_program_is_given_the_arguments_that_it_asks_for() {
    let folder = projects().join("wrong/franking");
    let one = |arguments: &[&str]| {
        let out = mplint(&[
            "verify",
            "--isolated",
            "--python",
            "python3",
            "--start-method",
            "fork",
            "main.py",
        ])
        .args(arguments)
        .current_dir(&folder)
        .output()
        .unwrap();
        String::from_utf8(out.stdout).unwrap()
    };
    let shown = one(&["--min-severity", "warning"]);
    assert!(shown.contains("1 confirmed"), "{shown}");
    assert!(shown.contains("`--tariff letter --copies 2 …/numbers.txt`"), "{shown}");
    let shown = one(&["--min-severity", "warning", "--run-programs"]);
    assert!(shown.contains("1 inconclusive"), "{shown}");
    assert!(
        shown.contains("the following arguments are required: addresses"),
        "{shown}"
    );
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

/// The linter does not know that this program can pickle its locks. The run does.
const LOCKS_THAT_PICKLE: &str = r#"
import copyreg
import multiprocessing as mp
import threading


def again(lock):
    return threading.Lock, ()


copyreg.pickle(type(threading.Lock()), again)


def double(lock, n):
    with lock:
        return 2 * n


def main():
    lock = threading.Lock()
    with mp.Pool(2) as pool:
        results = [pool.apply_async(double, (lock, n)) for n in range(3)]
        print([result.get(timeout=20) for result in results])


if __name__ == "__main__":
    main()
"#;

#[test]
fn what_arrives_refutes_that_it_cannot() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("main.py"), LOCKS_THAT_PICKLE).unwrap();
    // The same where nothing arrives, because nobody calls it.
    let unused = LOCKS_THAT_PICKLE.replace("    main()\n", "    print('later')\n");
    fs::write(folder.path().join("unused.py"), unused).unwrap();
    let verified = verify(
        folder.path(),
        &["--select", "MP102", "--start-method", "fork", "--start-method", "spawn"],
    );
    let verdicts: Vec<_> = verified
        .iter()
        .map(|one| (one.file.as_str(), one.verdict.as_str()))
        .collect();
    assert_eq!(verdicts.len(), 2, "{verdicts:?}");
    assert_eq!(verdicts[0], ("main.py", "refuted"), "{}", verified[0].reason);
    assert!(!["refuted", "confirmed"].contains(&verdicts[1].1), "{verdicts:?}");
}

/// Two clerks who take two locks the other way round, once each: in a plain run they hardly ever meet.
const CLERKS: &str = r#"
import multiprocessing as mp


def move(first, second, done):
    with first:
        with second:
            done.value += 1


def move_back(first, second, done):
    with second:
        with first:  # MP507
            done.value += 1


def main():
    savings, current = mp.Lock(), mp.Lock()
    done = mp.Value("i", 0)
    clerks = [
        mp.Process(target=move, args=(savings, current, done)),
        mp.Process(target=move_back, args=(savings, current, done)),
    ]
    for clerk in clerks:
        clerk.start()
    for clerk in clerks:
        clerk.join()
    print("moved", done.value)


if __name__ == "__main__":
    main()
"#;

#[test]
fn a_race_is_given_time() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("main.py"), CLERKS).unwrap();
    // The same where one comes after the other, which the linter sees as well.
    let in_turn = CLERKS.replace(
        "        clerk.start()\n    for clerk in clerks:\n        clerk.join()",
        "        clerk.start()\n        clerk.join()",
    );
    assert_ne!(in_turn, CLERKS);
    fs::write(folder.path().join("turn.py"), in_turn).unwrap();
    let verified = verify(folder.path(), &["--select", "MP507", "--start-method", "fork"]);
    for one in &verified {
        let wanted = one.file == "main.py";
        assert_eq!(
            one.verdict == "confirmed",
            wanted,
            "{} {}: {}",
            one.file,
            one.verdict,
            one.reason
        );
    }
    assert!(verified.iter().any(|one| one.file == "main.py"));
}

/// A target that is not given a tuple; what it does with its word is put in.
const WORDS: &str = r#"
import multiprocessing as mp


def count(word):
    print(WHAT, flush=True)


def main():
    for word in ["one", "three"]:
        process = mp.Process(target=count, args=(word))
        process.start()
        process.join(timeout=20)
    print("counted", flush=True)


if __name__ == "__main__":
    main()
"#;

/// A fix is made where the same experiment comes out well with it, and left out where it does not.
#[test]
fn only_fixes_that_hold_are_made() {
    let good = WORDS.replace("WHAT", "word, len(word)");
    // With the fix the target is called, and fails.
    let bad = WORDS.replace("WHAT", "word.length");
    // The program does not come to it.
    let unused = good.replace("    main()\n", "    print('later')\n");
    let write = |folder: &Path| {
        for (name, text) in [("good.py", &good), ("bad.py", &bad), ("unused.py", &unused)] {
            fs::write(folder.join(name), text).unwrap();
        }
    };
    let experiment = ["--select", "MP107", "--isolated"];
    // A check ends with what is left; `verify` with what is left and confirmed.
    let of_verify = &["verify", "--fix", "--python", "python3", "--start-method", "fork"];
    for (command, code) in [(&of_verify[..], 0), (&["check", "--fix", "--verify"], 1)] {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path());
        // A check takes all Pythons that there are: here is one.
        let bin = tempfile::tempdir().unwrap();
        let asked = Command::new("python3")
            .args(["-c", "import sys; print(sys.executable)"])
            .output()
            .unwrap();
        let python = String::from_utf8(asked.stdout).unwrap();
        std::os::unix::fs::symlink(python.trim(), bin.path().join("python3")).unwrap();
        let out = mplint(command)
            .args(experiment)
            .env("HOME", folder.path())
            .env("PATH", bin.path())
            .env_remove("PYENV_ROOT")
            .current_dir(folder.path())
            .output()
            .unwrap();
        let (said, shown) = (
            String::from_utf8_lossy(&out.stderr),
            String::from_utf8_lossy(&out.stdout),
        );
        let text = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
        assert_eq!(text("good.py"), good.replace("(word))", "(word,))"), "{said}{shown}");
        assert_eq!(text("bad.py"), bad, "{said}");
        assert!(said.contains("the fix of MP107 at `bad.py:11` is not made: "), "{said}");
        assert!(shown.contains("the fix holds: "), "{shown}");
        assert!(said.contains("each after an experiment with it"), "{said}");
        // A driver calls what the program does not, and its word is not the program's.
        assert_eq!(
            text("unused.py") == unused,
            said.contains("`unused.py:11` is not made"),
            "{said}"
        );
        assert_eq!(out.status.code(), Some(code), "{said}");
    }
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let shown = mplint(&["verify", "--diff", "--python", "python3", "--start-method", "fork"])
        .args(experiment)
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(
        String::from_utf8_lossy(&shown.stdout).contains("+        process = mp.Process(target=count, args=(word,))")
    );
    assert_eq!(fs::read_to_string(folder.path().join("good.py")).unwrap(), good);
}

/// The page is well-formed, holds nothing from elsewhere, and lets no text of a program be markup. Where there is a
/// browser, it shows the drawings.
#[test]
fn the_report_is_one_page() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("<b>&main.py"),
        WORDS.replace("WHAT", "word, '</script><i>'"),
    )
    .unwrap();
    fs::write(folder.path().join("clerks.py"), CLERKS).unwrap();
    let out = mplint(&[
        "verify",
        "--isolated",
        "--python",
        "python3",
        "--report",
        "out.html",
        "--select",
        "MP107,MP507",
        ".",
    ])
    .current_dir(folder.path())
    .output()
    .unwrap();
    assert!(
        out.status.code().is_some_and(|code| code < 2),
        "{}",
        String::from_utf8_lossy(&out.stderr)
    );
    let page = fs::read_to_string(folder.path().join("out.html")).unwrap();
    let options = roxmltree::ParsingOptions {
        allow_dtd: true,
        ..roxmltree::ParsingOptions::default()
    };
    let tree = roxmltree::Document::parse_with_options(&page, options).unwrap();
    let count = |name: &str| tree.descendants().filter(|node| node.has_tag_name(name)).count();
    assert_eq!(count("section"), 2);
    assert!(
        count("figure") >= 4,
        "each experiment and its control: {}",
        count("figure")
    );
    let outside = tree
        .descendants()
        .flat_map(|node| node.attributes().collect::<Vec<_>>());
    let outside = outside.filter(|attribute| matches!(attribute.name(), "src" | "srcset" | "data"));
    assert_eq!(outside.count(), 0);
    assert_eq!(
        count("script") + count("link") + count("i") + count("b"),
        count("i") + count("b")
    );
    let classes: BTreeSet<&str> = tree.descendants().filter_map(|node| node.attribute("class")).collect();
    for class in ["running", "blocked", "failure", "crossing", "end bad", "hit"] {
        assert!(classes.contains(class), "{class} is not on the page");
    }
    assert!(!page.contains("</script>"), "what a program prints is text");
    let browser = ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find_map(|name| {
            let out = Command::new(name)
                .args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"])
                .arg(format!("file://{}", folder.path().join("out.html").display()))
                .output();
            out.ok().filter(|out| out.status.success())
        });
    let Some(shown) = browser else {
        eprintln!("no browser is there to open the page");
        return;
    };
    let shown = String::from_utf8_lossy(&shown.stdout);
    assert!(shown.contains("<h1>What the experiments say</h1>"));
    assert_eq!(shown.matches("<figure").count(), count("figure"));
}

/// What comes of all fixes, the unsafe ones too, over the examples of the rule pages and the programs of
/// `fixtures/projects/wrong`: written down in docs/fixes.md. It takes some minutes:
/// `cargo test --test verify -- --ignored --nocapture fixes_that_hold`.
#[test]
#[ignore = "it takes some minutes"]
fn fixes_that_hold() {
    let folder = tempfile::tempdir().unwrap();
    for rule in mplint::rules::all().iter().filter(|rule| rule.fix.is_some()) {
        let page = mplint::rules::page::read(rule.page).unwrap();
        let bad = page.examples.iter().filter(|example| {
            example.kind == ExampleKind::Bad && !example.options.iter().any(|(key, _)| key == "runs")
        });
        for example in bad {
            let name = format!("{}_line_{}", rule.info.code, example.line());
            for file in &example.files {
                let path = folder.path().join(&name).join(&file.file);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, &file.text).unwrap();
            }
        }
    }
    let wrong = projects().join("wrong");
    for entry in walkdir::WalkDir::new(&wrong)
        .into_iter()
        .flatten()
        .filter(|entry| entry.file_type().is_file())
    {
        let path = folder.path().join(entry.path().strip_prefix(&wrong).unwrap());
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::copy(entry.path(), path).unwrap();
    }
    let codes: Vec<&str> = mplint::rules::all()
        .iter()
        .filter(|rule| rule.fix.is_some())
        .map(|rule| rule.info.code)
        .collect();
    let out = mplint(&["verify", "--isolated", "--python", "python3", "--output-format", "json"])
        .args([
            "--diff",
            "--unsafe-fixes",
            "--start-method",
            "fork",
            "--start-method",
            "spawn",
        ])
        .args(["--select", &codes.join(","), "."])
        .current_dir(folder.path())
        .output()
        .unwrap();
    // The differences follow the findings.
    let mut findings = serde_json::Deserializer::from_slice(&out.stdout).into_iter::<serde_json::Value>();
    let findings = findings.next().unwrap().unwrap();
    let (mut conditions, mut hold, mut fixed, mut unconfirmed) = (0, 0, 0, 0);
    for finding in findings.as_array().unwrap() {
        let name = format!(
            "{}:{} {}",
            finding["filename"], finding["location"]["row"], finding["code"]
        );
        let applicability = finding["fix"]["applicability"].as_str();
        if !matches!(applicability, Some("safe" | "unsafe")) {
            continue;
        }
        fixed += 1;
        let tried: Vec<_> = finding["verification"]["runs"].as_array().unwrap().iter().collect();
        if finding["verification"]["verdict"] != "confirmed" {
            unconfirmed += 1;
            println!("{name}: not confirmed: {}", finding["verification"]["reason"]);
        }
        for run in tried.iter().filter(|run| run["after_fix"].is_object()) {
            conditions += 1;
            match run["after_fix"]["holds"].as_bool() {
                Some(true) => hold += 1,
                _ => println!("{name} under {}: {}", run["start_method"], run["after_fix"]["detail"]),
            }
        }
    }
    println!("{fixed} fixes, {unconfirmed} of findings that are not confirmed; {hold} of {conditions} conditions hold");
    assert!(hold * 10 >= conditions * 9, "{hold} of {conditions}");
}
