//! One file a rule, and the catalogue that is made of the rule pages.

use std::sync::Arc;

use crate::files::SourceFile;
use crate::findings::{Expectation, Finding, RuleInfo, Severity, Targets};
use crate::python::{Parsed, Symbols};

/// What the catalogue says of a rule. All of it comes from the front matter of the rule's page.
#[derive(Debug)]
pub struct Rule {
    /// Code and name.
    pub info: RuleInfo,
    /// The heading of the page.
    pub title: &'static str,
    /// The highest severity that a finding of this rule has.
    pub severity: Severity,
    /// Codes of the rules whose findings at the same place this one makes superfluous.
    pub subsumes: &'static [&'static str],
    /// Under what the pattern fails, and how that shows.
    pub expect: &'static [Expectation],
    /// The page, as it stands in the file.
    pub page: &'static str,
}

/// The catalogue, in the order of the codes.
#[must_use]
pub fn all() -> &'static [Rule] {
    &[]
}

/// The rule with a code.
#[must_use]
pub fn by_code(code: &str) -> Option<&'static Rule> {
    all().iter().find(|rule| rule.info.code == code)
}

/// Runs the analysis over one parsed file and returns what the rules that `selected` admits have to say, in no
/// particular order.
pub fn check_file(
    _file: &Arc<SourceFile>,
    _parsed: &Parsed,
    _symbols: &mut Symbols,
    _targets: Targets,
    _selected: &(dyn Fn(&Rule) -> bool + Sync),
) -> Vec<Finding> {
    Vec::new()
}
