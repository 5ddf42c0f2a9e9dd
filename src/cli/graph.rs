//! `mplint graph`: a program drawn as its processes, with the findings on it.

use std::io::Write;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use anyhow::Context;

use super::{Colour, Messages, check, exit};
use crate::graph::{self, Graph};
use crate::lint::{self, Options, Outcome, place_of};

/// How it is drawn.
#[derive(Clone, Copy, PartialEq, Eq, Debug, clap::ValueEnum)]
enum Format {
    /// A flowchart of Mermaid, for Markdown
    Mermaid,
    /// A graph of Graphviz
    Dot,
    /// A drawing for a browser, which needs nothing else
    Svg,
    /// Data: an array with one object for each program
    Json,
}

/// The arguments.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
A file is drawn as the program that it begins, together with what it imports. Of a folder each file is drawn that \
starts processes, in the order of the names; what only offers functions is drawn where they are called.\n\n\
Findings are marked where they belong, by code and severity: those that `mplint check` has, with the same options. They \
do not matter for the exit code: 0 where there was nothing to draw too, 2 where a path does not exist or mplint failed.\n\n\
A drawing as SVG is laid out so that it fits a screen. In a browser, rest the pointer on a process or a line to read all \
there is to say of it, with the lines of the program.")]
pub struct Args {
    /// The program: a file, or a folder with several
    #[arg(value_name = "PATH", required = true)]
    paths: Vec<PathBuf>,

    /// How it is drawn: mermaid, dot, svg or json
    #[arg(
        long,
        value_name = "FORMAT",
        default_value = "mermaid",
        hide_possible_values = true,
        help_heading = "Output"
    )]
    format: Format,

    /// Write to this file instead of standard output
    #[arg(long, value_name = "FILE", help_heading = "Output")]
    output: Option<PathBuf>,

    #[command(flatten)]
    selected: check::Selected,
}

/// Runs the command.
pub fn run(args: &Args, colour: Colour, messages: Messages) -> anyhow::Result<u8> {
    let linter = args.selected.linter(messages, |_| {})?;
    let api = linter.api()?;
    let graphs: Mutex<Vec<Graph>> = Mutex::default();
    let outcome = linter.run(&api, |options| {
        let watch = |model: &crate::model::Model<'_>| {
            let graph = graph::build::graph_of(model);
            if graph.has_processes() {
                graphs.lock().unwrap_or_else(PoisonError::into_inner).push(graph);
            }
        };
        let options = Options {
            watch: Some(&watch),
            whole_programs: true,
            ..*options
        };
        lint::check_paths(&args.paths, &options)
    })?;
    let mut graphs = graph::settle(graphs.into_inner().unwrap_or_else(PoisonError::into_inner));
    for graph in &mut graphs {
        mark(graph, &outcome);
    }
    let text = match args.format {
        Format::Mermaid => graph::mermaid::write(&graphs),
        Format::Dot => graph::dot::write(&graphs),
        // The layout is another's work, and what a panic there says is no help to a user.
        Format::Svg => lint::guarded("the drawing", || graph::svg::write(&graphs))
            .map_err(|error| anyhow::anyhow!("the drawing cannot be laid out: {}", error.message))?,
        Format::Json => graph::json::write(&graphs)?,
    };
    if !graphs.is_empty() || args.format == Format::Json {
        match &args.output {
            Some(path) => std::fs::write(path, text).with_context(|| format!("cannot write `{}`", path.display()))?,
            None => {
                let mut out = colour.stdout();
                out.write_all(text.as_bytes())?;
                out.flush()?;
            }
        }
    }
    check::tell_trouble(&outcome, messages);
    if graphs.is_empty() && outcome.missing.is_empty() {
        messages.warning(&format!("no process is started in {}", check::named(&args.paths)));
    }
    Ok(check::exit_code_of_errors(&outcome).unwrap_or(exit::CLEAN))
}

/// Marks the findings that the program has, in whichever of its files they lie.
fn mark(graph: &mut Graph, outcome: &Outcome) {
    for finding in &outcome.findings {
        let is_here = finding.location.file.name() == graph.program
            || outcome
                .reached_from
                .get(&place_of(finding))
                .is_some_and(|from| from.contains(&graph.program));
        if is_here {
            graph.mark(finding);
        }
    }
}
