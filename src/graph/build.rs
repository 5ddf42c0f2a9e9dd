//! The graph of a model: nodes for processes and for what they share, edges for what the events say.
//!
//! A node stands for a place that makes something, as one process reaches it through one chain of calls. The model may
//! have several objects for it, since it runs what nobody calls more than once.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::{Edge, EdgeKind, Graph, How, Node, NodeKind, Place, labels};
use crate::api::{Effect, Family, Method, Work};
use crate::files::Span;
use crate::findings::{StartMethod, StartMethods};
use crate::model::Model;
use crate::model::code::UnitId;
use crate::model::events::{Arguments, ChainId, ContextId, ContextKind, Event, EventKind};
use crate::model::heap::{Heap, ObjectId};
use crate::model::value::{Atom, Value};
use crate::python::ir::{FunctionId, FunctionKind};

/// What a node is recognised by.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
enum Key {
    Main,
    Caller(FunctionId),
    /// What is made here, by this node, through these calls.
    Made(usize, Vec<Span>, Span),
}

/// How many calls of a chain are looked at.
const MOST_CALLS: usize = 32;

/// The graph of a program.
#[must_use]
pub fn graph_of(model: &Model<'_>) -> Graph {
    let mut builder = Builder {
        model,
        graph: Graph {
            program: model.code.unit(UnitId::ROOT).file.name().to_owned(),
            complete: !model.is_cut_short(),
            nodes: Vec::new(),
            edges: Vec::new(),
            findings: Vec::new(),
        },
        keys: FxHashMap::default(),
        made: Vec::new(),
        objects: FxHashMap::default(),
        starts: FxHashMap::default(),
    };
    for event in model.events() {
        builder.event(event);
    }
    builder.contexts();
    builder.lines();
    builder.finish()
}

struct Builder<'m, 'a> {
    model: &'m Model<'a>,
    graph: Graph,
    keys: FxHashMap<Key, usize>,
    /// The key of each node.
    made: Vec<Key>,
    objects: FxHashMap<ObjectId, usize>,
    starts: FxHashMap<ContextId, usize>,
}

impl Builder<'_, '_> {
    fn place(&self, span: Span) -> Place {
        let (file, span) = self.model.code.locate(span);
        Place {
            file: file.name().into(),
            line: file.line_index(span.start) as u32 + 1,
        }
    }

    /// The node with a key, made where there is none.
    fn node(&mut self, key: Key, new: impl FnOnce(&Self) -> Node) -> usize {
        if let Some(&at) = self.keys.get(&key) {
            return at;
        }
        let mut node = new(self);
        let at = self.graph.nodes.len();
        node.id = format!("n{at}");
        self.graph.nodes.push(node);
        self.made.push(key.clone());
        self.keys.insert(key, at);
        at
    }

    /// The node of the process that a context runs in.
    fn runner(&mut self, id: ContextId) -> Option<usize> {
        let model = self.model;
        if let Some(process) = model.process_of(id) {
            return self.started(process);
        }
        let mut first = id;
        while let Some(parent) = model.context(first).parent {
            first = parent;
        }
        let context = model.context(first);
        if context.kind == ContextKind::Main {
            return Some(self.node(Key::Main, |_| empty(NodeKind::Main, "main process")));
        }
        let function = context.function?;
        Some(self.node(Key::Caller(function), |builder| Node {
            runs: vec![builder.function(function)],
            made: Some(builder.place(model.function(function).name_span)),
            ..empty(NodeKind::Caller, "whoever calls it")
        }))
    }

    /// The node of the process that a context begins in.
    fn started(&mut self, id: ContextId) -> Option<usize> {
        let context = self.model.context(id);
        let (parent, (chain, _, span)) = (context.parent?, context.started?);
        if let Some(&at) = self.starts.get(&id) {
            return Some(at);
        }
        let known = context.object.and_then(|object| {
            if let Some(&at) = self.objects.get(&object) {
                return Some(at);
            }
            // Any heap that has it tells its kind.
            let mut heaps = self.model.events().iter().map(|event| &event.heap);
            let heap = heaps.find(|heap| heap.get(object).is_some())?;
            self.thing(heap, object)
        });
        if let Some(at) = known {
            self.starts.insert(id, at);
            return known;
        }
        let owner = self.runner(parent)?;
        if let Some(same) = self.ancestor(owner, span) {
            self.starts.insert(id, same);
            return Some(same);
        }
        let key = Key::Made(owner, self.path(chain), span);
        let (kind, noun) = match context.kind {
            ContextKind::Task | ContextKind::Initializer => (NodeKind::Executor, "executor"),
            _ => (NodeKind::Process, "process"),
        };
        let at = self.node(key, |builder| Node {
            name: labels::name_of(builder.model, span, chain),
            made: Some(builder.place(span)),
            many: context.many,
            ..empty(kind, noun)
        });
        self.starts.insert(id, at);
        Some(at)
    }

    /// Of a process and those that it comes from the one that was made at a place: there the program starts itself anew,
    /// and all that come of it are one node.
    fn ancestor(&mut self, process: usize, place: Span) -> Option<usize> {
        let mut at = process;
        while let Some(Key::Made(owner, _, span)) = self.made.get(at) {
            if *span == place {
                self.graph.nodes[at].many = true;
                return Some(at);
            }
            at = *owner;
        }
        None
    }

    /// The calls that lead to a chain.
    fn path(&self, chain: ChainId) -> Vec<Span> {
        let mut path = Vec::new();
        let mut at = self.model.chain(chain).caller;
        while let Some((caller, _, span)) = at.filter(|_| path.len() < MOST_CALLS) {
            path.push(span);
            at = self.model.chain(caller).caller;
        }
        path
    }

    /// The node of an object, if it is a process or something that processes share.
    fn thing(&mut self, heap: &Heap, object: ObjectId) -> Option<usize> {
        let many = heap.get(object).is_some_and(|object| object.many);
        if let Some(&at) = self.objects.get(&object) {
            self.graph.nodes[at].many |= many;
            return Some(at);
        }
        let model = self.model;
        let kind = model.kind(heap, object)?;
        let node_kind = match kind.family {
            Family::Process | Family::ProcessGroup => NodeKind::Process,
            Family::Pool => NodeKind::Pool,
            Family::Executor => NodeKind::Executor,
            Family::Manager => NodeKind::Manager,
            Family::Queue => NodeKind::Queue,
            Family::Pipe | Family::Connection => NodeKind::Pipe,
            Family::Lock => NodeKind::Lock,
            Family::Event => NodeKind::Event,
            Family::Condition => NodeKind::Condition,
            Family::Barrier => NodeKind::Barrier,
            Family::Shared => NodeKind::Shared,
            Family::Segment => NodeKind::Memory,
            _ => return None,
        };
        let info = model.object(object);
        let owner = self.runner(model.chain(info.chain).context)?;
        if let Some(same) = self.ancestor(owner, info.span).filter(|_| node_kind.is_process()) {
            self.objects.insert(object, same);
            return Some(same);
        }
        let key = Key::Made(owner, self.path(info.chain), info.span);
        let is_new = !self.keys.contains_key(&key);
        let at = self.node(key, |builder| {
            let methods = model.start_methods(heap, object);
            let noun = match node_kind {
                NodeKind::Pipe => "pipe",
                NodeKind::Executor => "executor",
                NodeKind::Manager => "manager's process",
                _ => kind.noun.as_str(),
            };
            Node {
                name: labels::name_of(model, info.span, info.chain),
                made: Some(builder.place(info.span)),
                start_methods: match node_kind.is_started() {
                    true => methods.members().collect(),
                    false => Vec::new(),
                },
                names_start_method: model.names_start_method() || methods != model.default_start_methods(),
                ..empty(node_kind, noun)
            }
        });
        self.graph.nodes[at].many |= many;
        self.objects.insert(object, at);
        if is_new
            && matches!(
                node_kind,
                NodeKind::Shared | NodeKind::Queue | NodeKind::Lock | NodeKind::Event
            )
            && let Some(manager) = model.role(heap, object, "@object").and_then(Value::single)
            && let Atom::Object(manager) = manager
            && model.family(heap, manager) == Some(Family::Manager)
            && let Some(manager) = self.thing(heap, manager)
        {
            self.edge(manager, at, EdgeKind::Keeps, info.span);
        }
        Some(at)
    }

    /// The edge of a kind between two nodes, made where there is none, with one place more.
    fn edge(&mut self, from: usize, to: usize, kind: EdgeKind, span: Span) -> &mut Edge {
        let place = self.place(span);
        let (from, to) = (format!("n{from}"), format!("n{to}"));
        let edges = &mut self.graph.edges;
        let known = edges
            .iter()
            .position(|edge| edge.kind == kind && edge.from == from && edge.to == to);
        let at = known.unwrap_or(edges.len());
        if known.is_none() {
            edges.push(Edge {
                from,
                to,
                kind,
                what: Vec::new(),
                how: None,
                limited: None,
                places: Vec::new(),
                findings: Vec::new(),
            });
        }
        let edge = &mut edges[at];
        if !edge.places.contains(&place) {
            edge.places.push(place);
        }
        edge
    }

    fn event(&mut self, event: &Event<'_>) {
        let heap = &event.heap;
        match &event.kind {
            EventKind::Make {
                object,
                entry,
                arguments,
            } => self.make(event, *object, entry.work.as_ref(), arguments),
            EventKind::Instance { object } if self.model.family(heap, *object) == Some(Family::Process) => {
                self.make(event, *object, None, &Arguments::default());
            }
            EventKind::Method {
                object,
                method,
                arguments,
                ..
            } => self.method(event, *object, method, arguments),
            EventKind::TakeLock { lock } => self.at_thing(event, *lock, EdgeKind::Takes),
            EventKind::Update { object, .. } => self.at_thing(event, *object, EdgeKind::Updates),
            EventKind::Access { object, sets: true } => self.at_thing(event, *object, EdgeKind::Writes),
            EventKind::Access { object, sets: false } => self.at_thing(event, *object, EdgeKind::Reads),
            _ => {}
        }
    }

    /// Something was made, which is no event of its own unless processes begin with it.
    fn make(&mut self, event: &Event<'_>, object: ObjectId, work: Option<&Work>, arguments: &Arguments<'_>) {
        let (heap, model) = (&event.heap, self.model);
        let Some(family) = model.family(heap, object) else {
            return;
        };
        let kind = match family {
            Family::Process => EdgeKind::Makes,
            Family::Pool | Family::Executor | Family::ProcessGroup => EdgeKind::Starts,
            Family::Manager if model.kind(heap, object).is_some_and(|kind| kind.name == "manager") => EdgeKind::Starts,
            _ => return,
        };
        let (Some(from), Some(to)) = (self.runner(event.context), self.thing(heap, object)) else {
            return;
        };
        let span = model.object(object).span;
        self.edge(from, to, kind, span);
        self.graph.nodes[to].many |= event.many && family != Family::Manager;
        if let Some(work) = work {
            self.hand_over(event, (from, to), object, EdgeKind::HandsOver, work, arguments);
        }
    }

    fn hand_over(
        &mut self,
        event: &Event<'_>,
        (from, to): (usize, usize),
        object: ObjectId,
        kind: EdgeKind,
        work: &Work,
        arguments: &Arguments<'_>,
    ) {
        let is_data = |param: &str| {
            let named = [&work.args, &work.kwargs, &work.each, &work.each_args];
            named.into_iter().flatten().any(|name| name == param)
                || ((work.rest || work.each_rest) && (param.is_empty() || param.starts_with('*')))
        };
        let data = arguments.list.iter().filter(|argument| is_data(argument.param));
        let data = data.map(|argument| labels::text(self.model, argument.span));
        let data: Vec<String> = data.filter(|text| !text.is_empty()).collect();
        if data.is_empty() && kind == EdgeKind::HandsOver {
            return;
        }
        let how = match kind {
            EdgeKind::HandsOver => how(self.model.start_methods(&event.heap, object)),
            _ => How::Pickled,
        };
        self.hand(from, to, kind, event.span, data, how);
    }

    fn hand(&mut self, from: usize, to: usize, kind: EdgeKind, span: Span, data: Vec<String>, how: How) {
        let edge = self.edge(from, to, kind, span);
        for text in data {
            if !edge.what.contains(&text) {
                edge.what.push(text);
            }
        }
        edge.how = Some(how);
    }

    fn method(&mut self, event: &Event<'_>, object: ObjectId, method: &Method, arguments: &Arguments<'_>) {
        let (heap, model) = (&event.heap, self.model);
        let Some(family) = model.family(heap, object) else {
            return;
        };
        use EdgeKind as E;
        use Effect as F;
        let kind = match (family, method.effect) {
            (Family::Result, F::GetResult | F::Wait) => {
                let owner = model.role(heap, object, "@object").and_then(Value::single);
                if let Some(Atom::Object(owner)) = owner {
                    self.at_thing(event, owner, E::Returns);
                }
                return;
            }
            (Family::Process, F::Start) => E::Starts,
            (Family::Manager, F::StartWorkers) => E::Starts,
            (Family::Process | Family::ProcessGroup | Family::Pool, F::Join) => E::WaitsFor,
            (Family::Process | Family::Pool, F::Terminate) => E::Ends,
            (Family::Pool | Family::Executor, F::Submit) => E::Submits,
            (Family::Queue, F::Put) => E::Puts,
            (Family::Queue, F::Get) => E::Gets,
            (Family::Queue, F::JoinTasks) => E::WaitsAt,
            (Family::Connection, F::Put) => E::Sends,
            (Family::Connection, F::Recv) => E::Receives,
            (Family::Lock | Family::Condition | Family::Shared, F::Acquire) => E::Takes,
            (Family::Event | Family::Condition, F::Set) => E::Sets,
            (Family::Event | Family::Condition | Family::Barrier, F::Wait) => E::WaitsAt,
            (Family::Shared, F::Shared) => E::Reads,
            (Family::Shared, F::None) => E::Uses,
            _ => return,
        };
        if kind == E::Submits {
            let (Some(from), Some(to)) = (self.runner(event.context), self.thing(heap, object)) else {
                return;
            };
            if let Some(work) = &method.work {
                self.hand_over(event, (from, to), object, kind, work, arguments);
            }
            if method.waits {
                self.edge(to, from, E::Returns, event.span);
            }
            return;
        }
        self.at_thing(event, object, kind);
        if kind == E::Starts && model.is_instance(object) {
            self.goes_along(event, object);
        }
    }

    /// What an object of a class of the program takes along when it is started: what it has of the things that are shared.
    fn goes_along(&mut self, event: &Event<'_>, object: ObjectId) {
        let (heap, model) = (&event.heap, self.model);
        let (Some(from), Some(to)) = (self.runner(event.context), self.thing(heap, object)) else {
            return;
        };
        let mut reached: Vec<ObjectId> = model.reachable(heap, &object.into()).into_iter().collect();
        reached.sort_unstable();
        let mut names = Vec::new();
        for part in reached {
            if part != object
                && let Some(thing) = self.thing(heap, part)
                && !self.graph.nodes[thing].kind.is_process()
            {
                let node = &self.graph.nodes[thing];
                names.push(node.name.clone().unwrap_or_else(|| format!("a {}", node.noun)));
            }
        }
        names.dedup();
        if !names.is_empty() {
            let how = how(model.start_methods(heap, object));
            self.hand(from, to, EdgeKind::HandsOver, event.span, names, how);
        }
    }

    /// Something goes on between the process of an event and an object.
    fn at_thing(&mut self, event: &Event<'_>, object: ObjectId, kind: EdgeKind) {
        let (Some(process), Some(thing)) = (self.runner(event.context), self.thing(&event.heap, object)) else {
            return;
        };
        // What a process does with itself is no crossing, unless it starts more of its kind.
        if process == thing && kind != EdgeKind::Starts {
            return;
        }
        let comes_back = matches!(
            kind,
            EdgeKind::Gets | EdgeKind::Receives | EdgeKind::Reads | EdgeKind::Returns
        );
        let (from, to) = if comes_back { (thing, process) } else { (process, thing) };
        let limited = matches!(
            kind,
            EdgeKind::WaitsFor | EdgeKind::WaitsAt | EdgeKind::Gets | EdgeKind::Takes | EdgeKind::Returns
        )
        .then(|| self.model.is_bounded(event));
        let edge = self.edge(from, to, kind, event.span);
        // One wait without a limit is enough to wait for ever.
        edge.limited = match (edge.limited, limited) {
            (Some(old), Some(new)) => Some(old && new),
            (old, new) => new.or(old),
        };
    }

    /// Which functions the processes run, and who starts those of which there is no event.
    fn contexts(&mut self) {
        for (id, context) in self.model.contexts() {
            if !context.kind.is_of_other_process() {
                continue;
            }
            let Some(to) = self.started(id) else { continue };
            if let Some(function) = context.function {
                let name = self.function(function);
                let runs = &mut self.graph.nodes[to].runs;
                if !runs.contains(&name) {
                    runs.push(name);
                }
            }
            let (Some(parent), Some((.., span))) = (context.parent, context.started) else {
                continue;
            };
            let Some(from) = self.runner(parent) else { continue };
            if from == to {
                continue;
            }
            match context.kind {
                ContextKind::Task => {
                    self.edge(from, to, EdgeKind::Submits, span);
                }
                ContextKind::Child => {
                    self.edge(from, to, EdgeKind::Starts, span);
                }
                _ => {}
            }
        }
    }

    /// The lines that each process runs.
    fn lines(&mut self) {
        let mut places: Vec<(usize, Place)> = Vec::new();
        for event in self.model.events() {
            if let Some(at) = self.runner(event.context) {
                places.push((at, self.place(event.span)));
            }
        }
        for (id, context) in self.model.contexts() {
            let (Some(function), true) = (context.function, context.kind.is_of_other_process()) else {
                continue;
            };
            let Some(at) = self.started(id) else { continue };
            let span = self.model.function(function).span;
            let (first, last) = (self.place(span), self.place(Span::new(span.end, span.end)));
            for line in first.line..=last.line {
                let file = first.file.clone();
                places.push((at, Place { file, line }));
            }
        }
        for (at, place) in places {
            self.graph.nodes[at].lines.insert(place);
        }
    }

    /// A function as a person would speak of it.
    fn function(&self, id: FunctionId) -> String {
        let model = self.model;
        let function = model.function(id);
        let name = match function.kind {
            FunctionKind::Lambda => "a lambda",
            _ => model.function_name(id),
        };
        match function.parent.map(|parent| model.function(parent).kind) {
            Some(FunctionKind::ClassBody(class)) => format!("{}.{name}", model.name(model.class(class).name)),
            _ => name.to_owned(),
        }
    }

    /// Takes away what says nothing: that a process is made which is started too, and nodes without edges.
    fn finish(mut self) -> Graph {
        let edges = &mut self.graph.edges;
        let started: BTreeSet<String> = edges
            .iter()
            .filter(|edge| edge.kind == EdgeKind::Starts)
            .map(|edge| edge.to.clone())
            .collect();
        edges.retain(|edge| edge.kind != EdgeKind::Makes || !started.contains(&edge.to));
        let used: BTreeSet<String> = edges
            .iter()
            .flat_map(|edge| [edge.from.clone(), edge.to.clone()])
            .collect();
        self.graph.nodes.retain(|node| used.contains(&node.id));
        let numbers: FxHashMap<String, String> = self
            .graph
            .nodes
            .iter()
            .enumerate()
            .map(|(at, node)| (node.id.clone(), format!("n{at}")))
            .collect();
        let renamed = |id: &str| numbers.get(id).cloned().unwrap_or_default();
        for node in &mut self.graph.nodes {
            node.id = renamed(&node.id);
        }
        for edge in &mut self.graph.edges {
            (edge.from, edge.to) = (renamed(&edge.from), renamed(&edge.to));
        }
        self.graph
    }
}

/// How arguments get to a process that is started by one of these methods.
fn how(methods: StartMethods) -> How {
    let forks = methods.contains(StartMethod::Fork.into());
    match (forks, methods.members().count() > 1) {
        (true, false) => How::Inherited,
        (true, true) => How::InheritedOrPickled,
        (false, _) => How::Pickled,
    }
}

fn empty(kind: NodeKind, noun: &str) -> Node {
    Node {
        id: String::new(),
        kind,
        name: None,
        noun: noun.to_owned(),
        runs: Vec::new(),
        made: None,
        many: false,
        start_methods: Vec::new(),
        names_start_method: false,
        findings: Vec::new(),
        lines: BTreeSet::new(),
    }
}
