//! Reads code by a grammar of TextMate, line by line, as VS Code does: from rules that stand in
//! each other to what each piece of a line is.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;
use std::rc::Rc;

use syntect::parsing::{Scope, ScopeStackOp};

use crate::config::highlighting::grammar::{
    Block, Captures, End, Grammar, Grammars, Include, Kind, Name, RuleId, Until,
};
use crate::config::highlighting::pattern::{self, Anchors, Found, Pattern, Work};

/// Rules that are open at once; what would open more is a word like any other.
const DEPTH_MAX: usize = 200;
/// Groups in which rules look into groups again.
const INSIDE_MAX: usize = 8;

/// Reads one block of code.
#[derive(Debug)]
pub struct Reader<'g> {
    grammars: &'g Grammars,
    base: RuleId,
    /// What is open at the end of the lines that were read.
    open: Vec<Open>,
    is_first: bool,
    /// What the last piece of code was.
    before: Scopes,
    /// The rules that are looked for inside of one, with lists taken apart.
    leaves: HashMap<RuleId, Rc<[RuleId]>>,
    /// Ends that depend on what the beginning found.
    ends: HashMap<String, Option<Rc<Pattern>>>,
    work: Work,
}

/// From the whole to the detail.
type Scopes = Rc<[Scope]>;

/// A rule that was begun.
#[derive(Clone, Debug)]
struct Open {
    rule: RuleId,
    /// What its beginning and end are.
    scopes: Scopes,
    /// What is between them.
    inside: Scopes,
    /// Where in this line it began.
    begin: Option<usize>,
    /// Where the match that opened the rule around it ended, in this line.
    anchor: Option<usize>,
    /// Whether its beginning took up the end of its line.
    took_line: bool,
    /// Its end, if that depends on its beginning.
    end: Option<Rc<Pattern>>,
}

/// A line, or the part of one that a group found, with what was found in it.
struct Line<'l> {
    text: &'l str,
    pieces: Vec<(usize, Scopes)>,
    /// How far the pieces go.
    done: usize,
    /// Where the beginnings of rules were found.
    found: Known,
    /// Where the ends of open rules were found, by how many are open.
    ends: Known,
    /// How deep groups stand in groups.
    depth: usize,
}

impl Line<'_> {
    fn new(text: &str, done: usize, depth: usize) -> Line<'_> {
        Line {
            text,
            pieces: Vec::new(),
            done,
            found: HashMap::new(),
            ends: HashMap::new(),
            depth,
        }
    }

    /// What was not said yet, up to a place, is this.
    fn say(&mut self, to: usize, scopes: &Scopes) {
        if to > self.done {
            self.pieces.push((to, scopes.clone()));
            self.done = to;
        }
    }

    fn group(&self, found: &Found, number: usize) -> Option<String> {
        let range = found.get(number)?.clone()?;
        Some(self.text.get(range)?.to_owned())
    }
}

/// What was found next when it was looked for last.
type Known = HashMap<usize, Option<Found>>;

/// What comes next in a line.
enum Next {
    End(Found),
    Rule(RuleId, Found),
}

/// Whether there may be more in the line.
#[derive(PartialEq, Eq)]
enum Goes {
    On,
    /// Nothing moves any more: the rest of the line is as it is.
    Nowhere,
}

/// Where the reading of a line stands.
struct At {
    place: usize,
    is_first: bool,
    anchor: Option<usize>,
}

impl<'g> Reader<'g> {
    pub fn new(grammars: &'g Grammars, grammar: &'g Grammar, work: Work) -> Reader<'g> {
        let scopes: Scopes = grammar.scope.scopes().into();
        Reader {
            grammars,
            base: grammar.root,
            open: vec![Open {
                rule: grammar.root,
                scopes: scopes.clone(),
                inside: scopes,
                begin: None,
                anchor: None,
                took_line: false,
                end: None,
            }],
            is_first: true,
            before: Rc::new([]),
            leaves: HashMap::new(),
            ends: HashMap::new(),
            work,
        }
    }

    /// The next line, which ends with `\n`: where what begins and ends. Nothing once that is too
    /// much work.
    pub fn steps(&mut self, text: &str) -> Option<Vec<(usize, ScopeStackOp)>> {
        let mut line = Line::new(text, 0, 0);
        for open in &mut self.open {
            (open.begin, open.anchor) = (None, None);
        }
        let mut at = At {
            place: 0,
            is_first: self.is_first,
            anchor: self.open.last().filter(|top| top.took_line).map(|_| 0),
        };
        let mut open = std::mem::take(&mut self.open);
        self.check_whiles(&mut line, &mut open, &mut at);
        self.read(&mut line, &mut open, at);
        self.open = open;
        self.is_first = false;
        if self.work.is_done() {
            return None;
        }
        let mut steps = Vec::new();
        let mut begin = 0;
        for (end, scopes) in line.pieces {
            let same = self.before.iter().zip(scopes.iter());
            let same = same.take_while(|(a, b)| a == b).count();
            if self.before.len() > same {
                steps.push((begin, ScopeStackOp::Pop(self.before.len() - same)));
            }
            let new = scopes[same..].iter();
            steps.extend(new.map(|scope| (begin, ScopeStackOp::Push(*scope))));
            self.before = scopes;
            begin = end;
        }
        Some(steps)
    }

    /// Closes what goes on only as long as its pattern is found in each line.
    fn check_whiles(&mut self, line: &mut Line<'_>, open: &mut Vec<Open>, at: &mut At) {
        let mut depth = 0;
        while let Some(one) = open.get(depth) {
            depth += 1;
            let Kind::Block(block) = &self.grammars.rule(one.rule).kind else {
                continue;
            };
            if block.until != Until::While {
                continue;
            }
            let pattern = end_pattern(block, one);
            let found =
                pattern.and_then(|p| p.find(line.text, at.place, at.anchors(), &mut self.work));
            let Some((found, whole)) = found.and_then(|found| {
                let whole = found.first()?.clone()?;
                Some((found, whole))
            }) else {
                open.truncate((depth - 1).max(1));
                return;
            };
            let one = one.clone();
            line.say(whole.start, &one.inside);
            self.say_groups(line, &one.inside, &block.end_captures, &found, at.is_first);
            line.say(whole.end, &one.inside);
            at.anchor = Some(whole.end);
            if whole.end > at.place {
                at.place = whole.end;
                at.is_first = false;
            }
        }
    }

    /// Reads the rest of a line, and leaves open what is open then.
    fn read(&mut self, line: &mut Line<'_>, open: &mut Vec<Open>, mut at: At) {
        while let Some(next) = self.next(line, open, &at) {
            let (Next::End(found) | Next::Rule(_, found)) = &next;
            let Some(whole) = found.first().cloned().flatten() else {
                break;
            };
            let goes = match &next {
                Next::End(found) => self.end(line, open, &mut at, (found, &whole)),
                Next::Rule(rule, found) => self.begin(line, open, &mut at, *rule, (found, &whole)),
            };
            if goes == Goes::Nowhere {
                break;
            }
            if whole.end > at.place {
                at.place = whole.end;
                at.is_first = false;
            }
        }
        if let Some(top) = open.last() {
            line.say(line.text.len(), &top.inside);
        }
    }

    /// The first thing in the rest of a line that ends the open rule or begins one in it.
    fn next(&mut self, line: &mut Line<'_>, open: &[Open], at: &At) -> Option<Next> {
        if self.work.is_done() {
            return None;
        }
        let grammars = self.grammars;
        let top = open.last()?;
        let mut best: Option<(usize, Next)> = None;
        let is_better = |start: usize, best: &Option<(usize, Next)>| {
            best.as_ref().is_none_or(|(other, _)| start < *other)
        };
        let block = match &grammars.rule(top.rule).kind {
            Kind::Block(block) if block.until != Until::While => Some(block),
            _ => None,
        };
        let end = block.and_then(|block| {
            let pattern = end_pattern(block, top)?;
            find(
                pattern,
                (open.len(), &mut line.ends),
                line.text,
                at,
                &mut self.work,
            )
        });
        let end = end.and_then(|found| Some((found.first()?.clone()?.start, found)));
        let comes_last = block.is_some_and(|block| block.until == Until::EndLast);
        if let Some((start, found)) = end.clone().filter(|_| !comes_last) {
            best = Some((start, Next::End(found)));
        }
        for rule in self.leaves(top.rule).iter().copied() {
            let pattern = match &grammars.rule(rule).kind {
                Kind::Match(pattern, _) => pattern,
                Kind::Block(block) => &block.begin,
                Kind::List => continue,
            };
            let Some(found) = find(
                pattern,
                (rule, &mut line.found),
                line.text,
                at,
                &mut self.work,
            ) else {
                continue;
            };
            let Some(start) = found.first().and_then(|whole| Some(whole.as_ref()?.start)) else {
                continue;
            };
            if is_better(start, &best) {
                best = Some((start, Next::Rule(rule, found)));
                if start == at.place {
                    break;
                }
            }
        }
        if let Some((start, found)) = end.filter(|_| comes_last)
            && is_better(start, &best)
        {
            best = Some((start, Next::End(found)));
        }
        best.map(|(_, next)| next)
    }

    fn end(
        &mut self,
        line: &mut Line<'_>,
        open: &mut Vec<Open>,
        at: &mut At,
        (found, whole): (&Found, &Range<usize>),
    ) -> Goes {
        let grammars = self.grammars;
        let Some(top) = open.last().cloned() else {
            return Goes::Nowhere;
        };
        line.say(whole.start, &top.inside);
        if let Kind::Block(block) = &grammars.rule(top.rule).kind {
            self.say_groups(line, &top.scopes, &block.end_captures, found, at.is_first);
        }
        line.say(whole.end, &top.scopes);
        if whole.end == at.place && top.begin == Some(at.place) {
            // It was begun and ended without a character between: it would be begun again.
            return Goes::Nowhere;
        }
        line.ends.remove(&open.len());
        open.pop();
        at.anchor = top.anchor;
        Goes::On
    }

    fn begin(
        &mut self,
        line: &mut Line<'_>,
        open: &mut Vec<Open>,
        at: &mut At,
        id: RuleId,
        (found, whole): (&Found, &Range<usize>),
    ) -> Goes {
        let grammars = self.grammars;
        let rule = grammars.rule(id);
        let Some(top) = open.last() else {
            return Goes::Nowhere;
        };
        line.say(whole.start, &top.inside);
        let scopes = with_name(&top.inside, rule.name.as_ref());
        let moves = whole.end > at.place;
        let block = match &rule.kind {
            Kind::Match(_, captures) => {
                self.say_groups(line, &scopes, captures, found, at.is_first);
                line.say(whole.end, &scopes);
                return if moves { Goes::On } else { Goes::Nowhere };
            }
            Kind::List => return Goes::Nowhere,
            Kind::Block(block) => block,
        };
        self.say_groups(line, &scopes, &block.begin_captures, found, at.is_first);
        line.say(whole.end, &scopes);
        let began_here = |open: &&Open| open.begin == Some(at.place);
        let mut same_place = open.iter().rev().take_while(began_here);
        if open.len() >= DEPTH_MAX || !moves && same_place.any(|open| open.rule == id) {
            return if moves { Goes::On } else { Goes::Nowhere };
        }
        let end = match &block.end {
            End::Fixed(_) => None,
            End::OfGroups(source) => {
                let group = |number| line.group(found, number);
                self.end_of(pattern::with_groups(source, group))
            }
        };
        open.push(Open {
            rule: id,
            inside: with_name(&scopes, rule.content_name.as_ref()),
            scopes,
            begin: Some(at.place),
            anchor: at.anchor,
            took_line: whole.end == line.text.len(),
            end,
        });
        at.anchor = Some(whole.end);
        Goes::On
    }

    /// What the groups of a match are; what stands in none is `around`.
    fn say_groups(
        &mut self,
        line: &mut Line<'_>,
        around: &Scopes,
        captures: &Captures,
        found: &Found,
        is_first: bool,
    ) {
        let Some(whole) = found.first().cloned().flatten() else {
            return;
        };
        // Groups that are open, each with its end.
        let mut open: Vec<(usize, Scopes)> = Vec::new();
        for (capture, range) in captures.iter().zip(found) {
            let (Some(capture), Some(range)) = (capture, range) else {
                continue;
            };
            if range.is_empty() {
                continue;
            }
            if range.start > whole.end {
                break;
            }
            while let Some((end, scopes)) = open.pop_if(|(end, _)| *end <= range.start) {
                line.say(end, &scopes);
            }
            let outer = open.last().map_or(around, |(_, scopes)| scopes).clone();
            line.say(range.start, &outer);
            match capture.inside {
                Some(rule) => {
                    let scopes = with_name(around, capture.name.as_ref());
                    let inside = with_name(&scopes, capture.content_name.as_ref());
                    self.read_group(line, (rule, scopes, inside), range, is_first);
                }
                None => {
                    let scopes = with_name(&outer, capture.name.as_ref());
                    open.push((range.end, scopes));
                }
            }
        }
        while let Some((end, scopes)) = open.pop() {
            line.say(end, &scopes);
        }
    }

    /// Looks into a group with rules of its own.
    fn read_group(
        &mut self,
        line: &mut Line<'_>,
        (rule, scopes, inside): (RuleId, Scopes, Scopes),
        range: &Range<usize>,
        is_first: bool,
    ) {
        if line.depth >= INSIDE_MAX {
            return line.say(range.end, &inside);
        }
        let mut part = Line::new(&line.text[..range.end], line.done, line.depth + 1);
        let mut open = vec![Open {
            rule,
            scopes,
            inside,
            begin: Some(range.start),
            anchor: None,
            took_line: false,
            end: None,
        }];
        let at = At {
            place: range.start,
            is_first: is_first && range.start == 0,
            anchor: None,
        };
        self.read(&mut part, &mut open, at);
        line.done = part.done;
        line.pieces.append(&mut part.pieces);
    }

    fn end_of(&mut self, source: String) -> Option<Rc<Pattern>> {
        /// To make a pattern takes much longer than to look for one.
        const MAKE: usize = 500_000;
        let known = self.ends.entry(source);
        if let Entry::Vacant(_) = known {
            self.work.spend(MAKE);
        }
        let made = known.or_insert_with_key(|source| Pattern::new(source).ok().map(Rc::new));
        made.clone()
    }

    fn leaves(&mut self, rule: RuleId) -> Rc<[RuleId]> {
        if let Some(known) = self.leaves.get(&rule) {
            return known.clone();
        }
        let mut leaves = Vec::new();
        let mut seen = vec![false; self.grammars.count()];
        self.collect(rule, &mut seen, &mut leaves);
        self.work.spend(seen.len() + leaves.len());
        let leaves: Rc<[RuleId]> = leaves.into();
        self.leaves.insert(rule, leaves.clone());
        leaves
    }

    /// The rules inside of one, in their order, each once.
    fn collect(&self, rule: RuleId, seen: &mut [bool], leaves: &mut Vec<RuleId>) {
        for include in &self.grammars.rule(rule).patterns {
            let id = match include {
                Include::Rule(id) => *id,
                Include::Base => self.base,
            };
            if std::mem::replace(&mut seen[id], true) {
                continue;
            }
            match self.grammars.rule(id).kind {
                Kind::List => self.collect(id, seen, leaves),
                Kind::Match(..) | Kind::Block(_) => leaves.push(id),
            }
        }
    }
}

impl At {
    fn anchors(&self) -> Anchors {
        Anchors {
            is_first: self.is_first,
            is_after_match: self.anchor == Some(self.place),
        }
    }
}

fn end_pattern<'a>(block: &'a Block, open: &'a Open) -> Option<&'a Pattern> {
    match &block.end {
        End::Fixed(pattern) => Some(pattern),
        End::OfGroups(_) => open.end.as_deref(),
    }
}

/// Looks for the beginning or the end of a rule, if it is not known yet where that is.
fn find(
    pattern: &Pattern,
    (key, known): (usize, &mut Known),
    text: &str,
    at: &At,
    work: &mut Work,
) -> Option<Found> {
    /// What is known is looked up.
    const LOOK_UP: usize = 10;
    work.spend(LOOK_UP);
    if pattern.is_anchored() {
        return pattern.find(text, at.place, at.anchors(), work);
    }
    let starts_later = |found: &Found| {
        let whole = found.first().and_then(Option::as_ref);
        whole.is_some_and(|whole| whole.start >= at.place)
    };
    match known.get(&key) {
        Some(None) => return None,
        Some(Some(found)) if starts_later(found) => return Some(found.clone()),
        _ => {}
    }
    let found = pattern.find(text, at.place, Anchors::default(), work);
    known.insert(key, found.clone());
    found
}

fn with_name(scopes: &Scopes, name: Option<&Name>) -> Scopes {
    let Some(name) = name else {
        return scopes.clone();
    };
    scopes.iter().chain(name.scopes()).copied().collect()
}
