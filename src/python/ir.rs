//! What a Python file is lowered to: for each function a control flow graph of a few kinds of operation.
//!
//! **Functions.** The module's body is function 0. A class body, a lambda and a `def` are functions of their own; a
//! comprehension or generator expression is not: its body stands inline between [`OpKind::LoopEnter`] and
//! [`OpKind::LoopExit`], runs once, and its variables have slots of their own.
//!
//! **Values.** The result of an expression is a [`Temp`]. Each temp is written by one operation and read only in the
//! same block; what must outlive a block (variables, context managers, the iterator of a loop) is in a slot.
//!
//! **Blocks** are numbered so that every edge but the back edges of loops goes to a higher number, and the blocks of
//! a loop, nested ones included, are the contiguous range from its header to [`Block::loop_end`] (exclusive). The
//! handlers of a `try` come after its body. The body of a `finally`, and the exit of a `with`, is written once for
//! each way out (falling through, an exception, and each of return, break and continue that leaves it).
//!
//! **Loops.** `for`: the header iterates ([`OpKind::Iterate`]), stores the target and falls into the body; the last
//! block of the range is the latch, which branches on [`Test::Again`] back to the header or out to the `else` or what
//! follows, so that a `for` body runs at least once. `continue` goes to the latch. `while`: the header evaluates the
//! test and branches into the body or out; the end of the body and `continue` go back to the header.

use super::Symbol;
use crate::files::Span;

/// Index into [`Module::functions`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FunctionId(pub u32);

impl FunctionId {
    /// The module's body.
    pub const MODULE: Self = Self(0);
}

/// Index into [`Module::classes`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ClassId(pub u32);

/// Index into [`Function::blocks`].
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct BlockId(pub u32);

/// The value of an expression, within one block.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Temp(pub u32);

/// A local variable of a function, or a hidden one made by lowering.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Slot(pub u32);

/// A dotted name as it is written, such as `mp.Queue`.
pub type Dotted = Box<[Symbol]>;

/// A whole file.
#[derive(Debug)]
pub struct Module {
    /// All functions; the first is the module's body.
    pub functions: Vec<Function>,
    /// All classes.
    pub classes: Vec<Class>,
}

impl Module {
    /// The function with this number.
    #[must_use]
    pub fn function(&self, id: FunctionId) -> &Function {
        &self.functions[id.0 as usize]
    }

    /// The class with this number.
    #[must_use]
    pub fn class(&self, id: ClassId) -> &Class {
        &self.classes[id.0 as usize]
    }
}

/// A class statement.
#[derive(Debug)]
pub struct Class {
    /// Its name.
    pub name: Symbol,
    /// The function that is its body.
    pub body: FunctionId,
    /// From `class` (not its decorators) to the end of the body.
    pub span: Span,
    /// The name in the class statement.
    pub name_span: Span,
    /// The function that the class statement stands in.
    pub parent: FunctionId,
    /// The decorators as dotted names, where they are (the arguments of a call left out).
    pub decorators: Vec<Dotted>,
    /// The keywords that decorators are called with.
    pub decorator_keywords: Vec<Symbol>,
    /// The names that the body annotates, in order: the fields of a dataclass.
    pub annotated: Vec<Symbol>,
}

/// What a function is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum FunctionKind {
    /// The body of the file.
    Module,
    /// `def`
    Def,
    /// `async def`
    AsyncDef,
    /// `lambda`
    Lambda,
    /// The body of a class.
    ClassBody(ClassId),
}

/// A function and its control flow graph.
#[derive(Debug)]
pub struct Function {
    /// What it is.
    pub kind: FunctionKind,
    /// Its name; `<lambda>` and `<module>` as in Python.
    pub name: Symbol,
    /// Whether its own body has a `yield`.
    pub is_generator: bool,
    /// The function it is written in; none for the module's body.
    pub parent: Option<FunctionId>,
    /// The whole of it, without decorators.
    pub span: Span,
    /// Its name in the source, or for a lambda the whole.
    pub name_span: Span,
    /// The parameters, in the order of the signature; parameter `i` lives in slot `i`.
    pub params: Vec<Param>,
    /// The name of each slot; hidden slots have none.
    pub slots: Vec<Option<Symbol>>,
    /// Per slot: whether an inner function reads or writes it, so that it lives in a cell. Parallel to `slots`.
    /// A captured variable is only ever named by [`Place::Cell`], also in its own function.
    pub captured: Vec<bool>,
    /// Number of temps.
    pub temps: u32,
    /// The blocks; control enters at the first. Never empty.
    pub blocks: Vec<Block>,
    /// The exception handlers that blocks refer to.
    pub handlers: Vec<Handler>,
    /// The decorators as dotted names, where they are (the arguments of a call left out).
    pub decorators: Vec<Dotted>,
}

/// How arguments reach a parameter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum ParamKind {
    /// Before a `/`.
    PositionalOnly,
    /// The usual kind.
    Positional,
    /// `*args`
    VarArgs,
    /// After a `*`.
    KeywordOnly,
    /// `**kwargs`
    KeywordArgs,
}

/// A parameter.
#[derive(Debug)]
pub struct Param {
    /// Its name.
    pub name: Symbol,
    /// How arguments reach it.
    pub kind: ParamKind,
    /// Whether it has a default.
    pub has_default: bool,
    /// The dotted names in its annotation that may be its class: `X`, `"X"`, `Optional[X]`, `X | None`, the
    /// alternatives of a union; for `X[...]` the `X`.
    pub annotation: Vec<Dotted>,
    /// Its name in the source.
    pub span: Span,
}

/// Where exceptions of a block go.
#[derive(Debug)]
pub struct Handler {
    /// The first block of the handler code: the dispatch over the `except` clauses, or a `finally` or `with` exit.
    pub target: BlockId,
    /// The exceptions that the `except` clauses name, as they are written; empty for `finally` and `with`.
    pub catches: Vec<Dotted>,
    /// Whether some clause is bare and so catches all.
    pub catches_all: bool,
    /// The handler around this one, in the same function.
    pub outer: Option<u32>,
}

/// A run of operations without a jump into or out of it.
#[derive(Debug)]
pub struct Block {
    /// The operations.
    pub ops: Vec<Op>,
    /// What comes next.
    pub end: Terminator,
    /// Index into [`Function::handlers`] of the innermost handler around the block.
    pub handler: Option<u32>,
    /// Where this block is the header of a loop: one past the last block of the loop.
    pub loop_end: Option<BlockId>,
}

/// How a block ends.
#[derive(Clone, Debug)]
pub enum Terminator {
    /// Go on there.
    Goto(BlockId),
    /// Go to `then` if the test holds, else to `otherwise`. `and`, `or` and `not` in a condition are branches.
    Branch {
        /// The test.
        test: Test,
        /// The place of the test in the source.
        span: Span,
        /// Where it holds.
        then: BlockId,
        /// Where it does not.
        otherwise: BlockId,
    },
    /// Leave the function with a value; none for `return` alone and for the end of the body.
    Return(Option<Temp>),
    /// An exception: to the handler of the block, else out of the function. None for a bare `raise`.
    Raise(Option<Temp>),
}

/// What a branch looks at.
#[derive(Clone, Debug)]
pub enum Test {
    /// The truth of a value. The place is where the value was read from, if from a plain variable or attribute.
    Truth {
        /// The value.
        value: Temp,
        /// Where it was read from.
        place: Option<TestPlace>,
    },
    /// `x is None` (also `x == None`); for `is not`, the edges are exchanged.
    IsNone {
        /// The value.
        value: Temp,
        /// Where it was read from.
        place: Option<TestPlace>,
    },
    /// `a == b`, `a in b`, `a is b` and so on; negated forms are kept as they are written.
    Compare {
        /// The operator.
        op: CompareOp,
        /// The left side.
        left: Temp,
        /// The right side.
        right: Temp,
    },
    /// Whether a `for` goes round again, an `except` clause matches, a `case` fits: either way.
    Again,
}

/// A variable, or an attribute of one, whose value a test narrows.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TestPlace {
    /// The variable.
    pub base: Place,
    /// The attribute, if the test reads `base.attribute`.
    pub attribute: Option<Symbol>,
}

/// Where a variable lives.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Place {
    /// In a slot of this function that no inner function sees.
    Local(Slot),
    /// In a slot that inner functions share: of this function (`up` 0) or of the one `up` functions outward.
    /// Class bodies on the way count.
    Cell {
        /// How many functions outward.
        up: u32,
        /// The slot there.
        slot: Slot,
    },
    /// In the module's namespace, or else a builtin.
    Global(Symbol),
    /// In the namespace of the class body that this function is.
    Class(Symbol),
}

/// An operation, with its place in the source.
#[derive(Debug)]
pub struct Op {
    /// What it does.
    pub kind: OpKind,
    /// The expression or statement it comes from.
    pub span: Span,
}

/// What an operation does. `dst` is written, every other temp is read.
#[derive(Debug)]
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
        /// The position, from 0; none after a starred target, and for the starred target itself (a list).
        index: Option<u32>,
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
        /// Whether it is true only where all of them are: `a and b`.
        every: bool,
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
    /// A float or complex number.
    Float,
    /// A string, implicit concatenations joined. Strings longer than 256 bytes are interned as their first 256 bytes.
    Str(Symbol),
    /// A bytes literal.
    Bytes,
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
#[derive(Debug)]
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

/// A binary operator, as far as the analysis tells them apart.
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
    /// Any other.
    Other,
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
    /// `<`, `<=`, `>`, `>=`
    Order,
}
