//! `mplint explain`: the page of a rule, laid out for a terminal.

use std::io::{self, Write};

use super::{Colour, LangArg, exit};
use crate::lang::{Translation, part};
use crate::report::termcolor::{Color, ColorSpec, WriteColor};
use crate::report::{rule_url, severity_colour};
use crate::rules::{self, Rule};

/// The arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The code of a rule, such as MP401, or its name
    #[arg(value_name = "RULE")]
    rule: String,

    #[command(flatten)]
    language: LangArg,
}

/// Runs the command.
pub fn run(args: &Args, colour: Colour) -> anyhow::Result<u8> {
    let rule = find(&args.rule)?;
    let mut out = colour.stdout();
    page(&mut out, rule, args.language.translation())?;
    out.flush()?;
    Ok(exit::CLEAN)
}

fn find(word: &str) -> anyhow::Result<&'static Rule> {
    let lower = word.trim().to_lowercase();
    let found = rules::all()
        .iter()
        .find(|rule| rule.info.code.eq_ignore_ascii_case(&lower) || rule.info.name == lower);
    if let Some(rule) = found {
        return Ok(rule);
    }
    let nearest = rules::all()
        .iter()
        .flat_map(|rule| {
            [rule.info.code, rule.info.name].map(|text| {
                let score = strsim::jaro_winkler(&lower, &text.to_lowercase());
                (score, rule)
            })
        })
        .max_by(|(a, _), (b, _)| a.total_cmp(b));
    match nearest {
        Some((score, rule)) if score > 0.75 => anyhow::bail!(
            "mplint has no rule `{word}`; did you mean {} ({})?",
            rule.info.code,
            rule.info.name
        ),
        _ => anyhow::bail!("mplint has no rule `{word}`; `mplint rules` lists them"),
    }
}

fn page(out: &mut dyn WriteColor, rule: &'static Rule, translation: Translation) -> io::Result<()> {
    out.set_color(ColorSpec::new().set_bold(true))?;
    write!(out, "{} {}", rule.info.code, rule.info.name)?;
    out.reset()?;
    write!(out, " (")?;
    out.set_color(&severity_colour(rule.severity))?;
    write!(out, "{}", translation.text(rule.severity.as_str()))?;
    out.reset()?;
    writeln!(out, ")\n{}\n", rule_url(rule.info))?;
    let english = without_front_matter(part::english(rule.page));
    let Some(part) = translation.part(rule) else {
        return body(out, english.trim_end(), translation);
    };
    body(out, &format!("# {}\n\n{}", part.title, part.explanation), translation)?;
    // The programs of a page need no translation: the first mistake, and how it is put right.
    for block in first_examples(english) {
        writeln!(out)?;
        body(out, block, translation)?;
    }
    let more = format!(
        "the whole page, in English: `mplint explain {} --lang en`",
        rule.info.code
    );
    writeln!(out, "\n{}", translation.text(&more))
}

/// The first bad example of a page, and the fixed one, where it comes next.
fn first_examples(page: &str) -> Vec<&str> {
    let block = |text: &'static str| {
        let start = page.find(text)?;
        let rest = page.get(start..)?;
        let end = rest.find("\n```\n")? + "\n```".len();
        Some((start, rest.get(..end)?))
    };
    let Some((at, bad)) = block("```python bad") else {
        return Vec::new();
    };
    let next_bad = page.get(at + bad.len()..).and_then(|rest| rest.find("```python bad"));
    let fixed =
        block("```python fixed").filter(|(start, _)| next_bad.is_none_or(|next| *start < at + bad.len() + next));
    [Some(bad), fixed.map(|(_, fixed)| fixed)]
        .into_iter()
        .flatten()
        .collect()
}

/// Markdown, laid out for a terminal.
fn body(out: &mut dyn WriteColor, text: &str, translation: Translation) -> io::Result<()> {
    let mut in_code = false;
    for line in text.lines() {
        if let Some(info) = line.strip_prefix("```") {
            if !in_code {
                label(out, info, translation)?;
            }
            in_code = !in_code;
        } else if in_code {
            out.set_color(ColorSpec::new().set_fg(Some(Color::Cyan)))?;
            write!(out, "{}{line}", if line.is_empty() { "" } else { "    " })?;
            out.reset()?;
            writeln!(out)?;
        } else if line.starts_with('#') {
            out.set_color(ColorSpec::new().set_bold(true))?;
            write!(out, "{}", line.trim_start_matches('#').trim_start())?;
            out.reset()?;
            writeln!(out)?;
        } else {
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

/// What stands above an example: `bad`, `fixed` or `good`, and its name.
fn label(out: &mut dyn WriteColor, info: &str, translation: Translation) -> io::Result<()> {
    let mut words = info.split_whitespace().skip(1);
    let kind = words.next().unwrap_or_default();
    let colour = match kind {
        "bad" => Color::Red,
        "fixed" | "good" => Color::Green,
        _ => return Ok(()),
    };
    out.set_color(ColorSpec::new().set_bold(true).set_fg(Some(colour)))?;
    write!(out, "{}", translation.text(kind))?;
    out.reset()?;
    let name = info
        .split_once("name=\"")
        .and_then(|(_, rest)| rest.split_once('"'))
        .map(|(name, _)| name);
    match name {
        Some(name) => writeln!(out, ": {name}"),
        None => writeln!(out, ":"),
    }
}

fn without_front_matter(page: &str) -> &str {
    page.strip_prefix("---")
        .and_then(|rest| rest.split_once("\n---"))
        .map_or(page, |(_, body)| body.trim_start_matches(['\r', '\n']))
}

#[cfg(test)]
mod tests {
    use super::find;

    #[test]
    fn by_code_or_name_in_any_case() {
        for word in ["MP901", "mp901", "unused-suppression", " Unused-Suppression"] {
            assert_eq!(find(word).unwrap().info.code, "MP901", "{word}");
        }
    }

    #[test]
    fn the_nearest_is_offered() {
        let error = |word| find(word).unwrap_err().to_string();
        assert!(error("unused-supression").ends_with("did you mean MP901 (unused-suppression)?"));
        assert_eq!(
            error("PLR0913"),
            "mplint has no rule `PLR0913`; `mplint rules` lists them"
        );
    }
}
