//! What a rule found, as plain data: no parser, no model, no output format.

mod condition;
mod finding;
pub mod fingerprint;
mod fix;
mod remedy;
pub mod suppression;
pub mod timeline;
pub mod verification;

pub use condition::{
    Condition, Expectation, Platform, Platforms, PythonVersion, StartMethod, StartMethods, Symptom, SymptomKind,
    Targets, VersionRange,
};
pub use finding::{Confidence, Finding, Location, Related, RuleInfo, Severity};
pub use fix::{Applicability, Edit, Fix};
pub use remedy::{Hints, Remedy};
