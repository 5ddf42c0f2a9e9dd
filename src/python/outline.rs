//! The outline of a file, for whoever wants to run parts of it: its logical lines, what can be called in it and how, and
//! with which arguments it calls things itself.

use ruff_python_ast::token::TokenKind;
use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{Expr, ExprCall, Parameters, Stmt, StmtFunctionDef};
use ruff_python_parser::Mode;
use ruff_text_size::{Ranged, TextRange};

use super::depth::{self, Depth};
use crate::files::Span;

/// Files that are nested more deeply have no outline: it is made by recursion.
const DEEPEST: usize = 150;

/// The outline of one file.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    /// The statements, in order; of a compound statement the part before its first inner statement.
    pub lines: Vec<LogicalLine>,
    /// Functions and methods, in order.
    pub routines: Vec<Routine>,
    /// Classes, in order.
    pub classes: Vec<Class>,
    /// Calls with names, in order.
    pub calls: Vec<Call>,
    /// Assignments of all kinds.
    pub flows: Vec<Flow>,
    /// Names that are bound at the top level, but for what a main guard binds.
    pub globals: Vec<String>,
    /// Whether there is a main guard at the top level.
    pub has_guard: bool,
}

/// A statement, or the head of one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct LogicalLine {
    /// Where.
    pub span: Span,
    /// Whether the program can do without it: it is a statement of its own that binds no name.
    pub is_removable: bool,
    /// Whether it does nothing but give values to names and places.
    pub is_assignment: bool,
    /// Of a call that is a statement of its own: where what is called ends and the arguments begin.
    pub callee_end: Option<u32>,
}

/// A function or a method.
#[derive(Clone, Debug)]
pub struct Routine {
    /// Its name.
    pub name: String,
    /// The functions and classes that it is written in, the outermost first.
    pub inside: Vec<Scope>,
    /// The whole of it.
    pub span: Span,
    /// `async def`
    pub is_async: bool,
    /// Decorators as they are written, without the `@`.
    pub decorators: Vec<String>,
    /// The parameters.
    pub params: Vec<Param>,
}

/// What a function is written in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Scope {
    /// A class.
    Class(String),
    /// A function.
    Function(String),
}

/// A parameter.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Param {
    /// Its name.
    pub name: String,
    /// Whether it is only given by name.
    pub is_keyword: bool,
    /// Whether it takes all that is left.
    pub takes_rest: bool,
    /// Whether it has a default.
    pub has_default: bool,
    /// The annotation as it is written.
    pub annotation: Option<String>,
}

/// A class.
#[derive(Clone, Debug)]
pub struct Class {
    /// Its name.
    pub name: String,
    /// What it is written in.
    pub inside: Vec<Scope>,
    /// The whole of it.
    pub span: Span,
    /// Its bases as they are written.
    pub bases: Vec<String>,
    /// Decorators as they are written, without the `@`.
    pub decorators: Vec<String>,
    /// The fields of its body that are annotated, in order: what a dataclass is made with.
    pub fields: Vec<Param>,
}

/// A call of something that has a name.
#[derive(Clone, Debug)]
pub struct Call {
    /// The last part of the name.
    pub callee: String,
    /// Where.
    pub span: Span,
    /// Arguments by place.
    pub positional: Vec<Argument>,
    /// Arguments by name.
    pub keywords: Vec<(String, Argument)>,
    /// Whether there are others, by `*` or `**`.
    pub has_more: bool,
}

/// An argument of a call.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Argument {
    /// As it is written.
    pub text: String,
    /// The names in it; none of a literal.
    pub names: Vec<String>,
    /// Whether it means the same wherever it is written, once its names do.
    pub is_plain: bool,
}

/// Names that are given values in which other names take part.
#[derive(Clone, Debug)]
pub struct Flow {
    /// Where.
    pub span: Span,
    /// The names that are bound.
    pub to: Vec<String>,
    /// The names that take part.
    pub from: Vec<String>,
}

impl Outline {
    /// The outline of a text; none where it is not Python or nested too deeply.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        if depth::most(text) > DEEPEST && depth_of(text) > DEEPEST {
            return None;
        }
        let parsed = ruff_python_parser::parse_module(text).ok()?;
        let mut reader = Reader {
            text,
            outline: Self::default(),
            inside: Vec::new(),
        };
        let body = &parsed.syntax().body;
        reader.outline.has_guard = body.iter().any(is_guard);
        reader.outline.globals = body.iter().filter(|stmt| !is_guard(stmt)).flat_map(bound).collect();
        reader.visit_body(body);
        Some(reader.outline)
    }

    /// The statement that holds a place.
    #[must_use]
    pub fn line_of(&self, span: Span) -> Option<LogicalLine> {
        let holds =
            |line: &&LogicalLine| line.span.start <= span.start && span.start < line.span.end.max(line.span.start + 1);
        self.lines.iter().rev().find(holds).copied()
    }

    /// The outermost function or method that holds a place.
    #[must_use]
    pub fn routine_of(&self, span: Span) -> Option<&Routine> {
        self.routines.iter().find(|routine| routine.span.contains(span))
    }
}

/// How deeply a text is nested, told from its tokens.
fn depth_of(text: &str) -> usize {
    let mut lexer = ruff_python_parser::lexer::lex(text, Mode::Module);
    let mut depth = Depth::default();
    loop {
        match lexer.next_token() {
            TokenKind::EndOfFile => return depth.max(),
            kind => depth.token(kind),
        }
    }
}

/// `if __name__ == "__main__":`, written either way round.
fn is_guard(stmt: &Stmt) -> bool {
    let Stmt::If(stmt) = stmt else { return false };
    let Expr::Compare(compare) = &*stmt.test else {
        return false;
    };
    let sides = [Some(&*compare.left), compare.comparators.first()];
    let is_name = |side: &Option<&Expr>| matches!(side, Some(Expr::Name(name)) if name.id.as_str() == "__name__");
    let is_main =
        |side: &Option<&Expr>| matches!(side, Some(Expr::StringLiteral(text)) if text.value.to_str() == "__main__");
    sides.iter().any(is_name) && sides.iter().any(is_main)
}

/// The names that a statement at the top level binds.
fn bound(stmt: &Stmt) -> Vec<String> {
    let name = |expr: &Expr| match expr {
        Expr::Name(name) => Some(name.id.to_string()),
        _ => None,
    };
    match stmt {
        Stmt::FunctionDef(def) => vec![def.name.to_string()],
        Stmt::ClassDef(def) => vec![def.name.to_string()],
        Stmt::Assign(stmt) => stmt.targets.iter().filter_map(name).collect(),
        Stmt::AnnAssign(stmt) if stmt.value.is_some() => name(&stmt.target).into_iter().collect(),
        Stmt::Import(stmt) => {
            let first = |alias: &ruff_python_ast::Alias| match &alias.asname {
                Some(name) => name.to_string(),
                None => alias.name.split('.').next().unwrap_or_default().to_owned(),
            };
            stmt.names.iter().map(first).collect()
        }
        Stmt::ImportFrom(stmt) => {
            let last = |alias: &ruff_python_ast::Alias| alias.asname.as_ref().unwrap_or(&alias.name).to_string();
            stmt.names.iter().map(last).collect()
        }
        _ => Vec::new(),
    }
}

struct Reader<'t> {
    text: &'t str,
    outline: Outline,
    inside: Vec<Scope>,
}

fn span(range: TextRange) -> Span {
    Span::new(range.start().to_u32(), range.end().to_u32())
}

impl Reader<'_> {
    fn source(&self, range: TextRange) -> String {
        self.text.get(span(range).range()).unwrap_or_default().to_owned()
    }

    fn line(&mut self, stmt: &Stmt) {
        let whole = span(stmt.range());
        let body = match stmt {
            Stmt::FunctionDef(stmt) => stmt.body.first(),
            Stmt::ClassDef(stmt) => stmt.body.first(),
            Stmt::For(stmt) => stmt.body.first(),
            Stmt::While(stmt) => stmt.body.first(),
            Stmt::If(stmt) => stmt.body.first(),
            Stmt::With(stmt) => stmt.body.first(),
            Stmt::Try(stmt) => stmt.body.first(),
            Stmt::Match(stmt) => stmt.cases.first().and_then(|case| case.body.first()),
            _ => None,
        };
        let end = match body {
            Some(first) => {
                let head = self
                    .text
                    .get(whole.start as usize..first.start().to_usize())
                    .unwrap_or_default();
                // Up to the colon; comments and blank lines before the body are no part of it.
                whole.start + head.rfind(':').map_or(head.trim_end().len(), |at| at + 1) as u32
            }
            None => whole.end,
        };
        let is_place = |target: &Expr| matches!(target, Expr::Attribute(_) | Expr::Subscript(_));
        let is_removable = match stmt {
            Stmt::Expr(stmt) => !matches!(&*stmt.value, Expr::StringLiteral(_) | Expr::EllipsisLiteral(_)),
            Stmt::Assign(stmt) => stmt.targets.iter().all(is_place),
            Stmt::AugAssign(stmt) => is_place(&stmt.target),
            _ => false,
        };
        self.outline.lines.push(LogicalLine {
            span: Span::new(whole.start, end.max(whole.start + 1)),
            is_removable,
            is_assignment: matches!(stmt, Stmt::Assign(_) | Stmt::AugAssign(_)),
            callee_end: match stmt {
                Stmt::Expr(stmt) => callee_end(&stmt.value),
                _ => None,
            },
        });
    }

    fn routine(&mut self, def: &StmtFunctionDef) {
        let decorators = def.decorator_list.iter().map(|one| self.source(one.expression.range()));
        let routine = Routine {
            name: def.name.to_string(),
            inside: self.inside.clone(),
            span: span(def.range),
            is_async: def.is_async,
            decorators: decorators.collect(),
            params: self.params(&def.parameters),
        };
        self.outline.routines.push(routine);
    }

    fn params(&self, params: &Parameters) -> Vec<Param> {
        let annotation = |expr: Option<&Expr>| expr.map(|expr| self.source(expr.range()));
        let usual = params
            .posonlyargs
            .iter()
            .chain(&params.args)
            .map(|param| (param, false));
        let keyword = params.kwonlyargs.iter().map(|param| (param, true));
        let mut all: Vec<Param> = usual
            .chain(keyword)
            .map(|(param, is_keyword)| Param {
                name: param.parameter.name.to_string(),
                is_keyword,
                takes_rest: false,
                has_default: param.default.is_some(),
                annotation: annotation(param.parameter.annotation.as_deref()),
            })
            .collect();
        for rest in [&params.vararg, &params.kwarg].into_iter().flatten() {
            all.push(Param {
                name: rest.name.to_string(),
                is_keyword: false,
                takes_rest: true,
                has_default: true,
                annotation: annotation(rest.annotation.as_deref()),
            });
        }
        all
    }

    fn class(&mut self, def: &ruff_python_ast::StmtClassDef) {
        let bases = def.arguments.iter().flat_map(|arguments| &arguments.args);
        let fields = def.body.iter().filter_map(|stmt| match stmt {
            Stmt::AnnAssign(field) => match &*field.target {
                Expr::Name(name) => Some(Param {
                    name: name.id.to_string(),
                    is_keyword: false,
                    takes_rest: false,
                    has_default: field.value.is_some(),
                    annotation: Some(self.source(field.annotation.range())),
                }),
                _ => None,
            },
            _ => None,
        });
        let class = Class {
            name: def.name.to_string(),
            inside: self.inside.clone(),
            span: span(def.range),
            bases: bases.map(|base| self.source(base.range())).collect(),
            decorators: def
                .decorator_list
                .iter()
                .map(|one| self.source(one.expression.range()))
                .collect(),
            fields: fields.collect(),
        };
        self.outline.classes.push(class);
    }

    fn call(&mut self, call: &ExprCall) {
        let callee = match &*call.func {
            Expr::Name(name) => name.id.to_string(),
            Expr::Attribute(attribute) => attribute.attr.to_string(),
            _ => return,
        };
        let argument = |expr: &Expr| {
            let mut names = Names(Vec::new());
            names.visit_expr(expr);
            Argument {
                text: self.source(expr.range()),
                names: names.0,
                is_plain: is_plain(expr),
            }
        };
        let args = &call.arguments;
        let has_star = args.args.iter().any(|arg| matches!(arg, Expr::Starred(_)));
        let found = Call {
            callee,
            span: span(call.range()),
            positional: args.args.iter().map(argument).collect(),
            keywords: args
                .keywords
                .iter()
                .filter_map(|keyword| Some((keyword.arg.as_ref()?.to_string(), argument(&keyword.value))))
                .collect(),
            has_more: has_star || args.keywords.iter().any(|keyword| keyword.arg.is_none()),
        };
        self.outline.calls.push(found);
    }

    fn flow(&mut self, range: TextRange, to: &[&Expr], from: &[&Expr]) {
        let of = |exprs: &[&Expr]| {
            let mut names = Names(Vec::new());
            exprs.iter().for_each(|expr| names.visit_expr(expr));
            names.0
        };
        let flow = Flow {
            span: span(range),
            to: of(to),
            from: of(from),
        };
        self.outline.flows.push(flow);
    }

    fn flows(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Assign(stmt) => {
                let targets: Vec<&Expr> = stmt.targets.iter().collect();
                self.flow(stmt.range, &targets, &[&stmt.value]);
            }
            Stmt::AugAssign(stmt) => self.flow(stmt.range, &[&stmt.target], &[&stmt.value]),
            Stmt::AnnAssign(stmt) => {
                if let Some(value) = &stmt.value {
                    self.flow(stmt.range, &[&stmt.target], &[value]);
                }
            }
            Stmt::For(stmt) => self.flow(stmt.iter.range(), &[&stmt.target], &[&stmt.iter]),
            Stmt::With(stmt) => {
                for item in &stmt.items {
                    if let Some(vars) = &item.optional_vars {
                        self.flow(item.range, &[vars], &[&item.context_expr]);
                    }
                }
            }
            _ => {}
        }
    }
}

impl<'a> Visitor<'a> for Reader<'_> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        self.line(stmt);
        self.flows(stmt);
        let scope = match stmt {
            Stmt::FunctionDef(def) => {
                self.routine(def);
                Some(Scope::Function(def.name.to_string()))
            }
            Stmt::ClassDef(def) => {
                self.class(def);
                Some(Scope::Class(def.name.to_string()))
            }
            _ => None,
        };
        let is_scope = scope.is_some();
        self.inside.extend(scope);
        visitor::walk_stmt(self, stmt);
        if is_scope {
            self.inside.pop();
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => self.call(call),
            Expr::Named(named) => self.flow(named.range, &[&named.target], &[&named.value]),
            _ => {}
        }
        visitor::walk_expr(self, expr);
    }

    fn visit_comprehension(&mut self, comprehension: &'a ruff_python_ast::Comprehension) {
        self.flow(comprehension.range, &[&comprehension.target], &[&comprehension.iter]);
        visitor::walk_comprehension(self, comprehension);
    }
}

/// Collects the names in an expression.
struct Names(Vec<String>);

impl<'a> Visitor<'a> for Names {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) => self.0.push(name.id.to_string()),
            // `self.x` is `x`: that one attribute holds something says nothing of the others.
            Expr::Attribute(attribute) if matches!(&*attribute.value, Expr::Name(name) if name.id.as_str() == "self") =>
            {
                self.0.push(attribute.attr.to_string());
            }
            _ => visitor::walk_expr(self, expr),
        }
    }
}

/// Whether an expression means the same wherever it is written, once its names do, and does little: no `await`, no lambda,
/// no names of its own.
fn is_plain(expr: &Expr) -> bool {
    match expr {
        Expr::StringLiteral(_)
        | Expr::BytesLiteral(_)
        | Expr::NumberLiteral(_)
        | Expr::BooleanLiteral(_)
        | Expr::NoneLiteral(_)
        | Expr::Name(_) => true,
        Expr::Attribute(attribute) => is_plain(&attribute.value),
        Expr::Subscript(item) => is_plain(&item.value) && is_plain(&item.slice),
        Expr::UnaryOp(unary) => is_plain(&unary.operand),
        Expr::BinOp(binary) => is_plain(&binary.left) && is_plain(&binary.right),
        Expr::Tuple(tuple) => tuple.elts.iter().all(is_plain),
        Expr::List(list) => list.elts.iter().all(is_plain),
        Expr::Set(set) => set.elts.iter().all(is_plain),
        Expr::Dict(dict) => dict
            .items
            .iter()
            .all(|item| item.key.as_ref().is_some_and(is_plain) && is_plain(&item.value)),
        Expr::Call(call) => {
            let keywords = call.arguments.keywords.iter().map(|keyword| &keyword.value);
            is_plain(&call.func) && call.arguments.args.iter().chain(keywords).all(is_plain)
        }
        _ => false,
    }
}

/// Where what is called ends, of a call whose arguments can stand in a tuple.
fn callee_end(expr: &Expr) -> Option<u32> {
    let Expr::Call(call) = expr else { return None };
    let arguments = &call.arguments;
    let is_plain = arguments.keywords.is_empty() && arguments.args.iter().all(|arg| !arg.is_generator_expr());
    (is_plain && !arguments.args.is_empty()).then(|| call.func.end().to_u32())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(text: &str, span: Span) -> &str {
        &text[span.range()]
    }

    #[test]
    fn statements_and_heads() {
        let text = "import os\nif a: # b: c\n\n    # d:\n    f(\n        1,\n    )\n    x = 1; y.z = 2\nclass A(B):\n    def g(self, n: int = 3, *, k=None): pass\n";
        let outline = Outline::of(text).unwrap();
        let lines: Vec<(&str, bool)> = outline
            .lines
            .iter()
            .map(|line| (text_of(text, line.span), line.is_removable))
            .collect();
        assert_eq!(
            lines,
            [
                ("import os", false),
                ("if a: # b: c\n\n    # d:", false),
                ("f(\n        1,\n    )", true),
                ("x = 1", false),
                ("y.z = 2", true),
                ("class A(B):", false),
                ("def g(self, n: int = 3, *, k=None):", false),
                ("pass", false),
            ]
        );
        let at = text.find("1,").unwrap() as u32;
        assert_eq!(
            outline.line_of(Span::new(at, at + 1)).unwrap().span,
            outline.lines[2].span
        );
        let routine = &outline.routines[0];
        assert_eq!(routine.inside, [Scope::Class("A".into())]);
        assert_eq!(routine.params[1].annotation.as_deref(), Some("int"));
        assert!(routine.params[2].is_keyword);
    }

    #[test]
    fn calls_guards_and_flows() {
        let text = "for i in items:\n    work(3, [1, (2, 'a')], n, key=-1)\nif '__main__' == __name__: pass\n";
        let outline = Outline::of(text).unwrap();
        let call = &outline.calls[0];
        let texts: Vec<(&str, usize)> = call
            .positional
            .iter()
            .map(|one| (one.text.as_str(), one.names.len()))
            .collect();
        assert_eq!(texts, [("3", 0), ("[1, (2, 'a')]", 0), ("n", 1)]);
        assert_eq!(call.keywords[0].1.text, "-1");
        assert_eq!(
            (&outline.flows[0].to[..], &outline.flows[0].from[..]),
            (&["i".to_owned()][..], &["items".to_owned()][..])
        );
        assert!(outline.has_guard);
        assert!(Outline::of("def f(:").is_none() && Outline::of(&"(".repeat(999)).is_none());
    }
}
