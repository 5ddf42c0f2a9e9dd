//! `match`: each case fits or does not, either way. A capture of a part is an element or attribute of what is matched.

use ruff_python_ast::{self as ast, Identifier, Pattern};
use ruff_text_size::Ranged;

use super::Lowerer;
use super::builder::span;
use crate::files::Span;
use crate::python::ir::{OpKind, Place, Slot, Temp, Test};

impl<'a> Lowerer<'a, '_> {
    pub(super) fn match_statement(&mut self, statement: &'a ast::StmtMatch) {
        let value = self.expr(&statement.subject);
        let subject = self.f.hidden_slot();
        let place = Place::Local(subject);
        self.f
            .emit(OpKind::Store { place, value }, span(statement.subject.range()));
        let after = self.f.label();
        for case in &statement.cases {
            if self.f.is_dead() {
                break;
            }
            let next = self.f.label();
            if !case.pattern.is_irrefutable() {
                let fits = self.f.label();
                self.f.branch(Test::Again, span(case.pattern.range()), fits, next);
                self.f.place(fits);
            }
            self.capture(&case.pattern, Some(Subject::Slot(subject)));
            if let Some(guard) = &case.guard {
                let body = self.f.label();
                self.condition(guard, body, next);
                self.f.place(body);
            }
            self.body(&case.body);
            self.f.goto(after);
            self.f.place(next);
        }
        self.f.place(after);
    }

    /// Assigns what a pattern captures. `subject` is what is matched, where that is known.
    fn capture(&mut self, pattern: &'a Pattern, subject: Option<Subject>) {
        match pattern {
            Pattern::MatchAs(pattern) => {
                if let Some(inner) = &pattern.pattern {
                    self.capture(inner, subject);
                }
                if let Some(name) = &pattern.name {
                    self.captured_name(name, subject);
                }
            }
            Pattern::MatchStar(pattern) => {
                if let Some(name) = &pattern.name {
                    self.captured_name(name, None);
                }
            }
            Pattern::MatchSequence(pattern) => {
                let mut starred = false;
                for (index, part) in pattern.patterns.iter().enumerate() {
                    starred |= matches!(part, Pattern::MatchStar(_));
                    let index = (!starred).then_some(index as u32);
                    let whole = subject.filter(|_| !matches!(part, Pattern::MatchStar(_)));
                    self.part(part, whole, |dst, src| OpKind::Element {
                        dst,
                        src,
                        index,
                        rest: None,
                    });
                }
            }
            Pattern::MatchMapping(pattern) => {
                for (key, part) in pattern.keys.iter().zip(&pattern.patterns) {
                    if !captures(part) {
                        continue;
                    }
                    let key = self.expr(key);
                    self.part(part, subject, |dst, base| OpKind::Item {
                        dst,
                        base,
                        index: Some(key),
                    });
                }
                if let Some(rest) = &pattern.rest {
                    self.captured_name(rest, None);
                }
            }
            Pattern::MatchClass(pattern) => {
                // Which attributes stand first is for the class to say.
                pattern
                    .arguments
                    .patterns
                    .iter()
                    .for_each(|part| self.capture(part, None));
                for keyword in &pattern.arguments.keywords {
                    let name = self.symbols.intern(keyword.attr.as_str());
                    self.part(&keyword.pattern, subject, |dst, base| OpKind::Attr { dst, base, name });
                }
            }
            Pattern::MatchOr(pattern) => {
                // All alternatives capture the same names.
                if let Some(first) = pattern.patterns.first() {
                    self.capture(first, subject);
                }
            }
            Pattern::MatchValue(_) | Pattern::MatchSingleton(_) => {}
        }
    }

    /// Assigns what is captured of a part of what is matched: an element, an attribute.
    fn part(&mut self, pattern: &'a Pattern, whole: Option<Subject>, take: impl FnOnce(Temp, Temp) -> OpKind) {
        if !captures(pattern) {
            return;
        }
        let Some(whole) = whole else {
            self.capture(pattern, None);
            return;
        };
        let at = span(pattern.range());
        let whole = self.subject(whole, at);
        let dst = self.f.temp();
        self.f.emit(take(dst, whole), at);
        self.capture(pattern, Some(Subject::Temp(dst)));
    }

    fn subject(&mut self, subject: Subject, at: Span) -> Temp {
        match subject {
            Subject::Temp(temp) => temp,
            Subject::Slot(slot) => {
                let dst = self.f.temp();
                let place = Place::Local(slot);
                let or_else = None;
                self.f.emit(OpKind::Load { dst, place, or_else }, at);
                dst
            }
        }
    }

    fn captured_name(&mut self, name: &Identifier, subject: Option<Subject>) {
        let Some(place) = self.place_of(&name.node_index) else {
            return;
        };
        let at = span(name.range);
        let value = match subject {
            Some(subject) => self.subject(subject, at),
            None => self.unknown(name.range),
        };
        self.f.emit(OpKind::Store { place, value }, at);
    }
}

/// Where that is which a pattern is matched with.
#[derive(Clone, Copy)]
enum Subject {
    /// In a slot: the whole subject, which several blocks look at.
    Slot(Slot),
    /// A part that was taken out of it here.
    Temp(Temp),
}

/// Whether a pattern binds any name.
fn captures(pattern: &Pattern) -> bool {
    match pattern {
        Pattern::MatchAs(pattern) => pattern.name.is_some() || pattern.pattern.as_deref().is_some_and(captures),
        Pattern::MatchStar(pattern) => pattern.name.is_some(),
        Pattern::MatchSequence(pattern) => pattern.patterns.iter().any(captures),
        Pattern::MatchMapping(pattern) => pattern.rest.is_some() || pattern.patterns.iter().any(captures),
        Pattern::MatchClass(pattern) => {
            let arguments = &pattern.arguments;
            arguments.patterns.iter().any(captures)
                || arguments.keywords.iter().any(|keyword| captures(&keyword.pattern))
        }
        Pattern::MatchOr(pattern) => pattern.patterns.iter().any(captures),
        Pattern::MatchValue(_) | Pattern::MatchSingleton(_) => false,
    }
}
