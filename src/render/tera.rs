//! Tera 1 templates, rendered by the crate of that name: Zola's themes up to Zola 0.22.
//!
//! Tera wants its data as trees that it owns, and clones what a function gives. So the context is
//! kept for each thread and only what differs from the last page is converted; and calls with
//! constant arguments that give much (`get_section(path="blog/_index.md")` in a base template)
//! are answered into that context (`answers.rs`).
//!
//! Differences to Tera as it comes: `get_env` and `date` are ours, `get_random` gives the same each
//! time, `range` and nesting have limits.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::{Arc, OnceLock};

use ::tera::{Context, Error, Template, Tera, Value as Bound};

use super::asking;
use super::detect;
use super::engine::{Bounded, Engine, TemplateError, Templates};
use super::escape;
use super::filters::{FILTERS, Filter};
use super::functions::{Args, FUNCTIONS, Function};
use crate::pages::question::Asker;
use crate::value::{Hash, Value};
use answers::{Answer, Calls};
use guard::Ways;
use reach::Reach;

mod answers;
mod argument;
mod arguments;
mod bounds;
mod explain;
mod guard;
mod hints;
mod lists;
mod reach;

/// Parsed Tera 1 templates.
#[derive(Debug)]
pub struct Tera1 {
    /// The templates as they are written.
    plain: Tera,
    /// The same, with variables in the place of the calls that are answered beforehand.
    quick: Tera,
    calls: Calls,
    /// They say where they are. Made when a page fails; nothing if that fails, too.
    traced: OnceLock<Option<Tera>>,
    /// What each template can reach of what it is given.
    reaches: HashMap<String, Arc<Reach>>,
    templates: Templates,
    warnings: Vec<TemplateError>,
}

impl Tera1 {
    /// Parses the templates, or says of each what is wrong with it.
    pub fn new(templates: Templates) -> Result<Tera1, Vec<TemplateError>> {
        let (mut errors, mut warnings) = (Vec::new(), Vec::new());
        let mut parsed: HashMap<Arc<str>, Template> = HashMap::new();
        let mut plain = empty();
        let ways = ways(&templates, false);
        for (name, source) in templates.iter() {
            let endless = detect::endless_tag(&source.text).map(|at| (at, detect::too_long()));
            let nested = || detect::nested_calls(&source.text).map(|at| (at, detect::too_nested()));
            if let Some((at, message)) = endless.or_else(nested) {
                let error = templates.error(name, Some(at), message, None);
                if !errors.contains(&error) {
                    errors.push(error);
                }
                continue;
            }
            // A template of the theme has two names; it is parsed and reported once.
            let template = match parsed.get(&source.file) {
                Some(template) => Some(template.clone()),
                None => match parse(&source.name, &source.text) {
                    Ok(mut template) => {
                        let read = (&name.into(), &*source.text);
                        let told = |(at, message)| templates.error(name, Some(at), message, None);
                        match guard::guard(&mut template, read, ways, &mut plain) {
                            Ok(misnamed) => warnings.extend(misnamed.into_iter().map(told)),
                            Err(mistake) => errors.push(told(mistake)),
                        }
                        parsed.insert(source.file.clone(), template.clone());
                        Some(template)
                    }
                    Err(error) => {
                        let error = explain::syntax(&error, source);
                        if !errors.contains(&error) {
                            errors.push(error);
                        }
                        None
                    }
                },
            };
            if let Some(mut template) = template {
                name.clone_into(&mut template.name);
                plain.templates.insert(name.to_owned(), template);
            }
        }
        if errors.is_empty() {
            errors = explain::missing_parents(&plain, &templates);
        }
        if !errors.is_empty() {
            return Err(errors);
        }
        let mut quick = plain.clone();
        let calls = Calls::taken_from(&mut quick);
        for tera in [&mut plain, &mut quick] {
            tera.build_inheritance_chains()
                .expect("parents were checked");
        }
        let reach = |name: &String| (name.clone(), Arc::new(Reach::of(name, &plain)));
        Ok(Tera1 {
            reaches: plain.templates.keys().map(reach).collect(),
            plain,
            quick,
            calls,
            traced: OnceLock::new(),
            templates,
            warnings,
        })
    }
}

impl Engine for Tera1 {
    fn has(&self, template: &str) -> bool {
        self.templates.get(template).is_some()
    }

    fn reads(&self, template: &str, name: &str) -> bool {
        self.reaches
            .get(template)
            .is_none_or(|reach| reach.has(name))
    }

    fn reads_anywhere(&self, name: &str) -> bool {
        self.reaches.values().any(|reach| reach.has(name))
    }

    fn warnings(&self) -> &[TemplateError] {
        &self.warnings
    }

    fn render(
        &self,
        template: &str,
        context: &Value,
        asker: &Rc<Asker>,
    ) -> Result<String, TemplateError> {
        asking::on_behalf_of(asker, || {
            // A call that has no answer may stand where this page does not come by. And an error
            // has to name what stands in the template, not a variable of ours.
            let reach = self.reaches.get(template).cloned().unwrap_or_default();
            let explain = |error: &Error| {
                let place = self.place_of_failure(template, (context, &reach));
                let all = (&self.plain, &self.templates);
                explain::failure(error, template, context, all, place)
            };
            if let Ok(answers) = self.calls.answers(template, context)
                && !answers.is_empty()
            {
                match run(&self.quick, template, (context, &reach), &answers) {
                    Ok(output) => return Ok(output),
                    // It would be reached again.
                    Err(error) if bounds::reached().is_some() => return Err(explain(&error)),
                    Err(_) => {}
                }
            }
            run(&self.plain, template, (context, &reach), &[]).map_err(|error| explain(&error))
        })
    }
}

impl Tera1 {
    /// The tag in which a page fails that has just failed: it is rendered once more.
    fn place_of_failure(
        &self,
        template: &str,
        with: (&Value, &Arc<Reach>),
    ) -> Option<bounds::Place> {
        // That a limit was reached says where.
        if bounds::reached().is_some() {
            return None;
        }
        let traced = self.traced.get_or_init(|| traced(&self.templates));
        let tera = traced.as_ref()?;
        let mut has_failed = false;
        let place = bounds::traced(|| has_failed = run(tera, template, with, &[]).is_err());
        place.filter(|_| has_failed)
    }
}

/// How all of some templates are guarded.
fn ways(templates: &Templates, is_traced: bool) -> Ways {
    let texts = templates.iter().map(|(_, source)| &*source.text);
    Ways {
        becomes_text: guard::includes_into_text(texts),
        is_traced,
    }
}

/// Templates that say where they are. They were read before, so there is nothing to report.
fn traced(templates: &Templates) -> Option<Tera> {
    let mut tera = empty();
    let ways = ways(templates, true);
    for (name, source) in templates.iter() {
        let mut template = parse(name, &source.text).ok()?;
        guard::guard(&mut template, (&name.into(), &source.text), ways, &mut tera).ok()?;
        tera.templates.insert(name.to_owned(), template);
    }
    tera.build_inheritance_chains().ok()?;
    Some(tera)
}

fn run(
    tera: &Tera,
    template: &str,
    (context, reach): (&Value, &Arc<Reach>),
    answers: &[Answer<'_>],
) -> Result<String, Error> {
    let mut bound = BOUND.take().unwrap_or_default();
    bound.take_in((context, reach), answers)?;
    let outer = REACH.replace(reach.clone());
    let mut output = Bounded::empty();
    // Tera panics on some mistakes, such as a sum that is too large.
    let rendered = bounds::reset(|| {
        catch_unwind(AssertUnwindSafe(|| {
            tera.render_to(template, &bound.context, &mut output)
        }))
    });
    REACH.set(outer);
    BOUND.set(Some(bound));
    rendered
        .unwrap_or_else(|_| Err(Error::msg("the template engine failed on this template")))
        .map(|()| output.into_text())
}

thread_local! {
    /// The context of the last page of this thread. It is taken out while a page is rendered, so
    /// that a render within a render has one of its own.
    static BOUND: RefCell<Option<BoundContext>> = const { RefCell::new(None) };
    /// What the template that is rendered can reach.
    static REACH: RefCell<Arc<Reach>> = RefCell::default();
}

/// It holds no page, so it is the same to every template.
const CONFIG: &str = "config";

/// A context of Tera, with what its entries were made from.
#[derive(Default)]
struct BoundContext {
    context: Context,
    /// They are kept alive, so that an equal address means an equal value, with what of them can
    /// be reached.
    sources: BTreeMap<String, (Value, Arc<Reach>)>,
}

impl BoundContext {
    /// Takes in what differs from the last page.
    ///
    /// # Errors
    /// An answer is more than a template may be given.
    fn take_in(
        &mut self,
        (context, reach): (&Value, &Arc<Reach>),
        answers: &[Answer<'_>],
    ) -> Result<(), Error> {
        let entries = match context {
            Value::Map(map) => map.entries(),
            _ => &[],
        };
        let entries = entries.iter();
        let entries = entries.filter(|(key, _)| reach.has_variable(key));
        let entries = entries.map(|(key, value)| (key.as_ref(), (value, reach)));
        let answers = answers.iter();
        let answers = answers.map(|answer| (answer.variable, (&answer.value, answer.reach)));
        let wanted: BTreeMap<&str, (&Value, &Arc<Reach>)> = entries.chain(answers).collect();
        self.sources.retain(|key, _| {
            let is_wanted = wanted.contains_key(key.as_str());
            if !is_wanted {
                self.context.remove(key);
            }
            is_wanted
        });
        for (key, (value, reach)) in wanted {
            let is_whole = key == CONFIG;
            let is_known = |(old, reached): &(Value, Arc<Reach>)| {
                is_same(old, value) && (is_whole || Arc::ptr_eq(reached, reach))
            };
            if !self.sources.get(key).is_some_and(is_known) {
                match is_whole {
                    true => self.context.insert(key, value),
                    false => {
                        let bound = reach.variable(key, value).bound();
                        if bounds::is_put_in(key) {
                            bounds::weight_of_given(&bound)?;
                        }
                        self.put(key, bound);
                    }
                }
                let source = (value.clone(), reach.clone());
                self.sources.insert(key.to_owned(), source);
            }
        }
        Ok(())
    }

    /// Puts in a value without copying it, which Tera's own `insert` does.
    fn put(&mut self, key: &str, value: Bound) {
        let entry = Bound::Object(std::iter::once((key.to_owned(), value)).collect());
        let entry = Context::from_value(entry).expect("an object is a context");
        self.context.extend(entry);
    }
}

/// Whether two values are the same without looking into them.
fn is_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::List(a), Value::List(b)) => Arc::ptr_eq(a, b),
        (Value::Map(a), Value::Map(b)) => Arc::ptr_eq(a, b),
        (Value::List(_) | Value::Map(_), _) | (_, Value::List(_) | Value::Map(_)) => false,
        (a, b) => a == b,
    }
}

fn parse(name: &str, text: &str) -> Result<Template, Error> {
    catch_unwind(|| Template::new(name, None, text)).unwrap_or_else(|_| {
        Err(Error::msg(
            "the template engine failed to read this template",
        ))
    })
}

/// Tera with our functions and filters and without a template.
fn empty() -> Tera {
    let mut tera = Tera::default();
    tera.autoescape_on(vec![".html", ".htm", ".xml"]);
    tera.set_escape_fn(|text| escape::html_of_tera(text).into_owned());
    for function in FUNCTIONS {
        tera.register_function(function.name, BoundFunction(function));
    }
    for filter in FILTERS {
        tera.register_filter(filter.name, BoundFilter(filter));
    }
    tera.register_function("get_random", get_random);
    lists::register(&mut tera);
    // Last, for it counts what all filters make.
    bounds::register(&mut tera);
    tera
}

struct BoundFunction(&'static Function);

impl ::tera::Function for BoundFunction {
    fn call(&self, args: &HashMap<String, Bound>) -> Result<Bound, Error> {
        let answer = self.0.call(&arguments(args)).map_err(Error::msg)?;
        let reach = REACH.with_borrow(Arc::clone);
        bounds::given(reach.part(&answer).bound())
    }

    fn is_safe(&self) -> bool {
        self.0.is_safe
    }
}

struct BoundFilter(&'static Filter);

impl ::tera::Filter for BoundFilter {
    fn filter(&self, value: &Bound, args: &HashMap<String, Bound>) -> Result<Bound, Error> {
        match (self.0.apply)(&unbind(value), &arguments(args)).map_err(Error::msg)? {
            Value::Text(text) | Value::Html(text) => Ok(Bound::String((*text).to_owned())),
            result => Ok(serde_json::to_value(result)?),
        }
    }
}

fn arguments(bound: &HashMap<String, Bound>) -> Args {
    let mut sorted: Vec<(&String, &Bound)> = bound.iter().collect();
    sorted.sort_unstable_by_key(|(name, _)| *name);
    let mut args = Args::default();
    for (name, value) in sorted {
        args.add(name.clone(), unbind(value));
    }
    args
}

/// Tera's value as ours.
fn unbind(value: &Bound) -> Value {
    match value {
        Bound::Null => Value::None,
        Bound::Bool(yes) => Value::Bool(*yes),
        Bound::Number(number) => match number.as_i64() {
            Some(number) => Value::Int(number),
            None => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
        },
        Bound::String(text) => text.as_str().into(),
        Bound::Array(items) => Value::list(items.iter().map(unbind)),
        Bound::Object(entries) => {
            let entries = entries.iter();
            Value::map(entries.map(|(key, value)| (key.clone(), unbind(value))))
        }
    }
}

/// A number that looks random and is the same in every build.
fn get_random(args: &HashMap<String, Bound>) -> Result<Bound, Error> {
    thread_local! {
        static CALLS: Cell<(usize, u64)> = const { Cell::new((0, 0)) };
    }
    let number = |name: &str, default: Option<i64>| match args.get(name) {
        None => default.ok_or_else(|| Error::msg(format!("the argument `{name}` is missing"))),
        Some(value) => value
            .as_i64()
            .ok_or_else(|| Error::msg(format!("`{name}` has to be a number"))),
    };
    let (start, end) = (number("start", Some(0))?, number("end", None)?);
    if start >= end {
        return Err(Error::msg("`start` has to be smaller than `end`"));
    }
    // The count begins anew for each page, or a page would depend on those rendered before it.
    let page = bounds::page();
    let (last_page, count) = CALLS.get();
    let count = if page == last_page { count + 1 } else { 0 };
    CALLS.set((page, count));
    let digest = Hash::of(&count.to_le_bytes()).0 % u128::from(end.abs_diff(start));
    let offset = i64::try_from(digest).unwrap_or_default();
    Ok(start.saturating_add(offset).into())
}
