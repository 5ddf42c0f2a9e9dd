//! A file that matters and is not Python: the pipeline meets it when it parses.

use super::{Hook, codes};
use crate::findings::{Confidence, Finding, Hints, Location};

pub(super) const HOOK: Hook = Hook::Pipeline;

/// The finding at a place. The message is one sentence without a full stop.
#[must_use]
pub fn finding(location: Location, message: String) -> Finding {
    Finding {
        rule: codes::MP900.info,
        severity: codes::MP900.severity,
        confidence: Confidence::High,
        message,
        location,
        fails_under: Vec::new(),
        related: Vec::new(),
        help: None,
        fix: None,
        hints: Hints::default(),
    }
}
