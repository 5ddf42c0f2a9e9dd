//! Makes the catalogue of rules: one entry for each page under `rules/` and its Rust file under `src/rules/`.
//!
//! A new rule is a page and a file; no list is edited. The files are modules of the generated text, which
//! `src/rules/mod.rs` includes, so `cargo fmt` does not find them: `rustfmt --edition 2024 src/rules/mp*.rs` does.

#[expect(dead_code, reason = "shared with the library, which uses all of it")]
#[path = "src/rules/front_matter.rs"]
mod front_matter;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{env, fs, io};

use front_matter::{Expect, FixGrade, FrontMatter, Grade, MethodName, PlatformName, Switch};

fn main() -> ExitCode {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=src/rules");
    match catalogue() {
        Ok(()) => ExitCode::SUCCESS,
        Err(problems) => {
            for problem in problems {
                println!("cargo::error={problem}");
            }
            ExitCode::FAILURE
        }
    }
}

/// A page and what is made of it.
struct Entry {
    page: PathBuf,
    code_file: PathBuf,
    module: String,
    title: String,
    front: FrontMatter,
}

fn catalogue() -> Result<(), Vec<String>> {
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR").map_err(|problem| vec![problem])?);
    let pages = list(&root.join("rules"), "MP", "md");
    let files = list(&root.join("src").join("rules"), "mp", "rs");
    let mut problems = Vec::new();
    let mut entries = BTreeMap::new();
    for page in pages {
        match entry(&root, &page) {
            Ok(entry) => {
                let code = entry.front.code.clone();
                if let Some(other) = entries.insert(code, entry) {
                    let name = shown(&root, &page);
                    problems.push(format!("{name}:2: {} has its code too", shown(&root, &other.page)));
                }
            }
            Err(problem) => problems.push(problem),
        }
    }
    let with_page: BTreeSet<&PathBuf> = entries.values().map(|entry| &entry.code_file).collect();
    for file in files.iter().filter(|file| !with_page.contains(file)) {
        problems.push(format!("{}: there is no page for it under rules/", shown(&root, file)));
    }
    for entry in entries.values() {
        let page = shown(&root, &entry.page);
        if !files.contains(&entry.code_file) {
            problems.push(format!("{page}: there is no {} for it", shown(&root, &entry.code_file)));
        }
        for code in entry
            .front
            .subsumes
            .iter()
            .filter(|code| !entries.contains_key(code.as_str()))
        {
            problems.push(format!("{page}: it subsumes {code}, which has no page"));
        }
    }
    if !problems.is_empty() {
        return Err(problems);
    }
    let out = PathBuf::from(variable("OUT_DIR").map_err(|problem| vec![problem])?).join("registry.rs");
    let text = generate(entries.values()).map_err(|error| vec![error.to_string()])?;
    fs::write(&out, text).map_err(|error| vec![format!("{}: {error}", out.display())])
}

fn variable(name: &str) -> Result<String, String> {
    env::var(name).map_err(|error| format!("{name}: {error}"))
}

/// The files of a folder whose names start and end so, by name. A folder that is not there has none.
fn list(folder: &Path, prefix: &str, extension: &str) -> Vec<PathBuf> {
    let fits = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let after = name.strip_prefix(prefix).unwrap_or_default();
        after.starts_with(|c: char| c.is_ascii_digit()) && path.extension().is_some_and(|found| found == extension)
    };
    let entries = fs::read_dir(folder).into_iter().flatten();
    let mut files: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).filter(fits).collect();
    files.sort();
    files
}

/// The path as a person in the package's folder would write it.
fn shown(root: &Path, path: &Path) -> String {
    let relative = path.strip_prefix(root).unwrap_or(path);
    relative.display().to_string().replace('\\', "/")
}

fn entry(root: &Path, page: &Path) -> Result<Entry, String> {
    let name = shown(root, page);
    let read: io::Result<String> = fs::read_to_string(page);
    let text = read.map_err(|error| format!("{name}: {error}"))?;
    let (front, lines) =
        front_matter::read(&text).map_err(|error| format!("{name}:{}: {}", error.line, error.message))?;
    let wanted = format!("{}-{}", front.code, front.name);
    if page.file_stem().and_then(|stem| stem.to_str()) != Some(wanted.as_str()) {
        return Err(format!("{name}:2: by its code and name the file must be {wanted}.md"));
    }
    let title = text.lines().skip(lines).find_map(|line| line.strip_prefix("# "));
    let title = title.ok_or_else(|| format!("{name}:{}: no `# ` heading follows", lines + 1))?;
    let module = wanted.to_lowercase().replace('-', "_");
    Ok(Entry {
        page: page.to_owned(),
        code_file: root.join("src").join("rules").join(format!("{module}.rs")),
        module,
        title: title.trim().to_owned(),
        front,
    })
}

fn generate<'a>(entries: impl Iterator<Item = &'a Entry> + Clone) -> Result<String, std::fmt::Error> {
    let mut out = String::new();
    for entry in entries.clone() {
        writeln!(out, "#[path = {:?}]\npub mod {};", entry.code_file, entry.module)?;
    }
    out.push_str("\n/// The rules, in the order of their codes.\npub static RULES: &[Rule] = &[\n");
    for entry in entries.clone() {
        write_rule(&mut out, entry)?;
    }
    out.push_str("];\n\n/// Each rule under its code.\npub mod codes {\n    use super::{RULES, Rule};\n");
    for (index, entry) in entries.enumerate() {
        let code = &entry.front.code;
        writeln!(
            out,
            "    /// `{}`\n    pub static {code}: &Rule = &RULES[{index}];",
            entry.front.name
        )?;
    }
    out.push_str("}\n");
    Ok(out)
}

fn write_rule(out: &mut String, entry: &Entry) -> std::fmt::Result {
    let front = &entry.front;
    let severity = match front.severity {
        Grade::Note => "Note",
        Grade::Warning => "Warning",
        Grade::Error => "Error",
    };
    let fix = match front.fix {
        FixGrade::Safe => "Some(findings::Applicability::Safe)",
        FixGrade::Unsafe => "Some(findings::Applicability::Unsafe)",
        FixGrade::Display => "Some(findings::Applicability::Display)",
        FixGrade::None => "None",
    };
    writeln!(out, "    Rule {{")?;
    writeln!(
        out,
        "        info: findings::RuleInfo {{ code: {:?}, name: {:?} }},",
        front.code, front.name
    )?;
    writeln!(out, "        title: {:?},", entry.title)?;
    writeln!(out, "        severity: findings::Severity::{severity},")?;
    writeln!(out, "        fix: {fix},")?;
    writeln!(out, "        default_on: {},", front.default == Switch::On)?;
    writeln!(out, "        subsumes: &{:?},", front.subsumes)?;
    writeln!(out, "        expect: &[")?;
    for expect in &front.expect {
        write_expectation(out, expect)?;
    }
    writeln!(out, "        ],")?;
    writeln!(out, "        page: include_str!({:?}),", entry.page)?;
    writeln!(out, "        hook: {}::HOOK,\n    }},", entry.module)
}

fn write_expectation(out: &mut String, expect: &Expect) -> std::fmt::Result {
    let methods = expect.on.iter().map(|method| match method {
        MethodName::Fork => "FORK",
        MethodName::Spawn => "SPAWN",
        MethodName::Forkserver => "FORKSERVER",
    });
    let platforms = expect.platforms.iter().map(|platform| match platform {
        PlatformName::Linux => "LINUX",
        PlatformName::Macos => "MACOS",
        PlatformName::Windows => "WINDOWS",
    });
    let python = expect.python;
    let version = |(major, minor): (u8, u8)| format!("findings::PythonVersion({major}, {minor})");
    let below = python
        .below
        .map_or_else(|| "None".to_owned(), |below| format!("Some({})", version(below)));
    writeln!(out, "            findings::Expectation {{")?;
    writeln!(out, "                on: {},", union("StartMethods", methods))?;
    writeln!(
        out,
        "                python: findings::VersionRange {{ from: {}, below: {below} }},",
        version(python.from)
    )?;
    writeln!(out, "                platforms: {},", union("Platforms", platforms))?;
    writeln!(
        out,
        "                symptom: findings::Symptom {{ kind: findings::SymptomKind::{}, detail: {:?} }},",
        variant(&expect.symptom.kind),
        expect.symptom.detail
    )?;
    writeln!(out, "            }},")
}

/// Flags joined in a constant expression; the `|` of a bit set is not one.
fn union<'a>(set: &str, flags: impl Iterator<Item = &'a str>) -> String {
    let mut text = format!("findings::{set}::empty()");
    for flag in flags {
        text.push_str(&format!(".union(findings::{set}::{flag})"));
    }
    text
}

/// `wrong-result` as `WrongResult`.
fn variant(word: &str) -> String {
    let parts = word.split('-').map(|part| {
        let mut chars = part.chars();
        chars
            .next()
            .into_iter()
            .flat_map(char::to_uppercase)
            .chain(chars)
            .collect::<String>()
    });
    parts.collect()
}
