//! The front matter of a rule page: what the catalogue says of a rule, as it is written.
//!
//! The build script includes this file too, so it names nothing of the crate.

use std::collections::BTreeMap;
use std::fmt;

use serde::Deserialize;
use serde::de::IntoDeserializer as _;

/// The front matter of one page. A key that is not listed here is an error.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrontMatter {
    /// The code, such as `MP401`.
    pub code: String,
    /// The name of the bad pattern, such as `join-before-drain`.
    pub name: String,
    /// The highest severity that a finding of the rule has.
    pub severity: Grade,
    /// What kind of repair the rule offers.
    #[serde(default)]
    pub fix: FixGrade,
    /// Codes of the rules whose findings at the same place this one makes superfluous.
    #[serde(default)]
    pub subsumes: Vec<String>,
    /// Whether the rule runs when nobody selects it.
    #[serde(default)]
    pub default: Switch,
    /// Under what the pattern fails, and how that shows.
    #[serde(default)]
    pub expect: Vec<Expect>,
    /// What the tests that rewrite the examples must know.
    #[serde(default)]
    pub rewrites: Rewrites,
}

/// The word for a severity.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Grade {
    /// `note`
    Note,
    /// `warning`
    Warning,
    /// `error`
    Error,
}

/// The word for a kind of repair.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum FixGrade {
    /// Keeps what the program means.
    Safe,
    /// May change what the program does.
    Unsafe,
    /// For reading only.
    Display,
    /// The rule offers no repair.
    #[default]
    None,
}

/// `on` or `off`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Switch {
    /// `on`
    #[default]
    On,
    /// `off`
    Off,
}

/// One line of `expect`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expect {
    /// Under these start methods …
    pub on: Vec<MethodName>,
    /// … and these versions …
    #[serde(default)]
    pub python: PythonRange,
    /// … on these platforms …
    #[serde(default = "PlatformName::all")]
    pub platforms: Vec<PlatformName>,
    /// … this is seen.
    pub symptom: SymptomText,
}

impl Expect {
    /// Reads the `expect` option of an example: `on=spawn,forkserver python=>=3.8 platforms=linux symptom=raises
    /// TypeError`. The symptom comes last.
    ///
    /// # Errors
    ///
    /// A fragment that says what is wrong.
    pub fn from_option(text: &str) -> Result<Self, String> {
        let wrong = || format!("`{text}` is no expectation such as `on=spawn,forkserver python=>=3.8 symptom=hangs`");
        let (conditions, symptom) = text.split_once("symptom=").ok_or_else(wrong)?;
        let mut expect = Self {
            on: Vec::new(),
            python: PythonRange::default(),
            platforms: PlatformName::all(),
            symptom: SymptomText::try_from(symptom.to_owned())?,
        };
        for condition in conditions.split_whitespace() {
            let (key, value) = condition.split_once('=').ok_or_else(wrong)?;
            match key {
                "on" => expect.on = words(value)?,
                "python" => expect.python = PythonRange::try_from(value.to_owned())?,
                "platforms" => expect.platforms = words(value)?,
                _ => return Err(wrong()),
            }
        }
        if expect.on.is_empty() { Err(wrong()) } else { Ok(expect) }
    }
}

/// Words separated by commas.
fn words<'a, T: Deserialize<'a>>(list: &'a str) -> Result<Vec<T>, String> {
    type Error = serde::de::value::Error;
    let word =
        |word: &'a str| T::deserialize(word.trim().into_deserializer()).map_err(|error: Error| error.to_string());
    list.split(',').map(word).collect()
}

/// The word for a start method.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MethodName {
    /// `fork`
    Fork,
    /// `spawn`
    Spawn,
    /// `forkserver`
    Forkserver,
}

/// The word for a platform.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PlatformName {
    /// `linux`
    Linux,
    /// `macos`
    Macos,
    /// `windows`
    Windows,
}

impl PlatformName {
    fn all() -> Vec<Self> {
        vec![Self::Linux, Self::Macos, Self::Windows]
    }
}

/// A range of Python versions: `>=3.8`, `<3.14`, or `>=3.8,<3.14`.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct PythonRange {
    /// The first version, major and minor.
    pub from: (u8, u8),
    /// The first version after the range; none where the range is open.
    pub below: Option<(u8, u8)>,
}

impl Default for PythonRange {
    fn default() -> Self {
        Self {
            from: (3, 8),
            below: None,
        }
    }
}

impl TryFrom<String> for PythonRange {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let version = |version: &str| {
            let (major, minor) = version.trim().split_once('.')?;
            Some((major.parse().ok()?, minor.parse().ok()?))
        };
        let mut range = Self::default();
        for bound in text.split(',').map(str::trim) {
            let known = match (bound.strip_prefix(">="), bound.strip_prefix('<')) {
                (Some(from), _) => version(from).map(|from| range.from = from),
                (None, Some(below)) => version(below).map(|below| range.below = Some(below)),
                (None, None) => None,
            };
            known.ok_or_else(|| format!("`{text}` is no range of versions such as `>=3.8,<3.14`"))?;
        }
        if range.below.is_some_and(|below| below <= range.from) {
            return Err(format!("the range `{text}` holds no version"));
        }
        Ok(range)
    }
}

/// A symptom as the page words it: a kind such as `hangs` and, after a blank, what is known of it.
#[derive(Clone, PartialEq, Eq, Debug, Deserialize)]
#[serde(try_from = "String")]
pub struct SymptomText {
    /// One of [`SymptomText::KINDS`].
    pub kind: String,
    /// The rest, such as the `TypeError` of `raises TypeError`.
    pub detail: Option<String>,
}

impl SymptomText {
    /// The kinds of symptom.
    pub const KINDS: [&'static str; 10] = [
        "raises",
        "hangs",
        "stalls",
        "wrong-result",
        "leaks",
        "crashes",
        "serial",
        "lost-output",
        "timeout",
        "clean",
    ];
}

impl TryFrom<String> for SymptomText {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let (kind, detail) = match text.trim().split_once(' ') {
            Some((kind, detail)) => (kind, Some(detail.trim().to_owned())),
            None => (text.trim(), None),
        };
        if !Self::KINDS.contains(&kind) {
            return Err(format!(
                "`{kind}` is no symptom; the symptoms are {}",
                Self::KINDS.join(", ")
            ));
        }
        Ok(Self {
            kind: kind.to_owned(),
            detail,
        })
    }
}

/// Which rewrites of the examples say nothing about this rule.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rewrites {
    /// The name of a rewrite, and why its result is no longer the mistake, or is a different one.
    #[serde(default)]
    pub skip: BTreeMap<String, String>,
}

/// Front matter that cannot be read.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FrontMatterError {
    /// The line of the page, from 1.
    pub line: usize,
    /// What is wrong there: a fragment.
    pub message: String,
}

impl fmt::Display for FrontMatterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for FrontMatterError {}

/// Reads the front matter of a page and returns it with the number of lines that it takes, fences included.
///
/// # Errors
///
/// Where the page does not begin with a block between two `---` lines, or the block is not what [`FrontMatter`] says.
pub fn read(page: &str) -> Result<(FrontMatter, usize), FrontMatterError> {
    let error = |line, message: &str| FrontMatterError {
        line,
        message: message.to_owned(),
    };
    let mut lines = page.lines();
    if lines.next().map(str::trim_end) != Some("---") {
        return Err(error(1, "the page does not begin with `---`"));
    }
    // The blank first line stands for the fence, so that the reader's line numbers are those of the page.
    let mut yaml = String::from("\n");
    let mut count = 1;
    for line in lines {
        count += 1;
        if line.trim_end() == "---" {
            return parse(&yaml).map(|front| (front, count));
        }
        yaml.push_str(line);
        yaml.push('\n');
    }
    Err(error(count, "the front matter is not closed by `---`"))
}

fn parse(yaml: &str) -> Result<FrontMatter, FrontMatterError> {
    let options = serde_saphyr::options! { with_snippet: false };
    let front: FrontMatter = serde_saphyr::from_str_with_options(yaml, options).map_err(|error| FrontMatterError {
        line: error
            .location()
            .and_then(|at| usize::try_from(at.line()).ok())
            .unwrap_or(1),
        message: error.to_string(),
    })?;
    let wrong = |message: String| Err(FrontMatterError { line: 2, message });
    if !is_code(&front.code) {
        return wrong(format!("`{}` is no code such as MP401", front.code));
    }
    if let Some(code) = front.subsumes.iter().find(|code| !is_code(code)) {
        return wrong(format!("`{code}` in `subsumes` is no code such as MP401"));
    }
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if front.name.is_empty() || !front.name.chars().all(plain) {
        return wrong(format!("`{}` is no name such as join-before-drain", front.name));
    }
    if let Some(expect) = front.expect.iter().find(|expect| expect.on.is_empty()) {
        return wrong(format!("`{}` is expected on no start method", expect.symptom.kind));
    }
    Ok(front)
}

/// Whether a word is shaped like a rule's code: `MP` and three digits.
#[must_use]
pub fn is_code(word: &str) -> bool {
    word.strip_prefix("MP")
        .is_some_and(|digits| digits.len() == 3 && digits.bytes().all(|b| b.is_ascii_digit()))
}
