//! A `map` calls its function with another number of arguments than it takes.

use super::called::{Called, all_misfit, called, lengths};
use super::sent::elements;
use super::{Check, Hook};
use crate::api::Family;
use crate::files::Span;
use crate::findings::Remedy;
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
        let Some(Fault {
            span,
            message,
            help,
            repair,
        }) = fault(check, event, &called)
        else {
            continue;
        };
        let (methods, named) = check.methods_of(event, called.object);
        let fix = repair.and_then(|repair| {
            let message = repair.words();
            check.shown_fix(event.span, message, |source, call| match repair {
                Repair::Spread => source.with_method(call, spread),
                Repair::Zip => source.zipped(call, spread),
                Repair::Whole => source.with_method(call, whole),
            })
        });
        let draft = Draft::new(span, message).under(methods, named).help(help).fix(fix);
        check.report(draft.remedy(Remedy::ArgumentsFit));
    }
}

/// What is wrong with a call.
struct Fault {
    span: Span,
    message: String,
    help: &'static str,
    repair: Option<Repair>,
}

/// What would put it right.
#[derive(Clone, Copy)]
enum Repair {
    /// Each element is spread.
    Spread,
    /// The iterables are brought together, and each element is spread.
    Zip,
    /// Each element is passed as it is.
    Whole,
}

impl Repair {
    fn words(self) -> &'static str {
        match self {
            Self::Spread => "Spread each element over the parameters",
            Self::Zip => "Bring the iterables together, and spread each element over the parameters",
            Self::Whole => "Pass each element as it is",
        }
    }
}

/// The method that does the same and spreads each element.
fn spread(name: &str) -> Option<&'static str> {
    match name {
        "map" | "imap" | "imap_unordered" => Some("starmap"),
        "map_async" => Some("starmap_async"),
        _ => None,
    }
}

/// The method that does the same and spreads none.
fn whole(name: &str) -> Option<&'static str> {
    match name {
        "starmap" => Some("map"),
        "starmap_async" => Some("map_async"),
        _ => None,
    }
}

fn fault(check: &Check<'_>, event: &Event<'_>, called: &Called<'_, '_>) -> Option<Fault> {
    let model = check.model;
    let work = called.work;
    if work.each.is_none() && work.each_args.is_none() && !work.each_rest {
        return None;
    }
    if called.family == Family::Pool
        && let Some(size) = called.argument(Some("chunksize"))
        && is_no_number(model, &size.value)
    {
        return Some(Fault {
            span: size.span,
            message: format!(
                "`{}` is taken as the chunk size: the methods of a pool take one iterable",
                check.text(size.span)
            ),
            help: "bring the iterables together: `pool.starmap(function, zip(first, second))`",
            repair: Some(Repair::Zip),
        });
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
        // Elements that fit when they are spread.
        let each = elements(model, event, &iterable.value);
        let fits = !each.is_never()
            && lengths(model, &event.heap, &each).is_some_and(|counts| {
                let given = Given::default();
                all_misfit(model, &event.heap, function, &given, &counts).is_none()
            });
        return Some(Fault {
            span: called.function.span,
            message: format!(
                "each element is given to `{name}` as its one argument, and it {}",
                misfit.describe()
            ),
            help,
            repair: (fits && called.family == Family::Pool).then_some(Repair::Spread),
        });
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
            return Some(Fault {
                span: iterable.span,
                message: "`starmap` spreads each element over the parameters, and these elements are single values"
                    .to_owned(),
                help: "use `map`, or make each element a tuple of arguments",
                repair: Some(Repair::Whole),
            });
        }
        let (name, misfit) = misfit(0, &lengths(model, &event.heap, &each)?)?;
        return Some(Fault {
            span: called.function.span,
            message: format!(
                "each element is spread over the parameters of `{name}`, and it {}",
                misfit.describe()
            ),
            help: "make each element a tuple of just the arguments of the function",
            repair: None,
        });
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
    Some(Fault {
        span: called.function.span,
        message: format!(
            "`map` gives `{name}` an argument from each iterable, and it {}",
            misfit.describe()
        ),
        help: "pass one iterable for each parameter",
        repair: None,
    })
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
