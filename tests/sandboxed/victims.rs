//! What the hostile programs are after: files, a process and listeners of the test, which are looked at afterwards.

use std::collections::BTreeMap;
use std::fs;
use std::io::ErrorKind;
use std::net::{TcpListener, UdpSocket};
use std::os::linux::net::SocketAddrExt;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::net::{SocketAddr, UnixListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use super::{Place, User};

pub struct Victims {
    folder: PathBuf,
    listener: PathBuf,
    files: BTreeMap<PathBuf, String>,
    process: Child,
    state: String,
    tcp: TcpListener,
    udp: UdpSocket,
    with_path: UnixListener,
    without_path: UnixListener,
    mark: String,
    key: i32,
}

impl Victims {
    /// Makes them, all for the taking: only the sandbox is between them and a program of the same user.
    pub fn new(place: &Place) -> Self {
        // Not in /tmp: a sandbox has a /tmp of its own, where a program may do as it likes.
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(&place.mark);
        fs::create_dir_all(folder.join("home")).unwrap();
        fs::write(folder.join("project.py"), "print('the project')\n").unwrap();
        fs::write(folder.join("secret"), "a secret\n").unwrap();
        for entry in walkdir::WalkDir::new(&folder) {
            let entry = entry.unwrap();
            fs::set_permissions(entry.path(), fs::Permissions::from_mode(0o777)).unwrap();
            place.user.own(entry.path());
        }
        // A path of a socket must be short.
        let listener = place.path().join("listener.sock");
        let with_path = UnixListener::bind(&listener).unwrap();
        fs::set_permissions(&listener, fs::Permissions::from_mode(0o777)).unwrap();
        let without_path = UnixListener::bind_addr(&SocketAddr::from_abstract_name(&place.mark).unwrap()).unwrap();
        let (tcp, udp) = loop {
            let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
            if let Ok(udp) = UdpSocket::bind(tcp.local_addr().unwrap()) {
                break (tcp, udp);
            }
        };
        tcp.set_nonblocking(true).unwrap();
        udp.set_nonblocking(true).unwrap();
        with_path.set_nonblocking(true).unwrap();
        without_path.set_nonblocking(true).unwrap();
        let mut command = match place.user {
            User::Own => Command::new("sleep"),
            User::Nobody => {
                let mut command = Command::new("setpriv");
                command.args(place.user.prefix()).arg("sleep");
                command
            }
        };
        let process = command.arg("300").stdin(Stdio::null()).spawn().unwrap();
        // Its state is not its own before it sleeps.
        while fs::read_to_string(format!("/proc/{}/comm", process.id())).unwrap() != "sleep\n" {
            std::thread::sleep(std::time::Duration::from_millis(2));
        }
        let mut victims = Self {
            files: BTreeMap::new(),
            state: String::new(),
            key: process.id().cast_signed() | 0x4d00_0000,
            mark: place.mark.clone(),
            folder,
            listener,
            process,
            tcp,
            udp,
            with_path,
            without_path,
        };
        victims.files = victims.read_files();
        victims.state = victims.read_state();
        victims
    }

    /// Where they are, for the program.
    pub fn environment(&self) -> Vec<(String, String)> {
        [
            ("HOME", self.folder.join("home").display().to_string()),
            ("VICTIM_FOLDER", self.folder.display().to_string()),
            ("VICTIM_LISTENER", self.listener.display().to_string()),
            ("VICTIM_PID", self.process.id().to_string()),
            ("VICTIM_PORT", self.tcp.local_addr().unwrap().port().to_string()),
            ("VICTIM_ABSTRACT", self.mark.clone()),
            ("VICTIM_KEY", self.key.to_string()),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .to_vec()
    }

    /// The harm that was done to them: nothing, where all is well.
    pub fn harm(&mut self) -> Vec<String> {
        let mut harm = Vec::new();
        let files = self.read_files();
        if files != self.files {
            harm.push(format!("files: {files:#?}, which were {:#?}", self.files));
        }
        if let Some(status) = self.process.try_wait().unwrap() {
            harm.push(format!("the process has ended: {status}"));
        } else if self.read_state() != self.state {
            harm.push(format!("the process: {}, which was {}", self.read_state(), self.state));
        }
        let is_quiet = |result: std::io::Result<()>| result.is_err_and(|error| error.kind() == ErrorKind::WouldBlock);
        for (listener, result) in [
            ("tcp", self.tcp.accept().map(drop)),
            ("udp", self.udp.recv(&mut [0; 16]).map(drop)),
            ("a socket with a path", self.with_path.accept().map(drop)),
            ("a socket without a path", self.without_path.accept().map(drop)),
        ] {
            if !is_quiet(result) {
                harm.push(format!("somebody spoke on {listener}"));
            }
        }
        for kind in ["shm", "sem", "msg"] {
            if has_key(kind, self.key) {
                harm.push(format!("something is left in SysV {kind}"));
            }
        }
        harm
    }

    fn read_files(&self) -> BTreeMap<PathBuf, String> {
        let files = walkdir::WalkDir::new(&self.folder).into_iter().flatten();
        files
            .map(|entry| {
                let found = fs::symlink_metadata(entry.path()).unwrap();
                let content = if found.is_file() {
                    fs::read(entry.path()).unwrap()
                } else {
                    Vec::new()
                };
                let (mode, owner, group) = (found.mode(), found.uid(), found.gid());
                let (links, time) = (found.nlink(), (found.mtime(), found.mtime_nsec()));
                let line = format!(
                    "{mode:o} {owner}:{group} {links} {time:?} {}",
                    String::from_utf8_lossy(&content)
                );
                (entry.into_path(), line)
            })
            .collect()
    }

    /// What others may have changed of the process: its state, nice value, limits and processors.
    fn read_state(&self) -> String {
        let read = |name: &str| fs::read_to_string(format!("/proc/{}/{name}", self.process.id())).unwrap_or_default();
        let stat = read("stat");
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_ascii_whitespace().collect();
        let status = read("status");
        let processors = status.lines().find(|line| line.starts_with("Cpus_allowed:"));
        let policy = fields.get(38);
        let is_stopped = matches!(fields.first(), Some(&("T" | "t")));
        format!(
            "stopped {is_stopped}, nice {:?}, policy {policy:?}, {processors:?}, {}",
            fields.get(16),
            read("limits")
        )
    }
}

impl Drop for Victims {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
        let _ = fs::remove_dir_all(&self.folder);
        for (kind, flag) in [("shm", "-M"), ("sem", "-S"), ("msg", "-Q")] {
            if has_key(kind, self.key) {
                let _ = Command::new("ipcrm").args([flag, &self.key.to_string()]).status();
            }
        }
    }
}

/// Whether the machine has something in SysV IPC under a key.
pub fn has_key(kind: &str, key: i32) -> bool {
    let table = fs::read_to_string(format!("/proc/sysvipc/{kind}")).unwrap_or_default();
    let mut keys = table.lines().filter_map(|line| line.split_ascii_whitespace().next());
    keys.any(|word| word == key.to_string())
}
