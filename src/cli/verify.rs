//! `mplint verify`: runs programs in a sandbox and says what was seen.

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;
use std::str::FromStr;
use std::time::Duration;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::exit;
use super::output::{Colour, Messages};
use crate::config;
use crate::evidence::plan::{self, Subject, Trial};
use crate::evidence::record::{Record, Records};
use crate::evidence::{matrix, run};
use crate::findings::StartMethod;
use crate::rules;
use crate::runtime::experiment::Laboratory;
use crate::runtime::interpreter::{self, Interpreter, Surroundings};
use crate::runtime::sandbox::{Layers, Level, Limits};
use crate::runtime::supervisor::Supervisor;

/// The arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Run the examples of the rule pages, and hold what they show against what the pages say
    #[arg(long, required = true)]
    rules: bool,

    /// Only these rules: codes, beginnings of codes, or names
    #[arg(value_name = "RULE")]
    selected: Vec<String>,

    /// Run under this interpreter: a path, a name such as python3.11, or a version such as 3.11; may be repeated
    #[arg(long, value_name = "PYTHON", help_heading = "Experiments")]
    python: Vec<String>,

    /// Run under this start method: fork, spawn or forkserver; may be repeated
    #[arg(
        long,
        value_name = "METHOD",
        hide_possible_values = true,
        help_heading = "Experiments"
    )]
    start_method: Vec<StartMethod>,

    /// The weakest sandbox that will do: full, landlock, seccomp or none; below it nothing is run
    #[arg(
        long,
        value_name = "LEVEL",
        default_value = "landlock",
        hide_possible_values = true,
        help_heading = "Experiments"
    )]
    sandbox: Level,

    /// Seconds that one program may run
    #[arg(long, value_name = "SECONDS", default_value = "10", help_heading = "Experiments")]
    timeout: NonZeroU64,

    /// Programs to run at once; by default two more than there are processors
    #[arg(long, value_name = "COUNT", help_heading = "Experiments")]
    jobs: Option<NonZeroUsize>,

    /// Make only one part of the experiments, such as 1/4
    #[arg(long, value_name = "PART/PARTS", help_heading = "Experiments")]
    shard: Option<Shard>,

    /// Keep the results in this file, and do not run again what was as its page says before
    #[arg(long, value_name = "FILE", help_heading = "Experiments")]
    results: Option<PathBuf>,

    /// How the results are written: full, json or markdown
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "full",
        hide_possible_values = true,
        help_heading = "Output"
    )]
    output_format: Format,

    /// Write the results to this file
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    output_file: Option<PathBuf>,
}

/// How the results are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
enum Format {
    /// What is not as the pages say, and the matrix
    Full,
    /// An array of all results
    Json,
    /// The matrix, as a page
    Markdown,
}

/// A part of the experiments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
struct Shard {
    part: usize,
    parts: usize,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let numbers = text
            .split_once('/')
            .and_then(|(part, parts)| Some((part.parse().ok()?, parts.parse().ok()?)));
        match numbers {
            Some((part, parts)) if (1..=parts).contains(&part) => Ok(Self { part, parts }),
            _ => Err("a part is written as 1/4, from 1 to the number of parts".to_owned()),
        }
    }
}

/// Runs the command.
pub fn run(args: &Args, colour: Colour, messages: Messages) -> anyhow::Result<u8> {
    let known = rules::all().iter().map(|rule| (rule.info.code, rule.info.name));
    for selector in &args.selected {
        config::check_against(selector, known.clone()).map_err(|nearest| {
            let hint = nearest
                .map(|nearest| format!("; did you mean `{nearest}`?"))
                .unwrap_or_default();
            anyhow::anyhow!("`{selector}` is no rule{hint}")
        })?;
    }
    let interpreters = interpreters(args, messages)?;
    let laboratory = laboratory(args, messages)?;
    let selected = |rule: &rules::Rule| {
        let names = [(rule.info.code, rule.info.name)];
        args.selected.is_empty()
            || args
                .selected
                .iter()
                .any(|selector| config::check_against(selector, names).is_ok())
    };
    let subjects = plan::subjects(selected).map_err(|(code, error)| anyhow::anyhow!("the page of {code}: {error}"))?;
    let methods = if args.start_method.is_empty() {
        StartMethod::ALL.to_vec()
    } else {
        args.start_method.clone()
    };
    let mut trials = plan::trials(&subjects, &interpreters, &methods);
    if let Some(Shard { part, parts }) = args.shard {
        trials = trials.into_iter().skip(part - 1).step_by(parts).collect();
    }
    let records = match &args.results {
        Some(path) => Records::open(path).with_context(|| format!("failed to open {}", path.display()))?,
        None => Records::none(),
    };
    let made = make(args, messages, &trials, &laboratory, &records)?;
    report(args, colour, &made, &subjects)?;
    let tally = run::tally(&made);
    messages.remark(&format!(
        "{} runs as the pages say, {} not, {} could not be seen; sandbox: {}.",
        tally.hold,
        tally.fail,
        tally.unclear,
        Level::of(laboratory.layers),
    ));
    Ok(if tally.is_green() { exit::CLEAN } else { exit::FOUND })
}

fn interpreters(args: &Args, messages: Messages) -> anyhow::Result<Vec<Interpreter>> {
    let here = std::env::current_dir().ok();
    let found = interpreter::find(&args.python, &Surroundings::of_this_process(here.as_deref()))?;
    let mut interpreters = found.usable;
    if args.python.is_empty() {
        // The same version twice proves nothing new.
        let mut versions = Vec::new();
        interpreters.retain(|one| {
            let is_new = !versions.contains(&(one.version, one.free_threaded));
            versions.push((one.version, one.free_threaded));
            is_new
        });
    }
    interpreters.sort_by_key(|one| one.version);
    let names: Vec<String> = interpreters.iter().map(|one| one.version.to_string()).collect();
    messages.remark(&format!("Python {}", names.join(", ")));
    Ok(interpreters)
}

/// A laboratory whose sandbox is as strong as this machine allows, and no weaker than was asked for.
fn laboratory(args: &Args, messages: Messages) -> anyhow::Result<Laboratory> {
    let executable = std::env::current_exe().context("failed to find mplint's own executable")?;
    let supervisor = Supervisor::new(executable);
    let layers = if args.sandbox == Level::None {
        Layers::empty()
    } else {
        let offered = supervisor.offered()?;
        let reasons: Vec<String> = offered.refused.iter().map(|(_, error)| error.to_string()).collect();
        if offered.level() < args.sandbox {
            bail!(
                "the sandbox reaches only the level `{}` here, and `{}` is asked for: {}",
                offered.level(),
                args.sandbox,
                reasons.join("; ")
            );
        }
        if offered.level() < Level::Full {
            messages.warning(&format!(
                "the sandbox is weaker than it could be: {}",
                reasons.join("; ")
            ));
        }
        offered.layers
    };
    let limits = Limits {
        time: Duration::from_secs(args.timeout.get()),
        ..Limits::default()
    };
    Ok(Laboratory::new(supervisor, layers, limits))
}

fn make(
    args: &Args,
    messages: Messages,
    trials: &[Trial<'_>],
    laboratory: &Laboratory,
    records: &Records,
) -> anyhow::Result<Vec<Record>> {
    let processors = std::thread::available_parallelism().map_or(2, NonZeroUsize::get);
    let jobs = args.jobs.map_or(processors + 2, NonZeroUsize::get);
    let shows_progress = io::stderr().is_terminal() && !messages.is_quiet();
    let target = if shows_progress {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(Some(trials.len() as u64), target);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {eta} {msg}") {
        bar.set_style(style);
    }
    let done = |record: &Record| {
        if record.holds != Some(true) {
            bar.suspend(|| messages.remark(&run::complaint(record)));
        }
        bar.set_message(record.code.clone());
        bar.inc(1);
    };
    let made = run::run(trials, laboratory, jobs, records, &done).context("failed to keep a result");
    bar.finish_and_clear();
    made
}

fn report(args: &Args, colour: Colour, records: &[Record], subjects: &[Subject]) -> anyhow::Result<()> {
    let text = match args.output_format {
        Format::Json => {
            let mut text = serde_json::to_string_pretty(records)?;
            text.push('\n');
            text
        }
        Format::Markdown => matrix::page(records, subjects),
        Format::Full => matrix::text(records),
    };
    if let Some(path) = &args.output_file {
        let mut file = File::create(path).with_context(|| format!("failed to write {}", path.display()))?;
        return file
            .write_all(text.as_bytes())
            .with_context(|| format!("failed to write {}", path.display()));
    }
    let mut out = colour.stdout();
    out.write_all(text.as_bytes())?;
    Ok(out.flush()?)
}

#[cfg(test)]
mod tests {
    use super::Shard;

    #[test]
    fn parts_are_counted_from_one() {
        assert_eq!("2/4".parse(), Ok(Shard { part: 2, parts: 4 }));
        for wrong in ["0/4", "5/4", "1", "a/b", "1/0", "-1/2"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
