//! The settings of a run.

use std::fmt;
use std::path::{Path, PathBuf};

use super::error::{ConfigError, Mistake, Place};
use super::layer::{Layer, Wrapper};
use super::selection::{Selection, SelectionLayer, specificity};
use super::target::PythonRange;
use super::{CheckSelector, nearest};
use crate::files::{PathPattern, PathPatterns, PatternError, discover::DEFAULT_EXCLUDES};
use crate::findings::{Confidence, Platform, Platforms, Severity, Targets};

/// Where a value comes from.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Origin {
    /// Nobody said anything.
    #[default]
    Default,
    /// A configuration file.
    File {
        /// The file, relative to the working directory where possible.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// The command line.
    CommandLine,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File { file, line } => write!(f, "{}:{line}", file.display()),
            Self::CommandLine => f.write_str("command line"),
        }
    }
}

/// A value and where it comes from.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Sourced<T> {
    /// The value.
    pub value: T,
    /// Its origin.
    pub origin: Origin,
}

impl<T> Sourced<T> {
    /// A value from somewhere.
    pub const fn new(value: T, origin: Origin) -> Self {
        Self { value, origin }
    }

    const fn default_value(value: T) -> Self {
        Self::new(value, Origin::Default)
    }
}

/// How findings are written.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, clap::ValueEnum)]
pub enum OutputFormat {
    /// The lines of source around each finding, with notes
    #[default]
    Full,
    /// One line for each finding
    Concise,
    /// A JSON array
    Json,
    /// Annotations for GitHub Actions
    Github,
}

/// The language in which texts are written for people.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default, clap::ValueEnum)]
pub enum Lang {
    /// English
    #[default]
    En,
    /// Vietnamese
    Vi,
}

/// Rules that are not wanted in some files.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct PerFileIgnore {
    /// The files.
    pub pattern: PathPattern,
    /// The rules, as selectors.
    pub selectors: Vec<String>,
    /// Who says so.
    pub origin: Origin,
}

/// The settings of a run, each with its origin.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settings {
    /// The configuration file, where there is one.
    pub file: Option<PathBuf>,
    /// Which rules.
    pub selection: Selection,
    /// Which rules not, in some files.
    pub per_file_ignores: Vec<PerFileIgnore>,
    /// What walks leave out.
    pub exclude: Sourced<Vec<PathPattern>>,
    /// What they leave out besides.
    pub extend_exclude: Vec<Sourced<Vec<PathPattern>>>,
    /// Whether the excludes hold for paths on the command line.
    pub force_exclude: Sourced<bool>,
    /// The lowest severity that fails a run.
    pub fail_on: Sourced<Severity>,
    /// The lowest severity that is shown.
    pub min_severity: Sourced<Severity>,
    /// The lowest confidence that is shown.
    pub min_confidence: Sourced<Confidence>,
    /// How findings are written.
    pub output_format: Sourced<OutputFormat>,
    /// The language of what is written for people.
    pub lang: Sourced<Lang>,
    /// The targeted versions.
    pub target_python: Sourced<PythonRange>,
    /// The targeted platforms.
    pub platforms: Sourced<Platforms>,
    /// The project's own functions that start processes.
    pub wrappers: Vec<Wrapper>,
    /// What was odd but does not stop the run: one sentence each.
    pub warnings: Vec<String>,
}

impl Default for Settings {
    fn default() -> Self {
        let targets = Targets::default();
        // These hold no `/`, so it does not matter which folder they belong to.
        let exclude = DEFAULT_EXCLUDES
            .iter()
            .filter_map(|name| PathPattern::new(name, Path::new("/")).ok())
            .collect();
        Self {
            file: None,
            selection: Selection::default(),
            per_file_ignores: vec![],
            exclude: Sourced::default_value(exclude),
            extend_exclude: vec![],
            force_exclude: Sourced::default_value(false),
            fail_on: Sourced::default_value(Severity::Warning),
            min_severity: Sourced::default_value(Severity::Note),
            min_confidence: Sourced::default_value(Confidence::Low),
            output_format: Sourced::default_value(OutputFormat::Full),
            lang: Sourced::default_value(Lang::En),
            target_python: Sourced::default_value(PythonRange {
                oldest: targets.oldest,
                newest: targets.newest,
            }),
            platforms: Sourced::default_value(targets.platforms),
            wrappers: vec![],
            warnings: vec![],
        }
    }
}

/// What the command line says. An option that was not given is absent or empty.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Overrides {
    /// `--select`
    pub select: Option<Vec<String>>,
    /// `--extend-select`
    pub extend_select: Vec<String>,
    /// `--ignore`
    pub ignore: Vec<String>,
    /// `--per-file-ignores`: a glob and a selector each; they come on top of those in the configuration.
    pub per_file_ignores: Vec<(String, String)>,
    /// `--exclude`
    pub exclude: Option<Vec<String>>,
    /// `--extend-exclude`
    pub extend_exclude: Vec<String>,
    /// `--force-exclude`
    pub force_exclude: Option<bool>,
    /// `--fail-on`
    pub fail_on: Option<Severity>,
    /// `--min-severity`
    pub min_severity: Option<Severity>,
    /// `--min-confidence`
    pub min_confidence: Option<Confidence>,
    /// `--output-format`
    pub output_format: Option<OutputFormat>,
    /// `--lang`
    pub lang: Option<Lang>,
    /// `--target-python`
    pub target_python: Option<PythonRange>,
    /// `--platforms`
    pub platforms: Vec<Platform>,
}

impl Settings {
    /// What the project runs on.
    #[must_use]
    pub const fn targets(&self) -> Targets {
        Targets {
            oldest: self.target_python.value.oldest,
            newest: self.target_python.value.newest,
            platforms: self.platforms.value,
            are_platforms_named: !matches!(self.platforms.origin, Origin::Default),
        }
    }

    /// All that walks leave out, ready to match.
    ///
    /// # Errors
    /// Where the patterns together are too large.
    pub fn excludes(&self) -> Result<PathPatterns, PatternError> {
        let besides = self.extend_exclude.iter().flat_map(|patterns| &patterns.value);
        PathPatterns::new(self.exclude.value.iter().chain(besides))
    }

    /// Whether a rule is unwanted in the file at an absolute path.
    ///
    /// # Errors
    /// Where a pattern is too large.
    pub fn is_ignored_in(&self, absolute: &Path, code: &str, name: &str) -> Result<bool, PatternError> {
        for ignore in &self.per_file_ignores {
            let named = ignore.selectors.iter().any(|s| specificity(s, code, name).is_some());
            if named && PathPatterns::new([&ignore.pattern])?.matches(absolute) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The settings with the command line's word on top. Its globs belong to the working directory.
    ///
    /// # Errors
    /// A selector that selects nothing, or a glob that is none.
    pub fn with_overrides(
        mut self,
        overrides: Overrides,
        working_directory: &Path,
        check: &CheckSelector<'_>,
    ) -> Result<Self, ConfigError> {
        fn from_line<T>(value: T) -> Sourced<T> {
            Sourced::new(value, Origin::CommandLine)
        }
        let patterns = |option: &'static str, globs: Vec<String>| -> Result<Vec<PathPattern>, ConfigError> {
            globs
                .iter()
                .map(|glob| PathPattern::new(glob, working_directory).map_err(|error| wrong(option, error.into())))
                .collect()
        };
        let selected = [
            ("--select", overrides.select.as_deref().unwrap_or_default()),
            ("--extend-select", &overrides.extend_select),
            ("--ignore", &overrides.ignore),
        ];
        for (option, selectors) in selected {
            for selector in selectors {
                checked(option, selector, check)?;
            }
        }
        for (glob, selector) in overrides.per_file_ignores {
            let option = "--per-file-ignores";
            checked(option, &selector, check)?;
            self.per_file_ignores.push(PerFileIgnore {
                pattern: PathPattern::new(&glob, working_directory).map_err(|error| wrong(option, error.into()))?,
                selectors: vec![selector],
                origin: Origin::CommandLine,
            });
        }
        let exclude = overrides
            .exclude
            .map(|globs| patterns("--exclude", globs))
            .transpose()?;
        let extend_exclude = patterns("--extend-exclude", overrides.extend_exclude)?;
        let platforms: Platforms = overrides.platforms.into_iter().map(Platforms::from).collect();
        self.apply(Layer {
            selection: SelectionLayer {
                select: overrides.select,
                extend_select: overrides.extend_select,
                ignore: overrides.ignore,
                origin: Origin::CommandLine,
            },
            per_file_ignores: vec![],
            exclude: exclude.map(from_line),
            extend_exclude: (!extend_exclude.is_empty()).then(|| from_line(extend_exclude)),
            force_exclude: overrides.force_exclude.map(from_line),
            fail_on: overrides.fail_on.map(from_line),
            min_severity: overrides.min_severity.map(from_line),
            min_confidence: overrides.min_confidence.map(from_line),
            output_format: overrides.output_format.map(from_line),
            lang: overrides.lang.map(from_line),
            target_python: overrides.target_python.map(from_line),
            platforms: (!platforms.is_empty()).then(|| from_line(platforms)),
            wrappers: vec![],
        });
        Ok(self)
    }

    /// Lays what a file or the command line says over what is there.
    pub(super) fn apply(&mut self, layer: Layer) {
        fn set<T>(slot: &mut Sourced<T>, value: Option<Sourced<T>>) {
            if let Some(value) = value {
                *slot = value;
            }
        }
        self.selection.push(layer.selection);
        // The same glob of the same folder is the same key: the later file says what it stands for.
        for ignore in layer.per_file_ignores {
            self.per_file_ignores
                .retain(|earlier| earlier.pattern != ignore.pattern);
            self.per_file_ignores.push(ignore);
        }
        set(&mut self.exclude, layer.exclude);
        self.extend_exclude.extend(layer.extend_exclude);
        set(&mut self.force_exclude, layer.force_exclude);
        set(&mut self.fail_on, layer.fail_on);
        set(&mut self.min_severity, layer.min_severity);
        set(&mut self.min_confidence, layer.min_confidence);
        set(&mut self.output_format, layer.output_format);
        set(&mut self.lang, layer.lang);
        set(&mut self.target_python, layer.target_python);
        set(&mut self.platforms, layer.platforms);
        for wrapper in layer.wrappers {
            self.wrappers.retain(|earlier| earlier.name.value != wrapper.name.value);
            self.wrappers.push(wrapper);
        }
    }
}

fn wrong(option: &'static str, mistake: Mistake) -> ConfigError {
    ConfigError::Mistake {
        place: Place::Option(option),
        mistake: Box::new(mistake),
    }
}

fn checked(option: &'static str, selector: &str, check: &CheckSelector<'_>) -> Result<(), ConfigError> {
    check(selector).map_err(|nearest| {
        wrong(
            option,
            Mistake::UnknownRule {
                selector: selector.to_owned(),
                nearest,
            },
        )
    })
}

/// Checks a selector against codes and names: a [`CheckSelector`] for a catalogue.
///
/// # Errors
/// The nearest of them, where the selector selects nothing.
pub fn check_against<'a>(
    selector: &str,
    rules: impl IntoIterator<Item = (&'a str, &'a str)> + Clone,
) -> Result<(), Option<String>> {
    let known = selector.eq_ignore_ascii_case("ALL")
        || rules
            .clone()
            .into_iter()
            .any(|(code, name)| specificity(selector, code, name).is_some());
    if known {
        return Ok(());
    }
    let words = rules.into_iter().flat_map(|(code, name)| [code, name]).chain(["ALL"]);
    Err(nearest(selector, words).map(str::to_owned))
}
