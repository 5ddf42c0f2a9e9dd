//! Lowering of the parser's tree to control flow graphs.
//!
//! Functions are lowered one after another from a queue, so that only expressions and blocks recurse; their depth is
//! bounded before lowering begins.

mod builder;
mod calls;
mod cleanup;
mod comprehensions;
mod control;
mod definitions;
mod expressions;
mod fields;
mod matching;
mod names;
mod statements;
mod targets;

use std::collections::VecDeque;

use ruff_python_ast::token::Tokens;
use ruff_python_ast::{self as ast, AtomicNodeIndex, Stmt};

use self::builder::Builder;
use super::ir::{Class, ClassId, Dotted, Function, FunctionId, FunctionKind, Module, Param, Place};
use super::scopes::{ScopeId, Scopes};
use super::symbols::{Symbol, Symbols};
use crate::files::Span;

/// The code of a function that waits to be lowered.
#[derive(Clone, Copy, Debug)]
enum Source<'a> {
    Module(&'a [Stmt]),
    Def(&'a ast::StmtFunctionDef),
    Lambda(&'a ast::ExprLambda),
    Class(&'a ast::StmtClassDef, ClassId),
}

#[derive(Debug)]
struct Waiting<'a> {
    source: Source<'a>,
    scope: ScopeId,
    parent: Option<FunctionId>,
    span: Span,
}

/// Everything that lowering one file needs.
struct Lowerer<'a, 's> {
    text: &'a str,
    tokens: &'a Tokens,
    scopes: Scopes,
    symbols: &'s mut Symbols,
    module: Module,
    waiting: VecDeque<Waiting<'a>>,
    /// Per scope: the function made of it, so that code that is written twice makes one function.
    functions: Vec<Option<FunctionId>>,
    /// Per scope of a class: the class.
    classes: Vec<Option<ClassId>>,
    /// How many functions have been numbered.
    numbered: u32,
    /// The function that is being lowered.
    current: FunctionId,
    f: Builder<'a>,
    /// The `return` statement that is being lowered.
    return_span: Span,
}

/// Lowers a file.
pub(super) fn lower(text: &str, tokens: &Tokens, body: &[Stmt], scopes: Scopes, symbols: &mut Symbols) -> Module {
    let count = scopes.len();
    let mut lowerer = Lowerer {
        text,
        tokens,
        scopes,
        symbols,
        module: Module {
            is_notebook: false,
            functions: Vec::with_capacity(count),
            classes: Vec::new(),
        },
        waiting: VecDeque::new(),
        functions: vec![None; count],
        classes: vec![None; count],
        numbered: 0,
        current: FunctionId::MODULE,
        f: Builder::default(),
        return_span: Span::default(),
    };
    let whole = Span::new(0, u32::try_from(text.len()).unwrap_or(u32::MAX));
    lowerer.number(ScopeId::MODULE, Source::Module(body), None, whole);
    while let Some(next) = lowerer.waiting.pop_front() {
        lowerer.function(next);
    }
    lowerer.module
}

impl<'a> Lowerer<'a, '_> {
    /// The number of the function that a scope is; it is lowered later.
    fn number(&mut self, scope: ScopeId, source: Source<'a>, parent: Option<FunctionId>, span: Span) -> FunctionId {
        if let Some(Some(known)) = self.functions.get(scope.index()) {
            return *known;
        }
        let id = FunctionId(self.numbered);
        self.numbered += 1;
        if let Some(function) = self.functions.get_mut(scope.index()) {
            *function = Some(id);
        }
        self.waiting.push_back(Waiting {
            source,
            scope,
            parent,
            span,
        });
        id
    }

    fn function(&mut self, waiting: Waiting<'a>) {
        let Waiting {
            source,
            scope,
            parent,
            span,
        } = waiting;
        self.current = FunctionId(self.module.functions.len() as u32);
        let scope = self.scopes.scope_mut(scope);
        let is_generator = scope.is_generator;
        let type_params = std::mem::take(&mut scope.type_params);
        self.f = Builder::new(std::mem::take(&mut scope.slots), std::mem::take(&mut scope.captured));
        for entry in type_params {
            self.type_parameter(entry, span);
        }
        let mut params: Vec<Param> = Vec::new();
        let mut decorators: Vec<Dotted> = Vec::new();
        let (kind, name, name_span): (FunctionKind, Symbol, Span) = match source {
            Source::Module(body) => {
                self.body(body);
                (FunctionKind::Module, self.symbols.intern("<module>"), span)
            }
            Source::Def(def) => {
                params = self.params(&def.parameters);
                decorators = self.decorator_names(&def.decorator_list);
                self.body(&def.body);
                let kind = if def.is_async {
                    FunctionKind::AsyncDef
                } else {
                    FunctionKind::Def
                };
                (
                    kind,
                    self.symbols.intern(def.name.as_str()),
                    builder::span(def.name.range),
                )
            }
            Source::Lambda(lambda) => {
                if let Some(parameters) = &lambda.parameters {
                    params = self.params(parameters);
                }
                self.returned(&lambda.body);
                (FunctionKind::Lambda, self.symbols.intern("<lambda>"), span)
            }
            Source::Class(class, id) => {
                self.body(&class.body);
                let name = self.symbols.intern(class.name.as_str());
                (FunctionKind::ClassBody(id), name, builder::span(class.name.range))
            }
        };
        self.f.finish();
        let done = std::mem::take(&mut self.f);
        self.module.functions.push(Function {
            kind,
            name,
            is_generator,
            parent,
            span,
            name_span,
            params,
            slots: done.slots,
            captured: done.captured,
            temps: done.temps,
            blocks: done.blocks,
            handlers: done.handlers,
            decorators,
        });
    }

    /// The class of a scope, and the function that is its body.
    fn class(&mut self, scope: ScopeId, class: &'a ast::StmtClassDef, span: Span) -> ClassId {
        if let Some(Some(known)) = self.classes.get(scope.index()) {
            return *known;
        }
        let id = ClassId(self.module.classes.len() as u32);
        let parent = self.current;
        let body = self.number(scope, Source::Class(class, id), Some(parent), span);
        let name = self.symbols.intern(class.name.as_str());
        let decorators = self.decorator_names(&class.decorator_list);
        let annotated = self.annotated(&class.body);
        let decorator_keywords = self.decorator_keywords(&class.decorator_list);
        self.module.classes.push(Class {
            name,
            body,
            span,
            name_span: builder::span(class.name.range),
            parent,
            decorators,
            decorator_keywords,
            annotated,
        });
        if let Some(known) = self.classes.get_mut(scope.index()) {
            *known = Some(id);
        }
        id
    }

    /// Where the name at this node lives.
    fn place_of(&self, node: &AtomicNodeIndex) -> Option<Place> {
        self.scopes.place(Scopes::entry_of(node)?)
    }
}
