//! Templates are made to look at each value that they make of others: `bounds.rs` says what is refused.
//!
//! MiniJinja calls nobody when a template makes a list, adds two, or sets an entry of a namespace. So
//! a filter is written behind each expression that does: `[x, y]` becomes `[x, y]|__made`. Errors are
//! told of the places in the text as it was.

use ::minijinja::Error;
use ::minijinja::machinery::ast::{BinOpKind, CallArg, Expr, Filter, Stmt, UnaryOpKind};
use ::minijinja::machinery::parse;
use ::minijinja::syntax::SyntaxConfig;

use super::super::filters::{FILTERS, JINJA_FILTERS};
use super::super::functions::{FUNCTIONS, not_taken};

/// The filter behind what makes a value of others.
pub const MADE: &str = "__made";

/// The filter behind what is kept in a namespace.
pub const KEPT: &str = "__kept";

/// The filter behind what is compared: that costs nothing, however much it is.
pub const COMPARED: &str = "__compared";

/// The functions around the call of a block.
pub const BLOCK_BEGINS: &str = "__block_begins";
pub const BLOCK_ENDS: &str = "__block_ends";

/// Filters whose results are small, or were there before.
const HARMLESS: &str = "abs bool capitalize count date default d e escape first float format int join \
    last length lower markdown max min num_format regex_replace replace round safe slugify string \
    striptags title tojson trim truncate upper";

/// A template in which expressions are followed by our filters.
#[derive(Debug, Default)]
pub struct Guarded {
    pub text: String,
    /// Arguments that filters of ours do not take, each with its byte and what is said of it. Those
    /// of MiniJinja refuse them.
    pub misnamed: Vec<(usize, String)>,
    insertions: Vec<Insertion>,
}

/// A piece that was written into a template.
#[derive(Debug)]
struct Insertion {
    /// The byte in the template as it was.
    at: usize,
    piece: String,
    /// Where the expression begins that it is for.
    about: usize,
}

impl Guarded {
    /// Guards a template.
    ///
    /// # Errors
    /// Why it cannot be parsed.
    pub fn new(name: &str, text: &str, syntax: SyntaxConfig) -> Result<Guarded, Error> {
        let mut guarding = Guarding {
            text,
            insertions: Vec::new(),
            misnamed: Vec::new(),
        };
        guarding.statement(&parse(text, name, syntax)?);
        let mut insertions = guarding.insertions;
        // What is inside comes first, and so it stays.
        insertions.sort_by_key(|insertion| insertion.at);
        let mut guarded = String::with_capacity(text.len() + 16 * insertions.len());
        let mut from = 0;
        for insertion in &insertions {
            guarded.push_str(&text[from..insertion.at]);
            guarded.push_str(&insertion.piece);
            from = insertion.at;
        }
        guarded.push_str(&text[from..]);
        Ok(Guarded {
            text: guarded,
            misnamed: guarding.misnamed,
            insertions,
        })
    }

    /// The byte of the template as it was that stands at a byte of the guarded one.
    pub fn original(&self, at: usize) -> usize {
        let mut inserted = 0;
        for insertion in &self.insertions {
            let begin = insertion.at + inserted;
            if at < begin {
                break;
            }
            inserted += insertion.piece.len();
            if at < begin + insertion.piece.len() && insertion.piece.len() > "(".len() {
                return insertion.about;
            }
        }
        at - inserted.min(at)
    }
}

struct Guarding<'a> {
    text: &'a str,
    insertions: Vec<Insertion>,
    /// See [`Guarded`].
    misnamed: Vec<(usize, String)>,
}

/// What an expression stands in.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Within {
    /// A tag that prints it or looks whether it is true, and keeps nothing.
    Tag,
    /// A sum, or a product; it is enough to look at the whole.
    Sum,
    Product,
    /// A list or map; the same.
    Literal,
    Other,
}

impl Guarding<'_> {
    fn statements(&mut self, statements: &[Stmt<'_>]) {
        for statement in statements {
            self.statement(statement);
        }
    }

    fn statement(&mut self, statement: &Stmt<'_>) {
        match statement {
            Stmt::Template(template) => self.statements(&template.children),
            Stmt::EmitExpr(emit) => self.expression(&emit.expr, Within::Tag),
            Stmt::ForLoop(forloop) => {
                self.expression(&forloop.iter, Within::Other);
                if let Some(filter) = &forloop.filter_expr {
                    self.expression(filter, Within::Tag);
                }
                self.statements(&forloop.body);
                self.statements(&forloop.else_body);
            }
            Stmt::IfCond(condition) => {
                self.expression(&condition.expr, Within::Tag);
                self.statements(&condition.true_body);
                self.statements(&condition.false_body);
            }
            Stmt::WithBlock(with) => {
                for (_, value) in &with.assignments {
                    self.expression(value, Within::Other);
                }
                self.statements(&with.body);
            }
            Stmt::Set(set) => {
                self.expression(&set.expr, Within::Other);
                self.assigned(&set.target, &set.expr);
            }
            Stmt::SetBlock(set) => {
                if let Some(filter) = &set.filter {
                    self.expression(filter, Within::Other);
                    if is_entry(&set.target) {
                        self.behind(filter, end(filter), KEPT);
                    }
                }
                self.statements(&set.body);
            }
            Stmt::AutoEscape(escape) => self.statements(&escape.body),
            Stmt::FilterBlock(block) => {
                self.expression(&block.filter, Within::Other);
                self.statements(&block.body);
            }
            Stmt::Block(block) => self.statements(&block.body),
            Stmt::Macro(definition) => {
                self.each(&definition.defaults, Within::Other);
                self.statements(&definition.body);
            }
            Stmt::CallBlock(call) => {
                self.arguments(&call.call.args);
                self.each(&call.macro_decl.defaults, Within::Other);
                self.statements(&call.macro_decl.body);
            }
            Stmt::Do(call) => self.arguments(&call.call.args),
            Stmt::Include(include) => self.expression(&include.name, Within::Other),
            Stmt::EmitRaw(_)
            | Stmt::Import(_)
            | Stmt::FromImport(_)
            | Stmt::Extends(_)
            | Stmt::Continue(_)
            | Stmt::Break(_) => {}
        }
    }

    /// The value of a `set`, which may be several without brackets around them.
    fn assigned(&mut self, target: &Expr<'_>, value: &Expr<'_>) {
        let filter = match (is_entry(target), value) {
            (true, _) => KEPT,
            (false, Expr::Tuple(_)) => MADE,
            (false, _) => return,
        };
        let behind_target = end(target);
        if let Some(sign) = self.text[behind_target..].find('=') {
            let after = behind_target + sign + 1;
            self.around(after, end(value), filter);
        }
    }

    fn each(&mut self, expressions: &[Expr<'_>], within: Within) {
        for expression in expressions {
            self.expression(expression, within);
        }
    }

    fn arguments(&mut self, args: &[CallArg<'_>]) {
        for arg in args {
            self.expression(value_of(arg), Within::Other);
        }
    }

    fn expression(&mut self, expression: &Expr<'_>, within: Within) {
        match expression {
            Expr::Var(_) | Expr::Const(_) => {}
            Expr::UnaryOp(unary) => self.expression(&unary.expr, Within::Other),
            Expr::BinOp(operation) => {
                let inside = match operation.op {
                    BinOpKind::Add | BinOpKind::Sub => Within::Sum,
                    BinOpKind::Mul => Within::Product,
                    _ => Within::Other,
                };
                self.expression(&operation.left, inside);
                self.expression(&operation.right, inside);
                if is_comparing(operation.op) && !is_constant(&operation.right) {
                    self.compared(&operation.left);
                }
                let is_making = matches!(operation.op, BinOpKind::Add | BinOpKind::Mul);
                if is_making && within != inside && !is_small(expression) {
                    let span = expression.span();
                    let (from, to) = (span.start_offset as usize, span.end_offset as usize);
                    self.around(from, to, MADE);
                }
            }
            Expr::Compare(compare) => {
                self.expression(&compare.expr, Within::Other);
                self.compared(&compare.expr);
                for compared in &compare.ops {
                    self.expression(&compared.expr, Within::Other);
                }
            }
            Expr::IfExpr(choice) => {
                self.expression(&choice.test_expr, Within::Tag);
                self.expression(&choice.true_expr, within);
                if let Some(otherwise) = &choice.false_expr {
                    self.expression(otherwise, within);
                }
            }
            Expr::Test(test) => {
                self.expression(&test.expr, Within::Other);
                self.arguments(&test.args);
                if !test.args.is_empty() {
                    self.compared(&test.expr);
                }
            }
            Expr::Filter(filter) => {
                if let Some(filtered) = &filter.expr {
                    self.expression(filtered, Within::Other);
                }
                self.arguments(&filter.args);
                self.check_names(filter);
                let mut harmless = HARMLESS.split_whitespace();
                if within != Within::Tag && !harmless.any(|name| name == filter.name) {
                    self.behind(expression, end(expression), MADE);
                }
            }
            Expr::List(_) | Expr::Tuple(_) | Expr::Map(_) => {
                let is_making = self.literal(expression);
                if is_making && !matches!(within, Within::Tag | Within::Literal) {
                    self.behind(expression, end(expression), MADE);
                }
            }
            Expr::GetAttr(_) | Expr::GetItem(_) | Expr::Slice(_) | Expr::Call(_) => {
                let is_making = self.operand(expression);
                if is_making && within != Within::Tag {
                    self.behind(expression, end(expression), MADE);
                }
            }
        }
    }

    fn check_names(&mut self, filter: &Filter<'_>) {
        let mut ours = FILTERS.iter().chain(JINJA_FILTERS);
        let Some(ours) = ours.find(|ours| ours.name == filter.name) else {
            return;
        };
        for arg in &filter.args {
            if let CallArg::Kwarg(name, value) = arg
                && !ours.parameters.contains(name)
            {
                let value = begin(value);
                let at = self.text[..value].rfind(name).unwrap_or(value);
                let reason = not_taken(name, ours.parameters);
                self.misnamed
                    .push((at, format!("`{}`: {reason}", filter.name)));
            }
        }
    }

    /// What stands in a list or map. Whether it is more than constants.
    fn literal(&mut self, expression: &Expr<'_>) -> bool {
        match expression {
            Expr::List(list) => self.each(&list.items, Within::Literal),
            Expr::Tuple(tuple) => self.each(&tuple.items, Within::Literal),
            Expr::Map(map) => {
                self.each(&map.keys, Within::Literal);
                self.each(&map.values, Within::Literal);
            }
            _ => return false,
        }
        expression.as_const().is_none()
    }

    /// A value with what is read out of it, which binds closer than a filter. Whether anything there
    /// makes a value.
    fn operand(&mut self, expression: &Expr<'_>) -> bool {
        match expression {
            Expr::GetAttr(part) => self.operand(&part.expr),
            Expr::GetItem(part) => {
                self.expression(&part.subscript_expr, Within::Other);
                self.compared(&part.subscript_expr);
                self.operand(&part.expr)
            }
            Expr::Slice(slice) => {
                let ends = [&slice.start, &slice.stop, &slice.step];
                for end in ends.into_iter().flatten() {
                    self.expression(end, Within::Other);
                }
                self.operand(&slice.expr);
                true
            }
            Expr::Call(call) => {
                self.arguments(&call.args);
                if is_block(&call.expr) {
                    // The parts of a list are made one after the other.
                    let before = format!("[{BLOCK_BEGINS}(),");
                    let after = format!(",{BLOCK_ENDS}()][1]");
                    self.enclose(begin(expression), end(expression), before, after);
                    return false;
                }
                if matches!(&call.expr, Expr::GetAttr(part) if part.name == "changed") {
                    for arg in &call.args {
                        self.compared(value_of(arg));
                    }
                }
                self.operand(&call.expr);
                !is_harmless_call(&call.expr)
            }
            Expr::List(_) | Expr::Tuple(_) | Expr::Map(_) => self.literal(expression),
            inner => {
                self.expression(inner, Within::Other);
                false
            }
        }
    }

    /// What is compared with another value. What is made there is looked at already.
    fn compared(&mut self, expression: &Expr<'_>) {
        match expression {
            Expr::Var(_)
            | Expr::GetAttr(_)
            | Expr::GetItem(_)
            | Expr::Slice(_)
            | Expr::Call(_)
            | Expr::Filter(_) => self.behind(expression, end(expression), COMPARED),
            Expr::IfExpr(choice) => {
                self.compared(&choice.true_expr);
                if let Some(otherwise) = &choice.false_expr {
                    self.compared(otherwise);
                }
            }
            Expr::BinOp(operation)
                if matches!(operation.op, BinOpKind::ScAnd | BinOpKind::ScOr) =>
            {
                self.compared(&operation.left);
                self.compared(&operation.right);
            }
            _ => {}
        }
    }

    fn behind(&mut self, expression: &Expr<'_>, at: usize, filter: &str) {
        self.insertions.push(Insertion {
            at,
            piece: format!("|{filter}"),
            about: begin(expression),
        });
    }

    fn around(&mut self, from: usize, to: usize, filter: &str) {
        self.enclose(from, to, "(".to_owned(), format!(")|{filter}"));
    }

    fn enclose(&mut self, from: usize, to: usize, before: String, after: String) {
        let blanks = self.text[from..].len() - self.text[from..].trim_start().len();
        let about = from + blanks;
        for (at, piece) in [(from, before), (to, after)] {
            self.insertions.push(Insertion { at, piece, about });
        }
    }
}

/// `x.y`, or `x.y, z`: an entry of a namespace, or several that are set.
fn is_entry(target: &Expr<'_>) -> bool {
    match target {
        Expr::GetAttr(_) => true,
        Expr::List(list) => list.items.iter().any(is_entry),
        Expr::Tuple(tuple) => tuple.items.iter().any(is_entry),
        _ => false,
    }
}

fn value_of<'a>(arg: &'a CallArg<'a>) -> &'a Expr<'a> {
    match arg {
        CallArg::Pos(value)
        | CallArg::Kwarg(_, value)
        | CallArg::PosSplat(value)
        | CallArg::KwargSplat(value) => value,
    }
}

fn is_comparing(operation: BinOpKind) -> bool {
    use BinOpKind::{Eq, Gt, Gte, In, Lt, Lte, Ne};
    matches!(operation, Eq | Ne | Lt | Lte | Gt | Gte | In)
}

fn is_constant(expression: &Expr<'_>) -> bool {
    expression.as_const().is_some()
}

/// `self.name`
fn is_block(callee: &Expr<'_>) -> bool {
    match callee {
        Expr::GetAttr(part) => matches!(&part.expr, Expr::Var(name) if name.id == "self"),
        _ => false,
    }
}

/// What gives a text, or a value of ours.
fn is_harmless_call(callee: &Expr<'_>) -> bool {
    let Expr::Var(name) = callee else {
        return false;
    };
    matches!(name.id, "loop" | "super" | "caller" | "partial" | "range")
        || FUNCTIONS.iter().any(|function| function.name == name.id)
}

/// Whether an expression is a number, a text or the like whatever stands in it.
fn is_small(expression: &Expr<'_>) -> bool {
    match expression {
        Expr::Const(constant) => constant.value.as_object().is_none(),
        Expr::UnaryOp(unary) => matches!(unary.op, UnaryOpKind::Not | UnaryOpKind::Neg),
        Expr::Compare(_) | Expr::Test(_) => true,
        Expr::BinOp(operation) => match operation.op {
            // A list takes another list, so a number or a text tells that there is none.
            BinOpKind::Add => is_small(&operation.left) || is_small(&operation.right),
            BinOpKind::Mul => is_small(&operation.left) && is_small(&operation.right),
            BinOpKind::ScAnd | BinOpKind::ScOr => false,
            _ => true,
        },
        _ => false,
    }
}

/// Where an expression begins. The spans of what is read out of a value do not hold the value.
fn begin(expression: &Expr<'_>) -> usize {
    match expression {
        Expr::GetAttr(part) => begin(&part.expr),
        Expr::GetItem(part) => begin(&part.expr),
        Expr::Slice(slice) => begin(&slice.expr),
        Expr::Call(call) => begin(&call.expr),
        Expr::Filter(filter) => match &filter.expr {
            Some(filtered) => begin(filtered),
            None => expression.span().start_offset as usize,
        },
        other => other.span().start_offset as usize,
    }
}

fn end(expression: &Expr<'_>) -> usize {
    expression.span().end_offset as usize
}
