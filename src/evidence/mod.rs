//! The evidence for the catalogue: every example of the rule pages is run, and what it shows is held against what its
//! page says.
//!
//! 1. [`plan`] makes a *trial* of each example, interpreter and start method, with what the page expects there: a bad
//!    example shows its symptom under the conditions that the page names and is clean under the others; good and fixed
//!    ones are clean under all;
//! 2. [`trial`] runs a trial, with whatever it has to be compared with, and says what was seen;
//! 3. [`record`] keeps the results under keys made of what they depend on, so that a run can be resumed and divided;
//! 4. [`run`] does many trials at once;
//! 5. [`matrix`] shows what came out: rule by Python by start method.

pub mod matrix;
pub mod plan;
pub mod record;
pub mod run;
pub mod trial;
