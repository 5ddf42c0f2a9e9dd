//! What the probe noted, event by event.

use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::files;
use super::frames::{Frame, UserCode};
use super::stacks;
use crate::findings::StartMethod;

/// A longer line was not written by the probe.
const LONGEST_LINE: usize = 256 << 10;
/// More events than this are not kept.
const MOST_EVENTS: usize = 200_000;

/// One thing that the program did, by its own account.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// When: seconds of `CLOCK_MONOTONIC`.
    pub time: f64,
    /// In which process, as that process numbers itself.
    pub pid: u32,
    /// In which thread, as the kernel numbers it there.
    pub tid: u32,
    /// What happened.
    #[serde(flatten)]
    pub what: What,
}

/// What can happen.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum What {
    /// A process begins: Python has started in it, or it was forked from one that had.
    Process {
        /// What the process is for.
        role: Role,
        /// Its parent, 0 where that lies outside its namespace.
        ppid: u32,
        /// The beginning of its command line; empty after a fork.
        argv: Vec<String>,
        /// The version of Python.
        python: String,
        /// The main thread as `faulthandler` numbers it.
        main_thread: u64,
    },
    /// `Process.start` has made a child.
    Start {
        /// The child, as the parent sees it.
        child: u32,
        /// How it was made.
        method: String,
        /// The deepest call of the program's that led to it.
        #[serde(default)]
        at: Option<Frame>,
        /// The one that made the object.
        #[serde(default)]
        made: Option<Frame>,
        /// What is to run there.
        #[serde(flatten)]
        process: Process,
    },
    /// A child begins to run its `Process`.
    Bootstrap {
        /// The method that the class of the process names, or none where it is the default's.
        method: Option<String>,
        /// What runs there.
        #[serde(flatten)]
        process: Process,
    },
    /// A `Process` has run to its end in the child, by return or by an exception.
    Exit {
        /// What the child is about to exit with; none where not even that came to be.
        code: Option<i64>,
    },
    /// The program names a start method.
    Named {
        /// By which call.
        call: Call,
        /// Which method.
        method: String,
        /// By which method it was replaced. What `get_context` names cannot be replaced.
        replaced: Option<StartMethod>,
        /// The file of the call.
        file: String,
        /// The line of the call.
        line: u32,
    },
    /// A thread begins to serve for ever, by waits that end each second: no sign of life, and none of death.
    Service {
        /// What it serves: `manager`.
        what: String,
    },
    /// The timer that sends SIGALRM is set, or taken back where the time is 0.
    Timer {
        /// In how many seconds.
        seconds: Option<f64>,
        /// And how often after that; 0 is never.
        interval: Option<f64>,
    },
    /// A name is told to the resource tracker, or taken back.
    Resource {
        /// Which of both.
        action: Action,
        /// The name, as the kernel knows it.
        name: String,
        /// `shared_memory` or `semaphore`.
        kind: String,
        /// The deepest call of the program's that led to it.
        #[serde(default)]
        at: Option<Frame>,
    },
    /// A pool goes away that nobody closed: the place where Python gives a `ResourceWarning`, shown or not.
    Unclosed {
        /// The class of the pool: a `ThreadPool` has no processes.
        class: String,
        /// What the warning says.
        text: String,
        /// The deepest call of the program's that made the pool.
        #[serde(default)]
        at: Option<Frame>,
    },
    /// A line that was asked about is run, for the first time in its process.
    Line {
        /// The file, below the program's folder.
        file: String,
        /// The line.
        line: u32,
    },
    /// The program is about to wait for a result.
    Waits {
        /// Where it does.
        at: Frame,
        /// Where it made the result.
        made: Frame,
    },
    /// A result has come from another process.
    Arrived {
        /// Where the program made it.
        made: Frame,
    },
    /// A line has come back to the event loop that it was run by; or a block has ended that waits for tasks.
    Held {
        /// The line; of a block, the one that made what it waits with.
        at: Frame,
        /// How long something has waited meanwhile that was due, or the program for the end of the block.
        seconds: f64,
        /// How many had to wait.
        count: u32,
    },
    /// A task is handed to a pool or an executor.
    Open {
        /// Where.
        at: Frame,
        /// How many have no result then, with this one; two for a call that hands over several.
        count: u32,
    },
    /// Something was done with a stand-in for what is missing.
    Touched {
        /// What it stands in for.
        name: String,
        /// What was done: `called`, `used`, `pickled`.
        how: String,
        /// The deepest call of the program's that led to it.
        at: Option<Frame>,
    },
    /// The program was given arguments that it asks for on its command line.
    Arguments {
        /// The words.
        words: Vec<String>,
    },
    /// An exception that nobody caught.
    Exception {
        /// What it ended.
        #[serde(rename = "where")]
        place: Place,
        /// The name of the thread, where it ended one.
        thread: Option<String>,
        /// Where the program made the process whose start it came up in, the result that it was kept in, or the item of
        /// a queue that it is about.
        #[serde(default)]
        made: Option<Frame>,
        /// The exception, and up to three that it came of.
        chain: Vec<Raised>,
    },
}

/// What a process is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The program, or another Python that it runs.
    Program,
    /// A child by `spawn`.
    Spawn,
    /// The server that forks children by `forkserver`.
    Forkserver,
    /// The resource tracker.
    Tracker,
    /// A copy of its parent: by `os.fork`, by the start method `fork`, or by the server.
    Fork,
}

/// A `multiprocessing.Process`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// Its name.
    pub name: String,
    /// Its class, with the module.
    pub class: String,
    /// Whether it is daemonic.
    pub daemon: bool,
    /// What it is for.
    pub kind: Kind,
    /// What it runs, with the module.
    pub target: Option<String>,
    /// The file of that, where it is Python code.
    pub file: Option<String>,
    /// The line where that begins.
    pub line: Option<u32>,
}

/// What a `Process` is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Started by the program itself, or by a library.
    Child,
    /// A worker of a `Pool`.
    PoolWorker,
    /// A worker of a `ProcessPoolExecutor`.
    ExecutorWorker,
    /// The server of a `Manager`.
    ManagerServer,
}

/// The call that names a start method.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Call {
    /// `set_start_method("…")`.
    SetStartMethod,
    /// `get_context("…")`.
    GetContext,
}

/// What the resource tracker is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// There is a new name.
    Register,
    /// It is gone.
    Unregister,
}

/// What an exception ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// A Python as a whole.
    Main,
    /// The work of a child.
    Process,
    /// A thread.
    Thread,
    /// Not even the feeder thread of a queue, which goes on: but the item is lost.
    Feeder,
    /// Nothing yet: it goes through a line that was asked about, and may be caught further out.
    Passing,
}

/// An exception.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Raised {
    /// Its class, with the module: `builtins.ValueError`.
    #[serde(rename = "type")]
    pub class: String,
    /// The class and those that it inherits from.
    pub mro: Vec<String>,
    /// What it says, shortened.
    pub message: String,
    /// Where it came from, the deepest last. Of a long stack the middle is left out.
    pub frames: Vec<Frame>,
}

impl Raised {
    /// The name of the class, without the module.
    #[must_use]
    pub fn name(&self) -> &str {
        self.class.rsplit_once('.').map_or(&self.class, |(_, name)| name)
    }

    /// Whether it is of a class with this name (without the module), or of one that inherits from it.
    #[must_use]
    pub fn is(&self, name: &str) -> bool {
        self.mro
            .iter()
            .any(|class| class == name || class.rsplit_once('.').is_some_and(|(_, last)| last == name))
    }

    /// The frames in the worker that raised it, where it stands for an exception that came through a pipe: pools and
    /// executors send the traceback along as text.
    #[must_use]
    pub fn remote_frames(&self) -> Vec<Frame> {
        if matches!(self.name(), "RemoteTraceback" | "_RemoteTraceback") {
            stacks::frames_in_traceback(&self.message)
        } else {
            Vec::new()
        }
    }

    /// The deepest frame in code of the user's.
    #[must_use]
    pub fn deepest(&self, code: &UserCode) -> Option<Frame> {
        let remote = self.remote_frames();
        code.filter(&remote)
            .next_back()
            .or_else(|| code.filter(&self.frames).next_back())
            .cloned()
    }
}

/// All that was noted.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Log {
    /// The events, in the order of their times.
    pub events: Vec<Event>,
    /// How many lines could not be understood. The probe writes none such, so the program wrote them, or was ended in
    /// the middle of one.
    pub bad_lines: usize,
    /// Whether something was left unread because there was too much.
    pub cut: bool,
}

/// Reads what was noted in a folder.
///
/// # Errors
///
/// Where the folder itself cannot be read.
pub fn read(folder: &Path) -> io::Result<Log> {
    let (parts, cut) = files::read(folder, "ev")?;
    let mut log = Log { cut, ..Log::default() };
    for part in parts {
        log.take(part.pid, &part.bytes);
    }
    log.events.sort_by(|one, other| one.time.total_cmp(&other.time));
    Ok(log)
}

impl Log {
    fn take(&mut self, pid: u32, bytes: &[u8]) {
        for line in bytes.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
            if self.events.len() >= MOST_EVENTS {
                self.cut = true;
                return;
            }
            // Each process writes to its own file: whoever says to be another lies.
            match parse(line) {
                Some(event) if event.pid == pid => self.events.push(event),
                _ => self.bad_lines += 1,
            }
        }
    }
}

fn parse(line: &[u8]) -> Option<Event> {
    let event: Event = (line.len() <= LONGEST_LINE).then(|| serde_json::from_slice(line).ok())??;
    (event.time.is_finite() && event.time >= 0.0).then_some(event)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn log(text: &str) -> Log {
        let mut log = Log::default();
        log.take(7, text.as_bytes());
        log
    }

    #[test]
    fn every_kind_of_event_is_understood() {
        let text = r#"{"event":"process","time":1.5,"pid":7,"tid":7,"role":"program","ppid":1,"argv":["python3","a.py"],"python":"3.14.0","main_thread":140}
{"event":"start","time":2,"pid":7,"tid":7,"child":8,"method":"spawn","name":"P-1","class":"m.P","daemon":false,"kind":"child","target":"__main__.f","file":"a.py","line":3}
{"event":"bootstrap","time":2,"pid":7,"tid":7,"method":null,"name":"P-1","class":"m.P","daemon":true,"kind":"pool-worker","target":null,"file":null,"line":null}
{"event":"exit","time":3,"pid":7,"tid":7,"code":-3}
{"event":"named","time":3,"pid":7,"tid":7,"call":"set_start_method","method":"fork","replaced":"spawn","file":"a.py","line":9}
{"event":"service","time":3,"pid":7,"tid":7,"what":"manager"}
{"event":"timer","time":3,"pid":7,"tid":7,"seconds":0.5,"interval":0}
{"event":"resource","time":3,"pid":7,"tid":7,"action":"register","name":"/psm_1","kind":"shared_memory"}
{"event":"unclosed","time":3,"pid":7,"tid":7,"text":"unclosed running multiprocessing pool","class":"multiprocessing.pool.Pool"}
{"event":"exception","time":3,"pid":7,"tid":9,"where":"thread","thread":"T","chain":[{"type":"a.B","mro":["a.B","builtins.OSError"],"message":"no","frames":[["a.py",3,"f"],["x",null,"g"]]}]}
"#;
        let log = log(text);
        assert_eq!((log.events.len(), log.bad_lines), (10, 0));
        let What::Exception { place, chain, .. } = &log.events[9].what else {
            panic!()
        };
        assert_eq!(*place, Place::Thread);
        assert!(chain[0].is("OSError") && chain[0].is("B") && chain[0].is("a.B") && !chain[0].is("Error"));
        assert_eq!((chain[0].name(), chain[0].frames[1].line), ("B", None));
    }

    #[test]
    fn what_the_program_forges_is_counted_and_passed_over() {
        let good = r#"{"event":"exit","time":3,"pid":7,"tid":7,"code":0}"#;
        let nested = "[".repeat(100_000);
        for bad in [
            "nonsense",
            "{}",
            "null",
            r#"{"event":"exit","time":3,"pid":7,"tid":7,"code":0"#,
            r#"{"event":"exit","time":3,"pid":8,"tid":7,"code":0}"#,
            r#"{"event":"exit","time":-3,"pid":7,"tid":7,"code":0}"#,
            r#"{"event":"exit","time":1e999,"pid":7,"tid":7,"code":0}"#,
            r#"{"event":"exit","time":3,"pid":7,"tid":99999999999,"code":0}"#,
            r#"{"event":"unheard-of","time":3,"pid":7,"tid":7}"#,
            r#"{"event":"resource","time":3,"pid":7,"tid":7,"action":"register","name":7,"kind":"x"}"#,
            "\u{0}\u{1b}[2J",
            &nested,
        ] {
            let log = log(&format!("{good}\n{bad}\n{good}\n"));
            assert_eq!((log.events.len(), log.bad_lines), (2, 1), "{:.60}", bad);
        }
        let mut log = Log::default();
        log.take(7, &[0xff, 0xfe, b'\n', b'\n', b'{']);
        assert_eq!((log.events.len(), log.bad_lines), (0, 2));
        log.take(7, "x\n".repeat(10).as_bytes());
        assert_eq!(log.bad_lines, 12);
        let long = format!(
            r#"{{"event":"service","time":3,"pid":7,"tid":7,"what":"{}"}}"#,
            "x".repeat(LONGEST_LINE)
        );
        log.take(7, long.as_bytes());
        assert_eq!((log.events.len(), log.bad_lines), (0, 13));
    }

    #[test]
    fn the_deepest_frame_of_the_user_may_lie_in_the_worker() {
        let code = UserCode::new(Path::new("/app"), Path::new("/app"));
        let frame = |file: &str, line| Frame::from((file.to_owned(), Some(line), "f".to_owned()));
        let mut raised = Raised {
            class: "builtins.ValueError".to_owned(),
            mro: Vec::new(),
            message: String::new(),
            frames: vec![
                frame("/app/a.py", 1),
                frame("/app/a.py", 2),
                frame("/usr/lib/pool.py", 3),
            ],
        };
        assert_eq!(raised.deepest(&code), Some(frame("/app/a.py", 2)));
        raised.class = "multiprocessing.pool.RemoteTraceback".to_owned();
        raised.message =
            "\n\"\"\"\nTraceback (most recent call last):\n  File \"/usr/lib/pool.py\", line 125, in worker\n    \
                          result = f()\n  File \"/app/b.py\", line 44, in f\n    raise\nValueError: no\n\"\"\""
                .to_owned();
        assert_eq!(raised.deepest(&code), Some(frame("/app/b.py", 44)));
    }

    proptest! {
        #[test]
        fn no_bytes_break_it(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            Log::default().take(7, &bytes);
        }
    }
}
