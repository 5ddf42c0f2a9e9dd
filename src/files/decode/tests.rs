//! Decoding: marks, cookies, tables and the messages of what fails.

use proptest::prelude::*;

use super::*;

fn text(bytes: &[u8]) -> String {
    decode(bytes).unwrap().text
}

fn error(bytes: &[u8]) -> String {
    decode(bytes).unwrap_err().to_string()
}

#[test]
fn mark_is_stripped_and_remembered() {
    let decoded = decode(b"\xEF\xBB\xBFx = 1\r\n").unwrap();
    assert_eq!(
        (decoded.text.as_str(), decoded.bom, decoded.encoding),
        ("x = 1\r\n", true, Encoding::Utf8)
    );
    assert!(!decode(b"x").unwrap().bom);
    assert_eq!(
        text("\u{FEFF}\u{FEFF}x".as_bytes()),
        "\u{FEFF}x",
        "only the first mark goes"
    );
}

/// Each case was run through CPython 3.8, 3.11 and 3.13.
#[test]
fn cookies_are_found_where_python_finds_them() {
    for (bytes, expected) in [
        (&b"# coding: latin-1\nx='\xE9'\n"[..], "# coding: latin-1\nx='é'\n"),
        (b"# x\r# coding: latin-1\rx='\xE9'\r", "# x\r# coding: latin-1\rx='é'\r"),
        (b"#!/x\r\n# coding=latin-1\r\n'\xE9'", "#!/x\r\n# coding=latin-1\r\n'é'"),
        (
            b"\n# vim: set fileencoding=latin-1-unix :\n'\xE9'",
            "\n# vim: set fileencoding=latin-1-unix :\n'é'",
        ),
        (b"\x0C# coding: latin-1\n'\xE9'", "\x0C# coding: latin-1\n'é'"),
        (b"# -*- coding: Latin_1 -*-\n'\xE9'", "# -*- coding: Latin_1 -*-\n'é'"),
        (b"# coding coding=latin-1\n'\xE9'", "# coding coding=latin-1\n'é'"),
    ] {
        assert_eq!(text(bytes), expected);
    }
    for bytes in [
        &b"x=1\n# coding: latin-1\n'\xE9'"[..],
        b"\n\n# coding: latin-1\n'\xE9'",
        b"\\\n# coding: latin-1\n'\xE9'",
        b"\"\"\"\n# coding: latin-1\n\xE9\"\"\"",
        b"# encoding latin-1\n'\xE9'",
        b"# coding:\n# latin-1\n'\xE9'",
    ] {
        assert!(
            matches!(
                decode(bytes),
                Err(DecodeError::InvalidUtf8 {
                    byte: 0xE9,
                    cookie: false,
                    ..
                })
            ),
            "{bytes:?}"
        );
    }
}

#[test]
fn encodings_by_name() {
    for (name, byte, expected) in [
        ("latin-1", &b"\x80\x93\xFF"[..], "\u{80}\u{93}ÿ"),
        ("iso-8859-1", b"\x93", "\u{93}"),
        ("cp1252", b"\x80\x93", "€“"),
        ("windows-1252", b"\x80", "€"),
        ("iso-8859-15", b"\xA4", "€"),
        ("iso8859_15", b"\xA4", "€"),
        ("latin-9", b"\xA4", "€"),
        ("iso-8859-2", b"\xE8", "č"),
        ("euc-jp", b"\xC6\xFC", "日"),
        ("euc_jp", b"\xC6\xFC", "日"),
        ("shift_jis", b"\x93\xFA", "日"),
        ("cp932", b"\x93\xFA", "日"),
        ("gbk", b"\xC8\xD5", "日"),
        ("gb2312", b"\xC8\xD5", "日"),
        ("big5", b"\xA4\xE9", "日"),
        ("euc-kr", b"\xB0\xA1", "가"),
        ("cp949", b"\xB0\xA1", "가"),
        ("949", b"\xB0\xA1", "가"),
        ("1252", b"\x80", "€"),
        ("8859", b"\x93", "\u{93}"),
        ("koi8-r", b"\xC1", "а"),
        ("koi8_r", b"\xC1", "а"),
        ("cp1251", b"\xE0", "а"),
        ("cp866", b"\xA0", "а"),
        ("mac_roman", b"\x8E", "é"),
        ("utf-8", b"\xC3\xA9", "é"),
        ("UTF8", b"\xC3\xA9", "é"),
        ("utf-8-sig", b"\xC3\xA9", "é"),
        ("utf_8", b"\xC3\xA9", "é"),
        ("ascii", b"e", "e"),
        ("cp850", b"e", "e"),
    ] {
        let head = format!("# coding: {name}\n");
        let bytes = [head.as_bytes(), byte].concat();
        assert_eq!(text(&bytes), format!("{head}{expected}"), "{name}");
    }
}

#[test]
fn messages_name_the_place() {
    for (bytes, expected) in [
        (
            &b"a\nb\r\nc\xFF"[..],
            "is not valid UTF-8: byte 0xff at offset 6 (line 3), and no coding cookie names another encoding",
        ),
        (
            b"\xEF\xBB\xBF\n\xFF",
            "is not valid UTF-8: byte 0xff at offset 4 (line 2), and no coding cookie names another encoding",
        ),
        (
            b"# coding: utf-8\n\xC3",
            "is not valid UTF-8: byte 0xc3 at offset 16 (line 2)",
        ),
        (
            b"# coding: ascii\n\xC3",
            "is not valid ascii, as its coding cookie says: byte 0xc3 at offset 16 (line 2)",
        ),
        (
            b"# coding: euc-jp\nab\xC6 ",
            "is not valid euc-jp, as its coding cookie says: byte 0xc6 at offset 19 (line 2)",
        ),
        (
            b"\n# coding: klingon\n",
            "has a coding cookie on line 2 that names `klingon`, which is no encoding for source code that mplint knows",
        ),
        (
            b"# coding: utf-16\n",
            "has a coding cookie on line 1 that names `utf-16`, which is no encoding for source code that mplint knows",
        ),
        (
            b"# coding: utf-7\nx = 1 + 2",
            "has a coding cookie on line 1 that names `utf-7`, which is no encoding for source code that mplint knows",
        ),
        (
            b"# coding: cp850\n\x82",
            "is encoded as `cp850` (line 1), which mplint cannot decode",
        ),
        (
            b"\xEF\xBB\xBF# coding: latin-1\n",
            "begins with a UTF-8 byte order mark, but its coding cookie on line 1 names `latin-1`",
        ),
        (
            b"x = 1\ny = '\0'\n",
            "holds a NUL byte at offset 11 (line 2), which Python rejects",
        ),
        (
            b"x\0=\0",
            "holds a NUL byte at offset 1 (line 1), which Python rejects; it may be UTF-16",
        ),
        (
            b"\xFF\xFEx\0",
            "is encoded as UTF-16, which Python cannot read as source code; save it as UTF-8",
        ),
        (
            b"\0\0\xFE\xFF",
            "is encoded as UTF-32, which Python cannot read as source code; save it as UTF-8",
        ),
    ] {
        assert_eq!(error(bytes), expected);
    }
}

#[test]
fn tables_grow_as_needed() {
    let head = b"# coding: gbk\n".to_vec();
    let bytes: Vec<u8> = head
        .into_iter()
        .chain(b"\xC8\xD5".iter().copied().cycle().take(200_000))
        .collect();
    assert_eq!(text(&bytes).chars().filter(|&c| c == '日').count(), 100_000);
}

proptest! {
    #[test]
    fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = decode(&bytes);
    }

    #[test]
    fn never_panics_after_a_cookie(
        name in prop_oneof![
            Just("latin-1"), Just("cp1252"), Just("euc-jp"), Just("shift_jis"), Just("iso-2022-jp"), Just("gb18030"),
            Just("big5"), Just("ascii"), Just("utf-8"), Just("cp850"), Just("nonsense")
        ],
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let head = format!("# coding: {name}\n");
        let whole = [head.as_bytes(), &bytes].concat();
        match decode(&whole) {
            Ok(decoded) => prop_assert!(decoded.text.starts_with(&head)),
            Err(
                DecodeError::Nul { offset, line, .. }
                | DecodeError::InvalidUtf8 { offset, line, .. }
                | DecodeError::Invalid { offset, line, .. },
            ) => {
                prop_assert!(offset >= head.len() && offset < whole.len());
                prop_assert!(line >= 2);
            }
            Err(_) => {}
        }
    }

    #[test]
    fn latin1_is_one_code_point_a_byte(bytes in proptest::collection::vec(1_u8.., 0..100)) {
        let head = "# coding: latin-1\n";
        let decoded = decode(&[head.as_bytes(), &bytes].concat()).unwrap();
        let tail: Vec<u32> = decoded.text.chars().skip(head.len()).map(u32::from).collect();
        prop_assert_eq!(tail, bytes.into_iter().map(u32::from).collect::<Vec<_>>());
    }

    #[test]
    fn utf8_text_survives(text in "[^\0#\u{FEFF}]*", bom: bool) {
        let mark: &[u8] = if bom { UTF8_BOM } else { b"" };
        let decoded = decode(&[mark, text.as_bytes()].concat()).unwrap();
        prop_assert_eq!(decoded, Decoded { text, encoding: Encoding::Utf8, bom });
    }
}
