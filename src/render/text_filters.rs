//! Zola's own filters for text and numbers.

use std::cell::RefCell;
use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use num_format::{Locale, ToFormattedString};
use regex::Regex;

use super::asking;
use super::functions::{Args, kind_of};
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
    thread_local! {
        /// A template has few patterns and is rendered for thousands of pages.
        static KNOWN: RefCell<HashMap<String, Regex>> = RefCell::default();
    }
    let text = text_of(value)?;
    let pattern = args.required_text("pattern")?;
    let replacement = args.required_text("rep")?;
    KNOWN.with_borrow_mut(|known| {
        if let Some(regex) = known.get(pattern) {
            return Ok(regex.replace_all(text, replacement).into_owned().into());
        }
        let regex = Regex::new(pattern)
            .map_err(|error| format!("`{pattern}` is no regular expression: {error}"))?;
        let replaced = regex.replace_all(text, replacement).into_owned();
        known.insert(pattern.to_owned(), regex);
        Ok(replaced.into())
    })
}

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
        format!("there is no locale `{name}`; `locale` takes one such as `en` or `de`")
    })?;
    Ok(number.to_formatted_string(&locale).into())
}

fn text_of(value: &Value) -> Result<&str, String> {
    value
        .as_str()
        .ok_or_else(|| format!("it takes text, not {}", kind_of(value)))
}
