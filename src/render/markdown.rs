//! The filter `markdown`: text of a template or of front matter as HTML.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use super::asking;
use super::functions::{Args, kind_of};
use super::theme::Shortcodes;
use crate::content::article::{Body, HOLE_END, HOLE_START, Target};
use crate::content::escape::push_address;
use crate::content::expanded::{Expanded, push_filled};
use crate::content::markdown::{self, Text};
use crate::content::shortcode::{self, Call, Output, Piece};
use crate::content::source::BYTES_MAX;
use crate::diagnostic::{Diagnostics, with_hint, with_names};
use crate::pages::question::{Asker, Question};
use crate::value::Value;

/// `markdown(inline?)`: as in the body of a page, shortcodes included, but they see their arguments
/// alone. `inline`: a single paragraph loses its tags.
pub fn markdown(value: &Value, args: &Args) -> Result<Value, String> {
    let text = value
        .as_str()
        .ok_or_else(|| format!("it takes text, not {}", kind_of(value)))?;
    let is_inline = args.flag("inline", false)?;
    let asker = asking::asker().ok_or("no page is being rendered")?;
    let mut problems = Diagnostics::default();
    let file: Arc<str> = "the text".into();
    let expanded = expanded(text, &asker)?;
    let text = Text {
        file: &file,
        text,
        start: 0,
        expanded: expanded.as_ref(),
    };
    let rendered = markdown::render(&text, asker.config(), false, &mut problems);
    if let Some(problem) = problems.into_vec().into_iter().next() {
        return Err(problem.message.to_string());
    }
    let html = resolved(&rendered.body, &asker)?;
    Ok(Value::html(if is_inline {
        html.trim_start_matches("<p>").trim_end_matches("</p>\n")
    } else {
        &html
    }))
}

/// The text with its shortcodes expanded; nothing if it calls none.
fn expanded(text: &str, asker: &Rc<Asker>) -> Result<Option<Expanded>, String> {
    /// A template of a shortcode may use this filter in turn.
    const DEPTH_MAX: usize = 8;
    let found = shortcode::find(text, 0, |_| {});
    let pieces = found.map_err(|mistake| {
        let call = &text[mistake.bytes];
        format!("the shortcode at `{call}` has no end, or too many stand in each other")
    })?;
    let Some(pieces) = pieces else {
        return Ok(None);
    };
    let shortcodes = asking::shortcodes().ok_or("no page is being rendered")?;
    if asking::depth() > DEPTH_MAX {
        return Err("shortcodes call this filter in each other: does one call itself?".into());
    }
    let mut expanding = Expanding {
        text,
        shortcodes: &shortcodes,
        asker,
        bytes: 0,
    };
    let calls = pieces.iter().filter_map(|piece| match piece {
        Piece::Call(call) => Some(call),
        Piece::Text(_) => None,
    });
    let outputs = calls.map(|call| expanding.call(call));
    let outputs: Vec<Output> = outputs.collect::<Result<_, _>>()?;
    Ok(Some(Expanded::new(text, &pieces, &outputs)))
}

/// Expands the shortcodes of one text.
struct Expanding<'a> {
    text: &'a str,
    shortcodes: &'a Shortcodes,
    asker: &'a Rc<Asker>,
    /// How much was made up to now, what stands in bodies counted again.
    bytes: usize,
}

impl Expanding<'_> {
    fn call(&mut self, call: &Call) -> Result<Output, String> {
        let name = &call.name;
        let shortcode = self.shortcodes.get(name).ok_or_else(|| {
            let about = format!("there is no shortcode `{name}`");
            with_names(about, name, self.shortcodes.names())
        })?;
        let arguments = call.arguments.iter();
        let arguments = arguments.map(|(name, value)| (name.to_string(), value.clone()));
        let mut context: BTreeMap<String, Value> = arguments.collect();
        if let Some(pieces) = &call.body {
            let body = self.body(pieces)?;
            context.insert("body".into(), body.trim_end().into());
        }
        context.insert("nth".into(), call.nth.into());
        let engine = self.shortcodes.engine();
        let made = engine.render(&shortcode.template, &Value::map(context), self.asker);
        let text = made.map_err(|error| {
            let about = format!(
                "the shortcode `{name}` failed: {} (in {})",
                error.message,
                error.position()
            );
            match error.hint {
                Some(hint) => with_hint(about, hint),
                None => about,
            }
        })?;
        self.bytes += text.len();
        if self.bytes > BYTES_MAX {
            let megabytes = BYTES_MAX >> 20;
            return Err(format!("its shortcodes give more than {megabytes} MB"));
        }
        Ok(Output {
            text: text.replace("\r\n", "\n").into(),
            is_markdown: shortcode.is_markdown,
        })
    }

    fn body(&mut self, pieces: &[Piece]) -> Result<String, String> {
        let mut body = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(range) => body.push_str(&self.text[range.clone()]),
                Piece::Call(call) => body.push_str(&self.call(call)?.text),
            }
        }
        Ok(body)
    }
}

/// The HTML with its links: those to content files lead there, any other stays as it is written.
fn resolved(body: &Body, asker: &Asker) -> Result<String, String> {
    let mut html = String::with_capacity(body.html.len());
    let mut rest = body.slice(body.content);
    while let Some((before, after)) = rest.split_once(HOLE_START) {
        html.push_str(before);
        let (number, after) = after.split_once(HOLE_END).unwrap_or((after, ""));
        rest = after;
        let link = number.parse::<usize>().ok();
        let Some(link) = link.and_then(|number| body.links.get(number)) else {
            continue;
        };
        let address = match &link.target {
            Target::Internal { path, fragment } => {
                let target = match fragment {
                    Some(fragment) => format!("{path}#{fragment}").into(),
                    None => path.clone(),
                };
                let permalink = asker.ask(Question::Permalink { target })?;
                permalink.as_str().unwrap_or_default().to_owned()
            }
            Target::Relative { path, suffix, .. } | Target::Rooted { path, suffix, .. } => {
                format!("{path}{suffix}")
            }
            Target::Here { fragment } => format!("#{fragment}"),
        };
        push_address(&mut html, &address);
    }
    html.push_str(rest);
    let mut filled = String::with_capacity(html.len());
    push_filled(&html, &body.outputs, &mut filled);
    Ok(filled)
}
