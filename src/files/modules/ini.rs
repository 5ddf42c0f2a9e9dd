//! The little of INI files that setup.cfg and its like need.

/// The value of a key in a section, continuation lines included, as lines without blanks around them.
pub(super) fn values<'t>(text: &'t str, section: &str, key: &str) -> Vec<&'t str> {
    let mut found = Vec::new();
    let (mut inside, mut here) = (false, false);
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with(['#', ';']) {
            continue;
        }
        if let Some(name) = trimmed.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
            (inside, here) = (name.trim() == section, false);
            continue;
        }
        if !inside {
            continue;
        }
        if line.starts_with([' ', '\t']) {
            if here {
                found.push(trimmed);
            }
            continue;
        }
        let Some((name, value)) = trimmed.split_once(['=', ':']) else {
            continue;
        };
        here = name.trim() == key;
        let value = value.trim();
        if here && !value.is_empty() {
            found.push(value);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_and_their_continuations() {
        let text = "[a]\nx = 1\n[options]\npackage_dir =\n    = src\n# no\n    b = c\nz: 3\n\t4\nx = 2\n[b]\nx = 9\n";
        assert_eq!(values(text, "options", "package_dir"), ["= src", "b = c"]);
        assert_eq!(values(text, "options", "z"), ["3", "4"]);
        assert_eq!(values(text, "options", "x"), ["2"]);
        assert!(values(text, "options", "y").is_empty() && values("", "", "").is_empty());
    }
}
