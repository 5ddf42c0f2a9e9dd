//! Reads the machine's standard library with a second, independent parser and expects the same functions, classes and
//! calls at the same places wherever both accept a file.

mod reference;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::Command;

use mplint::python::ir::{FunctionKind, OpKind};
use mplint::python::{Symbols, parse};

/// A function, class or call, with its place.
type Item = (&'static str, u32, u32);

/// What our reading of a text has; none where it is not valid.
fn ours(text: &str) -> Option<BTreeSet<Item>> {
    let parsed = parse(text, &mut Symbols::default());
    if !parsed.errors.is_empty() {
        return None;
    }
    let mut items = BTreeSet::new();
    for function in &parsed.module.functions {
        let kind = match function.kind {
            FunctionKind::Module => None,
            FunctionKind::Def | FunctionKind::AsyncDef => Some("def"),
            FunctionKind::Lambda => Some("lambda"),
            FunctionKind::ClassBody(_) => Some("class"),
        };
        items.extend(kind.map(|kind| (kind, function.span.start, function.span.end)));
        for op in function.blocks.iter().flat_map(|block| &block.ops) {
            if matches!(op.kind, OpKind::Call { decorator: false, .. }) {
                items.insert(("call", op.span.start, op.span.end));
            }
        }
    }
    Some(items)
}

/// Compares both readings and returns how many items they share; none where one of the parsers refuses the text.
fn compare(name: &str, text: &str) -> Option<usize> {
    let theirs = reference::read(text)?;
    let ours = ours(text)?;
    let here: Vec<_> = ours.difference(&theirs).collect();
    let there: Vec<_> = theirs.difference(&ours).collect();
    let show = |items: &[&Item]| -> Vec<String> {
        let shown = items.iter().take(5);
        shown
            .map(|(kind, start, end)| format!("{kind} {:?}", text.get(*start as usize..*end as usize)))
            .collect()
    };
    assert!(
        here.is_empty() && there.is_empty(),
        "{name}: only here {:?}, only there {:?}",
        show(&here),
        show(&there)
    );
    Some(ours.len())
}

#[test]
fn awkward_texts() {
    for text in [
        "é = ü(ö)\ndef f(): return g('ß')\n",
        "a(b)\r\nx = '''\r\n'''; c(d)\r\n@e(f)\r\ndef g(\r\n  h=i(),\r\n): pass\r\n",
        "x = (\n  a(b)  # é\n  .c(d)\n)\n(f)(g)(h)\n",
        "class A(b()):\n  x = [c(y) for y in d()]\n  async def f(s): await g()\n",
        "f(lambda x=a(): b(x), *c(), **d())\n",
        "with a() as b, c(): d()\ntry: e()\nexcept f() as g: h()\nfinally: i()\n",
        "\t\nif a():\n\tb()\nelif c(): d()\nelse: e()\n",
        "match a():\n  case b if c(): d()\n",
        "assert a(), b()\ndel c()[0]\nraise d() from e()\n",
        "x: a() = b()\nx[c()] += d()\nfor e().f in g(): h()\n",
    ] {
        assert!(compare(text, text).is_some_and(|count| count > 0), "{text}");
    }
}

#[test]
fn the_standard_library() {
    let output = Command::new("python3")
        .args(["-I", "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))"])
        .output();
    let folder = match output {
        Ok(output) if output.status.success() => PathBuf::from(String::from_utf8_lossy(&output.stdout).trim()),
        _ => {
            println!("skipped: no python3 to take a standard library from");
            return;
        }
    };
    let mut paths: Vec<PathBuf> = walkdir::WalkDir::new(folder)
        .into_iter()
        .filter_entry(|entry| !entry.file_name().to_string_lossy().ends_with("-packages"))
        .filter_map(Result::ok)
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|extension| extension == "py"))
        .collect();
    paths.sort();
    let mut files = 0;
    let mut items = 0;
    // The second parser is slow.
    for path in paths.iter().step_by(4) {
        let Ok(text) = std::fs::read_to_string(path) else {
            continue;
        };
        let name = path.display().to_string();
        let Some(count) = compare(&name, &text) else { continue };
        files += 1;
        items += count;
        // The second parser miscounts in f-strings that span lines with CRLF.
        if !text.contains('\r')
            && !["f'''", "f\"\"\"", "F'''", "F\"\"\""]
                .iter()
                .any(|quote| text.contains(quote))
        {
            compare(&format!("{name} with CRLF"), &text.replace('\n', "\r\n"));
        }
    }
    println!(
        "{items} functions, classes and calls in {files} of {} files",
        paths.len()
    );
    assert!(files > 50 && items > 5_000, "only {items} items in {files} files");
}
