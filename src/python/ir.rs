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

mod moving;
mod ops;
mod renaming;

pub use moving::Origin;
pub use ops::{
    Arg, ArgKind, ArgShape, BinaryOp, BuildItem, BuildKind, Choice, CompareOp, Const, LogicalTest, Op, OpKind,
};

use super::Symbol;
use crate::files::Span;

/// Index into [`Module::functions`]; in a program of several files, where each begins at its [`Origin`], into those of all.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct FunctionId(pub u32);

impl FunctionId {
    /// The module's body; in a program of several files that of the first, the root.
    pub const MODULE: Self = Self(0);
}

/// Index into [`Module::classes`]; in a program of several files, into those of all.
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
#[derive(Clone, Debug)]
pub struct Module {
    /// All functions; the first is the module's body.
    pub functions: Vec<Function>,
    /// All classes.
    pub classes: Vec<Class>,
    /// A notebook: it is run where no file is its main module, so no child imports it again.
    pub is_notebook: bool,
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
#[derive(Clone, Debug)]
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
    pub annotated: Vec<Annotated>,
}

/// A name that the body of a class annotates, as a dataclass takes it. Variables of the class are left out.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Annotated {
    /// The name.
    pub name: Symbol,
    /// How the constructor of a dataclass takes it.
    pub taken: Taken,
    /// Whether it is an `InitVar`: given on to `__post_init__`, and no attribute.
    pub passed_on: bool,
}

/// How the constructor of a dataclass takes a field.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Taken {
    /// By place or by name.
    Anyhow,
    /// By name only.
    ByName,
    /// Not at all: `field(init=False)`.
    Never,
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
#[derive(Clone, Debug)]
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

impl Function {
    /// The operation that makes the value of a temp.
    #[must_use]
    pub fn definition(&self, temp: Temp) -> Option<&OpKind> {
        let ops = self.blocks.iter().flat_map(|block| &block.ops);
        ops.map(|op| &op.kind).find(|op| op.result() == Some(temp))
    }

    /// What is stored in a local variable, wherever that is.
    pub fn stores(&self, slot: Slot) -> impl Iterator<Item = Temp> {
        let ops = self.blocks.iter().flat_map(|block| &block.ops);
        ops.filter_map(move |op| match op.kind {
            OpKind::Store { place, value } if place == Place::Local(slot) => Some(value),
            _ => None,
        })
    }

    /// What a call of this function gives to its parameters, by place or by name. What is called on an object has that as
    /// its first.
    pub fn given_to<'f>(&'f self, args: &'f [Arg], is_bound: bool) -> impl Iterator<Item = (Slot, Temp)> + 'f {
        let place = |at: usize| u32::try_from(at).ok().map(Slot);
        args.iter().enumerate().filter_map(move |(at, arg)| {
            let slot = match arg.kind {
                ArgKind::Positional => place(at + usize::from(is_bound)),
                ArgKind::Keyword(name) => place(self.params.iter().position(|param| param.name == name)?),
                _ => None,
            };
            slot.map(|slot| (slot, arg.value))
        })
    }
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
#[derive(Clone, Debug)]
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
#[derive(Clone, Debug)]
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
#[derive(Clone, Debug)]
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
    /// A `raise`: to the handler of the block, else out of the function. None for a bare one.
    Raise(Option<Temp>),
    /// The exception that came here goes on in the same way: no clause fits it, or its `finally` is done. Anything may
    /// have raised it, so it says less of what the program means to do than a `raise`.
    Unwind,
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
        /// Where the left side was read from.
        place: Option<TestPlace>,
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
