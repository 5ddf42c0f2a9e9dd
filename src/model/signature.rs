//! Whether the arguments of a call fit the function: what Python would say when it binds them.

use super::Model;
use super::heap::{Heap, ObjectId, ObjectKind};
use super::names::MethodRef;
use super::value::{Atom, Value};
use crate::python::Symbol;
use crate::python::ir::{FunctionId, FunctionKind, ParamKind};

/// With what something is called.
#[derive(Clone, Debug, Default)]
pub struct Given {
    /// How many arguments are given by place.
    pub positional: usize,
    /// The names of those that are given by name.
    pub keywords: Vec<Symbol>,
    /// Whether there may be more by name, so that nothing is missing for certain.
    pub open_keywords: bool,
}

/// Why arguments do not fit.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Misfit {
    /// These parameters get nothing.
    Missing(Vec<String>),
    /// More are given by place than it takes.
    TooMany {
        /// So many it takes.
        takes: usize,
        /// So many it gets.
        given: usize,
    },
    /// It has no such parameter.
    NoKeyword(String),
    /// The parameter is given by place and by name.
    Twice(String),
}

impl Misfit {
    /// What a message says of the function.
    #[must_use]
    pub fn describe(&self) -> String {
        match self {
            Self::Missing(names) => {
                let list: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
                format!("gets nothing for {}", list.join(" and "))
            }
            Self::TooMany { takes, given } => {
                let noun = if *takes == 1 { "argument" } else { "arguments" };
                format!("takes {takes} {noun} by place and gets {given}")
            }
            Self::NoKeyword(name) => format!("has no parameter `{name}`"),
            Self::Twice(name) => format!("gets `{name}` twice"),
        }
    }
}

/// What is called in the end: a function of the program, what is put before the arguments, and what it is called.
struct Callee {
    function: Option<FunctionId>,
    given: Given,
}

impl Model<'_> {
    /// Why a call does not fit what it calls, if it fits none of the alternatives; with the name of the function.
    #[must_use]
    pub fn misfit(&self, heap: &Heap, function: &Value, given: &Given) -> Option<(String, Misfit)> {
        let mut first = None;
        for &atom in function.atoms() {
            let found = self.misfit_of(heap, atom, given)?;
            first.get_or_insert(found);
        }
        first
    }

    fn misfit_of(&self, heap: &Heap, atom: Atom, given: &Given) -> Option<(String, Misfit)> {
        let callee = self.callee(heap, atom, given.clone(), 0)?;
        match callee.function {
            Some(function) => {
                let misfit = self.bind(function, &callee.given)?;
                Some((self.callable_name(function), misfit))
            }
            // A class without a constructor of its own.
            None => {
                let misfit = if callee.given.positional > 0 {
                    Misfit::TooMany {
                        takes: 0,
                        given: callee.given.positional,
                    }
                } else {
                    Misfit::NoKeyword(self.name(*callee.given.keywords.first()?).to_owned())
                };
                let name = match atom {
                    Atom::Object(id) => match self.object(id).kind {
                        ObjectKind::Class(class) => self.name(self.class(class).name).to_owned(),
                        _ => return None,
                    },
                    _ => return None,
                };
                Some((name, misfit))
            }
        }
    }

    /// What messages call a function: a constructor by its class, a method with its class.
    #[must_use]
    pub fn callable_name(&self, function: FunctionId) -> String {
        let code = self.function(function);
        if code.kind == FunctionKind::Lambda {
            return "the lambda".to_owned();
        }
        let name = self.function_name(function);
        match code.parent.map(|parent| self.function(parent).kind) {
            Some(FunctionKind::ClassBody(class)) => {
                let class = self.name(self.class(class).name);
                match name {
                    "__init__" => class.to_owned(),
                    _ => format!("{class}.{name}"),
                }
            }
            _ => name.to_owned(),
        }
    }

    /// Follows what is called to a function of the program. `None` where it is not known.
    fn callee(&self, heap: &Heap, atom: Atom, mut given: Given, depth: u32) -> Option<Callee> {
        if depth > 8 {
            return None;
        }
        match atom {
            Atom::Function(function, _) => self.plain(function, given),
            Atom::Bound(bound) => match self.unbind(bound) {
                (_, MethodRef::User(function, _)) => {
                    given.positional += 1;
                    self.plain(function, given)
                }
                _ => None,
            },
            Atom::Object(id) => match self.object(id).kind {
                ObjectKind::Partial => {
                    let object = heap.get(id)?;
                    let function = object.fields.get(self.symbol("@function")?)?.single()?;
                    if object.escaped {
                        return None;
                    }
                    given.positional += object.items.as_ref()?.len();
                    for (name, _) in object.fields.iter() {
                        // What the call gives replaces what the partial holds.
                        if !self.name(name).starts_with('@') && !given.keywords.contains(&name) {
                            given.keywords.push(name);
                        }
                    }
                    self.callee(heap, function, given, depth + 1)
                }
                ObjectKind::Class(_) => {
                    if self.method(heap, id, "__new__", 0)?.is_some() {
                        return None;
                    }
                    match self.method(heap, id, "__init__", 0)? {
                        Some(function) => {
                            given.positional += 1;
                            self.plain(function, given)
                        }
                        None => Some(Callee { function: None, given }),
                    }
                }
                ObjectKind::Instance(class) => {
                    let function = self.method(heap, class, "__call__", 0)??;
                    given.positional += 1;
                    self.plain(function, given)
                }
                _ => None,
            },
            _ => None,
        }
    }

    fn plain(&self, function: FunctionId, given: Given) -> Option<Callee> {
        (!self.is_wrapped(function)).then_some(Callee {
            function: Some(function),
            given,
        })
    }

    /// A method that a class or a base of it defines as a plain function: `None` where that is not known, `Some(None)`
    /// where none of them has it.
    #[must_use]
    pub fn method(&self, heap: &Heap, class: ObjectId, name: &str, depth: u32) -> Option<Option<FunctionId>> {
        if depth > 12 {
            return None;
        }
        let ObjectKind::Class(id) = self.object(class).kind else {
            return None;
        };
        let decorators = &self.class(id).decorators;
        let adds = |name: &str| {
            decorators
                .iter()
                .flat_map(|dotted| dotted.last())
                .any(|last| self.name(*last) != name)
        };
        if adds("dataclass") {
            return None;
        }
        let object = heap.get(class)?;
        if let Some(name) = self.symbol(name)
            && let Some(value) = object.fields.get(name)
        {
            return match value.single()? {
                Atom::Function(function, _) => Some(Some(function)),
                _ => None,
            };
        }
        // A dataclass has what it does not write.
        if !decorators.is_empty() && name.starts_with("__") {
            return None;
        }
        for base in object.items.iter().flat_map(|bases| bases.iter()) {
            match base.single()? {
                Atom::Object(base) => {
                    if let Some(found) = self.method(heap, base, name, depth + 1)? {
                        return Some(Some(found));
                    }
                }
                Atom::Path(path) if self.dotted(path) == "builtins.object" => {}
                _ => return None,
            }
        }
        Some(None)
    }

    /// Why arguments do not fit the parameters of a function.
    #[must_use]
    pub fn bind(&self, function: FunctionId, given: &Given) -> Option<Misfit> {
        let params = &self.function(function).params;
        let by_place = |kind: ParamKind| matches!(kind, ParamKind::PositionalOnly | ParamKind::Positional);
        let takes = params.iter().filter(|param| by_place(param.kind)).count();
        let rest = params.iter().any(|param| param.kind == ParamKind::VarArgs);
        let any_keyword = params.iter().any(|param| param.kind == ParamKind::KeywordArgs);
        if given.positional > takes && !rest {
            return Some(Misfit::TooMany {
                takes,
                given: given.positional,
            });
        }
        for &keyword in &given.keywords {
            let at = params.iter().position(|param| {
                param.name == keyword && matches!(param.kind, ParamKind::Positional | ParamKind::KeywordOnly)
            });
            match at {
                Some(at) if by_place(params[at].kind) && at < given.positional => {
                    return Some(Misfit::Twice(self.name(keyword).to_owned()));
                }
                None if !any_keyword => return Some(Misfit::NoKeyword(self.name(keyword).to_owned())),
                _ => {}
            }
        }
        if given.open_keywords {
            return None;
        }
        let missing: Vec<String> = params
            .iter()
            .enumerate()
            .filter(|(at, param)| {
                let filled = match param.kind {
                    ParamKind::PositionalOnly => *at < given.positional,
                    ParamKind::Positional => *at < given.positional || given.keywords.contains(&param.name),
                    ParamKind::KeywordOnly => given.keywords.contains(&param.name),
                    ParamKind::VarArgs | ParamKind::KeywordArgs => true,
                };
                !filled && !param.has_default
            })
            .map(|(_, param)| self.name(param.name).to_owned())
            .collect();
        (!missing.is_empty()).then_some(Misfit::Missing(missing))
    }
}
