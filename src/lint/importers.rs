//! In which order files are looked at: those that name a process library first, then those that run what matters of them,
//! be it a few imports away.

use std::collections::BTreeSet;
use std::path::Path;

use rustc_hash::FxHashSet;

use super::Step;
use crate::files::discover::FoundFile;
use crate::files::scan::Scan;
use crate::program::{Leading, Modules, ProjectFiles, Words, importers};

/// Imports between a process library and a file that is looked at for what it imports.
const IMPORTS_DEEP: usize = 3;

/// Files that may be looked at for what they import, for each that matters by itself, and in any case.
const MOST_PER_SEED: usize = 1;
const MOST_IN_ANY_CASE: usize = 16;

/// The files of a walk that are yet to be looked at.
pub(super) struct Roots {
    /// Those that matter by themselves.
    first: Vec<(FoundFile, Step)>,
    /// Those that may matter by what they import.
    waiting: Vec<(FoundFile, Scan, Words)>,
    /// What the files of the last round offer to those that import them.
    pub leading: Vec<Leading>,
    rounds: usize,
    /// How many files matter by themselves.
    seeds: usize,
}

impl Roots {
    pub fn of(files: Vec<(FoundFile, Step)>) -> Self {
        let mut roots = Self {
            first: Vec::new(),
            waiting: Vec::new(),
            leading: Vec::new(),
            rounds: 0,
            seeds: 0,
        };
        for (file, step) in files {
            match step {
                Step::Wait(scan, words) => roots.waiting.push((file, scan, words)),
                step => roots.first.push((file, step)),
            }
        }
        roots.seeds = roots.first.len();
        roots
    }

    /// Whether no file will be looked at, whatever is found.
    pub fn is_empty(&self) -> bool {
        let is_quiet = |(file, scan, _): &(FoundFile, Scan, Words)| *scan == Scan::Nothing && !file.explicit;
        self.first.is_empty() && self.waiting.iter().all(is_quiet)
    }

    /// The files to look at next; none when all is done.
    pub fn next(&mut self, project: &mut ProjectFiles<'_>) -> Option<Vec<(FoundFile, Step)>> {
        self.rounds += 1;
        let mut files = if self.rounds == 1 {
            let mut files = std::mem::take(&mut self.first);
            // What a file that is given by name imports need not be among the files of the walk.
            let named = |file: &FoundFile, _: &Words| {
                file.explicit && project.reaches_process_library(&project.path_of(&file.path))
            };
            files.extend(take(&mut self.waiting, named));
            files
        } else if self.rounds == 2 {
            let mut chosen = self.users(project).into_iter().peekable();
            let mut at = 0;
            take(&mut self.waiting, |_, _| {
                at += 1;
                chosen.next_if_eq(&(at - 1)).is_some()
            })
        } else {
            Vec::new()
        };
        if files.is_empty() {
            // Nothing imports what matters any more: of the others only the comments can.
            let rest = std::mem::take(&mut self.waiting).into_iter();
            files = rest
                .filter(|(_, scan, _)| *scan != Scan::Nothing)
                .map(|(file, scan, _)| (file, Step::Check(scan)))
                .collect();
        }
        for (file, _) in &files {
            project.keep_name(project.path_of(&file.path), file.name.clone());
        }
        (!files.is_empty()).then_some(files)
    }
}

impl Roots {
    /// The numbers of the waiting files that run what leads to a process.
    fn users(&mut self, project: &ProjectFiles<'_>) -> BTreeSet<usize> {
        let mut leading = std::mem::take(&mut self.leading);
        let others: Vec<(&Path, &Words)> = self
            .waiting
            .iter()
            .map(|(file, _, words)| (file.path.as_path(), words))
            .collect();
        let (mut users, mut scripts, mut led) = (BTreeSet::new(), BTreeSet::new(), FxHashSet::default());
        for _ in 0..IMPORTS_DEEP {
            let found = importers(project, &leading, &others);
            for found in found.iter().filter(|found| found.runs) {
                users.insert(found.number);
                scripts.extend(found.is_script.then_some(found.number));
            }
            let new = found.into_iter().filter(|found| led.insert(found.number));
            leading = new.map(|found| found.leading).collect();
        }
        // What nearly every file uses at its top level, such as a logger that holds a lock, is part of the furniture: to
        // follow it from everywhere would cost far more than all that matters.
        let most = MOST_IN_ANY_CASE + MOST_PER_SEED * self.seeds;
        [users, scripts]
            .into_iter()
            .find(|chosen| chosen.len() <= most)
            .unwrap_or_default()
    }
}

/// Takes those files out that are to be looked at after all.
fn take(
    waiting: &mut Vec<(FoundFile, Scan, Words)>,
    mut wanted: impl FnMut(&FoundFile, &Words) -> bool,
) -> Vec<(FoundFile, Step)> {
    let taken = waiting.extract_if(.., |(file, _, words)| wanted(file, words));
    taken.map(|(file, _, _)| (file, Step::Check(Scan::Code))).collect()
}
