//! Giving the names of a file the numbers that they have in another table.

use super::{ArgKind, Class, Const, Dotted, Function, Module, Op, OpKind, Place, Terminator, Test, TestPlace};
use crate::python::Symbol;

/// The number of each name in the other table, by its number in the table that the code was made with.
#[derive(Clone, Copy)]
struct Names<'a>(&'a [Symbol]);

impl Module {
    /// The same code with the names of another table. `names` holds their numbers in it, by the numbers here.
    #[must_use]
    pub fn renamed(mut self, names: &[Symbol]) -> Self {
        let names = Names(names);
        self.classes.iter_mut().for_each(|class| names.class(class));
        self.functions.iter_mut().for_each(|function| names.function(function));
        self
    }
}

impl Names<'_> {
    fn name(self, name: &mut Symbol) {
        if let Some(new) = self.0.get(name.0 as usize) {
            *name = *new;
        }
    }

    fn dotted(self, dotted: &mut Dotted) {
        dotted.iter_mut().for_each(|name| self.name(name));
    }

    fn all_dotted(self, all: &mut [Dotted]) {
        all.iter_mut().for_each(|dotted| self.dotted(dotted));
    }

    fn place(self, place: &mut Place) {
        match place {
            Place::Global(name) | Place::Class(name) => self.name(name),
            Place::Local(_) | Place::Cell { .. } => {}
        }
    }

    fn class(self, class: &mut Class) {
        self.name(&mut class.name);
        self.all_dotted(&mut class.decorators);
        class.decorator_keywords.iter_mut().for_each(|name| self.name(name));
        class.annotated.iter_mut().for_each(|field| self.name(&mut field.name));
    }

    fn function(self, function: &mut Function) {
        self.name(&mut function.name);
        for param in &mut function.params {
            self.name(&mut param.name);
            self.all_dotted(&mut param.annotation);
        }
        function.slots.iter_mut().flatten().for_each(|name| self.name(name));
        for block in &mut function.blocks {
            block.ops.iter_mut().for_each(|op| self.op(op));
            if let Terminator::Branch { test, .. } = &mut block.end {
                self.test(test);
            }
        }
        for handler in &mut function.handlers {
            self.all_dotted(&mut handler.catches);
        }
        self.all_dotted(&mut function.decorators);
    }

    fn test(self, test: &mut Test) {
        match test {
            Test::Truth { place, .. } | Test::IsNone { place, .. } | Test::Compare { place, .. } => {
                if let Some(TestPlace { base, attribute }) = place {
                    self.place(base);
                    attribute.iter_mut().for_each(|name| self.name(name));
                }
            }
            Test::Again => {}
        }
    }

    // Every kind is named, so that a new one is not forgotten.
    fn op(self, op: &mut Op) {
        match &mut op.kind {
            OpKind::Const { value, .. } => {
                if let Const::Str(text) = value {
                    self.name(text);
                }
            }
            OpKind::Load { place, or_else, .. } => {
                self.place(place);
                or_else.iter_mut().for_each(|place| self.place(place));
            }
            OpKind::Store { place, .. } | OpKind::Delete { place } => self.place(place),
            OpKind::Attr { name, .. } | OpKind::SetAttr { name, .. } | OpKind::DelAttr { name, .. } => self.name(name),
            OpKind::Call { args, .. } => {
                for arg in args {
                    if let ArgKind::Keyword(name) = &mut arg.kind {
                        self.name(name);
                    }
                }
            }
            OpKind::MakeClass { keywords, .. } => keywords.iter_mut().for_each(|(name, _)| self.name(name)),
            OpKind::Import { module, .. } | OpKind::ImportStar { module, .. } => self.dotted(module),
            OpKind::ImportFrom { module, name, .. } => {
                self.dotted(module);
                self.name(name);
            }
            OpKind::Item { .. }
            | OpKind::SetItem { .. }
            | OpKind::DelItem { .. }
            | OpKind::Element { .. }
            | OpKind::MakeFunction { .. }
            | OpKind::Build { .. }
            | OpKind::Binary { .. }
            | OpKind::Unary { .. }
            | OpKind::Logical { .. }
            | OpKind::Select { .. }
            | OpKind::Format { .. }
            | OpKind::Iterate { .. }
            | OpKind::LoopEnter
            | OpKind::LoopExit
            | OpKind::Enter { .. }
            | OpKind::Exit { .. }
            | OpKind::Yield { .. }
            | OpKind::Await { .. }
            | OpKind::Discard { .. }
            | OpKind::Unknown { .. } => {}
        }
    }
}
