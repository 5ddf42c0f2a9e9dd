//! What a function asks more than once, of something that does not change in between.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use super::Run;
use crate::model::code::UnitId;
use crate::python::Symbol;
use crate::python::ir::{
    CompareOp, Const, Function, FunctionId, FunctionKind, OpKind, Place, Slot, Temp, Terminator, Test, TestPlace,
};

/// Questions of one function that are followed: each doubles the runs.
pub(super) const MOST_QUESTIONS: usize = 2;

/// What is asked of a place.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Asked {
    Truth,
    IsNone,
    Equals(Literal),
    Below(Literal),
    Above(Literal),
}

/// What a place is compared with.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) enum Literal {
    Bool(bool),
    Int(i64),
    Str(Symbol),
    /// A member of something that the module names: `Mode.FAST`.
    Member(Symbol, Symbol),
}

/// The blocks that ask something at their end, and whether in the opposite words.
type Tests = Vec<(usize, bool)>;

/// What a function asks more than once.
pub(super) struct Questions {
    pub asked: SmallVec<[(TestPlace, Asked); MOST_QUESTIONS]>,
    /// By block: which of them its test asks, and whether in the opposite words.
    pub at: FxHashMap<usize, (usize, bool)>,
    /// Whether a lock may be taken under one of them: on the way without it nobody knows that it is wanted.
    pub locks: bool,
}

/// What is remembered of functions and files that have been looked over.
#[derive(Default)]
pub(super) struct LookedOver {
    functions: FxHashMap<FunctionId, Option<Rc<Questions>>>,
    set_attributes: FxHashMap<UnitId, Rc<FxHashSet<Symbol>>>,
}

impl<'a> Run<'a> {
    pub(super) fn questions(&mut self, id: FunctionId) -> Option<Rc<Questions>> {
        if let Some(known) = self.looked_over.functions.get(&id) {
            return known.clone();
        }
        let found = self.look_for_questions(id).map(Rc::new);
        self.looked_over.functions.insert(id, found.clone());
        found
    }

    fn look_for_questions(&mut self, id: FunctionId) -> Option<Questions> {
        let function = self.code.function(id);
        if function.is_generator || matches!(function.kind, FunctionKind::ClassBody(_)) {
            return None;
        }
        let mut found: Vec<(TestPlace, Asked, Tests)> = Vec::new();
        let mut ends_a_loop: Vec<(TestPlace, Asked)> = Vec::new();
        for (at, block) in function.blocks.iter().enumerate() {
            let Terminator::Branch {
                test, then, otherwise, ..
            } = &block.end
            else {
                continue;
            };
            let Some((place, asked, negated)) = question(function, test) else {
                continue;
            };
            let leaves = [then, otherwise]
                .iter()
                .any(|to| is_out_of_loop(function, at, to.0 as usize));
            if leaves {
                ends_a_loop.push((place, asked));
            }
            match found
                .iter_mut()
                .find(|(other, what, _)| *other == place && *what == asked)
            {
                Some((_, _, places)) => places.push((at, negated)),
                None => found.push((place, asked, vec![(at, negated)])),
            }
        }
        // What ends a loop is asked because the loop changes it.
        found.retain(|(place, asked, _)| !ends_a_loop.contains(&(*place, *asked)));
        // The answer is of use only where two things hang on it that are made, ended or taken.
        found.retain(|(_, _, at)| {
            let hanging = at.iter().filter(|(at, _)| self.guards_much(function, *at));
            hanging
                .map(|(at, _)| 1 + usize::from(is_in_loop(function, *at)))
                .sum::<usize>()
                > 1
        });
        found.retain(|(place, asked, at)| {
            let first = at.first().map_or(0, |(at, _)| *at);
            self.is_steady(id, *place, *asked, first)
        });
        found.truncate(MOST_QUESTIONS);
        if found.is_empty() {
            return None;
        }
        let mut questions = Questions {
            asked: SmallVec::new(),
            at: FxHashMap::default(),
            locks: false,
        };
        for (number, (place, asked, at)) in found.into_iter().enumerate() {
            questions.asked.push((place, asked));
            for (block, negated) in at {
                questions.locks |= sides(function, block)
                    .any(|op| matches!(op, OpKind::Attr { name, .. } if self.name(*name) == "acquire"));
                questions.at.insert(block, (number, negated));
            }
        }
        Some(questions)
    }

    /// Whether something is made, handed over, ended or taken on one of the sides of a test, as far as names tell.
    fn guards_much(&self, function: &Function, at: usize) -> bool {
        sides(function, at).any(|op| match op {
            OpKind::Attr { name, .. } => {
                let name = self.name(*name);
                self.api.makes(name) || self.api.hands_over(name) || changes_states(name)
            }
            OpKind::Load {
                place: Place::Global(name),
                ..
            } => self.api.makes(self.name(*name)),
            OpKind::Enter { .. } => true,
            _ => false,
        })
    }

    /// Whether a place holds one and the same thing from the first time it is asked to the end of the function.
    fn is_steady(&mut self, id: FunctionId, place: TestPlace, asked: Asked, first: usize) -> bool {
        let function = self.code.function(id);
        let is_param = |slot: Slot| (slot.0 as usize) < function.params.len();
        let is_module = function.kind == FunctionKind::Module;
        let may_be_set = match place.base {
            Place::Local(slot) => !is_param(slot),
            Place::Cell { up: 0, slot } => {
                if self.is_set_inside(id, slot) {
                    return false;
                }
                !is_param(slot)
            }
            Place::Global(name) => {
                if self.copied.globals.contains(&(self.namespace_of(id), name)) {
                    return false;
                }
                is_module
            }
            Place::Cell { .. } | Place::Class(_) => return false,
        };
        let mut times_set = 0;
        for (at, block) in function.blocks.iter().enumerate() {
            for op in &block.ops {
                match &op.kind {
                    OpKind::Store { place: other, .. } | OpKind::Delete { place: other } if *other == place.base => {
                        if !may_be_set || at > first || is_in_loop(function, at) {
                            return false;
                        }
                        times_set += 1;
                    }
                    OpKind::SetAttr { name, .. } | OpKind::DelAttr { name, .. }
                        if place.attribute == Some(*name) && (at > first || is_in_loop(function, at)) =>
                    {
                        return false;
                    }
                    _ => {}
                }
            }
        }
        if times_set > 1 {
            return false;
        }
        match place.attribute {
            Some(name) => !self.attributes_set_later(self.code.home(id)).contains(&name),
            // A container is true or not by what it holds.
            None => asked != Asked::Truth || !is_changed_in_place(function, place.base, |name| self.is_mutator(name)),
        }
    }

    /// Whether an inner function sets a variable of a function.
    pub(super) fn is_set_inside(&self, id: FunctionId, slot: Slot) -> bool {
        let inside = |mut inner: FunctionId| {
            let mut up = 0;
            while let Some(outer) = self.code.function(inner).parent {
                up += 1;
                if outer == id {
                    return Some(up);
                }
                inner = outer;
            }
            None
        };
        self.code.unit(self.code.home(id)).functions().any(|number| {
            let inner = FunctionId(number);
            inside(inner).is_some_and(|outward| {
                let mut ops = self.code.function(inner).blocks.iter().flat_map(|block| &block.ops);
                ops.any(|op| {
                    matches!(op.kind, OpKind::Store { place: Place::Cell { up, slot: other }, .. } if up == outward && other == slot)
                })
            })
        })
    }

    /// Attributes that a file sets outside constructors: a call in between may have changed them.
    fn attributes_set_later(&mut self, unit: UnitId) -> Rc<FxHashSet<Symbol>> {
        if let Some(known) = self.looked_over.set_attributes.get(&unit) {
            return Rc::clone(known);
        }
        let mut set = FxHashSet::default();
        for number in self.code.unit(unit).functions() {
            let function = self.code.function(FunctionId(number));
            let is_constructor = matches!(
                self.name(function.name),
                "__init__" | "__new__" | "__post_init__" | "__setstate__"
            ) || !matches!(function.kind, FunctionKind::Def | FunctionKind::AsyncDef);
            if is_constructor {
                continue;
            }
            for op in function.blocks.iter().flat_map(|block| &block.ops) {
                if let OpKind::SetAttr { name, .. } | OpKind::DelAttr { name, .. } = op.kind {
                    set.insert(name);
                }
            }
        }
        let set = Rc::new(set);
        self.looked_over.set_attributes.insert(unit, Rc::clone(&set));
        set
    }

    fn is_mutator(&self, name: Symbol) -> bool {
        matches!(
            self.name(name),
            "append"
                | "appendleft"
                | "extend"
                | "add"
                | "insert"
                | "update"
                | "setdefault"
                | "pop"
                | "popleft"
                | "popitem"
                | "remove"
                | "discard"
                | "clear"
        )
    }
}

/// What a test asks, and whether in the opposite words.
fn question(function: &Function, test: &Test) -> Option<(TestPlace, Asked, bool)> {
    match test {
        Test::Truth { place, .. } => Some(((*place)?, Asked::Truth, false)),
        Test::IsNone { place, .. } => Some(((*place)?, Asked::IsNone, false)),
        Test::Compare { op, right, place, .. } => {
            let literal = literal(function, *right)?;
            let (asked, negated) = match op {
                CompareOp::Eq | CompareOp::Is => (Asked::Equals(literal), false),
                CompareOp::NotEq | CompareOp::IsNot => (Asked::Equals(literal), true),
                CompareOp::Less => (Asked::Below(literal), false),
                CompareOp::GreaterEq => (Asked::Below(literal), true),
                CompareOp::Greater => (Asked::Above(literal), false),
                CompareOp::LessEq => (Asked::Above(literal), true),
                CompareOp::In | CompareOp::NotIn => return None,
            };
            Some(((*place)?, asked, negated))
        }
        Test::Again => None,
    }
}

fn literal(function: &Function, temp: Temp) -> Option<Literal> {
    match function.definition(temp)? {
        OpKind::Const { value, .. } => match value {
            Const::Bool(value) => Some(Literal::Bool(*value)),
            Const::Int(value) => Some(Literal::Int(*value)),
            Const::Str(value) => Some(Literal::Str(*value)),
            _ => None,
        },
        OpKind::Attr { base, name, .. } => match function.definition(*base)? {
            OpKind::Load {
                place: Place::Global(of),
                ..
            } => Some(Literal::Member(*of, *name)),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a method of this name ends an object of a process library, takes it or gives it back.
fn changes_states(name: &str) -> bool {
    matches!(
        name,
        "start" | "run" | "join" | "close" | "terminate" | "kill" | "shutdown" | "acquire" | "release" | "unlink"
    )
}

/// What is done on either side of a test, where the sides lie one after the other.
fn sides(function: &Function, at: usize) -> impl Iterator<Item = &OpKind> {
    let blocks = &function.blocks;
    let (then, otherwise) = match &blocks[at].end {
        Terminator::Branch { then, otherwise, .. } => (then.0 as usize, otherwise.0 as usize),
        _ => (at, at),
    };
    let (first, second) = (then.min(otherwise), then.max(otherwise));
    let after = match blocks.get(second.saturating_sub(1)).map(|last| &last.end) {
        Some(Terminator::Goto(after)) if after.0 as usize > second => after.0 as usize,
        _ => second,
    };
    let inside = blocks.get(first..after).unwrap_or_default();
    inside.iter().flat_map(|block| &block.ops).map(|op| &op.kind)
}

/// The loops that a block is in, as first block and end.
fn loops_around(function: &Function, at: usize) -> impl Iterator<Item = (usize, usize)> + '_ {
    let heads = function.blocks.iter().enumerate().take(at + 1);
    heads.filter_map(move |(head, block)| {
        let end = block.loop_end?.0 as usize;
        (at < end).then_some((head, end))
    })
}

pub(super) fn is_in_loop(function: &Function, at: usize) -> bool {
    loops_around(function, at).next().is_some()
}

/// Whether a jump leads out of a loop that its beginning is in.
fn is_out_of_loop(function: &Function, from: usize, to: usize) -> bool {
    loops_around(function, from).any(|(_, end)| to >= end)
}

/// Whether a function changes what a variable holds without setting the variable.
fn is_changed_in_place(function: &Function, place: Place, is_mutator: impl Fn(Symbol) -> bool) -> bool {
    let is_it =
        |temp: Temp| matches!(function.definition(temp), Some(OpKind::Load { place: other, .. }) if *other == place);
    function
        .blocks
        .iter()
        .flat_map(|block| &block.ops)
        .any(|op| match &op.kind {
            OpKind::Attr { base, name, .. } => is_mutator(*name) && is_it(*base),
            OpKind::SetItem { base, .. } | OpKind::DelItem { base, .. } => is_it(*base),
            _ => false,
        })
}
