//! Which examples are run under what, and what is expected of them.

use crate::findings::{PythonVersion, StartMethod, SymptomKind};
use crate::rules::Rule;
use crate::rules::front_matter::{Expect, MethodName, PlatformName};
use crate::rules::page::{self, Example, ExampleFile, ExampleKind, Page, PageError};
use crate::runtime::interpreter::Interpreter;
use crate::runtime::symptom::Shown;

/// An example, as far as it matters to who runs it.
#[derive(Clone, Debug)]
pub struct Subject {
    /// The code of the rule.
    pub code: &'static str,
    /// The line of the page on which it begins.
    pub line: usize,
    /// Bad, fixed or good.
    pub kind: ExampleKind,
    /// What it is called on its page, where it has a name.
    pub name: Option<String>,
    /// Its files.
    pub files: Vec<ExampleFile>,
    /// Of a bad example: the program that the page puts in its place, if it has one.
    pub fixed: Option<Vec<ExampleFile>>,
    /// What the page says of it.
    expect: Vec<Expect>,
    /// The kinds of symptom that any example of the page is expected to show.
    of_page: Vec<SymptomKind>,
    /// Why it is never run, where it is not.
    pub never: Option<String>,
}

/// One example under one interpreter and one start method.
#[derive(Clone, Debug)]
pub struct Trial<'a> {
    /// The example.
    pub subject: &'a Subject,
    /// Under what.
    pub interpreter: &'a Interpreter,
    /// The start method, which is forced on the program.
    pub method: StartMethod,
}

/// The examples of the rules that `selected` admits.
///
/// # Errors
///
/// A page that cannot be read, with its code.
pub fn subjects(selected: impl Fn(&Rule) -> bool) -> Result<Vec<Subject>, (&'static str, PageError)> {
    let mut subjects = Vec::new();
    for rule in crate::rules::all().iter().filter(|rule| selected(rule)) {
        let page = page::read(rule.page).map_err(|error| (rule.info.code, error))?;
        subjects.extend(of_page(rule.info.code, &page));
    }
    Ok(subjects)
}

/// The examples of one page.
#[must_use]
pub fn of_page(code: &'static str, page: &Page) -> Vec<Subject> {
    let nexts = page.examples.iter().skip(1).map(Some).chain([None]);
    page.examples
        .iter()
        .zip(nexts)
        .map(|(example, next)| subject(code, page, example, next))
        .collect()
}

fn subject(code: &'static str, page: &Page, example: &Example, next: Option<&Example>) -> Subject {
    let expect = match (&example.expect, example.kind) {
        (Some(own), _) => own.clone(),
        (None, ExampleKind::Bad) => page.front.expect.clone(),
        (None, ExampleKind::Fixed | ExampleKind::Good) => Vec::new(),
    };
    let everywhere = page.examples.iter().filter_map(|example| example.expect.as_ref());
    let of_page = everywhere
        .chain([&page.front.expect])
        .flatten()
        .map(|expect| shown(expect).kind);
    let fixed = next.filter(|next| example.kind == ExampleKind::Bad && next.kind == ExampleKind::Fixed);
    Subject {
        code,
        line: example.line(),
        kind: example.kind,
        name: example.name.clone(),
        files: example.files.clone(),
        fixed: fixed.map(|fixed| fixed.files.clone()),
        expect,
        of_page: of_page.collect(),
        never: example.never_runs().map(str::to_owned),
    }
}

impl Subject {
    /// What the page says will be seen under a version and start method, on Linux.
    #[must_use]
    pub fn expected(&self, python: PythonVersion, method: StartMethod) -> Shown {
        let holds = |expect: &&Expect| {
            let range = expect.python;
            let version = (python.0, python.1);
            expect.on.iter().any(|&name| start_method(name) == method)
                && expect.platforms.contains(&PlatformName::Linux)
                && range.from <= version
                && range.below.is_none_or(|below| version < below)
        };
        self.expect
            .iter()
            .find(holds)
            .map_or_else(|| Shown::plain(SymptomKind::Clean), shown)
    }

    /// Whether the page expects a symptom of this kind of it under any condition.
    #[must_use]
    pub fn ever_shows(&self, kind: SymptomKind) -> bool {
        self.expect.iter().any(|expect| shown(expect).kind == kind)
    }

    /// Whether the page expects a symptom of this kind of any of its examples, so that the others must be seen not to
    /// show it.
    #[must_use]
    pub fn page_shows(&self, kind: SymptomKind) -> bool {
        self.of_page.contains(&kind)
    }
}

impl Trial<'_> {
    /// What the page says will be seen.
    #[must_use]
    pub fn expected(&self) -> Shown {
        let python = self.interpreter.version.minor_version().unwrap_or(PythonVersion(3, 8));
        self.subject.expected(python, self.method)
    }
}

/// Every runnable example under every interpreter and every one of `methods` that it offers, rule by rule.
#[must_use]
pub fn trials<'a>(subjects: &'a [Subject], interpreters: &'a [Interpreter], methods: &[StartMethod]) -> Vec<Trial<'a>> {
    let mut trials = Vec::new();
    for subject in subjects.iter().filter(|subject| subject.never.is_none()) {
        for interpreter in interpreters {
            let offered = |method: &&StartMethod| interpreter.start_methods.contains(method);
            for &method in methods.iter().filter(offered) {
                trials.push(Trial {
                    subject,
                    interpreter,
                    method,
                });
            }
        }
    }
    trials
}

fn start_method(name: MethodName) -> StartMethod {
    match name {
        MethodName::Fork => StartMethod::Fork,
        MethodName::Spawn => StartMethod::Spawn,
        MethodName::Forkserver => StartMethod::Forkserver,
    }
}

fn shown(expect: &Expect) -> Shown {
    Shown {
        // The page has been read, so that its symptoms are known ones.
        kind: SymptomKind::from_name(&expect.symptom.kind).unwrap_or(SymptomKind::Clean),
        detail: expect.symptom.detail.clone(),
    }
}
