//! Control flow graphs as text, for people and tests.

use std::fmt::{self, Display, Formatter, Write as _};

use super::ir::{
    Arg, ArgKind, ArgShape, BuildItem, Class, Function, FunctionKind, Module, Op, OpKind, ParamKind, Place, Slot, Temp,
    Terminator, Test, TestPlace,
};
use super::symbols::{Symbol, Symbols};

/// A module that displays as text: functions, blocks, operations, one a line.
#[derive(Clone, Copy, Debug)]
pub struct Dump<'a> {
    /// What is shown.
    pub module: &'a Module,
    /// The names in it.
    pub symbols: &'a Symbols,
}

impl Display for Dump<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, function) in self.module.functions.iter().enumerate() {
            let writer = FunctionDump { dump: *self, function };
            writer.header(f, index)?;
            writer.blocks(f)?;
        }
        Ok(())
    }
}

impl Dump<'_> {
    fn name(&self, symbol: Symbol) -> &str {
        self.symbols.name(symbol)
    }

    fn dotted(&self, name: &[Symbol]) -> String {
        let parts: Vec<&str> = name.iter().map(|&part| self.name(part)).collect();
        parts.join(".")
    }

    fn dotted_list(&self, names: &[super::ir::Dotted]) -> String {
        let names: Vec<String> = names.iter().map(|name| self.dotted(name)).collect();
        names.join(", ")
    }
}

struct FunctionDump<'a> {
    dump: Dump<'a>,
    function: &'a Function,
}

fn list(temps: &[Temp]) -> String {
    let temps: Vec<String> = temps.iter().map(|temp| format!("t{}", temp.0)).collect();
    temps.join(", ")
}

fn optional(temp: Option<Temp>) -> String {
    temp.map_or_else(|| "_".to_owned(), |temp| format!("t{}", temp.0))
}

impl FunctionDump<'_> {
    fn header(&self, f: &mut Formatter<'_>, index: usize) -> fmt::Result {
        let function = self.function;
        let name = self.dump.name(function.name);
        match function.kind {
            FunctionKind::Module => write!(f, "fn{index} module")?,
            FunctionKind::Def => write!(f, "fn{index} def {name}")?,
            FunctionKind::AsyncDef => write!(f, "fn{index} async def {name}")?,
            FunctionKind::Lambda => write!(f, "fn{index} lambda")?,
            FunctionKind::ClassBody(class) => {
                write!(f, "fn{index} class{} {name}", class.0)?;
                let class: Option<&Class> = self.dump.module.classes.get(class.0 as usize);
                if let Some(class) = class.filter(|class| !class.decorators.is_empty()) {
                    write!(f, " @{}", self.dump.dotted_list(&class.decorators))?;
                }
            }
        }
        if !function.params.is_empty() {
            let params: Vec<String> = function.params.iter().map(|param| self.param(param)).collect();
            write!(f, "({})", params.join(", "))?;
        }
        if function.is_generator {
            write!(f, " generator")?;
        }
        if !function.decorators.is_empty() {
            write!(f, " @{}", self.dump.dotted_list(&function.decorators))?;
        }
        if let Some(parent) = function.parent.filter(|parent| parent.0 != 0) {
            write!(f, " in fn{}", parent.0)?;
        }
        writeln!(f)
    }

    fn param(&self, param: &super::ir::Param) -> String {
        let mut text = String::new();
        text.push_str(match param.kind {
            ParamKind::PositionalOnly => "/",
            ParamKind::Positional => "",
            ParamKind::VarArgs => "*",
            ParamKind::KeywordOnly => "kw ",
            ParamKind::KeywordArgs => "**",
        });
        text.push_str(self.dump.name(param.name));
        if !param.annotation.is_empty() {
            let _ = write!(
                text,
                ": {}",
                self.dump.dotted_list(&param.annotation).replace(", ", " | ")
            );
        }
        if param.has_default {
            text.push_str(" = …");
        }
        text
    }

    fn blocks(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (index, block) in self.function.blocks.iter().enumerate() {
            write!(f, "  b{index}:")?;
            if let Some(end) = block.loop_end {
                write!(f, " loop to b{}", end.0)?;
            }
            if let Some(handler) = block.handler {
                let target = self.function.handlers.get(handler as usize);
                write!(f, " on exception b{}", target.map_or(0, |handler| handler.target.0))?;
            }
            writeln!(f)?;
            for op in &block.ops {
                writeln!(f, "    {}", self.op(op))?;
            }
            writeln!(f, "    {}", self.terminator(&block.end))?;
        }
        for handler in &self.function.handlers {
            if handler.catches_all || !handler.catches.is_empty() {
                let catches = self.dump.dotted_list(&handler.catches);
                let all = if handler.catches_all { " and all" } else { "" };
                writeln!(f, "  b{} catches {catches}{all}", handler.target.0)?;
            }
        }
        Ok(())
    }

    fn slot(&self, slot: Slot) -> String {
        match self.function.slots.get(slot.0 as usize) {
            Some(Some(name)) => self.dump.name(*name).to_owned(),
            _ => format!("%{}", slot.0),
        }
    }

    fn place(&self, place: Place) -> String {
        match place {
            Place::Local(slot) => self.slot(slot),
            Place::Cell { up, slot } => {
                let mut function = Some(self.function);
                for _ in 0..up {
                    let parent = function.and_then(|function| function.parent);
                    function = parent.and_then(|parent| self.dump.module.functions.get(parent.0 as usize));
                }
                let name = function.and_then(|function| function.slots.get(slot.0 as usize).copied().flatten());
                format!("cell^{up} {}", name.map_or("?", |name| self.dump.name(name)))
            }
            Place::Global(name) => format!("global {}", self.dump.name(name)),
            Place::Class(name) => format!("class {}", self.dump.name(name)),
        }
    }

    fn test_place(&self, place: Option<TestPlace>) -> String {
        match place {
            None => String::new(),
            Some(TestPlace { base, attribute: None }) => format!(" ({})", self.place(base)),
            Some(TestPlace {
                base,
                attribute: Some(name),
            }) => format!(" ({}.{})", self.place(base), self.dump.name(name)),
        }
    }

    fn terminator(&self, end: &Terminator) -> String {
        match end {
            Terminator::Goto(target) => format!("goto b{}", target.0),
            Terminator::Return(value) => format!("return {}", optional(*value)),
            Terminator::Unwind => "unwind".to_owned(),
            Terminator::Raise(value) => format!("raise {}", optional(*value)),
            Terminator::Branch {
                test, then, otherwise, ..
            } => {
                let test = match test {
                    Test::Truth { value, place } => format!("t{}{}", value.0, self.test_place(*place)),
                    Test::IsNone { value, place } => format!("t{} is None{}", value.0, self.test_place(*place)),
                    Test::Compare { op, left, right, .. } => format!("t{} {op:?} t{}", left.0, right.0),
                    Test::Again => "again".to_owned(),
                };
                format!("if {test} then b{} else b{}", then.0, otherwise.0)
            }
        }
    }

    fn arg(&self, arg: &Arg) -> String {
        let mut text = match arg.kind {
            ArgKind::Positional => String::new(),
            ArgKind::Keyword(name) => format!("{}=", self.dump.name(name)),
            ArgKind::Star => "*".to_owned(),
            ArgKind::DoubleStar => "**".to_owned(),
        };
        let _ = match arg.parenthesized {
            true => write!(text, "(t{})", arg.value.0),
            false => write!(text, "t{}", arg.value.0),
        };
        match arg.shape {
            ArgShape::Call => text.push_str("!call"),
            ArgShape::Lambda => text.push_str("!lambda"),
            ArgShape::Other => {}
        }
        text
    }

    fn op(&self, op: &Op) -> String {
        let name = |symbol: Symbol| self.dump.name(symbol);
        let item = |index: &Option<Temp>| index.map_or_else(|| ":".to_owned(), |index| format!("t{}", index.0));
        let async_ = |is_async: bool| if is_async { "async " } else { "" };
        let op_equals = |augmented: bool| if augmented { " augmented" } else { "" };
        match &op.kind {
            OpKind::Const { dst, value } => match value {
                super::ir::Const::Str(text) => format!("t{} = {:?}", dst.0, name(*text)),
                super::ir::Const::Float(_) => format!("t{} = Float", dst.0),
                _ => format!("t{} = {value:?}", dst.0),
            },
            OpKind::Load { dst, place, or_else } => {
                let or_else = or_else.map_or_else(String::new, |place| format!(" or {}", self.place(place)));
                format!("t{} = {}{or_else}", dst.0, self.place(*place))
            }
            OpKind::Store { place, value } => format!("{} = t{}", self.place(*place), value.0),
            OpKind::Delete { place } => format!("del {}", self.place(*place)),
            OpKind::Attr { dst, base, name: attr } => format!("t{} = t{}.{}", dst.0, base.0, name(*attr)),
            OpKind::SetAttr {
                base,
                name: attr,
                value,
                augmented,
            } => format!("t{}.{} = t{}{}", base.0, name(*attr), value.0, op_equals(*augmented)),
            OpKind::DelAttr { base, name: attr } => format!("del t{}.{}", base.0, name(*attr)),
            OpKind::Item { dst, base, index } => format!("t{} = t{}[{}]", dst.0, base.0, item(index)),
            OpKind::SetItem {
                base,
                index,
                value,
                augmented,
            } => format!("t{}[{}] = t{}{}", base.0, item(index), value.0, op_equals(*augmented)),
            OpKind::DelItem { base, index } => format!("del t{}[{}]", base.0, item(index)),
            OpKind::Element { dst, src, index, rest } => match (index, rest) {
                (Some(index), _) => format!("t{} = element {index} of t{}", dst.0, src.0),
                (None, Some((before, behind))) => format!("t{} = [{before}:-{behind}] of t{}", dst.0, src.0),
                (None, None) => format!("t{} = element * of t{}", dst.0, src.0),
            },
            OpKind::Call {
                dst,
                callee,
                args,
                decorator,
            } => {
                let args: Vec<String> = args.iter().map(|arg| self.arg(arg)).collect();
                let at = if *decorator { "@" } else { "" };
                format!("t{} = {at}t{}({})", dst.0, callee.0, args.join(", "))
            }
            OpKind::MakeFunction {
                dst,
                function,
                defaults,
            } => {
                let defaults: Vec<String> = defaults
                    .iter()
                    .map(|(index, value)| format!(" {index}=t{}", value.0))
                    .collect();
                format!("t{} = function fn{}{}", dst.0, function.0, defaults.concat())
            }
            OpKind::MakeClass { dst, class, bases, .. } => format!("t{} = class{}({})", dst.0, class.0, list(bases)),
            OpKind::Build {
                dst,
                kind,
                items,
                comprehension,
            } => {
                let items: Vec<String> = items
                    .iter()
                    .map(|item| match item {
                        BuildItem::Value(value) => format!("t{}", value.0),
                        BuildItem::Star(value) => format!("*t{}", value.0),
                        BuildItem::Pair(key, value) => format!("t{}: t{}", key.0, value.0),
                    })
                    .collect();
                let many = if *comprehension { " …" } else { "" };
                format!("t{} = {kind:?} {{{}{many}}}", dst.0, items.join(", "))
            }
            OpKind::Binary {
                dst,
                op,
                left,
                right,
                augmented,
            } => format!("t{} = t{} {op:?} t{}{}", dst.0, left.0, right.0, op_equals(*augmented)),
            OpKind::Unary { dst, value } => format!("t{} = unary t{}", dst.0, value.0),
            OpKind::Logical { dst, values, .. } => format!("t{} = logical {}", dst.0, list(values)),
            OpKind::Select { dst, values, .. } => format!("t{} = select {}", dst.0, list(values)),
            OpKind::Format { dst, parts } => format!("t{} = format({})", dst.0, list(parts)),
            OpKind::Iterate {
                dst,
                iterable,
                is_async,
            } => format!("t{} = {}next {}", dst.0, async_(*is_async), self.slot(*iterable)),
            OpKind::LoopEnter => "loop {".to_owned(),
            OpKind::LoopExit => "}".to_owned(),
            OpKind::Enter { dst, manager, is_async } => {
                format!("t{} = {}enter {}", dst.0, async_(*is_async), self.slot(*manager))
            }
            OpKind::Exit { manager, exceptional } => {
                let how = if *exceptional { " on exception" } else { "" };
                format!("exit {}{how}", self.slot(*manager))
            }
            OpKind::Import { dst, module, whole } => {
                let whole = if *whole { " as" } else { "" };
                format!("t{} = import {}{whole}", dst.0, self.dump.dotted(module))
            }
            OpKind::ImportFrom {
                dst,
                module,
                level,
                name: imported,
            } => {
                let dots = ".".repeat(*level as usize);
                format!(
                    "t{} = from {dots}{} import {}",
                    dst.0,
                    self.dump.dotted(module),
                    name(*imported)
                )
            }
            OpKind::ImportStar { module, level } => {
                format!(
                    "from {}{} import *",
                    ".".repeat(*level as usize),
                    self.dump.dotted(module)
                )
            }
            OpKind::Yield { dst, value, from } => {
                let from = if *from { " from" } else { "" };
                format!("t{} = yield{from} {}", dst.0, optional(*value))
            }
            OpKind::Await { dst, value } => format!("t{} = await t{}", dst.0, value.0),
            OpKind::Discard { value } => format!("discard t{}", value.0),
            OpKind::Unknown { dst } => format!("t{} = ?", dst.0),
        }
    }
}
