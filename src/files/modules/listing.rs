//! What lies in a folder, asked once for a whole run.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use rustc_hash::FxHashMap;

/// Entries of a folder that are looked at; what comes after them is not seen.
const MOST_ENTRIES: usize = 50_000;

/// What an entry of a folder is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Entry {
    Folder,
    File,
    /// A symbolic link, to whatever.
    Link,
}

/// The entries of one folder that can matter to an import, by their exact names: an import tells upper from lower case
/// even where the file system does not.
#[derive(Debug, Default)]
pub(super) struct Listing {
    entries: FxHashMap<Box<str>, Entry>,
    /// Modules that are not Python source: `a` of `a.pyi` and of `a.cpython-312-x86_64-linux-gnu.so`.
    opaque: Vec<Box<str>>,
}

impl Listing {
    fn of(folder: &Path) -> Self {
        let mut listing = Self::default();
        let Ok(entries) = fs::read_dir(folder) else {
            return listing;
        };
        for entry in entries.flatten().take(MOST_ENTRIES) {
            let (Ok(kind), Ok(name)) = (entry.file_type(), entry.file_name().into_string()) else {
                continue;
            };
            let extension = Path::new(&name).extension().and_then(OsStr::to_str);
            let kind = if kind.is_symlink() {
                Entry::Link
            } else if kind.is_dir() {
                Entry::Folder
            } else if kind.is_file() {
                Entry::File
            } else {
                continue;
            };
            match extension {
                Some("pyi" | "so" | "pyd") => {
                    let stem = name.split('.').next().unwrap_or_default();
                    listing.opaque.push(stem.into());
                }
                Some("py" | "toml" | "cfg" | "ini") => {
                    listing.entries.insert(name.into(), kind);
                }
                // `.git` can be a file.
                _ if kind != Entry::File || name.starts_with(".git") => {
                    listing.entries.insert(name.into(), kind);
                }
                _ => {}
            }
        }
        listing
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.entries.contains_key(name)
    }

    pub(super) fn is_link(&self, name: &str) -> bool {
        self.entries.get(name) == Some(&Entry::Link)
    }

    /// Folders, and links that may be one.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        let folders = self.entries.iter().filter(|(_, entry)| **entry != Entry::File);
        folders.map(|(name, _)| &**name)
    }

    pub(super) fn has_opaque(&self, stem: &str) -> bool {
        self.opaque.iter().any(|other| &**other == stem)
    }
}

/// The listings of a run, shared by its threads.
#[derive(Debug, Default)]
pub(super) struct Listings {
    known: Mutex<FxHashMap<PathBuf, Arc<Listing>>>,
}

impl Listings {
    pub(super) fn of(&self, folder: &Path) -> Arc<Listing> {
        let lock = || self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(listing) = lock().get(folder) {
            return Arc::clone(listing);
        }
        // Two threads may ask at once; both get the same.
        let listing = Arc::new(Listing::of(folder));
        Arc::clone(lock().entry(folder.to_owned()).or_insert(listing))
    }

    pub(super) fn is_folder(&self, parent: &Path, listing: &Listing, name: &str) -> bool {
        match listing.entries.get(name) {
            Some(Entry::Folder) => true,
            Some(Entry::Link) => fs::metadata(parent.join(name)).is_ok_and(|metadata| metadata.is_dir()),
            _ => false,
        }
    }

    pub(super) fn is_file(&self, parent: &Path, listing: &Listing, name: &str) -> bool {
        match listing.entries.get(name) {
            Some(Entry::File) => true,
            Some(Entry::Link) => fs::metadata(parent.join(name)).is_ok_and(|metadata| metadata.is_file()),
            _ => false,
        }
    }

    /// How many folders have been listed.
    #[cfg(test)]
    pub(super) fn count(&self) -> usize {
        self.known.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}
