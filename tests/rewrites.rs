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
use std::sync::{Arc, OnceLock};
use std::{env, fs};

use libtest_mimic::{Arguments, Failed, Trial};
use mplint::findings::{Location, Severity};
use mplint::rules::page::{Example, ExampleFile, ExampleKind, Page};
use mplint::rules::{Hook, Rule};
use rewrites::Rewritten;

/// Rewritten programs of which mplint does not know enough yet: the code, a text that stands in that example of the page
/// alone, a rewrite by itself or with others, and why. What comes out right has to leave the list.
const NOT_YET: [(&str, &str, &str, &str); 0] = [];

fn main() {
    let mut trials = vec![
        Trial::test("every rewrite applies somewhere", every_rewrite_applies),
        Trial::test("every rewritten program is Python", every_rewritten_program_parses),
        Trial::test("every rewrite keeps the marks", every_rewrite_keeps_the_marks),
        Trial::test(
            "pages leave out only rewrites that exist",
            pages_name_rewrites_that_exist,
        ),
        Trial::test("what is not known yet is on the pages", not_yet_is_on_the_pages),
    ];
    for case in cases() {
        trials.push(Trial::test(case.title(), || check_example(case)));
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// An example, with what it is rewritten to.
struct Case {
    rule: &'static Rule,
    page: Arc<Page>,
    example: Example,
    rewritten: OnceLock<Vec<Rewritten>>,
}

impl Case {
    fn title(&self) -> String {
        support::example_name(self.rule, &self.example)
    }

    /// Made once, for all tests over it.
    fn rewritten(&self) -> &[Rewritten] {
        self.rewritten
            .get_or_init(|| rewrites::rewritten(self.rule, &self.page, &self.example))
    }
}

/// Every example of every page.
fn cases() -> &'static [Case] {
    static CASES: OnceLock<Vec<Case>> = OnceLock::new();
    CASES.get_or_init(|| {
        let mut cases = Vec::new();
        for (rule, page) in support::pages() {
            let page = Arc::new(page);
            cases.extend(page.examples.iter().map(|example| Case {
                rule,
                page: Arc::clone(&page),
                example: example.clone(),
                rewritten: OnceLock::new(),
            }));
        }
        cases
    })
}

fn check_example(case: &Case) -> Result<(), Failed> {
    let (code, example) = (case.rule.info.code, &case.example);
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
    for rewritten in case.rewritten() {
        let split = rewritten.files.len() > example.files.len();
        let difference = if split {
            told_by_caller(&rewritten.files, code)
        } else {
            own(&rewritten.files)
        };
        let is_known = !is_not_yet(code, example, &rewritten.name);
        if difference.is_none() && !is_known {
            return Err(format!("{} comes out right: take it off the list", rewritten.name).into());
        }
        if let Some(difference) = difference.filter(|_| is_known) {
            let _ = writeln!(
                text,
                "── {} ──\n{difference}{}",
                rewritten.name,
                shown(&rewritten.files)
            );
            failed.push(rewritten.name.as_str());
        }
    }
    if failed.is_empty() {
        Ok(())
    } else {
        Err(format!("{} rewrites fail: {}\n\n{text}", failed.len(), failed.join(", ")).into())
    }
}

fn is_not_yet(code: &str, example: &Example, rewrite: &str) -> bool {
    NOT_YET.iter().any(|&(of, text, name, _)| {
        of == code && rewrite.contains(name) && example.files.iter().any(|file| file.text.contains(text))
    })
}

fn not_yet_is_on_the_pages() -> Result<(), Failed> {
    let mut wrong = Vec::new();
    for (code, text, name, _) in NOT_YET {
        let is_meant = |case: &&Case| {
            let mut rewritten = case.rewritten().iter();
            case.rule.info.code == code
                && case.example.files.iter().any(|file| file.text.contains(text))
                && rewritten.any(|rewritten| is_not_yet(code, &case.example, &rewritten.name))
        };
        let count = cases().iter().filter(is_meant).count();
        if count != 1 {
            wrong.push(format!("{code} {name} {text:?} stands for {count} examples"));
        }
    }
    fail_with(wrong)
}

/// The same for a program that was one file: what a marked line of the other module does may be told where the first
/// file calls it, with the marked line as a related place.
fn told_by_caller(files: &[ExampleFile], code: &str) -> Option<String> {
    let mut expected = support::of_code(support::marked(files), code);
    let place = |location: &Location| {
        let row = location.file.line_column(location.span.start).row as usize;
        (location.file.name().to_owned(), row, code.to_owned())
    };
    let mut found = Vec::new();
    for finding in support::findings_from(files, Severity::Note) {
        if finding.rule.code != code {
            continue;
        }
        let own = place(&finding.location);
        let is_caller = own.0 == files[0].file;
        let related = finding.related.iter().map(|related| place(&related.location));
        let related = related.filter(|place| is_caller && place.0 != own.0);
        let marked = std::iter::once(own.clone())
            .chain(related)
            .find_map(|place| expected.iter().position(|one| *one == place));
        match marked {
            Some(at) => drop(expected.remove(at)),
            None => found.push(own),
        }
    }
    support::difference(files, &expected, &found)
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
fn for_each(mut on_rewritten: impl FnMut(&Case, &Rewritten)) {
    for case in cases() {
        case.rewritten()
            .iter()
            .for_each(|rewritten| on_rewritten(case, rewritten));
    }
}

/// A rewrite that silently never applies tests nothing.
fn every_rewrite_applies() -> Result<(), Failed> {
    let of_model = cases().iter().filter(|case| matches!(case.rule.hook, Hook::Model(_)));
    let examples = of_model.count();
    let composed = rewrites::COMPOSED.iter().map(|names| names.join(" + "));
    let names = rewrites::ALL
        .iter()
        .map(|rewrite| rewrite.name.to_owned())
        .chain(composed);
    let mut counts: BTreeMap<String, usize> = names.map(|name| (name, 0)).collect();
    for_each(|_, rewritten| *counts.entry(rewritten.name.clone()).or_default() += 1);
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
    for_each(|case, rewritten| {
        let title = format!("{} {}", case.title(), rewritten.name);
        let broken = |file: &&ExampleFile| rewrites::Source::new(&file.text, true).is_none();
        for file in rewritten.files.iter().filter(broken) {
            wrong.push(format!(
                "{title}: {} is not Python\n{}",
                file.file,
                shown(&rewritten.files)
            ));
        }
        if let Some(folder) = &folder {
            let example = &case.example;
            let program = format!("{}-{}-{}", case.rule.info.code, example.kind.as_str(), example.line());
            let folder = folder.join(program);
            let copies = [
                (folder.join("as-it-stands"), &case.example.files),
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
    for_each(|case, rewritten| {
        if codes(&case.example.files) != codes(&rewritten.files)
            || case.example.kind != ExampleKind::Bad && !codes(&rewritten.files).is_empty()
        {
            wrong.push(format!(
                "{} {}\n{}",
                case.title(),
                rewritten.name,
                shown(&rewritten.files)
            ));
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
