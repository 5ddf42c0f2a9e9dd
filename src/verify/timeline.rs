//! The life of each process of a run, made of what was seen from outside and what the program noted.

use std::collections::BTreeMap;

use super::oracle::place_of;
use crate::findings::timeline::{Lane, Mark, MarkKind, Phase, PhaseKind, Timeline};
use crate::runtime::observation::{Exit, Observation, Role, Stop};
use crate::runtime::probe::events::{Event, Place, What};
use crate::runtime::probe::frames::Frame;

/// Marks of one process.
const MOST_MARKS: usize = 60;
/// Processes of one run.
const MOST_LANES: usize = 40;
/// Lines of output.
const MOST_LINES: usize = 12;

/// What is known of a process.
#[derive(Default)]
struct Known {
    appeared: Option<f64>,
    made: Option<f64>,
    begun: Option<f64>,
    gone: Option<f64>,
    exit: Option<Exit>,
    name: Option<String>,
    work: Option<String>,
    marks: Vec<Mark>,
}

/// The time line of a run.
#[must_use]
pub fn of(title: &str, seen: &Observation) -> Timeline {
    let main = seen.processes.first().map(|first| first.pid);
    // The program's own clock began at some other time: its first note comes right after it was first seen.
    let first = seen.said.iter().map(|event| event.time).fold(f64::INFINITY, f64::min);
    let begun = seen.processes.first().map_or(0.0, |first| first.appeared);
    let time = |event: &Event| (event.time - first + begun).clamp(0.0, seen.seconds.max(0.0));
    let mut known: BTreeMap<i64, Known> = BTreeMap::new();
    for process in &seen.processes {
        let one = known.entry(i64::from(process.pid)).or_default();
        one.appeared = Some(process.appeared);
        one.gone = process.gone;
        one.exit = process.exit;
        one.name = match process.role {
            Role::Main => Some("main process".to_owned()),
            Role::ResourceTracker => Some("resource tracker".to_owned()),
            Role::ForkServer => Some("fork server".to_owned()),
            Role::Other => None,
        };
    }
    for event in &seen.said {
        let at = time(event);
        if let What::Start { child, process, .. } = &event.what {
            let one = known.entry(i64::from(*child)).or_default();
            one.made = Some(at);
            one.name = Some(process.name.clone());
            one.work.clone_from(&process.target);
        }
        let one = known.entry(i64::from(event.pid)).or_default();
        match &event.what {
            What::Bootstrap { .. } => one.begun = Some(at),
            What::Exit { .. } if one.gone.is_none() => one.gone = Some(at),
            _ => {}
        }
        if let Some((kind, text)) = mark(event)
            && one.marks.len() < MOST_MARKS
        {
            one.marks.push(Mark { at, text, kind });
        }
    }
    let mut lanes: Vec<(f64, Lane)> = known
        .into_iter()
        .filter(|(pid, one)| one.appeared.is_some() || one.made.is_some() || main == i32::try_from(*pid).ok())
        .map(|(pid, one)| lane(pid, one, seen))
        .collect();
    lanes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut output: Vec<String> = seen
        .stdout
        .text
        .lines()
        .rev()
        .take(MOST_LINES)
        .map(str::to_owned)
        .collect();
    output.reverse();
    Timeline {
        title: title.to_owned(),
        seconds: seen.seconds,
        stopped: seen.stopped.as_ref().map(|stop| match stop {
            Stop::Hang { proof, .. } => format!(
                "stopped, because every process waits for another one and has not run for {} ms",
                proof.still_ms
            ),
            other => format!("stopped: {}", other.as_str()),
        }),
        lanes: lanes.into_iter().map(|(_, lane)| lane).take(MOST_LANES).collect(),
        output,
    }
}

fn lane(pid: i64, one: Known, seen: &Observation) -> (f64, Lane) {
    let from = one.made.or(one.appeared).unwrap_or_default();
    let until = one.gone.unwrap_or(seen.seconds).max(from);
    let running = one.begun.unwrap_or(from).clamp(from, until);
    let blocked = blocked(pid, seen).map(|(since, text)| (since.clamp(running, until), text));
    let mut phases = Vec::new();
    let mut phase = |kind, from: f64, until: f64, text: &str| {
        if until > from {
            phases.push(Phase {
                kind,
                from,
                until,
                text: text.to_owned(),
            });
        }
    };
    phase(PhaseKind::Created, from, running, "made, and not at its own work yet");
    match &blocked {
        Some((since, text)) => {
            phase(PhaseKind::Running, running, *since, "running");
            phase(PhaseKind::Blocked, *since, until, text);
        }
        None => phase(PhaseKind::Running, running, until, "running"),
    }
    let is_left = seen.left.orphans.iter().any(|left| i64::from(*left) == pid);
    let is_zombie = seen.left.zombies.iter().any(|left| i64::from(*left) == pid);
    let (end, ended_well) = match (one.exit, one.gone) {
        (Some(exit), _) if is_zombie => (format!("{exit}, and nobody waited for it"), false),
        (Some(exit), _) => (exit.to_string(), exit.is_success()),
        (None, _) if is_left => ("still there when the program had ended".to_owned(), false),
        (None, Some(_)) => ("ended".to_owned(), true),
        (None, None) if seen.stopped.is_some() => ("never ended by itself".to_owned(), false),
        (None, None) => ("ended with the program".to_owned(), true),
    };
    let lane = Lane {
        name: one.name.unwrap_or_else(|| format!("process {pid}")),
        work: one.work,
        phases,
        end,
        ended_well,
        marks: one.marks,
    };
    (from, lane)
}

/// Since when a process was blocked, and on what.
fn blocked(pid: i64, seen: &Observation) -> Option<(f64, String)> {
    let (still, waits, stacks) = match &seen.stopped {
        Some(Stop::Hang { proof, stacks }) => (proof.still_ms, &proof.tasks, stacks),
        Some(Stop::Stall { stall, stacks }) => (stall.for_ms, &stall.blocked, stacks),
        _ => return None,
    };
    let mut texts: Vec<String> = Vec::new();
    for task in waits.iter().filter(|task| i64::from(task.pid) == pid) {
        let text = format!("waits for {}", task.wait);
        if !texts.contains(&text) {
            texts.push(text);
        }
    }
    if texts.is_empty() {
        return None;
    }
    let threads = u32::try_from(pid).ok().and_then(|pid| stacks.get(&pid));
    let mut places = threads.into_iter().flatten().filter_map(|thread| {
        let (file, row) = thread.frames.iter().find_map(place_of)?;
        Some(format!("at {file}:{row}"))
    });
    texts.extend(places.next());
    Some((seen.seconds - still as f64 / 1000.0, texts.join(", ")))
}

fn at(frame: Option<&Frame>) -> String {
    match frame.and_then(place_of) {
        Some((file, row)) => format!(" at {file}:{row}"),
        None => String::new(),
    }
}

fn mark(event: &Event) -> Option<(MarkKind, String)> {
    match &event.what {
        What::Start {
            process,
            method,
            at: place,
            ..
        } => Some((
            MarkKind::Crossing,
            format!("starts {} by {method}{}", process.name, at(place.as_ref())),
        )),
        What::Arrived { made } => Some((
            MarkKind::Crossing,
            format!("the result that was made{} has come", at(Some(made))),
        )),
        What::Held {
            at: place,
            seconds,
            count,
        } => Some((
            MarkKind::Crossing,
            format!("{count} had to wait for {seconds:.1} s{}", at(Some(place))),
        )),
        What::Open { at: place, count } => Some((
            MarkKind::Crossing,
            format!("hands over a task{}, and {count} are open", at(Some(place))),
        )),
        What::Waits { at: place, .. } => Some((MarkKind::Crossing, format!("asks for a result{}", at(Some(place))))),
        What::Line { file, line } => Some((MarkKind::Line, format!("runs {file}:{line}"))),
        What::Exception { place, chain, .. } => {
            let raised = chain.first()?;
            let deepest = raised
                .frames
                .iter()
                .rev()
                .find_map(|frame| place_of(frame).map(|_| frame));
            let end = match place {
                Place::Passing => ", and it may be caught",
                Place::Feeder => ", and the item is lost",
                Place::Main | Place::Process | Place::Thread => "",
            };
            let first = raised.message.lines().next().unwrap_or_default();
            Some((
                MarkKind::Failure,
                format!("{}: {first}{}{end}", raised.name(), at(deepest)),
            ))
        }
        What::Unclosed { class, at: place, .. } => Some((
            MarkKind::Failure,
            format!(
                "{class} goes away and was not closed; it was made{}",
                at(place.as_ref())
            ),
        )),
        What::Touched { name, how, at: place } => Some((
            MarkKind::Failure,
            format!("the stand-in {name} is {how}{}", at(place.as_ref())),
        )),
        _ => None,
    }
}
