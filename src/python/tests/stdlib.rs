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

#[test]
fn damaged_files_keep_the_invariants() {
    let mut paths: Vec<PathBuf> = folders().iter().flat_map(|folder| files(folder)).collect();
    paths.sort();
    let mut state = 1_u64;
    // Any sequence will do, as long as it is the same each time.
    let mut random = |below: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (state >> 33) as usize % below.max(1)
    };
    for path in paths.iter().step_by(60) {
        let Ok(mut text) = std::fs::read_to_string(path) else {
            continue;
        };
        text.truncate(text.floor_char_boundary(20_000));
        for _ in 0..12 {
            let from = text.floor_char_boundary(random(text.len()));
            let to = text.floor_char_boundary(from + random(40)).max(from);
            let piece = [
                "", "(", "\n", ":", "'", "f\"{", "  ", "]", "match ", "lambda ", "async ",
            ][random(11)];
            text.replace_range(from..to, piece);
            let parsed = parse(&text, &mut Symbols::default());
            assert_eq!(validate(&parsed.module), [""; 0], "{}:\n{text}", path.display());
            for error in &parsed.errors {
                assert!(text.get(error.span.range()).is_some(), "{}: {error:?}", path.display());
            }
            for comment in &parsed.comments {
                assert!(
                    comment.span.end as usize <= text.len(),
                    "{}: {comment:?}",
                    path.display()
                );
            }
        }
    }
}
