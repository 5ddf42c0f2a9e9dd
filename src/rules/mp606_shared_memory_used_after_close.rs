//! A segment of shared memory, or a view on one, is used after it was closed.

use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::files::Span;
use crate::findings::{Expectation, Remedy, SymptomKind};
use crate::model::Model;
use crate::model::events::{Caught, Event, EventKind};
use crate::model::heap::{Heap, ObjectId};
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

/// What `close()` does while a view is alive.
const REFUSED: Expectation = Expectation::always_raises("BufferError");

/// What a view does whose memory was given up.
const RELEASED: Expectation = Expectation::always_raises("ValueError");

/// An array of numpy does not keep the memory.
const CRASHES: Expectation = Expectation::always(SymptomKind::Crashes);

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        match event.kind {
            EventKind::Method { object, method, .. }
                if method.effect == Effect::Use
                    && model.family(&event.heap, object) == Some(Family::Segment)
                    && model.states(event, object).must(States::CLOSED) =>
            {
                let draft = Draft::new(
                    event.span,
                    "the segment has been closed in this process: there is no `buf` any more",
                )
                .related(check.made_at(object), "the segment")
                .remedy(Remedy::SegmentStays)
                .help("close it after the last use, or copy what is needed: `bytes(segment.buf)`");
                check.report(draft);
            }
            EventKind::Refused { segment, view } if !is_reckoned_with(model, segment, event.span) => {
                let draft = refused(check, event.span, view);
                check.report(draft);
            }
            EventKind::Access { object, .. } | EventKind::Method { object, .. } => {
                if let Some(segment) = closed_below(model, event, object) {
                    view_used(check, event, object, segment);
                }
            }
            _ => {}
        }
    }
}

/// The closed segment that a view lies on which has not been released.
fn closed_below(model: &Model<'_>, event: &Event<'_>, view: ObjectId) -> Option<ObjectId> {
    let segment = segment_of(model, &event.heap, view)?;
    let released = !model.states(event, view).must(States::OPEN);
    (!released && model.states(event, segment).must(States::CLOSED)).then_some(segment)
}

fn segment_of(model: &Model<'_>, heap: &Heap, view: ObjectId) -> Option<ObjectId> {
    if model.family(heap, view) != Some(Family::View) {
        return None;
    }
    match model.role(heap, view, "@object").and_then(Value::single)? {
        Atom::Object(segment) if model.family(heap, segment) == Some(Family::Segment) => Some(segment),
        _ => None,
    }
}

/// A view is used after the segment below it was closed. A `memoryview` does not let that happen; an array does.
fn view_used(check: &mut Check<'_>, used: &Event<'_>, view: ObjectId, segment: ObjectId) {
    let model = check.model;
    let is_array = model
        .kind(&used.heap, view)
        .is_some_and(|kind| kind.name == "array-on-view");
    if is_array {
        let draft = Draft::new(
            used.span,
            "the segment below this array has been closed: what it looks at is no longer there",
        )
        .showing(&[CRASHES])
        .related(check.made_at(segment), "the segment")
        .remedy(Remedy::SegmentStays)
        .help("close the segment after the last use of the array, or use a copy of it");
        check.report(draft);
        return;
    }
    // A view of a segment that is closed already: that is said where it is made.
    let made = model.object(view).span;
    let is_late = model.method_events(Effect::Use).any(|(event, used)| {
        used == segment
            && made.range().contains(&(event.span.start as usize))
            && model.states(event, segment).must(States::CLOSED)
    });
    if is_late {
        return;
    }
    // `buf` itself is released by `close()`.
    if model.role(&used.heap, view, "@keeps").is_none() {
        let draft = Draft::new(
            used.span,
            "the segment has been closed in this process, and `buf` is released with it",
        )
        .showing(&[RELEASED])
        .related(check.made_at(segment), "the segment")
        .remedy(Remedy::SegmentStays)
        .help("close it after the last use, or copy what is needed: `bytes(segment.buf)`");
        check.report(draft);
        return;
    }
    let is_told = |span| {
        let mut events = model.events().iter();
        events.any(|event| event.span == span && matches!(event.kind, EventKind::Refused { .. }))
    };
    let closes = model.method_events(Effect::Close).filter(|(event, closed)| {
        *closed == segment
            && !is_reckoned_with(model, segment, event.span)
            && event.context == used.context
            && model.states(event, view).must(States::OPEN)
    });
    let closes: Vec<_> = closes.map(|(event, _)| event.span).collect();
    for span in closes.into_iter().filter(|span| !is_told(*span)) {
        let draft = refused(check, span, view).related(used.span, "and used here");
        check.report(draft);
    }
}

/// Whether the code around a `close()` is ready for its being refused.
fn is_reckoned_with(model: &Model<'_>, segment: ObjectId, close: Span) -> bool {
    let mut closes = model.method_events(Effect::Close);
    closes.any(|(event, closed)| {
        closed == segment && event.span == close && event.caught.intersects(Caught::BUFFER | Caught::ANY)
    })
}

/// `close()` fails where it stands, for there is a view that keeps the memory.
fn refused(check: &Check<'_>, close: Span, view: ObjectId) -> Draft {
    Draft::new(
        close,
        "a view on the segment is still alive, so that `close()` raises `BufferError`",
    )
    .showing(&[REFUSED])
    .related(check.made_at(view), "the view is made here")
    .remedy(Remedy::SegmentStays)
    .help("release the view first: `view.release()`, or `with segment.buf[…] as view:`")
}
