//! Python versions as a project states them.

use std::fmt;
use std::str::FromStr;

use crate::findings::PythonVersion;

/// The first and the last version that mplint knows anything about.
const KNOWN: PythonRange = PythonRange {
    oldest: PythonVersion(3, 8),
    newest: PythonVersion(3, 15),
};

/// Patch releases that are tried when a specifier speaks of them. No minor version has had as many.
const PATCHES: u32 = 64;

/// The versions that a project runs on, both ends included.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct PythonRange {
    /// The first.
    pub oldest: PythonVersion,
    /// The last.
    pub newest: PythonVersion,
}

impl fmt::Display for PythonRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.oldest == self.newest {
            write!(f, "{}", self.oldest)
        } else {
            write!(f, "{}..{}", self.oldest, self.newest)
        }
    }
}

impl FromStr for PythonRange {
    type Err = String;

    /// Reads `3.12` or `3.9..3.15`, both ends included.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (oldest, newest) = text.split_once("..").unwrap_or((text, text));
        let (oldest, newest): (PythonVersion, PythonVersion) = (oldest.parse()?, newest.parse()?);
        if newest < oldest {
            return Err(format!("`{text}` ends before it begins"));
        }
        if oldest < KNOWN.oldest || newest > KNOWN.newest {
            return Err(format!(
                "`{text}` leaves the versions that mplint knows, {} to {}",
                KNOWN.oldest, KNOWN.newest
            ));
        }
        Ok(Self { oldest, newest })
    }
}

/// Reads the specifiers of `requires-python`. Returns the known versions of which some patch release is allowed, from the
/// first to the last, and a sentence for each thing that was not understood, which then counts as not written.
pub(super) fn from_requires_python(text: &str) -> (Option<PythonRange>, Vec<String>) {
    let mut warnings = vec![];
    let mut specifiers = vec![];
    for part in text.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        match Specifier::parse(part) {
            Some(specifier) => specifiers.push(specifier),
            None => warnings.push(format!("`{part}` in requires-python is not understood and left out")),
        }
    }
    if specifiers.is_empty() {
        return (None, warnings);
    }
    let allowed = |minor: u8| {
        (0..PATCHES).any(|patch| {
            let version = [3, u32::from(minor), patch];
            specifiers.iter().all(|specifier| specifier.allows(version))
        })
    };
    let mut minors = (KNOWN.oldest.1..=KNOWN.newest.1).filter(|&minor| allowed(minor));
    let Some(first) = minors.next() else {
        warnings.push(format!(
            "requires-python `{text}` allows none of the versions that mplint knows, {} to {}",
            KNOWN.oldest, KNOWN.newest
        ));
        return (None, warnings);
    };
    let range = PythonRange {
        oldest: PythonVersion(3, first),
        newest: PythonVersion(3, minors.next_back().unwrap_or(first)),
    };
    (Some(range), warnings)
}

/// One version specifier. Pre-release, post-release and development suffixes are cut off: no minor version begins or
/// ends with one.
struct Specifier {
    operator: Operator,
    version: [u32; 3],
    /// How many numbers were written.
    parts: usize,
    /// Whether `.*` follows them.
    wildcard: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    Compatible,
    Equal,
    NotEqual,
    AtMost,
    AtLeast,
    Less,
    Greater,
}

impl Specifier {
    fn parse(text: &str) -> Option<Self> {
        let operators = [
            ("===", Operator::Equal),
            ("~=", Operator::Compatible),
            ("==", Operator::Equal),
            ("!=", Operator::NotEqual),
            ("<=", Operator::AtMost),
            (">=", Operator::AtLeast),
            ("<", Operator::Less),
            (">", Operator::Greater),
        ];
        let (operator, rest) = operators
            .into_iter()
            .find_map(|(sign, operator)| Some((operator, text.strip_prefix(sign)?)))?;
        let rest = rest.trim();
        let (rest, wildcard) = match rest.strip_suffix(".*") {
            Some(rest) => (rest, true),
            None => (rest, false),
        };
        if wildcard && !matches!(operator, Operator::Equal | Operator::NotEqual) {
            return None;
        }
        let mut version = [0; 3];
        let mut parts = 0;
        for part in rest.split('.') {
            let digits = part.len() - part.trim_start_matches(|c: char| c.is_ascii_digit()).len();
            let (number, suffix) = part.split_at_checked(digits)?;
            if number.is_empty() {
                // `3.9.dev0`: nothing but a suffix.
                if parts == 0 || !is_suffix(suffix) {
                    return None;
                }
                break;
            }
            let number = number.parse().ok()?;
            if let Some(slot) = version.get_mut(parts) {
                *slot = number;
                parts += 1;
            }
            if !suffix.is_empty() {
                if !is_suffix(suffix) {
                    return None;
                }
                break;
            }
        }
        // `~=3` has no meaning.
        let meaningless = operator == Operator::Compatible && parts < 2;
        (!meaningless).then_some(Self {
            operator,
            version,
            parts,
            wildcard,
        })
    }

    fn allows(&self, version: [u32; 3]) -> bool {
        let same = |parts: usize| version.iter().zip(&self.version).take(parts).all(|(a, b)| a == b);
        match self.operator {
            Operator::Compatible => version >= self.version && same(self.parts - 1),
            Operator::Equal if self.wildcard => same(self.parts),
            Operator::NotEqual if self.wildcard => !same(self.parts),
            Operator::Equal => version == self.version,
            Operator::NotEqual => version != self.version,
            Operator::AtMost => version <= self.version,
            Operator::AtLeast => version >= self.version,
            Operator::Less => version < self.version,
            Operator::Greater => version > self.version,
        }
    }
}

/// Whether this is what may follow the numbers of a release: `a0`, `rc1`, `.dev0` without its dot, `post1`, `+local`.
fn is_suffix(text: &str) -> bool {
    let text = text.trim_start_matches(['-', '_']);
    ["a", "b", "c", "rc", "alpha", "beta", "pre", "dev", "post", "rev", "+"]
        .iter()
        .any(|start| text.starts_with(start))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn requires_python() {
        for (text, expected) in [
            (">=3.9", "3.9..3.15"),
            (">=3.9,<3.13", "3.9..3.12"),
            (" >= 3.9 , < 3.13 ", "3.9..3.12"),
            ("~=3.10", "3.10..3.15"),
            ("~=3.10.2", "3.10"),
            ("==3.11.*", "3.11"),
            ("==3.11", "3.11"),
            ("===3.11.4", "3.11"),
            (">=3.6", "3.8..3.15"),
            (">=2.7, !=3.0.*, !=3.1.*", "3.8..3.15"),
            (">=3.8,!=3.8.*", "3.9..3.15"),
            (">=3.8,!=3.8.0", "3.8..3.15"),
            (">3.9", "3.9..3.15"),
            ("<=3.12", "3.8..3.12"),
            ("<3.12.5", "3.8..3.12"),
            ("<4", "3.8..3.15"),
            (">=3.10,<4.0", "3.10..3.15"),
            (">=3.13.0rc1", "3.13..3.15"),
            (">=3.9.dev0", "3.9..3.15"),
            ("==3.*", "3.8..3.15"),
        ] {
            let (range, warnings) = from_requires_python(text);
            assert_eq!(
                range.map(|range| range.to_string()).as_deref(),
                Some(expected),
                "{text}"
            );
            assert_eq!(warnings, [""; 0], "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_is_said() {
        for (text, range, warning) in [
            ("^3.9", None, "`^3.9` in requires-python is not understood and left out"),
            (
                ">=3.9,~=3",
                Some("3.9..3.15"),
                "`~=3` in requires-python is not understood and left out",
            ),
            (
                ">=3.x",
                None,
                "`>=3.x` in requires-python is not understood and left out",
            ),
            (
                ">=3.9.*",
                None,
                "`>=3.9.*` in requires-python is not understood and left out",
            ),
            (
                "<3",
                None,
                "requires-python `<3` allows none of the versions that mplint knows, 3.8 to 3.15",
            ),
        ] {
            let (found, warnings) = from_requires_python(text);
            assert_eq!(found.map(|found| found.to_string()).as_deref(), range, "{text}");
            assert_eq!(warnings, [warning], "{text}");
        }
        assert_eq!(from_requires_python(""), (None, vec![]));
    }

    #[test]
    fn ranges() {
        for text in ["3.9..3.15", "3.12"] {
            assert_eq!(text.parse::<PythonRange>().unwrap().to_string(), text);
        }
        for (text, message) in [
            ("3.12..3.9", "`3.12..3.9` ends before it begins"),
            ("3.7", "`3.7` leaves the versions that mplint knows, 3.8 to 3.15"),
            ("py39", "`py39` is no Python version such as 3.14"),
            ("3.9..", "`` is no Python version such as 3.14"),
        ] {
            assert_eq!(text.parse::<PythonRange>().unwrap_err(), message);
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "[<>=!~0-9.*, a-z]{0,20}|.{0,20}") {
            let _ = from_requires_python(&text);
            let _ = text.parse::<PythonRange>();
        }
    }
}
