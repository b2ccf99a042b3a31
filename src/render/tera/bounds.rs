//! Limits, so that no template can hang a build, end the program or take all memory.
//!
//! Tera knows none: a macro that calls itself for ever overflows the stack. So every template is
//! made to say what it does: when a macro or an included template begins and ends, each time that
//! a loop goes round, and how much text or data an expression made.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use ::tera::{Error, Filter, Function, Tera, Value as Bound};

use super::super::text_filters;

/// How deep macros, includes and what stands in them may nest; a thread's stack of 2 MB bears it in
/// a debug build.
const NESTING_MAX: usize = 280;

/// Stack that a macro or an include takes, in tags that stand in each other.
pub const NESTING_OF_CALL: usize = 3;

/// Rounds of loops and calls of macros that one page may take. The largest honest page, a list of
/// 10,000 briefs, takes less than a million.
const STEPS_MAX: usize = 20_000_000;

/// Bytes of text and data that expressions of one page may make in all.
const MADE_BYTES_MAX: usize = 512 << 20;

/// Bytes of the copies that a page may hold at once: of variables, which stay until the page, the
/// macro or the round of the loop is done, of arguments of macros, and of what loops go through.
const COPIED_BYTES_MAX: usize = 512 << 20;

/// How deep lists stand in each other: who looks into them or drops them calls itself.
const DEPTH_MAX: usize = 200;

/// Bytes of one list or map that an expression makes.
const DATA_BYTES_MAX: usize = 128 << 20;

/// Bytes that one page may print, macros that print what others printed counted again. The page
/// itself has a limit, but what is printed into a text does not arrive there.
const PRINTED_BYTES_MAX: usize = 128 << 20;

/// Bytes of one text that an expression makes. Dozens of them may be joined to one.
const TEXT_BYTES_MAX: usize = 8 << 20;

/// A step can be a large one, so they are not only counted.
const TIME_MAX: Duration = Duration::from_secs(20);

/// How often the clock is looked at.
const STEPS_PER_LOOK: usize = 16;

/// It is looked at with each step that makes more than this.
const BYTES_PER_LOOK: usize = 1 << 20;

/// As in Tera 2.
const RANGE_MAX: u64 = 100_000;

/// What one page has used up.
#[derive(Clone, Copy, Default)]
struct Used {
    nesting: usize,
    steps: usize,
    made_bytes: usize,
    /// Of variables that end with the round of the loop.
    copied_bytes: usize,
    /// Of variables that end with the macro or the template.
    global_bytes: usize,
    printed_bytes: usize,
    since: Option<Instant>,
}

/// A macro or a template that is being rendered.
struct Frame {
    /// What was copied before it began.
    copied_bytes: usize,
    global_bytes: usize,
    /// What `set_global` copied in it, by the name of the variable.
    globals: HashMap<Arc<str>, usize>,
    /// The loops that go round in it, by their numbers.
    loops: HashMap<usize, InLoop>,
}

/// What is copied around a loop.
#[derive(Clone, Copy)]
struct InLoop {
    /// Before it began.
    before: usize,
    /// When a round begins: with what it goes through.
    in_round: usize,
}

thread_local! {
    static USED: Cell<Used> = const { Cell::new(Used {
        nesting: 0,
        steps: 0,
        made_bytes: 0,
        copied_bytes: 0,
        global_bytes: 0,
        printed_bytes: 0,
        since: None,
    }) };
    /// Each stands in the one before it.
    static FRAMES: RefCell<Vec<Frame>> = const { RefCell::new(Vec::new()) };
    static PAGE: Cell<usize> = const { Cell::new(0) };
    /// The tag that a template that says so was about to render last.
    static AT: RefCell<Option<Place>> = const { RefCell::new(None) };
    /// The first limit that was reached.
    static REACHED: RefCell<Option<Reached>> = const { RefCell::new(None) };
}

/// A tag of a template.
#[derive(Clone, Debug)]
pub struct Place {
    pub template: Arc<str>,
    pub at: usize,
}

/// That a limit was reached, and where, if that is known.
#[derive(Clone, Debug)]
pub struct Reached {
    pub place: Option<Place>,
}

/// Renders a page with the counting begun anew. A render within a render counts on.
pub fn reset<T>(render: impl FnOnce() -> T) -> T {
    let before = USED.get();
    PAGE.set(PAGE.get() + 1);
    if before.since.is_none() {
        REACHED.set(None);
        USED.set(Used {
            since: Some(Instant::now()),
            ..Used::default()
        });
    }
    let around = FRAMES.with_borrow(Vec::len);
    let result = render();
    FRAMES.with_borrow_mut(|frames| frames.truncate(around));
    match before.since {
        None => USED.set(before),
        Some(_) => USED.set(Used {
            nesting: before.nesting,
            ..USED.get()
        }),
    }
    result
}

/// Tells the pages that this thread renders from each other.
pub fn page() -> usize {
    PAGE.get()
}

/// Whether the last page reached a limit.
pub fn reached() -> Option<Reached> {
    REACHED.with_borrow(Option::clone)
}

/// Where a template that is traced failed: renders it.
pub fn traced(render: impl FnOnce()) -> Option<Place> {
    let outer = AT.take();
    render();
    AT.replace(outer)
}

/// Whether a function, a filter or a variable is one that we put into templates.
pub fn is_put_in(name: &str) -> bool {
    name.starts_with("__")
}

fn refused<T>(place: Option<&Place>, message: String) -> Result<T, Error> {
    REACHED.with_borrow_mut(|reached| {
        reached.get_or_insert_with(|| Reached {
            place: place.cloned(),
        });
    });
    Err(Error::msg(message))
}

/// A step, and what it made and printed.
fn spend(place: Option<&Place>, made: usize, printed: usize) -> Result<(), Error> {
    let mut used = USED.get();
    used.steps += 1;
    used.made_bytes = used.made_bytes.saturating_add(made);
    used.printed_bytes = used.printed_bytes.saturating_add(printed);
    USED.set(used);
    if used.steps > STEPS_MAX {
        return refused(
            place,
            "the template does more work than any page needs".into(),
        );
    }
    if used.made_bytes > MADE_BYTES_MAX {
        let megabytes = MADE_BYTES_MAX >> 20;
        let message = format!("the expressions of this page make more than {megabytes} MB of data");
        return refused(place, message);
    }
    if used.printed_bytes > PRINTED_BYTES_MAX {
        let megabytes = PRINTED_BYTES_MAX >> 20;
        let message = format!("the page prints more than {megabytes} MB in macros and loops");
        return refused(place, message);
    }
    match used.steps.is_multiple_of(STEPS_PER_LOOK) || made > BYTES_PER_LOOK {
        true => look(place),
        false => Ok(()),
    }
}

/// Looks at the clock.
fn look(place: Option<&Place>) -> Result<(), Error> {
    let is_late = |since: Instant| since.elapsed() > TIME_MAX;
    if USED.get().since.is_some_and(is_late) {
        let seconds = TIME_MAX.as_secs();
        let message = format!("the page is not made after {seconds} seconds");
        return refused(place, message);
    }
    Ok(())
}

/// Looks at the clock where tags stand side by side.
pub struct Look(pub Place);

impl Function for Look {
    fn call(&self, _: &HashMap<String, Bound>) -> Result<Bound, Error> {
        look(Some(&self.0))?;
        Ok(Bound::Null)
    }
}

/// Counts a value that was made.
fn made(place: Option<&Place>, value: &Bound) -> Result<(), Error> {
    if let Bound::String(text) = value {
        check_text(place, text.len())?;
    }
    let weight = weight(value, 0);
    if weight == usize::MAX {
        return refused(place, too_deep_or_large());
    }
    if weight > DATA_BYTES_MAX {
        return refused(place, too_large(DATA_BYTES_MAX));
    }
    spend(place, weight, 0)
}

fn check_text(place: Option<&Place>, bytes: usize) -> Result<(), Error> {
    if bytes > TEXT_BYTES_MAX {
        return refused(place, too_large(TEXT_BYTES_MAX));
    }
    Ok(())
}

fn too_deep_or_large() -> String {
    let megabytes = TEXT_BYTES_MAX >> 20;
    format!(
        "what one expression makes nests deeper than {DEPTH_MAX} levels or has a text of more than {megabytes} MB"
    )
}

fn too_large(bytes_max: usize) -> String {
    let megabytes = bytes_max >> 20;
    format!("what one expression makes is larger than {megabytes} MB")
}

/// The memory that a value takes, roughly, which stands so deep in others. The greatest number if
/// there is more in it than anybody looks into, or a text that is larger than any made of others.
fn weight(value: &Bound, depth: usize) -> usize {
    const OF_VALUE: usize = 72;
    /// The name's own memory, its digest, and what finds it.
    const OF_ENTRY: usize = 72;
    /// For so many there is room in a map that holds anything.
    const ENTRIES_MIN: usize = 3;
    if depth > DEPTH_MAX {
        return usize::MAX;
    }
    let inner = |value: &Bound| weight(value, depth + 1);
    let inside = match value {
        Bound::String(text) if text.len() > TEXT_BYTES_MAX => usize::MAX,
        Bound::String(text) => text.len(),
        Bound::Array(items) => items.iter().map(inner).fold(0, usize::saturating_add),
        Bound::Object(entries) => {
            let spare = match entries.len() {
                0 => 0,
                count => ENTRIES_MIN.saturating_sub(count) * (OF_VALUE + OF_ENTRY),
            };
            let entries = entries.iter();
            let weights =
                entries.map(|(key, value)| inner(value).saturating_add(key.len() + OF_ENTRY));
            weights.fold(spare, usize::saturating_add)
        }
        _ => 0,
    };
    inside.saturating_add(OF_VALUE)
}

/// What a function of ours gives; it is counted at the call's place.
pub fn given(value: Bound) -> Result<Bound, Error> {
    let weight = weight_of_given(&value)?;
    spend(None, weight, 0).map(|()| value)
}

/// The memory that a value of ours takes in Tera.
pub fn weight_of_given(value: &Bound) -> Result<usize, Error> {
    match weight(value, 0) {
        usize::MAX => refused(None, too_deep_or_large()),
        weight => Ok(weight),
    }
}

/// Says which tag is next.
pub struct At(pub Place);

impl Function for At {
    fn call(&self, _: &HashMap<String, Bound>) -> Result<Bound, Error> {
        AT.set(Some(self.0.clone()));
        Ok(Bound::Null)
    }
}

/// A loop is about to begin, over what is in no variable.
pub struct Loop {
    pub number: usize,
}

impl Function for Loop {
    fn call(&self, _: &HashMap<String, Bound>) -> Result<Bound, Error> {
        begin_loop(self.number, 0);
        Ok(Bound::Null)
    }
}

/// A loop begins that holds a copy of so many bytes. What is copied in one round is gone in the next.
fn begin_loop(number: usize, bytes: usize) {
    let mut used = USED.get();
    let before = used.copied_bytes;
    used.copied_bytes = before.saturating_add(bytes);
    USED.set(used);
    let begun = InLoop {
        before,
        in_round: used.copied_bytes,
    };
    with_frame(|frame| frame.loops.insert(number, begun));
}

fn with_frame<T>(change: impl FnOnce(&mut Frame) -> Option<T>) -> Option<T> {
    FRAMES.with_borrow_mut(|frames| frames.last_mut().and_then(change))
}

/// A loop has ended.
pub struct EndOfLoop {
    pub number: usize,
}

impl Function for EndOfLoop {
    fn call(&self, _: &HashMap<String, Bound>) -> Result<Bound, Error> {
        if let Some(ended) = with_frame(|frame| frame.loops.remove(&self.number)) {
            set_copied(ended.before);
        }
        Ok(Bound::Null)
    }
}

fn set_copied(copied_bytes: usize) {
    USED.set(Used {
        copied_bytes,
        ..USED.get()
    });
}

/// A round of a loop begins.
pub struct Round {
    pub begin: Begin,
    pub number: usize,
}

impl Function for Round {
    fn call(&self, args: &HashMap<String, Bound>) -> Result<Bound, Error> {
        if let Some(around) = with_frame(|frame| frame.loops.get(&self.number).copied()) {
            set_copied(around.in_round);
        }
        self.begin.call(args)
    }
}

/// The begin of a macro, a block or an included template, or of a round of a loop.
pub struct Begin {
    pub place: Place,
    /// Text that stands in it.
    pub text_bytes: usize,
    /// How deep tags nest in it, if it is called.
    pub nesting: usize,
    /// Whether its variables end with it.
    pub is_frame: bool,
}

impl Function for Begin {
    fn call(&self, _: &HashMap<String, Bound>) -> Result<Bound, Error> {
        let mut used = USED.get();
        used.nesting += self.nesting;
        USED.set(used);
        if used.nesting > NESTING_MAX {
            let message = "macros, includes and blocks are nested too deep: does one call itself?";
            return refused(Some(&self.place), message.into());
        }
        if self.is_frame {
            let frame = Frame {
                copied_bytes: used.copied_bytes,
                global_bytes: used.global_bytes,
                globals: HashMap::new(),
                loops: HashMap::new(),
            };
            FRAMES.with_borrow_mut(|frames| frames.push(frame));
        }
        spend(Some(&self.place), 0, self.text_bytes)?;
        Ok(Bound::Null)
    }
}

/// The end of a macro, a block or an included template.
pub struct End {
    pub nesting: usize,
    /// As at its begin.
    pub is_frame: bool,
}

impl Function for End {
    fn call(&self, _: &HashMap<String, Bound>) -> Result<Bound, Error> {
        let mut used = USED.get();
        used.nesting = used.nesting.saturating_sub(self.nesting);
        if self.is_frame
            && let Some(frame) = FRAMES.with_borrow_mut(Vec::pop)
        {
            used.copied_bytes = frame.copied_bytes;
            used.global_bytes = frame.global_bytes;
        }
        USED.set(used);
        Ok(Bound::Null)
    }
}

/// Passes a value on and counts it.
pub struct Made {
    pub place: Place,
    /// Whether what it passes on needs no escaping, as it did not before.
    pub is_safe: bool,
    /// Whether it was there before, and is printed now.
    pub is_printed: bool,
}

impl Filter for Made {
    fn filter(&self, value: &Bound, _: &HashMap<String, Bound>) -> Result<Bound, Error> {
        match value {
            Bound::String(text) if self.is_printed => spend(Some(&self.place), 0, text.len())?,
            value => made(Some(&self.place), value)?,
        }
        Ok(value.clone())
    }

    fn is_safe(&self) -> bool {
        self.is_safe
    }
}

/// Counts a variable if Tera makes a copy of it where it gets another name.
pub struct Held {
    pub place: Place,
    pub by: Holder,
}

/// What holds a copy of a variable, and for how long.
pub enum Holder {
    /// Another variable, or the argument of a macro.
    Variable,
    /// A variable of the whole macro or template, by its name.
    Global(Arc<str>),
    /// The loop of this number, which goes through it.
    Loop(usize),
}

impl Filter for Held {
    fn filter(&self, value: &Bound, _: &HashMap<String, Bound>) -> Result<Bound, Error> {
        let bytes = if is_copy(value) { weight(value, 0) } else { 0 };
        let mut used = USED.get();
        match &self.by {
            Holder::Variable => set_copied(used.copied_bytes.saturating_add(bytes)),
            Holder::Global(name) => {
                let replaced = with_frame(|frame| frame.globals.insert(name.clone(), bytes));
                let kept = used.global_bytes.saturating_sub(replaced.unwrap_or(0));
                used.global_bytes = kept.saturating_add(bytes);
                USED.set(used);
            }
            Holder::Loop(number) => begin_loop(*number, bytes),
        }
        if bytes > BYTES_PER_LOOK {
            look(Some(&self.place))?;
        }
        let used = USED.get();
        if used.copied_bytes.saturating_add(used.global_bytes) > COPIED_BYTES_MAX {
            let megabytes = COPIED_BYTES_MAX >> 20;
            let message =
                format!("variables, loops and macros hold copies of more than {megabytes} MB");
            return refused(Some(&self.place), message);
        }
        Ok(Bound::Null)
    }
}

/// Whether a variable that Tera hands to a filter holds a copy. A reference into the context is
/// handed on as it is; of what templates own, a copy is made, which lies on the stack of the caller.
fn is_copy(value: &Bound) -> bool {
    const FRAMES_BYTES: usize = 64 << 10;
    let here = 0_u8;
    let address = std::ptr::from_ref(value).addr();
    address.abs_diff(std::ptr::from_ref(&here).addr()) < FRAMES_BYTES
}

/// A filter of Tera that counts what it makes.
struct Counted {
    name: String,
    filter: Arc<dyn Filter>,
}

impl Filter for Counted {
    fn filter(&self, value: &Bound, args: &HashMap<String, Bound>) -> Result<Bound, Error> {
        check_text(None, greatest(&self.name, value, args))?;
        let result = self.filter.filter(value, args)?;
        made(None, &result)?;
        Ok(result)
    }

    fn is_safe(&self) -> bool {
        self.filter.is_safe()
    }
}

/// How large a text can be that a filter makes of a value, if it can be much larger than that.
fn greatest(filter: &str, value: &Bound, args: &HashMap<String, Bound>) -> usize {
    let text = |name: &str| args.get(name).and_then(Bound::as_str).unwrap_or_default();
    let times = |count: usize, bytes: usize| count.saturating_mul(bytes);
    match (filter, value) {
        ("replace", Bound::String(whole)) => {
            let (from, to) = (text("from"), text("to"));
            let is_growing = to.len() > from.len();
            let count = || whole.matches(from).count();
            if is_growing {
                times(count(), to.len())
            } else {
                0
            }
        }
        ("join", Bound::Array(items)) => {
            let of_items = items.iter().filter_map(Bound::as_str).map(str::len);
            times(items.len(), text("sep").len()).saturating_add(of_items.sum())
        }
        ("indent", Bound::String(whole)) => {
            times(whole.matches('\n').count() + 1, text("prefix").len())
        }
        ("split", Bound::String(whole)) => {
            // Each part is a value.
            const OF_PART: usize = 8;
            times(whole.matches(text("pat")).count(), OF_PART)
        }
        _ => 0,
    }
}

/// Makes what Tera has count, and a `range` end.
pub fn register(tera: &mut Tera) {
    #[expect(
        clippy::iter_over_hash_type,
        reason = "each entry is changed by itself"
    )]
    for (name, filter) in &mut tera.filters {
        *filter = Arc::new(Counted {
            name: name.clone(),
            filter: filter.clone(),
        });
    }
    tera.register_function("range", range);
    tera.register_tester("matching", matching);
}

/// The test `matching(regex)`: Tera's reads the regular expression each time.
fn matching(value: Option<&Bound>, args: &[Bound]) -> Result<bool, Error> {
    let (Some(Bound::String(text)), [Bound::String(pattern)]) = (value, args) else {
        return Err(Error::msg("it takes a text and a regular expression"));
    };
    spend(None, 0, 0)?;
    text_filters::is_match(pattern, text).map_err(Error::msg)
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
    // A third of what they take, so that as many rounds can be gone as a page has at most.
    let count = usize::try_from((end - start) / step).unwrap_or(usize::MAX);
    spend(None, count.saturating_mul(24), 0)?;
    let mut numbers = Vec::new();
    let mut next = start;
    while next < end {
        numbers.push(Bound::from(next));
        next = next.saturating_add(step);
    }
    Ok(Bound::Array(numbers))
}
