//! The file system that a sandboxed program sees: the system's files and the interpreter's, read-only, and folders of
//! its own that vanish with it. Homes, projects, `/run` and the rest of `/etc` are not there.

use std::ffi::CString;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::{DirBuilderExt, symlink};
use std::path::{Path, PathBuf};

use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::unistd::{chdir, pivot_root};

use super::raw::{self, Devices};
use super::{SetupError, Step, Writable};

/// Where the scratch folder of a program is, inside.
pub const SCRATCH: &str = "/mplint";

/// Folders of the system that hold programs and libraries; some are links on most systems.
const SYSTEM: [&str; 8] = [
    "/bin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/sbin",
    "/usr",
    "/nix/store",
];

/// What programs read of `/etc` and `/sys`: nothing that is a secret.
const SETTINGS: [&str; 12] = [
    "/etc/alternatives",
    "/etc/group",
    "/etc/hosts",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/mime.types",
    "/etc/nsswitch.conf",
    "/etc/passwd",
    "/etc/services",
    "/sys/devices/system/cpu",
];

/// The devices that work.
pub const DEVICES: [&str; 5] = ["/dev/full", "/dev/null", "/dev/random", "/dev/urandom", "/dev/zero"];

/// Bytes and files that each writable folder may hold.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Room {
    /// Bytes.
    pub bytes: u64,
    /// Files and folders.
    pub files: u64,
}

/// Where a program may write in the file system that [`enter`] makes.
#[must_use]
pub fn writable(scratch: &[PathBuf]) -> Writable {
    let own = ["/tmp", "/dev/shm"].map(PathBuf::from);
    Writable {
        folders: own.into_iter().chain(scratch.iter().cloned()).collect(),
        devices: DEVICES.map(PathBuf::from).to_vec(),
    }
}

/// Replaces the file system of the calling process, which is the first in a new mount namespace, by one that holds the
/// system's folders, `visible` and an empty [`SCRATCH`]. With `own_processes` it is also the first in a PID namespace,
/// and `/proc` shows that.
///
/// # Errors
///
/// Where the kernel refuses.
pub fn enter(visible: &[PathBuf], own_processes: bool, room: Room) -> Result<(), SetupError> {
    // What is mounted here is seen nowhere else.
    attach(None, "/", None, MsFlags::MS_REC | MsFlags::MS_PRIVATE, None)?;
    // Any folder will do to build in; this one exists everywhere, and what it hides is reached through the old root.
    let site = "/tmp";
    tmpfs(site, "mode=755")?;
    folder(format!("{site}/old"))?;
    folder(format!("{site}/new"))?;
    pivot_root(site, "/tmp/old").step("change the root")?;
    chdir("/").step("enter the new root")?;
    attach(
        Some(Path::new("/new")),
        "/new",
        None,
        MsFlags::MS_BIND | MsFlags::MS_REC,
        None,
    )?;

    // First what is writable: what is visible may lie in it.
    let size = format!("size={},nr_inodes={}", room.bytes, room.files);
    for (path, mode) in [("/tmp", "1777"), ("/dev/shm", "1777"), (SCRATCH, "755")] {
        let path = format!("/new{path}");
        folder(&path)?;
        tmpfs(&path, &format!("mode={mode},{size}"))?;
    }
    let system = [&SYSTEM[..], &SETTINGS[..]].into_iter().flatten().map(Path::new);
    let mut paths: Vec<&Path> = system.chain(visible.iter().map(PathBuf::as_path)).collect();
    // A folder comes before what is in it, which is there with it.
    paths.sort_unstable();
    for path in paths {
        if fs::symlink_metadata(new(path)).is_err() {
            link_or_show(path)?;
        }
    }
    for path in DEVICES {
        show(Path::new(path), Devices::Working)?;
    }
    for (link, target) in [
        ("/new/dev/fd", "/proc/self/fd"),
        ("/new/dev/stdin", "/proc/self/fd/0"),
        ("/new/dev/stdout", "/proc/self/fd/1"),
        ("/new/dev/stderr", "/proc/self/fd/2"),
        ("/new/var/tmp", "/tmp"),
    ] {
        parents(Path::new(link))?;
        symlink(target, link).step(format!("link {link}"))?;
    }
    folder("/new/run")?;
    folder("/new/proc")?;
    if own_processes {
        // The old one must still be there: the kernel gives a new one only to those who see a whole one.
        let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
        attach(Some(Path::new("proc")), "/new/proc", Some("proc"), flags, None)?;
    } else {
        attach(
            Some(Path::new("/old/proc")),
            "/new/proc",
            None,
            MsFlags::MS_BIND | MsFlags::MS_REC,
            None,
        )?;
    }

    umount2("/old", MntFlags::MNT_DETACH).step("leave the old root")?;
    chdir("/new").step("enter the new root")?;
    pivot_root(".", ".").step("change the root")?;
    umount2(".", MntFlags::MNT_DETACH).step("leave the building site")?;
    let read_only = MsFlags::MS_REMOUNT | MsFlags::MS_BIND | MsFlags::MS_RDONLY | MsFlags::MS_NOSUID;
    attach(None, "/", None, read_only | MsFlags::MS_NODEV, None)?;
    chdir(SCRATCH).step("enter scratch")
}

fn old(path: &Path) -> PathBuf {
    below("/old", path)
}

fn new(path: &Path) -> PathBuf {
    below("/new", path)
}

fn below(root: &str, path: &Path) -> PathBuf {
    Path::new(root).join(path.strip_prefix("/").unwrap_or(path))
}

/// A file or folder as it is: a link stays a link, and what is not there stays away.
fn link_or_show(path: &Path) -> Result<(), SetupError> {
    let Ok(found) = fs::symlink_metadata(old(path)) else {
        return Ok(());
    };
    if found.is_symlink() {
        let target = fs::read_link(old(path)).step(format!("read the link {}", path.display()))?;
        parents(&new(path))?;
        symlink(target, new(path)).step(format!("link {}", path.display()))
    } else {
        show(path, Devices::Dead)
    }
}

/// Shows a file or folder of the old root in the same place of the new one, read-only.
fn show(path: &Path, devices: Devices) -> Result<(), SetupError> {
    let (from, to) = (old(path), new(path));
    if from.is_dir() {
        folder(&to)?;
    } else {
        parents(&to)?;
        File::create(&to).step(format!("make room for {}", path.display()))?;
    }
    attach(Some(&from), &to, None, MsFlags::MS_BIND | MsFlags::MS_REC, None)?;
    let mounted = CString::new(to.as_os_str().as_bytes()).step("name a mount")?;
    raw::make_read_only(&mounted, devices).step(format!("make {} read-only", path.display()))
}

fn tmpfs(path: &str, options: &str) -> Result<(), SetupError> {
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
    attach(Some(Path::new("tmpfs")), path, Some("tmpfs"), flags, Some(options))
}

fn attach(
    source: Option<&Path>,
    target: impl AsRef<Path>,
    kind: Option<&str>,
    flags: MsFlags,
    options: Option<&str>,
) -> Result<(), SetupError> {
    let target = target.as_ref();
    mount(source, target, kind, flags, options).step(format!("mount {}", target.display()))
}

fn parents(path: &Path) -> Result<(), SetupError> {
    path.parent().map_or(Ok(()), folder)
}

fn folder(path: impl AsRef<Path>) -> Result<(), SetupError> {
    let path = path.as_ref();
    let made = DirBuilder::new().recursive(true).mode(0o755).create(path);
    made.step(format!("make the folder {}", path.display()))
}

/// Writes a file that must not be there yet, so that nothing is followed or replaced.
///
/// # Errors
///
/// What the system says.
pub fn write_new(path: &Path, content: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(path)?
        .write_all(content)
}
