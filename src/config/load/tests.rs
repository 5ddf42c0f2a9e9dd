use tempfile::TempDir;

use super::*;
use crate::config::{Origin, OutputFormat, Overrides, ParamRef, Place, check_against};
use crate::findings::{Confidence, Platform, Platforms, Severity};

const RULES: &[(&str, &str)] = &[
    ("MP101", "unpicklable-callable"),
    ("MP401", "join-before-drain"),
    ("MP402", "get-without-timeout"),
];

fn check(selector: &str) -> Result<(), Option<String>> {
    check_against(selector, RULES.iter().copied())
}

fn tree(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    folder
}

fn load_in(folder: &TempDir, below: &str) -> Result<Settings, ConfigError> {
    load(&ConfigSource::Nearest, &folder.path().join(below), &check)
}

fn load_text(text: &str) -> Result<Settings, ConfigError> {
    load_in(&tree(&[("mplint.toml", text)]), "")
}

fn error(text: &str) -> String {
    load_text(text).unwrap_err().to_string()
}

#[test]
fn every_key_is_read() {
    let settings = load_text(
        r#"select = ["MP4", "unpicklable-callable"]
extend-select = ["MP101"]
ignore = ["MP402"]
exclude = ["gen"]
extend-exclude = ["a/b"]
force-exclude = true
fail-on = "error"
min-severity = "warning"
min-confidence = "medium"
output-format = "concise"
target-python = "3.10..3.12"
platforms = ["linux", "macos"]

[per-file-ignores]
"tests/*" = ["MP401"]

[[api]]
name = "mycorp.run_in_child"
like = "multiprocessing.Process"
target = 0
args = "arguments"
"#,
    )
    .unwrap();
    let line = |line| Origin::File {
        file: "mplint.toml".into(),
        line,
    };
    assert_eq!(settings.file, Some("mplint.toml".into()));
    assert!(settings.selection.selects("MP401", "join-before-drain"));
    assert!(!settings.selection.selects("MP402", "get-without-timeout"));
    assert_eq!(settings.exclude.value.len(), 1);
    assert_eq!(settings.exclude.origin, line(4));
    assert_eq!(settings.extend_exclude[0].origin, line(5));
    assert_eq!(settings.force_exclude, Sourced::new(true, line(6)));
    assert_eq!(settings.fail_on, Sourced::new(Severity::Error, line(7)));
    assert_eq!(settings.min_severity, Sourced::new(Severity::Warning, line(8)));
    assert_eq!(settings.min_confidence, Sourced::new(Confidence::Medium, line(9)));
    assert_eq!(settings.output_format, Sourced::new(OutputFormat::Concise, line(10)));
    assert_eq!(settings.target_python.value.to_string(), "3.10..3.12");
    assert_eq!(
        settings.platforms,
        Sourced::new(Platforms::LINUX | Platforms::MACOS, line(12))
    );
    let wrapper = &settings.wrappers[0];
    assert_eq!(
        (wrapper.name.value.as_str(), wrapper.like.value.as_str()),
        ("mycorp.run_in_child", "multiprocessing.Process")
    );
    let place = Place::File {
        file: "mplint.toml".into(),
        line: 18,
        column: 8,
    };
    assert_eq!(wrapper.name.place, place);
    assert_eq!(wrapper.target.as_ref().map(|p| &p.value), Some(&ParamRef::Position(0)));
    assert_eq!(
        wrapper.args.as_ref().map(|p| &p.value),
        Some(&ParamRef::Name("arguments".into()))
    );
    assert_eq!(wrapper.kwargs, None);
    assert_eq!(settings.targets().versions().count(), 3);
}

#[test]
fn mistakes_name_their_place_and_what_was_meant() {
    for (text, expected) in [
        (
            "\nslect = []",
            "mplint.toml:2:1: unknown key `slect`; did you mean `select`?",
        ),
        (
            "per_file_ignores = {}",
            "mplint.toml:1:1: unknown key `per_file_ignores`; did you mean `per-file-ignores`?",
        ),
        ("colour = 1", "mplint.toml:1:1: unknown key `colour`"),
        (
            "select = \"MP4\"",
            "mplint.toml:1:10: `select` must be an array of strings, not a string",
        ),
        (
            "exclude = [\"a\", 3]",
            "mplint.toml:1:17: `an item of exclude` must be a string, not an integer",
        ),
        (
            "force-exclude = \"yes\"",
            "mplint.toml:1:17: `force-exclude` must be true or false, not a string",
        ),
        (
            "fail-on = \"eror\"",
            "mplint.toml:1:11: `eror` is no value for `fail-on`: it must be `note`, `warning` or `error`; did you mean `error`?",
        ),
        (
            "platforms = [\"linux\", \"beos\"]",
            "mplint.toml:1:23: `beos` is no value for `platforms`: it must be `linux`, `macos` or `windows`",
        ),
        (
            "platforms = []",
            "mplint.toml:1:13: `platforms` must be an array of at least one platform, not an empty array",
        ),
        (
            "target-python = \"3.20\"",
            "mplint.toml:1:17: `3.20` is no value for `target-python`: it must be a version such as \"3.12\" or a range such as \"3.9..3.15\" (`3.20` leaves the versions that mplint knows, 3.8 to 3.15)",
        ),
        (
            "target-python = 3.12",
            "mplint.toml:1:17: `target-python` must be a string, not a float",
        ),
        (
            "ignore = [\n  \"MP401\",\n  \"MP999\",\n]",
            "mplint.toml:3:3: no rule is called `MP999`",
        ),
        (
            "ignore = [\"join-before-drian\"]",
            "mplint.toml:1:11: no rule is called `join-before-drian`; did you mean `join-before-drain`?",
        ),
        (
            "[per-file-ignores]\n\"é.py\" = [\"MP4O1\"]",
            "mplint.toml:2:11: no rule is called `MP4O1`; did you mean `MP401`?",
        ),
        (
            "exclude = [\"a[\"]",
            "mplint.toml:1:12: `a[` is not a valid glob: unclosed character class; missing ']'",
        ),
        ("[[api]]\nname = \"a.b\"", "mplint.toml:1:1: the key `like` is missing"),
        (
            "[[api]]\nname = \"a b\"\nlike = \"x\"",
            "mplint.toml:2:8: `a b` is no value for `name`: it must be a dotted name such as `mycorp.run_in_child`",
        ),
        (
            "[[api]]\nname = \"a\"\nlike = \"x\"\ntarget = -1",
            "mplint.toml:4:10: `-1` is no value for `target`: it must be a position from 0 or the name of a parameter",
        ),
        (
            "[[api]]\nname = \"a\"\nlike = \"x\"\ntargets = 1",
            "mplint.toml:4:1: unknown key `targets`; did you mean `target`?",
        ),
        (
            "api = 3",
            "mplint.toml:1:7: `api` must be an array of tables, not an integer",
        ),
    ] {
        assert_eq!(error(text), expected);
    }
}

#[test]
fn broken_toml_names_file_line_and_column() {
    let message = error("select = []\nignore = [\n");
    assert!(message.starts_with("mplint.toml:"), "{message}");
    let folder = tree(&[("pyproject.toml", "[project]\nname = \"é\" x\n"), ("sub/a.py", "")]);
    let message = load_in(&folder, "sub").unwrap_err().to_string();
    let file = folder.path().join("pyproject.toml");
    assert!(message.starts_with(&format!("{}:2:12: ", file.display())), "{message}");
    fs::remove_file(&file).unwrap();
    fs::write(folder.path().join("mplint.toml"), b"\xFF").unwrap();
    assert_eq!(
        load_in(&folder, "").unwrap_err().to_string(),
        "mplint.toml: is not valid UTF-8 (byte 0)"
    );
}

#[test]
fn the_nearest_file_wins_and_own_file_before_pyproject() {
    let folder = tree(&[
        ("pyproject.toml", "[tool.mplint]\nfail-on = \"error\"\n"),
        ("a/pyproject.toml", "[project]\nname = \"a\"\n"),
        ("b/pyproject.toml", "[tool.mplint]\nfail-on = \"note\"\n"),
        ("b/mplint.toml", "fail-on = \"warning\"\n"),
        ("a/x/y", ""),
        ("b/x/y", ""),
    ]);
    let fail_on = |below| load_in(&folder, below).unwrap().fail_on.value;
    assert_eq!(fail_on(""), Severity::Error);
    assert_eq!(
        fail_on("a/x"),
        Severity::Error,
        "a pyproject.toml without our table is passed over"
    );
    assert_eq!(fail_on("b"), Severity::Warning);
    assert_eq!(fail_on("b/x"), Severity::Warning);
    let isolated = load(&ConfigSource::Isolated, &folder.path().join("b"), &check).unwrap();
    assert_eq!(isolated, Settings::default());
    let given = ConfigSource::File("pyproject.toml".into());
    let settings = load(&given, folder.path(), &check).unwrap();
    assert_eq!(settings.fail_on.origin.to_string(), "pyproject.toml:2");
    let given = ConfigSource::File("a/pyproject.toml".into());
    assert_eq!(
        load(&given, folder.path(), &check).unwrap_err().to_string(),
        "a/pyproject.toml: has no [tool.mplint] table"
    );
    let given = ConfigSource::File("no.toml".into());
    assert!(
        load(&given, folder.path(), &check)
            .unwrap_err()
            .to_string()
            .starts_with("no.toml: cannot be read: ")
    );
    let given = ConfigSource::File("a".into());
    assert_eq!(
        load(&given, folder.path(), &check).unwrap_err().to_string(),
        "a: is a directory, not a regular file"
    );
}

#[test]
fn requires_python_gives_the_targets() {
    let requires = "[project]\nrequires-python = \">=3.11,<3.14\"\n";
    let folder = tree(&[("pyproject.toml", requires), ("a/mplint.toml", "fail-on = \"error\"")]);
    for below in ["", "a"] {
        let settings = load_in(&folder, below).unwrap();
        assert_eq!(settings.target_python.value.to_string(), "3.11..3.13");
    }
    assert_eq!(
        load_in(&folder, "").unwrap().target_python.origin.to_string(),
        "pyproject.toml:2"
    );
    fs::write(folder.path().join("a/mplint.toml"), "target-python = \"3.9\"").unwrap();
    assert_eq!(load_in(&folder, "a").unwrap().target_python.value.to_string(), "3.9");
    fs::write(
        folder.path().join("pyproject.toml"),
        "[project]\nrequires-python = \"^3.9\"\n",
    )
    .unwrap();
    let settings = load_in(&folder, "").unwrap();
    assert_eq!(
        settings.warnings,
        ["pyproject.toml:2: `^3.9` in requires-python is not understood and left out"]
    );
    assert_eq!(settings.target_python, Settings::default().target_python);
    assert_eq!(
        load_in(&folder, "a").unwrap().warnings,
        [""; 0],
        "target-python says it all"
    );
}

#[test]
fn extended_files_lie_below() {
    let folder = tree(&[
        (
            "base/base.toml",
            "fail-on = \"error\"\nmin-severity = \"error\"\nexclude = [\"gen/a\"]\nignore = [\"MP4\"]\n\
             [per-file-ignores]\n\"x.py\" = [\"MP101\"]\n[[api]]\nname = \"a.b\"\nlike = \"c.d\"\n",
        ),
        (
            "p/pyproject.toml",
            "[tool.mplint]\nextend = \"../base/base.toml\"\nmin-severity = \"note\"\nextend-select = [\"MP401\"]\n\
             extend-exclude = [\"gen/b\"]\n[[tool.mplint.api]]\nname = \"a.b\"\nlike = \"e.f\"\n",
        ),
    ]);
    let settings = load_in(&folder, "p").unwrap();
    let base = folder.path().join("base/base.toml");
    assert_eq!(settings.fail_on.origin, Origin::File { file: base, line: 1 });
    assert_eq!(settings.min_severity.value, Severity::Note);
    assert!(settings.selection.selects("MP401", ""));
    assert!(!settings.selection.selects("MP402", ""));
    let excludes = settings.excludes().unwrap();
    assert!(
        excludes.matches(&folder.path().join("base/gen/a")),
        "a glob belongs to its file's folder"
    );
    assert!(excludes.matches(&folder.path().join("p/gen/b")));
    assert!(!excludes.matches(&folder.path().join("p/gen/a")));
    assert!(
        !excludes.matches(Path::new("/x/.venv")),
        "exclude replaces the defaults"
    );
    assert_eq!(settings.wrappers.len(), 1);
    assert_eq!(settings.wrappers[0].like.value, "e.f");
    let is_ignored = |path: &str, code| settings.is_ignored_in(Path::new(path), code, "").unwrap();
    assert!(is_ignored("/anywhere/x.py", "MP101"));
    assert!(!is_ignored("/anywhere/x.py", "MP401"));
    assert!(!is_ignored("/anywhere/y.py", "MP101"));
}

#[test]
fn rings_and_gaps_in_extend_are_errors() {
    let folder = tree(&[
        ("mplint.toml", "extend = \"a/b.toml\""),
        ("a/b.toml", "\nextend = \"../c.toml\""),
        ("c.toml", "extend = \"./a/../mplint.toml\""),
        ("self/mplint.toml", "extend = \"mplint.toml\""),
        ("gap/mplint.toml", "extend = \"nowhere.toml\""),
        ("bad/mplint.toml", "extend = \"base.toml\""),
        ("bad/base.toml", "\nfail-onn = 1"),
    ]);
    assert_eq!(
        load_in(&folder, "").unwrap_err().to_string(),
        "c.toml:1:10: configuration files extend each other in a ring: `mplint.toml` → `a/b.toml` → `c.toml` → `mplint.toml`"
    );
    assert_eq!(
        load_in(&folder, "self").unwrap_err().to_string(),
        "mplint.toml:1:10: configuration files extend each other in a ring: `mplint.toml` → `mplint.toml`"
    );
    let message = load_in(&folder, "gap").unwrap_err().to_string();
    assert!(
        message.starts_with("mplint.toml:1:10: cannot extend `nowhere.toml`: it cannot be read: "),
        "{message}"
    );
    assert_eq!(
        load_in(&folder, "bad").unwrap_err().to_string(),
        "base.toml:2:1: unknown key `fail-onn`; did you mean `fail-on`?"
    );
}

#[test]
fn the_command_line_has_the_last_word() {
    let folder = tree(&[(
        "mplint.toml",
        "fail-on = \"error\"\nignore = [\"MP4\"]\nexclude = [\"a/b\"]\n",
    )]);
    let settings = load_in(&folder, "").unwrap();
    let overrides = Overrides {
        extend_select: vec!["join-before-drain".into()],
        per_file_ignores: vec![("t.py".into(), "MP101".into())],
        extend_exclude: vec!["c/d".into()],
        fail_on: Some(Severity::Note),
        platforms: vec![Platform::Linux, Platform::Windows],
        target_python: Some("3.14".parse().unwrap()),
        ..Overrides::default()
    };
    let settings = settings.with_overrides(overrides, folder.path(), &check).unwrap();
    assert!(settings.selection.selects("MP401", "join-before-drain"));
    assert!(!settings.selection.selects("MP402", "get-without-timeout"));
    assert_eq!(settings.fail_on, Sourced::new(Severity::Note, Origin::CommandLine));
    assert_eq!(settings.platforms.value, Platforms::LINUX | Platforms::WINDOWS);
    assert_eq!(settings.exclude.origin.to_string(), "mplint.toml:3");
    assert_eq!(settings.min_severity.origin.to_string(), "default");
    assert_eq!(settings.target_python.origin.to_string(), "command line");
    let excludes = settings.excludes().unwrap();
    assert!(excludes.matches(&folder.path().join("a/b")) && excludes.matches(&folder.path().join("c/d")));
    assert!(
        settings
            .is_ignored_in(&folder.path().join("t.py"), "MP101", "")
            .unwrap()
    );
}

#[test]
fn mistakes_on_the_command_line_name_the_option() {
    let with = |overrides| {
        Settings::default()
            .with_overrides(overrides, Path::new("/"), &check)
            .unwrap_err()
            .to_string()
    };
    let overrides = Overrides {
        select: Some(vec!["MP4".into(), "mp40l".into()]),
        ..Overrides::default()
    };
    assert_eq!(
        with(overrides),
        "--select: no rule is called `mp40l`; did you mean `MP401`?"
    );
    let overrides = Overrides {
        extend_exclude: vec!["{a".into()],
        ..Overrides::default()
    };
    assert!(with(overrides).starts_with("--extend-exclude: `{a` is not a valid glob: "));
}

#[test]
fn defaults_leave_out_every_default_folder() {
    let settings = Settings::default();
    assert_eq!(
        settings.exclude.value.len(),
        crate::files::discover::DEFAULT_EXCLUDES.len()
    );
    assert!(settings.excludes().unwrap().matches(Path::new("/x/.venv")));
    assert_eq!(settings.targets(), crate::findings::Targets::default());
}
