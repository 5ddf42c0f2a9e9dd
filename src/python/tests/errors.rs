//! Errors, recovery, comments, and spans in awkward texts.

use super::super::ir::OpKind;
use super::super::{Symbols, parse};
use super::{lowered, parsed, validate};
use crate::files::Span;

/// The messages of the errors in a text, each with the text it points at.
fn errors(text: &str) -> Vec<(String, &str)> {
    let parsed = parse(text, &mut Symbols::default());
    assert_eq!(validate(&parsed.module), [""; 0], "{text}");
    parsed
        .errors
        .into_iter()
        .map(|error| (error.message, text.get(error.span.range()).unwrap_or("?")))
        .collect()
}

/// The source text of each call.
fn calls(text: &str) -> Vec<&str> {
    let parsed = parse(text, &mut Symbols::default());
    assert_eq!(validate(&parsed.module), [""; 0], "{text}");
    let ops = parsed
        .module
        .functions
        .iter()
        .flat_map(|function| &function.blocks)
        .flat_map(|block| &block.ops);
    ops.filter(|op| matches!(op.kind, OpKind::Call { .. }))
        .map(|op| text.get(op.span.range()).unwrap_or("?"))
        .collect()
}

/// The comments of a text, each with the statement it stands at.
fn comments(text: &str) -> Vec<(&str, &str)> {
    let at = |span: Span| text.get(span.range()).unwrap_or("?");
    let parsed = parse(text, &mut Symbols::default());
    parsed
        .comments
        .iter()
        .map(|comment| (at(comment.span), at(comment.statement)))
        .collect()
}

#[test]
fn what_parses_is_kept() {
    let text = "a()\nif b(:\n    c()\ndef f()\n    d()\nx = = 1\ne()\n";
    assert!(!errors(text).is_empty());
    let calls = calls(text);
    for call in ["a()", "d()", "e()"] {
        assert!(calls.contains(&call), "{call} is missing from {calls:?}");
    }
}

#[test]
fn python_2_is_an_error() {
    assert_eq!(
        errors("print 'hello'\n").first(),
        Some(&(
            "simple statements must be separated by newlines or semicolons".to_owned(),
            "'hello'"
        ))
    );
    for text in [
        "exec 'a'\n",
        "raise E, 'a'\n",
        "a <> b\n",
        "x = 0777\n",
        "`a`\n",
        "x = 10L\n",
        "ur'a'\n",
    ] {
        assert!(!errors(text).is_empty(), "{text}");
    }
}

#[test]
fn messages_are_fragments() {
    for text in [
        "def",
        "(",
        "'",
        "f'{",
        "class 1: pass",
        "a b",
        "if x:\n",
        "  x",
        "for",
        "\u{1F40D}",
        "x = $",
        "\\",
    ] {
        let errors = errors(text);
        assert!(!errors.is_empty(), "{text}");
        for (message, at) in errors {
            assert!(!message.ends_with('.') && at != "?", "{text}: {message}");
            assert!(!message.starts_with(char::is_uppercase), "{text}: {message}");
        }
    }
}

#[test]
fn a_call_of_match_after_a_semicolon_is_no_error() {
    assert_eq!(errors("x = 1; match(1)\n"), []);
    assert_eq!(calls("x = 1; match(1)\n"), ["match(1)"]);
    assert!(!errors("x = 1; if a: b\n").is_empty());
    assert!(!errors("x = 1; match a:\n    case b: pass\n").is_empty());
}

#[test]
fn new_syntax_is_accepted() {
    for text in [
        "try: a\nexcept B, C: d\n",
        "x = t'{a}'\n",
        "lazy import a\n",
        "x = [*y for y in z]\n",
        "x = {**y for y in z}\n",
        "def f[T = int](): pass\n",
        "x = f'{a['b']}'\n",
        "with (a as b, c as d): pass\n",
        "match = 1\ntype = match\ncase = _ = type\n",
        "print(*a, sep='')\n",
    ] {
        assert_eq!(errors(text), [], "{text}");
        lowered(text);
    }
}

#[test]
fn empty_texts() {
    for text in ["", "\n", "#", "\u{c}", "\r\n\r\n", "    "] {
        let parsed = parsed(text, &mut Symbols::default());
        assert_eq!(parsed.module.functions.len(), 1);
    }
}

#[test]
fn spans_count_bytes_of_the_text_as_it_is() {
    assert_eq!(calls("é = 'ü'\r\nfööl(é)\r\n"), ["fööl(é)"]);
    assert_eq!(calls("x = '''\r\n\r\n'''; f(\r\n  a)\r\n"), ["f(\r\n  a)"]);
    assert_eq!(calls("x = f'''\r\n{a()}\r\n'''; b()\r\n"), ["a()", "b()"]);
    assert_eq!(calls("a()\rb()\r"), ["a()", "b()"]);
    assert_eq!(calls("(f)(1)\n"), ["(f)(1)"]);
}

#[test]
fn definitions_begin_after_their_decorators() {
    let text = "@a  # why (\n\n@b(1)\n@(c)\n# so\nasync def f(): pass\n@d\nclass C: pass\n";
    let parsed = parsed(text, &mut Symbols::default());
    let spans: Vec<&str> = parsed
        .module
        .functions
        .iter()
        .skip(1)
        .map(|function| &text[function.span.range()])
        .collect();
    assert_eq!(spans, ["async def f(): pass", "class C: pass"]);
    assert_eq!(&text[parsed.module.classes[0].span.range()], "class C: pass");
}

#[test]
fn comments_know_their_statement() {
    let text = "\
# alone
a = f(  # first
    1,
    # second
    2)  # third
if a:  # header
    # alone too
    b; c  # both
@d  # decorator
def f(x,  # parameter
      y):
    pass
# last";
    assert_eq!(
        comments(text),
        [
            ("# alone", "# alone"),
            ("# first", "a = f(  # first\n    1,\n    # second\n    2)"),
            ("# second", "a = f(  # first\n    1,\n    # second\n    2)"),
            ("# third", "a = f(  # first\n    1,\n    # second\n    2)"),
            ("# header", "if a:"),
            ("# alone too", "# alone too"),
            ("# both", "b; c"),
            ("# decorator", "@d"),
            ("# parameter", "def f(x,  # parameter\n      y):"),
            ("# last", "# last"),
        ]
    );
}

#[test]
fn comments_survive_errors() {
    assert_eq!(comments("x = (  # a\n").first().map(|comment| comment.0), Some("# a"));
    assert_eq!(comments("é = 1  # ü\r\n# b\r\n"), [("# ü", "é = 1"), ("# b", "# b")]);
    assert_eq!(comments("'# no'\nf'{a # yes\n}'\n"), [("# yes", "f'{a # yes\n}'")]);
}
