//! The steps from a list of paths to findings.
//!
//! The walk reads and scans every file and remembers which of them matter. Those are then read again, one by one and in
//! parallel, so that memory is bounded by threads and not by input; the second read costs next to nothing, because few
//! files matter and the system still holds them. What comes out is sorted: it never depends on the threads.

mod guard;
mod hidden;
mod importers;
mod python2;
mod roots;

use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::iter::{IntoParallelIterator, ParallelIterator};
use rustc_hash::FxHashMap;

use crate::api::Api;
use crate::files::decode::decode;
use crate::files::discover::{DiscoverError, DiscoverOptions, Discovery, FoundFile, visit};
use crate::files::scan::{Scan, Scanner};
use crate::files::{FileReader, ReadError, SourceFile, Span, Unwritten, cleaned, is_notebook, notebook};
use crate::findings::suppression::{Problem, Suppressions};
use crate::findings::{Confidence, Finding, Location, Severity, Targets};
use crate::model::Model;
use crate::program::{ImportList, Modules, ProjectFiles};
use crate::python::{Lowered, SyntaxError};
use crate::rules::{
    self, Found, Root, Rule, Starts, codes, mp900_invalid_syntax, mp901_unused_suppression, mp902_unreadable_file,
};

pub use guard::{guarded, install_panic_hook};
use roots::{Asked, Commented, Looked};

/// The stack of a thread that analyses files, in bytes. Only what is used of it costs memory.
const STACK_BYTES: usize = 64 << 20;

/// What a run needs to know besides its paths.
pub struct Options<'a> {
    /// How the walk goes.
    pub discover: &'a DiscoverOptions,
    /// Which files matter.
    pub scanner: &'a Scanner,
    /// What is known of libraries, the project's own wrappers included.
    pub api: &'a Api,
    /// What the files run on.
    pub targets: Targets,
    /// Findings below are left out.
    pub min_severity: Severity,
    /// Findings below are left out.
    pub min_confidence: Confidence,
    /// Whether a rule takes part in the check of a file, given by its absolute path. Asked once for each rule and file
    /// that matters.
    pub enabled: &'a (dyn Fn(&Path, &Rule) -> bool + Sync),
    /// Who else looks at the model of each program, in whichever thread it is made.
    pub watch: Option<&'a (dyn Fn(&Model<'_>) + Sync)>,
    /// Whether findings are told in all files of a program, and not only in those that were asked about.
    pub whole_programs: bool,
}

impl Options<'_> {
    fn scan(&self, path: &Path, bytes: &[u8]) -> Scan {
        let scan = |bytes: &[u8]| self.scanner.scan(bytes, |bytes| self.api.is_imported(bytes));
        if !is_notebook(path) {
            return scan(bytes);
        }
        if !self.scanner.is_match(bytes) {
            return Scan::Nothing;
        }
        match notebook::read(bytes) {
            Ok(notebook) => scan(notebook.text.as_bytes()),
            // It is said what is wrong when it is looked at.
            Err(_) => Scan::Code,
        }
    }
}

impl Options<'_> {
    /// What the bytes of a file tell: whether it matters by itself, and if not, what it imports.
    fn look(&self, path: &Path, bytes: &[u8]) -> (Scan, Option<ImportList>) {
        let scan = self.scan(path, bytes);
        let imports = match scan {
            Scan::Code => None,
            Scan::Nothing | Scan::Suppressions if is_notebook(path) => None,
            Scan::Nothing | Scan::Suppressions => ImportList::of(bytes),
        };
        (scan, imports)
    }
}

/// What a run came to.
#[derive(Debug, Default)]
pub struct Outcome {
    /// What was found, by file name, row, column and code.
    pub findings: Vec<Finding>,
    /// How many Python files were looked at.
    pub checked: usize,
    /// Files that were too large to be followed to their end, by name.
    pub cut_short: Vec<String>,
    /// The files that start processes, by name, with who does.
    pub programs: Vec<(String, Starts)>,
    /// Paths that were given and do not exist.
    pub missing: Vec<PathBuf>,
    /// From which files a finding was reached, the file it lies in among them where it was.
    pub reached_from: FxHashMap<Place, Vec<String>>,
    /// Errors of mplint itself, by file name. The other files were checked all the same.
    pub internal_errors: Vec<InternalError>,
}

/// Where a finding is: the name of its file, the place in it, and its code.
pub type Place = (String, Span, &'static str);

/// Where a finding is.
#[must_use]
pub fn place_of(finding: &Finding) -> Place {
    let Location { file, span } = &finding.location;
    (file.name().to_owned(), *span, finding.rule.code)
}

impl Outcome {
    fn take(&mut self, all: Vec<(String, Looked)>, asked: &Asked<'_>) {
        let cut_short = all.iter().filter(|(_, looked)| looked.cut_short);
        self.cut_short.extend(cut_short.map(|(name, _)| name.clone()));
        for (name, looked) in &all {
            self.programs.extend(looked.starts.map(|starts| (name.clone(), starts)));
            for found in &looked.found {
                let from = self.reached_from.entry(place_of(&found.finding)).or_default();
                from.push(name.clone());
            }
        }
        self.findings.extend(roots::settle(all, asked));
    }
}

/// An error of mplint itself while it was at work on a file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct InternalError {
    /// The display name of the file.
    pub file: String,
    /// What is known of the error.
    pub message: String,
}

/// Checks files and folders; no path means the working directory.
#[must_use]
pub fn check_paths(paths: &[PathBuf], options: &Options<'_>) -> Outcome {
    check_paths_with(paths, &Unwritten::default(), options)
}

/// The same, where some files are taken for what is going to be written to them.
#[must_use]
pub fn check_paths_with(paths: &[PathBuf], unwritten: &Unwritten, options: &Options<'_>) -> Outcome {
    let scan = || {
        let mut reader = FileReader::new();
        move |file: &FoundFile| {
            let scanned = guard::guarded(&file.name, || match read_found(&mut reader, file, unwritten, options) {
                Ok(bytes) => Ok(options.look(&file.path, bytes)),
                Err(error) => Err(error),
            });
            match scanned {
                Ok(Ok((Scan::Nothing, None))) => None,
                Ok(Ok((scan, Some(imports)))) => Some(Step::Wait(scan, imports)),
                Ok(Ok((scan, None))) => Some(Step::Check(scan)),
                Ok(Err(error)) => Some(Step::Unreadable(error)),
                Err(error) => Some(Step::Failed(error)),
            }
        }
    };
    let mut outcome = Outcome::default();
    let (discovery, missing) = walk(paths, options.discover, scan);
    outcome.missing = missing;
    let Some(discovery) = discovery else {
        return outcome;
    };
    outcome.checked = discovery.visited;
    check_found(discovery, paths, unwritten, options, &mut outcome);
    outcome
}

fn read<'r>(
    reader: &'r mut FileReader,
    path: &Path,
    unwritten: &'r Unwritten,
    options: &Options<'_>,
) -> Result<&'r [u8], ReadError> {
    match unwritten.get(&cleaned(&options.discover.working_directory.join(path))) {
        Some(bytes) => Ok(bytes),
        None => reader.read(path),
    }
}

/// The same of a file that the walk has come upon, which need not ask once more what it is.
fn read_found<'r>(
    reader: &'r mut FileReader,
    file: &FoundFile,
    unwritten: &'r Unwritten,
    options: &Options<'_>,
) -> Result<&'r [u8], ReadError> {
    match file.explicit || !unwritten.is_empty() {
        true => read(reader, &file.path, unwritten, options),
        false => reader.read_regular(&file.path),
    }
}

/// Finds the Python files among the given paths and below them, and calls a visitor for each. Paths that do not exist are
/// left out and returned besides; where no other is left, there is no discovery.
pub fn walk<T, V>(
    paths: &[PathBuf],
    options: &DiscoverOptions,
    new_visitor: impl Fn() -> V + Sync,
) -> (Option<Discovery<T>>, Vec<PathBuf>)
where
    T: Send,
    V: FnMut(&FoundFile) -> Option<T> + Send,
{
    let mut paths = paths.to_vec();
    let mut all_missing = Vec::new();
    loop {
        match visit(&paths, options, &new_visitor) {
            Ok(discovery) => return (Some(discovery), all_missing),
            Err(DiscoverError::Missing(missing)) => {
                let before = paths.len();
                paths.retain(|path| !missing.contains(path));
                all_missing.extend(missing);
                // No path at all would mean the working directory.
                if paths.is_empty() || paths.len() == before {
                    return (None, all_missing);
                }
            }
        }
    }
}

/// Checks one program that comes as a stream, under the name that it is given.
#[must_use]
pub fn check_stream(stream: impl Read, name: &str, options: &Options<'_>) -> Outcome {
    let path = options.discover.working_directory.join(name);
    let left_out = options.discover.force_exclude && options.discover.excludes.matches_or_parent(&path);
    if left_out {
        return Outcome::default();
    }
    let mut reader = FileReader::new();
    let mut project = ProjectFiles::new(options.discover, options.api);
    project.keep_name(project.path_of(&path), name.to_owned());
    let looked = guard::guarded(name, || match reader.read_stream(stream) {
        Ok(bytes) => match options.scan(&path, bytes) {
            Scan::Nothing | Scan::Suppressions if project.imports_lead(&project.path_of(&path), bytes) => {
                look_at_bytes(&path, name, bytes, Scan::Code, &project, options)
            }
            Scan::Nothing => Looked::default(),
            scan => look_at_bytes(&path, name, bytes, scan, &project, options),
        },
        Err(error) => alone(unreadable(&path, name, &error, options)),
    });
    let mut outcome = Outcome {
        checked: 1,
        ..Outcome::default()
    };
    match looked {
        Ok(looked) => {
            outcome.take(vec![(name.to_owned(), looked)], &Asked::about(name, options));
            hidden::take_back_beside(&mut outcome.findings, &project);
        }
        Err(error) => outcome.internal_errors.push(error),
    }
    outcome
}

/// What the walk learned of a file.
enum Step {
    Check(Scan),
    /// It names no library. What it imports may matter.
    Wait(Scan, ImportList),
    Unreadable(ReadError),
    Failed(InternalError),
}

fn check_found(
    discovery: Discovery<Step>,
    given: &[PathBuf],
    unwritten: &Unwritten,
    options: &Options<'_>,
    outcome: &mut Outcome,
) {
    let mut project = ProjectFiles::new(options.discover, options.api).with_unwritten(unwritten);
    let threads = rayon::ThreadPoolBuilder::new()
        .stack_size(STACK_BYTES)
        .num_threads(options.discover.threads);
    let threads = (!discovery.files.is_empty()).then(|| threads.build().ok()).flatten();
    let walked = roots::given_paths(given, options);
    let importers::Sorted { roots, others } = install(threads.as_ref(), || {
        importers::roots(discovery.files, walked, &mut project)
    });
    let looked_at: Vec<PathBuf> = roots.iter().map(|(file, _)| file.path.clone()).collect();
    for (file, _) in &roots {
        project.keep_name(project.path_of(&file.path), file.name.clone());
    }
    let look = |reader: &mut FileReader, (file, step): (FoundFile, Step)| match step {
        Step::Check(scan) | Step::Wait(scan, _) => {
            guard::guarded(&file.name, || match read_found(reader, &file, unwritten, options) {
                Ok(bytes) => look_at_bytes(&file.path, &file.name, bytes, scan, &project, options),
                // It could be read a moment ago.
                Err(error) => alone(unreadable(&file.path, &file.name, &error, options)),
            })
            .map(|looked| (file.name, looked))
        }
        Step::Unreadable(error) => {
            let findings = unreadable(&file.path, &file.name, &error, options);
            Ok((file.name, alone(findings)))
        }
        Step::Failed(error) => Err(error),
    };
    let looked: Vec<Result<(String, Looked), InternalError>> = install(threads.as_ref(), || {
        roots.into_par_iter().map_init(FileReader::new, look).collect()
    });
    let mut all = Vec::new();
    for result in looked {
        match result {
            Ok(looked) => all.push(looked),
            Err(error) => outcome.internal_errors.push(error),
        }
    }
    let names: Vec<String> = all.iter().map(|(name, _)| name.clone()).collect();
    let asked = Asked::new(given, names.iter().map(String::as_str), options);
    outcome.take(all, &asked);
    let candidates = hidden::Candidates { looked_at, others };
    hidden::take_back(&mut outcome.findings, &candidates, unwritten, &project, options);
    for problem in discovery.problems {
        let message = format!("this path {}", problem.message);
        outcome
            .findings
            .extend(unreadable_path(&problem.path, &problem.name, message, options));
    }
    outcome.internal_errors.sort();
    outcome.cut_short.sort();
    outcome.programs.sort();
    // Stable, so that within a file the order stays as it is.
    outcome
        .findings
        .sort_by(|a, b| a.location.file.name().cmp(b.location.file.name()));
}

/// Does work in threads of ours. Where there are none to be had, the usual ones, with their smaller stacks, must do.
fn install<T: Send>(threads: Option<&rayon::ThreadPool>, work: impl FnOnce() -> T + Send) -> T {
    match threads {
        Some(threads) => threads.install(work),
        None => work(),
    }
}

fn look_at_bytes(
    path: &Path,
    name: &str,
    bytes: &[u8],
    scan: Scan,
    project: &ProjectFiles<'_>,
    options: &Options<'_>,
) -> Looked {
    if is_notebook(path) {
        return match notebook::read(bytes) {
            Ok(notebook) => {
                let file = Arc::new(SourceFile::notebook(path.to_owned(), name.to_owned(), notebook));
                look_at_source(&file, scan, project, options)
            }
            Err(error) => alone(unreadable(path, name, &error, options)),
        };
    }
    match decode(bytes) {
        Ok(decoded) => {
            let file = Arc::new(SourceFile::new(path.to_owned(), name.to_owned(), decoded.text));
            look_at_source(&file, scan, project, options)
        }
        Err(error) => alone(unreadable(path, name, &error, options)),
    }
}

/// Findings that no run of a program has to do with.
fn alone(findings: Vec<Finding>) -> Looked {
    let of_its_own = |finding| Found {
        finding,
        isolated: false,
    };
    Looked {
        found: findings.into_iter().map(of_its_own).collect(),
        ..Looked::default()
    }
}

fn unreadable(path: &Path, name: &str, error: &dyn std::error::Error, options: &Options<'_>) -> Vec<Finding> {
    unreadable_path(path, name, format!("this file {error}"), options)
}

/// MP902 at a file of which we have no text.
fn unreadable_path(path: &Path, name: &str, message: String, options: &Options<'_>) -> Vec<Finding> {
    let file = Arc::new(SourceFile::new(path.to_owned(), name.to_owned(), String::new()));
    let mut findings = vec![mp902_unreadable_file::finding(whole(file), message)];
    let enabled = Enabled::for_file(path, options).has(codes::MP902.info.code);
    findings.retain(|finding| enabled && is_shown(finding, options));
    findings
}

fn whole(file: Arc<SourceFile>) -> Location {
    Location {
        file,
        span: Span::default(),
    }
}

fn is_shown(finding: &Finding, options: &Options<'_>) -> bool {
    finding.severity >= options.min_severity && finding.confidence >= options.min_confidence
}

/// The rules that take part in the check of one file.
struct Enabled(Vec<&'static str>);

impl Enabled {
    fn for_file(path: &Path, options: &Options<'_>) -> Self {
        let absolute = cleaned(&options.discover.working_directory.join(path));
        let enabled = rules::all().iter().filter(|rule| (options.enabled)(&absolute, rule));
        Self(enabled.map(|rule| rule.info.code).collect())
    }

    fn has(&self, code: &str) -> bool {
        self.0.contains(&code)
    }
}

fn look_at_source(file: &Arc<SourceFile>, scan: Scan, project: &ProjectFiles<'_>, options: &Options<'_>) -> Looked {
    let enabled = Enabled::for_file(file.path(), options);
    let path = project.path_of(file.path());
    let lowered = match scan {
        Scan::Code => project.lowered(&path, file, None),
        Scan::Nothing | Scan::Suppressions => Arc::new(Lowered::of_file(file)),
    };
    let errors = &lowered.errors;
    let mut looked = Looked {
        comments: Commented::of(file, &lowered.comments, errors.is_empty()),
        ..Looked::default()
    };
    if scan != Scan::Code {
        return looked;
    }
    let syntax = syntax_error(file, errors, &enabled);
    // What is left of a Python 2 file says nothing of what the program does.
    if !is_python2(file, errors) {
        let mut symbols = lowered.symbols.clone();
        let module = Arc::clone(&lowered.module);
        let root = Root { file, path, module };
        let checked = rules::with_model(root, project, &mut symbols, options.api, options.targets, |model| {
            if let Some(watch) = options.watch {
                watch(model);
            }
            rules::check_model(model, options.enabled)
        });
        looked.found = checked.found;
        looked.covered = checked.covered;
        looked.cut_short = checked.cut_short;
        looked.starts = checked.starts;
    }
    looked.found.extend(alone(syntax.into_iter().collect()).found);
    looked
}

fn in_order(a: &Finding, b: &Finding) -> std::cmp::Ordering {
    let key = |finding: &Finding| (finding.location.span, finding.rule.code);
    key(a).cmp(&key(b)).then_with(|| a.message.cmp(&b.message))
}

/// Where a file that does not parse is plainly Python 2, and what shows it.
fn python2_sign<'p>(file: &SourceFile, errors: &'p [SyntaxError]) -> Option<(&'p SyntaxError, &'static str)> {
    errors.iter().take(20).find_map(|error| {
        let line = file.line_span(file.line_index(error.span.start))?;
        let word = python2::sign(file.text().get(line.range())?)?;
        Some((error, word))
    })
}

fn is_python2(file: &SourceFile, errors: &[SyntaxError]) -> bool {
    python2_sign(file, errors).is_some()
}

/// MP900 for the first thing that is wrong: what follows it is often its consequence.
fn syntax_error(file: &Arc<SourceFile>, errors: &[SyntaxError], enabled: &Enabled) -> Option<Finding> {
    let first = errors.first().filter(|_| enabled.has(codes::MP900.info.code))?;
    let python2 = python2_sign(file, errors);
    let (error, message) = match python2 {
        Some((error, sign)) => (error, format!("this looks like Python 2: {sign}")),
        None => (first, format!("this cannot be parsed: {}", first.message)),
    };
    let location = Location {
        file: file.clone(),
        span: error.span,
    };
    Some(mp900_invalid_syntax::finding(location, message))
}

/// Takes away what comments suppress and what stronger findings explain, and adds what is to be said of the comments.
fn suppress(commented: Option<&Commented>, enabled: &Enabled, findings: Vec<Finding>) -> Vec<Finding> {
    let explained = explained(&findings, |code| rules::by_code(code).map_or(&[], |rule| rule.subsumes));
    let Some(Commented {
        file,
        comments,
        is_whole,
    }) = commented
    else {
        let kept = findings.into_iter().zip(explained).filter(|(_, explained)| !explained);
        return kept.map(|(finding, _)| finding).collect();
    };
    let comments = comments.iter().map(|comment| (comment.span, comment.statement));
    let mut suppressions = Suppressions::parse(file, comments, &resolve);
    let line = |finding: &Finding| finding.location.file.line_index(finding.location.span.start);

    // A finding that a stronger one explains still counts as a use of its suppression: it would be back at once if the
    // stronger one went away.
    let mut kept: Vec<_> = findings
        .into_iter()
        .zip(explained)
        .filter_map(|(finding, explained)| {
            let suppressed = suppressions.suppress(finding.rule.code, line(&finding));
            (!suppressed && !explained).then_some(finding)
        })
        .collect();

    let own = codes::MP901.info.code;
    if enabled.has(own) {
        let mut problems = suppressions.problems().to_vec();
        // After a syntax error not everything was looked at.
        if *is_whole {
            let judged = |codes: &[&'static str]| {
                !codes.contains(&own)
                    && codes.iter().any(|code| enabled.has(code))
                    && codes.iter().all(|code| enabled.has(code) || is_off_by_default(code))
            };
            let every: Vec<_> = rules::all()
                .iter()
                .map(|rule| rule.info.code)
                .filter(|&code| code != own)
                .collect();
            problems.extend(suppressions.unused(&judged, &every));
        }
        for Problem { message, help, span } in problems {
            let location = Location {
                file: file.clone(),
                span,
            };
            let mut finding = mp901_unused_suppression::finding(location, message);
            finding.help = help;
            if !suppressions.suppress_own(own, line(&finding)) {
                kept.push(finding);
            }
        }
        kept.sort_by(in_order);
    }
    kept
}

/// For each finding, whether another one on the same line says it better. `subsumes` gives the rules that a rule explains.
fn explained<'r>(findings: &[Finding], subsumes: impl Fn(&str) -> &'r [&'r str]) -> Vec<bool> {
    let place = |finding: &Finding| {
        let file = &finding.location.file;
        (file.path().to_owned(), file.line_index(finding.location.span.start))
    };
    let stronger: Vec<_> = findings
        .iter()
        .map(|finding| (subsumes(finding.rule.code), finding))
        .filter(|(subsumes, _)| !subsumes.is_empty())
        .map(|(subsumes, finding)| (subsumes, place(finding)))
        .collect();
    findings
        .iter()
        .map(|finding| {
            stronger
                .iter()
                .any(|(subsumes, at)| subsumes.contains(&finding.rule.code) && *at == place(finding))
        })
        .collect()
}

fn is_off_by_default(code: &str) -> bool {
    rules::by_code(code).is_some_and(|rule| !rule.default_on)
}

/// The rules that a word in a suppression means.
fn resolve(word: &str) -> Vec<&'static str> {
    let code = word.to_ascii_uppercase();
    let means = |rule: &&Rule| {
        rule.info.name.eq_ignore_ascii_case(word) || (code.starts_with("MP") && rule.info.code.starts_with(&code))
    };
    rules::all().iter().filter(means).map(|rule| rule.info.code).collect()
}

/// Standard input, for [`check_stream`].
#[must_use]
pub fn standard_input() -> impl Read {
    io::stdin().lock()
}

#[cfg(test)]
mod tests;
