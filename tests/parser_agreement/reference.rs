//! The second parser's reading: every function, class and call outside of annotations and of code that can not run.

use std::collections::BTreeSet;
use std::convert::Infallible;

use rustpython_parser::ast::fold::{self, Fold};
use rustpython_parser::ast::{self, BoolOp, Constant, ExceptHandler, Expr, Pattern, Ranged, Stmt, UnaryOp};
use rustpython_parser::text_size::TextRange;
use rustpython_parser::{Mode, parse};

use super::Item;

/// What is in a text; none where the parser refuses it.
pub fn read(text: &str) -> Option<BTreeSet<Item>> {
    let tree = parse(text, Mode::Module, "<text>").ok()?;
    let mut collector = Collector::default();
    let Ok(_) = collector.fold_mod(tree);
    Some(collector.items)
}

/// Whether a test can hold, and whether it can fail.
fn outcomes(test: &Expr) -> (bool, bool) {
    let truth = |value: bool| (value, !value);
    match test {
        Expr::Constant(constant) => match &constant.value {
            Constant::Bool(value) => truth(*value),
            Constant::None => truth(false),
            Constant::Int(value) => truth(value.to_string() != "0"),
            _ => (true, true),
        },
        Expr::Name(name) if name.id.as_str() == "TYPE_CHECKING" => truth(false),
        Expr::Attribute(attribute) if attribute.attr.as_str() == "TYPE_CHECKING" => truth(false),
        Expr::UnaryOp(unary) if unary.op == UnaryOp::Not => {
            let (holds, fails) = outcomes(&unary.operand);
            (fails, holds)
        }
        Expr::BoolOp(operation) => {
            // Whether all values so far can have held (for `or`: failed), and whether one can have decided it.
            let (mut go_on, mut decided) = (true, false);
            for value in &operation.values {
                let (holds, fails) = outcomes(value);
                let (on, off) = if operation.op == BoolOp::And {
                    (holds, fails)
                } else {
                    (fails, holds)
                };
                decided |= go_on && off;
                go_on &= on;
            }
            if operation.op == BoolOp::And {
                (go_on, decided)
            } else {
                (decided, go_on)
            }
        }
        _ => (true, true),
    }
}

/// Whether control can come out of the end of these statements.
fn ends(body: &[Stmt]) -> bool {
    body.iter().all(end)
}

fn end(statement: &Stmt) -> bool {
    let handled = |handlers: &[ExceptHandler]| {
        handlers
            .iter()
            .any(|ExceptHandler::ExceptHandler(handler)| ends(&handler.body))
    };
    let looped = |body: &[Stmt], orelse: &[Stmt]| breaks(body) || ends(orelse);
    match statement {
        Stmt::Return(_) | Stmt::Raise(_) | Stmt::Break(_) | Stmt::Continue(_) => false,
        Stmt::Assert(statement) => outcomes(&statement.test).0,
        Stmt::If(statement) => {
            let (holds, fails) = outcomes(&statement.test);
            holds && ends(&statement.body) || fails && ends(&statement.orelse)
        }
        Stmt::While(statement) => {
            let (holds, fails) = outcomes(&statement.test);
            holds && breaks(&statement.body) || fails && ends(&statement.orelse)
        }
        Stmt::For(statement) => looped(&statement.body, &statement.orelse),
        Stmt::AsyncFor(statement) => looped(&statement.body, &statement.orelse),
        Stmt::With(statement) => ends(&statement.body),
        Stmt::AsyncWith(statement) => ends(&statement.body),
        Stmt::Try(statement) => {
            let body = ends(&statement.body) && ends(&statement.orelse);
            (body || handled(&statement.handlers)) && ends(&statement.finalbody)
        }
        Stmt::TryStar(statement) => {
            let body = ends(&statement.body) && ends(&statement.orelse);
            (body || handled(&statement.handlers)) && ends(&statement.finalbody)
        }
        Stmt::Match(statement) => {
            let open = |pattern: &Pattern| match pattern {
                Pattern::MatchAs(pattern) => pattern.pattern.is_none(),
                _ => false,
            };
            let exhaustive = statement
                .cases
                .iter()
                .any(|case| case.guard.is_none() && open(&case.pattern));
            !exhaustive || statement.cases.iter().any(|case| ends(&case.body))
        }
        _ => true,
    }
}

/// Whether a `break` of the loop around these statements can be reached.
fn breaks(body: &[Stmt]) -> bool {
    body[..reached(body)].iter().any(|statement| match statement {
        Stmt::Break(_) => true,
        Stmt::If(statement) => {
            let (holds, fails) = outcomes(&statement.test);
            holds && breaks(&statement.body) || fails && breaks(&statement.orelse)
        }
        Stmt::For(statement) => breaks(&statement.orelse),
        Stmt::AsyncFor(statement) => breaks(&statement.orelse),
        Stmt::While(statement) => outcomes(&statement.test).1 && breaks(&statement.orelse),
        Stmt::With(statement) => breaks(&statement.body),
        Stmt::AsyncWith(statement) => breaks(&statement.body),
        Stmt::Try(statement) => {
            let handlers = statement.handlers.iter();
            breaks(&statement.body)
                || ends(&statement.body) && breaks(&statement.orelse)
                || handlers
                    .map(|ExceptHandler::ExceptHandler(handler)| handler)
                    .any(|handler| breaks(&handler.body))
                || breaks(&statement.finalbody)
        }
        Stmt::Match(statement) => statement.cases.iter().any(|case| breaks(&case.body)),
        _ => false,
    })
}

/// How many of these statements can be reached.
fn reached(body: &[Stmt]) -> usize {
    body.iter()
        .position(|statement| !end(statement))
        .map_or(body.len(), |last| last + 1)
}

fn prune(body: &mut Vec<Stmt>) {
    body.truncate(reached(body));
}

/// Cuts off what can not be reached in the bodies of a statement.
fn prune_bodies(statement: &mut Stmt) {
    match statement {
        Stmt::FunctionDef(def) => prune(&mut def.body),
        Stmt::AsyncFunctionDef(def) => prune(&mut def.body),
        Stmt::ClassDef(class) => prune(&mut class.body),
        Stmt::If(statement) => {
            let (holds, fails) = outcomes(&statement.test);
            if !holds {
                statement.body.clear();
            }
            if !fails {
                statement.orelse.clear();
            }
            prune(&mut statement.body);
            prune(&mut statement.orelse);
        }
        Stmt::While(statement) => {
            let (holds, fails) = outcomes(&statement.test);
            if !holds {
                statement.body.clear();
            }
            if !fails {
                statement.orelse.clear();
            }
            prune(&mut statement.body);
            prune(&mut statement.orelse);
        }
        Stmt::For(statement) => {
            prune(&mut statement.body);
            prune(&mut statement.orelse);
        }
        Stmt::AsyncFor(statement) => {
            prune(&mut statement.body);
            prune(&mut statement.orelse);
        }
        Stmt::With(statement) => prune(&mut statement.body),
        Stmt::AsyncWith(statement) => prune(&mut statement.body),
        Stmt::Try(statement) => {
            if !ends(&statement.body) {
                statement.orelse.clear();
            }
            prune(&mut statement.body);
            prune(&mut statement.orelse);
            prune(&mut statement.finalbody);
            prune_handlers(&mut statement.handlers);
        }
        Stmt::TryStar(statement) => prune_handlers(&mut statement.handlers),
        Stmt::Match(statement) => statement.cases.iter_mut().for_each(|case| prune(&mut case.body)),
        _ => {}
    }
}

fn prune_handlers(handlers: &mut [ExceptHandler]) {
    for ExceptHandler::ExceptHandler(handler) in handlers {
        prune(&mut handler.body);
    }
}

#[derive(Default)]
struct Collector {
    items: BTreeSet<Item>,
}

impl Collector {
    fn add(&mut self, kind: &'static str, range: TextRange) {
        self.items.insert((kind, range.start().into(), range.end().into()));
    }
}

type Folded<T> = Result<T, Infallible>;

impl Fold<TextRange> for Collector {
    type TargetU = TextRange;
    type Error = Infallible;
    type UserContext = ();

    fn will_map_user(&mut self, _: &TextRange) {}

    fn map_user(&mut self, user: TextRange, (): ()) -> Folded<TextRange> {
        Ok(user)
    }

    fn fold_mod_module(&mut self, mut node: ast::ModModule) -> Folded<ast::ModModule> {
        prune(&mut node.body);
        fold::fold_mod_module(self, node)
    }

    fn fold_stmt(&mut self, mut node: Stmt) -> Folded<Stmt> {
        prune_bodies(&mut node);
        match &node {
            Stmt::FunctionDef(def) => self.add("def", def.range),
            Stmt::AsyncFunctionDef(def) => self.add("def", def.range),
            Stmt::ClassDef(class) => self.add("class", class.range),
            Stmt::TypeAlias(_) => return Ok(node),
            _ => {}
        }
        fold::fold_stmt(self, node)
    }

    fn fold_stmt_function_def(&mut self, mut node: ast::StmtFunctionDef) -> Folded<ast::StmtFunctionDef> {
        node.returns = None;
        fold::fold_stmt_function_def(self, node)
    }

    fn fold_stmt_async_function_def(
        &mut self,
        mut node: ast::StmtAsyncFunctionDef,
    ) -> Folded<ast::StmtAsyncFunctionDef> {
        node.returns = None;
        fold::fold_stmt_async_function_def(self, node)
    }

    fn fold_stmt_ann_assign(&mut self, node: ast::StmtAnnAssign) -> Folded<ast::StmtAnnAssign> {
        if let Some(value) = &node.value {
            self.fold_expr((**value).clone())?;
            self.fold_expr((*node.target).clone())?;
        }
        Ok(node)
    }

    fn fold_arg(&mut self, node: ast::Arg) -> Folded<ast::Arg> {
        Ok(node)
    }

    fn fold_type_param(&mut self, node: ast::TypeParam) -> Folded<ast::TypeParam> {
        Ok(node)
    }

    fn fold_expr(&mut self, node: Expr) -> Folded<Expr> {
        match &node {
            Expr::Call(call) => self.add("call", call.range()),
            Expr::Lambda(lambda) => self.add("lambda", lambda.range()),
            _ => {}
        }
        fold::fold_expr(self, node)
    }
}
