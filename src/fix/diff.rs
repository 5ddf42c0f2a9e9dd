//! What a fix would change, as a unified diff.

use std::io;

use similar::TextDiff;

use crate::report::termcolor::{Color, ColorSpec, WriteColor};
use crate::report::visible;

/// Writes the difference between two texts of a file. The name is shown as it is, for tools to find the file by it.
///
/// # Errors
/// What the output says.
pub fn write(out: &mut dyn WriteColor, name: &str, old: &str, new: &str) -> io::Result<()> {
    let diff = TextDiff::from_lines(old, new);
    let mut unified = diff.unified_diff();
    let unified = unified.context_radius(3).header(name, name).to_string();
    for line in unified.split_inclusive('\n') {
        let colour = match line.as_bytes() {
            [b'+', b'+', b'+', ..] | [b'-', b'-', b'-', ..] => None,
            [b'+', ..] => Some(Color::Green),
            [b'-', ..] => Some(Color::Red),
            [b'@', ..] => Some(Color::Cyan),
            _ => None,
        };
        if let Some(colour) = colour {
            out.set_color(ColorSpec::new().set_fg(Some(colour)))?;
        }
        // On a terminal a text must not steer; elsewhere it must be what it is.
        match line.strip_suffix('\n') {
            Some(shown) if out.supports_color() => writeln!(out, "{}", visible(shown))?,
            _ => out.write_all(line.as_bytes())?,
        }
        if colour.is_some() {
            out.reset()?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use crate::report::termcolor::NoColor;

    #[test]
    fn a_unified_diff() {
        let mut out = NoColor::new(Vec::new());
        super::write(&mut out, "src/a.py", "a\r\nb\r\nc", "a\r\nB\r\nc").unwrap();
        insta::assert_snapshot!(String::from_utf8(out.into_inner()).unwrap().replace('\r', "␍"), @r"
        --- src/a.py
        +++ src/a.py
        @@ -1,3 +1,3 @@
         a␍
        -b␍
        +B␍
         c
        \ No newline at end of file
        ");
    }
}
