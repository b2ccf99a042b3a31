//! Text on its way into HTML: escaped for an element, an attribute or an address.

/// Escapes text for the inside of an element.
pub fn push_text(html: &mut String, text: &str) {
    let bytes = text.as_bytes();
    let special = memchr::memchr3_iter(b'&', b'<', b'>', bytes);
    push_escaped(
        html,
        text,
        special.filter_map(|at| Some((at, escaped(bytes[at])?))),
    );
}

/// Escapes text for the inside of a quoted attribute.
pub fn push_attribute(html: &mut String, text: &str) {
    let bytes = text.bytes().enumerate();
    push_escaped(
        html,
        text,
        bytes.filter_map(|(at, byte)| Some((at, escaped(byte)?))),
    );
}

fn escaped(byte: u8) -> Option<&'static str> {
    match byte {
        b'&' => Some("&amp;"),
        b'<' => Some("&lt;"),
        b'>' => Some("&gt;"),
        b'"' => Some("&quot;"),
        b'\'' => Some("&#39;"),
        _ => None,
    }
}

/// Writes a text with something else in the place of some of its bytes.
fn push_escaped(
    html: &mut String,
    text: &str,
    escaped: impl Iterator<Item = (usize, &'static str)>,
) {
    let mut done = 0;
    for (at, instead) in escaped {
        html.push_str(&text[done..at]);
        html.push_str(instead);
        done = at + 1;
    }
    html.push_str(&text[done..]);
}

/// Writes an address into a quoted attribute; what an address cannot hold is percent-encoded.
pub fn push_address(html: &mut String, address: &str) {
    const HEX: &[u8; 16] = b"0123456789ABCDEF";
    let mut done = 0;
    for (at, byte) in address.bytes().enumerate() {
        if byte.is_ascii_alphanumeric() || b"!#$%()*+,-./:;=?@^_~".contains(&byte) {
            continue;
        }
        html.push_str(address.get(done..at).unwrap_or_default());
        match byte {
            b'&' => html.push_str("&amp;"),
            b'\'' => html.push_str("&#x27;"),
            _ => html.extend([
                '%',
                HEX[usize::from(byte >> 4)].into(),
                HEX[usize::from(byte & 15)].into(),
            ]),
        }
        done = at + 1;
    }
    html.push_str(&address[done..]);
}
