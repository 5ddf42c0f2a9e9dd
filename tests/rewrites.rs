//! Each example of a rule page, rewritten in many ways that keep what it does: what a bad example marks is still
//! found, and a good example stays clean.
//!
//! `MPLINT_REWRITES=folder` writes every rewritten program there, to be run by hand, and how often each rewrite applies.

#[path = "rewrites/mod.rs"]
mod rewrites;
mod support;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use libtest_mimic::{Arguments, Failed, Trial};
use mplint::rules::page::{Example, ExampleFile, ExampleKind, Page};
use mplint::rules::{Hook, Rule};

fn main() {
    let mut trials = vec![
        Trial::test("every rewrite applies somewhere", every_rewrite_applies),
        Trial::test("every rewritten program is Python", every_rewritten_program_parses),
        Trial::test("every rewrite keeps the marks", every_rewrite_keeps_the_marks),
        Trial::test(
            "pages leave out only rewrites that exist",
            pages_name_rewrites_that_exist,
        ),
    ];
    for (rule, page) in support::pages() {
        for example in page.examples.clone() {
            let name = support::example_name(rule, &example);
            let page = page.clone();
            trials.push(Trial::test(name, move || check_example(rule, &page, &example)));
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

fn check_example(rule: &Rule, page: &Page, example: &Example) -> Result<(), Failed> {
    let code = rule.info.code;
    let own = |files: &[ExampleFile]| {
        let expected = support::of_code(support::marked(files), code);
        let found = support::of_code(support::lint(files), code);
        support::difference(files, &expected, &found)
    };
    if own(&example.files).is_some() {
        return Err("the example fails as it stands: see the test `rule_pages`".into());
    }
    let mut failed = Vec::new();
    let mut text = String::new();
    for rewritten in rewrites::rewritten(rule, page, example) {
        if let Some(difference) = own(&rewritten.files) {
            let _ = writeln!(
                text,
                "── {} ──\n{difference}{}",
                rewritten.name,
                shown(&rewritten.files)
            );
            failed.push(rewritten.name);
        }
    }
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!("{} rewrites fail: {}\n\n{text}", failed.len(), failed.join(", ")).into())
    }
}

/// The files with line numbers.
fn shown(files: &[ExampleFile]) -> String {
    let mut text = String::new();
    for file in files {
        let _ = writeln!(text, "{}:", file.file);
        for (index, line) in file.text.lines().enumerate() {
            let _ = writeln!(text, "{:4} {line}", index + 1);
        }
    }
    text
}

/// Calls a function with every example and every program that it is rewritten to.
fn for_each(mut on_rewritten: impl FnMut(&Rule, &Example, &rewrites::Rewritten)) {
    for (rule, page) in support::pages() {
        for example in &page.examples {
            for rewritten in rewrites::rewritten(rule, &page, example) {
                on_rewritten(rule, example, &rewritten);
            }
        }
    }
}

/// A rewrite that silently never applies tests nothing.
fn every_rewrite_applies() -> Result<(), Failed> {
    let pages = support::pages();
    let of_model = pages.iter().filter(|(rule, _)| matches!(rule.hook, Hook::Model(_)));
    let examples: usize = of_model.map(|(_, page)| page.examples.len()).sum();
    let composed = rewrites::COMPOSED.iter().map(|names| names.join(" + "));
    let names = rewrites::ALL
        .iter()
        .map(|rewrite| rewrite.name.to_owned())
        .chain(composed);
    let mut counts: BTreeMap<String, usize> = names.map(|name| (name, 0)).collect();
    for_each(|_, _, rewritten| *counts.entry(rewritten.name.clone()).or_default() += 1);
    if let Some(folder) = env::var_os("MPLINT_REWRITES") {
        let lines: Vec<String> = counts
            .iter()
            .map(|(name, count)| format!("{count:5} {name}\n"))
            .collect();
        fs::create_dir_all(&folder)?;
        fs::write(Path::new(&folder).join("counts.txt"), lines.concat())?;
    }
    // One in twenty-five: the rarest, `from` imports without any attribute access, stand in about one in ten.
    let rare: Vec<String> = counts
        .iter()
        .filter(|&(_, &count)| count < examples / 25)
        .map(|(name, count)| format!("{name} applies to {count} of {examples} examples"))
        .collect();
    fail_with(rare)
}

fn every_rewritten_program_parses() -> Result<(), Failed> {
    let folder = env::var_os("MPLINT_REWRITES").map(PathBuf::from);
    let mut wrong = Vec::new();
    for_each(|rule, example, rewritten| {
        let title = format!("{} {}", support::example_name(rule, example), rewritten.name);
        let broken = |file: &&ExampleFile| rewrites::Source::new(&file.text, true).is_none();
        for file in rewritten.files.iter().filter(broken) {
            wrong.push(format!(
                "{title}: {} is not Python\n{}",
                file.file,
                shown(&rewritten.files)
            ));
        }
        if let Some(folder) = &folder {
            let program = format!("{}-{}-{}", rule.info.code, example.kind.as_str(), example.line());
            let folder = folder.join(program);
            let copies = [
                (folder.join("as-it-stands"), &example.files),
                (folder.join(rewritten.name.replace(" + ", "+")), &rewritten.files),
            ];
            for (folder, files) in copies {
                if let Err(error) = write_program(&folder, files) {
                    wrong.push(format!("{}: {error}", folder.display()));
                }
            }
        }
        let errors = support::syntax_errors(&rewritten.files);
        if !errors.is_empty() {
            wrong.push(format!("{title}: {}\n{}", errors.join("\n"), shown(&rewritten.files)));
        }
    });
    fail_with(wrong)
}

fn write_program(folder: &Path, files: &[ExampleFile]) -> std::io::Result<()> {
    for file in files {
        let path = folder.join(&file.file);
        fs::create_dir_all(path.parent().unwrap_or(folder))?;
        fs::write(path, &file.text)?;
    }
    Ok(())
}

/// A rewrite that lost or doubled a marked line would change what is tested.
fn every_rewrite_keeps_the_marks() -> Result<(), Failed> {
    let mut wrong = Vec::new();
    let codes = |files: &[ExampleFile]| -> Vec<String> {
        let mut codes: Vec<String> = support::marked(files).into_iter().map(|(_, _, code)| code).collect();
        codes.sort();
        codes
    };
    for_each(|rule, example, rewritten| {
        if codes(&example.files) != codes(&rewritten.files)
            || example.kind != ExampleKind::Bad && !codes(&rewritten.files).is_empty()
        {
            let title = support::example_name(rule, example);
            wrong.push(format!("{title} {}\n{}", rewritten.name, shown(&rewritten.files)));
        }
    });
    fail_with(wrong)
}

fn pages_name_rewrites_that_exist() -> Result<(), Failed> {
    let mut wrong = Vec::new();
    for (rule, page) in support::pages() {
        let of_examples = page.examples.iter().flat_map(|example| &example.skip);
        for name in page.front.rewrites.skip.keys().chain(of_examples) {
            if !rewrites::ALL
                .iter()
                .any(|known| known.name == name || known.kind == name)
            {
                wrong.push(format!("{}: there is no rewrite `{name}`", rule.info.code));
            }
        }
    }
    fail_with(wrong)
}

fn fail_with(wrong: Vec<String>) -> Result<(), Failed> {
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(wrong.join("\n").into())
    }
}
