//! The shapes of nodes, their outlines, and where a line meets them.

use std::fmt::Write as _;

use super::super::NodeKind;
use super::place::{Point, Size};

/// How far the sides of a hexagon or parallelogram lean in.
const LEAN: f64 = 12.0;

/// Half the height of the lid of a cylinder.
const LID: f64 = 5.0;

/// How far the second of several stands out behind the first.
const BEHIND: f64 = 4.0;

/// What a node looks like.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Shape {
    /// The program itself, or who calls it: a box with a second line at both sides.
    Begins,
    /// What is started: a rounded box.
    Process,
    /// What things go through: a cylinder.
    Channel,
    /// What is waited for: a hexagon.
    Gate,
    /// What is read and written: a parallelogram.
    Memory,
}

impl Shape {
    /// The shape of a kind of nodes.
    pub const fn of(kind: NodeKind) -> Self {
        match kind {
            NodeKind::Main | NodeKind::Caller => Self::Begins,
            NodeKind::Process | NodeKind::Pool | NodeKind::Executor | NodeKind::Manager => Self::Process,
            NodeKind::Queue | NodeKind::Pipe => Self::Channel,
            NodeKind::Lock | NodeKind::Event | NodeKind::Condition | NodeKind::Barrier => Self::Gate,
            NodeKind::Shared | NodeKind::Memory => Self::Memory,
        }
    }

    /// How large a shape is around a text.
    pub fn around(self, text: Size, many: bool) -> Size {
        let (beside, above) = match self {
            Self::Begins => (14.0, 8.0),
            Self::Process => (12.0, 8.0),
            Self::Channel => (12.0, 8.0 + LID),
            Self::Gate | Self::Memory => (8.0 + LEAN, 8.0),
        };
        let behind = if many { 2.0 * BEHIND } else { 0.0 };
        Size {
            width: text.width + 2.0 * beside + behind,
            height: text.height + 2.0 * above + behind,
        }
    }

    /// How far below the middle of a shape its text has its own.
    pub const fn text_below(self) -> f64 {
        match self {
            Self::Channel => LID / 2.0,
            _ => 0.0,
        }
    }

    /// The corners of the outline, around a middle.
    fn corners(self, middle: Point, size: Size) -> Vec<Point> {
        let (x, y) = (size.width / 2.0, size.height / 2.0);
        let at = |(dx, dy): (f64, f64)| Point {
            x: middle.x + dx,
            y: middle.y + dy,
        };
        let corners = match self {
            Self::Gate => vec![
                (LEAN - x, -y),
                (x - LEAN, -y),
                (x, 0.0),
                (x - LEAN, y),
                (LEAN - x, y),
                (-x, 0.0),
            ],
            Self::Memory => vec![(LEAN - x, -y), (x, -y), (x - LEAN, y), (-x, y)],
            // The lid and the foot, each as a few straight pieces.
            Self::Channel => {
                let bow = |part: f64| (part * x, LID * (1.0 - (1.0 - part * part).sqrt()) - y);
                let lid: Vec<(f64, f64)> = (-8..=8).map(|part| bow(f64::from(part) / 8.0)).collect();
                let foot: Vec<(f64, f64)> = lid.iter().rev().map(|&(dx, dy)| (dx, -dy)).collect();
                [lid, foot].concat()
            }
            Self::Begins | Self::Process => vec![(-x, -y), (x, -y), (x, y), (-x, y)],
        };
        corners.into_iter().map(at).collect()
    }

    /// Where a line meets a shape that comes from a point outside and leads to one at its side.
    pub fn edge(self, middle: Point, size: Size, many: bool, outside: Point, side: Point) -> Point {
        let (dx, dy) = (side.x - outside.x, side.y - outside.y);
        let face = face(size, many);
        let offsets: &[f64] = if many { &[-BEHIND, BEHIND] } else { &[0.0] };
        let mut nearest: Option<f64> = None;
        for off in offsets {
            let corners = self.corners(
                Point {
                    x: middle.x + off,
                    y: middle.y + off,
                },
                face,
            );
            for (at, &a) in corners.iter().enumerate() {
                let b = corners[(at + 1) % corners.len()];
                let (side_x, side_y) = (b.x - a.x, b.y - a.y);
                let (x, y) = (a.x - outside.x, a.y - outside.y);
                let across = dx * side_y - dy * side_x;
                let (along_line, along_side) = ((x * side_y - y * side_x) / across, (x * dy - y * dx) / across);
                if across.abs() > 1e-9 && along_line > 0.0 && (0.0..=1.0).contains(&along_side) {
                    nearest = Some(nearest.map_or(along_line, |old| old.min(along_line)));
                }
            }
        }
        let part = nearest.unwrap_or(1.0);
        Point {
            x: outside.x + dx * part,
            y: outside.y + dy * part,
        }
    }

    /// Writes a shape.
    pub fn write(self, out: &mut String, middle: Point, size: Size, many: bool) {
        let face = face(size, many);
        if many {
            let behind = Point {
                x: middle.x + BEHIND,
                y: middle.y + BEHIND,
            };
            self.write_one(out, behind, face);
            let before = Point {
                x: middle.x - BEHIND,
                y: middle.y - BEHIND,
            };
            self.write_one(out, before, face);
        } else {
            self.write_one(out, middle, face);
        }
    }

    fn write_one(self, out: &mut String, middle: Point, size: Size) {
        let (left, top) = (middle.x - size.width / 2.0, middle.y - size.height / 2.0);
        let (right, bottom) = (left + size.width, top + size.height);
        let (width, height) = (size.width, size.height);
        let _ = match self {
            Self::Begins => write!(
                out,
                "<rect class=\"shape\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\"/>\
                 <path class=\"inner\" d=\"M{:.1} {top:.1}V{bottom:.1}M{:.1} {top:.1}V{bottom:.1}\"/>",
                left + 5.0,
                right - 5.0,
            ),
            Self::Process => write!(
                out,
                "<rect class=\"shape\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" rx=\"10\"/>",
            ),
            Self::Channel => {
                let (lid, foot, half) = (top + LID, bottom - LID, width / 2.0);
                write!(
                    out,
                    "<path class=\"shape\" d=\"M{left:.1} {lid:.1}A{half:.1} {LID} 0 0 1 {right:.1} {lid:.1}V{foot:.1}\
                     A{half:.1} {LID} 0 0 1 {left:.1} {foot:.1}Z\"/>\
                     <path class=\"inner\" d=\"M{left:.1} {lid:.1}A{half:.1} {LID} 0 0 0 {right:.1} {lid:.1}\"/>",
                )
            }
            Self::Gate | Self::Memory => {
                let corners = self.corners(middle, size);
                let corners: Vec<_> = corners.iter().map(|at| format!("{:.1},{:.1}", at.x, at.y)).collect();
                write!(out, "<polygon class=\"shape\" points=\"{}\"/>", corners.join(" "))
            }
        };
    }
}

/// The size of the first of several, which the others stand behind.
fn face(size: Size, many: bool) -> Size {
    let behind = if many { 2.0 * BEHIND } else { 0.0 };
    Size {
        width: size.width - behind,
        height: size.height - behind,
    }
}

/// By how much the text stands up and to the left, where others stand behind the first.
pub(super) const fn set_off(many: bool) -> f64 {
    if many { -BEHIND } else { 0.0 }
}
