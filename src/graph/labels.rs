//! What the things of a program are called in it. The model does not keep names, but the text has them: what a value is
//! assigned to, or bound to by `as`, stands on the line that makes it.

use crate::files::Span;
use crate::model::Model;
use crate::model::events::ChainId;

/// How many calls up a name is looked for.
const MOST_CALLS: usize = 8;

/// The name of what an expression makes. What a function returns is called what its caller calls it.
pub(super) fn name_of(model: &Model<'_>, span: Span, chain: ChainId) -> Option<String> {
    let (mut span, mut chain) = (span, chain);
    for _ in 0..MOST_CALLS {
        let (before, after) = line_around(model, span)?;
        if let Some(name) = bound_after(after) {
            return Some(name);
        }
        let before = before.trim_start();
        if !(before == "return " || before.ends_with("lambda: ")) {
            return assigned_before(before, after);
        }
        let (caller, _, call) = model.chain(chain).caller?;
        (span, chain) = (call, caller);
    }
    None
}

/// The text of the line before an expression, and the text after it.
fn line_around<'m>(model: &Model<'m>, span: Span) -> Option<(&'m str, &'m str)> {
    let (file, span) = model.code.locate(span);
    let first = file.line_span(file.line_index(span.start))?;
    let last = file.line_span(file.line_index(span.end))?;
    let text = file.text();
    let before = text.get(first.start as usize..span.start as usize)?;
    Some((before, text.get(span.end as usize..last.end as usize)?))
}

/// `with Pool() as pool:`
fn bound_after(after: &str) -> Option<String> {
    let name = after.strip_prefix(" as ")?;
    let end = name.find(|c: char| !is_of_name(c)).unwrap_or(name.len());
    plain(name.get(..end)?)
}

/// `queue = `, `self.queue: Queue = `, `reader, writer = `, `workers = [`; and `left, right = Lock(), `, which names the
/// second.
fn assigned_before(before: &str, after: &str) -> Option<String> {
    let (target, rest) = before.split_once('=')?;
    // `f(daemon=` and `a == `.
    if rest.starts_with('=') || target.ends_with(['!', '<', '>', ':', '+', '-', '*', '/']) {
        return None;
    }
    let between = rest.trim();
    let target = target.split(':').next().unwrap_or(target).trim();
    if matches!(between, "[" | "(" | "await") || (between.is_empty() && !after.starts_with(',')) {
        return plain(target);
    }
    if !(between.is_empty() || between.ends_with(',')) {
        return None;
    }
    let mut depth = 0usize;
    let mut number = 0;
    for c in between.chars() {
        match c {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth = depth.checked_sub(1)?,
            ',' if depth == 0 => number += 1,
            _ => {}
        }
    }
    let is_outside = depth == 0;
    target
        .split(',')
        .nth(number)
        .filter(|_| is_outside)
        .and_then(|name| plain(name.trim()))
}

fn plain(name: &str) -> Option<String> {
    let is_name = !name.is_empty() && name.chars().all(|c| is_of_name(c) || matches!(c, ',' | ' '));
    is_name.then(|| name.to_owned())
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '.')
}

/// The text of an argument, on one line and not too long for a label. Of a tuple the parentheses go without saying.
pub(super) fn text(model: &Model<'_>, span: Span) -> String {
    let text = model.code.text(span);
    let inside = text.strip_prefix('(').and_then(|text| text.strip_suffix(')'));
    let inside = inside.filter(|inside| !inside.contains(['(', ')']));
    shortened(inside.unwrap_or(text).trim_end_matches([',', ' ', '\n']), 60)
}

/// A text on one line that has at most so many characters.
pub(super) fn shortened(text: &str, most: usize) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= most {
        return line;
    }
    line.chars().take(most.saturating_sub(1)).chain(['…']).collect()
}

#[cfg(test)]
mod tests {
    use super::{assigned_before, bound_after, shortened};

    #[test]
    fn names_stand_before_and_after() {
        let name = |before| assigned_before(before, "");
        assert_eq!(name("queue = ").as_deref(), Some("queue"));
        assert_eq!(name("self.queue: mp.Queue = ").as_deref(), Some("self.queue"));
        assert_eq!(name("reader, writer = ").as_deref(), Some("reader, writer"));
        assert_eq!(name("workers = [").as_deref(), Some("workers"));
        assert_eq!(name("größe = ").as_deref(), Some("größe"));
        assert_eq!(name("start(queue="), None);
        assert_eq!(name("if a == "), None);
        assert_eq!(name("x = f(1, "), None);
        assert_eq!(name("workers.append("), None);
        assert_eq!(assigned_before("left, right = ", ", Lock()").as_deref(), Some("left"));
        assert_eq!(name("left, right = f(1, 2), ").as_deref(), Some("right"));
        assert_eq!(name("left, right = f(1, "), None);
        assert_eq!(bound_after(" as pool:").as_deref(), Some("pool"));
        assert_eq!(bound_after(" as self.pool, b").as_deref(), Some("self.pool"));
        assert_eq!(bound_after(")"), None);
    }

    #[test]
    fn long_texts_are_cut_between_characters() {
        assert_eq!(shortened("a\n   b", 5), "a b");
        assert_eq!(shortened("ääääääää", 4), "äää…");
    }
}
