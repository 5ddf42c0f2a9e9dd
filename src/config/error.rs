//! What can be wrong with a configuration, and where.

use std::fmt;
use std::path::PathBuf;

use crate::files::PatternError;

/// A place in a configuration file, or the option of the command line.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Place {
    /// A place in a file; line and column from 1, the column in code points.
    File {
        /// The file, relative to the working directory where possible.
        file: PathBuf,
        /// The line.
        line: usize,
        /// The column.
        column: usize,
    },
    /// An option of the command line, such as `--select`.
    Option(&'static str),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { file, line, column } => write!(f, "{}:{line}:{column}", file.display()),
            Self::Option(option) => f.write_str(option),
        }
    }
}

/// What is wrong at a place.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum Mistake {
    /// No TOML.
    #[error("{0}")]
    Syntax(String),
    /// A key that mplint does not have.
    #[error("unknown key `{key}`{}", hint(.nearest.as_deref()))]
    UnknownKey {
        /// The key.
        key: String,
        /// The key that was probably meant.
        nearest: Option<String>,
    },
    /// A key that must be there is not.
    #[error("the key `{0}` is missing")]
    MissingKey(&'static str),
    /// A value of another type.
    #[error("`{key}` must be {expected}, not {found}")]
    WrongType {
        /// The key.
        key: String,
        /// What it should be, with an article.
        expected: &'static str,
        /// What it is, with an article.
        found: String,
    },
    /// A value of the right type that is none of those there are.
    #[error("`{value}` is no value for `{key}`: it must be {expected}{}", hint(.nearest.as_deref()))]
    UnknownValue {
        /// The key.
        key: String,
        /// The value.
        value: String,
        /// What there is.
        expected: String,
        /// The value that was probably meant.
        nearest: Option<String>,
    },
    /// A selector that selects no rule.
    #[error("no rule is called `{selector}`{}", hint(.nearest.as_deref()))]
    UnknownRule {
        /// The selector.
        selector: String,
        /// The selector that was probably meant.
        nearest: Option<String>,
    },
    /// A glob that is none.
    #[error(transparent)]
    Pattern(#[from] PatternError),
    /// `extend` names a file that cannot be used.
    #[error("cannot extend `{}`: it {reason}", .file.display())]
    Extend {
        /// The file.
        file: PathBuf,
        /// What is the matter with it: follows "it".
        reason: String,
    },
    /// Files that extend each other in a ring.
    #[error("configuration files extend each other in a ring: {}", chain(.0))]
    Cycle(Vec<PathBuf>),
}

/// A configuration that cannot be used.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file that cannot be read at all.
    #[error("{}: {reason}", .file.display())]
    Unreadable {
        /// The file.
        file: PathBuf,
        /// Why: a fragment that follows the name.
        reason: String,
    },
    /// Something in it is wrong.
    #[error("{place}: {mistake}")]
    Mistake {
        /// Where.
        place: Place,
        /// What.
        mistake: Box<Mistake>,
    },
}

fn hint(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |nearest| format!("; did you mean `{nearest}`?"))
}

fn chain(files: &[PathBuf]) -> String {
    let names: Vec<String> = files.iter().map(|file| format!("`{}`", file.display())).collect();
    names.join(" → ")
}

/// The candidate that a misspelled word probably means, if one is near enough: at most one slip in three letters.
/// Among equally near ones the first.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let folded = word.to_lowercase().replace('_', "-");
    let bound = (folded.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| {
            let distance = strsim::damerau_levenshtein(&folded, &candidate.to_lowercase().replace('_', "-"));
            (distance, candidate)
        })
        .filter(|&(distance, _)| distance <= bound)
        .min_by_key(|&(distance, _)| distance)
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_is_near() {
        let keys = ["select", "ignore", "extend-select", "exclude"];
        for (word, expected) in [
            ("selct", Some("select")),
            ("SELECT", Some("select")),
            ("extend_select", Some("extend-select")),
            ("ignroe", Some("ignore")),
            ("colour", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, keys), expected, "{word}");
        }
    }
}
