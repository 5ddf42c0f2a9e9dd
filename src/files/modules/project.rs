//! What a project says of itself: where its modules lie, and which functions its installed commands call.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;
use toml::{Table, Value};

use super::ini;
use super::listing::Listing;
use crate::files::{FileReader, cleaned};

/// Files and folders that stand in the uppermost folder of a project.
const MARKERS: [&str; 4] = ["pyproject.toml", "setup.py", "setup.cfg", ".git"];
/// Folders that may be named as places of modules, and members of a workspace, in one project.
const MOST_FOLDERS: usize = 256;

/// Whether a folder is the uppermost one of a project.
pub(super) fn is_root(listing: &Listing) -> bool {
    MARKERS.iter().any(|marker| listing.has(marker))
}

/// Whether no project goes further up than this folder.
pub(super) fn is_repository(listing: &Listing) -> bool {
    listing.has(".git")
}

/// A function that an installed command or a plug-in calls. Its module is imported for that, not run as a script.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct EntryPoint {
    /// The module, such as `app.cli`.
    pub module: String,
    /// The function in it; dotted where it is in a class.
    pub function: String,
}

/// What the files of one project say.
#[derive(Debug, Default)]
pub(super) struct Project {
    /// Where its modules lie, besides its uppermost folder. Absolute, in the order in which they are searched.
    pub(super) sources: Vec<PathBuf>,
    /// Other projects that are installed together with it: paths, of which the last part may be `*`.
    pub(super) members: Vec<PathBuf>,
    /// What its commands call. Sorted, none twice.
    pub(super) entry_points: Vec<EntryPoint>,
}

impl Project {
    pub(super) fn read(root: &Path, listing: &Listing) -> Self {
        let mut project = Self::default();
        let mut reader = FileReader::new();
        let mut text = |name: &str| -> Option<String> {
            let bytes = listing.has(name).then(|| reader.read(&root.join(name)).ok())??;
            let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
            Some(std::str::from_utf8(bytes).ok()?.to_owned())
        };
        let folder = |path: &str| cleaned(&root.join(path.trim_end_matches('/')));
        if listing.has("src") {
            project.sources.push(root.join("src"));
        }
        // Whatever is wrong with it is for the tools to say that it is written for.
        if let Some(table) = text("pyproject.toml").and_then(|text| text.parse::<Table>().ok()) {
            project.pyproject(&table, &folder);
        }
        if let Some(text) = text("setup.cfg") {
            project.setup_cfg(&text, &folder);
            let paths = ini::values(&text, "tool:pytest", "pythonpath");
            project.sources.extend(words(&paths).map(&folder));
        }
        for (file, section) in [("pytest.ini", "pytest"), ("tox.ini", "pytest")] {
            if let Some(text) = text(file) {
                let paths = ini::values(&text, section, "pythonpath");
                project.sources.extend(words(&paths).map(&folder));
            }
        }
        project.tidy(root);
        project
    }

    fn pyproject(&mut self, table: &Table, folder: &dyn Fn(&str) -> PathBuf) {
        let tool = |path: &[&str]| look(table, &[&["tool"], path].concat());
        let place = tool(&["setuptools", "package-dir", ""]).and_then(Value::as_str);
        self.sources.extend(place.map(folder));
        for path in [
            ["setuptools", "packages", "find", "where"].as_slice(),
            &["pytest", "ini_options", "pythonpath"],
            &["pytest", "pythonpath"],
            &["hatch", "build", "targets", "wheel", "sources"],
        ] {
            self.sources.extend(strings(tool(path)).map(folder));
        }
        // `src/app` lies in `src`.
        let packages = strings(tool(&["hatch", "build", "targets", "wheel", "packages"]));
        self.sources
            .extend(packages.filter_map(|package| Some(folder(package.rsplit_once('/')?.0))));
        let packages = tool(&["poetry", "packages"]).and_then(Value::as_array);
        let from = |package: &Value| Some(folder(package.get("from")?.as_str()?));
        self.sources.extend(packages.into_iter().flatten().filter_map(from));

        self.members
            .extend(strings(tool(&["uv", "workspace", "members"])).map(folder));
        for path in [
            ["uv", "sources"].as_slice(),
            &["poetry", "dependencies"],
            &["poetry", "group", "dev", "dependencies"],
        ] {
            let dependencies = tool(path).and_then(Value::as_table);
            let paths = dependencies
                .into_iter()
                .flat_map(|dependencies| dependencies.values())
                .filter_map(|dependency| dependency.get("path")?.as_str());
            self.members.extend(paths.map(folder));
        }

        for path in [
            ["project", "scripts"],
            ["project", "gui-scripts"],
            ["poetry", "scripts"],
        ] {
            let scripts = match path {
                ["poetry", _] => tool(&path),
                _ => look(table, &path),
            };
            let scripts = scripts.and_then(Value::as_table).into_iter().flatten();
            for (_, script) in scripts {
                // Poetry also has `{reference = "app:main", type = "console"}`, earlier `{callable = …}`.
                let reference = script
                    .as_str()
                    .or_else(|| script.get("reference")?.as_str())
                    .or_else(|| script.get("callable")?.as_str());
                self.entry_points.extend(reference.and_then(entry_point));
            }
        }
        for path in [["project", "entry-points"], ["poetry", "plugins"]] {
            let groups = match path {
                ["poetry", _] => tool(&path),
                _ => look(table, &path),
            };
            let groups = groups.and_then(Value::as_table).into_iter().flatten();
            for (_, script) in groups.filter_map(|(_, group)| group.as_table()).flatten() {
                self.entry_points.extend(script.as_str().and_then(entry_point));
            }
        }
    }

    fn setup_cfg(&mut self, text: &str, folder: &dyn Fn(&str) -> PathBuf) {
        for line in ini::values(text, "options", "package_dir") {
            let place = line.strip_prefix('=').or_else(|| line.strip_prefix(":"));
            self.sources.extend(place.map(|place| folder(place.trim())));
        }
        let places = ini::values(text, "options.packages.find", "where");
        self.sources.extend(words(&places).map(folder));
        for group in ["console_scripts", "gui_scripts"] {
            for line in ini::values(text, "options.entry_points", group) {
                let reference = line.split_once('=').map(|(_, reference)| reference);
                self.entry_points.extend(reference.and_then(entry_point));
            }
        }
    }

    fn tidy(&mut self, root: &Path) {
        // Each once; the uppermost folder itself is searched in any case.
        let mut seen = FxHashMap::default();
        for list in [&mut self.sources, &mut self.members] {
            seen.clear();
            list.retain(|path| path != root && seen.insert(path.clone(), ()).is_none());
            list.truncate(MOST_FOLDERS);
        }
        self.entry_points.sort();
        self.entry_points.dedup();
    }
}

fn look<'t>(table: &'t Table, path: &[&str]) -> Option<&'t Value> {
    let (first, rest) = path.split_first()?;
    rest.iter().try_fold(table.get(*first)?, |value, key| value.get(*key))
}

/// The strings of an array, or of one string the words.
fn strings(value: Option<&Value>) -> impl Iterator<Item = &str> {
    let words = value.and_then(Value::as_str).map(str::split_whitespace);
    let array = value.and_then(Value::as_array);
    let strings = array.into_iter().flatten().filter_map(Value::as_str);
    strings.chain(words.into_iter().flatten())
}

fn words<'t>(lines: &[&'t str]) -> impl Iterator<Item = &'t str> + use<'t> {
    let words: Vec<&str> = lines.iter().flat_map(|line| line.split_whitespace()).collect();
    words.into_iter()
}

/// `app.cli:main` and `app.cli:main [extra]`.
fn entry_point(reference: &str) -> Option<EntryPoint> {
    let reference = reference.split('[').next()?;
    let (module, function) = reference.split_once(':')?;
    let (module, function) = (module.trim(), function.trim());
    (!module.is_empty() && !function.is_empty()).then(|| EntryPoint {
        module: module.to_owned(),
        function: function.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::modules::listing::Listings;

    fn read(files: &[(&str, &str)]) -> (tempfile::TempDir, Project) {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let listing = Listings::default().of(folder.path());
        let project = Project::read(folder.path(), &listing);
        (folder, project)
    }

    fn points(project: &Project) -> Vec<String> {
        let points = project.entry_points.iter();
        points
            .map(|point| format!("{}:{}", point.module, point.function))
            .collect()
    }

    #[test]
    fn commands_of_every_kind() {
        for (files, wanted) in [
            (
                vec![(
                    "pyproject.toml",
                    "[project.scripts]\na = 'app.cli:main'\nb='app.cli:main'\n[project.gui-scripts]\nc = 'app.gui:App.run [x]'\n\
                     [project.entry-points.'app.plugins']\nd = 'app.plug:load'\ne = 'app.plug'",
                )],
                vec!["app.cli:main", "app.gui:App.run", "app.plug:load"],
            ),
            (
                vec![(
                    "pyproject.toml",
                    "[tool.poetry.scripts]\na = 'app:main'\nb = {reference = 'app:other', type = 'console'}\n\
                     [tool.poetry.plugins.x]\nc = 'app.plug:load'",
                )],
                vec!["app:main", "app:other", "app.plug:load"],
            ),
            (
                vec![(
                    "setup.cfg",
                    "[options.entry_points]\nconsole_scripts =\n    a = app:main\n    b=app.b : run\n",
                )],
                vec!["app:main", "app.b:run"],
            ),
            (vec![("pyproject.toml", "[project.scripts\n")], vec![]),
            (vec![("pyproject.toml", "project = 3\n[tool]\npoetry = []")], vec![]),
        ] {
            let (_folder, project) = read(&files);
            assert_eq!(points(&project), wanted, "{files:?}");
        }
    }

    #[test]
    fn places_of_modules() {
        for (files, wanted) in [
            (vec![("src/a.py", "")], vec!["src"]),
            (
                vec![(
                    "pyproject.toml",
                    "[tool.setuptools]\npackage-dir = {'' = 'lib'}\n[tool.setuptools.packages.find]\nwhere = ['lib', 'more/']\n\
                     [tool.pytest.ini_options]\npythonpath = ['.', 'tests/helpers']",
                )],
                vec!["lib", "more", "tests/helpers"],
            ),
            (
                vec![(
                    "pyproject.toml",
                    "[tool.hatch.build.targets.wheel]\npackages = ['python/app', 'other']\n\
                     [tool.poetry]\npackages = [{include = 'b', from = 'code'}]",
                )],
                vec!["python", "code"],
            ),
            (
                vec![
                    (
                        "setup.cfg",
                        "[options]\npackage_dir =\n    = lib\n[options.packages.find]\nwhere = lib\n",
                    ),
                    ("pytest.ini", "[pytest]\npythonpath = a b\n"),
                ],
                vec!["lib", "a", "b"],
            ),
        ] {
            let (folder, project) = read(&files);
            let wanted: Vec<PathBuf> = wanted.iter().map(|name| folder.path().join(name)).collect();
            assert_eq!(project.sources, wanted, "{files:?}");
        }
    }

    #[test]
    fn other_projects_that_belong_to_it() {
        let (folder, project) = read(&[(
            "pyproject.toml",
            "[tool.uv.workspace]\nmembers = ['packages/*']\n[tool.uv.sources]\nb = {path = '../b'}\nc = {git = 'x'}",
        )]);
        let wanted = [folder.path().join("packages/*"), cleaned(&folder.path().join("../b"))];
        assert_eq!(project.members, wanted);
    }
}
