//! One file a rule, and the catalogue that is made of the rule pages.
//!
//! The build script reads the front matter of every page under `rules/` and writes the catalogue; a rule is its page
//! and the file of the same name here, which exports its [`Hook`]. Nothing else lists the rules.

pub mod check;
pub mod front_matter;
pub mod page;
mod sent;
mod supply;
mod unstarted;
mod waits;

use std::sync::Arc;

use crate::api::Api;
use crate::files::SourceFile;
use crate::findings::{self, Applicability, Expectation, Finding, RuleInfo, Severity, Targets};
use crate::model::Model;
use crate::model::code::Program;
use crate::program::Modules;
use crate::python::Symbols;
use crate::python::ir::Module;
pub use check::Check;

/// What the catalogue says of a rule. All of it comes from the front matter of the rule's page.
#[derive(Debug)]
pub struct Rule {
    /// Code and name.
    pub info: RuleInfo,
    /// The heading of the page.
    pub title: &'static str,
    /// The highest severity that a finding of this rule has.
    pub severity: Severity,
    /// The kind of repair that it offers, if any.
    pub fix: Option<Applicability>,
    /// Whether it runs when nobody selects it.
    pub default_on: bool,
    /// Codes of the rules whose findings at the same place this one makes superfluous.
    pub subsumes: &'static [&'static str],
    /// Under what the pattern fails, and how that shows.
    pub expect: &'static [Expectation],
    /// The page, as it stands in the file.
    pub page: &'static str,
    /// How the rule comes to its findings.
    pub hook: Hook,
}

/// How a rule comes to its findings.
#[derive(Clone, Copy, Debug)]
pub enum Hook {
    /// It asks the model, once for each file.
    Model(fn(&mut Check<'_>)),
    /// The pipeline meets the mistake on its way and asks the rule's file for the words.
    Pipeline,
}

// The modules of the rules, `RULES` and `codes`.
include!(concat!(env!("OUT_DIR"), "/registry.rs"));

/// The catalogue, in the order of the codes.
#[must_use]
pub fn all() -> &'static [Rule] {
    RULES
}

/// The rule with a code.
#[must_use]
pub fn by_code(code: &str) -> Option<&'static Rule> {
    all().iter().find(|rule| rule.info.code == code)
}

/// What the rules have to say of one file.
#[derive(Debug, Default)]
pub struct Checked {
    /// The findings, in no particular order.
    pub findings: Vec<Finding>,
    /// Whether the file was too large to be followed to its end.
    pub cut_short: bool,
}

/// Runs the analysis over the program that begins with a file, and returns what the rules that `selected` admits have to
/// say of it. Findings may lie in any file of the program.
pub fn check_program(
    file: &Arc<SourceFile>,
    module: Module,
    modules: &dyn Modules,
    symbols: &mut Symbols,
    api: &Api,
    targets: Targets,
    selected: &(dyn Fn(&Rule) -> bool + Sync),
) -> Checked {
    let program = Program::new(Arc::clone(file), modules.name_of(file.path()), module);
    // Calls inside calls are followed on the stack of the thread, which may be a small one.
    let model = stacker::maybe_grow(16 << 20, 64 << 20, || {
        Model::of(&program, modules, symbols, api, targets)
    });
    let mut findings = Vec::new();
    for rule in all().iter().filter(|rule| selected(rule)) {
        if let Hook::Model(ask) = rule.hook {
            let mut check = Check::new(rule, &model);
            ask(&mut check);
            findings.extend(check.into_findings());
        }
    }
    Checked {
        findings,
        cut_short: model.is_cut_short(),
    }
}
