//! What is written in two places says the same in both. `MPLINT_UPDATE=1` rewrites the copy from its source.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use mplint::findings::Applicability;
use mplint::rules;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The rules as the README lists them, markers left out.
fn rule_table() -> String {
    let mut table =
        String::from("\n| code | name | severity | fix | what is wrong |\n| --- | --- | --- | --- | --- |\n");
    for rule in rules::all() {
        let (code, name) = (rule.info.code, rule.info.name);
        let fix = match rule.fix {
            Some(Applicability::Safe) => "safe",
            Some(Applicability::Unsafe) => "unsafe",
            Some(Applicability::Display) => "shown",
            None => "",
        };
        let off = if rule.default_on { "" } else { " (off by default)" };
        let severity = rule.severity.as_str();
        let title = rule.title.replace('|', "\\|");
        let _ = writeln!(
            table,
            "| [{code}](rules/{code}-{name}.md) | {name} | {severity}{off} | {fix} | {title} |"
        );
    }
    table
}

/// The text with what stands between two markers put in its place; nothing where the markers are not there once each.
fn with_part(text: &str, open: &str, close: &str, part: &str) -> Option<String> {
    let (before, rest) = text.split_once(open)?;
    let (_, after) = rest.split_once(close)?;
    let stray = before.contains(close) || after.contains(open) || after.contains(close);
    (!stray).then(|| format!("{before}{open}{part}{close}{after}"))
}

/// Compares a file with what it should hold, or writes it where `MPLINT_UPDATE` asks for that.
fn expect_file(path: &Path, found: &str, wanted: &str) {
    if found == wanted {
        return;
    }
    if env::var_os("MPLINT_UPDATE").is_some_and(|value| value == "1") {
        if let Err(error) = fs::write(path, wanted) {
            panic!("{}: {error}", path.display());
        }
        return;
    }
    let lines = wanted.lines().zip(found.lines()).enumerate();
    let first = lines.into_iter().find(|(_, (wanted, found))| wanted != found);
    panic!(
        "{} is out of step; MPLINT_UPDATE=1 brings it back. The first difference: {first:#?}",
        path.display()
    );
}

#[test]
fn the_readme_lists_the_rules() {
    let path = root().join("README.md");
    let found = fs::read_to_string(&path).unwrap().replace("\r\n", "\n");
    let wanted = with_part(&found, "<!-- rules -->", "<!-- /rules -->", &rule_table());
    let wanted = wanted.expect("README.md has the markers <!-- rules --> and <!-- /rules --> once each");
    expect_file(&path, &found, &wanted);
}

#[test]
fn every_page_is_one_rule_and_every_rule_one_page() {
    let mut pages: BTreeMap<String, usize> = BTreeMap::new();
    for entry in fs::read_dir(root().join("rules")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if let Some(stem) = name.strip_suffix(".md").filter(|stem| stem.starts_with("MP")) {
            let (code, _) = stem.split_once('-').unwrap();
            *pages.entry(code.to_owned()).or_default() += 1;
        }
    }
    let rules: BTreeMap<String, usize> = rules::all().iter().map(|rule| (rule.info.code.to_owned(), 1)).collect();
    assert_eq!(pages, rules);
    let mut names: Vec<&str> = rules::all().iter().map(|rule| rule.info.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), rules.len(), "two rules have the same name");
    assert!(rules::all().is_sorted_by_key(|rule| rule.info.code));
}

#[test]
fn a_part_is_replaced_only_between_its_markers() {
    assert_eq!(
        with_part("a<o>b</o>c", "<o>", "</o>", "x").as_deref(),
        Some("a<o>x</o>c")
    );
    assert_eq!(with_part("a<o>b", "<o>", "</o>", "x"), None);
    assert_eq!(with_part("</o>a<o>b</o>", "<o>", "</o>", "x"), None);
}
