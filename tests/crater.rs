//! Real code: Python's own standard library, every file of it, or the tree that `MPLINT_CRATER_TREE` names.
//!
//! Each file is copied and given a last line that makes it matter, because mplint looks closely only at
//! files that name a process library, and here the reader, the parser and the model are to see all of them. The copies
//! lie side by side in one folder, so that no folder's name excludes them.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

/// Makes a file matter, and is no mistake. A comment would not do: the scan passes over those.
const MARK: &[u8] = b"\nimport multiprocessing\n";

/// The copies begin and end with a file that no Python accepts: proof that the run came that far and can fail.
const BROKEN: &[u8] = b"def broken(:\n";
const FIRST: &str = "00000_broken.py";
const LAST: &str = "99999_broken.py";

/// Prints those of the files named on its input that Python accepts.
const ACCEPTED: &str = "
import ast, sys, warnings
warnings.simplefilter('ignore')
for name in sys.stdin.read().split('\\n'):
    if name:
        try:
            with open(name, 'rb') as file:
                ast.parse(file.read())
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        print(name)
";

fn python() -> Command {
    Command::new("python3")
}

fn standard_library() -> PathBuf {
    let output = python()
        .args(["-c", "import sysconfig; print(sysconfig.get_path('stdlib'))"])
        .output()
        .expect("python3 runs");
    assert!(output.status.success(), "python3 names its standard library");
    PathBuf::from(String::from_utf8(output.stdout).expect("the path is UTF-8").trim())
}

/// The Python files of a tree, sorted; packages installed beside the standard library are none of it.
fn python_files(tree: &Path) -> Vec<PathBuf> {
    walkdir::WalkDir::new(tree)
        .sort_by_file_name()
        .into_iter()
        .filter_entry(|entry| {
            entry.depth() == 0 || !matches!(entry.file_name().to_str(), Some("site-packages" | "dist-packages"))
        })
        .map(|entry| entry.expect("the tree can be walked").into_path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "py") && path.is_file())
        .collect()
}

/// The names, among those given, of the files in `folder` that `ast.parse` accepts.
fn accepted(folder: &Path, names: &BTreeSet<String>) -> Vec<String> {
    let mut child = python()
        .args(["-c", ACCEPTED])
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("python3 runs");
    let input: String = names.iter().map(|name| format!("{name}\n")).collect();
    let mut stdin = child.stdin.take().expect("its input is a pipe");
    // All of it is read before the first line is written, so this cannot block on a full pipe.
    stdin.write_all(input.as_bytes()).expect("python3 reads");
    drop(stdin);
    let output = child.wait_with_output().expect("python3 ends");
    assert!(output.status.success(), "python3 checks the files");
    String::from_utf8(output.stdout)
        .expect("the names are ASCII")
        .lines()
        .map(str::to_owned)
        .collect()
}

#[test]
fn real_code_is_read_without_panic_and_without_invented_syntax_errors() {
    let tree = match std::env::var_os("MPLINT_CRATER_TREE") {
        Some(tree) if !tree.is_empty() => PathBuf::from(tree),
        _ => standard_library(),
    };
    let originals = python_files(&tree);
    assert!(!originals.is_empty(), "{} holds Python files", tree.display());

    let scratch = tempfile::Builder::new()
        .prefix("mplint-crater")
        .tempdir()
        .expect("a scratch folder");
    for name in [FIRST, LAST] {
        fs::write(scratch.path().join(name), [BROKEN, MARK].concat()).expect("a broken file is written");
    }
    let name = |index: usize| format!("{:05}.py", index + 1);
    for (index, original) in originals.iter().enumerate() {
        let mut content = fs::read(original).expect("the file can be read");
        content.extend_from_slice(MARK);
        fs::write(scratch.path().join(name(index)), content).expect("the copy is written");
    }

    let output = Command::new(env!("CARGO_BIN_EXE_mplint"))
        .args(["check", "--isolated", "--select", "ALL", "--output-format", "json", "."])
        .current_dir(scratch.path())
        .output()
        .expect("mplint runs");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(!stderr.contains("panicked"), "mplint panicked:\n{stderr}");
    assert_eq!(
        output.status.code(),
        Some(1),
        "two broken files are findings; it said:\n{stderr}"
    );

    let findings: Vec<Value> = serde_json::from_slice(&output.stdout).expect("the output is a JSON array");
    // MP900 is about the syntax, MP902 about the encoding: both would deny what Python accepts.
    let denials: Vec<(String, String)> = findings
        .iter()
        .filter(|finding| matches!(finding["code"].as_str(), Some("MP900" | "MP902")))
        .map(|finding| {
            let filename = finding["filename"].as_str().expect("a finding names its file");
            let name = filename.rsplit(['/', '\\']).next().unwrap_or(filename);
            (name.to_owned(), finding.to_string())
        })
        .collect();
    let denied: BTreeSet<String> = denials.iter().map(|(name, _)| name.clone()).collect();
    for name in [FIRST, LAST] {
        assert!(denied.contains(name), "{name} is no Python, and mplint does not say so");
    }

    let wrong: BTreeSet<String> = accepted(scratch.path(), &denied).into_iter().collect();
    let report: Vec<String> = originals
        .iter()
        .enumerate()
        .filter(|(index, _)| wrong.contains(&name(*index)))
        .map(|(index, original)| {
            let said = denials.iter().find(|(denied, _)| *denied == name(index));
            format!("{}: {}", original.display(), said.map_or("", |(_, finding)| finding))
        })
        .collect();
    println!(
        "{} files, {} of them no Python by mplint's reading",
        originals.len(),
        denied.len() - 2
    );
    assert!(
        wrong.is_empty(),
        "Python accepts {} denied files:\n{}",
        wrong.len(),
        report.join("\n")
    );
}
