//! Limits, so that no template can hang a build or end the program.
//!
//! Tera knows none: a macro that calls itself for ever overflows the stack. So every macro and
//! every included template is made to say when it begins and ends.

use std::cell::Cell;
use std::collections::HashMap;

use ::tera::ast::{Expr, ExprVal, FunctionCall, Node, WS};
use ::tera::{Error, Template, Tera, Value as Bound};

/// How deep macros and includes may nest; a thread's stack of 2 MB bears it in a debug build.
const NESTING_MAX: usize = 40;

/// As in Tera 2.
const RANGE_MAX: u64 = 100_000;

const ENTER: &str = "__enter";
const LEAVE: &str = "__leave";

thread_local! {
    static NESTING: Cell<usize> = const { Cell::new(0) };
    static PAGE: Cell<usize> = const { Cell::new(0) };
}

/// Renders a page with the counting begun anew, and what was before restored.
pub fn reset<T>(render: impl FnOnce() -> T) -> T {
    let before = NESTING.replace(0);
    PAGE.set(PAGE.get() + 1);
    let result = render();
    NESTING.set(before);
    result
}

/// Tells the pages that this thread renders from each other.
pub fn page() -> usize {
    PAGE.get()
}

/// Makes the template and its macros count their nesting.
pub fn guard(template: &mut Template) {
    let bodies = template.macros.values_mut().map(|found| &mut found.body);
    for body in bodies.chain([&mut template.ast]) {
        body.insert(0, call(ENTER));
        body.push(call(LEAVE));
    }
}

fn call(name: &str) -> Node {
    let call = FunctionCall {
        name: name.to_owned(),
        args: HashMap::new(),
    };
    Node::VariableBlock(WS::default(), Expr::new(ExprVal::FunctionCall(call)))
}

/// Adds the functions that count, and a `range` that ends.
pub fn register(tera: &mut Tera) {
    tera.register_function(ENTER, |_: &HashMap<String, Bound>| {
        let nesting = NESTING.get() + 1;
        NESTING.set(nesting);
        if nesting > NESTING_MAX {
            return Err(Error::msg(format!(
                "macros and includes are nested more than {NESTING_MAX} deep: does one call itself?"
            )));
        }
        Ok(Bound::Null)
    });
    tera.register_function(LEAVE, |_: &HashMap<String, Bound>| {
        NESTING.set(NESTING.get().saturating_sub(1));
        Ok(Bound::Null)
    });
    tera.register_function("range", range);
}

/// Whether a function is one of those that count.
pub fn is_counter(name: &str) -> bool {
    name == ENTER || name == LEAVE
}

fn range(args: &HashMap<String, Bound>) -> Result<Bound, Error> {
    let number = |name: &str, default: Option<u64>| match args.get(name) {
        None => default.ok_or_else(|| Error::msg(format!("the argument `{name}` is missing"))),
        Some(value) => value
            .as_u64()
            .ok_or_else(|| Error::msg(format!("`{name}` has to be a number from 0 on"))),
    };
    let start = number("start", Some(0))?;
    let end = number("end", None)?;
    let step = number("step_by", Some(1))?;
    if start > end {
        return Err(Error::msg("`start` is greater than `end`"));
    }
    if step == 0 {
        return Err(Error::msg("`step_by` is 0, so the range has no end"));
    }
    if (end - start) / step > RANGE_MAX {
        return Err(Error::msg(format!(
            "a range has at most {RANGE_MAX} numbers"
        )));
    }
    let mut numbers = Vec::new();
    let mut next = start;
    while next < end {
        numbers.push(Bound::from(next));
        next = next.saturating_add(step);
    }
    Ok(Bound::Array(numbers))
}
