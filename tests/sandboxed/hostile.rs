//! Each program under `fixtures/hostile/` attacks what is around it, and is held: it ends or is stopped as the table says,
//! its victims are unharmed, nothing of it is left, and mplint takes no longer than it should.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use crate::sandboxed::victims::Victims;
use crate::sandboxed::{Place, User, run};
use libtest_mimic::{Arguments, Failed, Trial};
use mplint::runtime::observation::{Exit, Observation};
use mplint::runtime::sandbox::Level;

/// How the keeper must see a program end.
#[derive(Clone, Copy)]
enum End {
    /// The main process by itself, and nothing else is left to stop.
    Code(i32),
    /// The main process by a signal, or whatever is left of it by the sandbox.
    Signal(i32),
    /// It is stopped: when its time is up.
    Time,
    /// The main process ends well, and the rest is stopped when the time is up.
    Left,
    /// It is stopped at a limit with this name.
    Limit(&'static str),
    /// In one way or another: what counts is what it did not reach.
    Anyhow,
    /// The level does not promise to hold it.
    NotPromised,
}

use End::{Anyhow, Code, Left, Limit, NotPromised, Signal, Time};

/// Each program, how it must end at the level `full`, and how at the level `landlock`.
const ATTACKS: &[(&str, End, End)] = &[
    ("abort", Signal(libc::SIGABRT), Signal(libc::SIGABRT)),
    ("becomes_root", Code(0), Anyhow),
    ("busy_loop", Time, Time),
    ("changes_metadata", Code(0), Code(0)),
    ("daemon", Left, Left),
    ("daemon_holds_output", Left, Left),
    ("disk_deep", Code(0), Anyhow),
    ("disk_deleted_files", Code(0), Limit("disk")),
    ("disk_many_files", Code(0), Limit("disk")),
    ("disk_one_file", Code(0), Code(0)),
    ("events_of_its_own", Code(7), Code(7)),
    ("events_that_are_huge", Code(0), Limit("disk")),
    ("events_that_block", Code(8), Code(8)),
    ("executes_another", Time, Time),
    ("forges_its_keeper", Code(9), Code(9)),
    ("fork_bomb", Limit("processes"), Limit("processes")),
    ("fork_bomb_multiprocessing", Limit("processes"), Limit("processes")),
    ("fork_chain", Left, Left),
    ("fork_chain_of_sessions", Left, Left),
    ("ignores_signals", Time, Time),
    ("innocent_exit", Left, Left),
    ("kernel_doors", Code(0), Code(0)),
    ("kernel_settings", Code(0), Code(0)),
    ("kills_everyone", Signal(libc::SIGKILL), Signal(libc::SIGKILL)),
    ("kills_its_first_process", Code(4), Code(4)),
    ("leaves_ipc", Code(0), NotPromised),
    ("long_command_lines", Time, Time),
    ("memory_bomb", Limit("memory"), Limit("memory")),
    ("memory_bomb_of_many", Limit("memory"), Limit("memory")),
    ("memory_file_systems", Code(0), NotPromised),
    ("memory_files", Code(0), Code(0)),
    ("memory_shared", Limit("memory"), Limit("memory")),
    ("names_itself", Time, Time),
    ("never_ends", Time, Time),
    ("new_namespaces", Code(0), Code(0)),
    ("opens_everything", Code(0), Code(0)),
    ("output_flood", Limit("output"), Limit("output")),
    ("output_garbage", Code(0), Code(0)),
    ("output_tricks", Code(5), Code(5)),
    ("raises_its_limits", Code(0), Code(0)),
    ("reads_other_processes", Code(0), Code(0)),
    ("reads_secrets", Code(0), NotPromised),
    ("real_time_signal", Signal(62), Signal(62)),
    ("replaces_its_folders", Code(6), Code(6)),
    ("replaces_the_interpreter", Code(0), Code(0)),
    ("rewrites_its_probe", Code(0), Code(0)),
    ("segfault", Signal(libc::SIGSEGV), Signal(libc::SIGSEGV)),
    ("sibling", Left, Left),
    ("signal_storm", Code(0), Code(0)),
    ("sitecustomize_of_its_own", Code(0), Code(0)),
    ("sockets_of_odd_kinds", Code(0), Code(0)),
    ("sockets_to_the_outside", Code(0), Code(0)),
    ("sockets_with_a_path", Code(0), NotPromised),
    ("sockets_without_a_path", Code(0), Code(0)),
    ("stops_its_keeper", Code(3), Code(3)),
    ("thread_bomb", Code(0), Code(0)),
    ("writes_outside", Code(0), Code(0)),
    ("zombies", Code(0), Code(0)),
];

/// What mplint may take beyond the time of the program, on a machine that is busy.
const MARGIN: Duration = Duration::from_secs(20);

pub fn main() {
    let mut trials = vec![Trial::test(
        "every program is in the table and in the README",
        every_program_is_listed,
    )];
    for &(name, full, landlock) in ATTACKS {
        for user in User::all() {
            trials.push(Trial::test(format!("{name}, full, {}", user.word()), move || {
                attack(name, Level::Full, user, full)
            }));
        }
        // As an ordinary user: the same one as mplint, which is harder than as root, whose programs are another user.
        if !matches!(landlock, NotPromised) {
            let user = User::ordinary();
            trials.push(Trial::test(format!("{name}, landlock, {}", user.word()), move || {
                // Below `full` the kernel counts the tasks of all experiments of an ordinary user together: next to a fork
                // bomb there may be none left for the others, for a moment.
                let mut result = attack(name, Level::Landlock, user, landlock);
                for _ in 0..2 {
                    match &result {
                        Err(fault) if is_starved(fault) => result = attack(name, Level::Landlock, user, landlock),
                        _ => break,
                    }
                }
                result
            }));
        }
    }
    let is_whole = crate::sandboxed::is_whole();
    let trials = trials
        .into_iter()
        .map(|trial| trial.with_ignored_flag(!is_whole))
        .collect();
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn is_starved(fault: &Failed) -> bool {
    let text = fault.message().unwrap_or_default();
    !text.contains("through: ") && text.contains("Resource temporarily unavailable")
}

fn folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/hostile"))
}

fn every_program_is_listed() -> Result<(), Failed> {
    let entries = fs::read_dir(folder())?.flatten();
    let files = entries.filter_map(|entry| Some(entry.file_name().to_str()?.strip_suffix(".py")?.to_owned()));
    let mut there: Vec<String> = files.filter(|name| name != "attack").collect();
    there.sort();
    let table: Vec<&str> = ATTACKS.iter().map(|&(name, ..)| name).collect();
    assert_eq!(there, table);
    let readme = fs::read_to_string(folder().join("README.md"))?;
    for name in table {
        let text = fs::read_to_string(folder().join(format!("{name}.py")))?;
        let says = text.lines().next().unwrap_or_default().trim_matches('"');
        let line = format!("| `{name}` | {says} |");
        assert!(readme.contains(&line), "README.md lacks this line: {line}");
    }
    Ok(())
}

fn attack(name: &str, level: Level, user: User, end: End) -> Result<(), Failed> {
    let place = Place::new(user);
    let mut victims = Victims::new(&place);
    let text = fs::read_to_string(folder().join(format!("{name}.py")))?;
    let mut job = place.job(level.layers(), &text);
    job.environment.extend(victims.environment());
    if matches!(end, Time | Left) {
        job.limits.time = Duration::from_millis(1200);
    }
    let supervisor = place.supervisor();
    let (seen, took) = loop {
        let began = Instant::now();
        let seen =
            run(&supervisor, &job).map_err(|error| format!("{error}: {:?}", std::error::Error::source(&error)))?;
        let took = began.elapsed();
        // A machine that is very busy may not have come to it.
        if seen.stdout.text.starts_with("begun") || job.limits.time > Duration::from_secs(10) {
            break (seen, took);
        }
        job.limits.time *= 3;
    };
    let mut faults = victims.harm();
    faults.extend(place.leftovers());
    if took > job.limits.time + MARGIN {
        faults.push(format!("it took {took:?}"));
    }
    if !seen.stdout.text.starts_with("begun") {
        faults.push("it did not begin".to_owned());
    }
    // What the program says is its own word, but these programs complain only of what is true.
    faults.extend(
        seen.stdout
            .text
            .lines()
            .filter(|line| line.starts_with("through"))
            .map(str::to_owned),
    );
    if !is_end(end, &seen) {
        let stopped = seen.stopped.as_ref().map(|stop| stop.as_str());
        faults.push(format!("it ended with {:?}, stopped by {stopped:?}", seen.main));
    }
    if faults.is_empty() {
        return Ok(());
    }
    Err(format!("{}\n\n{}\n{}", faults.join("\n"), seen.stdout.text, seen.stderr.text).into())
}

fn is_end(end: End, seen: &Observation) -> bool {
    let stopped = seen.stopped.as_ref().map(|stop| stop.as_str());
    match end {
        Code(code) => seen.main == Some(Exit::Code(code)) && stopped.is_none(),
        Signal(number) => seen.main == Some(Exit::Signal(number)),
        Time => seen.main.is_none() && stopped == Some("time"),
        Left => seen.main == Some(Exit::Code(0)) && matches!(stopped, Some("time" | "leftovers")),
        Limit(limit) => stopped == Some(limit),
        Anyhow | NotPromised => true,
    }
}
