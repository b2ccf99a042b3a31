//! What a template can reach of the data that it is given.
//!
//! Tera owns its data, so all of it is copied: the pages of a section with their content, though
//! a list prints their titles. What no expression names is left out. That a template cannot tell,
//! for it has no way to an entry but its name, unless it looks at all entries or works a name out;
//! then it gets everything.

use ::tera::ast::{Expr, ExprVal, FunctionCall, MacroCall, MacroDefinition, Node};
use ::tera::{Map as BoundMap, Template, Tera, Value as Bound};

use crate::maps::{HashMap, HashSet};
use crate::value::{Map, Value};

/// The names that a template uses, and all that it extends, includes and imports.
#[derive(Debug, Default)]
pub struct Reach {
    /// All variables that are named.
    variables: HashSet<String>,
    /// Of a variable that is no one's own, the entries that are named of it.
    of_context: HashMap<String, HashSet<String>>,
    /// Names of entries of anything else.
    names: HashSet<String>,
    /// Whether an entry may be used that is not named.
    is_unbounded: bool,
}

impl Reach {
    /// What a template can reach.
    pub fn of(template: &str, tera: &Tera) -> Reach {
        let mut found = Found::default();
        for name in reached(template, tera) {
            if let Some(template) = tera.templates.get(&name) {
                found.template(template);
            }
        }
        found.reach()
    }

    /// What any of some templates can reach.
    pub fn of_all<'a>(templates: impl IntoIterator<Item = &'a str>, tera: &Tera) -> Reach {
        let mut all = Reach::default();
        for template in templates {
            let one = Reach::of(template, tera);
            all.variables.extend(one.variables);
            all.names.extend(one.names);
            all.is_unbounded |= one.is_unbounded;
            #[expect(clippy::iter_over_hash_type, reason = "sets are joined")]
            for (variable, entries) in one.of_context {
                all.of_context.entry(variable).or_default().extend(entries);
            }
        }
        all
    }

    /// Whether a variable of the context may be used.
    pub fn has_variable(&self, name: &str) -> bool {
        self.is_unbounded || self.variables.contains(name)
    }

    /// Whether a variable of the context or an entry of one may be used.
    pub fn has(&self, name: &str) -> bool {
        self.has_variable(name)
            || self.names.contains(name)
            || self.of_context.values().any(|named| named.contains(name))
    }

    /// A variable of the context, as Tera is to have it.
    pub fn variable<'a>(&'a self, name: &str, value: &'a Value) -> Part<'a> {
        Part {
            value,
            reach: self,
            named: self.of_context.get(name),
        }
    }

    /// The value of anything else.
    pub fn part<'a>(&'a self, value: &'a Value) -> Part<'a> {
        Part {
            value,
            reach: self,
            named: None,
        }
    }
}

/// A value without what cannot be reached.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    value: &'a Value,
    reach: &'a Reach,
    /// What is named of it beside what is named of anything.
    named: Option<&'a HashSet<String>>,
}

impl Part<'_> {
    fn has(&self, key: &str) -> bool {
        self.reach.names.contains(key) || self.named.is_some_and(|named| named.contains(key))
    }

    /// The value as Tera has it.
    pub fn bound(&self) -> Bound {
        match self.value {
            Value::None => Bound::Null,
            Value::Bool(yes) => (*yes).into(),
            Value::Int(number) => (*number).into(),
            Value::Float(number) => (*number).into(),
            Value::Text(text) | Value::Html(text) => Bound::String((**text).to_owned()),
            Value::List(list) => {
                let items = list.items().iter();
                Bound::Array(items.map(|item| self.reach.part(item).bound()).collect())
            }
            Value::Map(map) => Bound::Object(self.entries(map)),
        }
    }

    fn entries(&self, map: &Map) -> BoundMap<String, Bound> {
        let is_bounded = !self.reach.is_unbounded;
        let is_cut = is_bounded && is_page(map);
        let is_kept = |key: &str, value: &Value| match is_cut {
            true => key == IDENTITY || self.has(key),
            false => !(is_bounded && is_list_of_pages(value)) || self.has(key),
        };
        // Of a page about half is kept. Growing step by step would hash every name several times.
        let count = map.entries().len();
        let mut entries = BoundMap::with_capacity(if is_cut { count.div_ceil(2) } else { count });
        for (key, value) in map.entries() {
            if is_kept(key, value) {
                entries.insert(key.to_string(), self.reach.part(value).bound());
            }
        }
        entries
    }
}

/// The entry that each page has and no two share. With it they are as true and as different as they
/// are when whole.
const IDENTITY: &str = "relative_path";

/// Whether it is a page or a section of ours, by entries that nobody else has together. They alone
/// are large, and nobody looks at all their entries.
fn is_page(map: &Map) -> bool {
    [IDENTITY, "permalink", "components"]
        .iter()
        .all(|key| map.get(key).is_some())
}

/// Terms and paginators have such a list, and more beside it that tells them apart.
fn is_list_of_pages(value: &Value) -> bool {
    matches!(value.items().first(), Some(Value::Map(map)) if is_page(map))
}

/// The template, its parents, and whatever they include, with each one's own; at the end what they
/// import.
pub fn reached(name: &str, tera: &Tera) -> Vec<String> {
    let mut reached = Vec::new();
    let mut next = vec![name.to_owned()];
    let mut imported = Vec::new();
    while let Some(name) = next.pop().or_else(|| imported.pop()) {
        let Some(template) = tera.templates.get(&name) else {
            continue;
        };
        if reached.contains(&name) {
            continue;
        }
        let mut found = Found::default();
        found.template(template);
        let files = template.imported_macro_files.iter();
        imported.extend(files.map(|(file, _)| file.clone()));
        next.extend(found.included);
        next.extend(template.parent.clone());
        reached.push(name);
    }
    reached
}

/// What stands in templates.
#[derive(Default)]
struct Found {
    /// Variables with the entries that are named of them, from left to right.
    paths: Vec<Vec<String>>,
    /// Variables that templates set: they may hold anything.
    own: HashSet<String>,
    /// Names in texts: `map(attribute="title")`, `get(key="title")`.
    texts: HashSet<String>,
    included: Vec<String>,
    is_unbounded: bool,
}

impl Found {
    fn reach(self) -> Reach {
        let mut reach = Reach {
            names: self.texts,
            is_unbounded: self.is_unbounded,
            ..Reach::default()
        };
        for path in self.paths {
            let mut parts = path.into_iter();
            let Some(variable) = parts.next() else {
                continue;
            };
            reach.variables.insert(variable.clone());
            if !self.own.contains(&variable) {
                let of_it = reach.of_context.entry(variable).or_default();
                of_it.extend(parts.next());
            }
            reach.names.extend(parts);
        }
        reach
    }

    fn template(&mut self, template: &Template) {
        self.nodes(&template.ast);
        for (_, block) in sorted(&template.blocks) {
            self.nodes(&block.body);
        }
        for (_, definition) in sorted(&template.macros) {
            self.definition(definition);
        }
    }

    fn nodes(&mut self, nodes: &[Node]) {
        for node in nodes {
            self.node(node);
        }
    }

    fn node(&mut self, node: &Node) {
        match node {
            Node::VariableBlock(_, expression) => self.expression(expression),
            Node::MacroDefinition(_, definition, _) => self.definition(definition),
            Node::Include(_, names, _) => self.included.extend(names.iter().cloned()),
            Node::Set(_, set) => {
                self.own.insert(set.key.clone());
                self.expression(&set.value);
            }
            Node::FilterSection(_, section, _) => {
                self.call(&section.filter);
                self.nodes(&section.body);
            }
            Node::Block(_, block, _) => self.nodes(&block.body),
            Node::Forloop(_, forloop, _) => {
                // With two names it goes through the entries of a map.
                self.is_unbounded |= forloop.key.is_some() && may_be_page(&forloop.container);
                self.own.insert(forloop.value.clone());
                self.own.extend(forloop.key.clone());
                self.expression(&forloop.container);
                self.nodes(&forloop.body);
                self.nodes(forloop.empty_body.as_deref().unwrap_or_default());
            }
            Node::If(condition, _) => {
                for (_, expression, nodes) in &condition.conditions {
                    self.expression(expression);
                    self.nodes(nodes);
                }
                if let Some((_, nodes)) = &condition.otherwise {
                    self.nodes(nodes);
                }
            }
            Node::Super
            | Node::Text(_)
            | Node::Extends(..)
            | Node::ImportMacro(..)
            | Node::Raw(..)
            | Node::Break(_)
            | Node::Continue(_)
            | Node::Comment(..) => {}
        }
    }

    fn definition(&mut self, definition: &MacroDefinition) {
        for (name, default) in sorted(&definition.args) {
            self.own.insert(name.clone());
            if let Some(default) = default {
                self.expression(default);
            }
        }
        self.nodes(&definition.body);
    }

    fn expression(&mut self, expression: &Expr) {
        self.value(&expression.val);
        for filter in &expression.filters {
            self.call(filter);
        }
    }

    fn value(&mut self, value: &ExprVal) {
        match value {
            ExprVal::String(text) => {
                // A name, or a path to one.
                self.texts.insert(text.clone());
                self.texts.extend(parts(text).map(str::to_owned));
            }
            ExprVal::Int(_) | ExprVal::Float(_) | ExprVal::Bool(_) => {}
            ExprVal::Ident(path) => self.path(path),
            ExprVal::Math(math) => self.both(&math.lhs, &math.rhs),
            ExprVal::Logic(logic) => self.both(&logic.lhs, &logic.rhs),
            ExprVal::In(within) => {
                // Whether a map has an entry of a name.
                self.is_unbounded |= !is_text(&within.lhs) && may_be_page(&within.rhs);
                self.both(&within.lhs, &within.rhs);
            }
            ExprVal::Test(test) => {
                self.path(&test.ident);
                self.is_unbounded |= test.name == "containing" && !test.args.iter().all(is_text);
                for argument in &test.args {
                    self.expression(argument);
                }
            }
            ExprVal::MacroCall(MacroCall { args, .. }) => self.arguments(args),
            ExprVal::FunctionCall(call) => self.call(call),
            ExprVal::Array(items) => {
                for item in items {
                    self.expression(item);
                }
            }
            ExprVal::StringConcat(joined) => {
                for value in &joined.values {
                    self.value(value);
                }
            }
        }
    }

    fn both(&mut self, left: &Expr, right: &Expr) {
        self.expression(left);
        self.expression(right);
    }

    /// A function or a filter.
    fn call(&mut self, call: &FunctionCall) {
        let named = ["attribute", "key"];
        let works_out = |name: &str| call.args.get(name).is_some_and(|value| !is_text(value));
        self.is_unbounded |= call.name == "json_encode" || named.into_iter().any(works_out);
        self.arguments(&call.args);
    }

    fn arguments(&mut self, args: &std::collections::HashMap<String, Expr>) {
        for (_, value) in sorted(args) {
            self.expression(value);
        }
    }

    /// `page.extra.x`, `page["extra"].x`, `pages[0]`, `page[name]`
    fn path(&mut self, path: &str) {
        let is_worked_out = |inside: &str| {
            let first = inside.chars().next();
            first.is_some_and(|c| c.is_alphabetic() || c == '_')
        };
        let mut in_brackets = path.split('[').skip(1);
        self.is_unbounded |= in_brackets.any(is_worked_out) || path == "__tera_context";
        self.paths.push(parts(path).map(str::to_owned).collect());
    }
}

fn sorted<T>(args: &std::collections::HashMap<String, T>) -> Vec<(&String, &T)> {
    let mut sorted: Vec<(&String, &T)> = args.iter().collect();
    sorted.sort_by_key(|(name, _)| *name);
    sorted
}

fn is_text(expression: &Expr) -> bool {
    matches!(expression.val, ExprVal::String(_)) && expression.filters.is_empty()
}

/// The names of a path: `page.extra["x"]`.
fn parts(path: &str) -> impl Iterator<Item = &str> {
    let parts = path.split(['.', '[', ']', '"', '\'', '`']);
    parts.filter(|part| !part.is_empty())
}

/// Whether it may give a page: its neighbours are some, one of a list may be, and what is in a
/// variable.
fn may_be_page(expression: &Expr) -> bool {
    const PICKING: [&str; 5] = ["first", "last", "nth", "get", "default"];
    const WITHOUT_PAGES: [&str; 9] = [
        "get_company",
        "get_comparison",
        "get_predictions",
        "get_related",
        "get_taxonomy",
        "get_timeline",
        "get_week",
        "load_data",
        "range",
    ];
    let mut filters = expression.filters.iter();
    if filters.any(|filter| PICKING.contains(&&*filter.name)) {
        return true;
    }
    match &expression.val {
        ExprVal::Ident(path) => match path.rsplit_once('.') {
            Some((_, last)) => {
                let is_position = last.bytes().all(|byte| byte.is_ascii_digit());
                is_position || path.contains('[') || ["lower", "higher"].contains(&last)
            }
            None => true,
        },
        ExprVal::FunctionCall(call) => !WITHOUT_PAGES.contains(&&*call.name),
        ExprVal::Array(_) | ExprVal::String(_) | ExprVal::StringConcat(_) => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_template_names_is_left_out() {
        let page = |title: &str| {
            Value::map([
                ("relative_path", Value::from(title)),
                ("permalink", title.into()),
                ("components", Value::list([])),
                ("title", title.into()),
                ("content", "much".into()),
            ])
        };
        let mut tera = Tera::default();
        let text =
            "{{ page.content }}{{ page.lower.title }}{% for p in pages %}{{ p.title }}{% endfor %}";
        tera.add_raw_template("x.html", text).unwrap();
        let reach = Reach::of("x.html", &tera);
        let context = page("own").with([("lower", page("low"))]);
        let json = |part: &Part<'_>| part.bound().to_string();
        assert_eq!(
            json(&reach.variable("page", &context)),
            r#"{"content":"much","lower":{"relative_path":"low","title":"low"},"relative_path":"own","title":"own"}"#
        );
        let pages = Value::list([page("a")]);
        assert_eq!(
            json(&reach.variable("pages", &pages)),
            r#"[{"relative_path":"a","title":"a"}]"#
        );
    }
}
