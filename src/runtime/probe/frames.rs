//! Frames of Python code, and which of them are the user's.

use std::path::{Component, Path, PathBuf};

use serde::{Deserialize, Serialize};

/// One call on a stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(String, Option<u32>, String)", into = "(String, Option<u32>, String)")]
pub struct Frame {
    /// The file as Python names it: before 3.9, the main program's may be relative to the working folder.
    pub file: String,
    /// The line; none where Python could not tell.
    pub line: Option<u32>,
    /// The function, or `<module>`.
    pub function: String,
}

impl From<(String, Option<u32>, String)> for Frame {
    fn from((file, line, function): (String, Option<u32>, String)) -> Self {
        Self { file, line, function }
    }
}

impl From<Frame> for (String, Option<u32>, String) {
    fn from(frame: Frame) -> Self {
        (frame.file, frame.line, frame.function)
    }
}

/// Which files count as the user's.
#[derive(Clone, Debug)]
pub struct UserCode {
    folder: PathBuf,
    working: PathBuf,
    others: Vec<PathBuf>,
}

impl UserCode {
    /// The files under a folder, of a program that was started in the folder `working`.
    #[must_use]
    pub fn new(folder: &Path, working: &Path) -> Self {
        Self {
            folder: plain(folder),
            working: working.to_path_buf(),
            others: Vec::new(),
        }
    }

    /// Without what lies in these folders: an environment inside the project, say.
    #[must_use]
    pub fn except(mut self, others: impl IntoIterator<Item = PathBuf>) -> Self {
        self.others.extend(others.into_iter().map(|path| plain(&path)));
        self
    }

    /// Where a file lies that Python names so; none where it is not the user's.
    #[must_use]
    pub fn path_of(&self, file: &str) -> Option<PathBuf> {
        // `<string>`, `<frozen importlib._bootstrap>`: no file at all.
        if file.is_empty() || file.starts_with('<') {
            return None;
        }
        let path = plain(&self.working.join(file));
        let inside = path.starts_with(&self.folder)
            && !self.others.iter().any(|other| path.starts_with(other))
            && !path.components().any(|part| part.as_os_str() == "site-packages");
        inside.then_some(path)
    }

    /// The frames that are the user's, in the order in which they come.
    pub fn filter<'a>(&'a self, frames: &'a [Frame]) -> impl DoubleEndedIterator<Item = &'a Frame> {
        frames.iter().filter(|frame| self.path_of(&frame.file).is_some())
    }
}

/// A path without `.` and `..`, by its words alone: the file may be gone, or be a link that the program made.
fn plain(path: &Path) -> PathBuf {
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                out.pop();
            }
            part => out.push(part),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_files_of_the_program_are_the_users() {
        let code = UserCode::new(Path::new("/work/app"), Path::new("/work/app/run"))
            .except([PathBuf::from("/work/app/.venv")]);
        for (file, expected) in [
            ("/work/app/a.py", Some("/work/app/a.py")),
            ("main.py", Some("/work/app/run/main.py")),
            ("../lib/./b.py", Some("/work/app/lib/b.py")),
            ("../../c.py", None),
            ("/work/app/../d.py", None),
            ("/work/application/e.py", None),
            ("/work/app/.venv/lib/f.py", None),
            ("/work/app/env/lib/site-packages/g.py", None),
            ("<string>", None),
            ("<frozen runpy>", None),
            ("", None),
        ] {
            assert_eq!(code.path_of(file).as_deref(), expected.map(Path::new), "{file}");
        }
    }
}
