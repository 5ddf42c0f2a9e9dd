//! The ways of lines through layers: straight through each layer, and from one side to the other only between two of them.
//!
//! So no line crosses a box or a label that is not its own. Where a line leaves a box, it has a place of its own at the
//! side, and in the room between two layers a track of its own, so that it can be told from others with the eye.

use super::layers::{Direction, Layers, layers};
use super::place::{Between, Placed, Point, Size, Way};

/// The room between lines where they leave a box.
const AT_BOX: f64 = 10.0;

/// The room between tracks: less where there are many, so that a drawing does not get wide by its lines alone.
const TRACK: f64 = 8.0;
const NARROW_TRACK: f64 = 6.0;
const MANY_TRACKS: usize = 10;

/// The room between a layer and the first track: a line bends, and has the head of an arrow.
const BEFORE: f64 = 15.0;

/// What of the end of a side is left free.
const CORNER: f64 = 9.0;

/// A line in the room between a layer and the next.
#[derive(Clone, Copy)]
struct Link {
    line: usize,
    /// Its number in the course of the line.
    part: usize,
    /// Where it is at the layer before, and at the one after.
    before: f64,
    after: f64,
    track: Option<usize>,
}

/// Places boxes with lines between them.
pub(super) fn placed(boxes: &[Size], lines: &[Between], direction: Direction) -> Placed {
    let sizes = with_room_for_lines(boxes, lines, direction);
    let layers = layers(&sizes, lines, direction);
    let along = |size: Size| direction.along(size.width, size.height);
    let across = |size: Size| direction.across(size.width, size.height);
    let ports = ports(&sizes, lines, &layers, direction);
    let gaps = links(&layers, &ports);

    // The layers, each as thick as what is in it, with room between them for the tracks.
    let mut thick = vec![0.0f64; layers.number];
    for (stop, size) in layers.boxes.iter().zip(&sizes) {
        thick[stop.layer] = thick[stop.layer].max(along(*size));
    }
    for (course, line) in layers.courses.iter().zip(lines) {
        thick[course.label.layer] = thick[course.label.layer].max(along(line.label));
    }
    let mut middles = Vec::new();
    let mut ends = Vec::new();
    let mut at = 0.0;
    for (layer, thick) in thick.iter().enumerate() {
        middles.push(at + thick / 2.0);
        at += thick;
        ends.push(at);
        let gap = &gaps[layer];
        at += 2.0 * BEFORE + apart(gap) * tracks_of(gap).saturating_sub(1) as f64;
    }

    let point = |along: f64, across: f64| match direction {
        Direction::Down => Point { x: across, y: along },
        Direction::Right => Point { x: along, y: across },
    };
    let mut tracks: Vec<Vec<Option<f64>>> = layers
        .courses
        .iter()
        .map(|course| vec![None; course.stops.len()])
        .collect();
    for (layer, gap) in gaps.iter().enumerate() {
        for link in gap {
            tracks[link.line][link.part] = link.track.map(|track| ends[layer] + BEFORE + apart(gap) * track as f64);
        }
    }
    let ways = layers.courses.iter().enumerate().map(|(number, course)| {
        let line = lines[number];
        let label = point(middles[course.label.layer], course.label.across);
        let points = match line.from == line.to {
            true => {
                let stop = layers.boxes[line.from];
                let (size, middle) = (sizes[line.from], middles[stop.layer]);
                let side = if course.label.across < stop.across { -0.5 } else { 0.5 };
                let edge = stop.across + side * across(size);
                let half = (along(size) / 2.0 - CORNER).clamp(2.0, 10.0);
                vec![
                    point(middle - half, edge),
                    point(middle - half, course.label.across),
                    point(middle + half, course.label.across),
                    point(middle + half, edge),
                ]
            }
            false => {
                let (start, end) = (ports[number].0, ports[number].1);
                let last = course.stops.len() - 1;
                let is_forward = course.stops[last].layer >= course.stops[0].layer;
                let half = |at: usize| along(sizes[at]) / 2.0 * if is_forward { 1.0 } else { -1.0 };
                let across_at = |at: usize| match at {
                    0 => start,
                    at if at == last => end,
                    at => course.stops[at].across,
                };
                let mut points = vec![point(middles[course.stops[0].layer] + half(line.from), start)];
                for (part, track) in tracks[number].iter().enumerate() {
                    if let Some(track) = *track {
                        points.push(point(track, across_at(part)));
                        points.push(point(track, across_at(part + 1)));
                    }
                }
                points.push(point(middles[course.stops[last].layer] - half(line.to), end));
                points
            }
        };
        Way {
            points,
            label: Some(label).filter(|_| line.label.width > 0.0),
        }
    });
    let ways: Vec<Way> = ways.collect();
    let middles = layers.boxes.iter().map(|stop| point(middles[stop.layer], stop.across));
    Placed {
        size: Size::default(),
        boxes: middles.collect(),
        sizes,
        ways,
    }
}

/// The boxes, so large that each line can leave them at a place of its own.
fn with_room_for_lines(boxes: &[Size], lines: &[Between], direction: Direction) -> Vec<Size> {
    let mut sizes = boxes.to_vec();
    for (at, size) in sizes.iter_mut().enumerate() {
        let leave = lines.iter().filter(|line| line.from == at && line.to != at).count();
        let arrive = lines.iter().filter(|line| line.to == at && line.from != at).count();
        let least = AT_BOX * leave.max(arrive).saturating_sub(1) as f64 + 2.0 * CORNER;
        match direction {
            Direction::Down => size.width = size.width.max(least),
            Direction::Right => size.height = size.height.max(least),
        }
    }
    sizes
}

/// Where each line leaves its first box and meets its last: as straight before the next place as the side of the box
/// allows, in the order of the places.
fn ports(sizes: &[Size], lines: &[Between], layers: &Layers, direction: Direction) -> Vec<(f64, f64)> {
    let mut ports: Vec<(f64, f64)> = layers
        .courses
        .iter()
        .map(|course| {
            let end = |stop: Option<&super::layers::Stop>| stop.map_or(0.0, |stop| stop.across);
            (end(course.stops.first()), end(course.stops.last()))
        })
        .collect();
    for (at, size) in sizes.iter().enumerate() {
        let here = layers.boxes[at];
        for is_after in [true, false] {
            let mut wanted: Vec<(f64, usize, bool)> = Vec::new();
            for (number, (line, course)) in lines.iter().zip(&layers.courses).enumerate() {
                let stops = &course.stops;
                for (is_first, next) in [(true, stops.get(1)), (false, stops.iter().rev().nth(1))] {
                    let is_here = at == if is_first { line.from } else { line.to };
                    if let Some(next) =
                        next.filter(|next| is_here && line.from != line.to && (next.layer > here.layer) == is_after)
                    {
                        wanted.push((next.across, number, is_first));
                    }
                }
            }
            wanted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let half = (direction.across(size.width, size.height) / 2.0 - CORNER).max(0.0);
            let (low, high) = (here.across - half, here.across + half);
            let steps = wanted.len().saturating_sub(1).max(1) as f64;
            let apart = AT_BOX.min((high - low) / steps);
            let mut least = low;
            let mut places: Vec<f64> = Vec::new();
            for (across, ..) in &wanted {
                let place = across.clamp(low, high).max(least);
                places.push(place);
                least = place + apart;
            }
            let mut most = high;
            for place in places.iter_mut().rev() {
                *place = place.min(most);
                most = *place - apart;
            }
            for ((_, number, is_first), place) in wanted.into_iter().zip(places) {
                match is_first {
                    true => ports[number].0 = place,
                    false => ports[number].1 = place,
                }
            }
        }
    }
    ports
}

/// The lines in the room after each layer, each with its track if it needs one.
fn links(layers: &Layers, ports: &[(f64, f64)]) -> Vec<Vec<Link>> {
    let mut gaps: Vec<Vec<Link>> = vec![Vec::new(); layers.number];
    for (line, course) in layers.courses.iter().enumerate() {
        let last = course.stops.len() - 1;
        for (part, pair) in course.stops.windows(2).enumerate() {
            let [a, b] = pair else { continue };
            if a.layer == b.layer {
                continue;
            }
            let from = if part == 0 { ports[line].0 } else { a.across };
            let to = if part + 1 == last { ports[line].1 } else { b.across };
            let (before, after) = if a.layer < b.layer { (from, to) } else { (to, from) };
            gaps[a.layer.min(b.layer)].push(Link {
                line,
                part,
                before,
                after,
                track: None,
            });
        }
    }
    for gap in &mut gaps {
        give_tracks(gap);
    }
    gaps
}

/// Gives tracks so that lines from one box, which go the same way, do not cross: of those that go up in numbers, the one
/// that has least far to go turns first.
fn give_tracks(gap: &mut [Link]) {
    let mut order: Vec<usize> = (0..gap.len())
        .filter(|&at| (gap[at].before - gap[at].after).abs() >= 1.0)
        .collect();
    order.sort_by(|&a, &b| {
        let (a, b) = (&gap[a], &gap[b]);
        let (a_falls, b_falls) = (a.after < a.before, b.after < b.before);
        let within = match a_falls {
            true => a.before.total_cmp(&b.before),
            false => b.before.total_cmp(&a.before),
        };
        a_falls.cmp(&b_falls).then(within).then(a.line.cmp(&b.line))
    });
    let mut given: Vec<usize> = Vec::new();
    for at in order {
        let link = gap[at];
        let falls = link.after < link.before;
        let meets = |other: &Link| {
            let (low, high) = (link.before.min(link.after), link.before.max(link.after));
            let (other_low, other_high) = (other.before.min(other.after), other.before.max(other.after));
            low < other_high + TRACK && other_low < high + TRACK
        };
        let met: Vec<&Link> = given
            .iter()
            .map(|&other| &gap[other])
            .filter(|other| meets(other))
            .collect();
        let same = met.iter().filter(|other| (other.after < other.before) == falls);
        let mut track = same.filter_map(|other| other.track).max().map_or(0, |track| track + 1);
        while met.iter().any(|other| other.track == Some(track)) {
            track += 1;
        }
        gap[at].track = Some(track);
        given.push(at);
    }
}

fn tracks_of(gap: &[Link]) -> usize {
    gap.iter()
        .filter_map(|link| link.track)
        .max()
        .map_or(0, |track| track + 1)
}

/// How far tracks are apart.
fn apart(gap: &[Link]) -> f64 {
    if tracks_of(gap) > MANY_TRACKS {
        NARROW_TRACK
    } else {
        TRACK
    }
}
