//! Programs drawn as SVG: well-formed, complete, and so that nothing lies on anything else.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails as the tests do")]

use std::collections::BTreeSet;
use std::path::Path;

use roxmltree::{Document, Node};
use serde_json::Value;

use super::{drawn, folder};

/// Programs of different sizes and shapes, beside those under `tests/graph/`.
const MORE: [&str; 9] = [
    "fixtures/programs/several/c315_ingest_hub",
    "fixtures/programs/several/c308_print_service",
    "fixtures/programs/several/c212_retire_worker",
    "fixtures/programs/several/c105_async_limits",
    "fixtures/programs/several/c210_transcode",
    "fixtures/programs/layered/c24_plugin_hosts",
    "fixtures/projects/right/transfer",
    "fixtures/projects/wrong/transfer",
    "fixtures/projects/wrong/farm",
];

/// No screen is narrower than what ten processes need.
const WIDEST: f64 = 1300.0;

/// A rectangle: left, top, right, bottom.
#[derive(Clone, Copy, Debug)]
struct Area(f64, f64, f64, f64);

impl Area {
    const NONE: Self = Self(f64::MAX, f64::MAX, f64::MIN, f64::MIN);

    fn with(self, x: f64, y: f64) -> Self {
        Self(self.0.min(x), self.1.min(y), self.2.max(x), self.3.max(y))
    }

    /// Whether the two have more in common than what rounding makes of one line.
    fn meets(self, other: Self) -> bool {
        let little = 0.2;
        self.0 + little < other.2 && other.0 + little < self.2 && self.1 + little < other.3 && other.1 + little < self.3
    }
}

fn programs() -> Vec<std::path::PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let ours = super::PROGRAMS.iter().map(|program| folder().join(program));
    ours.chain(MORE.iter().map(|program| root.join(program))).collect()
}

fn classes<'a>(node: Node<'a, '_>) -> Vec<&'a str> {
    node.attribute("class").unwrap_or_default().split(' ').collect()
}

fn groups<'a, 'i>(document: &'a Document<'i>, class: &str) -> Vec<Node<'a, 'i>> {
    let all = document.descendants().filter(|node| node.has_tag_name("g"));
    // The samples of the legend have neither.
    let own = all.filter(|node| node.attribute("id").is_some() || node.attribute("data-from").is_some());
    own.filter(|node| classes(*node).contains(&class)).collect()
}

fn number(node: Node<'_, '_>, name: &str) -> f64 {
    node.attribute(name).unwrap().parse().unwrap()
}

fn of_rect(rect: Node<'_, '_>) -> Area {
    let (x, y) = (number(rect, "x"), number(rect, "y"));
    Area(x, y, x + number(rect, "width"), y + number(rect, "height"))
}

/// The points that a path goes through; of a bow only its end.
fn points(path: &str) -> Vec<(f64, f64)> {
    let mut points: Vec<(f64, f64)> = Vec::new();
    let starts: Vec<usize> = path.match_indices(char::is_alphabetic).map(|(at, _)| at).collect();
    for (number, &start) in starts.iter().enumerate() {
        let end = starts.get(number + 1).copied().unwrap_or(path.len());
        let values: Vec<f64> = path[start + 1..end]
            .split_whitespace()
            .map(|text| text.parse().unwrap())
            .collect();
        let last = points.last().copied().unwrap_or_default();
        match (&path[start..=start], values.as_slice()) {
            ("M" | "L" | "Q" | "A", [.., x, y]) => points.push((*x, *y)),
            ("V", [y]) => points.push((last.0, *y)),
            ("Z", []) => {}
            other => panic!("{other:?}"),
        }
    }
    points
}

/// Where a node is: the first and the last of its shapes.
fn of_node(node: Node<'_, '_>) -> Area {
    let mut area = Area::NONE;
    for shape in node.children().filter(|child| classes(*child).contains(&"shape")) {
        match shape.tag_name().name() {
            "rect" => {
                let Area(left, top, right, bottom) = of_rect(shape);
                area = area.with(left, top).with(right, bottom);
            }
            "polygon" => {
                for pair in shape.attribute("points").unwrap().split(' ') {
                    let (x, y) = pair.split_once(',').unwrap();
                    area = area.with(x.parse().unwrap(), y.parse().unwrap());
                }
            }
            _ => {
                for (x, y) in points(shape.attribute("d").unwrap()) {
                    area = area.with(x, y);
                }
            }
        }
    }
    area
}

fn title<'a>(node: Node<'a, '_>) -> &'a str {
    node.first_element_child()
        .filter(|child| child.has_tag_name("title"))
        .unwrap()
        .text()
        .unwrap()
}

/// All that the form for programs has is drawn, and told to whom rests the pointer on it.
#[test]
fn every_node_edge_and_finding_is_there() {
    for program in programs() {
        let text = drawn(&program, &["main.py", "--format", "svg"]);
        let document = Document::parse(&text).unwrap_or_else(|error| panic!("{}: {error}", program.display()));
        let data: Value = serde_json::from_str(&drawn(&program, &["main.py", "--format", "json"])).unwrap();
        let graph = &data[0];
        let list = |value: &Value| value.as_array().unwrap().clone();
        let nodes = groups(&document, "node");
        let lines = groups(&document, "line");
        let ids: Vec<_> = nodes.iter().map(|node| node.attribute("id").unwrap()).collect();
        let expected: Vec<_> = list(&graph["nodes"])
            .iter()
            .map(|node| node["id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(ids, expected, "{}", program.display());

        let says_findings = |title: &str, of: &Value| {
            for at in list(&of["findings"]) {
                let finding = &graph["findings"][at.as_u64().unwrap() as usize];
                let words = format!(
                    "{} {}",
                    finding["code"].as_str().unwrap(),
                    finding["severity"].as_str().unwrap()
                );
                assert!(title.contains(&words), "{title}");
                assert!(title.contains(finding["message"].as_str().unwrap()), "{title}");
            }
        };
        for (node, of) in nodes.iter().zip(list(&graph["nodes"])) {
            says_findings(title(*node), &of);
        }
        let mut drawn_lines = BTreeSet::new();
        for edge in list(&graph["edges"]) {
            let (from, to) = (edge["from"].as_str().unwrap(), edge["to"].as_str().unwrap());
            let line = lines.iter().find(|line| {
                let ends = (line.attribute("data-from").unwrap(), line.attribute("data-to").unwrap());
                ends == (from, to) || ends == (to, from)
            });
            let line = line.unwrap_or_else(|| panic!("{}: no line for {edge}", program.display()));
            drawn_lines.insert(line.range().start);
            let title = title(*line);
            for place in list(&edge["places"]) {
                let place = format!("{}:{}", place["file"].as_str().unwrap(), place["line"]);
                assert!(title.contains(&place), "{title}");
            }
            says_findings(title, &edge);
        }
        assert_eq!(drawn_lines.len(), lines.len());
    }
}

/// Boxes and labels lie apart, within the drawing, and no line goes through one that is not its own.
#[test]
fn nothing_lies_on_anything_else() {
    for program in programs() {
        let text = drawn(&program, &["main.py", "--format", "svg"]);
        let document = Document::parse(&text).unwrap();
        let name = program.display();
        let root = document.root_element();
        let whole = Area(0.0, 0.0, number(root, "width"), number(root, "height"));
        assert!(whole.2 <= WIDEST, "{name}: {} wide", whole.2);
        let nodes: Vec<(&str, Area)> = groups(&document, "node")
            .into_iter()
            .map(|node| (node.attribute("id").unwrap(), of_node(node)))
            .collect();
        let lines = groups(&document, "line");
        let label = |line: &Node<'_, '_>| {
            line.children()
                .find(|child| classes(*child).contains(&"label"))
                .map(of_rect)
        };
        let labels: Vec<Area> = lines.iter().filter_map(label).collect();
        let areas: Vec<Area> = nodes
            .iter()
            .map(|(_, area)| *area)
            .chain(labels.iter().copied())
            .collect();
        for (at, area) in areas.iter().enumerate() {
            assert!(
                area.0 >= 0.0 && area.1 >= 0.0 && area.2 <= whole.2 && area.3 <= whole.3,
                "{name}: {area:?}"
            );
            for other in &areas[..at] {
                assert!(!area.meets(*other), "{name}: {area:?} and {other:?}");
            }
        }
        for line in &lines {
            let way = line.children().find(|child| classes(*child).contains(&"way")).unwrap();
            let points = points(way.attribute("d").unwrap());
            let ends = [line.attribute("data-from").unwrap(), line.attribute("data-to").unwrap()];
            let own = label(line);
            for pair in points.windows(2) {
                let part = Area::NONE.with(pair[0].0, pair[0].1).with(pair[1].0, pair[1].1);
                // A line has no width of its own.
                let part = Area(part.0 - 0.5, part.1 - 0.5, part.2 + 0.5, part.3 + 0.5);
                for (id, area) in &nodes {
                    assert!(
                        ends.contains(id) || !part.meets(*area),
                        "{name}: {ends:?} goes through {id}"
                    );
                }
                for area in &labels {
                    let is_own = own.is_some_and(|own| own.0 == area.0 && own.1 == area.1);
                    assert!(
                        is_own || !part.meets(*area),
                        "{name}: {ends:?} goes through the label at {area:?}"
                    );
                }
            }
        }
    }
}

/// A drawing can be sent to somebody, or be shown by a page that allows nothing.
#[test]
fn a_drawing_needs_nothing_from_elsewhere() {
    let text = drawn(&folder(), &[".", "--format", "svg"]);
    let document = Document::parse(&text).unwrap();
    for node in document.descendants() {
        assert!(!matches!(
            node.tag_name().name(),
            "script" | "image" | "use" | "foreignObject" | "a"
        ));
        for attribute in node.attributes() {
            assert!(
                !attribute.name().starts_with("on") && !attribute.name().ends_with("href"),
                "{attribute:?}"
            );
        }
    }
    let style = document.descendants().find(|node| node.has_tag_name("style")).unwrap();
    let style = style.text().unwrap();
    assert!(!style.contains("url(") && !style.contains("@import") && style.contains("prefers-color-scheme:dark"));
    let ids: Vec<_> = document.descendants().filter_map(|node| node.attribute("id")).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    for program in super::PROGRAMS {
        assert!(text.contains(&format!(">{program}/main.py</text>")), "{program}");
    }
}
