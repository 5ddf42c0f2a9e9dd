//! The layout of what hangs together, in layers, by dagre: a port of the library of this name that Mermaid draws with.
//!
//! It says in which layer each box lies and where in it, and the same for each line in every layer that it goes through.
//! One of these places is that of the label. Layers follow each other downwards or to the right; so as not to say all
//! things twice, a place is told by how far it is *along* this direction and how far *across* it.

use dagre::graph::{Graph, GraphOptions};
use dagre::layout::types::LabelPos;
use dagre::{EdgeLabel, LayoutOptions, NodeLabel, RankDir};

use super::place::{Between, Size};

/// The room between boxes beside each other in a layer.
const BOXES: f64 = 26.0;

/// The room between lines beside each other in a layer.
const LINES: f64 = 16.0;

/// The library walks down the graph by recursion.
const STACK: usize = 32 << 20;

/// Where the layers follow each other to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Direction {
    /// Downwards.
    Down,
    /// To the right.
    Right,
}

impl Direction {
    /// Of a width and a height, that along the direction.
    pub const fn along(self, x: f64, y: f64) -> f64 {
        match self {
            Self::Down => y,
            Self::Right => x,
        }
    }

    /// Of a width and a height, that across it.
    pub const fn across(self, x: f64, y: f64) -> f64 {
        match self {
            Self::Down => x,
            Self::Right => y,
        }
    }
}

/// A place in a layer.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(super) struct Stop {
    /// The number of the layer.
    pub layer: usize,
    /// The middle, across.
    pub across: f64,
}

/// The places that a line goes through.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Course {
    /// From the middle of the box that it begins at to that of the box that it ends at.
    pub stops: Vec<Stop>,
    /// The place of what is written at it.
    pub label: Stop,
}

/// What the library says.
pub(super) struct Layers {
    /// How many layers there are.
    pub number: usize,
    /// The places of the boxes.
    pub boxes: Vec<Stop>,
    /// The courses of the lines.
    pub courses: Vec<Course>,
}

/// What the library says of a line, by how far along and how far across.
struct Raw {
    /// Where it goes through the layers between its boxes.
    inner: Vec<(f64, f64)>,
    /// The middle of its label.
    label: (f64, f64),
}

/// Sets boxes and the lines between them in layers.
pub(super) fn layers(boxes: &[Size], lines: &[Between], direction: Direction) -> Layers {
    let mut graph: Graph<NodeLabel, EdgeLabel> = Graph::with_options(GraphOptions {
        directed: true,
        multigraph: true,
        compound: false,
    });
    for (at, size) in boxes.iter().enumerate() {
        let label = NodeLabel {
            width: size.width,
            height: size.height,
            ..NodeLabel::default()
        };
        graph.set_node(at.to_string(), Some(label));
    }
    for (at, line) in lines.iter().enumerate() {
        let label = EdgeLabel {
            width: line.label.width,
            height: line.label.height,
            labelpos: LabelPos::Center,
            ..EdgeLabel::default()
        };
        let name = at.to_string();
        graph.set_edge(
            line.from.to_string(),
            line.to.to_string(),
            Some(label),
            Some(name.as_str()),
        );
    }
    let options = LayoutOptions {
        rankdir: match direction {
            Direction::Down => RankDir::TB,
            Direction::Right => RankDir::LR,
        },
        nodesep: BOXES,
        edgesep: LINES,
        ..LayoutOptions::default()
    };
    stacker::maybe_grow(STACK, STACK, || dagre::layout(&mut graph, Some(options)));

    // What is at the same height along is one layer.
    let middle = |at: usize| {
        let node = graph.node(&at.to_string());
        let (x, y) = node.and_then(|node| node.x.zip(node.y)).unwrap_or_default();
        (direction.along(x, y), direction.across(x, y))
    };
    let courses: Vec<Raw> = lines
        .iter()
        .enumerate()
        .map(|(at, line)| {
            let edge = graph.edge(&line.from.to_string(), &line.to.to_string(), Some(&at.to_string()));
            let points = edge.map(|edge| edge.points.as_slice()).unwrap_or_default();
            // The first and the last are where it leaves the boxes; a line from a box to itself stays in one layer.
            let inner = match points {
                [_, inner @ .., _] if line.from != line.to => inner,
                _ => &[],
            };
            let place = |(x, y)| (direction.along(x, y), direction.across(x, y));
            Raw {
                inner: inner.iter().map(|point| place((point.x, point.y))).collect(),
                label: place(edge.and_then(|edge| edge.x.zip(edge.y)).unwrap_or_default()),
            }
        })
        .collect();
    let mut heights: Vec<f64> = (0..boxes.len()).map(|at| middle(at).0).collect();
    heights.extend(
        courses
            .iter()
            .flat_map(|course| course.inner.iter().map(|place| place.0)),
    );
    heights.sort_by(f64::total_cmp);
    heights.dedup_by(|b, a| (*b - *a).abs() < 0.5);
    let stop = |(along, across): (f64, f64)| Stop {
        layer: heights
            .partition_point(|height| *height < along - 0.5)
            .min(heights.len().saturating_sub(1)),
        across,
    };
    let courses = courses.into_iter().zip(lines).map(|(course, line)| {
        let mut stops = vec![stop(middle(line.from))];
        stops.extend(course.inner.into_iter().map(stop));
        stops.push(stop(middle(line.to)));
        Course {
            stops,
            label: match line.from == line.to {
                true => Stop {
                    layer: stop(middle(line.from)).layer,
                    across: course.label.1,
                },
                false => stop(course.label),
            },
        }
    });
    Layers {
        number: heights.len(),
        courses: courses.collect(),
        boxes: (0..boxes.len()).map(|at| stop(middle(at))).collect(),
    }
}
