//! The graph as data, for programs: an array with one object for each program.

use super::Graph;

/// Writes some programs.
///
/// # Errors
/// Where it cannot be written down, which does not happen.
pub fn write(graphs: &[Graph]) -> serde_json::Result<String> {
    let mut text = serde_json::to_string_pretty(graphs)?;
    text.push('\n');
    Ok(text)
}
