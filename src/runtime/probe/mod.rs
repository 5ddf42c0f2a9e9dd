//! The part of the runtime that runs inside the program: one Python file, and what it wrote, read back.
//!
//! [`Module`] is the file, to be put in a folder; [`Settings::environment`] gives the variables that have every Python of the
//! program load it, [`events::read`] and [`stacks::read`] parse what it left in the folder for events. All of it is the
//! program's own word: the program could have written the same by itself. It is parsed with bounds on everything, a line
//! that cannot be understood is counted and passed over, and nothing that is said here is ever taken for what was seen
//! from outside.

pub mod events;
mod files;
pub mod frames;
pub mod stacks;

use std::ffi::{OsStr, OsString};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::interpreter::Interpreter;
use crate::findings::StartMethod;

/// The probe itself.
pub const SOURCE: &str = concat!(
    include_str!("remedies.py"),
    include_str!("work.py"),
    include_str!("turns.py"),
    include_str!("promises.py"),
    include_str!("room.py"),
    include_str!("arguments.py"),
    include_str!("library.py"),
    include_str!("sitecustomize.py")
);

/// The signal that asks a process for its stacks: one that hardly a program uses. Of a process that has not set a
/// handler for it (see `SigCgt` in `/proc/PID/status`) it is the end.
#[must_use]
pub fn signal() -> i32 {
    nix::libc::SIGRTMAX() - 2
}

/// What compiles the source that is its argument, to the form that Python imports without any source beside it.
const COMPILE: &str = "\
import importlib.util, marshal, sys
code = compile(sys.argv[1], 'sitecustomize.py', 'exec', dont_inherit=True)
sys.stdout.buffer.write(importlib.util.MAGIC_NUMBER + bytes(12) + marshal.dumps(code))
";

/// The probe as one interpreter imports it.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct Module {
    /// The name of its file.
    pub file: String,
    /// What the file holds.
    pub content: Vec<u8>,
}

impl Module {
    /// Compiles the probe by an interpreter: of the source, each process that cannot write a cache would spend ten times
    /// as long on it. Where it cannot be compiled, the source does as well.
    #[must_use]
    pub fn of(interpreter: &Interpreter) -> Self {
        match interpreter.run(COMPILE, &[SOURCE]) {
            Ok(content) => Self {
                file: "sitecustomize.pyc".to_owned(),
                content,
            },
            Err(_) => Self {
                file: "sitecustomize.py".to_owned(),
                content: SOURCE.into(),
            },
        }
    }

    /// Puts the probe in a folder that holds nothing else.
    ///
    /// # Errors
    ///
    /// Where the folder or the file cannot be written.
    pub fn install(&self, folder: &Path) -> io::Result<()> {
        fs::create_dir_all(folder)?;
        fs::write(folder.join(&self.file), &self.content)
    }
}

/// How the probe is to run.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The folder that [`Module::install`] wrote to. The program only reads it.
    pub code: PathBuf,
    /// The folder for what happens. It exists, and the program may write to it. As the program names it.
    pub events: PathBuf,
    /// The signal that asks for stacks; none where they are not wanted.
    pub signal: Option<i32>,
    /// The start method to give the program in place of its default, and of the one that it sets itself.
    pub method: Option<StartMethod>,
}

impl Settings {
    /// The variables to set for the program, given the `PYTHONPATH` that it would have without the probe.
    #[must_use]
    pub fn environment(&self, python_path: Option<&OsStr>) -> Vec<(OsString, OsString)> {
        let mut path = self.code.clone().into_os_string();
        if let Some(rest) = python_path.filter(|rest| !rest.is_empty()) {
            path.push(":");
            path.push(rest);
        }
        let mut variables = vec![
            ("PYTHONPATH".into(), path),
            ("MPLINT_PROBE_EVENTS".into(), self.events.clone().into_os_string()),
        ];
        if let Some(signal) = self.signal {
            variables.push(("MPLINT_PROBE_SIGNAL".into(), signal.to_string().into()));
        }
        if let Some(method) = self.method {
            variables.push(("MPLINT_PROBE_METHOD".into(), method.as_str().into()));
        }
        variables
    }
}
