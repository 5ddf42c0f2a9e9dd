//! A `map` calls its function with another number of arguments than it takes.

use super::called::{Called, all_misfit, called, lengths};
use super::sent::elements;
use super::{Check, Hook};
use crate::api::Family;
use crate::files::Span;
use crate::model::Model;
use crate::model::events::Event;
use crate::model::heap::ObjectKind;
use crate::model::signature::{Given, Misfit};
use crate::model::value::{Atom, Value};
use crate::rules::check::Draft;

pub(super) const HOOK: Hook = Hook::Model(check);

fn check(check: &mut Check<'_>) {
    for event in check.model.events() {
        let Some(called) = called(check, event) else { continue };
        let Some((span, message, help)) = fault(check, event, &called) else {
            continue;
        };
        let (methods, named) = check.methods_of(event, called.object);
        check.report(Draft::new(span, message).under(methods, named).help(help));
    }
}

fn fault(check: &Check<'_>, event: &Event<'_>, called: &Called<'_, '_>) -> Option<(Span, String, &'static str)> {
    let model = check.model;
    let work = called.work;
    if work.each.is_none() && work.each_args.is_none() && !work.each_rest {
        return None;
    }
    if called.family == Family::Pool
        && let Some(size) = called.argument(Some("chunksize"))
        && is_no_number(model, &size.value)
    {
        return Some((
            size.span,
            format!(
                "`{}` is taken as the chunk size: the methods of a pool take one iterable",
                check.text(size.span)
            ),
            "bring the iterables together: `pool.starmap(function, zip(first, second))`",
        ));
    }
    if called.arguments.open {
        return None;
    }
    let function = &called.function.value;
    let misfit = |given: usize, counts: &[usize]| {
        let given = Given {
            positional: given,
            ..Given::default()
        };
        all_misfit(model, &event.heap, function, &given, counts)
    };
    if let Some(iterable) = called.argument(work.each.as_deref()) {
        if is_empty(model, event, &iterable.value) {
            return None;
        }
        let (name, misfit) = misfit(1, &[0])?;
        let help = match misfit {
            Misfit::Missing(_) => {
                "`starmap` spreads each element over the parameters; `functools.partial` binds what is always the same"
            }
            _ => "give the function one parameter",
        };
        return Some((
            called.function.span,
            format!(
                "each element is given to `{name}` as its one argument, and it {}",
                misfit.describe()
            ),
            help,
        ));
    }
    if let Some(iterable) = called.argument(work.each_args.as_deref()) {
        // What the iterators of a library are made of is not what they give: `product` gives tuples.
        let is_library = |id| matches!(model.object(id).kind, ObjectKind::Library(_));
        if iterable.value.objects().any(is_library) {
            return None;
        }
        let each = elements(model, event, &iterable.value);
        if each.is_never() {
            return None;
        }
        if each.atoms().iter().all(|&atom| is_no_iterable(atom)) {
            return Some((
                iterable.span,
                "`starmap` spreads each element over the parameters, and these elements are single values".to_owned(),
                "use `map`, or make each element a tuple of arguments",
            ));
        }
        let (name, misfit) = misfit(0, &lengths(model, &event.heap, &each)?)?;
        return Some((
            called.function.span,
            format!(
                "each element is spread over the parameters of `{name}`, and it {}",
                misfit.describe()
            ),
            "make each element a tuple of just the arguments of the function",
        ));
    }
    let columns = called
        .arguments
        .list
        .iter()
        .filter(|argument| argument.param.is_empty() && argument.keyword.is_none());
    let mut count = 0;
    for column in columns {
        if is_empty(model, event, &column.value) {
            return None;
        }
        count += 1;
    }
    if count == 0 {
        return None;
    }
    let (name, misfit) = misfit(count, &[0])?;
    Some((
        called.function.span,
        format!(
            "`map` gives `{name}` an argument from each iterable, and it {}",
            misfit.describe()
        ),
        "pass one iterable for each parameter",
    ))
}

/// Whether a value is certainly no chunk size.
fn is_no_number(model: &Model<'_>, value: &Value) -> bool {
    !value.is_never()
        && value.atoms().iter().all(|&atom| match atom {
            Atom::Str(_) | Atom::Text | Atom::Sized(_) | Atom::Function(..) => true,
            Atom::Object(id) => matches!(
                model.object(id).kind,
                ObjectKind::List
                    | ObjectKind::Tuple
                    | ObjectKind::Set
                    | ObjectKind::Dict
                    | ObjectKind::Generator(_)
                    | ObjectKind::Iterable
            ),
            _ => false,
        })
}

/// Whether an iterable is known to have no elements, so that nothing is called.
fn is_empty(model: &Model<'_>, event: &Event<'_>, value: &Value) -> bool {
    value.atoms().iter().any(|&atom| match atom {
        Atom::Object(id) => {
            let counts = matches!(
                model.object(id).kind,
                ObjectKind::List | ObjectKind::Tuple | ObjectKind::Set | ObjectKind::Dict
            );
            counts
                && event.heap.get(id).is_some_and(|object| {
                    object.elements.is_never() && object.items.as_ref().is_some_and(|i| i.is_empty())
                })
        }
        _ => false,
    })
}

/// Whether something can certainly not be spread.
fn is_no_iterable(atom: Atom) -> bool {
    matches!(
        atom,
        Atom::None | Atom::Bool(_) | Atom::Int(_) | Atom::Float(_) | Atom::Scalar
    )
}
