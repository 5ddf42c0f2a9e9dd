//! Where Pythons may be: executables to ask, in the order in which a person would expect them, and the places that were
//! looked at, for the message when none is found.

use std::collections::HashMap;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::version;

/// How an interpreter came to be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// Named with `--python`.
    Named,
    /// The environment of the project, or the one that is active.
    Project,
    /// On `PATH`.
    Path,
    /// A version that pyenv installed.
    Pyenv,
    /// A version that uv installed.
    Uv,
    /// An environment of conda's.
    Conda,
}

/// The variables and the project that the search depends on: those of this process, or others in a test.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// The project's folder, where `.venv` is looked for.
    pub project: Option<PathBuf>,
    /// The environment.
    pub variables: HashMap<OsString, OsString>,
}

impl Surroundings {
    /// Those of this process.
    #[must_use]
    pub fn of_this_process(project: Option<&Path>) -> Self {
        Self {
            project: project.map(Path::to_path_buf),
            variables: std::env::vars_os().collect(),
        }
    }

    /// A folder that a variable names. An empty variable is an unset one, as everywhere on Unix.
    fn folder(&self, variable: &str) -> Option<PathBuf> {
        let value = self.variables.get(OsStr::new(variable))?;
        (!value.is_empty()).then(|| PathBuf::from(value))
    }

    /// The home folder; none where the variable is missing or names the root.
    pub(super) fn home(&self) -> Option<PathBuf> {
        self.folder("HOME").filter(|home| home.parent().is_some())
    }

    fn pyenv(&self) -> Option<PathBuf> {
        self.folder("PYENV_ROOT").or_else(|| Some(self.home()?.join(".pyenv")))
    }
}

/// An executable that may be a Python.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Candidate {
    pub executable: PathBuf,
    pub source: Source,
}

/// All that was found without asking, and where it was looked for.
#[derive(Debug, Default)]
pub(super) struct Candidates {
    pub found: Vec<Candidate>,
    pub looked: Vec<String>,
}

impl Candidates {
    /// Looks at every place but the names of `--python`.
    pub(super) fn everywhere(around: &Surroundings) -> Self {
        let mut all = Self::default();
        all.project(around);
        all.path(around);
        all.pyenv(around);
        all.uv(around);
        all.conda(around);
        all
    }

    fn add(&mut self, executable: PathBuf, source: Source) {
        if is_executable(&executable) {
            self.found.push(Candidate { executable, source });
        }
    }

    /// The `bin/python3` of an environment or of an installation.
    fn add_prefix(&mut self, prefix: &Path, source: Source) {
        let names = ["bin/python3", "bin/python"];
        if let Some(executable) = names
            .map(|name| prefix.join(name))
            .into_iter()
            .find(|p| is_executable(p))
        {
            self.add(executable, source);
        }
    }

    fn add_prefixes_in(&mut self, folder: &Path, source: Source) {
        self.looked.push(folder.join("*/bin/python3").display().to_string());
        for prefix in sorted_entries(folder) {
            self.add_prefix(&prefix, source);
        }
    }

    fn project(&mut self, around: &Surroundings) {
        let inside = [".venv", "venv"].map(|name| around.project.as_ref().map(|folder| folder.join(name)));
        for prefix in inside.into_iter().flatten() {
            self.looked.push(prefix.join("bin/python3").display().to_string());
            self.add_prefix(&prefix, Source::Project);
        }
        for variable in ["VIRTUAL_ENV", "CONDA_PREFIX"] {
            match around.folder(variable) {
                Some(prefix) => {
                    self.looked
                        .push(format!("${variable} ({})", prefix.join("bin/python3").display()));
                    self.add_prefix(&prefix, Source::Project);
                }
                None => self.looked.push(format!("${variable} (not set)")),
            }
        }
    }

    fn path(&mut self, around: &Surroundings) {
        self.looked
            .push("python3, python3.8 and later, python on PATH".to_owned());
        let shims = around.pyenv().map(|root| root.join("shims"));
        for folder in path_folders(around) {
            // A shim is a script that picks a version by the folder it is run in. Those versions are found below.
            if shims.as_ref() == Some(&folder) || folder.ends_with("pyenv-virtualenv/shims") {
                continue;
            }
            let mut names: Vec<(u8, u32, PathBuf)> = sorted_entries(&folder)
                .into_iter()
                .filter_map(|path| {
                    let (kind, minor) = rank(path.file_name()?.to_str()?)?;
                    Some((kind, minor, path))
                })
                .collect();
            names.sort();
            for (_, _, path) in names {
                self.add(path, Source::Path);
            }
        }
    }

    fn pyenv(&mut self, around: &Surroundings) {
        if let Some(root) = around.pyenv() {
            self.add_prefixes_in(&root.join("versions"), Source::Pyenv);
        }
    }

    fn uv(&mut self, around: &Surroundings) {
        let data = || {
            around
                .folder("XDG_DATA_HOME")
                .or_else(|| Some(around.home()?.join(".local/share")))
        };
        if let Some(folder) = around
            .folder("UV_PYTHON_INSTALL_DIR")
            .or_else(|| Some(data()?.join("uv/python")))
        {
            self.add_prefixes_in(&folder, Source::Uv);
        }
    }

    fn conda(&mut self, around: &Surroundings) {
        const NAMES: [&str; 5] = ["miniconda3", "anaconda3", "miniforge3", "mambaforge", "micromamba"];
        let mut bases: Vec<PathBuf> = Vec::new();
        // CONDA_EXE is `BASE/bin/conda`, also where the base lies in a place of its own.
        bases.extend(
            around
                .folder("CONDA_EXE")
                .and_then(|exe| Some(exe.parent()?.parent()?.to_path_buf())),
        );
        bases.extend(around.folder("MAMBA_ROOT_PREFIX"));
        for place in around.home().into_iter().chain([PathBuf::from("/opt")]) {
            bases.extend(NAMES.map(|name| place.join(name)));
        }
        bases.push(PathBuf::from("/opt/conda"));
        self.looked.push(
            "conda's base and environments (~/miniconda3, ~/miniforge3, /opt/conda, ~/.conda/envs, ...)".to_owned(),
        );
        let found = self.looked.len();
        for base in bases.iter().filter(|base| base.is_dir()) {
            self.add_prefix(base, Source::Conda);
            self.add_prefixes_in(&base.join("envs"), Source::Conda);
        }
        if let Some(home) = around.home() {
            self.add_prefixes_in(&home.join(".conda/envs"), Source::Conda);
        }
        // One line says it; the folders that this machine happens to have would only repeat it.
        self.looked.truncate(found);
    }
}

/// Executables that a name given with `--python` means without a search: a path, or a name on PATH.
pub(super) fn named(name: &str, around: &Surroundings) -> Vec<PathBuf> {
    if name.contains('/') {
        let path = match (name.strip_prefix("~/"), around.home()) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => PathBuf::from(name),
        };
        // The folder of an environment is as good a name as the executable in it.
        return ["", "bin/python3", "bin/python"]
            .iter()
            .map(|inside| {
                if inside.is_empty() {
                    path.clone()
                } else {
                    path.join(inside)
                }
            })
            .find(|path| is_executable(path))
            .into_iter()
            .collect();
    }
    if version::parts(name).is_some() {
        return Vec::new();
    }
    path_folders(around)
        .into_iter()
        .map(|folder| folder.join(name))
        .filter(|path| is_executable(path) && !is_pyenv_shim(path))
        .take(1)
        .collect()
}

fn path_folders(around: &Surroundings) -> Vec<PathBuf> {
    let path = around.variables.get(OsStr::new("PATH"));
    let mut folders: Vec<PathBuf> = Vec::new();
    for folder in path.map(std::env::split_paths).into_iter().flatten() {
        // A relative entry depends on where mplint is started, and may lie in the very tree that is linted.
        if folder.is_absolute() && !folders.contains(&folder) {
            folders.push(folder);
        }
    }
    folders
}

/// Which of the names of a Python this is: `python3` first, then by version, `python` last.
fn rank(name: &str) -> Option<(u8, u32)> {
    match name {
        "python3" => Some((0, 0)),
        "python" => Some((2, 0)),
        _ => {
            let minor = name.strip_prefix("python3.")?;
            // The free-threaded build has a name of its own.
            let minor: u32 = minor.strip_suffix('t').unwrap_or(minor).parse().ok()?;
            (minor >= 8).then_some((1, minor))
        }
    }
}

fn is_executable(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|data| data.is_file() && data.permissions().mode() & 0o111 != 0)
}

/// Whether the file is one of pyenv's scripts, which run whatever version the working folder asks for.
fn is_pyenv_shim(path: &Path) -> bool {
    use std::io::Read;
    let mut bytes = Vec::new();
    let read = fs::File::open(path).and_then(|file| file.take(1024).read_to_end(&mut bytes));
    read.is_ok() && bytes.starts_with(b"#!") && memchr::memmem::find(&bytes, b"pyenv").is_some()
}

fn sorted_entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    entries.sort();
    entries
}

/// What tells two executables apart before they are asked. The executable of a venv is a link to its base's, and yet
/// another interpreter: so the file alone says it only where no `pyvenv.cfg` stands beside.
pub(super) fn identity(executable: &Path) -> PathBuf {
    let real = |path: &Path| fs::canonicalize(path).unwrap_or_else(|_| path.to_path_buf());
    match executable.parent().and_then(Path::parent) {
        Some(prefix) if prefix.join("pyvenv.cfg").is_file() => real(prefix),
        _ => real(executable),
    }
}
