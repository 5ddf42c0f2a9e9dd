//! What is run for a finding: the user's files as they are, begun in a way that leads to the flagged line.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use super::bench::Ready;
use super::places::Place;
use super::program::Program;
use super::stand_ins;
use crate::findings::verification::Level;
use crate::runtime::interpreter::Interpreter;
use crate::runtime::job::ProgramFile;

/// One way to run the user's files.
#[derive(Clone, Debug)]
pub struct Harness {
    /// The copied files.
    pub program: Arc<Program>,
    /// What begins.
    pub start: Start,
    /// How much of the user's program this is.
    pub level: Level,
}

/// What begins.
#[derive(Clone, Debug)]
pub enum Start {
    /// The user's own main program.
    Script,
    /// A driver of ours, which calls one function of the user's.
    Driver {
        /// Its text.
        text: String,
        /// What it calls, in words.
        calls: String,
        /// The arguments for which nothing was found in the program, in words.
        stand_ins: Vec<String>,
        /// Names in the called function that hold such an argument or what was made of one.
        made_up: BTreeSet<String>,
    },
}

/// The file of a driver.
pub const DRIVER: &str = "mplint_driver.py";

impl Harness {
    /// In words.
    #[must_use]
    pub fn words(&self) -> String {
        match &self.start {
            Start::Script if self.program.is_part => format!("`python -m {}`", self.program.module),
            Start::Script => format!("`python {}`", self.program.script),
            Start::Driver { calls, .. } => format!("a call of {calls}"),
        }
    }

    /// The same with other texts of some files.
    #[must_use]
    pub fn with_texts(&self, texts: &BTreeMap<String, String>) -> Self {
        let mut program = (*self.program).clone();
        let files = program.files.iter().map(|file| ProgramFile {
            path: file.path.clone(),
            text: texts.get(&file.path).unwrap_or(&file.text).clone(),
        });
        program.files = Arc::new(files.collect());
        Self {
            program: Arc::new(program),
            ..self.clone()
        }
    }

    /// Ready to be run under an interpreter, with the lines that are asked about; and what stands in.
    #[must_use]
    pub fn ready(&self, interpreter: &Interpreter, lines: String) -> (Ready, Vec<String>) {
        let program = &self.program;
        let missing: Vec<&str> = program
            .foreign
            .iter()
            .map(String::as_str)
            .filter(|module| !has_module(interpreter, module))
            .collect();
        let mut files = program.files.clone();
        let mut search = program.search.clone();
        let mut standing = Vec::new();
        if self.level == Level::Harness && !missing.is_empty() {
            let more = Arc::make_mut(&mut files);
            more.extend(stand_ins::files(missing.iter().copied()));
            search.push(stand_ins::FOLDER.to_owned());
            standing.extend(
                missing
                    .iter()
                    .map(|module| format!("the module `{module}`, which Python {} has not", interpreter.version)),
            );
        }
        let (entry, is_module) = match &self.start {
            Start::Script if program.is_part => (program.module.clone(), true),
            Start::Script => (program.script.clone(), false),
            Start::Driver { text, stand_ins, .. } => {
                let more = Arc::make_mut(&mut files);
                more.push(ProgramFile {
                    path: DRIVER.to_owned(),
                    text: text.clone(),
                });
                standing.extend(stand_ins.iter().cloned());
                // The folder of the driver is the program's; that of the user's file is another place to look.
                let folder = Path::new(&program.script)
                    .parent()
                    .and_then(Path::to_str)
                    .unwrap_or_default();
                if !folder.is_empty() && !program.is_part {
                    search.push(folder.to_owned());
                }
                (DRIVER.to_owned(), false)
            }
        };
        let ready = Ready {
            files,
            entry,
            is_module,
            search,
            lines,
            at: String::new(),
            slow: String::new(),
            asks: self.level == Level::Harness && matches!(self.start, Start::Script),
        };
        (ready, standing)
    }

    /// Whether a name that holds something made up stands in one of the places.
    #[must_use]
    pub fn is_made_up_at(&self, places: &[Place]) -> Option<String> {
        let Start::Driver { made_up, .. } = &self.start else {
            return None;
        };
        let texts: BTreeMap<&str, &str> = self
            .program
            .files
            .iter()
            .map(|file| (file.path.as_str(), file.text.as_str()))
            .collect();
        for place in places {
            let first = (*place.rows.start() as usize).saturating_sub(1);
            let count = place.rows.clone().count();
            for line in texts.get(place.file.as_str())?.lines().skip(first).take(count) {
                let code = line.split('#').next().unwrap_or(line);
                let mut words = code.split(|c: char| !c.is_alphanumeric() && c != '_');
                if let Some(name) = words.find(|word| made_up.contains(*word)) {
                    return Some(name.to_owned());
                }
            }
        }
        None
    }
}

/// Whether an interpreter can import a module of this name, as far as its folders tell.
fn has_module(interpreter: &Interpreter, name: &str) -> bool {
    interpreter.path.iter().any(|folder| {
        folder.join(name).is_dir() || folder.join(format!("{name}.py")).is_file() || has_extension(folder, name)
    })
}

fn has_extension(folder: &Path, name: &str) -> bool {
    let begins = format!("{name}.");
    let is_it = |file: &str| file.starts_with(&begins) && file.ends_with(".so");
    std::fs::read_dir(folder).is_ok_and(|mut entries| {
        entries.any(|entry| entry.is_ok_and(|entry| entry.file_name().to_str().is_some_and(is_it)))
    })
}
