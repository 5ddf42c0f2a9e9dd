//! What a reader sees who rests the pointer on something: all of it, with the lines of the program.

use super::super::drawn::{Line, words};
use super::super::{Graph, Node, Place};

impl Graph {
    /// All there is to say of a node.
    pub(super) fn all_of_node(&self, node: &Node) -> String {
        let mut lines = vec![self.node_text(node).title];
        if !node.runs.is_empty() {
            lines.push(format!("runs {}", node.runs.join(", ")));
        }
        if !node.start_methods.is_empty() {
            let names: Vec<_> = node.start_methods.iter().map(|method| method.as_str()).collect();
            lines.push(format!("started by {}", names.join(" or ")));
        }
        if let Some(made) = &node.made {
            lines.push(format!("made at {}", place(made)));
        }
        lines.extend(self.findings_in_words(&node.findings));
        lines.join("\n")
    }

    /// All there is to say of a line: what goes along it, each with its places.
    pub(super) fn all_of_line(&self, line: &Line<'_>) -> String {
        let name = |id: &str| {
            let node = self.nodes.iter().find(|node| node.id == id);
            node.map(|node| self.node_text(node).title).unwrap_or_default()
        };
        let mut lines = Vec::new();
        for edge in &line.edges {
            let places: Vec<_> = edge.places.iter().map(place).collect();
            lines.push(format!(
                "{} → {}: {}, at {}",
                name(&edge.from),
                name(&edge.to),
                words(edge, usize::MAX).join(" "),
                places.join(", ")
            ));
        }
        lines.extend(self.findings_in_words(&line.findings));
        lines.join("\n")
    }

    /// Findings, each with its code, how bad it is, what it says and where.
    pub(super) fn findings_in_words(&self, findings: &[usize]) -> Vec<String> {
        let marks = findings.iter().filter_map(|&number| self.findings.get(number));
        marks
            .map(|mark| {
                let (code, severity, message) = (&mark.code, mark.severity, &mark.message);
                format!("{code} {severity}: {message} ({})", place(&mark.place))
            })
            .collect()
    }
}

fn place(place: &Place) -> String {
    format!("{}:{}", place.file, place.line)
}
