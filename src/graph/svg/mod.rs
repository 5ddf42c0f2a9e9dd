//! The graph as a drawing for a browser: a file that needs nothing from elsewhere, no script, no font.
//!
//! `place` says where things go: in `layers`, by a library, with ways between them by `route`. `shapes` and `lines` draw
//! them, `text` knows how wide words are, and `words` what is told of a thing on which the pointer rests. Colours and fonts are in `style.css`, for light and dark screens.

mod layers;
mod legend;
mod lines;
mod place;
mod route;
mod shapes;
mod text;
mod words;

use std::fmt::Write as _;

use self::place::{Between, Placed, Point, Size};
use self::shapes::Shape;
use self::text::{Font, escaped, width, wrapped};
use super::drawn::Line;
use super::{Graph, Node};
use crate::findings::Severity;

/// The looks.
const STYLE: &str = include_str!("style.css");

const TITLE: Font = Font { size: 12.0, bold: true };
const PLAIN: Font = Font {
    size: 11.0,
    bold: false,
};
const CODES: Font = Font { size: 11.0, bold: true };
const PROGRAM: Font = Font { size: 14.0, bold: true };

/// How high a line of text is.
const ROW: f64 = 14.0;

/// How wide the text in a node may be, and at a line.
const WIDEST_NODE: f64 = 190.0;
const WIDEST_LABEL: f64 = 170.0;

/// Into how many lines one text is broken.
const MOST_LINES: usize = 3;

/// The room between a frame and what is in it.
const INSIDE: f64 = 20.0;

/// The room around frames.
const MARGIN: f64 = 16.0;

/// How many nodes or lines are drawn. Long before that nobody can read it, and the layout of more takes minutes.
const MOST_DRAWN: usize = 400;

/// How many findings are listed below a program.
const MOST_FINDINGS: usize = 20;

/// A line of text, and how it looks.
struct Row {
    text: String,
    font: Font,
    class: &'static str,
}

/// A program that is drawn, with its frame at 0, 0.
struct Drawn {
    size: Size,
    text: String,
}

/// Draws some programs, each in a frame of its own, one below the other.
#[must_use]
pub fn write(graphs: &[Graph]) -> String {
    let drawn: Vec<Drawn> = graphs.iter().map(program).collect();
    let widest = drawn.iter().map(|one| one.size.width).fold(0.0, f64::max);
    let legend = legend::draw(graphs, widest);
    let widest = widest.max(legend.size.width);
    let mut body = String::new();
    let mut y = MARGIN;
    for one in drawn.iter().chain([&legend]) {
        let _ = writeln!(body, "<g transform=\"translate({MARGIN} {y:.1})\">\n{}</g>", one.text);
        y += one.size.height + MARGIN;
    }
    let (width, height) = ((widest + 2.0 * MARGIN).ceil(), y.ceil());
    let names = match graphs {
        [one] => escaped(&one.program),
        many => format!("{} programs", many.len()),
    };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"mplint\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {width} {height}\" role=\"img\">\n<title>The processes of {names}</title>\n<style>\n{STYLE}</style>\n\
         <rect class=\"paper\" width=\"{width}\" height=\"{height}\"/>\n{body}</svg>\n"
    )
}

/// Draws one program.
fn program(graph: &Graph) -> Drawn {
    let all = graph.lines();
    if graph.nodes.len().max(all.len()) > MOST_DRAWN {
        let (nodes, lines) = (graph.nodes.len(), all.len());
        let text =
            format!("{nodes} nodes and {lines} lines are too many for a drawing; --format json and dot have them all");
        let size = Size {
            width: width(&text, PLAIN),
            height: ROW,
        };
        let body = format!("<text class=\"left\" x=\"0\" y=\"10\">{}</text>\n", escaped(&text));
        return framed(graph, size, &body);
    }
    let texts: Vec<Vec<Row>> = graph.nodes.iter().map(|node| rows_of_node(graph, node)).collect();
    let boxes: Vec<Size> = graph
        .nodes
        .iter()
        .zip(&texts)
        .map(|(node, rows)| Shape::of(node.kind).around(size_of(rows), node.many))
        .collect();
    let number = |id: &str| graph.nodes.iter().position(|node| node.id == id);
    let mut lines: Vec<(&Line<'_>, Between, Vec<Row>)> = Vec::new();
    for line in &all {
        let (Some(from), Some(to)) = (number(line.from), number(line.to)) else {
            continue;
        };
        let rows = rows_of_line(line);
        let label = size_of(&rows);
        let label = Size {
            width: label.width + 6.0,
            height: label.height + 2.0,
        };
        lines.push((line, Between { from, to, label }, rows));
    }
    let between: Vec<Between> = lines.iter().map(|(_, between, _)| *between).collect();
    let placed = place::place(&boxes, &between);
    let mut body = String::new();
    draw_lines(&mut body, graph, &lines, &placed);
    for (at, node) in graph.nodes.iter().enumerate() {
        draw_node(&mut body, graph, node, &texts[at], placed.boxes[at], placed.sizes[at]);
    }
    framed(graph, placed.size, &body)
}

/// What is drawn of a program, in a frame with its name and its findings.
fn framed(graph: &Graph, drawn: Size, body: &str) -> Drawn {
    let caption = match graph.complete {
        true => graph.program.clone(),
        false => format!("{} (too large to be followed to its end)", graph.program),
    };
    let caption = wrapped(&caption, PROGRAM, place::WIDE, 1).concat();
    let inner = drawn.width.max(width(&caption, PROGRAM)).max(320.0);
    let listed = list(graph, inner);
    let (left, top) = (INSIDE + (inner - drawn.width) / 2.0, INSIDE + 28.0);
    let below = match listed.is_empty() {
        true => 0.0,
        false => 12.0 + ROW * listed.len() as f64,
    };
    let size = Size {
        width: inner + 2.0 * INSIDE,
        height: top + drawn.height + below + INSIDE,
    };
    let mut text = String::new();
    let _ = writeln!(
        text,
        "<rect class=\"frame\" width=\"{:.1}\" height=\"{:.1}\" rx=\"6\"/>\n\
         <text class=\"program left\" x=\"{INSIDE}\" y=\"{:.1}\">{}</text>\n\
         <g transform=\"translate({left:.1} {top:.1})\">\n{body}</g>",
        size.width,
        size.height,
        INSIDE + 6.0,
        escaped(&caption)
    );
    for (at, (class, words)) in listed.iter().enumerate() {
        let y = top + drawn.height + 12.0 + ROW * (at as f64 + 1.0);
        let _ = writeln!(
            text,
            "<g class=\"{class}\"><text class=\"left\" x=\"{INSIDE}\" y=\"{y:.1}\">{}</text></g>",
            escaped(words)
        );
    }
    Drawn { size, text }
}

/// Draws the lines, and what is written at them above all of them.
fn draw_lines(out: &mut String, graph: &Graph, lines: &[(&Line<'_>, Between, Vec<Row>)], placed: &Placed) {
    for (at, (line, between, rows)) in lines.iter().enumerate() {
        let way = &placed.ways[at];
        let mut class = String::from("line");
        if line.dashed {
            class.push_str(" dashed");
        }
        if let Some(severity) = line.severity {
            class.push_str(look(severity));
        }
        let _ = write!(
            out,
            "<g class=\"{class}\" data-from=\"{}\" data-to=\"{}\"><title>{}</title>",
            line.from,
            line.to,
            escaped(&graph.all_of_line(line))
        );
        let mut points = way.points.clone();
        if let ([first, .., last], [side, second, ..], [.., before, other_side]) =
            (points.as_mut_slice(), way.points.as_slice(), way.points.as_slice())
        {
            let edge = |number: usize, outside: Point, side: Point| {
                let node = &graph.nodes[number];
                let (middle, size) = (placed.boxes[number], placed.sizes[number]);
                Shape::of(node.kind).edge(middle, size, node.many, outside, side)
            };
            *first = edge(between.from, *second, *side);
            *last = edge(between.to, *before, *other_side);
        }
        lines::write(out, &points, line.back || line.both, !line.back);
        if let Some(middle) = way.label {
            let _ = write!(
                out,
                "<rect class=\"paper label\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>",
                middle.x - between.label.width / 2.0,
                middle.y - between.label.height / 2.0,
                between.label.width,
                between.label.height
            );
            draw_rows(out, rows, middle);
        }
        out.push_str("</g>\n");
    }
}

fn draw_node(out: &mut String, graph: &Graph, node: &Node, rows: &[Row], middle: Point, size: Size) {
    let mut class = String::from("node");
    if node.kind.is_process() {
        class.push_str(" process");
    }
    if let Some(severity) = graph.gravest(&node.findings) {
        class.push_str(look(severity));
    }
    let shape = Shape::of(node.kind);
    let _ = write!(
        out,
        "<g class=\"{class}\" id=\"{}\"><title>{}</title>",
        node.id,
        escaped(&graph.all_of_node(node))
    );
    shape.write(out, middle, size, node.many);
    let off = shapes::set_off(node.many);
    let middle = Point {
        x: middle.x + off,
        y: middle.y + off + shape.text_below(),
    };
    draw_rows(out, rows, middle);
    out.push_str("</g>\n");
}

fn draw_rows(out: &mut String, rows: &[Row], middle: Point) {
    let mut y = middle.y - ROW * rows.len() as f64 / 2.0 + 10.5;
    for row in rows {
        let class = match row.class {
            "" => String::new(),
            class => format!(" class=\"{class}\""),
        };
        let _ = write!(
            out,
            "<text{class} x=\"{:.1}\" y=\"{y:.1}\">{}</text>",
            middle.x,
            escaped(&row.text)
        );
        y += ROW;
    }
}

fn rows_of_node(graph: &Graph, node: &Node) -> Vec<Row> {
    let text = graph.node_text(node);
    let mut rows = Vec::new();
    add(&mut rows, &text.title, TITLE, "title", WIDEST_NODE);
    for line in &text.more {
        add(&mut rows, line, PLAIN, "", WIDEST_NODE);
    }
    if let Some(codes) = &text.codes {
        add(&mut rows, codes, CODES, "codes", WIDEST_NODE);
    }
    rows
}

fn rows_of_line(line: &Line<'_>) -> Vec<Row> {
    let mut rows = Vec::new();
    for words in &line.words {
        add(&mut rows, words, PLAIN, "", WIDEST_LABEL);
    }
    if let Some(codes) = &line.codes {
        add(&mut rows, codes, CODES, "codes", WIDEST_LABEL);
    }
    rows
}

fn add(rows: &mut Vec<Row>, text: &str, font: Font, class: &'static str, widest: f64) {
    rows.extend(
        wrapped(text, font, widest, MOST_LINES)
            .into_iter()
            .map(|text| Row { text, font, class }),
    );
}

fn size_of(rows: &[Row]) -> Size {
    Size {
        width: rows.iter().map(|row| width(&row.text, row.font)).fold(0.0, f64::max),
        height: ROW * rows.len() as f64,
    }
}

/// The findings of a program as lines below it, for those who see it where no pointer can rest.
fn list(graph: &Graph, widest: f64) -> Vec<(&'static str, String)> {
    let mut findings: Vec<usize> = (0..graph.findings.len()).collect();
    findings.sort_by_key(|&at| std::cmp::Reverse(graph.findings[at].severity));
    let hidden = findings.len().saturating_sub(MOST_FINDINGS);
    findings.truncate(MOST_FINDINGS);
    let mut listed = Vec::new();
    for at in findings {
        let class = look(graph.findings[at].severity).trim();
        for text in graph.findings_in_words(&[at]) {
            let lines = wrapped(&text, PLAIN, widest, 2);
            listed.extend(lines.into_iter().map(|line| (class, line)));
        }
    }
    if hidden > 0 {
        listed.push(("", format!("… and {hidden} more")));
    }
    listed
}

/// The class of what has a finding.
fn look(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => " error",
        Severity::Warning => " warning",
        Severity::Note => " note",
    }
}

#[cfg(test)]
mod tests {
    use super::{MOST_DRAWN, write};
    use crate::graph::{Edge, EdgeKind, Graph, Node, NodeKind};

    /// So many processes, each of which starts the next.
    fn chain(number: usize) -> Graph {
        let node = |at: usize| Node {
            id: format!("n{at}"),
            kind: NodeKind::Process,
            name: None,
            noun: "process".to_owned(),
            runs: Vec::new(),
            made: None,
            many: false,
            start_methods: Vec::new(),
            names_start_method: false,
            findings: Vec::new(),
            lines: std::collections::BTreeSet::new(),
        };
        let edge = |at: usize| Edge {
            from: format!("n{at}"),
            to: format!("n{}", at + 1),
            kind: EdgeKind::Starts,
            what: Vec::new(),
            how: None,
            limited: None,
            places: Vec::new(),
            findings: Vec::new(),
        };
        Graph {
            program: "a.py".to_owned(),
            complete: true,
            nodes: (0..number).map(node).collect(),
            edges: (1..number).map(|at| edge(at - 1)).collect(),
            findings: Vec::new(),
        }
    }

    #[test]
    fn the_deepest_graph_is_laid_out_and_one_that_is_too_large_is_not() {
        let drawing = write(&[chain(MOST_DRAWN)]);
        assert_eq!(drawing.matches(" id=\"n").count(), MOST_DRAWN);
        let drawing = write(&[chain(MOST_DRAWN + 1)]);
        assert_eq!(drawing.matches(" id=\"n").count(), 0);
        assert!(
            drawing.contains("401 nodes and 400 lines are too many for a drawing"),
            "{drawing}"
        );
    }

    #[test]
    fn a_drawing_is_the_same_every_time() {
        assert_eq!(write(&[chain(20), chain(5)]), write(&[chain(20), chain(5)]));
    }
}
