//! Conditions as sentences: `hangs under fork, spawn and forkserver`.

use super::text::and_list;
use crate::findings::{
    Condition, Platform, Platforms, PythonVersion, Severity, StartMethod, StartMethods, Symptom, SymptomKind, Targets,
    VersionRange,
};

/// One sentence for each symptom and extent, in the order in which they first occur. Versions and platforms are named
/// only where they are fewer than the targets. How grave the finding is says whether it does happen or can.
pub fn sentences(conditions: &[Condition], targets: Targets, severity: Severity) -> Vec<String> {
    struct Group {
        symptom: Symptom,
        extent: Vec<String>,
        methods: StartMethods,
    }
    let mut groups: Vec<Group> = Vec::new();
    for condition in joined(conditions) {
        let symptom = condition.symptom;
        let extent = [
            versions(condition.python, targets),
            platforms(condition.platforms, condition.start_method, targets),
        ]
        .into_iter()
        .flatten()
        .collect();
        match groups
            .iter_mut()
            .find(|group| group.symptom == symptom && group.extent == extent)
        {
            Some(group) => group.methods |= condition.start_method.into(),
            None => groups.push(Group {
                symptom,
                extent,
                methods: condition.start_method.into(),
            }),
        }
    }
    groups
        .into_iter()
        .map(|group| {
            let methods: Vec<_> = group.methods.members().map(StartMethod::as_str).collect();
            let mut sentence = format!("{} under {}", predicate(group.symptom, severity), and_list(&methods));
            if !group.extent.is_empty() {
                sentence.push_str(&format!(" ({})", group.extent.join("; ")));
            }
            sentence
        })
        .collect()
}

/// The conditions with those joined that differ in their platforms only.
fn joined(conditions: &[Condition]) -> Vec<Condition> {
    let mut joined: Vec<Condition> = Vec::new();
    for condition in conditions {
        let same = |other: &&mut Condition| {
            other.start_method == condition.start_method
                && other.python == condition.python
                && other.symptom == condition.symptom
        };
        match joined.iter_mut().find(same) {
            Some(other) => other.platforms |= condition.platforms,
            None => joined.push(*condition),
        }
    }
    joined
}

/// What happens, as the predicate of a sentence.
fn predicate(symptom: Symptom, severity: Severity) -> String {
    let (does, can) = match symptom.kind {
        SymptomKind::Raises => ("raises", "can raise"),
        SymptomKind::Hangs => ("hangs", "can hang"),
        SymptomKind::Stalls => ("stalls", "can stall"),
        SymptomKind::WrongResult => ("gives a wrong result", "can give a wrong result"),
        SymptomKind::Leaks => ("leaks", "can leak"),
        SymptomKind::Crashes => ("crashes", "can crash"),
        SymptomKind::Serial => ("runs one after another", "can run one after another"),
        SymptomKind::LostOutput => ("loses output", "can lose output"),
        SymptomKind::Timeout => ("runs out of time", "can run out of time"),
        SymptomKind::Clean => ("is clean", "can be clean"),
    };
    // Whether a process waits for ever, or is ended before its output is out, depends on the run unless it is an error.
    let depends = matches!(
        symptom.kind,
        SymptomKind::Hangs | SymptomKind::Stalls | SymptomKind::LostOutput
    );
    let words = match severity {
        Severity::Error => does,
        Severity::Warning if !depends => does,
        _ => can,
    };
    match (symptom.kind, symptom.detail) {
        (SymptomKind::Raises, None) => format!("{words} an exception"),
        (SymptomKind::Raises | SymptomKind::Leaks, Some(detail)) => format!("{words} {detail}"),
        (_, Some(detail)) => format!("{words} ({detail})"),
        (_, None) => words.to_owned(),
    }
}

fn versions(range: VersionRange, targets: Targets) -> Option<String> {
    let before = range.below.filter(|&below| below <= targets.newest);
    let from = (range.from > targets.oldest).then_some(range.from);
    match (from, before) {
        (None, None) => None,
        (Some(from), None) => Some(format!("Python {from} and later")),
        (None, Some(below)) => Some(format!("before Python {below}")),
        (Some(from), Some(PythonVersion(major, minor))) if from == PythonVersion(major, minor.saturating_sub(1)) => {
            Some(format!("Python {from}"))
        }
        (Some(from), Some(below)) => Some(format!("Python {from} and later, before {below}")),
    }
}

fn platforms(on: Platforms, method: StartMethod, targets: Targets) -> Option<String> {
    let possible = |platform: &Platform| targets.platforms.contains((*platform).into()) && method.exists_on(*platform);
    if Platform::ALL
        .into_iter()
        .filter(possible)
        .all(|platform| on.contains(platform.into()))
    {
        return None;
    }
    let names: Vec<_> = on.members().map(platform_name).collect();
    Some(and_list(&names))
}

fn platform_name(platform: Platform) -> &'static str {
    match platform {
        Platform::Linux => "Linux",
        Platform::Macos => "macOS",
        Platform::Windows => "Windows",
    }
}

#[cfg(test)]
mod tests {
    use super::sentences;
    use crate::findings::{
        Condition, Platforms, PythonVersion, Severity, StartMethod, Symptom, SymptomKind, Targets, VersionRange,
    };

    const HANGS: Symptom = Symptom {
        kind: SymptomKind::Hangs,
        detail: None,
    };
    const STALLS: Symptom = Symptom {
        kind: SymptomKind::Stalls,
        detail: None,
    };
    const TYPE_ERROR: Symptom = Symptom {
        kind: SymptomKind::Raises,
        detail: Some("TypeError"),
    };

    fn condition(start_method: StartMethod, symptom: Symptom) -> Condition {
        Condition {
            start_method,
            python: VersionRange::ANY,
            platforms: Platforms::all(),
            symptom,
        }
    }

    fn shown(conditions: &[Condition]) -> Vec<String> {
        sentences(conditions, Targets::default(), Severity::Error)
    }

    #[test]
    fn what_holds_everywhere_is_not_spelled_out() {
        let all = StartMethod::ALL.map(|method| condition(method, HANGS));
        assert_eq!(shown(&all), ["hangs under fork, spawn and forkserver"]);
        // Windows has no fork.
        let fork = Condition {
            platforms: Platforms::LINUX | Platforms::MACOS,
            ..condition(StartMethod::Fork, HANGS)
        };
        assert_eq!(shown(&[fork]), ["hangs under fork"]);
    }

    #[test]
    fn what_depends_on_the_run_can_happen() {
        let shown = |symptom, severity| {
            let conditions = [condition(StartMethod::Fork, symptom)];
            sentences(&conditions, Targets::default(), severity).concat()
        };
        assert_eq!(shown(HANGS, Severity::Warning), "can hang under fork");
        assert_eq!(shown(HANGS, Severity::Note), "can hang under fork");
        assert_eq!(shown(STALLS, Severity::Warning), "can stall under fork");
        assert_eq!(shown(STALLS, Severity::Error), "stalls under fork");
        assert_eq!(shown(TYPE_ERROR, Severity::Warning), "raises TypeError under fork");
        assert_eq!(shown(TYPE_ERROR, Severity::Note), "can raise TypeError under fork");
    }

    #[test]
    fn symptoms_and_extents_are_told_apart() {
        let conditions = [
            condition(StartMethod::Spawn, TYPE_ERROR),
            condition(StartMethod::Forkserver, TYPE_ERROR),
            condition(StartMethod::Fork, HANGS),
        ];
        assert_eq!(
            shown(&conditions),
            ["raises TypeError under spawn and forkserver", "hangs under fork"]
        );
        let late = Condition {
            python: VersionRange {
                from: PythonVersion(3, 14),
                below: None,
            },
            platforms: Platforms::LINUX,
            ..condition(StartMethod::Forkserver, HANGS)
        };
        assert_eq!(
            shown(&[late]),
            ["hangs under forkserver (Python 3.14 and later; Linux)"]
        );
    }

    #[test]
    fn version_ranges_are_seen_from_the_targets() {
        let range = |from, below| {
            let python = VersionRange {
                from: PythonVersion(3, from),
                below: Option::map(below, |minor| PythonVersion(3, minor)),
            };
            shown(&[Condition {
                python,
                ..condition(StartMethod::Spawn, HANGS)
            }])
            .concat()
        };
        assert_eq!(range(9, None), "hangs under spawn");
        assert_eq!(range(9, Some(16)), "hangs under spawn");
        assert_eq!(range(8, Some(14)), "hangs under spawn (before Python 3.14)");
        assert_eq!(range(11, Some(12)), "hangs under spawn (Python 3.11)");
        assert_eq!(
            range(11, Some(14)),
            "hangs under spawn (Python 3.11 and later, before 3.14)"
        );
    }

    #[test]
    fn platforms_given_one_by_one_are_joined() {
        let on = |platforms| Condition {
            platforms,
            ..condition(StartMethod::Spawn, HANGS)
        };
        assert_eq!(
            shown(&[on(Platforms::MACOS), on(Platforms::WINDOWS)]),
            ["hangs under spawn (macOS and Windows)"]
        );
        assert_eq!(
            shown(&[on(Platforms::MACOS), on(Platforms::WINDOWS), on(Platforms::LINUX)]),
            ["hangs under spawn"]
        );
    }
}
