//! What a program fills of the machine's own file systems. Where the sandbox has a file system of its own, that has a
//! size, and nothing is to be watched.

use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use nix::sys::statvfs::statvfs;

use super::scratch::Scratch;
use crate::runtime::observation::Exhausted;
use crate::runtime::sandbox::Limits;

/// Files and folders that scratch may hold; the same as in a file system of the sandbox.
pub(super) const FILES: usize = 20_000;

/// How far the free room of a whole file system may shrink, in sizes of scratch. Others write to it too, but only so does
/// one see what is deleted and still open.
const SHRINKING: u64 = 8;

/// The watch over scratch and the machine's `/dev/shm`.
pub(super) struct Disk {
    scratch: PathBuf,
    /// Bytes that scratch may hold.
    most: u64,
    /// What was free before, and what it is called when it is used up.
    free: Vec<(PathBuf, u64, Exhausted)>,
}

impl Disk {
    /// Looks at what is free before the program begins.
    pub(super) fn new(scratch: &Scratch, limits: &Limits) -> Self {
        let shared = (PathBuf::from("/dev/shm"), Exhausted::Memory);
        let free = [(scratch.root().to_owned(), Exhausted::Disk), shared]
            .into_iter()
            .filter_map(|(folder, what)| free(&folder).map(|bytes| (folder, bytes, what)));
        Self {
            scratch: scratch.root().to_owned(),
            most: limits.scratch(),
            free: free.collect(),
        }
    }

    /// What is used up.
    pub(super) fn exhausted(&self) -> Option<Exhausted> {
        if !fits(&self.scratch, self.most) {
            return Some(Exhausted::Disk);
        }
        let shrinking = self.most.saturating_mul(SHRINKING);
        let shrunk = self
            .free
            .iter()
            .find(|(folder, before, _)| free(folder).is_some_and(|now| before.saturating_sub(now) > shrinking));
        shrunk.map(|&(_, _, what)| what)
    }
}

/// Whether a folder holds no more than it may. What cannot be looked at, because it is too deep or closed to this user,
/// might hold anything.
fn fits(folder: &Path, most: u64) -> bool {
    let mut bytes = 0_u64;
    let mut files = 0;
    for entry in walkdir::WalkDir::new(folder).follow_root_links(false) {
        files += 1;
        match entry.and_then(|entry| entry.metadata()) {
            Ok(found) => bytes = bytes.saturating_add(found.blocks().saturating_mul(512)),
            Err(error)
                if error
                    .io_error()
                    .is_some_and(|error| error.kind() == ErrorKind::NotFound) => {}
            Err(_) => return false,
        }
        if bytes > most || files > FILES {
            return false;
        }
    }
    true
}

/// Bytes that are free in the file system of a folder.
fn free(folder: &Path) -> Option<u64> {
    let found = statvfs(folder).ok()?;
    Some(found.blocks_available().saturating_mul(found.fragment_size()))
}

#[cfg(test)]
mod tests {
    use super::{FILES, fits};
    use std::fs::{self, File};
    use std::os::unix::fs::symlink;

    #[test]
    fn what_is_there_counts_and_what_is_linked_does_not() {
        let folder = tempfile::tempdir().unwrap();
        symlink("/usr", folder.path().join("link")).unwrap();
        File::create(folder.path().join("hole"))
            .unwrap()
            .set_len(1 << 30)
            .unwrap();
        assert!(fits(folder.path(), 1 << 20));
        fs::write(folder.path().join("full"), vec![1; 2 << 20]).unwrap();
        assert!(!fits(folder.path(), 1 << 20));
    }

    #[test]
    fn many_files_do_not_fit_however_small() {
        let folder = tempfile::tempdir().unwrap();
        for number in 0..=FILES {
            fs::hard_link("/dev/null", folder.path().join(number.to_string()))
                .or_else(|_| File::create(folder.path().join(number.to_string())).map(drop))
                .unwrap();
        }
        assert!(!fits(folder.path(), u64::MAX));
    }
}
