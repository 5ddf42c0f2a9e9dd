//! The exit codes of every command. They are part of what users rely on.

/// Nothing at or above `--fail-on` was found.
pub const CLEAN: u8 = 0;

/// Something at or above `--fail-on` was found.
pub const FOUND: u8 = 1;

/// Wrong usage or configuration, a path that does not exist, or an error inside mplint. What could be linted was linted.
pub const ERROR: u8 = 2;
