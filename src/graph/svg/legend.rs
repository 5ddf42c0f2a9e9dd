//! What shapes, lines and colours mean: those that occur.

use std::fmt::Write as _;

use super::lines;
use super::place::{Point, Size};
use super::shapes::Shape;
use super::text::{escaped, width};
use super::{Drawn, PLAIN, look};
use crate::findings::Severity;
use crate::graph::Graph;

/// How large a sample is.
const SAMPLE: Size = Size {
    width: 40.0,
    height: 22.0,
};

/// The height of a row.
const ROW: f64 = 34.0;

/// A sample and what it means.
struct Entry {
    sample: String,
    meaning: &'static str,
}

/// Draws the legend for some programs, at most about so wide.
pub(super) fn draw(graphs: &[Graph], widest: f64) -> Drawn {
    let entries = entries(graphs);
    let mut text = String::new();
    let (mut x, mut y, mut right) = (0.0, 0.0, 0.0f64);
    for entry in entries {
        let long = SAMPLE.width + 8.0 + width(entry.meaning, PLAIN);
        if x > 0.0 && x + long > widest {
            (x, y) = (0.0, y + ROW);
        }
        let _ = writeln!(
            text,
            "<g transform=\"translate({x:.1} {y:.1})\">{}<text class=\"left\" x=\"{:.1}\" y=\"{:.1}\">{}</text></g>",
            entry.sample,
            SAMPLE.width + 8.0,
            SAMPLE.height / 2.0 + 4.0,
            escaped(entry.meaning)
        );
        right = right.max(x + long);
        x += long + 22.0;
    }
    Drawn {
        size: Size {
            width: right,
            height: y + SAMPLE.height,
        },
        text,
    }
}

fn entries(graphs: &[Graph]) -> Vec<Entry> {
    let nodes = || graphs.iter().flat_map(|graph| &graph.nodes);
    let has = |shape: Shape| nodes().any(|node| Shape::of(node.kind) == shape);
    let mut entries = Vec::new();
    let shapes = [
        (Shape::Begins, "node process", "main process, or whoever calls"),
        (Shape::Process, "node process", "process, pool, executor"),
        (Shape::Channel, "node", "queue, pipe"),
        (Shape::Gate, "node", "lock, event, condition, barrier"),
        (Shape::Memory, "node", "shared value, memory"),
    ];
    for (shape, class, meaning) in shapes {
        if has(shape) {
            let sample = sample(shape, class, false);
            entries.push(Entry { sample, meaning });
        }
    }
    if nodes().any(|node| node.many) {
        let sample = sample(Shape::Process, "node process", true);
        let meaning = "several of a kind";
        entries.push(Entry { sample, meaning });
    }
    let lines: Vec<_> = graphs.iter().flat_map(Graph::lines).collect();
    if lines.iter().any(|line| line.dashed) {
        let mut sample = String::from("<g class=\"line dashed\">");
        let at = |x: f64| Point {
            x,
            y: SAMPLE.height / 2.0,
        };
        lines::write(&mut sample, &[at(0.0), at(SAMPLE.width)], false, true);
        sample.push_str("</g>");
        let meaning = "only waits for it, or makes it";
        entries.push(Entry { sample, meaning });
    }
    let of_nodes = graphs
        .iter()
        .flat_map(|graph| graph.nodes.iter().filter_map(|node| graph.gravest(&node.findings)));
    let marked: Vec<Severity> = of_nodes.chain(lines.iter().filter_map(|line| line.severity)).collect();
    for (severity, meaning) in [(Severity::Error, "has an error"), (Severity::Warning, "has a warning")] {
        if marked.contains(&severity) {
            let sample = sample(Shape::Process, &format!("node{}", look(severity)), false);
            entries.push(Entry { sample, meaning });
        }
    }
    entries
}

fn sample(shape: Shape, class: &str, many: bool) -> String {
    let mut sample = format!("<g class=\"{class}\">");
    let middle = Point {
        x: SAMPLE.width / 2.0,
        y: SAMPLE.height / 2.0,
    };
    // Those of several that stand behind are all within the size.
    let more = if many { 8.0 } else { 0.0 };
    let size = Size {
        width: SAMPLE.width + more,
        height: SAMPLE.height + more,
    };
    shape.write(&mut sample, middle, size, many);
    sample.push_str("</g>");
    sample
}
