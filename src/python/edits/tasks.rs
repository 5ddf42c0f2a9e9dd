//! Tasks of a loop that are all started before the first result is read.

use ruff_python_ast::visitor::{Visitor, walk_expr, walk_stmt};
use ruff_python_ast::{Expr, ExprContext, Stmt};
use ruff_text_size::Ranged;

use super::{STACK, Source, span};
use crate::files::Span;
use crate::findings::Edit;

/// What a started task may be called.
const NAMES: [&str; 3] = ["task", "pending", "started_task"];

impl Source {
    /// The call at a place, which starts a task in each round of a `for` loop, made for all rounds before the first one. A
    /// call that waits for its task is made one that does not, and is waited for where it stands. None where a round
    /// changes what the next one starts its task with.
    #[must_use]
    pub fn tasks_first(&self, call: Span) -> Option<Vec<Edit>> {
        let spots = self.spots(call);
        let [.., owner, _] = spots.as_slice() else { return None };
        let Stmt::For(rounds) = owner.stmt() else { return None };
        let called = self.call(call)?;
        let Expr::Attribute(callee) = &*called.func else {
            return None;
        };
        if rounds.is_async || self.has_comment(rounds.iter.range()) || self.has_comment(called.range()) {
            return None;
        }
        let mut names = Names::default();
        stacker::maybe_grow(STACK, STACK, || {
            names.visit_expr(&rounds.target);
            let own = std::mem::take(&mut names.bound);
            names.visit_body(&rounds.body);
            let changed: Vec<String> = names.bound.drain(..).filter(|name| !own.contains(name)).collect();
            names.read.clear();
            names.visit_expr(&Expr::Call(called.clone()));
            names.bound = changed;
        });
        let depends = names.read.iter().any(|name| names.bound.contains(name));
        let whole = self.of_node(owner.stmt());
        let task = NAMES.iter().find(|name| !has_word(whole, name))?;
        if depends {
            return None;
        }
        let target = self.of_node(&*rounds.target);
        let target = match &*rounds.target {
            Expr::Tuple(tuple) if !tuple.parenthesized => format!("({target})"),
            _ => target.to_owned(),
        };
        let text = self.of_node(called);
        let (started, result) = match callee.attr.as_str() {
            "apply" => {
                let at = (callee.attr.end() - called.start()).to_usize();
                (
                    format!("{}_async{}", text.get(..at)?, text.get(at..)?),
                    format!("{task}.get()"),
                )
            }
            "apply_async" | "submit" => (text.to_owned(), (*task).to_owned()),
            _ => return None,
        };
        let header = ruff_text_size::TextRange::new(rounds.target.start(), rounds.iter.end());
        let iter = self.of_node(&*rounds.iter);
        Some(vec![
            self.edit(
                header,
                format!("{target}, {task} in [({target}, {started}) for {target} in {iter}]"),
            ),
            self.replaced(span(called.range()), result),
        ])
    }
}

fn has_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_alphanumeric() && c != '_')
        .any(|one| one == word)
}

/// The names that something binds, and those that it reads.
#[derive(Default)]
struct Names {
    bound: Vec<String>,
    read: Vec<String>,
}

impl<'s> Visitor<'s> for Names {
    fn visit_stmt(&mut self, stmt: &'s Stmt) {
        // What is defined in a round is another in the next.
        match stmt {
            Stmt::FunctionDef(def) => self.bound.push(def.name.to_string()),
            Stmt::ClassDef(class) => self.bound.push(class.name.to_string()),
            _ => {}
        }
        walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'s Expr) {
        if let Expr::Name(name) = expr {
            match name.ctx {
                ExprContext::Load => self.read.push(name.id.to_string()),
                _ => self.bound.push(name.id.to_string()),
            }
        }
        walk_expr(self, expr);
    }
}
