//! Text as the bytes that it was decoded from.

use encoding_rs::EncoderResult;

use super::decode::{Decoded, Encoding};

const UTF8_BOM: &[u8] = b"\xEF\xBB\xBF";

/// The bytes of a text in the encoding of another, with its byte order mark. None where the encoding does not have one of
/// the characters.
#[must_use]
pub fn encode_like(like: &Decoded, text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() + UTF8_BOM.len());
    if like.bom {
        bytes.extend(UTF8_BOM);
    }
    match like.encoding {
        Encoding::Utf8 => bytes.extend(text.as_bytes()),
        Encoding::Ascii | Encoding::AsciiSubset => {
            if !text.is_ascii() {
                return None;
            }
            bytes.extend(text.as_bytes());
        }
        Encoding::Latin1 => {
            for c in text.chars() {
                bytes.push(u8::try_from(u32::from(c)).ok()?);
            }
        }
        Encoding::Table(table) => {
            let mut encoder = table.new_encoder();
            let (mut read, mut chunk) = (0, vec![0; 4096]);
            loop {
                let rest = text.get(read..)?;
                let (result, taken, given) = encoder.encode_from_utf8_without_replacement(rest, &mut chunk, true);
                read += taken;
                bytes.extend(chunk.get(..given)?);
                match result {
                    EncoderResult::InputEmpty => break,
                    EncoderResult::OutputFull => {}
                    EncoderResult::Unmappable(_) => return None,
                }
            }
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::files::decode::decode;

    #[test]
    fn bytes_come_back_as_they_were() {
        for bytes in [
            &b"x = 1\r\n"[..],
            "x = 'é並'\n".as_bytes(),
            b"\xEF\xBB\xBFx = 1\n",
            b"# coding: latin-1\nx = '\xe9\x80'\n",
            b"# coding: cp1252\nx = '\xe9\x80'\n",
            b"# coding: ascii\nx\n",
            b"# coding: cp437\nx\n",
            b"# coding: shift_jis\nx = '\x82\xa0'\n",
            b"# coding: iso-2022-jp\nx = '\x1b$B$\"\x1b(B'\n",
        ] {
            let decoded = decode(bytes).unwrap();
            assert_eq!(
                encode_like(&decoded, &decoded.text).as_deref(),
                Some(bytes),
                "{bytes:?}"
            );
        }
    }

    #[test]
    fn what_an_encoding_does_not_have() {
        for bytes in [&b"# coding: latin-1\n"[..], b"# coding: ascii\n", b"# coding: cp1252\n"] {
            assert_eq!(encode_like(&decode(bytes).unwrap(), "並"), None, "{bytes:?}");
        }
    }
}
