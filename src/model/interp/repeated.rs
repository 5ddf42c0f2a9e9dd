//! Conditions that go together: `if lock:` before the work and after it, `if parallel:` where the pool is made and where
//! it is closed.
//!
//! Where two ways meet, their states are united, and which of them belonged to which answer is lost. So a function that
//! asks one thing at several places, or again in each round of a loop, of something that does not change in between, is run
//! once for each answer.

use std::rc::Rc;

use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::{SmallVec, smallvec};

use super::frame::Frame;
use super::{Run, World};
use crate::model::code::UnitId;
use crate::model::heap::ObjectId;
use crate::model::value::{Atom, Value};
use crate::python::Symbol;
use crate::python::ir::{
    CompareOp, Const, Function, FunctionId, FunctionKind, OpKind, Place, Slot, Temp, Terminator, Test, TestPlace,
};

/// Questions of one function that are followed: each doubles the runs.
const MOST_QUESTIONS: usize = 2;

/// How often the innermost function may be run for the answers around it.
const MOST_WAYS: u32 = 4;

/// What is asked of a place.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Asked {
    Truth,
    IsNone,
    Equals(Literal),
    Below(Literal),
    Above(Literal),
}

/// What a place is compared with.
#[derive(Clone, Copy, PartialEq, Debug)]
enum Literal {
    Bool(bool),
    Int(i64),
    Str(Symbol),
    /// A member of something that the module names: `Mode.FAST`.
    Member(Symbol, Symbol),
}

/// The blocks that ask something at their end, and whether in the opposite words.
type Tests = Vec<(usize, bool)>;

/// What a function asks more than once.
pub(in crate::model) struct Questions {
    asked: SmallVec<[(TestPlace, Asked); MOST_QUESTIONS]>,
    /// By block: which of them its test asks, and whether in the opposite words.
    at: FxHashMap<usize, (usize, bool)>,
    /// Whether a lock may be taken under one of them: on the way without it nobody knows that it is wanted.
    locks: bool,
}

/// The answers that one run of a function goes by.
#[derive(Clone)]
pub(in crate::model) struct Answers {
    questions: Rc<Questions>,
    given: SmallVec<[Option<bool>; MOST_QUESTIONS]>,
}

/// What is remembered of functions and files that have been looked over, and how many runs are under way.
#[derive(Default)]
pub(in crate::model) struct Repeated {
    of_functions: FxHashMap<FunctionId, Option<Rc<Questions>>>,
    set_attributes: FxHashMap<UnitId, Rc<FxHashSet<Symbol>>>,
    /// The product of the numbers of answers around the current operation.
    pub(super) ways: u32,
    /// The answers about attributes of objects that the runs around the current operation go by.
    given: SmallVec<[OfObject; 2]>,
    /// What was made under such an answer: it is not there where the other one holds.
    made_under: FxHashMap<ObjectId, OfObject>,
}

/// An answer about an attribute of the object that a method is called on, which no method sets anew.
#[derive(Clone, Copy, PartialEq)]
struct OfObject {
    object: ObjectId,
    attribute: Symbol,
    asked: Asked,
    holds: bool,
}

impl<'a> Run<'a> {
    /// The answers that a function is to be run with, one run each. One without any where it asks nothing twice.
    pub(super) fn answers(
        &mut self,
        frame: &Frame<'a>,
        slots: &[Value],
        world: &World,
    ) -> SmallVec<[Option<Answers>; 4]> {
        let nothing = smallvec![None];
        let around = self.repeated.ways.max(1);
        // A long program is better run once to its end than twice in part.
        let is_spent = self.budget < self.operations;
        if around >= MOST_WAYS || is_spent || frame.suspends || !self.relevant[frame.id.0 as usize] {
            return nothing;
        }
        let Some(questions) = self.questions(frame.id) else {
            return nothing;
        };
        let mut given: SmallVec<[SmallVec<[Option<bool>; MOST_QUESTIONS]>; 4]> =
            smallvec![smallvec![None; questions.asked.len()]];
        let mut decided = false;
        for (number, (place, asked)) in questions.asked.iter().enumerate() {
            if let Some(answer) = self.known_answer(slots, world, *place, *asked) {
                given.iter_mut().for_each(|known| known[number] = Some(answer));
                decided = true;
                continue;
            }
            if around * given.len() as u32 * 2 > MOST_WAYS || !self.is_open(frame, slots, world, *place, *asked) {
                continue;
            }
            given = given
                .into_iter()
                .flat_map(|known| {
                    [true, false].map(|answer| {
                        let mut known = known.clone();
                        known[number] = Some(answer);
                        known
                    })
                })
                .collect();
        }
        if given.len() == 1 && !decided {
            return nothing;
        }
        let with = |given| {
            let questions = Rc::clone(&questions);
            Some(Answers { questions, given })
        };
        given.into_iter().map(with).collect()
    }

    /// The answer that an attribute gives which the constructor has set to a constant, and nobody sets anew.
    fn known_answer(&self, slots: &[Value], world: &World, place: TestPlace, asked: Asked) -> Option<bool> {
        let (Place::Local(slot), Some(attribute)) = (place.base, place.attribute) else {
            return None;
        };
        let object = match slots.get(slot.0 as usize)?.single()? {
            Atom::Object(object) => world.heap.get(object)?,
            _ => return None,
        };
        match (asked, object.fields.get(attribute)?.single()?) {
            (Asked::Truth, Atom::Bool(value)) => Some(value),
            (Asked::Truth, Atom::Int(value)) => Some(value != 0),
            (Asked::Truth | Asked::Equals(_), Atom::None) => Some(false),
            (Asked::IsNone, Atom::None) => Some(true),
            (Asked::IsNone, Atom::Bool(_) | Atom::Int(_) | Atom::Str(_)) => Some(false),
            (Asked::Equals(Literal::Bool(wanted)), Atom::Bool(value)) => Some(value == wanted),
            (Asked::Equals(Literal::Int(wanted)), Atom::Int(value)) => Some(value == wanted),
            (Asked::Equals(Literal::Str(wanted)), Atom::Str(value)) => Some(value == wanted),
            (Asked::Below(Literal::Int(limit)), Atom::Int(value)) => Some(value < limit),
            (Asked::Above(Literal::Int(limit)), Atom::Int(value)) => Some(value > limit),
            _ => None,
        }
    }

    /// A run of a function begins that goes by some answers. What an earlier one of this or another method has made while it
    /// went by the opposite is not there. Returns what [`Self::end_way`] needs.
    pub(super) fn begin_way(&mut self, frame: &Frame<'a>, world: &mut World) -> usize {
        let before = self.repeated.given.len();
        let Some(answers) = &frame.answers else { return before };
        let Some(Atom::Object(object)) = frame.receiver.single() else {
            return before;
        };
        for ((place, asked), holds) in answers.questions.asked.iter().zip(&answers.given) {
            let is_own = matches!(place.base, Place::Local(Slot(0)) | Place::Cell { up: 0, slot: Slot(0) });
            if let (true, Some(attribute), Some(holds)) = (is_own, place.attribute, *holds) {
                self.repeated.given.push(OfObject {
                    object,
                    attribute,
                    asked: *asked,
                    holds,
                });
            }
        }
        for now in &self.repeated.given[before..] {
            let opposite = OfObject {
                holds: !now.holds,
                ..*now
            };
            for (made, under) in &self.repeated.made_under {
                if *under == opposite {
                    world.heap.forget(*made);
                }
            }
        }
        before
    }

    /// The run ends.
    pub(super) fn end_way(&mut self, before: usize) {
        self.repeated.given.truncate(before);
    }

    /// Notes what an object is made under.
    pub(super) fn note_made_under(&mut self, object: ObjectId) {
        if let Some(given) = self.repeated.given.last() {
            self.repeated.made_under.insert(object, *given);
        }
    }

    /// Whether nothing that is known when a function is entered decides a question.
    fn is_open(&self, frame: &Frame<'a>, slots: &[Value], world: &World, place: TestPlace, asked: Asked) -> bool {
        let (Place::Local(slot) | Place::Cell { up: 0, slot }, None) = (place.base, place.attribute) else {
            return true;
        };
        let at = slot.0 as usize;
        if at >= frame.function.params.len() {
            return true;
        }
        let Some(value) = slots.get(at) else { return true };
        if value.is_never() || value.atoms().len() > 1 {
            return true;
        }
        match asked {
            Asked::IsNone => value.may_be_unknown(),
            Asked::Truth => self.truth(world, value).is_none() && !matches!(value.single(), Some(Atom::Bool(_))),
            _ => !matches!(value.single(), Some(Atom::Int(_) | Atom::Str(_) | Atom::Bool(_))),
        }
    }

    fn questions(&mut self, id: FunctionId) -> Option<Rc<Questions>> {
        if let Some(known) = self.repeated.of_functions.get(&id) {
            return known.clone();
        }
        let found = self.look_for_questions(id).map(Rc::new);
        self.repeated.of_functions.insert(id, found.clone());
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
        if let Some(known) = self.repeated.set_attributes.get(&unit) {
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
        self.repeated.set_attributes.insert(unit, Rc::clone(&set));
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

impl Answers {
    /// Whether a lock may be taken under one of the answers.
    pub(super) fn lock(&self) -> bool {
        self.questions.locks
    }

    /// What the test at the end of a block comes to.
    pub(super) fn at(&self, block: usize) -> Option<bool> {
        let (question, negated) = self.questions.at.get(&block)?;
        Some((*self.given.get(*question)?)? != *negated)
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
