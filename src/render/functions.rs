//! The functions that templates call, written once for every engine.
//!
//! A function learns about the site by asking only, so that everything it used is on record.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::{asking, sass};
use crate::diagnostic::{listed, nearest, with_guess, with_hint, with_names};
use crate::pages::called::Called;
use crate::pages::files::{self, Sha, Wanted};
use crate::pages::pictures::Resize;
use crate::pages::question::{Asker, Question};
use crate::site::pictures::{Fitting, Format};
use crate::site::taxonomies::Kind;
use crate::value::Value;

mod loading;
mod ours;

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
    /// Zola does not have it.
    is_ours: bool,
    body: fn(&Asker, &Args) -> Result<Value, String>,
}

/// All functions, by name.
pub const FUNCTIONS: &[Function] = &[
    Function {
        name: "get_company",
        parameters: &["name", "limit", "required"],
        is_safe: false,
        is_large: true,
        is_ours: true,
        body: ours::get_company,
    },
    Function {
        name: "get_comparison",
        parameters: &["slug", "companies", "limit", "required"],
        is_safe: false,
        is_large: true,
        is_ours: true,
        body: ours::get_comparison,
    },
    Function {
        name: "get_env",
        parameters: &["name", "default"],
        is_safe: false,
        is_large: false,
        is_ours: false,
        body: get_env,
    },
    Function {
        name: "get_hash",
        parameters: &["path", "literal", "sha_type", "base64"],
        is_safe: false,
        is_large: false,
        is_ours: false,
        body: get_hash,
    },
    Function {
        name: "get_image_metadata",
        parameters: &["path", "allow_missing"],
        is_safe: false,
        is_large: false,
        is_ours: false,
        body: get_image_metadata,
    },
    Function {
        name: "get_page",
        parameters: &["path", "lang"],
        is_safe: false,
        is_large: true,
        is_ours: false,
        body: get_page,
    },
    Function {
        name: "get_predictions",
        parameters: &["standing", "company", "limit"],
        is_safe: false,
        is_large: true,
        is_ours: true,
        body: ours::get_predictions,
    },
    Function {
        name: "get_related",
        parameters: &["path", "lang"],
        is_safe: false,
        is_large: true,
        is_ours: true,
        body: ours::get_related,
    },
    Function {
        name: "get_section",
        parameters: &["path", "metadata_only", "lang"],
        is_safe: false,
        is_large: true,
        is_ours: false,
        body: get_section,
    },
    Function {
        name: "get_taxonomy",
        parameters: &["kind", "lang", "required"],
        is_safe: false,
        is_large: true,
        is_ours: false,
        body: get_taxonomy,
    },
    Function {
        name: "get_taxonomy_term",
        parameters: &["kind", "term", "include_pages", "lang", "required"],
        is_safe: false,
        is_large: true,
        is_ours: false,
        body: get_taxonomy_term,
    },
    Function {
        name: "get_timeline",
        parameters: &["company", "limit"],
        is_safe: false,
        is_large: true,
        is_ours: true,
        body: ours::get_timeline,
    },
    Function {
        name: "get_taxonomy_url",
        parameters: &["kind", "name", "lang", "required"],
        is_safe: true,
        is_large: false,
        is_ours: false,
        body: get_taxonomy_url,
    },
    Function {
        name: "get_url",
        parameters: &["path", "lang", "trailing_slash", "cachebust"],
        is_safe: true,
        is_large: false,
        is_ours: false,
        body: get_url,
    },
    Function {
        name: "get_week",
        parameters: &["week", "required"],
        is_safe: false,
        is_large: true,
        is_ours: true,
        body: ours::get_week,
    },
    Function {
        name: "load_data",
        parameters: &[
            "path",
            "url",
            "literal",
            "format",
            "required",
            "method",
            "body",
            "content_type",
            "headers",
        ],
        is_safe: false,
        is_large: true,
        is_ours: false,
        body: loading::load_data,
    },
    Function {
        name: "resize_image",
        parameters: &[
            "path", "width", "height", "op", "format", "quality", "speed",
        ],
        is_safe: false,
        is_large: false,
        is_ours: false,
        body: resize_image,
    },
    Function {
        name: "now",
        parameters: &["utc", "timestamp"],
        is_safe: false,
        is_large: false,
        is_ours: false,
        body: now,
    },
    Function {
        name: "trans",
        parameters: &["key", "lang"],
        is_safe: false,
        is_large: false,
        is_ours: false,
        body: trans,
    },
];

/// Arguments that Zola takes and that do nothing here: for what is fetched.
const WITHOUT_EFFECT: [(&str, &str); 4] = [
    ("load_data", "body"),
    ("load_data", "content_type"),
    ("load_data", "headers"),
    ("load_data", "method"),
];

/// What Zola has for templates but not for shortcodes: it gives whole pages, which are complete
/// only when shortcodes are expanded. The same holds for all that is ours.
const LATE: [&str; 4] = [
    "get_page",
    "get_section",
    "get_taxonomy",
    "get_taxonomy_term",
];

impl Function {
    /// Calls the function for the page that this thread renders.
    pub fn call(&self, args: &Args) -> Result<Value, String> {
        let asker = asking::asker().ok_or("no page is being rendered")?;
        if asker.is_early() && (self.is_ours || LATE.contains(&self.name)) {
            return Err("shortcodes cannot call it, for pages are made only after them".to_owned());
        }
        if self.is_ours {
            self.check_names(args)?;
        }
        (self.body)(&asker, args)
    }

    /// Refuses arguments that the function does not take. Zola ignores them, so its themes are only
    /// warned where they call what Zola has.
    pub fn check_names(&self, args: &Args) -> Result<(), String> {
        let mut names = args.named.iter().map(|(name, _)| name);
        names.try_for_each(|name| self.check_name(name))
    }

    /// Why the function does not take an argument of this name, if it does not.
    pub fn check_name(&self, name: &str) -> Result<(), String> {
        if self.parameters.contains(&name) || WITHOUT_EFFECT.contains(&(self.name, name)) {
            return Ok(());
        }
        Err(not_taken(name, self.parameters))
    }
}

/// What is said of an argument that is none of these.
pub fn not_taken(name: &str, parameters: &[&str]) -> String {
    if parameters.is_empty() {
        return with_hint("it takes no arguments", format!("take out `{name}`"));
    }
    let known = parameters.iter().copied();
    with_names(format!("it takes no `{name}`"), name, known)
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

/// `get_url(path, lang?, trailing_slash?, cachebust?)`: the address of a content file (`@/x.md#a`)
/// or of anything else under the base URL. With `cachebust` it is another one whenever the file is
/// another, so that a browser does not take what it has kept.
fn get_url(asker: &Asker, args: &Args) -> Result<Value, String> {
    let path = args.required_text("path")?;
    let language = other_language(asker, args)?;
    if let Some(target) = path.strip_prefix("@/") {
        let target = in_language(target, language.as_deref()).into();
        let permalink = asker.ask(Question::Permalink { target })?;
        return Ok(as_html(permalink));
    }
    let mut url = config_text(asker, "base_url")?;
    let mut file = path.trim_start_matches('/').to_owned();
    if let Some(language) = &language
        && !begins_with(path, language)
    {
        file = format!("{language}/{file}");
    }
    url.push('/');
    url.push_str(&file);
    // Zola's rule: the slash at the end is the argument's matter alone, but the home page of another
    // language has one.
    let is_home = !path.is_empty() && path.trim_matches('/').is_empty();
    let is_other_home = is_home && language.is_some();
    while url.ends_with('/') {
        url.pop();
    }
    if is_other_home || (args.flag("trailing_slash", false)? && !is_feed(asker, path)?) {
        url.push('/');
    }
    if args.flag("cachebust", false)? {
        /// Zola's length, which is enough that no two versions of a file are taken for one.
        const DIGITS: usize = 20;
        let digest = digest(asker, &file, Sha::Sha256)?;
        url.push_str("?h=");
        url.push_str(
            digest
                .as_str()
                .and_then(|d| d.get(..DIGITS))
                .unwrap_or_default(),
        );
    }
    Ok(as_html(url.into()))
}

/// Whether a path from the root begins with the folder of a language. As in Zola, it is not put before
/// it once more then.
fn begins_with(path: &str, language: &str) -> bool {
    let rest = path
        .strip_prefix('/')
        .and_then(|rest| rest.strip_prefix(language));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// `get_env(name, default?)`: a variable of the environment, if the configuration allows it.
fn get_env(asker: &Asker, args: &Args) -> Result<Value, String> {
    let name = args.required_text("name")?;
    let answer = asker.ask(Question::Variable { name: name.into() });
    match (answer, args.get("default")) {
        (Ok(Value::None) | Err(_), Some(default)) => Ok(default.clone()),
        (Ok(Value::None), None) => Err(format!(
            "the environment variable `{name}` is not set, and there is no `default`"
        )),
        (answer, _) => answer,
    }
}

/// `get_hash(path | literal, sha_type?=384, base64?=true)`: the digest of a file or of a text.
fn get_hash(asker: &Asker, args: &Args) -> Result<Value, String> {
    let sha = match args.get("sha_type") {
        None => Sha::Sha384,
        Some(Value::Int(256)) => Sha::Sha256,
        Some(Value::Int(384)) => Sha::Sha384,
        Some(Value::Int(512)) => Sha::Sha512,
        Some(_) => return Err("`sha_type` has to be 256, 384 or 512".into()),
    };
    let is_base64 = args.flag("base64", true)?;
    let digest = match (args.text("path")?, args.text("literal")?) {
        (Some(path), None) => digest(asker, path, sha)?,
        (None, Some(text)) => sha.hex(text.as_bytes()).into(),
        _ => return Err("it takes either a `path` or a `literal`".into()),
    };
    if !is_base64 {
        return Ok(digest);
    }
    let hex = digest.as_str().unwrap_or_default();
    let byte = |at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap_or_default();
    let bytes: Vec<u8> = (0..hex.len()).step_by(2).map(byte).collect();
    Ok(STANDARD.encode(bytes).into())
}

/// `get_image_metadata(path, allow_missing?)`: the size of a picture, and of which kind it is.
fn get_image_metadata(asker: &Asker, args: &Args) -> Result<Value, String> {
    let path = args.required_text("path")?;
    let is_optional = args.flag("allow_missing", false)?;
    match file_answer(asker, path, Wanted::Picture)? {
        Some(found) => Ok(found),
        None if is_optional => Ok(Value::None),
        None => Err(file_not_found(asker, path)),
    }
}

/// `resize_image(path, width?, height?, op?, format?, quality?, speed?)`: a picture made of another,
/// which goes out with the site.
fn resize_image(asker: &Asker, args: &Args) -> Result<Value, String> {
    let path = args.required_text("path")?;
    let side = |name: &str| match args.get(name) {
        None => Ok(None),
        Some(Value::Int(side)) => match u32::try_from(*side) {
            Ok(side @ 1..) => Ok(Some(side)),
            _ => Err(format!(
                "`{name}` has to be a number of pixels from 1 on, not {side}"
            )),
        },
        Some(Value::Float(side)) => Err(with_hint(
            format_args!("`{name}` has to be a whole number of pixels, not {side}"),
            "the filter `round` makes one of it",
        )),
        Some(other) => Err(format!(
            "`{name}` has to be a number of pixels, not {}",
            kind_of(other)
        )),
    };
    let operation = args.text("op")?.unwrap_or("fill");
    let needed = |name: &str, side: Option<u32>| {
        let about = || format!("`op=\"{operation}\"` needs a `{name}`");
        let has_op = args.has("op");
        side.ok_or_else(|| match has_op {
            true => about(),
            // Nobody has written that.
            false => with_hint(
                about(),
                "without an `op` it is `fill`; `fit_width` and `fit_height` need one side alone",
            ),
        })
    };
    let width = || needed("width", side("width")?);
    let height = || needed("height", side("height")?);
    let fitting = match operation {
        "scale" => Fitting::Scale(width()?, height()?),
        "fit_width" => Fitting::Width(width()?),
        "fit_height" => Fitting::Height(height()?),
        "fit" => Fitting::Within(width()?, height()?),
        "fill" => Fitting::Fill(width()?, height()?),
        other => {
            let about = format!(
                "`op` has to be `scale`, `fit_width`, `fit_height`, `fit` or `fill`, not `{other}`"
            );
            let near = nearest(other, ["scale", "fit_width", "fit_height", "fit", "fill"]);
            return Err(with_guess(about, near));
        }
    };
    let (format, quality_of_jpeg) = picture_format(args)?;
    let wanted = Wanted::Resized(Resize {
        fitting,
        format,
        quality_of_jpeg,
    });
    let found = file_answer(asker, path, wanted)?;
    let picture = found.ok_or_else(|| file_not_found(asker, path))?;
    asker.count_picture(&picture)?;
    Ok(picture)
}

/// The format that is stated, and the quality of a JPEG if none is.
fn picture_format(args: &Args) -> Result<(Option<Format>, u8), String> {
    /// Zola's, like the other two.
    const QUALITY_OF_JPEG: u8 = 75;
    const QUALITY_OF_AVIF: u8 = 80;
    const SPEED_OF_AVIF: u8 = 5;
    let quality = match args.get("quality") {
        None => None,
        Some(Value::Int(quality @ 1..=100)) => u8::try_from(*quality).ok(),
        // A WebP of the worst quality is something else than none.
        Some(Value::Int(0)) if args.text("format")? == Some("webp") => Some(0),
        Some(_) => return Err("`quality` has to be a number from 1 to 100".into()),
    };
    let speed = match args.get("speed") {
        None => SPEED_OF_AVIF,
        Some(Value::Int(speed @ 1..=10)) => u8::try_from(*speed).unwrap_or(SPEED_OF_AVIF),
        Some(_) => return Err("`speed` has to be a number from 1 to 10".into()),
    };
    let quality_of_jpeg = quality.unwrap_or(QUALITY_OF_JPEG);
    let format = match args.text("format")?.unwrap_or("auto") {
        "auto" => None,
        "jpg" | "jpeg" => Some(Format::Jpeg {
            quality: quality_of_jpeg,
        }),
        "png" => Some(Format::Png),
        "webp" => Some(Format::WebP { quality }),
        "avif" => Some(Format::Avif {
            quality: quality.unwrap_or(QUALITY_OF_AVIF),
            speed,
        }),
        other => {
            let about =
                format!("`format` has to be `auto`, `jpg`, `png`, `webp` or `avif`, not `{other}`");
            let near = nearest(other, ["auto", "avif", "jpg", "jpeg", "png", "webp"]);
            return Err(with_guess(about, near));
        }
    };
    Ok((format, quality_of_jpeg))
}

/// What is wanted of a file of the site; nothing if there is none.
fn file_answer(asker: &Asker, path: &str, wanted: Wanted) -> Result<Option<Value>, String> {
    let path = path.into();
    let answer = asker.ask(Question::File { path, wanted })?;
    Ok(Some(answer).filter(|answer| !answer.is_none()))
}

/// The digest of a file of the site, or of a style sheet that is made of Sass.
fn digest(asker: &Asker, path: &str, sha: Sha) -> Result<Value, String> {
    if let Some(found) = file_answer(asker, path, Wanted::Digest(sha))? {
        return Ok(found);
    }
    let address = format!("/{}", path.trim_start_matches('/'));
    match sass::sheet_at(&address, asker) {
        Some(text) => Ok(sha.hex(text.as_bytes()).into()),
        None => Err(file_not_found(asker, path)),
    }
}

fn file_not_found(asker: &Asker, path: &str) -> String {
    files::not_found(path, asker.theme_folder().as_deref())
}

/// `get_page(path, lang?)`: everything that Zola's `page` has, and the typed parts of a brief.
fn get_page(asker: &Asker, args: &Args) -> Result<Value, String> {
    let path = content_path(asker, args)?;
    let page = asker.ask(Question::Page { path: path.clone() })?;
    let layout = asker.ask(Question::Layout { path: path.clone() });
    if !layout.is_ok_and(|layout| layout.is("brief")) {
        return Ok(page);
    }
    let brief = asker.ask(Question::Brief { path })?;
    Ok(page.with([("brief", brief)]))
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

/// `get_taxonomy_term(kind, term, include_pages?=true, lang?, required?=true)`: a term with its pages.
fn get_taxonomy_term(asker: &Asker, args: &Args) -> Result<Value, String> {
    let name = args.required_text("term")?.into();
    let required = args.flag("required", true)?;
    let with_pages = args.flag("include_pages", true)?;
    let kind = match kind(asker, args) {
        // A language that is not there is as good as a taxonomy that is not.
        Err(_) if !required && args.text("kind").is_ok_and(|kind| kind.is_some()) => {
            return Ok(Value::None);
        }
        kind => kind?,
    };
    asker.ask(Question::Called(Called::Term {
        kind,
        name,
        with_pages,
        required,
    }))
}

/// `get_taxonomy_url(kind, name, lang?, required?)`: the address of a term.
fn get_taxonomy_url(asker: &Asker, args: &Args) -> Result<Value, String> {
    let kind = kind(asker, args)?;
    let term: Arc<str> = args.required_text("name")?.into();
    let question = Question::TermPermalink {
        kind: kind.clone(),
        term: term.clone(),
    };
    let answer = asker.ask(question);
    if answer.is_err() && args.flag("required", true)? {
        // Which term is near takes long to find, so only who needs it asks.
        asker.ask(Question::Called(Called::Term {
            kind,
            name: term,
            with_pages: false,
            required: true,
        }))?;
    }
    unless_required(answer.map(as_html), args)
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

/// `trans(key, lang?)`: a text of `[translations]`, of the default language if none is named.
fn trans(asker: &Asker, args: &Args) -> Result<Value, String> {
    let key = args.required_text("key")?;
    let language = other_language(asker, args)?;
    let config = asker.ask(Question::Config { language: None })?;
    let options = match &language {
        Some(language) => config.get("languages").and_then(|all| all.get(language)),
        None => Some(&config),
    };
    let translations = options.and_then(|options| options.get("translations"));
    if let Some(text) = translations.and_then(|all| all.get(key)) {
        return Ok(text.clone());
    }
    let known: Vec<&str> = match translations {
        Some(Value::Map(all)) => all.entries().iter().map(|(name, _)| &**name).collect(),
        _ => Vec::new(),
    };
    let table = match &language {
        Some(language) => format!("[languages.{language}.translations]"),
        None => "[translations]".to_owned(),
    };
    let near = nearest(key, known.iter().copied());
    let about = format!("`{table}` has no `{key}`");
    Err(match (near, known.is_empty()) {
        (Some(near), _) => with_guess(about, Some(near)),
        (None, true) => format!("{about}, for it is empty"),
        (None, false) => with_hint(about, format_args!("it has {}", listed(known))),
    })
}

fn content_path(asker: &Asker, args: &Args) -> Result<Arc<str>, String> {
    let path = args.required_text("path")?;
    // Zola joins paths, so that `./x.md` is `x.md`.
    let path = path.strip_prefix("@/").unwrap_or(path);
    let path = path.trim_start_matches("./");
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
                let about = format!("there is no language `{language}` in the configuration");
                let others = match others {
                    Some(Value::Map(others)) => others.entries(),
                    _ => &[],
                };
                let others = others.iter().map(|(code, _)| &**code);
                let default = config_text(asker, "default_language")?;
                let known = [&*default].into_iter().chain(others);
                return Err(with_names(about, language, known));
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
