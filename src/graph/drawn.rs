//! The graph as it is drawn: texts for the nodes, and one line between two of them, however much goes along it.

use super::{Edge, EdgeKind, Graph, How, Node, NodeKind};
use crate::findings::Severity;
use crate::report::visible;

/// How many characters of what is handed over are shown.
const MOST_OF_WHAT: usize = 40;

/// What is written in a node.
pub(super) struct Text {
    /// What it is and is called.
    pub title: String,
    /// What else there is to say.
    pub more: Vec<String>,
    /// The codes of the findings at it.
    pub codes: Option<String>,
}

/// A line between two nodes.
pub(super) struct Line<'g> {
    /// The id of the node that it comes from.
    pub from: &'g str,
    /// The id of the node that it leads to.
    pub to: &'g str,
    /// Whether it leads back as well.
    pub both: bool,
    /// Whether it leads back only: what is read hangs below the one that reads it, too.
    pub back: bool,
    /// Whether one only waits for the other.
    pub dashed: bool,
    /// What is written at it, without the findings.
    pub words: Vec<String>,
    /// The codes of the findings at it.
    pub codes: Option<String>,
    /// What goes along it.
    pub edges: Vec<&'g Edge>,
    /// The findings at it, by their numbers.
    pub findings: Vec<usize>,
    /// The gravest of the findings at it, if that is more than advice.
    pub severity: Option<Severity>,
}

impl Line<'_> {
    /// What is written at it.
    pub(super) fn label(&self) -> Vec<String> {
        self.words.iter().chain(&self.codes).cloned().collect()
    }
}

impl Graph {
    /// What is written in a node, line by line.
    pub(super) fn node_label(&self, node: &Node) -> Vec<String> {
        let text = self.node_text(node);
        [text.title].into_iter().chain(text.more).chain(text.codes).collect()
    }

    /// What is written in a node.
    pub(super) fn node_text(&self, node: &Node) -> Text {
        let mut title = match (node.kind, &node.name) {
            // What runs something is known by that.
            (_, None) if !node.kind.is_process() => match &node.made {
                Some(made) => format!("{} of line {}", node.noun, made.line),
                None => node.noun.clone(),
            },
            (NodeKind::Main | NodeKind::Caller, _) | (_, None) => node.noun.clone(),
            (_, Some(name)) if *name == node.noun => node.noun.clone(),
            (_, Some(name)) => format!("{} {name}", node.noun),
        };
        if node.many {
            title.push_str(match node.kind {
                NodeKind::Pool | NodeKind::Executor => " (several of them)",
                _ => " (several)",
            });
        }
        let mut lines = Vec::new();
        if let [first, rest @ ..] = node.runs.as_slice() {
            let more = match rest {
                [] => String::new(),
                [second] => format!(", {second}"),
                [second, more @ ..] => format!(", {second} and {} more", more.len()),
            };
            lines.push(format!("runs {first}{more}"));
        }
        if node.names_start_method && !node.start_methods.is_empty() {
            let names: Vec<_> = node.start_methods.iter().map(|method| method.as_str()).collect();
            lines.push(format!("by {}", names.join(" or ")));
        }
        Text {
            title: visible(&title).into_owned(),
            more: cleaned(lines),
            codes: self.codes(&node.findings),
        }
    }

    /// The lines between the nodes.
    pub(super) fn lines(&self) -> Vec<Line<'_>> {
        let mut pairs: Vec<(&str, &str, Vec<&Edge>)> = Vec::new();
        for edge in &self.edges {
            let (from, to) = (edge.from.as_str(), edge.to.as_str());
            let known = pairs
                .iter_mut()
                .find(|(a, b, _)| (*a == from && *b == to) || (*a == to && *b == from));
            match known {
                Some((.., edges)) => edges.push(edge),
                None => pairs.push((from, to, vec![edge])),
            }
        }
        let mut lines = Vec::new();
        for (from, to, mut edges) in pairs {
            edges.sort_by_key(|edge| edge.kind);
            let there = edges.iter().any(|edge| edge.from == from);
            let back = edges.iter().any(|edge| edge.from != from);
            // What is started or read hangs below the one that does so, whatever came first.
            let turned = match (there, back) {
                (true, true) => !self.is_process(from),
                (true, false) => self.is_memory(from),
                (false, _) => !self.is_memory(to),
            };
            let (from, to, there, back) = match turned {
                true => (to, from, back, there),
                false => (from, to, there, back),
            };
            let mut label: Vec<String> = Vec::new();
            let updates = edges.iter().any(|edge| edge.kind == EdgeKind::Updates);
            for edge in &edges {
                // Reading and writing is what an update is made of.
                if updates && matches!(edge.kind, EdgeKind::Reads | EdgeKind::Writes) {
                    continue;
                }
                for text in words(edge, MOST_OF_WHAT) {
                    if !label.contains(&text) {
                        label.push(text);
                    }
                }
            }
            let mut findings: Vec<usize> = edges.iter().flat_map(|edge| edge.findings.iter().copied()).collect();
            findings.sort_unstable();
            findings.dedup();
            lines.push(Line {
                from,
                to,
                both: there && back && from != to,
                back: back && !there,
                dashed: edges
                    .iter()
                    .all(|edge| matches!(edge.kind, EdgeKind::WaitsFor | EdgeKind::WaitsAt | EdgeKind::Makes)),
                words: cleaned(label),
                codes: self.codes(&findings),
                severity: self.gravest(&findings),
                edges,
                findings,
            });
        }
        lines
    }

    fn kind_of(&self, id: &str) -> Option<NodeKind> {
        self.nodes.iter().find(|node| node.id == id).map(|node| node.kind)
    }

    fn is_process(&self, id: &str) -> bool {
        self.kind_of(id).is_some_and(NodeKind::is_process)
    }

    /// Whether it is something that is read and written and does not order those who do so.
    fn is_memory(&self, id: &str) -> bool {
        matches!(self.kind_of(id), Some(NodeKind::Shared | NodeKind::Memory))
    }

    /// The gravest of some findings, if that is more than advice: were all of it coloured, nothing would stand out.
    pub(super) fn gravest(&self, findings: &[usize]) -> Option<Severity> {
        let marks = findings.iter().filter_map(|&number| self.findings.get(number));
        let severities = marks.map(|mark| mark.severity);
        severities.filter(|&severity| severity > Severity::Note).max()
    }

    /// The codes of some findings on one line, each with how bad it is.
    fn codes(&self, findings: &[usize]) -> Option<String> {
        let marks = findings.iter().filter_map(|&number| self.findings.get(number));
        let mut words: Vec<String> = marks.map(|mark| format!("{} {}", mark.code, mark.severity)).collect();
        words.sort();
        words.dedup();
        let sign = self.gravest(findings).map_or("", |_| "⚠ ");
        (!words.is_empty()).then(|| format!("{sign}{}", words.join(", ")))
    }
}

/// What is said of an edge, in a line or two, with so many characters of what is handed over.
pub(super) fn words(edge: &Edge, most: usize) -> Vec<String> {
    let verb = match edge.kind {
        EdgeKind::Starts => "starts",
        EdgeKind::Makes => "makes",
        EdgeKind::HandsOver => "hands over",
        EdgeKind::Submits => "gives tasks",
        EdgeKind::Returns => "results",
        EdgeKind::WaitsFor => "waits for its end",
        EdgeKind::Ends => "ends by force",
        EdgeKind::Puts => "puts",
        EdgeKind::Gets => "gets",
        EdgeKind::Sends => "sends",
        EdgeKind::Receives => "receives",
        EdgeKind::Takes => "takes",
        EdgeKind::Sets => "sets",
        EdgeKind::WaitsAt => "waits",
        EdgeKind::Reads => "reads",
        EdgeKind::Writes => "writes",
        EdgeKind::Updates => "updates",
        EdgeKind::Uses => "uses",
        EdgeKind::Keeps => "keeps",
    };
    let mut words = verb.to_owned();
    if !edge.what.is_empty() {
        words.push_str(": ");
        words.push_str(&super::labels::shortened(&edge.what.join(", "), most));
    }
    if edge.limited == Some(true) {
        words.push_str(" (with a limit)");
    }
    let how = edge.how.map(|how| match how {
        How::Pickled => "(pickled)",
        How::Inherited => "(inherited)",
        How::InheritedOrPickled => "(pickled or inherited)",
    });
    let mut lines = vec![words];
    lines.extend(how.filter(|_| !edge.what.is_empty()).map(str::to_owned));
    lines
}

/// Lines that steer nothing that they are shown on.
fn cleaned(lines: Vec<String>) -> Vec<String> {
    lines.into_iter().map(|line| visible(&line).into_owned()).collect()
}
