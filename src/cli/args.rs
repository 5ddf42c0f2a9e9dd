//! What is common to all commands: the name, the version, the options that stand anywhere.

use std::ffi::OsString;

use clap::builder::styling::{AnsiColor, Effects, Styles};
use clap::{CommandFactory, Parser, Subcommand};

use super::output::Colour;
#[cfg(target_os = "linux")]
use super::verify;
use super::{check, explain, graph, rules};

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::Green.on_default().effects(Effects::BOLD))
    .usage(AnsiColor::Green.on_default().effects(Effects::BOLD))
    .literal(AnsiColor::Cyan.on_default().effects(Effects::BOLD))
    .placeholder(AnsiColor::Cyan.on_default());

const AFTER_HELP: &str = "\
`mplint [PATHS]` is short for `mplint check [PATHS]`, and `mplint` alone checks the current folder.

Exit codes: 0 nothing at or above --fail-on was found, 1 something was (for `verify`: a finding is confirmed, \
with --rules: something is not as its page says), 2 wrong usage or configuration, or an error inside mplint.";

/// A linter for Python code that runs work in other processes
#[derive(Debug, Parser)]
#[command(name = "mplint", version, styles = STYLES, after_help = AFTER_HELP, max_term_width = 100)]
#[command(override_usage = "mplint [OPTIONS] [PATHS]...\n       mplint [OPTIONS] COMMAND ...")]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,

    /// When to use colours
    #[arg(
        long,
        global = true,
        value_name = "WHEN",
        default_value = "auto",
        help_heading = "Global options"
    )]
    #[arg(hide_possible_values = true, help = "When to use colours: auto, always or never")]
    pub color: Colour,

    /// Say nothing but findings and errors
    #[arg(long, short, global = true, help_heading = "Global options")]
    pub quiet: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Look for mistakes in files and folders (the default)
    Check(Box<check::Args>),
    /// List the rules
    Rules(rules::Args),
    /// Show the page of a rule
    Explain(explain::Args),
    /// Draw the processes of a program: who starts whom, and what goes between them
    Graph(Box<graph::Args>),
    /// Put findings to the test: run the code in a sandbox, and say what was seen
    #[cfg(target_os = "linux")]
    Verify(Box<verify::Args>),
    /// Watch one program: what mplint calls itself as
    #[cfg(target_os = "linux")]
    #[command(hide = true)]
    Keeper,
}

/// Puts `check` before the first argument that is neither a command nor one of the options that stand before it.
pub fn with_default_command(args: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut args: Vec<_> = args.into_iter().collect();
    let mut at = 1;
    while let Some(arg) = args.get(at).and_then(|arg| arg.to_str()) {
        match arg {
            "-q" | "--quiet" => at += 1,
            "--color" => at += 2,
            _ if arg.starts_with("--color=") => at += 1,
            _ => break,
        }
    }
    let at = at.min(args.len());
    let is_known = args.get(at).and_then(|arg| arg.to_str()).is_some_and(|arg| {
        matches!(arg, "-h" | "--help" | "-V" | "--version" | "help")
            || Cli::command()
                .get_subcommands()
                .any(|command| command.get_name() == arg)
    });
    if !is_known {
        args.insert(at, OsString::from("check"));
    }
    args
}

#[cfg(test)]
mod tests {
    use std::ffi::OsString;

    use clap::{CommandFactory, Parser};

    use super::{Cli, Command, with_default_command};

    fn completed(line: &str) -> String {
        let args = std::iter::once("mplint")
            .chain(line.split_whitespace())
            .map(OsString::from);
        let args: Vec<_> = with_default_command(args)
            .into_iter()
            .skip(1)
            .map(|arg| arg.into_string().unwrap())
            .collect();
        args.join(" ")
    }

    #[test]
    fn check_is_the_default() {
        for (typed, meant) in [
            ("", "check"),
            ("src", "check src"),
            ("-", "check -"),
            ("--select MP4 src", "check --select MP4 src"),
            ("--color never src", "--color never check src"),
            ("--color=never -q", "--color=never -q check"),
            ("-q rules", "-q rules"),
            ("check rules", "check rules"),
            ("./rules", "check ./rules"),
            ("rules", "rules"),
            ("--help", "--help"),
            ("-V", "-V"),
            ("help check", "help check"),
            ("--color", "--color check"),
        ] {
            assert_eq!(completed(typed), meant, "{typed}");
        }
    }

    #[test]
    fn the_definition_holds_together() {
        Cli::command().debug_assert();
        let cli = Cli::try_parse_from(["mplint", "check", "-q", "a.py"]).unwrap();
        assert!(cli.quiet && matches!(cli.command, Command::Check(_)));
    }
}
