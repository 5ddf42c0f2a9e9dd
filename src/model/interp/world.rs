//! What is shared by all that runs at one point, and what becomes of it where two ways meet.

use std::ops::{Deref, DerefMut};
use std::rc::Rc;

use smallvec::SmallVec;

use crate::model::events::{Caught, DefaultContext};
use crate::model::heap::{Heap, ObjectId};

/// What is shared by all that runs at one point: everything but the local variables.
#[derive(Clone, Debug, Default)]
pub(in crate::model) struct World {
    pub heap: Heap,
    pub(super) around: Rc<Around>,
}

/// What surrounds the current operation. It changes seldom, so copies of a world share it.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(in crate::model) struct Around {
    /// Locks held, in the order in which they were taken.
    pub held: SmallVec<[ObjectId; 2]>,
    /// Locks held on some of the ways here: `if lock: lock.acquire()`.
    pub maybe_held: SmallVec<[ObjectId; 2]>,
    /// Whether this runs in the main module only.
    pub main_only: bool,
    /// Whether this runs only in a process that is called `MainProcess`.
    pub by_process_name: bool,
    /// The default context of the program.
    pub default_context: DefaultContext,
    /// Context managers around us of which nothing is known.
    pub maybe_locks: u8,
    /// Exceptions that context managers around us swallow.
    pub swallowed: Vec<Caught>,
    /// Context managers around us that a test uses to see an exception: what fails in them is meant to.
    pub expecting: u8,
    /// Shared objects whose content has just been found to hold a condition.
    pub compared: SmallVec<[ObjectId; 2]>,
    /// Whether the program has looked at how many processors there are, on every way here.
    pub knows_processors: bool,
}

impl Deref for World {
    type Target = Around;

    fn deref(&self) -> &Around {
        &self.around
    }
}

impl DerefMut for World {
    fn deref_mut(&mut self) -> &mut Around {
        Rc::make_mut(&mut self.around)
    }
}

impl World {
    pub(super) fn join(&mut self, other: &Self) -> bool {
        let changed = self.heap.join(&other.heap);
        let same = Rc::ptr_eq(&self.around, &other.around) || self.around == other.around;
        changed | (!same && Rc::make_mut(&mut self.around).join(&other.around))
    }
}

impl Around {
    fn join(&mut self, other: &Self) -> bool {
        let before = (self.held.len(), self.maybe_held.len());
        let one_sided = |lock: &&ObjectId| self.held.contains(lock) != other.held.contains(lock);
        let open: SmallVec<[ObjectId; 2]> = self
            .held
            .iter()
            .chain(&other.held)
            .filter(one_sided)
            .chain(&other.maybe_held)
            .copied()
            .collect();
        for lock in open {
            if !self.maybe_held.contains(&lock) {
                self.maybe_held.push(lock);
            }
        }
        self.held.retain(|lock| other.held.contains(lock));
        let mut changed = before != (self.held.len(), self.maybe_held.len());
        changed |= self.main_only && !other.main_only;
        self.main_only &= other.main_only;
        self.by_process_name &= other.by_process_name;
        self.knows_processors &= other.knows_processors;
        let default_context = self.default_context;
        self.default_context.join(&other.default_context);
        changed |= default_context != self.default_context;
        self.compared.retain(|object| other.compared.contains(object));
        self.expecting = self.expecting.min(other.expecting);
        if other.swallowed.len() < self.swallowed.len() {
            self.swallowed.truncate(other.swallowed.len());
        }
        changed |= other.maybe_locks > self.maybe_locks;
        self.maybe_locks = self.maybe_locks.max(other.maybe_locks);
        changed
    }
}
