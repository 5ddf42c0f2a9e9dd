//! What a rule is given: the model of a program, and a way to say what it found there.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Rule;
use super::methods::chosen_method;
use super::repair::Sources;
use crate::files::Span;
use crate::findings::{
    Condition, Confidence, Expectation, Finding, Fix, Hints, Location, Platform, Platforms, PythonVersion, Related,
    Remedy, Severity, StartMethod, StartMethods, Targets, VersionRange,
};
use crate::model::Model;
use crate::model::events::{ChainId, Event, EventKind};
use crate::model::heap::ObjectId;

/// One rule at work on one program.
#[derive(Debug)]
pub struct Check<'m> {
    /// The program as processes.
    pub model: &'m Model<'m>,
    pub(super) sources: &'m Sources,
    rule: &'static Rule,
    findings: FxHashMap<Span, Finding>,
}

/// A finding in the making.
#[derive(Debug)]
#[must_use = "a draft is nothing before it is reported"]
pub struct Draft {
    span: Span,
    message: String,
    severity: Option<Severity>,
    confidence: Confidence,
    methods: StartMethods,
    named: bool,
    platforms: Platforms,
    from: Option<PythonVersion>,
    below: Option<PythonVersion>,
    expect: Option<&'static [Expectation]>,
    related: Vec<(Span, String)>,
    help: Option<String>,
    fix: Option<Fix>,
    hints: Hints,
}

impl Draft {
    /// A finding at a place, with a message that is one sentence without a full stop.
    pub fn new(span: Span, message: impl Into<String>) -> Self {
        Self {
            span,
            message: message.into(),
            severity: None,
            confidence: Confidence::High,
            methods: StartMethods::all(),
            named: false,
            platforms: Platforms::all(),
            from: None,
            below: None,
            expect: None,
            related: Vec::new(),
            help: None,
            fix: None,
            hints: Hints::default(),
        }
    }

    /// The finding stands at another place than the event that it is about.
    pub fn at(mut self, span: Span) -> Self {
        self.span = span;
        self
    }

    /// Fails only under these start methods. `named` says that the program asks for them itself.
    pub fn under(mut self, methods: StartMethods, named: bool) -> Self {
        self.methods = methods;
        self.named = named;
        self
    }

    /// Fails only on one platform, under whichever of the methods that it has.
    pub fn only_on(mut self, platform: Platform) -> Self {
        self.platforms = platform.into();
        self
    }

    /// Fails only from this version on.
    pub fn from_version(mut self, version: Option<PythonVersion>) -> Self {
        self.from = version;
        self
    }

    /// Fails only from one version on and before another.
    pub fn between(mut self, versions: Option<(PythonVersion, PythonVersion)>) -> Self {
        if let Some((from, below)) = versions {
            (self.from, self.below) = (Some(from), Some(below));
        }
        self
    }

    /// What this form of the mistake shows, in place of what the head of the page says; nothing where it only might.
    pub fn showing(mut self, expect: &'static [Expectation]) -> Self {
        self.expect = Some(expect);
        self
    }

    /// A severity that does not follow from where it fails.
    pub fn severity(mut self, severity: Severity) -> Self {
        self.severity = Some(severity);
        self
    }

    /// How sure the facts are.
    pub fn confidence(mut self, confidence: Confidence) -> Self {
        self.confidence = confidence;
        self
    }

    /// Another place that explains it.
    pub fn related(mut self, span: Span, message: impl Into<String>) -> Self {
        self.related.push((span, message.into()));
        self
    }

    /// What to do instead.
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// A repair, where there is one.
    pub fn fix(mut self, fix: Option<Fix>) -> Self {
        self.fix = fix;
        self
    }

    /// Tasks are done one by one, which an experiment can count.
    pub fn one_by_one(mut self) -> Self {
        self.hints.is_one_by_one = true;
        self
    }

    /// What the mistake can be compared with by running it: how the library would act were it put right.
    pub fn remedy(mut self, remedy: Remedy) -> Self {
        self.hints.remedy = Some(remedy);
        self
    }

    /// It depends on who comes first.
    pub fn race(mut self) -> Self {
        self.hints.is_race = true;
        self
    }

    /// Whatever goes to another process there fails on the way: one value that arrives refutes it.
    pub fn says_all_fail(mut self) -> Self {
        self.hints.says_all_fail = true;
        self
    }
}

impl<'m> Check<'m> {
    /// A rule and the model that it asks.
    #[must_use]
    pub fn new(rule: &'static Rule, model: &'m Model<'m>, sources: &'m Sources) -> Self {
        Self {
            model,
            sources,
            rule,
            findings: FxHashMap::default(),
        }
    }

    /// The findings with their places in the program, in no particular order.
    #[must_use]
    pub fn into_findings(self) -> Vec<(Span, Finding)> {
        self.findings.into_iter().collect()
    }

    /// Reports a finding. What fails under no start method, version and platform that the program may meet is none.
    /// Of several at one place the gravest is kept.
    pub fn report(&mut self, draft: Draft) {
        let targets = self.model.targets();
        let expect = draft.expect.unwrap_or(self.rule.expect);
        let conditions = conditions(expect, &draft, targets);
        if conditions.is_empty() && !expect.is_empty() {
            return;
        }
        let severity = draft.severity.unwrap_or_else(|| {
            let grave = draft.named
                || conditions
                    .iter()
                    .any(|condition| is_default_somewhere(condition, targets));
            if grave { Severity::Error } else { Severity::Warning }
        });
        let related = draft
            .related
            .into_iter()
            .map(|(span, message)| Related {
                message,
                location: self.location(span),
            })
            .collect();
        let finding = Finding {
            rule: self.rule.info,
            severity: severity.min(self.rule.severity),
            confidence: draft.confidence,
            message: draft.message,
            location: self.location(draft.span),
            fails_under: conditions,
            related,
            help: draft.help,
            fix: draft.fix,
            hints: draft.hints,
        };
        match self.findings.get(&draft.span) {
            Some(old) if (old.severity, old.confidence) >= (finding.severity, finding.confidence) => {}
            _ => {
                self.findings.insert(draft.span, finding);
            }
        }
    }

    fn location(&self, span: Span) -> Location {
        let (file, span) = self.model.code.locate(span);
        Location {
            file: Arc::clone(file),
            span,
        }
    }

    /// The text of a place, on one line and not too long for a message.
    #[must_use]
    pub fn text(&self, span: Span) -> String {
        let text = self.model.code.text(span);
        let mut line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.chars().count() > 60 {
            line = line.chars().take(57).collect::<String>() + "…";
        }
        line
    }

    /// What the receiver of a method call is called in the source: `p` of `p.join()`.
    #[must_use]
    pub fn receiver(&self, event: &Event<'_>) -> String {
        // `super().join()`, `Process.join(self)`: an override speaks of its own object.
        if matches!(event.kind, EventKind::Method { base: true, .. }) {
            return "self".to_owned();
        }
        self.receiver_at(event, event.span)
    }

    /// The same, as the call at another place names it.
    #[must_use]
    pub fn receiver_at(&self, event: &Event<'_>, span: Span) -> String {
        let text = self.text(span);
        let callee = match text.rfind('(') {
            Some(_) => {
                // The last call of a chain is the one: its arguments stand behind the parenthesis that closes last.
                let mut depth = 0usize;
                let open = text.char_indices().rev().find(|(_, c)| match c {
                    ')' => {
                        depth += 1;
                        false
                    }
                    '(' => {
                        depth = depth.saturating_sub(1);
                        depth == 0
                    }
                    _ => false,
                });
                open.map_or(text.as_str(), |(at, _)| &text[..at])
            }
            None => text.as_str(),
        };
        let called = match &event.kind {
            EventKind::Method { name, .. } => Some(self.model.name(*name)),
            _ => None,
        };
        match callee.rsplit_once('.') {
            Some((receiver, method)) if called.is_none_or(|called| called == method.trim()) => receiver.to_owned(),
            // Called by something that was handed the method: `iter(queue.get, None)`, `asyncio.to_thread(process.join)`.
            _ => {
                let handed = text.strip_prefix(callee).and_then(|arguments| {
                    let first = arguments.trim_start_matches('(').split([',', ')', '(']).next()?;
                    let handed = first.rsplit_once('.');
                    let handed = handed.filter(|(_, method)| called.is_none_or(|called| called == *method));
                    handed.map(|(receiver, _)| receiver.to_owned())
                });
                handed.unwrap_or_else(|| self.text(self.made_at_of(event)))
            }
        }
    }

    /// Where a chain of calls leaves the level of modules: the outermost call. That a module is imported is no call.
    #[must_use]
    pub fn outermost_call(&self, mut chain: ChainId) -> Option<Span> {
        let mut outermost = None;
        while let Some((caller, function, span)) = self.model.chain(chain).caller {
            let code = &self.model.code;
            if code.is_module_body(function) && !code.is_module_body(self.model.chain(chain).function) {
                outermost = Some(span);
            }
            chain = caller;
        }
        outermost
    }

    /// The start methods of an object, and whether the program names them itself.
    #[must_use]
    pub fn methods_of(&self, event: &Event<'_>, object: ObjectId) -> (StartMethods, bool) {
        let methods = self.model.start_methods(&event.heap, object);
        let defaults = self.model.targets().default_methods();
        let named = self.model.names_start_method() || methods != defaults;
        // `if get_start_method() == "fork":` says it of what the default context makes, and a context of what it makes.
        let asked = event.default_context;
        let excluded = match chosen_method(self.model, &event.heap, object) {
            Some(None) => asked.excluded | asked.excluded_of_contexts,
            _ => asked.excluded_of_contexts,
        };
        (methods - excluded, named)
    }

    fn made_at_of(&self, event: &Event<'_>) -> Span {
        event.effect().map_or(event.span, |(object, _)| self.made_at(object))
    }

    /// A finding at an event, about an object: it fails under the start methods of that object only.
    pub fn about(&self, event: &Event<'_>, object: ObjectId, message: impl Into<String>) -> Draft {
        let (methods, named) = self.methods_of(event, object);
        Draft::new(event.span, message).under(methods, named)
    }

    /// Where an object was made.
    #[must_use]
    pub fn made_at(&self, object: ObjectId) -> Span {
        self.model.object(object).span
    }
}

/// Where a draft fails, of all that is expected: under the methods and versions that it is about, and the targets.
fn conditions(expect: &[Expectation], draft: &Draft, targets: Targets) -> Vec<Condition> {
    let mut conditions: Vec<Condition> = Vec::new();
    for expectation in expect {
        let mut python = expectation.python;
        if let Some(from) = draft.from {
            python.from = python.from.max(from);
        }
        if let Some(below) = draft.below {
            python.below = Some(python.below.map_or(below, |old| old.min(below)));
        }
        if !targets.versions().any(|version| python.contains(version)) {
            continue;
        }
        for start_method in (expectation.on & draft.methods).members() {
            let platforms = (expectation.platforms & targets.platforms & draft.platforms)
                .members()
                .filter(|&platform| start_method.exists_on(platform))
                .fold(crate::findings::Platforms::empty(), |all, platform| {
                    all | platform.into()
                });
            if !platforms.is_empty() {
                conditions.push(Condition {
                    start_method,
                    python,
                    platforms,
                    symptom: expectation.symptom,
                });
            }
        }
    }
    conditions.sort_by_key(|condition| condition.start_method);
    conditions
}

/// Whether the condition is met by some target without the program naming a start method.
fn is_default_somewhere(condition: &Condition, targets: Targets) -> bool {
    let range: VersionRange = condition.python;
    condition.platforms.members().any(|platform| {
        targets
            .versions()
            .filter(|version| range.contains(*version))
            .any(|version| StartMethod::default_for(platform, version) == condition.start_method)
    })
}
