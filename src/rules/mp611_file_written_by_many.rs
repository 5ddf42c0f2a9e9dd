//! Several processes open a file of the same name for writing.

use rustc_hash::FxHashSet;

use super::shared_file::{SharedFile, shared_file};
use super::waits::{is_one_of_several, is_same_worker};
use super::ways::always_happens;
use super::{Check, Hook};
use crate::api::Family;
use crate::findings::{Remedy, Severity};
use crate::model::Model;
use crate::model::events::{ContextId, Event, EventKind};
use crate::model::value::Atom;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    let mut opened: Vec<(ContextId, Opening, &Event<'_>)> = Vec::new();
    for event in model.events() {
        if let Some(opening) = opening(model, event)
            && let Some(process) = model.process_of(event.context)
        {
            opened.push((process, opening, event));
        }
    }
    for (process, opening, event) in &opened {
        if !event.held.is_empty() || event.maybe_locked {
            continue;
        }
        let others: FxHashSet<ContextId> = opened
            .iter()
            .filter(|(other, theirs, _)| {
                theirs.path == opening.path && other != process && !is_same_worker(model, *other, *process)
            })
            .map(|(other, ..)| *other)
            .collect();
        // `if rank == 0:` lets one of them do it.
        let is_alone = !is_one_of_several(model, *process) || !always_happens(model, event);
        if is_alone && others.is_empty() {
            continue;
        }
        let path = model.name(opening.path.name());
        let (message, severity) = if opening.appends {
            (
                format!("several processes append to `{path}`: what they write is torn where a buffer ends"),
                Severity::Note,
            )
        } else {
            (
                format!("several processes open `{path}` for writing: each empties what another has written"),
                Severity::Warning,
            )
        };
        let draft = Draft::new(event.span, message)
            .severity(severity)
            .remedy(Remedy::FileGrows)
            .help("give each process a file of its own, or let one write what the others return");
        check.report(draft);
    }
}

/// A file that is opened for writing.
struct Opening {
    /// Under which name.
    path: SharedFile,
    /// Whether it keeps what is in it.
    appends: bool,
}

fn opening(model: &Model<'_>, event: &Event<'_>) -> Option<Opening> {
    let EventKind::Make { object, arguments, .. } = &event.kind else {
        return None;
    };
    if model.family(&event.heap, *object) != Some(Family::File) {
        return None;
    }
    let path = shared_file(model, event, arguments, "file")?;
    let Some(Atom::Str(mode)) = arguments.get("mode")?.value.single() else {
        return None;
    };
    let mode = model.name(mode);
    let writes = mode.contains(['w', 'a', '+']) && !mode.contains('x');
    // What is written to a device or to the kernel is nobody's file.
    let name = model.name(path.name());
    let is_device = ["/dev/", "/proc/", "/sys/"].iter().any(|kept| name.starts_with(kept)) || name == "NUL";
    (writes && !is_device).then(|| Opening {
        path,
        appends: mode.contains('a'),
    })
}
