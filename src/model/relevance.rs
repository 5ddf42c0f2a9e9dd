//! Which functions of a module can matter at all: a cheap look over names, so that the abstract run is spent on them.
//!
//! A function matters when it names something of a process library, or something of the program that does: a global, a
//! function, a class, an attribute that a method which matters sets on its object. What does not matter is not run
//! for its own sake, and a large one is not followed when it is called with nothing that matters.
//!
//! All begins with what the module imports. [`Api::is_imported`] reads that from the bytes of a file, so that most of
//! those in which nothing matters are not even parsed.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::api::Api;
use crate::program::Outlook;
use crate::python::ir::{Block, ClassId, Dotted, Function, FunctionId, FunctionKind, Module, Op, OpKind, Place, Temp};
use crate::python::{Symbol, Symbols};

/// What an import of another file of the project brings.
#[derive(Clone, Debug)]
pub(super) enum Lead {
    /// Something that matters.
    Matters,
    /// A module, of which some globals do.
    Module(Arc<Outlook>),
    /// All the globals of a module, of which some do.
    All(Arc<Outlook>),
}

/// What imports of other files of the project bring, by function, block and operation.
pub(super) type Leads = FxHashMap<(usize, usize, usize), Lead>;

/// Which functions of a file matter, by number.
pub(super) fn relevance(module: &Module, leads: &Leads, symbols: &Symbols, api: &Api) -> Vec<bool> {
    let mut look = Look {
        module,
        leads,
        relevant: vec![false; module.functions.len()],
        spread: vec![false; module.functions.len()],
        makers: makers(module),
        names: FxHashSet::default(),
        prefixes: Vec::new(),
        modules: Vec::new(),
        stars: Vec::new(),
        attributes: FxHashSet::default(),
    };
    let mut everything = false;
    for (at, function) in module.functions.iter().enumerate() {
        everything |= look.imports(at, function, symbols, api);
    }
    if everything {
        return vec![true; module.functions.len()];
    }
    while look.round(symbols, api) {}
    look.constructors(symbols);
    look.relevant
}

struct Look<'a> {
    module: &'a Module,
    leads: &'a Leads,
    relevant: Vec<bool>,
    /// Those whose consequences have been drawn.
    spread: Vec<bool>,
    /// The blocks that may make something of names, and whether they are the module's own.
    makers: Vec<(bool, &'a Block)>,
    /// Globals that lead to a process library.
    names: FxHashSet<Symbol>,
    /// Globals that hold a package in which one lies: `torch`, and what must follow it.
    prefixes: Vec<(Symbol, String)>,
    /// Globals that hold a module of the project, with the names in it that matter.
    modules: Vec<(Symbol, Arc<Outlook>)>,
    /// Modules of the project all of whose globals are the file's, too.
    stars: Vec<Arc<Outlook>>,
    /// Attributes and methods of classes of the module.
    attributes: FxHashSet<(ClassId, Symbol)>,
}

/// The global that the result of an import is bound to.
fn stored_global(block: &Block, number: usize, dst: Temp) -> Option<Symbol> {
    match block.ops.get(number + 1)?.kind {
        OpKind::Store {
            place: Place::Global(name),
            value,
        } if value == dst => Some(name),
        _ => None,
    }
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
        for (place, block) in function.blocks.iter().enumerate() {
            for (number, op) in block.ops.iter().enumerate() {
                if let Some(lead) = self.leads.get(&(at, place, number)) {
                    everything |= self.follow(at, block, number, lead);
                    continue;
                }
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
                match stored_global(block, number, dst) {
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

    /// Notes what a function imports from the project; says whether all names of the file may matter by it.
    fn follow(&mut self, at: usize, block: &Block, number: usize, lead: &Lead) -> bool {
        let stored = match block.ops.get(number).map(|op| &op.kind) {
            Some(OpKind::Import { dst, .. } | OpKind::ImportFrom { dst, .. }) => stored_global(block, number, *dst),
            _ => None,
        };
        match (lead, stored) {
            (Lead::All(outlook), _) => {
                self.stars.push(Arc::clone(outlook));
                return outlook.has_all();
            }
            (Lead::Matters, Some(name)) => {
                self.names.insert(name);
            }
            (Lead::Module(outlook), Some(name)) => self.modules.push((name, Arc::clone(outlook))),
            (_, None) => self.relevant[at] = true,
        }
        false
    }

    /// Looks at all functions once more; says whether that found anything.
    fn round(&mut self, symbols: &Symbols, api: &Api) -> bool {
        let before = (
            self.names.len(),
            self.attributes.len(),
            self.relevant.iter().filter(|r| **r).count(),
        );
        self.made_of_names(symbols);
        for at in 0..self.module.functions.len() {
            let function = &self.module.functions[at];
            if !self.relevant[at] && !self.mentions(function, symbols, api) {
                continue;
            }
            self.relevant[at] = true;
            if !std::mem::replace(&mut self.spread[at], true) {
                self.spread(FunctionId(at as u32), function);
                self.class_attributes(function, symbols);
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

    /// Whether a global leads to a process library.
    fn is_named(&self, name: Symbol, symbols: &Symbols) -> bool {
        self.names.contains(&name) || self.stars.iter().any(|outlook| outlook.has(symbols.name(name)))
    }

    fn mentions(&self, function: &Function, symbols: &Symbols, api: &Api) -> bool {
        let class = self.class_of(function);
        let declared = function.params.iter().flat_map(|param| &param.annotation);
        if declared
            .into_iter()
            .any(|name| name.first().is_some_and(|first| self.is_named(*first, symbols)))
        {
            return true;
        }
        let mut prefixes: Vec<&str> = Vec::new();
        let mut modules: Vec<&Outlook> = Vec::new();
        for op in function.blocks.iter().flat_map(|block| &block.ops) {
            match &op.kind {
                OpKind::Load {
                    place: Place::Global(name) | Place::Class(name),
                    ..
                } => {
                    if self.is_named(*name, symbols) {
                        return true;
                    }
                    prefixes.extend(
                        self.prefixes
                            .iter()
                            .filter(|(known, _)| known == name)
                            .map(|(_, dotted)| dotted.as_str()),
                    );
                    let known = self.modules.iter().filter(|(known, _)| known == name);
                    modules.extend(known.map(|(_, outlook)| &**outlook));
                }
                OpKind::Attr { name, .. } => {
                    if class.is_some_and(|class| self.attributes.contains(&(class, *name))) {
                        return true;
                    }
                    if modules.iter().any(|outlook| outlook.has(symbols.name(*name))) {
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
    fn made_of_names(&mut self, symbols: &Symbols) {
        for &(is_module, block) in &self.makers {
            // Whether the statement so far has read a name that matters.
            let mut read = false;
            let mut module: Option<Arc<Outlook>> = None;
            for op in &block.ops {
                match &op.kind {
                    OpKind::Load {
                        place: Place::Global(name),
                        ..
                    } => {
                        read |= self.is_named(*name, symbols);
                        module = self
                            .modules
                            .iter()
                            .find(|(known, _)| known == name)
                            .map(|(_, outlook)| Arc::clone(outlook));
                    }
                    // `class Worker(settings.ctx.Process)`, `CTX = settings.ctx`
                    OpKind::Attr { name, .. } => {
                        read |= module.take().is_some_and(|outlook| outlook.has(symbols.name(*name)));
                    }
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

    /// What the body of a class makes of names that matter is an attribute of its objects: `context = mp.get_context("spawn")`.
    fn class_attributes(&mut self, function: &Function, symbols: &Symbols) {
        let FunctionKind::ClassBody(class) = function.kind else {
            return;
        };
        let mut read = false;
        for op in function.blocks.iter().flat_map(|block| &block.ops) {
            match &op.kind {
                OpKind::Load {
                    place: Place::Global(name),
                    ..
                } => read |= self.is_named(*name, symbols),
                OpKind::MakeFunction { .. } | OpKind::MakeClass { .. } => read = false,
                OpKind::Store { place, .. } => {
                    if let (true, Place::Class(name)) = (read, place) {
                        self.attributes.insert((class, *name));
                    }
                    read = false;
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
                if parsed.errors.is_empty()
                    && relevance(&parsed.module, &Leads::default(), &symbols, api).contains(&true)
                {
                    assert!(api.is_imported(text.as_bytes()), "{text}");
                    seen += 1;
                }
            }
        }
        assert!(seen > 100, "{seen}");
    }
}
