//! Conditions that go together: `if lock:` before the work and after it, `if parallel:` where the pool is made and where
//! it is closed.
//!
//! Where two ways meet, their states are united, and which of them belonged to which answer is lost. So a function that
//! asks one thing at several places, or again in each round of a loop, of something that does not change in between, is run
//! once for each answer.

use std::rc::Rc;

use rustc_hash::FxHashMap;
use smallvec::{SmallVec, smallvec};

use super::frame::Frame;
use super::questions::{Asked, Literal, MOST_QUESTIONS, Questions};
use super::{Run, World};
use crate::model::heap::ObjectId;
use crate::model::value::{Atom, Value};
use crate::python::Symbol;
use crate::python::ir::{Place, Slot, TestPlace};

/// How often the innermost function may be run for the answers around it.
const MOST_WAYS: u32 = 4;

/// The answers that one run of a function goes by.
#[derive(Clone)]
pub(in crate::model) struct Answers {
    questions: Rc<Questions>,
    given: SmallVec<[Option<bool>; MOST_QUESTIONS]>,
}

/// Which runs are under way, and what they have made.
#[derive(Default)]
pub(in crate::model) struct Repeated {
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
