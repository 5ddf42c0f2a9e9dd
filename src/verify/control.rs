//! What a run is compared with: the same harness where nothing should be wrong.
//!
//! In this order: the same program under a start method for which the finding predicts nothing; the program with the
//! finding's fix, or with the library acting as if the mistake were put right; the same program with threads in place of the workers of pools and executors, so that nothing goes to
//! another process; the same where no process is daemonic, if one was; the program without the one statement at which the symptom was seen. Each must come to its end, with
//! nothing raised and without the symptom, twice of two, and run the same lines.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;

use super::bench::How;
use super::harness::Harness;
use super::places::Place;
use crate::findings::{Edit, Fix, Remedy, StartMethod, SymptomKind};
use crate::python::outline::{LogicalLine, Outline};
use crate::runtime::observation::{Exit, Observation};
use crate::runtime::symptom::{Shown, symptoms};

/// What else is otherwise in a control.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Change {
    /// Nothing.
    None,
    /// Threads stand for the workers of pools and executors.
    Threads,
    /// No process is daemonic.
    NoDaemons,
    /// The library acts as if the mistake were put right.
    Remedy(Remedy),
    /// A process that was never started can be waited for.
    Lenient,
}

/// A control: what is run, in which lines the finding's are found there, and what it is in words.
#[derive(Clone, Debug)]
pub struct Control {
    /// In words: `the same under fork`.
    pub words: String,
    /// What is run.
    pub harness: Harness,
    /// Under which start method.
    pub method: StartMethod,
    /// What else is otherwise.
    pub change: Change,
    /// Whether it is the program with the finding's fix.
    pub is_fix: bool,
    /// Whether it is the same program under another start method.
    pub is_other_method: bool,
    /// Where lines have gone: file and line of the original, line there. What is not named is where it was.
    pub moved: Moved,
}

impl Control {
    /// How it is run, where the program as it is would be run like `how`.
    pub(super) fn how(&self, how: How) -> How {
        How {
            threads: self.change == Change::Threads,
            no_daemons: self.change == Change::NoDaemons,
            remedy: match self.change {
                Change::Remedy(remedy) => Some(remedy),
                _ => None,
            },
            lenient: self.change == Change::Lenient,
            named: self.is_other_method,
            ..how
        }
    }

    /// Whether a run that is not clean is as good as one: where a program that works says by its exit code what came of its
    /// work. What is only seen by comparing has to come out with the code of the program as it is; but a fix may well have it
    /// tell of what went wrong, in a process that dies in the program as it is as well.
    pub(super) fn may_end_so(&self, seen: &Observation, question: SymptomKind, as_it_is: &Observation) -> bool {
        let is_changed_text = self.is_fix && self.change == Change::None;
        let is_put_right =
            self.is_fix || self.is_other_method || matches!(self.change, Change::Threads | Change::NoDaemons);
        let Some(exit @ Exit::Code(_)) = seen.main else {
            return false;
        };
        let is_comparison = matches!(
            question,
            SymptomKind::WrongResult | SymptomKind::Serial | SymptomKind::LostOutput
        );
        let may_exit = match is_comparison {
            true => is_changed_text || (is_put_right && as_it_is.main == Some(exit)),
            false => is_put_right,
        };
        let before = symptoms(as_it_is);
        let is_innocent = |shown: &Shown| match shown.kind {
            SymptomKind::Clean => true,
            SymptomKind::Leaks => question != SymptomKind::Leaks,
            // What an exit code is called where there is nothing else.
            SymptomKind::Raises => shown.detail.as_deref() == Some(&exit.to_string()),
            SymptomKind::Crashes => is_comparison && is_changed_text && before.contains(shown),
            _ => false,
        };
        may_exit && seen.stopped.is_none() && symptoms(seen).iter().all(is_innocent)
    }
}

/// Where the lines of changed files have gone.
#[derive(Clone, Debug, Default)]
pub struct Moved {
    /// By file: for each line of the original its line afterwards; none where it was changed.
    files: BTreeMap<String, Vec<Option<u32>>>,
    /// By file: the lines that are new or changed.
    fresh: BTreeMap<String, BTreeSet<u32>>,
}

impl Moved {
    /// Where a line has gone. None where it was changed or taken away.
    #[must_use]
    pub fn line(&self, file: &str, row: u32) -> Option<u32> {
        match self.files.get(file) {
            Some(lines) => lines.get(row.checked_sub(1)? as usize).copied().flatten(),
            None => Some(row),
        }
    }

    /// The places afterwards, with the lines that are new.
    #[must_use]
    pub fn places(&self, places: &[Place]) -> Vec<Place> {
        let mut all = Vec::new();
        for place in places {
            let rows: Vec<u32> = place
                .rows
                .clone()
                .filter_map(|row| self.line(&place.file, row))
                .collect();
            if let (Some(&first), Some(&last)) = (rows.iter().min(), rows.iter().max()) {
                all.push(Place {
                    file: place.file.clone(),
                    rows: first..=last,
                });
            }
        }
        for (file, rows) in &self.fresh {
            all.extend(rows.iter().map(|&row| Place {
                file: file.clone(),
                rows: row..=row,
            }));
        }
        all
    }

    /// Of two texts that differ in their middle, line by line.
    fn take(&mut self, file: &str, old: &str, new: &str) {
        let old: Vec<&str> = old.lines().collect();
        let new: Vec<&str> = new.lines().collect();
        let pairs = common(&old, &new);
        let mut lines = vec![None; old.len()];
        let mut fresh: BTreeSet<u32> = (1..=new.len() as u32).collect();
        for (from, to) in pairs {
            if let Some(line) = lines.get_mut(from) {
                *line = Some(to as u32 + 1);
            }
            fresh.remove(&(to as u32 + 1));
        }
        self.files.insert(file.to_owned(), lines);
        self.fresh.insert(file.to_owned(), fresh);
    }
}

/// Pairs of equal lines in the same order, as many as there are. Lines count as equal whatever their indentation: a fix
/// may put statements under a guard.
fn common(old: &[&str], new: &[&str]) -> Vec<(usize, usize)> {
    let same = |a: &str, b: &str| a.trim() == b.trim();
    let start = old.iter().zip(new).take_while(|(a, b)| same(a, b)).count();
    let most = old.len().min(new.len()) - start;
    let end = old
        .iter()
        .rev()
        .zip(new.iter().rev())
        .take(most)
        .take_while(|(a, b)| same(a, b))
        .count();
    let mut pairs: Vec<(usize, usize)> = (0..start).map(|at| (at, at)).collect();
    let (a, b) = (&old[start..old.len() - end], &new[start..new.len() - end]);
    // The middle is what a fix has changed, which is little; of more, nothing is said.
    if a.len() * b.len() <= 1 << 20 {
        let mut longest = vec![vec![0_u32; b.len() + 1]; a.len() + 1];
        for i in (0..a.len()).rev() {
            for j in (0..b.len()).rev() {
                longest[i][j] = if same(a[i], b[j]) {
                    longest[i + 1][j + 1] + 1
                } else {
                    longest[i + 1][j].max(longest[i][j + 1])
                };
            }
        }
        let (mut i, mut j) = (0, 0);
        while i < a.len() && j < b.len() {
            if same(a[i], b[j]) {
                pairs.push((start + i, start + j));
                (i, j) = (i + 1, j + 1);
            } else if longest[i + 1][j] >= longest[i][j + 1] {
                i += 1;
            } else {
                j += 1;
            }
        }
    }
    pairs.extend((0..end).map(|back| (old.len() - 1 - back, new.len() - 1 - back)));
    pairs
}

/// The texts of a program after a fix; none where an edit does not fit the copied files.
#[must_use]
pub fn fixed(harness: &Harness, fix: &Fix) -> Option<BTreeMap<String, String>> {
    let mut edits: BTreeMap<String, Vec<&Edit>> = BTreeMap::new();
    for edit in &fix.edits {
        let name = harness.program.name_of(edit.location.file.path())?;
        edits.entry(name).or_default().push(edit);
    }
    let mut texts = BTreeMap::new();
    for (name, mut edits) in edits {
        let mut text = harness
            .program
            .files
            .iter()
            .find(|file| file.path == name)?
            .text
            .clone();
        // The linter has read the very text that was copied, or nothing is known of the edits' places.
        if edits.iter().any(|edit| edit.location.file.text() != text) {
            return None;
        }
        // From the back, so that what comes before stays where it is.
        edits.sort_by_key(|edit| std::cmp::Reverse(edit.location.span));
        for edit in edits {
            let range = edit.location.span.range();
            text.get(range.clone())?;
            text.replace_range(range, &edit.content);
        }
        texts.insert(name, text);
    }
    (!texts.is_empty()).then_some(texts)
}

/// Which statements can be taken out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Taken {
    /// Those that bind no name.
    Plain,
    /// Those that give a name a value, too: whether the program gets by without it is seen.
    Binding,
}

/// The texts of a program in which the statement at a line does nothing, and that statement; none where the program needs
/// it for more than what it does.
#[must_use]
pub fn without(
    harness: &Harness,
    file: &str,
    row: u32,
    taken: Taken,
) -> Option<(BTreeMap<String, String>, String, RangeInclusive<u32>)> {
    let text = &harness.program.files.iter().find(|one| one.path == file)?.text;
    let outline = Outline::of(text)?;
    let row_of = |offset: u32| {
        text.get(..offset as usize)
            .map_or(0, |before| before.matches('\n').count() as u32)
            + 1
    };
    let statement = statement_at(&outline, text, row)?;
    let binds = taken == Taken::Binding && statement.is_assignment;
    if !statement.is_removable && !binds {
        return None;
    }
    let removed = text.get(statement.span.range())?;
    let lines = removed.matches('\n').count();
    let mut changed = text.clone();
    // As many lines as before, so that every other line keeps its number; and not `pass`, which older compilers leave out,
    // so that nobody could see the line being run.
    changed.replace_range(statement.span.range(), &format!("__name__{}", " \\\n".repeat(lines)));
    let first = row_of(statement.span.start);
    let words = shortened(removed);
    Some((
        BTreeMap::from([(file.to_owned(), changed)]),
        words,
        first..=first + lines as u32,
    ))
}

/// The texts of a program in which the call at a line is not made, though what is called and its arguments are worked out;
/// and that statement. None where it is no plain call.
#[must_use]
pub fn uncalled(harness: &Harness, file: &str, row: u32) -> Option<(BTreeMap<String, String>, String)> {
    let text = &harness.program.files.iter().find(|one| one.path == file)?.text;
    let outline = Outline::of(text)?;
    let statement = statement_at(&outline, text, row)?;
    let end = statement.callee_end?;
    let mut changed = text.clone();
    // `f(a, b)` becomes `(f, (a, b,))`.
    let callee = text.get(statement.span.start as usize..end as usize)?;
    let arguments = text.get(end as usize..statement.span.end as usize)?;
    let inside = arguments.strip_suffix(')')?.trim_end();
    let comma = if inside.ends_with(',') { "" } else { "," };
    // A comment at the end would swallow what follows it.
    let is_commented = inside.lines().last().is_some_and(|line| line.contains('#'));
    let rest = &arguments[inside.len()..];
    changed.replace_range(statement.span.range(), &format!("({callee}, {inside}{comma}{rest})"));
    Outline::of(&changed)?;
    (!is_commented).then(|| (BTreeMap::from([(file.to_owned(), changed)]), shortened(callee)))
}

fn shortened(text: &str) -> String {
    let words: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if words.chars().count() > 50 {
        words.chars().take(47).collect::<String>() + "…"
    } else {
        words
    }
}

/// The statement at a line, or the head of it.
fn statement_at<'o>(outline: &'o Outline, text: &str, row: u32) -> Option<&'o LogicalLine> {
    let row_of = |offset: u32| {
        text.get(..offset as usize)
            .map_or(0, |before| before.matches('\n').count() as u32)
            + 1
    };
    outline.lines.iter().rev().find(|line| {
        let (first, last) = (row_of(line.span.start), row_of(line.span.end.max(1) - 1));
        (first..=last).contains(&row)
    })
}

/// The program with other texts as a control.
#[must_use]
pub fn changed(harness: &Harness, texts: &BTreeMap<String, String>, method: StartMethod, words: String) -> Control {
    let mut moved = Moved::default();
    for file in harness.program.files.iter() {
        if let Some(new) = texts.get(&file.path) {
            moved.take(&file.path, &file.text, new);
        }
    }
    Control {
        words,
        harness: harness.with_texts(texts),
        method,
        change: Change::None,
        is_fix: false,
        is_other_method: false,
        moved,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_found_again() {
        let old = "import a\nx()\ny()\nz()\n";
        let new = "import a\nif m:\n    x()\n    y2()\nz()\n";
        let mut moved = Moved::default();
        moved.take("f.py", old, new);
        let rows: Vec<Option<u32>> = (1..=5).map(|row| moved.line("f.py", row)).collect();
        assert_eq!(rows, [Some(1), Some(3), None, Some(5), None]);
        assert_eq!(moved.line("other.py", 7), Some(7));
        let places = moved.places(&[Place {
            file: "f.py".into(),
            rows: 2..=3,
        }]);
        let rows: Vec<_> = places.iter().map(|place| place.rows.clone()).collect();
        assert_eq!(rows, [3..=3, 2..=2, 4..=4]);
    }
}
