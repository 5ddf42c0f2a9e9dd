//! One file a rule, and the catalogue that is made of the rule pages.
//!
//! The build script reads the front matter of every page under `rules/` and writes the catalogue; a rule is its page
//! and the file of the same name here, which exports its [`Hook`]. Nothing else lists the rules.

mod called;
pub mod check;
mod foreign;
pub mod front_matter;
mod guarding;
mod in_turn;
mod inherited;
mod late_globals;
mod lifetime;
mod lost_changes;
mod methods;
mod missing_names;
mod order;
pub mod page;
mod receiving;
pub mod repair;
mod returned;
mod sent;
mod shared_file;
mod starting;
mod supply;
mod task_ends;
mod tasks;
mod threads;
mod unstarted;
mod waits;
mod ways;

use std::path::Path;
use std::sync::Arc;

use rustc_hash::FxHashMap;

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

/// A finding as the run of one program gives it.
#[derive(Debug)]
pub struct Found {
    /// The finding.
    pub finding: Finding,
    /// Whether it rests on nothing but what a stranger might do with the root's functions. Those who really call them may
    /// know better.
    pub isolated: bool,
}

/// What the rules have to say of one program.
#[derive(Debug, Default)]
pub struct Checked {
    /// The findings, in no particular order; in whichever files of the program they lie.
    pub found: Vec<Found>,
    /// The lines of other files than the root that have been run, by the names of the files.
    pub covered: Vec<(Arc<str>, Vec<u32>)>,
    /// Whether the program was too large to be followed to its end.
    pub cut_short: bool,
    /// Who starts processes, if anybody does.
    pub starts: Option<Starts>,
}

/// Who starts the processes of a program.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub struct Starts {
    /// Whether the file does so itself when it is run as a script; else a function of it that somebody else calls.
    pub as_script: bool,
    /// Whether it is known what each of the processes runs.
    pub all_known: bool,
}

/// The file that a program is run from.
#[derive(Debug)]
pub struct Root<'a> {
    /// Its text.
    pub file: &'a Arc<SourceFile>,
    /// The path under which the project knows it.
    pub path: Arc<Path>,
    /// Its code.
    pub module: Arc<Module>,
}

/// Runs the analysis over the program that begins with a file, and hands over what came of it.
pub fn with_model<T>(
    root: Root<'_>,
    modules: &dyn Modules,
    symbols: &mut Symbols,
    api: &Api,
    targets: Targets,
    ask: impl FnOnce(&Model<'_>) -> T,
) -> T {
    let name = modules.name_of(&root.path);
    let program = Program::new(Arc::clone(root.file), root.path, name, root.module);
    // Calls inside calls are followed on the stack of the thread, which may be a small one.
    let model = stacker::maybe_grow(16 << 20, 64 << 20, || {
        Model::of(&program, modules, symbols, api, targets)
    });
    ask(&model)
}

/// What the rules have to say of a program that `selected` admits for one of its files at least.
pub fn check_model(model: &Model<'_>, selected: &(dyn Fn(&Path, &Rule) -> bool + Sync)) -> Checked {
    let sources = repair::Sources::default();
    let mut found = Vec::new();
    // A rule that is not asked for in the root may be where the program goes on.
    let wanted = |rule: &Rule| model.code.units().iter().any(|unit| selected(&unit.path, rule));
    for rule in all().iter().filter(|rule| wanted(rule)) {
        if let Hook::Model(ask) = rule.hook {
            let mut check = Check::new(rule, model, &sources);
            ask(&mut check);
            found.extend(check.into_findings().into_iter().map(|(span, finding)| Found {
                finding,
                isolated: model.is_isolated(span),
            }));
        }
    }
    Checked {
        found,
        covered: if model.is_cut_short() {
            Vec::new()
        } else {
            covered(model)
        },
        cut_short: model.is_cut_short(),
        starts: starts(model),
    }
}

/// Who starts the processes of a program: the child contexts lead back to whoever began.
fn starts(model: &Model<'_>) -> Option<Starts> {
    let children = model
        .contexts()
        .filter(|(_, context)| context.kind.is_of_other_process());
    let started = children.map(|(id, context)| Starts {
        as_script: model.is_of_script(id),
        all_known: context.known,
    });
    started.reduce(|all, one| Starts {
        as_script: all.as_script || one.as_script,
        all_known: all.all_known && one.all_known,
    })
}

/// The lines that a program has run of the files that it imports.
fn covered(model: &Model<'_>) -> Vec<(Arc<str>, Vec<u32>)> {
    let mut lines: FxHashMap<&str, Vec<u32>> = FxHashMap::default();
    for span in model.run_elsewhere() {
        let (file, span) = model.code.locate(span);
        let line = file.line_index(span.start) as u32;
        lines.entry(file.name()).or_default().push(line);
    }
    lines
        .into_iter()
        .map(|(file, mut lines)| {
            lines.sort_unstable();
            lines.dedup();
            (file.into(), lines)
        })
        .collect()
}
