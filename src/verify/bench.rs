//! Runs programs, each only once however many findings want to know how it went.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::findings::{Remedy, StartMethod};
use crate::runtime::experiment::{Entry, Experiment, Laboratory};
use crate::runtime::interpreter::Interpreter;
use crate::runtime::job::ProgramFile;
use crate::runtime::observation::Observation;

/// A program that is ready to be run.
#[derive(Clone, Debug)]
pub struct Ready {
    /// Its files, with all that stands in.
    pub files: Arc<Vec<ProgramFile>>,
    /// Which of them is run: a path, or the name of a module.
    pub entry: String,
    /// Whether that is the name of a module.
    pub is_module: bool,
    /// Folders in which modules are looked for.
    pub search: Vec<String>,
    /// The lines that are asked about, as the probe wants them.
    pub lines: String,
    /// The lines at which a remedy counts, likewise.
    pub at: String,
    /// The lines at which each step takes longer; none where the program runs at its own pace.
    pub slow: String,
    /// Whether it is given the arguments that it asks for on its command line, where it gets none.
    pub asks: bool,
}

/// How it is run.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct How {
    /// Which time: the same program is run twice, to see whether it does the same.
    pub time: u8,
    /// Whether the lines that were asked about are noted, which slows the program a little.
    pub traced: bool,
    /// Whether output is written at once.
    pub unbuffered: bool,
    /// Whether pools of processes are pools of threads.
    pub threads: bool,
    /// Whether no process that the program makes itself is daemonic.
    pub no_daemons: bool,
    /// What the library does otherwise at the lines in question.
    pub remedy: Option<Remedy>,
    /// Whether a process that was never started can be waited for.
    pub lenient: bool,
    /// Whether a wait with a timeout of some seconds goes on without one.
    pub patient: bool,
    /// Whether the start method stands for those that the program asks for by name as well.
    pub named: bool,
}

/// What came of a run, or why nothing did.
pub type Seen = Arc<Result<Observation, String>>;

/// Where programs are run.
#[derive(Debug)]
pub struct Bench<'a> {
    laboratory: &'a Laboratory,
    known: Mutex<HashMap<u64, Arc<OnceLock<Seen>>>>,
    stop: &'a AtomicBool,
    runs: AtomicUsize,
}

impl<'a> Bench<'a> {
    /// A bench in a laboratory. When `stop` is set, nothing more is run.
    #[must_use]
    pub fn new(laboratory: &'a Laboratory, stop: &'a AtomicBool) -> Self {
        Self {
            laboratory,
            known: Mutex::default(),
            stop,
            runs: AtomicUsize::new(0),
        }
    }

    /// How many programs have been run.
    #[must_use]
    pub fn runs(&self) -> usize {
        self.runs.load(Ordering::Relaxed)
    }

    /// Whether it was stopped.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// Runs a program, or says what came of it before.
    #[must_use]
    pub fn run(&self, ready: &Ready, interpreter: &Interpreter, method: Option<StartMethod>, how: How) -> Seen {
        let key = key(ready, interpreter, method, how);
        let cell = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry(key).or_default())
        };
        Arc::clone(cell.get_or_init(|| Arc::new(self.observe(ready, interpreter, method, how))))
    }

    fn observe(
        &self,
        ready: &Ready,
        interpreter: &Interpreter,
        method: Option<StartMethod>,
        how: How,
    ) -> Result<Observation, String> {
        if self.is_stopped() {
            return Err("stopped before it was run".to_owned());
        }
        let search = ready.search.join(":");
        let mut environment = Vec::new();
        if !search.is_empty() {
            environment.push(("PYTHONPATH", search.as_str()));
        }
        if how.traced && !ready.lines.is_empty() {
            environment.push(("MPLINT_PROBE_LINES", &ready.lines));
        }
        if how.unbuffered {
            environment.push(("PYTHONUNBUFFERED", "1"));
        }
        if how.threads {
            environment.push(("MPLINT_PROBE_THREADS", "1"));
        }
        if how.no_daemons {
            environment.push(("MPLINT_PROBE_NO_DAEMONS", "1"));
        }
        if how.lenient {
            environment.push(("MPLINT_PROBE_LENIENT", "1"));
        }
        if how.patient {
            environment.push(("MPLINT_PROBE_PATIENT", "1"));
        }
        if how.named {
            environment.push(("MPLINT_PROBE_NAMED", "1"));
        }
        if let Some(remedy) = how.remedy {
            environment.push(("MPLINT_PROBE_REMEDY", remedy.as_str()));
            environment.push(("MPLINT_PROBE_AT", &ready.at));
        }
        if ready.asks {
            environment.push(("MPLINT_PROBE_ARGUMENTS", "1"));
        }
        if !ready.slow.is_empty() {
            environment.push(("MPLINT_PROBE_SLOW", &ready.slow));
        }
        self.runs.fetch_add(1, Ordering::Relaxed);
        let entry = if ready.is_module {
            Entry::Module(&ready.entry)
        } else {
            Entry::Script(&ready.entry)
        };
        let experiment = Experiment {
            files: &ready.files,
            entry,
            interpreter,
            method,
            environment: &environment,
        };
        self.laboratory.run(&experiment).map_err(|error| {
            if self.is_stopped() {
                return "stopped while it was run".to_owned();
            }
            let error: anyhow::Error = error.into();
            format!("{error:#}")
        })
    }
}

fn key(ready: &Ready, interpreter: &Interpreter, method: Option<StartMethod>, how: How) -> u64 {
    let mut hasher = DefaultHasher::new();
    ready.files.hash(&mut hasher);
    (&ready.entry, ready.is_module, &ready.search, &ready.lines).hash(&mut hasher);
    (how.remedy.map(|_| &ready.at), &ready.slow, ready.asks).hash(&mut hasher);
    interpreter.executable.hash(&mut hasher);
    (method, how).hash(&mut hasher);
    hasher.finish()
}
