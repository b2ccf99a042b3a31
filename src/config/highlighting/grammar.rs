//! Grammars that a site brings: those of TextMate and VS Code, in JSON.

use std::collections::BTreeMap;
use std::sync::Arc;

use syntect::parsing::Scope;

use super::json::{self, Json, Raw};
use super::pattern::{self, Pattern, asks_for_groups};
use crate::diagnostic::{Diagnostics, Place};

/// All grammars of a site. They may include each other, so their rules stand in one list.
#[derive(Debug, Default)]
pub struct Grammars {
    all: Vec<Grammar>,
    rules: Vec<Rule>,
}

/// One language.
#[derive(Debug)]
pub struct Grammar {
    /// What stands after a fence.
    pub name: Arc<str>,
    /// What all of its code is: `source.rust`.
    pub scope: Name,
    scope_name: String,
    /// The rule that all others hang on.
    pub root: RuleId,
    /// The rules with names of their own.
    named: BTreeMap<String, RuleId>,
}

/// The place of a rule among the rules of all grammars.
pub type RuleId = usize;

/// What is looked for, and what becomes of it.
#[derive(Debug, Default)]
pub struct Rule {
    /// What is found is this.
    pub name: Option<Name>,
    /// What stands between beginning and end is this.
    pub content_name: Option<Name>,
    pub kind: Kind,
    /// What is looked for inside, in this order.
    pub patterns: Vec<Include>,
}

#[derive(Debug, Default)]
pub enum Kind {
    /// Nothing but other rules.
    #[default]
    List,
    Match(Pattern, Captures),
    Block(Box<Block>),
}

/// Something with a beginning and an end.
#[derive(Debug)]
pub struct Block {
    pub begin: Pattern,
    pub begin_captures: Captures,
    pub end: End,
    pub end_captures: Captures,
    pub until: Until,
}

/// What ends a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Until {
    /// A match of the end.
    End,
    /// The same, but what is inside comes first.
    EndLast,
    /// A line in which there is no match.
    While,
}

#[derive(Debug)]
pub enum End {
    Fixed(Pattern),
    /// Depends on what the beginning found.
    OfGroups(String),
}

/// A rule that stands in another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Include {
    Rule(RuleId),
    /// The grammar of the block of code as a whole.
    Base,
}

/// What each group of a match is.
pub type Captures = Vec<Option<Capture>>;

#[derive(Debug, Default)]
pub struct Capture {
    pub name: Option<Name>,
    pub content_name: Option<Name>,
    /// What is looked for in the group.
    pub inside: Option<RuleId>,
}

/// What a piece of code is called by themes. `entity.name.$1`, with the text of a group in it, is
/// taken as `entity.name`: the program keeps each name for ever, and there is no end of words.
#[derive(Clone, Debug)]
pub struct Name(Vec<Scope>);

impl Name {
    fn new(text: &str) -> Name {
        Name(scopes(text))
    }

    /// The scopes that it is.
    pub fn scopes(&self) -> &[Scope] {
        &self.0
    }
}

/// The scopes that stand in a text, without what would be no name of a class in HTML.
fn scopes(text: &str) -> Vec<Scope> {
    /// More is nowhere asked for, and has no place in a scope.
    const ATOMS_MAX: usize = 8;
    let is_plain = |c: &char| c.is_ascii_alphanumeric() || "-_+#".contains(*c);
    let names = text.split_whitespace().map(|name| {
        let atoms = name.split('.').take_while(|atom| !atom.contains('$'));
        let atoms = atoms.map(|atom| atom.chars().filter(is_plain));
        let atoms = atoms.map(String::from_iter).filter(|atom| !atom.is_empty());
        let atoms: Vec<String> = atoms.take(ATOMS_MAX).collect();
        atoms.join(".")
    });
    let names = names.filter(|name| !name.is_empty());
    names.filter_map(|name| Scope::new(&name).ok()).collect()
}

impl Grammars {
    /// Reads files, each with its path and its text, if there is one. What is wrong with a rule
    /// takes that rule out.
    pub fn read<'a>(
        files: impl Iterator<Item = (&'a Arc<str>, Option<&'a str>)>,
        problems: &mut Diagnostics,
    ) -> Grammars {
        let mut reading = Reading {
            all: Vec::new(),
            rules: Vec::new(),
            outside: Vec::new(),
            is_whole: true,
            problems,
        };
        for (file, text) in files {
            match text {
                Some(text) => {
                    let text = &json::without_comments(text);
                    reading.grammar(Json { file, text });
                }
                None => reading.is_whole = false,
            }
        }
        reading.link();
        Grammars {
            all: reading.all,
            rules: reading.rules,
        }
    }

    /// The grammar of a language; of two with one name, the later one.
    pub fn find(&self, language: &str) -> Option<&Grammar> {
        let mut all = self.all.iter().rev();
        all.find(|grammar| grammar.name.to_lowercase() == language)
    }

    /// The names of all languages, in small letters.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.all.iter().map(|grammar| grammar.name.to_lowercase())
    }

    pub fn rule(&self, id: RuleId) -> &Rule {
        &self.rules[id]
    }

    /// How many rules there are.
    pub fn count(&self) -> usize {
        self.rules.len()
    }
}

/// Grammars that are being read.
struct Reading<'p> {
    all: Vec<Grammar>,
    rules: Vec<Rule>,
    /// What grammars include of others: the rule in which that stands, and where in it.
    outside: Vec<Outside>,
    /// Whether all files are grammars. If not, that was said, and others may miss them.
    is_whole: bool,
    problems: &'p mut Diagnostics,
}

struct Outside {
    rule: RuleId,
    index: usize,
    scope_name: String,
    /// A rule with a name of its own.
    name: Option<String>,
    place: Place,
}

/// The names that a rule may include.
struct Names<'n> {
    own: BTreeMap<String, RuleId>,
    above: Option<&'n Names<'n>>,
    root: RuleId,
}

impl Names<'_> {
    fn find(&self, name: &str) -> Option<RuleId> {
        let own = self.own.get(name).copied();
        own.or_else(|| self.above?.find(name))
    }
}

/// What a rule may say.
const RULE_KEYS: [&str; 14] = [
    "applyEndPatternLast",
    "begin",
    "beginCaptures",
    "captures",
    "contentName",
    "end",
    "endCaptures",
    "include",
    "match",
    "name",
    "patterns",
    "repository",
    "while",
    "whileCaptures",
];

/// Rules that stand deeper in each other are left out.
const DEPTH_MAX: usize = 60;

/// A rule with what it is read with.
struct Written<'a, 'n> {
    json: Json<'a>,
    members: BTreeMap<String, Raw<'a>>,
    names: &'n Names<'n>,
    depth: usize,
}

impl<'a> Written<'a, '_> {
    fn get(&self, key: &str) -> Option<Raw<'a>> {
        self.members.get(key).copied()
    }

    fn name(&self, key: &str) -> Option<Name> {
        Some(Name::new(&json::text(self.get(key)?)?))
    }
}

impl Reading<'_> {
    fn grammar(&mut self, json: Json<'_>) {
        let members = match json.object() {
            Ok(members) => members,
            Err((place, reason)) => return self.broken(place, &reason),
        };
        let text = |key: &str| members.get(key).copied().and_then(json::text);
        let (Some(name), Some(scope_name)) = (text("name"), text("scopeName")) else {
            let place = Place::whole(json.file);
            let reason = "its `name` and `scopeName` have to be texts";
            return self.broken(place, reason);
        };
        const KEYS: [&str; 9] = [
            "displayName",
            "fileTypes",
            "firstLineMatch",
            "injectionSelector",
            "injections",
            "name",
            "patterns",
            "repository",
            "scopeName",
        ];
        json.report_misspelt(&members, &KEYS, self.problems);
        if let Some(injections) = members
            .get("injections")
            .or(members.get("injectionSelector"))
        {
            let reason = "rules that are put into other grammars are not read";
            self.problems.grammar_rule(json.place(injections), reason);
        }
        let root = self.new_rule();
        let top = Names {
            own: BTreeMap::new(),
            above: None,
            root,
        };
        let repository = members.get("repository").copied();
        let names = self.names(json, repository, &top, 0);
        let written = Written {
            json,
            members,
            names: &names,
            depth: 0,
        };
        let patterns = written.get("patterns");
        self.rules[root].patterns = self.patterns(root, patterns, &written);
        self.all.push(Grammar {
            name: name.into(),
            scope: Name::new(&scope_name),
            scope_name,
            root,
            named: names.own,
        });
    }

    fn broken(&mut self, place: Place, reason: &str) {
        self.is_whole = false;
        self.problems.broken_grammar(place, reason);
    }

    fn new_rule(&mut self) -> RuleId {
        self.rules.push(Rule::default());
        self.rules.len() - 1
    }

    /// The names of a repository, and all of its rules.
    fn names<'n>(
        &mut self,
        json: Json<'_>,
        repository: Option<Raw<'_>>,
        above: &'n Names<'n>,
        depth: usize,
    ) -> Names<'n> {
        let rules = repository.and_then(json::object).unwrap_or_default();
        let own = rules.keys().map(|name| (name.clone(), self.new_rule()));
        let names = Names {
            own: own.collect(),
            above: Some(above),
            root: above.root,
        };
        for (name, rule) in rules {
            self.rule(names.own[&name], rule, (json, &names), depth + 1);
        }
        names
    }

    /// Reads a rule into its place. What cannot be read leaves an empty list there.
    fn rule(
        &mut self,
        id: RuleId,
        raw: Raw<'_>,
        (json, names): (Json<'_>, &Names<'_>),
        depth: usize,
    ) {
        if depth > DEPTH_MAX {
            let reason = "rules stand in each other too deep";
            return self.problems.grammar_rule(json.place(raw), reason);
        }
        let mut members = match json::object(raw) {
            Some(members) => members,
            // A list of rules stands for a rule that is nothing but them.
            None if json::list(raw).is_some() => BTreeMap::from([("patterns".to_owned(), raw)]),
            None => {
                let reason = "it is neither an object nor a list";
                return self.problems.grammar_rule(json.place(raw), reason);
            }
        };
        json.report_misspelt(&members, &RULE_KEYS, self.problems);
        let repository = members.remove("repository");
        let inner;
        let names = match repository {
            Some(_) => {
                inner = self.names(json, repository, names, depth);
                &inner
            }
            None => names,
        };
        let written = Written {
            json,
            members,
            names,
            depth,
        };
        let Some(kind) = self.kind(&written) else {
            return;
        };
        let patterns = match (&kind, written.get("patterns"), written.get("include")) {
            (Kind::Match(..), ..) => Vec::new(),
            (Kind::List, None, Some(include)) => {
                let include = self.include(id, 0, include, &written);
                include.into_iter().collect()
            }
            (_, patterns, _) => self.patterns(id, patterns, &written),
        };
        self.rules[id] = Rule {
            name: written.name("name"),
            content_name: written.name("contentName"),
            kind,
            patterns,
        };
    }

    /// What a rule looks for; nothing if that cannot be looked for, which is said.
    fn kind(&mut self, written: &Written<'_, '_>) -> Option<Kind> {
        if let Some(found) = written.get("match") {
            let captures = self.captures("captures", written);
            return Some(Kind::Match(self.pattern(found, written)?, captures));
        }
        let Some(begin) = written.get("begin") else {
            return Some(Kind::List);
        };
        let place = written.json.place(begin);
        let begin = self.pattern(begin, written)?;
        let (key, until) = match written.get("while") {
            Some(_) => ("while", Until::While),
            None if written
                .get("applyEndPatternLast")
                .is_some_and(json::is_true) =>
            {
                ("end", Until::EndLast)
            }
            None => ("end", Until::End),
        };
        let end = match written.get(key) {
            Some(end) => match json::text(end).filter(|text| asks_for_groups(text)) {
                Some(text) => self.end_of_groups(end, text, written)?,
                None => End::Fixed(self.pattern(end, written)?),
            },
            None => {
                self.problems.grammar_rule_without_end(place);
                End::OfGroups(pattern::NEVER.to_owned())
            }
        };
        let mut captures = |own: &str| {
            let key = match written.get(own) {
                Some(_) => own,
                None => "captures",
            };
            self.captures(key, written)
        };
        Some(Kind::Block(Box::new(Block {
            begin,
            begin_captures: captures("beginCaptures"),
            end,
            end_captures: captures(match until {
                Until::While => "whileCaptures",
                Until::End | Until::EndLast => "endCaptures",
            }),
            until,
        })))
    }

    /// An end that depends on its beginning, if it can be looked for after some beginning.
    fn end_of_groups(
        &mut self,
        raw: Raw<'_>,
        text: String,
        written: &Written<'_, '_>,
    ) -> Option<End> {
        let after_some = pattern::with_groups(&text, |_| Some("x".to_owned()));
        match Pattern::new(&after_some) {
            Ok(_) => Some(End::OfGroups(text)),
            Err(reason) => {
                self.problems.grammar_rule(written.json.place(raw), &reason);
                None
            }
        }
    }

    fn pattern(&mut self, raw: Raw<'_>, written: &Written<'_, '_>) -> Option<Pattern> {
        let text = json::text(raw).ok_or_else(|| "it is not a text".to_owned());
        match text.and_then(|text| Pattern::new(&text)) {
            Ok(pattern) => Some(pattern),
            Err(reason) => {
                self.problems.grammar_rule(written.json.place(raw), &reason);
                None
            }
        }
    }

    /// What the groups of a match are, by number, or in a list from 0.
    fn captures(&mut self, key: &str, written: &Written<'_, '_>) -> Captures {
        /// No pattern has more groups.
        const GROUPS_MAX: usize = 1000;
        let Some(raw) = written.get(key) else {
            return Captures::new();
        };
        let numbered: Vec<(usize, Raw<'_>)> = match (json::object(raw), json::list(raw)) {
            (Some(members), _) => {
                let members = members.into_iter();
                let numbered = members.map(|(key, raw)| Some((key.parse().ok()?, raw)));
                numbered.flatten().collect()
            }
            (None, Some(items)) => items.into_iter().enumerate().collect(),
            (None, None) => Vec::new(),
        };
        let mut captures = Captures::new();
        for (number, raw) in numbered {
            let Some(members) = json::object(raw).filter(|_| number < GROUPS_MAX) else {
                continue;
            };
            let has_rules = members.contains_key("patterns") || members.contains_key("include");
            let inside = has_rules.then(|| {
                let id = self.new_rule();
                self.rule(id, raw, (written.json, written.names), written.depth + 1);
                id
            });
            let name = |key: &str| Some(Name::new(&json::text(members.get(key).copied()?)?));
            if captures.len() <= number {
                captures.resize_with(number + 1, || None);
            }
            captures[number] = Some(Capture {
                name: name("name"),
                content_name: name("contentName"),
                inside,
            });
        }
        captures
    }

    /// The rules that stand in a rule.
    fn patterns(
        &mut self,
        id: RuleId,
        raw: Option<Raw<'_>>,
        written: &Written<'_, '_>,
    ) -> Vec<Include> {
        let items = raw.and_then(json::list).unwrap_or_default();
        let mut patterns = Vec::new();
        for item in items {
            let include = json::object(item);
            let include = include.and_then(|members| members.get("include").copied());
            match include {
                Some(include) => {
                    patterns.extend(self.include(id, patterns.len(), include, written))
                }
                None => {
                    let rule = self.new_rule();
                    let depth = written.depth + 1;
                    self.rule(rule, item, (written.json, written.names), depth);
                    patterns.push(Include::Rule(rule));
                }
            }
        }
        patterns
    }

    /// What `include` names; what stands in another grammar is looked for once all are read.
    fn include(
        &mut self,
        rule: RuleId,
        index: usize,
        raw: Raw<'_>,
        written: &Written<'_, '_>,
    ) -> Option<Include> {
        let place = written.json.place(raw);
        let Some(text) = json::text(raw) else {
            self.problems.grammar_rule(place, "`include` is not a text");
            return None;
        };
        match &*text {
            "$self" => return Some(Include::Rule(written.names.root)),
            "$base" => return Some(Include::Base),
            _ => {}
        }
        if let Some(name) = text.strip_prefix('#') {
            let found = written.names.find(name);
            if found.is_none() {
                let reason = format!("the grammar has no rule `{name}`");
                self.problems.grammar_rule(place, &reason);
            }
            return found.map(Include::Rule);
        }
        let (scope_name, name) = match text.split_once('#') {
            Some((scope_name, name)) => (scope_name, Some(name.to_owned())),
            None => (&*text, None),
        };
        self.outside.push(Outside {
            rule,
            index,
            scope_name: scope_name.to_owned(),
            name,
            place,
        });
        // An empty rule stands there until then.
        Some(Include::Rule(self.new_rule()))
    }

    /// Puts in what grammars include of each other.
    fn link(&mut self) {
        for outside in std::mem::take(&mut self.outside) {
            let Outside {
                rule,
                index,
                scope_name,
                name,
                place,
            } = outside;
            let grammar = self.all.iter().rev().find(|g| g.scope_name == scope_name);
            let Some(grammar) = grammar else {
                if self.is_whole {
                    self.problems.grammar_not_there(place, &scope_name);
                }
                continue;
            };
            let found = match &name {
                None => Some(grammar.root),
                Some(name) => grammar.named.get(name).copied(),
            };
            match (found, self.rules[rule].patterns.get_mut(index)) {
                (Some(found), Some(include)) => *include = Include::Rule(found),
                (Some(_), None) => {}
                (None, _) => {
                    let name = name.unwrap_or_default();
                    let reason = format!("the grammar `{scope_name}` has no rule `{name}`");
                    self.problems.grammar_rule(place, &reason);
                }
            }
        }
    }
}
