//! The lines that a finding speaks of: its own and the related ones, as whole statements.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};

use crate::files::{SourceFile, Span};
use crate::findings::{Finding, Location};
use crate::python::outline::Outline;

/// Lines of one file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Place {
    /// The file, below the program's folder.
    pub file: String,
    /// Its lines, from 1.
    pub rows: RangeInclusive<u32>,
}

/// The outlines of files, each made once.
#[derive(Debug, Default)]
pub struct Outlines(BTreeMap<PathBuf, Option<Outline>>);

impl Outlines {
    /// The outline of a file.
    pub fn of(&mut self, file: &SourceFile) -> Option<&Outline> {
        let known = self.0.entry(file.path().to_owned());
        known.or_insert_with(|| Outline::of(file.text())).as_ref()
    }
}

/// The places of a finding: its own first, then the related ones. `name` says what a file is called below the program's
/// folder; related places in other files are left out, and a finding in another file has none.
pub fn of_finding(finding: &Finding, outlines: &mut Outlines, name: impl Fn(&Path) -> Option<String>) -> Vec<Place> {
    let related = finding.related.iter().map(|related| &related.location);
    let all = std::iter::once(&finding.location).chain(related);
    let mut places = Vec::new();
    for (at, location) in all.enumerate() {
        let Some(file) = name(location.file.path()) else {
            if at == 0 {
                return Vec::new();
            }
            continue;
        };
        let rows = rows(location, outlines);
        let place = Place { file, rows };
        if !places.contains(&place) {
            places.push(place);
        }
    }
    places
}

/// The lines of a place, and of the statement that it stands in.
fn rows(location: &Location, outlines: &mut Outlines) -> RangeInclusive<u32> {
    let Location { file, span } = location;
    let row = |offset: u32| file.line_index(offset) as u32 + 1;
    let line = outlines.of(file).and_then(|outline| outline.line_of(*span));
    let first = row(span.start).min(line.map_or(u32::MAX, |line| row(line.span.start)));
    let end = |span: Span| row(span.end.max(span.start + 1) - 1);
    let last = end(*span).max(line.map_or(0, |line| end(line.span)));
    first..=last
}

/// Whether one of the places holds a line.
#[must_use]
pub fn hold(places: &[Place], file: &str, row: u32) -> bool {
    places
        .iter()
        .any(|place| place.file == file && place.rows.contains(&row))
}

/// The places as the probe wants them.
#[must_use]
pub fn for_probe<'p>(places: impl IntoIterator<Item = &'p Place>) -> String {
    let mut files: BTreeMap<&str, Vec<String>> = BTreeMap::new();
    for place in places {
        let rows = format!("{}-{}", place.rows.start(), place.rows.end());
        let known = files.entry(&place.file).or_default();
        if !known.contains(&rows) {
            known.push(rows);
        }
    }
    let files = files.iter().map(|(file, rows)| format!("{file}:{}", rows.join(",")));
    files.collect::<Vec<_>>().join(";")
}
