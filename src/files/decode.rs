//! The bytes of a file as text: byte order marks, coding cookies, UTF-8.

use encoding_rs::{DecoderResult, Encoding as TableEncoding};

const UTF8_BOM: &[u8] = b"\xEF\xBB\xBF";

/// How the text of a file was written as bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Encoding {
    /// UTF-8, which is also Python's default.
    Utf8,
    /// Seven bits, by a cookie.
    Ascii,
    /// ISO-8859-1 proper, where each byte is the code point of the same number. The web's `latin1` is windows-1252.
    Latin1,
    /// One of the tables of `encoding_rs`.
    Table(&'static TableEncoding),
    /// A codec that Python has and mplint has not, in a file that holds nothing but ASCII.
    AsciiSubset,
}

/// A file's text, and what is needed to write it back.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Decoded {
    /// The text, without a byte order mark, line ends as they are.
    pub text: String,
    /// The encoding.
    pub encoding: Encoding,
    /// Whether a UTF-8 byte order mark stood before the text.
    pub bom: bool,
}

/// Why bytes are no Python source. Offsets are byte offsets from 0 in the file, lines are counted from 1.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DecodeError {
    /// UTF-16 or UTF-32, which Python does not read as source.
    #[error("is encoded as {0}, which Python cannot read as source code; save it as UTF-8")]
    WideUnicode(&'static str),
    /// A NUL byte, which Python rejects.
    #[error("holds a NUL byte at offset {offset} (line {line}), which Python rejects{}", if *wide { "; it may be UTF-16" } else { "" })]
    Nul {
        /// Where.
        offset: usize,
        /// Its line.
        line: usize,
        /// Whether NUL bytes alternate with others, as in UTF-16 without a mark.
        wide: bool,
    },
    /// No UTF-8, and no cookie that says otherwise.
    #[error("is not valid UTF-8: byte 0x{byte:02x} at offset {offset} (line {line}){}", if *cookie { "" } else { ", and no coding cookie names another encoding" })]
    InvalidUtf8 {
        /// The first wrong byte.
        byte: u8,
        /// Where.
        offset: usize,
        /// Its line.
        line: usize,
        /// Whether a cookie asked for UTF-8.
        cookie: bool,
    },
    /// A byte that the encoding of the cookie does not have.
    #[error("is not valid {encoding}, as its coding cookie says: byte 0x{byte:02x} at offset {offset} (line {line})")]
    Invalid {
        /// The encoding as the cookie names it.
        encoding: String,
        /// The first wrong byte.
        byte: u8,
        /// Where.
        offset: usize,
        /// Its line.
        line: usize,
    },
    /// A cookie that names no encoding for source code.
    #[error(
        "has a coding cookie on line {line} that names `{name}`, which is no encoding for source code that mplint knows"
    )]
    UnknownEncoding {
        /// The name.
        name: String,
        /// The cookie's line.
        line: usize,
    },
    /// A codec that Python has and mplint has not.
    #[error("is encoded as `{name}` (line {line}), which mplint cannot decode")]
    UnsupportedEncoding {
        /// The name.
        name: String,
        /// The cookie's line.
        line: usize,
    },
    /// A UTF-8 byte order mark, and a cookie that names something else.
    #[error("begins with a UTF-8 byte order mark, but its coding cookie on line {line} names `{name}`")]
    CookieContradictsMark {
        /// The name.
        name: String,
        /// The cookie's line.
        line: usize,
    },
}

/// Turns the bytes of a file into text as Python would.
///
/// # Errors
/// Whatever makes Python reject the bytes before it looks at the syntax; see [`DecodeError`].
pub fn decode(bytes: &[u8]) -> Result<Decoded, DecodeError> {
    if let Some(name) = wide_mark(bytes) {
        return Err(DecodeError::WideUnicode(name));
    }
    if let Some(offset) = memchr::memchr(0, bytes) {
        let wide = offset < 2 && bytes.get(offset + 2) == Some(&0);
        let line = line_of(bytes, offset);
        return Err(DecodeError::Nul { offset, line, wide });
    }
    let (body, bom) = match bytes.strip_prefix(UTF8_BOM) {
        Some(body) => (body, true),
        None => (bytes, false),
    };
    let cookie = find_cookie(body);
    let encoding = match &cookie {
        None => Encoding::Utf8,
        Some(cookie) => match lookup(cookie.name) {
            Lookup::Found(encoding) if bom && encoding != Encoding::Utf8 => {
                return Err(DecodeError::CookieContradictsMark {
                    name: cookie.name.to_owned(),
                    line: cookie.line,
                });
            }
            Lookup::Found(encoding) => encoding,
            Lookup::Unsupported if !bom && body.is_ascii() => Encoding::AsciiSubset,
            Lookup::Unsupported => {
                return Err(DecodeError::UnsupportedEncoding {
                    name: cookie.name.to_owned(),
                    line: cookie.line,
                });
            }
            Lookup::Unknown => {
                return Err(DecodeError::UnknownEncoding {
                    name: cookie.name.to_owned(),
                    line: cookie.line,
                });
            }
        },
    };
    let base = bytes.len() - body.len();
    let wrong = |at: usize| (body.get(at).copied().unwrap_or_default(), base + at, line_of(body, at));
    let invalid = |at: usize| {
        let (byte, offset, line) = wrong(at);
        let encoding = cookie.as_ref().map_or("utf-8", |cookie| cookie.name).to_owned();
        DecodeError::Invalid {
            encoding,
            byte,
            offset,
            line,
        }
    };
    let text = match encoding {
        Encoding::Utf8 => match std::str::from_utf8(body) {
            Ok(text) => text.to_owned(),
            Err(error) => {
                let (byte, offset, line) = wrong(error.valid_up_to());
                return Err(DecodeError::InvalidUtf8 {
                    byte,
                    offset,
                    line,
                    cookie: cookie.is_some(),
                });
            }
        },
        Encoding::Ascii | Encoding::AsciiSubset => match body.iter().position(|byte| !byte.is_ascii()) {
            Some(at) => return Err(invalid(at)),
            None => String::from_utf8_lossy(body).into_owned(),
        },
        Encoding::Latin1 => encoding_rs::mem::decode_latin1(body).into_owned(),
        Encoding::Table(table) => decode_table(table, body).map_err(invalid)?,
    };
    Ok(Decoded { text, encoding, bom })
}

/// Decodes through a table, or says at which byte it cannot.
fn decode_table(table: &'static TableEncoding, body: &[u8]) -> Result<String, usize> {
    let mut decoder = table.new_decoder_without_bom_handling();
    // `None` only where the size overflows; growing below takes care of that and of every other size.
    let first = decoder
        .max_utf8_buffer_length_without_replacement(body.len())
        .unwrap_or(body.len());
    let mut text = String::with_capacity(first);
    let mut read = 0;
    loop {
        let (result, count) =
            decoder.decode_to_string_without_replacement(body.get(read..).unwrap_or_default(), &mut text, true);
        read += count;
        match result {
            DecoderResult::InputEmpty => return Ok(text),
            DecoderResult::OutputFull => text.reserve(body.len() - read + 16),
            DecoderResult::Malformed(length, after) => {
                return Err(read.saturating_sub(usize::from(length) + usize::from(after)));
            }
        }
    }
}

/// The name of the wide encoding whose byte order mark the bytes begin with.
pub(super) fn wide_mark(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => Some("UTF-32"),
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => Some("UTF-16"),
        _ => None,
    }
}

/// The line, from 1, of a byte offset. `\n`, `\r\n` and a lone `\r` end a line.
fn line_of(bytes: &[u8], offset: usize) -> usize {
    let before = bytes.get(..offset).unwrap_or(bytes);
    1 + memchr::memchr2_iter(b'\n', b'\r', before)
        .filter(|&at| before.get(at) == Some(&b'\n') || bytes.get(at + 1) != Some(&b'\n'))
        .count()
}

struct Cookie<'a> {
    name: &'a str,
    line: usize,
}

/// The coding cookie of PEP 263: in the first line, or in the second where the first is blank or a comment.
fn find_cookie(body: &[u8]) -> Option<Cookie<'_>> {
    let mut rest = body;
    for line in 1..=2 {
        let end = memchr::memchr2(b'\n', b'\r', rest).unwrap_or(rest.len());
        let (text, after) = rest.split_at_checked(end)?;
        let blank = text
            .iter()
            .take_while(|byte| matches!(byte, b' ' | b'\t' | 0x0C))
            .count();
        match text.get(blank) {
            Some(b'#') => {
                if let Some(name) = cookie_name(text) {
                    return Some(Cookie { name, line });
                }
            }
            None => {}
            Some(_) => return None,
        }
        rest = after
            .strip_prefix(b"\r\n")
            .or_else(|| after.get(1..))
            .unwrap_or_default();
    }
    None
}

fn cookie_name(comment: &[u8]) -> Option<&str> {
    memchr::memmem::find_iter(comment, b"coding").find_map(|at| {
        let rest = comment.get(at + b"coding".len()..)?;
        let rest = rest.strip_prefix(b":").or_else(|| rest.strip_prefix(b"="))?;
        let blank = rest.iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        let rest = rest.get(blank..)?;
        let length = rest
            .iter()
            .take_while(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
            .count();
        let name = std::str::from_utf8(rest.get(..length)?).ok()?;
        (!name.is_empty()).then_some(name)
    })
}

enum Lookup {
    Found(Encoding),
    /// Python knows it, mplint does not.
    Unsupported,
    Unknown,
}

/// Finds an encoding by one of the names that Python takes.
fn lookup(name: &str) -> Lookup {
    let name = name.to_ascii_lowercase().replace('_', "-");
    // `1252` is `cp1252`.
    let name = match name.parse::<u16>() {
        Ok(page) if !matches!(page, 646 | 8859) => format!("cp{page}"),
        _ => name,
    };
    // Editors add the kind of line end, as in `latin-1-unix`; Python cuts it off for these names only.
    let is = |base: &str| {
        name.strip_prefix(base)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
    };
    if is("utf-8")
        || matches!(
            name.as_str(),
            "utf8" | "u8" | "utf" | "utf8-ucs2" | "utf8-ucs4" | "cp65001"
        )
    {
        return Lookup::Found(Encoding::Utf8);
    }
    if is("latin-1") || is("iso-8859-1") || is("iso-latin-1") {
        return Lookup::Found(Encoding::Latin1);
    }
    match name.as_str() {
        "latin" | "latin1" | "l1" | "8859" | "cp819" | "ibm819" | "iso8859" | "iso8859-1" | "iso-ir-100"
        | "iso-8859-1-1987" => return Lookup::Found(Encoding::Latin1),
        "ascii" | "us-ascii" | "646" | "us" | "iso646-us" | "ansi-x3.4-1968" | "ansi-x3.4-1986" | "ansi-x3-4-1968"
        | "iso-646.irv-1991" | "iso-ir-6" | "cp367" | "ibm367" | "csascii" => return Lookup::Found(Encoding::Ascii),
        _ => {}
    }
    // Names that Python has and the web's table has not, or has otherwise.
    let label = match name.as_str() {
        "cp932" | "ms932" | "ms-kanji" | "mskanji" | "s-jis" | "shiftjis" => "shift_jis",
        "shift-jis" | "sjis" | "csshiftjis" => "shift_jis",
        "eucjp" | "ujis" | "u-jis" | "euc-jp" => "euc-jp",
        "cp936" | "ms936" => "gbk",
        "gb18030-2000" => "gb18030",
        "euccn" | "euc-cn" | "eucgb2312-cn" | "gb2312-80" | "gb2312-1980" => "gb2312",
        "cp949" | "ms949" | "uhc" | "euckr" | "ks-c-5601" | "ks-c-5601-1987" | "ks-x-1001" | "ksx1001" => "euc-kr",
        "cp950" | "ms950" | "big5-tw" => "big5",
        "cp866" | "ibm866" => "ibm866",
        "mac-roman" | "macroman" | "macintosh" => "macintosh",
        "mac-cyrillic" | "maccyrillic" => "x-mac-cyrillic",
        "cp874" => "windows-874",
        "latin-2" => "iso-8859-2",
        "latin-9" | "latin9" => "iso-8859-15",
        "latin-5" => "iso-8859-9",
        "iso2022-jp" | "iso2022jp" => "iso-2022-jp",
        other => other,
    };
    let label = match label.strip_prefix("iso8859-") {
        Some(part) => format!("iso-8859-{part}"),
        None => label.to_owned(),
    };
    match TableEncoding::for_label_no_replacement(label.as_bytes()) {
        Some(table) if table == encoding_rs::UTF_8 => Lookup::Found(Encoding::Utf8),
        // Python refuses these two as source; the web's x-user-defined it does not know.
        Some(table)
            if table == encoding_rs::UTF_16LE
                || table == encoding_rs::UTF_16BE
                || table == encoding_rs::X_USER_DEFINED =>
        {
            Lookup::Unknown
        }
        Some(table) => Lookup::Found(Encoding::Table(table)),
        None if is_other_python_codec(&name) => Lookup::Unsupported,
        None => Lookup::Unknown,
    }
}

/// Codecs of Python's library in which every ASCII byte is that character, and which `encoding_rs` does not hold. UTF-7
/// and the escape codecs are not among them: there, `+` and `\` mean something else.
fn is_other_python_codec(name: &str) -> bool {
    const CODE_PAGES: &[u16] = &[
        437, 720, 737, 775, 850, 852, 855, 856, 857, 858, 860, 861, 862, 863, 864, 865, 869, 1006, 1125,
    ];
    if let Some(digits) = name.strip_prefix("cp").or_else(|| name.strip_prefix("ibm")) {
        return digits.parse().is_ok_and(|page| CODE_PAGES.contains(&page));
    }
    matches!(
        name,
        "big5-hkscs"
            | "big5hkscs"
            | "hkscs"
            | "euc-jis-2004"
            | "euc-jisx0213"
            | "shift-jis-2004"
            | "shift-jisx0213"
            | "johab"
            | "koi8-t"
            | "kz1048"
            | "ptcp154"
            | "tis-620"
            | "hp-roman8"
            | "mac-croatian"
            | "mac-greek"
            | "mac-iceland"
            | "mac-latin2"
            | "mac-turkish"
            | "mac-farsi"
            | "mac-arabic"
            | "mac-romanian"
    )
}

#[cfg(test)]
mod tests;
