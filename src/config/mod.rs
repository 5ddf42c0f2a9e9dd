//! Settings, and where each came from.
//!
//! A run has one set of settings. They come, the later over the earlier, from the defaults, from the files that the
//! nearest configuration file extends, from that file itself, and from the command line. The nearest configuration file is
//! searched from the working directory upwards, whatever paths are linted: in each folder first `mplint.toml`, then a
//! `pyproject.toml` with a `[tool.mplint]` table. The nearest `project.requires-python` gives the targeted versions where
//! no `target-python` does.

mod document;
mod error;
mod layer;
mod load;
mod selection;
mod settings;
mod target;

pub use error::{ConfigError, Mistake, Place, nearest};
pub use layer::{ParamRef, Placed, Wrapper};
pub use load::{ConfigSource, load};
pub use selection::{Selection, SelectionLayer};
pub use settings::{Lang, Origin, OutputFormat, Overrides, PerFileIgnore, Settings, Sourced, check_against};
pub use target::PythonRange;

/// Says whether a rule selector (`MP401`, `MP4`, `ALL`, `join-before-drain`) selects anything; if not, the nearest one
/// that does, where one is near.
pub type CheckSelector<'a> = dyn Fn(&str) -> Result<(), Option<String>> + 'a;
