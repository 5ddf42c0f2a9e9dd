//! A file written in one step: whoever looks at any instant, or after the power has failed, sees the old text or the new.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::Path;

/// Why a file was not written: a fragment that follows its name.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// Nobody may write it.
    #[error("is read-only")]
    ReadOnly,
    /// Somebody has written to it since it was looked at.
    #[error("has been changed by somebody else meanwhile")]
    Changed,
    /// The new file would belong to somebody else.
    #[error("belongs to another user or group, which a new file in its place cannot be given")]
    Owner,
    /// The operating system refused.
    #[error("cannot be written: {0}")]
    Io(#[from] io::Error),
}

/// Puts new bytes in the place of a file that holds the old ones. They are written to a file beside it, which then takes its
/// name. Of a link, the file that it leads to is written. Permissions stay.
///
/// # Errors
/// See [`WriteError`]. The file is as it was then.
pub fn replace(path: &Path, old: &[u8], new: &[u8]) -> Result<(), WriteError> {
    let target = fs::canonicalize(path)?;
    let folder = target.parent().unwrap_or_else(|| Path::new("."));
    let metadata = fs::metadata(&target)?;
    if metadata.permissions().readonly() {
        return Err(WriteError::ReadOnly);
    }
    // Whether it may be written is not a matter of the folder alone, as it would be for a new name.
    let mut now = OpenOptions::new()
        .read(true)
        .write(true)
        .open(&target)
        .map_err(refused)?;
    let mut bytes = Vec::new();
    now.read_to_end(&mut bytes)?;
    if bytes != old {
        return Err(WriteError::Changed);
    }
    // No name that discovery would take for Python. Who is killed may leave one behind.
    let mut fresh = tempfile::Builder::new()
        .prefix(".mplint-")
        .suffix(".tmp")
        .tempfile_in(folder)?;
    fresh.write_all(new)?;
    fresh.as_file().set_permissions(metadata.permissions())?;
    keep_owner(fresh.as_file(), &metadata)?;
    fresh.as_file().sync_all()?;
    fresh.persist(&target).map_err(|error| error.error)?;
    // The name is on disk when the folder is. Not every file system knows how to do that.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

fn refused(error: io::Error) -> WriteError {
    match error.kind() {
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => WriteError::ReadOnly,
        _ => error.into(),
    }
}

#[cfg(unix)]
fn keep_owner(fresh: &File, metadata: &fs::Metadata) -> Result<(), WriteError> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let own = fresh.metadata()?;
    if (own.uid(), own.gid()) == (metadata.uid(), metadata.gid()) {
        return Ok(());
    }
    fchown(fresh, Some(metadata.uid()), Some(metadata.gid())).map_err(|_| WriteError::Owner)?;
    // A change of the owner takes some permissions away.
    Ok(fresh.set_permissions(metadata.permissions())?)
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &fs::Metadata) -> Result<(), WriteError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder_with(name: &str, text: &str) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        (folder, path)
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = entries
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn the_new_text_is_there_and_nothing_else() {
        let (folder, path) = folder_with("a.py", "old");
        replace(&path, b"old", b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(names(folder.path()), ["a.py"]);
    }

    #[test]
    fn what_somebody_else_has_written_stays() {
        let (folder, path) = folder_with("a.py", "theirs");
        assert!(matches!(replace(&path, b"old", b"new"), Err(WriteError::Changed)));
        assert_eq!(fs::read(&path).unwrap(), b"theirs");
        assert_eq!(names(folder.path()), ["a.py"]);
    }

    #[cfg(unix)]
    #[test]
    fn permissions_stay_and_links_lead_on() {
        use std::os::unix::fs::{PermissionsExt, symlink};
        let (folder, path) = folder_with("a.py", "old");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o751)).unwrap();
        let link = folder.path().join("link.py");
        symlink("a.py", &link).unwrap();
        replace(&link, b"old", b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o751);
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
    }

    #[test]
    fn what_is_read_only_stays() {
        let (folder, path) = folder_with("a.py", "old");
        let mut permissions = fs::metadata(&path).unwrap().permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).unwrap();
        assert!(matches!(replace(&path, b"old", b"new"), Err(WriteError::ReadOnly)));
        assert_eq!(names(folder.path()), ["a.py"]);
    }
}
