//! The steps from a list of paths to findings.
