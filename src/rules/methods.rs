//! Which start method the program has chosen for something, as far as that is known.

use crate::api::Family;
use crate::findings::StartMethod;
use crate::model::Model;
use crate::model::events::EventKind;
use crate::model::heap::{Heap, ObjectId};
use crate::model::value::{Atom, Value};

/// The start method of what made an object: named, or the default (`Some(None)`); `None` where it is not known.
pub(super) fn chosen_method(model: &Model<'_>, heap: &Heap, object: ObjectId) -> Option<Option<StartMethod>> {
    let info = model.object(object);
    let (mut is_made, mut is_one_of_two) = (false, false);
    for event in model.events() {
        let EventKind::Make { object: made, .. } = event.kind else {
            continue;
        };
        is_made |= made == object;
        // `Queue = context.Queue`, else the one of multiprocessing: on each platform another, and so is what goes with it.
        let other = model.object(made);
        is_one_of_two |= other.span == info.span && (other.path, other.context) != (info.path, info.context);
    }
    // What is known of a parameter by its annotation alone somebody else has made.
    if !is_made || is_one_of_two {
        return None;
    }
    let context = match model.object(object).context {
        Some(context) => Some(context),
        None => match model.role(heap, object, "@context").map(Value::single) {
            None | Some(Some(Atom::None)) => None,
            Some(Some(Atom::Object(context))) if model.family(heap, context) == Some(Family::Context) => Some(context),
            Some(Some(Atom::Path(path))) if model.is_module(path) => None,
            Some(_) => return None,
        },
    };
    let named = match context {
        None => model.method_of_class(heap, object),
        Some(context) => match model.role(heap, context, "@method").map(Value::single) {
            None | Some(Some(Atom::None)) => model.method_of_class(heap, context),
            Some(Some(Atom::Str(name))) => Some(StartMethod::from_name(model.name(name))?),
            Some(_) => return None,
        },
    };
    if named.is_some() || !model.names_start_method() {
        return Some(named);
    }
    // What the program sets for all: which, where it sets several, is not known.
    let methods = model.default_start_methods();
    let mut members = methods.members();
    let only = members.next()?;
    members.next().is_none().then_some(Some(only))
}
