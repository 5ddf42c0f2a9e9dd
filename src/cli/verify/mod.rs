//! `mplint verify`: runs programs in a sandbox and says what was seen.

pub(super) mod code;
mod interrupt;
mod proved;
mod rules;

use std::fs::File;
use std::io::{self, IsTerminal, Write};
use std::num::{NonZeroU64, NonZeroUsize};
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, bail};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::LangArg;
use super::check::Selected;
use super::output::{Colour, Messages};
use crate::findings::StartMethod;
use crate::runtime::experiment::Laboratory;
use crate::runtime::interpreter::{self, Interpreter, Surroundings};
use crate::runtime::sandbox::{Layers, Level, Limits};
use crate::runtime::supervisor::Supervisor;
pub(super) use proved::Proved;
use rules::Shard;

/// The arguments.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Files and folders whose findings are put to the test; with --rules, codes, beginnings of codes, or names of rules
    #[arg(value_name = "PATHS")]
    paths: Vec<PathBuf>,

    /// Run the examples of the rule pages instead, and hold what they show against what the pages say
    #[arg(long)]
    rules: bool,

    #[command(flatten)]
    experiments: Experiments,

    /// Run only whole programs, with nothing that stands in for what is missing
    #[arg(long, conflicts_with = "rules", help_heading = "Experiments")]
    run_programs: bool,

    /// Make one experiment again: the id that a result gives, or the beginning of one
    #[arg(long, value_name = "ID", conflicts_with = "rules", help_heading = "Experiments")]
    replay: Option<String>,

    /// Keep a copy of what is run in this folder
    #[arg(long, value_name = "FOLDER", conflicts_with = "rules", help_heading = "Experiments")]
    keep: Option<PathBuf>,

    /// Make the fixes of confirmed findings, as far as the same experiment shows that the symptom is gone with them, that the
    /// same lines run and that the program prints what it should
    #[arg(long, conflicts_with_all = ["rules", "replay"], help_heading = "Fixes")]
    fix: bool,

    /// Together with --fix or --diff: repairs that may change what the program does, too
    #[arg(long, conflicts_with = "rules", help_heading = "Fixes")]
    unsafe_fixes: bool,

    /// Show what --fix would change, and change nothing
    #[arg(long, conflicts_with_all = ["rules", "replay"], help_heading = "Fixes")]
    diff: bool,

    /// With --rules: make only one part of the experiments, such as 1/4
    #[arg(long, value_name = "PART/PARTS", requires = "rules", help_heading = "Experiments")]
    shard: Option<Shard>,

    /// With --rules: keep the results in this file, and do not run again what was as its page says before
    #[arg(long, value_name = "FILE", requires = "rules", help_heading = "Experiments")]
    results: Option<PathBuf>,

    /// How the results are written: full or json; with --rules also markdown
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "full",
        hide_possible_values = true,
        help_heading = "Output"
    )]
    output_format: Format,

    #[command(flatten)]
    language: LangArg,

    /// Write the results to this file
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    output_file: Option<PathBuf>,

    /// Write the results with a drawing of each experiment to this file, as a page for a browser
    #[arg(long, value_name = "FILE", conflicts_with = "rules", help_heading = "Output")]
    report: Option<PathBuf>,

    #[command(flatten)]
    selected: Selected,
}

/// Under what programs are run.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Experiments")]
pub struct Experiments {
    /// Run under this interpreter: a path, a name such as python3.11, or a version such as 3.11; may be repeated
    #[arg(long, value_name = "PYTHON")]
    python: Vec<String>,

    /// Run under this start method: fork, spawn or forkserver; may be repeated
    #[arg(long, value_name = "METHOD", hide_possible_values = true)]
    start_method: Vec<StartMethod>,

    /// The weakest sandbox that will do: full, landlock, seccomp or none; below it nothing is run
    #[arg(long, value_name = "LEVEL", default_value = "landlock", hide_possible_values = true)]
    sandbox: Level,

    /// Seconds that one program may run
    #[arg(long, value_name = "SECONDS", default_value_t = TIME)]
    timeout: NonZeroU64,

    /// Programs to run at once; by default two more than there are processors
    #[arg(long, value_name = "COUNT")]
    jobs: Option<NonZeroUsize>,
}

/// How the results are written.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
enum Format {
    /// For a person
    Full,
    /// An array of all results
    Json,
    /// The matrix, as a page
    Markdown,
}

impl Default for Experiments {
    fn default() -> Self {
        Self {
            python: Vec::new(),
            start_method: Vec::new(),
            sandbox: Level::Landlock,
            timeout: TIME,
            jobs: None,
        }
    }
}

/// How long one program may run, unless it is said.
const TIME: NonZeroU64 = NonZeroU64::new(10).expect("ten is not zero");

impl Experiments {
    /// Under these start methods.
    pub fn under(methods: &[StartMethod]) -> Self {
        Self {
            start_method: methods.to_vec(),
            ..Self::default()
        }
    }

    fn jobs(&self) -> usize {
        let processors = std::thread::available_parallelism().map_or(2, NonZeroUsize::get);
        self.jobs.map_or(processors + 2, NonZeroUsize::get)
    }

    /// The start methods that are asked for; of none, all.
    fn methods(&self) -> Vec<StartMethod> {
        match self.start_method.as_slice() {
            [] => StartMethod::ALL.to_vec(),
            asked => asked.to_vec(),
        }
    }
}

/// Runs the command.
pub fn run(args: &Args, colour: Colour, messages: Messages) -> anyhow::Result<u8> {
    if args.rules {
        return rules::run(args, colour, messages);
    }
    if args.output_format == Format::Markdown {
        bail!("`--output-format markdown` is there with `--rules` only");
    }
    code::run(args, colour, messages)
}

fn interpreters(args: &Experiments, messages: Messages) -> anyhow::Result<Vec<Interpreter>> {
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
fn laboratory(args: &Experiments, messages: Messages) -> anyhow::Result<Laboratory> {
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

/// A bar for so many experiments, where there is somebody to see it.
fn progress(experiments: usize, messages: Messages) -> ProgressBar {
    let shows_progress = io::stderr().is_terminal() && !messages.is_quiet();
    let target = if shows_progress {
        ProgressDrawTarget::stderr()
    } else {
        ProgressDrawTarget::hidden()
    };
    let bar = ProgressBar::with_draw_target(Some(experiments as u64), target);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {eta} {msg}") {
        bar.set_style(style);
    }
    bar
}

fn write_out(args: &Args, colour: Colour, text: &str) -> anyhow::Result<()> {
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
