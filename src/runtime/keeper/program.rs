//! The program: its files, and the process that becomes it.

use std::convert::Infallible;
use std::ffi::{CString, OsStr, OsString};
use std::fs::{self, File};
use std::os::fd::AsRawFd;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::{Component, Path, PathBuf};

use nix::sys::prctl;
use nix::sys::signal::Signal;
use nix::unistd::{dup2_stderr, dup2_stdin, dup2_stdout, execve, getppid, setsid};

use super::init::{First, READY, leave};
use super::scratch::Scratch;
use crate::runtime::hang::tree;
use crate::runtime::job::Job;
use crate::runtime::probe;
use crate::runtime::sandbox::{Identity, Layers, Limits, SetupError, Step, Writable, confine, filesystem, raw};

/// Writes the program and the probe into scratch.
pub(super) fn fill(scratch: &Scratch, job: &Job, identity: &Identity) -> Result<(), SetupError> {
    let owner = identity.is_other.then_some(identity.inside);
    let own = |path: &Path| chown(path, owner, owner).step(format!("give {} away", path.display()));
    for folder in [scratch.program(), scratch.events()] {
        fs::create_dir_all(&folder).step(format!("make {}", folder.display()))?;
        own(&folder)?;
    }
    for file in &job.files {
        let relative = Path::new(&file.path);
        // Or a program could name files elsewhere.
        if !relative.components().all(|part| matches!(part, Component::Normal(_))) {
            return Err("the path leads out of the program's folder").step(format!("write {}", file.path));
        }
        let mut folder = scratch.program();
        for part in relative.parent().into_iter().flat_map(Path::components) {
            folder.push(part);
            if !folder.exists() {
                fs::create_dir(&folder).step(format!("make {}", folder.display()))?;
                own(&folder)?;
            }
        }
        let path = scratch.program().join(relative);
        filesystem::write_new(&path, file.text.as_bytes()).step(format!("write {}", file.path))?;
        own(&path)?;
    }
    if let Some(probe) = &job.probe {
        probe.install(&scratch.probe()).step("install the probe")?;
        let readable = fs::Permissions::from_mode(0o755);
        fs::set_permissions(scratch.probe(), readable).step("show the probe")?;
    }
    Ok(())
}

/// Becomes the program: the last steps of a process that the sandbox is ready for.
pub(super) fn execute(first: &First<'_>) -> Result<Infallible, SetupError> {
    let First {
        job, scratch, identity, ..
    } = first;
    setsid().step("begin a session")?;
    dup2_stdin(File::open("/dev/null").step("open /dev/null")?).step("redirect the input")?;
    let [stdout, stderr] = &first.streams;
    dup2_stdout(stdout).step("redirect the output")?;
    dup2_stderr(stderr).step("redirect the errors")?;
    raw::close_all_from(3, &[first.setup.as_raw_fd()]).step("close what is open")?;
    nix::unistd::chdir(&scratch.program()).step("enter the program's folder")?;
    let writable = if job.layers.contains(Layers::MOUNTS) {
        filesystem::writable(&scratch.writable())
    } else {
        Writable {
            folders: scratch
                .writable()
                .into_iter()
                .chain([PathBuf::from("/dev/shm")])
                .collect(),
            devices: filesystem::DEVICES.map(PathBuf::from).to_vec(),
        }
    };
    // If the machine runs out of memory, rather this than what its user works with. Landlock keeps it that way.
    let _ = fs::write("/proc/self/oom_score_adj", "1000");
    let parent = getppid();
    confine(job.layers, identity, &limits(job, identity), &writable)?;
    // Not earlier: changing the user undoes this for the sake of set-user-id programs.
    prctl::set_pdeathsig(Signal::SIGKILL).step("end with the first process")?;
    if getppid() != parent {
        leave()
    }
    raw::end_on_broken_pipe();
    nix::unistd::write(&first.setup, &[READY]).step("tell the keeper")?;
    let Some(executable) = &job.executable else {
        // The sandbox stands, which is all that was asked.
        leave()
    };
    let program = text(executable.as_os_str().as_bytes())?;
    let mut arguments = vec![program.clone()];
    for argument in &job.arguments {
        arguments.push(text(argument.as_bytes())?);
    }
    let variables: Result<Vec<CString>, _> = environment(job, scratch)
        .iter()
        .map(|(name, value)| text(&[name.as_bytes(), b"=", value.as_bytes()].concat()))
        .collect();
    execve(&program, &arguments, &variables?).step(format!("execute {}", executable.display()))
}

fn environment(job: &Job, scratch: &Scratch) -> Vec<(OsString, OsString)> {
    let (path, given): (Vec<_>, Vec<_>) = job.environment.iter().partition(|(name, _)| name == "PYTHONPATH");
    let mut environment: Vec<(OsString, OsString)> = given
        .into_iter()
        .map(|(name, value)| (name.into(), value.into()))
        .collect();
    // Folders of the program. Nobody outside knows where that will lie.
    let entries = path.iter().flat_map(|(_, entries)| entries.split(':'));
    let entries: Vec<OsString> = entries.map(|entry| scratch.program().join(entry).into()).collect();
    let path = entries.join(OsStr::new(":"));
    environment.push(("TMPDIR".into(), scratch.temporary(job.layers).into()));
    if job.probe.is_some() {
        let probe = probe::Settings {
            code: scratch.probe(),
            events: scratch.events(),
            signal: Some(probe::signal()),
            method: job.start_method,
        };
        environment.extend(probe.environment(Some(&path)));
    } else if !path.is_empty() {
        environment.push(("PYTHONPATH".into(), path));
    }
    environment
}

fn text(bytes: &[u8]) -> Result<CString, SetupError> {
    CString::new(bytes).step("put the command together")
}

/// How many times the tasks of a program others of its user may start meanwhile: other experiments, above all.
const OTHERS: u64 = 4;

/// The limits of the kernel. Without a user namespace it counts all tasks of a user together, those that were there before
/// included; it is a loose bound then, and the keeper's own count of processes the tight one.
fn limits(job: &Job, identity: &Identity) -> Limits {
    let mut limits = job.limits.clone();
    if !job.layers.intersects(Layers::NAMESPACES) && !identity.is_alone {
        let others = limits.tasks.saturating_mul(OTHERS);
        limits.tasks = limits
            .tasks
            .saturating_add(others)
            .saturating_add(tasks_of(identity.outside));
    }
    limits
}

/// Threads of all processes of a user.
fn tasks_of(user: u32) -> u64 {
    let is_of_user = |pid: &i32| fs::metadata(format!("/proc/{pid}")).is_ok_and(|found| found.uid() == user);
    let counts = tree::processes().into_iter().filter(is_of_user).filter_map(tree::stat);
    counts.map(|stat| u64::try_from(stat.num_threads).unwrap_or(0)).sum()
}
