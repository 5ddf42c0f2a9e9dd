//! What a project says of itself: where its modules lie, and which other projects belong to it.

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

/// What the files of one project say.
#[derive(Debug, Default)]
pub(super) struct Project {
    /// Where its modules lie, besides its uppermost folder. Absolute, in the order in which they are searched.
    pub(super) sources: Vec<PathBuf>,
    /// Other projects that are installed together with it: paths, of which the last part may be `*`.
    pub(super) members: Vec<PathBuf>,
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
    }

    fn setup_cfg(&mut self, text: &str, folder: &dyn Fn(&str) -> PathBuf) {
        for line in ini::values(text, "options", "package_dir") {
            let place = line.strip_prefix('=').or_else(|| line.strip_prefix(":"));
            self.sources.extend(place.map(|place| folder(place.trim())));
        }
        let places = ini::values(text, "options.packages.find", "where");
        self.sources.extend(words(&places).map(folder));
    }

    fn tidy(&mut self, root: &Path) {
        // Each once; the uppermost folder itself is searched in any case.
        let mut seen = FxHashMap::default();
        for list in [&mut self.sources, &mut self.members] {
            seen.clear();
            list.retain(|path| path != root && seen.insert(path.clone(), ()).is_none());
            list.truncate(MOST_FOLDERS);
        }
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

    #[test]
    fn places_of_modules() {
        for (files, wanted) in [
            (vec![("src/a.py", "")], vec!["src"]),
            (vec![("pyproject.toml", "[tool.setuptools\n")], vec![]),
            (
                vec![("pyproject.toml", "project = 3\n[tool]\npoetry = []\nsetuptools = 'x'")],
                vec![],
            ),
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
