//! The Vietnamese part of a rule page: what stands under its last heading of the first level.
//!
//! It begins with the line `# Tiếng Việt: …`, which gives the title; then comes the explanation, and at the end a code
//! block `messages`, in which two lines that follow each other are a template in English and its translation; empty
//! lines stand between the pairs.

use super::template::{Template, TemplateError};

/// How the heading begins.
pub const HEADING: &str = "# Tiếng Việt: ";

/// How the block of templates begins.
const MESSAGES: &str = "```messages\n";

/// What a page says in Vietnamese.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Part<'p> {
    /// The title.
    pub title: &'p str,
    /// The explanation, as Markdown.
    pub explanation: &'p str,
    /// The pairs of lines.
    messages: &'p str,
}

/// Where the Vietnamese part of a page begins, if it has one.
fn start(page: &str) -> Option<usize> {
    page.match_indices(HEADING)
        .map(|(at, _)| at)
        .find(|&at| page.get(..at).is_some_and(|before| before.ends_with('\n')))
}

/// The English part of a page: all of it, where there is no other.
#[must_use]
pub fn english(page: &str) -> &str {
    start(page).and_then(|at| page.get(..at)).unwrap_or(page)
}

/// The Vietnamese part of a page.
#[must_use]
pub fn vietnamese(page: &str) -> Option<Part<'_>> {
    let rest = page.get(start(page)? + HEADING.len()..)?;
    let (title, body) = rest.split_once('\n').unwrap_or((rest, ""));
    let (explanation, messages) = body.split_once(MESSAGES).unwrap_or((body, ""));
    let messages = messages.split_once("```").map_or(messages, |(messages, _)| messages);
    Some(Part {
        title: title.trim(),
        explanation: explanation.trim(),
        messages,
    })
}

impl Part<'_> {
    /// The templates, or what is wrong with each of them.
    pub fn templates(&self) -> impl Iterator<Item = Result<Template, TemplateError>> {
        let pairs = self
            .messages
            .split("\n\n")
            .map(str::trim)
            .filter(|pair| !pair.is_empty());
        pairs.map(|pair| {
            let (english, translated) = pair.split_once('\n').unwrap_or((pair, ""));
            Template::new(english.trim(), translated.trim())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{english, vietnamese};

    const PAGE: &str = "# Title\n\nNot # Tiếng Việt: this\n\n# Tiếng Việt: Tiêu đề\n\nVì sao.\n\n```messages\na `{b}`\nmột `{b}`\n\nc\nd\n```\n";

    #[test]
    fn the_parts_of_a_page() {
        assert_eq!(english(PAGE), "# Title\n\nNot # Tiếng Việt: this\n\n");
        assert_eq!(english("# Title\n"), "# Title\n");
        assert_eq!(vietnamese("# Title\n"), None);
        let part = vietnamese(PAGE).unwrap();
        assert_eq!((part.title, part.explanation), ("Tiêu đề", "Vì sao."));
        let english: Vec<String> = part.templates().map(|template| template.unwrap().english).collect();
        assert_eq!(english, ["a `{b}`", "c"]);
    }
}
