//! What a rule is given: the model of one file, and a way to say what it found there.

use super::Rule;
use crate::findings::Finding;

/// One rule at work on one file.
#[derive(Debug)]
pub struct Check<'a> {
    rule: &'static Rule,
    findings: &'a mut Vec<Finding>,
}

impl<'a> Check<'a> {
    /// The rule at work, and where its findings go.
    pub fn new(rule: &'static Rule, findings: &'a mut Vec<Finding>) -> Self {
        Self { rule, findings }
    }

    /// The rule at work.
    #[must_use]
    pub fn rule(&self) -> &'static Rule {
        self.rule
    }

    /// Adds a finding.
    pub fn report(&mut self, finding: Finding) {
        self.findings.push(finding);
    }
}
