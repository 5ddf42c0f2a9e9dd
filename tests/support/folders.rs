//! Programs that are folders of files.

use std::fs;
use std::path::Path;

use mplint::rules::page::ExampleFile;

/// The files of a program that is a folder.
pub fn files_of(folder: &Path) -> Result<Vec<ExampleFile>, Box<dyn std::error::Error>> {
    let mut files = Vec::new();
    for entry in walkdir::WalkDir::new(folder).sort_by_file_name() {
        let entry = entry?;
        if entry.file_type().is_file() {
            let name = entry.path().strip_prefix(folder)?.components();
            let parts: Vec<_> = name.map(|part| part.as_os_str().to_string_lossy()).collect();
            files.push(ExampleFile {
                file: parts.join("/"),
                text: fs::read_to_string(entry.path())?,
                line: 1,
                listed: Vec::new(),
            });
        }
    }
    Ok(files)
}
