//! Programs drawn as graphs. Each folder under `tests/graph/` is a program; the files of its name beside it are what is
//! drawn of it, and `MPLINT_UPDATE=1` writes them anew.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

#[path = "graph/svg.rs"]
mod svg;

const PROGRAMS: [&str; 5] = ["again", "labels", "modules", "pipeline", "pool"];

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/graph")
}

fn graph(folder: &Path, args: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mplint"))
        .args(["graph", "--isolated"])
        .args(args)
        .current_dir(folder)
        .output()
        .unwrap_or_else(|error| panic!("{error}"))
}

fn drawn(folder: &Path, args: &[&str]) -> String {
    let output = graph(folder, args);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(0), "{args:?}: {errors}");
    assert_eq!(errors, "", "{args:?}");
    String::from_utf8(output.stdout).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn programs_are_drawn_as_they_were() {
    for program in PROGRAMS {
        for (format, ending) in [("mermaid", "mmd"), ("dot", "dot"), ("json", "json"), ("svg", "svg")] {
            let text = drawn(&folder().join(program), &["main.py", "--format", format]);
            let kept = folder().join(format!("{program}.{ending}"));
            if std::env::var_os("MPLINT_UPDATE").is_some() {
                fs::write(&kept, &text).unwrap();
            }
            let expected = fs::read_to_string(&kept).unwrap_or_default();
            assert_eq!(text, expected, "{} is not what is drawn now", kept.display());
        }
    }
}

/// Every edge leads from a node to a node, every number of a finding is one, and so it is for several programs at once.
#[test]
fn what_is_referred_to_is_there() {
    let text = drawn(&folder(), &[".", "--format", "json"]);
    let graphs: Value = serde_json::from_str(&text).unwrap();
    let graphs = graphs.as_array().unwrap();
    // `modules/jobs.py` is shown where it is called.
    let programs: Vec<_> = graphs.iter().map(|graph| graph["program"].as_str().unwrap()).collect();
    assert_eq!(programs, PROGRAMS.map(|program| format!("{program}/main.py")));
    let mut all = Vec::new();
    for graph in graphs {
        let nodes = graph["nodes"].as_array().unwrap();
        let ids: Vec<_> = nodes.iter().map(|node| node["id"].as_str().unwrap()).collect();
        let edges = graph["edges"].as_array().unwrap();
        assert!(!edges.is_empty());
        let findings = graph["findings"].as_array().unwrap().len() as u64;
        for edge in edges {
            for end in ["from", "to"] {
                assert!(ids.contains(&edge[end].as_str().unwrap()), "{edge}");
            }
        }
        for number in nodes
            .iter()
            .chain(edges)
            .flat_map(|one| one["findings"].as_array().unwrap())
        {
            assert!(number.as_u64().unwrap() < findings);
        }
        all.extend(ids.into_iter().map(str::to_owned));
    }
    let number = all.len();
    all.sort();
    all.dedup();
    assert_eq!(all.len(), number, "an id is given twice");
}

/// Whatever stands in a program, a label ends where it should.
#[test]
fn labels_are_escaped() {
    let program = folder().join("labels");
    let mermaid = drawn(&program, &["main.py"]);
    for line in mermaid.lines() {
        assert!(matches!(line.matches('"').count(), 0 | 2), "{line}");
        if let Some((_, label)) = line.split_once('"') {
            let label = label.split('"').next().unwrap().replace("<br/>", "");
            assert!(!label.contains(['<', '>', '`', '[', '{', '|']), "{label}");
        }
    }
    let dot = drawn(&program, &["main.py", "--format", "dot"]);
    for line in dot.lines() {
        let plain = line.replace("\\\\", "").replace("\\\"", "");
        assert_eq!(plain.matches('"').count() % 2, 0, "{line}");
    }
    let svg = drawn(&program, &["main.py", "--format", "svg"]);
    assert!(svg.contains("&lt;c&gt; &amp; [d]") && !svg.contains("<c>"), "{svg}");
    for text in [mermaid, dot, svg] {
        assert!(text.contains("prozeß") && text.contains("größe"), "{text}");
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'), "{text}");
    }
}

#[test]
fn what_starts_nothing_is_not_drawn() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.py"), "print(1)\n").unwrap();
    let output = graph(folder.path(), &["a.py"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(output.stdout, b"");
    assert_eq!(
        String::from_utf8_lossy(&output.stderr),
        "warning: no process is started in `a.py`\n"
    );
    assert_eq!(drawn_data(folder.path(), "a.py"), "[]\n");
    let output = graph(folder.path(), &["b.py"]);
    assert_eq!(output.status.code(), Some(2));
}

fn drawn_data(folder: &Path, file: &str) -> String {
    String::from_utf8(graph(folder, &[file, "--format", "json"]).stdout).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn a_file_can_be_written() {
    let kept = tempfile::tempdir().unwrap();
    let file = kept.path().join("out.mmd");
    let program = folder().join("pool");
    assert_eq!(drawn(&program, &["main.py", "--output", file.to_str().unwrap()]), "");
    assert_eq!(fs::read_to_string(file).unwrap(), drawn(&program, &["main.py"]));
}
