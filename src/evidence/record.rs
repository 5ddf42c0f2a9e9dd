//! What came out of a trial, as it is kept: one line of JSON each, under a key of all that the outcome depends on.

use std::collections::HashMap;
use std::fs::{File, OpenOptions};
use std::hash::{Hash, Hasher};
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde::{Deserialize, Serialize};
use siphasher::sip128::{Hasher128, SipHasher13};

use super::plan::Trial;
use crate::findings::StartMethod;
use crate::runtime::interpreter::Version;
use crate::runtime::sandbox::Level;
use crate::runtime::symptom::Shown;

/// To be raised when the same program may be judged otherwise than before.
const FORMAT: u32 = 1;

/// The outcome of one trial.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Record {
    /// What the outcome depends on: the example and what it is compared with, what is expected, interpreter and method.
    pub key: String,
    /// The code of the rule.
    pub code: String,
    /// The line of the page on which the example begins.
    pub line: usize,
    /// `bad`, `fixed` or `good`.
    pub kind: String,
    /// What the example is called on its page, where it has a name.
    pub name: Option<String>,
    /// The version of the interpreter.
    pub python: Version,
    /// The start method.
    pub start_method: StartMethod,
    /// What the page says.
    pub expected: Shown,
    /// What was seen.
    pub shown: Vec<Shown>,
    /// Whether the page is right; none where nothing could be seen.
    pub holds: Option<bool>,
    /// How often the trial was made …
    pub runs: u32,
    /// … and in how many of the runs the page was right.
    pub held: u32,
    /// The sandbox.
    pub sandbox: Level,
    /// Seconds of the last run.
    pub seconds: f64,
    /// Where the page is not right: what else was seen.
    pub detail: Option<String>,
}

/// The key of a trial.
#[must_use]
pub fn key(trial: &Trial<'_>) -> String {
    let mut hasher = SipHasher13::new();
    FORMAT.hash(&mut hasher);
    let subject = trial.subject;
    for files in [Some(&subject.files), subject.fixed.as_ref()] {
        for file in files.into_iter().flatten() {
            (&file.file, &file.text).hash(&mut hasher);
        }
        hasher.write_u8(0);
    }
    subject.kind.hash(&mut hasher);
    trial.expected().to_string().hash(&mut hasher);
    trial.interpreter.build.hash(&mut hasher);
    trial.method.hash(&mut hasher);
    format!("{:032x}", hasher.finish128().as_u128())
}

/// The records of a file, and of this run.
#[derive(Debug)]
pub struct Records {
    known: HashMap<String, Record>,
    file: Option<Mutex<File>>,
}

impl Records {
    /// Nothing known, nothing kept.
    #[must_use]
    pub fn none() -> Self {
        Self {
            known: HashMap::new(),
            file: None,
        }
    }

    /// What a file holds, if it is there; what is added goes into it too. Lines that are no records, such as a last one
    /// that was cut short, are left out.
    ///
    /// # Errors
    ///
    /// Where it cannot be read or written.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut known = HashMap::new();
        match File::open(path) {
            Ok(file) => {
                for line in BufReader::new(file).lines() {
                    if let Ok(record) = serde_json::from_str::<Record>(&line?) {
                        known.insert(record.key.clone(), record);
                    }
                }
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(error),
        }
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        let mut file = OpenOptions::new().create(true).append(true).open(path)?;
        // After a line that was cut short.
        file.write_all(b"\n")?;
        Ok(Self {
            known,
            file: Some(Mutex::new(file)),
        })
    }

    /// The record under a key, if the page was right then; what was not is tried again.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Record> {
        self.known.get(key).filter(|record| record.holds == Some(true))
    }

    /// Keeps a record in the file.
    ///
    /// # Errors
    ///
    /// Where it cannot be written.
    pub fn keep(&self, record: &Record) -> io::Result<()> {
        let Some(file) = &self.file else { return Ok(()) };
        let mut line = serde_json::to_vec(record)?;
        line.push(b'\n');
        // One write a line, so that a run that is stopped leaves whole ones.
        file.lock().unwrap_or_else(PoisonError::into_inner).write_all(&line)
    }
}
