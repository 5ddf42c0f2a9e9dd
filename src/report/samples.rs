//! Findings to try the formats on.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use super::termcolor::{Ansi, NoColor, WriteColor};
use crate::files::{SourceFile, Span};
use crate::findings::{
    Applicability, Condition, Confidence, Edit, Finding, Fix, Hints, Location, Platforms, Related, RuleInfo, Severity,
    StartMethod, Symptom, SymptomKind, VersionRange,
};

/// What is written, without colours.
pub fn plain(write: impl FnOnce(&mut dyn WriteColor) -> io::Result<()>) -> String {
    let mut out = NoColor::new(Vec::new());
    write(&mut out).unwrap();
    String::from_utf8(out.into_inner()).unwrap()
}

/// What is written, with the sequences for colours.
pub fn coloured(write: impl FnOnce(&mut dyn WriteColor) -> io::Result<()>) -> String {
    let mut out = Ansi::new(Vec::new());
    write(&mut out).unwrap();
    String::from_utf8(out.into_inner()).unwrap()
}

fn file(name: &str, text: &str) -> Arc<SourceFile> {
    Arc::new(SourceFile::new(PathBuf::from(name), name.to_owned(), text.to_owned()))
}

/// The first place where a text stands.
fn at(file: &Arc<SourceFile>, needle: &str) -> Location {
    let start = file.text().find(needle).unwrap();
    Location {
        file: file.clone(),
        span: Span::new(start as u32, (start + needle.len()) as u32),
    }
}

fn finding(code: &'static str, name: &'static str, location: Location, message: &str) -> Finding {
    Finding {
        rule: RuleInfo { code, name },
        severity: Severity::Error,
        confidence: Confidence::High,
        message: message.to_owned(),
        location,
        fails_under: vec![],
        related: vec![],
        help: None,
        fix: None,
        hints: Hints::default(),
    }
}

fn on(methods: &[StartMethod], kind: SymptomKind, detail: Option<&'static str>) -> Vec<Condition> {
    methods
        .iter()
        .map(|&start_method| Condition {
            start_method,
            python: VersionRange::ANY,
            platforms: Platforms::all(),
            symptom: Symptom { kind, detail },
        })
        .collect()
}

/// One of each, in the order of a report.
pub fn all() -> Vec<Finding> {
    vec![
        two_files(),
        wide(),
        tabs_and_crlf(),
        lone_cr(),
        unreadable(),
        at_the_end(),
        long_line(),
        hostile(),
    ]
}

pub fn two_files() -> Finding {
    let main = file(
        "src/main.py",
        "from worker import fill\n\nif __name__ == \"__main__\":\n    q = mp.Queue()\n    p = mp.Process(target=fill, args=(q,))\n    p.start()\n    p.join()\n    print(q.get())\n",
    );
    let worker = file("src/worker.py", "def fill(q):\n    q.put(bytes(1 << 20))\n");
    let mut finding = finding(
        "MP401",
        "join-before-drain",
        at(&main, "p.join()"),
        "`p` is joined before the queue `q` that it fills is drained",
    );
    finding.fails_under = on(&StartMethod::ALL, SymptomKind::Hangs, None);
    finding.related = vec![
        Related {
            message: "the queue is drained only here".to_owned(),
            location: at(&main, "q.get()"),
        },
        Related {
            message: "the item is put here".to_owned(),
            location: at(&worker, "q.put(bytes(1 << 20))"),
        },
    ];
    finding.help = Some("get every item before the join".to_owned());
    finding.fix = Some(Fix {
        applicability: Applicability::Unsafe,
        message: "Move `p.join()` below `q.get()`".to_owned(),
        edits: vec![Edit {
            location: at(&main, "    p.join()\n"),
            content: String::new(),
        }],
        hides: Vec::new(),
    });
    finding
}

pub fn wide() -> Finding {
    let file = file("größe.py", "結果 = プール.map(lambda x: x, \"👍並列\")  # 終わり\n");
    let mut finding = finding(
        "MP101",
        "unpicklable-callable",
        at(&file, "lambda x: x"),
        "the lambda cannot be pickled",
    );
    finding.fails_under = on(
        &[StartMethod::Spawn, StartMethod::Forkserver],
        SymptomKind::Raises,
        Some("PicklingError"),
    );
    finding.related = vec![Related {
        message: "the pool".to_owned(),
        location: at(&file, "プール"),
    }];
    finding
}

pub fn tabs_and_crlf() -> Finding {
    let file = file(
        "crlf.py",
        "def f():\r\n\tp = Process(\r\n\t\ttarget=g(),\r\n\t)\r\n\tp.start()\r\n",
    );
    let mut finding = finding(
        "MP106",
        "target-called-not-passed",
        at(&file, "Process(\r\n\t\ttarget=g(),\r\n\t)"),
        "`g()` is called here and its result is the target",
    );
    finding.severity = Severity::Warning;
    finding.related = vec![Related {
        message: "the call".to_owned(),
        location: at(&file, "g()"),
    }];
    finding
}

pub fn lone_cr() -> Finding {
    let file = file("mac.py", "a = 1\rb = pool.get()\rc = 3\r");
    let mut finding = finding("MP402", "blocking-get", at(&file, "pool.get()"), "`get` has no timeout");
    finding.severity = Severity::Note;
    finding
}

pub fn unreadable() -> Finding {
    let file = file("latin.py", "");
    finding(
        "MP902",
        "unreadable-file",
        at(&file, ""),
        "the file is not valid UTF-8: byte 0xE9 in line 3",
    )
}

pub fn at_the_end() -> Finding {
    let file = file("end.py", "x = (\n");
    let mut location = at(&file, "x");
    location.span = Span::new(6, 6);
    finding("MP900", "invalid-syntax", location, "unexpected end of file")
}

pub fn long_line() -> Finding {
    let text = format!(
        "x = [{}]; p.join(); y = [{}]\n",
        "1, ".repeat(40_000),
        "2, ".repeat(40_000)
    );
    let file = file("long.py", &text);
    finding("MP401", "join-before-drain", at(&file, "p.join()"), "a long line")
}

pub fn hostile() -> Finding {
    let file = file(
        "\x1b[2Jevil\n.py",
        "x = '\x1b]0;title\x07 \u{202e}reversed\u{9b}31m'; p.join()\n",
    );
    finding(
        "MP401",
        "join-before-drain",
        at(&file, "p.join()"),
        "\x1b[31m`p` is joined\r\n::error::x",
    )
}

/// A finding with labels from and to these bytes, cut to characters; the first is its own.
pub fn labelled(text: &str, cuts: &[(usize, usize)]) -> Finding {
    let file = file("a.py", text);
    let mut locations = cuts.iter().map(|&(a, b)| Location {
        file: file.clone(),
        span: Span::new(
            text.floor_char_boundary(a.min(b)) as u32,
            text.floor_char_boundary(a.max(b)) as u32,
        ),
    });
    let mut finding = finding("MP401", "join-before-drain", locations.next().unwrap(), "a message");
    finding.related = locations
        .map(|location| Related {
            message: "here".to_owned(),
            location,
        })
        .collect();
    finding
}
