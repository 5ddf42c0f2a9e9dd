//! Whether a run shows what a finding predicts, and in the lines that it speaks of.
//!
//! What is looked for is a symptom *at a place*. That a program failed is no evidence; that it failed elsewhere is none,
//! either, and is told as the reason.

use std::collections::BTreeSet;

use super::places::{self, Place};
use crate::findings::verification::{Source, StackOf};
use crate::findings::{Symptom, SymptomKind};
use crate::runtime::hang::HangProof;
use crate::runtime::observation::{Exit, Observation, Stacks, Stop};
use crate::runtime::probe::events::{Action, Event, Place as Ended, Raised, What};
use crate::runtime::probe::frames::Frame;
use crate::runtime::symptom::{Shown, symptoms};

/// The files that mplint adds to a program begin so; none of them is the user's.
pub const OURS: &str = "mplint_";

/// The probe by itself: what it puts in place of a method of the library is no line of the user's.
const PROBE: &str = "sitecustomize.py";

/// A symptom that was seen at a place of the finding.
#[derive(Clone, Debug)]
pub struct Sight {
    /// In a word.
    pub shown: Shown,
    /// In a sentence.
    pub detail: String,
    /// The file and the line.
    pub at: (String, u32),
    /// On whose word.
    pub source: Source,
    /// Of a hang, where all stood.
    pub stacks: Vec<StackOf>,
    /// What was left behind.
    pub leaked: Vec<String>,
    /// Whether it is an exception that the program catches.
    pub is_caught: bool,
}

/// What a run shows of a prediction.
#[derive(Clone, Debug)]
pub enum Look {
    /// It is there, at the place.
    Seen(Box<Sight>),
    /// It is not, and this was there instead; or nothing was wrong.
    Not(Option<String>),
}

/// The file and the line of a frame, if it is in one of the user's files.
pub(super) fn place_of(frame: &Frame) -> Option<(&str, u32)> {
    let file = match frame.file.split_once("/program/") {
        Some((folder, file)) if folder == "/mplint" || folder.contains("/mplint-") => file,
        Some(_) => return None,
        None if frame.file == PROBE => return None,
        None if frame.file.starts_with(['/', '<']) => return None,
        None => frame.file.strip_prefix("./").unwrap_or(&frame.file),
    };
    (!file.starts_with(OURS)).then_some((file, frame.line?))
}

/// Looks for a symptom at some places.
#[must_use]
pub fn look(symptom: &Symptom, places: &[Place], seen: &Observation) -> Look {
    match symptom.kind {
        SymptomKind::Raises => raises(symptom.detail, places, seen),
        SymptomKind::Hangs => match &seen.stopped {
            Some(Stop::Hang { proof, stacks }) => blocked(symptom.kind, places, seen, Some(proof), stacks),
            _ => Look::Not(instead(seen)),
        },
        SymptomKind::Stalls => match &seen.stopped {
            Some(Stop::Stall { stacks, .. }) => blocked(symptom.kind, places, seen, None, stacks),
            _ => Look::Not(instead(seen)),
        },
        SymptomKind::Leaks => leaks(places, seen),
        SymptomKind::Crashes => crashes(places, seen),
        // What only a comparison shows, and what shows nothing.
        SymptomKind::WrongResult
        | SymptomKind::Serial
        | SymptomKind::LostOutput
        | SymptomKind::Timeout
        | SymptomKind::Clean => Look::Not(instead(seen)),
    }
}

/// What was seen in place of what was looked for.
#[must_use]
pub fn instead(seen: &Observation) -> Option<String> {
    let shown: Vec<String> = symptoms(seen)
        .iter()
        .filter(|shown| shown.kind != SymptomKind::Clean)
        .map(ToString::to_string)
        .collect();
    (!shown.is_empty()).then(|| shown.join(" and "))
}

/// Whether a run came to its end by itself, with nothing raised and nothing crashed. What it left behind counts only where
/// that is the question.
#[must_use]
pub fn is_clean(seen: &Observation, question: SymptomKind) -> bool {
    let ended = seen.stopped.is_none() && seen.main.is_some_and(Exit::is_success);
    let innocent = |shown: &Shown| {
        shown.kind == SymptomKind::Clean || (shown.kind == SymptomKind::Leaks && question != SymptomKind::Leaks)
    };
    ended && symptoms(seen).iter().all(innocent)
}

/// The lines among those that were asked about that were run, in any process.
#[must_use]
pub fn lines_run(seen: &Observation) -> BTreeSet<(String, u32)> {
    let line = |event: &Event| match &event.what {
        What::Line { file, line } => Some((file.trim_start_matches("./").to_owned(), *line)),
        _ => None,
    };
    seen.said.iter().filter_map(line).collect()
}

/// How something that the lines hand over has come to where it was sent: a result that was made there is there, or a process
/// that was started there has begun, in an interpreter of its own.
#[must_use]
pub fn arrival(places: &[Place], seen: &Observation) -> Option<String> {
    let result = seen.said.iter().find_map(|event| match &event.what {
        What::Arrived { made } => place_of(made).filter(|(file, row)| places::hold(places, file, *row)),
        _ => None,
    });
    if let Some((file, row)) = result {
        return Some(format!(
            "what was handed over at {file}:{row} has gone there and come back"
        ));
    }
    seen.said.iter().find_map(|event| {
        let What::Start {
            child,
            method,
            at,
            made,
            ..
        } = &event.what
        else {
            return None;
        };
        let begins = |other: &Event| other.pid == *child && matches!(other.what, What::Bootstrap { .. });
        let places_of = [at, made].map(|at| at.as_ref().and_then(place_of));
        let mut here = places_of.into_iter().flatten();
        let (file, row) = here.find(|(file, row)| places::hold(places, file, *row))?;
        (method != "fork" && seen.said.iter().any(begins))
            .then(|| format!("the process of {file}:{row} was sent to an interpreter of its own, and began there"))
    })
}

/// An exception as the program told of it.
struct Told<'o> {
    event: &'o Event,
    ended: Ended,
    /// Where the thing was made that it is about.
    made: Option<(&'o str, u32)>,
    chain: &'o [Raised],
}

/// The exceptions, those that ended something before those that only went through a line.
fn exceptions(seen: &Observation) -> Vec<Told<'_>> {
    let mut all = Vec::new();
    for event in &seen.said {
        if let What::Exception { place, made, chain, .. } = &event.what {
            all.push(Told {
                event,
                ended: *place,
                made: made.as_ref().and_then(place_of),
                chain,
            });
        }
    }
    all.sort_by_key(|told| told.ended == Ended::Passing);
    all
}

fn raises(name: Option<&str>, places: &[Place], seen: &Observation) -> Look {
    let mut elsewhere = None;
    for Told {
        event,
        ended,
        made,
        chain,
    } in exceptions(seen)
    {
        for (at, raised) in chain.iter().enumerate() {
            let is_carrier = matches!(raised.name(), "RemoteTraceback" | "_RemoteTraceback");
            let is_meant = match name {
                Some(name) => raised.name() == name || raised.is(name),
                None => !raised.is("SystemExit") && !raised.is("KeyboardInterrupt"),
            };
            if is_carrier || !is_meant {
                continue;
            }
            let first_line = raised.message.lines().next().unwrap_or_default();
            let text = format!("{}: {first_line}", raised.name());
            // What came from another process has its own frames there, which are the deeper ones.
            let remote = chain.get(at + 1).map(Raised::remote_frames).unwrap_or_default();
            let remote = remote.iter().rev().find_map(place_of);
            let deepest = remote.or_else(|| raised.frames.iter().rev().find_map(place_of));
            // Where no line of the user's was run in a process, it is the one that a line of the user's started.
            let start = started(event.pid, seen).filter(|_| deepest.is_none());
            let way = |place: Option<(&str, u32)>, how: &str| {
                place.map(|(file, row)| (file.to_owned(), row, format!("{text}{how} {file}:{row}")))
            };
            let before = "before any line of its own, in the process that is";
            let up = deepest
                .map(|(file, row)| format!(", at {file}:{row}"))
                .unwrap_or_default();
            let ways = [
                way(deepest, ", at"),
                way(start.and_then(|start| start.at), &format!(", {before} started at")),
                way(start.and_then(|start| start.made), &format!(", {before} made at")),
                way(made, &format!("{up}, about what is made at")),
            ];
            let is_at = |(file, row, _): &(String, u32, String)| places::hold(places, file, *row);
            if let Some((file, row, detail)) = ways.into_iter().flatten().find(is_at) {
                let end = match ended {
                    Ended::Passing => "; the program itself goes on",
                    Ended::Feeder => "; the item is lost",
                    Ended::Main | Ended::Process | Ended::Thread => "",
                };
                // What can be taken out to compare is the line where it came up.
                let at = deepest.map_or((file, row), |(file, row)| (file.to_owned(), row));
                return Look::Seen(Box::new(Sight {
                    shown: Shown::with(SymptomKind::Raises, raised.name()),
                    detail: format!("{detail}{end}"),
                    at,
                    source: Source::Said,
                    stacks: Vec::new(),
                    leaked: Vec::new(),
                    is_caught: ended == Ended::Passing,
                }));
            }
            elsewhere.get_or_insert(match deepest {
                Some((file, row)) => format!(
                    "{} was raised at {file}:{row}, which is no line of the finding",
                    raised.name()
                ),
                None => format!("{} was raised, and in no line of the program", raised.name()),
            });
        }
    }
    Look::Not(elsewhere.or_else(|| instead(seen)))
}

/// Where a process was started, and where its object was made.
#[derive(Clone, Copy)]
struct Started<'o> {
    at: Option<(&'o str, u32)>,
    made: Option<(&'o str, u32)>,
}

fn started(pid: u32, seen: &Observation) -> Option<Started<'_>> {
    seen.said.iter().find_map(|event| match &event.what {
        What::Start { child, at, made, .. } if *child == pid => Some(Started {
            at: at.as_ref().and_then(place_of),
            made: made.as_ref().and_then(place_of),
        }),
        _ => None,
    })
}

/// The user's frames, the deepest first.
fn user_frames(frames: &[Frame]) -> impl Iterator<Item = (&str, u32, &str)> {
    frames
        .iter()
        .filter_map(|frame| place_of(frame).map(|(file, row)| (file, row, frame.function.as_str())))
}

fn blocked(
    kind: SymptomKind,
    places: &[Place],
    seen: &Observation,
    proof: Option<&HangProof>,
    stacks: &Stacks,
) -> Look {
    let mut found = None;
    let mut elsewhere = None;
    let mut all = Vec::new();
    for (&pid, threads) in stacks {
        for thread in threads {
            let Some((file, row, function)) = user_frames(&thread.frames).next() else {
                continue;
            };
            let frames = user_frames(&thread.frames).map(|(file, row, function)| format!("{file}:{row} in {function}"));
            let call = call_from(&thread.frames);
            all.push(StackOf {
                process: named(pid, seen),
                frames: call.clone().into_iter().chain(frames).collect(),
            });
            // A result that is waited for may have been made by another line.
            let made = seen.said.iter().find_map(|event| match &event.what {
                What::Waits { at, made } if event.pid == pid && place_of(at) == Some((file, row)) => place_of(made),
                _ => None,
            });
            let made = made.filter(|(file, row)| places::hold(places, file, *row));
            if places::hold(places, file, row) || made.is_some() {
                let about = made.map(|(file, row)| format!(" for what is made at {file}:{row}"));
                found.get_or_insert((pid, file.to_owned(), row, call, about.unwrap_or_default()));
            } else {
                elsewhere.get_or_insert(format!(
                    "it stands still at {file}:{row} in {function}, which is no line of the finding"
                ));
            }
        }
    }
    let Some((pid, file, row, call, about)) = found else {
        return Look::Not(elsewhere.or_else(|| instead(seen)));
    };
    let call = call.map(|call| format!(" in {call}")).unwrap_or_default();
    let who = named(pid, seen);
    let detail = match proof {
        Some(_) => {
            format!("the {who} waits at {file}:{row}{call}{about}, and nothing that could end the wait will ever run")
        }
        None => format!("the {who} is at {file}:{row}{call}{about}, and nothing gets any further"),
    };
    Look::Seen(Box::new(Sight {
        shown: Shown::plain(kind),
        detail,
        at: (file, row),
        source: Source::Seen,
        stacks: all,
        leaked: Vec::new(),
        is_caught: false,
    }))
}

/// The call of the library that the deepest line of the user's is in: `join (process.py)`.
fn call_from(frames: &[Frame]) -> Option<String> {
    let user = frames.iter().position(|frame| place_of(frame).is_some())?;
    let is_ours = |frame: &&Frame| frame.file == PROBE;
    let frame = frames.get(..user)?.iter().rev().find(|frame| !is_ours(frame))?;
    let file = frame.file.rsplit('/').next()?;
    Some(format!("{} ({file})", frame.function))
}

/// A process in words.
fn named(pid: u32, seen: &Observation) -> String {
    let is_main = seen.processes.first().is_some_and(|first| first.pid == pid as i32);
    let name = seen.said.iter().find_map(|event| match &event.what {
        What::Start { child, process, .. } if *child == pid => Some(process.name.clone()),
        _ => None,
    });
    match name {
        Some(name) => format!("child {name}"),
        None if is_main => "main process".to_owned(),
        None => format!("process {pid}"),
    }
}

fn leaks(places: &[Place], seen: &Observation) -> Look {
    let mut leaked = Vec::new();
    let mut found = None;
    let mut take = |what: String, ways: [&Option<Frame>; 2]| {
        let mut ways = ways.into_iter().filter_map(|at| at.as_ref().and_then(place_of));
        if let Some((file, row)) = ways.find(|(file, row)| places::hold(places, file, *row)) {
            leaked.push(what);
            found.get_or_insert((file.to_owned(), row));
        }
    };
    // A pool that the garbage collector found open, or one whose workers outlived it.
    for event in &seen.said {
        if let What::Unclosed { class, at, .. } = &event.what
            && !class.ends_with("ThreadPool")
        {
            take(
                format!("{} that nobody closed", class.rsplit('.').next().unwrap_or(class)),
                [at, &None],
            );
        }
    }
    if seen.stopped.is_none() || matches!(seen.stopped, Some(Stop::Leftovers)) {
        let left = seen
            .left
            .zombies
            .iter()
            .map(|pid| (pid, "ended, and nobody has waited for it"));
        let left = left.chain(
            seen.left
                .orphans
                .iter()
                .map(|pid| (pid, "still there when the program had ended")),
        );
        for (pid, how) in left {
            for event in &seen.said {
                if let What::Start {
                    child,
                    process,
                    at,
                    made,
                    ..
                } = &event.what
                    && i64::from(*child) == i64::from(*pid)
                {
                    take(format!("process {}: {how}", process.name), [at, made]);
                }
            }
        }
        for name in seen
            .left
            .segments
            .iter()
            .flatten()
            .map(String::as_str)
            .chain(never_removed(seen))
        {
            for event in &seen.said {
                if let What::Resource {
                    action: Action::Register,
                    name: registered,
                    at,
                    ..
                } = &event.what
                    && registered.trim_start_matches('/') == name.trim_start_matches('/')
                {
                    take(format!("/dev/shm/{name}"), [at, &None]);
                }
            }
        }
    }
    leaked.dedup();
    match found {
        Some(at) => Look::Seen(Box::new(Sight {
            shown: Shown::plain(SymptomKind::Leaks),
            detail: format!("left behind: {}", leaked.join("; ")),
            at,
            source: Source::Seen,
            stacks: Vec::new(),
            leaked,
            is_caught: false,
        })),
        None => Look::Not(instead(seen)),
    }
}

/// Segments that nobody has removed, so that the resource tracker did it, and said so.
fn never_removed(seen: &Observation) -> impl Iterator<Item = &str> {
    let has_leaked = |shown: &Shown| shown.kind == SymptomKind::Leaks && shown.detail.as_deref() == Some("segments");
    let leaked = symptoms(seen).iter().any(has_leaked);
    let of = |event: &'_ Event, wanted: Action| match &event.what {
        What::Resource { action, name, .. } if *action == wanted => Some(name.clone()),
        _ => None,
    };
    let removed: BTreeSet<String> = seen
        .said
        .iter()
        .filter_map(|event| of(event, Action::Unregister))
        .collect();
    seen.said
        .iter()
        .filter(move |_| leaked)
        .filter_map(move |event| match &event.what {
            What::Resource {
                action: Action::Register,
                name,
                kind,
                ..
            } if kind == "shared_memory" && !removed.contains(name) => Some(name.as_str()),
            _ => None,
        })
}

fn crashes(places: &[Place], seen: &Observation) -> Look {
    for process in &seen.processes {
        let Some(exit @ Exit::Signal(_)) = process.exit else {
            continue;
        };
        let is_fatal = symptoms(seen).iter().any(|shown| {
            shown.kind == SymptomKind::Crashes && shown.detail.as_deref() == Some(exit.to_string().as_str())
        });
        let Ok(pid) = u32::try_from(process.pid) else { continue };
        let started = started(pid, seen).map(|started| [started.at, started.made]);
        let ways = started.into_iter().flatten().flatten();
        let mut ways = ways.map(|(file, row)| (file.to_owned(), row));
        if let Some((file, row)) = ways.find(|(file, row)| is_fatal && places::hold(places, file, *row)) {
            return Look::Seen(Box::new(Sight {
                shown: Shown::with(SymptomKind::Crashes, exit.to_string()),
                detail: format!("the process started at {file}:{row} died of {exit}"),
                at: (file, row),
                source: Source::Seen,
                stacks: Vec::new(),
                leaked: Vec::new(),
                is_caught: false,
            }));
        }
    }
    Look::Not(instead(seen))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_user_have_places() {
        let place = |file: &str| {
            let frame = Frame::from((file.to_owned(), Some(3), "f".to_owned()));
            place_of(&frame).map(|(file, row)| (file.to_owned(), row))
        };
        assert_eq!(place("/mplint/program/a/b.py"), Some(("a/b.py".into(), 3)));
        assert_eq!(place("/tmp/mplint-x7/program/b.py"), Some(("b.py".into(), 3)));
        assert_eq!(place("main.py"), Some(("main.py".into(), 3)));
        for other in [
            "/usr/lib/program/b.py",
            "<string>",
            "/x/b.py",
            "mplint_driver.py",
            "/mplint/program/mplint_driver.py",
        ] {
            assert_eq!(place(other), None, "{other}");
        }
    }
}
