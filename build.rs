//! Makes the catalogue of rules from the pages under `rules/`.

fn main() {}
