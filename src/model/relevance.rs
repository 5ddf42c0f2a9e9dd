//! Which functions of a module can matter at all: a cheap look over names, so that the abstract run is spent on them.
//!
//! A function matters when it names something of a process library, or something of the program that does: a global, a
//! function, a class, an attribute that a method which matters sets on its object. What does not matter is not run
//! for its own sake, and a large one is not followed when it is called with nothing that matters.
//!
//! All begins with what the module imports. [`Api::is_imported`] reads that from the bytes of a file, so that most of
//! those in which nothing matters are not even parsed.

use rustc_hash::FxHashSet;

use crate::api::Api;
use crate::python::ir::{Block, ClassId, Dotted, Function, FunctionId, FunctionKind, Module, Op, OpKind, Place};
use crate::python::{Symbol, Symbols};

/// Which functions matter, by number; none where no function of the module does.
pub(super) fn relevant(module: &Module, symbols: &Symbols, api: &Api) -> Option<Vec<bool>> {
    let mut look = Look {
        module,
        relevant: vec![false; module.functions.len()],
        spread: vec![false; module.functions.len()],
        makers: makers(module),
        names: FxHashSet::default(),
        prefixes: Vec::new(),
        attributes: FxHashSet::default(),
    };
    let mut everything = false;
    for (at, function) in module.functions.iter().enumerate() {
        everything |= look.imports(at, function, symbols, api);
    }
    if everything {
        return Some(vec![true; module.functions.len()]);
    }
    while look.round(symbols, api) {}
    look.constructors(symbols);
    look.relevant.contains(&true).then_some(look.relevant)
}

struct Look<'a> {
    module: &'a Module,
    relevant: Vec<bool>,
    /// Those whose consequences have been drawn.
    spread: Vec<bool>,
    /// The blocks that may make something of names, and whether they are the module's own.
    makers: Vec<(bool, &'a Block)>,
    /// Globals that lead to a process library.
    names: FxHashSet<Symbol>,
    /// Globals that hold a package in which one lies: `torch`, and what must follow it.
    prefixes: Vec<(Symbol, String)>,
    /// Attributes and methods of classes of the module.
    attributes: FxHashSet<(ClassId, Symbol)>,
}

/// See [`Look::makers`].
fn makers(module: &Module) -> Vec<(bool, &Block)> {
    let is_module = |at: usize| at == FunctionId::MODULE.0 as usize;
    let blocks = module.functions.iter().enumerate();
    blocks
        .flat_map(|(at, function)| function.blocks.iter().map(move |block| (is_module(at), block)))
        .filter(|(is_module, block)| {
            let makes_class = |op: &Op| matches!(op.kind, OpKind::MakeClass { .. });
            *is_module || block.ops.iter().any(makes_class)
        })
        .collect()
}

impl Look<'_> {
    /// Notes what a function imports; says whether it imports all names of a process library.
    fn imports(&mut self, at: usize, function: &Function, symbols: &Symbols, api: &Api) -> bool {
        let text = |parts: &Dotted| {
            parts
                .iter()
                .map(|part| symbols.name(*part))
                .collect::<Vec<_>>()
                .join(".")
        };
        let mut everything = false;
        for block in &function.blocks {
            for (number, op) in block.ops.iter().enumerate() {
                let (dotted, dst) = match &op.kind {
                    OpKind::Import {
                        dst,
                        module,
                        whole: true,
                    } => (text(module), *dst),
                    OpKind::Import { dst, module, .. } => {
                        if api.is_process_path(&text(module)) {
                            self.relevant[at] = true;
                        }
                        (
                            module
                                .first()
                                .map(|first| symbols.name(*first).to_owned())
                                .unwrap_or_default(),
                            *dst,
                        )
                    }
                    OpKind::ImportFrom {
                        dst,
                        module,
                        level: 0,
                        name,
                    } => (format!("{}.{}", text(module), symbols.name(*name)), *dst),
                    OpKind::ImportStar { module, level: 0 } => {
                        everything |= api.is_process_path(&text(module));
                        continue;
                    }
                    _ => continue,
                };
                let is_library = api.is_process_path(&dotted);
                if !is_library && !api.leads_to_process(&dotted) {
                    continue;
                }
                let stored = block.ops.get(number + 1).and_then(|next| match next.kind {
                    OpKind::Store {
                        place: Place::Global(name),
                        value,
                    } if value == dst => Some(name),
                    _ => None,
                });
                match stored {
                    Some(name) if is_library => {
                        self.names.insert(name);
                    }
                    Some(name) => self.prefixes.push((name, dotted)),
                    None => self.relevant[at] = true,
                }
            }
        }
        everything
    }

    /// Looks at all functions once more; says whether that found anything.
    fn round(&mut self, symbols: &Symbols, api: &Api) -> bool {
        let before = (
            self.names.len(),
            self.attributes.len(),
            self.relevant.iter().filter(|r| **r).count(),
        );
        self.made_of_names();
        for at in 0..self.module.functions.len() {
            let function = &self.module.functions[at];
            if !self.relevant[at] && !self.mentions(function, symbols, api) {
                continue;
            }
            self.relevant[at] = true;
            if !std::mem::replace(&mut self.spread[at], true) {
                self.spread(FunctionId(at as u32), function);
            }
        }
        before
            != (
                self.names.len(),
                self.attributes.len(),
                self.relevant.iter().filter(|r| **r).count(),
            )
    }

    /// The `__init__` of a class that matters is run, even if it names nothing: what it leaves out may be the mistake.
    /// What it sets does not matter for that.
    fn constructors(&mut self, symbols: &Symbols) {
        for (at, function) in self.module.functions.iter().enumerate() {
            let body = function.parent.map(|parent| self.module.function(parent).kind);
            if let Some(FunctionKind::ClassBody(class)) = body
                && symbols.name(function.name) == "__init__"
            {
                let class = self.module.class(class);
                let inside = class.parent != FunctionId::MODULE && self.relevant[class.parent.0 as usize];
                self.relevant[at] |= inside || self.names.contains(&class.name);
            }
        }
    }

    fn mentions(&self, function: &Function, symbols: &Symbols, api: &Api) -> bool {
        let class = self.class_of(function);
        let declared = function.params.iter().flat_map(|param| &param.annotation);
        if declared
            .into_iter()
            .any(|name| name.first().is_some_and(|first| self.names.contains(first)))
        {
            return true;
        }
        let mut prefixes: Vec<&str> = Vec::new();
        for op in function.blocks.iter().flat_map(|block| &block.ops) {
            match &op.kind {
                OpKind::Load {
                    place: Place::Global(name) | Place::Class(name),
                    ..
                } => {
                    if self.names.contains(name) {
                        return true;
                    }
                    prefixes.extend(
                        self.prefixes
                            .iter()
                            .filter(|(known, _)| known == name)
                            .map(|(_, dotted)| dotted.as_str()),
                    );
                }
                OpKind::Attr { name, .. } => {
                    if class.is_some_and(|class| self.attributes.contains(&(class, *name))) {
                        return true;
                    }
                    let member = symbols.name(*name);
                    if prefixes
                        .iter()
                        .any(|prefix| api.leads_to_process(&format!("{prefix}.{member}")))
                    {
                        return true;
                    }
                }
                _ => {}
            }
        }
        false
    }

    /// What statements make of what matters: globals of the module (`POOL_CLASS = mp.Pool`), and classes with such a
    /// base, all of whose methods matter.
    fn made_of_names(&mut self) {
        for &(is_module, block) in &self.makers {
            // Whether the statement so far has read a name that matters.
            let mut read = false;
            for op in &block.ops {
                match &op.kind {
                    OpKind::Load {
                        place: Place::Global(name),
                        ..
                    } => read |= self.names.contains(name),
                    OpKind::MakeClass { class, bases, .. } if read && !bases.is_empty() => {
                        let body = self.module.class(*class).body;
                        self.relevant[body.0 as usize] = true;
                        for (at, method) in self.module.functions.iter().enumerate() {
                            if method.parent == Some(body) {
                                self.relevant[at] = true;
                            }
                        }
                    }
                    OpKind::Store { place, .. } => {
                        if let (true, true, Place::Global(name)) = (read, is_module, place) {
                            self.names.insert(*name);
                        }
                        read = false;
                    }
                    _ => {}
                }
            }
        }
    }

    /// What a function that matters makes matter besides.
    fn spread(&mut self, id: FunctionId, function: &Function) {
        match (function.kind, function.parent) {
            (FunctionKind::Def | FunctionKind::AsyncDef, Some(FunctionId::MODULE)) => {
                self.names.insert(function.name);
            }
            (FunctionKind::ClassBody(class), _) => {
                self.names.insert(self.module.class(class).name);
            }
            _ => {}
        }
        // A method makes its class matter, and whoever calls it by name in the class; a nested function its maker.
        if let Some(parent) = function.parent
            && parent != FunctionId::MODULE
        {
            if let FunctionKind::ClassBody(class) = self.module.function(parent).kind {
                self.names.insert(self.module.class(class).name);
                self.attributes.insert((class, function.name));
            }
            self.relevant[parent.0 as usize] = true;
        }
        let class = self.class_of(function);
        for op in function.blocks.iter().flat_map(|block| &block.ops) {
            match (&op.kind, class) {
                (OpKind::SetAttr { name, .. }, Some(class)) => {
                    self.attributes.insert((class, *name));
                }
                // The module's own body sets all its globals; those that matter come from what it calls.
                (
                    OpKind::Store {
                        place: Place::Global(name),
                        ..
                    },
                    _,
                ) if id != FunctionId::MODULE => {
                    self.names.insert(*name);
                }
                _ => {}
            }
        }
    }

    /// The class that a method is written in.
    fn class_of(&self, function: &Function) -> Option<ClassId> {
        let mut parent = function.parent?;
        for _ in 0..8 {
            let outer = self.module.function(parent);
            if let FunctionKind::ClassBody(class) = outer.kind {
                return Some(class);
            }
            parent = outer.parent?;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_matters_is_seen_in_the_bytes_before() {
        let api = Api::built_in().unwrap();
        let modules = [
            "multiprocessing",
            "torch",
            "torch.multiprocessing",
            "concurrent.futures",
            "joblib",
            "asyncio",
            "os",
        ];
        let names = [
            "Pool",
            "multiprocessing",
            "ProcessPoolExecutor",
            "externals",
            "futures",
            "util",
            "*",
        ];
        let uses = [
            "",
            "Pool()",
            "torch.multiprocessing.Pool()",
            "torch.nn",
            "concurrent.futures.ProcessPoolExecutor()",
        ];
        let mut texts = Vec::new();
        for module in modules {
            texts.extend([
                format!("import {module}"),
                format!("import os, {module} as y"),
                format!("import {module}\ny = {module}"),
                format!("def f():\n    import {module}"),
                format!("class A: import {module}"),
            ]);
            for name in names {
                texts.extend([
                    format!("from {module} import {name}"),
                    format!("def f():\n    from {module} import os, {name} as y"),
                    format!("from {module} import (  # a\n    b,\n    {name},\n)"),
                    format!("from {module} import \\\n    {name}"),
                ]);
            }
        }
        let mut seen = 0;
        for text in texts {
            for used in uses {
                let text = format!("{text}\ndef g():\n    {used}\n    y.Pool()\n");
                let mut symbols = Symbols::default();
                let parsed = crate::python::parse(&text, &mut symbols);
                if parsed.errors.is_empty() && relevant(&parsed.module, &symbols, api).is_some() {
                    assert!(api.is_imported(text.as_bytes()), "{text}");
                    seen += 1;
                }
            }
        }
        assert!(seen > 100, "{seen}");
    }
}
