//! What another process will call, and with which arguments: what MP110, MP115 and MP314 look at.

use crate::api::{Effect, Family, Work};
use crate::model::Model;
use crate::model::events::{Argument, Arguments, Event, EventKind};
use crate::model::heap::{Heap, ObjectId, ObjectKind};
use crate::model::signature::{Given, Misfit};
use crate::model::value::{Atom, Value};

use super::Check;
use super::sent::is_dropped_unstarted;

/// Work for another process.
pub(super) struct Called<'e, 'a> {
    /// The process, pool or executor.
    pub object: ObjectId,
    /// What it is.
    pub family: Family,
    /// How its arguments are handed over.
    pub work: &'a Work,
    /// The function.
    pub function: &'e Argument<'a>,
    /// All arguments.
    pub arguments: &'e Arguments<'a>,
    /// Whether it is an initializer, and no work.
    pub initializer: bool,
}

/// The work that an event hands over, where its function is given.
pub(super) fn called<'e, 'a>(check: &Check<'a>, event: &'e Event<'a>) -> Option<Called<'e, 'a>> {
    let model = check.model;
    let (object, work, arguments, initializer) = match &event.kind {
        EventKind::Make {
            object,
            entry,
            arguments,
        } => {
            let work = entry.work.as_ref()?;
            let makes_pool = matches!(
                model.family(&event.heap, *object),
                Some(Family::Pool | Family::Executor)
            );
            (*object, work, arguments, makes_pool)
        }
        EventKind::Method {
            object,
            method,
            arguments,
            ..
        } if method.effect == Effect::Submit => (*object, method.work.as_ref()?, arguments, false),
        _ => return None,
    };
    let family = model.family(&event.heap, object)?;
    if !matches!(
        family,
        Family::Process | Family::ProcessGroup | Family::Pool | Family::Executor
    ) || is_dropped_unstarted(model, object)
    {
        return None;
    }
    Some(Called {
        object,
        family,
        work,
        function: arguments.get(&work.func)?,
        arguments,
        initializer,
    })
}

impl Called<'_, '_> {
    /// Why the arguments that the call itself names do not fit the function, with the name of the function. `None` where
    /// they may fit.
    pub(super) fn misfit(&self, model: &Model<'_>, heap: &Heap) -> Option<(String, Misfit)> {
        let mut given = Given {
            positional: usize::from(self.work.rank),
            ..Given::default()
        };
        if self.arguments.open {
            return None;
        }
        if self.work.rest {
            for argument in self.arguments.list.iter().filter(|argument| argument.param.is_empty()) {
                match argument.keyword {
                    Some(keyword) => given.keywords.push(keyword),
                    None => given.positional += 1,
                }
            }
        }
        if let Some(kwargs) = self.argument(self.work.kwargs.as_deref()) {
            keywords(model, heap, &kwargs.value, &mut given)?;
        }
        let counts = match self.argument(self.work.args.as_deref()) {
            Some(args) => lengths(model, heap, &args.value)?,
            None => vec![0],
        };
        all_misfit(model, heap, &self.function.value, &given, &counts)
    }

    /// The argument for a role.
    pub(super) fn argument(&self, role: Option<&str>) -> Option<&Argument<'_>> {
        role.and_then(|role| self.arguments.get(role))
    }
}

/// Why a call does not fit, if it fits with none of several numbers of further arguments.
pub(super) fn all_misfit(
    model: &Model<'_>,
    heap: &Heap,
    function: &Value,
    given: &Given,
    counts: &[usize],
) -> Option<(String, Misfit)> {
    let mut first = None;
    for count in counts {
        let given = Given {
            positional: given.positional + count,
            ..given.clone()
        };
        let found = model.misfit(heap, function, &given)?;
        first.get_or_insert(found);
    }
    first
}

/// How many elements a tuple or list of arguments may have. `None` where that is not known.
pub(super) fn lengths(model: &Model<'_>, heap: &Heap, value: &Value) -> Option<Vec<usize>> {
    value
        .atoms()
        .iter()
        .map(|&atom| match atom {
            Atom::Object(id) if matches!(model.object(id).kind, ObjectKind::Tuple | ObjectKind::List) => {
                let object = heap.get(id).filter(|object| !object.uneven)?;
                Some(object.items.as_ref()?.len())
            }
            _ => None,
        })
        .collect()
}

/// The names in a dict of keyword arguments. `None` where it is no dict that is known.
fn keywords(model: &Model<'_>, heap: &Heap, value: &Value, given: &mut Given) -> Option<()> {
    match value.single()? {
        Atom::None => Some(()),
        Atom::Object(id) if model.object(id).kind == ObjectKind::Dict => {
            // Keys that are there on some ways only may go with another function, or another number of arguments.
            let object = heap.get(id).filter(|object| !object.uneven && !object.escaped)?;
            let plain = object
                .fields
                .iter()
                .filter(|(name, _)| !model.name(*name).starts_with('@'));
            given.keywords.extend(plain.map(|(name, _)| name));
            given.open_keywords |= object.items.is_none();
            Some(())
        }
        _ => None,
    }
}
