//! A sentence with holes, in two languages.
//!
//! A hole is a name in braces. Inside backticks it holds code, which is kept; `{name!}` holds what comes from elsewhere,
//! such as the word of another program, and is kept too; `{name#}` holds a number; any other holds a phrase, which has to
//! be translated as well.

use std::cell::Cell;
use std::collections::BTreeSet;

/// What stands in a hole.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Code,
    Kept,
    Number,
    Phrase,
}

#[derive(Clone, PartialEq, Eq, Debug)]
enum Part {
    Text(String),
    Hole(String, Kind),
}

/// An English sentence with holes and its translation.
#[derive(Clone, Debug)]
pub struct Template {
    /// The English text, as it was written.
    pub english: String,
    from: Vec<Part>,
    to: Vec<Part>,
    /// Characters outside holes: the more, the more it says.
    weight: usize,
}

/// A template that cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{english:?}: {message}")]
pub struct TemplateError {
    english: String,
    message: String,
}

impl Template {
    /// Reads a pair.
    ///
    /// # Errors
    /// Where holes are not closed, stand side by side, are named twice, or differ between the two.
    pub fn new(english: &str, translated: &str) -> Result<Self, TemplateError> {
        let wrong = |message: String| TemplateError {
            english: english.to_owned(),
            message,
        };
        let from = parts(english).map_err(wrong)?;
        let to = parts(translated).map_err(wrong)?;
        let names = |parts: &[Part]| -> Vec<String> {
            let holes = parts.iter().filter_map(|part| match part {
                Part::Hole(name, _) => Some(name.clone()),
                Part::Text(_) => None,
            });
            holes.collect()
        };
        let (ours, theirs) = (names(&from), names(&to));
        let set: BTreeSet<&String> = ours.iter().collect();
        if set.len() != ours.len() {
            return Err(wrong("a hole is named twice".to_owned()));
        }
        if set != theirs.iter().collect() {
            return Err(wrong(format!("the holes {ours:?} and {theirs:?} differ")));
        }
        if translated.trim().is_empty() {
            return Err(wrong("there is no translation".to_owned()));
        }
        let is_hole = |part: &Part| matches!(part, Part::Hole(..));
        if from.windows(2).any(|pair| pair.iter().all(is_hole)) {
            return Err(wrong("two holes stand side by side".to_owned()));
        }
        let weight = from.iter().map(|part| match part {
            Part::Text(text) => text.chars().count(),
            Part::Hole(..) => 0,
        });
        Ok(Self {
            english: english.to_owned(),
            weight: weight.sum(),
            from,
            to,
        })
    }

    /// How many characters stand outside holes.
    #[must_use]
    pub const fn weight(&self) -> usize {
        self.weight
    }

    /// Whether what stands between the holes comes in the text in this order, whatever the holes hold.
    fn may_fit(&self, text: &str) -> bool {
        let mut rest = text;
        for part in &self.from {
            let Part::Text(wanted) = part else { continue };
            let Some((_, after)) = rest.split_once(wanted.as_str()) else {
                return false;
            };
            rest = after;
        }
        let ends = |part: Option<&Part>, fits: fn(&str, &str) -> bool| match part {
            Some(Part::Text(wanted)) => fits(text, wanted),
            _ => true,
        };
        ends(self.from.first(), |text, wanted| text.starts_with(wanted))
            && ends(self.from.last(), |text, wanted| text.ends_with(wanted))
    }

    /// The translation of a text that the English side fits, where `phrase` can translate each phrase in it. `tries` is
    /// how many ends of holes may still be tried: a user may have filled the text with what looks like sentences.
    pub(super) fn apply(
        &self,
        text: &str,
        tries: &Cell<u32>,
        phrase: &mut dyn FnMut(&str) -> Option<String>,
    ) -> Option<String> {
        if !self.may_fit(text) {
            return None;
        }
        let mut filled = Vec::new();
        if !fits(&self.from, text, tries, phrase, &mut filled) {
            return None;
        }
        let mut out = String::with_capacity(text.len() * 2);
        for part in &self.to {
            match part {
                Part::Text(text) => out.push_str(text),
                Part::Hole(wanted, _) => {
                    let (_, held) = filled.iter().find(|(name, _)| name == wanted)?;
                    out.push_str(held);
                }
            }
        }
        Some(out)
    }
}

/// Whether the parts fit a text; what stands in the holes is added to `filled`, translated where it has to be.
fn fits<'t>(
    parts: &'t [Part],
    text: &str,
    tries: &Cell<u32>,
    phrase: &mut dyn FnMut(&str) -> Option<String>,
    filled: &mut Vec<(&'t str, String)>,
) -> bool {
    let (name, kind, after) = match parts {
        [] => return text.is_empty(),
        [Part::Text(wanted), after @ ..] => {
            let rest = text.strip_prefix(wanted.as_str());
            return rest.is_some_and(|rest| fits(after, rest, tries, phrase, filled));
        }
        [Part::Hole(name, kind), after @ ..] => (name, *kind, after),
    };
    let fill = |held: &str, phrase: &mut dyn FnMut(&str) -> Option<String>| match kind {
        // A backtick ends the code, so what stands here would be more than code.
        Kind::Code if held.contains('`') => None,
        Kind::Code | Kind::Kept => Some(held.to_owned()),
        Kind::Number if held.chars().all(|c| c.is_ascii_digit() || c == '-') => Some(held.to_owned()),
        Kind::Number => None,
        Kind::Phrase => phrase(held),
    };
    // Ends of the hole: where the text after it begins, the shortest hole first.
    let ends: Vec<usize> = match after {
        [] => vec![text.len()],
        [Part::Text(next)] => text.strip_suffix(next.as_str()).map(str::len).into_iter().collect(),
        [Part::Text(next), ..] => text.match_indices(next.as_str()).map(|(at, _)| at).collect(),
        [Part::Hole(..), ..] => return false,
    };
    for end in ends {
        let (Some(held), Some(rest)) = (text.get(..end), text.get(end..)) else {
            continue;
        };
        if held.is_empty() {
            continue;
        }
        let Some(left) = tries.get().checked_sub(1) else {
            return false;
        };
        tries.set(left);
        let before = filled.len();
        if let Some(held) = fill(held, phrase) {
            filled.push((name, held));
            if fits(after, rest, tries, phrase, filled) {
                return true;
            }
        }
        filled.truncate(before);
    }
    false
}

fn parts(text: &str) -> Result<Vec<Part>, String> {
    let mut parts = Vec::new();
    let mut rest = text;
    let mut in_code = false;
    while !rest.is_empty() {
        let (before, after) = rest.split_once('{').unwrap_or((rest, ""));
        if !before.is_empty() {
            parts.push(Part::Text(before.to_owned()));
        }
        if before.len() == rest.len() {
            break;
        }
        in_code ^= !before.matches('`').count().is_multiple_of(2);
        let (name, after) = after.split_once('}').ok_or("a hole is not closed")?;
        let (name, kind) = match (name.strip_suffix('!'), name.strip_suffix('#')) {
            (Some(name), _) => (name, Kind::Kept),
            (_, Some(name)) => (name, Kind::Number),
            _ if in_code => (name, Kind::Code),
            _ => (name, Kind::Phrase),
        };
        if name.is_empty() || !name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') {
            return Err(format!("`{name}` is no name of a hole"));
        }
        parts.push(Part::Hole(name.to_owned(), kind));
        rest = after;
    }
    Ok(parts)
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::Template;

    fn applied(english: &str, translated: &str, text: &str) -> Option<String> {
        let template = Template::new(english, translated).unwrap();
        template.apply(text, &Cell::new(1000), &mut |phrase| {
            (phrase == "a lock").then(|| "một khóa".to_owned())
        })
    }

    #[test]
    fn what_stands_in_a_hole_is_kept_or_translated() {
        let twice = ("`{a}` waits for {what} {n#} times", "`{a}` chờ {what} {n} lần");
        for (text, wanted) in [
            ("`p` waits for a lock 3 times", Some("`p` chờ một khóa 3 lần")),
            ("`p` waits for a whale 3 times", None),
            ("`p` waits for a lock three times", None),
            ("`p` waits for a lock 3 times over", None),
            ("`` waits for a lock 3 times", None),
            ("`x` or `y` waits for a lock 3 times", None),
        ] {
            assert_eq!(applied(twice.0, twice.1, text).as_deref(), wanted, "{text}");
        }
        assert_eq!(
            applied(
                "`{a}` is waited for",
                "chờ `{a}`",
                "`f(\"is waited for\")` is waited for"
            )
            .as_deref(),
            Some("chờ `f(\"is waited for\")`")
        );
        // The shortest hole is no phrase.
        assert_eq!(
            applied("{what} waits", "{what} chờ", "a lock waits").as_deref(),
            Some("một khóa chờ")
        );
    }

    #[test]
    fn templates_that_cannot_be_used_are_refused() {
        for (english, translated) in [
            ("{a}", "{b}"),
            ("{a} {a}", "{a}"),
            ("{a}{b}", "{a}{b}"),
            ("{a", "{a}"),
            ("{a b}", "{a b}"),
            ("a", " "),
        ] {
            assert!(Template::new(english, translated).is_err(), "{english}");
        }
    }
}
