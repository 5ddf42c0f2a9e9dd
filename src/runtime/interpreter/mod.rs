//! Which Pythons the machine has, and what each is.
//!
//! [`find`] looks where people keep interpreters, asks each executable once by a short script, and returns those that
//! can be used, the others with the reason why not. [`Interpreter`] is plain data.

mod ask;
mod places;
mod roots;
mod version;

use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::findings::StartMethod;

pub use ask::NoAnswer;
use places::{Candidate, Candidates};
pub use places::{Source, Surroundings};
pub use version::{Stage, Version};

/// How long an interpreter may take to say what it is. A cold start from a slow disk takes a second or two.
pub const TIME_TO_ANSWER: Duration = Duration::from_secs(10);

/// A CPython that programs can be run under.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interpreter {
    /// The path to run it by: Python's own `sys.executable`.
    pub executable: PathBuf,
    /// How it came to be known.
    pub source: Source,
    /// Its version.
    pub version: Version,
    /// `sys.version`: the version with what is known of the build.
    pub build: String,
    /// `cpython`.
    pub implementation: String,
    /// Whether it is the build without a global interpreter lock.
    pub free_threaded: bool,
    /// Whether the lock is on, which a free-threaded build may have too.
    pub gil: bool,
    /// The method that a program gets that names none. From 3.14 on it also depends on whether a folder for temporary
    /// files can be written to.
    pub default_start_method: Option<StartMethod>,
    /// The methods it offers.
    pub start_methods: Vec<StartMethod>,
    /// `sys.platform`.
    pub platform: String,
    /// `sys.prefix`: of the venv where it is one.
    pub prefix: PathBuf,
    /// `sys.base_prefix`: of the installation.
    pub base_prefix: PathBuf,
    /// `sys.exec_prefix`.
    pub exec_prefix: PathBuf,
    /// `sys.base_exec_prefix`.
    pub base_exec_prefix: PathBuf,
    /// The standard library.
    pub stdlib: PathBuf,
    /// The part of it that is built for the platform.
    pub platstdlib: PathBuf,
    /// The entries of `sys.path` that exist.
    pub path: Vec<PathBuf>,
    /// The folders of the shared libraries that it loads, its loader's among them.
    pub libraries: Vec<PathBuf>,
    /// `sys.abiflags`.
    pub abiflags: String,
    /// 32 or 64.
    pub bits: u8,
}

impl Interpreter {
    /// Whether it is a virtual environment.
    #[must_use]
    pub fn is_venv(&self) -> bool {
        self.prefix != self.base_prefix
    }

    /// Runs a script of mplint's own, with arguments, isolated from the user's files and variables: what it printed.
    ///
    /// # Errors
    ///
    /// Where it cannot be run, fails, takes too long or prints too much.
    pub fn run(&self, script: &str, arguments: &[&str]) -> Result<Vec<u8>, NoAnswer> {
        let all: Vec<&str> = [script].into_iter().chain(arguments.iter().copied()).collect();
        ask::run(&self.executable, &all, TIME_TO_ANSWER)
    }

    /// The folders that must be visible, for reading, where this interpreter is to run.
    ///
    /// They are absolute, sorted, exist, and none lies in another. Neither `/` nor a home folder as a whole is ever
    /// among them: of an installation spread out in one, only its parts are.
    #[must_use]
    pub fn roots(&self) -> Vec<PathBuf> {
        let home = std::env::var_os("HOME").map(PathBuf::from);
        roots::of(self, home.as_deref())
    }
}

impl fmt::Display for Interpreter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.free_threaded { "t" } else { "" };
        write!(f, "Python {}{sign} ({})", self.version, self.executable.display())
    }
}

/// An executable that is not used, and why.
#[derive(Debug)]
pub struct Refused {
    /// The executable.
    pub executable: PathBuf,
    /// How it came to be known.
    pub source: Source,
    /// Why it is not used.
    pub reason: Reason,
}

/// Why an executable is not used.
#[derive(Debug, Error)]
pub enum Reason {
    /// It did not say what it is.
    #[error(transparent)]
    NoAnswer(#[from] NoAnswer),
    /// It gave a version that is none.
    #[error("{0}")]
    Version(String),
    /// It is older than what mplint knows.
    #[error("it is Python {version}; mplint runs programs under {oldest} and later", oldest = Version::OLDEST)]
    Old {
        /// Its version.
        version: Version,
    },
    /// It is another Python.
    #[error("it is {implementation} {version}; mplint runs programs under CPython")]
    Implementation {
        /// The name it gives itself.
        implementation: String,
        /// The version of the language.
        version: Version,
    },
    /// It does not know where it is itself, so a child could not be started by it.
    #[error("it does not know its own executable")]
    Homeless,
}

/// What a search came to.
#[derive(Debug, Default)]
pub struct Found {
    /// The interpreters to use: in the order of the sources, or of the names that were given.
    pub usable: Vec<Interpreter>,
    /// The executables that are not used.
    pub refused: Vec<Refused>,
}

/// Why a search came to nothing.
#[derive(Debug, Error)]
pub enum Error {
    /// No interpreter can be used.
    #[error("{}", none_found(.looked, .refused))]
    NoneFound {
        /// The places that were looked at.
        looked: Vec<String>,
        /// What was there and cannot be used.
        refused: Vec<Refused>,
    },
    /// Nothing is meant by a name that was given with `--python`.
    #[error(
        "no Python is called `{name}`: give a path, a name on PATH such as python3.14, or a version such as 3.14{}",
        list_of_known(.known)
    )]
    NotFound {
        /// The name.
        name: String,
        /// The versions that would have been found, where a version was asked for.
        known: Vec<Version>,
    },
    /// What is meant by a name cannot be used.
    #[error("`{name}` cannot be used: {reason}")]
    Unusable {
        /// The name.
        name: String,
        /// Why.
        reason: Reason,
    },
}

fn none_found(looked: &[String], refused: &[Refused]) -> String {
    let mut text = "no CPython that can be used was found; name one with --python (a path, a name on PATH such as \
                    python3.14, or a version such as 3.14).\nIt was looked for at:"
        .to_owned();
    for place in looked {
        text.push_str(&format!("\n  {place}"));
    }
    if !refused.is_empty() {
        text.push_str("\nThese were found, and are not used:");
        for one in refused {
            text.push_str(&format!("\n  {}: {}", one.executable.display(), one.reason));
        }
    }
    text
}

fn list_of_known(versions: &[Version]) -> String {
    if versions.is_empty() {
        return String::new();
    }
    let list: Vec<String> = versions.iter().map(ToString::to_string).collect();
    format!("; found were {}", list.join(", "))
}

/// Finds the interpreters that the names given with `--python` mean or, without any, all that there are.
///
/// # Errors
///
/// Where nothing can be used, or one of the names means nothing that can.
pub fn find(names: &[String], around: &Surroundings) -> Result<Found, Error> {
    if names.is_empty() {
        let Candidates { found, looked } = Candidates::everywhere(around);
        let found = ask_all(found);
        if found.usable.is_empty() {
            let refused = found.refused;
            return Err(Error::NoneFound { looked, refused });
        }
        return Ok(found);
    }
    let mut all = Found::default();
    // Versions mean what a search finds; it is made once, and only where a version is named.
    let mut everywhere: Option<Found> = None;
    for name in names {
        let interpreter = match version::parts(name) {
            Some(parts) => {
                let found = everywhere.get_or_insert_with(|| ask_all(Candidates::everywhere(around).found));
                newest(&found.usable, &parts).ok_or_else(|| Error::NotFound {
                    name: name.clone(),
                    known: found.usable.iter().map(|one| one.version).collect(),
                })?
            }
            None => one_named(name, around)?,
        };
        if !all.usable.iter().any(|known| is_same(known, &interpreter)) {
            all.usable.push(interpreter);
        }
    }
    Ok(all)
}

/// The newest interpreter that a version means. Of equal ones the first: the project's own comes before the machine's.
fn newest(usable: &[Interpreter], parts: &[u32]) -> Option<Interpreter> {
    let meant = usable.iter().filter(|one| one.version.is_meant_by(parts));
    let best = meant.reduce(|best, other| if other.version > best.version { other } else { best })?;
    Some(Interpreter {
        source: Source::Named,
        ..best.clone()
    })
}

fn one_named(name: &str, around: &Surroundings) -> Result<Interpreter, Error> {
    let candidate = places::named(name, around).into_iter().next();
    let executable = candidate.ok_or_else(|| Error::NotFound {
        name: name.to_owned(),
        known: Vec::new(),
    })?;
    let executable = std::path::absolute(&executable).unwrap_or(executable);
    examine(&executable, Source::Named).map_err(|reason| Error::Unusable {
        name: name.to_owned(),
        reason,
    })
}

fn is_same(one: &Interpreter, other: &Interpreter) -> bool {
    places::identity(&one.executable) == places::identity(&other.executable)
}

/// Asks every candidate, each interpreter once. The order of the candidates is kept.
fn ask_all(candidates: Vec<Candidate>) -> Found {
    let mut seen = HashSet::new();
    let candidates: Vec<Candidate> = candidates
        .into_iter()
        .filter(|candidate| seen.insert(places::identity(&candidate.executable)))
        .collect();
    let answers: Mutex<Vec<(usize, Result<Interpreter, Reason>)>> = Mutex::default();
    let next = AtomicUsize::new(0);
    // An interpreter mostly waits for its files, so a few more than there are processors.
    let threads = thread::available_parallelism().map_or(2, std::num::NonZero::get) + 2;
    thread::scope(|scope| {
        for _ in 0..threads.min(candidates.len()) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    let Some(candidate) = candidates.get(index) else { return };
                    let answer = examine(&candidate.executable, candidate.source);
                    answers
                        .lock()
                        .unwrap_or_else(std::sync::PoisonError::into_inner)
                        .push((index, answer));
                }
            });
        }
    });
    let mut answers = answers.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    answers.sort_by_key(|(index, _)| *index);
    let mut found = Found::default();
    for ((_, answer), candidate) in answers.into_iter().zip(candidates) {
        match answer {
            // A script that runs an interpreter is told apart from it only by the answer.
            Ok(interpreter) if found.usable.iter().any(|known| is_same(known, &interpreter)) => {}
            Ok(interpreter) => found.usable.push(interpreter),
            Err(reason) => found.refused.push(Refused {
                executable: candidate.executable,
                source: candidate.source,
                reason,
            }),
        }
    }
    found
}

/// Asks one executable, and says whether what it is can be used.
///
/// # Errors
///
/// Where it gives no answer, or is no CPython that is new enough.
pub fn examine(executable: &Path, source: Source) -> Result<Interpreter, Reason> {
    let answer = ask::ask(executable, TIME_TO_ANSWER)?;
    let version: Version = answer.version.parse().map_err(Reason::Version)?;
    if version < Version::OLDEST {
        return Err(Reason::Old { version });
    }
    if answer.implementation != "cpython" {
        return Err(Reason::Implementation {
            implementation: answer.implementation,
            version,
        });
    }
    let executable = answer
        .executable
        .filter(|path| path.is_absolute())
        .ok_or(Reason::Homeless)?;
    let method = |name: &String| StartMethod::from_name(name);
    let stdlib = answer.stdlib.unwrap_or_else(|| answer.prefix.join("lib"));
    Ok(Interpreter {
        executable,
        source,
        version,
        build: answer.build,
        implementation: answer.implementation,
        free_threaded: answer.free_threaded,
        gil: answer.gil,
        default_start_method: answer.default_start_method.as_ref().and_then(method),
        start_methods: answer.start_methods.iter().filter_map(method).collect(),
        platform: answer.platform,
        base_prefix: answer.base_prefix.unwrap_or_else(|| answer.prefix.clone()),
        base_exec_prefix: answer.base_exec_prefix.unwrap_or_else(|| answer.exec_prefix.clone()),
        prefix: answer.prefix,
        exec_prefix: answer.exec_prefix,
        platstdlib: answer.platstdlib.unwrap_or_else(|| stdlib.clone()),
        stdlib,
        path: answer.path,
        libraries: answer.libraries,
        abiflags: answer.abiflags,
        bits: answer.bits,
    })
}

#[cfg(test)]
mod tests;
