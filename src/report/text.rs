//! Text from files, made safe and visible.

use std::borrow::Cow;

/// A text in which nothing can steer a terminal or reorder what is read: control characters are shown by their
/// pictures (`␛`), invisible and direction-changing ones by their number (`‹U+202E›`).
#[must_use]
pub fn visible(text: &str) -> Cow<'_, str> {
    if !text.chars().any(needs_picture) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        push_visible(&mut out, c);
    }
    Cow::Owned(out)
}

/// Appends one character as [`visible`] shows it.
pub(super) fn push_visible(out: &mut String, c: char) {
    if !needs_picture(c) {
        out.push(c);
    } else if c.is_ascii() {
        // U+2400 … U+2421 are the pictures of the ASCII control characters, in their order; DEL is the last.
        let picture = if c == '\u{7f}' { 0x2421 } else { 0x2400 + u32::from(c) };
        out.push(char::from_u32(picture).unwrap_or('\u{fffd}'));
    } else {
        out.push_str(&format!("‹U+{:04X}›", u32::from(c)));
    }
}

fn needs_picture(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}'
                | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}'
        )
}

/// `a`, `a and b`, `a, b and c`.
pub(super) fn and_list<S: AsRef<str>>(parts: &[S]) -> String {
    match parts {
        [] => String::new(),
        [one] => one.as_ref().to_owned(),
        [most @ .., last] => {
            let most: Vec<_> = most.iter().map(AsRef::as_ref).collect();
            format!("{} and {}", most.join(", "), last.as_ref())
        }
    }
}

/// `1 file`, `2 files`.
#[must_use]
pub fn counted(number: usize, noun: &str) -> String {
    format!("{number} {noun}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn what_steers_a_terminal_is_shown_and_the_rest_is_kept() {
        assert_eq!(visible("größe = \"並列\" 👍"), "größe = \"並列\" 👍");
        assert_eq!(visible("\x1b[31m\x07\0\x7f\t\r\n"), "␛[31m␇␀␡␉␍␊");
        assert_eq!(visible("a\u{9b}31m\u{202e}b\u{feff}"), "a‹U+009B›31m‹U+202E›b‹U+FEFF›");
    }

    #[test]
    fn no_control_character_survives() {
        for c in ('\0'..='\u{2fff}').filter(|c| c.is_control()) {
            assert!(!visible(&c.to_string()).contains(char::is_control), "{c:?}");
        }
    }
}
