//! Zola's own filters for text and numbers.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use num_format::{Locale, ToFormattedString};
use regex::{Regex, RegexBuilder};

use super::asking;
use super::functions::{Args, kind_of};
use crate::diagnostic::with_hint;
use crate::value::Value;

/// `base64_encode`: text in the alphabet of RFC 4648, padded.
pub fn base64_encode(value: &Value, _: &Args) -> Result<Value, String> {
    Ok(STANDARD.encode(text_of(value)?).into())
}

/// `base64_decode`: the text that was encoded.
pub fn base64_decode(value: &Value, _: &Args) -> Result<Value, String> {
    let bytes = STANDARD
        .decode(text_of(value)?)
        .map_err(|error| format!("it takes text in base64, and this is none: {error}"))?;
    String::from_utf8(bytes)
        .map(Value::from)
        .map_err(|_| "what was encoded in base64 is no text (UTF-8)".into())
}

/// `regex_replace(pattern, rep)`: each match of a regular expression is replaced; `$1` in `rep`
/// stands for a group.
pub fn regex_replace(value: &Value, args: &Args) -> Result<Value, String> {
    let text = text_of(value)?;
    let pattern = args.required_text("pattern")?;
    let replacement = args.required_text("rep")?;
    let groups = replacement.matches('$').count();
    let too_large = || {
        let megabytes = REPLACED_BYTES_MAX >> 20;
        format!("what it would make is larger than {megabytes} MB")
    };
    with_regex(pattern, |regex| {
        let mut replaced = String::new();
        let mut end = 0;
        let begun = Instant::now();
        for found in regex.captures_iter(text) {
            // Each search may look through all of the text.
            if begun.elapsed() > REPLACING_MAX {
                let seconds = REPLACING_MAX.as_secs();
                return Err(format!("it is not done after {seconds} seconds"));
            }
            let whole = found.get_match();
            // Each group is a part of the match.
            let bytes = groups
                .saturating_mul(whole.len())
                .saturating_add(replacement.len());
            if bytes.saturating_add(replaced.len()) > REPLACED_BYTES_MAX {
                return Err(too_large());
            }
            replaced.push_str(&text[end..whole.start()]);
            found.expand(replacement, &mut replaced);
            end = whole.end();
        }
        replaced.push_str(&text[end..]);
        Ok(replaced.into())
    })?
}

/// How long one text may take.
const REPLACING_MAX: Duration = Duration::from_secs(5);

/// Largest text that replacing makes out of matches.
const REPLACED_BYTES_MAX: usize = 8 << 20;

/// Whether a regular expression matches some part of a text.
pub fn is_match(pattern: &str, text: &str) -> Result<bool, String> {
    with_regex(pattern, |regex| regex.is_match(text))
}

fn with_regex<T>(pattern: &str, run: impl FnOnce(&Regex) -> T) -> Result<T, String> {
    /// Whoever makes up patterns in a loop does not fill the memory with them.
    const KNOWN_MAX: usize = 64;
    thread_local! {
        /// A template has few patterns and is rendered for thousands of pages.
        static KNOWN: RefCell<HashMap<String, Regex>> = RefCell::default();
    }
    let known = KNOWN.with_borrow(|known| known.get(pattern).cloned());
    if let Some(regex) = known {
        return Ok(run(&regex));
    }
    let regex = RegexBuilder::new(pattern)
        .size_limit(REGEX_BYTES_MAX)
        .build()
        .map_err(|error| format!("`{pattern}` is no regular expression: {error}"))?;
    KNOWN.with_borrow_mut(|known| {
        if known.len() >= KNOWN_MAX {
            known.clear();
        }
        known.insert(pattern.to_owned(), regex.clone());
    });
    Ok(run(&regex))
}

/// Memory of one compiled regular expression. Time to compile it is in proportion.
const REGEX_BYTES_MAX: usize = 4 << 20;

/// `num_format(locale?)`: a whole number with the separators of a locale, at first that of the
/// site's default language.
pub fn num_format(value: &Value, args: &Args) -> Result<Value, String> {
    let Value::Int(number) = value else {
        return Err(format!("it takes a whole number, not {}", kind_of(value)));
    };
    let stated = args.text("locale")?.map(str::to_owned);
    let name = match stated {
        Some(name) => name,
        None => {
            let asker = asking::asker().ok_or("no page is being rendered")?;
            asker.config().default_language.to_string()
        }
    };
    let locale = Locale::from_name(&name).map_err(|_| {
        with_hint(
            format_args!("there is no locale `{name}`"),
            "`locale` takes one such as `en` or `de`",
        )
    })?;
    Ok(number.to_formatted_string(&locale).into())
}

fn text_of(value: &Value) -> Result<&str, String> {
    value
        .as_str()
        .ok_or_else(|| format!("it takes text, not {}", kind_of(value)))
}
