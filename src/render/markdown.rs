//! The filter `markdown`: text of a template or of front matter as HTML.

use std::sync::Arc;

use super::asking;
use super::functions::{Args, kind_of};
use crate::content::article::{Body, HOLE_END, HOLE_START, Target};
use crate::content::escape::push_address;
use crate::content::markdown::{self, Text};
use crate::diagnostic::Diagnostics;
use crate::pages::question::{Asker, Question};
use crate::value::Value;

/// `markdown(inline?)`: as in the body of a page. `inline`: a single paragraph loses its tags.
pub fn markdown(value: &Value, args: &Args) -> Result<Value, String> {
    let text = value
        .as_str()
        .ok_or_else(|| format!("it takes text, not {}", kind_of(value)))?;
    let is_inline = args.flag("inline", false)?;
    let asker = asking::asker().ok_or("no page is being rendered")?;
    let mut problems = Diagnostics::default();
    let file: Arc<str> = "the text".into();
    let text = Text {
        file: &file,
        text,
        start: 0,
        expanded: None,
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
    Ok(html)
}
