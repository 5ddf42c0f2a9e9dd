//! `mplint check`: look for mistakes, and say what was found.

mod fixing;
mod profile;
#[cfg(target_os = "linux")]
mod tested;
mod writing;

use std::borrow::Cow;
use std::io::Write;
use std::path::PathBuf;

use anyhow::Context;

use super::settings::{self, Rules};
use super::{Colour, LangArg, Messages, exit};
use crate::api::{self, Api};
use crate::config::{self, ConfigSource, OutputFormat, Overrides, PythonRange, Settings};
use crate::files::discover::DiscoverOptions;
use crate::files::scan::Scanner;
use crate::findings::{Confidence, Finding, Platform, Severity};
use crate::fix::Wanted;
use crate::lang::Translation;
use crate::lint::{self, Options, Outcome};
use crate::report;
pub use profile::Profile;
use writing::{write_audited, write_findings, write_out};

/// The arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files and folders to check; `-` reads standard input, and no path means the current folder
    #[arg(value_name = "PATHS")]
    paths: Vec<PathBuf>,

    /// What the check is for: default, strict (all rules, and advice counts as a warning) or py314 (whether programs
    /// survive the change from fork to forkserver in Python 3.14)
    #[arg(
        long,
        value_name = "PROFILE",
        default_value = "default",
        hide_possible_values = true,
        help_heading = "Rules"
    )]
    profile: Profile,
    #[command(flatten)]
    selected: Selected,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    fixes: FixArgs,
    /// Put each finding to the test as well, as `mplint verify` does; with --fix, make only what holds in the test
    #[cfg(target_os = "linux")]
    #[arg(long, help_heading = "Verdicts")]
    verify: bool,
    #[command(flatten)]
    output: OutputArgs,
}

/// What is looked for, and where: for every command that looks for mistakes.
#[derive(Debug, clap::Args)]
pub(super) struct Selected {
    #[command(flatten)]
    rules: RuleArgs,
    #[command(flatten)]
    files: FileArgs,
    #[command(flatten)]
    target: TargetArgs,
    #[command(flatten)]
    config: ConfigArgs,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Rules")]
struct RuleArgs {
    /// Only these rules: codes, beginnings of codes, names, or ALL
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    select: Option<Vec<String>>,

    /// These rules besides those that are selected
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    extend_select: Vec<String>,

    /// Not these rules
    #[arg(long, value_name = "RULES", value_delimiter = ',')]
    ignore: Vec<String>,

    /// Not these rules in these files, such as `tests/*:MP201`
    #[arg(long, value_name = "GLOB:RULE", value_delimiter = ',', value_parser = glob_and_rule)]
    per_file_ignores: Vec<(String, String)>,

    /// Leave out findings below this severity: note, warning or error
    #[arg(long, value_name = "SEVERITY", hide_possible_values = true)]
    min_severity: Option<Severity>,

    /// Leave out findings below this confidence: low, medium or high
    #[arg(long, value_name = "CONFIDENCE", hide_possible_values = true)]
    min_confidence: Option<Confidence>,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Files")]
struct FileArgs {
    /// Leave these files and folders out, instead of those that are left out by default
    #[arg(long, value_name = "GLOBS", value_delimiter = ',')]
    exclude: Option<Vec<String>>,

    /// Leave these files and folders out, too
    #[arg(long, value_name = "GLOBS", value_delimiter = ',')]
    extend_exclude: Vec<String>,

    /// Leave files out even where they are named on the command line
    #[arg(long, overrides_with = "no_force_exclude")]
    force_exclude: bool,
    #[arg(long, overrides_with = "force_exclude", hide = true)]
    no_force_exclude: bool,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Files")]
struct InputArgs {
    /// The name of what comes on standard input
    #[arg(long, value_name = "NAME")]
    stdin_filename: Option<String>,

    /// List the files that would be checked, and stop
    #[arg(long)]
    show_files: bool,

    /// Show the settings and where each comes from, and stop
    #[arg(long, help_heading = "Configuration")]
    show_settings: bool,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Targets")]
struct TargetArgs {
    /// The versions of Python that the code runs on, such as 3.12 or 3.9..3.15
    #[arg(long, value_name = "VERSIONS")]
    target_python: Option<PythonRange>,

    /// The platforms that it runs on: linux, macos, windows
    #[arg(long, value_name = "PLATFORMS", value_delimiter = ',', hide_possible_values = true)]
    platforms: Vec<Platform>,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Fixes")]
struct FixArgs {
    /// Repair what can be repaired without changing what the program means, and show what is left
    #[arg(long)]
    fix: bool,

    /// Together with --fix or --diff: repairs that may change what the program does, too
    #[arg(long)]
    unsafe_fixes: bool,

    /// Show what --fix would change, and change nothing; the exit code is 1 if that is anything
    #[arg(long)]
    diff: bool,
}

impl FixArgs {
    /// Which fixes are made, if any are.
    fn wanted(&self) -> Option<Wanted> {
        (self.fix || self.diff).then_some(match self.unsafe_fixes {
            true => Wanted::Unsafe,
            false => Wanted::Safe,
        })
    }
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Output")]
struct OutputArgs {
    /// How findings are written: full, concise, json or github
    #[arg(long, value_name = "FORMAT", hide_possible_values = true)]
    output_format: Option<OutputFormat>,

    /// Write findings to this file instead of standard output
    #[arg(long, value_name = "FILE")]
    output_file: Option<PathBuf>,

    #[command(flatten)]
    language: LangArg,

    /// Count the findings of each rule instead of showing them
    #[arg(long)]
    statistics: bool,

    /// The lowest severity that makes the exit code 1: note, warning or error
    #[arg(long, value_name = "SEVERITY", hide_possible_values = true)]
    fail_on: Option<Severity>,

    /// Exit with 0 whatever is found
    #[arg(long, short = 'e')]
    exit_zero: bool,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Configuration")]
struct ConfigArgs {
    /// Use this configuration file
    #[arg(long, value_name = "FILE", conflicts_with = "isolated")]
    config: Option<PathBuf>,

    /// Use no configuration file
    #[arg(long)]
    isolated: bool,
}

fn glob_and_rule(text: &str) -> Result<(String, String), String> {
    // A glob may hold a colon, a rule never does.
    match text.rsplit_once(':') {
        Some((glob, rule)) if !glob.is_empty() && !rule.is_empty() => Ok((glob.to_owned(), rule.to_owned())),
        _ => Err("it must be a glob, a colon and a rule, such as `tests/*:MP201`".to_owned()),
    }
}

impl Selected {
    fn config_source(&self) -> ConfigSource {
        match &self.config.config {
            _ if self.config.isolated => ConfigSource::Isolated,
            Some(file) => ConfigSource::File(file.clone()),
            None => ConfigSource::Nearest,
        }
    }

    fn overrides(&self) -> Overrides {
        Overrides {
            select: self.rules.select.clone(),
            extend_select: self.rules.extend_select.clone(),
            ignore: self.rules.ignore.clone(),
            per_file_ignores: self.rules.per_file_ignores.clone(),
            exclude: self.files.exclude.clone(),
            extend_exclude: self.files.extend_exclude.clone(),
            force_exclude: match (self.files.force_exclude, self.files.no_force_exclude) {
                (true, _) => Some(true),
                (_, true) => Some(false),
                _ => None,
            },
            fail_on: None,
            min_severity: self.rules.min_severity,
            min_confidence: self.rules.min_confidence,
            output_format: None,
            lang: None,
            target_python: self.target.target_python,
            platforms: self.target.platforms.clone(),
        }
    }

    /// Makes ready to look for mistakes. What the command line says besides is put on top by `more`.
    pub(super) fn linter(&self, messages: Messages, more: impl FnOnce(&mut Overrides)) -> anyhow::Result<Linter> {
        let working_directory = std::env::current_dir().context("the current folder cannot be found")?;
        let mut overrides = self.overrides();
        more(&mut overrides);
        let settings = settings::load(&self.config_source(), overrides, &working_directory)?;
        for warning in &settings.warnings {
            messages.warning(warning);
        }
        let discover = DiscoverOptions {
            working_directory,
            excludes: settings.excludes()?,
            force_exclude: settings.force_exclude.value,
            threads: 0,
        };
        Ok(Linter { settings, discover })
    }
}

/// All that a search for mistakes needs to know but the paths.
pub(super) struct Linter {
    /// The settings.
    pub settings: Settings,
    /// How files are found.
    pub discover: DiscoverOptions,
}

impl Linter {
    /// Into the language that is asked for.
    pub(super) fn translation(&self) -> Translation {
        Translation::to(self.settings.lang.value)
    }

    /// What is known of libraries, with the project's own wrappers.
    pub(super) fn api(&self) -> anyhow::Result<Cow<'static, Api>> {
        library_tables(&self.settings)
    }

    /// Looks for mistakes with what is known of libraries.
    pub(super) fn run<T>(&self, api: &Api, look: impl FnOnce(&Options<'_>) -> T) -> anyhow::Result<T> {
        let rules = Rules::new(&self.settings)?;
        let wrappers = self.settings.wrappers.iter();
        let scanner = Scanner::new(wrappers.map(|wrapper| wrapper.name.value.as_str()))
            .context("too many wrappers are declared")?;
        let options = Options {
            discover: &self.discover,
            scanner: &scanner,
            api,
            targets: self.settings.targets(),
            min_severity: self.settings.min_severity.value,
            min_confidence: self.settings.min_confidence.value,
            watch: None,
            whole_programs: false,
            enabled: &|path, rule| rules.enabled(path, rule),
        };
        lint::install_panic_hook();
        Ok(look(&options))
    }
}

impl Args {
    /// The name of standard input, where that is what is checked.
    fn stdin_name(&self) -> anyhow::Result<Option<&str>> {
        let dashes = self.paths.iter().filter(|path| path.as_os_str() == "-").count();
        let named = self.input.stdin_filename.as_deref();
        if dashes == self.paths.len() && (dashes > 0 || named.is_some()) {
            return Ok(Some(named.unwrap_or("<stdin>")));
        }
        anyhow::ensure!(dashes == 0, "`-` cannot be checked together with other paths");
        anyhow::ensure!(
            named.is_none(),
            "`--stdin-filename` needs standard input: `-` instead of paths"
        );
        Ok(None)
    }
}

/// Runs the command.
pub fn run(args: &Args, colour: Colour, messages: Messages) -> anyhow::Result<u8> {
    let stdin = args.stdin_name()?;
    let linter = args.selected.linter(messages, |overrides| {
        overrides.fail_on = args.output.fail_on;
        overrides.output_format = args.output.output_format;
        overrides.lang = args.output.language.lang;
        args.profile.apply(overrides);
    })?;
    let is_audit = args.profile == Profile::Py314;
    anyhow::ensure!(
        !(is_audit && (args.output.statistics || args.fixes.wanted().is_some())),
        "`--profile py314` goes with neither statistics nor fixes"
    );
    let settings = &linter.settings;
    let messages = messages.speaking(linter.translation());
    if args.input.show_settings {
        let mut out = colour.stdout();
        settings::show(&mut out, settings)?;
        out.flush()?;
        return Ok(exit::CLEAN);
    }
    if args.input.show_files {
        return show_files(&args.paths, &linter.discover, colour, messages);
    }
    let api = linter.api()?;
    #[cfg(target_os = "linux")]
    let is_tested = args.verify;
    #[cfg(not(target_os = "linux"))]
    let is_tested = false;
    if let Some(wanted) = args.fixes.wanted().filter(|_| !is_tested) {
        let stdin = stdin.map(fixing::Stream::read).transpose()?;
        return linter.run(&api, |options| {
            fixing::run(args, settings, options, stdin.as_ref(), wanted, colour, messages)
        })?;
    }
    let mut outcome = linter.run(&api, |options| match stdin {
        Some(name) => lint::check_stream(lint::standard_input(), name, options),
        None => lint::check_paths(&args.paths, options),
    })?;

    args.profile.grade(&mut outcome);
    #[cfg(target_os = "linux")]
    if args.verify {
        return tested::run(args, &linter, &api, &outcome, colour, messages);
    }
    if is_audit {
        write_audited(args, settings, colour, &outcome)?;
    } else {
        write_findings(args, settings, colour, &outcome.findings)?;
    }
    tell(&outcome, &args.paths, args.fixes.wanted().is_none(), messages);
    Ok(exit_code(&outcome, settings, args.output.exit_zero))
}

/// What is known of libraries, with the project's own wrappers.
fn library_tables(settings: &Settings) -> anyhow::Result<Cow<'static, Api>> {
    let built_in = Api::built_in()?;
    if settings.wrappers.is_empty() {
        return Ok(Cow::Borrowed(built_in));
    }
    let param = |param: &Option<config::Placed<config::ParamRef>>| {
        param.as_ref().map(|param| match &param.value {
            config::ParamRef::Position(at) => api::ParamRef::Position(*at as usize),
            config::ParamRef::Name(name) => api::ParamRef::Name(name.clone()),
        })
    };
    let mut wrappers = Vec::new();
    for wrapper in &settings.wrappers {
        if built_in.entry(&wrapper.like.value).is_none() {
            anyhow::bail!(
                "{}: `{}` is not a name that mplint knows",
                wrapper.like.place,
                wrapper.like.value
            );
        }
        wrappers.push(api::Wrapper {
            name: wrapper.name.value.clone(),
            like: wrapper.like.value.clone(),
            target: param(&wrapper.target),
            args: param(&wrapper.args),
            kwargs: param(&wrapper.kwargs),
        });
    }
    Ok(Cow::Owned(built_in.with_wrappers(&wrappers)?))
}

/// What is to be said besides the findings. Whether fixes are offered is up to the command.
pub(super) fn tell(outcome: &Outcome, paths: &[PathBuf], offers_fixes: bool, messages: Messages) {
    tell_trouble(outcome, messages);
    let looked_at_nothing = outcome.checked == 0 && outcome.findings.is_empty();
    if looked_at_nothing && outcome.missing.is_empty() {
        messages.warning(&format!("no Python file found in {}", named(paths)));
    } else if !looked_at_nothing {
        let summary = report::summary(&outcome.findings, outcome.checked);
        match report::fixable(&outcome.findings) {
            // What is left after `--fix` is left for a reason.
            Some(fixable) if offers_fixes => messages.remark(&format!("{summary} {fixable}")),
            _ => messages.remark(&summary),
        }
    }
}

/// What could not be looked at, or not to its end.
pub(super) fn tell_trouble(outcome: &Outcome, messages: Messages) {
    tell_missing(&outcome.missing, messages);
    tell_internal_errors(outcome, messages);
    tell_cut_short(&outcome.cut_short, messages);
}

fn tell_internal_errors(outcome: &Outcome, messages: Messages) {
    for error in &outcome.internal_errors {
        messages.error(&format!(
            "mplint failed at `{}`: {}; this is a bug in mplint",
            error.file, error.message
        ));
    }
}

/// Files whose findings may not be all: a few by name, the rest by number.
fn tell_cut_short(files: &[String], messages: Messages) {
    const BY_NAME: usize = 3;
    for file in files.iter().take(BY_NAME) {
        messages.warning(&format!(
            "`{file}` is too large to be followed to its end: mistakes may be missed in it"
        ));
    }
    if let more @ 1.. = files.len().saturating_sub(BY_NAME) {
        messages.warning(&format!("and so are {more} more files"));
    }
}

fn tell_missing(missing: &[PathBuf], messages: Messages) {
    for path in missing {
        let name = path.to_string_lossy();
        let hint = match config::nearest(&name, ["check", "rules", "explain", "graph", "help"]) {
            Some(command) => format!("; did you mean the command `{command}`?"),
            None => String::new(),
        };
        messages.error(&format!("there is no file or folder `{name}`{hint}"));
    }
}

pub(super) fn named(paths: &[PathBuf]) -> String {
    match paths {
        [] => "the current folder".to_owned(),
        _ => {
            let names: Vec<_> = paths.iter().map(|path| format!("`{}`", path.display())).collect();
            names.join(", ")
        }
    }
}

/// The exit code of a run in which not everything could be looked at.
pub(super) fn exit_code_of_errors(outcome: &Outcome) -> Option<u8> {
    let failed = !outcome.missing.is_empty() || !outcome.internal_errors.is_empty();
    failed.then_some(exit::ERROR)
}

fn exit_code(outcome: &Outcome, settings: &Settings, exit_zero: bool) -> u8 {
    let fails = |finding: &Finding| finding.severity >= settings.fail_on.value;
    if let Some(error) = exit_code_of_errors(outcome) {
        error
    } else if !exit_zero && outcome.findings.iter().any(fails) {
        exit::FOUND
    } else {
        exit::CLEAN
    }
}

fn show_files(paths: &[PathBuf], discover: &DiscoverOptions, colour: Colour, messages: Messages) -> anyhow::Result<u8> {
    let (discovery, missing) = lint::walk(paths, discover, || |_: &_| Some(()));
    let mut out = colour.stdout();
    for (file, ()) in discovery.iter().flat_map(|discovery| &discovery.files) {
        writeln!(out, "{}", report::visible(&file.name))?;
    }
    out.flush()?;
    tell_missing(&missing, messages);
    let problems = discovery.iter().flat_map(|discovery| &discovery.problems);
    for problem in problems {
        messages.warning(&format!("`{}` {}", problem.name, problem.message));
    }
    Ok(if missing.is_empty() { exit::CLEAN } else { exit::ERROR })
}
