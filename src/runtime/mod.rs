//! Runs Python programs in supervised, sandboxed processes and says what was seen (Linux only).
//!
//! The way of one experiment:
//!
//! 1. [`interpreter`] finds the Pythons of the machine and asks each, once, what it is;
//! 2. an experiment is a program, an interpreter, a start method and the limits it must keep;
//! 3. the supervisor starts a *keeper*: mplint itself, executed anew, one for each experiment. The keeper makes the
//!    sandbox, starts the program inside it, watches its processes from outside, and ends them all;
//! 4. [`probe`] is the part that runs inside the program: it notes starts, bootstraps and exits, and gives the Python
//!    stacks when it is asked for them. What it says is the program's own word, and is kept apart from what was seen;
//! 5. [`hang`] tells from outside when every process waits for another one of them, and proves it;
//! 6. what was seen becomes an observation, and an observation a symptom.

pub mod experiment;
pub mod hang;
pub mod interpreter;
pub mod job;
pub mod keeper;
pub mod observation;
pub mod probe;
pub mod sandbox;
pub mod supervisor;
pub mod symptom;
pub mod traceback;
