//! Jinja templates, rendered by the crate MiniJinja: the built-in theme and Jinja themes.
//!
//! Differences to MiniJinja as it comes, all for the sake of people who write HTML:
//!
//! - An undefined name is false in a condition, and an error where it is printed or iterated.
//! - What is absent (`none`) prints nothing; `true` and `false` are printed in lower case.
//! - `/` is not escaped. Line breaks after tags and blanks before them are left out.
//! - `partial(template, item, …)` renders a template with its arguments alone, once for equal ones.
//! - `truncate`, `striptags` and `slugify` exist, and `date` is the same as under Tera.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ::minijinja::syntax::SyntaxConfig;
use ::minijinja::value::{
    Enumerator, Kwargs, Object, ObjectExt, ObjectRepr, Rest, Value as Bound, ValueKind,
};
use ::minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior};

use super::asking;
use super::detect;
use super::engine::{Bounded, Engine, TemplateError, Templates};
use super::filters::{FILTERS, JINJA_FILTERS};
use super::functions::{Args, FUNCTIONS};
use super::partial::Partials;
use crate::diagnostic::{listed, nearest};
use crate::pages::question::Asker;
use crate::value::{Key, List, Map, Value};
use guard::Guarded;

mod bounds;
mod guard;
mod hints;

/// Steps that one page may take; one pays for 64 bytes of text or two items of a list as well, so
/// this bounds memory. The largest honest page, a list of 10,000 briefs, takes about one million.
const FUEL: u64 = 6_000_000;

/// How deep includes and macros may nest; a thread's stack of 2 MB bears it in a debug build.
const RECURSION_MAX: usize = 120;

/// Compiled Jinja templates.
#[derive(Debug)]
pub struct MiniJinja {
    environment: Environment<'static>,
    /// The same, tracking where undefined values come from. It is slower, so a page is rendered
    /// with it only after it has failed, to say why.
    exact: Environment<'static>,
    sources: Sources,
    warnings: Vec<TemplateError>,
}

/// The templates as they are written, and as they are compiled where that is not the same.
#[derive(Debug)]
struct Sources {
    templates: Templates,
    guarded: BTreeMap<String, Guarded>,
}

impl MiniJinja {
    /// Compiles the templates, or says of each what is wrong with it.
    pub fn new(templates: Templates) -> Result<MiniJinja, Vec<TemplateError>> {
        let mut environment = environment();
        let (mut errors, mut warnings) = (Vec::new(), Vec::new());
        let mut sources = Sources {
            templates,
            guarded: BTreeMap::new(),
        };
        for (name, template) in sources.templates.iter() {
            if let Some(at) = detect::endless_tag(&template.text) {
                let error = sources
                    .templates
                    .error(name, Some(at), detect::too_long(), None);
                if !errors.contains(&error) {
                    errors.push(error);
                }
                continue;
            }
            // Those in the program are known to do no harm, and stand on every page.
            let added = if template.file.starts_with("dateline:") {
                environment.add_template_owned(name.to_owned(), template.text.to_string())
            } else {
                let syntax = environment.syntax().clone();
                Guarded::new(name, &template.text, syntax).and_then(|made| {
                    let text = made.text.clone();
                    for (at, message) in &made.misnamed {
                        let at = Some(*at);
                        let warning = sources.templates.error(name, at, message.clone(), None);
                        if !warnings.contains(&warning) {
                            warnings.push(warning);
                        }
                    }
                    sources.guarded.insert(name.to_owned(), made);
                    environment.add_template_owned(name.to_owned(), text)
                })
            };
            if let Err(error) = added {
                let error = explain(&error, name, &sources, &[]);
                // A template of the theme has two names and is reported once.
                if !errors.contains(&error) {
                    errors.push(error);
                }
            }
        }
        errors.extend(sources.templates.endless_chain());
        if !errors.is_empty() {
            return Err(errors);
        }
        let mut exact = environment.clone();
        exact.set_debug(true);
        Ok(MiniJinja {
            environment,
            exact,
            sources,
            warnings,
        })
    }
}

impl Engine for MiniJinja {
    fn has(&self, template: &str) -> bool {
        self.sources.templates.get(template).is_some()
    }

    fn warnings(&self) -> &[TemplateError] {
        &self.warnings
    }

    fn reads(&self, _: &str, _: &str) -> bool {
        // Values are shared with its templates, so that they cost little.
        true
    }

    fn render(
        &self,
        template: &str,
        context: &Value,
        asker: &Rc<Asker>,
    ) -> Result<String, TemplateError> {
        self.render_bound(template, &bind(context), asker)
    }

    fn render_around(
        &self,
        content: String,
        (template, page): (&str, &Value),
        context: &Value,
        asker: &Rc<Asker>,
    ) -> Result<String, TemplateError> {
        // Large as it is, it is not copied into a value of ours and out of it again.
        let content = Bound::from_safe_string(content);
        let page = With::of(page, "content", content);
        self.render_bound(template, &With::of(context, "page", page), asker)
    }
}

impl MiniJinja {
    fn render_bound(
        &self,
        template: &str,
        context: &Bound,
        asker: &Rc<Asker>,
    ) -> Result<String, TemplateError> {
        asking::on_behalf_of(asker, || {
            let since = Instant::now();
            let first = match run(&self.environment, template, context) {
                Ok(output) => return Ok(output),
                Err(error) => error,
            };
            let is_used_up = matches!(first.kind(), ErrorKind::OutOfFuel | ErrorKind::WriteFailure);
            if is_used_up || bounds::is_reached() || since.elapsed() > TIME_MAX {
                return Err(explain(&first, template, &self.sources, &[]));
            }
            let (second, misses) = noting_misses(|| run(&self.exact, template, context));
            let error = second.err().unwrap_or(first);
            Err(explain(&error, template, &self.sources, &misses))
        })
    }
}

fn run(
    environment: &Environment<'static>,
    template: &str,
    context: &Bound,
) -> Result<String, Error> {
    let mut output = Bounded::empty();
    let outer = SINCE.get();
    if outer.is_none() {
        bounds::reset();
    }
    SINCE.set(outer.or_else(|| Some(Instant::now())));
    let rendered = environment
        .get_template(template)
        .and_then(|template| template.render_captured_to(context.clone(), &mut output));
    SINCE.set(outer);
    rendered.map(|_| output.into_text())
}

thread_local! {
    /// When the page was begun that is rendered.
    static SINCE: Cell<Option<Instant>> = const { Cell::new(None) };
}

/// What functions and filters do costs more than their fuel.
const TIME_MAX: Duration = Duration::from_secs(20);

fn check_time() -> Result<(), Error> {
    if SINCE.get().is_some_and(|since| since.elapsed() > TIME_MAX) {
        let message = format!("the page is not made after {} seconds", TIME_MAX.as_secs());
        return Err(Error::new(ErrorKind::InvalidOperation, message));
    }
    Ok(())
}

fn environment() -> Environment<'static> {
    let mut environment = Environment::new();
    let syntax = SyntaxConfig::builder()
        .trim_blocks(true)
        .lstrip_blocks(true)
        .build()
        .expect("the usual delimiters are valid");
    environment.set_syntax(syntax);
    environment.set_debug(false);
    environment.set_fuel(Some(FUEL));
    environment.set_recursion_limit(RECURSION_MAX);
    environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
    environment.set_auto_escape_callback(|name| {
        let extension = name.rsplit('.').next().unwrap_or_default();
        match extension {
            "html" | "htm" | "xml" | "svg" => AutoEscape::Html,
            _ => AutoEscape::None,
        }
    });
    environment.set_formatter(print);
    environment.add_filter("escape", escape);
    environment.add_filter("e", escape);
    environment.add_filter("safe", safe);
    bounds::register(&mut environment);
    let partials = Partials::default();
    environment.add_function(
        "partial",
        move |state: &State, template: &str, item: &Bound, named: Kwargs| {
            partial(&partials, state.env(), template, item, &named)
        },
    );
    for function in FUNCTIONS {
        environment.add_function(
            function.name,
            move |positional: Rest<Bound>, named: Kwargs| {
                check_time()?;
                arguments(function.parameters, &positional, &named)
                    .and_then(|args| {
                        function
                            .check_names(&args)
                            .and_then(|()| function.call(&args))
                    })
                    .map(|value| bind(&value))
                    .map_err(|reason| failure(function.name, &reason))
            },
        );
    }
    for filter in FILTERS.iter().chain(JINJA_FILTERS) {
        environment.add_filter(
            filter.name,
            move |value: Bound, positional: Rest<Bound>, named: Kwargs| {
                check_time()?;
                bounds::check(&value)?;
                arguments(filter.parameters, &positional, &named)
                    .and_then(|args| (filter.apply)(&unbind(&value), &args))
                    .map(|value| bind(&value))
                    .map_err(|reason| failure(filter.name, &reason))
            },
        );
    }
    environment
}

/// How deep partials may stand in each other.
const PARTIAL_DEPTH_MAX: usize = 8;

/// `partial(template, item, …)`: the template sees `item` and the named arguments and nothing else,
/// and functions that ask the site have nobody to ask, so equal arguments give equal text.
fn partial(
    partials: &Partials<Bound>,
    environment: &Environment<'_>,
    template: &str,
    item: &Bound,
    named: &Kwargs,
) -> Result<Bound, Error> {
    if asking::depth() > PARTIAL_DEPTH_MAX {
        return Err(failure("partial", "partials stand too deep in each other"));
    }
    bounds::check(item)?;
    let item = unbind(item);
    let mut arguments: Vec<(Key, Value)> = Vec::new();
    for name in named.args() {
        let value: Bound = named.get(name)?;
        bounds::check(&value)?;
        arguments.push((name.to_owned().into(), unbind(&value)));
    }
    arguments.sort_by(|a, b| a.0.cmp(&b.0));
    partials.get(template, (&item, &arguments), || {
        let seen = Value::map(arguments.clone()).with([("item", item.clone())]);
        let text = asking::on_behalf_of_nobody(|| {
            environment.get_template(template)?.render(bind(&seen))
        })?;
        Ok(Bound::from_safe_string(text))
    })
}

fn failure(name: &str, reason: &str) -> Error {
    Error::new(ErrorKind::InvalidOperation, format!("`{name}`: {reason}"))
}

fn arguments(
    parameters: &[&'static str],
    positional: &[Bound],
    named: &Kwargs,
) -> Result<Args, String> {
    if positional.len() > parameters.len() {
        return Err(format!("it takes at most {} arguments", parameters.len()));
    }
    let mut args = Args::default();
    let check = |value: &Bound| bounds::check(value).map_err(|error| error.to_string());
    for (name, value) in parameters.iter().zip(positional) {
        check(value)?;
        args.add(*name, unbind(value));
    }
    for name in named.args() {
        let value: Bound = named.get(name).map_err(|error| error.to_string())?;
        if args.has(name) {
            return Err(format!("`{name}` is given twice"));
        }
        check(&value)?;
        args.add(name, unbind(&value));
    }
    Ok(args)
}

/// Our value as MiniJinja's: lists and maps are shared, not copied.
fn bind(value: &Value) -> Bound {
    /// MiniJinja keeps text of this size inline, which spares counting of references.
    const INLINE_BYTES_MAX: usize = 22;
    match value {
        Value::None => Bound::from(()),
        Value::Bool(yes) => Bound::from(*yes),
        Value::Int(number) => Bound::from(*number),
        Value::Float(number) => Bound::from(*number),
        Value::Text(text) if text.len() <= INLINE_BYTES_MAX => Bound::from(&**text),
        Value::Text(text) => Bound::from(text.clone()),
        // MiniJinja makes safe text of a string only. It is copied when a template names it.
        Value::Html(html) => Bound::from_safe_string(html.as_ref().to_owned()),
        Value::List(list) => Bound::from_dyn_object(list.clone()),
        Value::Map(map) => Bound::from_dyn_object(map.clone()),
    }
}

/// MiniJinja's value as ours; what came from us comes back as it was.
fn unbind(value: &Bound) -> Value {
    if let Some(list) = value.downcast_object::<List>() {
        return Value::List(list);
    }
    if let Some(map) = value.downcast_object::<Map>() {
        return Value::Map(map);
    }
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => Value::None,
        ValueKind::Bool => Value::Bool(value.is_true()),
        ValueKind::Number => match value.as_i64() {
            Some(number) if value.is_integer() => Value::Int(number),
            _ => Value::Float(f64::try_from(value.clone()).unwrap_or(f64::NAN)),
        },
        ValueKind::Seq | ValueKind::Iterable => match value.try_iter() {
            Ok(items) => Value::list(items.map(|item| unbind(&item))),
            Err(_) => Value::None,
        },
        ValueKind::Map => match value.try_iter() {
            Ok(keys) => Value::map(keys.map(|key| {
                let item = value.get_item(&key).unwrap_or_default();
                (key.to_string(), unbind(&item))
            })),
            Err(_) => Value::None,
        },
        _ if value.is_safe() => Value::html(value.to_string()),
        _ => match value.to_str() {
            Some(text) => Value::Text(text),
            None => value.to_string().into(),
        },
    }
}

/// A map of ours with one entry that is MiniJinja's already.
#[derive(Debug)]
struct With {
    map: Arc<Map>,
    key: &'static str,
    value: Bound,
}

impl With {
    /// A map with an entry added or replaced; any other value counts as an empty map.
    fn of(value: &Value, key: &'static str, entry: Bound) -> Bound {
        let map = match value {
            Value::Map(map) => map.clone(),
            _ => Arc::default(),
        };
        Bound::from_object(With {
            map,
            key,
            value: entry,
        })
    }
}

impl Object for With {
    fn get_value(self: &Arc<Self>, key: &Bound) -> Option<Bound> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Bound> {
        if key == self.key {
            return Some(self.value.clone());
        }
        let found = self.map.get(key).map(bind);
        if found.is_none() && NOTES_MISSES.get() {
            let all = Value::Map(self.map.clone()).with([(self.key, Value::None)]);
            if let Value::Map(all) = all {
                note_miss(&all, key);
            }
        }
        found
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        let mut keys: Vec<&str> = self.map.entries().iter().map(|(key, _)| &**key).collect();
        if let Err(place) = keys.binary_search(&self.key) {
            keys.insert(place, self.key);
        }
        Enumerator::Values(keys.into_iter().map(Bound::from).collect())
    }
}

impl Object for Map {
    fn get_value(self: &Arc<Self>, key: &Bound) -> Option<Bound> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, key: &str) -> Option<Bound> {
        let found = self.get(key).map(bind);
        if found.is_none() {
            note_miss(self, key);
        }
        found
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        self.mapped_key_value_enumerator(|map| {
            let entries = map.entries().iter();
            Box::new(entries.map(|(key, value)| (Bound::from(key.as_ref()), bind(value))))
        })
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.entries().len())
    }
}

impl Object for List {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Seq
    }

    fn get_value(self: &Arc<Self>, key: &Bound) -> Option<Bound> {
        self.items().get(key.as_usize()?).map(bind)
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Seq(self.items().len())
    }

    fn enumerator_len(self: &Arc<Self>) -> Option<usize> {
        Some(self.items().len())
    }
}

/// Writes a value into the page.
fn print(out: &mut Output, state: &mut State, value: &Bound) -> Result<(), Error> {
    match value.kind() {
        // Undefined values arrive here only from an `if` without `else`; others are refused.
        ValueKind::Undefined | ValueKind::None => Ok(()),
        ValueKind::Bool => Ok(out.write_str(if value.is_true() { "true" } else { "false" })?),
        ValueKind::String => {
            let text = value.as_str().unwrap_or_default();
            if value.is_safe() || !matches!(state.auto_escape(), AutoEscape::Html) {
                return Ok(out.write_str(text)?);
            }
            Ok(each_escaped(text, |part| out.write_str(part))?)
        }
        ValueKind::Number => Ok(write!(out, "{value}")?),
        _ if matches!(state.auto_escape(), AutoEscape::Html) => {
            bounds::check(value)?;
            Ok(each_escaped(&value.to_string(), |part| {
                out.write_str(part)
            })?)
        }
        _ => {
            bounds::check(value)?;
            Ok(write!(out, "{value}")?)
        }
    }
}

/// The filter `safe`: text that is printed as it is. What is absent stays so.
fn safe(value: &Bound) -> Bound {
    match value.kind() {
        ValueKind::Undefined | ValueKind::None => value.clone(),
        _ => Bound::from_safe_string(value.to_string()),
    }
}

/// The filter `escape`: HTML of a text; what is safe stays as it is.
fn escape(value: &Bound) -> Bound {
    if value.is_safe() || value.is_undefined() {
        return value.clone();
    }
    let text = if value.is_none() {
        String::new()
    } else {
        value.to_string()
    };
    let mut escaped = String::with_capacity(text.len() + 16);
    let written: Result<(), std::convert::Infallible> = each_escaped(&text, |part| {
        escaped.push_str(part);
        Ok(())
    });
    let Ok(()) = written;
    Bound::from_safe_string(escaped)
}

/// Gives the text in pieces in which nothing means anything to HTML.
fn each_escaped<E>(text: &str, mut write: impl FnMut(&str) -> Result<(), E>) -> Result<(), E> {
    let mut rest = text;
    while let Some(at) = first_special(rest.as_bytes()) {
        if at > 0 {
            write(&rest[..at])?;
        }
        write(match rest.as_bytes()[at] {
            b'"' => "&quot;",
            b'&' => "&amp;",
            b'\'' => "&#39;",
            b'<' => "&lt;",
            _ => "&gt;",
        })?;
        rest = &rest[at + 1..];
    }
    if rest.is_empty() {
        return Ok(());
    }
    write(rest)
}

/// Where the first character stands that has to be escaped. Most text has none, so it is looked
/// through in chunks, which the compiler makes one comparison of.
fn first_special(text: &[u8]) -> Option<usize> {
    const CHUNK_BYTES: usize = 16;
    let is_special = |byte: u8| matches!(byte, b'"' | b'&' | b'\'' | b'<' | b'>');
    let (chunks, rest) = text.as_chunks::<CHUNK_BYTES>();
    for (number, chunk) in chunks.iter().enumerate() {
        if chunk
            .iter()
            .fold(false, |any, byte| any | is_special(*byte))
        {
            let at = chunk.iter().position(|byte| is_special(*byte))?;
            return Some(number * CHUNK_BYTES + at);
        }
    }
    let at = rest.iter().position(|byte| is_special(*byte))?;
    Some(text.len() - rest.len() + at)
}

thread_local! {
    static NOTES_MISSES: Cell<bool> = const { Cell::new(false) };
    /// Which keys were looked for in vain, and in which map.
    static MISSES: RefCell<Misses> = const { RefCell::new(Vec::new()) };
}

type Misses = Vec<(Arc<Map>, String)>;

fn note_miss(map: &Arc<Map>, key: &str) {
    if NOTES_MISSES.get() {
        MISSES.with_borrow_mut(|misses| misses.push((map.clone(), key.to_owned())));
    }
}

/// Runs with every failed look-up noted, so that an error can list what there is.
fn noting_misses<T>(run: impl FnOnce() -> T) -> (T, Misses) {
    struct Stop(bool);
    impl Drop for Stop {
        fn drop(&mut self) {
            NOTES_MISSES.set(self.0);
        }
    }
    let stop = Stop(NOTES_MISSES.replace(true));
    let result = run();
    drop(stop);
    (result, MISSES.take())
}

/// MiniJinja's error in our words, at its place; without one, in the template that was rendered.
fn explain(
    error: &Error,
    rendered: &str,
    sources: &Sources,
    misses: &[(Arc<Map>, String)],
) -> TemplateError {
    // The deepest error that knows its line is the one to mend: an include only passes it on.
    let mut deepest = error;
    let mut next: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(cause) = next {
        if let Some(cause) = cause.downcast_ref::<Error>()
            && (cause.line().is_some() || deepest.line().is_none())
        {
            deepest = cause;
        }
        next = cause.source();
    }
    let name = deepest.name().unwrap_or(rendered);
    let templates = &sources.templates;
    let text = templates.get(name).map_or("", |template| &template.text);
    let at = deepest
        .range()
        .map(|range| match sources.guarded.get(name) {
            Some(guarded) => guarded.original(range.start),
            None => range.start,
        });
    let (at, message, hint) = match (deepest.kind(), at) {
        (ErrorKind::SyntaxError, Some(at)) => {
            let detail = deepest.detail().unwrap_or_default();
            let (at, message) = hints::syntax(detail, text, at);
            (Some(at), message, None)
        }
        _ => {
            let (message, hint) = described(deepest, (text, at), templates, misses);
            (at, message, hint)
        }
    };
    let mut explained = templates.error(name, at, message, hint);
    if explained.line == 0 {
        explained.line = deepest.line().unwrap_or_default();
    }
    explained
}

/// Message and hint of an error that is at a byte of a text.
fn described(
    error: &Error,
    (text, at): (&str, Option<usize>),
    templates: &Templates,
    misses: &[(Arc<Map>, String)],
) -> (String, Option<String>) {
    let detail = error.detail().unwrap_or_default();
    match error.kind() {
        ErrorKind::UndefinedError => undefined(detail, misses),
        ErrorKind::SyntaxError => (detail.to_owned(), None),
        ErrorKind::TemplateNotFound => unknown_template(detail, templates),
        ErrorKind::UnknownFunction => {
            let name = detail.split(' ').next().unwrap_or_default();
            let known = FUNCTIONS.iter().map(|function| function.name);
            (
                format!("there is no function `{name}`"),
                nearest(name, known).map(|meant| format!("did you mean `{meant}`?")),
            )
        }
        ErrorKind::UnknownFilter | ErrorKind::UnknownTest => {
            let mut words = detail.split(' ');
            let kind = words.next().unwrap_or_default();
            let name = words.next().unwrap_or_default();
            let ours = FILTERS.iter().chain(JINJA_FILTERS);
            let ours = ours.filter(|_| kind == "filter").map(|filter| filter.name);
            let hint = hints::of_name(kind, name, ours);
            (format!("there is no {kind} `{name}`"), hint)
        }
        ErrorKind::OutOfFuel => (
            "the template does more work than any page needs".to_owned(),
            Some("look for a loop in a loop, or one that never ends".to_owned()),
        ),
        ErrorKind::WriteFailure => Bounded::too_large(),
        ErrorKind::TooManyArguments | ErrorKind::MissingArgument => {
            let message = match detail {
                "" => error.kind().to_string(),
                detail => format!("{}: {detail}", error.kind()),
            };
            (message, at.and_then(|at| hints::of_arguments(text, at)))
        }
        _ if detail.is_empty() => (error.kind().to_string(), None),
        ErrorKind::InvalidOperation => (detail.to_owned(), None),
        kind => (format!("{kind}: {detail}"), None),
    }
}

/// `detail` is MiniJinja's: "`page.titel` is undefined", perhaps followed by where it came from.
fn undefined(detail: &str, misses: &[(Arc<Map>, String)]) -> (String, Option<String>) {
    let Some(name) = detail.split('`').nth(1) else {
        let message = match detail {
            "" => "an undefined value is used".to_owned(),
            detail => format!("an undefined value is used: {detail}"),
        };
        return (message, None);
    };
    let (owner, key) = match name.rsplit_once('.') {
        Some((owner, key)) => (Some(owner), key),
        None => (None, name),
    };
    let hint = misses
        .iter()
        .rev()
        .find(|(_, missed)| missed == key)
        .map(|(map, _)| {
            let keys = || map.entries().iter().map(|(key, _)| key.as_ref());
            match nearest(key, keys()) {
                Some(meant) => match owner {
                    Some(owner) => format!("did you mean `{owner}.{meant}`?"),
                    None => format!("did you mean `{meant}`?"),
                },
                None => match owner {
                    Some(owner) => format!("`{owner}` has {}", listed(keys())),
                    None => format!("there are {}", listed(keys())),
                },
            }
        });
    (format!("`{name}` is undefined"), hint)
}

fn unknown_template(detail: &str, templates: &Templates) -> (String, Option<String>) {
    let name = detail.split(['"', '\'']).nth(1).unwrap_or(detail);
    let hint = match nearest(name, templates.names()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("there are {}", listed(templates.names())),
    };
    (format!("there is no template `{name}`"), Some(hint))
}
