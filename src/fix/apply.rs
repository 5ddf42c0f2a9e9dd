//! Edits made in a text.

use std::sync::Arc;

use crate::files::{SourceFile, Span};
use crate::findings::{Edit, Finding, Fix};

/// A text after some fixes.
#[derive(Debug)]
pub struct Applied {
    /// The text.
    pub text: String,
    /// The numbers of the fixes that were made, of those that were given.
    pub made: Vec<usize>,
    /// What was replaced: place in the old text and length of what stands there now.
    replaced: Vec<(Span, u32)>,
}

impl Applied {
    /// Where something that began at an offset of the old text begins now. Of what was replaced that is the beginning.
    #[must_use]
    pub fn moved(&self, offset: u32) -> u32 {
        let mut now = i64::from(offset);
        for (span, length) in &self.replaced {
            if span.end <= offset && !(span.start == offset && span.end == offset && *length == 0) {
                now += i64::from(*length) - i64::from(span.end - span.start);
            } else if span.start < offset {
                now -= i64::from(offset - span.start);
            }
        }
        u32::try_from(now).unwrap_or_default()
    }
}

/// Makes the fixes of one file, as far as they do not touch each other: of two that do, the one that comes first. Nothing
/// where the edits of a fix are none of this file, or overlap.
#[must_use]
pub fn apply(file: &SourceFile, fixes: &[&Fix]) -> Applied {
    let mut order: Vec<usize> = (0..fixes.len()).collect();
    order.sort_by_key(|&at| hull(&fixes[at].edits));
    let mut made: Vec<usize> = Vec::new();
    let mut taken: Vec<Span> = Vec::new();
    for at in order {
        let edits = &fixes[at].edits;
        let Some(whole) = hull(edits).filter(|_| is_sound(file, edits)) else {
            continue;
        };
        // Those that only touch would have to agree on what comes first.
        if taken
            .iter()
            .all(|other| whole.end < other.start || other.end < whole.start)
        {
            taken.push(whole);
            made.push(at);
        }
    }
    let mut edits: Vec<&Edit> = made.iter().flat_map(|&at| &fixes[at].edits).collect();
    edits.sort_by_key(|edit| edit.location.span);
    let mut text = String::with_capacity(file.text().len() + 256);
    let mut from = 0;
    let mut replaced = Vec::new();
    for edit in edits {
        let range = edit.location.span.range();
        text.push_str(file.text().get(from..range.start).unwrap_or_default());
        text.push_str(&edit.content);
        from = range.end;
        let length = u32::try_from(edit.content.len()).unwrap_or(u32::MAX);
        replaced.push((edit.location.span, length));
    }
    text.push_str(file.text().get(from..).unwrap_or_default());
    made.sort_unstable();
    Applied { text, made, replaced }
}

/// From the first edit to the last.
fn hull(edits: &[Edit]) -> Option<Span> {
    let start = edits.iter().map(|edit| edit.location.span.start).min()?;
    let end = edits.iter().map(|edit| edit.location.span.end).max()?;
    Some(Span::new(start, end))
}

/// Whether edits are in order, do not overlap, and lie in the text.
fn is_sound(file: &SourceFile, edits: &[Edit]) -> bool {
    let lies_in =
        |edit: &Edit| edit.location.file.path() == file.path() && file.text().get(edit.location.span.range()).is_some();
    edits.iter().all(lies_in)
        && edits
            .windows(2)
            .all(|pair| pair[0].location.span.end <= pair[1].location.span.start)
}

/// The files that the fix of a finding changes, with their texts after it. Nothing is written. None where there is no fix.
#[must_use]
pub fn fixed_texts(finding: &Finding) -> Option<Vec<(Arc<SourceFile>, String)>> {
    let fix = finding.fix.as_ref()?;
    let mut files: Vec<(Arc<SourceFile>, Fix)> = Vec::new();
    for edit in &fix.edits {
        let file = &edit.location.file;
        match files.iter_mut().find(|(known, _)| known.path() == file.path()) {
            Some((_, part)) => part.edits.push(edit.clone()),
            None => files.push((
                Arc::clone(file),
                Fix {
                    edits: vec![edit.clone()],
                    ..fix.clone()
                },
            )),
        }
    }
    let texts: Vec<_> = files
        .into_iter()
        .filter_map(|(file, part)| {
            let applied = apply(&file, &[&part]);
            (!applied.made.is_empty()).then_some((file, applied.text))
        })
        .collect();
    (!texts.is_empty()).then_some(texts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::findings::Location;

    fn file(text: &str) -> Arc<SourceFile> {
        Arc::new(SourceFile::new("a.py".into(), "a.py".into(), text.into()))
    }

    fn fix(file: &Arc<SourceFile>, edits: &[(u32, u32, &str)]) -> Fix {
        let edit = |&(start, end, content): &(u32, u32, &str)| Edit {
            location: Location {
                file: Arc::clone(file),
                span: Span::new(start, end),
            },
            content: content.to_owned(),
        };
        Fix::safe("", edits.iter().map(edit).collect())
    }

    #[test]
    fn those_that_touch_wait() {
        let text = file("0123456789");
        let fixes = [
            fix(&text, &[(5, 6, "five")]),
            fix(&text, &[(0, 0, "<"), (2, 2, ">")]),
            fix(&text, &[(1, 2, "one")]),
            fix(&text, &[(6, 6, "!")]),
            fix(&text, &[(8, 9, ""), (10, 10, "end")]),
        ];
        let applied = apply(&text, &fixes.iter().collect::<Vec<_>>());
        assert_eq!(
            (applied.text.as_str(), applied.made),
            ("<01>234five679end", vec![0, 1, 4])
        );
    }

    #[test]
    fn what_is_not_sound_is_not_made() {
        let text = file("aé");
        for edits in [&[(0, 2, "")][..], &[(0, 9, "")], &[(1, 1, "x"), (0, 0, "y")], &[]] {
            let applied = apply(&text, &[&fix(&text, edits)]);
            assert_eq!((applied.text.as_str(), applied.made.len()), ("aé", 0), "{edits:?}");
        }
        let other = Arc::new(SourceFile::new("b.py".into(), "b.py".into(), "aé".into()));
        assert!(apply(&text, &[&fix(&other, &[(0, 1, "x")])]).made.is_empty());
    }

    #[test]
    fn places_are_found_again() {
        let text = file("0123456789");
        let applied = apply(&text, &[&fix(&text, &[(2, 2, "xx"), (4, 6, "")])]);
        assert_eq!(applied.text, "01xx236789");
        for (old, new) in [(0, 0), (1, 1), (2, 4), (3, 5), (4, 6), (5, 6), (6, 6), (9, 9)] {
            assert_eq!(applied.moved(old), new, "{old}");
        }
    }
}
