//! The folders that an interpreter needs to see.

use std::fs;
use std::path::{Path, PathBuf};

use super::Interpreter;

/// The roots of an interpreter, given the home folder of the person.
pub(super) fn of(interpreter: &Interpreter, home: Option<&Path>) -> Vec<PathBuf> {
    let real_executable = fs::canonicalize(&interpreter.executable).ok();
    let folders = [
        &interpreter.prefix,
        &interpreter.base_prefix,
        &interpreter.exec_prefix,
        &interpreter.base_exec_prefix,
        &interpreter.stdlib,
        &interpreter.platstdlib,
    ];
    let around_executables = [Some(&interpreter.executable), real_executable.as_ref()];
    let mut roots: Vec<PathBuf> = Vec::new();
    let named = folders
        .into_iter()
        .chain(&interpreter.path)
        .chain(&interpreter.libraries)
        .map(PathBuf::as_path)
        .chain(
            around_executables
                .into_iter()
                .flatten()
                .filter_map(|path| path.parent()),
        );
    for folder in named {
        // By both its names where a link leads to it: a program may use either.
        for path in [Some(folder.to_path_buf()), fs::canonicalize(folder).ok()]
            .into_iter()
            .flatten()
        {
            if path.is_absolute() && path.exists() && !is_too_wide(&path, home) {
                roots.push(path);
            }
        }
    }
    roots.sort();
    // Sorted by parts, so what lies in a folder follows it.
    roots.dedup_by(|later, earlier| later.starts_with(earlier));
    roots
}

/// Whether a folder holds far more than an interpreter: the root, a home, or what a home lies in.
fn is_too_wide(path: &Path, home: Option<&Path>) -> bool {
    let homes = [Some(Path::new("/root")), home.filter(|home| home.is_absolute())];
    path.parent().is_none()
        || homes.into_iter().flatten().any(|home| home.starts_with(path))
        || path.parent() == Some(Path::new("/home"))
}
