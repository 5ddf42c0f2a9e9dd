//! Real code: the standard library of the machine's Python.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::{Symbols, parse};
use super::validate::validate;

/// The folders to read: those that `MPLINT_TEST_PYTHON_FILES` lists, else the standard library of `python3`.
fn folders() -> Vec<PathBuf> {
    if let Some(list) = std::env::var_os("MPLINT_TEST_PYTHON_FILES") {
        return std::env::split_paths(&list).collect();
    }
    let output = Command::new("python3")
        .args(["-I", "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))"])
        .output();
    match output {
        Ok(output) if output.status.success() => vec![PathBuf::from(String::from_utf8_lossy(&output.stdout).trim())],
        _ => vec![],
    }
}

fn files(folder: &Path) -> impl Iterator<Item = PathBuf> {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .filter_entry(|entry| !entry.file_name().to_string_lossy().ends_with("-packages"))
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|extension| extension == "py"))
}

#[test]
fn the_standard_library_keeps_the_invariants() {
    let folders = folders();
    if folders.is_empty() {
        println!("skipped: no python3 to take a standard library from");
        return;
    }
    let mut count = 0;
    for path in folders.iter().flat_map(|folder| files(folder)) {
        let Ok(text) = std::fs::read_to_string(&path) else {
            continue;
        };
        let mut symbols = Symbols::default();
        let parsed = parse(&text, &mut symbols);
        assert_eq!(validate(&parsed.module), [""; 0], "{}", path.display());
        // The deliberately wrong files are all among the tests.
        let is_test = path
            .components()
            .any(|part| part.as_os_str().to_string_lossy().contains("test"));
        assert!(
            is_test || parsed.errors.is_empty(),
            "{}: {:?}",
            path.display(),
            parsed.errors
        );
        count += 1;
    }
    println!("{count} files");
    assert!(count > 100, "only {count} files");
}
