//! In which states an object may be: a set, so that it tells both what may and what must be.

bitflags::bitflags! {
    /// The states that an object may be in. One bit alone is certain; several are alternatives.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
    pub struct States: u16 {
        /// Process, thread: the constructor of the library has not run. Set while a subclass's `__init__` has not called it.
        const BARE = 1;
        /// Process: made, not started.
        const NEW = 1 << 1;
        /// Process: started, not joined.
        const STARTED = 1 << 2;
        /// Process: joined without a timeout, so it has ended. Pool: joined.
        const JOINED = 1 << 3;
        /// Process: asked to end; it has not been joined since.
        const TERMINATED = 1 << 4;
        /// Closed: a process, pool, executor, manager, queue or connection.
        const CLOSED = 1 << 5;
        /// Pool, executor, manager: open.
        const OPEN = 1 << 6;
        /// Queue: nobody in this process has taken anything out.
        const UNREAD = 1 << 7;
        /// Queue: this process has taken something out.
        const READ = 1 << 8;
        /// Lock: free.
        const FREE = 1 << 9;
        /// Lock: held by the code that is running.
        const HELD = 1 << 10;
        /// Queue, event: the process of the context has put nothing into it, or has not set it.
        const SILENT = 1 << 11;
        /// Queue: what the process of the context put last is an item.
        const PUT = 1 << 12;
        /// Queue: what the process of the context put last is a constant, such as a sentinel is.
        const ENDED = 1 << 13;
        /// Queue: this process has taken an item out, and has not said since that one is done.
        const TAKEN = 1 << 14;
        /// Nothing is known: code that is not followed may have done anything.
        const LOST = 1 << 15;
    }
}

impl States {
    /// Whether the object is certainly in one of these states.
    #[must_use]
    pub fn must(self, states: Self) -> bool {
        !self.is_empty() && states.contains(self)
    }

    /// Whether the object may be in one of these states, as far as the code that is followed goes.
    #[must_use]
    pub fn may(self, states: Self) -> bool {
        self.intersects(states)
    }
}
