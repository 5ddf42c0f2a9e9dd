//! A name for a finding that survives unrelated edits of the file.
