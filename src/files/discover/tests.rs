use tempfile::TempDir;

use super::*;
use crate::files::PathPattern;

/// A folder with files of the given names; a name that ends in `/` is a folder.
fn tree(names: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for name in names {
        write(&folder, name, "x = 1\n");
    }
    folder
}

fn write(folder: &TempDir, name: &str, content: &str) {
    let path = folder.path().join(name);
    if name.ends_with('/') {
        fs::create_dir_all(path).unwrap();
    } else {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }
}

fn options(folder: &Path, excludes: &[&str]) -> DiscoverOptions {
    let patterns: Vec<PathPattern> = excludes
        .iter()
        .map(|pattern| PathPattern::new(pattern, folder).unwrap())
        .collect();
    DiscoverOptions {
        working_directory: folder.to_path_buf(),
        excludes: PathPatterns::new(&patterns).unwrap(),
        force_exclude: false,
        threads: 2,
    }
}

fn found(paths: &[&str], options: &DiscoverOptions) -> Discovery {
    let paths: Vec<PathBuf> = paths.iter().map(PathBuf::from).collect();
    discover(&paths, options).unwrap()
}

fn names(discovery: &Discovery) -> Vec<&str> {
    discovery.files.iter().map(|(file, ())| file.name.as_str()).collect()
}

#[test]
fn python_files_hidden_ones_too_sorted() {
    let folder = tree(&[
        "b.py", "a.pyi", "c.pyw", "d.txt", "e.pyc", ".f/.g.py", "a/z.py", "a/b/c.py", "py", "h.PY",
    ]);
    let discovery = found(&[], &options(folder.path(), &[]));
    assert_eq!(
        names(&discovery),
        [".f/.g.py", "a.pyi", "a/b/c.py", "a/z.py", "b.py", "c.pyw"]
    );
    assert_eq!((discovery.visited, discovery.problems), (6, vec![]));
}

#[test]
fn ignore_files_are_honoured_outside_repositories_and_at_every_depth() {
    let folder = tree(&["a.py", "gen/x.py", "p/a.py", "p/keep.py", "p/q/b.py", "q/b.py", "r.py"]);
    write(&folder, ".gitignore", "gen/\n*a.py\n");
    write(&folder, "p/.gitignore", "!a.py\nq\n");
    write(&folder, ".ignore", "r.py\n");
    let discovery = found(&[], &options(folder.path(), &[]));
    assert_eq!(names(&discovery), ["p/a.py", "p/keep.py", "q/b.py"]);
    // The ignore files above the given path count as well.
    let discovery = found(&["p/q", "q"], &options(folder.path(), &[]));
    assert_eq!(
        names(&discovery),
        ["p/q/b.py", "q/b.py"],
        "what is given is walked though it is ignored"
    );
    write(&folder, "q/a.py", "");
    assert_eq!(names(&found(&["q"], &options(folder.path(), &[]))), ["q/b.py"]);
}

#[test]
fn explicit_files_are_taken_whatever_says_no() {
    let folder = tree(&["a.txt", "ignored.py", "build/x.py", "build/y.py"]);
    write(&folder, ".gitignore", "ignored.py\n");
    let given = ["a.txt", "ignored.py", "build/x.py"];
    let mut options = options(folder.path(), &["build"]);
    let discovery = found(&given, &options);
    assert_eq!(names(&discovery), ["a.txt", "build/x.py", "ignored.py"]);
    assert!(discovery.files.iter().all(|(file, ())| file.explicit));
    assert_eq!(names(&found(&["build"], &options)), ["build/x.py", "build/y.py"]);
    options.force_exclude = true;
    assert_eq!(names(&found(&given, &options)), ["a.txt", "ignored.py"]);
    assert_eq!(names(&found(&["build"], &options)), [""; 0]);
}

#[test]
fn default_excludes_cover_environments_and_caches() {
    let folder = tree(&["a.py", "build.py", "distant/b.py"]);
    for name in DEFAULT_EXCLUDES {
        write(&folder, &format!("{name}/x.py"), "");
        write(&folder, &format!("deep/{name}/x/y.py"), "");
    }
    let discovery = found(&[], &options(folder.path(), DEFAULT_EXCLUDES));
    assert_eq!(names(&discovery), ["a.py", "build.py", "distant/b.py"]);
}

#[test]
fn excludes_by_path_name_and_file() {
    let folder = tree(&["a/gen/x.py", "b/gen/x.py", "a/x_pb2.py", "a/y.py", "b/only.py"]);
    let options = options(folder.path(), &["a/gen", "*_pb2.py", "b/only.py"]);
    assert_eq!(names(&found(&[], &options)), ["a/y.py", "b/gen/x.py"]);
    assert_eq!(names(&found(&["./a/../a"], &options)), ["a/y.py"]);
    let absolute = folder.path().join("a");
    assert_eq!(names(&found(&[absolute.to_str().unwrap()], &options)), ["a/y.py"]);
}

#[test]
fn no_file_twice_whatever_its_spelling() {
    let folder = tree(&["a.py", "s/b.py", "s/t/c.py"]);
    let absolute = folder.path().join("s/b.py");
    let given = [
        "s/t",
        "./s/",
        "a.py",
        ".",
        "s/../a.py",
        "./a.py",
        absolute.to_str().unwrap(),
        "s",
    ];
    for _ in 0..20 {
        let discovery = found(&given, &options(folder.path(), &[]));
        assert_eq!(names(&discovery), ["a.py", "s/b.py", "s/t/c.py"]);
        assert_eq!(discovery.visited, 3);
    }
    let mut reversed = given;
    reversed.reverse();
    assert_eq!(found(&reversed, &options(folder.path(), &[])).visited, 3);
}

#[test]
fn names_are_relative_where_possible() {
    let folder = tree(&["here/a.py", "there/b.py"]);
    let here = options(&folder.path().join("here"), &[]);
    assert_eq!(names(&found(&["../here"], &here)), ["a.py"]);
    assert_eq!(names(&found(&["../here/a.py"], &here)), ["a.py"]);
    assert_eq!(names(&found(&["../there"], &here)), ["../there/b.py"]);
    let there = folder.path().join("there");
    let discovery = found(&[there.to_str().unwrap()], &here);
    assert_eq!(names(&discovery), [slashed(&there.join("b.py"))]);
}

#[test]
fn missing_paths_are_all_named() {
    let folder = tree(&["a.py"]);
    let paths = ["a.py", "no.py", "nor/this"].map(PathBuf::from);
    let error = discover(&paths, &options(folder.path(), &[])).unwrap_err();
    assert_eq!(error.to_string(), "no such file or directory: `no.py`, `nor/this`");
}

#[test]
fn visitor_results_come_with_their_files() {
    let folder = tree(&[]);
    for number in 0..50 {
        write(
            &folder,
            &format!("d{}/f{number:02}.py", number % 7),
            &"x".repeat(number),
        );
    }
    let discovery = visit(&[], &options(folder.path(), &[]), || {
        |file: &FoundFile| {
            let length = fs::read(&file.path).unwrap().len();
            length.is_multiple_of(2).then_some(length)
        }
    })
    .unwrap();
    assert_eq!((discovery.visited, discovery.files.len()), (50, 25));
    assert!(discovery.files.is_sorted_by(|(a, _), (b, _)| a.name < b.name));
    for (file, length) in &discovery.files {
        assert!(file.name.ends_with(&format!("f{length:02}.py")), "{}", file.name);
    }
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::process::Command;

    use super::*;

    fn set_mode(folder: &TempDir, name: &str, mode: u32) {
        fs::set_permissions(folder.path().join(name), fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn executable_scripts() {
        let folder = tree(&["a.py"]);
        for (name, first, mode) in [
            ("run", "#!/usr/bin/env python3\n", 0o755),
            ("not-executable", "#!/usr/bin/env python3\n", 0o644),
            ("shell", "#!/bin/sh\n", 0o755),
            ("run.txt", "#!/usr/bin/env python3\n", 0o755),
        ] {
            write(&folder, name, first);
            set_mode(&folder, name, mode);
        }
        assert_eq!(names(&found(&[], &options(folder.path(), &[]))), ["a.py", "run"]);
    }

    #[test]
    fn links_in_walks_are_passed_over_and_given_ones_followed() {
        let folder = tree(&["d/a.py", "elsewhere/b.py"]);
        let at = |name: &str| folder.path().join(name);
        symlink(at("d"), at("d/loop")).unwrap();
        symlink("nowhere", at("d/dangling.py")).unwrap();
        symlink(at("elsewhere/b.py"), at("d/link.py")).unwrap();
        symlink(at("elsewhere"), at("linked")).unwrap();
        let options = options(folder.path(), &[]);
        let discovery = found(&["d"], &options);
        assert_eq!((names(&discovery), discovery.problems.len()), (vec!["d/a.py"], 0));
        assert_eq!(names(&found(&["d/link.py"], &options)), ["d/link.py"]);
        assert_eq!(names(&found(&["linked"], &options)), ["linked/b.py"]);
        let both = found(&["elsewhere", "linked", "d/link.py"], &options);
        assert_eq!(
            names(&both),
            ["d/link.py"],
            "the file that was given wins over those that are found"
        );
    }

    #[test]
    fn given_links_that_lead_nowhere_are_problems() {
        let folder = tree(&["a.py"]);
        symlink("nowhere", folder.path().join("dangling.py")).unwrap();
        symlink("round.py", folder.path().join("round.py")).unwrap();
        let discovery = found(&["round.py", "dangling.py", "."], &options(folder.path(), &[]));
        assert_eq!(names(&discovery), ["a.py"]);
        let problems: Vec<_> = discovery
            .problems
            .iter()
            .map(|p| (p.name.as_str(), p.message.as_str()))
            .collect();
        assert_eq!(
            problems[0],
            ("dangling.py", "is a symbolic link to something that does not exist")
        );
        assert_eq!(problems[1].0, "round.py");
        assert!(problems[1].1.starts_with("cannot be read: "), "{}", problems[1].1);
    }

    #[test]
    fn pipes_are_never_opened() {
        let folder = tree(&["a.py"]);
        let pipe = folder.path().join("pipe.py");
        assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let options = options(folder.path(), &[]);
        assert_eq!(names(&found(&[], &options)), ["a.py"]);
        let discovery = found(&["pipe.py"], &options);
        assert_eq!(discovery.files.len(), 0);
        assert_eq!(discovery.problems[0].message, "is a named pipe, not a regular file");
    }

    #[test]
    fn unreadable_directory_is_a_problem() {
        let folder = tree(&["a.py", "closed/b.py"]);
        set_mode(&folder, "closed", 0o000);
        if fs::read_dir(folder.path().join("closed")).is_ok() {
            println!("skipped: this user may read every directory");
            return;
        }
        let discovery = found(&[], &options(folder.path(), &[]));
        set_mode(&folder, "closed", 0o755);
        assert_eq!(names(&discovery), ["a.py"]);
        assert_eq!(discovery.problems.len(), 1);
        assert_eq!(discovery.problems[0].name, "closed");
        assert!(
            discovery.problems[0].message.contains("ermission denied"),
            "{:?}",
            discovery.problems
        );
    }

    #[test]
    fn names_that_are_no_unicode() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;
        let folder = tree(&["a.py"]);
        fs::write(folder.path().join(OsStr::from_bytes(b"\xFFb.py")), "").unwrap();
        let discovery = found(&[], &options(folder.path(), &[]));
        assert_eq!(names(&discovery), ["a.py", "\u{FFFD}b.py"]);
        assert!(discovery.files[1].0.path.exists());
    }
}
