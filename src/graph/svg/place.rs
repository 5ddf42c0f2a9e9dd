//! Where things go, so that they fit a screen: what hangs together is laid out by itself, downwards or to the right,
//! whichever fits better, and the parts are set in rows.

use super::layers::Direction;
use super::route;

/// How wide a drawing may get without a reader having to scroll or to shrink it.
pub(super) const WIDE: f64 = 1200.0;

/// How high it may get: one scrolls down more readily than to the side.
const HIGH: f64 = 1600.0;

/// The room between parts that have nothing to do with each other.
const PARTS: f64 = 44.0;

/// A point.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(super) struct Point {
    /// From the left.
    pub x: f64,
    /// From above.
    pub y: f64,
}

/// How large a box or a label is.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub(super) struct Size {
    /// Its width.
    pub width: f64,
    /// Its height.
    pub height: f64,
}

/// A line to be placed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Between {
    /// The number of the box that it begins at.
    pub from: usize,
    /// The number of the box that it ends at.
    pub to: usize,
    /// What is written at it.
    pub label: Size,
}

/// Where a line goes.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Way {
    /// Its corners, from the edge of one box to that of the other.
    pub points: Vec<Point>,
    /// The middle of what is written at it.
    pub label: Option<Point>,
}

/// Where all goes.
#[derive(Clone, PartialEq, Debug, Default)]
pub(super) struct Placed {
    /// How large it is.
    pub size: Size,
    /// The middles of the boxes.
    pub boxes: Vec<Point>,
    /// How large the boxes are: as large as was asked for, or larger.
    pub sizes: Vec<Size>,
    /// The ways of the lines.
    pub ways: Vec<Way>,
}

impl Placed {
    fn moved_by(&mut self, x: f64, y: f64) {
        let labels = self.ways.iter_mut().filter_map(|way| way.label.as_mut());
        for point in labels.chain(&mut self.boxes) {
            *point = Point {
                x: point.x + x,
                y: point.y + y,
            };
        }
        for point in self.ways.iter_mut().flat_map(|way| &mut way.points) {
            *point = Point {
                x: point.x + x,
                y: point.y + y,
            };
        }
    }

    /// How far it is from fitting a screen; at most 1 where it fits.
    fn excess(&self) -> f64 {
        (self.size.width / WIDE).max(self.size.height / HIGH)
    }
}

/// Places boxes and the lines between them.
pub(super) fn place(boxes: &[Size], lines: &[Between]) -> Placed {
    let parts = parts(boxes.len(), lines);
    let number = parts.iter().copied().max().map_or(0, |last| last + 1);
    let mut all = Placed {
        size: Size::default(),
        boxes: vec![Point { x: 0.0, y: 0.0 }; boxes.len()],
        sizes: boxes.to_vec(),
        ways: vec![Way::default(); lines.len()],
    };
    let mut placed: Vec<(Vec<usize>, Vec<usize>, Placed)> = Vec::new();
    for part in 0..number {
        let of_part: Vec<usize> = (0..boxes.len()).filter(|&at| parts[at] == part).collect();
        let lines_of_part: Vec<usize> = (0..lines.len()).filter(|&at| parts[lines[at].from] == part).collect();
        let inner = |at: usize| of_part.binary_search(&at).unwrap_or_default();
        let sizes: Vec<Size> = of_part.iter().map(|&at| boxes[at]).collect();
        let between: Vec<Between> = lines_of_part
            .iter()
            .map(|&at| Between {
                from: inner(lines[at].from),
                to: inner(lines[at].to),
                label: lines[at].label,
            })
            .collect();
        placed.push((of_part, lines_of_part, best(&sizes, &between)));
    }
    // Rows as in a text, each as high as the highest part in it.
    let (mut x, mut y, mut row) = (0.0, 0.0, 0.0f64);
    for (of_part, lines_of_part, mut part) in placed {
        if x > 0.0 && x + part.size.width > WIDE {
            (x, y, row) = (0.0, y + row + PARTS, 0.0);
        }
        part.moved_by(x, y);
        all.size.width = all.size.width.max(x + part.size.width);
        all.size.height = all.size.height.max(y + part.size.height);
        row = row.max(part.size.height);
        x += part.size.width + PARTS;
        for (at, (point, size)) in of_part.into_iter().zip(part.boxes.into_iter().zip(part.sizes)) {
            (all.boxes[at], all.sizes[at]) = (point, size);
        }
        for (at, way) in lines_of_part.into_iter().zip(part.ways) {
            all.ways[at] = way;
        }
    }
    all
}

/// To which part each box belongs: those that lines lead to from one another are of one.
fn parts(number: usize, lines: &[Between]) -> Vec<usize> {
    let mut parts: Vec<usize> = (0..number).collect();
    let mut is_changed = true;
    while is_changed {
        is_changed = false;
        for line in lines {
            let least = parts[line.from].min(parts[line.to]);
            is_changed |= parts[line.from] != least || parts[line.to] != least;
            (parts[line.from], parts[line.to]) = (least, least);
        }
    }
    let mut firsts: Vec<usize> = parts.clone();
    firsts.sort_unstable();
    firsts.dedup();
    parts
        .iter()
        .map(|part| firsts.binary_search(part).unwrap_or_default())
        .collect()
}

/// One part, downwards or to the right. Where both fit, what is smaller is better.
fn best(boxes: &[Size], lines: &[Between]) -> Placed {
    let [right, down] = [Direction::Right, Direction::Down].map(|direction| {
        let mut placed = route::placed(boxes, lines, direction);
        fit(&mut placed, lines);
        placed
    });
    let area = |placed: &Placed| placed.size.width * placed.size.height;
    let is_down = match (right.excess() <= 1.0, down.excess() <= 1.0) {
        (true, true) => area(&down) < area(&right),
        _ => down.excess() < right.excess(),
    };
    if is_down { down } else { right }
}

/// Moves all to where the drawing begins, and says how large it is.
fn fit(placed: &mut Placed, lines: &[Between]) {
    let of_boxes = placed.boxes.iter().copied().zip(placed.sizes.iter().copied());
    let labels = placed.ways.iter().zip(lines);
    let of_labels = labels.filter_map(|(way, line)| Some((way.label?, line.label)));
    let points = placed.ways.iter().flat_map(|way| &way.points);
    let of_points = points.map(|&point| (point, Size::default()));
    let (mut left, mut top, mut right, mut bottom) = (f64::MAX, f64::MAX, f64::MIN, f64::MIN);
    for (middle, size) in of_boxes.chain(of_labels).chain(of_points) {
        left = left.min(middle.x - size.width / 2.0);
        right = right.max(middle.x + size.width / 2.0);
        top = top.min(middle.y - size.height / 2.0);
        bottom = bottom.max(middle.y + size.height / 2.0);
    }
    if right < left {
        return;
    }
    placed.moved_by(-left, -top);
    placed.size = Size {
        width: right - left,
        height: bottom - top,
    };
}
