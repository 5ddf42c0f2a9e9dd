//! One program under one interpreter and one start method.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use super::interpreter::Interpreter;
use super::job::{Job, ProgramFile};
use super::observation::Observation;
use super::probe;
use super::sandbox::{Layers, Limits};
use super::supervisor::{Supervisor, SupervisorError};
use crate::findings::StartMethod;

/// What is run, and under what.
#[derive(Clone, Debug)]
pub struct Experiment<'a> {
    /// The files of the program.
    pub files: &'a [ProgramFile],
    /// What of it is run.
    pub entry: Entry<'a>,
    /// The interpreter.
    pub interpreter: &'a Interpreter,
    /// The start method that is forced on it, unless it may choose for itself.
    pub method: Option<StartMethod>,
    /// Variables of its environment, besides the usual ones.
    pub environment: &'a [(&'a str, &'a str)],
}

/// What Python is told to run.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Entry<'a> {
    /// The file at a path below the program's folder: `python PATH`.
    Script(&'a str),
    /// A module, by its dotted name: `python -m NAME`.
    Module(&'a str),
}

impl Entry<'_> {
    fn arguments(self) -> Vec<String> {
        match self {
            Self::Script(path) => vec![path.to_owned()],
            Self::Module(name) => vec!["-m".to_owned(), name.to_owned()],
        }
    }
}

/// Where experiments are made: a sandbox and limits, the same for all.
#[derive(Debug)]
pub struct Laboratory {
    /// Starts the keepers.
    pub supervisor: Supervisor,
    /// The sandbox.
    pub layers: Layers,
    /// The limits.
    pub limits: Limits,
    /// The probe, as each interpreter imports it.
    probes: Mutex<HashMap<PathBuf, probe::Module>>,
}

/// The environment of every experiment. It holds nothing of the user's: what is not named here a program does not get.
///
/// Output is buffered as it would be into a file: `PYTHONUNBUFFERED` would hide lost lines.
const ENVIRONMENT: [(&str, &str); 4] = [
    ("HOME", "/tmp"),
    ("LANG", "C.UTF-8"),
    ("PATH", "/usr/local/bin:/usr/bin:/bin"),
    ("USER", "nobody"),
];

impl Laboratory {
    /// A laboratory with this sandbox and these limits.
    #[must_use]
    pub fn new(supervisor: Supervisor, layers: Layers, limits: Limits) -> Self {
        Self {
            supervisor,
            layers,
            limits,
            probes: Mutex::default(),
        }
    }

    /// The probe for an interpreter, which is asked once to compile it.
    fn probe(&self, interpreter: &Interpreter) -> probe::Module {
        let mut probes = self.probes.lock().unwrap_or_else(PoisonError::into_inner);
        let known = probes.entry(interpreter.executable.clone());
        known.or_insert_with(|| probe::Module::of(interpreter)).clone()
    }

    /// Makes an experiment.
    ///
    /// # Errors
    ///
    /// Where nothing was seen, for reasons that are not the program's.
    pub fn run(&self, experiment: &Experiment<'_>) -> Result<Observation, SupervisorError> {
        self.supervisor.run(&self.job(experiment))
    }

    fn job(&self, experiment: &Experiment<'_>) -> Job {
        let variables = ENVIRONMENT.iter().chain(experiment.environment);
        let owned = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
        Job {
            executable: Some(experiment.interpreter.executable.clone()),
            arguments: experiment.entry.arguments(),
            environment: variables.map(owned).collect(),
            files: experiment.files.to_vec(),
            visible: experiment.interpreter.roots(),
            layers: self.layers,
            limits: self.limits.clone(),
            start_method: experiment.method,
            probe: Some(self.probe(experiment.interpreter)),
        }
    }
}
