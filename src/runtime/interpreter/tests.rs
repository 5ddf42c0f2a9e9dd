//! The search, in folders made for the test: the machine's own interpreters are only asked what they are.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};

use tempfile::TempDir;

use super::*;

fn script(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// An executable that answers as a Python of this version would. Writes how often it was asked to `FILE.asked`.
fn fake(path: &Path, version: &str, prefix: &Path) {
    let answer = serde_json::json!({
        "version": version, "build": version, "implementation": "cpython", "free_threaded": false, "gil": true,
        "default_start_method": "fork", "start_methods": ["fork", "spawn", "forkserver"], "platform": "linux",
        "executable": path, "prefix": prefix, "base_prefix": prefix, "exec_prefix": prefix,
        "base_exec_prefix": prefix, "stdlib": prefix.join("lib"), "platstdlib": prefix.join("lib"),
        "path": [], "libraries": [], "abiflags": "", "bits": 64,
    });
    let asked = format!("{}.asked", path.display());
    script(
        path,
        &format!("#!/bin/sh\necho x >> '{asked}'\necho noise\necho '@mplint@{answer}'\n"),
    );
}

fn surroundings(home: &Path, path: &[&Path]) -> Surroundings {
    let variables = [
        ("HOME", OsString::from(home)),
        ("PATH", std::env::join_paths(path).unwrap()),
    ];
    Surroundings {
        project: None,
        variables: variables.map(|(name, value)| (name.into(), value)).into(),
    }
}

#[test]
fn every_source_is_searched_in_order_and_each_interpreter_asked_once() {
    let folder = TempDir::new().unwrap();
    let home = folder.path().join("home");
    let bin = folder.path().join("bin");
    let project = folder.path().join("project");
    fake(&bin.join("python3.11"), "3.11.7", &bin);
    fake(&bin.join("python3.9"), "3.9.18", &bin);
    fake(&bin.join("python3.16"), "3.16.0a2", &bin);
    fake(&bin.join("python3.7"), "3.7.1", &bin);
    fake(&bin.join("python3.11-config"), "3.11.7", &bin);
    symlink("python3.11", bin.join("python3")).unwrap();
    symlink("python3.11", bin.join("python")).unwrap();
    fake(&project.join(".venv/bin/python3"), "3.12.1", &project);
    let pyenv = home.join(".pyenv/versions/3.10.13/bin/python3");
    fake(&pyenv, "3.10.13", &home);
    script(
        &home.join(".pyenv/shims/python3"),
        "#!/bin/sh\nexec pyenv exec python3 \"$@\"\n",
    );
    fake(
        &home.join(".local/share/uv/python/cpython-3.13/bin/python3"),
        "3.13.0",
        &home,
    );
    fake(&home.join("miniconda3/bin/python3"), "3.8.5", &home);
    fake(&home.join("miniconda3/envs/old/bin/python3"), "3.7.16", &home);

    let mut around = surroundings(&home, &[&home.join(".pyenv/shims"), &bin, &bin]);
    around.project = Some(project.clone());
    let found = find(&[], &around).unwrap();
    let list: Vec<(String, Source)> = found
        .usable
        .iter()
        .map(|one| (one.version.to_string(), one.source))
        .collect();
    let expected = [
        ("3.12.1", Source::Project),
        ("3.11.7", Source::Path),
        ("3.9.18", Source::Path),
        ("3.16.0a2", Source::Path),
        ("3.10.13", Source::Pyenv),
        ("3.13.0", Source::Uv),
        ("3.8.5", Source::Conda),
    ];
    // Not on /opt of the machine, where there may be more.
    let list: Vec<(&str, Source)> = list.iter().map(|(text, source)| (text.as_str(), *source)).collect();
    assert_eq!(list[..expected.len()], expected);
    let refused: Vec<String> = found.refused.iter().map(|one| one.reason.to_string()).collect();
    assert!(
        refused[0].contains("Python 3.7.16; mplint runs programs under 3.8.0 and later"),
        "{refused:?}"
    );
    // The script calls itself `python3.11`, whichever of its three names it was asked by.
    assert_eq!(
        fs::read_to_string(bin.join("python3.11.asked"))
            .unwrap()
            .lines()
            .count(),
        1
    );

    let names = [
        "3.9".to_owned(),
        "python3.11".to_owned(),
        pyenv.display().to_string(),
        "3.11".to_owned(),
    ];
    let named = find(&names, &around).unwrap();
    let versions: Vec<String> = named.usable.iter().map(|one| one.version.to_string()).collect();
    assert_eq!(versions, ["3.9.18", "3.11.7", "3.10.13"]);

    let error = find(&["3.1".to_owned()], &around).unwrap_err().to_string();
    assert!(
        error.contains("no Python is called `3.1`") && error.contains("3.16.0a2"),
        "{error}"
    );
    let error = find(&["pypy3".to_owned()], &around).unwrap_err().to_string();
    assert!(error.contains("no Python is called `pypy3`"), "{error}");
}

#[test]
fn nothing_found_says_where_it_was_looked_for() {
    let home = TempDir::new().unwrap();
    let bin = home.path().join("bin");
    script(
        &bin.join("python3"),
        "#!/bin/sh\necho 'Unknown option: -I' >&2\nexit 2\n",
    );
    let error = find(&[], &surroundings(home.path(), &[&bin])).unwrap_err().to_string();
    for part in [
        "--python",
        "python3, python3.8 and later, python on PATH",
        ".pyenv/versions/*/bin/python3",
        "uv/python",
        "conda",
        "$VIRTUAL_ENV (not set)",
        "bin/python3: it ended with exit status: 2 and Unknown option: -I",
    ] {
        assert!(error.contains(part), "{part} is missing in:\n{error}");
    }
}

#[test]
fn what_lies_or_never_answers_is_refused() {
    let folder = TempDir::new().unwrap();
    let cases = [
        ("flood", "#!/bin/sh\nexec yes\n", "wrote more than"),
        (
            "nonsense",
            "#!/bin/sh\necho '@mplint@{\"version\": 3}'\n",
            "cannot be understood",
        ),
        ("silent", "#!/bin/sh\nkill -9 $$\n", "signal 9 and said nothing"),
        ("text", "no program at all", "cannot be run"),
    ];
    for (name, text, expected) in cases {
        let path = folder.path().join(name);
        script(&path, text);
        let reason = examine(&path, Source::Named).unwrap_err().to_string();
        assert!(reason.contains(expected), "{name}: {reason}");
    }
    let path = folder.path().join("slow");
    script(&path, "#!/bin/sh\nsleep 60 & wait\n");
    let reason = ask::ask(&path, Duration::from_millis(100)).unwrap_err();
    assert!(matches!(reason, NoAnswer::Slow(_)), "{reason}");
    let path = folder.path().join("pypy");
    fake(&path, "3.11.7", folder.path());
    let text = fs::read_to_string(&path).unwrap().replace("\"cpython\"", "\"pypy\"");
    script(&path, &text);
    let reason = examine(&path, Source::Named).unwrap_err().to_string();
    assert!(reason.contains("it is pypy 3.11.7"), "{reason}");
}

#[test]
fn a_venv_is_not_its_base_and_links_are_no_new_interpreters() {
    let folder = TempDir::new().unwrap();
    let (bin, venv) = (folder.path().join("bin"), folder.path().join("env"));
    fake(&bin.join("python3.12"), "3.12.1", &bin);
    fs::create_dir_all(venv.join("bin")).unwrap();
    fs::write(venv.join("pyvenv.cfg"), "").unwrap();
    symlink(bin.join("python3.12"), venv.join("bin/python3")).unwrap();
    symlink("python3", venv.join("bin/python")).unwrap();
    symlink("python3.12", bin.join("python3")).unwrap();
    let identity = |path: PathBuf| places::identity(&path);
    assert_ne!(identity(bin.join("python3.12")), identity(venv.join("bin/python3")));
    assert_eq!(identity(venv.join("bin/python")), identity(venv.join("bin/python3")));
    assert_eq!(identity(bin.join("python3")), identity(bin.join("python3.12")));
}

#[test]
fn roots_are_few_and_never_a_home() {
    let folder = TempDir::new().unwrap();
    let home = fs::canonicalize(folder.path()).unwrap();
    let usr = home.join("cache/usr");
    for inside in ["bin", "lib/python3.14/lib-dynload", "lib/triplet"] {
        fs::create_dir_all(usr.join(inside)).unwrap();
    }
    fake(&usr.join("bin/python3"), "3.14.0", &usr);
    let mut interpreter = examine(&usr.join("bin/python3"), Source::Named).unwrap();
    interpreter.libraries = vec![usr.join("lib/triplet"), home.join("missing")];
    interpreter.path = vec![usr.join("lib/python3.14/lib-dynload")];
    assert_eq!(roots::of(&interpreter, Some(&home)), std::slice::from_ref(&usr));

    // An installation spread out in the home itself: only the parts of it.
    interpreter.prefix = home.clone();
    interpreter.base_prefix = PathBuf::from("/");
    interpreter.exec_prefix = home.clone();
    interpreter.base_exec_prefix = home.clone();
    let parts = [usr.join("bin"), usr.join("lib")];
    assert_eq!(roots::of(&interpreter, Some(&home)), parts);
}

#[test]
fn the_machines_interpreter_tells_all() {
    let found = find(&["python3".to_owned()], &Surroundings::of_this_process(None)).unwrap();
    let python = &found.usable[0];
    assert!(python.version >= Version::OLDEST);
    assert_eq!(python.start_methods.len(), 3);
    assert!(python.default_start_method.is_some() && python.stdlib.join("os.py").is_file());
    let roots = python.roots();
    assert!(
        roots.iter().any(|root| python.executable.starts_with(root)),
        "{roots:?}"
    );
    assert!(roots.iter().any(|root| python.stdlib.starts_with(root)), "{roots:?}");
    let json = serde_json::to_string(python).unwrap();
    assert_eq!(serde_json::from_str::<Interpreter>(&json).unwrap(), *python);
}
