//! Fixes made round by round, until there is none left that comes out well.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::apply::{Applied, apply};
use crate::files::decode::{Decoded, decode};
use crate::files::encode::encode_like;
use crate::files::{FileReader, SourceFile, Unwritten};
use crate::findings::{Applicability, Finding, Fix, Severity};
use crate::lint::Outcome;
use crate::python::{self, Symbols};

/// Rounds, the ones included that only find out which of several fixes was a bad one.
const MOST_ROUNDS: usize = 60;

/// Which fixes are made.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Wanted {
    /// Those that keep what the program means.
    Safe,
    /// Those that may change it as well.
    Unsafe,
}

impl Wanted {
    /// Whether a fix is among them.
    #[must_use]
    pub fn admits(self, fix: &Fix) -> bool {
        match self {
            Self::Safe => fix.applicability == Applicability::Safe,
            Self::Unsafe => fix.applicability >= Applicability::Unsafe,
        }
    }
}

/// A file with its fixes.
#[derive(Debug)]
pub struct FixedFile {
    /// The file as it was.
    pub file: Arc<SourceFile>,
    /// The bytes that it had.
    pub old: Vec<u8>,
    /// The text with the fixes.
    pub text: String,
    /// The same as bytes, in the encoding of the file.
    pub new: Vec<u8>,
    /// How many findings were fixed.
    pub fixed: usize,
}

/// A fix that was tried and not kept.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Dropped {
    /// The display name of the file.
    pub file: String,
    /// The line of the finding, from 1.
    pub row: u32,
    /// The code of its rule.
    pub code: &'static str,
    /// Why: a fragment that follows "because".
    pub why: String,
}

/// What came of the fixes of a run.
#[derive(Debug)]
pub struct Fixes {
    /// The changed files, by name.
    pub files: Vec<FixedFile>,
    /// What the linter says when they are changed.
    pub outcome: Outcome,
    /// Fixes that were not kept.
    pub dropped: Vec<Dropped>,
}

/// The bytes of a file as the linter read them.
pub type ReadBytes<'a> = dyn Fn(&SourceFile) -> Option<Vec<u8>> + 'a;

/// Makes the fixes of all findings that `lint` gives, as far as they are wanted. `lint` takes some files for what is going
/// to be in them; `absolute` gives the path by which it knows a file, and `read` the bytes that the file has.
pub fn fix(
    lint: &dyn Fn(&Unwritten) -> Outcome,
    absolute: &dyn Fn(&Path) -> std::path::PathBuf,
    read: &ReadBytes<'_>,
    wanted: Wanted,
) -> Fixes {
    let outcome = lint(&Unwritten::default());
    let mut run = Run {
        wanted,
        read,
        files: BTreeMap::new(),
        unwritable: FxHashSet::default(),
        refused: FxHashSet::default(),
        dropped: Vec::new(),
        singly: FxHashSet::default(),
        one_file: false,
    };
    let outcome = run.go(outcome, lint, absolute);
    let changed = run.files.into_values().filter(|file| file.text != file.file.text());
    Fixes {
        files: changed.collect(),
        outcome,
        dropped: run.dropped,
    }
}

/// What tells a finding from others, also when lines have moved.
type Key = (String, &'static str, String, String);

struct Run<'a> {
    wanted: Wanted,
    read: &'a ReadBytes<'a>,
    /// What has been done to each file so far.
    files: BTreeMap<String, FixedFile>,
    /// Files that cannot be written as they are read.
    unwritable: FxHashSet<String>,
    refused: FxHashSet<Key>,
    dropped: Vec<Dropped>,
    /// Files whose fixes are made one by one, because one of them is a bad one.
    singly: FxHashSet<String>,
    /// Whether only one file is changed in a round.
    one_file: bool,
}

/// What a round does to one file.
struct Plan<'f> {
    file: Arc<SourceFile>,
    findings: Vec<&'f Finding>,
    applied: Applied,
}

impl Run<'_> {
    fn go(
        &mut self,
        mut outcome: Outcome,
        lint: &dyn Fn(&Unwritten) -> Outcome,
        absolute: &dyn Fn(&Path) -> std::path::PathBuf,
    ) -> Outcome {
        let mut unwritten = Unwritten::default();
        for _ in 0..MOST_ROUNDS {
            let findings = std::mem::take(&mut outcome.findings);
            let plans = self.plans(&findings);
            if plans.is_empty() {
                outcome.findings = findings;
                break;
            }
            let mut next = unwritten.clone();
            let mut texts: Vec<(String, String, Vec<u8>, usize)> = Vec::new();
            for (name, plan) in &plans {
                let Some(bytes) = self.bytes(name, &plan.file, &plan.applied.text) else {
                    continue;
                };
                next.put(&absolute(plan.file.path()), bytes.clone());
                texts.push((name.clone(), plan.applied.text.clone(), bytes, plan.applied.made.len()));
            }
            // All that is left to do cannot be written.
            if texts.is_empty() {
                outcome.findings = findings;
                continue;
            }
            let after = lint(&next);
            let blame = blame(&findings, &outcome, &after, &plans);
            if blame.is_empty() {
                for (name, text, bytes, made) in texts {
                    if let Some(file) = self.files.get_mut(&name) {
                        file.text = text;
                        file.new = bytes;
                        file.fixed += made;
                    }
                }
                unwritten = next;
                outcome = after;
                continue;
            }
            self.learn(&plans, blame);
            outcome.findings = findings;
        }
        outcome
    }

    /// What can be done to each file now.
    fn plans<'f>(&mut self, findings: &'f [Finding]) -> BTreeMap<String, Plan<'f>> {
        let mut by_file: BTreeMap<String, Vec<&Finding>> = BTreeMap::new();
        for finding in findings {
            let name = finding.location.file.name();
            let is_wanted = finding.fix.as_ref().is_some_and(|fix| self.wanted.admits(fix));
            if is_wanted && !self.unwritable.contains(name) && !self.refused.contains(&key(finding)) {
                by_file.entry(name.to_owned()).or_default().push(finding);
            }
        }
        let mut plans = BTreeMap::new();
        for (name, findings) in by_file {
            if !self.prepare(&name, &findings[0].location.file) {
                continue;
            }
            let most = if self.singly.contains(&name) { 1 } else { findings.len() };
            let some = &findings[..most];
            let fixes: Vec<&Fix> = some.iter().filter_map(|finding| finding.fix.as_ref()).collect();
            let file = Arc::clone(&some[0].location.file);
            let applied = apply(&file, &fixes);
            let findings = applied.made.iter().map(|&at| some[at]).collect::<Vec<_>>();
            if findings.is_empty() {
                // Edits that make no sense.
                self.refused.extend(some.iter().map(|finding| key(finding)));
                continue;
            }
            if !parses(&applied.text) {
                let plan = Plan {
                    file,
                    findings,
                    applied,
                };
                self.learn_of(&name, &plan, "the result could not be parsed");
                continue;
            }
            plans.insert(
                name,
                Plan {
                    file,
                    findings,
                    applied,
                },
            );
            if self.one_file {
                break;
            }
        }
        plans
    }

    /// Sees to it that the bytes of a file are known, and can be had again from its text.
    fn prepare(&mut self, name: &str, file: &Arc<SourceFile>) -> bool {
        if self.files.contains_key(name) {
            return true;
        }
        let old = (self.read)(file);
        let same = old.as_ref().and_then(|old| {
            let decoded = decode(old).ok()?;
            let again = encode_like(&decoded, &decoded.text)?;
            Some(decoded.text == file.text() && again == *old)
        });
        let Some(old) = old.filter(|_| same == Some(true)) else {
            self.unwritable.insert(name.to_owned());
            self.dropped.push(Dropped {
                file: name.to_owned(),
                row: 0,
                code: "",
                why: "it cannot be written in the encoding that it has, or has just been changed".to_owned(),
            });
            return false;
        };
        let fixed = FixedFile {
            file: Arc::clone(file),
            text: file.text().to_owned(),
            new: old.clone(),
            old,
            fixed: 0,
        };
        self.files.insert(name.to_owned(), fixed);
        true
    }

    /// A text as bytes of a file.
    fn bytes(&mut self, name: &str, file: &SourceFile, text: &str) -> Option<Vec<u8>> {
        let decoded: Decoded = decode(&self.files.get(name)?.old).ok()?;
        let bytes = encode_like(&decoded, text);
        if bytes.is_none() {
            self.unwritable.insert(file.name().to_owned());
        }
        bytes
    }

    /// Takes from a round that did not come out well what is to be left out.
    fn learn(&mut self, plans: &BTreeMap<String, Plan<'_>>, blame: Blame) {
        for (name, why) in &blame.files {
            if let Some(plan) = plans.get(name) {
                self.learn_of(name, plan, why);
            }
        }
        // An error in a file that nobody touched: whose fault it is shows when they come one by one.
        if blame.files.is_empty() {
            match plans.iter().next() {
                Some((name, plan)) if plans.len() == 1 => {
                    self.learn_of(name, plan, &blame.elsewhere.unwrap_or_default());
                }
                _ => self.one_file = true,
            }
        }
    }

    fn learn_of(&mut self, name: &str, plan: &Plan<'_>, why: &str) {
        let [finding] = plan.findings.as_slice() else {
            self.singly.insert(name.to_owned());
            return;
        };
        self.refused.insert(key(finding));
        // The others may go together again.
        self.singly.remove(name);
        self.one_file = false;
        let place = finding.location.file.line_column(finding.location.span.start);
        self.dropped.push(Dropped {
            file: name.to_owned(),
            row: place.row,
            code: finding.rule.code,
            why: why.to_owned(),
        });
    }
}

fn key(finding: &Finding) -> Key {
    let file = &finding.location.file;
    let line = file.line_span(file.line_index(finding.location.span.start));
    let line = line.and_then(|line| file.text().get(line.range())).unwrap_or_default();
    (
        file.name().to_owned(),
        finding.rule.code,
        finding.message.clone(),
        line.trim().to_owned(),
    )
}

fn parses(text: &str) -> bool {
    python::parse(text, &mut Symbols::default()).errors.is_empty()
}

/// What did not come out well in a round.
#[derive(Debug, Default)]
struct Blame {
    /// The changed files at fault, each with what is wrong.
    files: BTreeMap<String, String>,
    /// What is wrong in files that were not changed.
    elsewhere: Option<String>,
}

impl Blame {
    fn is_empty(&self) -> bool {
        self.files.is_empty() && self.elsewhere.is_none()
    }

    fn add(&mut self, plans: &BTreeMap<String, Plan<'_>>, file: &str, why: String) {
        if plans.contains_key(file) {
            self.files.entry(file.to_owned()).or_insert(why);
        } else {
            self.elsewhere.get_or_insert(why);
        }
    }
}

fn blame(before: &[Finding], outcome: &Outcome, after: &Outcome, plans: &BTreeMap<String, Plan<'_>>) -> Blame {
    let mut blame = Blame::default();
    for (name, plan) in plans {
        for fixed in &plan.findings {
            let span = fixed.location.span;
            let (from, to) = (plan.applied.moved(span.start), plan.applied.moved(span.end));
            let is_there = |finding: &Finding| {
                let start = finding.location.span.start;
                finding.rule.code == fixed.rule.code
                    && finding.location.file.name() == name
                    && (from..=to.max(from)).contains(&start)
            };
            if after.findings.iter().any(is_there) {
                blame.add(plans, name, format!("{} is still found there", fixed.rule.code));
            }
        }
    }
    let errors = |findings: &[Finding]| {
        let mut errors: FxHashMap<(String, &'static str), usize> = FxHashMap::default();
        for finding in findings.iter().filter(|finding| finding.severity == Severity::Error) {
            let file = finding.location.file.name().to_owned();
            *errors.entry((file, finding.rule.code)).or_default() += 1;
        }
        errors
    };
    let had = errors(before);
    let mut new: Vec<(String, &'static str)> = errors(&after.findings)
        .into_iter()
        .filter(|(key, count)| had.get(key).copied().unwrap_or_default() < *count)
        .map(|(key, _)| key)
        .collect();
    new.sort();
    for (file, code) in new {
        blame.add(plans, &file, format!("it brings another error, {code} in `{file}`"));
    }
    if after.internal_errors.len() > outcome.internal_errors.len() {
        blame
            .elsewhere
            .get_or_insert_with(|| "mplint fails at the result".to_owned());
    }
    blame
}

/// Reads a file of the run again.
#[must_use]
pub fn read_again(path: &Path) -> Option<Vec<u8>> {
    FileReader::new().read(path).ok().map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::Span;
    use crate::findings::{Confidence, Edit, Hints, Location, RuleInfo};

    const RULE: RuleInfo = RuleInfo {
        code: "MP999",
        name: "for-a-test",
    };

    fn source(name: &str, text: &str) -> Arc<SourceFile> {
        Arc::new(SourceFile::new(name.into(), name.to_owned(), text.to_owned()))
    }

    fn finding(file: &Arc<SourceFile>, at: usize, word: &str, fix: Option<&str>) -> Finding {
        let location = Location {
            file: Arc::clone(file),
            span: Span::new(at as u32, (at + word.len()) as u32),
        };
        let edit = |content: &str| Edit {
            location: location.clone(),
            content: content.to_owned(),
        };
        Finding {
            rule: RULE,
            severity: Severity::Error,
            confidence: Confidence::High,
            message: word.to_owned(),
            location: location.clone(),
            fails_under: Vec::new(),
            related: Vec::new(),
            help: None,
            fix: fix.map(|content| Fix::safe("", vec![edit(content)])),
            hints: Hints::default(),
        }
    }

    /// A linter that finds every word that begins with `bad`, and has it replaced by what `repair` says.
    fn run(files: &[(&str, &str)], repair: &dyn Fn(&str) -> Option<&'static str>) -> (Vec<String>, Vec<String>, usize) {
        let lint = |unwritten: &Unwritten| {
            let mut outcome = Outcome::default();
            for (name, text) in files {
                let bytes = unwritten.get(&Path::new("/").join(name)).unwrap_or(text.as_bytes());
                let text = String::from_utf8(bytes.to_vec()).unwrap();
                let file = source(name, &text);
                for (at, _) in text.match_indices("bad") {
                    let word: String = text[at..].chars().take_while(char::is_ascii_alphanumeric).collect();
                    outcome.findings.push(finding(&file, at, &word, repair(&word)));
                }
            }
            outcome
        };
        let read = |file: &SourceFile| {
            let text = files.iter().find(|(name, _)| *name == file.name())?.1;
            Some(text.as_bytes().to_vec())
        };
        let fixes = fix(&lint, &|path| Path::new("/").join(path), &read, Wanted::Safe);
        let texts = fixes.files.iter().map(|file| file.text.clone()).collect();
        let dropped = fixes.dropped.iter().map(|dropped| dropped.why.clone()).collect();
        (texts, dropped, fixes.outcome.findings.len())
    }

    #[test]
    fn what_does_not_come_out_well_is_left_out_and_the_rest_is_kept() {
        let repair = |word: &str| match word {
            "bad1" => Some("good"),
            // Still there, no Python, another one besides.
            "bad2" => Some("bad3"),
            "bad4" => Some("("),
            "bad5" => Some("x; bad3"),
            _ => None,
        };
        let files = [
            ("a.py", "bad1\nbad2\nbad1\n"),
            ("b.py", "bad4\nbad1\n"),
            ("c.py", "bad1\nbad5\nbad5\n"),
        ];
        let (texts, dropped, left) = run(&files, &repair);
        assert_eq!(texts, ["good\nbad2\ngood\n", "bad4\ngood\n", "good\nbad5\nbad5\n"]);
        assert_eq!(left, 4);
        assert!(
            dropped.iter().any(|why| why.contains("could not be parsed")),
            "{dropped:?}"
        );
        assert!(
            dropped.iter().any(|why| why.contains("is still found there")),
            "{dropped:?}"
        );
    }

    #[test]
    fn what_comes_to_light_is_fixed_as_well() {
        let repair = |word: &str| match word {
            "bad1" => Some("good"),
            "bad2" => Some("y + bad1"),
            _ => None,
        };
        let (texts, dropped, left) = run(&[("a.py", "x = bad2\n")], &|word| {
            repair(word).filter(|_| word != "bad2")
        });
        assert_eq!((texts.len(), dropped.len(), left), (0, 0, 1));
        let (texts, _, left) = run(&[("a.py", "bad1 + bad1\n")], &repair);
        assert_eq!((texts, left), (vec!["good + good\n".to_owned()], 0));
    }

    #[test]
    fn there_is_an_end_to_it() {
        // Each fix brings a place for another.
        let (_, _, left) = run(&[("a.py", "bad1\n")], &|_| Some("z, bad1"));
        assert!(left > 0);
    }
}
