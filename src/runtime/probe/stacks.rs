//! The stacks that `faulthandler` writes when the signal comes.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::files;
use super::frames::{Frame, UserCode};

/// More threads than this in one file are not kept. `faulthandler` itself stops at a hundred for each signal.
const MOST_THREADS: usize = 2_000;
/// More frames of one thread are not kept; `faulthandler` stops at a hundred.
const MOST_FRAMES: usize = 200;

/// A thread of Python's, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// Its number: of `pthread_self`, not the kernel's.
    pub id: u64,
    /// Its name, from 3.14 on. The kernel keeps 15 bytes of it.
    pub name: Option<String>,
    /// Whether it is the one that took the signal.
    pub current: bool,
    /// Whether it was collecting garbage.
    pub collecting: bool,
    /// The calls, the deepest first. Empty where no code of Python's ran in it.
    pub frames: Vec<Frame>,
    /// Whether something is missing: a stack too deep, a frame that could not be read.
    pub cut: bool,
}

impl Thread {
    /// The frames in code of the user's, the deepest first.
    pub fn user_frames<'a>(&'a self, code: &'a UserCode) -> impl DoubleEndedIterator<Item = &'a Frame> {
        code.filter(&self.frames)
    }

    /// The call of the library that code of the user's is in, such as `Queue.get`. None where the user's code waits
    /// by itself (in a lock, say, which is no Python code), or no code of the user's is on the stack.
    #[must_use]
    pub fn call(&self, code: &UserCode) -> Option<String> {
        let user = self
            .frames
            .iter()
            .position(|frame| code.path_of(&frame.file).is_some())?;
        // The frame that the user's called: just before it, as the deepest comes first.
        user.checked_sub(1).map(|index| label(&self.frames[index]))
    }
}

/// `Queue.get` for `get` in `multiprocessing/queues.py`: the class is not on the stack, but mostly there is only one
/// in a file that has such a method.
fn label(frame: &Frame) -> String {
    const CLASSES: [(&str, &[&str], &str); 15] = [
        (
            "multiprocessing/queues.py",
            &["get", "put", "join_thread", "join"],
            "Queue",
        ),
        ("multiprocessing/process.py", &["join", "start", "close"], "Process"),
        ("multiprocessing/pool.py", &["get", "wait"], "AsyncResult"),
        ("multiprocessing/pool.py", &["next"], "IMapIterator"),
        (
            "multiprocessing/pool.py",
            &[
                "join",
                "map",
                "apply",
                "starmap",
                "terminate",
                "_terminate_pool",
                "__exit__",
                "__init__",
            ],
            "Pool",
        ),
        (
            "multiprocessing/connection.py",
            &["recv", "recv_bytes", "recv_bytes_into", "send", "send_bytes", "poll"],
            "Connection",
        ),
        ("multiprocessing/connection.py", &["accept"], "Listener"),
        (
            "multiprocessing/synchronize.py",
            &["wait_for", "notify", "notify_all"],
            "Condition",
        ),
        ("multiprocessing/managers.py", &["_callmethod"], "proxy"),
        ("multiprocessing/managers.py", &["start", "shutdown"], "Manager"),
        ("concurrent/futures/_base.py", &["result", "exception"], "Future"),
        (
            "concurrent/futures/_base.py",
            &["result_iterator", "__exit__"],
            "Executor",
        ),
        (
            "concurrent/futures/process.py",
            &["shutdown", "submit", "map", "_chain_from_iterable_of_lists"],
            "ProcessPoolExecutor",
        ),
        ("threading.py", &["join", "start"], "Thread"),
        ("subprocess.py", &["wait", "communicate", "_wait"], "Popen"),
    ];
    let class = CLASSES
        .iter()
        .find(|(file, methods, _)| frame.file.ends_with(file) && methods.contains(&frame.function.as_str()))
        .map(|(_, _, class)| *class);
    let stem = || Path::new(&frame.file).file_stem()?.to_str();
    match class.or_else(stem) {
        Some(class) => format!("{class}.{}", frame.function),
        None => frame.function.clone(),
    }
}

/// The stacks of the processes, each as it was at the last signal that it took.
///
/// # Errors
///
/// Where the folder itself cannot be read.
pub fn read(folder: &Path) -> io::Result<BTreeMap<u32, Vec<Thread>>> {
    let (parts, _) = files::read(folder, "stack")?;
    Ok(parts
        .into_iter()
        .filter_map(|part| Some((part.pid, parse(&String::from_utf8_lossy(&part.bytes)).pop()?)))
        .collect())
}

/// The threads of each dump in a text, in the order in which they were written. A dump ends where a thread comes again.
#[must_use]
pub fn parse(text: &str) -> Vec<Vec<Thread>> {
    let mut dumps: Vec<Vec<Thread>> = Vec::new();
    let mut threads = 0;
    // Whether the lines belong to the last thread, or to something else that faulthandler wrote.
    let mut inside = false;
    for line in text.lines() {
        if let Some(thread) = heading(line) {
            inside = threads < MOST_THREADS;
            if !inside {
                continue;
            }
            threads += 1;
            match dumps.last_mut() {
                Some(dump) if dump.iter().all(|other| other.id != thread.id) => dump.push(thread),
                _ => dumps.push(vec![thread]),
            }
            continue;
        }
        let thread = dumps.last_mut().and_then(|dump| dump.last_mut()).filter(|_| inside);
        let (Some(thread), Some(rest)) = (thread, line.strip_prefix("  ")) else {
            // An empty line, `Extension modules: …`, a C stack's heading: the thread is over.
            inside = false;
            continue;
        };
        match frame(rest, " in ") {
            Some(frame) if thread.frames.len() < MOST_FRAMES => thread.frames.push(frame),
            None if rest == "Garbage-collecting" => thread.collecting = true,
            None if rest == "<no Python frame>" => {}
            // `...`, `<truncated rest of calls>`, `<cannot get C stack on this system>`, `<invalid frame>`: all
            // say that more is there than is said.
            _ => thread.cut = true,
        }
    }
    dumps
}

/// `Thread 0x00007f00ca5656c0 [name] (most recent call first):`, or `Current thread …`.
fn heading(line: &str) -> Option<Thread> {
    let (current, rest) = match line.strip_prefix("Current thread 0x") {
        Some(rest) => (true, rest),
        None => (false, line.strip_prefix("Thread 0x")?),
    };
    let rest = rest.strip_suffix(" (most recent call first):")?;
    let (id, name) = match rest.split_once(' ') {
        Some((id, name)) => (id, Some(name.strip_prefix('[')?.strip_suffix(']')?)),
        None => (rest, None),
    };
    Some(Thread {
        id: u64::from_str_radix(id, 16).ok()?,
        name: name.map(unescape),
        current,
        collecting: false,
        frames: Vec::new(),
        cut: false,
    })
}

/// `File "a.py", line 3 in f`. The names may hold anything, a quote and ` in ` too: so the last `", line ` counts.
fn frame(text: &str, between: &str) -> Option<Frame> {
    let rest = text.strip_prefix("File ")?;
    // A file that could not be told is `???`, without quotes.
    let (file, rest) = match rest.strip_prefix('"') {
        Some(rest) => rest.rsplit_once("\", line ")?,
        None => rest.rsplit_once(", line ")?,
    };
    let (line, function) = rest.split_once(between)?;
    let line = match line {
        "???" => None,
        line => Some(line.parse().ok()?),
    };
    Some(Frame::from((unescape(file), line, unescape(function))))
}

/// The frames in a traceback as Python prints it, the deepest last.
#[must_use]
pub fn frames_in_traceback(text: &str) -> Vec<Frame> {
    let lines = text.lines().filter_map(|line| frame(line.strip_prefix("  ")?, ", in "));
    lines.take(MOST_FRAMES).collect()
}

/// Undoes `\xNN`, `\uNNNN` and `\UNNNNNNNN`, by which faulthandler writes what is not ASCII. A backslash of the name
/// itself is written as it is, so a few names are read wrongly; none can do harm.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let length = match rest.as_bytes().first() {
            Some(b'x') => 2,
            Some(b'u') => 4,
            Some(b'U') => 8,
            _ => 0,
        };
        let digits = rest.get(1..=length).filter(|_| length > 0);
        match digits.and_then(|digits| u32::from_str_radix(digits, 16).ok()) {
            Some(code) => {
                out.push(char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER));
                rest = &rest[1 + length..];
            }
            None => out.push('\\'),
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const OLD: &str = "\
Thread 0x00007f00ca5656c0 (most recent call first):
  File \"/usr/lib/python3.8/threading.py\", line 302 in wait
  File \"/usr/lib/python3.8/threading.py\", line 890 in _bootstrap

Current thread 0x00007f00cb048b80 (most recent call first):
  File \"/usr/lib/python3.8/multiprocessing/popen_fork.py\", line 27 in poll
  File \"/usr/lib/python3.8/multiprocessing/process.py\", line 149 in join
  File \"t/hang.py\", line 10 in <module>
";

    const NEW: &str = "\
Thread 0x00007fd5087d06c0 [wai ter] (most recent call first):
  <no Python frame>

Current thread 0x00007fd508f16400 [python3.14] (most recent call first):
  Garbage-collecting
  File \"/app/d\\xe9j\\u0101.py\", line 4 in <lambda>
  File \"/app/say \"x\", line 3 in y\".py\", line ??? in g
  File ???, line 7 in ???
  <cannot get the rest>
  ...

Current thread's C stack trace (most recent call first):
  Binary file \"/usr/bin/python3\", at _Py_DumpStack+0x6e [0x55]
  <truncated rest of calls>

Extension modules: numpy.core, x (total: 2)
";

    #[test]
    fn both_ways_of_writing_are_understood() {
        let code = UserCode::new(Path::new("/app"), Path::new("/app"));
        let dumps = parse(OLD);
        assert_eq!(dumps.len(), 1);
        let main = &dumps[0][1];
        assert_eq!((main.id, main.current, main.cut), (0x7f00_cb04_8b80, true, false));
        assert_eq!(main.call(&code).as_deref(), Some("Process.join"));
        assert_eq!(main.user_frames(&code).count(), 1);
        assert_eq!(dumps[0][0].call(&code), None);

        let dumps = parse(NEW);
        assert_eq!((dumps.len(), dumps[0].len()), (1, 2));
        let (waiter, main) = (&dumps[0][0], &dumps[0][1]);
        assert_eq!(
            (waiter.name.as_deref(), waiter.frames.len(), waiter.cut),
            (Some("wai ter"), 0, false)
        );
        assert!(main.collecting && main.cut);
        let frames: Vec<(&str, Option<u32>)> = main.frames.iter().map(|f| (f.file.as_str(), f.line)).collect();
        let expected = [
            ("/app/déjā.py", Some(4)),
            ("/app/say \"x\", line 3 in y\".py", None),
            ("???", Some(7)),
        ];
        assert_eq!(frames, expected);
        assert_eq!(main.call(&code), None, "the user's own frame is the deepest");
    }

    #[test]
    fn a_second_signal_begins_a_new_dump() {
        let dumps = parse(&format!("{OLD}{OLD}"));
        assert_eq!(dumps.len(), 2);
        assert_eq!(dumps[0], dumps[1]);
    }

    #[test]
    fn hostile_text_is_bounded() {
        let many: String = (0..5_000)
            .map(|id| format!("Thread 0x{id:x} (most recent call first):\n"))
            .collect();
        assert_eq!(parse(&many).concat().len(), MOST_THREADS);
        let deep = format!("{OLD}{}", "  File \"a\", line 1 in f\n".repeat(5_000));
        let main = parse(&deep).concat().pop().unwrap();
        assert!(main.cut && main.frames.len() == MOST_FRAMES);
        for text in [
            "  File \"a\", line 1 in f\n",
            "Thread 0x (most recent call first):\n",
            "Thread 0xfffffffffffffffff (most recent call first):\n",
            "Thread 0x1 [ (most recent call first):\n",
            "Current thread 0x1",
            "\u{0}\\x\\u12\\Uffffffff\\",
        ] {
            assert_eq!(parse(text), Vec::<Vec<Thread>>::new(), "{text}");
        }
        assert_eq!(unescape("a\\x4\\xé\\Uffffffff\\ud800\\"), "a\\x4\\xé\u{fffd}\u{fffd}\\");
    }

    proptest! {
        #[test]
        fn no_text_breaks_it(text in "(Thread 0x1 \\(most recent call first\\):\n|  File \"a\", line |1 in |\\PC{0,9}|\n){0,40}") {
            prop_assert!(parse(&text).concat().len() <= 40);
            prop_assert!(frames_in_traceback(&text).len() <= 40);
        }
    }
}
