//! Jupyter notebooks: the code of all cells as one program, with the way back from a place in it to a cell.
//!
//! The cells follow one another with a line end between them, as IPython runs them from the top. What IPython alone
//! understands stays in the text (the parser reads over `%cd x`, `!ls` and `x?`), except where it hides or is no code:
//!
//! - a cell that `%%bash`, `%%html` and the like take for themselves is left out;
//! - of `%time f(x)` and `%timeit -n 3 f(x)` what is before `f` gives way to as many columns that do nothing.
//!
//! Cells are counted from 1, those without code included, as ruff does.

use serde::Deserialize;
use serde::de::IgnoredAny;

/// Why the code of a notebook cannot be had: a fragment that follows the name of the file.
#[derive(Debug, thiserror::Error)]
pub enum NotebookError {
    /// It does not have the shape of a notebook.
    #[error("is no notebook that can be read: {0}")]
    Broken(String),
    /// The format of before 2015.
    #[error("is a notebook in the old format {0}: `jupyter nbconvert --to notebook --inplace` makes a new one of it")]
    Old(u64),
}

/// The code of a notebook.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Notebook {
    /// The program.
    pub text: String,
    /// The cells in it, in order.
    pub cells: Cells,
}

/// Where the cells of a notebook lie in its text.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Cells(Vec<Cell>);

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Cell {
    /// Where its text begins.
    start: u32,
    /// Its number, from 1.
    number: u32,
}

impl Cells {
    /// The number of the cell that holds a byte of the text, and where the cell begins; none where there is no cell.
    #[must_use]
    pub fn at(&self, offset: u32) -> Option<(u32, u32)> {
        let after = self.0.partition_point(|cell| cell.start <= offset);
        let cell = self.0.get(after.checked_sub(1)?)?;
        Some((cell.number, cell.start))
    }
}

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    cells: Option<Vec<RawCell>>,
    #[serde(default)]
    worksheets: Option<IgnoredAny>,
    #[serde(default)]
    nbformat: Option<u64>,
    #[serde(default)]
    metadata: Metadata,
}

#[derive(Deserialize)]
struct RawCell {
    cell_type: String,
    #[serde(default)]
    source: Source,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Source {
    Whole(String),
    Lines(Vec<String>),
}

impl Default for Source {
    fn default() -> Self {
        Self::Lines(vec![])
    }
}

#[derive(Deserialize, Default)]
struct Metadata {
    #[serde(default)]
    kernelspec: Option<Language>,
    #[serde(default)]
    language_info: Option<Language>,
}

#[derive(Deserialize)]
struct Language {
    #[serde(default)]
    language: Option<String>,
    #[serde(default)]
    name: Option<String>,
}

impl File {
    /// Whether its code is in another language.
    fn is_foreign(&self) -> bool {
        let info = self
            .metadata
            .language_info
            .as_ref()
            .and_then(|info| info.name.as_deref());
        let kernel = self.metadata.kernelspec.as_ref();
        let language = info.or_else(|| kernel.and_then(|kernel| kernel.language.as_deref()));
        language.is_some_and(|language| !language.eq_ignore_ascii_case("python") && language != "ipython")
    }
}

/// The code of a notebook; empty where it is in another language than Python.
///
/// # Errors
/// Where the bytes are no notebook, or an old one.
pub fn read(bytes: &[u8]) -> Result<Notebook, NotebookError> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let file: File = serde_json::from_slice(bytes).map_err(|error| NotebookError::Broken(error.to_string()))?;
    let mut notebook = Notebook {
        text: String::new(),
        cells: Cells::default(),
    };
    if file.is_foreign() {
        return Ok(notebook);
    }
    let Some(cells) = file.cells else {
        return Err(match file.nbformat {
            Some(format @ 0..=3) if file.worksheets.is_some() => NotebookError::Old(format),
            _ => NotebookError::Broken("it has no cells".to_owned()),
        });
    };
    for (at, cell) in cells.into_iter().enumerate() {
        if cell.cell_type != "code" {
            continue;
        }
        let source = match cell.source {
            Source::Whole(text) => text,
            Source::Lines(lines) => lines.concat(),
        };
        if !is_python(&source) {
            continue;
        }
        notebook.cells.0.push(Cell {
            start: u32::try_from(notebook.text.len()).unwrap_or(u32::MAX),
            number: u32::try_from(at + 1).unwrap_or(u32::MAX),
        });
        push_cell(&mut notebook.text, &source);
    }
    Ok(notebook)
}

/// Cell magics after which Python follows.
const PYTHON_MAGICS: [&str; 9] = [
    "time", "timeit", "capture", "prun", "memit", "mprun", "lprun", "px", "debug",
];

/// Whether the code of a cell is for Python: no `%%bash` or the like stands at its head.
fn is_python(source: &str) -> bool {
    let head = source.trim_start().lines().next().unwrap_or_default();
    let Some(magic) = head.strip_prefix("%%") else {
        return true;
    };
    let magic = magic.split_whitespace().next().unwrap_or_default();
    // `%%python` is none: it starts an interpreter of its own, which knows nothing of the other cells.
    PYTHON_MAGICS.contains(&magic)
}

fn push_cell(text: &mut String, source: &str) {
    for line in source.split_inclusive('\n') {
        match hidden(line) {
            Some(hidden) => {
                let indent = line.len() - line.trim_start().len();
                let (before, code) = (
                    line.get(..indent).unwrap_or_default(),
                    line.get(hidden..).unwrap_or_default(),
                );
                text.push_str(before);
                text.push_str("0;");
                text.extend(std::iter::repeat_n(' ', hidden - indent - 2));
                text.push_str(code);
            }
            None => text.push_str(line),
        }
    }
    if !source.ends_with('\n') {
        text.push('\n');
    }
}

/// Where the statement begins that a line hands to `%time` or `%timeit`. The bytes before are all ASCII.
fn hidden(line: &str) -> Option<usize> {
    let magic = line.trim_start();
    let word = ["%timeit", "%time", "%prun", "%memit"].into_iter().find(|word| {
        magic
            .strip_prefix(word)
            .is_some_and(|rest| rest.starts_with([' ', '\t']))
    })?;
    let mut rest = magic.get(word.len()..)?.trim_start_matches([' ', '\t']);
    // `-n 3`, `-r3`, `-q`
    while let Some(option) = rest.strip_prefix('-') {
        let end = option.find([' ', '\t'])?;
        let takes_number = end == 1 && option.starts_with(['n', 'r', 'p', 'l', 's']);
        rest = option.get(end..)?.trim_start_matches([' ', '\t']);
        if takes_number {
            rest = rest.get(rest.find([' ', '\t'])?..)?.trim_start_matches([' ', '\t']);
        }
    }
    let first = rest
        .split(|c: char| !c.is_ascii_alphabetic())
        .next()
        .unwrap_or_default();
    let compound = ["for", "while", "if", "with", "try", "def", "class", "async", "match"];
    let at = line.len() - rest.len();
    let before = line.get(..at)?;
    (!rest.trim().is_empty() && !compound.contains(&first) && before.is_ascii()).then_some(at)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::files::SourceFile;

    fn notebook(cells: &str) -> String {
        format!(r#"{{"cells": [{cells}], "metadata": {{}}, "nbformat": 4, "nbformat_minor": 5}}"#)
    }

    fn code(source: &str) -> String {
        let source = serde_json::to_string(source).unwrap();
        format!(
            r#"{{"cell_type": "code", "metadata": {{}}, "outputs": [{{"data": [1, {{"a": "b"}}]}}], "source": {source}}}"#
        )
    }

    #[test]
    fn cells_become_one_program() {
        let markdown = r##"{"cell_type": "markdown", "source": ["# a"]}"##;
        let lines = r#"{"cell_type": "code", "source": ["c = 1\n", "d = 2"]}"#;
        let text = notebook(&[markdown, &code("a = 1\nb = 2\n"), r#"{"cell_type": "code"}"#, lines].join(","));
        let read = read(text.as_bytes()).unwrap();
        assert_eq!(read.text, "a = 1\nb = 2\n\nc = 1\nd = 2\n");
        for (offset, wanted) in [(0, (2, 0)), (11, (2, 0)), (12, (3, 12)), (13, (4, 13)), (900, (4, 13))] {
            assert_eq!(read.cells.at(offset), Some(wanted), "{offset}");
        }
        assert_eq!(Cells::default().at(3), None);
    }

    #[test]
    fn magics_give_way() {
        for (source, wanted) in [
            ("%time f(x)", "0;    f(x)\n"),
            ("  %timeit -n 3 -r2 -q f(x)\ny", "  0;                  f(x)\ny\n"),
            ("%time for x in y: z", "%time for x in y: z\n"),
            ("%time", "%time\n"),
            ("%timeit -n 3", "%timeit -n 3\n"),
            ("%times f", "%times f\n"),
            ("%cd a\n!ls", "%cd a\n!ls\n"),
            ("%%time\nf()", "%%time\nf()\n"),
            ("%%bash\nls", ""),
            ("\n%%writefile a.py\nimport x", ""),
            ("%%px\nx", "%%px\nx\n"),
            ("%%python\nx", ""),
        ] {
            assert_eq!(
                read(notebook(&code(source)).as_bytes()).unwrap().text,
                wanted,
                "{source}"
            );
        }
    }

    #[test]
    fn other_languages_have_no_code() {
        for metadata in [
            r#"{"language_info": {"name": "R"}}"#,
            r#"{"kernelspec": {"language": "julia", "name": "julia-1.9"}}"#,
        ] {
            let text = notebook(&code("x")).replace(
                r#""metadata": {}, "nbformat""#,
                &format!(r#""metadata": {metadata}, "nbformat""#),
            );
            assert_eq!(read(text.as_bytes()).unwrap().text, "", "{metadata}");
        }
    }

    #[test]
    fn what_is_no_notebook() {
        for (text, wanted) in [
            (
                "{",
                "is no notebook that can be read: EOF while parsing an object at line 1 column 1",
            ),
            ("[]", "is no notebook"),
            ("{}", "is no notebook that can be read: it has no cells"),
            (r#"{"cells": 3}"#, "is no notebook"),
            (
                r#"{"worksheets": [], "nbformat": 3}"#,
                "is a notebook in the old format 3",
            ),
        ] {
            let error = read(text.as_bytes()).unwrap_err().to_string();
            assert!(error.starts_with(wanted), "{text}: {error}");
        }
    }

    proptest! {
        /// Each line of each cell is found again under its cell, row and text, whatever the cells hold.
        #[test]
        fn places_lead_back_to_the_cells(
            cells in prop::collection::vec(("(code|markdown)", "([a-z=é %!?#-]|\n|%time f|%%bash|'''){0,30}"), 0..6)
        ) {
            let texts: Vec<String> = cells
                .iter()
                .map(|(kind, source)| {
                    serde_json::json!({"cell_type": kind, "source": source}).to_string()
                })
                .collect();
            let read = read(notebook(&texts.join(",")).as_bytes()).unwrap();
            let file = SourceFile::notebook("n.ipynb".into(), "n.ipynb".into(), read);
            for line in 0..file.line_starts().len() {
                let span = file.line_span(line).unwrap();
                let Some(cell) = file.cell(span.start) else { continue };
                let shown = file.text().get(span.range()).unwrap();
                let place = file.line_column(span.start);
                let (kind, source) = &cells[cell as usize - 1];
                prop_assert_eq!(kind, "code");
                prop_assert_eq!(place.column, 1);
                let original = source.split('\n').nth(place.row as usize - 1);
                // The last line of the text is empty, and belongs to the last cell.
                prop_assume!(original.is_some() || !shown.is_empty());
                let original = original.unwrap_or_default();
                prop_assert_eq!(original.chars().count(), shown.chars().count());
                if !original.trim_start().starts_with("%time") {
                    prop_assert_eq!(original, shown);
                }
            }
        }

        #[test]
        fn never_panics(bytes in prop::collection::vec(any::<u8>(), 0..200), source in "[%!a-z\\- \n?é]{0,40}") {
            let _ = read(&bytes);
            let _ = read(notebook(&code(&source)).as_bytes());
        }
    }
}
