//! The functions that templates call, written once for every engine.
//!
//! A function learns about the site by asking only, so that everything it used is on record.

use std::sync::Arc;

use super::asking;
use crate::diagnostic::nearest;
use crate::pages::question::{Asker, Question};
use crate::site::taxonomies::Kind;
use crate::value::Value;

/// A function as each engine binds it.
#[derive(Clone, Copy, Debug)]
pub struct Function {
    pub name: &'static str,
    /// In the order in which an engine with positional arguments takes them.
    pub parameters: &'static [&'static str],
    /// Whether what it gives needs no escaping in an engine that decides this by function.
    pub is_safe: bool,
    /// The answer is large and the same for equal arguments: worth being converted only once.
    pub is_large: bool,
    body: fn(&Asker, &Args) -> Result<Value, String>,
}

/// All functions, by name.
pub const FUNCTIONS: &[Function] = &[
    Function {
        name: "get_page",
        parameters: &["path", "lang"],
        is_safe: false,
        is_large: true,
        body: get_page,
    },
    Function {
        name: "get_section",
        parameters: &["path", "metadata_only", "lang"],
        is_safe: false,
        is_large: true,
        body: get_section,
    },
    Function {
        name: "get_taxonomy",
        parameters: &["kind", "lang", "required"],
        is_safe: false,
        is_large: true,
        body: get_taxonomy,
    },
    Function {
        name: "get_taxonomy_url",
        parameters: &["kind", "name", "lang", "required"],
        is_safe: true,
        is_large: false,
        body: get_taxonomy_url,
    },
    Function {
        name: "get_url",
        parameters: &["path", "lang", "trailing_slash", "cachebust"],
        is_safe: true,
        is_large: false,
        body: get_url,
    },
    Function {
        name: "now",
        parameters: &["utc", "timestamp"],
        is_safe: false,
        is_large: false,
        body: now,
    },
];

impl Function {
    /// Calls the function for the page that this thread renders.
    pub fn call(&self, args: &Args) -> Result<Value, String> {
        let asker = asking::asker().ok_or("no page is being rendered")?;
        (self.body)(&asker, args)
    }

    /// Refuses arguments that the function does not take. Zola ignores them, so its themes do not
    /// get this check.
    pub fn check_names(&self, args: &Args) -> Result<(), String> {
        for (name, _) in &args.named {
            if !self.parameters.contains(&name.as_str()) {
                let known = self.parameters.iter().copied();
                return Err(match nearest(name, known) {
                    Some(meant) => format!("it takes no `{name}`; did you mean `{meant}`?"),
                    None => format!(
                        "it takes no `{name}`, only `{}`",
                        self.parameters.join("`, `")
                    ),
                });
            }
        }
        Ok(())
    }
}

/// The arguments of a call, by name, each name once.
#[derive(Clone, Debug, Default)]
pub struct Args {
    named: Vec<(String, Value)>,
}

impl Args {
    /// Adds an argument; an absent value is as good as none, as in `lang=none`.
    pub fn add(&mut self, name: impl Into<String>, value: Value) {
        self.named.push((name.into(), value));
    }

    /// Whether an argument was given.
    pub fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// The value of an argument.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.named
            .iter()
            .find(|(other, value)| other == name && !value.is_none())
            .map(|(_, value)| value)
    }

    /// An argument that has to be text, and may be missing.
    pub fn text(&self, name: &str) -> Result<Option<&str>, String> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => match value.as_str() {
                Some(text) => Ok(Some(text)),
                None => Err(format!("`{name}` has to be text, not {}", kind_of(value))),
            },
        }
    }

    /// An argument that has to be there, and text.
    pub fn required_text(&self, name: &str) -> Result<&str, String> {
        self.text(name)?
            .ok_or_else(|| format!("the argument `{name}` is missing"))
    }

    /// A yes or no that may be missing.
    pub fn flag(&self, name: &str, default: bool) -> Result<bool, String> {
        match self.get(name) {
            None => Ok(default),
            Some(Value::Bool(yes)) => Ok(*yes),
            Some(value) => Err(format!(
                "`{name}` has to be true or false, not {}",
                kind_of(value)
            )),
        }
    }
}

/// What a value is, in words for an error.
pub fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::None => "none",
        Value::Bool(_) => "true or false",
        Value::Int(_) | Value::Float(_) => "a number",
        Value::Text(_) | Value::Html(_) => "text",
        Value::List(_) => "a list",
        Value::Map(_) => "a map",
    }
}

/// `get_url(path, lang?, trailing_slash?)`: the address of a content file (`@/x.md#a`) or of
/// anything else under the base URL.
fn get_url(asker: &Asker, args: &Args) -> Result<Value, String> {
    let path = args.required_text("path")?;
    if args.flag("cachebust", false)? {
        return Err("`cachebust` is not supported yet; leave it out".into());
    }
    let language = other_language(asker, args)?;
    if let Some(target) = path.strip_prefix("@/") {
        let target = in_language(target, language.as_deref()).into();
        let permalink = asker.ask(Question::Permalink { target })?;
        return Ok(as_html(permalink));
    }
    let mut url = config_text(asker, "base_url")?;
    if let Some(language) = language {
        url.push('/');
        url.push_str(&language);
    }
    url.push('/');
    url.push_str(path.trim_start_matches('/'));
    // Zola's rule: the slash at the end is the argument's matter alone.
    while url.ends_with('/') {
        url.pop();
    }
    if args.flag("trailing_slash", false)? && !is_feed(asker, path)? {
        url.push('/');
    }
    Ok(as_html(url.into()))
}

/// `get_page(path, lang?)`: everything that Zola's `page` has.
fn get_page(asker: &Asker, args: &Args) -> Result<Value, String> {
    let path = content_path(asker, args)?;
    asker.ask(Question::Page { path })
}

/// `get_section(path, metadata_only?, lang?)`.
fn get_section(asker: &Asker, args: &Args) -> Result<Value, String> {
    let path = content_path(asker, args)?;
    let with_pages = !args.flag("metadata_only", false)?;
    asker.ask(Question::Section { path, with_pages })
}

/// `get_taxonomy(kind, lang?, required?)`: the list of terms, with what belongs to it.
fn get_taxonomy(asker: &Asker, args: &Args) -> Result<Value, String> {
    let kind = kind(asker, args)?;
    let question = Question::Taxonomy { kind };
    unless_required(asker.ask(question), args)
}

/// `get_taxonomy_url(kind, name, lang?, required?)`: the address of a term.
fn get_taxonomy_url(asker: &Asker, args: &Args) -> Result<Value, String> {
    let question = Question::TermPermalink {
        kind: kind(asker, args)?,
        term: args.required_text("name")?.into(),
    };
    unless_required(asker.ask(question).map(as_html), args)
}

fn kind(asker: &Asker, args: &Args) -> Result<Kind, String> {
    Ok(Kind {
        name: args.required_text("kind")?.into(),
        language: other_language(asker, args)?,
    })
}

/// `now(utc?, timestamp?)`: the begin of the day of the build, so that it does not make every
/// page new each second.
fn now(asker: &Asker, args: &Args) -> Result<Value, String> {
    let today = asker.ask(Question::Today)?;
    let text = today.as_str().ok_or("the day is not known")?;
    let instant: jiff::Timestamp = text.parse().map_err(|_| format!("`{text}` is no time"))?;
    if args.flag("timestamp", false)? {
        return Ok(Value::Int(instant.as_second()));
    }
    if args.flag("utc", false)? {
        let utc = instant.strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string();
        return Ok(utc.into());
    }
    Ok(today)
}

/// With `required=false`, what does not exist is absent and no error.
fn unless_required(answer: Result<Value, String>, args: &Args) -> Result<Value, String> {
    match answer {
        Err(_) if !args.flag("required", true)? => Ok(Value::None),
        answer => answer,
    }
}

fn content_path(asker: &Asker, args: &Args) -> Result<Arc<str>, String> {
    let path = args.required_text("path")?;
    let path = path.strip_prefix("@/").unwrap_or(path);
    let language = other_language(asker, args)?;
    Ok(in_language(path, language.as_deref()).into())
}

/// The language of the argument `lang`, unless it is the default one, whose files and addresses
/// do not name it.
fn other_language(asker: &Asker, args: &Args) -> Result<Option<Arc<str>>, String> {
    match args.text("lang")? {
        None | Some("") => Ok(None),
        Some(language) if language == config_text(asker, "default_language")? => Ok(None),
        Some(language) => {
            let config = asker.ask(Question::Config { language: None })?;
            let others = config.get("languages");
            if others.and_then(|others| others.get(language)).is_none() {
                return Err(format!(
                    "there is no language `{language}` in the configuration"
                ));
            }
            Ok(Some(language.into()))
        }
    }
}

/// A feed is a file whatever a template says of slashes.
fn is_feed(asker: &Asker, path: &str) -> Result<bool, String> {
    let config = asker.ask(Question::Config { language: None })?;
    Ok(match config.get("feed_filenames") {
        Some(Value::List(names)) => names
            .items()
            .iter()
            .filter_map(Value::as_str)
            .any(|name| path.ends_with(name)),
        _ => false,
    })
}

/// `x.md#a` in French is `x.fr.md#a`.
fn in_language(path: &str, language: Option<&str>) -> String {
    let Some(language) = language else {
        return path.to_owned();
    };
    let (file, fragment) = match path.find('#') {
        Some(at) => path.split_at(at),
        None => (path, ""),
    };
    match file.strip_suffix(".md") {
        Some(stem) if !stem.ends_with(&format!(".{language}")) => {
            format!("{stem}.{language}.md{fragment}")
        }
        _ => path.to_owned(),
    }
}

fn config_text(asker: &Asker, key: &str) -> Result<String, String> {
    let config = asker.ask(Question::Config { language: None })?;
    let text = config.get(key).and_then(Value::as_str);
    text.map(|text| text.trim_end_matches('/').to_owned())
        .ok_or_else(|| format!("the configuration has no `{key}`"))
}

/// An address that goes into an attribute as it is. What could end the attribute is encoded.
fn as_html(url: Value) -> Value {
    let Some(text) = url.as_str() else {
        return url;
    };
    if !text.contains(['"', '\'', '<', '>']) {
        return match url {
            Value::Text(text) => Value::Html(text),
            other => other,
        };
    }
    let mut safe = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match c {
            '"' => safe.push_str("%22"),
            '\'' => safe.push_str("%27"),
            '<' => safe.push_str("%3C"),
            '>' => safe.push_str("%3E"),
            c => safe.push(c),
        }
    }
    Value::html(safe)
}
