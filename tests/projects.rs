//! Programs of several files, a folder of them an item under `tests/projects/`: what has to be followed from one module
//! into another, and what stays right there.
//!
//! A program is a folder in the folder of its item. It marks its errors and warnings in the files in which they must be
//! found (`# MP101`, at the end of the line), as far as they are of the rules below, and must give these and no others.

#[path = "support/folders.rs"]
mod folders;
#[expect(dead_code, reason = "what only the tests over rule pages need")]
mod support;

use std::collections::BTreeMap;
use std::path::Path;

use libtest_mimic::{Arguments, Failed, Trial};
use mplint::findings::Severity;

/// The rules that the programs are about. Others may have something to say of them as well.
const CODES: &[&str] = &[
    "MP001", "MP002", "MP003", "MP101", "MP102", "MP103", "MP104", "MP105", "MP106", "MP107", "MP108", "MP109",
    "MP111", "MP112", "MP115", "MP203", "MP204", "MP205", "MP209", "MP213", "MP301", "MP302", "MP308", "MP401",
    "MP714",
];

fn main() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/projects");
    let mut items: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for entry in walkdir::WalkDir::new(&root).min_depth(2).max_depth(2) {
        let entry = entry.unwrap_or_else(|error| panic!("{error}"));
        let path = entry.path().strip_prefix(&root).unwrap_or(entry.path());
        if let (Some(item), Some(program)) = (path.iter().next(), path.iter().nth(1)) {
            let programs = items.entry(item.to_string_lossy().into_owned()).or_default();
            programs.push(program.to_string_lossy().into_owned());
        }
    }
    assert!(items.len() > 15, "the programs are there");
    let mut trials = Vec::new();
    for (item, programs) in items {
        for program in &programs {
            let folder = root.join(&item).join(program);
            trials.push(Trial::test(format!("{item}/{program}"), move || check(&folder)));
        }
        let both = programs.len() > 1;
        trials.push(Trial::test(
            format!("{item} has a mistaken and a right program"),
            move || {
                if both { Ok(()) } else { Err("it has one program".into()) }
            },
        ));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn check(folder: &Path) -> Result<(), Failed> {
    let files = folders::files_of(folder).map_err(|error| error.to_string())?;
    let ours = |places: Vec<support::Place>| -> Vec<support::Place> {
        let ours = |place: &support::Place| CODES.contains(&place.2.as_str());
        places.into_iter().filter(ours).collect()
    };
    let marked = ours(support::marked(&files));
    let found = ours(support::lint_from(&files, Severity::Warning));
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    if name.starts_with("right") != marked.is_empty() {
        return Err("a mistaken program marks its mistakes, a right one has none".into());
    }
    match support::difference(&files, &marked, &found) {
        Some(difference) => Err(format!("\n{difference}").into()),
        None => Ok(()),
    }
}
