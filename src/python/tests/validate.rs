//! The invariants that `ir` promises, checked.

use std::collections::HashSet;

use crate::python::ir::{BuildItem, Function, FunctionKind, Module, OpKind, Place, Slot, Temp, Terminator, Test};

/// Every invariant that a module breaks, as text; none for a sound one.
pub fn validate(module: &Module) -> Vec<String> {
    let mut broken = Vec::new();
    if module
        .functions
        .first()
        .is_none_or(|function| function.kind != FunctionKind::Module)
    {
        broken.push("the first function is not the module".to_owned());
    }
    for (index, function) in module.functions.iter().enumerate() {
        let mut check = Check {
            module,
            function,
            broken: Vec::new(),
            innermost: Vec::new(),
            outer: Vec::new(),
        };
        check.function(index);
        broken.extend(check.broken.into_iter().map(|message| format!("fn{index}: {message}")));
    }
    for class in &module.classes {
        let body = module.functions.get(class.body.0 as usize);
        if !body.is_some_and(|body| matches!(body.kind, FunctionKind::ClassBody(_))) {
            broken.push("the body of a class is no class body".to_owned());
        }
    }
    broken
}

struct Check<'a> {
    module: &'a Module,
    function: &'a Function,
    broken: Vec<String>,
    /// Per block: the header of the innermost loop that it is in.
    innermost: Vec<Option<usize>>,
    /// Per header: the header of the loop around it.
    outer: Vec<Option<usize>>,
}

impl Check<'_> {
    fn expect(&mut self, holds: bool, message: impl FnOnce() -> String) {
        if !holds {
            self.broken.push(message());
        }
    }

    fn function(&mut self, index: usize) {
        let function = self.function;
        self.expect(!function.blocks.is_empty(), || "no blocks".to_owned());
        self.expect(function.captured.len() == function.slots.len(), || {
            "captured and slots differ".to_owned()
        });
        for (index, param) in function.params.iter().enumerate() {
            let slot = function.slots.get(index).copied().flatten();
            self.expect(slot == Some(param.name), || {
                format!("parameter {index} is not in its slot")
            });
        }
        self.expect((index == 0) == function.parent.is_none(), || {
            "a parent missing or too many".to_owned()
        });
        self.expect(function.parent.is_none_or(|parent| (parent.0 as usize) < index), || {
            "parent after child".to_owned()
        });
        self.loops();
        self.edges();
        self.handlers();
        let mut written = HashSet::new();
        for block in 0..function.blocks.len() {
            self.temps(block, &mut written);
        }
    }

    fn loops(&mut self) {
        let blocks = &self.function.blocks;
        let mut open: Vec<(usize, usize)> = Vec::new();
        for (header, block) in blocks.iter().enumerate() {
            open.retain(|&(_, end)| header < end);
            if let Some(end) = block.loop_end {
                let end = end.0 as usize;
                self.expect(end > header && end <= blocks.len(), || {
                    format!("loop b{header} ends at b{end}")
                });
                let around = open.last().map_or(blocks.len(), |&(_, end)| end);
                self.expect(end <= around, || {
                    format!("loop b{header} ends outside of the one around it")
                });
                self.outer.push(open.last().map(|&(header, _)| header));
                open.push((header, end));
                self.innermost.push(Some(header));
            } else {
                self.outer.push(None);
                self.innermost.push(open.last().map(|&(header, _)| header));
            }
        }
    }

    /// The loops that a block is in, as headers, the innermost first.
    fn inside(&self, block: usize) -> Vec<usize> {
        let first = self.innermost.get(block).copied().flatten();
        std::iter::successors(first, |&header| self.outer[header]).collect()
    }

    fn edge(&mut self, from: usize, to: usize, what: &str) {
        let count = self.function.blocks.len();
        self.expect(to < count, || format!("{what} b{from} → b{to}: no such block"));
        if to >= count {
            return;
        }
        let around = self.inside(from);
        self.expect(to > from || around.contains(&to), || {
            format!("{what} b{from} → b{to} goes back")
        });
        for header in self.inside(to) {
            self.expect(around.contains(&header) || header == to, || {
                format!("{what} b{from} → b{to} enters the loop of b{header} from the side")
            });
        }
    }

    fn edges(&mut self) {
        for (from, block) in self.function.blocks.iter().enumerate() {
            match &block.end {
                Terminator::Goto(target) => self.edge(from, target.0 as usize, "goto"),
                Terminator::Branch { then, otherwise, .. } => {
                    self.edge(from, then.0 as usize, "branch");
                    self.edge(from, otherwise.0 as usize, "branch");
                }
                Terminator::Return(_) | Terminator::Raise(_) | Terminator::Unwind => {}
            }
        }
    }

    fn handlers(&mut self) {
        let handlers = &self.function.handlers;
        for (index, handler) in handlers.iter().enumerate() {
            self.expect(handler.outer.is_none_or(|outer| (outer as usize) < index), || {
                format!("handler {index} is not inside its outer one")
            });
            let target = self.function.blocks.get(handler.target.0 as usize);
            self.expect(target.is_some_and(|block| block.handler == handler.outer), || {
                format!("handler {index} runs under the wrong handler")
            });
        }
        for (from, block) in self.function.blocks.iter().enumerate() {
            let Some(handler) = block.handler else { continue };
            let Some(handler) = handlers.get(handler as usize) else {
                self.broken.push(format!("b{from} has no such handler"));
                continue;
            };
            let to = handler.target.0 as usize;
            self.expect(to > from, || format!("the handler of b{from} is b{to}, before it"));
            self.edge(from, to, "exception");
        }
    }

    fn place(&mut self, place: Place, block: usize) {
        match place {
            Place::Local(slot) => {
                let captured = self.function.captured.get(slot.0 as usize).copied();
                self.expect(captured == Some(false), || {
                    format!("b{block}: captured slot {} as a local", slot.0)
                });
            }
            Place::Cell { up, slot } => {
                let mut function = Some(self.function);
                for _ in 0..up {
                    let parent = function.and_then(|function| function.parent);
                    function = parent.and_then(|parent| self.module.functions.get(parent.0 as usize));
                }
                let captured = function.and_then(|function| function.captured.get(slot.0 as usize).copied());
                self.expect(captured == Some(true), || {
                    format!("b{block}: cell up {up} slot {} is none", slot.0)
                });
            }
            Place::Class(_) => {
                let class = matches!(self.function.kind, FunctionKind::ClassBody(_));
                self.expect(class, || format!("b{block}: a class variable outside of a class"));
            }
            Place::Global(_) => {}
        }
    }

    fn hidden(&mut self, slot: Slot, block: usize) {
        let name = self.function.slots.get(slot.0 as usize);
        self.expect(name == Some(&None), || {
            format!("b{block}: slot {} is not a hidden one", slot.0)
        });
    }

    fn temps(&mut self, index: usize, written: &mut HashSet<Temp>) {
        let block = &self.function.blocks[index];
        let mut here = HashSet::new();
        let mut depth = 0;
        for op in &block.ops {
            let (dst, read) = temps_of(&op.kind);
            for temp in read {
                self.expect(here.contains(&temp), || {
                    format!("b{index}: t{} read but not written here", temp.0)
                });
            }
            if let Some(dst) = dst {
                self.expect(written.insert(dst), || format!("b{index}: t{} written twice", dst.0));
                self.expect(dst.0 < self.function.temps, || {
                    format!("b{index}: t{} is out of range", dst.0)
                });
                here.insert(dst);
            }
            self.expect(
                self.function.span.start <= op.span.start && op.span.end <= self.function.span.end,
                || format!("b{index}: {:?} lies outside of the function", op.span),
            );
            match &op.kind {
                OpKind::Load { place, or_else, .. } => {
                    self.place(*place, index);
                    or_else.iter().for_each(|place| self.place(*place, index));
                }
                OpKind::Store { place, .. } | OpKind::Delete { place } => self.place(*place, index),
                OpKind::Iterate { iterable, .. } => self.hidden(*iterable, index),
                OpKind::Enter { manager, .. } | OpKind::Exit { manager, .. } => self.hidden(*manager, index),
                OpKind::MakeFunction { function, .. } => {
                    let made = self.module.functions.get(function.0 as usize);
                    self.expect(made.is_some(), || format!("b{index}: no such function"));
                }
                OpKind::LoopEnter => depth += 1,
                OpKind::LoopExit => depth -= 1,
                _ => {}
            }
            self.expect(depth >= 0, || format!("b{index}: a loop is left that was not entered"));
        }
        self.expect(depth == 0, || format!("b{index}: a loop is not left"));
        let read = match &block.end {
            Terminator::Return(Some(value)) | Terminator::Raise(Some(value)) => vec![*value],
            Terminator::Branch { test, .. } => match test {
                Test::Truth { value, .. } | Test::IsNone { value, .. } => vec![*value],
                Test::Compare { left, right, .. } => vec![*left, *right],
                Test::Again => vec![],
            },
            Terminator::Return(None) | Terminator::Raise(None) | Terminator::Unwind | Terminator::Goto(_) => vec![],
        };
        for temp in read {
            self.expect(here.contains(&temp), || {
                format!("b{index}: t{} read at the end but not written", temp.0)
            });
        }
    }
}

/// The temp that an operation writes, and those that it reads.
fn temps_of(kind: &OpKind) -> (Option<Temp>, Vec<Temp>) {
    match kind {
        OpKind::Const { dst, .. }
        | OpKind::Load { dst, .. }
        | OpKind::Iterate { dst, .. }
        | OpKind::Enter { dst, .. }
        | OpKind::Import { dst, .. }
        | OpKind::ImportFrom { dst, .. }
        | OpKind::Unknown { dst } => (Some(*dst), vec![]),
        OpKind::Store { value, .. } | OpKind::Discard { value } => (None, vec![*value]),
        OpKind::Delete { .. }
        | OpKind::LoopEnter
        | OpKind::LoopExit
        | OpKind::Exit { .. }
        | OpKind::ImportStar { .. } => (None, vec![]),
        OpKind::Attr { dst, base, .. } => (Some(*dst), vec![*base]),
        OpKind::SetAttr { base, value, .. } => (None, vec![*base, *value]),
        OpKind::DelAttr { base, .. } => (None, vec![*base]),
        OpKind::Item { dst, base, index } => (Some(*dst), std::iter::once(*base).chain(*index).collect()),
        OpKind::SetItem { base, index, value, .. } => (None, [*base, *value].into_iter().chain(*index).collect()),
        OpKind::DelItem { base, index } => (None, std::iter::once(*base).chain(*index).collect()),
        OpKind::Element { dst, src, .. } => (Some(*dst), vec![*src]),
        OpKind::Call { dst, callee, args, .. } => (
            Some(*dst),
            std::iter::once(*callee)
                .chain(args.iter().map(|arg| arg.value))
                .collect(),
        ),
        OpKind::MakeFunction { dst, defaults, .. } => (Some(*dst), defaults.iter().map(|(_, value)| *value).collect()),
        OpKind::MakeClass {
            dst, bases, keywords, ..
        } => {
            let keywords = keywords.iter().map(|(_, value)| *value);
            (Some(*dst), bases.iter().copied().chain(keywords).collect())
        }
        OpKind::Build { dst, items, .. } => {
            let read = items.iter().flat_map(|item| match item {
                BuildItem::Value(value) | BuildItem::Star(value) => vec![*value],
                BuildItem::Pair(key, value) => vec![*key, *value],
            });
            (Some(*dst), read.collect())
        }
        OpKind::Binary { dst, left, right, .. } => (Some(*dst), vec![*left, *right]),
        OpKind::Unary { dst, value } | OpKind::Await { dst, value } => (Some(*dst), vec![*value]),
        OpKind::Logical { dst, values, .. } | OpKind::Select { dst, values, .. } => (Some(*dst), values.to_vec()),
        OpKind::Format { dst, parts } => (Some(*dst), parts.to_vec()),
        OpKind::Yield { dst, value, .. } => (Some(*dst), value.iter().copied().collect()),
    }
}
