//! What one configuration file says.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::document::Document;
use super::error::{ConfigError, Mistake, Place};
use super::selection::SelectionLayer;
use super::settings::{Lang, OutputFormat, PerFileIgnore, Sourced};
use super::target::PythonRange;
use super::{CheckSelector, Origin};
use crate::files::PathPattern;
use crate::findings::{Confidence, Platform, Platforms, Severity};

/// Every key of `[tool.mplint]`.
const KEYS: &[&str] = &[
    "api",
    "exclude",
    "extend",
    "extend-exclude",
    "extend-select",
    "fail-on",
    "force-exclude",
    "ignore",
    "lang",
    "min-confidence",
    "min-severity",
    "output-format",
    "per-file-ignores",
    "platforms",
    "select",
    "target-python",
];

/// Every key of `[[tool.mplint.api]]`.
const API_KEYS: &[&str] = &["args", "kwargs", "like", "name", "target"];

/// A value and its place, for mistakes that only show later.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Placed<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub place: Place,
}

/// A parameter of a function.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum ParamRef {
    /// By position, from 0. A method's `self` is not counted.
    Position(u32),
    /// By name.
    Name(String),
}

/// A function or class of the project that starts processes as a known one does.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Wrapper {
    /// Its dotted name, such as `mycorp.run_in_child`.
    pub name: Placed<String>,
    /// The dotted name of what it does the same as, such as `multiprocessing.Process`.
    pub like: Placed<String>,
    /// The parameter that takes what runs in the process, where it is not that of `like`.
    pub target: Option<Placed<ParamRef>>,
    /// The parameter that takes its positional arguments.
    pub args: Option<Placed<ParamRef>>,
    /// The parameter that takes its keyword arguments.
    pub kwargs: Option<Placed<ParamRef>>,
}

/// What one configuration file says, or the command line.
#[derive(Debug, Default)]
pub(super) struct Layer {
    pub(super) selection: SelectionLayer,
    pub(super) per_file_ignores: Vec<PerFileIgnore>,
    pub(super) exclude: Option<Sourced<Vec<PathPattern>>>,
    pub(super) extend_exclude: Option<Sourced<Vec<PathPattern>>>,
    pub(super) force_exclude: Option<Sourced<bool>>,
    pub(super) fail_on: Option<Sourced<Severity>>,
    pub(super) min_severity: Option<Sourced<Severity>>,
    pub(super) min_confidence: Option<Sourced<Confidence>>,
    pub(super) output_format: Option<Sourced<OutputFormat>>,
    pub(super) lang: Option<Sourced<Lang>>,
    pub(super) target_python: Option<Sourced<PythonRange>>,
    pub(super) platforms: Option<Sourced<Platforms>>,
    pub(super) wrappers: Vec<Wrapper>,
}

/// The file that a file extends, as written, and where.
pub(super) type Extends = Option<(String, Range<usize>)>;

impl Layer {
    /// Reads the table of settings of a document.
    pub(super) fn read(
        document: &Document,
        table: &DeTable<'_>,
        check: &CheckSelector<'_>,
    ) -> Result<(Self, Extends), ConfigError> {
        let mut layer = Self::default();
        let mut extends = None;
        for (key, value) in Document::entries(table) {
            let name: &str = key.get_ref();
            let origin = document.origin(key.span());
            let selectors = || selectors(document, name, value, check);
            let patterns = || patterns(document, name, value);
            match name {
                "extend" => extends = Some((document.string(name, value)?.to_owned(), value.span())),
                "select" => {
                    layer.selection.select = Some(selectors()?);
                    layer.selection.origin = origin;
                }
                "extend-select" => {
                    layer.selection.extend_select = selectors()?;
                    layer.selection.origin = origin;
                }
                "ignore" => {
                    layer.selection.ignore = selectors()?;
                    layer.selection.origin = origin;
                }
                "per-file-ignores" => {
                    for (glob, value) in Document::entries(document.table(name, value)?) {
                        layer.per_file_ignores.push(PerFileIgnore {
                            pattern: pattern(document, glob.get_ref(), glob.span())?,
                            selectors: self::selectors(document, glob.get_ref(), value, check)?,
                            origin: document.origin(glob.span()),
                        });
                    }
                }
                "exclude" => layer.exclude = Some(Sourced::new(patterns()?, origin)),
                "extend-exclude" => layer.extend_exclude = Some(Sourced::new(patterns()?, origin)),
                "force-exclude" => layer.force_exclude = Some(Sourced::new(document.boolean(name, value)?, origin)),
                "fail-on" => layer.fail_on = Some(choice(document, name, value, origin)?),
                "min-severity" => layer.min_severity = Some(choice(document, name, value, origin)?),
                "min-confidence" => layer.min_confidence = Some(choice(document, name, value, origin)?),
                "lang" => layer.lang = Some(choice(document, name, value, origin)?),
                "output-format" => layer.output_format = Some(choice(document, name, value, origin)?),
                "target-python" => {
                    layer.target_python = Some(Sourced::new(target_python(document, name, value)?, origin));
                }
                "platforms" => layer.platforms = Some(Sourced::new(platforms(document, name, value)?, origin)),
                "api" => layer.wrappers = wrappers(document, name, value)?,
                _ => return Err(document.unknown_key(key, KEYS)),
            }
        }
        Ok((layer, extends))
    }
}

type Value<'i> = Spanned<DeValue<'i>>;

fn choice<T: clap::ValueEnum>(
    document: &Document,
    key: &str,
    value: &Value<'_>,
    origin: Origin,
) -> Result<Sourced<T>, ConfigError> {
    let word = document.string(key, value)?;
    Ok(Sourced::new(document.choice(key, word, value.span())?, origin))
}

fn selectors(
    document: &Document,
    key: &str,
    value: &Value<'_>,
    check: &CheckSelector<'_>,
) -> Result<Vec<String>, ConfigError> {
    let strings = document.strings(key, value)?;
    strings
        .into_iter()
        .map(|(selector, span)| match check(selector) {
            Ok(()) => Ok(selector.to_owned()),
            Err(nearest) => {
                let selector = selector.to_owned();
                Err(document.wrong(span, Mistake::UnknownRule { selector, nearest }))
            }
        })
        .collect()
}

fn pattern(document: &Document, glob: &str, span: Range<usize>) -> Result<PathPattern, ConfigError> {
    PathPattern::new(glob, document.folder()).map_err(|error| document.wrong(span, error.into()))
}

fn patterns(document: &Document, key: &str, value: &Value<'_>) -> Result<Vec<PathPattern>, ConfigError> {
    let strings = document.strings(key, value)?;
    strings
        .into_iter()
        .map(|(glob, span)| pattern(document, glob, span))
        .collect()
}

fn target_python(document: &Document, key: &str, value: &Value<'_>) -> Result<PythonRange, ConfigError> {
    let text = document.string(key, value)?;
    text.parse().map_err(|reason: String| {
        let mistake = Mistake::UnknownValue {
            key: key.to_owned(),
            value: text.to_owned(),
            expected: format!("a version such as \"3.12\" or a range such as \"3.9..3.15\" ({reason})"),
            nearest: None,
        };
        document.wrong(value.span(), mistake)
    })
}

fn platforms(document: &Document, key: &str, value: &Value<'_>) -> Result<Platforms, ConfigError> {
    let mut all = Platforms::empty();
    for (name, span) in document.strings(key, value)? {
        all |= document.choice::<Platform>(key, name, span)?.into();
    }
    if all.is_empty() {
        let mistake = Mistake::WrongType {
            key: key.to_owned(),
            expected: "an array of at least one platform",
            found: "an empty array".to_owned(),
        };
        return Err(document.wrong(value.span(), mistake));
    }
    Ok(all)
}

fn wrappers(document: &Document, key: &str, value: &Value<'_>) -> Result<Vec<Wrapper>, ConfigError> {
    let array = value
        .get_ref()
        .as_array()
        .ok_or_else(|| document.wrong_type(key, value, "an array of tables"))?;
    array
        .iter()
        .map(|item| wrapper(document, document.table(key, item)?, item.span()))
        .collect()
}

fn wrapper(document: &Document, table: &DeTable<'_>, span: Range<usize>) -> Result<Wrapper, ConfigError> {
    let (mut name, mut like, mut target, mut args, mut kwargs) = (None, None, None, None, None);
    for (key, value) in Document::entries(table) {
        match key.get_ref().as_ref() {
            "name" => name = Some(dotted_name(document, "name", value)?),
            "like" => like = Some(dotted_name(document, "like", value)?),
            "target" => target = Some(parameter(document, "target", value)?),
            "args" => args = Some(parameter(document, "args", value)?),
            "kwargs" => kwargs = Some(parameter(document, "kwargs", value)?),
            _ => return Err(document.unknown_key(key, API_KEYS)),
        }
    }
    let missing = |key: &'static str| document.wrong(span.clone(), Mistake::MissingKey(key));
    Ok(Wrapper {
        name: name.ok_or_else(|| missing("name"))?,
        like: like.ok_or_else(|| missing("like"))?,
        target,
        args,
        kwargs,
    })
}

fn dotted_name(document: &Document, key: &str, value: &Value<'_>) -> Result<Placed<String>, ConfigError> {
    let name = document.string(key, value)?;
    if !name.split('.').all(is_identifier) {
        let mistake = Mistake::UnknownValue {
            key: key.to_owned(),
            value: name.to_owned(),
            expected: "a dotted name such as `mycorp.run_in_child`".to_owned(),
            nearest: None,
        };
        return Err(document.wrong(value.span(), mistake));
    }
    Ok(Placed {
        value: name.to_owned(),
        place: document.place(value.span()),
    })
}

fn parameter(document: &Document, key: &str, value: &Value<'_>) -> Result<Placed<ParamRef>, ConfigError> {
    let parameter = match value.get_ref() {
        DeValue::Integer(number) => u32::from_str_radix(number.as_str(), number.radix())
            .ok()
            .map(ParamRef::Position),
        DeValue::String(name) if is_identifier(name) => Some(ParamRef::Name(name.to_string())),
        DeValue::String(_) => None,
        _ => return Err(document.wrong_type(key, value, "a position or the name of a parameter")),
    };
    let value_of = || match value.get_ref() {
        DeValue::Integer(number) => number.to_string(),
        other => other.as_str().unwrap_or_default().to_owned(),
    };
    let parameter = parameter.ok_or_else(|| {
        let mistake = Mistake::UnknownValue {
            key: key.to_owned(),
            value: value_of(),
            expected: "a position from 0 or the name of a parameter".to_owned(),
            nearest: None,
        };
        document.wrong(value.span(), mistake)
    })?;
    Ok(Placed {
        value: parameter,
        place: document.place(value.span()),
    })
}

fn is_identifier(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|c| c.is_alphabetic() || c == '_')
        && characters.all(|c| c.is_alphanumeric() || c == '_')
}
