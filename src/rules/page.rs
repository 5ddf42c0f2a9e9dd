//! A rule page taken apart: front matter, sections, and the examples with the findings that they are to give.
//!
//! A page is documentation, test and experiment at once. An example is a fenced code block whose info string is
//! `python`, a kind (`bad`, `fixed` or `good`) and options: `name="…"`, `file="helpers.py"`, `select=ALL`,
//! `runs=never reason="…"`, `skip="factory,subclass" reason="…"`, and `expect="on=spawn,forkserver python=>=3.8
//! symptom=hangs"` where it shows something else than the front matter says (several are separated by `;`;
//! `clean` where it shows nothing), and `findings="4:MP901"` where a marker comment would change the program. Blocks that follow each other, are of one kind and
//! have a `file` each are the files of one program (one that ends in `.ipynb` is a notebook, whose cells begin with `# %%`); so are blocks of one kind with the same `name`. A `python` block
//! without a kind is prose.

use std::borrow::Cow;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};

use crate::lang::part;

use super::front_matter::{self, Expect, FrontMatter, FrontMatterError, is_code};

/// The file that a block without a `file` option stands for.
pub const MAIN_FILE: &str = "main.py";

/// A rule page.
#[derive(Clone, Debug)]
pub struct Page {
    /// The front matter.
    pub front: FrontMatter,
    /// The text of the only heading of the first level.
    pub title: String,
    /// What stands between the title and the first section, examples left out.
    pub opening: String,
    /// The `## ` sections, in order.
    pub sections: Vec<Section>,
    /// The examples, in order.
    pub examples: Vec<Example>,
}

/// A section under a heading of the second level.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Section {
    /// The heading.
    pub title: String,
    /// The line of the heading, from 1.
    pub line: usize,
    /// The Markdown below it, examples left out.
    pub body: String,
}

/// What an example is there to show.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum ExampleKind {
    /// The mistake.
    Bad,
    /// The bad example before it, put right.
    Fixed,
    /// Something that looks like the mistake and is none.
    Good,
}

impl ExampleKind {
    /// The word in the info string.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bad => "bad",
            Self::Fixed => "fixed",
            Self::Good => "good",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Bad, Self::Fixed, Self::Good]
            .into_iter()
            .find(|kind| kind.as_str() == word)
    }
}

/// One program on a page, of one or more files.
#[derive(Clone, Debug)]
pub struct Example {
    /// What it shows.
    pub kind: ExampleKind,
    /// What it is called, where it has a name.
    pub name: Option<String>,
    /// Its files, the order is the page's. Never empty.
    pub files: Vec<ExampleFile>,
    /// What it shows, where that differs from the front matter; an empty list where it runs clean.
    pub expect: Option<Vec<Expect>>,
    /// The other options of its blocks: `select`, `runs`, `reason`.
    pub options: Vec<(String, String)>,
    /// The rewrites that say nothing about it.
    pub skip: Vec<String>,
}

/// One code block.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ExampleFile {
    /// The name of the file, with `/` between folders.
    pub file: String,
    /// The line of the page on which the text begins, from 1.
    pub line: usize,
    /// The text.
    pub text: String,
    /// The findings that the block's `findings` option lists, where a comment cannot mark them: line from 1, code.
    pub listed: Vec<(usize, String)>,
}

impl ExampleFile {
    /// The findings that the block marks or lists, in order.
    #[must_use]
    pub fn marked(&self) -> Vec<(usize, String)> {
        let mut marked = marked_findings(&self.text);
        marked.extend(self.listed.iter().cloned());
        marked.sort();
        marked
    }

    /// Whether the block is a notebook. A page shows its cells one after another; each begins with a comment `# %%`.
    #[must_use]
    pub fn is_notebook(&self) -> bool {
        self.file.ends_with(".ipynb")
    }

    /// The text of the file as it has to lie on the disk.
    #[must_use]
    pub fn on_disk(&self) -> Cow<'_, str> {
        if !self.is_notebook() {
            return Cow::Borrowed(&self.text);
        }
        let mut cells: Vec<Vec<&str>> = Vec::new();
        for line in self.text.split_inclusive('\n') {
            match cells.last_mut() {
                Some(cell) if !line.starts_with("# %%") => cell.push(line),
                _ => cells.push(vec![line]),
            }
        }
        // A cell does not end with blank lines: they go to the next one.
        for at in 1..cells.len() {
            while cells[at - 1].len() > 1 && cells[at - 1].last().is_some_and(|line| line.trim().is_empty()) {
                if let Some(blank) = cells[at - 1].pop() {
                    cells[at].insert(0, blank);
                }
            }
        }
        // The line end between two cells is not written.
        for cell in &mut cells {
            if let Some(last) = cell.last_mut() {
                *last = last.trim_end_matches('\n');
            }
        }
        let cell = |source: &Vec<&str>| serde_json::json!({"cell_type": "code", "metadata": {}, "outputs": [], "source": source});
        let cells: Vec<_> = cells.iter().map(cell).collect();
        let notebook = serde_json::json!({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5});
        Cow::Owned(notebook.to_string())
    }
}

impl Example {
    /// The line of the page on which the first block begins, from 1.
    #[must_use]
    pub fn line(&self) -> usize {
        self.files.first().map_or(0, |file| file.line)
    }

    /// The value of an option.
    #[must_use]
    pub fn option(&self, key: &str) -> Option<&str> {
        let found = self.options.iter().find(|(name, _)| name == key);
        found.map(|(_, value)| value.as_str())
    }

    /// Whether the marked findings are those of all rules, not only of the page's own.
    #[must_use]
    pub fn selects_all(&self) -> bool {
        self.option("select") == Some("ALL")
    }

    /// Why the example is never run, where it is not.
    #[must_use]
    pub fn never_runs(&self) -> Option<&str> {
        let reason = self.option("reason").unwrap_or_default();
        self.option("runs").filter(|&runs| runs == "never").map(|_| reason)
    }
}

/// The findings that a text marks: for each code in a comment such as `# MP107` or `# MP107 MP101` at the end of a
/// line, the line (from 1) and the code, in order.
#[must_use]
pub fn marked_findings(text: &str) -> Vec<(usize, String)> {
    let mut marked = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let codes = marker_start(line).and_then(|at| line.get(at + 1..)).unwrap_or_default();
        marked.extend(marker_codes(codes).map(|code| (index + 1, code.to_owned())));
    }
    marked.sort();
    marked
}

/// Where the marker comment of a line begins: the byte offset of its `#`.
#[must_use]
pub fn marker_start(line: &str) -> Option<usize> {
    let (before, comment) = line.rsplit_once('#')?;
    let mut words = marker_codes(comment).peekable();
    (words.peek().is_some() && words.all(is_code)).then_some(before.len())
}

fn marker_codes(comment: &str) -> impl Iterator<Item = &str> {
    comment.split([' ', ',', '\t', '\r']).filter(|word| !word.is_empty())
}

/// A page that cannot be taken apart.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The front matter is wrong.
    #[error(transparent)]
    FrontMatter(#[from] FrontMatterError),
    /// There is not exactly one heading of the first level.
    #[error("{0} headings of the first level, not one")]
    Titles(usize),
    /// The info string of a code block is wrong.
    #[error("line {line}: {message}")]
    Info {
        /// The line of the fence, from 1.
        line: usize,
        /// What is wrong: a fragment.
        message: String,
    },
}

/// Takes a page apart.
///
/// # Errors
///
/// See [`PageError`].
pub fn read(text: &str) -> Result<Page, PageError> {
    let text = text.replace("\r\n", "\n");
    let text = part::english(&text);
    let (front, front_lines) = front_matter::read(text)?;
    let body_start = text
        .split_inclusive('\n')
        .take(front_lines)
        .map(str::len)
        .sum::<usize>();
    let body = text.get(body_start..).unwrap_or_default();
    let line_of = |offset: usize| {
        let before = body.get(..offset).unwrap_or_default();
        front_lines + 1 + before.bytes().filter(|&byte| byte == b'\n').count()
    };
    let blocks = outline(body);

    let titles: Vec<&Heading> = blocks
        .headings
        .iter()
        .filter(|heading| heading.level == HeadingLevel::H1)
        .collect();
    let &[title] = titles.as_slice() else {
        return Err(PageError::Titles(titles.len()));
    };
    let mut examples: Vec<Example> = Vec::new();
    let mut cut = Vec::new();
    for fence in &blocks.fences {
        let line = line_of(fence.span.start);
        let info = parse_info(&fence.info).map_err(|message| PageError::Info { line, message })?;
        let Some(info) = info else { continue };
        cut.push(fence.span.clone());
        add_block(&mut examples, info, line + 1, &fence.text).map_err(|message| PageError::Info { line, message })?;
    }

    let seconds: Vec<&Heading> = blocks
        .headings
        .iter()
        .filter(|heading| heading.level == HeadingLevel::H2)
        .collect();
    let ends = seconds.iter().skip(1).map(|next| next.span.start).chain([body.len()]);
    let sections = seconds
        .iter()
        .zip(ends)
        .map(|(heading, end)| Section {
            title: heading.text.clone(),
            line: line_of(heading.span.start),
            body: without(body, heading.span.end..end, &cut),
        })
        .collect();
    let opening_end = seconds.first().map_or(body.len(), |first| first.span.start);
    Ok(Page {
        front,
        title: title.text.clone(),
        opening: without(body, title.span.end..opening_end, &cut),
        sections,
        examples,
    })
}

struct Heading {
    level: HeadingLevel,
    text: String,
    span: Range<usize>,
}

struct Fence {
    info: String,
    text: String,
    span: Range<usize>,
}

#[derive(Default)]
struct Outline {
    headings: Vec<Heading>,
    fences: Vec<Fence>,
}

fn outline(body: &str) -> Outline {
    let mut outline = Outline::default();
    let mut heading: Option<Heading> = None;
    let mut fence: Option<Fence> = None;
    for (event, span) in Parser::new(body).into_offset_iter() {
        match event {
            Event::Start(Tag::Heading { level, .. }) => {
                heading = Some(Heading {
                    level,
                    text: String::new(),
                    span,
                });
            }
            Event::End(TagEnd::Heading(_)) => outline.headings.extend(heading.take()),
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) => {
                fence = Some(Fence {
                    info: info.to_string(),
                    text: String::new(),
                    span,
                });
            }
            Event::End(TagEnd::CodeBlock) => outline.fences.extend(fence.take()),
            Event::Text(text) | Event::Code(text) => {
                if let Some(fence) = &mut fence {
                    fence.text.push_str(&text);
                } else if let Some(heading) = &mut heading {
                    heading.text.push_str(&text);
                }
            }
            _ => {}
        }
    }
    outline
}

/// The text of a range with some parts left out.
fn without(body: &str, range: Range<usize>, cut: &[Range<usize>]) -> String {
    let mut text = String::new();
    let mut at = range.start;
    for part in cut.iter().filter(|part| range.contains(&part.start)) {
        text.push_str(body.get(at..part.start).unwrap_or_default());
        at = part.end;
    }
    text.push_str(body.get(at..range.end).unwrap_or_default());
    text.trim().to_owned()
}

struct Info {
    kind: ExampleKind,
    options: Vec<(String, String)>,
}

/// What an info string says; nothing where the block is no example.
fn parse_info(info: &str) -> Result<Option<Info>, String> {
    let mut words = split_info(info)?.into_iter();
    if words.next() != Some((String::from("python"), None)) {
        return Ok(None);
    }
    let Some((word, value)) = words.next() else {
        return Ok(None);
    };
    let kind = ExampleKind::from_word(&word).filter(|_| value.is_none());
    let kind = kind.ok_or_else(|| format!("`{word}` is no kind of example: bad, fixed or good"))?;
    let mut options = Vec::new();
    for (key, value) in words {
        let value = value.ok_or_else(|| format!("the option `{key}` has no value"))?;
        let known = match key.as_str() {
            "name" | "file" | "skip" | "reason" | "expect" | "findings" => true,
            "select" => value == "ALL",
            "runs" => value == "never",
            _ => false,
        };
        if !known {
            return Err(format!("`{key}={value}` is no option of an example"));
        }
        options.push((key, value));
    }
    let has = |key: &str| options.iter().any(|(name, _)| name == key);
    if (has("skip") || options.contains(&(String::from("runs"), String::from("never")))) && !has("reason") {
        return Err(String::from("what is left out needs a `reason`"));
    }
    Ok(Some(Info { kind, options }))
}

/// The words of an info string, split at blanks outside quotes, each with what follows its `=`.
fn split_info(info: &str) -> Result<Vec<(String, Option<String>)>, String> {
    let mut words = Vec::new();
    let mut rest = info.trim_start();
    while !rest.is_empty() {
        let end = rest.find([' ', '=']).unwrap_or(rest.len());
        let (key, after) = rest.split_at(end);
        let Some(after) = after.strip_prefix('=') else {
            words.push((key.to_owned(), None));
            rest = after.trim_start();
            continue;
        };
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => quoted
                .split_once('"')
                .ok_or_else(|| format!("the value of `{key}` has no closing quote"))?,
            None => after.split_at(after.find(' ').unwrap_or(after.len())),
        };
        words.push((key.to_owned(), Some(value.to_owned())));
        rest = after.trim_start();
    }
    Ok(words)
}

/// Adds a block: to the example that it is a further file of, or as a new one.
fn add_block(examples: &mut Vec<Example>, info: Info, line: usize, text: &str) -> Result<(), String> {
    let mut name = None;
    let mut file = None;
    let mut skip = Vec::new();
    let mut expect = None;
    let mut listed = Vec::new();
    let mut options = Vec::new();
    for (key, value) in info.options {
        match key.as_str() {
            "name" => name = Some(value),
            "file" => file = Some(value),
            "findings" => listed = parse_listed(&value)?,
            "expect" if value == "clean" => expect = Some(Vec::new()),
            "expect" => expect = Some(value.split(';').map(Expect::from_option).collect::<Result<_, _>>()?),
            "skip" => skip.extend(value.split(',').map(|word| word.trim().to_owned())),
            _ => options.push((key, value)),
        }
    }
    let has_file = file.is_some();
    let block = ExampleFile {
        file: file.unwrap_or_else(|| MAIN_FILE.to_owned()),
        line,
        text: text.to_owned(),
        listed,
    };
    let last = examples.last_mut().filter(|last| {
        let same_program = if name.is_some() { last.name == name } else { has_file };
        let is_free = last.files.iter().all(|other| other.file != block.file);
        last.kind == info.kind
            && same_program
            && is_free
            && (has_file || last.files.iter().any(|f| f.file != MAIN_FILE))
    });
    if let Some(example) = last {
        example.files.push(block);
        example.options.extend(options);
        example.skip.extend(skip);
        example.expect = expect.or(example.expect.take());
        return Ok(());
    }
    let taken = |example: &&Example| example.kind == info.kind && example.name == name;
    if let Some(name) = &name
        && let Some(other) = examples.iter().find(taken)
    {
        let kind = info.kind.as_str();
        return Err(format!(
            "the {kind} example on line {} is called {name:?} too",
            other.line()
        ));
    }
    examples.push(Example {
        kind: info.kind,
        name,
        files: vec![block],
        expect,
        options,
        skip,
    });
    Ok(())
}

/// The findings of an option such as `findings="4:MP901, 7:MP901"`.
fn parse_listed(value: &str) -> Result<Vec<(usize, String)>, String> {
    let one = |word: &str| {
        let (line, code) = word.trim().split_once(':')?;
        Some((line.parse().ok()?, code.to_owned())).filter(|(_, code)| is_code(code))
    };
    let listed: Option<Vec<_>> = value.split(',').map(one).collect();
    listed.ok_or_else(|| format!("`{value}` is no list of findings such as `4:MP901, 7:MP901`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = r##"---
code: MP401
name: join-before-drain
severity: error
subsumes: [MP201]
expect:
  - {on: [spawn, forkserver], python: ">=3.8,<3.14", platforms: [linux], symptom: "raises TypeError"}
rewrites: {skip: {factory: "it is about the place of the call"}}
---
# A title with `code`

What it is.

```python bad name="two files" file="main.py" select=ALL
from helpers import work
work()  # MP401 MP201
```

```python bad name="two files" file="helpers.py"
def work(): pass
```

```python fixed
pass
```

```python
prose
```

```python bad findings="1:MP401, 2:MP401"
pass
```

## Why

Because.

```python good runs=never reason="it waits for a person" skip="loop" expect="on=fork symptom=raises A b; on=spawn symptom=hangs"
x = "# not a marker # MP401 at all"
```
"##;

    #[test]
    fn a_page_is_taken_apart() {
        let page = read(PAGE).unwrap();
        assert_eq!(page.title, "A title with code");
        assert_eq!(page.front.rewrites.skip.len(), 1);
        assert_eq!(page.front.expect[0].python.below, Some((3, 14)));
        assert_eq!(page.front.expect[0].symptom.detail.as_deref(), Some("TypeError"));
        assert!(page.opening.starts_with("What it is.") && page.opening.ends_with("```python\nprose\n```"));
        assert_eq!(page.sections.len(), 1);
        assert_eq!(
            (page.sections[0].line, page.sections[0].body.as_str()),
            (35, "Because.")
        );

        let [bad, fixed, listed, good] = page.examples.as_slice() else {
            panic!("{:#?}", page.examples)
        };
        assert!(bad.selects_all());
        let files: Vec<&str> = bad.files.iter().map(|file| file.file.as_str()).collect();
        assert_eq!(files, ["main.py", "helpers.py"]);
        assert_eq!((bad.line(), bad.files[1].line), (15, 20));
        let marked = marked_findings(&bad.files[0].text);
        assert_eq!(marked, [(2, "MP201".to_owned()), (2, "MP401".to_owned())]);
        assert_eq!(listed.files[0].marked().len(), 2);
        assert_eq!((fixed.kind, fixed.files.len()), (ExampleKind::Fixed, 1));
        assert_eq!(good.never_runs(), Some("it waits for a person"));
        assert_eq!(good.skip, ["loop"]);
        let expect = good.expect.as_deref().unwrap();
        assert_eq!(expect.len(), 2);
        assert_eq!(expect[0].symptom.detail.as_deref(), Some("A b"));
        assert!(bad.expect.is_none());
        assert_eq!(marked_findings(&good.files[0].text), []);
    }

    #[test]
    fn windows_line_ends_change_nothing() {
        let page = read(&PAGE.replace('\n', "\r\n")).unwrap();
        assert_eq!(
            page.examples[0].files[0].text,
            read(PAGE).unwrap().examples[0].files[0].text
        );
    }

    #[test]
    fn mistakes_are_named_with_their_line() {
        for (from, to, message) in [
            ("severity: error", "severity: fatal", "line 4: "),
            ("subsumes:", "subsume:", "line 5: "),
            ("symptom: \"raises", "symptom: \"throws", "`throws` is no symptom"),
            (">=3.8,<3.14", ">=3.14,<3.8", "holds no version"),
            ("[spawn, forkserver]", "[spwan]", "line 7: "),
            ("---\n# A title", "# A title", "not closed"),
            ("## Why", "# Why", "2 headings of the first level"),
            ("python fixed", "python fix", "line 23: `fix` is no kind of example"),
            ("2:MP401", "2-MP401", "is no list of findings"),
            ("select=ALL", "select=MP401", "line 14: `select=MP401` is no option"),
            (" reason=\"it waits for a person\"", "", "needs a `reason`"),
        ] {
            let text = PAGE.replacen(from, to, 1);
            assert_ne!(text, PAGE, "{from}");
            let error = read(&text).unwrap_err().to_string();
            assert!(error.contains(message), "{error:?} does not say {message:?}");
        }
    }
}
