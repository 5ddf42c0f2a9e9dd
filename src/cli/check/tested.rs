//! `mplint check --verify`: the findings of a check with what experiments say of them.

use super::profile::{self, Profile};
use super::{Args, Linter, exit_code, tell, write_out};
use crate::api::Api;
use crate::cli::verify::{Experiments, Proved, code};
use crate::cli::{Colour, Messages, exit};
use crate::config::OutputFormat;
use crate::findings::StartMethod;
use crate::lint::Outcome;

/// The findings with what experiments say of them. The exit code is that of a check: no verdict takes a finding away.
pub fn run(
    args: &Args,
    linter: &Linter,
    api: &Api,
    outcome: &Outcome,
    colour: Colour,
    messages: Messages,
) -> anyhow::Result<u8> {
    let format = linter.settings.output_format.value;
    let knows_verdicts = matches!(format, OutputFormat::Full | OutputFormat::Json) && !args.output.statistics;
    anyhow::ensure!(knows_verdicts, "`--verify` writes `full` or `json`, and no statistics");
    anyhow::ensure!(
        args.stdin_name()?.is_none(),
        "what comes on standard input is no file that could be run"
    );
    tell(outcome, &args.paths, true, messages);
    let asked = code::Asked {
        experiments: &match args.profile {
            // What differs between them is the whole question.
            Profile::Py314 => Experiments::under(&[StartMethod::Fork, StartMethod::Forkserver]),
            _ => Experiments::default(),
        },
        whole_programs: false,
        replay: None,
        keep: None,
        fixes: args.fixes.wanted(),
        timelines: false,
    };
    let verifications = code::put_to_test(&asked, outcome, api, linter, messages)?;
    let is_json = format == OutputFormat::Json;
    let text = code::written(is_json, outcome, &verifications, linter.translation())?;
    write_out(args, colour.stdout(), &|out| {
        if args.profile != Profile::Py314 {
            return out.write_all(text.as_bytes());
        }
        if is_json {
            return profile::write_json(out, text.as_bytes(), outcome, linter.translation());
        }
        out.write_all(text.as_bytes())?;
        profile::write_audit(out, outcome, linter.translation())
    })?;
    if let Some(wanted) = args.fixes.wanted() {
        let proved = Proved {
            paths: &args.paths,
            linter,
            api,
            outcome,
            verifications: &verifications,
            wanted,
            diff: args.fixes.diff,
        };
        let result = proved.apply(colour, messages)?;
        return Ok(match result.failed {
            true => exit::ERROR,
            false if args.fixes.diff && result.changed > 0 && !args.output.exit_zero => exit::FOUND,
            false if args.fixes.diff => exit::CLEAN,
            false => exit_code(&result.outcome, &linter.settings, args.output.exit_zero),
        });
    }
    Ok(exit_code(outcome, &linter.settings, args.output.exit_zero))
}
