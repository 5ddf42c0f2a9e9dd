//! `match`: each case fits or does not, either way; captures of a part are not followed.

use ruff_python_ast::{self as ast, Identifier, Pattern};
use ruff_text_size::Ranged;

use super::Lowerer;
use super::builder::span;
use crate::python::ir::{OpKind, Place, Slot, Test};

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
            self.capture(&case.pattern, Some(subject));
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

    /// Assigns what a pattern captures. `subject` holds what is matched, where that is the whole subject.
    fn capture(&mut self, pattern: &'a Pattern, subject: Option<Slot>) {
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
                pattern.patterns.iter().for_each(|part| self.capture(part, None));
            }
            Pattern::MatchMapping(pattern) => {
                pattern.patterns.iter().for_each(|part| self.capture(part, None));
                if let Some(rest) = &pattern.rest {
                    self.captured_name(rest, None);
                }
            }
            Pattern::MatchClass(pattern) => {
                pattern
                    .arguments
                    .patterns
                    .iter()
                    .for_each(|part| self.capture(part, None));
                for keyword in &pattern.arguments.keywords {
                    self.capture(&keyword.pattern, None);
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

    fn captured_name(&mut self, name: &Identifier, subject: Option<Slot>) {
        let Some(place) = self.place_of(&name.node_index) else {
            return;
        };
        let at = span(name.range);
        let value = match subject {
            Some(slot) => {
                let dst = self.f.temp();
                self.f.emit(
                    OpKind::Load {
                        dst,
                        place: Place::Local(slot),
                        or_else: None,
                    },
                    at,
                );
                dst
            }
            None => self.unknown(name.range),
        };
        self.f.emit(OpKind::Store { place, value }, at);
    }
}
