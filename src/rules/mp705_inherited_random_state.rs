//! Several processes draw from copies of one generator of random numbers.

use rustc_hash::FxHashSet;

use super::inherited::{FORKED, IMPORTED_ONCE, is_given, is_inherited, is_made_at_import};
use super::waits::{is_one_of_several, is_same_worker};
use super::{Check, Hook};
use crate::api::{Effect, Family};
use crate::findings::{Expectation, Remedy, Severity, StartMethods, SymptomKind};
use crate::model::Model;
use crate::model::events::{ContextId, ContextKind, Event, EventKind};
use crate::model::heap::ObjectId;
use crate::model::value::Atom;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

/// The numbers are the same, so that what is made of them is wrong.
const REPEATED: &[Expectation] = &[Expectation::always(SymptomKind::WrongResult)];

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        let Some(process) = model.process_of(event.context) else {
            continue;
        };
        let starter = model.context(process).object;
        let (possible, named) = starter.map_or((StartMethods::all(), false), |object| check.methods_of(event, object));
        if let Some(seeds) = seeds_all_alike(model, event, process) {
            let draft = Draft::new(
                event.span,
                format!("every worker is seeded with the same number by this {seeds}"),
            )
            .severity(Severity::Warning)
            .showing(REPEATED)
            .under(possible, named)
            .remedy(Remedy::OwnRandom)
            .help("seed each worker with something of its own, or not at all");
            check.report(draft);
            continue;
        }
        let source = match &event.kind {
            EventKind::Method { object, method, .. } if method.effect == Effect::Draw => Source::Object(*object),
            EventKind::Call { entry, .. } if entry.effect == Effect::Draw && !is_compiled(model, event) => {
                Source::Numpy
            }
            _ => continue,
        };
        if !is_copied(model, event, &source) || !is_drawn_by_several(model, process, &source) {
            continue;
        }
        if is_seeded_anew(model, event, &source) {
            continue;
        }
        let message = match source {
            Source::Object(_) => "each process draws from its own copy of this generator, and gets the same numbers",
            Source::Numpy => "each forked process has the same state of numpy's generator, and draws the same numbers",
        };
        let mut draft = Draft::new(event.span, message)
            .severity(Severity::Warning)
            .showing(repeats_under(model, event, &source))
            .under(possible, named)
            .remedy(Remedy::OwnRandom)
            .help("make a generator in each process, from a seed of its own");
        if let Source::Object(object) = source {
            draft = draft.related(check.made_at(object), "the generator is made here");
        }
        check.report(draft);
    }
}

/// Whether the code that draws is compiled by numba: its generator is another one, which seeds itself anew in a fork.
fn is_compiled(model: &Model<'_>, event: &Event<'_>) -> bool {
    let decorators = &model.code.function(event.function).decorators;
    let mut last = decorators.iter().filter_map(|decorator| decorator.last());
    last.any(|name| matches!(model.name(*name), "jit" | "njit"))
}

/// What is drawn from.
enum Source {
    /// A generator.
    Object(ObjectId),
    /// The one that numpy has for all.
    Numpy,
}

/// An initializer that seeds with a number which is written down.
fn seeds_all_alike(model: &Model<'_>, event: &Event<'_>, process: ContextId) -> Option<&'static str> {
    let EventKind::Call { entry, arguments } = &event.kind else {
        return None;
    };
    if entry.effect != Effect::Seed || model.context(process).kind != ContextKind::Initializer {
        return None;
    }
    let seed = arguments.get("seed")?;
    matches!(seed.value.single(), Some(Atom::Int(_) | Atom::Str(_))).then_some("initializer")
}

/// Whether a generator was made by another process than the one that draws.
fn is_copied(model: &Model<'_>, event: &Event<'_>, source: &Source) -> bool {
    match *source {
        Source::Numpy => true,
        Source::Object(object) => {
            model.family(&event.heap, object) == Some(Family::Random) && is_inherited(model, &event.heap, object)
        }
    }
}

/// Whether more than one process draws: a context that stands for several, or another one.
fn is_drawn_by_several(model: &Model<'_>, process: ContextId, source: &Source) -> bool {
    let draws = |event: &Event<'_>| match (&event.kind, source) {
        (EventKind::Method { object, method, .. }, Source::Object(drawn)) => {
            method.effect == Effect::Draw && object == drawn
        }
        (EventKind::Call { entry, .. }, Source::Numpy) => entry.effect == Effect::Draw,
        _ => false,
    };
    let processes: FxHashSet<ContextId> = model
        .events()
        .iter()
        .filter(|event| draws(event))
        .filter_map(|event| model.process_of(event.context))
        .collect();
    is_one_of_several(model, process)
        || processes.iter().any(|other| {
            let are_siblings = model.context(*other).parent == model.context(process).parent;
            *other != process && are_siblings && !is_same_worker(model, *other, process)
        })
}

/// Whether the process that draws has seeded the generator itself, or its initializer has.
fn is_seeded_anew(model: &Model<'_>, event: &Event<'_>, source: &Source) -> bool {
    model.events().iter().any(|other| {
        let seeds = match (&other.kind, source) {
            (EventKind::Method { object, method, .. }, Source::Object(drawn)) => {
                method.effect == Effect::Seed && object == drawn
            }
            (EventKind::Call { entry, .. }, Source::Numpy) => {
                entry.effect == Effect::Seed && entry.canonical.starts_with("numpy.")
            }
            _ => false,
        };
        seeds && is_same_worker(model, other.context, event.context)
    })
}

/// Under which start methods, and from which version on, the copies are equal.
fn repeats_under(model: &Model<'_>, event: &Event<'_>, source: &Source) -> &'static [Expectation] {
    let Source::Object(object) = *source else { return FORKED };
    let seed = model.events().iter().find_map(|made| match &made.kind {
        EventKind::Make {
            object: other,
            arguments,
            ..
        } if *other == object => arguments.get("seed").map(|seed| seed.value.single()),
        _ => None,
    });
    if is_made_at_import(model, object) {
        // A child that imports the module makes it anew there: equal where the seed is written down.
        let is_fixed = matches!(seed, Some(Some(Atom::Int(_) | Atom::Str(_))));
        return if is_fixed { REPEATED } else { IMPORTED_ONCE };
    }
    if is_given(model, event, object) {
        REPEATED
    } else {
        FORKED
    }
}
