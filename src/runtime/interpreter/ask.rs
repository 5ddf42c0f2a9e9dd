//! Asking one executable what Python it is: a short script, run once, with little time and little to say.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use serde::Deserialize;
use thiserror::Error;

const SCRIPT: &str = include_str!("ask.py");
const MARKER: &str = "@mplint@";
/// More than any honest answer by two orders of magnitude.
const MOST_BYTES: u64 = 1 << 20;

/// Why an executable gave no answer.
#[derive(Debug, Error)]
pub enum NoAnswer {
    /// It could not be started, or its output not be kept.
    #[error("it cannot be run: {0}")]
    Run(#[from] std::io::Error),
    /// It took too long.
    #[error("it gave no answer within {0:?}")]
    Slow(Duration),
    /// It wrote without end.
    #[error("it wrote more than {MOST_BYTES} bytes")]
    Flood,
    /// It ended without the answer.
    #[error("it ended with {status} and {}", if .said.is_empty() { "said nothing" } else { .said })]
    Failed {
        /// How it ended.
        status: String,
        /// The first line of what it said.
        said: String,
    },
    /// What it answered is not the answer of the script.
    #[error("its answer cannot be understood: {0}")]
    Strange(#[from] serde_json::Error),
}

/// What the script says, as it says it.
#[derive(Debug, Deserialize)]
pub(super) struct Answer {
    pub version: String,
    pub build: String,
    pub implementation: String,
    pub free_threaded: bool,
    pub gil: bool,
    pub default_start_method: Option<String>,
    pub start_methods: Vec<String>,
    pub platform: String,
    pub executable: Option<PathBuf>,
    pub prefix: PathBuf,
    pub base_prefix: Option<PathBuf>,
    pub exec_prefix: PathBuf,
    pub base_exec_prefix: Option<PathBuf>,
    pub stdlib: Option<PathBuf>,
    pub platstdlib: Option<PathBuf>,
    pub path: Vec<PathBuf>,
    pub libraries: Vec<PathBuf>,
    pub abiflags: String,
    pub bits: u8,
}

/// Runs the script by an executable and reads the answer.
pub(super) fn ask(executable: &Path, limit: Duration) -> Result<Answer, NoAnswer> {
    let said = run(executable, &[SCRIPT], limit)?;
    let said = String::from_utf8_lossy(&said);
    // What a `.pth` file prints comes before the marker.
    match said.lines().rev().find_map(|line| line.strip_prefix(MARKER)) {
        Some(json) => Ok(serde_json::from_str(json)?),
        None => Err(NoAnswer::Failed {
            status: "success".to_owned(),
            said: first_line(&said),
        }),
    }
}

/// Runs a script, with arguments after it, in an isolated interpreter: what it wrote to stdout.
pub(super) fn run(executable: &Path, script: &[&str], limit: Duration) -> Result<Vec<u8>, NoAnswer> {
    // Files without a name instead of pipes: whatever the executable leaves running cannot make the reader wait.
    let (mut out, mut err) = (tempfile::tempfile()?, tempfile::tempfile()?);
    let child = Command::new(executable)
        .args(["-I", "-B", "-c"])
        .args(script)
        .stdin(Stdio::null())
        .stdout(out.try_clone()?)
        .stderr(err.try_clone()?)
        .current_dir("/")
        // Of its own group, so that all that it starts can be ended with it.
        .process_group(0)
        .spawn()?;
    let status = wait(child, limit, &[&out, &err])?;
    if status.success() {
        return Ok(beginning(&mut out)?);
    }
    let signal = status.signal().map(|signal| format!("signal {signal}"));
    Err(NoAnswer::Failed {
        status: signal.unwrap_or_else(|| status.to_string()),
        said: first_line(&String::from_utf8_lossy(&beginning(&mut err)?)),
    })
}

fn first_line(text: &str) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty());
    line.unwrap_or_default()
        .chars()
        .filter(|c| !c.is_control())
        .take(200)
        .collect()
}

fn wait(mut child: Child, limit: Duration, files: &[&File]) -> Result<ExitStatus, NoAnswer> {
    let end = Instant::now() + limit;
    let trouble = loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status),
            Ok(None) => {}
            Err(error) => break NoAnswer::Run(error),
        }
        if Instant::now() >= end {
            break NoAnswer::Slow(limit);
        }
        if files
            .iter()
            .any(|file| file.metadata().is_ok_and(|data| data.len() > MOST_BYTES))
        {
            break NoAnswer::Flood;
        }
        thread::sleep(Duration::from_millis(2));
    };
    if let Ok(pid) = i32::try_from(child.id()) {
        // Gone already is as good as killed now.
        killpg(Pid::from_raw(pid), Signal::SIGKILL).ok();
    }
    child.wait().ok();
    Err(trouble)
}

fn beginning(file: &mut File) -> Result<Vec<u8>, std::io::Error> {
    file.seek(SeekFrom::Start(0))?;
    let mut bytes = Vec::new();
    file.take(MOST_BYTES).read_to_end(&mut bytes)?;
    Ok(bytes)
}
