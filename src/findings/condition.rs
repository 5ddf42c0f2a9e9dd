//! Under what something fails: start method, Python version, platform; and how that shows.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How `multiprocessing` makes a new process.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum StartMethod {
    /// The child is a copy of the parent; nothing is pickled.
    Fork,
    /// The child is a fresh interpreter that imports the main module.
    Spawn,
    /// The child is forked from a clean server process.
    Forkserver,
}

impl StartMethod {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Fork, Self::Spawn, Self::Forkserver];

    /// The name that Python uses.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Fork => "fork",
            Self::Spawn => "spawn",
            Self::Forkserver => "forkserver",
        }
    }

    /// The method that has this name in Python.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == name)
    }

    /// The method used when the program names none. Linux moved from fork to forkserver in 3.14, macOS from fork to
    /// spawn in 3.8 (Python's own change notes).
    #[must_use]
    pub fn default_for(platform: Platform, python: PythonVersion) -> Self {
        match platform {
            Platform::Linux if python < PythonVersion(3, 14) => Self::Fork,
            Platform::Linux => Self::Forkserver,
            Platform::Macos | Platform::Windows => Self::Spawn,
        }
    }

    /// Whether the platform has this method at all.
    #[must_use]
    pub const fn exists_on(self, platform: Platform) -> bool {
        matches!(self, Self::Spawn) || !matches!(platform, Platform::Windows)
    }
}

impl fmt::Display for StartMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

bitflags::bitflags! {
    /// A set of start methods.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
    pub struct StartMethods: u8 {
        /// fork
        const FORK = 1;
        /// spawn
        const SPAWN = 2;
        /// forkserver
        const FORKSERVER = 4;
        /// The two that start a clean interpreter and pickle what they send.
        const PICKLING = Self::SPAWN.bits() | Self::FORKSERVER.bits();
    }

    /// A set of platforms.
    #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
    pub struct Platforms: u8 {
        /// Linux
        const LINUX = 1;
        /// macOS
        const MACOS = 2;
        /// Windows
        const WINDOWS = 4;
    }
}

impl From<StartMethod> for StartMethods {
    fn from(method: StartMethod) -> Self {
        match method {
            StartMethod::Fork => Self::FORK,
            StartMethod::Spawn => Self::SPAWN,
            StartMethod::Forkserver => Self::FORKSERVER,
        }
    }
}

impl StartMethods {
    /// The members, in the order in which they are shown.
    pub fn members(self) -> impl Iterator<Item = StartMethod> {
        StartMethod::ALL
            .into_iter()
            .filter(move |&method| self.contains(method.into()))
    }
}

/// An operating system that a project can target.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Platform {
    /// Linux
    Linux,
    /// macOS
    Macos,
    /// Windows
    Windows,
}

impl Platform {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 3] = [Self::Linux, Self::Macos, Self::Windows];
}

impl From<Platform> for Platforms {
    fn from(platform: Platform) -> Self {
        match platform {
            Platform::Linux => Self::LINUX,
            Platform::Macos => Self::MACOS,
            Platform::Windows => Self::WINDOWS,
        }
    }
}

impl Platforms {
    /// The members, in the order in which they are shown.
    pub fn members(self) -> impl Iterator<Item = Platform> {
        Platform::ALL
            .into_iter()
            .filter(move |&platform| self.contains(platform.into()))
    }
}

/// A minor version of Python, such as 3.14.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PythonVersion(pub u8, pub u8);

impl fmt::Display for PythonVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.0, self.1)
    }
}

impl std::str::FromStr for PythonVersion {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = || format!("`{text}` is no Python version such as 3.14");
        let (major, minor) = text.trim().split_once('.').ok_or_else(wrong)?;
        Ok(Self(
            major.parse().map_err(|_| wrong())?,
            minor.parse().map_err(|_| wrong())?,
        ))
    }
}

/// A range of Python versions: from `from`, and where `below` is set, before it.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct VersionRange {
    /// The first version.
    pub from: PythonVersion,
    /// The first version after the range; none where the range is open.
    pub below: Option<PythonVersion>,
}

impl VersionRange {
    /// Every version that mplint speaks of.
    pub const ANY: Self = Self {
        from: PythonVersion(3, 8),
        below: None,
    };

    /// The versions before one.
    #[must_use]
    pub const fn below(version: PythonVersion) -> Self {
        Self {
            from: Self::ANY.from,
            below: Some(version),
        }
    }

    /// A version and those after it.
    #[must_use]
    pub const fn since(from: PythonVersion) -> Self {
        Self { from, below: None }
    }

    /// Whether the range holds a version.
    #[must_use]
    pub fn contains(self, version: PythonVersion) -> bool {
        self.from <= version && self.below.is_none_or(|below| version < below)
    }
}

impl fmt::Display for VersionRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, ">={}", self.from)?;
        if let Some(below) = self.below {
            write!(f, ",<{below}")?;
        }
        Ok(())
    }
}

/// The kind of thing that an experiment shows.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SymptomKind {
    /// An exception, in any of the processes.
    Raises,
    /// Every process waits for another, for ever.
    Hangs,
    /// No progress, though something still polls.
    Stalls,
    /// It ends, and the answer is wrong.
    WrongResult,
    /// A process, a segment or a semaphore is left behind.
    Leaks,
    /// A process dies by a signal.
    Crashes,
    /// What should run side by side runs one after another.
    Serial,
    /// Something that was printed or logged never appears.
    LostOutput,
    /// The time ran out; nothing more is known.
    Timeout,
    /// Nothing is wrong.
    Clean,
}

impl SymptomKind {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Raises,
        Self::Hangs,
        Self::Stalls,
        Self::WrongResult,
        Self::Leaks,
        Self::Crashes,
        Self::Serial,
        Self::LostOutput,
        Self::Timeout,
        Self::Clean,
    ];

    /// The kind that has this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }

    /// The word used in rule pages and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Raises => "raises",
            Self::Hangs => "hangs",
            Self::Stalls => "stalls",
            Self::WrongResult => "wrong-result",
            Self::Leaks => "leaks",
            Self::Crashes => "crashes",
            Self::Serial => "serial",
            Self::LostOutput => "lost-output",
            Self::Timeout => "timeout",
            Self::Clean => "clean",
        }
    }
}

/// A symptom, with the name of the exception where one is known.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Symptom {
    /// The kind.
    pub kind: SymptomKind,
    /// What follows it on the rule page, such as the exception of `raises TypeError`.
    pub detail: Option<&'static str>,
}

impl fmt::Display for Symptom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind.as_str())?;
        match self.detail {
            Some(detail) => write!(f, " {detail}"),
            None => Ok(()),
        }
    }
}

/// What a rule page says will be seen, and under which conditions.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Expectation {
    /// Under these start methods …
    pub on: StartMethods,
    /// … and these versions …
    pub python: VersionRange,
    /// … on these platforms …
    pub platforms: Platforms,
    /// … this is seen.
    pub symptom: Symptom,
}

impl Expectation {
    /// A symptom of a kind, on every platform.
    #[must_use]
    pub const fn shows(kind: SymptomKind, on: StartMethods, python: VersionRange) -> Self {
        Self {
            on,
            python,
            platforms: Platforms::all(),
            symptom: Symptom { kind, detail: None },
        }
    }

    /// An exception, on every platform.
    #[must_use]
    pub const fn raises(exception: &'static str, on: StartMethods, python: VersionRange) -> Self {
        let mut expectation = Self::shows(SymptomKind::Raises, on, python);
        expectation.symptom.detail = Some(exception);
        expectation
    }

    /// A symptom of a kind, under everything.
    #[must_use]
    pub const fn always(kind: SymptomKind) -> Self {
        Self::shows(kind, StartMethods::all(), VersionRange::ANY)
    }

    /// An exception, under everything.
    #[must_use]
    pub const fn always_raises(exception: &'static str) -> Self {
        Self::raises(exception, StartMethods::all(), VersionRange::ANY)
    }
}

/// One way in which a finding fails: an expectation narrowed to what the program and its targets allow.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub struct Condition {
    /// The start method.
    pub start_method: StartMethod,
    /// The versions.
    pub python: VersionRange,
    /// The platforms.
    pub platforms: Platforms,
    /// What is seen.
    pub symptom: Symptom,
}

/// What the project runs on.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Targets {
    /// The first targeted version.
    pub oldest: PythonVersion,
    /// The last targeted version.
    pub newest: PythonVersion,
    /// The targeted platforms.
    pub platforms: Platforms,
    /// Whether somebody has said which platforms these are.
    pub are_platforms_named: bool,
}

impl Default for Targets {
    fn default() -> Self {
        Self {
            oldest: PythonVersion(3, 9),
            newest: PythonVersion(3, 15),
            platforms: Platforms::all(),
            are_platforms_named: false,
        }
    }
}

impl Targets {
    /// The targeted versions, oldest first.
    pub fn versions(self) -> impl Iterator<Item = PythonVersion> {
        (self.oldest.1..=self.newest.1).map(move |minor| PythonVersion(self.oldest.0, minor))
    }

    /// The start methods that some target uses when the program names none.
    #[must_use]
    pub fn default_methods(self) -> StartMethods {
        let mut methods = StartMethods::empty();
        for platform in self.platforms.members() {
            for version in self.versions() {
                methods |= StartMethod::default_for(platform, version).into();
            }
        }
        methods
    }
}
