//! The lines of a file that a finding speaks of, as they are shown: control characters made visible, tabs expanded,
//! very long lines cut to a window around the labels.
//!
//! `codespan-reporting` takes whole sources and splits them at `\n` only. An [`Excerpt`] gives it just the lines that
//! it needs, under their own numbers, so that neither a lone `\r` nor a line of a megabyte can confuse or flood it.

use std::collections::BTreeSet;
use std::ops::Range;

use codespan_reporting::files::{Error, Files};

use super::text::{push_visible, visible};
use crate::files::{SourceFile, Span};

/// A span over more lines than this is shown by its first line.
const MOST_LINES: usize = 60;
/// A line of more characters than this is cut.
const MOST_CHARACTERS: usize = 160;
/// The characters that are shown before the label in a cut line.
const BEFORE_LABEL: usize = 40;
const TAB: usize = 4;

/// Part of one file.
#[derive(Debug)]
pub struct Excerpt {
    name: String,
    text: String,
    rows: Vec<Row>,
    /// Where each label starts: the offset in `text`, and the column in the file, from 1.
    columns: Vec<(usize, usize)>,
    /// The line that is called 1: in a notebook the first of the cell.
    first_line: usize,
}

#[derive(Debug)]
struct Row {
    /// The line in the file, from 0.
    line: usize,
    /// Where it is in the excerpt's text, without a line end.
    range: Range<usize>,
}

/// A span, on the lines that will be shown.
#[derive(Clone, Copy)]
struct Mark {
    first: usize,
    last: usize,
    start: usize,
    end: usize,
}

impl Excerpt {
    /// The lines of the spans, and where each span is in the excerpt's text, in the order of the spans. In a cut line,
    /// what the first span covers there is what is shown. In a notebook all spans must lie in one cell.
    pub fn new(file: &SourceFile, spans: &[Span]) -> (Self, Vec<Range<usize>>) {
        let marks: Vec<_> = spans.iter().map(|&span| mark(file, span)).collect();
        let mut lines: BTreeSet<usize> = marks.iter().flat_map(|mark| mark.first..=mark.last).collect();
        // A gap of one line is shown rather than elided.
        let gaps: Vec<_> = lines
            .iter()
            .zip(lines.iter().skip(1))
            .filter(|&(a, b)| b - a == 2)
            .map(|(a, _)| a + 1)
            .collect();
        lines.extend(gaps);

        let start = spans.first().map_or(0, |span| span.start);
        let mut name = visible(file.name()).into_owned();
        if let Some(cell) = file.cell(start) {
            name = format!("{name}:cell {cell}");
        }
        let mut excerpt = Self {
            name,
            first_line: file.first_line(start),
            text: String::new(),
            rows: Vec::with_capacity(lines.len()),
            columns: Vec::with_capacity(spans.len()),
        };
        let mut ranges = vec![0..0; marks.len()];
        for line in lines {
            let shown = excerpt.push_line(file, line, &marks);
            for (mark, range) in marks.iter().zip(&mut ranges) {
                if mark.first == line {
                    range.start = shown.position(mark.start);
                }
                if mark.last == line {
                    range.end = shown.position(mark.end);
                }
            }
        }
        for (mark, range) in marks.iter().zip(&ranges) {
            let column = file.line_column(mark.start as u32).column as usize;
            excerpt.columns.push((range.start, column));
        }
        (excerpt, ranges)
    }

    fn push_line(&mut self, file: &SourceFile, line: usize, marks: &[Mark]) -> ShownLine {
        let span = file.line_span(line).unwrap_or_default();
        let text = file.text().get(span.range()).unwrap_or("");
        let start = span.start as usize;
        let focus = marks
            .iter()
            .find_map(|mark| {
                if mark.first == line {
                    Some(mark.start)
                } else if mark.last == line {
                    Some(mark.end)
                } else {
                    None
                }
            })
            .map_or(0, |offset| offset.saturating_sub(start));
        let window = window(text, focus);

        let from = self.text.len();
        if window.start > 0 {
            self.text.push('…');
        }
        let first = self.text.len();
        let mut positions = Vec::with_capacity(window.len() + 1);
        let mut column = 0;
        for c in text.get(window.clone()).unwrap_or("").chars() {
            positions.extend(std::iter::repeat_n(self.text.len(), c.len_utf8()));
            if c == '\t' {
                let width = TAB - column % TAB;
                self.text.extend(std::iter::repeat_n(' ', width));
                column += width;
            } else {
                push_visible(&mut self.text, c);
                column += 1;
            }
        }
        positions.push(self.text.len());
        if window.end < text.len() {
            self.text.push('…');
        }
        self.rows.push(Row {
            line,
            range: from..self.text.len(),
        });
        self.text.push('\n');
        ShownLine {
            window_start: start + window.start,
            first,
            positions,
        }
    }
}

/// How places in a line of the file map to the excerpt.
struct ShownLine {
    /// The offset in the file of the first byte that is shown.
    window_start: usize,
    /// Its offset in the excerpt.
    first: usize,
    /// For each byte shown, and for the end, the offset in the excerpt.
    positions: Vec<usize>,
}

impl ShownLine {
    fn position(&self, offset: usize) -> usize {
        match offset.checked_sub(self.window_start) {
            None => self.first,
            Some(at) => *self
                .positions
                .get(at)
                .or_else(|| self.positions.last())
                .unwrap_or(&self.first),
        }
    }
}

fn mark(file: &SourceFile, span: Span) -> Mark {
    let length = file.text().len();
    let start = (span.start as usize).min(length);
    let end = (span.end as usize).clamp(start, length);
    let first = file.line_index(start as u32);
    // A span that ends with its line's end does not reach into the next line.
    let last = file.line_index(end.saturating_sub(1).max(start) as u32);
    if last - first > MOST_LINES {
        let end = file.line_span(first).map_or(start, |line| line.end as usize).max(start);
        return Mark {
            first,
            last: first,
            start,
            end,
        };
    }
    Mark {
        first,
        last,
        start,
        end,
    }
}

/// The bytes of a line that are shown, given where in it the label is.
fn window(text: &str, focus: usize) -> Range<usize> {
    if text.len() <= MOST_CHARACTERS || text.chars().nth(MOST_CHARACTERS).is_none() {
        return 0..text.len();
    }
    let focus = text.floor_char_boundary(focus.min(text.len()));
    let start = text[..focus]
        .char_indices()
        .rev()
        .nth(BEFORE_LABEL - 1)
        .map_or(0, |(at, _)| at);
    // Near its end, a line is shown up to the end.
    let latest = text
        .char_indices()
        .rev()
        .nth(MOST_CHARACTERS - 1)
        .map_or(0, |(at, _)| at);
    let start = start.min(latest);
    let end = text[start..]
        .char_indices()
        .nth(MOST_CHARACTERS)
        .map_or(text.len(), |(at, _)| start + at);
    start..end
}

/// The excerpts of one finding; a file's number is its index.
pub struct Excerpts(pub Vec<Excerpt>);

impl Excerpts {
    fn excerpt(&self, id: usize) -> Result<&Excerpt, Error> {
        self.0.get(id).ok_or(Error::FileMissing)
    }
}

impl<'a> Files<'a> for Excerpts {
    type FileId = usize;
    type Name = &'a str;
    type Source = &'a str;

    fn name(&'a self, id: usize) -> Result<&'a str, Error> {
        Ok(&self.excerpt(id)?.name)
    }

    fn source(&'a self, id: usize) -> Result<&'a str, Error> {
        Ok(&self.excerpt(id)?.text)
    }

    fn line_index(&'a self, id: usize, offset: usize) -> Result<usize, Error> {
        let rows = &self.excerpt(id)?.rows;
        let row = rows.partition_point(|row| row.range.start <= offset);
        row.checked_sub(1)
            .and_then(|row| rows.get(row))
            .map(|row| row.line)
            .ok_or(Error::FileMissing)
    }

    fn line_number(&'a self, id: usize, line: usize) -> Result<usize, Error> {
        Ok(line.saturating_sub(self.excerpt(id)?.first_line) + 1)
    }

    fn column_number(&'a self, id: usize, _line: usize, offset: usize) -> Result<usize, Error> {
        let columns = &self.excerpt(id)?.columns;
        Ok(columns
            .iter()
            .find(|(at, _)| *at == offset)
            .map_or(1, |(_, column)| *column))
    }

    fn line_range(&'a self, id: usize, line: usize) -> Result<Range<usize>, Error> {
        let rows = &self.excerpt(id)?.rows;
        rows.binary_search_by_key(&line, |row| row.line)
            .ok()
            .and_then(|row| rows.get(row))
            .map(|row| row.range.clone())
            .ok_or(Error::LineTooLarge {
                given: line,
                max: rows.last().map_or(0, |row| row.line),
            })
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use proptest::prelude::*;

    use super::Excerpt;
    use crate::files::{SourceFile, Span};

    fn labelled(text: &str, spans: &[Span]) -> Vec<String> {
        let file = SourceFile::new(PathBuf::new(), "a.py".to_owned(), text.to_owned());
        let (excerpt, ranges) = Excerpt::new(&file, spans);
        ranges.into_iter().map(|range| excerpt.text[range].to_owned()).collect()
    }

    #[test]
    fn labels_stay_on_their_text() {
        let text = "\tx = 1\r\n\t\té並\x1b = f(\t2)\rlast";
        let span = |needle: &str| {
            let at = text.find(needle).unwrap() as u32;
            Span::new(at, at + needle.len() as u32)
        };
        assert_eq!(
            labelled(text, &[span("x = 1"), span("並\x1b ="), span("f(\t2)"), span("last")]),
            ["x = 1", "並␛ =", "f(    2)", "last"]
        );
    }

    #[test]
    fn a_long_line_is_cut_around_the_first_label() {
        let text = format!("{}HERE{}THERE", "a".repeat(100_000), "b".repeat(100_000));
        let file = SourceFile::new(PathBuf::new(), "a.py".to_owned(), text);
        let (excerpt, ranges) = Excerpt::new(&file, &[Span::new(100_000, 100_004), Span::new(200_004, 200_009)]);
        assert_eq!(&excerpt.text[ranges[0].clone()], "HERE");
        assert!(excerpt.text.chars().count() < 200);
        assert!(excerpt.text.starts_with("…a") && excerpt.text.ends_with("b…\n"));
        // What lies outside is pointed at from the edge.
        assert!(ranges[1].is_empty());
        assert_eq!(excerpt.columns[0].1, 100_001);
    }

    proptest! {
        #[test]
        fn any_span_of_any_text_has_a_place(
            text in "([ -~\t\r\n\u{1b}é並\u{202e}]|\r\n){0,400}",
            cuts in prop::collection::vec((0usize..500, 0usize..500), 1..5),
        ) {
            let file = SourceFile::new(PathBuf::new(), "a.py".to_owned(), text.clone());
            let spans: Vec<_> = cuts
                .into_iter()
                .map(|(a, b)| {
                    let (a, b) = (text.floor_char_boundary(a.min(b)), text.floor_char_boundary(a.max(b)));
                    Span::new(a as u32, b as u32)
                })
                .collect();
            let (excerpt, ranges) = Excerpt::new(&file, &spans);
            for range in ranges {
                prop_assert!(range.start <= range.end);
                prop_assert!(excerpt.text.get(range).is_some());
            }
            prop_assert!(!excerpt.text.chars().any(|c| c.is_control() && c != '\n'));
        }
    }
}
