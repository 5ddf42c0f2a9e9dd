//! Small projects on disk, and what their imports lead to.

use std::path::Path;

use super::*;
use crate::files::PathPattern;
use crate::files::discover::DEFAULT_EXCLUDES;

/// A project: paths of empty files, or `path=text`; a path that ends in `/` is an empty folder, `a -> b` a link to `b`.
struct Tree {
    folder: tempfile::TempDir,
    root: PathBuf,
    search: ImportSearch,
}

impl Tree {
    fn new(files: &[&str]) -> Self {
        Self::seen_from("nowhere", files)
    }

    fn seen_from(base: &str, files: &[&str]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap().join("p");
        std::fs::create_dir(&root).unwrap();
        for file in files {
            let (path, text) = file.split_once('=').unwrap_or((file, ""));
            let (path, target) = path.split_once(" -> ").unwrap_or((path, ""));
            let path = root.join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            if !target.is_empty() {
                #[cfg(unix)]
                std::os::unix::fs::symlink(target, path).unwrap();
            } else if file.ends_with('/') {
                std::fs::create_dir_all(path).unwrap();
            } else {
                std::fs::write(path, text).unwrap();
            }
        }
        let excludes: Vec<_> = DEFAULT_EXCLUDES
            .iter()
            .map(|glob| PathPattern::new(glob, &root).unwrap())
            .collect();
        let excludes = PathPatterns::new(&excludes).unwrap();
        let libraries = ["billiard", "torch"].map(str::to_owned);
        let search = ImportSearch::new(&root.join(base), excludes, libraries);
        Self { folder, root, search }
    }

    /// Where an import, written with its dots, leads from a file: a path, `namespace` or `unknown`.
    fn resolve(&self, from: &str, import: &str) -> String {
        let dotted = import.trim_start_matches('.');
        let level = (import.len() - dotted.len()) as u32;
        match self.search.resolve(&self.root.join(from), level, dotted) {
            Target::Source(path) => {
                let path = path.strip_prefix(&self.root).unwrap_or(&path);
                path.to_string_lossy().into_owned()
            }
            Target::Namespace => "namespace".to_owned(),
            Target::Unknown => "unknown".to_owned(),
        }
    }
}

/// One project and its imports: importing file, import, where it leads.
fn check(files: &[&str], imports: &[(&str, &str, &str)]) {
    let tree = Tree::new(files);
    for (from, import, wanted) in imports {
        assert_eq!(tree.resolve(from, import), *wanted, "{import} in {from} of {files:?}");
    }
}

#[test]
fn beside_the_script() {
    check(
        &["main.py", "jobs.py", "sub/deep.py", "sub/other.py"],
        &[
            ("main.py", "jobs", "jobs.py"),
            ("main.py", "jobs.inner", "unknown"),
            ("main.py", "sub", "namespace"),
            ("main.py", "sub.deep", "sub/deep.py"),
            ("main.py", "numpy", "unknown"),
            ("main.py", "main", "main.py"),
            ("main.py", "", "unknown"),
            ("main.py", "a..b", "unknown"),
            ("sub/deep.py", "other", "sub/other.py"),
            // There is no sign that this folder is the place of anything.
            ("sub/deep.py", "jobs", "unknown"),
        ],
    );
}

#[test]
fn packages_and_relative_imports() {
    check(
        &[
            "setup.py",
            "a/__init__.py",
            "a/x.py",
            "a/b/__init__.py",
            "a/b/y.py",
            "a/b/__main__.py",
            "tool.py",
        ],
        &[
            ("tool.py", "a", "a/__init__.py"),
            ("tool.py", "a.b", "a/b/__init__.py"),
            ("tool.py", "a.b.y", "a/b/y.py"),
            ("tool.py", "a.b.__main__", "a/b/__main__.py"),
            ("a/b/y.py", "a.x", "a/x.py"),
            ("a/b/y.py", "tool", "tool.py"),
            ("a/b/y.py", ".", "a/b/__init__.py"),
            ("a/b/y.py", ".y", "a/b/y.py"),
            ("a/b/y.py", "..", "a/__init__.py"),
            ("a/b/y.py", "..x", "a/x.py"),
            ("a/b/y.py", "..x.z", "unknown"),
            ("a/b/y.py", "...tool", "tool.py"),
            ("a/b/y.py", "....................................x", "unknown"),
            ("a/b/__init__.py", ".y", "a/b/y.py"),
            ("a/b/__init__.py", "..x", "a/x.py"),
            // A module of a package that is run as a script finds its neighbours.
            ("a/b/__main__.py", "y", "a/b/y.py"),
        ],
    );
}

#[test]
fn namespace_packages() {
    check(
        &[
            "pyproject.toml",
            "src/ns/one/__init__.py",
            "src/ns/one/m.py",
            "src/ns/two/t.py",
            "run.py",
        ],
        &[
            ("run.py", "ns", "namespace"),
            ("run.py", "ns.one", "src/ns/one/__init__.py"),
            ("run.py", "ns.two", "namespace"),
            ("run.py", "ns.two.t", "src/ns/two/t.py"),
            ("src/ns/two/t.py", "ns.one.m", "src/ns/one/m.py"),
            ("src/ns/two/t.py", "..one.m", "src/ns/one/m.py"),
            ("src/ns/two/t.py", ".", "namespace"),
            ("src/ns/one/m.py", "ns.two.t", "src/ns/two/t.py"),
        ],
    );
}

#[test]
fn module_and_package_of_one_name() {
    check(
        &["a.py", "a/__init__.py", "a/x.py", "b.py", "b/x.py", "main.py"],
        &[
            ("main.py", "a", "a/__init__.py"),
            ("main.py", "a.x", "a/x.py"),
            // A folder without `__init__.py` comes last.
            ("main.py", "b", "b.py"),
            ("main.py", "b.x", "unknown"),
        ],
    );
    // Also where the module lies in a later place.
    check(
        &["setup.py", "src/jobs.py", "tools/run.py", "tools/jobs/note.py"],
        &[("tools/run.py", "jobs", "src/jobs.py")],
    );
}

#[test]
fn src_layouts_and_tests() {
    check(
        &[
            "pyproject.toml",
            "src/app/__init__.py",
            "src/app/core.py",
            "tests/conftest.py",
            "tests/helpers.py",
            "tests/unit/test_a.py",
            "tests/unit/data.py",
            "tests/pkg/__init__.py",
            "tests/pkg/test_b.py",
            "scripts/run.py",
        ],
        &[
            ("tests/unit/test_a.py", "app.core", "src/app/core.py"),
            ("tests/unit/test_a.py", "helpers", "tests/helpers.py"),
            ("tests/unit/test_a.py", "conftest", "tests/conftest.py"),
            ("tests/unit/test_a.py", "data", "tests/unit/data.py"),
            ("tests/unit/test_a.py", "tests.helpers", "tests/helpers.py"),
            ("tests/pkg/test_b.py", "helpers", "tests/helpers.py"),
            ("tests/pkg/test_b.py", "app", "src/app/__init__.py"),
            ("scripts/run.py", "app.core", "src/app/core.py"),
            ("src/app/core.py", "helpers", "unknown"),
        ],
    );
}

#[test]
fn places_that_the_configuration_names() {
    check(
        &[
            "pyproject.toml=[tool.setuptools.packages.find]\nwhere = ['lib']\n[tool.pytest.ini_options]\npythonpath = 'tests/aid'",
            "lib/app/__init__.py",
            "tests/aid/aid.py",
            "tests/test_a.py",
        ],
        &[
            ("tests/test_a.py", "app", "lib/app/__init__.py"),
            ("tests/test_a.py", "aid", "tests/aid/aid.py"),
        ],
    );
}

#[test]
fn several_projects_in_one_repository() {
    check(
        &[
            ".git/",
            "pyproject.toml=[tool.uv.workspace]\nmembers = ['packages/*']",
            "packages/one/pyproject.toml",
            "packages/one/src/one/__init__.py",
            "packages/one/src/one/x.py",
            "packages/two/pyproject.toml",
            "packages/two/two/__init__.py",
            "packages/note/readme.py",
            "common/shared.py",
        ],
        &[
            ("packages/one/src/one/x.py", "two", "packages/two/two/__init__.py"),
            ("packages/two/two/__init__.py", "one.x", "packages/one/src/one/x.py"),
            ("packages/one/src/one/x.py", "common.shared", "common/shared.py"),
            ("packages/one/src/one/x.py", "readme", "unknown"),
        ],
    );
}

#[test]
fn two_files_of_one_name_in_plausible_places() {
    let files = [
        "pyproject.toml",
        "src/util.py",
        "util.py",
        "scripts/run.py",
        "scripts/sub/util.py",
    ];
    check(
        &files,
        &[
            ("scripts/run.py", "util", "unknown"),
            // Its own folder comes first for certain.
            ("scripts/sub/x.py", "util", "scripts/sub/util.py"),
        ],
    );
}

#[test]
fn names_of_the_standard_library() {
    check(
        &[
            "setup.py",
            "queue.py",
            "multiprocessing.py",
            "time.py",
            "json/__init__.py",
            "json/x.py",
            "csv/x.py",
            "main.py",
            "pkg/__init__.py",
            "pkg/queue.py",
            "pkg/m.py",
        ],
        &[
            ("main.py", "queue", "queue.py"),
            ("main.py", "multiprocessing", "multiprocessing.py"),
            // It is no module of which this could be a part: Python raises.
            ("main.py", "multiprocessing.pool", "unknown"),
            ("main.py", "json", "json/__init__.py"),
            // A namespace package hides nothing.
            ("main.py", "csv", "unknown"),
            // A part of the interpreter.
            ("main.py", "time", "unknown"),
            // Modules of packages are imported, and then it is the library that is found first.
            ("pkg/m.py", "queue", "unknown"),
            ("pkg/m.py", ".queue", "pkg/queue.py"),
        ],
    );
    // The standard library does not hide itself.
    check(
        &["os.py", "abc.py", "io.py", "queue.py", "main.py"],
        &[("main.py", "queue", "unknown")],
    );
}

#[test]
fn names_of_known_libraries() {
    check(
        &[
            "setup.py",
            "billiard/__init__.py",
            "billiard/pool.py",
            "t/run.py",
            "main.py",
            "torch.py",
        ],
        &[
            ("main.py", "billiard", "unknown"),
            ("main.py", "billiard.pool", "unknown"),
            ("billiard/pool.py", "billiard", "unknown"),
            ("billiard/__init__.py", ".pool", "billiard/pool.py"),
            ("main.py", "torch", "torch.py"),
            ("t/run.py", "torch", "unknown"),
        ],
    );
}

#[test]
fn stubs_and_extensions() {
    check(
        &[
            "main.py",
            "both.py",
            "both.pyi",
            "stub.pyi",
            "fast.cpython-312-x86_64-linux-gnu.so",
            "built.py",
            "built.so",
            "p/__init__.pyi",
            "p/inner.py",
            "data/__pycache__/old.cpython-312.pyc",
        ],
        &[
            ("main.py", "both", "both.py"),
            ("main.py", "stub", "unknown"),
            ("main.py", "fast", "unknown"),
            ("main.py", "built", "built.py"),
            ("main.py", "p", "unknown"),
            ("main.py", "p.inner", "p/inner.py"),
            ("main.py", "data.old", "unknown"),
        ],
    );
}

#[test]
fn what_is_left_out() {
    check(
        &[
            "setup.py",
            "main.py",
            "build/lib/x.py",
            "venv/lib/python3.12/site-packages/y.py",
            "env/pyvenv.cfg",
            "env/z.py",
            "node_modules/w.py",
        ],
        &[
            ("main.py", "build", "unknown"),
            ("main.py", "build.lib.x", "unknown"),
            ("main.py", "env.z", "unknown"),
            ("main.py", "venv.lib", "unknown"),
            ("main.py", "node_modules.w", "unknown"),
            // Who names a file in there wants its neighbours.
            ("build/lib/main.py", "x", "build/lib/x.py"),
            ("build/main.py", "lib.x", "build/lib/x.py"),
        ],
    );
}

#[test]
fn upper_and_lower_case() {
    check(
        &["main.py", "Jobs.py", "Pkg/__init__.py"],
        &[
            ("main.py", "Jobs", "Jobs.py"),
            ("main.py", "jobs", "unknown"),
            ("main.py", "pkg", "unknown"),
            ("main.py", "Pkg", "Pkg/__init__.py"),
        ],
    );
}

#[cfg(unix)]
#[test]
fn links_are_one_file_under_two_names() {
    check(
        &[
            "setup.py",
            "real/__init__.py",
            "real/m.py",
            "linked -> real",
            "one.py -> real/m.py",
            "gone.py -> nothing.py",
            "loop -> loop",
            "main.py",
        ],
        &[
            ("main.py", "real.m", "real/m.py"),
            ("main.py", "linked.m", "real/m.py"),
            ("main.py", "linked", "real/__init__.py"),
            ("main.py", "one", "real/m.py"),
            ("main.py", "gone", "unknown"),
            ("main.py", "loop.m", "unknown"),
        ],
    );
}

#[test]
fn the_working_directory_is_a_place_without_a_sign() {
    let files = ["tests/test_a.py", "app/__init__.py", "app/x.py"];
    assert_eq!(Tree::new(&files).resolve("tests/test_a.py", "app.x"), "unknown");
    assert_eq!(
        Tree::seen_from("", &files).resolve("tests/test_a.py", "app.x"),
        "app/x.py"
    );
    // But not from inside a package.
    assert_eq!(Tree::seen_from("app", &files).resolve("app/sub/y.py", "x"), "unknown");
}

#[test]
fn names_of_modules() {
    let tree = Tree::new(&["a/__init__.py", "a/b/__init__.py", "a/b/y.py", "c/z.py"]);
    for (file, wanted) in [
        ("a/b/y.py", "a.b.y"),
        ("a/b/__init__.py", "a.b"),
        ("a/__init__.py", "a"),
        ("c/z.py", "z"),
        ("c/script", "script"),
    ] {
        assert_eq!(tree.search.name_of(&tree.root.join(file)), wanted);
    }
}

#[test]
fn each_folder_is_listed_once() {
    let tree = Tree::new(&["setup.py", "a/__init__.py", "a/x.py", "b/y.py"]);
    tree.resolve("a/x.py", "numpy");
    let listed = tree.search.listings.count();
    std::fs::remove_file(tree.root.join("a/x.py")).unwrap();
    for from in ["a/x.py", "a/z.py"] {
        tree.resolve(from, "numpy.random");
        tree.resolve(from, "scipy");
    }
    assert_eq!(tree.resolve("a/z.py", "a.x"), "a/x.py");
    assert_eq!(tree.search.listings.count(), listed);
    assert!(tree.folder.path().exists() && Path::new(&tree.root).is_absolute());
}
