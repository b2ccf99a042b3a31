//! Limits that MiniJinja does not have, so that no template can hang a build, end the program or take
//! all memory: how large the values are that a template makes, and what some filters make of them.
//!
//! A list can be put into itself twice and so on, which takes up nothing until somebody looks into it,
//! and what is nested 100,000 deep ends the program when it is dropped. So whatever makes a value of
//! others is looked at there (`guard.rs` sees to that), and all values of a page are small.

use std::cell::Cell;

use ::minijinja::value::{DynObject, Kwargs, ObjectRepr, Rest, Value as Bound};
use ::minijinja::{Environment, Error, ErrorKind, State, filters};

use super::{With, check_time, guard};
use crate::value::{List, Map};

/// Items of a list in lists.
const ITEMS_MAX: usize = 1_000_000;

/// Bytes of text in one list.
const TEXT_BYTES_MAX: usize = 256 << 20;

/// How deep lists stand in each other: who drops or prints them calls itself.
const DEPTH_MAX: usize = 50;

/// Items that one page may look at to find this out. One that adds 10,000 briefs to a list, each by
/// itself, looks at 50 million.
const LOOKED_AT_MAX: usize = 60_000_000;

/// How deep blocks may call each other, which MiniJinja does not count.
const BLOCKS_MAX: usize = 20;

thread_local! {
    /// Items that the page has looked at.
    static LOOKED_AT: Cell<usize> = const { Cell::new(0) };
    /// Values that were compared with others.
    static COMPARED: Cell<usize> = const { Cell::new(0) };
    /// Blocks that are being called.
    static BLOCKS: Cell<usize> = const { Cell::new(0) };
    /// Whether the page has reached a limit.
    static IS_REACHED: Cell<bool> = const { Cell::new(false) };
}

/// Puts in what `guard.rs` writes into templates, and filters with limits in the place of MiniJinja's.
pub fn register(environment: &mut Environment<'_>) {
    environment.add_filter(guard::MADE, |value: Bound| {
        check_time()?;
        made(value)
    });
    environment.add_filter(guard::KEPT, |value: Bound| {
        check_time()?;
        kept(value)
    });
    environment.add_filter(guard::COMPARED, compared);
    environment.add_function(guard::BLOCK_BEGINS, block_begins);
    environment.add_function(guard::BLOCK_ENDS, block_ends);
    environment.add_function("debug", debug);
    environment.add_filter("sum", sum);
    environment.add_filter("tojson", tojson);
}

fn compared(value: Bound) -> Result<Bound, Error> {
    /// How often the clock is looked at.
    const STEPS_PER_LOOK: usize = 16;
    COMPARED.set(COMPARED.get().wrapping_add(1));
    if COMPARED.get().is_multiple_of(STEPS_PER_LOOK) {
        check_time()?;
    }
    Ok(value)
}

/// `debug(value, …)`: what is in values. MiniJinja's shows all there is without arguments.
fn debug(values: Rest<Bound>) -> Result<String, Error> {
    if values.is_empty() {
        let message = "`debug` takes the values that it shows";
        return Err(refused(message.to_owned()));
    }
    let mut shown = String::new();
    for value in values.iter() {
        check(value)?;
        shown += &format!("{value:#?}\n");
    }
    Ok(shown)
}

/// The filter `sum`, where it does not add texts or lists, which are copied each time, for ever.
fn sum(
    state: &State<'_, '_>,
    values: Bound,
    attribute: Option<&str>,
    start: Option<Bound>,
    named: Kwargs,
) -> Result<Bound, Error> {
    /// Items or bytes that are copied.
    const COPIED_MAX: usize = 1_000_000_000;
    let begin = match &start {
        Some(start) => Some(start.clone()),
        None => named.peek::<Option<Bound>>("start")?,
    };
    if begin.is_some_and(|begin| !begin.is_number()) {
        let path = match attribute {
            Some(path) => Some(path),
            None => named.peek("attribute")?,
        };
        let parts = path.map(|path| path.split('.'));
        let count = values.len().unwrap_or(ITEMS_MAX);
        let items = values.try_iter()?.take(ITEMS_MAX);
        let lengths = items.map(|item| {
            let mut parts = parts.clone().into_iter().flatten();
            let part = parts.try_fold(item, |value, part| value.get_attr(part));
            part.ok().and_then(|part| part.len()).unwrap_or(1)
        });
        if count.saturating_mul(lengths.sum::<usize>()) > COPIED_MAX {
            return Err(Error::from(ErrorKind::OutOfFuel));
        }
    }
    filters::sum(state, values, attribute, start, named)
}

/// The filter `tojson`, which indents by as much as it is told.
fn tojson(value: &Bound, indent: Option<Bound>, named: Kwargs) -> Result<Bound, Error> {
    const INDENT_MAX: i64 = 8;
    let wanted = match &indent {
        Some(indent) => Some(indent.clone()),
        None => named.peek::<Option<Bound>>("indent")?,
    };
    if wanted.is_some_and(|wanted| wanted.as_i64() > Some(INDENT_MAX)) {
        let message = format!("`tojson`: `indent` is at most {INDENT_MAX}");
        return Err(refused(message));
    }
    check(value)?;
    filters::tojson(value, indent, named)
}

/// Begins the counts anew, for another page.
pub fn reset() {
    LOOKED_AT.set(0);
    BLOCKS.set(0);
    IS_REACHED.set(false);
}

/// Whether the last page reached a limit.
pub fn is_reached() -> bool {
    IS_REACHED.get()
}

/// A block is called by its name.
fn block_begins() -> Result<(), Error> {
    BLOCKS.set(BLOCKS.get() + 1);
    match BLOCKS.get() {
        ..=BLOCKS_MAX => Ok(()),
        _ => {
            let message = "blocks are nested too deep: does one call itself?";
            Err(refused(message.to_owned()))
        }
    }
}

/// A block that was called is done.
fn block_ends() {
    BLOCKS.set(BLOCKS.get().saturating_sub(1));
}

/// What has been made, if it is not too large. What is made only when somebody walks through it, is
/// made now: it may stand on what is of that kind as well, and so on.
fn made(value: Bound) -> Result<Bound, Error> {
    let Some(object) = value.as_object() else {
        return Ok(value);
    };
    let value = match object.repr() {
        // Sums of lists hold themselves flat.
        ObjectRepr::Iterable if !is(object, "MergeSeq") => {
            Bound::from(first_items(value.try_iter()?.checked())?)
        }
        ObjectRepr::Map if is(object, "MergeDict") => {
            let keys = first_items(value.try_iter()?.checked())?;
            let pair = |key: Bound| Ok((key.clone(), value.get_item(&key)?));
            let pairs = keys.into_iter().map(pair);
            Bound::from_iter(pairs.collect::<Result<Vec<(Bound, Bound)>, Error>>()?)
        }
        _ => value,
    };
    check(&value)?;
    Ok(value)
}

/// What is kept in a namespace: no other, for it can change, and may come to stand in itself.
fn kept(value: Bound) -> Result<Bound, Error> {
    let value = made(value)?;
    match value.as_object() {
        Some(object) if is_changing(object) => Err(misplaced()),
        _ => Ok(value),
    }
}

fn first_items(items: impl Iterator<Item = Result<Bound, Error>>) -> Result<Vec<Bound>, Error> {
    let items: Vec<Bound> = items.take(ITEMS_MAX + 1).collect::<Result<_, _>>()?;
    match items.len() {
        ..=ITEMS_MAX => Ok(items),
        _ => Err(too_large()),
    }
}

/// Refuses what nobody would be done with. What came from us is as large as the site.
pub fn check(value: &Bound) -> Result<(), Error> {
    if value.as_object().is_none_or(is_ours) {
        return Ok(());
    }
    if value.len().is_some_and(|items| items > ITEMS_MAX) {
        return Err(too_large());
    }
    let mut open: Vec<Box<dyn Iterator<Item = Bound>>> = Vec::new();
    open.extend(inside(value));
    let (mut items, mut text_bytes) = (0, 0);
    while let Some(innermost) = open.last_mut() {
        let Some(item) = innermost.next() else {
            open.pop();
            continue;
        };
        items += 1;
        text_bytes += item.as_str().map_or(0, str::len);
        if items > ITEMS_MAX || text_bytes > TEXT_BYTES_MAX {
            return Err(too_large());
        }
        let Some(object) = item.as_object().filter(|object| !is_ours(object)) else {
            continue;
        };
        if is_changing(object) {
            return Err(misplaced());
        }
        open.extend(inside(&item));
        if open.len() > DEPTH_MAX {
            return Err(too_large());
        }
    }
    LOOKED_AT.set(LOOKED_AT.get() + items);
    match LOOKED_AT.get() {
        ..=LOOKED_AT_MAX => Ok(()),
        _ => Err(Error::from(ErrorKind::OutOfFuel)),
    }
}

/// What stands in a value.
fn inside(value: &Bound) -> Option<Box<dyn Iterator<Item = Bound>>> {
    let object = value.as_object()?;
    if is(object, "Loop") {
        return None;
    }
    match object.repr() {
        ObjectRepr::Map => {
            let pairs = object.try_iter_pairs()?;
            Some(Box::new(pairs.flat_map(|(key, item)| [key, item])))
        }
        ObjectRepr::Plain => None,
        _ => Some(Box::new(object.try_iter()?)),
    }
}

fn is_ours(object: &DynObject) -> bool {
    object.downcast_ref::<List>().is_some()
        || object.downcast_ref::<Map>().is_some()
        || object.downcast_ref::<With>().is_some()
}

/// Whether others can be put into a value after it was made.
fn is_changing(object: &DynObject) -> bool {
    is(object, "Namespace") || is(object, "Loop")
}

/// Whether an object is of a type of MiniJinja's that it does not show.
fn is(object: &DynObject, name: &str) -> bool {
    let found = object.type_name().rsplit("::").next();
    found == Some(name)
}

fn too_large() -> Error {
    let megabytes = TEXT_BYTES_MAX >> 20;
    refused(format!(
        "a list with what stands in it has more than {ITEMS_MAX} items, {megabytes} MB of text or \
         {DEPTH_MAX} levels"
    ))
}

fn refused(message: String) -> Error {
    IS_REACHED.set(true);
    Error::new(ErrorKind::InvalidOperation, message)
}

fn misplaced() -> Error {
    let message =
        "a namespace and a `loop` stand by themselves, not in a list, a map or a namespace";
    refused(message.to_owned())
}
