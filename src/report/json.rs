//! A JSON array of findings, in the shape that ruff uses and with more in it. The shape is stable: fields may be added.

use std::io;

use serde::Serialize;

use super::termcolor::WriteColor;
use crate::findings::verification::Verification;
use crate::findings::{
    Applicability, Condition, Confidence, Edit, Finding, Fix, Location, Platform, Related, Severity, StartMethod,
    fingerprint,
};

#[derive(Serialize)]
struct Element<'a> {
    code: &'a str,
    name: &'a str,
    severity: Severity,
    confidence: Confidence,
    message: &'a str,
    filename: &'a str,
    /// Of a notebook, the number of the cell that rows are counted in.
    cell: Option<u32>,
    location: Point,
    end_location: Point,
    start_methods: Vec<StartMethod>,
    fails_under: Vec<FailsUnder>,
    related: Vec<RelatedPlace<'a>>,
    fix: Option<Repair<'a>>,
    fingerprint: &'a str,
    url: String,
}

/// Both from 1; columns in code points.
#[derive(Serialize)]
struct Point {
    row: u32,
    column: u32,
}

#[derive(Serialize)]
struct FailsUnder {
    start_method: StartMethod,
    python: String,
    platforms: Vec<Platform>,
    symptom: String,
}

#[derive(Serialize)]
struct RelatedPlace<'a> {
    message: &'a str,
    filename: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cell: Option<u32>,
    location: Point,
    end_location: Point,
}

#[derive(Serialize)]
struct Repair<'a> {
    applicability: Applicability,
    message: &'a str,
    edits: Vec<Replacement<'a>>,
}

#[derive(Serialize)]
struct Replacement<'a> {
    filename: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    cell: Option<u32>,
    location: Point,
    end_location: Point,
    content: &'a str,
}

/// Writes the array.
pub fn write(out: &mut dyn WriteColor, findings: &[Finding]) -> io::Result<()> {
    let fingerprints = fingerprint::of_all(findings);
    let elements: Vec<_> = findings
        .iter()
        .zip(&fingerprints)
        .map(|(finding, fingerprint)| element(finding, fingerprint))
        .collect();
    serde_json::to_writer_pretty(&mut *out, &elements)?;
    writeln!(out)
}

/// An element with what experiments have said of it.
#[derive(Serialize)]
struct Verified<'a> {
    #[serde(flatten)]
    element: Element<'a>,
    verification: &'a Verification,
}

/// Writes the array, each element with what experiments have said of it.
pub fn write_verified(out: &mut dyn io::Write, findings: &[Finding], verifications: &[Verification]) -> io::Result<()> {
    let fingerprints = fingerprint::of_all(findings);
    let elements: Vec<_> = findings
        .iter()
        .zip(&fingerprints)
        .zip(verifications)
        .map(|((finding, fingerprint), verification)| Verified {
            element: element(finding, fingerprint),
            verification,
        })
        .collect();
    serde_json::to_writer_pretty(&mut *out, &elements)?;
    writeln!(out)
}

fn element<'a>(finding: &'a Finding, fingerprint: &'a str) -> Element<'a> {
    let (location, end_location) = points(&finding.location);
    Element {
        code: finding.rule.code,
        name: finding.rule.name,
        severity: finding.severity,
        confidence: finding.confidence,
        message: &finding.message,
        filename: finding.location.file.name(),
        cell: cell(&finding.location),
        location,
        end_location,
        start_methods: finding.start_methods().members().collect(),
        fails_under: finding.fails_under.iter().map(fails_under).collect(),
        related: finding.related.iter().map(related).collect(),
        fix: finding.fix.as_ref().map(repair),
        fingerprint,
        url: super::rule_url(finding.rule),
    }
}

fn cell(location: &Location) -> Option<u32> {
    location.file.cell(location.span.start)
}

fn points(location: &Location) -> (Point, Point) {
    let point = |offset| {
        let at = location.file.line_column(offset);
        Point {
            row: at.row,
            column: at.column,
        }
    };
    (point(location.span.start), point(location.span.end))
}

fn fails_under(condition: &Condition) -> FailsUnder {
    FailsUnder {
        start_method: condition.start_method,
        python: condition.python.to_string(),
        platforms: condition.platforms.members().collect(),
        symptom: condition.symptom.to_string(),
    }
}

fn related(related: &Related) -> RelatedPlace<'_> {
    let (location, end_location) = points(&related.location);
    RelatedPlace {
        message: &related.message,
        filename: related.location.file.name(),
        cell: cell(&related.location),
        location,
        end_location,
    }
}

fn repair(fix: &Fix) -> Repair<'_> {
    Repair {
        applicability: fix.applicability,
        message: &fix.message,
        edits: fix.edits.iter().map(replacement).collect(),
    }
}

fn replacement(edit: &Edit) -> Replacement<'_> {
    let (location, end_location) = points(&edit.location);
    Replacement {
        filename: edit.location.file.name(),
        cell: cell(&edit.location),
        location,
        end_location,
        content: &edit.content,
    }
}

#[cfg(test)]
mod tests {
    use super::super::samples::{self, plain};

    #[test]
    fn an_array_of_objects() {
        insta::assert_snapshot!(plain(|out| super::write(out, &[samples::two_files()])), @r#"
[
  {
    "code": "MP401",
    "name": "join-before-drain",
    "severity": "error",
    "confidence": "high",
    "message": "`p` is joined before the queue `q` that it fills is drained",
    "filename": "src/main.py",
    "cell": null,
    "location": {
      "row": 7,
      "column": 5
    },
    "end_location": {
      "row": 7,
      "column": 13
    },
    "start_methods": [
      "fork",
      "spawn",
      "forkserver"
    ],
    "fails_under": [
      {
        "start_method": "fork",
        "python": ">=3.8",
        "platforms": [
          "linux",
          "macos",
          "windows"
        ],
        "symptom": "hangs"
      },
      {
        "start_method": "spawn",
        "python": ">=3.8",
        "platforms": [
          "linux",
          "macos",
          "windows"
        ],
        "symptom": "hangs"
      },
      {
        "start_method": "forkserver",
        "python": ">=3.8",
        "platforms": [
          "linux",
          "macos",
          "windows"
        ],
        "symptom": "hangs"
      }
    ],
    "related": [
      {
        "message": "the queue is drained only here",
        "filename": "src/main.py",
        "location": {
          "row": 8,
          "column": 11
        },
        "end_location": {
          "row": 8,
          "column": 18
        }
      },
      {
        "message": "the item is put here",
        "filename": "src/worker.py",
        "location": {
          "row": 2,
          "column": 5
        },
        "end_location": {
          "row": 2,
          "column": 26
        }
      }
    ],
    "fix": {
      "applicability": "unsafe",
      "message": "Move `p.join()` below `q.get()`",
      "edits": [
        {
          "filename": "src/main.py",
          "location": {
            "row": 7,
            "column": 1
          },
          "end_location": {
            "row": 8,
            "column": 1
          },
          "content": ""
        }
      ]
    },
    "fingerprint": "e4b81292d3a9a76f",
    "url": "https://github.com/mplint/mplint/blob/main/rules/MP401-join-before-drain.md"
  }
]
"#);
    }

    #[test]
    fn nothing_is_an_empty_array() {
        assert_eq!(plain(|out| super::write(out, &[])), "[]\n");
    }

    #[test]
    fn rows_and_columns_of_all_kinds_of_files() {
        let text = plain(|out| super::write(out, &samples::all()));
        let array: serde_json::Value = serde_json::from_str(&text).unwrap();
        let places: Vec<_> = array
            .as_array()
            .unwrap()
            .iter()
            .map(|f| {
                format!(
                    "{} {}:{}-{}:{}",
                    f["filename"].as_str().unwrap(),
                    f["location"]["row"],
                    f["location"]["column"],
                    f["end_location"]["row"],
                    f["end_location"]["column"]
                )
            })
            .collect();
        insta::assert_snapshot!(places.join("\n"), @r#"
src/main.py 7:5-7:13
größe.py 1:14-1:25
crlf.py 2:6-4:3
mac.py 2:5-2:15
latin.py 1:1-1:1
end.py 2:1-2:1
long.py 1:120009-1:120017
[2Jevil
.py 1:33-1:41
"#);
    }
}
