//! All templates of a language.

use std::cell::Cell;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use serde::Deserialize;

use super::part;
use super::template::{Template, TemplateError};
use crate::findings::Finding;
use crate::rules;

/// What rules and reports have in common.
const SHARED: &str = include_str!("../../rules/vi.toml");

/// Ends of holes that are tried with one text.
const MOST_TRIES: u32 = 2000;

/// Phrases in phrases, such as the parts of a list, go no deeper than this.
const DEEPEST: usize = 12;

static VIETNAMESE: LazyLock<Book> = LazyLock::new(|| Book::read(&mut Vec::new()));

/// Where a template stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Scope {
    /// On the page of the rule with this code: for what the rule says, and for phrases in that.
    Rule(&'static str),
    /// Among the sentences that several rules, or the reports, say.
    Sentences,
    /// Among the phrases that stand in holes.
    Phrases,
}

/// A text in another language.
#[derive(Debug)]
pub struct Translated<'b> {
    /// The text.
    pub text: String,
    /// The templates that it was made by.
    pub by: Vec<&'b Template>,
}

/// Templates, the one that says most first.
#[derive(Debug, Default)]
pub struct Book {
    rules: FxHashMap<&'static str, Vec<Template>>,
    sentences: Vec<Template>,
    phrases: Vec<Template>,
}

#[derive(Deserialize)]
struct Shared {
    sentences: toml::map::Map<String, toml::Value>,
    phrases: toml::map::Map<String, toml::Value>,
}

impl Book {
    /// The Vietnamese one.
    pub fn vietnamese() -> &'static Self {
        &VIETNAMESE
    }

    /// Reads all templates. Those that are wrong are left out, and said to `problems`.
    #[must_use]
    pub fn read(problems: &mut Vec<String>) -> Self {
        let mut book = Self::default();
        let mut sorted = |templates: Vec<Result<Template, TemplateError>>, place: &str| -> Vec<Template> {
            let mut good = Vec::new();
            for template in templates {
                match template {
                    Ok(template) => good.push(template),
                    Err(error) => problems.push(format!("{place}: {error}")),
                }
            }
            good.sort_by_key(|template| std::cmp::Reverse(template.weight()));
            good
        };
        for rule in rules::all() {
            if let Some(part) = part::vietnamese(rule.page) {
                let templates = sorted(part.templates().collect(), rule.info.code);
                book.rules.insert(rule.info.code, templates);
            }
        }
        let shared: Result<Shared, _> = toml::from_str(SHARED);
        match shared {
            Ok(shared) => {
                let pairs = |map: &toml::map::Map<String, toml::Value>| {
                    let pairs = map.iter();
                    pairs
                        .map(|(english, value)| Template::new(english, value.as_str().unwrap_or_default()))
                        .collect()
                };
                book.sentences = sorted(pairs(&shared.sentences), "sentences");
                book.phrases = sorted(pairs(&shared.phrases), "phrases");
            }
            Err(error) => problems.push(error.to_string()),
        }
        book
    }

    /// All templates with their places.
    pub fn templates(&self) -> impl Iterator<Item = (Scope, &Template)> {
        let rules = self
            .rules
            .iter()
            .flat_map(|(code, templates)| templates.iter().map(|template| (Scope::Rule(code), template)));
        let sentences = self.sentences.iter().map(|template| (Scope::Sentences, template));
        let phrases = self.phrases.iter().map(|template| (Scope::Phrases, template));
        rules.chain(sentences).chain(phrases)
    }

    /// A text that a rule says, or a report.
    #[must_use]
    pub fn translate(&self, code: Option<&str>, english: &str) -> Option<Translated<'_>> {
        let own = code
            .and_then(|code| self.rules.get(code))
            .map_or(&[][..], Vec::as_slice);
        let mut by = Vec::new();
        let text = self.first(
            own,
            &[own, &self.sentences],
            english,
            (DEEPEST, &Cell::new(MOST_TRIES)),
            &mut by,
        )?;
        Some(Translated { text, by })
    }

    /// What the first template that fits makes of a text.
    fn first<'b>(
        &'b self,
        own: &'b [Template],
        among: &[&'b [Template]],
        english: &str,
        (deep, tries): (usize, &Cell<u32>),
        by: &mut Vec<&'b Template>,
    ) -> Option<String> {
        among
            .iter()
            .flat_map(|templates| templates.iter())
            .find_map(|template| {
                let before = by.len();
                by.push(template);
                let text = template.apply(english, tries, &mut |phrase| {
                    self.phrase(own, phrase, (deep, tries), by)
                });
                if text.is_none() {
                    by.truncate(before);
                }
                text
            })
    }

    /// What stands in a hole. Code, numbers and signs need no translation.
    fn phrase<'b>(
        &'b self,
        own: &'b [Template],
        english: &str,
        (deep, tries): (usize, &Cell<u32>),
        by: &mut Vec<&'b Template>,
    ) -> Option<String> {
        if is_no_prose(english) {
            return Some(english.to_owned());
        }
        let deep = deep.checked_sub(1)?;
        self.first(own, &[own, &self.phrases], english, (deep, tries), by)
    }

    /// A finding with its texts translated.
    #[must_use]
    pub fn finding(&self, finding: &Finding) -> Finding {
        let code = finding.rule.code;
        let translate = |text: &mut String| {
            if let Some(translated) = self.translate(Some(code), text) {
                *text = translated.text;
            }
        };
        let mut finding = finding.clone();
        translate(&mut finding.message);
        finding
            .related
            .iter_mut()
            .for_each(|related| translate(&mut related.message));
        finding.help.iter_mut().for_each(translate);
        if let Some(fix) = &mut finding.fix {
            translate(&mut fix.message);
        }
        finding
    }
}

/// Whether nothing is left to read of a text when its code is left out.
fn is_no_prose(text: &str) -> bool {
    text.matches('`').count().is_multiple_of(2)
        && text
            .split('`')
            .step_by(2)
            .all(|part| !part.contains(char::is_alphabetic))
}

#[cfg(test)]
mod tests {
    use super::Book;

    /// However often a text could be cut, and however long it is.
    #[test]
    fn no_text_takes_long() {
        for text in [
            format!("`{}` is waited for", "x, y and ".repeat(200)),
            format!("hangs under {}whales", "fork, spawn and ".repeat(2000)),
            "Found ".repeat(5000),
            "`".repeat(5000),
        ] {
            let _ = Book::vietnamese().translate(Some("MP201"), &text);
        }
    }
}
