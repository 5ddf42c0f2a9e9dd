//! Making the objects of a program: which object the current operation makes, and how it begins.

use std::rc::Rc;

use super::{Run, World, library};
use crate::api::KindId;
use crate::model::heap::{Object, ObjectId, ObjectInfo, ObjectKind};
use crate::model::names::PathId;
use crate::model::typestate::States;
use crate::model::value::Value;

impl Run<'_> {
    /// The number of the object that the current operation makes.
    pub(super) fn new_object(&mut self, kind: ObjectKind, tag: u16) -> ObjectId {
        let site = (self.here.chain, self.here.function, self.here.key, tag);
        if let Some(&id) = self.sites.get(&site)
            && self.objects[id.0 as usize].kind == kind
        {
            return id;
        }
        let id = ObjectId(self.objects.len() as u32);
        self.objects.push(ObjectInfo {
            kind,
            path: None,
            context: None,
            outer: None,
            chain: self.here.chain,
            function: self.here.function,
            span: self.here.span,
        });
        self.sites.insert(site, id);
        id
    }

    /// Makes an object at the current operation and puts it on the heap. An object that this place has made before,
    /// in an earlier round of a loop, stands for several from now on.
    pub(super) fn allocate(&mut self, world: &mut World, kind: ObjectKind, states: States, tag: u16) -> ObjectId {
        let id = self.new_object(kind, tag);
        let mut object = Object::new(states);
        // One that has ended before the next is made is never beside it.
        let earlier = world.heap.get(id).is_some_and(|old| !old.states.must(States::JOINED));
        let is_again = self.later > 0 || self.loops.iter().any(|around| around.element.is_some_and(|at| at > 0));
        object.many = self.comprehensions > 0 || (is_again && earlier);
        // A test that waits for the exception of a constructor is left with nothing.
        object.escaped = world.expecting > 0;
        if !states.is_empty() {
            self.born.push(id);
            self.note_made_under(id);
        }
        world.heap.put(id, object);
        id
    }

    pub(super) fn allocate_library(
        &mut self,
        world: &mut World,
        kind: KindId,
        path: Option<PathId>,
        context: Option<ObjectId>,
        tag: u16,
    ) -> ObjectId {
        let states = library::first_states(self.api.kind(kind));
        let id = self.allocate(world, ObjectKind::Library(kind), states, tag);
        let info = &mut self.objects[id.0 as usize];
        info.path = path;
        info.context = context;
        id
    }

    pub(super) fn allocate_container(
        &mut self,
        world: &mut World,
        kind: ObjectKind,
        items: Vec<Value>,
        tag: u16,
    ) -> ObjectId {
        let id = self.allocate(world, kind, States::empty(), tag);
        if let Some(object) = world.heap.get_mut(id) {
            for item in &items {
                object.elements.join(item);
            }
            object.items = Some(Rc::new(items));
        }
        id
    }

    pub(super) fn allocate_elements(
        &mut self,
        world: &mut World,
        kind: ObjectKind,
        elements: Value,
        tag: u16,
    ) -> ObjectId {
        let id = self.allocate(world, kind, States::empty(), tag);
        if let Some(object) = world.heap.get_mut(id) {
            object.elements = elements;
        }
        id
    }
}
