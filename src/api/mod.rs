//! What the process libraries offer: which names make processes, pools, queues and locks, and what their methods do.
