//! No layer of the sandbox is decoration: for each there is an attack that succeeds with it off and the others on, and
//! that it holds. Where another layer steps in for one that is off, that one is off in both runs, and the test says so.
//!
//! And what a machine offers is found out, and nothing is run with less than was asked for.

#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod sandboxed;

use std::time::Duration;

use mplint::runtime::job::Job;
use mplint::runtime::observation::{Exit, Observation};
use mplint::runtime::sandbox::{Layers, Level};
use mplint::runtime::supervisor::SupervisorError;
use sandboxed::victims::{Victims, has_key};
use sandboxed::{Place, User, run};

/// Runs a program with these layers, and returns the attempts of it that came through.
fn through(place: &Place, victims: &Victims, layers: Layers, text: &str) -> Vec<String> {
    let mut job = place.job(layers, &format!("import os\nfrom attack import *\n{text}"));
    job.environment.extend(victims.environment());
    let seen = run(&place.supervisor(), &job).unwrap();
    assert_eq!(seen.main, Some(Exit::Code(0)), "{seen:#?}");
    let lines = seen.stdout.text.lines();
    let attempts = lines.filter_map(|line| Some(line.strip_prefix("through: ")?.split_once(':')?.0.to_owned()));
    attempts.collect()
}

/// Checks that attempts come through without `layer` and are held with it, as every user. `others` are off in both runs.
#[track_caller]
fn only_held_by(layer: Layers, others: Layers, attempts: &[&str], text: &str) {
    for user in User::all() {
        only_held_for(user, layer, others, attempts, text);
    }
}

#[track_caller]
fn only_held_for(user: User, layer: Layers, others: Layers, attempts: &[&str], text: &str) {
    let place = Place::new(user);
    let victims = Victims::new(&place);
    let with = Layers::all() - others;
    assert_eq!(
        through(&place, &victims, with - layer, text),
        attempts,
        "{user:?}, without {layer:?}"
    );
    assert_eq!(
        through(&place, &victims, with, text),
        [""; 0],
        "{user:?}, with {layer:?}"
    );
}

#[test]
fn mounts_hide_files_and_the_sockets_of_services() {
    if !sandboxed::is_whole() {
        return;
    }
    let text = r#"
import socket
def connect():
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(LISTENER)
attempt("read a secret", lambda: open(SECRET).read())
attempt("speak to a service", connect)
"#;
    only_held_by(
        Layers::MOUNTS,
        Layers::empty(),
        &["read a secret", "speak to a service"],
        text,
    );
}

#[test]
fn mounts_keep_names_out_of_the_machine() {
    if !sandboxed::is_whole() {
        return;
    }
    let place = Place::new(User::ordinary());
    let text = r#"open(f"/dev/shm/{MARK}", "w")"#;
    let victims = Victims::new(&place);
    through(&place, &victims, Layers::all(), text);
    assert_eq!(place.leftovers(), [""; 0]);
    through(&place, &victims, Layers::all() - Layers::MOUNTS, text);
    assert_eq!(place.leftovers().len(), 1);
}

#[test]
fn processes_hide_strangers() {
    if !sandboxed::is_whole() {
        return;
    }
    let text = r#"attempt("read a stranger's command line", lambda: open(f"/proc/{PID}/cmdline").read()[:5])"#;
    only_held_by(
        Layers::PROCESSES,
        Layers::empty(),
        &["read a stranger's command line"],
        text,
    );
}

#[test]
fn ipc_leaves_nothing_in_the_machine() {
    if !sandboxed::is_whole() {
        return;
    }
    let text = r#"
attempt("make a semaphore", lambda: checked(LIBC.semget(KEY, 1, 0o1666)))
"#;
    let place = Place::new(User::ordinary());
    let victims = Victims::new(&place);
    let is_left = |layers: Layers| {
        let came = through(&place, &victims, layers, text);
        let key: i32 = victims
            .environment()
            .iter()
            .find(|(name, _)| name == "VICTIM_KEY")
            .unwrap()
            .1
            .parse()
            .unwrap();
        (came.len(), has_key("sem", key))
    };
    // With it, semaphores are there to be had, and gone afterwards. Without it, seccomp steps in and refuses them.
    assert_eq!(is_left(Layers::all()), (1, false));
    assert_eq!(is_left(Layers::all() - Layers::IPC), (0, false));
    assert_eq!(is_left(Layers::all() - Layers::SECCOMP), (1, false));
    assert_eq!(is_left(Layers::all() - Layers::SECCOMP - Layers::IPC), (1, true));
}

#[test]
fn network_keeps_from_who_listens_on_this_machine() {
    if !sandboxed::is_whole() {
        return;
    }
    let text = r#"
import socket
def connect():
    with socket.create_connection(("127.0.0.1", PORT), timeout=5):
        pass
attempt("speak to the machine", connect)
"#;
    // Without a network of its own, seccomp refuses all but the sockets of the machine itself.
    only_held_by(Layers::NETWORK, Layers::SECCOMP, &["speak to the machine"], text);
    only_held_for(
        User::ordinary(),
        Layers::SECCOMP,
        Layers::NETWORK,
        &["speak to the machine"],
        text,
    );
}

#[test]
fn network_gives_a_loopback_to_work_with() {
    if !sandboxed::is_whole() {
        return;
    }
    let text = r#"
import socket
with socket.create_server(("127.0.0.1", 0)) as server:
    socket.create_connection(server.getsockname(), timeout=5).close()
    attempt("speak to itself", server.accept)
"#;
    let place = Place::new(User::ordinary());
    let victims = Victims::new(&place);
    assert_eq!(through(&place, &victims, Layers::all(), text), ["speak to itself"]);
}

#[test]
fn landlock_keeps_the_probe_and_the_score_of_who_is_killed_first() {
    if !sandboxed::is_whole() {
        return;
    }
    let score = r#"attempt("be killed last", lambda: write("/proc/self/oom_score_adj", "0"))"#;
    only_held_by(Layers::LANDLOCK, Layers::empty(), &["be killed last"], score);
    // Of root's programs the probe is another user's anyway.
    let user = User::ordinary();
    if !user.is_root() {
        let probe = r#"
attempt("change the probe", lambda: write("../probe/sitecustomize.py"))
attempt("rename the events", lambda: os.rename("../events", "../other"))
"#;
        let attempts = ["change the probe", "rename the events"];
        only_held_for(user, Layers::LANDLOCK, Layers::empty(), &attempts, probe);
    }
}

#[test]
fn landlock_keeps_signals_and_abstract_sockets_at_its_level() {
    if !sandboxed::is_whole() {
        return;
    }
    let user = User::ordinary();
    if user.is_root() {
        return;
    }
    let text = r#"
import socket
def connect():
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect("\0" + ABSTRACT)
attempt("signal a stranger", lambda: os.kill(PID, 0))
attempt("write over the project", lambda: open(PROJECT, "a").close())
attempt("speak to a service without a path", connect)
"#;
    let attempts = [
        "signal a stranger",
        "write over the project",
        "speak to a service without a path",
    ];
    only_held_for(user, Layers::LANDLOCK, Layers::NAMESPACES, &attempts, text);
}

#[test]
fn seccomp_keeps_from_parts_of_the_kernel_and_from_memory_that_nobody_counts() {
    if !sandboxed::is_whole() {
        return;
    }
    let text = r#"
def hoard():
    for number in range(25):
        os.write(os.memfd_create(str(number)), b"x" * (7 << 20))
attempt("hold more memory than it may", hoard)
attempt("make a user namespace", lambda: os.fork() or os._exit(LIBC.unshare(0x10000000) and 1) or 1)
attempt("unshare", lambda: checked(LIBC.unshare(0x10000000)))
"#;
    let text = text
        .lines()
        .filter(|line| !line.contains("make a user namespace"))
        .collect::<Vec<_>>()
        .join("\n");
    only_held_by(
        Layers::SECCOMP,
        Layers::empty(),
        &["hold more memory than it may", "unshare"],
        &text,
    );
}

#[test]
fn limits_hold_threads_and_files() {
    if !sandboxed::is_whole() {
        return;
    }
    let text = r#"
import threading
event = threading.Event()
def threads():
    held = []
    try:
        for _ in range(100):
            held.append(threading.Thread(target=event.wait))
            held[-1].start()
    finally:
        event.set()
attempt("a hundred threads", threads)
attempt("a file that is all holes", lambda: os.truncate(os.open("file", os.O_RDWR | os.O_CREAT), 1 << 40))
"#;
    let attempts = ["a hundred threads", "a file that is all holes"];
    only_held_by(Layers::LIMITS, Layers::empty(), &attempts, text);
}

/// What the keeper holds by watching alone, with every layer off.
#[test]
fn the_watch_holds_time_memory_processes_output_and_disk() {
    if !sandboxed::is_whole() {
        return;
    }
    let stopped = |text: &str, tighten: fn(&mut Job)| {
        let place = Place::new(User::ordinary());
        let mut job = place.job(Layers::empty(), text);
        job.limits.memory = 1 << 30;
        let free = run(&place.supervisor(), &job).unwrap();
        assert_eq!((free.main, free.stopped), (Some(Exit::Code(0)), None), "{text}");
        tighten(&mut job);
        let held: Observation = run(&place.supervisor(), &job).unwrap();
        assert_eq!(place.leftovers(), [""; 0]);
        held.stopped.map(|stop| stop.as_str())
    };
    // What the probe itself needs of scratch, some hundred kilobytes, counts as well.
    let pause = "import os, time\n";
    assert_eq!(
        stopped(&format!("{pause}time.sleep(1)"), |job| job.limits.time =
            Duration::from_secs(1)),
        Some("time")
    );
    assert_eq!(
        stopped(&format!("{pause}held = b'x' * (100 << 20); time.sleep(1)"), |job| job
            .limits
            .memory =
            50 << 20),
        Some("memory")
    );
    assert_eq!(
        stopped(
            &format!("{pause}all(os.fork() for _ in range(8)); time.sleep(1)"),
            |job| job.limits.processes = 4
        ),
        Some("processes")
    );
    assert_eq!(
        stopped(
            &format!("{pause}print('x' * 1_000_000, flush=True); time.sleep(1)"),
            |job| job.limits.file_size = 500_000
        ),
        Some("output")
    );
    assert_eq!(
        stopped(
            &format!("{pause}open('file', 'w').write('x' * 5_000_000); time.sleep(1)"),
            |job| {
                job.limits.file_size = 2_000_000;
            }
        ),
        Some("disk")
    );
}

#[test]
fn children_share_what_their_parent_held_and_it_counts_once() {
    if !sandboxed::is_whole() {
        return;
    }
    let place = Place::new(User::ordinary());
    let text = "import os, time\nheld = b'x' * (100 << 20)\nall(os.fork() for _ in range(4))\ntime.sleep(1)";
    let seen = run(&place.supervisor(), &place.job(Layers::all(), text)).unwrap();
    assert_eq!((seen.main, seen.stopped), (Some(Exit::Code(0)), None));
}

#[test]
fn mplint_goes_on_though_its_keeper_is_stopped() {
    if !sandboxed::is_whole() {
        return;
    }
    let place = Place::new(User::ordinary());
    let text = r#"
import os, signal
with open(f"/proc/{os.getppid()}/stat") as stat:
    keeper = int(stat.read().rpartition(")")[2].split()[1])
os.kill(keeper, signal.SIGSTOP)
signal.pause()
"#;
    // Only with the sandbox off, and as the same user, can a program do that.
    let mut job = place.job(Layers::empty(), text);
    job.limits.time = Duration::from_secs(2);
    let supervisor = place.supervisor().with_margin(Duration::from_secs(3));
    let result = run(&supervisor, &job);
    if User::ordinary().is_root() {
        assert!(result.is_ok());
    } else {
        assert!(matches!(result, Err(SupervisorError::Late(_))), "{result:?}");
    }
    std::thread::sleep(Duration::from_secs(3));
    assert_eq!(place.leftovers(), [""; 0]);
}

#[test]
fn this_machine_offers_everything_to_root_and_to_others() {
    if !sandboxed::is_whole() {
        return;
    }
    for user in User::all() {
        let offered = Place::new(user).supervisor().offered().unwrap();
        assert_eq!(offered.level(), Level::Full, "{user:?}: {:#?}", offered.reasons());
        assert!(offered.refused.is_empty());
    }
}

/// Checks what is offered in some surroundings, and that more is not to be had there.
#[track_caller]
fn offers_only(user: User, before: &str, layers: Layers, level: Level, reason: &str) {
    let place = Place::new(user);
    let supervisor = place.supervisor_in(before);
    let offered = supervisor.offered().unwrap();
    let reasons = offered.reasons().join("\n");
    assert_eq!(offered.layers, layers, "{user:?}: {reasons}");
    assert_eq!(offered.level(), level, "{user:?}: {reasons}");
    assert!(reasons.contains(reason), "{user:?}: {reasons}");
    let run_with = |layers| run(&supervisor, &place.job(layers, "raise SystemExit(3)"));
    assert!(
        matches!(run_with(Layers::all()), Err(SupervisorError::Setup(_))),
        "{user:?}: it ran"
    );
    let seen = run_with(layers).unwrap();
    assert_eq!((seen.main, seen.layers), (Some(Exit::Code(3)), layers));
    assert_eq!(place.leftovers(), [""; 0]);
}

#[test]
fn without_user_namespaces_the_next_level_is_offered() {
    if !sandboxed::is_whole() {
        return;
    }
    let before = "unshare --user --map-root-user sh -c \
                  'echo 0 > /proc/sys/user/max_user_namespaces && exec \"$0\" \"$@\"'";
    for user in User::all() {
        let layers = Level::Landlock.layers();
        offers_only(
            user,
            before,
            layers,
            Level::Landlock,
            "failed to make the namespaces: No space left on device",
        );
    }
}

/// Root of a container often has no numbers to give away but its own.
#[test]
fn root_of_a_user_namespace_with_one_user_gets_everything() {
    if !sandboxed::is_whole() {
        return;
    }
    for user in User::all() {
        let place = Place::new(user);
        let supervisor = place.supervisor_in("unshare --user --map-root-user");
        let offered = supervisor.offered().unwrap();
        assert_eq!(offered.level(), Level::Full, "{user:?}: {:#?}", offered.reasons());
        let job = place.job(Layers::all(), "print(open('/proc/self/status').read())");
        let seen = run(&supervisor, &job).unwrap();
        assert!(
            seen.stdout.text.contains("CapPrm:\t0000000000000000"),
            "{}",
            seen.stdout.text
        );
    }
}

/// A command under which some system call is refused, as containers do it, or as a kernel without it would.
#[cfg(target_arch = "x86_64")]
fn under_a_filter(place: &Place, call: i64, flags: i64, error: i32) -> String {
    let text = format!(
        r"import ctypes, os, struct, sys
lines = [(0x20, 0, 0, 0), (0x15, 0, 3, {call}), (0x20, 0, 0, 16), (0x45, 0, 1, {flags}), (6, 0, 0, 0x50000 | {error}),
         (6, 0, 0, 0x7FFF0000)]
if {flags} == 0:
    lines[2:4] = [(0x20, 0, 0, 0), (0x15, 0, 1, {call})]
code = ctypes.create_string_buffer(b''.join(struct.pack('HBBI', *line) for line in lines))
program = ctypes.create_string_buffer(struct.pack('HxxxxxxQ', len(lines), ctypes.addressof(code)))
libc = ctypes.CDLL(None)
assert libc.prctl(38, 1, 0, 0, 0) == 0 and libc.prctl(22, 2, program, 0, 0) == 0
os.execv(sys.argv[1], sys.argv[1:])
"
    );
    let path = place.path().join("filter.py");
    std::fs::write(&path, text).unwrap();
    format!("'{}' '{}'", sandboxed::python().0.display(), path.display())
}

#[cfg(target_arch = "x86_64")]
#[test]
fn what_a_container_or_a_kernel_refuses_is_not_offered() {
    if !sandboxed::is_whole() {
        return;
    }
    let without_namespaces = Level::Landlock.layers();
    for (call, flags, error, layers, level, reason) in [
        (
            libc::SYS_clone,
            i64::from(libc::CLONE_NEWUSER),
            libc::EPERM,
            without_namespaces,
            Level::Landlock,
            "failed to make the namespaces: Operation not permitted",
        ),
        (
            libc::SYS_pivot_root,
            0,
            libc::EPERM,
            without_namespaces,
            Level::Landlock,
            "failed to change the root: EPERM",
        ),
        (
            libc::SYS_landlock_create_ruleset,
            0,
            libc::ENOSYS,
            Layers::all() - Layers::LANDLOCK,
            Level::Seccomp,
            "`landlock` among the security modules",
        ),
        (
            libc::SYS_seccomp,
            0,
            libc::EINVAL,
            Layers::all() - Layers::SECCOMP,
            Level::None,
            "failed to install the seccomp filter",
        ),
    ] {
        for user in User::all() {
            let place = Place::new(user);
            offers_only(user, &under_a_filter(&place, call, flags, error), layers, level, reason);
        }
    }
}
