//! Templates are made to say what they do, so that limits hold: `bounds.rs` has what they call.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use ::tera::ast::{Expr, ExprVal, FunctionCall, Node, StringConcat, WS};
use ::tera::{Function, Template, Tera};

use super::super::detect::{Tag, tags};
use super::super::filters::FILTERS;
use super::super::functions::{FUNCTIONS, not_taken};
use super::arguments;
use super::bounds::{
    At, Begin, End, EndOfLoop, Held, Holder, Look, Loop, Made, NESTING_OF_CALL, Place, Round,
};

/// Arguments of one call, and variables that are joined to one text.
const PARTS_MAX: usize = 64;

/// Tags and texts that stand side by side between two looks at the clock: a tag that only reads a
/// large variable is no step.
const NODES_PER_LOOK: usize = 16;

/// Whether one of some templates includes another in a macro or a filter, which make a text of what
/// it prints.
pub fn includes_into_text<'a>(mut templates: impl Iterator<Item = &'a str>) -> bool {
    templates.any(|text| {
        let mut open = 0_usize;
        tags(text).filter(|tag| !tag.is_expression).any(|tag| {
            match tag.word() {
                "macro" | "filter" => open += 1,
                "endmacro" | "endfilter" => open = open.saturating_sub(1),
                "include" => return open > 0,
                _ => {}
            }
            false
        })
    })
}

/// How a template is guarded.
#[derive(Clone, Copy)]
pub struct Ways {
    /// What it prints counts, as it does in any macro or filter.
    pub becomes_text: bool,
    /// It says which of its tags is next, so that a mistake can be found.
    pub is_traced: bool,
}

/// Makes a template count, with functions and filters that are registered for it.
///
/// Gives the arguments that functions and filters do not take, each with its byte and what is said
/// of it.
///
/// # Errors
/// What is wrong with it and the byte at which it stands.
pub fn guard(
    template: &mut Template,
    (name, text): (&Arc<str>, &str),
    ways: Ways,
    tera: &mut Tera,
) -> Result<Vec<(usize, String)>, (usize, String)> {
    let mut guarding = Guarding {
        template: name,
        text,
        misnamed: Vec::new(),
        tags: Tags::of(text),
        at: 0,
        becomes_text: ways.becomes_text,
        is_traced: ways.is_traced,
        tera,
        too_many: None,
    };
    let mut ast = std::mem::take(&mut template.ast);
    guarding.called(&mut ast, true);
    let (too_many, misnamed) = (guarding.too_many, guarding.misnamed);
    // Both are copies of what stands in the tree.
    template.macros.clear();
    for node in &ast {
        if let Node::MacroDefinition(_, definition, _) = node {
            let name = definition.name.clone();
            template.macros.insert(name, definition.clone());
        }
    }
    template.blocks.clear();
    find_blocks(&ast, template);
    template.ast = ast;
    match too_many {
        Some(at) => Err((
            at,
            format!("more than {PARTS_MAX} values stand in one expression"),
        )),
        None => Ok(misnamed),
    }
}

fn find_blocks(nodes: &[Node], template: &mut Template) {
    for node in nodes {
        if let Node::Block(_, block, _) = node {
            template.blocks.insert(block.name.clone(), block.clone());
            find_blocks(&block.body, template);
        }
    }
}

/// The places of tags that the tree does not tell of, in the order in which they stand.
struct Tags {
    by_kind: HashMap<&'static str, std::vec::IntoIter<usize>>,
}

impl Tags {
    fn of(text: &str) -> Tags {
        let mut by_kind: HashMap<&'static str, Vec<usize>> = HashMap::new();
        for tag in tags(text) {
            if let Some(kind) = kind_of(&tag) {
                by_kind.entry(kind).or_default().push(tag.at);
            }
        }
        let by_kind = by_kind.into_iter();
        Tags {
            by_kind: by_kind.map(|(kind, all)| (kind, all.into_iter())).collect(),
        }
    }

    fn next(&mut self, kind: &str) -> Option<usize> {
        self.by_kind.get_mut(kind)?.next()
    }

    fn peek(&self, kind: &str) -> Option<usize> {
        self.by_kind.get(kind)?.as_slice().first().copied()
    }
}

fn kind_of(tag: &Tag<'_>) -> Option<&'static str> {
    if tag.is_expression {
        return Some("{{");
    }
    Some(match tag.word() {
        "for" => "for",
        "set" | "set_global" => "set",
        "if" | "elif" => "if",
        "filter" => "filter",
        "macro" => "macro",
        "block" => "block",
        _ => return None,
    })
}

/// Of a node that can fail.
fn kind_of_node(node: &Node) -> Option<&'static str> {
    match node {
        Node::VariableBlock(..) => Some("{{"),
        Node::Set(..) => Some("set"),
        Node::Forloop(..) => Some("for"),
        Node::If(..) => Some("if"),
        Node::FilterSection(..) => Some("filter"),
        _ => None,
    }
}

struct Guarding<'a> {
    template: &'a Arc<str>,
    text: &'a str,
    tags: Tags,
    /// Of the tag in which we are.
    at: usize,
    /// Whether what is printed there becomes part of a text. The page itself has a limit.
    becomes_text: bool,
    /// See [`Ways`].
    is_traced: bool,
    tera: &'a mut Tera,
    /// Arguments that a function or filter does not take.
    misnamed: Vec<(usize, String)>,
    /// Where more parts stand than are taken.
    too_many: Option<usize>,
}

impl Guarding<'_> {
    /// The body of a macro or a block, or the whole of a template: it says when it begins and ends.
    /// All but blocks are frames: variables of their own end with them.
    fn called(&mut self, body: &mut Vec<Node>, is_frame: bool) {
        let at = self.at;
        self.nodes(body);
        let nesting = NESTING_OF_CALL + depth(body);
        let begin = Begin {
            nesting,
            is_frame,
            ..self.round(at, body)
        };
        body.insert(0, self.says("begin", begin));
        body.push(self.says("end", End { nesting, is_frame }));
    }

    fn round(&self, at: usize, body: &[Node]) -> Begin {
        Begin {
            place: self.place(at),
            text_bytes: text_bytes(body),
            nesting: 0,
            is_frame: false,
        }
    }

    fn nodes(&mut self, nodes: &mut Vec<Node>) {
        for (position, mut node) in std::mem::take(nodes).into_iter().enumerate() {
            if position % NODES_PER_LOOK == NODES_PER_LOOK - 1 {
                nodes.push(self.says("look", Look(self.place(self.at))));
            }
            let at = kind_of_node(&node).and_then(|kind| self.tags.peek(kind));
            if self.is_traced
                && let Some(at) = at
            {
                nodes.push(self.says("at", At(self.place(at))));
            }
            let number = self.number();
            let end = self.end_of_loop(&node, number);
            self.node(&mut node, number);
            nodes.extend(self.before(&node, at.unwrap_or(self.at), number));
            nodes.push(node);
            nodes.extend(end);
        }
    }

    /// What says that a loop has ended.
    fn end_of_loop(&mut self, node: &Node, number: usize) -> Option<Node> {
        let is_loop = matches!(node, Node::Forloop(..));
        is_loop.then(|| self.says("end_of_loop", EndOfLoop { number }))
    }

    /// What counts the copy that a node holds, and says that a loop begins. What functions, filters
    /// and operators give is counted already.
    fn before(&mut self, node: &Node, at: usize, number: usize) -> Option<Node> {
        let (value, by) = match node {
            Node::Set(_, set) if set.global => {
                (&set.value, Holder::Global(set.key.as_str().into()))
            }
            Node::Set(_, set) => (&set.value, Holder::Variable),
            Node::Forloop(_, forloop, _) => (&forloop.container, Holder::Loop(number)),
            _ => return None,
        };
        let mut filters = value.filters.iter();
        let is_whole = filters.all(|filter| matches!(&*filter.name, "default" | "safe"));
        if is_whole && !value.negated && matches!(value.val, ExprVal::Ident(_)) {
            return Some(self.held(value.clone(), at, by));
        }
        matches!(by, Holder::Loop(_)).then(|| self.says("loop", Loop { number }))
    }

    /// A node that calls a function of its own.
    fn says(&mut self, kind: &str, function: impl Function + 'static) -> Node {
        let name = self.name(kind);
        self.tera.register_function(&name, function);
        let call = FunctionCall {
            name,
            args: HashMap::new(),
        };
        Node::VariableBlock(WS::default(), Expr::new(ExprVal::FunctionCall(call)))
    }

    /// What counts a variable that is copied at a tag.
    fn held(&mut self, mut variable: Expr, at: usize, by: Holder) -> Node {
        let name = self.name("held");
        let place = self.place(at);
        self.tera.register_filter(&name, Held { place, by });
        let args = HashMap::new();
        variable.filters.push(FunctionCall { name, args });
        Node::VariableBlock(WS::default(), variable)
    }

    /// Guards a node. A loop has a number.
    fn node(&mut self, node: &mut Node, number: usize) {
        match node {
            Node::VariableBlock(_, expression) => {
                self.enter("{{");
                self.expression(expression);
                self.print(expression);
            }
            Node::Super => self.enter("{{"),
            Node::Set(_, set) => {
                self.enter("set");
                self.expression(&mut set.value);
            }
            Node::Forloop(_, forloop, _) => {
                self.enter("for");
                let at = self.at;
                self.expression(&mut forloop.container);
                self.nodes(&mut forloop.body);
                let begin = self.round(at, &forloop.body);
                let round = self.says("round", Round { begin, number });
                forloop.body.insert(0, round);
                if let Some(nodes) = &mut forloop.empty_body {
                    self.nodes(nodes);
                }
            }
            Node::If(condition, _) => {
                for (_, expression, nodes) in &mut condition.conditions {
                    self.enter("if");
                    self.expression(expression);
                    self.nodes(nodes);
                }
                if let Some((_, nodes)) = &mut condition.otherwise {
                    self.nodes(nodes);
                }
            }
            Node::FilterSection(_, section, _) => {
                self.enter("filter");
                self.filter(&mut section.filter);
                self.in_text(|guarding| guarding.nodes(&mut section.body));
            }
            Node::Block(_, block, _) => {
                self.enter("block");
                // A block that calls its parent's twice comes back to itself in Tera, for ever.
                self.called(&mut block.body, false);
            }
            Node::MacroDefinition(_, definition, _) => {
                self.enter("macro");
                let at = self.at;
                let defaults = sorted(&mut definition.args);
                for default in defaults.into_iter().filter_map(Option::as_mut) {
                    self.expression(default);
                }
                self.in_text(|guarding| guarding.called(&mut definition.body, true));
                for argument in sorted_names(&definition.args) {
                    let argument = Expr::new(ExprVal::Ident(argument.clone()));
                    let held = self.held(argument, at, Holder::Variable);
                    definition.body.insert(1, held);
                }
            }
            Node::Text(_)
            | Node::Raw(..)
            | Node::Include(..)
            | Node::Extends(..)
            | Node::ImportMacro(..)
            | Node::Break(_)
            | Node::Continue(_)
            | Node::Comment(..) => {}
        }
    }

    fn in_text(&mut self, guard: impl FnOnce(&mut Self)) {
        let outer = std::mem::replace(&mut self.becomes_text, true);
        guard(self);
        self.becomes_text = outer;
    }

    fn enter(&mut self, kind: &str) {
        self.at = self.tags.next(kind).unwrap_or_default();
    }

    /// What makes a value of others counts it.
    fn expression(&mut self, expression: &mut Expr) {
        for filter in &mut expression.filters {
            self.filter(filter);
        }
        match &mut expression.val {
            ExprVal::StringConcat(joined) => {
                let is_safe = !ends_in_unsafe_call(joined);
                self.check(
                    joined
                        .values
                        .iter()
                        .filter(|part| is_variable(part))
                        .count(),
                );
                for value in &mut joined.values {
                    if let ExprVal::FunctionCall(call) = value {
                        self.call(call);
                    }
                }
                let made = self.made(is_safe);
                expression.filters.insert(0, made);
            }
            ExprVal::Array(items) => {
                self.check(items.iter().filter(|item| is_variable(&item.val)).count());
                for item in items {
                    self.expression(item);
                    self.counted_alone(item);
                }
                let made = self.made(true);
                expression.filters.insert(0, made);
            }
            ExprVal::MacroCall(call) => {
                self.arguments(&mut call.args);
                let made = self.made(true);
                expression.filters.insert(0, made);
            }
            ExprVal::FunctionCall(call) => self.call(call),
            ExprVal::Test(test) => {
                self.check(test.args.len());
                for argument in &mut test.args {
                    self.expression(argument);
                }
            }
            ExprVal::Math(math) => self.both(&mut math.lhs, &mut math.rhs),
            ExprVal::Logic(logic) => self.both(&mut logic.lhs, &mut logic.rhs),
            ExprVal::In(within) => self.both(&mut within.lhs, &mut within.rhs),
            ExprVal::String(_)
            | ExprVal::Int(_)
            | ExprVal::Float(_)
            | ExprVal::Bool(_)
            | ExprVal::Ident(_) => {}
        }
    }

    fn both(&mut self, left: &mut Expr, right: &mut Expr) {
        self.expression(left);
        self.expression(right);
    }

    fn call(&mut self, call: &mut FunctionCall) {
        let mut ours = FUNCTIONS.iter();
        if let Some(function) = ours.find(|function| function.name == call.name) {
            self.check_names(call, |name| function.check_name(name));
        } else if let Some(takes) = arguments::of_function(&call.name) {
            self.check_names(call, |name| taken(name, takes));
        }
        self.arguments(&mut call.args);
    }

    fn filter(&mut self, call: &mut FunctionCall) {
        let mut ours = FILTERS.iter();
        let ours = ours.find(|filter| filter.name == call.name);
        let takes = ours.map(|filter| filter.parameters);
        if let Some(takes) = takes.or_else(|| arguments::of_filter(&call.name)) {
            self.check_names(call, |name| taken(name, takes));
        }
        self.arguments(&mut call.args);
    }

    fn check_names(&mut self, call: &FunctionCall, check: impl Fn(&str) -> Result<(), String>) {
        for name in sorted_names(&call.args) {
            if let Err(reason) = check(name) {
                let reason = format!("`{}`: {reason}", call.name);
                self.misnamed.push((self.argument_at(name), reason));
            }
        }
    }

    /// Where an argument stands in the tag in which we are.
    fn argument_at(&self, name: &str) -> usize {
        let is_part = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
        let rest = &self.text[self.at..];
        let mut found = rest.match_indices(name).filter(|(at, _)| {
            let before = rest[..*at].chars().next_back();
            let after = rest[at + name.len()..].trim_start();
            !before.is_some_and(is_part) && after.starts_with('=') && !after.starts_with("==")
        });
        found.next().map_or(self.at, |(at, _)| self.at + at)
    }

    /// Tera copies each before anybody can count them, so those of many are counted one by one.
    fn arguments(&mut self, args: &mut HashMap<String, Expr>) {
        const UNCOUNTED_MAX: usize = 8;
        self.check(args.len());
        for (number, argument) in sorted(args).into_iter().enumerate() {
            self.expression(argument);
            if number >= UNCOUNTED_MAX {
                self.counted_alone(argument);
            }
        }
    }

    /// Counts a variable before others are copied beside it.
    fn counted_alone(&mut self, expression: &mut Expr) {
        if matches!(expression.val, ExprVal::Ident(_)) && !expression.negated {
            let made = self.made(true);
            expression.filters.push(made);
        }
    }

    fn check(&mut self, parts: usize) {
        if parts > PARTS_MAX {
            self.too_many.get_or_insert(self.at);
        }
    }

    /// What is printed counts where it is printed into a text.
    fn print(&mut self, expression: &mut Expr) {
        if !self.becomes_text {
            return;
        }
        let is_escaped = match &expression.val {
            ExprVal::Ident(_) => true,
            ExprVal::FunctionCall(call) => !is_safe_function(&call.name),
            // They are small, or count already.
            _ => return,
        };
        let is_filter = |name: &str| name != "safe" && name != "default";
        let is_filtered = expression.filters.iter().any(|f| is_filter(&f.name));
        let made = self.counter(!is_escaped && !is_filtered, true);
        // Tera looks at the first for `default` and at the last for `safe`.
        let is_last_safe = expression.filters.last().is_some_and(|f| f.name == "safe");
        let at = expression.filters.len() - usize::from(is_last_safe);
        expression.filters.insert(at, made);
    }

    fn made(&mut self, is_safe: bool) -> FunctionCall {
        self.counter(is_safe, false)
    }

    fn counter(&mut self, is_safe: bool, is_printed: bool) -> FunctionCall {
        let name = self.name("made");
        let made = Made {
            place: self.place(self.at),
            is_safe,
            is_printed,
        };
        self.tera.register_filter(&name, made);
        FunctionCall {
            name,
            args: HashMap::new(),
        }
    }

    fn place(&self, at: usize) -> Place {
        Place {
            template: self.template.clone(),
            at,
        }
    }

    /// A name that nothing has that is registered.
    fn name(&self, kind: &str) -> String {
        let number = self.number();
        format!("__{kind}_{number}")
    }

    fn number(&self) -> usize {
        self.tera.functions.len() + self.tera.filters.len()
    }
}

fn taken(name: &str, takes: &[&str]) -> Result<(), String> {
    match takes.contains(&name) {
        true => Ok(()),
        false => Err(not_taken(name, takes)),
    }
}

fn is_variable(value: &ExprVal) -> bool {
    matches!(
        value,
        ExprVal::Ident(_) | ExprVal::FunctionCall(_) | ExprVal::MacroCall(_)
    )
}

fn is_safe_function(name: &str) -> bool {
    FUNCTIONS
        .iter()
        .any(|function| function.name == name && function.is_safe)
}

/// Whether Tera escapes joined text: as it does what the last function in it gives.
fn ends_in_unsafe_call(joined: &StringConcat) -> bool {
    let last = joined.values.iter().rev().find_map(|value| match value {
        ExprVal::FunctionCall(call) => Some(&call.name),
        _ => None,
    });
    last.is_some_and(|name| !is_safe_function(name))
}

fn sorted_names<T>(args: &HashMap<String, T>) -> BTreeSet<&String> {
    args.keys().collect()
}

fn sorted<T>(args: &mut HashMap<String, T>) -> Vec<&mut T> {
    let mut sorted: Vec<(&String, &mut T)> = args.iter_mut().collect();
    sorted.sort_by_key(|(name, _)| *name);
    sorted.into_iter().map(|(_, value)| value).collect()
}

/// Bytes of text that nodes print whatever they are given, each once.
fn text_bytes(nodes: &[Node]) -> usize {
    let of_node = |node: &Node| match node {
        Node::Text(text) | Node::Raw(_, text, _) => text.len(),
        Node::If(condition, _) => {
            let bodies = condition.conditions.iter().map(|(.., body)| body);
            let otherwise = condition.otherwise.iter().map(|(_, body)| body);
            bodies.chain(otherwise).map(|body| text_bytes(body)).sum()
        }
        Node::FilterSection(_, section, _) => text_bytes(&section.body),
        Node::Block(_, block, _) => text_bytes(&block.body),
        // A loop counts its own.
        _ => 0,
    };
    nodes.iter().map(of_node).sum()
}

/// How deep tags and expressions stand in each other.
fn depth(nodes: &[Node]) -> usize {
    let of_node = |node: &Node| match node {
        Node::VariableBlock(_, expression) => depth_of(expression),
        Node::Set(_, set) => depth_of(&set.value),
        Node::Forloop(_, forloop, _) => {
            let empty = forloop.empty_body.as_deref().map_or(0, depth);
            let inside = depth(&forloop.body).max(empty);
            1 + inside.max(depth_of(&forloop.container))
        }
        Node::If(condition, _) => {
            let of_condition =
                |(_, test, body): &(WS, Expr, Vec<Node>)| depth_of(test).max(depth(body));
            let conditions = condition.conditions.iter().map(of_condition);
            let otherwise = condition.otherwise.iter().map(|(_, body)| depth(body));
            1 + conditions.chain(otherwise).max().unwrap_or(0)
        }
        Node::FilterSection(_, section, _) => {
            1 + depth(&section.body).max(deepest(section.filter.args.values()))
        }
        Node::Block(_, block, _) => 1 + depth(&block.body),
        _ => 0,
    };
    nodes.iter().map(of_node).max().unwrap_or(0)
}

/// How deep an expression stands in another; on its own it counts nothing.
fn depth_of(expression: &Expr) -> usize {
    let own = match &expression.val {
        ExprVal::Math(math) => deepest([&*math.lhs, &*math.rhs]),
        ExprVal::Logic(logic) => deepest([&*logic.lhs, &*logic.rhs]),
        ExprVal::In(within) => deepest([&*within.lhs, &*within.rhs]),
        ExprVal::Array(items) => deepest(items),
        ExprVal::Test(test) => deepest(&test.args),
        ExprVal::FunctionCall(call) => deepest(call.args.values()),
        ExprVal::MacroCall(call) => deepest(call.args.values()),
        ExprVal::StringConcat(joined) => {
            let calls = joined.values.iter().filter_map(|value| match value {
                ExprVal::FunctionCall(call) => Some(call),
                _ => None,
            });
            deepest(calls.flat_map(|call| call.args.values()))
        }
        _ => 0,
    };
    let filters = expression.filters.iter();
    own.max(deepest(filters.flat_map(|filter| filter.args.values())))
}

/// How deep that goes which stands in an expression.
fn deepest<'e>(inside: impl IntoIterator<Item = &'e Expr>) -> usize {
    let depths = inside
        .into_iter()
        .map(|expression| 1 + depth_of(expression));
    depths.max().unwrap_or(0)
}
