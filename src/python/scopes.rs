//! Which scope each name belongs to.
//!
//! One walk over the tree finds what each scope binds and uses, [`Scopes::resolve`] then settles for every name where
//! it lives. Each name's node in the tree is given the number of its entry here, so that lowering needs no look-ups.

use ruff_python_ast::visitor::{self, Visitor};
use ruff_python_ast::{
    self as ast, AtomicNodeIndex, ExceptHandler, Expr, ExprContext, NodeIndex, Parameters, Pattern, Stmt, TypeParams,
};
use ruff_text_size::Ranged;
use rustc_hash::FxHashMap;

use super::ir::{Place, Slot};
use super::symbols::{Symbol, Symbols};

/// Index into [`Scopes::scopes`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct ScopeId(u32);

impl ScopeId {
    /// The scope of the module.
    pub const MODULE: Self = Self(0);

    /// The number as an index.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum ScopeKind {
    Module,
    /// `def` and `lambda`.
    Function,
    Class,
    Comprehension,
}

/// A scope of names. A comprehension is a scope without being a function.
#[derive(Debug)]
pub struct Scope {
    kind: ScopeKind,
    parent: ScopeId,
    /// The scope itself, or for a comprehension the one of the function whose slots it uses.
    function: ScopeId,
    /// How many functions it is in, itself included; comprehensions are none.
    depth: u32,
    /// Whether a class is around it, at any distance.
    in_class: bool,
    has_children: bool,
    /// The names that it binds or uses.
    entries: Vec<Entry>,
    /// The names of the slots; empty for comprehensions.
    pub slots: Vec<Option<Symbol>>,
    /// Parallel to `slots`.
    pub captured: Vec<bool>,
    /// Whether the function has a `yield` of its own.
    pub is_generator: bool,
    /// The type parameters of the function or class.
    pub type_params: Vec<Entry>,
}

/// A name within one scope: index into [`Scopes::entries`].
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Entry(u32);

const BOUND: u8 = 1;
const GLOBAL: u8 = 2;
const NONLOCAL: u8 = 4;
/// `__class__` inside a method.
const CLASS_CELL: u8 = 8;

#[derive(Debug)]
struct EntryData {
    scope: ScopeId,
    symbol: Symbol,
    flags: u8,
    slot: Slot,
    place: Place,
    /// The entry that this one hides while its scope is open.
    hides: Option<Entry>,
}

/// All scopes of a file.
#[derive(Debug)]
pub struct Scopes {
    scopes: Vec<Scope>,
    entries: Vec<EntryData>,
    index: FxHashMap<(u32, Symbol), Entry>,
    /// Where the `match` statements start.
    pub match_starts: Vec<u32>,
}

impl Scopes {
    /// Finds and resolves the scopes of a file.
    pub fn of(body: &[Stmt], symbols: &mut Symbols) -> Self {
        let mut collector = Collector {
            scopes: Self {
                scopes: Vec::new(),
                entries: Vec::new(),
                index: FxHashMap::default(),
                match_starts: Vec::new(),
            },
            symbols,
            current: ScopeId::MODULE,
        };
        collector.push(ScopeKind::Module);
        collector.visit_body(body);
        let mut scopes = collector.scopes;
        scopes.resolve(symbols.get("__class__"));
        scopes
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.scopes.len()
    }

    /// The scope that a definition's node was given.
    pub fn scope_of(node: &AtomicNodeIndex) -> Option<ScopeId> {
        node.load().as_u32().map(ScopeId)
    }

    /// The scope with this number.
    pub fn scope_mut(&mut self, id: ScopeId) -> &mut Scope {
        &mut self.scopes[id.index()]
    }

    /// The entry that a name's node was given; none for names that error recovery made up.
    pub fn entry_of(node: &AtomicNodeIndex) -> Option<Entry> {
        node.load().as_u32().map(Entry)
    }

    /// Where a name lives; none for `__class__` in a method, which the analysis does not follow.
    pub fn place(&self, entry: Entry) -> Option<Place> {
        let data = &self.entries[entry.index()];
        (data.flags & CLASS_CELL == 0).then_some(data.place)
    }

    fn resolve(&mut self, class_cell: Option<Symbol>) {
        for data in &mut self.entries {
            let scope = &self.scopes[data.scope.index()];
            let own = data.flags & (BOUND | GLOBAL | NONLOCAL) == BOUND;
            if own && matches!(scope.kind, ScopeKind::Function | ScopeKind::Comprehension) {
                if data.slot == NO_SLOT {
                    let function = scope.function;
                    data.slot = self.scopes[function.index()].new_slot(data.symbol);
                }
                data.place = Place::Local(data.slot);
            } else if own && scope.kind == ScopeKind::Class {
                data.place = Place::Class(data.symbol);
            }
        }
        self.resolve_free_names(class_cell);
        for data in &mut self.entries {
            if let Place::Local(slot) = data.place {
                let function = &self.scopes[self.scopes[data.scope.index()].function.index()];
                if function.captured[slot.0 as usize] {
                    data.place = Place::Cell { up: 0, slot };
                }
            }
        }
    }

    /// Finds where the names live that their scopes do not bind.
    ///
    /// Scopes are numbered in the order in which they begin, so that going through them in order is a walk over their
    /// tree; on the way, `visible` has for each name the innermost entry that decides it.
    fn resolve_free_names(&mut self, class_cell: Option<Symbol>) {
        let mut visible: FxHashMap<Symbol, Entry> = FxHashMap::default();
        let mut open: Vec<ScopeId> = Vec::new();
        for index in 1..self.scopes.len() {
            let id = ScopeId(index as u32);
            let parent = self.scopes[index].parent;
            while let Some(&last) = open.last().filter(|&&last| last != parent) {
                open.pop();
                self.hide(last, &mut visible);
            }
            for at in 0..self.scopes[index].entries.len() {
                let entry = self.scopes[index].entries[at];
                self.resolve_free_name(entry, &visible, class_cell);
            }
            if self.scopes[index].has_children {
                open.push(id);
                self.show(id, &mut visible);
            }
        }
    }

    fn resolve_free_name(&mut self, entry: Entry, visible: &FxHashMap<Symbol, Entry>, class_cell: Option<Symbol>) {
        let data = &self.entries[entry.index()];
        if data.is_decided() {
            return;
        }
        let (scope, symbol) = (&self.scopes[data.scope.index()], data.symbol);
        let Some(found) = visible.get(&symbol) else {
            if Some(symbol) == class_cell && scope.in_class {
                self.entries[entry.index()].flags |= CLASS_CELL;
            }
            return;
        };
        let found = &self.entries[found.index()];
        if found.flags & GLOBAL != 0 {
            return;
        }
        let slot = found.slot;
        let binder = &self.scopes[found.scope.index()];
        let up = scope.depth - binder.depth;
        let function = binder.function;
        self.entries[entry.index()].place = if up == 0 {
            Place::Local(slot)
        } else {
            self.scopes[function.index()].captured[slot.0 as usize] = true;
            Place::Cell { up, slot }
        };
    }

    /// Makes the names that a scope decides visible to the scopes inside it. Those of classes never are.
    fn show(&mut self, id: ScopeId, visible: &mut FxHashMap<Symbol, Entry>) {
        let scope = &self.scopes[id.index()];
        if scope.kind == ScopeKind::Class {
            return;
        }
        for &entry in &scope.entries {
            let data = &mut self.entries[entry.index()];
            if data.is_decided() {
                data.hides = visible.insert(data.symbol, entry);
            }
        }
    }

    fn hide(&mut self, id: ScopeId, visible: &mut FxHashMap<Symbol, Entry>) {
        let scope = &self.scopes[id.index()];
        if scope.kind == ScopeKind::Class {
            return;
        }
        for entry in &scope.entries {
            let data = &self.entries[entry.index()];
            if data.is_decided() {
                match data.hides {
                    Some(hidden) => visible.insert(data.symbol, hidden),
                    None => visible.remove(&data.symbol),
                };
            }
        }
    }
}

impl Entry {
    const fn index(self) -> usize {
        self.0 as usize
    }
}

impl EntryData {
    /// Whether the scope itself says where the name lives.
    const fn is_decided(&self) -> bool {
        self.flags & GLOBAL != 0 || self.flags & (BOUND | NONLOCAL) == BOUND
    }
}

impl Scope {
    fn new_slot(&mut self, symbol: Symbol) -> Slot {
        let slot = Slot(self.slots.len() as u32);
        self.slots.push(Some(symbol));
        self.captured.push(false);
        slot
    }
}

const NO_SLOT: Slot = Slot(u32::MAX);

struct Collector<'s> {
    scopes: Scopes,
    symbols: &'s mut Symbols,
    current: ScopeId,
}

impl Collector<'_> {
    fn push(&mut self, kind: ScopeKind) -> ScopeId {
        let id = ScopeId(self.scopes.scopes.len() as u32);
        let mut function = id;
        let mut depth = 0;
        let mut in_class = false;
        if let Some(parent) = self.scopes.scopes.get_mut(self.current.index()) {
            parent.has_children = true;
            depth = parent.depth + 1;
            in_class = parent.in_class || parent.kind == ScopeKind::Class;
            if kind == ScopeKind::Comprehension {
                function = parent.function;
                depth = parent.depth;
            }
        }
        self.scopes.scopes.push(Scope {
            kind,
            parent: self.current,
            function,
            depth,
            in_class,
            has_children: false,
            entries: Vec::new(),
            slots: Vec::new(),
            captured: Vec::new(),
            is_generator: false,
            type_params: Vec::new(),
        });
        self.current = id;
        id
    }

    fn entry(&mut self, scope: ScopeId, name: &str, flags: u8) -> Entry {
        let symbol = self.symbols.intern(name);
        let entries = &mut self.scopes.entries;
        let own = &mut self.scopes.scopes[scope.index()].entries;
        let entry = *self.scopes.index.entry((scope.0, symbol)).or_insert_with(|| {
            entries.push(EntryData {
                scope,
                symbol,
                flags: 0,
                slot: NO_SLOT,
                place: Place::Global(symbol),
                hides: None,
            });
            let entry = Entry(entries.len() as u32 - 1);
            own.push(entry);
            entry
        });
        self.scopes.entries[entry.index()].flags |= flags;
        entry
    }

    fn note(&mut self, node: &AtomicNodeIndex, name: &str, flags: u8) {
        if !name.is_empty() {
            let entry = self.entry(self.current, name, flags);
            node.set(NodeIndex::from(entry.0));
        }
    }

    fn bind(&mut self, name: &ast::Identifier) {
        self.note(&name.node_index, name.as_str(), BOUND);
    }

    /// The defaults, which belong to the scope around the function.
    fn defaults(&mut self, parameters: &Parameters) {
        for parameter in parameters.iter_non_variadic_params() {
            if let Some(default) = &parameter.default {
                self.visit_expr(default);
            }
        }
    }

    fn parameters(&mut self, parameters: &Parameters) {
        for parameter in parameters {
            let name = parameter.name().as_str();
            let entry = self.entry(self.current, name, BOUND);
            let symbol = self.scopes.entries[entry.index()].symbol;
            let slot = self.scopes.scopes[self.current.index()].new_slot(symbol);
            self.scopes.entries[entry.index()].slot = slot;
        }
    }

    fn type_parameters(&mut self, params: Option<&TypeParams>) {
        for param in params.into_iter().flat_map(|params| &params.type_params) {
            let name = match param {
                ast::TypeParam::TypeVar(param) => &param.name,
                ast::TypeParam::TypeVarTuple(param) => &param.name,
                ast::TypeParam::ParamSpec(param) => &param.name,
            };
            if name.is_valid() {
                let entry = self.entry(self.current, name.as_str(), BOUND);
                self.scopes.scopes[self.current.index()].type_params.push(entry);
            }
        }
    }

    fn comprehension(&mut self, generators: &[ast::Comprehension], elements: &[&Expr]) {
        if let Some(first) = generators.first() {
            self.visit_expr(&first.iter);
        }
        let outer = self.current;
        self.push(ScopeKind::Comprehension);
        for (index, generator) in generators.iter().enumerate() {
            if index > 0 {
                self.visit_expr(&generator.iter);
            }
            self.visit_expr(&generator.target);
            for test in &generator.ifs {
                self.visit_expr(test);
            }
        }
        for element in elements {
            self.visit_expr(element);
        }
        self.current = outer;
    }

    fn function_definition(&mut self, def: &ast::StmtFunctionDef) {
        self.bind(&def.name);
        for decorator in &def.decorator_list {
            self.visit_expr(&decorator.expression);
        }
        self.defaults(&def.parameters);
        let outer = self.current;
        let scope = self.push(ScopeKind::Function);
        def.node_index.set(NodeIndex::from(scope.0));
        self.parameters(&def.parameters);
        self.type_parameters(def.type_params.as_deref());
        self.visit_body(&def.body);
        self.current = outer;
    }

    fn class_definition(&mut self, class: &ast::StmtClassDef) {
        self.bind(&class.name);
        for decorator in &class.decorator_list {
            self.visit_expr(&decorator.expression);
        }
        if let Some(arguments) = &class.arguments {
            self.visit_arguments(arguments);
        }
        let outer = self.current;
        let scope = self.push(ScopeKind::Class);
        class.node_index.set(NodeIndex::from(scope.0));
        self.type_parameters(class.type_params.as_deref());
        self.visit_body(&class.body);
        self.current = outer;
    }
}

impl<'a> Visitor<'a> for Collector<'_> {
    /// Annotations are not lowered.
    fn visit_annotation(&mut self, _: &'a Expr) {}

    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(def) => self.function_definition(def),
            Stmt::ClassDef(class) => self.class_definition(class),
            Stmt::TypeAlias(alias) => self.visit_expr(&alias.name),
            Stmt::Import(import) => {
                for alias in &import.names {
                    let name = match &alias.asname {
                        Some(name) => name.as_str(),
                        None => alias.name.as_str().split('.').next().unwrap_or(""),
                    };
                    self.note(&alias.node_index, name, BOUND);
                }
            }
            Stmt::ImportFrom(import) => {
                for alias in &import.names {
                    let name = alias.asname.as_ref().unwrap_or(&alias.name);
                    if name.as_str() != "*" {
                        self.note(&alias.node_index, name.as_str(), BOUND);
                    }
                }
            }
            Stmt::Global(global) => {
                for name in &global.names {
                    self.note(&name.node_index, name.as_str(), GLOBAL);
                }
            }
            Stmt::Nonlocal(nonlocal) => {
                for name in &nonlocal.names {
                    self.note(&name.node_index, name.as_str(), NONLOCAL);
                }
            }
            Stmt::Match(statement) => {
                self.scopes.match_starts.push(statement.start().to_u32());
                visitor::walk_stmt(self, stmt);
            }
            _ => visitor::walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Name(name) => {
                let flags = match name.ctx {
                    ExprContext::Store | ExprContext::Del => BOUND,
                    ExprContext::Load | ExprContext::Invalid => 0,
                };
                self.note(&name.node_index, name.id.as_str(), flags);
            }
            Expr::Named(named) => {
                self.visit_expr(&named.value);
                let inner = self.current;
                while self.scopes.scopes[self.current.index()].kind == ScopeKind::Comprehension {
                    self.current = self.scopes.scopes[self.current.index()].parent;
                }
                self.visit_expr(&named.target);
                self.current = inner;
            }
            Expr::Lambda(lambda) => {
                if let Some(parameters) = &lambda.parameters {
                    self.defaults(parameters);
                }
                let outer = self.current;
                let scope = self.push(ScopeKind::Function);
                lambda.node_index.set(NodeIndex::from(scope.0));
                if let Some(parameters) = &lambda.parameters {
                    self.parameters(parameters);
                }
                self.visit_expr(&lambda.body);
                self.current = outer;
            }
            Expr::ListComp(comp) => self.comprehension(&comp.generators, &[&comp.elt]),
            Expr::SetComp(comp) => self.comprehension(&comp.generators, &[&comp.elt]),
            Expr::Generator(comp) => self.comprehension(&comp.generators, &[&comp.elt]),
            Expr::DictComp(comp) => match &comp.key {
                Some(key) => self.comprehension(&comp.generators, &[key, &comp.value]),
                None => self.comprehension(&comp.generators, &[&comp.value]),
            },
            Expr::Yield(_) | Expr::YieldFrom(_) => {
                let function = self.scopes.scopes[self.current.index()].function;
                self.scopes.scopes[function.index()].is_generator = true;
                visitor::walk_expr(self, expr);
            }
            _ => visitor::walk_expr(self, expr),
        }
    }

    fn visit_except_handler(&mut self, handler: &'a ExceptHandler) {
        let ExceptHandler::ExceptHandler(clause) = handler;
        if let Some(name) = &clause.name {
            self.bind(name);
        }
        visitor::walk_except_handler(self, handler);
    }

    fn visit_pattern(&mut self, pattern: &'a Pattern) {
        let name = match pattern {
            Pattern::MatchAs(pattern) => pattern.name.as_ref(),
            Pattern::MatchStar(pattern) => pattern.name.as_ref(),
            Pattern::MatchMapping(pattern) => pattern.rest.as_ref(),
            _ => None,
        };
        if let Some(name) = name {
            self.bind(name);
        }
        visitor::walk_pattern(self, pattern);
    }
}
