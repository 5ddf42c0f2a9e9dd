//! mplint's side of a keeper: starts it, waits for its answer, and never longer than it may take.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::job::Job;
use super::keeper::Answer;
use super::observation::Observation;
use super::sandbox::{Layers, Level, Limits, SetupError};

/// The hidden command by which mplint becomes a keeper.
pub const KEEPER_COMMAND: &str = "keeper";

/// What a keeper may take beyond the time of its program: to make the sandbox, to watch what is left, to end it all.
const MARGIN: Duration = Duration::from_secs(60);

/// Starts keepers.
#[derive(Clone, Debug)]
pub struct Supervisor {
    executable: PathBuf,
    margin: Duration,
}

/// Why nothing was seen of a program.
#[derive(Debug, thiserror::Error)]
pub enum SupervisorError {
    /// The keeper could not be started.
    #[error("failed to start a keeper")]
    Start(#[source] std::io::Error),
    /// The job could not be handed over.
    #[error("failed to tell the keeper what to run")]
    Tell(#[source] std::io::Error),
    /// It ended without an answer, or somebody killed it.
    #[error("the keeper gave no answer: {0}")]
    Silent(String),
    /// Its answer cannot be read.
    #[error("failed to read what the keeper answered")]
    Answer(#[source] serde_json::Error),
    /// It did not end in time, and was killed.
    #[error("the keeper had not answered after {} seconds", .0.as_secs())]
    Late(Duration),
    /// The sandbox could not be made, or the program not be executed.
    #[error("no sandbox")]
    Setup(#[source] SetupError),
}

impl Supervisor {
    /// Keepers are made of this executable, which must be mplint.
    #[must_use]
    pub fn new(executable: PathBuf) -> Self {
        Self {
            executable,
            margin: MARGIN,
        }
    }

    /// The same, with another time that a keeper may take beyond that of its program.
    #[must_use]
    pub fn with_margin(mut self, margin: Duration) -> Self {
        self.margin = margin;
        self
    }

    /// Runs one program and says what was seen of it. Blocks for as long as that takes, which is bounded.
    ///
    /// # Errors
    ///
    /// Where nothing was seen, for reasons that are not the program's.
    pub fn run(&self, job: &Job) -> Result<Observation, SupervisorError> {
        let mut keeper = Command::new(&self.executable)
            .arg(KEEPER_COMMAND)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(SupervisorError::Start)?;
        let answer = talk(&mut keeper, job, job.limits.time.saturating_add(self.margin));
        // Its standard input has ended: a keeper that still runs ends its program and itself, unless it cannot.
        if answer.is_err() {
            let _ = keeper.kill();
        }
        let status = keeper.wait();
        match answer? {
            Some(Answer::Seen(observation)) => Ok(*observation),
            Some(Answer::Failed(error)) => Err(SupervisorError::Setup(error)),
            None => Err(SupervisorError::Silent(
                status.map_or_else(|error| error.to_string(), |status| status.to_string()),
            )),
        }
    }

    /// Which layers this machine offers: every one of them is tried, all at once first.
    ///
    /// # Errors
    ///
    /// Where no keeper can be started at all.
    pub fn offered(&self) -> Result<Offered, SupervisorError> {
        let try_layers = |layers: Layers| match self.run(&trial(layers)) {
            Ok(_) => Ok(None),
            Err(SupervisorError::Setup(error)) => Ok(Some(error)),
            Err(error) => Err(error),
        };
        let mut offered = Offered {
            layers: Layers::empty(),
            refused: Vec::new(),
        };
        if try_layers(Layers::all())?.is_none() {
            offered.layers = Layers::all();
            return Ok(offered);
        }
        // Each on top of those before it. The namespaces stand or fall together: a network of one's own is little help
        // where files are the machine's.
        for layers in [Layers::NAMESPACES, Layers::LIMITS, Layers::SECCOMP, Layers::LANDLOCK] {
            match try_layers(offered.layers | layers)? {
                None => offered.layers |= layers,
                Some(error) => offered.refused.push((layers, error)),
            }
        }
        Ok(offered)
    }
}

/// Tells a keeper what to do, and takes its answer; `None` where it ends without one.
fn talk(keeper: &mut Child, job: &Job, most: Duration) -> Result<Option<Answer>, SupervisorError> {
    let mut line = serde_json::to_vec(job).map_err(|error| SupervisorError::Tell(error.into()))?;
    line.push(b'\n');
    let (Some(mut stdin), Some(stdout)) = (keeper.stdin.take(), keeper.stdout.take()) else {
        return Ok(None);
    };
    let (send, receive) = mpsc::channel();
    // Pipes cannot be written and read with a time limit. The thread ends when the keeper does, at the latest; its input
    // stays open until then, which is how it knows that mplint is there.
    thread::spawn(move || {
        let told = stdin.write_all(&line).map_err(SupervisorError::Tell);
        let answer = told.map(|()| {
            let mut answer = String::new();
            BufReader::new(stdout).read_line(&mut answer).map(|_| answer)
        });
        let _ = send.send(answer);
    });
    match receive.recv_timeout(most).map_err(|_| SupervisorError::Late(most))?? {
        Ok(answer) if answer.ends_with('\n') => {
            serde_json::from_str(&answer).map(Some).map_err(SupervisorError::Answer)
        }
        _ => Ok(None),
    }
}

/// What a machine offers for a sandbox.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offered {
    /// What can be switched on together.
    pub layers: Layers,
    /// What cannot, and what the system said.
    pub refused: Vec<(Layers, SetupError)>,
}

impl Offered {
    /// What is reached with it.
    #[must_use]
    pub fn level(&self) -> Level {
        Level::of(self.layers)
    }

    /// For a person: a line for each thing that is refused, with what the machine would need.
    #[must_use]
    pub fn reasons(&self) -> Vec<String> {
        let reason = |(layers, error): &(Layers, SetupError)| format!("{error}: {}", layers.needs());
        self.refused.iter().map(reason).collect()
    }
}

fn trial(layers: Layers) -> Job {
    Job {
        executable: None,
        arguments: Vec::new(),
        environment: Vec::new(),
        files: Vec::new(),
        visible: Vec::new(),
        layers,
        limits: Limits::default(),
        start_method: None,
        probe: None,
    }
}
