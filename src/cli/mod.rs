//! What a person types: the arguments, and one file for each command.

mod args;
mod check;
pub mod exit;
mod explain;
mod graph;
mod language;
mod output;
mod rules;
mod settings;
#[cfg(target_os = "linux")]
mod verify;

use std::io;
use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command, with_default_command};
use language::LangArg;
use output::{Colour, Messages};

/// Runs the program and returns its exit code, one of [`exit`].
pub fn main() -> ExitCode {
    let cli = match Cli::try_parse_from(with_default_command(std::env::args_os())) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version come this way too, with code 0. A closed pipe leaves nobody to tell.
            let _ = error.print();
            let code = if error.use_stderr() { exit::ERROR } else { exit::CLEAN };
            return ExitCode::from(code);
        }
    };
    let messages = Messages::new(cli.color, cli.quiet);
    let code = match run(&cli, messages) {
        Ok(code) => code,
        // As with other filters: whoever closed the pipe has seen enough.
        Err(error) if is_broken_pipe(&error) => exit::CLEAN,
        Err(error) => {
            messages.error(&format!("{error:#}"));
            exit::ERROR
        }
    };
    ExitCode::from(code)
}

fn run(cli: &Cli, messages: Messages) -> anyhow::Result<u8> {
    match &cli.command {
        Command::Check(args) => check::run(args, cli.color, messages),
        Command::Rules(args) => rules::run(args, cli.color),
        Command::Explain(args) => explain::run(args, cli.color),
        Command::Graph(args) => graph::run(args, cli.color, messages),
        #[cfg(target_os = "linux")]
        Command::Verify(args) => verify::run(args, cli.color, messages),
        #[cfg(target_os = "linux")]
        Command::Keeper => Ok(crate::runtime::keeper::run().map(|()| exit::CLEAN)?),
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let kind = match cause.downcast_ref::<io::Error>() {
            Some(error) => Some(error.kind()),
            None => cause
                .downcast_ref::<serde_json::Error>()
                .and_then(|error| error.io_error_kind()),
        };
        kind == Some(io::ErrorKind::BrokenPipe)
    })
}
