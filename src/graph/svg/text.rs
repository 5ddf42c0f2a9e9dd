//! Text in a drawing: how wide it is, where it is broken, and what of it a reader of XML would take for something else.

/// A font's size, and whether it is bold.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Font {
    /// Its size in units of the drawing.
    pub size: f64,
    /// Whether it is bold.
    pub bold: bool,
}

/// The fonts of viewers differ, and some are wider than the table says. A line has so much more room.
const ROOM: f64 = 1.15;

/// How much wider bold text is.
const BOLD: f64 = 1.12;

/// How wide a character is, in thousandths of the font's size: those of Helvetica, which Arial and Liberation Sans share.
fn width_of(c: char) -> u32 {
    match c {
        'i' | 'j' | 'l' | '\'' => 222,
        ' ' | 'I' | 'f' | 't' | ',' | '.' | ':' | ';' | '!' | '/' | '\\' | '[' | ']' | '|' => 278,
        'r' | '(' | ')' | '-' | '`' | '{' | '}' | '"' | '*' => 345,
        'c' | 'k' | 's' | 'v' | 'x' | 'y' | 'z' | 'J' => 500,
        'a' | 'b' | 'd' | 'e' | 'g' | 'h' | 'n' | 'o' | 'p' | 'q' | 'u' | 'L' | '_' | '0'..='9' | '#' | '$' | '?' => {
            556
        }
        'F' | 'T' | 'Z' | '+' | '=' | '<' | '>' | '~' => 611,
        'A' | 'B' | 'E' | 'K' | 'P' | 'S' | 'V' | 'X' | 'Y' | '&' => 667,
        'C' | 'D' | 'H' | 'N' | 'R' | 'U' | 'w' => 722,
        'G' | 'O' | 'Q' => 778,
        'm' | 'M' | '%' => 889,
        'W' | '@' | '…' => 1000,
        // Letters with marks, and those of other alphabets.
        c if (c as u32) < 0x1100 || ('\u{1e00}'..='\u{1fff}').contains(&c) => 667,
        // Ideographs, pictures.
        _ => 1050,
    }
}

/// How wide a line is.
pub(super) fn width(text: &str, font: Font) -> f64 {
    let thousandths: u32 = text.chars().map(width_of).sum();
    let bold = if font.bold { BOLD } else { 1.0 };
    f64::from(thousandths) / 1000.0 * font.size * ROOM * bold
}

/// A text as lines that are no wider than asked for, and no more than so many. What does not fit ends in `…`.
pub(super) fn wrapped(text: &str, font: Font, widest: f64, most: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    for part in text.split_inclusive(' ').flat_map(|word| fitting(word, font, widest)) {
        let Some(line) = lines.last_mut() else { break };
        let longer = format!("{line}{part}");
        if line.is_empty() || width(longer.trim_end(), font) <= widest {
            *line = longer;
        } else {
            lines.push(part.to_owned());
        }
        if lines.len() > most {
            return cut(&lines, font, widest, most);
        }
    }
    lines.iter().map(|line| line.trim().to_owned()).collect()
}

/// The first lines, the last of which ends in `…`.
fn cut(lines: &[String], font: Font, widest: f64, most: usize) -> Vec<String> {
    let mut kept: Vec<String> = lines.iter().take(most).map(|line| line.trim().to_owned()).collect();
    if let Some(last) = kept.last_mut() {
        while width(&format!("{last}…"), font) > widest && last.pop().is_some() {}
        *last = format!("{}…", last.trim_end());
    }
    kept
}

/// A word in parts each of which fits into a line. Names and paths are broken where they are composed, if that will do.
fn fitting(word: &str, font: Font, widest: f64) -> Vec<&str> {
    if width(word.trim_end(), font) <= widest {
        return vec![word];
    }
    let pieces = word.split_inclusive(['.', '_', '/', '-', ',', '=']);
    pieces.flat_map(|piece| broken(piece, font, widest)).collect()
}

/// A piece of a word, broken wherever a line is full.
fn broken(mut piece: &str, font: Font, widest: f64) -> Vec<&str> {
    let mut parts = Vec::new();
    while width(piece.trim_end(), font) > widest {
        let mut end = 0;
        for (at, c) in piece.char_indices() {
            let next = at + c.len_utf8();
            if end > 0 && width(&piece[..next], font) > widest {
                break;
            }
            end = next;
        }
        // One character that does not fit is a part, too.
        if end == piece.len() {
            break;
        }
        let (part, rest) = piece.split_at(end);
        parts.push(part);
        piece = rest;
    }
    parts.push(piece);
    parts
}

/// A text that means nothing to a reader of XML.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in crate::report::visible(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // XML has no way to write these.
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::{Font, escaped, width, wrapped};

    const FONT: Font = Font {
        size: 10.0,
        bold: false,
    };

    #[test]
    fn lines_are_broken_where_words_end() {
        assert_eq!(wrapped("one two three", FONT, 45.0, 3), ["one two", "three"]);
        assert_eq!(wrapped("one", FONT, 40.0, 3), ["one"]);
        assert_eq!(wrapped("", FONT, 40.0, 3), [""]);
        assert_eq!(wrapped("self.work_of_all", FONT, 56.0, 3), ["self.work_", "of_all"]);
    }

    #[test]
    fn no_line_is_too_wide_and_no_text_too_long() {
        let long = "m".repeat(100);
        for text in [
            long.as_str(),
            "größe 漢字漢字漢字漢字 of_something.quite_long",
            "a b c d e f g h i j k l m n",
        ] {
            let lines = wrapped(text, FONT, 40.0, 3);
            assert!(lines.len() <= 3, "{lines:?}");
            assert!(lines.iter().all(|line| width(line, FONT) <= 40.0), "{lines:?}");
        }
        assert!(wrapped(&long, FONT, 40.0, 3)[2].ends_with('…'));
        // Not even one character fits.
        assert_eq!(wrapped("mm", FONT, 1.0, 3), ["m", "m"]);
    }

    #[test]
    fn nothing_ends_a_text() {
        assert_eq!(
            escaped("<a href=\"b\">&amp;\u{ffff}größe\n"),
            "&lt;a href=&quot;b&quot;&gt;&amp;amp;\u{fffd}größe␊"
        );
    }
}
