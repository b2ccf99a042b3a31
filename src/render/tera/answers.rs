//! Calls that are answered before a page is rendered.
//!
//! Tera clones what a function gives, each time. A base template that calls `get_section` for a
//! section of 10,000 pages would clone 10,000 pages on each of 10,000 pages. Where all arguments
//! are constants or can be read from the context (`page.ancestors | last`), a variable is put in
//! the place of the call; its value is in the context, which a thread keeps from page to page.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use ::tera::Tera;
use ::tera::ast::{Expr, ExprVal, FunctionCall, Node};

use super::super::functions::{Args, FUNCTIONS, Function};
use super::argument::{Argument, Own};
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
    variable: String,
    function: &'static Function,
    args: Vec<(String, Argument)>,
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
        let names = Own::of(tera);
        let mut in_macros = BTreeSet::new();
        #[expect(
            clippy::iter_over_hash_type,
            reason = "each entry is changed by itself"
        )]
        for (name, template) in &mut tera.templates {
            let mut taking = Taking::new(&mut calls, None);
            for definition in template.macros.values_mut() {
                taking.nodes(&mut definition.body);
            }
            let mut found = taking.found;
            in_macros.extend(found.iter().copied());
            let mut taking = Taking::new(&mut calls, Some(&names));
            taking.nodes(&mut template.ast);
            for block in template.blocks.values_mut() {
                taking.nodes(&mut block.body);
            }
            found.extend(taking.found);
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

    /// The variables of a template with their values in a context; an error if a call with constant
    /// arguments has no answer. Others may well have none where the page does not come by them.
    pub fn answers(&self, template: &str, context: &Value) -> Result<Vec<Answer<'_>>, String> {
        let mut answers = Vec::new();
        for number in self.by_template.get(template).into_iter().flatten() {
            let call = &self.calls[*number];
            let is_constant = call.args.iter().all(|(_, argument)| argument.is_constant());
            let args = call.args.iter().map(|(name, argument)| {
                let value = argument.value(context)?;
                Some((name.clone(), value))
            });
            let Some(args) = args.collect::<Option<Vec<_>>>() else {
                continue;
            };
            let mut given = Args::default();
            for (name, value) in args {
                given.add(name, value);
            }
            match call.function.call(&given) {
                Ok(value) => answers.push(Answer {
                    variable: &call.variable,
                    value,
                    reach: &call.reach,
                }),
                Err(reason) if is_constant => return Err(reason),
                Err(_) => {}
            }
        }
        Ok(answers)
    }

    fn number_of(&mut self, call: Call) -> usize {
        let is_same =
            |other: &Call| other.function.name == call.function.name && other.args == call.args;
        let known = self.calls.iter().position(is_same);
        known.unwrap_or_else(|| {
            let variable = format!("__answer_{}", self.calls.len());
            self.calls.push(Call { variable, ..call });
            self.calls.len() - 1
        })
    }
}

/// Calls are being taken out of one template.
struct Taking<'a> {
    calls: &'a mut Calls,
    found: BTreeSet<usize>,
    /// Names that are not those of the context. `None` in macros, which see nothing of it.
    own: Option<&'a Own>,
    /// The variables of the loops around.
    in_loops: Vec<String>,
}

impl<'a> Taking<'a> {
    fn new(calls: &'a mut Calls, own: Option<&'a Own>) -> Taking<'a> {
        Taking {
            calls,
            found: BTreeSet::new(),
            own,
            in_loops: Vec::new(),
        }
    }

    fn nodes(&mut self, nodes: &mut [Node]) {
        for node in nodes {
            match node {
                Node::Set(_, set) => self.expression(&mut set.value),
                Node::Forloop(_, forloop, _) => {
                    self.expression(&mut forloop.container);
                    let outside = self.in_loops.len();
                    self.in_loops.push(forloop.value.clone());
                    self.in_loops.extend(forloop.key.clone());
                    self.nodes(&mut forloop.body);
                    self.in_loops.truncate(outside);
                    if let Some(nodes) = &mut forloop.empty_body {
                        self.nodes(nodes);
                    }
                }
                Node::If(condition, _) => {
                    for (_, _, nodes) in &mut condition.conditions {
                        self.nodes(nodes);
                    }
                    if let Some((_, nodes)) = &mut condition.otherwise {
                        self.nodes(nodes);
                    }
                }
                Node::Block(_, block, _) => self.nodes(&mut block.body),
                Node::FilterSection(_, section, _) => self.nodes(&mut section.body),
                // The others hold none that give much.
                _ => {}
            }
        }
    }

    fn expression(&mut self, expression: &mut Expr) {
        // Tera replaces an absent variable by its default, but not what a function gives.
        if expression.has_default_filter() {
            return;
        }
        if let ExprVal::FunctionCall(call) = &expression.val
            && let Some(call) = self.call(call)
        {
            let number = self.calls.number_of(call);
            expression.val = ExprVal::Ident(self.calls.calls[number].variable.clone());
            self.found.insert(number);
        }
    }

    /// A call whose arguments are known before a page is rendered.
    fn call(&self, call: &FunctionCall) -> Option<Call> {
        let mut functions = FUNCTIONS.iter();
        let is_it = |function: &&Function| function.is_large && function.name == call.name;
        let function = functions.find(is_it)?;
        let mut args = Vec::new();
        for (name, value) in call.args.iter().collect::<BTreeMap<_, _>>() {
            // What one may make up would make as many calls as one likes.
            if !function.parameters.contains(&&**name) {
                return None;
            }
            let argument = Argument::of(value, self.own, &self.in_loops)?;
            args.push((name.clone(), argument));
        }
        Some(Call {
            variable: String::new(),
            function,
            args,
            reach: Arc::default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How many calls are taken out of some templates.
    fn taken(templates: &[(&str, &str)]) -> usize {
        let mut tera = Tera::default();
        tera.add_raw_templates(templates.iter().copied()).unwrap();
        Calls::taken_from(&mut tera).calls.len()
    }

    #[test]
    fn only_what_the_context_says_is_known_beforehand() {
        let page = r#"{% set s = get_section(path=page.ancestors | last) %}"#;
        assert_eq!(taken(&[("page.html", page)]), 1);
        assert_eq!(taken(&[("page.html", page), ("other.html", page)]), 1);
        let filtered = r#"{% set s = get_section(path=page.path | replace(from="a", to="b")) %}"#;
        assert_eq!(taken(&[("page.html", filtered)]), 0);
        let in_loop = r#"{% for page in section.pages %}{% set s = get_section(path=page.path) %}{% endfor %}"#;
        assert_eq!(taken(&[("section.html", in_loop)]), 0);
        let after = format!("{in_loop}{page}");
        assert_eq!(taken(&[("section.html", &after)]), 1);
        let including = r#"{% for page in section.pages %}{% include "page.html" %}{% endfor %}"#;
        assert_eq!(
            taken(&[("page.html", page), ("section.html", including)]),
            0
        );
        let setting = r#"{% set page = section.pages | first %}"#;
        assert_eq!(taken(&[("page.html", page), ("section.html", setting)]), 0);
        let in_macro =
            r#"{% macro m(page) %}{% set s = get_section(path=page.path) %}{% endmacro m %}"#;
        assert_eq!(taken(&[("macros.html", in_macro)]), 0);
        let including = r#"{% macro m(page) %}{% if page %}{% include "page.html" %}{% endif %}{% endmacro m %}"#;
        assert_eq!(taken(&[("page.html", page), ("m.html", including)]), 0);
    }
}
