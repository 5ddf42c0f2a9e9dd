//! Lines between nodes: rounded corners, heads of arrows, and what is written at them.

use std::fmt::Write as _;

use super::place::Point;

/// How long the head of an arrow is, and half as wide as that.
const HEAD: f64 = 9.0;

/// How far from a corner a line begins to bend.
const BEND: f64 = 7.0;

/// Writes a line with a head at each end that has one.
pub(super) fn write(out: &mut String, points: &[Point], at_first: bool, at_last: bool) {
    let mut points = points.to_vec();
    let mut heads = String::new();
    if at_last {
        head(&mut heads, &mut points);
    }
    if at_first {
        points.reverse();
        head(&mut heads, &mut points);
        points.reverse();
    }
    let _ = write!(out, "<path class=\"way\" d=\"{}\"/>{heads}", bent(&points));
}

/// Writes a head at the last point, and takes the line back into it so that its end does not show at the tip.
fn head(out: &mut String, points: &mut [Point]) {
    let [.., before, last] = points else { return };
    let (dx, dy) = (last.x - before.x, last.y - before.y);
    let length = dx.hypot(dy);
    if length < 1e-6 {
        return;
    }
    let (dx, dy) = (dx / length, dy / length);
    let tip = *last;
    let back = Point {
        x: tip.x - dx * HEAD,
        y: tip.y - dy * HEAD,
    };
    let side = HEAD * 0.45;
    let _ = write!(
        out,
        "<path class=\"head\" d=\"M{:.1} {:.1}L{:.1} {:.1}L{:.1} {:.1}Z\"/>",
        tip.x,
        tip.y,
        back.x - dy * side,
        back.y + dx * side,
        back.x + dy * side,
        back.y - dx * side,
    );
    let short = (HEAD - 2.0).min(length * 0.9);
    *last = Point {
        x: tip.x - dx * short,
        y: tip.y - dy * short,
    };
}

/// A way through points that goes around its corners in a bow.
fn bent(points: &[Point]) -> String {
    let mut out = String::new();
    let [first, .., last] = points else { return out };
    let _ = write!(out, "M{:.1} {:.1}", first.x, first.y);
    for window in points.windows(3) {
        let [before, corner, after] = window else { continue };
        let (from, to) = (near(*corner, *before), near(*corner, *after));
        let _ = write!(
            out,
            "L{:.1} {:.1}Q{:.1} {:.1} {:.1} {:.1}",
            from.x, from.y, corner.x, corner.y, to.x, to.y
        );
    }
    let _ = write!(out, "L{:.1} {:.1}", last.x, last.y);
    out
}

/// The point on the way from a corner to the next where the bow ends: at most half of the way.
fn near(corner: Point, next: Point) -> Point {
    let (dx, dy) = (next.x - corner.x, next.y - corner.y);
    let length = dx.hypot(dy);
    let part = if length > 1e-6 { (BEND / length).min(0.5) } else { 0.0 };
    Point {
        x: corner.x + dx * part,
        y: corner.y + dy * part,
    }
}
