//! `mplint verify --rules`: runs the examples of the rule pages and holds what they show against what the pages say.

use std::str::FromStr;

use anyhow::Context;

use super::{Args, Format, interpreters, laboratory, progress, write_out};
use crate::cli::exit;
use crate::cli::output::{Colour, Messages};
use crate::config;
use crate::evidence::plan::{self, Subject, Trial};
use crate::evidence::record::{Record, Records};
use crate::evidence::{matrix, run};
use crate::rules;
use crate::runtime::experiment::Laboratory;
use crate::runtime::sandbox::Level;

/// A part of the experiments.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Shard {
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
    let selected_rules: Vec<&str> = args.paths.iter().filter_map(|word| word.to_str()).collect();
    for selector in &selected_rules {
        config::check_against(selector, known.clone()).map_err(|nearest| {
            let hint = nearest
                .map(|nearest| format!("; did you mean `{nearest}`?"))
                .unwrap_or_default();
            anyhow::anyhow!("`{selector}` is no rule{hint}")
        })?;
    }
    let interpreters = interpreters(&args.experiments, messages)?;
    let laboratory = laboratory(&args.experiments, messages)?;
    let selected = |rule: &rules::Rule| {
        let names = [(rule.info.code, rule.info.name)];
        selected_rules.is_empty()
            || selected_rules
                .iter()
                .any(|selector| config::check_against(selector, names).is_ok())
    };
    let subjects = plan::subjects(selected).map_err(|(code, error)| anyhow::anyhow!("the page of {code}: {error}"))?;
    let methods = args.experiments.methods();
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

fn make(
    args: &Args,
    messages: Messages,
    trials: &[Trial<'_>],
    laboratory: &Laboratory,
    records: &Records,
) -> anyhow::Result<Vec<Record>> {
    let bar = progress(trials.len(), messages);
    let done = |record: &Record| {
        if record.holds != Some(true) {
            bar.suspend(|| messages.remark(&run::complaint(record)));
        }
        bar.set_message(record.code.clone());
        bar.inc(1);
    };
    let made = run::run(trials, laboratory, args.experiments.jobs(), records, &done).context("failed to keep a result");
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
    write_out(args, colour, &text)
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
