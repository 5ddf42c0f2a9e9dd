//! Versions of Python, compared as versions and not as text.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::findings::PythonVersion;

/// How far a release is from the final one. Later variants are newer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// `a`: an alpha.
    Alpha,
    /// `b`: a beta.
    Beta,
    /// `rc`: a candidate.
    Candidate,
    /// The release itself.
    Final,
}

/// A full version, such as `3.14.10` or `3.15.0rc2`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// The 3 of 3.14.10.
    pub major: u32,
    /// The 14.
    pub minor: u32,
    /// The 10.
    pub micro: u32,
    /// Whether it is a release, or on the way to one.
    pub stage: Stage,
    /// Which alpha, beta or candidate; 0 for a release.
    pub serial: u32,
}

impl Version {
    /// The oldest version that mplint runs programs under.
    pub const OLDEST: Self = Self::release(3, 8, 0);

    /// A final release.
    #[must_use]
    pub const fn release(major: u32, minor: u32, micro: u32) -> Self {
        Self {
            major,
            minor,
            micro,
            stage: Stage::Final,
            serial: 0,
        }
    }

    /// The version without its last part, as findings and pages use it. None where a part is absurdly large.
    #[must_use]
    pub fn minor_version(self) -> Option<PythonVersion> {
        Some(PythonVersion(self.major.try_into().ok()?, self.minor.try_into().ok()?))
    }

    /// Whether a version that may lack its last parts (`3`, `3.14`, `3.14.10`) means this one.
    #[must_use]
    pub fn is_meant_by(self, parts: &[u32]) -> bool {
        !parts.is_empty() && parts.len() <= 3 && [self.major, self.minor, self.micro].starts_with(parts)
    }
}

/// The parts of `3`, `3.14` or `3.14.10`; none where the text is something else.
pub(super) fn parts(text: &str) -> Option<Vec<u32>> {
    let parts: Vec<u32> = text
        .split('.')
        .map(|part| {
            part.bytes()
                .all(|byte| byte.is_ascii_digit())
                .then(|| part.parse().ok())?
        })
        .collect::<Option<_>>()?;
    (parts.len() <= 3).then_some(parts)
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.stage {
            Stage::Alpha => "a",
            Stage::Beta => "b",
            Stage::Candidate => "rc",
            Stage::Final => "",
        };
        let mut text = format!("{}.{}.{}{sign}", self.major, self.minor, self.micro);
        if self.stage != Stage::Final {
            text.push_str(&self.serial.to_string());
        }
        f.pad(&text)
    }
}

impl FromStr for Version {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("`{text}` is no Python version such as 3.14.2");
        let (stage, (numbers, serial)) = [(Stage::Alpha, "a"), (Stage::Beta, "b"), (Stage::Candidate, "rc")]
            .into_iter()
            .find_map(|(stage, sign)| Some((stage, text.split_once(sign)?)))
            .unwrap_or((Stage::Final, (text, "0")));
        match (parts(numbers).as_deref(), serial.parse()) {
            (Some(&[major, minor, micro]), Ok(serial)) => Ok(Self {
                major,
                minor,
                micro,
                stage,
                serial,
            }),
            _ => Err(wrong()),
        }
    }
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Version {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?
            .parse()
            .map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_as_numbers() {
        let sorted = [
            "3.8.18",
            "3.9.0",
            "3.10.1",
            "3.15.0a7",
            "3.15.0b1",
            "3.15.0rc1",
            "3.15.0rc2",
            "3.15.0",
            "3.15.2",
        ];
        let versions: Vec<Version> = sorted.iter().map(|text| text.parse().unwrap()).collect();
        assert!(versions.is_sorted(), "{versions:?}");
        let shown: Vec<String> = versions.iter().map(ToString::to_string).collect();
        assert_eq!(shown, sorted);
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for text in [
            "",
            "3",
            "3.8",
            "3.8.x",
            "3.8.1.2",
            "3.8.1rc",
            "-3.8.1",
            "+3.8.1",
            "3.8.99999999999",
            "3..1",
        ] {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_short_version_means_all_of_its_releases() {
        let version = Version::release(3, 1, 4);
        assert!(version.is_meant_by(&[3]) && version.is_meant_by(&[3, 1]) && version.is_meant_by(&[3, 1, 4]));
        assert!(!version.is_meant_by(&[3, 14]) && !version.is_meant_by(&[]) && !version.is_meant_by(&[2]));
    }
}
