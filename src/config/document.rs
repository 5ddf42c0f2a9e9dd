//! A TOML file read value by value, so that each mistake is reported at its place.

use std::ops::Range;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::{ConfigError, Mistake, Place, nearest};
use super::settings::Origin;
use crate::files::FileReader;

/// The text of a configuration file.
pub(super) struct Document {
    /// Where it lies.
    pub(super) path: PathBuf,
    /// How it is called in messages.
    pub(super) shown: PathBuf,
    text: String,
}

/// A key as it is written, and its value.
pub(super) type Entry<'a, 'i> = (&'a Spanned<std::borrow::Cow<'i, str>>, &'a Spanned<DeValue<'i>>);

impl Document {
    /// Reads a file; paths in messages are relative to the working directory where possible.
    pub(super) fn read(path: &Path, working_directory: &Path) -> Result<Self, ConfigError> {
        let shown = shown(path, working_directory);
        let unreadable = |reason: String| ConfigError::Unreadable {
            file: shown.clone(),
            reason,
        };
        let mut reader = FileReader::new();
        let bytes = reader.read(path).map_err(|error| unreadable(error.to_string()))?;
        let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
        let text = std::str::from_utf8(bytes)
            .map_err(|error| unreadable(format!("is not valid UTF-8 (byte {})", error.valid_up_to())))?;
        Ok(Self {
            path: path.to_path_buf(),
            text: text.to_owned(),
            shown,
        })
    }

    /// The folder that holds the file.
    pub(super) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("/"))
    }

    pub(super) fn parse(&self) -> Result<DeTable<'_>, ConfigError> {
        match DeTable::parse(&self.text) {
            Ok(table) => Ok(table.into_inner()),
            Err(error) => {
                let message = error.message().replace('\n', "; ");
                Err(self.wrong(error.span().unwrap_or_default(), Mistake::Syntax(message)))
            }
        }
    }

    /// Line and column, from 1, of a byte offset.
    fn line_column(&self, offset: usize) -> (usize, usize) {
        let before = self.text.get(..offset).unwrap_or(&self.text);
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = 1 + before.bytes().filter(|&byte| byte == b'\n').count();
        (line, 1 + before.get(start..).unwrap_or_default().chars().count())
    }

    pub(super) fn place(&self, span: Range<usize>) -> Place {
        let (line, column) = self.line_column(span.start);
        Place::File {
            file: self.shown.clone(),
            line,
            column,
        }
    }

    pub(super) fn wrong(&self, span: Range<usize>, mistake: Mistake) -> ConfigError {
        ConfigError::Mistake {
            place: self.place(span),
            mistake: Box::new(mistake),
        }
    }

    pub(super) fn origin(&self, span: Range<usize>) -> Origin {
        Origin::File {
            file: self.shown.clone(),
            line: self.line_column(span.start).0,
        }
    }

    /// The entries of a table in the order in which they are written.
    pub(super) fn entries<'a, 'i>(table: &'a DeTable<'i>) -> Vec<Entry<'a, 'i>> {
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        entries
    }

    pub(super) fn unknown_key(&self, key: &Spanned<std::borrow::Cow<'_, str>>, known: &[&str]) -> ConfigError {
        let mistake = Mistake::UnknownKey {
            key: key.get_ref().to_string(),
            nearest: nearest(key.get_ref(), known.iter().copied()).map(str::to_owned),
        };
        self.wrong(key.span(), mistake)
    }

    pub(super) fn wrong_type(&self, key: &str, value: &Spanned<DeValue<'_>>, expected: &'static str) -> ConfigError {
        let found = match value.get_ref() {
            DeValue::Integer(_) => "an integer".to_owned(),
            DeValue::Array(_) => "an array".to_owned(),
            other => format!("a {}", other.type_str()),
        };
        self.wrong(
            value.span(),
            Mistake::WrongType {
                key: key.to_owned(),
                expected,
                found,
            },
        )
    }

    pub(super) fn string<'a>(&self, key: &str, value: &'a Spanned<DeValue<'_>>) -> Result<&'a str, ConfigError> {
        value
            .get_ref()
            .as_str()
            .ok_or_else(|| self.wrong_type(key, value, "a string"))
    }

    pub(super) fn boolean(&self, key: &str, value: &Spanned<DeValue<'_>>) -> Result<bool, ConfigError> {
        value
            .get_ref()
            .as_bool()
            .ok_or_else(|| self.wrong_type(key, value, "true or false"))
    }

    pub(super) fn table<'a, 'i>(
        &self,
        key: &str,
        value: &'a Spanned<DeValue<'i>>,
    ) -> Result<&'a DeTable<'i>, ConfigError> {
        value
            .get_ref()
            .as_table()
            .ok_or_else(|| self.wrong_type(key, value, "a table"))
    }

    /// The strings of an array, with their places.
    pub(super) fn strings<'a>(
        &self,
        key: &str,
        value: &'a Spanned<DeValue<'_>>,
    ) -> Result<Vec<(&'a str, Range<usize>)>, ConfigError> {
        let expected = "an array of strings";
        let array = value
            .get_ref()
            .as_array()
            .ok_or_else(|| self.wrong_type(key, value, expected))?;
        array
            .iter()
            .map(|item| match item.get_ref().as_str() {
                Some(text) => Ok((text, item.span())),
                None => Err(self.wrong_type(&format!("an item of {key}"), item, "a string")),
            })
            .collect()
    }

    /// A word out of a fixed set.
    pub(super) fn choice<T: ValueEnum>(&self, key: &str, word: &str, span: Range<usize>) -> Result<T, ConfigError> {
        T::from_str(word, false).map_err(|_| {
            let values: Vec<_> = T::value_variants().iter().filter_map(T::to_possible_value).collect();
            let names: Vec<&str> = values.iter().map(clap::builder::PossibleValue::get_name).collect();
            let mistake = Mistake::UnknownValue {
                key: key.to_owned(),
                value: word.to_owned(),
                expected: one_of(&names),
                nearest: nearest(word, names.iter().copied()).map(str::to_owned),
            };
            self.wrong(span, mistake)
        })
    }
}

fn one_of(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} or {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    }
}

/// A path for messages: relative to the working directory where it lies below it.
pub(super) fn shown(path: &Path, working_directory: &Path) -> PathBuf {
    path.strip_prefix(working_directory).unwrap_or(path).to_path_buf()
}
