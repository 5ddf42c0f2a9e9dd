//! What experiments say of findings as one page for a browser, which needs nothing from elsewhere.

mod drawing;

use std::io::{self, Write};

use super::rule_url;
use crate::findings::verification::{Run, Source, Verdict, Verification};
use crate::findings::{Finding, Severity};

/// The looks of the page.
const STYLE: &str = include_str!("html/style.css");

/// Lines of the file that are shown around a finding.
const AROUND: usize = 4;

/// Writes the page.
///
/// # Errors
/// What the writer returns.
pub fn write(out: &mut dyn Write, findings: &[Finding], verifications: &[Verification]) -> io::Result<()> {
    writeln!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\"/>\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n\
         <title>mplint: what the experiments say</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<main>"
    )?;
    writeln!(out, "<h1>What the experiments say</h1>")?;
    let count = |verdict| verifications.iter().filter(|one| one.verdict == verdict).count();
    let words: Vec<String> = [
        Verdict::Confirmed,
        Verdict::Refuted,
        Verdict::NotReproduced,
        Verdict::Inconclusive,
        Verdict::NotRun,
    ]
    .into_iter()
    .filter(|&verdict| count(verdict) > 0)
    .map(|verdict| format!("<span class=\"verdict {verdict}\">{} {verdict}</span>", count(verdict)))
    .collect();
    writeln!(
        out,
        "<p class=\"sum\">{}</p>",
        if words.is_empty() {
            "Nothing was found.".to_owned()
        } else {
            words.join(" ")
        }
    )?;
    table(out, findings, verifications)?;
    if verifications
        .iter()
        .any(|one| one.runs.iter().any(|run| !run.timelines.is_empty()))
    {
        drawing::legend(out)?;
    }
    for (number, (finding, verification)) in findings.iter().zip(verifications).enumerate() {
        section(out, number + 1, finding, verification)?;
    }
    writeln!(
        out,
        "<footer>Written by mplint {}. Times are seconds after the beginning of the program; what a program notes of itself \
         is put in by its first note.</footer>\n</main>\n</body>\n</html>",
        env!("CARGO_PKG_VERSION")
    )
}

/// A text that means nothing to a browser.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in super::visible(text).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// The same with what stands between backticks as code.
fn prose(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    let mut out = String::new();
    for (at, part) in parts.iter().enumerate() {
        // An odd one at the end is no pair.
        let is_code = at % 2 == 1 && at + 1 < parts.len();
        match is_code {
            true => out.push_str(&format!("<code>{}</code>", plain(part))),
            false if at % 2 == 1 => out.push_str(&format!("`{}", plain(part))),
            false => out.push_str(&plain(part)),
        }
    }
    out
}

fn place(finding: &Finding) -> String {
    let file = &finding.location.file;
    let at = file.line_column(finding.location.span.start);
    format!("{}:{}:{}", file.name(), at.row, at.column)
}

fn table(out: &mut dyn Write, findings: &[Finding], verifications: &[Verification]) -> io::Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    let columns = super::verdicts::columns(verifications);
    write!(out, "<table class=\"all\">\n<thead><tr><th>finding</th>")?;
    for (python, method) in &columns {
        write!(out, "<th>{} {method}</th>", plain(python))?;
    }
    writeln!(out, "<th>verdict</th></tr></thead>\n<tbody>")?;
    for (number, (finding, verification)) in findings.iter().zip(verifications).enumerate() {
        write!(
            out,
            "<tr><td><a href=\"#f{}\">{} {}</a></td>",
            number + 1,
            finding.rule.code,
            plain(&place(finding))
        )?;
        for &(python, method) in &columns {
            let of = |run: &&Run| run.python == python && run.start_method == method;
            match verification.runs.iter().find(of) {
                Some(run) => write!(
                    out,
                    "<td class=\"{}\">{}</td>",
                    run.verdict,
                    plain(&super::verdicts::cell(run))
                )?,
                None => write!(out, "<td class=\"none\">·</td>")?,
            }
        }
        writeln!(
            out,
            "<td><span class=\"verdict {0}\">{0}</span></td></tr>",
            verification.verdict
        )?;
    }
    writeln!(out, "</tbody>\n</table>")
}

fn section(out: &mut dyn Write, number: usize, finding: &Finding, verification: &Verification) -> io::Result<()> {
    writeln!(
        out,
        "<section id=\"f{number}\">\n<h2><span class=\"verdict {0}\">{0}</span> <a href=\"{1}\">{2}</a> {3}</h2>",
        verification.verdict,
        plain(&rule_url(finding.rule)),
        finding.rule.code,
        prose(&finding.message)
    )?;
    let severity = match finding.severity {
        Severity::Note => "note",
        Severity::Warning => "warning",
        Severity::Error => "error",
    };
    writeln!(out, "<p class=\"where\">{severity} at {}</p>", plain(&place(finding)))?;
    excerpt(out, finding)?;
    writeln!(out, "<dl>")?;
    let mut entry = |term: &str, text: String| writeln!(out, "<dt>{term}</dt><dd>{text}</dd>");
    if let Some(reason) = &verification.reason {
        entry("why", prose(reason))?;
    }
    if let Some(harness) = &verification.harness {
        entry(
            "run",
            format!("{}, sandbox: {}", prose(harness), plain(&verification.sandbox)),
        )?;
    }
    for stand_in in &verification.stand_ins {
        entry("stand-in", prose(stand_in))?;
    }
    for amplified in &verification.amplified {
        entry("amplified", prose(amplified))?;
    }
    if let Some(help) = &finding.help {
        entry("help", prose(help))?;
    }
    writeln!(out, "</dl>")?;
    for run in &verification.runs {
        experiment(out, run)?;
    }
    writeln!(out, "</section>")
}

/// The lines around a finding.
fn excerpt(out: &mut dyn Write, finding: &Finding) -> io::Result<()> {
    let file = &finding.location.file;
    let first = file.line_index(finding.location.span.start);
    let last = file.line_index(
        finding
            .location
            .span
            .end
            .saturating_sub(1)
            .max(finding.location.span.start),
    );
    writeln!(out, "<pre class=\"source\">")?;
    for line in first.saturating_sub(AROUND)..=last + AROUND {
        let Some(text) = file.line_span(line).and_then(|span| file.text().get(span.range())) else {
            break;
        };
        let class = if (first..=last).contains(&line) {
            " class=\"hit\""
        } else {
            ""
        };
        writeln!(
            out,
            "<span{class}><i>{:>4}</i> {}</span>",
            line + 1,
            plain(text.trim_end_matches(['\n', '\r']))
        )?;
    }
    writeln!(out, "</pre>")
}

fn experiment(out: &mut dyn Write, run: &Run) -> io::Result<()> {
    writeln!(
        out,
        "<article>\n<h3>Python {} under {}: <span class=\"verdict {2}\">{2}</span></h3>",
        plain(&run.python),
        run.start_method,
        run.verdict
    )?;
    if let Some(detail) = &run.detail {
        let word = match run.source {
            Some(Source::Seen) => "seen from outside",
            _ => "the program's own word",
        };
        writeln!(
            out,
            "<p><b>{}</b>: {} <small>({word}, {} of {} runs)</small></p>",
            plain(&run.symptom),
            prose(detail),
            run.seen.0,
            run.seen.1
        )?;
    }
    if let Some(control) = &run.compared_with {
        writeln!(
            out,
            "<p>Compared with {}: {}.</p>",
            prose(control),
            plain(run.control.as_deref().unwrap_or("clean"))
        )?;
    }
    if let Some(after) = &run.after_fix {
        let word = if after.holds { "holds" } else { "does not hold" };
        writeln!(out, "<p>The fix {word}: {}.</p>", prose(&after.detail))?;
    }
    if run.verdict != Verdict::Confirmed
        && let Some(reason) = &run.reason
    {
        writeln!(out, "<p>{}</p>", prose(reason))?;
    }
    for timeline in &run.timelines {
        drawing::write(out, timeline)?;
    }
    if !run.stacks.is_empty() {
        writeln!(out, "<table class=\"stacks\">\n<thead><tr>")?;
        for stack in &run.stacks {
            write!(out, "<th>{}</th>", plain(&stack.process))?;
        }
        writeln!(out, "</tr></thead>\n<tbody><tr>")?;
        for stack in &run.stacks {
            let frames: Vec<String> = stack.frames.iter().map(|frame| plain(frame)).collect();
            write!(out, "<td>{}</td>", frames.join("<br/>"))?;
        }
        writeln!(out, "</tr></tbody>\n</table>")?;
    }
    writeln!(
        out,
        "<p class=\"again\">again: <code>--replay {}</code></p>\n</article>",
        plain(&run.replay)
    )
}
