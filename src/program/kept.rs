//! The code of files, kept for the other programs that they are part of.
//!
//! A file that matters is the root of a program and linked by others, mostly by its neighbours, and roots are run in the order
//! of their names. So it is enough to keep the last few.

use std::path::Path;
use std::sync::{Arc, Mutex};

use rustc_hash::FxHashMap;

use super::disk::lock;
use crate::files::SourceFile;
use crate::files::sketch::Excerpt;
use crate::python::Lowered;

/// Bytes of text whose code is kept. The code takes about twenty times as much memory.
const MOST_BYTES: usize = 512 << 10;

/// What has been parsed, for all threads.
#[derive(Debug, Default)]
pub(super) struct Kept(Mutex<Shelf>);

/// The code of an excerpt, or of the whole.
type Code = (Option<Excerpt>, Arc<Lowered>);

#[derive(Debug, Default)]
struct Shelf {
    code: FxHashMap<Box<Path>, Vec<Code>>,
    bytes: usize,
}

impl Kept {
    /// The code of a file or of an excerpt of it.
    pub fn lowered(&self, path: &Path, file: &SourceFile, excerpt: Option<&Excerpt>) -> Arc<Lowered> {
        let of_file = |shelf: &Shelf| {
            let (_, code) = shelf.code.get(path)?.iter().find(|(of, _)| of.as_ref() == excerpt)?;
            Some(Arc::clone(code))
        };
        if let Some(known) = of_file(&lock(&self.0)) {
            return known;
        }
        let lowered = Arc::new(lower(file, excerpt));
        let mut shelf = lock(&self.0);
        shelf.bytes += excerpt.map_or(file.text().len(), |excerpt| excerpt.bytes);
        if shelf.bytes > MOST_BYTES {
            *shelf = Shelf::default();
        }
        let code = shelf.code.entry(path.into()).or_default();
        code.push((excerpt.cloned(), Arc::clone(&lowered)));
        lowered
    }
}

/// Parses a file or an excerpt of it.
pub(super) fn lower(file: &SourceFile, excerpt: Option<&Excerpt>) -> Lowered {
    match excerpt.and_then(|excerpt| file.sketch().text_of(excerpt, file.text())) {
        Some(text) => Lowered::of_excerpt(&text),
        None => Lowered::of_file(file),
    }
}
