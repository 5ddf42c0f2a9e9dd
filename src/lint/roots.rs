//! What all the roots of a run say, put together file by file.
//!
//! Each file that matters is the root of a program, and what is found in a program may lie in any of its files: several
//! roots may find the same, and a root may see that what another takes for a mistake is none. How they are weighed is in
//! the decision on linking (`docs/decisions/0005-linking.md`). Suppressions are heard when that is done.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Enabled, Options, in_order, is_shown, suppress};
use crate::files::{SourceFile, cleaned};
use crate::findings::Finding;
use crate::python::{self, Comment, Symbols};
use crate::rules::{Found, Starts};

/// What the check of one file as a root has come to.
#[derive(Default)]
pub(super) struct Looked {
    /// What was found, in this file and in those that it imports.
    pub found: Vec<Found>,
    /// Lines of other files that the program has run, by the names of the files.
    pub covered: Vec<(Arc<str>, Vec<u32>)>,
    /// The file with its comments, where some of them concern us.
    pub comments: Option<Commented>,
    /// Whether the program was too large to be followed to its end.
    pub cut_short: bool,
    /// Who starts its processes, if anybody does.
    pub starts: Option<Starts>,
}

/// A file and its comments.
pub(super) struct Commented {
    pub file: Arc<SourceFile>,
    pub comments: Vec<Comment>,
    /// Whether all of the file could be parsed.
    pub is_whole: bool,
}

impl Commented {
    /// The comments, if a person may have written one of them for us.
    pub fn of(file: &Arc<SourceFile>, comments: &[Comment], is_whole: bool) -> Option<Self> {
        let concerns_us = comments.iter().any(|comment| {
            let text = file.text().get(comment.span.range()).unwrap_or_default();
            let text = text.to_ascii_lowercase();
            text.contains("mplint") || text.contains("noqa")
        });
        concerns_us.then(|| Self {
            file: Arc::clone(file),
            comments: comments.to_vec(),
            is_whole,
        })
    }
}

/// The absolute paths of those that a person gave; of none the working directory.
pub(super) fn given_paths(given: &[PathBuf], options: &Options<'_>) -> Vec<PathBuf> {
    let base = &options.discover.working_directory;
    match given {
        [] => vec![cleaned(base)],
        given => given.iter().map(|path| cleaned(&base.join(path))).collect(),
    }
}

/// Which files a person asked about.
pub(super) struct Asked<'a> {
    given: Vec<PathBuf>,
    names: FxHashSet<&'a str>,
    options: &'a Options<'a>,
}

impl<'a> Asked<'a> {
    /// About the files with these names, and about what else lies in the given paths.
    pub fn new(given: &[PathBuf], names: impl Iterator<Item = &'a str>, options: &'a Options<'a>) -> Self {
        let given = given_paths(given, options);
        Self {
            given,
            names: names.collect(),
            options,
        }
    }

    /// About one file only.
    pub fn about(name: &'a str, options: &'a Options<'a>) -> Self {
        Self {
            given: Vec::new(),
            names: std::iter::once(name).collect(),
            options,
        }
    }

    fn has(&self, file: &SourceFile) -> bool {
        if self.names.contains(file.name()) || self.options.whole_programs {
            return true;
        }
        let discover = self.options.discover;
        let path = cleaned(&discover.working_directory.join(file.path()));
        self.given.iter().any(|given| path.starts_with(given)) && !discover.excludes.matches_or_parent(&path)
    }
}

/// The findings of all roots, by file and place, without those that are refuted, suppressed, or not asked for.
pub(super) fn settle(all: Vec<(String, Looked)>, asked: &Asked<'_>) -> Vec<Finding> {
    let options = asked.options;
    let mut covered: FxHashMap<Arc<str>, FxHashSet<u32>> = FxHashMap::default();
    let mut comments: FxHashMap<String, Commented> = FxHashMap::default();
    let mut files: BTreeMap<String, Vec<(bool, Finding)>> = BTreeMap::new();
    let mut unknown_comments: FxHashSet<String> = FxHashSet::default();
    let mut roots: FxHashSet<String> = FxHashSet::default();
    for (name, looked) in all {
        for (file, lines) in looked.covered {
            covered.entry(file).or_default().extend(lines);
        }
        for Found { finding, isolated } in looked.found {
            let file = &finding.location.file;
            if file.name() != name && !asked.has(file) {
                continue;
            }
            let at_home = file.name() == name;
            if !at_home {
                unknown_comments.insert(file.name().to_owned());
            }
            files
                .entry(file.name().to_owned())
                .or_default()
                .push((isolated && at_home, finding));
        }
        if let Some(commented) = looked.comments {
            files.entry(name.clone()).or_default();
            comments.insert(name.clone(), commented);
        }
        roots.insert(name);
    }
    let mut findings = Vec::new();
    for (name, found) in files {
        let lines = covered.get(name.as_str());
        let kept = weigh(found, |line| lines.is_some_and(|lines| lines.contains(&line)));
        let commented = comments.remove(&name).or_else(|| {
            // A file that is no root itself.
            let file = &kept.first()?.location.file;
            if roots.contains(&name) || !unknown_comments.contains(&name) {
                return None;
            }
            let parsed = python::parse_file(file, &mut Symbols::default());
            Commented::of(file, &parsed.comments, parsed.errors.is_empty())
        });
        let path: Option<&Path> = commented
            .as_ref()
            .map(|commented| commented.file.path())
            .or_else(|| Some(kept.first()?.location.file.path()));
        let Some(path) = path.map(Path::to_owned) else { continue };
        let enabled = Enabled::for_file(&path, options);
        let mut kept: Vec<Finding> = kept
            .into_iter()
            .filter(|finding| enabled.has(finding.rule.code))
            .collect();
        kept.sort_by(in_order);
        kept.dedup_by(|a, b| in_order(a, b).is_eq() && a.message == b.message);
        let mut kept = suppress(commented.as_ref(), &enabled, kept);
        kept.retain(|finding| is_shown(finding, options));
        findings.extend(kept);
    }
    findings
}

/// Of the findings in one file those that stand. Each comes with whether it is the file's own and rests on nothing but
/// what a stranger might do; such a one gives way to the runs of those who really call the code.
fn weigh(found: Vec<(bool, Finding)>, is_covered: impl Fn(u32) -> bool) -> Vec<Finding> {
    let mut kept: Vec<Finding> = Vec::new();
    let mut places: FxHashMap<(u32, u32, &'static str), usize> = FxHashMap::default();
    for (isolated, finding) in found {
        let span = finding.location.span;
        if isolated && is_covered(finding.location.file.line_index(span.start) as u32) {
            continue;
        }
        match places.entry((span.start, span.end, finding.rule.code)) {
            std::collections::hash_map::Entry::Occupied(at) => {
                let old = &mut kept[*at.get()];
                // Who sees more of the program may know why it must not be repaired so.
                let graded = |finding: &Finding| finding.fix.as_ref().map(|fix| fix.applicability);
                let fix = match graded(old) <= graded(&finding) {
                    true => old.fix.take(),
                    false => finding.fix.clone(),
                };
                old.fix.clone_from(&fix);
                if (finding.severity, finding.confidence) > (old.severity, old.confidence) {
                    *old = Finding { fix, ..finding };
                }
            }
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(kept.len());
                kept.push(finding);
            }
        }
    }
    kept
}
