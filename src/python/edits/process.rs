//! Repairs around the objects of a process library: what is called on them, in which order, and how they are set up.

use ruff_python_ast::visitor::{Visitor, walk_expr};
use ruff_python_ast::{Expr, Stmt, StmtClassDef, StmtFunctionDef};
use ruff_text_size::{Ranged, TextSize};

use super::arguments::is_plain;
use super::{STACK, Source};
use crate::files::Span;
use crate::findings::Edit;

impl Source {
    /// Has the call of a method come after another of the same object: that which follows at once, or one that is put in.
    #[must_use]
    pub fn after_call_of(&self, call: Span, method: &str) -> Option<Vec<Edit>> {
        let receiver = self.receiver(call)?;
        let spot = self.call_statement(call)?;
        let follows = spot
            .next()
            .and_then(|next| self.method_called(next))
            .is_some_and(|(other, called)| other == receiver && called == method);
        if follows {
            return self.swapped(&spot);
        }
        Some(vec![self.before(spot.stmt(), &format!("{receiver}.{method}()"))])
    }

    /// Another method called than the one that is called at a place; and after it one more, unless that is called further
    /// down in the same block. None in a loop, where what comes after it would come after each.
    #[must_use]
    pub fn started_instead(&self, call: Span, method: &str, then: &str) -> Option<Vec<Edit>> {
        let receiver = self.receiver(call)?;
        let spot = self.call_statement(call)?;
        let called = self.call(call)?;
        let Expr::Attribute(callee) = &*called.func else {
            return None;
        };
        if !called.arguments.is_empty() {
            return None;
        }
        let renamed = self.edit(callee.attr.range(), method);
        let wanted = format!("{receiver}.{then}(");
        let rest = spot.suite.get(spot.index + 1..).unwrap_or_default();
        if rest.iter().any(|stmt| self.of_node(stmt).contains(&wanted)) {
            return Some(vec![renamed]);
        }
        if matches!(spot.owner, Some(Stmt::For(_) | Stmt::While(_))) {
            return None;
        }
        let mut edits = vec![renamed];
        edits.extend(self.put_after(call, &[(0, format!("{wanted})"))])?);
        edits.sort_by_key(|edit| edit.location.span);
        Some(edits)
    }

    /// The receiver and the name of a method that a statement calls without arguments, and no more.
    fn method_called<'s>(&'s self, stmt: &'s Stmt) -> Option<(&'s str, &'s str)> {
        let Stmt::Expr(stmt) = stmt else { return None };
        let Expr::Call(call) = &*stmt.value else { return None };
        let Expr::Attribute(callee) = &*call.func else {
            return None;
        };
        call.arguments
            .is_empty()
            .then(|| (self.of_node(&*callee.value), callee.attr.as_str()))
    }

    /// A join given a timeout, and what is done when it passes: the process is ended.
    #[must_use]
    pub fn join_or_kill(&self, call: Span, seconds: u32) -> Option<Vec<Edit>> {
        let receiver = self.receiver(call)?;
        let arguments = &self.call(call)?.arguments;
        let timeout = match (&*arguments.args, arguments.keywords.as_slice()) {
            ([], []) => self.insertion(arguments.start() + TextSize::of('('), format!("timeout={seconds}")),
            ([timeout], []) if !timeout.is_starred_expr() => self.edit(timeout.range(), format!("timeout={seconds}")),
            ([], [keyword]) if keyword.arg.as_ref().is_some_and(|arg| arg.as_str() == "timeout") => {
                self.edit(keyword.value.range(), seconds.to_string())
            }
            _ => return None,
        };
        let mut edits = vec![timeout];
        edits.extend(self.put_after(
            call,
            &[
                (0, format!("if {receiver}.is_alive():")),
                (1, format!("{receiver}.kill()")),
                (1, format!("{receiver}.join()")),
            ],
        )?);
        edits.sort_by_key(|edit| edit.location.span);
        Some(edits)
    }

    /// `super().__init__()` put at the beginning of the `__init__` whose name stands at a place, where no other is called in
    /// it and there is one base that it can mean. One that is named there is called.
    #[must_use]
    pub fn with_super_init(&self, name: Span) -> Option<Vec<Edit>> {
        let (class, init) = self.init_of_class(name)?;
        let arguments = class.arguments.as_ref()?;
        if arguments.args.len() != 1 || !arguments.keywords.is_empty() {
            return None;
        }
        let named = init.body.iter().find_map(|stmt| match stmt {
            Stmt::Expr(stmt) if is_init_attribute(&stmt.value) => Some(stmt),
            _ => None,
        });
        if let Some(named) = named {
            return (count_inits(init) == 1).then(|| vec![self.insertion(named.end(), "()")]);
        }
        if count_inits(init) > 0 {
            return None;
        }
        let is_docstring = |stmt: &&Stmt| !matches!(stmt, Stmt::Expr(stmt) if stmt.value.is_string_literal_expr());
        let first = init.body.iter().find(is_docstring)?;
        Some(vec![self.before(first, "super().__init__()")])
    }

    /// The `__init__` of one of several bases called behind that of another, which is called at a plain place of the
    /// `__init__` whose name stands at a place; at its beginning where none is.
    #[must_use]
    pub fn with_init_of_base(&self, name: Span, base: usize) -> Option<Vec<Edit>> {
        let (class, init) = self.init_of_class(name)?;
        let base = class.arguments.as_ref()?.args.get(base)?;
        let own = init.parameters.posonlyargs.iter().chain(&init.parameters.args).next()?;
        if !is_plain(base) {
            return None;
        }
        let call = format!("{}.__init__({})", self.of_node(base), own.parameter.name.as_str());
        match (count_inits(init), init.body.iter().find(|stmt| is_init_call(stmt))) {
            (0, _) => {
                let is_docstring =
                    |stmt: &&Stmt| !matches!(stmt, Stmt::Expr(stmt) if stmt.value.is_string_literal_expr());
                let first = init.body.iter().find(is_docstring)?;
                Some(vec![self.before(first, &call)])
            }
            (1, Some(other)) => {
                let indent = self.indent_of(other.start())?;
                let end = self.clean_end(other.end())?;
                Some(vec![
                    self.insertion(end, format!("{}{indent}{call}", self.line_end(other.end()))),
                ])
            }
            _ => None,
        }
    }

    fn init_of_class(&self, name: Span) -> Option<(&StmtClassDef, &StmtFunctionDef)> {
        let spots = self.spots(name);
        let [.., class, init] = spots.as_slice() else {
            return None;
        };
        match (class.stmt(), init.stmt()) {
            (Stmt::ClassDef(class), Stmt::FunctionDef(init)) => Some((class, init)),
            _ => None,
        }
    }

    /// The assignment with the target at a place moved behind the call of the base's `__init__` that follows it.
    #[must_use]
    pub fn after_super_init(&self, target: Span) -> Option<Vec<Edit>> {
        let spot = self.spot(target)?;
        let Stmt::Assign(assign) = spot.stmt() else {
            return None;
        };
        let [written] = assign.targets.as_slice() else {
            return None;
        };
        let rest = spot.suite.get(spot.index + 1..)?;
        let init = rest.iter().find(|stmt| is_init_call(stmt))?;
        let is_plain = |stmt: &Stmt| matches!(stmt, Stmt::Assign(_) | Stmt::AnnAssign(_) | Stmt::Expr(_));
        let text = self.of_node(written);
        for stmt in rest {
            // What comes in between may need it, or change what it is made of.
            if !is_plain(stmt) || self.of_node(stmt).contains(text) {
                return None;
            }
            if std::ptr::eq(stmt, init) {
                break;
            }
        }
        self.moved(&spot, init)
    }

    /// The assignment with the target at a place exchanged with the call of a method of the same object right before it.
    #[must_use]
    pub fn before_call_of(&self, target: Span, method: &str) -> Option<Vec<Edit>> {
        let spot = self.spot(target)?;
        let Stmt::Assign(assign) = spot.stmt() else {
            return None;
        };
        let [Expr::Attribute(written)] = assign.targets.as_slice() else {
            return None;
        };
        let before = super::statements::Spot {
            index: spot.index.checked_sub(1)?,
            ..spot
        };
        let (receiver, called) = self.method_called(before.stmt())?;
        (receiver == self.of_node(&*written.value) && called == method)
            .then(|| self.swapped(&before))
            .flatten()
    }
}

fn is_init_attribute(expr: &Expr) -> bool {
    matches!(expr, Expr::Attribute(attribute) if attribute.attr.as_str() == "__init__")
}

/// Whether a statement is the call of some `__init__`.
fn is_init_call(stmt: &Stmt) -> bool {
    matches!(stmt, Stmt::Expr(stmt) if matches!(&*stmt.value, Expr::Call(call) if is_init_attribute(&call.func)))
}

/// How often a function names some `__init__`.
fn count_inits(function: &StmtFunctionDef) -> usize {
    struct Seen(usize);
    impl<'s> Visitor<'s> for Seen {
        fn visit_expr(&mut self, expr: &'s Expr) {
            self.0 += usize::from(is_init_attribute(expr));
            walk_expr(self, expr);
        }
    }
    let mut seen = Seen(0);
    stacker::maybe_grow(STACK, STACK, || seen.visit_body(&function.body));
    seen.0
}
