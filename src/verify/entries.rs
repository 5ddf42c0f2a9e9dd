//! With which file the program of a finding begins.

use std::path::{Path, PathBuf};

use super::places::Outlines;
use crate::findings::Finding;
use crate::lint::{Outcome, place_of};

/// Files from which a finding was reached that are tried.
const MOST_ENTRIES: usize = 3;

/// The files to begin with, the best first: those with a main guard, the finding's own before others. Where the linter has
/// come to the finding from no script, scripts nearby may still come to it: `leads` says whether the program of one has a
/// file.
pub(super) fn entries(
    finding: &Finding,
    outcome: &Outcome,
    base: &Path,
    outlines: &mut Outlines,
    mut leads: impl FnMut(&Path, &Path) -> bool,
) -> Vec<PathBuf> {
    let own = finding.location.file.name();
    let names = outcome.reached_from.get(&place_of(finding));
    let mut names: Vec<&str> = names.into_iter().flatten().map(String::as_str).collect();
    if !names.contains(&own) {
        names.push(own);
    }
    names.sort_unstable();
    names.dedup();
    let mut entries: Vec<(bool, bool, PathBuf)> = Vec::new();
    for name in names {
        let path = base.join(name);
        let has_guard = if name == own {
            outlines
                .of(&finding.location.file)
                .is_some_and(|outline| outline.has_guard)
        } else {
            has_guard(&path)
        };
        entries.push((!has_guard, name != own, path));
    }
    entries.sort();
    let mut entries: Vec<PathBuf> = entries
        .into_iter()
        .map(|(_, _, path)| path)
        .take(MOST_ENTRIES)
        .collect();
    let own = base.join(own);
    if !entries.iter().any(|entry| has_guard(entry)) {
        let nearby = scripts_near(&own, |_| true)
            .into_iter()
            .filter(|path| !entries.contains(path))
            .find(|path| leads(path, &own));
        if let Some(script) = nearby {
            entries.insert(0, script);
        }
    }
    // A script that another one starts as a program of its own may need what that gives it.
    for script in entries.clone().iter().filter(|entry| has_guard(entry)) {
        let starter = scripts_near(script, |path| names_file(path, script));
        entries.extend(starter.into_iter().find(|path| !entries.contains(path)));
    }
    entries
}

/// Whether a script writes down the name of a file, as one that starts it does.
fn names_file(script: &Path, file: &Path) -> bool {
    let name = file.file_name().and_then(|name| name.to_str());
    let text = std::fs::read_to_string(script).unwrap_or_default();
    name.is_some_and(|name| {
        let mut ends = text.match_indices(name).map(|(at, _)| (at, at + name.len()));
        // In quotes, be it at the end of a path.
        ends.any(|(start, end)| text[..start].ends_with(['"', '\'', '/']) && text[end..].starts_with(['"', '\'']))
    })
}

/// Folders above a file in which scripts are looked for, and how many of these.
const HIGHEST: usize = 3;
const MOST_SCRIPTS: usize = 24;

/// Scripts that pass a test, in the folder of a file and in those above it, up to the uppermost one of the project.
fn scripts_near(file: &Path, is_wanted: impl Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut scripts = Vec::new();
    for folder in file.ancestors().skip(1).take(HIGHEST) {
        let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
        let mut here: Vec<PathBuf> = entries
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|end| end == "py") && is_wanted(path))
            .collect();
        here.sort();
        scripts.extend(
            here.into_iter()
                .filter(|path| path.ends_with("__main__.py") || has_guard(path))
                .take(MOST_SCRIPTS),
        );
        if scripts.len() >= MOST_SCRIPTS
            || [".git", "pyproject.toml", "setup.py"]
                .iter()
                .any(|marker| folder.join(marker).exists())
        {
            break;
        }
    }
    scripts
}

fn has_guard(path: &Path) -> bool {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    crate::python::outline::Outline::of(&text).is_some_and(|outline| outline.has_guard)
}
