//! A name for a finding that survives unrelated edits of the file.
//!
//! It is made of the rule's code, the file's display name, the classes and functions around the finding, the text of
//! the lines that it spans (runs of white space count as one space), and a number that tells findings apart that agree
//! in all of these. Rows and columns play no part. The hash is SipHash-2-4 with a fixed key, whose result does not
//! depend on the version of Rust, the platform or the run.

use std::collections::HashMap;
use std::hash::Hasher;

use siphasher::sip::SipHasher24;

use super::Finding;
use crate::files::SourceFile;

/// The fingerprints of findings, in their order: 16 hexadecimal digits each, all different but for an accident.
///
/// All findings of a run must be given at once, in the order in which they are shown, because equal ones are numbered.
#[must_use]
pub fn of_all(findings: &[Finding]) -> Vec<String> {
    let mut files: HashMap<*const SourceFile, Outline> = HashMap::new();
    let mut seen: HashMap<u64, u32> = HashMap::new();
    findings
        .iter()
        .map(|finding| {
            let file = &finding.location.file;
            let outline = files
                .entry(std::sync::Arc::as_ptr(file))
                .or_insert_with(|| Outline::of(file));
            let base = base_hash(finding, outline);
            let ordinal = seen.entry(base).or_insert(0);
            let mut hasher = SipHasher24::new();
            hasher.write(&base.to_le_bytes());
            hasher.write(&ordinal.to_le_bytes());
            *ordinal += 1;
            format!("{:016x}", hasher.finish())
        })
        .collect()
}

fn base_hash(finding: &Finding, outline: &Outline) -> u64 {
    let file = &finding.location.file;
    let span = finding.location.span;
    let first = file.line_index(span.start);
    // A span that ends with its line's end does not reach into the next line.
    let last = file.line_index(span.end.saturating_sub(1).max(span.start));

    let mut hasher = SipHasher24::new();
    let mut part = |text: &str| {
        hasher.write(text.as_bytes());
        // A byte that no UTF-8 text holds, so that no two lists of parts run together to the same bytes.
        hasher.write(&[0xff]);
    };
    part(finding.rule.code);
    part(file.name());
    for name in outline.around(first) {
        part(name);
    }
    part("");
    for line in first..=last {
        let Some(text) = file.line_span(line).and_then(|span| file.text().get(span.range())) else {
            break;
        };
        for word in text.split_whitespace() {
            part(word);
        }
    }
    hasher.finish()
}

/// The classes and functions of a file, told from their indentation alone so that it works for any text.
struct Outline {
    /// In the order of the lines.
    definitions: Vec<Definition>,
}

struct Definition {
    line: usize,
    /// The first line after its body.
    end: usize,
    name: String,
    /// The one that it stands in, by its index.
    parent: Option<usize>,
}

impl Outline {
    fn of(file: &SourceFile) -> Self {
        let mut definitions: Vec<Definition> = Vec::new();
        // Indices into `definitions`, with the indentation of each.
        let mut open: Vec<(usize, usize)> = Vec::new();
        let lines = file.line_starts().len();
        for line in 0..lines {
            let Some(text) = file.line_span(line).and_then(|span| file.text().get(span.range())) else {
                break;
            };
            let code = text.trim_start();
            if code.is_empty() || code.starts_with(['#', ')', ']', '}']) {
                continue;
            }
            let indent = text.len() - code.len();
            while let Some(&(index, outer)) = open.last()
                && outer >= indent
            {
                definitions[index].end = line;
                open.pop();
            }
            if let Some(name) = defined_name(code) {
                let parent = open.last().map(|&(index, _)| index);
                open.push((definitions.len(), indent));
                definitions.push(Definition {
                    line,
                    end: lines,
                    name: name.to_owned(),
                    parent,
                });
            }
        }
        Self { definitions }
    }

    /// The names around a line, innermost first.
    fn around(&self, line: usize) -> impl Iterator<Item = &str> {
        // What is around the line is around, or is, the last definition that begins before it.
        let before = self.definitions.partition_point(|definition| definition.line <= line);
        let nearest = before.checked_sub(1).and_then(|index| self.definitions.get(index));
        std::iter::successors(nearest, |inner| {
            inner.parent.and_then(|index| self.definitions.get(index))
        })
        .filter(move |definition| line < definition.end)
        .map(|definition| definition.name.as_str())
    }
}

/// The name that a line of code defines, if it begins a class or a function.
fn defined_name(code: &str) -> Option<&str> {
    let code = code.strip_prefix("async ").map_or(code, str::trim_start);
    let rest = code.strip_prefix("def ").or_else(|| code.strip_prefix("class "))?;
    let rest = rest.trim_start();
    let end = rest
        .find(|c: char| !(c.is_alphanumeric() || c == '_'))
        .unwrap_or(rest.len());
    (end > 0).then(|| &rest[..end])
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;
    use std::sync::Arc;

    use super::of_all;
    use crate::files::{SourceFile, Span};
    use crate::findings::{Confidence, Finding, Location, RuleInfo, Severity};

    /// One finding of a rule at each place where `needle` stands.
    fn fingerprints(name: &str, text: &str, needle: &str) -> Vec<String> {
        let file = Arc::new(SourceFile::new(PathBuf::from(name), name.to_owned(), text.to_owned()));
        let findings: Vec<_> = text
            .match_indices(needle)
            .map(|(at, _)| Finding {
                rule: RuleInfo {
                    code: "MP401",
                    name: "join-before-drain",
                },
                severity: Severity::Error,
                confidence: Confidence::High,
                message: format!("found at {at}"),
                location: Location {
                    file: file.clone(),
                    span: Span::new(at as u32, (at + needle.len()) as u32),
                },
                fails_under: vec![],
                related: vec![],
                help: None,
                fix: None,
                hints: super::super::Hints::default(),
            })
            .collect();
        of_all(&findings)
    }

    const PROGRAM: &str =
        "import queue\n\nclass A:\n    def run(self):\n        self.p.join()\n\ndef run(p):\n    p.join()\n";

    #[test]
    fn the_hash_never_changes() {
        // These go into baselines and dashboards: a new value here breaks them for every user.
        assert_eq!(
            fingerprints("a.py", PROGRAM, "p.join()"),
            ["b432ea0b09c2862d", "ffa2bb636e120bbd"]
        );
    }

    #[test]
    fn edits_elsewhere_keep_it() {
        let before = fingerprints("a.py", PROGRAM, "p.join()");
        let lines_above = PROGRAM.replace("import queue\n", "import os\nimport queue\n\nX = 1\n");
        assert_eq!(fingerprints("a.py", &lines_above, "p.join()"), before);
        let crlf = PROGRAM.replace('\n', "\r\n");
        assert_eq!(fingerprints("a.py", &crlf, "p.join()"), before);
        let indented = PROGRAM.replace("    p.join()", "        p.join()");
        assert_eq!(fingerprints("a.py", &indented, "p.join()"), before);
        let mut reordered = fingerprints(
            "a.py",
            "import queue\n\ndef run(p):\n    p.join()\n\nclass A:\n    def run(self):\n        self.p.join()\n",
            "p.join()",
        );
        reordered.reverse();
        assert_eq!(reordered, before);
    }

    #[test]
    fn file_and_context_and_line_count() {
        let at = |name, text| fingerprints(name, text, "p.join()").remove(0);
        let base = at("a.py", "def f(p):\n    p.join()\n");
        assert_ne!(base, at("b.py", "def f(p):\n    p.join()\n"));
        assert_ne!(base, at("a.py", "def g(p):\n    p.join()\n"));
        assert_ne!(base, at("a.py", "def f(p):\n    x = p.join()\n"));
        assert_ne!(base, at("a.py", "def f(p):\n    pass\np.join()\n"));
    }

    #[test]
    fn equal_ones_are_numbered() {
        let twice = fingerprints("a.py", "p.join()\np.join()\n", "p.join()");
        assert_ne!(twice[0], twice[1]);
        let thrice = fingerprints("a.py", "p.join()\np.join()\np.join()\n", "p.join()");
        assert_eq!(thrice[..2], twice[..]);
    }

    #[test]
    fn empty_files_and_ends_of_files_have_one() {
        assert_eq!(fingerprints("a.py", "", "").len(), 1);
        assert_eq!(fingerprints("a.py", "x\r", "\r").len(), 1);
    }
}
