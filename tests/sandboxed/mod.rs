//! What the tests of the sandbox share: who runs a program, what it may use up, and what must not be left of it.
#![allow(
    dead_code,
    clippy::allow_attributes,
    reason = "each of the tests uses a part of this"
)]
#![expect(clippy::unwrap_used, reason = "a test may panic")]

pub mod victims;

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use mplint::runtime::job::{Job, ProgramFile};
use mplint::runtime::observation::Observation;
use mplint::runtime::probe::{self, Module};
use mplint::runtime::sandbox::{Layers, Level, Limits};
use mplint::runtime::supervisor::{Supervisor, SupervisorError};
use tempfile::TempDir;

/// The number of the user `nobody`.
const NOBODY: u32 = 65_534;

/// As whom the keepers run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum User {
    /// As whoever runs the test.
    Own,
    /// As an ordinary user, where root runs the test.
    Nobody,
}

impl User {
    /// The users that can be tried here.
    pub fn all() -> Vec<Self> {
        if Self::can_be_nobody() {
            vec![Self::Own, Self::Nobody]
        } else {
            vec![Self::Own]
        }
    }

    /// The user whose programs are hardest to hold: they are the same user as mplint.
    pub fn ordinary() -> Self {
        if Self::can_be_nobody() { Self::Nobody } else { Self::Own }
    }

    fn can_be_nobody() -> bool {
        static KNOWN: OnceLock<bool> = OnceLock::new();
        // Also where mplint lies in a folder that is closed to others.
        *KNOWN.get_or_init(|| {
            nix::unistd::geteuid().is_root()
                && Command::new("setpriv")
                    .args(Self::Nobody.prefix())
                    .args([env!("CARGO_BIN_EXE_mplint"), "--version"])
                    .output()
                    .is_ok_and(|output| output.status.success())
        })
    }

    /// The arguments of `setpriv` that come before the command.
    fn prefix(self) -> &'static [&'static str] {
        match self {
            Self::Own => &[],
            Self::Nobody => &["--reuid=65534", "--regid=65534", "--clear-groups", "--inh-caps=-all"],
        }
    }

    /// The word in the names of trials.
    pub fn word(self) -> &'static str {
        match self {
            Self::Own => "own user",
            Self::Nobody => "nobody",
        }
    }

    /// Whether the keepers run as root.
    pub fn is_root(self) -> bool {
        self == Self::Own && nix::unistd::geteuid().is_root()
    }

    /// Gives a file to this user.
    pub fn own(self, path: &Path) {
        if self == Self::Nobody {
            chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }
}

/// A place for one run: its keepers' temporary folder, and a word by which whatever it leaves can be known.
pub struct Place {
    pub user: User,
    pub mark: String,
    folder: TempDir,
}

impl Place {
    pub fn new(user: User) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let place = Self {
            user,
            // With an end of its own: the mark of one place must not begin that of another, whose keepers would be killed.
            mark: format!("hostile-{}-{number}x", std::process::id()),
            folder: tempfile::Builder::new().prefix("place-").tempdir().unwrap(),
        };
        fs::set_permissions(place.path(), fs::Permissions::from_mode(0o755)).unwrap();
        fs::create_dir(place.temporary()).unwrap();
        user.own(&place.temporary());
        place
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Where the keepers put their temporary files.
    pub fn temporary(&self) -> PathBuf {
        self.folder.path().join("temporary")
    }

    /// Starts keepers of this place's user. `before` is a command in whose surroundings they run.
    pub fn supervisor_in(&self, before: &str) -> Supervisor {
        let user = match self.user {
            User::Own => String::new(),
            User::Nobody => format!("setpriv {}", self.user.prefix().join(" ")),
        };
        let script = format!(
            "#!/bin/sh\nexport TMPDIR='{}' VICTIM_MARK='{}'\nexec {user} {before} '{}' \"$@\"\n",
            self.temporary().display(),
            self.mark,
            env!("CARGO_BIN_EXE_mplint"),
        );
        let path = self.path().join("keeper");
        fs::write(&path, script).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
        Supervisor::new(path)
    }

    pub fn supervisor(&self) -> Supervisor {
        self.supervisor_in("")
    }

    /// A Python program within small limits.
    pub fn job(&self, layers: Layers, text: &str) -> Job {
        let (executable, visible) = python();
        let file = |path: &str, text: &str| ProgramFile {
            path: path.to_owned(),
            text: text.to_owned(),
        };
        Job {
            executable: Some(executable),
            arguments: vec!["main.py".to_owned(), self.mark.clone()],
            environment: vec![
                ("PATH".to_owned(), "/usr/bin:/bin".to_owned()),
                ("VICTIM_MARK".to_owned(), self.mark.clone()),
            ],
            files: vec![
                file("main.py", text),
                file("attack.py", include_str!("../../fixtures/hostile/attack.py")),
            ],
            visible,
            layers,
            limits: small(),
            start_method: None,
            probe: Some(Module {
                file: "sitecustomize.py".to_owned(),
                content: probe::SOURCE.into(),
            }),
        }
    }

    /// What is left of a run that should not be: nothing, where all is well.
    pub fn leftovers(&self) -> Vec<String> {
        let mut left: Vec<String> = survivors(&self.mark)
            .into_iter()
            .map(|(pid, command)| format!("process {pid}: {command}"))
            .collect();
        for entry in fs::read_dir(self.temporary()).unwrap() {
            left.push(format!("temporary file {}", entry.unwrap().path().display()));
        }
        for folder in ["/dev/shm", "/tmp"] {
            for entry in fs::read_dir(folder).unwrap().flatten() {
                if entry.file_name().to_string_lossy().contains(&self.mark) {
                    left.push(format!("name {}", entry.path().display()));
                }
            }
        }
        left
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // Whatever a failed test leaves does no harm to others.
        for (pid, _) in survivors(&self.mark) {
            let _ = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGKILL);
        }
        for entry in fs::read_dir("/dev/shm").into_iter().flatten().flatten() {
            if entry.file_name().to_string_lossy().contains(&self.mark) {
                let _ = fs::remove_file(entry.path());
            }
        }
    }
}

/// Whether this machine offers the whole sandbox to who runs the test. Where it does not, tests of what it lacks have
/// nothing to test and pass; where `MPLINT_TEST_SANDBOX` is `full`, as in CI, that is a failure.
pub fn is_whole() -> bool {
    static KNOWN: OnceLock<bool> = OnceLock::new();
    *KNOWN.get_or_init(|| {
        let offered = Place::new(User::Own).supervisor().offered().unwrap();
        let is_whole = offered.level() == Level::Full;
        let must_be = std::env::var_os("MPLINT_TEST_SANDBOX").is_some_and(|level| level == "full");
        assert!(is_whole || !must_be, "{:#?}", offered.reasons());
        is_whole
    })
}

/// Runs a job, again where the script that makes the keeper was just being inherited by another test's child.
pub fn run(supervisor: &Supervisor, job: &Job) -> Result<Observation, SupervisorError> {
    loop {
        match supervisor.run(job) {
            Err(SupervisorError::Start(error)) if error.kind() == std::io::ErrorKind::ExecutableFileBusy => {}
            result => return result,
        }
    }
}

/// Limits that a test reaches soon, and that leave a loaded machine time.
pub fn small() -> Limits {
    Limits {
        time: Duration::from_secs(20),
        memory: 160 << 20,
        address_space: 1 << 30,
        processes: 24,
        tasks: 64,
        file_size: 8 << 20,
        open_files: 256,
    }
}

/// A Python that every user may run, and what must be seen of it.
pub fn python() -> (PathBuf, Vec<PathBuf>) {
    static FOUND: OnceLock<(PathBuf, Vec<PathBuf>)> = OnceLock::new();
    let find = || {
        let of_the_system = PathBuf::from("/usr/bin/python3");
        if of_the_system.exists() {
            return (of_the_system, Vec::new());
        }
        let code = "import os, sys; print(os.path.realpath(sys.executable)); print(sys.base_prefix)";
        let output = Command::new("python3").args(["-c", code]).output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let mut lines = text.lines().map(PathBuf::from);
        (lines.next().unwrap(), lines.collect())
    };
    FOUND.get_or_init(find).clone()
}

/// The processes that were given a word, in their environment or on their command line: keepers as well as programs.
pub fn survivors(mark: &str) -> Vec<(i32, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir("/proc").unwrap().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        let read = |name: &str| fs::read(entry.path().join(name)).unwrap_or_default();
        let (environment, command) = (read("environ"), read("cmdline"));
        let holds = |bytes: &[u8]| bytes.windows(mark.len()).any(|window| window == mark.as_bytes());
        if pid != std::process::id().cast_signed() && (holds(&environment) || holds(&command)) {
            let command = String::from_utf8_lossy(&command).replace('\0', " ");
            let state = fs::read_to_string(entry.path().join("stat")).unwrap_or_default();
            found.push((pid, format!("{command}: {state}")));
        }
    }
    found
}
