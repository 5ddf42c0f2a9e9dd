//! Which programs are small: all of the project that the root imports, and what these import, fits into few files.
//!
//! In a large project most modules have nothing to do with the processes of a file that imports them, and are linked when
//! the run comes to need them. What is needed is told by names, and what names cannot tell is lost: a method that a base in
//! another module lends to a class, a callable that an object of another module keeps. Of a small program nothing has to be
//! left out, so nothing has to be guessed.

use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::ProjectFiles;

/// Files besides the root.
const MOST_FILES: usize = 24;
/// Bytes of these.
const MOST_BYTES: usize = 48 << 10;

impl ProjectFiles<'_> {
    /// Whether a file and all of the project that it imports is a small program.
    pub(super) fn is_small_program(&self, root: &Path) -> bool {
        // What the code of a notebook imports stands in no bytes that could be looked over.
        if root.extension().is_some_and(|extension| extension == "ipynb") {
            return false;
        }
        let root: Arc<Path> = root.into();
        let mut seen = FxHashSet::default();
        let mut waiting = vec![Arc::clone(&root)];
        seen.insert(root);
        let mut bytes = 0;
        let mut is_root = true;
        while let Some(file) = waiting.pop() {
            let facts = self.facts(&file);
            if !std::mem::take(&mut is_root) {
                bytes += facts.length;
            }
            if bytes > MOST_BYTES {
                return false;
            }
            for imported in self.imported_files(&file, &facts) {
                if seen.insert(Arc::clone(imported)) {
                    waiting.push(Arc::clone(imported));
                }
            }
            if seen.len() > MOST_FILES + 1 {
                return false;
            }
        }
        true
    }
}
