//! What the processes of one run did, and when, as plain data.

/// One run of a program.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Timeline {
    /// What was run: `as it is`, `the same under fork`.
    pub title: String,
    /// How long it took, or was looked at.
    pub seconds: f64,
    /// Why it was stopped; none where it ended by itself.
    pub stopped: Option<String>,
    /// Its processes, in the order of their beginning.
    pub lanes: Vec<Lane>,
    /// The last lines of its output.
    pub output: Vec<String>,
}

/// One process.
#[derive(Clone, PartialEq, Debug)]
pub struct Lane {
    /// What it is called: `main process`, `Process-1`.
    pub name: String,
    /// What it runs, if that is known.
    pub work: Option<String>,
    /// What it did, one after another.
    pub phases: Vec<Phase>,
    /// How it ended.
    pub end: String,
    /// Whether that is as it should be.
    pub ended_well: bool,
    /// What happened in it.
    pub marks: Vec<Mark>,
}

/// What a process did for a while.
#[derive(Clone, PartialEq, Debug)]
pub struct Phase {
    /// What.
    pub kind: PhaseKind,
    /// From when on, in seconds after the beginning of the program.
    pub from: f64,
    /// Until when.
    pub until: f64,
    /// More of it: what it waits for.
    pub text: String,
}

/// What a process does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum PhaseKind {
    /// It was made, and does not run its own work yet.
    Created,
    /// It runs.
    Running,
    /// It waits for what never comes.
    Blocked,
}

/// Something that happened at one moment.
#[derive(Clone, PartialEq, Debug)]
pub struct Mark {
    /// When.
    pub at: f64,
    /// What.
    pub text: String,
    /// Which kind of thing.
    pub kind: MarkKind,
}

/// Which kind of thing happened.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum MarkKind {
    /// Something goes to another process, or comes from one.
    Crossing,
    /// A line of the finding is run.
    Line,
    /// Something fails.
    Failure,
}
