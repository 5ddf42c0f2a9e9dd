//! Giving the functions, classes and places of a file numbers of their own within a program of several files.

use super::{ClassId, Function, FunctionId, FunctionKind, Module, Op, OpKind, Terminator};
use crate::files::Span;

/// Where the numbers of a file begin in a program: how much of each comes before it.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct Origin {
    /// Bytes of text.
    pub text: u32,
    /// Functions.
    pub functions: u32,
    /// Classes.
    pub classes: u32,
}

impl Origin {
    fn span(self, span: &mut Span) {
        span.start = span.start.saturating_add(self.text);
        span.end = span.end.saturating_add(self.text);
    }

    fn function(self, id: &mut FunctionId) {
        id.0 = id.0.saturating_add(self.functions);
    }

    fn class(self, id: &mut ClassId) {
        id.0 = id.0.saturating_add(self.classes);
    }
}

impl Module {
    /// The same code with every number counted from an origin.
    #[must_use]
    pub fn moved(mut self, to: Origin) -> Self {
        if to == Origin::default() {
            return self;
        }
        for class in &mut self.classes {
            to.function(&mut class.body);
            to.function(&mut class.parent);
            to.span(&mut class.span);
            to.span(&mut class.name_span);
        }
        for function in &mut self.functions {
            move_function(function, to);
        }
        self
    }
}

fn move_function(function: &mut Function, to: Origin) {
    if let FunctionKind::ClassBody(class) = &mut function.kind {
        to.class(class);
    }
    if let Some(parent) = &mut function.parent {
        to.function(parent);
    }
    to.span(&mut function.span);
    to.span(&mut function.name_span);
    for param in &mut function.params {
        to.span(&mut param.span);
    }
    for block in &mut function.blocks {
        for op in &mut block.ops {
            move_op(op, to);
        }
        if let Terminator::Branch { span, .. } = &mut block.end {
            to.span(span);
        }
    }
}

fn move_op(op: &mut Op, to: Origin) {
    to.span(&mut op.span);
    match &mut op.kind {
        OpKind::MakeFunction { function, .. } => to.function(function),
        OpKind::MakeClass { class, .. } => to.class(class),
        OpKind::Call { args, .. } => {
            for arg in args {
                to.span(&mut arg.span);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::python::{Symbols, parse};

    /// Everything that is numbered, or is a place, as it is shown; if one were forgotten, it would not come back.
    #[test]
    fn moved_there_and_back() {
        let text = "import a\n@d(1, *b)\nclass A(B):\n    x = lambda y: (z := y)\n    async def f(self, g=1):\n        def h(): return g\n        \
                    return [i for i in h(k=1) if i]\nif A: pass\n";
        let module = parse(text, &mut Symbols::default()).module;
        let before = format!("{module:?}");
        let origin = Origin {
            text: 1000,
            functions: 100,
            classes: 10,
        };
        let moved = module.moved(origin);
        let shown = format!("{moved:?}");
        for low in [
            "FunctionId(0)",
            "FunctionId(1)",
            "ClassId(0)",
            " 0..",
            "Some(FunctionId(3))",
        ] {
            assert!(before.contains(low), "{low} in {before}");
            assert!(!shown.contains(low), "{low} in {shown}");
        }
        let spans = |text: &str| text.matches("..").count();
        assert_eq!(spans(&before), spans(&shown));
        for part in shown.split(|c: char| !(c.is_ascii_digit() || c == '.')) {
            if let Some((start, end)) = part.split_once("..")
                && let (Ok(start), Ok(end)) = (start.parse::<u32>(), end.parse::<u32>())
            {
                assert!(start >= 1000 && end >= 1000, "{part}");
            }
        }
    }
}
