//! Tests, as pytest and unittest run them: fixtures and `setUp` first, then the test, then what is after the `yield` of
//! each fixture, and `tearDown`. All of it is one context, so that a pool of a fixture is open in the test and closed
//! behind it.
//!
//! Only tests are run so that have something of the kind that matters; the others are entries like any function.

use rustc_hash::FxHashMap;

use super::frame::{Entry, Frame};
use super::generators::GeneratorCall;
use super::{OpKey, Run, World};
use crate::model::code::UnitId;
use crate::model::events::ContextKind;
use crate::model::heap::{ObjectId, ObjectKind};
use crate::model::names::MethodRef;
use crate::model::typestate::States;
use crate::model::value::{Atom, Value};
use crate::python::Symbol;
use crate::python::ir::{Function, FunctionId, OpKind, ParamKind, Place};

/// Fixtures that ask for fixtures.
const DEEPEST_FIXTURE: u32 = 8;

/// What runs before the tests of a class, and what after: in the order in which it is called.
const BEFORE: [&str; 5] = ["setUpClass", "setup_class", "setUp", "asyncSetUp", "setup_method"];
const AFTER: [&str; 5] = [
    "teardown_method",
    "asyncTearDown",
    "tearDown",
    "teardown_class",
    "tearDownClass",
];

/// The fixtures of one test.
#[derive(Default)]
struct Given {
    /// What each fixture gave.
    values: FxHashMap<FunctionId, Value>,
    /// The fixtures that wait at their `yield`, in order.
    waiting: Vec<ObjectId>,
    /// Calls that no code of the program makes, so far: each is a place of its own.
    calls: OpKey,
}

impl<'a> Run<'a> {
    /// Runs the tests for which something is made ready.
    pub(super) fn run_tests(&mut self, shared: &World, instances: &FxHashMap<ObjectId, ObjectId>) {
        let fixtures = self.fixtures();
        for id in self.root_functions() {
            let function = self.function(id);
            if self.visited[id.0 as usize] || self.budget == 0 || !self.name(function.name).starts_with("test") {
                continue;
            }
            let class = self.function_class.get(&id).copied();
            let instance = class.and_then(|class| instances.get(&class)).copied();
            if class.is_some() != instance.is_some() {
                continue;
            }
            let asks = self.asks_for_what_matters(function, &fixtures, 0);
            let prepared = instance.is_some_and(|instance| self.is_prepared(shared, instance));
            let matters = asks || (prepared && self.relevant[id.0 as usize]);
            if matters && self.is_entry(id) {
                self.relevant[id.0 as usize] = true;
                self.run_test(shared, id, instance, &fixtures);
            }
        }
    }

    /// The functions of the module that are fixtures, by their names.
    fn fixtures(&self) -> FxHashMap<Symbol, FunctionId> {
        let all = self.root_functions().into_iter();
        all.map(|id| (id, self.function(id)))
            .filter(|(_, function)| self.is_module_level(function) && self.is_decorated(function, "fixture"))
            .map(|(id, function)| (function.name, id))
            .collect()
    }

    /// Whether a function has a parameter that is a fixture which matters, or which asks for one that does.
    fn asks_for_what_matters(&self, function: &Function, fixtures: &FxHashMap<Symbol, FunctionId>, depth: u32) -> bool {
        let asked = function.params.iter().filter_map(|param| fixtures.get(&param.name));
        asked.into_iter().any(|fixture| {
            self.relevant[fixture.0 as usize]
                || (depth < DEEPEST_FIXTURE && self.asks_for_what_matters(self.function(*fixture), fixtures, depth + 1))
        })
    }

    fn sets_globals(&self, function: FunctionId) -> bool {
        let mut ops = self.function(function).blocks.iter().flat_map(|block| &block.ops);
        ops.any(|op| {
            matches!(
                op.kind,
                OpKind::Store {
                    place: Place::Global(_),
                    ..
                }
            )
        })
    }

    /// Whether a class says what is to be done before its tests, and that matters: it has to do with processes, or sets a
    /// global, which a worker may miss.
    fn is_prepared(&mut self, shared: &World, instance: ObjectId) -> bool {
        BEFORE.iter().chain(&AFTER).any(|name| {
            self.suite_method(&mut shared.clone(), instance, name)
                .is_some_and(|(_, function)| self.relevant[function.0 as usize] || self.sets_globals(function))
        })
    }

    /// A method of a test's class by its name, bound, and its function.
    fn suite_method(&mut self, world: &mut World, instance: ObjectId, name: &str) -> Option<(Value, FunctionId)> {
        let ObjectKind::Instance(class) = self.objects[instance.0 as usize].kind else {
            return None;
        };
        let name = self.symbols.intern(name);
        let frame = self.outermost();
        let method = self.class_attribute(&frame, world, class, name, Atom::Object(instance))?;
        let function = match method.single()? {
            Atom::Bound(id) => match self.names.unbind(id).1 {
                MethodRef::User(function, _) => function,
                _ => return None,
            },
            Atom::Function(function, _) => function,
            _ => return None,
        };
        Some((method, function))
    }

    fn run_test(
        &mut self,
        shared: &World,
        id: FunctionId,
        instance: Option<ObjectId>,
        fixtures: &FxHashMap<Symbol, FunctionId>,
    ) {
        let context = self.open(ContextKind::Entry, None, None, true);
        let chain = self.begin(context, id);
        self.born.clear();
        self.here.span = self.function(id).name_span;
        let frame = self.outermost();
        let mut world = shared.clone();
        let mut given = Given::default();
        let finished = self.prepare(&frame, &mut world, instance, &mut given, &BEFORE) && {
            let slots = self.test_arguments(&frame, &mut world, id, instance, fixtures, &mut given);
            let entry = Entry {
                function: id,
                closure: None,
                class: self.function_class.get(&id).copied(),
                chain,
                slots,
            };
            let here = self.here;
            let outcome = self.run_function(entry, world.clone());
            self.here = here;
            match outcome.result {
                Some((_, after)) => {
                    world = after;
                    while let Some(waiting) = given.waiting.pop() {
                        self.next_call(&mut given);
                        self.exit_generator(&mut world, waiting, false);
                    }
                    self.prepare(&frame, &mut world, instance, &mut given, &AFTER)
                }
                None => false,
            }
        };
        self.contexts[context.0 as usize].exit = None;
        self.close(context, finished.then_some(world));
    }

    /// Calls those of these methods that the class of a test has. False where one never returns.
    fn prepare(
        &mut self,
        frame: &Frame<'a>,
        world: &mut World,
        instance: Option<ObjectId>,
        given: &mut Given,
        names: &[&str],
    ) -> bool {
        let Some(instance) = instance else {
            return true;
        };
        for name in names {
            let Some((method, function)) = self.suite_method(world, instance, name) else {
                continue;
            };
            self.next_call(given);
            // `setup_method(self, method)`
            let wanted = self.function(function).params.len().saturating_sub(1);
            let arguments = vec![Value::unknown(); wanted];
            if self.call_values(frame, world, &method, arguments).is_none() {
                return false;
            }
        }
        true
    }

    /// The arguments of a test or a fixture: fixtures by their names, and a stranger's for the rest.
    fn test_arguments(
        &mut self,
        frame: &Frame<'a>,
        world: &mut World,
        id: FunctionId,
        instance: Option<ObjectId>,
        fixtures: &FxHashMap<Symbol, FunctionId>,
        given: &mut Given,
    ) -> Vec<Value> {
        self.next_call(given);
        let mut slots = self.stranger_arguments(world, id, instance);
        let function = self.function(id);
        for (at, param) in function.params.iter().enumerate() {
            if matches!(param.kind, ParamKind::VarArgs | ParamKind::KeywordArgs) || (at == 0 && instance.is_some()) {
                continue;
            }
            // A fixture that asks for its own name means one of a file further up.
            if let Some(&fixture) = fixtures.get(&param.name)
                && fixture != id
                && let Some(slot) = slots.get_mut(at)
            {
                *slot = self.fixture(frame, world, fixture, fixtures, given);
            }
        }
        slots
    }

    /// What a fixture gives: what it returns, or what it yields.
    fn fixture(
        &mut self,
        frame: &Frame<'a>,
        world: &mut World,
        id: FunctionId,
        fixtures: &FxHashMap<Symbol, FunctionId>,
        given: &mut Given,
    ) -> Value {
        if let Some(value) = given.values.get(&id) {
            return value.clone();
        }
        if given.values.len() >= 32 {
            return Value::unknown();
        }
        // Whoever asks for it in a circle gets what is not known.
        given.values.insert(id, Value::unknown());
        let slots = self.test_arguments(frame, world, id, None, fixtures, given);
        self.next_call(given);
        let value = if self.function(id).is_generator {
            let generator = self.allocate(world, ObjectKind::Generator(Some(id)), States::empty(), 0);
            let call = GeneratorCall {
                function: id,
                closure: None,
                slots,
            };
            self.generators.insert(generator, call);
            given.waiting.push(generator);
            self.enter_generator(world, generator)
        } else {
            match self.follow(world, id, None, slots).result {
                Some((value, after)) => {
                    *world = after;
                    value
                }
                None => Value::unknown(),
            }
        };
        given.values.insert(id, value.clone());
        value
    }

    /// Goes to a place of its own for the next call.
    fn next_call(&mut self, given: &mut Given) {
        given.calls += 1;
        self.here.key = OpKey::MAX - 16 - given.calls;
    }

    fn root_functions(&self) -> Vec<FunctionId> {
        self.code.unit(UnitId::ROOT).functions().map(FunctionId).collect()
    }

    fn function(&self, id: FunctionId) -> &'a Function {
        self.code.function(id)
    }

    fn is_module_level(&self, function: &Function) -> bool {
        function.parent == Some(FunctionId::MODULE)
    }
}
