//! Where a link of a body leads, and whether a brief, which is not trusted, may lead there.

use std::borrow::Cow;
use std::sync::Arc;

use percent_encoding::percent_decode_str;
use url::Url;

use super::article::Target;

/// What an address is, by its form.
#[derive(Debug)]
pub enum Reach {
    /// Another file, for the site to resolve: a hole stands in its place.
    Hole(Target),
    /// It stands as written; the site checks its target.
    Checked(Target),
    /// `http:` or `https:`.
    Web,
    /// Anything else: `mailto:`, `//host/x`, nothing at all.
    Free,
}

/// Tells what an address is. Paths and fragments of the targets are percent-decoded.
pub fn reach(address: &str, image: bool) -> Reach {
    if let Some(path) = address.strip_prefix("@/") {
        let (path, fragment) = cut(path, &['#']);
        return Reach::Hole(Target::Internal {
            path: decoded(path),
            fragment: fragment.strip_prefix('#').map(decoded),
        });
    }
    if let Some(fragment) = address.strip_prefix('#') {
        return match fragment {
            "" => Reach::Free,
            _ => Reach::Checked(Target::Here {
                fragment: decoded(fragment),
            }),
        };
    }
    if address.is_empty() || address.starts_with('\\') || address.starts_with("//") {
        return Reach::Free;
    }
    if let Some(scheme) = scheme(address) {
        let is_web = scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https");
        return if is_web { Reach::Web } else { Reach::Free };
    }
    let (path, suffix) = cut(address, &['?', '#']);
    let (path, suffix) = (decoded(path), suffix.into());
    if address.starts_with('/') {
        Reach::Checked(Target::Rooted {
            path,
            suffix,
            image,
        })
    } else {
        Reach::Hole(Target::Relative {
            path,
            suffix,
            image,
        })
    }
}

/// Whether a brief may link to an address: http, https, mailto, tel, or no scheme at all.
pub fn is_safe_link(address: &str) -> bool {
    is_safe(address, &["http", "https", "mailto", "tel"])
}

/// Whether a brief may show the image at an address: http, https, or no scheme at all.
pub fn is_safe_image(address: &str) -> bool {
    is_safe(address, &["http", "https"])
}

/// Whether some text would run a script or show a document of its own if it were an address.
pub fn runs_script(text: &str) -> bool {
    const SCHEMES: [&str; 3] = ["javascript", "vbscript", "data"];
    !is_in_each_form(text, |scheme| {
        !SCHEMES.iter().any(|s| s.eq_ignore_ascii_case(scheme))
    })
}

fn is_safe(address: &str, schemes: &[&str]) -> bool {
    let is_known = |scheme: &str| schemes.iter().any(|s| s.eq_ignore_ascii_case(scheme));
    is_in_each_form(address, is_known) && parses(address)
}

/// Whether the scheme of an address is allowed.
///
/// Browsers drop white space and control characters, and what passes through another format may
/// be decoded once more on its way. So that holds of each form that the address may take.
fn is_in_each_form(address: &str, is_allowed: impl Fn(&str) -> bool) -> bool {
    let is_known = |form: &str| scheme(form).is_none_or(&is_allowed);
    let is_plain = address
        .bytes()
        .all(|b| b.is_ascii_graphic() && b != b'&' && b != b'%');
    if is_plain {
        return is_known(address);
    }
    let mut form: Cow<'_, str> = address.into();
    // Each round undoes one layer; real addresses have one or two.
    for _ in 0..4 {
        let bare = without_invisible(&form);
        if !is_known(&bare) {
            return false;
        }
        let next = decode_entities(&percent_decode_str(&bare).decode_utf8_lossy());
        if next == bare {
            return true;
        }
        form = next.into();
    }
    false
}

/// Whether an address to the web is one.
fn parses(address: &str) -> bool {
    let is_web = scheme(address).is_some_and(|s| s.to_ascii_lowercase().starts_with("http"));
    !is_web || is_plain_web(address) || Url::parse(address).is_ok_and(|url| url.has_host())
}

/// Whether an address to the web is one of the usual form, which is told much faster than by taking
/// it apart: `https://`, a name of ASCII letters, digits, dots and dashes, then nothing or a path.
fn is_plain_web(address: &str) -> bool {
    let rest = address.strip_prefix("https://");
    let Some(rest) = rest.or_else(|| address.strip_prefix("http://")) else {
        return false;
    };
    let host = &rest[..rest.find('/').unwrap_or(rest.len())];
    let is_of_name = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'.';
    let last = host.rsplit('.').next().unwrap_or_default();
    // A number is an address of four bytes, and `xn--` another name, which may be misspelt.
    last.starts_with(|c: char| c.is_ascii_alphabetic())
        && host.bytes().all(is_of_name)
        && !host.contains("--")
}

/// The scheme of an address: letters before a colon that no slash, `?` or `#` comes before.
fn scheme(address: &str) -> Option<&str> {
    let end = address.find([':', '/', '?', '#'])?;
    let scheme = &address[..end];
    let is_scheme = address[end..].starts_with(':')
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b));
    is_scheme.then_some(scheme)
}

fn without_invisible(text: &str) -> String {
    let is_visible = |c: &char| {
        !c.is_control()
            && !c.is_whitespace()
            && !matches!(
                c,
                '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}'
            )
    };
    text.chars().filter(is_visible).collect()
}

/// Decodes the character references that can hide a scheme.
fn decode_entities(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        let (c, length) = entity(rest).unwrap_or(('&', 1));
        decoded.push(c);
        rest = &rest[length..];
    }
    decoded.push_str(rest);
    decoded
}

/// The character reference that a text begins with, and its length.
fn entity(text: &str) -> Option<(char, usize)> {
    const NAMED: [(&str, char); 4] = [
        ("&colon;", ':'),
        ("&Tab;", '\t'),
        ("&NewLine;", '\n'),
        ("&amp;", '&'),
    ];
    if let Some((name, c)) = NAMED.iter().find(|(name, _)| text.starts_with(name)) {
        return Some((*c, name.len()));
    }
    let number = text.strip_prefix("&#")?;
    let (digits, radix, before) = match number.strip_prefix(['x', 'X']) {
        Some(digits) => (digits, 16, 3),
        None => (number, 10, 2),
    };
    let length = digits
        .bytes()
        .take(10)
        .take_while(|b| char::from(*b).is_digit(radix))
        .count();
    let c = char::from_u32(u32::from_str_radix(&digits[..length], radix).ok()?)?;
    let semicolon = usize::from(digits[length..].starts_with(';'));
    Some((c, before + length + semicolon))
}

fn cut<'a>(text: &'a str, at: &[char]) -> (&'a str, &'a str) {
    text.split_at(text.find(at).unwrap_or(text.len()))
}

fn decoded(text: &str) -> Arc<str> {
    match percent_decode_str(text).decode_utf8() {
        Ok(decoded) => Arc::from(&*decoded),
        Err(_) => text.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// The short way lets nothing pass that is no address.
        #[test]
        fn a_plain_address_is_one(rest in "[a-zA-Z0-9.:@/?#x -]{0,12}(/[ -~]{0,6})?") {
            let address = format!("https://{rest}");
            let is_address = Url::parse(&address).is_ok_and(|url| url.has_host());
            prop_assert!(is_address || !is_plain_web(&address), "{address}");
        }
    }

    #[test]
    fn only_known_schemes_are_safe() {
        let safe = [
            "https://example.org/a?b=c&d=e#f",
            "http://example.org",
            "mailto:a@b.c",
            "tel:+49123",
            "a.png",
            "/a",
            "#a",
            "@/a.md",
            "//example.org",
            "",
            "a/b:c",
            "100%",
            "?a=b:c",
            "https://example.org/%20%C3%A4 ä",
            "HTTPS://EXAMPLE.ORG",
        ];
        let unsafe_ = [
            "javascript:alert(1)",
            "JaVaScRiPt:alert(1)",
            " javascript:alert(1)",
            "java\tscript:alert(1)",
            "\u{1}javascript:alert(1)",
            "javascript&colon;alert(1)",
            "&#106;avascript:alert(1)",
            "&#x6A;avascript&#58;alert(1)",
            "javascript%3Aalert(1)",
            "%6Aavascript:alert(1)",
            "%256Aavascript:x",
            "java%0Ascript:alert(1)",
            "data:text/html,x",
            "vbscript:x",
            "file:///etc/passwd",
            "ftp://example.org",
            "java\u{200B}script:x",
            "https://",
            "https://[",
            "&amp;#106;avascript:x",
            "blob:https://x.org/1",
        ];
        for address in safe {
            assert!(is_safe_link(address), "{address:?} is safe");
        }
        for address in unsafe_ {
            assert!(!is_safe_link(address), "{address:?} is not safe");
        }
        assert!(!is_safe_image("mailto:a@b.c") && !is_safe_image("data:image/png;base64,x"));
    }
}
