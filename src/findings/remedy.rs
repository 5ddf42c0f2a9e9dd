//! What a rule tells of its findings to whoever puts them to the test.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What helps an experiment on a finding.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Hints {
    /// What the program can be compared with, besides a fix.
    pub remedy: Option<Remedy>,
    /// Whether it depends on who comes first, so that one run may go well.
    pub is_race: bool,
    /// Whether tasks are said to be done one by one, so that never two of them are open.
    pub is_one_by_one: bool,
    /// Whether it is said of every value that goes to another process there that it cannot: one that arrives refutes it.
    pub says_all_fail: bool,
}

/// What the library does otherwise at the lines of a finding, for the one run that the program is compared with. It is what
/// a repair would come to; the text of the program stays as it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    /// Whoever starts a process there, joins it there, or asks it there for its end, goes on when it has ended.
    Ended,
    /// A process that is joined there is killed when it has not ended after a second.
    Killed,
    /// A process that is started there once more stays as it is.
    StartedOnce,
    /// A pool is only ended when its tasks are done.
    TasksDone,
    /// A pool that is made there is ended with the program, or when nobody has it any more.
    PoolEnded,
    /// The pools that are made there are one and the same, and end with the program.
    OnePool,
    /// The program says so when a task that is handed over there fails.
    FailureTold,
    /// What runs in other processes runs in threads of this one, where all memory is shared.
    SharedMemory,
    /// A process that is waited for there, and was never started, is started first.
    StartedFirst,
    /// A wait there that lasts for more than a second ends, and gives None.
    WaitEnds,
    /// Who holds a lock may take it again.
    Reentrant,
    /// All locks are one.
    OneLock,
    /// A join there lets the process run on; it is waited for when it is closed, or with the program's end.
    JoinedLater,
    /// A process whose `run()` is called there is started.
    RunsApart,
    /// Every process is set up as it is made, whatever its constructor does.
    SetUp,
    /// A manager lives until the program ends.
    ManagerStays,
    /// What is put into a queue is taken as it is then.
    TakenAtOnce,
    /// A global of the program that is sent is the same object where it arrives.
    SameObject,
    /// Who reads from a pipe there learns that nothing more will come, when nothing has come for a second.
    PipeEnds,
    /// A segment of shared memory stays until the program ends, and is removed then.
    SegmentStays,
    /// A segment belongs to who has made it.
    SegmentOwned,
    /// A start method that there is not is the default.
    KnownMethod,
    /// Locks, queues and the like are made as for a process that is not forked.
    OneContext,
    /// A queue is asked there for its state when it has had time to take what was put.
    AskedLater,
    /// Each process has random numbers of its own.
    OwnRandom,
    /// What ends a process at once ends it as usual.
    ExitsAsUsual,
    /// What the process has worked out is what this line is given.
    ResultKept,
    /// What runs elsewhere is called with what it has parameters for.
    ArgumentsFit,
    /// What runs elsewhere is called with anything, and does nothing.
    NoWork,
    /// A process whose `run()` is called there is started, and waited for after the loop that does so.
    StartedAndAwaited,
    /// A process that is to end itself there ends as by `sys.exit()`.
    EndsItself,
    /// Queues stay open until the program ends.
    QueueStaysOpen,
    /// Who has waited at a barrier for three seconds goes on.
    BarrierOpens,
    /// A child begins with what the globals that are named there hold in its parent.
    StateSent,
    /// A task that ends its process there ends alone, and has no result.
    TaskAlone,
    /// A process that has ended and is started there once more does its work once more.
    StartedAnew,
    /// Each message is written and read by one process at a time at the same end of a pipe.
    MessagesWhole,
    /// A result that is waited for there is waited for where it is used.
    ResultLater,
    /// The end of a block kills the workers of an executor that are still at their tasks.
    WorkersKilled,
    /// The event loop goes on while something is waited for there.
    LoopGoesOn,
    /// One process at a time goes through the lines of the finding.
    InTurn,
    /// A lock that is taken there is given back when the function is left.
    GivenBack,
    /// A child that is forked opens the files anew that it reads and has from its parent.
    OwnFiles,
    /// A process that uses a pool or an executor of another process gets workers of its own for it.
    OwnWorkers,
    /// A file that is opened for writing there in a child is added to, and no process renames a log file.
    FileGrows,
    /// Pipes and queues hold all that is put into them, so that nobody waits for a reader.
    RoomForAll,
}

impl Remedy {
    /// The word by which the probe knows it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ended => "ended",
            Self::Killed => "killed",
            Self::StartedOnce => "started-once",
            Self::TasksDone => "tasks-done",
            Self::PoolEnded => "pool-ended",
            Self::OnePool => "one-pool",
            Self::FailureTold => "failure-told",
            Self::SharedMemory => "shared-memory",
            Self::StartedFirst => "started-first",
            Self::WaitEnds => "wait-ends",
            Self::Reentrant => "reentrant",
            Self::OneLock => "one-lock",
            Self::JoinedLater => "joined-later",
            Self::RunsApart => "runs-apart",
            Self::SetUp => "set-up",
            Self::ManagerStays => "manager-stays",
            Self::TakenAtOnce => "taken-at-once",
            Self::SameObject => "same-object",
            Self::PipeEnds => "pipe-ends",
            Self::SegmentStays => "segment-stays",
            Self::SegmentOwned => "segment-owned",
            Self::KnownMethod => "known-method",
            Self::OneContext => "one-context",
            Self::AskedLater => "asked-later",
            Self::OwnRandom => "own-random",
            Self::ExitsAsUsual => "exits-as-usual",
            Self::ResultKept => "result-kept",
            Self::ArgumentsFit => "arguments-fit",
            Self::NoWork => "no-work",
            Self::StartedAndAwaited => "started-and-awaited",
            Self::EndsItself => "ends-itself",
            Self::QueueStaysOpen => "queue-stays-open",
            Self::BarrierOpens => "barrier-opens",
            Self::StateSent => "state-sent",
            Self::TaskAlone => "task-alone",
            Self::StartedAnew => "started-anew",
            Self::MessagesWhole => "messages-whole",
            Self::ResultLater => "result-later",
            Self::WorkersKilled => "workers-killed",
            Self::LoopGoesOn => "loop-goes-on",
            Self::InTurn => "in-turn",
            Self::GivenBack => "given-back",
            Self::OwnFiles => "own-files",
            Self::OwnWorkers => "own-workers",
            Self::FileGrows => "file-grows",
            Self::RoomForAll => "room-for-all",
        }
    }

    /// What is tried where this does not come to a good end.
    #[must_use]
    pub const fn otherwise(self) -> Option<Self> {
        match self {
            Self::ArgumentsFit => Some(Self::NoWork),
            Self::StartedOnce => Some(Self::StartedAnew),
            Self::RunsApart => Some(Self::StartedAndAwaited),
            Self::StateSent | Self::OwnWorkers => Some(Self::SharedMemory),
            _ => None,
        }
    }

    /// Whether it changes nothing but what the lines of a finding do. What is in effect in the whole program may mend another
    /// mistake than the one that is asked about.
    #[must_use]
    pub const fn is_narrow(self) -> bool {
        matches!(
            self,
            Self::Ended
                | Self::Killed
                | Self::StartedOnce
                | Self::TasksDone
                | Self::PoolEnded
                | Self::OnePool
                | Self::StartedFirst
                | Self::WaitEnds
                | Self::JoinedLater
                | Self::RunsApart
                | Self::PipeEnds
                | Self::AskedLater
                | Self::EndsItself
                | Self::BarrierOpens
                | Self::StateSent
                | Self::StartedAnew
                | Self::LoopGoesOn
                | Self::InTurn
                | Self::GivenBack
                | Self::FileGrows
        )
    }

    /// In words that follow "the same where".
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Ended => "this line goes on only when the process has ended",
            Self::Killed => "the process that is joined is killed when it has not ended after a second",
            Self::StartedOnce => "the process is started once, and a second start does nothing",
            Self::TasksDone => "a pool ends only when its tasks are done",
            Self::PoolEnded => "the pool that is made there is ended with the program",
            Self::OnePool => "the pools that are made there are one and the same",
            Self::FailureTold => "a task that fails says so",
            Self::SharedMemory => "what runs in other processes runs in threads, which share their memory",
            Self::StartedFirst => "the process is started before it is waited for",
            Self::WaitEnds => "this wait ends after a second, and gives None where nothing has come",
            Self::Reentrant => "who holds a lock may take it again",
            Self::OneLock => "all locks are one, which who holds it may take again",
            Self::JoinedLater => "this line lets the process run on, and it is waited for later",
            Self::RunsApart => "this line starts the process",
            Self::SetUp => "every process is set up as it is made",
            Self::ManagerStays => "the manager lives until the program ends",
            Self::TakenAtOnce => "a queue takes what is put into it as it is then",
            Self::SameObject => "a global that is sent is the same object where it arrives",
            Self::PipeEnds => "a pipe from which nothing has come for a second has ended",
            Self::SegmentStays => "segments of shared memory stay until the program ends, and are removed then",
            Self::SegmentOwned => "a segment of shared memory belongs to who has made it",
            Self::KnownMethod => "a start method that there is not is the default",
            Self::OneContext => "what processes share is made as for one that is not forked",
            Self::AskedLater => "the queue has had time to take what was put",
            Self::OwnRandom => "each process has random numbers of its own",
            Self::ExitsAsUsual => "the process ends as usual, and not at once",
            Self::ResultKept => "this line is given what the process has returned",
            Self::NoWork => "what is to run in the other process is called with anything, and does nothing",
            Self::ArgumentsFit => "arguments go to the parameters that there are, and what is missing may be anything",
            Self::StartedAndAwaited => "this line starts the process, which is waited for after the loop",
            Self::EndsItself => "the process ends itself there as by `sys.exit()`",
            Self::QueueStaysOpen => "queues stay open until the program ends",
            Self::BarrierOpens => "whoever has waited at a barrier for three seconds goes on",
            Self::StateSent => "a child begins with what the globals of this line hold in its parent",
            Self::LoopGoesOn => "the event loop goes on while this line waits",
            Self::InTurn => "one process at a time goes through these lines",
            Self::GivenBack => "a lock that is taken there is given back when the function is left",
            Self::OwnFiles => "a child that is forked opens the files anew that it reads",
            Self::OwnWorkers => "a process that uses a pool of another process gets workers of its own",
            Self::FileGrows => "a file that is opened there is only ever added to",
            Self::RoomForAll => "pipes and queues hold all that is put into them",
            Self::ResultLater => "a result is waited for where it is used, and the first of several tasks begins last",
            Self::WorkersKilled => "the end of the block kills the workers that are still at their tasks",
            Self::MessagesWhole => "one process at a time writes to an end of a pipe, or reads from it",
            Self::StartedAnew => "a process that is started once more does its work once more",
            Self::TaskAlone => "the task that ends its process there ends alone, and has no result",
        }
    }
}

impl fmt::Display for Remedy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
