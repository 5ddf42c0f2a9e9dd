//! Finding configuration files, and laying them over each other.

use std::fs;
use std::path::{Path, PathBuf};

use toml::de::{DeTable, DeValue};

use super::CheckSelector;
use super::document::{Document, shown};
use super::error::{ConfigError, Mistake};
use super::layer::{Extends, Layer};
use super::settings::{Settings, Sourced};
use super::target::{PythonRange, from_requires_python};
use crate::files::cleaned;

const OWN_FILE: &str = "mplint.toml";
const PYPROJECT: &str = "pyproject.toml";

/// Which configuration a run uses.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum ConfigSource {
    /// The nearest file, from the working directory upwards.
    #[default]
    Nearest,
    /// This file (`--config`); the nearest `project.requires-python` still counts.
    File(PathBuf),
    /// None: the defaults (`--isolated`).
    Isolated,
}

/// The settings of a run, before the command line has its say. The working directory must be absolute.
///
/// # Errors
/// A file that cannot be read or parsed, an unknown key, a value that is none, files that extend each other in a ring.
pub fn load(
    source: &ConfigSource,
    working_directory: &Path,
    check: &CheckSelector<'_>,
) -> Result<Settings, ConfigError> {
    let mut settings = Settings::default();
    let mut loader = Loader {
        working_directory,
        check,
        warnings: vec![],
    };
    let file = match source {
        ConfigSource::Isolated => return Ok(settings),
        ConfigSource::File(file) => Some(working_directory.join(file)),
        ConfigSource::Nearest => loader.nearest_settings()?,
    };
    if let Some(range) = loader.nearest_requires_python()? {
        settings.target_python = range;
    }
    let stated = settings.target_python.origin.clone();
    if let Some(file) = file {
        for layer in loader.layers(&file)? {
            settings.apply(layer);
        }
        settings.file = Some(shown(&file, working_directory));
    }
    // A doubt about `requires-python` is of no interest where `target-python` speaks.
    if settings.target_python.origin == stated {
        settings.warnings = loader.warnings;
    }
    Ok(settings)
}

struct Loader<'a> {
    working_directory: &'a Path,
    check: &'a CheckSelector<'a>,
    warnings: Vec<String>,
}

impl Loader<'_> {
    fn read(&self, path: &Path) -> Result<Document, ConfigError> {
        Document::read(path, self.working_directory)
    }

    fn nearest_settings(&self) -> Result<Option<PathBuf>, ConfigError> {
        for folder in self.working_directory.ancestors() {
            let own = folder.join(OWN_FILE);
            if own.is_file() {
                return Ok(Some(own));
            }
            let pyproject = folder.join(PYPROJECT);
            if pyproject.is_file() && has_settings(&self.read(&pyproject)?.parse()?) {
                return Ok(Some(pyproject));
            }
        }
        Ok(None)
    }

    fn nearest_requires_python(&mut self) -> Result<Option<Sourced<PythonRange>>, ConfigError> {
        for folder in self.working_directory.ancestors() {
            let pyproject = folder.join(PYPROJECT);
            if !pyproject.is_file() {
                continue;
            }
            let document = self.read(&pyproject)?;
            let table = document.parse()?;
            let Some(value) = table
                .get("project")
                .and_then(|project| project.get_ref().get("requires-python"))
            else {
                continue;
            };
            let origin = document.origin(value.span());
            let (range, doubts) = match value.get_ref() {
                DeValue::String(text) => from_requires_python(text),
                other => {
                    let doubt = format!("requires-python must be a string, not a {}", other.type_str());
                    (None, vec![doubt])
                }
            };
            let doubts = doubts.into_iter().map(|doubt| format!("{origin}: {doubt}"));
            self.warnings.extend(doubts);
            return Ok(range.map(|range| Sourced::new(range, origin)));
        }
        Ok(None)
    }

    /// What a file and those that it extends say, the weakest first.
    fn layers(&self, file: &Path) -> Result<Vec<Layer>, ConfigError> {
        let mut layers = vec![];
        let mut chain: Vec<PathBuf> = vec![];
        let mut document = self.read(file)?;
        loop {
            let (layer, extends) = self.layer(&document)?;
            layers.push(layer);
            chain.push(canonical(&document.path));
            let Some((base, span)) = extends else {
                break;
            };
            let written = document.folder().join(&base);
            let next = canonical(&written);
            // The shorter spelling is the one to show, and the one that globs can be matched under.
            let clean = cleaned(&written);
            let path = if canonical(&clean) == next { clean } else { next.clone() };
            if chain.contains(&next) {
                let ring = chain
                    .iter()
                    .chain([&next])
                    .map(|file| shown(file, &canonical(self.working_directory)))
                    .collect();
                return Err(document.wrong(span, Mistake::Cycle(ring)));
            }
            document = self.read(&path).map_err(|error| match error {
                ConfigError::Unreadable { reason, .. } => {
                    let file = PathBuf::from(&base);
                    document.wrong(span, Mistake::Extend { file, reason })
                }
                other @ ConfigError::Mistake { .. } => other,
            })?;
        }
        layers.reverse();
        Ok(layers)
    }

    fn layer(&self, document: &Document) -> Result<(Layer, Extends), ConfigError> {
        let table = document.parse()?;
        if !is_pyproject(&document.path) {
            return Layer::read(document, &table, self.check);
        }
        let Some(own) = table.get("tool").and_then(|tool| tool.get_ref().get("mplint")) else {
            return Err(ConfigError::Unreadable {
                file: document.shown.clone(),
                reason: "has no [tool.mplint] table".to_owned(),
            });
        };
        Layer::read(document, document.table("tool.mplint", own)?, self.check)
    }
}

fn has_settings(table: &DeTable<'_>) -> bool {
    table
        .get("tool")
        .is_some_and(|tool| tool.get_ref().get("mplint").is_some())
}

fn is_pyproject(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name == PYPROJECT)
}

fn canonical(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf())
}

#[cfg(test)]
mod tests;
