//! Projects on disk, and what is answered about them.

use super::*;
use crate::files::PathPatterns;

/// Files of a project, and a check of what is answered about them.
pub(in crate::program) fn project(files: &[(&str, &str)], check: impl Fn(&Path, &ProjectFiles<'_>)) {
    fresh_project(files, |root, project| check(root, &project()));
}

/// The same with as many as are asked for that have seen nothing yet.
pub(in crate::program) fn fresh_project(
    files: &[(&str, &str)],
    check: impl Fn(&Path, &dyn Fn() -> ProjectFiles<'static>),
) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    for (name, text) in files {
        let path = root.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    let options = DiscoverOptions {
        working_directory: root.clone(),
        excludes: PathPatterns::new([]).unwrap(),
        force_exclude: false,
        threads: 1,
    };
    check(&root, &|| ProjectFiles::new(&options, Api::built_in().unwrap()));
}

#[test]
fn what_modules_have_to_do_with_processes() {
    let files = [
        ("a.py", "from b import x\ndef far(): x()"),
        ("b.py", "import c as y\ndef x(): y.go()\ndef no(): y.other()"),
        (
            "c.py",
            "import d\ndef go():\n  d.start()\ndef other(): d.quiet()\nd.start()",
        ),
        (
            "d.py",
            "import multiprocessing as mp\nCTX = mp.get_context()\ndef start():\n  CTX.Process()\ndef quiet(): pass",
        ),
        ("round.py", "import around\ndef f(): around.g()"),
        ("around.py", "import round\ndef g(): round.f()"),
        ("p/__init__.py", "from .n import *\nfrom p import m as renamed"),
        ("p/m.py", "from . import n\nclass A(n.Pool): pass"),
        (
            "p/n.py",
            "from concurrent.futures import ProcessPoolExecutor as Pool\n_x = Pool",
        ),
        ("odd.py", "from \\\n  something import x"),
        ("star.py", "from multiprocessing import *"),
        ("text.py", "MULTIPROCESSING = 1"),
        (
            "torched.py",
            "import torch\ndef f(): torch.nn()\ndef g(): torch.multiprocessing.spawn()",
        ),
    ];
    project(&files, |root, project| {
        for (file, depth, wanted) in [
            ("d.py", 0, "mp CTX start !"),
            ("c.py", 0, ""),
            ("c.py", 1, "go !"),
            ("b.py", 1, ""),
            ("b.py", 2, "x"),
            ("a.py", 2, ""),
            ("a.py", 3, "x far"),
            ("round.py", 5, ""),
            ("p/n.py", 0, "Pool _x"),
            ("p/m.py", 1, "A"),
            ("p/__init__.py", 1, "Pool _x"),
            ("odd.py", 0, "*"),
            ("star.py", 0, "*"),
            ("text.py", 2, ""),
            ("torched.py", 0, "g"),
            ("missing.py", 2, ""),
        ] {
            let outlook = project.outlook(&root.join(file), depth);
            let shown = outlook.map_or_else(String::new, |outlook| {
                if outlook.has_all() {
                    return "*".to_owned();
                }
                let names = [
                    "mp", "Pool", "CTX", "_x", "start", "quiet", "go", "other", "x", "no", "far", "A", "g", "f",
                ];
                let mut names: Vec<&str> = names.into_iter().filter(|name| outlook.has(name)).collect();
                names.extend(outlook.acts.then_some("!"));
                names.join(" ")
            });
            assert_eq!(shown, wanted, "{file} {depth}");
        }
    });
}

#[test]
fn files_have_one_path_and_the_name_of_the_walk() {
    project(
        &[("p/__init__.py", ""), ("p/m.py", "x = 1\n"), ("main.py", "")],
        |root, project| {
            let main = project.path_of(Path::new("./p/../main.py"));
            assert_eq!(*main, *root.join("main.py"));
            let found = project.resolve(&main, 0, "p.m").unwrap();
            let path = found.path.unwrap();
            assert_eq!((&*found.name, &*path), ("p.m", root.join("p/m.py").as_path()));
            assert_eq!(project.path_of(Path::new("p/m.py")), path);
            let source = project.read(&path).unwrap();
            assert_eq!((source.name(), source.text()), ("p/m.py", "x = 1\n"));
            let again = project.resolve(&path, 1, "m").unwrap();
            assert_eq!((&*again.name, again.path), ("p.m", Some(path)));
            assert_eq!(project.resolve(&main, 0, "numpy"), None);
        },
    );
}
