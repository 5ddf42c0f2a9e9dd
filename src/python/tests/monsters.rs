//! Texts that nest without end: no overflow, no abort, no more than linear time.

use std::time::{Duration, Instant};

use super::super::{Symbols, parse};
use super::validate::validate;

/// The processor time of this thread where the system tells, else the time on the clock.
fn clock(began: Instant) -> Duration {
    std::fs::read_to_string("/proc/thread-self/schedstat")
        .ok()
        .and_then(|text| text.split(' ').next()?.parse().ok())
        .map_or_else(|| began.elapsed(), Duration::from_nanos)
}

const DEPTH: usize = 100_000;

/// Generous, for unoptimized builds. What is quadratic takes minutes.
const LIMIT: Duration = Duration::from_secs(5);

/// Parses on a stack as small as that of a worker thread, and returns the first error.
fn survives(name: &str, text: String) -> Option<String> {
    let name = name.to_owned();
    std::thread::Builder::new()
        .stack_size(2 * 1024 * 1024)
        .spawn(move || {
            let began = Instant::now();
            let before = clock(began);
            let parsed = parse(&text, &mut Symbols::default());
            let took = clock(began).saturating_sub(before);
            println!("{name}: {took:?} {:?}", parsed.errors.first());
            assert!(took < LIMIT, "{name} took {took:?}");
            assert_eq!(validate(&parsed.module), [""; 0], "{name}");
            parsed.errors.into_iter().next().map(|error| error.message)
        })
        .expect("a thread")
        .join()
        .expect("no panic")
}

fn too_deep(name: &str, text: String) {
    assert_eq!(survives(name, text).as_deref(), Some("nested too deeply"), "{name}");
}

fn fine(name: &str, text: String) {
    assert_eq!(survives(name, text), None, "{name}");
}

#[test]
fn brackets() {
    for (open, close) in [
        ("(", ")"),
        ("[", "]"),
        ("{", "}"),
        ("f(", ")"),
        ("a[", "]"),
        ("(", ",)"),
    ] {
        for depth in [20_000, DEPTH] {
            too_deep(open, format!("x = {}1{}\n", open.repeat(depth), close.repeat(depth)));
            too_deep(open, format!("x = {}", open.repeat(depth)));
        }
        fine(open, format!("x = {}1{}\n", open.repeat(500), close.repeat(500)));
    }
    too_deep("dicts", format!("x = {}1{}\n", "{1:".repeat(DEPTH), "}".repeat(DEPTH)));
    too_deep("mixed", format!("x = {}", "([{".repeat(DEPTH)));
    survives("closers", format!("x = {}", ")".repeat(DEPTH)));
}

#[test]
fn operators() {
    for operator in [
        "+",
        "-",
        "**",
        "%",
        "|",
        " or ",
        " and ",
        " < ",
        " if 1 else ",
        ".",
        "@",
        " is not ",
    ] {
        let operand = if operator == "." { "a" } else { "1 " };
        for depth in [15_000, DEPTH] {
            let text = format!("x = {}{operand}\n", format!("{operand}{operator}").repeat(depth));
            too_deep(operator, text);
        }
        fine(
            operator,
            format!("x = {}{operand}\n", format!("{operand}{operator}").repeat(700)),
        );
    }
}

#[test]
fn prefixes() {
    for prefix in ["-", "~", "not ", "await ", "lambda: ", "lambda a, b: ", "*", "yield "] {
        for depth in [15_000, DEPTH] {
            assert!(
                survives(prefix, format!("x = {}1\n", prefix.repeat(depth))).is_some(),
                "{prefix}"
            );
        }
        if !["*", "yield ", "await "].contains(&prefix) {
            fine(prefix, format!("async def f(): x = {}1\n", prefix.repeat(700)));
        }
    }
}

#[test]
fn trailers() {
    for trailer in [".b", "()", "[0]", ".b()[0]"] {
        too_deep(trailer, format!("a{}\n", trailer.repeat(DEPTH)));
        fine(trailer, format!("a{}\n", trailer.repeat(500)));
    }
}

#[test]
fn blocks() {
    let mut text = String::new();
    for depth in 0..3_500 {
        text.push_str(&" ".repeat(depth));
        text.push_str("if x:\n");
    }
    text.push_str(&" ".repeat(3_500));
    text.push_str("pass\n");
    too_deep("blocks", text);
    for header in [
        "if x:",
        "while x:",
        "for x in y:",
        "with x:",
        "def f():",
        "class C:",
        "try:",
    ] {
        let mut text = String::new();
        let depth = 300;
        for at in 0..depth {
            text.push_str(&format!("{}{header}\n", " ".repeat(at)));
        }
        text.push_str(&format!("{}pass\n", " ".repeat(depth)));
        if header == "try:" {
            for at in (0..depth).rev() {
                text.push_str(&format!("{0}finally:\n{0} f()\n", " ".repeat(at)));
            }
        }
        fine(header, text);
    }
}

#[test]
fn chains_that_do_not_nest() {
    fine("elif", format!("if a: b\n{}", "elif a:\n b\n".repeat(DEPTH)));
    fine("strings", format!("x = ({})\n", "'a' ".repeat(DEPTH)));
    fine("targets", format!("{}1\n", "x = ".repeat(2_000)));
    fine("elements", format!("x = [{}]\n", "f(a.b, -1), ".repeat(DEPTH)));
    fine("decorators", format!("{}def f(): pass\n", "@a.b(c)\n".repeat(DEPTH)));
    fine("statements", "x = a.b(c)\n".repeat(DEPTH));
    fine("semicolons", format!("{}x\n", "x = -1; ".repeat(DEPTH)));
    fine("cases", format!("match x:\n{}", " case 1: pass\n".repeat(DEPTH)));
    fine("functions", "def f(): return x\n".repeat(DEPTH));
    fine("excepts", format!("try:\n f()\n{}", "except A:\n g()\n".repeat(DEPTH)));
    fine("imports", format!("from a import {}b\n", "b, ".repeat(DEPTH)));
    fine("fors", format!("x = [1 {}]\n", "for a in b ".repeat(700)));
}

#[test]
fn strings() {
    for depth in [200, 20_000] {
        survives(
            "nested f-strings",
            format!("x = {}1{}\n", "f'{".repeat(depth), "}'".repeat(depth)),
        );
        survives(
            "format specifications",
            format!("x = f'{}1{}'\n", "{a:".repeat(depth), "}".repeat(depth)),
        );
        survives("open f-strings", format!("x = {}\n", "f'{".repeat(depth)));
    }
    fine("an f-string", format!("x = f'{}'\n", "{a}".repeat(DEPTH)));
    survives("an annotation", format!("def f(x: '{}'): pass\n", "[".repeat(DEPTH)));
    survives("quotes", "'".repeat(DEPTH));
    survives("triple quotes", "'''a".repeat(DEPTH));
}

#[test]
fn patterns() {
    for (open, close) in [("[", "]"), ("(", ")"), ("A(", ")"), ("{1: ", "}")] {
        for depth in [15_000, DEPTH] {
            let text = format!("match x:\n case {}y{}: pass\n", open.repeat(depth), close.repeat(depth));
            assert!(survives(open, text).is_some(), "{open}");
        }
        fine(
            open,
            format!("match x:\n case {}y{}: pass\n", open.repeat(300), close.repeat(300)),
        );
    }
    survives("match calls", "match(".repeat(DEPTH));
    survives(
        "with brackets",
        format!("with {}a{}: pass\n", "(".repeat(2_000), ")".repeat(2_000)),
    );
    survives("many withs", format!("with ({}a): pass\n", "a as b, ".repeat(20_000)));
}

#[test]
fn ways_out_are_not_multiplied() {
    // Every return leaves every `with`.
    let depth = 200;
    let mut text = "def f():\n".to_owned();
    for at in 1..=depth {
        text.push_str(&format!("{}with a:\n", " ".repeat(at)));
    }
    for _ in 0..2_000 {
        text.push_str(&format!("{}if b: return c\n", " ".repeat(depth + 1)));
    }
    fine("returns through withs", text);

    // Each `finally` body holds the next `try`.
    let mut text = String::new();
    for at in 0..200 {
        text.push_str(&format!("{0}try:\n{0} f()\n{0}finally:\n", " ".repeat(at)));
    }
    text.push_str(&format!("{}f()\n", " ".repeat(200)));
    fine("finally in finally", text);

    // A long `finally`, and many ways out.
    let returns = "  if b: return c\n".repeat(3_000);
    let finally = "  g(h)\n".repeat(3_000);
    fine(
        "a long finally",
        format!("def f():\n try:\n{returns} finally:\n{finally}"),
    );
}

#[test]
fn names_are_found_without_searching_all_scopes() {
    let mut text = "x = ".to_owned();
    for depth in 0..700 {
        text.push_str(&format!("lambda a{depth}: ("));
    }
    for depth in 0..20_000 {
        text.push_str(&format!("b{depth}, "));
    }
    text.push_str(&")".repeat(700));
    fine("free names", text);
}
