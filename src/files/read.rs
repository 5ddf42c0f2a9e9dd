//! The bytes of a file, in bounded memory and without ever waiting for a writer.

use std::fs::{self, File, FileType};
use std::io::{self, Read};
use std::path::Path;

/// The largest file that is read, in bytes: 64 MiB. Past it the file is reported (MP902) and not analysed.
///
/// Python files of a few megabytes are generated tables; the bound keeps memory bounded by threads, not by input.
pub const MAX_FILE_BYTES: u64 = 64 << 20;

/// Buffers start at this size, in bytes, which holds nine in ten Python files without growing.
const FIRST_BUFFER: usize = 64 << 10;

/// A buffer that grew past this size, in bytes, is given back before the next file.
const LARGEST_KEPT_BUFFER: usize = 4 << 20;

/// Why the bytes of a file cannot be had.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The operating system refused.
    #[error("cannot be read: {0}")]
    Io(#[from] io::Error),
    /// Something that has no end or no bytes: a directory, a named pipe, a device.
    #[error("is {0}, not a regular file")]
    NotRegular(&'static str),
    /// Past [`MAX_FILE_BYTES`].
    #[error("is too large: more than {} MiB", MAX_FILE_BYTES >> 20)]
    TooLarge,
}

/// What a directory entry is, in words, if it is no regular file.
pub(super) fn not_regular(kind: FileType) -> Option<&'static str> {
    if kind.is_file() {
        return None;
    }
    if kind.is_dir() {
        return Some("a directory");
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_fifo() {
            return Some("a named pipe");
        }
        if kind.is_socket() {
            return Some("a socket");
        }
        if kind.is_char_device() || kind.is_block_device() {
            return Some("a device");
        }
    }
    Some("a special file")
}

/// Reads files one after another into one buffer. Each thread has its own.
#[derive(Debug, Default)]
pub struct FileReader {
    buffer: Vec<u8>,
}

impl FileReader {
    /// A reader that has read nothing.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The bytes of a file.
    ///
    /// # Errors
    /// [`ReadError::NotRegular`] for a directory, pipe or device, which is never opened; [`ReadError::TooLarge`] past
    /// [`MAX_FILE_BYTES`]; [`ReadError::Io`] for what the operating system says.
    pub fn read(&mut self, path: &Path) -> Result<&[u8], ReadError> {
        let metadata = fs::metadata(path)?;
        if let Some(what) = not_regular(metadata.file_type()) {
            return Err(ReadError::NotRegular(what));
        }
        if metadata.len() > MAX_FILE_BYTES {
            return Err(ReadError::TooLarge);
        }
        self.read_regular(path)
    }

    /// The bytes of a file that discovery has just found to be regular, without asking again.
    ///
    /// # Errors
    /// As [`Self::read`]; a pipe put in the file's place meanwhile would be waited for.
    pub fn read_regular(&mut self, path: &Path) -> Result<&[u8], ReadError> {
        let file = File::open(path)?;
        self.read_all(file, MAX_FILE_BYTES)
    }

    /// The bytes of a stream, such as standard input, up to its end.
    ///
    /// # Errors
    /// [`ReadError::TooLarge`] past [`MAX_FILE_BYTES`]; [`ReadError::Io`].
    pub fn read_stream(&mut self, stream: impl Read) -> Result<&[u8], ReadError> {
        self.read_all(stream, MAX_FILE_BYTES)
    }

    // `Read::read_to_end` would start with short reads, because it does not trust the buffer it is given.
    fn read_all(&mut self, mut stream: impl Read, bound: u64) -> Result<&[u8], ReadError> {
        let bound = usize::try_from(bound).unwrap_or(usize::MAX - 1);
        if self.buffer.len() > LARGEST_KEPT_BUFFER {
            self.buffer = Vec::new();
        }
        if self.buffer.is_empty() {
            self.buffer.resize(FIRST_BUFFER.min(bound + 1), 0);
        }
        let mut filled = 0;
        loop {
            if filled > bound {
                return Err(ReadError::TooLarge);
            }
            if filled == self.buffer.len() {
                self.buffer.resize((filled * 2).min(bound + 1), 0);
            }
            match stream.read(self.buffer.get_mut(filled..).unwrap_or_default()) {
                Ok(0) => break,
                Ok(count) => filled += count,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(self.buffer.get(..filled).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buffer_is_reused_and_never_shows_older_bytes() {
        let folder = tempfile::tempdir().unwrap();
        let (long, short) = (folder.path().join("long.py"), folder.path().join("short.py"));
        fs::write(&long, vec![b'x'; 200_000]).unwrap();
        fs::write(&short, b"ab").unwrap();
        let mut reader = FileReader::new();
        assert_eq!(reader.read(&long).unwrap().len(), 200_000);
        assert_eq!(reader.read(&short).unwrap(), b"ab");
        assert_eq!(reader.read_stream(&b""[..]).unwrap(), b"");
    }

    #[test]
    fn bound_is_exact() {
        let mut reader = FileReader::new();
        for bound in [0, 1, 7, 65_536, 100_000] {
            let bytes = vec![b'y'; bound + 1];
            assert_eq!(reader.read_all(&bytes[..bound], bound as u64).unwrap().len(), bound);
            assert!(matches!(
                reader.read_all(&bytes[..], bound as u64),
                Err(ReadError::TooLarge)
            ));
        }
    }

    #[test]
    fn endless_stream_ends_at_the_bound() {
        let mut reader = FileReader::new();
        assert!(matches!(
            reader.read_all(io::repeat(b'z'), 1 << 20),
            Err(ReadError::TooLarge)
        ));
    }

    #[test]
    fn large_sparse_file_is_refused_unread() {
        let file = tempfile::NamedTempFile::new().unwrap();
        file.as_file().set_len(1 << 40).unwrap();
        assert!(matches!(FileReader::new().read(file.path()), Err(ReadError::TooLarge)));
    }

    #[test]
    fn directory_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let error = FileReader::new().read(folder.path()).unwrap_err();
        assert_eq!(error.to_string(), "is a directory, not a regular file");
    }

    #[cfg(unix)]
    #[test]
    fn pipe_and_device_are_refused_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("pipe.py");
        assert!(
            std::process::Command::new("mkfifo")
                .arg(&pipe)
                .status()
                .unwrap()
                .success()
        );
        let error = FileReader::new().read(&pipe).unwrap_err();
        assert_eq!(error.to_string(), "is a named pipe, not a regular file");
        let error = FileReader::new().read(Path::new("/dev/zero")).unwrap_err();
        assert_eq!(error.to_string(), "is a device, not a regular file");
    }
}
