//! A program drawn as a graph: its processes, what they share, and what goes between them.
//!
//! [`build::graph_of`] makes a [`Graph`] of a model, [`Graph::mark`] puts the findings of a check where they belong in it,
//! and there is one file for each format that it is written in. The graph itself is plain data in the terms of a
//! reader, and [`json`] writes just that. What is drawn is made from it in `drawn`: one line between two nodes,
//! whatever goes along it.

pub mod build;
pub mod dot;
mod drawn;
pub mod json;
mod labels;
mod mark;
pub mod mermaid;
pub mod svg;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Serialize;

use crate::findings::{Severity, StartMethod};

/// The processes of one program, what they share, and what goes between them.
#[derive(Clone, Debug, Serialize)]
pub struct Graph {
    /// The file that the program is run from.
    pub program: String,
    /// Whether the program was followed to its end. In one that is very large, something may be left out.
    pub complete: bool,
    /// The processes and what they share.
    pub nodes: Vec<Node>,
    /// What goes on between two of them.
    pub edges: Vec<Edge>,
    /// What is wrong.
    pub findings: Vec<Mark>,
}

/// A line in a file.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
pub struct Place {
    /// The file.
    #[serde(serialize_with = "as_text")]
    pub file: Arc<str>,
    /// The line, from 1.
    pub line: u32,
}

fn as_text<S: serde::Serializer>(text: &str, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(text)
}

/// What a node stands for.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum NodeKind {
    /// The process that the program is started as.
    Main,
    /// Whoever calls a function that the program itself calls nowhere.
    Caller,
    /// A process.
    Process,
    /// The workers of a pool.
    Pool,
    /// The workers of an executor.
    Executor,
    /// The process of a manager.
    Manager,
    /// A queue.
    Queue,
    /// A pipe, with both ends.
    Pipe,
    /// A lock or semaphore.
    Lock,
    /// An event.
    Event,
    /// A condition.
    Condition,
    /// A barrier.
    Barrier,
    /// A value, array, or what a manager keeps.
    Shared,
    /// A block of shared memory.
    Memory,
}

impl NodeKind {
    /// Whether it is one or several processes.
    #[must_use]
    pub const fn is_process(self) -> bool {
        matches!(
            self,
            Self::Main | Self::Caller | Self::Process | Self::Pool | Self::Executor | Self::Manager
        )
    }

    /// Whether it is one or several processes that the program starts.
    #[must_use]
    pub const fn is_started(self) -> bool {
        self.is_process() && !matches!(self, Self::Main | Self::Caller)
    }
}

/// A process, or something that processes share.
#[derive(Clone, Debug, Serialize)]
pub struct Node {
    /// What it is called within the output.
    pub id: String,
    /// What it stands for.
    pub kind: NodeKind,
    /// What the program calls it, if it gives it a name.
    pub name: Option<String>,
    /// What it is, in words: `process`, `queue`.
    pub noun: String,
    /// The functions that it runs.
    pub runs: Vec<String>,
    /// Where it is made.
    pub made: Option<Place>,
    /// Whether it stands for several.
    pub many: bool,
    /// The start methods that it may be started by; none of what is not started.
    pub start_methods: Vec<StartMethod>,
    /// Whether the program itself names them.
    pub names_start_method: bool,
    /// The findings that concern it, by their numbers in the list of the graph.
    pub findings: Vec<usize>,
    /// The lines that it has something to do with: where it is made and of its functions, as far as they were run.
    #[serde(skip)]
    lines: BTreeSet<Place>,
}

/// What goes on between two nodes.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum EdgeKind {
    /// The first starts the second.
    Starts,
    /// The first makes the second, and who starts it is not known.
    Makes,
    /// The first gives the second arguments for its function.
    HandsOver,
    /// The first gives the second tasks.
    Submits,
    /// The first gives the result of a task to the second.
    Returns,
    /// The first waits for the end of the second.
    WaitsFor,
    /// The first ends the second by force.
    Ends,
    /// The first puts something into the second.
    Puts,
    /// The second takes something out of the first.
    Gets,
    /// The first sends a message through the second.
    Sends,
    /// The second takes a message from the first.
    Receives,
    /// The first takes the second, which is a lock.
    Takes,
    /// The first sets or notifies the second.
    Sets,
    /// The first waits at the second until it is set, or complete.
    WaitsAt,
    /// The second reads the first.
    Reads,
    /// The first writes the second.
    Writes,
    /// The first reads the second and writes back what it makes of it.
    Updates,
    /// The first does something with the second.
    Uses,
    /// The first keeps the second for all others.
    Keeps,
}

/// What goes on between two nodes, at one or several places.
#[derive(Clone, Debug, Serialize)]
pub struct Edge {
    /// The id of the node that it comes from.
    pub from: String,
    /// The id of the node that it leads to.
    pub to: String,
    /// What goes on.
    pub kind: EdgeKind,
    /// What is handed over, as the program writes it.
    pub what: Vec<String>,
    /// How it gets there, where it is handed over.
    pub how: Option<How>,
    /// Whether a wait has a limit; nothing where nobody waits.
    pub limited: Option<bool>,
    /// Where.
    pub places: Vec<Place>,
    /// The findings that concern it, by their numbers in the list of the graph.
    pub findings: Vec<usize>,
}

/// How something gets to another process.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// As a copy, by pickle.
    Pickled,
    /// With the memory, by `fork`.
    Inherited,
    /// With the memory under `fork`, by pickle under the other methods.
    InheritedOrPickled,
}

/// A finding, as far as a drawing has use for it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Debug, Serialize)]
pub struct Mark {
    /// The code of its rule.
    pub code: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// What it says.
    pub message: String,
    /// Where it is.
    pub place: Place,
}

impl Graph {
    /// Whether the program starts any process.
    #[must_use]
    pub fn has_processes(&self) -> bool {
        self.nodes.iter().any(|node| node.kind.is_started())
    }

    /// Whether all the processes are some of another program as well, and nothing is known here of who starts them.
    fn is_part_of(&self, other: &Self) -> bool {
        let places = |graph: &'_ Self| -> BTreeSet<Place> {
            let started = graph.nodes.iter().filter(|node| node.kind.is_started());
            started.filter_map(|node| node.made.clone()).collect()
        };
        let has_main = |graph: &Self| graph.nodes.iter().any(|node| node.kind == NodeKind::Main);
        !has_main(self) && has_main(other) && places(self).is_subset(&places(other))
    }
}

/// Of the graphs of several programs those that show something of their own, by the names of the files, with ids that
/// differ from one to the next. A module that does nothing but offer functions is shown where they are called.
#[must_use]
pub fn settle(mut graphs: Vec<Graph>) -> Vec<Graph> {
    graphs.retain(Graph::has_processes);
    graphs.sort_by(|a, b| a.program.cmp(&b.program));
    let is_kept: Vec<bool> = graphs
        .iter()
        .map(|graph| !graphs.iter().any(|other| graph.is_part_of(other)))
        .collect();
    let mut is_kept = is_kept.into_iter();
    graphs.retain(|_| is_kept.next().unwrap_or(true));
    let mut before = 0;
    for graph in &mut graphs {
        let moved = |id: &str| {
            let number = id.trim_start_matches('n').parse::<usize>().unwrap_or_default();
            format!("n{}", number + before)
        };
        for node in &mut graph.nodes {
            node.id = moved(&node.id);
        }
        for edge in &mut graph.edges {
            (edge.from, edge.to) = (moved(&edge.from), moved(&edge.to));
        }
        before += graph.nodes.len();
    }
    graphs
}
