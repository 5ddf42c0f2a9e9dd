//! `def`, `lambda` and `class`: parameters, defaults, decorators.

use ruff_python_ast::{self as ast, Decorator, Expr, Parameters};
use ruff_text_size::{Ranged, TextRange};

use super::builder::span;
use super::names::{annotation, dotted};
use super::{Lowerer, Source};
use crate::files::Span;
use crate::python::Symbol;
use crate::python::ir::{Arg, ArgKind, ArgShape, Dotted, OpKind, Param, ParamKind, Temp};
use crate::python::scopes::{Entry, Scopes};

impl<'a> Lowerer<'a, '_> {
    pub(super) fn function_statement(&mut self, def: &'a ast::StmtFunctionDef) {
        let decorators = self.decorator_values(&def.decorator_list);
        let at = self.without_decorators(def.range, &def.decorator_list);
        let defaults = self.defaults(&def.parameters);
        let value = match Scopes::scope_of(&def.node_index) {
            Some(scope) => {
                let function = self.number(scope, Source::Def(def), Some(self.current), at);
                let dst = self.f.temp();
                self.f.emit(
                    OpKind::MakeFunction {
                        dst,
                        function,
                        defaults,
                    },
                    at,
                );
                dst
            }
            None => self.unknown(def.range),
        };
        let value = self.decorate(value, decorators, span(def.name.range));
        if let Some(place) = self.place_of(&def.name.node_index) {
            self.f.emit(OpKind::Store { place, value }, span(def.name.range));
        }
    }

    pub(super) fn class_statement(&mut self, statement: &'a ast::StmtClassDef) {
        let decorators = self.decorator_values(&statement.decorator_list);
        let at = self.without_decorators(statement.range, &statement.decorator_list);
        let bases: Box<[Temp]> = statement
            .bases()
            .iter()
            .map(|base| match base {
                Expr::Starred(starred) => self.expr(&starred.value),
                _ => self.expr(base),
            })
            .collect();
        let mut keywords = Vec::new();
        for keyword in statement.keywords() {
            let value = self.expr(&keyword.value);
            if let Some(name) = keyword.arg.as_ref().filter(|name| name.as_str() != "metaclass") {
                keywords.push((self.symbols.intern(name.as_str()), value));
            }
        }
        let value = match Scopes::scope_of(&statement.node_index) {
            Some(scope) => {
                let class = self.class(scope, statement, at);
                let dst = self.f.temp();
                let keywords = keywords.into_boxed_slice();
                self.f.emit(
                    OpKind::MakeClass {
                        dst,
                        class,
                        bases,
                        keywords,
                    },
                    at,
                );
                dst
            }
            None => self.unknown(statement.range),
        };
        let name = &statement.name;
        let value = self.decorate(value, decorators, span(name.range));
        if let Some(place) = self.place_of(&name.node_index) {
            self.f.emit(OpKind::Store { place, value }, span(name.range));
        }
    }

    pub(super) fn lambda(&mut self, lambda: &'a ast::ExprLambda) -> Temp {
        let defaults = match &lambda.parameters {
            Some(parameters) => self.defaults(parameters),
            None => Box::default(),
        };
        let Some(scope) = Scopes::scope_of(&lambda.node_index) else {
            return self.unknown(lambda.range);
        };
        let at = span(lambda.range);
        let function = self.number(scope, Source::Lambda(lambda), Some(self.current), at);
        let dst = self.f.temp();
        self.f.emit(
            OpKind::MakeFunction {
                dst,
                function,
                defaults,
            },
            at,
        );
        dst
    }

    fn defaults(&mut self, parameters: &'a Parameters) -> Box<[(u32, Temp)]> {
        let mut defaults = Vec::new();
        for (index, parameter) in parameters.iter().enumerate() {
            if let Some(default) = parameter.default() {
                defaults.push((index as u32, self.expr(default)));
            }
        }
        defaults.into_boxed_slice()
    }

    /// The decorators' values, in the order of the source, each with its place.
    fn decorator_values(&mut self, decorators: &'a [Decorator]) -> Vec<(Temp, Span)> {
        decorators
            .iter()
            .map(|decorator| (self.expr(&decorator.expression), span(decorator.expression.range())))
            .collect()
    }

    /// Applies decorators to what they decorate, the innermost first.
    fn decorate(&mut self, mut value: Temp, decorators: Vec<(Temp, Span)>, name: Span) -> Temp {
        for (callee, at) in decorators.into_iter().rev() {
            let dst = self.f.temp();
            let args = Box::new([Arg {
                kind: ArgKind::Positional,
                value,
                span: name,
                shape: ArgShape::Other,
                parenthesized: false,
            }]);
            self.f.emit(
                OpKind::Call {
                    dst,
                    callee,
                    args,
                    decorator: true,
                },
                at,
            );
            value = dst;
        }
        value
    }

    pub(super) fn decorator_names(&mut self, decorators: &[Decorator]) -> Vec<Dotted> {
        decorators
            .iter()
            .filter_map(|decorator| match &decorator.expression {
                Expr::Call(call) => dotted(&call.func, self.symbols),
                expression => dotted(expression, self.symbols),
            })
            .collect()
    }

    /// The keywords that decorators are called with.
    pub(super) fn decorator_keywords(&mut self, decorators: &[Decorator]) -> Vec<Symbol> {
        let calls = decorators
            .iter()
            .filter_map(|decorator| decorator.expression.as_call_expr());
        let names = calls
            .flat_map(|call| &call.arguments.keywords)
            .filter_map(|keyword| keyword.arg.as_ref());
        names.map(|name| self.symbols.intern(name.as_str())).collect()
    }

    pub(super) fn params(&mut self, parameters: &Parameters) -> Vec<Param> {
        let positional_only = parameters.posonlyargs.len();
        let positional = positional_only + parameters.args.len();
        let keyword_only = positional + usize::from(parameters.vararg.is_some());
        let keyword_args = keyword_only + parameters.kwonlyargs.len();
        parameters
            .iter()
            .enumerate()
            .map(|(index, parameter)| {
                let kind = match index {
                    _ if index < positional_only => ParamKind::PositionalOnly,
                    _ if index < positional => ParamKind::Positional,
                    _ if index < keyword_only => ParamKind::VarArgs,
                    _ if index < keyword_args => ParamKind::KeywordOnly,
                    _ => ParamKind::KeywordArgs,
                };
                let name = parameter.name();
                Param {
                    name: self.symbols.intern(name.as_str()),
                    kind,
                    has_default: parameter.default().is_some(),
                    annotation: parameter
                        .annotation()
                        .map(|expr| annotation(expr, self.symbols))
                        .unwrap_or_default(),
                    span: span(name.range),
                }
            })
            .collect()
    }

    /// A type parameter is a variable whose value is not followed.
    pub(super) fn type_parameter(&mut self, entry: Entry, at: Span) {
        if let Some(place) = self.scopes.place(entry) {
            let value = self.f.temp();
            self.f.emit(OpKind::Unknown { dst: value }, at);
            self.f.emit(OpKind::Store { place, value }, at);
        }
    }

    /// The range of a definition from its `def`, `async` or `class` on.
    fn without_decorators(&self, range: TextRange, decorators: &[Decorator]) -> Span {
        let Some(last) = decorators.last() else {
            return span(range);
        };
        let from = last.end().to_u32() as usize;
        let rest = self.text.get(from..range.end().to_u32() as usize).unwrap_or("");
        let mut at = 0;
        let bytes = rest.as_bytes();
        while let Some(byte) = bytes.get(at) {
            match byte {
                b'#' => at += memchr::memchr2(b'\n', b'\r', &bytes[at..]).unwrap_or(bytes.len() - at),
                b' ' | b'\t' | b'\x0c' | b'\n' | b'\r' | b'\\' => at += 1,
                // The closing parenthesis of a parenthesized decorator.
                b')' => at += 1,
                _ => break,
            }
        }
        Span::new((from + at) as u32, range.end().to_u32())
    }
}
