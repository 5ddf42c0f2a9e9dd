//! What a keeper is asked to do: one program, under one interpreter, within limits.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::probe;
use super::sandbox::{Layers, Limits};
use crate::findings::StartMethod;

/// One program to run.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Job {
    /// The program that is executed; none where only the sandbox is tried.
    pub executable: Option<PathBuf>,
    /// Its arguments, without its own name.
    pub arguments: Vec<String>,
    /// The whole of its environment, besides what the keeper adds for the probe.
    pub environment: Vec<(String, String)>,
    /// The files of its folder, which is its working directory too.
    pub files: Vec<ProgramFile>,
    /// Files and folders of the machine that it must see, read-only. In a sandbox without a file system of its own it
    /// sees whatever its user may.
    pub visible: Vec<PathBuf>,
    /// The parts of the sandbox that are switched on.
    pub layers: Layers,
    /// What it may use up.
    pub limits: Limits,
    /// The start method that is forced on it from outside, if any.
    pub start_method: Option<StartMethod>,
    /// The probe that its interpreters import, if any.
    pub probe: Option<probe::Module>,
}

/// A file of a program.
#[derive(Clone, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
pub struct ProgramFile {
    /// Its path below the program's folder, with `/` between the parts.
    pub path: String,
    /// Its text.
    pub text: String,
}
