//! Rewrites of a program that keep what it does, and with that what must be found in it.
//!
//! A rewrite works on the text by ranges from a Python parser and returns the new text, or nothing where it does not
//! apply. The comments that mark findings move with their lines, so the new text marks what must be found in it.

mod calls;
mod contexts;
mod functions;
mod holders;
mod imports;
mod modules;
mod names;
mod scopes;
mod source;
mod wraps;

use mplint::findings::StartMethods;
use mplint::rules::front_matter::MethodName;
use mplint::rules::page::{Example, ExampleFile, ExampleKind, MAIN_FILE, Page};
use mplint::rules::{Hook, Rule};
pub use source::Source;

/// A rewrite.
pub struct Rewrite {
    /// The kind. Pages leave out a rewrite by its name, or all of a kind.
    pub kind: &'static str,
    /// The name.
    pub name: &'static str,
    /// What it does.
    pub run: Run,
}

/// What a rewrite does.
pub enum Run {
    /// Rewrites one file, whatever others there are.
    File(fn(&Source) -> Option<String>),
    /// Makes several files of a program that is one file. Programs of several files have their modules already.
    Program(fn(&Source) -> Option<Vec<ExampleFile>>),
}

/// All of them.
pub const ALL: [Rewrite; 26] = [
    of("import-alias", "import-alias", imports::import_alias),
    of("from-import", "from-import", imports::from_import),
    of("from-import", "from-import-as", imports::from_import_as),
    of("from-import", "module-import", imports::module_import),
    of("context-object", "context-spawn", contexts::context_spawn),
    of("context-object", "context-default", contexts::context_default),
    of("context-object", "context-local", contexts::context_local),
    of("attribute-of-self", "attribute", holders::attribute),
    of("attribute-of-self", "method", holders::method),
    of("containers", "list", holders::list),
    of("containers", "dict", holders::dict),
    of("helper-function", "helper-call", functions::helper_call),
    of("factory", "factory", functions::factory),
    of("subclass", "subclass", functions::subclass),
    of("rename", "keywords", functions::keywords),
    of("helper-function", "main-function", wraps::main_function_made),
    of("other-scope", "nested-function", wraps::nested_function),
    of("other-scope", "try-finally", wraps::try_finally),
    of("other-scope", "if-true", wraps::if_true),
    of("other-scope", "with-null", wraps::with_null),
    of("other-scope", "async-main", wraps::async_main),
    of("rename", "rename", names::rename),
    of("noise", "noise", names::noise),
    of("helper-function", "two-calls-down", calls::two_calls_down),
    in_files("another-module", "imported-names", modules::imported_names),
    in_files("another-module", "imported-module", modules::imported_module),
];

/// Rewrites one after another. They are chosen so that each kind meets each other kind.
pub const COMPOSED: [&[&str]; 19] = [
    &["import-alias", "main-function", "method"],
    &["import-alias", "helper-call", "attribute"],
    &["from-import-as", "factory"],
    &["module-import", "factory", "list"],
    &["context-default", "method"],
    &["context-local", "attribute"],
    &["subclass", "dict", "rename"],
    &["factory", "attribute", "rename"],
    &["list", "nested-function"],
    &["helper-call", "method", "noise"],
    &["main-function", "context-local", "try-finally"],
    &["keywords", "from-import", "if-true"],
    &["rename", "noise", "async-main"],
    &["with-null", "main-function", "dict"],
    &["import-alias", "two-calls-down", "imported-module"],
    &["from-import", "factory", "rename", "imported-names"],
    &["context-default", "attribute", "imported-module"],
    &["subclass", "list", "noise", "imported-names"],
    &["keywords", "async-main", "imported-module"],
];

const fn of(kind: &'static str, name: &'static str, run: fn(&Source) -> Option<String>) -> Rewrite {
    let run = Run::File(run);
    Rewrite { kind, name, run }
}

const fn in_files(kind: &'static str, name: &'static str, run: fn(&Source) -> Option<Vec<ExampleFile>>) -> Rewrite {
    let run = Run::Program(run);
    Rewrite { kind, name, run }
}

fn by_name(name: &str) -> Option<&'static Rewrite> {
    ALL.iter().find(|rewrite| rewrite.name == name)
}

/// A program rewritten.
pub struct Rewritten {
    /// The rewrites, in order, joined by ` + `.
    pub name: String,
    /// The files.
    pub files: Vec<ExampleFile>,
}

/// Everything that an example can be rewritten to, and that its page does not rule out.
///
/// Nothing for the rules of the pipeline, whose mistakes are in the text itself, and for findings that are listed by
/// line.
pub fn rewritten(rule: &Rule, page: &Page, example: &Example) -> Vec<Rewritten> {
    let alone = ALL.iter().map(|rewrite| vec![rewrite.name]);
    let composed = COMPOSED.iter().map(|names| names.to_vec());
    let mut found = Vec::new();
    if matches!(rule.hook, Hook::Pipeline) || example.files.iter().any(|file| !file.listed.is_empty()) {
        return found;
    }
    for names in alone.chain(composed) {
        if names.iter().any(|name| !says_something(rule, page, example, name)) {
            continue;
        }
        let start = Some(example.files.clone());
        let files = names
            .iter()
            .fold(start, |files, name| rewrite_all(&files?, by_name(name)?));
        if let Some(files) = files {
            let name = names.join(" + ");
            found.push(Rewritten { name, files });
        }
    }
    found
}

/// Rewrites a program, each file that the rewrite applies to; nothing where it applies to none.
fn rewrite_all(files: &[ExampleFile], rewrite: &Rewrite) -> Option<Vec<ExampleFile>> {
    let run = match rewrite.run {
        Run::File(run) => run,
        Run::Program(run) => {
            let is_script = files.len() == 1 && files[0].file == MAIN_FILE;
            return run(&Source::new(&files[0].text, true).filter(|_| is_script)?);
        }
    };
    let mut new = files.to_vec();
    let mut applied = false;
    for file in &mut new {
        let text = Source::new(&file.text, files.len() == 1).and_then(|source| run(&source));
        if let Some(text) = text {
            file.text = text;
            applied = true;
        }
    }
    applied.then_some(new)
}

/// Whether the page leaves a rewrite in, and the rule's claim is one that the rewrite keeps.
fn says_something(rule: &Rule, page: &Page, example: &Example, name: &str) -> bool {
    let mut skipped = page.front.rewrites.skip.keys().chain(&example.skip);
    if skipped.any(|skipped| by_name(name).is_some_and(|one| skipped == one.name || skipped == one.kind)) {
        return false;
    }
    if name != "context-spawn" || example.kind != ExampleKind::Bad {
        return true;
    }
    match &example.expect {
        Some(expect) => expect.iter().any(|one| one.on.contains(&MethodName::Spawn)),
        None => rule.expect.iter().any(|one| one.on.contains(StartMethods::SPAWN)),
    }
}
