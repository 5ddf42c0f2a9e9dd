//! The probe inside real programs: what it notes, and that the program does not feel it.
//!
//! Runs under `python3`, and under every Python that `MPLINT_TEST_PYTHONS` names (paths, with `:` between). Nothing is
//! sandboxed: the programs are the ones in `tests/probe/`.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "a failure of these helpers is a failure of the test")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use mplint::findings::StartMethod;
use mplint::runtime::interpreter::{self, Interpreter, Source, Surroundings};
use mplint::runtime::probe::events::{self, Call, Event, Kind, Log, Place, Process, Role, What};
use mplint::runtime::probe::frames::UserCode;
use mplint::runtime::probe::{self, Settings, stacks};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use tempfile::TempDir;

/// Longer than any of the programs needs on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(120);

fn pythons() -> Vec<Interpreter> {
    let around = Surroundings::of_this_process(None);
    let mut found = interpreter::find(&["python3".to_owned()], &around).unwrap().usable;
    let more = std::env::var_os("MPLINT_TEST_PYTHONS").unwrap_or_default();
    for path in std::env::split_paths(&more).filter(|path| !path.as_os_str().is_empty()) {
        let one =
            interpreter::examine(&path, Source::Named).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        if found.iter().all(|other| other.executable != one.executable) {
            found.push(one);
        }
    }
    found
}

fn programs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/probe")
}

/// A program in a folder of its own, with or without the probe.
struct Setting {
    folder: TempDir,
    command: Command,
}

impl Setting {
    fn new(python: &Interpreter, program: &str, arguments: &[&str]) -> Self {
        let folder = TempDir::new().unwrap();
        let mut command = Command::new(&python.executable);
        command
            .args(arguments)
            .arg(programs().join(program))
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("HOME", folder.path())
            // Without their caches, some interpreters start many times slower.
            .env(
                "PYTHONPYCACHEPREFIX",
                Path::new(env!("CARGO_TARGET_TMPDIR")).join("pycache"),
            )
            .current_dir(folder.path())
            .stdin(Stdio::null())
            .process_group(0);
        Self { folder, command }
    }

    fn events(&self) -> PathBuf {
        self.folder.path().join("events")
    }

    fn probed(mut self, python: &Interpreter, method: Option<StartMethod>, path: Option<&Path>) -> Self {
        fs::create_dir(self.events()).unwrap();
        let code = self.folder.path().join("code");
        probe::Module::of(python).install(&code).unwrap();
        assert!(code.join("sitecustomize.pyc").is_file());
        let settings = Settings {
            code,
            events: self.events(),
            signal: Some(probe::signal()),
            method,
        };
        self.command.envs(settings.environment(path.map(Path::as_os_str)));
        self
    }

    fn start(&mut self) -> Child {
        let file = |name: &str| File::create(self.folder.path().join(name)).unwrap();
        self.command.stdout(file("out")).stderr(file("err")).spawn().unwrap()
    }

    fn run(mut self) -> Run {
        let mut child = self.start();
        let end = Instant::now() + PATIENCE;
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if Instant::now() > end {
                kill(&mut child);
                panic!(
                    "{:?} did not end; it said:\n{}",
                    self.command,
                    self.text("out") + &self.text("err")
                );
            }
            thread::sleep(Duration::from_millis(5));
        };
        Run {
            status: format!("{status}"),
            out: self.text("out"),
            err: self.text("err"),
            log: events::read(&self.events()).unwrap_or_default(),
        }
    }

    fn text(&self, name: &str) -> String {
        fs::read_to_string(self.folder.path().join(name)).unwrap()
    }
}

fn kill(child: &mut Child) {
    killpg(Pid::from_raw(i32::try_from(child.id()).unwrap()), Signal::SIGKILL).ok();
    child.wait().unwrap();
}

struct Run {
    status: String,
    out: String,
    err: String,
    log: Log,
}

impl Run {
    fn starts(&self) -> Vec<(u32, &str, &Process)> {
        self.log
            .events
            .iter()
            .filter_map(|event| match &event.what {
                What::Start {
                    child, method, process, ..
                } => Some((*child, method.as_str(), process)),
                _ => None,
            })
            .collect()
    }

    fn named(&self) -> Vec<(Call, &str, Option<StartMethod>)> {
        self.log
            .events
            .iter()
            .filter_map(|event| match &event.what {
                What::Named {
                    call, method, replaced, ..
                } => Some((*call, method.as_str(), *replaced)),
                _ => None,
            })
            .collect()
    }

    fn has(&self, test: impl Fn(&What) -> bool) -> bool {
        self.log.events.iter().any(|event| test(&event.what))
    }
}

/// For every Python and start method: a program run with this method forced upon it.
fn forced(program: &str, check: impl Fn(&Interpreter, StartMethod, &Run)) {
    for python in pythons() {
        for method in StartMethod::ALL {
            let run = Setting::new(&python, program, &[])
                .probed(&python, Some(method), None)
                .run();
            let place = format!("{python}, {method}\n{}{}", run.out, run.err);
            assert_eq!(
                (run.status.as_str(), run.err.as_str()),
                ("exit status: 0", ""),
                "{place}"
            );
            assert_eq!((run.log.bad_lines, run.log.cut), (0, false), "{place}");
            check(&python, method, &run);
        }
    }
}

#[test]
fn a_program_that_names_no_method_gets_the_forced_one_everywhere() {
    forced("everything.py", |python, method, run| {
        let place = format!("{python}, {method}: {}", run.out);
        assert_eq!(
            run.out,
            format!(
                "method {method} {method} {method}\nprocess 0\npool [0, 1, 4]\nexecutor [0, 1, 4]\nmanager {{'a': 1}}\nshared 7\nnested 0\n"
            ),
            "{place}"
        );
        let starts = run.starts();
        assert!(
            starts.iter().all(|(_, used, _)| *used == method.as_str()),
            "{place}: {starts:?}"
        );
        let count = |kind| starts.iter().filter(|(_, _, process)| process.kind == kind).count();
        assert_eq!((count(Kind::PoolWorker), count(Kind::ManagerServer)), (2, 1), "{place}");
        assert!(
            count(Kind::ExecutorWorker) >= 1 && count(Kind::Child) == 4,
            "{place}: {starts:?}"
        );
        let target = &starts[0].2;
        assert!(
            target.target.as_deref() == Some("__main__.work") && target.line == Some(8),
            "{place}: {target:?}"
        );
        assert!(target.file.as_ref().unwrap().ends_with("tests/probe/everything.py"));
        // Whoever was started has bootstrapped, in a process of its own that says so itself, and has run to its end:
        // all but the daemonic workers, which the pool ends by a signal whenever it comes to its own end.
        let of = |test: fn(&What) -> bool| -> BTreeSet<u32> {
            run.log
                .events
                .iter()
                .filter(|event| test(&event.what))
                .map(|event| event.pid)
                .collect()
        };
        let began = of(|what| matches!(what, What::Bootstrap { .. }));
        let ended = of(|what| matches!(what, What::Exit { code: Some(0) }));
        for (child, _, process) in &starts {
            assert!(process.daemon || began.contains(child), "{place}: {child} of {began:?}");
            assert!(process.daemon || ended.contains(child), "{place}: {child} of {ended:?}");
        }
        let roles = of(|what| {
            matches!(
                what,
                What::Process {
                    role: Role::Forkserver,
                    ..
                }
            )
        });
        assert_eq!(!roles.is_empty(), method == StartMethod::Forkserver, "{place}");
        assert!(run.has(
            |what| matches!(what, What::Process { role: Role::Program, argv, ppid, .. }
            if argv.last().is_some_and(|arg| arg.ends_with("everything.py")) && *ppid == std::process::id())
        ));
        assert!(
            run.has(|what| matches!(what, What::Service { what } if what == "manager")),
            "{place}"
        );
        let mut names: BTreeMap<&str, i32> = BTreeMap::new();
        for event in &run.log.events {
            if let What::Resource { action, name, kind, .. } = &event.what {
                let sign = if *action == events::Action::Register { 1 } else { -1 };
                *names.entry(name).or_default() += sign;
                assert!(["semaphore", "shared_memory"].contains(&kind.as_str()));
            }
        }
        assert!(
            names.iter().any(|(name, _)| name.starts_with("/psm_")),
            "{place}: {names:?}"
        );
    });
}

#[test]
fn a_method_that_the_program_sets_is_replaced_and_a_second_one_refused() {
    forced("names_its_own.py", |python, method, run| {
        let place = format!("{python}, {method}: {}", run.out);
        let expected = format!(
            "first {method}\nrefused context has already been set\nforced {method}\nNone\nagain {method}\nprocess 0\n"
        );
        assert_eq!(run.out, expected, "{place}");
        let named = run.named();
        // The main module runs again in children, but these calls are guarded.
        let replaced = |name| (Call::SetStartMethod, name, Some(method));
        assert_eq!(named, [replaced("spawn"), replaced("fork")], "{place}");
    });
}

#[test]
fn a_context_that_the_program_names_is_left_and_noted() {
    forced("explicit_context.py", |python, method, run| {
        let place = format!("{python}, {method}: {}", run.out);
        assert_eq!(run.out, format!("{method}\nfork\nspawn\nplain {method}\n"), "{place}");
        let named = run.named();
        assert_eq!(
            named,
            [(Call::GetContext, "fork", None), (Call::GetContext, "spawn", None)],
            "{place}"
        );
        let methods: Vec<&str> = run.starts().iter().map(|(_, used, _)| *used).collect();
        assert_eq!(methods, ["fork", "spawn", method.as_str()], "{place}");
    });
}

/// What differs from run to run by itself.
fn settled(text: &str) -> String {
    let words = text.split_inclusive(|c: char| c.is_whitespace() || "=<>'".contains(c));
    words
        .map(|word| if word.starts_with("0x") { "0x… " } else { word })
        .collect()
}

fn same_with_and_without(program: &str, arguments: &[&str], path: Option<&Path>) {
    for python in pythons() {
        let mut plain = Setting::new(&python, program, arguments);
        if let Some(path) = path {
            plain.command.env("PYTHONPATH", path);
        }
        let without = plain.run();
        let with = Setting::new(&python, program, arguments)
            .probed(&python, None, path)
            .run();
        let place = format!("{program} {arguments:?} under {python}");
        assert_eq!(with.status, without.status, "{place}:\n{}", with.err);
        assert_eq!(settled(&with.out), settled(&without.out), "{place}");
        assert_eq!(settled(&with.err), settled(&without.err), "{place}");
        assert!(!with.log.events.is_empty() && with.log.bad_lines == 0, "{place}");
    }
}

#[test]
fn exceptions_look_the_same() {
    same_with_and_without("raises.py", &[], None);
    same_with_and_without("raises_at_import.py", &[], None);
}

#[test]
fn endings_look_the_same() {
    same_with_and_without("ends.py", &[], None);
}

#[test]
fn own_hooks_are_kept() {
    same_with_and_without("hooks.py", &[], None);
}

#[test]
fn looking_closely_shows_little() {
    same_with_and_without("looks_closely.py", &[], None);
}

#[test]
fn warnings_as_errors_and_development_mode_change_nothing() {
    same_with_and_without("leaves_pools.py", &[], None);
    same_with_and_without("leaves_pools.py", &["-W", "error"], None);
    same_with_and_without("leaves_pools.py", &["-X", "dev"], None);
}

#[test]
fn the_shadowed_sitecustomize_is_run() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("sitecustomize.py");
    fs::write(&file, "import sys\nVALUE = 7\nprint('customised', __name__)\n").unwrap();
    same_with_and_without("site_module.py", &[], Some(folder.path()));
    fs::write(&file, "raise KeyError('broken')\n").unwrap();
    same_with_and_without("site_module.py", &[], Some(folder.path()));
    fs::remove_file(&file).unwrap();
    same_with_and_without("site_module.py", &[], None);
}

#[test]
fn descriptors_and_interpreters_are_left_alone() {
    same_with_and_without("descriptors.py", &[], None);
    same_with_and_without("subinterpreter.py", &[], None);
}

#[test]
fn every_uncaught_exception_is_noted_with_its_deepest_frame() {
    let code = UserCode::new(&programs(), &programs());
    for python in pythons() {
        let run = Setting::new(&python, "raises.py", &[])
            .probed(&python, None, None)
            .run();
        let mut seen: Vec<(Place, String, Option<u32>)> = Vec::new();
        for event in &run.log.events {
            if let What::Exception { place, chain, .. } = &event.what {
                let line = chain
                    .iter()
                    .rev()
                    .find_map(|raised| raised.deepest(&code))
                    .and_then(|frame| frame.line);
                seen.push((*place, chain[0].name().to_owned(), line));
            }
        }
        seen.sort_by_key(|(place, name, _)| (format!("{place:?}"), name.clone()));
        let expected = [
            (Place::Feeder, "", None),
            (Place::Main, "ZeroDivisionError", Some(12)),
            (Place::Process, "Refused", Some(8)),
            (Place::Thread, "KeyError", Some(16)),
        ];
        assert_eq!(seen.len(), expected.len(), "{python}: {seen:?}");
        for ((place, name, line), (expected_place, expected_name, expected_line)) in seen.iter().zip(expected) {
            assert_eq!((*place, *line), (expected_place, expected_line), "{python}: {seen:?}");
            assert!(name == expected_name || expected_name.is_empty(), "{python}: {seen:?}");
        }
        // Also where the program has put a hook of its own in place.
        let run = Setting::new(&python, "hooks.py", &[]).probed(&python, None, None).run();
        assert!(run.has(
            |what| matches!(what, What::Exception { place: Place::Main, chain, .. } if chain[0].is("LookupError"))
        ));
        assert!(run.has(|what| matches!(
            what,
            What::Exception {
                place: Place::Thread,
                ..
            }
        )));
    }
}

#[test]
fn pools_that_nobody_closed_are_noted_whether_or_not_python_says_so() {
    for python in pythons() {
        for arguments in [&[][..], &["-W", "error"]] {
            let run = Setting::new(&python, "leaves_pools.py", arguments)
                .probed(&python, None, None)
                .run();
            let mut classes: Vec<&str> = Vec::new();
            for event in &run.log.events {
                if let What::Unclosed { class, text, .. } = &event.what {
                    assert!(
                        text.starts_with("unclosed running multiprocessing pool <multiprocessing.pool."),
                        "{text}"
                    );
                    classes.push(class);
                }
            }
            classes.sort_unstable();
            let expected = [
                "multiprocessing.pool.Pool",
                "multiprocessing.pool.Pool",
                "multiprocessing.pool.ThreadPool",
            ];
            assert_eq!(classes, expected, "{python} {arguments:?}");
        }
    }
}

#[test]
fn timers_are_noted() {
    for python in pythons() {
        let run = Setting::new(&python, "descriptors.py", &[])
            .probed(&python, None, None)
            .run();
        let mut set: Vec<(Option<f64>, Option<f64>)> = Vec::new();
        for event in &run.log.events {
            if let What::Timer { seconds, interval } = event.what {
                set.push((seconds, interval));
            }
        }
        let pair = |one: f64, other: f64| (Some(one), Some(other));
        assert_eq!(
            set,
            [pair(30.0, 0.0), pair(0.0, 0.0), pair(20.5, 2.0), pair(0.0, 0.0)],
            "{python}"
        );
    }
}

#[test]
fn the_stacks_of_every_process_of_a_hung_program_come_on_a_signal() {
    for python in pythons() {
        for method in StartMethod::ALL {
            let mut setting = Setting::new(&python, "hangs.py", &[]).probed(&python, Some(method), None);
            let mut child = setting.start();
            let place = format!("{python}, {method}");
            // Each of the three says when it is about to wait for ever.
            let end = Instant::now() + PATIENCE;
            while setting.text("out").lines().count() < 3 {
                assert!(Instant::now() < end, "{place}: {}", setting.text("err"));
                thread::sleep(Duration::from_millis(10));
            }
            thread::sleep(Duration::from_millis(300));
            let log = events::read(&setting.events()).unwrap();
            let pids: BTreeSet<u32> = log.events.iter().map(|event: &Event| event.pid).collect();
            // Twice: the second dump counts.
            for _ in 0..2 {
                for pid in &pids {
                    let pid = pid.to_string();
                    let signal = format!("-{}", probe::signal());
                    assert!(
                        Command::new("kill").args([signal, pid]).status().unwrap().success(),
                        "{place}"
                    );
                }
                thread::sleep(Duration::from_millis(300));
            }
            kill(&mut child);
            let stacks = stacks::read(&setting.events()).unwrap();
            let answered: BTreeSet<u32> = stacks.keys().copied().collect();
            assert_eq!(answered, pids, "{place}");
            let code = UserCode::new(&programs(), setting.folder.path());
            let mut waits: Vec<(Option<String>, Option<u32>)> = stacks
                .values()
                .flatten()
                .filter_map(|thread| {
                    let line = thread.user_frames(&code).next()?.line;
                    Some((thread.call(&code), line))
                })
                .collect();
            waits.sort();
            // The lock is no Python code, so nothing of the library is on that stack.
            let expected = [
                (None, Some(15)),
                (Some("Process.join".to_owned()), Some(34)),
                (Some("Queue.get".to_owned()), Some(9)),
                (Some("threading.wait".to_owned()), Some(20)),
            ];
            assert_eq!(waits, expected, "{place}");
        }
    }
}

#[test]
fn starting_costs_little() {
    for python in pythons() {
        let time = |probed: bool| {
            let mut setting = Setting::new(&python, "nothing.py", &[]);
            if probed {
                setting = setting.probed(&python, None, None);
            }
            let begin = Instant::now();
            setting.start().wait().unwrap();
            begin.elapsed()
        };
        time(true);
        let (mut with, mut without) = (Duration::MAX, Duration::MAX);
        for _ in 0..15 {
            without = without.min(time(false));
            with = with.min(time(true));
        }
        let cost = with.saturating_sub(without);
        println!("{python}: {without:?} without, {with:?} with: {cost:?}");
        // Generous, for a machine that does much else: one to three milliseconds of processor time.
        assert!(cost < Duration::from_millis(60), "{python}: {cost:?}");
    }
}
