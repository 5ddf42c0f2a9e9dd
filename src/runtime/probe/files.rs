//! The files `KIND.PID` of the folder that the program writes to, which it may have filled with anything.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// More entries than this in the folder are not looked at. At most 64 processes live at once, and few follow.
const MOST_ENTRIES: usize = 20_000;
/// More files than this are not read.
const MOST_FILES: usize = 2_000;
/// More of one file is not read.
pub(super) const MOST_BYTES: u64 = 4 << 20;
/// More of all is not read.
const MOST_BYTES_TOGETHER: u64 = 64 << 20;

/// What one file holds, as far as it was read.
pub(super) struct Part {
    pub pid: u32,
    pub bytes: Vec<u8>,
}

/// Reads the files of a kind, by process id. The flag says whether anything was left out for its size or number.
pub(super) fn read(folder: &Path, kind: &str) -> io::Result<(Vec<Part>, bool)> {
    let mut files: BTreeMap<u32, PathBuf> = BTreeMap::new();
    let mut entries = fs::read_dir(folder)?;
    for entry in entries.by_ref().take(MOST_ENTRIES).flatten() {
        let name = entry.file_name();
        let pid = name
            .to_str()
            .and_then(|name| name.strip_prefix(kind)?.strip_prefix('.'));
        if let Some(pid) = pid.and_then(|pid| pid.parse().ok()) {
            files.insert(pid, entry.path());
        }
    }
    let mut cut = entries.next().is_some() || files.len() > MOST_FILES;
    let mut left = MOST_BYTES_TOGETHER;
    let mut parts = Vec::new();
    for (pid, path) in files.into_iter().take(MOST_FILES) {
        // What is no plain file was not made by the probe; what cannot be read says nothing.
        let Ok(Some((bytes, all))) = read_one(&path, MOST_BYTES.min(left)) else {
            cut = true;
            continue;
        };
        left = left.saturating_sub(bytes.len() as u64);
        cut |= !all;
        parts.push(Part { pid, bytes });
    }
    Ok((parts, cut))
}

/// The first bytes of a plain file, and whether these are all. Never waits for a pipe, never follows a link.
fn read_one(path: &Path, most: u64) -> io::Result<Option<(Vec<u8>, bool)>> {
    let file = OpenOptions::new()
        .read(true)
        .custom_flags(nix::libc::O_NOFOLLOW | nix::libc::O_NONBLOCK)
        .open(path)?;
    if !file.metadata()?.is_file() {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    file.take(most + 1).read_to_end(&mut bytes)?;
    let all = bytes.len() as u64 <= most;
    bytes.truncate(usize::try_from(most).unwrap_or(usize::MAX));
    Ok(Some((bytes, all)))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn only_plain_files_of_the_kind_are_read_and_only_so_much() {
        let folder = tempfile::TempDir::new().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("ev.12"), "twelve").unwrap();
        fs::write(at("ev.2"), vec![b'x'; usize::try_from(MOST_BYTES).unwrap() + 5]).unwrap();
        for name in ["ev.", "ev.1x", "ev.-3", "ev.99999999999", "evil.4", "stack.5", "ev.6.7"] {
            fs::write(at(name), "no").unwrap();
        }
        symlink("/etc/passwd", at("ev.20")).unwrap();
        nix::unistd::mkfifo(&at("ev.21"), nix::sys::stat::Mode::S_IRWXU).unwrap();
        fs::create_dir(at("ev.22")).unwrap();
        let (parts, cut) = read(folder.path(), "ev").unwrap();
        let sizes: Vec<(u32, u64)> = parts.iter().map(|part| (part.pid, part.bytes.len() as u64)).collect();
        assert_eq!(sizes, [(2, MOST_BYTES), (12, 6)]);
        assert!(cut);
        assert!(read(&at("missing"), "ev").is_err());
    }
}
