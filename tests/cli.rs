//! Command lines as data: each file under `tests/cli/` holds command lines and what they print, and runs in the folder of
//! the same name that ends in `.in`. `TRYCMD=overwrite` writes what they print now.

#[test]
fn command_lines() {
    trycmd::TestCases::new()
        .env("NO_COLOR", "1")
        .case("tests/cli/*.trycmd")
        .case("tests/cli/*.toml");
}

/// Whoever closes the pipe has seen enough.
#[cfg(unix)]
#[test]
fn a_closed_pipe_is_no_error() {
    use std::io::Read;
    use std::process::{Command, Stdio};

    let folder = tempfile::tempdir().unwrap();
    // More than a pipe holds, so that writing must fail.
    let text = format!("{}import multiprocessing\n", "x = 1  # mplint: ignroe\n".repeat(3000));
    std::fs::write(folder.path().join("a.py"), text).unwrap();
    for format in ["full", "concise", "json", "github"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_mplint"))
            .args(["--quiet", "--isolated", "--output-format", format])
            .current_dir(folder.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut first = [0; 10];
        child.stdout.take().unwrap().read_exact(&mut first).unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{format}");
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{format}");
    }
}

/// What cannot be read is a finding, and nothing is waited for.
#[cfg(unix)]
#[test]
fn special_files_are_findings() {
    use std::process::Command;

    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.py");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    std::os::unix::fs::symlink("nowhere", folder.path().join("link.py")).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_mplint"))
        .args(["--isolated", "--output-format", "concise", "pipe.py", "link.py"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(
        text.lines().collect::<Vec<_>>(),
        [
            "link.py:1:1: MP902 error this path is a symbolic link to something that does not exist",
            "pipe.py:1:1: MP902 error this path is a named pipe, not a regular file",
        ]
    );
    assert_eq!(output.status.code(), Some(1));
}

/// `--color always` colours pipes, `NO_COLOR` holds for `auto` only.
#[test]
fn colours_are_asked_for() {
    use std::process::Command;

    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.py"), "x = 1  # mplint: ignroe\n").unwrap();
    let output = |when: &str| {
        let run = Command::new(env!("CARGO_BIN_EXE_mplint"))
            .args(["--isolated", "--color", when])
            .env("NO_COLOR", "1")
            .current_dir(folder.path())
            .output()
            .unwrap();
        String::from_utf8(run.stdout).unwrap()
    };
    assert!(output("always").contains("\x1b["));
    assert!(!output("auto").contains('\x1b'));
    assert!(!output("never").contains('\x1b'));
}
