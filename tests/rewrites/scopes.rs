//! Which variable each name of a file belongs to, and what is done with it there.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{
    Comprehension, ExceptHandler, Expr, ExprContext, Identifier, InterpolatedStringElement, Parameters, Pattern, Stmt,
};
use ruff_text_size::{Ranged, TextRange};

/// What a name does at a place.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Role {
    /// Reads the variable.
    Load,
    /// An assignment, a `with … as`, or an element of an unpacking assignment.
    Assign,
    /// Any other expression that binds: the target of a loop, a walrus.
    Bind,
    /// `del`
    Delete,
    /// A parameter.
    Param,
    /// The name of a function.
    Function,
    /// The name of a class.
    Class,
    /// An import.
    Import,
    /// An exception's or pattern's name.
    Caught,
    /// `global` or `nonlocal`.
    Declared,
}

/// One place of a variable.
#[derive(Clone, Debug)]
pub struct Occurrence {
    /// The name.
    pub span: Range<usize>,
    /// What it does.
    pub role: Role,
    /// The scope that it is written in.
    pub scope: usize,
    /// Whether it stands inside an f-string.
    pub in_fstring: bool,
}

/// What a scope is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ScopeKind {
    /// The file.
    Module,
    /// A `def`.
    Function,
    /// A lambda.
    Lambda,
    /// A class.
    Class,
    /// A comprehension.
    Comprehension,
}

/// A scope.
#[derive(Debug)]
pub struct Scope {
    /// What it is.
    pub kind: ScopeKind,
    parent: usize,
    binds: BTreeSet<String>,
    global: BTreeSet<String>,
    nonlocal: BTreeSet<String>,
}

/// A variable: the scope that owns it, its name, and its places in the order of the text.
#[derive(Debug)]
pub struct Variable {
    /// The scope that owns it; for a builtin, the module's.
    pub scope: usize,
    /// Its name.
    pub name: String,
    /// Its places.
    pub places: Vec<Occurrence>,
}

impl Variable {
    /// Whether every place has one of these roles.
    pub fn only(&self, roles: &[Role]) -> bool {
        self.places.iter().all(|place| roles.contains(&place.role))
    }

    /// The places with a role.
    pub fn with_role(&self, role: Role) -> impl Iterator<Item = &Occurrence> {
        self.places.iter().filter(move |place| place.role == role)
    }

    /// Whether nothing in the file binds it: a builtin, or a mistake.
    pub fn is_unbound(&self) -> bool {
        self.only(&[Role::Load, Role::Declared])
    }
}

/// The scopes of a file.
#[derive(Debug)]
pub struct Scopes {
    /// All scopes; the first is the module's.
    pub scopes: Vec<Scope>,
    /// All variables, by scope and name.
    pub variables: Vec<Variable>,
    at: BTreeMap<usize, usize>,
}

impl Scopes {
    /// Reads the names of a file.
    pub fn new(body: &[Stmt]) -> Self {
        let mut walk = Walk {
            scopes: vec![Scope::new(ScopeKind::Module, 0)],
            raw: Vec::new(),
            scope: 0,
            fstrings: 0,
            binding: Role::Bind,
        };
        walk.visit_body(body);
        let Walk { scopes, raw, .. } = walk;
        let mut variables: BTreeMap<(usize, String), Vec<Occurrence>> = BTreeMap::new();
        for (name, place) in raw {
            let owner = resolve(&scopes, place.scope, &name);
            variables.entry((owner, name)).or_default().push(place);
        }
        let mut at = BTreeMap::new();
        let variables: Vec<Variable> = variables
            .into_iter()
            .enumerate()
            .map(|(index, ((scope, name), mut places))| {
                places.sort_by_key(|place| place.span.start);
                at.extend(places.iter().map(|place| (place.span.start, index)));
                Variable { scope, name, places }
            })
            .collect();
        Self { scopes, variables, at }
    }

    /// The variable whose name stands at an offset.
    pub fn at(&self, offset: usize) -> Option<&Variable> {
        self.at.get(&offset).map(|&index| &self.variables[index])
    }

    /// The kind of the scope that owns a variable.
    pub fn kind(&self, variable: &Variable) -> ScopeKind {
        self.scopes[variable.scope].kind
    }
}

impl Scope {
    fn new(kind: ScopeKind, parent: usize) -> Self {
        Self {
            kind,
            parent,
            binds: BTreeSet::new(),
            global: BTreeSet::new(),
            nonlocal: BTreeSet::new(),
        }
    }
}

fn resolve(scopes: &[Scope], from: usize, name: &str) -> usize {
    let mut at = from;
    let mut outward = false;
    loop {
        let scope = &scopes[at];
        if scope.global.contains(name) {
            return 0;
        }
        let visible = !outward || scope.kind != ScopeKind::Class;
        if visible && scope.binds.contains(name) && !scope.nonlocal.contains(name) {
            return at;
        }
        if at == 0 {
            return 0;
        }
        outward = true;
        at = scope.parent;
    }
}

struct Walk {
    scopes: Vec<Scope>,
    raw: Vec<(String, Occurrence)>,
    scope: usize,
    fstrings: usize,
    /// What a name in store context is at the moment.
    binding: Role,
}

impl Walk {
    fn add(&mut self, name: &str, range: TextRange, role: Role) {
        let scope = self.scope;
        match role {
            Role::Load | Role::Declared => {}
            _ => {
                self.scopes[scope].binds.insert(name.to_owned());
            }
        }
        let place = Occurrence {
            span: range.to_std_range(),
            role,
            scope,
            in_fstring: self.fstrings > 0,
        };
        self.raw.push((name.to_owned(), place));
    }

    fn identifier(&mut self, identifier: &Identifier, role: Role) {
        self.add(identifier.as_str(), identifier.range(), role);
    }

    fn inside(&mut self, kind: ScopeKind, walk: impl FnOnce(&mut Self)) {
        let parent = self.scope;
        self.scopes.push(Scope::new(kind, parent));
        self.scope = self.scopes.len() - 1;
        walk(self);
        self.scope = parent;
    }

    fn bind(&mut self, role: Role, target: &Expr) {
        let before = std::mem::replace(&mut self.binding, role);
        self.visit_expr(target);
        self.binding = before;
    }

    fn parameters(&mut self, parameters: &Parameters) {
        for parameter in parameters {
            self.identifier(parameter.name(), Role::Param);
        }
    }

    fn comprehension<'a>(&mut self, generators: &'a [Comprehension], elements: &[&'a Expr]) {
        if let Some(first) = generators.first() {
            self.visit_expr(&first.iter);
        }
        self.inside(ScopeKind::Comprehension, |walk| {
            for (index, generator) in generators.iter().enumerate() {
                walk.bind(Role::Bind, &generator.target);
                if index > 0 {
                    walk.visit_expr(&generator.iter);
                }
                generator.ifs.iter().for_each(|test| walk.visit_expr(test));
            }
            elements.iter().for_each(|element| walk.visit_expr(element));
        });
    }
}

impl<'a> Visitor<'a> for Walk {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => {
                def.decorator_list.iter().for_each(|one| self.visit_decorator(one));
                self.visit_parameters(&def.parameters);
                if let Some(returns) = &def.returns {
                    self.visit_annotation(returns);
                }
                self.identifier(&def.name, Role::Function);
                self.inside(ScopeKind::Function, |walk| {
                    walk.parameters(&def.parameters);
                    walk.visit_body(&def.body);
                });
            }
            Stmt::ClassDef(class) => {
                class.decorator_list.iter().for_each(|one| self.visit_decorator(one));
                if let Some(arguments) = &class.arguments {
                    self.visit_arguments(arguments);
                }
                self.identifier(&class.name, Role::Class);
                self.inside(ScopeKind::Class, |walk| walk.visit_body(&class.body));
            }
            Stmt::Import(import) => {
                for alias in &import.names {
                    match &alias.asname {
                        Some(name) => self.identifier(name, Role::Import),
                        None => {
                            let first = alias.name.as_str().split('.').next().unwrap_or_default();
                            self.add(first, alias.name.range(), Role::Import);
                        }
                    }
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    self.identifier(alias.asname.as_ref().unwrap_or(&alias.name), Role::Import);
                }
            }
            Stmt::Global(global) => {
                for name in &global.names {
                    self.scopes[self.scope].global.insert(name.to_string());
                    self.identifier(name, Role::Declared);
                }
            }
            Stmt::Nonlocal(nonlocal) => {
                for name in &nonlocal.names {
                    self.scopes[self.scope].nonlocal.insert(name.to_string());
                    self.identifier(name, Role::Declared);
                }
            }
            Stmt::Assign(assign) => {
                self.visit_expr(&assign.value);
                assign.targets.iter().for_each(|target| self.bind(Role::Assign, target));
            }
            Stmt::AugAssign(assign) => {
                self.visit_expr(&assign.value);
                self.bind(Role::Assign, &assign.target);
            }
            Stmt::AnnAssign(assign) => {
                if let Some(value) = &assign.value {
                    self.visit_expr(value);
                }
                self.visit_annotation(&assign.annotation);
                self.bind(Role::Assign, &assign.target);
            }
            Stmt::With(with) => {
                for item in &with.items {
                    self.visit_expr(&item.context_expr);
                    if let Some(target) = &item.optional_vars {
                        self.bind(Role::Assign, target);
                    }
                }
                self.visit_body(&with.body);
            }
            _ => visitor::walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) => {
                let role = match name.ctx {
                    ExprContext::Store => self.binding,
                    ExprContext::Del => Role::Delete,
                    _ => Role::Load,
                };
                self.add(name.id.as_str(), name.range(), role);
            }
            Expr::Lambda(lambda) => {
                if let Some(parameters) = &lambda.parameters {
                    self.visit_parameters(parameters);
                }
                self.inside(ScopeKind::Lambda, |walk| {
                    if let Some(parameters) = &lambda.parameters {
                        walk.parameters(parameters);
                    }
                    walk.visit_expr(&lambda.body);
                });
            }
            Expr::ListComp(comp) => self.comprehension(&comp.generators, &[&comp.elt]),
            Expr::SetComp(comp) => self.comprehension(&comp.generators, &[&comp.elt]),
            Expr::Generator(comp) => self.comprehension(&comp.generators, &[&comp.elt]),
            Expr::DictComp(comp) => {
                let elements: Vec<&Expr> = comp.key.as_deref().into_iter().chain([comp.value.as_ref()]).collect();
                self.comprehension(&comp.generators, &elements);
            }
            _ => visitor::walk_expr(self, expr),
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(one) = handler;
        if let Some(name) = &one.name {
            self.identifier(name, Role::Caught);
        }
        visitor::walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchAs(one) => one.name.as_ref(),
            Pattern::MatchStar(one) => one.name.as_ref(),
            Pattern::MatchMapping(one) => one.rest.as_ref(),
            _ => None,
        };
        if let Some(name) = name {
            self.identifier(name, Role::Caught);
        }
        visitor::walk_pattern(self, pattern);
    }

    fn visit_interpolated_string_element(&mut self, element: &'a InterpolatedStringElement) {
        self.fstrings += 1;
        visitor::walk_interpolated_string_element(self, element);
        self.fstrings -= 1;
    }
}
