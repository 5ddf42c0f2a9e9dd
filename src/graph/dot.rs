//! The graph in the language of Graphviz.

use std::fmt::Write as _;

use super::{Graph, NodeKind};
use crate::findings::Severity;

/// Writes some programs as one graph, each in a box of its own.
#[must_use]
pub fn write(graphs: &[Graph]) -> String {
    let mut out = String::from(
        "digraph processes {\n  rankdir=TB;\n  nodesep=0.4;\n  ranksep=0.7;\n  \
         node [fontname=\"Helvetica\", fontsize=12, style=\"filled\", fillcolor=\"white\", color=\"#555555\"];\n  \
         edge [fontname=\"Helvetica\", fontsize=10, color=\"#555555\"];\n",
    );
    for (number, graph) in graphs.iter().enumerate() {
        let program = escaped(&graph.program);
        let _ = writeln!(
            out,
            "  subgraph cluster_{number} {{\n    label=\"{program}\";\n    fontname=\"Helvetica\";"
        );
        for node in &graph.nodes {
            let label = joined(&graph.node_label(node));
            let mut look = match graph.gravest(&node.findings) {
                Some(Severity::Error) => ", fillcolor=\"#fde0e0\", color=\"#b3261e\", penwidth=2",
                Some(_) => ", fillcolor=\"#fff0d6\", color=\"#9a6200\", penwidth=2",
                None if node.kind.is_process() => ", fillcolor=\"#e8f0fe\", color=\"#3b5b92\"",
                None => "",
            }
            .to_owned();
            if matches!(
                node.kind,
                NodeKind::Process | NodeKind::Pool | NodeKind::Executor | NodeKind::Manager
            ) {
                look.push_str(", style=\"filled,rounded\"");
            }
            let _ = writeln!(
                out,
                "    {} [shape={}, label=\"{label}\"{look}];",
                node.id,
                shape(node.kind)
            );
        }
        for line in graph.lines() {
            let label = joined(&line.label());
            let mut look = String::new();
            if line.both {
                look.push_str(", dir=both");
            }
            if line.back {
                look.push_str(", dir=back");
            }
            if line.dashed {
                look.push_str(", style=dashed");
            }
            if let Some(severity) = line.severity {
                let colour = match severity {
                    Severity::Error => "#b3261e",
                    Severity::Warning | Severity::Note => "#9a6200",
                };
                let _ = write!(look, ", color=\"{colour}\", fontcolor=\"{colour}\", penwidth=2");
            }
            let _ = writeln!(out, "    {} -> {} [label=\"{label}\"{look}];", line.from, line.to);
        }
        out.push_str("  }\n");
    }
    out.push_str("}\n");
    out
}

fn shape(kind: NodeKind) -> &'static str {
    match kind {
        NodeKind::Main | NodeKind::Caller | NodeKind::Process | NodeKind::Pool | NodeKind::Executor => "box",
        NodeKind::Manager => "box",
        NodeKind::Queue | NodeKind::Pipe => "cylinder",
        NodeKind::Lock | NodeKind::Event | NodeKind::Condition | NodeKind::Barrier => "hexagon",
        NodeKind::Shared | NodeKind::Memory => "parallelogram",
    }
}

fn joined(lines: &[String]) -> String {
    let lines: Vec<_> = lines.iter().map(|line| escaped(line)).collect();
    lines.join("\\n")
}

/// A text within quotes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            // Graphviz reads entities of HTML in every label.
            '&' => out.push_str("&amp;"),
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn nothing_ends_a_label() {
        assert_eq!(escaped("a \"b\\\"\n größe &lt;"), "a \\\"b\\\\\\\"  größe &amp;lt;");
    }
}
