//! Verdicts on findings: the user's own files are run in a sandbox, and what is seen is held against what a finding
//! predicts.
//!
//! The way from a finding to a verdict:
//!
//! 1. [`program`] copies the files of the program that the finding was reached from, as they are;
//! 2. [`harness`] says how it is begun: as the user's own main program or, where that does not come to the flagged line,
//!    by a [`driver`] that calls the function around it; [`stand_ins`] stand for modules that are not installed;
//! 3. [`places`] are the lines that the finding speaks of;
//! 4. the [bench](mod@bench) runs it under each interpreter and start method that is asked for, twice;
//! 5. [`oracle`] says whether what the finding predicts is there, *at these lines*; what shows only by comparison is the
//!    business of [`compare`], of lines that come out otherwise each time that of `steady`, and what shows in no output is
//!    measured (`measure`);
//! 6. [`control`] is the same harness where nothing should be wrong; it has to run the same lines and be clean;
//! 7. `slow` gives races more time, in the program and in the control;
//! 8. [`prove`] says whether a fix holds, and [`timeline`] what each process did;
//! 9. [`judge`] puts this together to a verdict, and [`run`] does so for all findings; [`keep`]
//!    leaves copies of what was run.
//!
//! A verdict that means less than it says is worse than none: whatever is in doubt is inconclusive, with the reason. The
//! dependencies point one way: this knows findings and the runtime, and neither knows of it or of any rule.

pub mod bench;
pub mod compare;
mod consequence;
pub mod control;
mod controls;
pub mod driver;
mod entries;
pub mod harness;
pub mod judge;
pub mod keep;
mod measure;
pub mod oracle;
mod patient;
pub mod places;
pub mod program;
pub mod prove;
pub mod run;
mod slow;
pub mod stand_ins;
mod steady;
pub mod timeline;
