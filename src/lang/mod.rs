//! English and Vietnamese. Everything in mplint speaks English; what a person asked to read in Vietnamese is translated
//! when it is written, and nowhere before.
//!
//! A text is translated by templates: the English one has named holes, the Vietnamese one has the same. Those of a rule
//! stand at the end of its page (`part`), those that are shared in `rules/vi.toml`. A text for which no template fits,
//! or whose hole holds English prose that none fits, stays English as a whole: half a translation is worse than none.
//! [The decision](https://github.com/mplint/mplint/blob/main/docs/decisions/0008-two-languages.md) says why it is done so.

mod book;
pub mod part;
mod template;

use std::borrow::Cow;

pub use book::{Book, Scope, Translated};
pub use template::{Template, TemplateError};

use crate::config::Lang;
use crate::findings::Finding;
use crate::rules::Rule;

/// How texts are written for the reader: as they are, or by a book of templates.
#[derive(Clone, Copy, Debug, Default)]
pub struct Translation(Option<&'static Book>);

impl Translation {
    /// Texts as they are.
    pub const ENGLISH: Self = Self(None);

    /// Into a language.
    #[must_use]
    pub fn to(lang: Lang) -> Self {
        match lang {
            Lang::En => Self::ENGLISH,
            Lang::Vi => Self(Some(Book::vietnamese())),
        }
    }

    /// The code of the language, as HTML names it.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self.0 {
            None => "en",
            Some(_) => "vi",
        }
    }

    /// A word or sentence that mplint says of itself.
    #[must_use]
    pub fn text(self, english: &str) -> Cow<'_, str> {
        match self.0.and_then(|book| book.translate(None, english)) {
            Some(translated) => Cow::Owned(translated.text),
            None => Cow::Borrowed(english),
        }
    }

    /// The findings with all that they say to a person. Codes, names, symptoms and places are no texts.
    #[must_use]
    pub fn findings(self, findings: &[Finding]) -> Cow<'_, [Finding]> {
        match self.0 {
            None => Cow::Borrowed(findings),
            Some(book) => Cow::Owned(findings.iter().map(|finding| book.finding(finding)).collect()),
        }
    }

    /// The message of a finding.
    #[must_use]
    pub fn message(self, finding: &Finding) -> Cow<'_, str> {
        match self
            .0
            .and_then(|book| book.translate(Some(finding.rule.code), &finding.message))
        {
            Some(translated) => Cow::Owned(translated.text),
            None => Cow::Borrowed(&finding.message),
        }
    }

    /// The title of a rule.
    #[must_use]
    pub fn title(self, rule: &'static Rule) -> &'static str {
        match self.0.and_then(|_| part::vietnamese(rule.page)) {
            Some(part) => part.title,
            None => rule.title,
        }
    }

    /// What the page of a rule says in this language, where that is not English.
    #[must_use]
    pub fn part(self, rule: &'static Rule) -> Option<part::Part<'static>> {
        self.0.and_then(|_| part::vietnamese(rule.page))
    }
}
