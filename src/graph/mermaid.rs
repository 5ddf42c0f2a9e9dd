//! The graph as a Mermaid flowchart, which GitHub and many editors draw where they find it in Markdown.

use std::fmt::Write as _;

use super::{Graph, NodeKind};
use crate::findings::Severity;

/// Writes some programs as one flowchart, each in a box of its own.
#[must_use]
pub fn write(graphs: &[Graph]) -> String {
    let mut out = String::from("flowchart TB\n");
    let mut styles = String::new();
    let mut line_number = 0;
    for (number, graph) in graphs.iter().enumerate() {
        let _ = writeln!(
            out,
            "  subgraph g{number}[\"{}\"]\n    direction LR",
            escaped(&graph.program)
        );
        for node in &graph.nodes {
            let (open, close) = brackets(node.kind);
            let label = joined(&graph.node_label(node));
            let class = match graph.gravest(&node.findings) {
                Some(Severity::Error) => ":::error",
                Some(_) => ":::warning",
                None if node.kind.is_process() => ":::process",
                None => "",
            };
            let _ = writeln!(out, "    {}{open}\"{label}\"{close}{class}", node.id);
        }
        for line in graph.lines() {
            let arrow = match (line.both, line.dashed) {
                (false, false) => "-->",
                (false, true) => "-.->",
                (true, false) => "<-->",
                (true, true) => "<-.->",
            };
            let label = joined(&line.label());
            // Mermaid has no arrow that leads back only.
            let (from, to) = match line.back {
                true => (line.to, line.from),
                false => (line.from, line.to),
            };
            let _ = writeln!(out, "    {from} {arrow}|\"{label}\"| {to}");
            if let Some(severity) = line.severity {
                let colour = colour(severity);
                let _ = writeln!(
                    styles,
                    "  linkStyle {line_number} stroke:{colour},stroke-width:3px,color:{colour}"
                );
            }
            line_number += 1;
        }
        out.push_str("  end\n");
    }
    out.push_str("  classDef process fill:#e8f0fe,stroke:#3b5b92,color:#111\n");
    out.push_str("  classDef error fill:#fde0e0,stroke:#b3261e,stroke-width:3px,color:#111\n");
    out.push_str("  classDef warning fill:#fff0d6,stroke:#9a6200,stroke-width:3px,color:#111\n");
    out.push_str(&styles);
    out
}

fn colour(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "#b3261e",
        Severity::Warning | Severity::Note => "#9a6200",
    }
}

fn brackets(kind: NodeKind) -> (&'static str, &'static str) {
    match kind {
        NodeKind::Main | NodeKind::Caller => ("[[", "]]"),
        NodeKind::Process | NodeKind::Pool | NodeKind::Executor | NodeKind::Manager => ("([", "])"),
        NodeKind::Queue | NodeKind::Pipe => ("[(", ")]"),
        NodeKind::Lock | NodeKind::Event | NodeKind::Condition | NodeKind::Barrier => ("{{", "}}"),
        NodeKind::Shared | NodeKind::Memory => ("[/", "/]"),
    }
}

fn joined(lines: &[String]) -> String {
    let lines: Vec<_> = lines.iter().map(|line| escaped(line)).collect();
    lines.join("<br/>")
}

/// A text within quotes. Mermaid has entities of its own, which begin with `#`.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '"' | '#' | '<' | '>' | '&' | '`' | '\\' | '|' | '[' | ']' | '{' | '}' | ';' | '%' | '*' | '~' => {
                let _ = write!(out, "#{};", u32::from(c));
            }
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
        assert_eq!(escaped("a \"b\"\n# größe"), "a #34;b#34; #35; größe");
        assert_eq!(escaped("`<br/>`"), "#96;#60;br/#62;#96;");
    }
}
