//! Arguments of calls that are known before a page is rendered: constants, and what the context says.

use ::tera::ast::{Expr, ExprVal, Node};
use ::tera::{Template, Tera};

use crate::maps::HashSet;
use crate::value::Value;

/// An argument of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Argument {
    Constant(Value),
    /// `page.ancestors`: a variable of the context, and entries from there on.
    Entry(Vec<String>),
    /// `page.ancestors | last`, and `first`.
    Last(Box<Argument>),
    First(Box<Argument>),
    /// `"blog/" ~ lang`
    Joined(Vec<Argument>),
}

impl Argument {
    /// An expression as an argument, if its value can be known. `own` and `in_loops` have the names
    /// that mean something else where it stands; in a macro, which has no `own`, all do.
    pub fn of(expression: &Expr, own: Option<&Own>, in_loops: &[String]) -> Option<Argument> {
        if expression.negated {
            return None;
        }
        let mut argument = Argument::of_value(&expression.val, own, in_loops)?;
        for filter in &expression.filters {
            argument = match &*filter.name {
                "first" => Argument::First(argument.into()),
                "last" => Argument::Last(argument.into()),
                _ => return None,
            };
        }
        Some(argument)
    }

    fn of_value(value: &ExprVal, own: Option<&Own>, in_loops: &[String]) -> Option<Argument> {
        let constant = match value {
            ExprVal::String(text) => text.as_str().into(),
            ExprVal::Bool(yes) => (*yes).into(),
            ExprVal::Int(number) => (*number).into(),
            ExprVal::Array(items) => {
                let items = items
                    .iter()
                    .map(|item| match Argument::of(item, own, in_loops) {
                        Some(Argument::Constant(value)) => Some(value),
                        _ => None,
                    });
                Value::list(items.collect::<Option<Vec<Value>>>()?)
            }
            ExprVal::Ident(path) => {
                let entries: Vec<String> = path.split('.').map(str::to_owned).collect();
                let is_plain =
                    !path.contains('[') && entries.iter().all(|entry| !is_position(entry));
                let is_of_context = !own?.has(&entries[0]) && !in_loops.contains(&entries[0]);
                return (is_plain && is_of_context).then_some(Argument::Entry(entries));
            }
            ExprVal::StringConcat(joined) => {
                let parts = joined.values.iter();
                let parts = parts.map(|part| Argument::of_value(part, own, in_loops));
                return Some(Argument::Joined(parts.collect::<Option<_>>()?));
            }
            _ => return None,
        };
        Some(Argument::Constant(constant))
    }

    /// Its value in a context; nothing if it has none there.
    pub fn value(&self, context: &Value) -> Option<Value> {
        match self {
            Argument::Constant(value) => Some(value.clone()),
            Argument::Entry(path) => {
                let mut entries = path.iter();
                entries
                    .try_fold(context, |value, entry| value.get(entry))
                    .cloned()
            }
            Argument::First(list) => list.value(context)?.items().first().cloned(),
            Argument::Last(list) => list.value(context)?.items().last().cloned(),
            Argument::Joined(parts) => {
                let parts = parts.iter().map(|part| match part.value(context)? {
                    Value::Text(text) => Some(text.to_string()),
                    Value::Int(number) => Some(number.to_string()),
                    _ => None,
                });
                Some(parts.collect::<Option<String>>()?.into())
            }
        }
    }

    pub fn is_constant(&self) -> bool {
        matches!(self, Argument::Constant(_))
    }
}

/// `pages.0`
fn is_position(entry: &str) -> bool {
    entry.bytes().all(|byte| byte.is_ascii_digit())
}

/// Names that mean something else than the variable of the context somewhere in the templates, in a
/// place that does not show where they are used.
#[derive(Debug, Default)]
pub struct Own {
    names: HashSet<String>,
}

impl Own {
    /// Names that any template sets, and those of loops and macros in which a block or another
    /// template stands.
    pub fn of(tera: &Tera) -> Own {
        let mut own = Own::default();
        #[expect(clippy::iter_over_hash_type, reason = "sets are joined")]
        for template in tera.templates.values() {
            own.template(template);
        }
        own
    }

    fn has(&self, name: &str) -> bool {
        self.names.contains(name)
    }

    fn template(&mut self, template: &Template) {
        self.nodes(&template.ast, &mut Vec::new());
        #[expect(clippy::iter_over_hash_type, reason = "sets are joined")]
        for block in template.blocks.values() {
            self.nodes(&block.body, &mut Vec::new());
        }
        // What a macro includes sees its arguments.
        #[expect(clippy::iter_over_hash_type, reason = "sets are joined")]
        for definition in template.macros.values() {
            let mut arguments: Vec<String> = definition.args.keys().cloned().collect();
            self.nodes(&definition.body, &mut arguments);
        }
    }

    fn nodes(&mut self, nodes: &[Node], in_loops: &mut Vec<String>) {
        for node in nodes {
            match node {
                Node::Set(_, set) => {
                    self.names.insert(set.key.clone());
                }
                Node::Include(..) => self.names.extend(in_loops.iter().cloned()),
                Node::Block(_, block, _) => {
                    self.names.extend(in_loops.iter().cloned());
                    self.nodes(&block.body, in_loops);
                }
                Node::Forloop(_, forloop, _) => {
                    let outside = in_loops.len();
                    in_loops.push(forloop.value.clone());
                    in_loops.extend(forloop.key.clone());
                    self.nodes(&forloop.body, in_loops);
                    in_loops.truncate(outside);
                    self.nodes(forloop.empty_body.as_deref().unwrap_or_default(), in_loops);
                }
                Node::If(condition, _) => {
                    for (_, _, nodes) in &condition.conditions {
                        self.nodes(nodes, in_loops);
                    }
                    if let Some((_, nodes)) = &condition.otherwise {
                        self.nodes(nodes, in_loops);
                    }
                }
                Node::FilterSection(_, section, _) => self.nodes(&section.body, in_loops),
                _ => {}
            }
        }
    }
}
