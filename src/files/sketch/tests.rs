//! What sketches show of small texts.

use proptest::prelude::*;

use super::*;

/// The parts as text, with those of some words that they use and bind.
fn shown(text: &str, words: &[&str]) -> Vec<String> {
    let sketch = Sketch::of(text.as_bytes());
    let name = |word: Word| words.iter().find(|name| Word::of(name) == word);
    let show = |part: &Part| {
        let mut uses: Vec<String> = sketch
            .uses(part)
            .iter()
            .filter_map(|used| {
                let member = used.member.map(|member| name(member).map_or("?", |name| name));
                let name = name(used.name)?;
                Some(member.map_or_else(|| (*name).to_owned(), |member| format!("{name}.{member}")))
            })
            .collect();
        uses.sort();
        let binds: Vec<&str> = sketch
            .binds(part)
            .iter()
            .filter_map(|word| name(*word).copied())
            .collect();
        let calls = if part.calls { "()" } else { "" };
        format!("{:?}{calls} {} <- {}", part.kind, binds.join(","), uses.join(","))
    };
    sketch.parts().map(show).collect()
}

#[test]
fn parts_of_files() {
    let words = ["a", "b", "c", "d", "e", "f", "g"];
    let globals = "\nfrom z import a, b, c, d, e, f, g";
    let globals_shown = "Import  <- a,b,c,d,e,f,g";
    for (text, wanted) in [
        ("", vec![]),
        ("a = b.c.d", vec!["Line a <- a,b.c"]),
        ("a, b = c = d(e)", vec!["Line() a,b,c <- a,b,c,d,e"]),
        ("a: b = c", vec!["Line a <- a,b,c"]),
        ("a == b\nf(a=b, c=d)", vec!["Line  <- a,b", "Line()  <- b,d,f"]),
        (
            "import a\nfrom b import (\n  c,\n)",
            vec!["Import  <- a", "Import()  <- b,c"],
        ),
        (
            "def a(b, c=d):\n    e = 1\n\n# f\n    def g(): pass\nf()",
            vec!["Definition() a <- a,b,d,e,g", "Line()  <- f"],
        ),
        (
            "@a\n@b(c)\nclass d(e):\n  def f(self): pass\n",
            vec!["Definition() d <- a,b,c,d,e,f"],
        ),
        (
            "async def a(): pass\nasync with b: c",
            vec!["Definition() a <- a", "Line  <- b,c"],
        ),
        (
            "if a:\n  def b(): c\n  d\nelse:\n  b = e()",
            vec![
                "Line  <- a",
                "Definition() b <- b,c",
                "Line  <- d",
                "Line  <- ",
                "Line() b <- b,e",
            ],
        ),
        (
            "if __name__ == '__main__':\n    a()\n    def b(): pass\nc",
            vec!["Guarded()  <- a,b", "Line  <- c"],
        ),
        (
            "def a():\n  global b, c  # d\n  b = 1",
            vec!["Definition() a,b,c <- a,b,c"],
        ),
        ("for a in b:\n  c", vec!["Line a <- a,b", "Line  <- c"]),
        ("with a as b: c", vec!["Line b <- a,b,c"]),
        (
            "a = '''\nb = c\n''' + d\nr'\\'' + e\n'f' 'g\na",
            vec!["Line a <- a,d", "Line  <- e", "Line  <- ", "Line  <- a"],
        ),
        ("a = (  # b\n  c\n)\nd \\\n  + e", vec!["Line a <- a,c", "Line  <- d,e"]),
        ("a = 0b1 + 1.e5 + f", vec!["Line a <- a,f"]),
        ("a.b = c\na[b] = d", vec!["Line a <- a.b,c", "Line a,b <- a,b,d"]),
    ] {
        let mut found = shown(&format!("{text}{globals}"), &words);
        assert_eq!(found.pop().as_deref(), Some(globals_shown), "{text}");
        assert_eq!(found, wanted, "{text}");
    }
    assert_eq!(shown("a = b(c)", &words), ["Line() a <- a"]);
    assert_eq!(
        shown("a = b(c)\nfrom d import *", &words),
        ["Line() a <- a,b,c", "Import  <- d"]
    );
}

#[test]
fn attributes_at_a_glance() {
    let asks = |text: &str| {
        asks_for(
            text.as_bytes(),
            |name| name == Word::of("a"),
            |_, member| member == Word::of("b"),
        )
    };
    for text in ["a.b", "x = a.b.c", "# a.b", "(a.b)"] {
        assert!(asks(text), "{text}");
    }
    for text in ["", ".", "a.", ".b", "a.bc", "ca.b", "a .b"] {
        assert!(!asks(text), "{text}");
    }
}

#[test]
fn excerpts() {
    let text = "# ä\nimport a\n\n@a\ndef f():\n    return g()\n\ndef g():  # ö\n    h = 1\n# of h\ndef h(): pass\nif a:\n    def i(): pass\nclass j:\n    k = i\nl = m\ndef m():\r\n    f\n";
    let sketch = Sketch::of(text.as_bytes());
    let excerpt = |wanted: &[&str]| {
        let excerpt = sketch.excerpt(text, |name| wanted.contains(&name))?;
        Some((sketch.text_of(&excerpt, text)?, excerpt.bytes))
    };
    let lines = |text: &str| -> Vec<String> {
        let lines = text.lines().map(|line| line.trim().to_owned());
        lines.filter(|line| !line.is_empty()).collect()
    };
    let (all_but_two, bytes) = excerpt(&[]).unwrap();
    assert_eq!(all_but_two.len(), text.len());
    assert_eq!(all_but_two.lines().count(), text.lines().count());
    let kept = "# ä|import a|@a|def f():|return g()|def g():  # ö|h = 1|# of h|def h(): pass|if a:|def i(): pass|l = m|def m():|f";
    assert_eq!(lines(&all_but_two).join("|"), kept);
    assert!(bytes < text.len());
    assert!(excerpt(&["j"]).is_none());
    let text = "def f(): pass\ndef g(): f\n";
    let sketch = Sketch::of(text.as_bytes());
    let excerpt = sketch.excerpt(text, |name| name == "f").unwrap();
    assert_eq!(sketch.text_of(&excerpt, text).unwrap().trim_end(), "def f(): pass");
    assert_eq!(excerpt.bytes, 14);
    assert!(sketch.excerpt(text, |name| name == "g").is_none());
}

proptest! {
    #[test]
    fn never_panics(text in "(def |class |if |@|a|'|\"|\"\"\"|[.=(){}:# \\\\\n\r\t\u{E4}0-9])(.|\n){0,20}") {
        let sketch = Sketch::of(text.as_bytes());
        let excerpt = sketch.excerpt(&text, |_| false);
        assert!(excerpt.is_none_or(|excerpt| sketch.text_of(&excerpt, &text).unwrap().len() == text.len()));
    }
}
