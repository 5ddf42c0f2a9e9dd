//! mplint: a linter for Python code that runs work in other processes.
//!
//! The way of the data, from a path on the command line to a finding on the screen:
//!
//! 1. **discover**: [`files`] walks the paths, honours ignore files and excludes, and lists the Python files;
//! 2. **scan**: one pass over the bytes of each file decides whether it can matter at all ([`files::scan`]), and where it
//!    names a library, what it imports ([`files::imports`]);
//! 3. **parse**: [`python`] decodes, parses and lowers a file that matters to control flow graphs and drops the tree;
//! 4. **model**: [`model`] runs the program abstractly, function by function and process by process, with what
//!    [`api`] knows of the process libraries, and records what happens to each process, pool, queue and lock; files that
//!    it imports are linked as they are needed ([`program`] finds them);
//! 5. **rules**: each file under [`rules`] asks the model one question and reports [`findings`];
//! 6. **suppress**: comments in the source take findings away, and comments that took nothing become findings;
//! 7. **fix**, where that is asked for: [`mod@fix`] makes the edits that rules offer, has the result linted again, and writes what
//!    came out well;
//! 8. **report**: [`report`] writes what is left in the format that was asked for.
//!
//! Beside this way runs another, on Linux: [`runtime`] executes Python programs in sandboxed processes and says what was
//! seen of them, and [`evidence`] has it run the examples of the rule pages, so that what the pages say is what was seen.
//!
//! [`audit`] puts together what the findings say of the change of the default start method in Python 3.14.
//!
//! [`graph`] draws what the model knows of a program: its processes, what they share, and the findings on them.
//!
//! [`lang`] puts what a report says into Vietnamese, where that is asked for.
//!
//! [`cli`] is what a person types, [`config`] what a project says once and for all, [`lint`] ties the steps together.

pub mod api;
pub mod audit;
pub mod cli;
pub mod config;
#[cfg(target_os = "linux")]
pub mod evidence;
pub mod files;
pub mod findings;
pub mod fix;
pub mod graph;
pub mod lang;
pub mod lint;
pub mod model;
pub mod program;
pub mod python;
pub mod report;
pub mod rules;
#[cfg(target_os = "linux")]
pub mod runtime;
#[cfg(target_os = "linux")]
pub mod verify;
