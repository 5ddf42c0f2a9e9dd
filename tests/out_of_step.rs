//! What is written in two places says the same in both. `MPLINT_UPDATE=1` rewrites the copy from its source.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use mplint::config::Lang;
use mplint::findings::Applicability;
use mplint::lang::Translation;
use mplint::rules;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The rules as the README lists them, markers left out.
fn rule_table(lang: Lang) -> String {
    let translation = Translation::to(lang);
    let head = match lang {
        Lang::En => "code | name | severity | fix | what is wrong",
        Lang::Vi => "mã | tên | mức độ | cách sửa | lỗi gì",
    };
    let mut table = format!("\n| {head} |\n| --- | --- | --- | --- | --- |\n");
    for rule in rules::all() {
        let (code, name) = (rule.info.code, rule.info.name);
        let fix = match (rule.fix, lang) {
            (Some(Applicability::Safe), _) => "safe",
            (Some(Applicability::Unsafe), _) => "unsafe",
            (Some(Applicability::Display), Lang::En) => "shown",
            (Some(Applicability::Display), Lang::Vi) => "display",
            (None, _) => "",
        };
        let fix = translation.text(fix);
        let off = match rule.default_on {
            true => String::new(),
            false => format!(" ({})", translation.text("off by default")),
        };
        let severity = translation.text(rule.severity.as_str());
        let title = translation.title(rule).replace('|', "\\|");
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
fn the_readmes_list_the_rules() {
    for (name, lang) in [("README.md", Lang::En), ("README.vi.md", Lang::Vi)] {
        let path = root().join(name);
        let found = read(&path);
        let wanted = with_part(&found, "<!-- rules -->", "<!-- /rules -->", &rule_table(lang));
        let wanted = wanted.unwrap_or_else(|| panic!("{name} has not the markers of the rules once each"));
        expect_file(&path, &found, &wanted);
    }
}

fn read(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.replace("\r\n", "\n")
}

/// The code blocks of a text in Markdown, each with the fences.
fn fenced(text: &str) -> Vec<&str> {
    let mut blocks = Vec::new();
    let mut open = None;
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.starts_with("```") {
            match open.take() {
                Some(start) => blocks.extend(text.get(start..at + line.len())),
                None => open = Some(at),
            }
        }
        at += line.len();
    }
    blocks
}

/// All but what the program says in Vietnamese, which is in one of them only.
#[test]
fn the_readmes_show_the_same() {
    let english = read(&root().join("README.md"));
    let path = root().join("README.vi.md");
    let found = read(&path);
    let (ours, theirs) = (fenced(&english), fenced(&found));
    let theirs: Vec<&str> = theirs
        .into_iter()
        .filter(|block| !block.contains("--lang vi"))
        .collect();
    assert_eq!(
        ours.len(),
        theirs.len(),
        "README.md and README.vi.md have not as many code blocks"
    );
    let mut wanted = String::new();
    let mut rest = found.as_str();
    for (our, their) in ours.iter().zip(&theirs) {
        let (before, after) = rest.split_once(their).unwrap();
        wanted.push_str(before);
        wanted.push_str(our);
        rest = after;
    }
    wanted.push_str(rest);
    expect_file(&path, &found, &wanted);
    assert!(english.contains("(README.vi.md)") && found.contains("(README.md)"));
}

/// What README.vi.md shows in Vietnamese is what the program says.
#[test]
fn the_vietnamese_readme_shows_what_is_said() {
    let path = root().join("README.vi.md");
    let found = read(&path);
    let blocks = fenced(&found);
    let program = blocks
        .iter()
        .find_map(|block| block.strip_prefix("```python\n"))
        .unwrap();
    let shown = blocks.iter().find(|block| block.contains("--lang vi")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("words.py"),
        program.trim_end().trim_end_matches("```"),
    )
    .unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_mplint"))
        .args(["--lang", "vi", "words.py"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap());
    let wanted = format!("```console\n$ mplint --lang vi words.py\n{}```\n", said.concat());
    expect_file(&path, &found, &found.replace(shown, &wanted));
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
