//! The folder of one experiment.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::runtime::sandbox::{Layers, SetupError, Step, filesystem};

/// Where things are in the folder of one experiment, from one point of view: inside, it may have another name than
/// outside.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Scratch {
    root: PathBuf,
}

impl Scratch {
    /// The folder at `root`.
    pub(super) fn at(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into() }
    }

    /// The same folder under another root, as the keeper sees it.
    pub(super) fn below(&self, root: &Path) -> Self {
        Self::at(root.join(self.root.strip_prefix("/").unwrap_or(&self.root)))
    }

    /// The whole of it. Nothing can be added to it, removed from it or renamed in it by the program.
    pub(super) fn root(&self) -> &Path {
        &self.root
    }

    /// The program's files; its working directory.
    pub(super) fn program(&self) -> PathBuf {
        self.root.join("program")
    }

    /// The probe's file. The program cannot change it where Landlock holds.
    pub(super) fn probe(&self) -> PathBuf {
        self.root.join("probe")
    }

    /// What the probe notes.
    pub(super) fn events(&self) -> PathBuf {
        self.root.join("events")
    }

    /// The folder for temporary files: the program's own `/tmp`, or where that is the machine's, the program's folder.
    pub(super) fn temporary(&self, layers: Layers) -> PathBuf {
        if layers.contains(Layers::MOUNTS) {
            PathBuf::from("/tmp")
        } else {
            self.program()
        }
    }

    /// What the program may write.
    pub(super) fn writable(&self) -> Vec<PathBuf> {
        vec![self.program(), self.events()]
    }

    /// Its place in a file system that the sandbox makes.
    pub(super) fn inside() -> Self {
        Self::at(filesystem::SCRATCH)
    }
}

/// Makes room for an experiment: a folder of the machine, or nothing where the sandbox has a file system of its own.
pub(super) fn make(layers: Layers) -> Result<(Option<Folder>, Scratch), SetupError> {
    if layers.contains(Layers::MOUNTS) {
        return Ok((None, Scratch::inside()));
    }
    let folder = Folder::make()?;
    let scratch = Scratch::at(&folder.path);
    Ok((Some(folder), scratch))
}

/// A temporary folder of the machine, removed with all that a program put into it when this value is dropped.
pub(super) struct Folder {
    path: PathBuf,
}

impl Folder {
    /// Makes one. Others may enter it: the program may be another user.
    fn make() -> Result<Self, SetupError> {
        let folder = tempfile::Builder::new().prefix("mplint-").tempdir();
        let path = folder.step("make a temporary folder")?.keep();
        let made = Self { path };
        fs::set_permissions(&made.path, Permissions::from_mode(0o755)).step("show scratch")?;
        Ok(made)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // Whatever stands in the way was put there by this user's own doing, not by a program: they have all ended.
        let _ = remove(&self.path);
    }
}

/// Removes a folder that a hostile program has filled: folders that nobody may read, and folders within folders that are
/// deeper than a path is long or than files can be open.
fn remove(root: &Path) -> io::Result<()> {
    let mut moved = 0_u64;
    loop {
        let mut is_empty = true;
        for entry in fs::read_dir(root)? {
            let path = entry?.path();
            if !fs::symlink_metadata(&path)?.is_dir() {
                fs::remove_file(&path)?;
                continue;
            }
            fs::set_permissions(&path, Permissions::from_mode(0o700))?;
            for below in fs::read_dir(&path)? {
                let below = below?.path();
                if fs::symlink_metadata(&below)?.is_dir() {
                    // Up to the top, where it is reached by a short path; its turn comes. A folder that may not be
                    // written may not be moved, either.
                    fs::set_permissions(&below, Permissions::from_mode(0o700))?;
                    fs::rename(&below, free_name(root, &mut moved))?;
                    is_empty = false;
                } else {
                    fs::remove_file(&below)?;
                }
            }
            fs::remove_dir(&path)?;
        }
        if is_empty {
            return fs::remove_dir(root);
        }
    }
}

/// A name in a folder that is not taken, and that was not given before.
fn free_name(folder: &Path, given: &mut u64) -> PathBuf {
    loop {
        let path = folder.join(format!("{given}.moved"));
        *given += 1;
        if fs::symlink_metadata(&path).is_err() {
            return path;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::fcntl::{OFlag, open, openat};
    use nix::sys::stat::{Mode, mkdirat};
    use std::os::unix::fs::symlink;

    #[test]
    fn what_a_program_hid_is_removed_and_nothing_else() {
        let outside = tempfile::tempdir().unwrap();
        let kept = outside.path().join("kept");
        fs::write(&kept, "kept").unwrap();
        let folder = Folder::make().unwrap();
        let path = folder.path.clone();
        fs::create_dir(path.join("program")).unwrap();
        fs::write(path.join("program/0.moved"), "").unwrap();
        symlink(outside.path(), path.join("program/link")).unwrap();
        fs::create_dir_all(path.join("0.moved/full/1.moved")).unwrap();
        // Deeper than any path is long, and than files can be open.
        let mut at = open(&path.join("program"), OFlag::O_DIRECTORY, Mode::empty()).unwrap();
        for _ in 0..1200 {
            mkdirat(&at, "down", Mode::from_bits_truncate(0o700)).unwrap();
            at = openat(&at, "down", OFlag::O_DIRECTORY, Mode::empty()).unwrap();
        }
        let closed = path.join("program/closed");
        fs::create_dir(&closed).unwrap();
        fs::write(closed.join("file"), "").unwrap();
        fs::set_permissions(&closed, Permissions::from_mode(0o0)).unwrap();
        drop(folder);
        assert!(!path.exists());
        assert_eq!(fs::read_to_string(kept).unwrap(), "kept");
    }
}
