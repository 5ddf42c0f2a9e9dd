//! Whole programs by writers who had read the rule pages and not the rules: `fixtures/programs/`.
//!
//! Each has one mistake, marked at the end of its line, or none; each was run to see that it fails, or is right. A
//! folder names the rules that its programs are about; errors and warnings of these rules must be the marked ones. What
//! the analysis does not follow yet is listed by program: the list may only shrink.

#[path = "support/folders.rs"]
mod folders;
#[expect(dead_code, reason = "what only the tests over rule pages need")]
mod support;

use std::fs;
use std::path::Path;

use mplint::findings::Severity;
use mplint::rules::page::ExampleFile;

const STARTING: &[&str] = &[
    "MP001", "MP002", "MP003", "MP101", "MP102", "MP106", "MP107", "MP201", "MP203", "MP204", "MP205", "MP209",
];
const WAITING: &[&str] = &[
    "MP101", "MP102", "MP201", "MP301", "MP302", "MP401", "MP402", "MP503", "MP601", "MP801",
];

/// Programs whose mistake is not found, and what would have to be followed.
const MISSED: &[(&str, &str)] = &[
    (
        "b110_robot",
        "that the keywords come from a dict, which a field of a named tuple holds",
    ),
    (
        "b217_school",
        "that what a decorator starts as a daemon has not ended with the program",
    ),
    (
        "b506_relay",
        "how many wait: one is called by name, others run as processes of a loop",
    ),
    (
        "b412_parliament",
        "in which order an exit stack calls what another method has put on it",
    ),
    ("b108_volcano", "which exception a dict of classes gives"),
    ("b218_nightwatch", "what a subclass of ChainMap holds"),
    (
        "b410_choir",
        "who sends through a field of a named tuple that an enumeration makes",
    ),
    (
        "b510_drawbridge",
        "that a member of an enumeration is asked by the setter of a property",
    ),
    ("b511_regatta", "which of two events a name of a namespace has"),
    ("b603_pantry", "what `zip(repeat(pantry), …)` sends"),
    (
        "b711_vaccine",
        "under which names a program sets its environment, where they are computed",
    ),
    (
        "b001_lichen",
        "that `__missing__` of a dict makes what starts processes",
    ),
    ("b115_cello", "what a class method of a dataclass's default takes"),
    (
        "b109_cryptography",
        "under which name a decorator's function is kept that a comprehension makes",
    ),
    (
        "b206_hotel",
        "that the exit code is taken for the result, through a base",
    ),
    (
        "b302_etl",
        "that a pool of a stage is joined without a close, through a chain of stages",
    ),
    (
        "b305_seismology",
        "which class a registry holds that `__init_subclass__` fills",
    ),
    ("b307_translations", "that a loop calls an object which asks and waits"),
    (
        "b301_tidetables",
        "which class a registry of another module holds that `__init_subclass__` fills",
    ),
    (
        "b106_dict_comp.py",
        "that what a library's function returns is nothing to call",
    ),
    ("b201_async_to_thread.py", "that a method of the program is always true"),
    (
        "b301_forgotten_on_stop.py",
        "an attribute set to None before its pool is closed",
    ),
    ("b401_log_threadless.py", "log records that a QueueHandler puts"),
    ("b401_parent_put.py", "how many items a class's methods take out"),
    (
        "b412_feeder.py",
        "that a handler of ValueError only says what went wrong",
    ),
    (
        "b511_phases.py",
        "that the daemonic process is not meant to be ended as it waits",
    ),
    ("b611_export.py", "a path object that a class holds"),
    ("b805_rotating.py", "a handler that an initializer's helper makes"),
    (
        "b806_broker",
        "what an option of the command line is by default: the level of the log",
    ),
];

/// The same for the programs of several files, which are folders.
const MISSED_OVER_FILES: &[&str] = &[
    // A call that gives `None` goes through two hands before it becomes a target.
    "b106_bake_sale",
    "b206_route_costs",
    // A `while` asks a global that nobody sets.
    "b303_fish_market",
];

/// Programs in which something is flagged that is not marked, and should not be.
const FLAGGED_FALSELY: &[&str] = &[
    // True as well: each round waits for its task.
    "b317_quote_service",
];

/// Programs in which a consequence of the marked mistake is flagged besides.
const FLAGGED_BESIDE: &[&str] = &[
    // The records are shared out by the worker's own teams, which only the data say.
    "c47_league.py",
    "b503_power_grid",
    // Who is waited for is on a list of those that are not alive any more.
    "c359_callcentre",
    // Only one of the strategies draws, and one process runs it.
    "c455_puzzleportfolio",
    // The global is set for fork alone, which the context is asked for.
    "c468_epidemic",
    // What each process puts is small, which only the data say.
    "c87_power_grid",
    // A pool for each of two or three ways to do the work, which a loop goes through.
    "c143_auction_lots",
    "c167_exam_tracker",
    "c173_chess_search",
    // One process after the other, each made when the last has ended, by an object that looks like a process.
    "c261_wheel_spinner",
    // Only one of the lamps is given the counter, which a comparison in a comprehension says.
    "c203_lighthouse_counts",
    // What the server takes out of the parent's executor it also waits for, each time.
    "b315_thumbnail_service",
];

#[test]
fn programs_about_starting_and_sending() {
    check("starting", STARTING);
}

#[test]
fn programs_about_waiting_and_sharing() {
    check("waiting", WAITING);
}

/// Programs about all rules from MP401 on. What is only a note there is marked, too, and a note elsewhere is none of ours.
#[test]
fn programs_about_what_processes_share() {
    check_all_marks("sharing", 50, "MP4");
}

/// Programs whose mistake lies behind registries, bases, properties and factories, most of them of several files.
#[test]
fn programs_of_several_layers() {
    check_all_marks("layered", 80, "MP0");
}

/// Holds each file or folder in a folder against its marks, as far as they are of rules from a code on.
fn check_all_marks(folder: &str, least: usize, from: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/programs")
        .join(folder);
    let mut programs: Vec<_> = fs::read_dir(&root)
        .unwrap_or_else(|error| panic!("{}: {error}", root.display()))
        .map(|entry| entry.unwrap_or_else(|error| panic!("{error}")).path())
        .collect();
    programs.sort();
    assert!(programs.len() > least, "the programs of {folder} are there");
    let mut problems = Vec::new();
    for path in programs {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let files = match path.is_dir() {
            true => folders::files_of(&path).unwrap_or_else(|error| panic!("{name}: {error}")),
            false => vec![ExampleFile {
                file: name.clone(),
                text: fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}")),
                line: 1,
                listed: Vec::new(),
            }],
        };
        let is_of_folder = |place: &support::Place| *place.2 >= *from;
        let marked = support::marked(&files);
        let found = support::lint(&files);
        let mut grave = support::lint_from(&files, Severity::Warning);
        grave.retain(is_of_folder);
        let is_missed = marked.iter().any(|place| !found.contains(place));
        let is_false = grave.iter().any(|place| !marked.contains(place));
        match (MISSED.iter().any(|(missed, _)| *missed == name), is_missed) {
            (true, false) => problems.push(format!("{name}: it is found now: take it off the list")),
            (false, true) => problems.push(format!("{name}: missed: {marked:?}, found: {found:?}")),
            _ => {}
        }
        if is_false && !FLAGGED_BESIDE.contains(&&*name) {
            problems.push(format!("{name}: flagged: {grave:?}, marked: {marked:?}"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

/// Programs about all rules up to MP318, most of them of several files.
#[test]
fn programs_of_several_files() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/programs/several");
    let mut problems = Vec::new();
    let mut programs = 0;
    for folder in walkdir::WalkDir::new(&root)
        .min_depth(1)
        .max_depth(1)
        .sort_by_file_name()
    {
        let folder = folder.unwrap_or_else(|error| panic!("{error}"));
        let name = folder.file_name().to_string_lossy().into_owned();
        programs += 1;
        let files = folders::files_of(folder.path()).unwrap_or_else(|error| panic!("{name}: {error}"));
        let of_rules = |place: &support::Place| *place.2 < *"MP4";
        let mut found = support::lint_from(&files, Severity::Warning);
        let mut marked = support::marked(&files);
        found.retain(of_rules);
        marked.retain(of_rules);
        for (list, missing, what) in [
            (
                MISSED_OVER_FILES,
                marked.iter().any(|place| !found.contains(place)),
                "a mistake is missed",
            ),
            (
                FLAGGED_FALSELY,
                found.iter().any(|place| !marked.contains(place)),
                "something is flagged that is not marked",
            ),
        ] {
            match (list.contains(&&*name), missing) {
                (true, false) => problems.push(format!("{name}: it is right now: take it off the list")),
                (false, true) => problems.push(format!("{name}: {what}: {found:?} instead of {marked:?}")),
                _ => {}
            }
        }
    }
    assert!(programs > 150, "the programs are there");
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

fn check(folder: &str, codes: &[&str]) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures/programs")
        .join(folder);
    let mut paths: Vec<_> = fs::read_dir(&root)
        .unwrap_or_else(|error| panic!("{}: {error}", root.display()))
        .map(|entry| entry.unwrap_or_else(|error| panic!("{error}")).path())
        .collect();
    paths.sort();
    assert!(paths.len() > 50, "the programs of {folder} are there");
    let mut problems = Vec::new();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        let files = [ExampleFile {
            file: name.clone(),
            text,
            line: 1,
            listed: Vec::new(),
        }];
        let of_folder = |place: &support::Place| codes.contains(&place.2.as_str());
        let mut found: Vec<_> = support::lint_from(&files, Severity::Warning)
            .into_iter()
            .filter(of_folder)
            .collect();
        let mut marked: Vec<_> = support::marked(&files).into_iter().filter(of_folder).collect();
        found.dedup();
        marked.dedup();
        let missed = MISSED.iter().any(|(missed, _)| *missed == name);
        let unexpected: Vec<_> = found.iter().filter(|place| !marked.contains(place)).collect();
        let missing: Vec<_> = marked.iter().filter(|place| !found.contains(place)).collect();
        for place in unexpected {
            problems.push(format!("{name}:{}: {} is not marked", place.1, place.2));
        }
        match (missed, missing.as_slice()) {
            (true, []) => problems.push(format!("{name}: its mistake is found now: take it off the list")),
            (false, missing) => {
                problems.extend(
                    missing
                        .iter()
                        .map(|place| format!("{name}:{}: {} is missed", place.1, place.2)),
                );
            }
            (true, _) => {}
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
