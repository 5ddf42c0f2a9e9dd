//! A subclass of Process does not initialise Process, or not in time.

use super::{Check, Hook};
use crate::api::Family;
use crate::files::Span;
use crate::findings::{Expectation, Fix, Remedy, Severity, SymptomKind};
use crate::model::Model;
use crate::model::events::{Event, EventKind};
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::typestate::States;
use crate::python::ir::ClassId;
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

/// Process's own attributes are not there when they are needed.
const INCOMPLETE: Expectation = Expectation::always_raises("AttributeError");

/// What is set is overwritten.
const LOST_NAME: Expectation = Expectation::always(SymptomKind::WrongResult);

/// Process keeps its objects in a set.
const UNHASHABLE: Expectation = Expectation::always_raises("TypeError");

fn check(check: &mut Check<'_>) {
    let model = check.model;
    for event in model.events() {
        match event.kind {
            EventKind::Instance { object }
                if model.family(&event.heap, object) == Some(Family::Process)
                    && model.states(event, object).must(States::BARE) =>
            {
                missing(check, object);
            }
            EventKind::SetAttribute { object, name, .. } => {
                let name = model.name(name).to_owned();
                if model.family(&event.heap, object) == Some(Family::Process)
                    && model.states(event, object).must(States::BARE)
                    && matches!(name.as_str(), "daemon" | "name" | "authkey")
                    && !(name == "name" && is_handed_on(check, object))
                {
                    let draft = Draft::new(
                        event.span,
                        format!("`{name}` is set before `super().__init__()` has run"),
                    )
                    .showing(if name == "name" { &[LOST_NAME] } else { &[INCOMPLETE] })
                    .remedy(Remedy::SetUp)
                    .help("call `super().__init__()` first")
                    .fix(check.safe_fix(
                        event.span,
                        format!("Set `{name}` after the call of `super().__init__()`"),
                        |source, target| source.after_super_init(target),
                    ));
                    check.report(draft);
                }
            }
            _ => {}
        }
    }
    for (class, object) in model.classes() {
        dataclass(check, class, object);
    }
}

/// The `__init__` that leaves the object without Process's own attributes.
fn missing(check: &mut Check<'_>, object: ObjectId) {
    let model = check.model;
    let ObjectKind::Instance(class) = model.object(object).kind else {
        return;
    };
    if is_set_up_later(check, class) {
        return;
    }
    // The class may call an `__init__` that is at fault: the last one that was reached is.
    let Some((class_id, init)) = model.last_init(class) else {
        return;
    };
    let name = model.name(model.class(class_id).name).to_owned();
    let span = model.function(init).span;
    let header = crate::files::Span::new(span.start, model.function(init).name_span.end);
    let draft = Draft::new(
        header,
        format!("`{name}.__init__` never calls `super().__init__()`, so the process has not been set up"),
    )
    .remedy(Remedy::SetUp)
    .help("call `super().__init__()` first")
    .fix(repair(check, class_id, model.function(init).name_span));
    check.report(draft);
}

/// The call put in: of the one base, or of the one of several that is the library's.
fn repair(check: &Check<'_>, class: ClassId, init: Span) -> Option<Fix> {
    let model = check.model;
    if model.inherits_init(class) {
        return check.safe_fix(init, "Call `super().__init__()` first", |source, init| {
            source.with_super_init(init)
        });
    }
    let base = model.process_among_bases(class)?;
    check.safe_fix(init, "Call the `__init__` of Process, too", |source, init| {
        source.with_init_of_base(init, base)
    })
}

/// Whether some method sets objects of the class up: a second `__init__` by another name, for whoever makes them.
fn is_set_up_later(check: &Check<'_>, class: ObjectId) -> bool {
    let model = check.model;
    set_ups(model, class).any(|event| {
        model
            .callers(event.chain)
            .iter()
            .all(|function| model.function_name(*function) != "__init__")
    })
}

/// The calls of Process's own `__init__` for objects of the class.
fn set_ups<'m>(model: &'m Model<'m>, class: ObjectId) -> impl Iterator<Item = &'m Event<'m>> {
    model.events().iter().filter(move |event| {
        matches!(event.kind, EventKind::Make { object, .. } if model.object(object).kind == ObjectKind::Instance(class))
    })
}

/// Whether the name that is set early is given to Process's constructor later.
fn is_handed_on(check: &Check<'_>, object: ObjectId) -> bool {
    check.model.events().iter().any(
        |event| matches!(&event.kind, EventKind::Make { object: other, arguments, .. } if *other == object && arguments.get("name").is_some()),
    )
}

/// `@dataclass` writes an `__init__` that does not call Process's, and makes the object unhashable.
fn dataclass(check: &mut Check<'_>, class_id: ClassId, object: ObjectId) {
    let model = check.model;
    let class = model.class(class_id);
    let decorated = class
        .decorators
        .iter()
        .any(|decorator| decorator.last().is_some_and(|last| model.name(*last) == "dataclass"));
    if !decorated || !model.is_process_class(object) {
        return;
    }
    // With an `__init__` of its own the class is looked at like any other. One that calls Process's in
    // `__post_init__` works where the decorator leaves the object hashable.
    let has = |name: &str| model.class_defines(object, name);
    let hashable = class
        .decorator_keywords
        .iter()
        .any(|keyword| matches!(model.name(*keyword), "eq" | "unsafe_hash" | "frozen"));
    if has("__init__") || (has("__post_init__") && hashable) {
        return;
    }
    let name = model.name(class.name).to_owned();
    let draft = Draft::new(
        crate::files::Span::new(class.span.start, class.name_span.end),
        format!("the `__init__` that `@dataclass` writes for `{name}` does not call Process's"),
    )
    .showing(if set_ups(model, object).next().is_some() {
        &[UNHASHABLE]
    } else {
        &[INCOMPLETE]
    })
    .severity(Severity::Error)
    .remedy(Remedy::SetUp)
    .help("write `__init__` yourself and call `super().__init__()`, or keep the data in an object of its own");
    check.report(draft);
}
