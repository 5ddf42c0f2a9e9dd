//! Texts of files that may be written, and are not yet: for those who look at them they stand for what is on disk.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::cleaned;

/// The new bytes of some files, by their absolute paths.
#[derive(Clone, Debug, Default)]
pub struct Unwritten(FxHashMap<PathBuf, Arc<[u8]>>);

impl Unwritten {
    /// Has these bytes stand for those of a file.
    pub fn put(&mut self, absolute: &Path, bytes: Vec<u8>) {
        let bytes: Arc<[u8]> = bytes.into();
        // Whoever comes by a link knows the file under another path.
        if let Ok(canonical) = std::fs::canonicalize(absolute) {
            self.0.insert(canonical, Arc::clone(&bytes));
        }
        self.0.insert(cleaned(absolute), bytes);
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The bytes that stand for those of a file.
    #[must_use]
    pub fn get(&self, absolute: &Path) -> Option<&[u8]> {
        if self.0.is_empty() {
            return None;
        }
        self.0.get(absolute).map(|bytes| &**bytes)
    }
}
