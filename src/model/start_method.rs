//! Under which start methods a program may run.

use super::Model;
use super::events::{Event, EventKind};
use super::heap::{Heap, ObjectId, ObjectKind};
use super::value::{Atom, Value};
use crate::api::{Effect, Family};
use crate::findings::{StartMethod, StartMethods};

/// The start methods that the program fixes for all that comes from no context of its own. What one module sets is
/// replaced by what a later one sets by force.
pub(super) fn named(model: &Model<'_>) -> StartMethods {
    let mut named = StartMethods::empty();
    for event in model.events() {
        let EventKind::Call { entry, arguments } = &event.kind else {
            continue;
        };
        if entry.effect != Effect::SetStartMethod {
            continue;
        }
        let is_forced = arguments
            .get("force")
            .is_some_and(|force| force.value.single() == Some(Atom::Bool(true)))
            && model.is_at_import(event);
        match arguments
            .get("method")
            .map(|argument| methods_named(model, &argument.value))
        {
            Some(Some(methods)) if is_forced => named = methods,
            Some(Some(methods)) => named |= methods,
            // Taken from an option or the environment: any.
            _ => named |= StartMethods::all(),
        }
    }
    named
}

/// The methods that a value names; none where it may be any.
fn methods_named(model: &Model<'_>, value: &Value) -> Option<StartMethods> {
    let mut methods = StartMethods::empty();
    for atom in value.atoms() {
        match atom {
            Atom::Str(name) => {
                methods |= StartMethod::from_name(model.name(*name))
                    .map(StartMethods::from)
                    .unwrap_or_default()
            }
            Atom::None => methods |= model.targets().default_methods(),
            _ => return None,
        }
    }
    Some(methods)
}

/// The methods that an object of a library may have to work under.
pub(super) fn of_object(model: &Model<'_>, heap: &Heap, id: ObjectId) -> StartMethods {
    let info = model.object(id);
    if let Some(context) = info.context {
        return of_context(model, heap, context);
    }
    // `start_processes(…, start_method="fork")`
    if model.family(heap, id) == Some(Family::ProcessGroup)
        && let Some(named) = model.role(heap, id, "@method")
    {
        return methods_named(model, named).unwrap_or_else(StartMethods::all);
    }
    if let Some(path) = info.path
        && let Some(entry) = model.names.entry(path)
        && let Some(method) = entry.method
    {
        return method.into();
    }
    // An executor may be given a context, a pool too.
    if let Some(value) = model.role(heap, id, "@context")
        && let Some(methods) = of_contexts(model, heap, value)
    {
        return methods;
    }
    if let ObjectKind::Instance(class) = info.kind
        && let Some(path) = model.library_base(heap, class, 0)
        && let Some(method) = model.names.entry(path).and_then(|entry| entry.method)
    {
        return method.into();
    }
    model.default_start_methods()
}

impl Model<'_> {
    /// Whether something happens while a module is imported, at the level of the module itself.
    fn is_at_import(&self, event: &Event<'_>) -> bool {
        self.code.is_module_body(event.function) && !event.main_only
    }

    /// The start method that an object's class names by itself: `SpawnProcess`, `ForkContext`.
    #[must_use]
    pub fn method_of_class(&self, heap: &Heap, id: ObjectId) -> Option<StartMethod> {
        let info = self.object(id);
        let path = match info.kind {
            ObjectKind::Instance(class) => self.library_base(heap, class, 0),
            _ => info.path,
        };
        self.names.entry(path?)?.method
    }
}

/// The methods of what may be several contexts: another one on each platform, say.
fn of_contexts(model: &Model<'_>, heap: &Heap, value: &Value) -> Option<StartMethods> {
    let methods = value.atoms().iter().map(|&atom| match atom {
        Atom::Object(context) if model.family(heap, context) == Some(Family::Context) => {
            Some(of_context(model, heap, context))
        }
        _ => None,
    });
    methods.reduce(|all, one| Some(all? | one?)).flatten()
}

fn of_context(model: &Model<'_>, heap: &Heap, context: ObjectId) -> StartMethods {
    if let Some(entry) = model.object(context).path.and_then(|path| model.names.entry(path))
        && let Some(method) = entry.method
    {
        return method.into();
    }
    match model.role(heap, context, "@method") {
        Some(value) => methods_named(model, value).unwrap_or_else(StartMethods::all),
        None => model.default_start_methods(),
    }
}

impl Default for StartMethods {
    fn default() -> Self {
        Self::empty()
    }
}
