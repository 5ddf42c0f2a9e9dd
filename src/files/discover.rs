//! Which files: directories walked, ignore files and excludes honoured.
