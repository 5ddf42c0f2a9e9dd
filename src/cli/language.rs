//! `--lang`: the language of what is written for people. The locale has no say in it.

use crate::config::{ConfigSource, Lang, Overrides};
use crate::lang::Translation;

use super::settings;

/// The option.
#[derive(Debug, clap::Args)]
pub struct LangArg {
    /// The language of titles, messages and explanations: en or vi
    #[arg(long, value_name = "LANGUAGE", hide_possible_values = true, help_heading = "Output")]
    pub lang: Option<Lang>,
}

impl LangArg {
    /// The language for a command that needs no settings but this one. A configuration that is wrong does not keep a
    /// rule from being explained: `mplint check` says what is wrong with it.
    pub fn translation(&self) -> Translation {
        let configured = || {
            let folder = std::env::current_dir().ok()?;
            let settings = settings::load(&ConfigSource::Nearest, Overrides::default(), &folder).ok()?;
            Some(settings.lang.value)
        };
        Translation::to(self.lang.or_else(configured).unwrap_or_default())
    }
}
