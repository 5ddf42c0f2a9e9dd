//! The settings of a run, as the command line sees them: loading, which rules they turn on, and showing them.

use std::io;
use std::path::Path;

use crate::config::{self, ConfigError, ConfigSource, Origin, Overrides, Selection, SelectionLayer, Settings};
use crate::files::{PathPattern, PathPatterns, PatternError};
use crate::report::termcolor::{ColorSpec, WriteColor};
use crate::report::visible;
use crate::rules::{self, Rule};

/// The settings, with the command line's word on top.
pub fn load(source: &ConfigSource, overrides: Overrides, working_directory: &Path) -> Result<Settings, ConfigError> {
    let known = rules::all().iter().map(|rule| (rule.info.code, rule.info.name));
    let check = |selector: &str| config::check_against(selector, known.clone());
    config::load(source, working_directory, &check)?.with_overrides(overrides, working_directory, &check)
}

/// Which rules take part in the check of which file.
pub struct Rules {
    /// For each rule that takes part at all: its code, and the files in which it does not.
    enabled: Vec<(&'static str, Option<PathPatterns>)>,
}

impl Rules {
    /// What the settings turn on.
    ///
    /// # Errors
    /// Where globs are too large.
    pub fn new(settings: &Settings) -> Result<Self, PatternError> {
        // The first layer is the default, which selects all; rules that are off by default must be asked for.
        let asked_for = Selection {
            layers: std::iter::once(SelectionLayer {
                select: Some(vec![]),
                ..SelectionLayer::default()
            })
            .chain(settings.selection.layers.iter().skip(1).cloned())
            .collect(),
        };
        let mut enabled = Vec::new();
        for rule in rules::all() {
            let (code, name) = (rule.info.code, rule.info.name);
            let selection = if rule.default_on {
                &settings.selection
            } else {
                &asked_for
            };
            if !selection.selects(code, name) {
                continue;
            }
            let patterns: Vec<_> = settings
                .per_file_ignores
                .iter()
                .filter(|ignore| {
                    let selects = |selector: &String| config::check_against(selector, [(code, name)]).is_ok();
                    ignore.selectors.iter().any(selects)
                })
                .map(|ignore| &ignore.pattern)
                .collect();
            let except = if patterns.is_empty() {
                None
            } else {
                Some(PathPatterns::new(patterns)?)
            };
            enabled.push((code, except));
        }
        Ok(Self { enabled })
    }

    /// Whether a rule takes part in the check of the file at an absolute path.
    pub fn enabled(&self, absolute: &Path, rule: &Rule) -> bool {
        self.enabled
            .iter()
            .find(|(code, _)| *code == rule.info.code)
            .is_some_and(|(_, except)| except.as_ref().is_none_or(|except| !except.matches(absolute)))
    }
}

/// Writes the settings, each with its origin.
pub fn show(out: &mut dyn WriteColor, settings: &Settings) -> io::Result<()> {
    let mut line = |key: &str, value: &str, origin: &Origin| -> io::Result<()> {
        out.set_color(ColorSpec::new().set_bold(true))?;
        write!(out, "{key}")?;
        out.reset()?;
        write!(out, " = {}  ", visible(value))?;
        out.set_color(ColorSpec::new().set_dimmed(true))?;
        write!(out, "# {}", visible(&origin.to_string()))?;
        out.reset()?;
        writeln!(out)
    };
    for layer in &settings.selection.layers {
        let lists = [
            ("select", layer.select.as_ref()),
            (
                "extend-select",
                Some(&layer.extend_select).filter(|list| !list.is_empty()),
            ),
            ("ignore", Some(&layer.ignore).filter(|list| !list.is_empty())),
        ];
        for (key, list) in lists {
            if let Some(list) = list {
                line(key, &array(list.iter().map(String::as_str)), &layer.origin)?;
            }
        }
    }
    for ignore in &settings.per_file_ignores {
        let key = format!("per-file-ignores.{:?}", ignore.pattern.as_str());
        line(
            &key,
            &array(ignore.selectors.iter().map(String::as_str)),
            &ignore.origin,
        )?;
    }
    let globs = |patterns: &[PathPattern]| array(patterns.iter().map(PathPattern::as_str));
    line("exclude", &globs(&settings.exclude.value), &settings.exclude.origin)?;
    for extend in &settings.extend_exclude {
        line("extend-exclude", &globs(&extend.value), &extend.origin)?;
    }
    let force = &settings.force_exclude;
    line("force-exclude", &force.value.to_string(), &force.origin)?;
    let quoted = |word: &str| format!("{word:?}");
    let fail_on = &settings.fail_on;
    line("fail-on", &quoted(fail_on.value.as_str()), &fail_on.origin)?;
    let severity = &settings.min_severity;
    line("min-severity", &quoted(severity.value.as_str()), &severity.origin)?;
    let confidence = &settings.min_confidence;
    line("min-confidence", &quoted(&word(confidence.value)), &confidence.origin)?;
    let format = &settings.output_format;
    line("output-format", &quoted(&word(format.value)), &format.origin)?;
    let lang = &settings.lang;
    line("lang", &quoted(&word(lang.value)), &lang.origin)?;
    let python = &settings.target_python;
    line("target-python", &quoted(&python.value.to_string()), &python.origin)?;
    let platforms: Vec<_> = settings.platforms.value.members().map(word).collect();
    line(
        "platforms",
        &array(platforms.iter().map(String::as_str)),
        &settings.platforms.origin,
    )?;
    for wrapper in &settings.wrappers {
        out.set_color(ColorSpec::new().set_bold(true))?;
        write!(out, "api")?;
        out.reset()?;
        let (name, like) = (&wrapper.name, &wrapper.like);
        write!(out, " = {{ name = {:?}, like = {:?} }}  ", name.value, like.value)?;
        out.set_color(ColorSpec::new().set_dimmed(true))?;
        write!(out, "# {}", visible(&name.place.to_string()))?;
        out.reset()?;
        writeln!(out)?;
    }
    Ok(())
}

/// A word of the command line for a value.
fn word(value: impl clap::ValueEnum) -> String {
    value
        .to_possible_value()
        .map_or_else(String::new, |value| value.get_name().to_owned())
}

fn array<'a>(words: impl Iterator<Item = &'a str>) -> String {
    let words: Vec<_> = words.map(|word| format!("{word:?}")).collect();
    format!("[{}]", words.join(", "))
}
