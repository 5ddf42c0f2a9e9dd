//! What the run met and did not follow, as far as it matters to what has *not* happened: a rule that says "nobody joins
//! this process" has to know who may have done so out of its sight.

use rustc_hash::{FxHashMap, FxHashSet};

use super::Model;
use super::events::{ChainId, ContextId};
use super::heap::ObjectId;
use super::value::Value;
use crate::files::Span;

/// What was met and not followed.
#[derive(Debug, Default)]
pub struct Unfollowed {
    /// Objects that other code had in its hands at some time, whatever became of them.
    lost: FxHashSet<ObjectId>,
    /// Calls that may take their time: the context, how many events had been met by then, and whether nothing at all is
    /// known of what is called.
    calls: FxHashSet<(ContextId, usize, bool)>,
    /// Whether something unknown was asked what one asks a process: `join()`, `is_alive()`, `exitcode` …
    asked: bool,
    /// Where a context sleeps: the place of the number of seconds, the number, and how often it does so, if that is known.
    sleeps: FxHashMap<(ContextId, ChainId, Span), (Value, Option<u64>)>,
    /// Where the clock is read.
    clocks: FxHashSet<(ChainId, Span)>,
    /// Whether the program reaps its children by their numbers, or when a signal says that one has ended.
    reaps: bool,
}

impl Unfollowed {
    pub(super) fn note_lost(&mut self, object: ObjectId) {
        self.lost.insert(object);
    }

    pub(super) fn note_call(&mut self, context: ContextId, events: usize, unknown: bool) {
        self.calls.insert((context, events, unknown));
    }

    pub(super) fn note_sleep(
        &mut self,
        (context, chain, place): (ContextId, ChainId, Span),
        seconds: Value,
        times: Option<u64>,
    ) {
        self.sleeps.insert((context, chain, place), (seconds, times));
    }

    pub(super) fn note_clock(&mut self, chain: ChainId, place: Span) {
        self.clocks.insert((chain, place));
    }

    pub(super) fn note_asked(&mut self) {
        self.asked = true;
    }

    pub(super) fn note_reaping(&mut self) {
        self.reaps = true;
    }
}

/// What one asks of a process or does to it, and of little else.
pub(super) fn is_asked_of_processes(name: &str) -> bool {
    matches!(name, "is_alive" | "exitcode" | "sentinel" | "terminate" | "kill")
}

impl Model<'_> {
    /// Whether code that is not followed has had the object at some time, or was given it to end it.
    #[must_use]
    pub fn was_lost(&self, object: ObjectId) -> bool {
        self.unfollowed.lost.contains(&object)
    }

    /// Whether the program asks a value of which nothing is known what one asks a process: any process may be meant.
    #[must_use]
    pub fn asks_unknown_processes(&self) -> bool {
        self.unfollowed.asked
    }

    /// Whether the program reaps children without their objects: by `os.wait()` and the like, or in a handler of
    /// `SIGCHLD`.
    #[must_use]
    pub fn reaps_by_number(&self) -> bool {
        self.unfollowed.reaps
    }

    /// Whether the clock is read at a place that passes a test: what is timed is meant to run alone.
    #[must_use]
    pub fn reads_clock(&self, mut is_meant: impl FnMut(ChainId, Span) -> bool) -> bool {
        let mut clocks = self.unfollowed.clocks.iter();
        clocks.any(|&(chain, place)| is_meant(chain, place))
    }

    /// How a context sleeps: the number of seconds, and how often it does so, if that is known.
    pub fn sleeps(&self, context: ContextId) -> impl Iterator<Item = (&Value, Option<u64>)> {
        let sleeps = self.unfollowed.sleeps.iter();
        sleeps.filter_map(move |((other, ..), (seconds, times))| (*other == context).then_some((seconds, *times)))
    }

    /// Whether a context calls code of which nothing is known.
    #[must_use]
    pub fn calls_unknown_code(&self, context: ContextId) -> bool {
        let mut calls = self.unfollowed.calls.iter();
        calls.any(|&(other, _, unknown)| other == context && unknown)
    }

    /// Whether a context makes a call that may take its time after one event (by its place among all) and before
    /// another one, or before its end. In a loop what stands before counts as after too.
    #[must_use]
    pub fn may_tarry(&self, context: ContextId, from: usize, to: Option<usize>) -> bool {
        let mut calls = self.unfollowed.calls.iter();
        calls.any(|&(other, at, _)| other == context && at > from && to.is_none_or(|to| at <= to))
    }
}
