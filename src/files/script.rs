//! Python scripts without an extension, known by their first line.

use std::ffi::OsStr;
use std::fs::{File, Metadata};
use std::io::Read;
use std::path::Path;

/// Longer first lines are cut off here, in bytes, as kernels do (Linux: 256).
const FIRST_BYTES: u64 = 256;

/// Whether a file's name is that of a notebook.
pub fn is_notebook(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "ipynb")
}

/// Whether a file's name is that of Python source, or of a notebook that may hold some.
pub(super) fn has_python_extension(path: &Path) -> bool {
    path.extension()
        .and_then(OsStr::to_str)
        .is_some_and(|extension| matches!(extension, "py" | "pyi" | "pyw" | "ipynb"))
}

/// Whether a file without an extension is executable and begins with a Python shebang. A file that cannot be read is
/// none: what it would have been, nobody knows.
pub(super) fn is_python_script(path: &Path, metadata: impl FnOnce() -> Option<Metadata>) -> bool {
    path.extension().is_none() && metadata().is_some_and(|metadata| is_executable(&metadata)) && begins_as_python(path)
}

#[cfg(unix)]
fn is_executable(metadata: &Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn is_executable(_metadata: &Metadata) -> bool {
    true
}

fn begins_as_python(path: &Path) -> bool {
    let mut start = Vec::new();
    let Ok(file) = File::open(path) else {
        return false;
    };
    file.take(FIRST_BYTES).read_to_end(&mut start).is_ok() && is_python_shebang(&start)
}

/// Whether the first line runs Python: by its path, through `env`, through `env -S`, or through `uv run`.
fn is_python_shebang(start: &[u8]) -> bool {
    let Some(line) = start.strip_prefix(b"#!") else {
        return false;
    };
    let end = memchr::memchr2(b'\n', b'\r', line).unwrap_or(line.len());
    let Ok(line) = std::str::from_utf8(line.get(..end).unwrap_or_default()) else {
        return false;
    };
    let mut words = line.split_ascii_whitespace();
    let Some(program) = words.next() else {
        return false;
    };
    if base_name(program) != "env" {
        return is_python(program);
    }
    while let Some(word) = words.next() {
        match word {
            "-u" | "--unset" | "-C" | "--chdir" => {
                words.next();
            }
            _ if word.starts_with("-S") && word.len() > 2 => return is_python(&word[2..]),
            _ if word.starts_with('-') || word.contains('=') => {}
            _ if base_name(word) == "uv" => return words.next() == Some("run"),
            _ => return is_python(word),
        }
    }
    false
}

fn base_name(program: &str) -> &str {
    program.rsplit('/').next().unwrap_or(program)
}

/// `python`, `python3.14t`, `pypy3`, `pythonw`; not `python-config`.
fn is_python(program: &str) -> bool {
    let name = base_name(program);
    let name = name.strip_suffix(".exe").unwrap_or(name);
    name.strip_prefix("python")
        .or_else(|| name.strip_prefix("pypy"))
        .is_some_and(|version| {
            version
                .chars()
                .all(|c| c.is_ascii_digit() || matches!(c, '.' | 't' | 'd' | 'w'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_shebangs() {
        for line in [
            "#!/usr/bin/env python3",
            "#!/usr/bin/env python3\nimport os",
            "#!/usr/bin/env python\r\n",
            "#! /usr/bin/python",
            "#!/usr/bin/python -u",
            "#!/opt/x/python3.14t",
            "#!/usr/bin/env -S python -u",
            "#!/usr/bin/env -Spython3 -u",
            "#!/usr/bin/env -S -i A=b python3",
            "#!/usr/bin/env -u HOME python3",
            "#!/usr/bin/env pypy3",
            "#!/usr/bin/env -S uv run --script",
            "#!python",
        ] {
            assert!(is_python_shebang(line.as_bytes()), "{line}");
        }
    }

    #[test]
    fn other_shebangs() {
        for line in [
            "",
            "#!",
            "#!/bin/sh",
            "#!/bin/sh python",
            "#!/usr/bin/env",
            "#!/usr/bin/env bash # python",
            "#!/usr/bin/env -S uv tool",
            "#!/usr/bin/python3-config",
            "#!/usr/bin/pythonista",
            "# python",
            " #!/usr/bin/python",
        ] {
            assert!(!is_python_shebang(line.as_bytes()), "{line}");
        }
        assert!(!is_python_shebang(b"#!/usr/bin/\xFFpython"));
    }
}
