//! A repair of a finding, as plain data: the edits, and whether they may be made without a look.

use serde::{Deserialize, Serialize};

use super::Location;

/// Whether a fix may be applied without a look.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Applicability {
    /// For reading only.
    Display,
    /// May change what the program does.
    Unsafe,
    /// Keeps what the program means.
    Safe,
}

/// One replacement of text.
#[derive(Clone, Debug)]
pub struct Edit {
    /// What is replaced; empty for an insertion.
    pub location: Location,
    /// What it is replaced by.
    pub content: String,
}

/// A repair.
#[derive(Clone, Debug)]
pub struct Fix {
    /// Whether it may be applied without a look.
    pub applicability: Applicability,
    /// What it does, as an imperative.
    pub message: String,
    /// The replacements, in order; they do not overlap.
    pub edits: Vec<Edit>,
    /// Globals of the file that are no longer there for whoever imports it.
    pub hides: Vec<String>,
}

impl Fix {
    /// A repair that keeps what the program means.
    #[must_use]
    pub fn safe(message: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self {
            applicability: Applicability::Safe,
            message: message.into(),
            edits,
            hides: Vec::new(),
        }
    }

    /// A repair that is only shown, and run to compare with: it is one of several.
    #[must_use]
    pub fn shown(message: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self {
            applicability: Applicability::Display,
            ..Self::safe(message, edits)
        }
    }

    /// A repair that somebody has to look at.
    #[must_use]
    pub fn uncertain(message: impl Into<String>, edits: Vec<Edit>) -> Self {
        Self {
            applicability: Applicability::Unsafe,
            ..Self::safe(message, edits)
        }
    }
}
