//! The controls that an experiment on a finding has, in the order in which they are tried: see [`super::control`].

use std::collections::{BTreeMap, BTreeSet};

use super::control::{self, Change, Control, Taken};
use super::judge::{Trial, has_daemons, has_workers};
use super::oracle::Sight;
use super::places;
use crate::findings::{Fix, StartMethod};
use crate::runtime::observation::Observation;

impl Trial<'_> {
    /// The controls of a symptom that was seen, the best first.
    pub(super) fn controls(&self, method: StartMethod, sight: &Sight, traced: &Observation) -> Vec<Control> {
        let mut controls: Vec<Control> = self.clean_methods(method).collect();
        controls.extend(self.fix(method));
        controls.extend(self.remedies(method));
        if has_workers(traced) {
            controls.extend(self.changed(method, Change::Threads));
        }
        if has_daemons(traced) {
            controls.extend(self.changed(method, Change::NoDaemons));
        }
        let (file, row) = &sight.at;
        controls.extend(self.without([(file.clone(), *row)], method));
        // Where another mistake of the program is in the way, the same without that.
        let more: Vec<Control> = controls
            .iter()
            .filter_map(|control| self.without_others(control))
            .collect();
        controls.extend(more);
        controls
    }

    /// The same program, run in another way.
    pub(super) fn changed(&self, method: StartMethod, change: Change) -> Option<Control> {
        let words = match change {
            Change::None => return None,
            Change::Threads => "the same with threads in place of the workers of pools and executors".to_owned(),
            Change::NoDaemons => "the same where no process is daemonic".to_owned(),
            Change::Remedy(remedy) => format!("the same where {}", remedy.words()),
            Change::Lenient => "the same where a process that was never started can be waited for".to_owned(),
        };
        Some(Control {
            words,
            harness: self.harness.clone(),
            method,
            change,
            is_fix: matches!(change, Change::Remedy(_)),
            is_other_method: false,
            moved: control::Moved::default(),
        })
    }

    /// The program without one statement: those at some lines, and the finding's own. Whether it gets by without the names
    /// that one may bind is seen.
    pub(super) fn without(&self, lines: impl IntoIterator<Item = (String, u32)>, method: StartMethod) -> Vec<Control> {
        let own = self.places.first().map(|own| (own.file.clone(), *own.rows.start()));
        let mut tried = BTreeSet::new();
        let mut controls = Vec::new();
        for (file, row) in lines.into_iter().chain(own) {
            if let Some((texts, removed, rows)) = control::without(self.harness, &file, row, Taken::Binding)
                && tried.insert((file.clone(), *rows.start()))
            {
                let words = format!("the same without `{removed}` ({file}:{row})");
                let starts = removed.contains(".start(");
                let without = control::changed(self.harness, &texts, method, words);
                // Who waits for the process that is not there any more has to get by.
                let lenient = starts.then(|| Control {
                    words: format!("{}, and a wait for what was not started does nothing", without.words),
                    change: Change::Lenient,
                    ..without.clone()
                });
                controls.push(without);
                controls.extend(lenient);
                if let Some((texts, called)) = control::uncalled(self.harness, &file, row) {
                    let words = format!(
                        "the same, but `{called}` is not called, only its arguments are worked out ({file}:{row})"
                    );
                    controls.push(control::changed(self.harness, &texts, method, words));
                }
            }
        }
        controls
    }

    /// A control in which the statements of other findings do nothing, either; none where there are no such.
    fn without_others(&self, control: &Control) -> Option<Control> {
        if control.harness.program.files != self.harness.program.files {
            return None;
        }
        let mut harness = self.harness.clone();
        let mut texts = BTreeMap::new();
        let mut words = Vec::new();
        for other in self.others {
            let row = *other.rows.start();
            if places::hold(self.places, &other.file, row) {
                continue;
            }
            if let Some((changed, removed, _)) = control::without(&harness, &other.file, row, Taken::Plain) {
                harness = harness.with_texts(&changed);
                texts.extend(changed);
                words.push(format!("`{removed}` ({}:{row})", other.file));
            }
        }
        let words = format!(
            "{}, and without {}, of which other findings speak",
            control.words,
            words.join(", ")
        );
        (!texts.is_empty()).then(|| Control {
            method: control.method,
            change: control.change,
            ..control::changed(self.harness, &texts, control.method, words)
        })
    }

    /// The same under start methods for which nothing is predicted.
    pub(super) fn clean_methods(&self, method: StartMethod) -> impl Iterator<Item = Control> {
        let offered = self.interpreter.start_methods.iter().copied();
        let clean =
            offered.filter(move |&other| other != method && self.finding.predicted(self.python, other).is_empty());
        clean.map(|other| Control {
            words: format!("the same under {other}"),
            harness: self.harness.clone(),
            method: other,
            change: Change::None,
            is_fix: false,
            is_other_method: true,
            moved: control::Moved::default(),
        })
    }

    /// The program with the fix of the finding.
    pub(super) fn fix(&self, method: StartMethod) -> Option<Control> {
        self.fixed_by(self.finding.fix.as_ref()?, method)
    }

    /// The program with a fix.
    pub(super) fn fixed_by(&self, fix: &Fix, method: StartMethod) -> Option<Control> {
        let texts = control::fixed(self.harness, fix)?;
        let words = format!("the same with the fix: {}", fix.message);
        Some(Control {
            is_fix: true,
            ..control::changed(self.harness, &texts, method, words)
        })
    }

    /// The program where the library acts as if the mistake were put right.
    pub(super) fn remedies(&self, method: StartMethod) -> impl Iterator<Item = Control> {
        let first = self.finding.hints.remedy;
        let all = std::iter::successors(first, |remedy| remedy.otherwise());
        all.filter_map(move |remedy| self.changed(method, Change::Remedy(remedy)))
    }
}
