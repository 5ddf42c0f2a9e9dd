//! The operations that a block is made of.

use super::{ClassId, Dotted, FunctionId, Place, Slot, Temp};
use crate::files::Span;
use crate::python::Symbol;

/// An operation, with its place in the source.
#[derive(Clone, Debug)]
pub struct Op {
    /// What it does.
    pub kind: OpKind,
    /// The expression or statement it comes from.
    pub span: Span,
}

/// What an operation does. `dst` is written, every other temp is read.
#[derive(Clone, Debug)]
pub enum OpKind {
    /// A literal.
    Const {
        /// Result.
        dst: Temp,
        /// The literal.
        value: Const,
    },
    /// Reads a variable. In a class body a name that the body assigns is read from [`Place::Class`], with
    /// `or_else` as the place that is looked at where the class namespace has none.
    Load {
        /// Result.
        dst: Temp,
        /// The variable.
        place: Place,
        /// For [`Place::Class`]: the place outside the class.
        or_else: Option<Place>,
    },
    /// Writes a variable.
    Store {
        /// The variable.
        place: Place,
        /// The value.
        value: Temp,
    },
    /// `del x`
    Delete {
        /// The variable.
        place: Place,
    },
    /// `base.name`
    Attr {
        /// Result.
        dst: Temp,
        /// The object.
        base: Temp,
        /// The attribute.
        name: Symbol,
    },
    /// `base.name = value`
    SetAttr {
        /// The object.
        base: Temp,
        /// The attribute.
        name: Symbol,
        /// The value.
        value: Temp,
        /// Whether the statement is `base.name op= …`.
        augmented: bool,
    },
    /// `del base.name`
    DelAttr {
        /// The object.
        base: Temp,
        /// The attribute.
        name: Symbol,
    },
    /// `base[index]`
    Item {
        /// Result.
        dst: Temp,
        /// The container.
        base: Temp,
        /// The index or key; none for a slice.
        index: Option<Temp>,
    },
    /// `base[index] = value`
    SetItem {
        /// The container.
        base: Temp,
        /// The index or key; none for a slice.
        index: Option<Temp>,
        /// The value.
        value: Temp,
        /// Whether the statement is `base[index] op= …`.
        augmented: bool,
    },
    /// `del base[index]`
    DelItem {
        /// The container.
        base: Temp,
        /// The index or key; none for a slice.
        index: Option<Temp>,
    },
    /// One element of an unpacked value: `a, b = src`.
    Element {
        /// Result.
        dst: Temp,
        /// What is unpacked.
        src: Temp,
        /// The position, from 0; none after a starred target, and for the starred target itself.
        index: Option<u32>,
        /// For the starred target, which is a list: how many targets stand before and behind it.
        rest: Option<(u32, u32)>,
    },
    /// A call. The arguments stand in the order of the source.
    Call {
        /// Result.
        dst: Temp,
        /// What is called.
        callee: Temp,
        /// The arguments.
        args: Box<[Arg]>,
        /// Whether this is the application of a decorator to its function or class.
        decorator: bool,
    },
    /// `def` or `lambda`: makes the function object. Decorators are calls that follow.
    MakeFunction {
        /// Result.
        dst: Temp,
        /// Which function.
        function: FunctionId,
        /// The values of the defaults: parameter index and value.
        defaults: Box<[(u32, Temp)]>,
    },
    /// `class`: runs the body and makes the class object. Decorators are calls that follow.
    MakeClass {
        /// Result.
        dst: Temp,
        /// Which class.
        class: ClassId,
        /// The bases.
        bases: Box<[Temp]>,
        /// The keywords besides, which `__init_subclass__` gets.
        keywords: Box<[(Symbol, Temp)]>,
    },
    /// A tuple, list, set or dict display, a comprehension, or a generator expression.
    Build {
        /// Result.
        dst: Temp,
        /// What is built.
        kind: BuildKind,
        /// The elements.
        items: Box<[BuildItem]>,
        /// Whether it is a comprehension: its one item stands for any number of elements.
        comprehension: bool,
    },
    /// A binary operation, also of an augmented assignment.
    Binary {
        /// Result.
        dst: Temp,
        /// The operator.
        op: BinaryOp,
        /// The left side.
        left: Temp,
        /// The right side.
        right: Temp,
        /// Whether it comes from `x op= y`.
        augmented: bool,
    },
    /// `-x`, `+x`, `~x`
    Unary {
        /// Result.
        dst: Temp,
        /// The operand.
        value: Temp,
    },
    /// `not x`, or a comparison or chain of them, used as a value.
    Logical {
        /// Result: a truth value.
        dst: Temp,
        /// The operands.
        values: Box<[Temp]>,
        /// Which test it is.
        test: LogicalTest,
    },
    /// Any of the values: `a if c else b`, `a or b`, `a and b` used inside an expression. All of them have been
    /// evaluated.
    Select {
        /// Result.
        dst: Temp,
        /// The alternatives.
        values: Box<[Temp]>,
        /// By what one of them is chosen.
        choice: Choice,
    },
    /// An f-string or t-string.
    Format {
        /// Result.
        dst: Temp,
        /// The interpolated values.
        parts: Box<[Temp]>,
    },
    /// The next element of what a loop or comprehension runs over.
    Iterate {
        /// Result: one element.
        dst: Temp,
        /// What is iterated: a slot, because a loop's header runs again.
        iterable: Slot,
        /// Whether it is `async for`.
        is_async: bool,
    },
    /// The elements of a comprehension begin here: what follows stands for any number of runs.
    LoopEnter,
    /// The elements of a comprehension end here.
    LoopExit,
    /// Enters a `with` block: the manager is in a slot.
    Enter {
        /// Result of `__enter__`.
        dst: Temp,
        /// The manager.
        manager: Slot,
        /// Whether it is `async with`.
        is_async: bool,
    },
    /// Leaves a `with` block.
    Exit {
        /// The manager.
        manager: Slot,
        /// Whether it is left because of an exception.
        exceptional: bool,
    },
    /// `import a.b.c` without `as`: the result is module `a`; with `as`: the result is module `a.b.c`.
    Import {
        /// Result.
        dst: Temp,
        /// The dotted name of the module.
        module: Dotted,
        /// Whether the result is the last part (`as`) or the first.
        whole: bool,
    },
    /// `from module import name`
    ImportFrom {
        /// Result.
        dst: Temp,
        /// The dotted name of the module; empty for `from . import x`.
        module: Dotted,
        /// Number of leading dots.
        level: u32,
        /// What is imported.
        name: Symbol,
    },
    /// `from module import *`
    ImportStar {
        /// The dotted name of the module.
        module: Dotted,
        /// Number of leading dots.
        level: u32,
    },
    /// `yield value`, `yield from value`
    Yield {
        /// Result: what is sent in.
        dst: Temp,
        /// The value; none for `yield` alone.
        value: Option<Temp>,
        /// Whether it is `yield from`.
        from: bool,
    },
    /// `await value`
    Await {
        /// Result.
        dst: Temp,
        /// What is awaited.
        value: Temp,
    },
    /// The value of an expression statement is dropped.
    Discard {
        /// The value.
        value: Temp,
    },
    /// A value that the analysis does not follow: a syntax error, a captured `match` part, an exception name.
    Unknown {
        /// Result.
        dst: Temp,
    },
}

impl OpKind {
    /// The temp that the operation writes, if it writes one.
    #[must_use]
    pub fn result(&self) -> Option<Temp> {
        match *self {
            Self::Const { dst, .. }
            | Self::Load { dst, .. }
            | Self::Attr { dst, .. }
            | Self::Item { dst, .. }
            | Self::Element { dst, .. }
            | Self::Call { dst, .. }
            | Self::MakeFunction { dst, .. }
            | Self::MakeClass { dst, .. }
            | Self::Build { dst, .. }
            | Self::Binary { dst, .. }
            | Self::Unary { dst, .. }
            | Self::Logical { dst, .. }
            | Self::Select { dst, .. }
            | Self::Format { dst, .. }
            | Self::Iterate { dst, .. }
            | Self::Enter { dst, .. }
            | Self::Import { dst, .. }
            | Self::ImportFrom { dst, .. }
            | Self::Yield { dst, .. }
            | Self::Await { dst, .. }
            | Self::Unknown { dst } => Some(dst),
            Self::Store { .. }
            | Self::Delete { .. }
            | Self::SetAttr { .. }
            | Self::DelAttr { .. }
            | Self::SetItem { .. }
            | Self::DelItem { .. }
            | Self::LoopEnter
            | Self::LoopExit
            | Self::Exit { .. }
            | Self::ImportStar { .. }
            | Self::Discard { .. } => None,
        }
    }
}

/// A test used as a value.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum LogicalTest {
    /// `not x`
    Not,
    /// `a == b` and the like.
    Compare(CompareOp),
    /// A chain of comparisons.
    Chain,
}

/// A literal.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Const {
    /// `None`
    None,
    /// `True` or `False`
    Bool(bool),
    /// An integer that fits; others are [`Const::BigInt`].
    Int(i64),
    /// An integer that does not fit.
    BigInt,
    /// A float, in thousandths; none for one that is too large and for a complex number.
    Float(Option<i64>),
    /// A string, implicit concatenations joined. Strings longer than 256 bytes are interned as their first 256 bytes.
    Str(Symbol),
    /// A bytes literal, with its length.
    Bytes(u32),
    /// `...`
    Ellipsis,
}

/// How an argument is passed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArgKind {
    /// By position.
    Positional,
    /// By name.
    Keyword(Symbol),
    /// `*value`
    Star,
    /// `**value`
    DoubleStar,
}

/// How the expression of an argument is written, where a rule or message must know.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ArgShape {
    /// A call.
    Call,
    /// A lambda.
    Lambda,
    /// Anything else.
    Other,
}

/// An argument of a call.
#[derive(Clone, Debug)]
pub struct Arg {
    /// How it is passed.
    pub kind: ArgKind,
    /// Its value.
    pub value: Temp,
    /// The expression, without parentheses around it.
    pub span: Span,
    /// How it is written.
    pub shape: ArgShape,
    /// Whether parentheses stand around the expression that do not make it a tuple: `args=(x)`.
    pub parenthesized: bool,
}

/// What a display or comprehension builds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BuildKind {
    /// A tuple.
    Tuple,
    /// A list.
    List,
    /// A set.
    Set,
    /// A dict.
    Dict,
    /// A generator.
    Generator,
}

/// One element of a display.
#[derive(Clone, Copy, Debug)]
pub enum BuildItem {
    /// A value.
    Value(Temp),
    /// `*values`, or for a dict `**values`.
    Star(Temp),
    /// `key: value`
    Pair(Temp, Temp),
}

/// By what one of several values is chosen.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Choice {
    /// By a condition: `a if c else b`.
    Condition,
    /// The first that is true, or else the last: `a or b`.
    FirstTrue,
    /// The first that is false, or else the last: `a and b`.
    FirstFalse,
}

/// A binary operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum BinaryOp {
    /// `+`
    Add,
    /// `-`
    Sub,
    /// `*`
    Mul,
    /// `%`
    Mod,
    /// `|`
    BitOr,
    /// `//`
    FloorDiv,
    /// `/`
    Div,
    /// `**`
    Pow,
    /// `@`
    MatMul,
    /// `<<`
    ShiftLeft,
    /// `>>`
    ShiftRight,
    /// `&`
    BitAnd,
    /// `^`
    BitXor,
}

/// A comparison operator.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CompareOp {
    /// `==`
    Eq,
    /// `!=`
    NotEq,
    /// `is`
    Is,
    /// `is not`
    IsNot,
    /// `in`
    In,
    /// `not in`
    NotIn,
    /// `<`
    Less,
    /// `<=`
    LessEq,
    /// `>`
    Greater,
    /// `>=`
    GreaterEq,
}

impl CompareOp {
    /// Whether it compares by order.
    #[must_use]
    pub const fn is_order(self) -> bool {
        matches!(self, Self::Less | Self::LessEq | Self::Greater | Self::GreaterEq)
    }
}
