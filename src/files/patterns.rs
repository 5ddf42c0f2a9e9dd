//! Globs that name files and folders, as `exclude` and `per-file-ignores` have them.
//!
//! A pattern matches a path, or where it holds no `/` also any file or folder of that name. Paths are taken relative to
//! the folder that the pattern belongs to: that of the configuration file, or the working directory. `*` crosses `/`.

use std::path::{Component, Path, PathBuf};

use globset::{Candidate, Glob, GlobSet, GlobSetBuilder};

/// A glob that is no glob.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("`{pattern}` is not a valid glob: {reason}")]
pub struct PatternError {
    /// The glob as it was written.
    pub pattern: String,
    /// What is wrong with it.
    pub reason: String,
}

/// A glob and the folder that it belongs to.
#[derive(Clone, Debug)]
pub struct PathPattern {
    text: String,
    path: Glob,
    name: Option<Glob>,
}

impl PartialEq for PathPattern {
    fn eq(&self, other: &Self) -> bool {
        self.path == other.path && self.name == other.name
    }
}

impl Eq for PathPattern {}

impl PathPattern {
    /// A glob that belongs to a folder, which should be an absolute path.
    ///
    /// # Errors
    /// Where the glob's syntax is wrong.
    pub fn new(pattern: &str, folder: &Path) -> Result<Self, PatternError> {
        let wrong = |error: &globset::Error| PatternError {
            pattern: pattern.to_owned(),
            reason: error.kind().to_string(),
        };
        let bare = pattern.trim_end_matches('/');
        let bare = if bare.is_empty() { pattern } else { bare };
        let mut base = cleaned(folder);
        let mut rest = bare;
        loop {
            if let Some(shorter) = rest.strip_prefix("./") {
                rest = shorter;
            } else if let Some(shorter) = rest.strip_prefix("../") {
                rest = shorter;
                base.pop();
            } else {
                break;
            }
        }
        let path = if Path::new(rest).is_absolute() {
            rest.to_owned()
        } else {
            let base = globset::escape(&slashed(&base));
            format!("{}/{rest}", base.trim_end_matches('/'))
        };
        let name = if rest.contains('/') || rest != bare {
            None
        } else {
            Some(Glob::new(rest).map_err(|error| wrong(&error))?)
        };
        let path = Glob::new(&path).map_err(|error| wrong(&error))?;
        Ok(Self {
            text: pattern.to_owned(),
            path,
            name,
        })
    }

    /// The glob as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

/// Several patterns, ready to match.
#[derive(Clone, Debug)]
pub struct PathPatterns {
    names: GlobSet,
    paths: GlobSet,
}

impl PathPatterns {
    /// Compiles patterns.
    ///
    /// # Errors
    /// Where all of them together are too large.
    pub fn new<'a>(patterns: impl IntoIterator<Item = &'a PathPattern>) -> Result<Self, PatternError> {
        let (mut names, mut paths) = (GlobSetBuilder::new(), GlobSetBuilder::new());
        for pattern in patterns {
            match &pattern.name {
                // The name alone says it: the path of such a pattern ends in that name.
                Some(name) => names.add(name.clone()),
                None => paths.add(pattern.path.clone()),
            };
        }
        let built = |set: GlobSetBuilder| {
            set.build().map_err(|error| PatternError {
                pattern: error.glob().unwrap_or_default().to_owned(),
                reason: error.kind().to_string(),
            })
        };
        Ok(Self {
            names: built(names)?,
            paths: built(paths)?,
        })
    }

    /// Whether the last part of a path is matched by a pattern that holds no `/`.
    pub(super) fn matches_name(&self, path: &Path) -> bool {
        !self.names.is_empty()
            && path
                .file_name()
                .is_some_and(|name| self.names.is_match_candidate(&Candidate::new(name)))
    }

    /// Whether there are patterns that need the whole path.
    pub(super) fn need_paths(&self) -> bool {
        !self.paths.is_empty()
    }

    /// Whether a pattern matches the path itself, which must be absolute. Folders above it are not looked at.
    #[must_use]
    pub fn matches(&self, absolute: &Path) -> bool {
        self.matches_name(absolute) || (self.need_paths() && self.paths.is_match(absolute))
    }

    /// Whether a pattern matches the path or a folder above it. The path must be absolute.
    #[must_use]
    pub fn matches_or_parent(&self, absolute: &Path) -> bool {
        absolute.ancestors().any(|path| self.matches(path))
    }
}

/// A path with `/` between its parts.
pub(super) fn slashed(path: &Path) -> String {
    let text = path.to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' {
        text.into_owned()
    } else {
        text.replace(std::path::MAIN_SEPARATOR, "/")
    }
}

/// A path without `.` and `..` parts, by its text alone: where symbolic links play a part, it may be another path.
pub(crate) fn cleaned(path: &Path) -> PathBuf {
    let mut clean = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => {
                clean.pop();
            }
            _ => clean.push(part),
        }
    }
    clean
}

/// A path without `.` parts; `None` where it has `..` parts, which only the file system can resolve.
pub(super) fn without_dots(path: &Path) -> Option<PathBuf> {
    path.components()
        .filter(|part| *part != Component::CurDir)
        .map(|part| (part != Component::ParentDir).then_some(part))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn matches(pattern: &str, path: &str) -> bool {
        let pattern = PathPattern::new(pattern, Path::new("/home/me/[pro]ject")).unwrap();
        PathPatterns::new([&pattern])
            .unwrap()
            .matches(&Path::new("/home/me/[pro]ject").join(path))
    }

    #[test]
    fn names_match_anywhere_and_paths_from_the_folder() {
        for (pattern, path) in [
            ("build", "build"),
            ("build", "a/build"),
            ("build/", "a/build"),
            ("*_pb2.py", "a/b/x_pb2.py"),
            ("a/build", "a/build"),
            ("./a/build/", "a/build"),
            ("a/*.py", "a/x.py"),
            ("a/*.py", "a/b/x.py"),
            ("a/**", "a/b/x.py"),
            ("**/gen/*.py", "gen/x.py"),
            ("**/gen/*.py", "a/gen/x.py"),
            ("/home/me/[[]pro[]]ject/a.py", "a.py"),
            ("../other/x.py", "/home/me/other/x.py"),
            ("{a,b}.py", "c/b.py"),
        ] {
            assert!(matches(pattern, path), "{pattern} should match {path}");
        }
        for (pattern, path) in [
            ("build", "builds"),
            ("build", "build/x.py"),
            ("./build", "a/build"),
            ("a/build", "b/a/build"),
            ("a/*.py", "b/a/x.py"),
            ("/elsewhere/a.py", "a.py"),
        ] {
            assert!(!matches(pattern, path), "{pattern} should not match {path}");
        }
    }

    #[test]
    fn parents_count_where_asked() {
        let pattern = PathPattern::new("build", Path::new("/p")).unwrap();
        let patterns = PathPatterns::new([&pattern]).unwrap();
        assert!(patterns.matches_or_parent(Path::new("/p/build/a/x.py")));
        assert!(!patterns.matches(Path::new("/p/build/a/x.py")));
    }

    #[test]
    fn wrong_glob_is_named() {
        let error = PathPattern::new("a[", Path::new("/p")).unwrap_err();
        assert!(error.to_string().starts_with("`a[` is not a valid glob: "), "{error}");
    }
}
