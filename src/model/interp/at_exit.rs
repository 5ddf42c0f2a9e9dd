//! What a program registers with `atexit`, which runs when the main process ends: a pool that is closed there, a process
//! that is told to end and waited for.

use super::calls::Actuals;
use super::{OpKey, Run, World};
use crate::model::events::{ContextId, process_of};

/// Registered calls that one program is followed to.
const MOST: usize = 20;

/// A call that waits for the end of the program.
pub(super) struct AtExit {
    /// Where it was registered.
    context: ContextId,
    actuals: Actuals,
}

impl<'a> Run<'a> {
    /// `atexit.register(function, *arguments)` in the main process. What a child registers may not be run at all.
    pub(super) fn register_at_exit(&mut self, actuals: &Actuals) {
        if process_of(&self.contexts, self.context).is_none() && self.at_exit.len() < MOST {
            self.at_exit.push(AtExit {
                context: self.context,
                actuals: actuals.clone(),
            });
        }
    }

    /// The program ends, as far as the current context is concerned.
    pub(super) fn run_at_exit(&mut self, world: &World) {
        let context = self.context;
        let calls = std::mem::take(&mut self.at_exit);
        let (now, later) = calls.into_iter().partition(|call| call.context == context);
        self.at_exit = later;
        self.call_at_exit(now, world);
    }

    /// What the constructors of objects for strangers have registered is run after these have done what they do.
    pub(super) fn run_left_at_exit(&mut self, world: &World) {
        for call in std::mem::take(&mut self.at_exit) {
            self.context = call.context;
            self.call_at_exit(vec![call], world);
        }
    }

    /// The last that was registered is called first. Whether the program ends so is not known, so what these calls do is seen,
    /// and changes nothing.
    fn call_at_exit(&mut self, calls: Vec<AtExit>, world: &World) {
        let here = self.here;
        for (number, call) in calls.iter().rev().enumerate() {
            let Some((function, arguments)) = call.actuals.split_first() else {
                continue;
            };
            self.here = here;
            self.here.key = OpKey::MAX - 8 - number as OpKey;
            let frame = self.outermost();
            let mut world = world.clone();
            self.call_value(
                &frame,
                &mut world,
                &function.value,
                &arguments.iter().cloned().collect(),
            );
        }
        self.here = here;
    }
}
