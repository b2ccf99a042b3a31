//! Calls that are answered before a page is rendered.
//!
//! Tera clones what a function gives, each time. A base template that calls `get_section` for a
//! section of 10,000 pages would clone 10,000 pages on each of 10,000 pages. Where all arguments
//! are constants, a variable is put in the place of the call; its value is in the context, which
//! a thread keeps from page to page.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ::tera::Tera;
use ::tera::ast::{Expr, ExprVal, FunctionCall, Node};

use super::super::functions::{Args, FUNCTIONS, Function};
use super::reach::{Reach, reached};
use crate::value::Value;

/// The calls that were taken out of templates.
#[derive(Debug, Default)]
pub struct Calls {
    calls: Vec<Call>,
    /// Which calls a template may come by, with its parents and what it includes.
    by_template: BTreeMap<String, BTreeSet<usize>>,
}

#[derive(Debug)]
struct Call {
    /// As a reader would write it; equal calls are one.
    text: String,
    variable: String,
    function: &'static Function,
    args: Args,
    /// What the templates that may come by it can reach.
    reach: Arc<Reach>,
}

/// A call's variable with its value, and what of that can be reached.
#[derive(Debug)]
pub struct Answer<'a> {
    pub variable: &'a str,
    pub value: Value,
    pub reach: &'a Arc<Reach>,
}

impl Calls {
    /// Takes the calls out of all templates, before Tera links them with their parents.
    pub fn taken_from(tera: &mut Tera) -> Calls {
        let mut calls = Calls::default();
        let mut own = BTreeMap::new();
        let mut in_macros = BTreeSet::new();
        #[expect(
            clippy::iter_over_hash_type,
            reason = "each entry is changed by itself"
        )]
        for (name, template) in &mut tera.templates {
            let mut found = BTreeSet::new();
            for definition in template.macros.values_mut() {
                calls.take_from_nodes(&mut definition.body, &mut found);
            }
            in_macros.extend(found.iter().copied());
            calls.take_from_nodes(&mut template.ast, &mut found);
            for block in template.blocks.values_mut() {
                calls.take_from_nodes(&mut block.body, &mut found);
            }
            own.insert(name.clone(), found);
        }
        for name in own.keys() {
            let reached = reached(name, tera);
            let found = reached.iter().filter_map(|name| own.get(name)).flatten();
            let found = found.copied().collect();
            calls.by_template.insert(name.clone(), found);
        }
        for (number, call) in calls.calls.iter_mut().enumerate() {
            let by = calls.by_template.iter();
            let by = by.filter(|(_, found)| found.contains(&number));
            call.reach = Reach::of_all(by.map(|(name, _)| &**name), tera).into();
        }
        calls.hand_to_macros(&in_macros, tera);
        calls
    }

    /// A macro sees nothing but its arguments. So it gets one more for each variable that it, or a
    /// macro that it calls, may come by. Nobody passes one: its default is the variable of the same
    /// name, of the caller.
    fn hand_to_macros(&self, in_macros: &BTreeSet<usize>, tera: &mut Tera) {
        #[expect(
            clippy::iter_over_hash_type,
            reason = "each entry is changed by itself"
        )]
        for (name, template) in &mut tera.templates {
            let reachable = self.by_template.get(name).into_iter().flatten();
            let passed: Vec<&String> = reachable
                .filter(|number| in_macros.contains(number))
                .map(|number| &self.calls[*number].variable)
                .collect();
            for definition in template.macros.values_mut() {
                let arguments = passed.iter().map(|&variable| {
                    let caller = Expr::new(ExprVal::Ident(variable.clone()));
                    (variable.clone(), Some(caller))
                });
                definition.args.extend(arguments);
            }
        }
    }

    /// The variables of a template with their values; an error if one call has no answer.
    pub fn answers(&self, template: &str) -> Result<Vec<Answer<'_>>, String> {
        let Some(numbers) = self.by_template.get(template) else {
            return Ok(Vec::new());
        };
        numbers
            .iter()
            .map(|number| {
                let call = &self.calls[*number];
                Ok(Answer {
                    variable: &call.variable,
                    value: call.function.call(&call.args)?,
                    reach: &call.reach,
                })
            })
            .collect()
    }

    fn take_from_nodes(&mut self, nodes: &mut [Node], found: &mut BTreeSet<usize>) {
        for node in nodes {
            match node {
                Node::Set(_, set) => self.take_from(&mut set.value, found),
                Node::Forloop(_, forloop, _) => {
                    self.take_from(&mut forloop.container, found);
                    self.take_from_nodes(&mut forloop.body, found);
                    if let Some(nodes) = &mut forloop.empty_body {
                        self.take_from_nodes(nodes, found);
                    }
                }
                Node::If(condition, _) => {
                    for (_, _, nodes) in &mut condition.conditions {
                        self.take_from_nodes(nodes, found);
                    }
                    if let Some((_, nodes)) = &mut condition.otherwise {
                        self.take_from_nodes(nodes, found);
                    }
                }
                Node::Block(_, block, _) => self.take_from_nodes(&mut block.body, found),
                Node::FilterSection(_, section, _) => {
                    self.take_from_nodes(&mut section.body, found);
                }
                // The others hold none that give much.
                _ => {}
            }
        }
    }

    fn take_from(&mut self, expression: &mut Expr, found: &mut BTreeSet<usize>) {
        // Tera replaces an absent variable by its default, but not what a function gives.
        if expression.has_default_filter() {
            return;
        }
        if let ExprVal::FunctionCall(call) = &expression.val
            && let Some(number) = self.number_of(call)
        {
            expression.val = ExprVal::Ident(self.calls[number].variable.clone());
            found.insert(number);
        }
    }

    fn number_of(&mut self, call: &FunctionCall) -> Option<usize> {
        let function = FUNCTIONS
            .iter()
            .find(|function| function.is_large && function.name == call.name)?;
        let mut args = Args::default();
        let mut text = call.name.clone();
        for (name, value) in call.args.iter().collect::<BTreeMap<_, _>>() {
            let value = constant(value)?;
            text = format!("{text} {name}={value:?}");
            args.add(name.clone(), value);
        }
        let known = self.calls.iter().position(|other| other.text == text);
        Some(known.unwrap_or_else(|| {
            self.calls.push(Call {
                text,
                variable: format!("__answer_{}", self.calls.len()),
                function,
                args,
                reach: Arc::default(),
            });
            self.calls.len() - 1
        }))
    }
}

fn constant(expression: &Expr) -> Option<Value> {
    if expression.negated || !expression.filters.is_empty() {
        return None;
    }
    match &expression.val {
        ExprVal::String(text) => Some(text.as_str().into()),
        ExprVal::Bool(yes) => Some((*yes).into()),
        ExprVal::Int(number) => Some((*number).into()),
        ExprVal::Array(items) => {
            let items: Option<Vec<Value>> = items.iter().map(constant).collect();
            items.map(Value::list)
        }
        _ => None,
    }
}
