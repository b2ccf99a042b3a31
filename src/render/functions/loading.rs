//! `load_data`: data of a file, of another host, or in the template itself.

use std::sync::Arc;

use super::{Args, file_answer, file_not_found};
use crate::input::{Method, Request};
use crate::pages::files::Wanted;
use crate::pages::loaded::{self, Notation};
use crate::pages::question::{Asker, Question};
use crate::pages::remote;
use crate::value::Value;

/// `load_data(path | url | literal, format?, required?=true)`, and of a `url` also `method?`, `body?`,
/// `content_type?` and `headers?`.
pub fn load_data(asker: &Asker, args: &Args) -> Result<Value, String> {
    let notation = match args.text("format")? {
        None => None,
        Some(name) => match Notation::named(name) {
            None => {
                return Err(format!(
                    "`{name}` is no format; it has to be {}",
                    Notation::NAMES
                ));
            }
            notation => notation,
        },
    };
    let is_required = args.flag("required", true)?;
    match (args.text("path")?, args.text("url")?, args.text("literal")?) {
        (Some(path), None, None) => match file_answer(asker, path, Wanted::Data(notation))? {
            Some(data) => Ok(only_item(&data)),
            None if is_required => Err(file_not_found(asker, path)),
            None => Ok(Value::None),
        },
        (None, Some(address), None) => {
            let notation = notation.unwrap_or(Notation::Plain);
            let answer = asker.ask(Question::Remote(remote::Wanted {
                request: Arc::new(request(address, notation, args)?),
                notation,
                is_required,
            }))?;
            Ok(only_item(&answer))
        }
        (None, None, Some(text)) => {
            let data = loaded::parse(text.as_bytes(), notation.unwrap_or(Notation::Plain));
            data.map_err(|mistake| mistake.in_literal())
        }
        _ => Err("it takes one of `path`, `url` and `literal`".into()),
    }
}

/// Data that was found stands in a list, for it may be nothing.
fn only_item(data: &Value) -> Value {
    data.items().first().cloned().unwrap_or_default()
}

/// What is sent to another host, as Zola sends it.
fn request(address: &str, notation: Notation, args: &Args) -> Result<Request, String> {
    let method = match args.text("method")? {
        None => Method::Get,
        Some(name) if name.eq_ignore_ascii_case("get") => Method::Get,
        Some(name) if name.eq_ignore_ascii_case("post") => Method::Post,
        Some(name) => return Err(format!("`method` has to be `GET` or `POST`, not `{name}`")),
    };
    let mut headers: Vec<(Arc<str>, Arc<str>)> = Vec::new();
    if let Some(accepted) = notation.media_types() {
        headers.push(("accept".into(), accepted.into()));
    }
    let body = args.text("body")?;
    if method == Method::Post {
        let kind = args.text("content_type")?.unwrap_or("text/plain");
        headers.push(("content-type".into(), kind.into()));
    } else if body.is_some() {
        return Err("a `body` is sent with `method=\"POST\"` alone".into());
    }
    for header in args.get("headers").map(Value::items).unwrap_or_default() {
        let pair = header.as_str().and_then(|header| header.split_once('='));
        let Some((name, value)) = pair else {
            return Err("`headers` has to be a list of texts like `\"accept=text/html\"`".into());
        };
        let (name, value) = (name.trim().to_lowercase(), value.trim());
        headers.retain(|(other, _)| **other != *name);
        headers.push((name.into(), value.into()));
    }
    Ok(Request {
        address: address.into(),
        method,
        headers,
        body: body.map(Arc::from),
    })
}
