//! One file an output format. Each writes to any writer, knows nothing of where the findings come from, and lets no
//! control character of a file or its name through to a terminal.

mod audit;
mod concise;
mod conditions;
mod excerpt;
mod full;
mod github;
mod headed;
pub mod html;
mod json;
mod statistics;
mod summary;
mod text;
pub mod verdicts;

#[cfg(test)]
mod samples;

use std::io;

pub use audit::{audit_json, write_audit};
pub use codespan_reporting::term::termcolor;
pub use concise::colour as severity_colour;
pub use conditions::sentences as conditions;
pub use statistics::{write_statistics, write_statistics_json};
pub use summary::{fixable, summary};
pub use text::{counted, visible};

use crate::config::OutputFormat;
use crate::findings::{Finding, Targets};
use crate::lang::Translation;
use termcolor::WriteColor;

/// Where the page of a rule is found; the page's file name follows.
pub const RULE_PAGES: &str = "https://github.com/mplint/mplint/blob/main/rules/";

/// Writes findings, which are in the order in which they are to be shown. `targets` only shortens texts: what holds on
/// everything targeted is not spelled out. What the findings say is translated; what programs read is the same in every
/// language.
///
/// # Errors
/// What the writer returns.
pub fn write(
    format: OutputFormat,
    out: &mut dyn WriteColor,
    findings: &[Finding],
    targets: Targets,
    translation: Translation,
) -> io::Result<()> {
    let findings = &*translation.findings(findings);
    match format {
        OutputFormat::Full => full::write(out, findings, targets, translation),
        OutputFormat::Concise => concise::write(out, findings, translation),
        OutputFormat::Json => json::write(out, findings),
        OutputFormat::Github => github::write(out, findings, translation),
    }
}

/// The web address of a rule's page.
#[must_use]
pub fn rule_url(rule: crate::findings::RuleInfo) -> String {
    format!("{RULE_PAGES}{}-{}.md", rule.code, rule.name)
}
