//! Which of the files of a walk are looked at.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::Step;
use crate::files::discover::FoundFile;
use crate::files::scan::Scan;
use crate::program::{ImportList, ProjectFiles};

/// How many files may be looked at for what they import: so many in any case, and one more for so many that matter by
/// themselves. What many files use, such as a logger that holds a lock, is part of the furniture: to follow it from
/// everywhere would cost far more than all that matters.
const MOST_IN_ANY_CASE: usize = 16;
const SEEDS_PER_IMPORTER: usize = 8;

/// The files of a walk.
pub(super) struct Sorted {
    /// Those that are looked at.
    pub roots: Vec<(FoundFile, Step)>,
    /// The rest, with what they import.
    pub others: Vec<(PathBuf, ImportList)>,
}

/// The files that are looked at, of those that a walk has found: those that matter by themselves, those that run what
/// matters of them, be it a few imports away, and those with comments that concern us.
pub(super) fn roots(files: Vec<(FoundFile, Step)>, given: Vec<PathBuf>, project: &mut ProjectFiles<'_>) -> Sorted {
    let mut roots: Vec<(FoundFile, Step)> = Vec::new();
    let mut waiting: Vec<(FoundFile, Scan, ImportList)> = Vec::new();
    for (file, step) in files {
        match step {
            // What a file that is given by name imports need not be among the files of the walk.
            Step::Wait(..) if file.explicit && project.file_leads(&project.path_of(&file.path)) => {
                roots.push((file, Step::Check(Scan::Code)));
            }
            Step::Wait(scan, imports) => waiting.push((file, scan, imports)),
            step => roots.push((file, step)),
        }
    }
    let mut users = users(&roots, &waiting, given, project).into_iter().peekable();
    let mut others = Vec::new();
    for (number, (file, scan, imports)) in waiting.into_iter().enumerate() {
        let scan = match users.next_if_eq(&number) {
            Some(_) => Scan::Code,
            None => scan,
        };
        if scan != Scan::Nothing {
            roots.push((file, Step::Check(scan)));
        } else {
            others.push((file.path, imports));
        }
    }
    Sorted { roots, others }
}

/// The numbers of the waiting files that run what leads to a process, in order.
fn users(
    roots: &[(FoundFile, Step)],
    waiting: &[(FoundFile, Scan, ImportList)],
    given: Vec<PathBuf>,
    project: &mut ProjectFiles<'_>,
) -> Vec<usize> {
    let is_code = |step: &Step| matches!(step, Step::Check(Scan::Code));
    let matter = roots.iter().filter(|(_, step)| is_code(step));
    let matter: Vec<Arc<Path>> = matter.map(|(file, _)| project.path_of(&file.path)).collect();
    let others: Vec<(&Path, &ImportList)> = waiting
        .iter()
        .map(|(file, _, imports)| (file.path.as_path(), imports))
        .collect();
    let mut found = project.survey(given, &matter, &others);
    // Those that are nearest to what matters first, and of these the scripts.
    found.sort_by_key(|importer| (importer.distance, !importer.is_script, importer.number));
    found.truncate(MOST_IN_ANY_CASE + matter.len() / SEEDS_PER_IMPORTER);
    let mut chosen: Vec<usize> = found.iter().map(|importer| importer.number).collect();
    chosen.sort_unstable();
    chosen
}
