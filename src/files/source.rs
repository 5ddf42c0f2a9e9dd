//! A decoded source file and positions in it.

use std::fmt;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use super::notebook::{Cells, Notebook};
use super::sketch::Sketch;

/// A half-open range of byte offsets in the decoded text of one file.
///
/// In the model of a program of several files the texts stand one after another, so that a span alone says where it is:
/// [`Code::locate`](crate::model::code::Code::locate) gives the file and the range in it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Span {
    /// First byte.
    pub start: u32,
    /// One past the last byte.
    pub end: u32,
}

impl Span {
    /// The span from `start` to `end`.
    #[must_use]
    pub const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// Whether `other` lies wholly inside this span.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// The span as a range of indices into the text.
    #[must_use]
    pub const fn range(self) -> std::ops::Range<usize> {
        self.start as usize..self.end as usize
    }
}

impl fmt::Debug for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}..{}", self.start, self.end)
    }
}

/// A place in a file as a person counts it: both numbers start at 1, columns count code points. In a notebook, rows begin
/// anew with each cell.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct LineColumn {
    /// The line, from 1.
    pub row: u32,
    /// The column, from 1, in code points.
    pub column: u32,
}

/// One file's decoded text, with what is needed to name places in it.
///
/// Line ends are kept as they are in the file: `\n`, `\r\n` and a lone `\r` each end a line, as in Python.
#[derive(Debug)]
pub struct SourceFile {
    path: PathBuf,
    name: String,
    text: String,
    line_starts: OnceLock<Vec<u32>>,
    sketch: Arc<OnceLock<Sketch>>,
    cells: Option<Cells>,
}

impl SourceFile {
    /// A file whose findings are reported under the given display name.
    #[must_use]
    pub fn new(path: PathBuf, name: String, text: String) -> Self {
        Self {
            path,
            name,
            text,
            line_starts: OnceLock::new(),
            sketch: Arc::default(),
            cells: None,
        }
    }

    /// The code of a notebook.
    #[must_use]
    pub fn notebook(path: PathBuf, name: String, notebook: Notebook) -> Self {
        Self {
            cells: Some(notebook.cells),
            ..Self::new(path, name, notebook.text)
        }
    }

    /// The same file, where others that read it keep their sketch of the same text.
    #[must_use]
    pub fn with_sketch(self, shared: Arc<OnceLock<Sketch>>) -> Self {
        Self { sketch: shared, ..self }
    }

    /// What stands at the top of it.
    pub fn sketch(&self) -> &Sketch {
        self.sketch.get_or_init(|| Sketch::of(self.text.as_bytes()))
    }

    /// Whether it is a notebook.
    #[must_use]
    pub fn is_notebook(&self) -> bool {
        self.cells.is_some()
    }

    /// The number of the cell that holds a byte offset, from 1; none where the file is no notebook.
    #[must_use]
    pub fn cell(&self, offset: u32) -> Option<u32> {
        let (number, _) = self.cells.as_ref()?.at(offset)?;
        Some(number)
    }

    /// The index of the line with which the counting of rows begins: 0, or in a notebook the first of the cell.
    pub fn first_line(&self, offset: u32) -> usize {
        let cell = self.cells.as_ref().and_then(|cells| cells.at(offset));
        cell.map_or(0, |(_, start)| self.line_index(start))
    }

    /// Where the file lies on disk; for standard input, the name it was given.
    #[must_use]
    pub fn path(&self) -> &std::path::Path {
        &self.path
    }

    /// The name to show: relative to the working directory where possible, with `/` between parts.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The decoded text, without a byte order mark.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Byte offsets at which each line starts; the first is 0.
    pub fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let bytes = self.text.as_bytes();
            let mut starts = vec![0];
            for at in memchr::memchr2_iter(b'\n', b'\r', bytes) {
                // The `\r` of a `\r\n` does not end the line; its `\n` does.
                if bytes[at] == b'\r' && bytes.get(at + 1) == Some(&b'\n') {
                    continue;
                }
                starts.push(u32::try_from(at + 1).unwrap_or(u32::MAX));
            }
            starts
        })
    }

    /// The index, from 0, of the line that holds a byte offset.
    pub fn line_index(&self, offset: u32) -> usize {
        self.line_starts().partition_point(|&start| start <= offset) - 1
    }

    /// Row and column of a byte offset. An offset past the end is taken as the end.
    pub fn line_column(&self, offset: u32) -> LineColumn {
        let offset = (offset as usize).min(self.text.len());
        let line = self.line_index(offset as u32);
        let start = self.line_starts()[line] as usize;
        let column = self.text[start..]
            .char_indices()
            .take_while(|(at, _)| start + at < offset)
            .count();
        LineColumn {
            row: (line - self.first_line(offset as u32)) as u32 + 1,
            column: column as u32 + 1,
        }
    }

    /// The byte span of a line (index from 0) without its line end; `None` past the last line.
    pub fn line_span(&self, line: usize) -> Option<Span> {
        let start = *self.line_starts().get(line)?;
        let end = self
            .line_starts()
            .get(line + 1)
            .map_or(self.text.len(), |&next| next as usize);
        let body = self.text[start as usize..end].trim_end_matches(['\n', '\r']);
        Some(Span::new(start, start + body.len() as u32))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn source(text: &str) -> SourceFile {
        SourceFile::new(PathBuf::from("a.py"), "a.py".into(), text.into())
    }

    /// The offset of a row and column, found the slow way.
    fn offset_of(text: &str, place: LineColumn) -> Option<usize> {
        let (mut row, mut column) = (1, 1);
        let mut characters = text.char_indices().peekable();
        loop {
            if (row, column) == (place.row, place.column) {
                return Some(characters.peek().map_or(text.len(), |&(at, _)| at));
            }
            let (_, character) = characters.next()?;
            let ends = character == '\n' || (character == '\r' && characters.peek().is_none_or(|&(_, c)| c != '\n'));
            if ends {
                (row, column) = (row + 1, 1);
            } else {
                column += 1;
            }
        }
    }

    #[test]
    fn places() {
        let file = source("a\r\nb\rc\n\u{1F40D}d");
        for (offset, row, column) in [
            (0, 1, 1),
            (1, 1, 2),
            (3, 2, 1),
            (5, 3, 1),
            (7, 4, 1),
            (11, 4, 2),
            (12, 4, 3),
            (99, 4, 3),
        ] {
            assert_eq!(file.line_column(offset), LineColumn { row, column }, "{offset}");
        }
        assert_eq!(file.line_span(0), Some(Span::new(0, 1)));
        assert_eq!(file.line_span(3), Some(Span::new(7, 12)));
        assert_eq!(file.line_span(4), None);
    }

    proptest! {
        #[test]
        fn places_lead_back(text in "([a-cé\u{1F40D}]|\n|\r|\r\n){0,40}") {
            let file = source(&text);
            let offsets = text.char_indices().map(|(at, _)| at).chain([text.len()]);
            for offset in offsets {
                let place = file.line_column(offset as u32);
                prop_assert_eq!(offset_of(&text, place), Some(offset), "{:?} {:?}", text, place);
                let span = file.line_span(place.row as usize - 1);
                prop_assert!(span.is_some_and(|span| span.start as usize <= offset));
            }
        }
    }
}
