//! A regular expression of a grammar. Grammars are written for Oniguruma; this says the same in the
//! words of our own engine.

use std::iter::Peekable;
use std::ops::Range;
use std::str::Chars;
use std::sync::OnceLock;

use fancy_regex::{Captures, Regex, RegexBuilder};

/// A search tries so many ways at most; what takes more is found by no line of code. Our engine does
/// not say how many it took, so it begins with few, and what is not enough tells how hard it was.
const WAYS_MAX: [usize; 4] = [30, 500, 8_000, 200_000];

/// A pattern of more steps is not made: those that call their own groups grow without end.
const LENGTH_MAX: usize = 100_000;

/// The largest automata of a pattern, in bytes. Few have more than the first: each byte may lead through
/// all of it.
const AUTOMATON_MAX: [usize; 2] = [256 << 10, 10 << 20];

/// Something that is never found.
pub const NEVER: &str = "(?!)";

/// A pattern that is looked for in one line, of which `\n` is the last character.
#[derive(Debug)]
pub struct Pattern {
    /// By [`Anchors::index`]; the first alone if the pattern asks for neither.
    searches: Vec<Search>,
}

/// What looks for a pattern.
#[derive(Debug)]
struct Search {
    quick: Regex,
    /// The same with the rest of [`WAYS_MAX`], made when one is needed.
    patient: [OnceLock<Option<Box<Regex>>>; WAYS_MAX.len() - 1],
    /// Which of [`AUTOMATON_MAX`] is enough.
    size: usize,
}

/// What may still be done for the colours of a block, in bytes that are searched. It counts work and
/// not time, so that the same block always looks the same.
#[derive(Debug)]
pub struct Work {
    left: usize,
}

/// Which places a search begins at, for patterns that ask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Anchors {
    /// `\A`: the beginning of the block.
    pub is_first: bool,
    /// `\G`: the end of the match that opened the rule.
    pub is_after_match: bool,
}

/// What was found: the match as a whole, then its groups.
pub type Found = Vec<Option<Range<usize>>>;

impl Anchors {
    fn index(self) -> usize {
        usize::from(self.is_first) + 2 * usize::from(self.is_after_match)
    }
}

impl Pattern {
    /// # Errors
    /// What our engine cannot do, in words.
    pub fn new(source: &str) -> Result<Pattern, String> {
        let all = [(false, false), (true, false), (false, true), (true, true)];
        let mut texts = Vec::new();
        for (is_first, is_after_match) in all {
            let anchors = Anchors {
                is_first,
                is_after_match,
            };
            texts.push(translated(source, anchors)?);
        }
        if texts.iter().all(|text| *text == texts[0]) {
            texts.truncate(1);
        }
        let searches = texts.iter().map(|text| Search::new(text));
        Ok(Pattern {
            searches: searches.collect::<Result<_, _>>()?,
        })
    }

    /// Whether what it finds depends on where the search begins.
    pub fn is_anchored(&self) -> bool {
        self.searches.len() > 1
    }

    /// The first match that does not begin before a place; nothing either if the work is done.
    pub fn find(
        &self,
        line: &str,
        from: usize,
        anchors: Anchors,
        work: &mut Work,
    ) -> Option<Found> {
        let search = self.searches.get(anchors.index());
        let search = search.unwrap_or(&self.searches[0]);
        let captures = search.captures(line, from, work)?;
        let groups = captures.iter();
        Some(groups.map(|group| Some(group?.range())).collect())
    }
}

impl Search {
    fn new(text: &str) -> Result<Search, String> {
        let all = (0..AUTOMATON_MAX.len()).map(|size| (size, regex(text, size, WAYS_MAX[0])));
        let mut reason = String::new();
        for (size, made) in all {
            match made {
                Ok(quick) => {
                    return Ok(Search {
                        quick,
                        patient: Default::default(),
                        size,
                    });
                }
                Err(error) => reason = error.to_string(),
            }
        }
        Err(reason)
    }

    fn captures<'l>(
        &self,
        line: &'l str,
        from: usize,
        work: &mut Work,
    ) -> Option<Captures<'l, str>> {
        /// To begin a search is as much as to look at so many bytes.
        const BEGIN: usize = 50;
        /// To try another way is as much as to look at so many.
        const WAY: usize = 10;
        /// Of the larger automaton a byte takes so much longer.
        const OF_LARGE: usize = 16;
        let bytes = BEGIN + line.len().saturating_sub(from);
        work.spend(bytes * if self.size == 0 { 1 } else { OF_LARGE });
        let mut found = self.quick.captures_from_pos(line, from);
        for (number, taken) in WAYS_MAX.iter().enumerate() {
            if found.is_ok() {
                break;
            }
            work.spend(taken * WAY);
            if work.is_done() {
                return None;
            }
            found = self.patient(number)?.captures_from_pos(line, from);
        }
        found.ok()?.filter(|_| !work.is_done())
    }

    /// The same with the number of ways after this one; nothing after the last.
    fn patient(&self, number: usize) -> Option<&Regex> {
        let ways_max = *WAYS_MAX.get(number + 1)?;
        let make = || regex(self.quick.as_str(), self.size, ways_max);
        let made = self.patient.get(number)?;
        made.get_or_init(|| make().ok().map(Box::new)).as_deref()
    }
}

fn regex(text: &str, size: usize, ways_max: usize) -> Result<Regex, fancy_regex::Error> {
    let mut builder = RegexBuilder::new(text);
    builder
        .backtrack_limit(ways_max)
        .max_prog_size(LENGTH_MAX)
        .delegate_size_limit(AUTOMATON_MAX[size]);
    builder.build()
}

impl Work {
    /// What a block of so many bytes may take.
    pub fn of_block(bytes: usize) -> Work {
        /// A short block may have a rule that searches long.
        const LEAST: usize = 10_000_000;
        /// Most grammars take up to 1,000 for each byte of ordinary code.
        const OF_BYTE: usize = 3_000;
        Work {
            left: LEAST + bytes * OF_BYTE,
        }
    }

    pub fn spend(&mut self, bytes: usize) {
        self.left = self.left.saturating_sub(bytes);
    }

    /// Whether nothing more is to be done.
    pub fn is_done(&self) -> bool {
        self.left == 0
    }
}

/// Whether a pattern that ends a rule takes up what the beginning found: `\1`.
pub fn asks_for_groups(source: &str) -> bool {
    let mut chars = source.chars();
    while let Some(c) = chars.next() {
        if c == '\\' && chars.next().is_some_and(|c| c.is_ascii_digit()) {
            return true;
        }
    }
    false
}

/// The pattern with the text of groups in the place of `\1`.
pub fn with_groups(source: &str, group: impl Fn(usize) -> Option<String>) -> String {
    let mut out = String::new();
    let mut chars = source.chars().peekable();
    while let Some(c) = chars.next() {
        let digit = |chars: &mut Peekable<Chars<'_>>| chars.next_if(char::is_ascii_digit);
        if c != '\\' {
            out.push(c);
        } else if let Some(first) = digit(&mut chars) {
            let mut number = first.to_string();
            while let Some(next) = digit(&mut chars) {
                number.push(next);
            }
            let text = number.parse().ok().and_then(&group).unwrap_or_default();
            for c in text.chars() {
                if c.is_ascii_punctuation() || c.is_whitespace() {
                    out.push('\\');
                }
                out.push(c);
            }
        } else {
            out.push('\\');
            out.extend(chars.next());
        }
    }
    out
}

fn translated(source: &str, anchors: Anchors) -> Result<String, String> {
    let mut translation = Translation {
        rest: source.chars().peekable(),
        out: String::new(),
        open: vec![Group::default()],
        last: None,
        anchors,
    };
    translation.run()?;
    Ok(translation.out)
}

struct Translation<'a> {
    rest: Peekable<Chars<'a>>,
    out: String,
    /// The pattern as a whole, and the groups that are open in it.
    open: Vec<Group>,
    /// Where in `out` that begins which `{2}` would repeat, if there is something.
    last: Option<usize>,
    anchors: Anchors,
}

/// A group that is open.
#[derive(Debug, Default)]
struct Group {
    /// Where in `out` it begins, and where what stands in it does.
    start: usize,
    inside: usize,
    /// Whether white space and comments count for nothing in it.
    is_spaced: bool,
    /// Groups in it that end with it: `a(?i)b|c` means `a(?i:b|c)`.
    of_flags: usize,
}

/// One member of `[…]`.
enum Member {
    One(String),
    Many(String),
}

impl Translation<'_> {
    fn run(&mut self) -> Result<(), String> {
        while let Some(c) = self.rest.next() {
            let is_spaced = self.is_spaced();
            match c {
                '\\' => self.escape()?,
                '[' => {
                    let class = self.class(0)?;
                    self.put(&class);
                }
                '(' => self.open()?,
                ')' => self.close(),
                '|' => {
                    self.out.push('|');
                    self.last = None;
                }
                '{' => self.brace(),
                '}' | ']' => self.put(&literal(c)),
                '^' => self.place("^"),
                '$' => self.place("(?m:$)"),
                '#' if is_spaced => while self.rest.next().is_some_and(|c| c != '\n') {},
                c if is_spaced && c.is_whitespace() => {}
                '?' | '*' | '+' => self.out.push(c),
                c => self.put(c.encode_utf8(&mut [0; 4])),
            }
        }
        let of_flags = self.open.first().map_or(0, |whole| whole.of_flags);
        self.out.push_str(&")".repeat(of_flags));
        Ok(())
    }

    fn is_spaced(&self) -> bool {
        self.open.last().is_some_and(|group| group.is_spaced)
    }

    fn put(&mut self, text: &str) {
        self.last = Some(self.out.len());
        self.out.push_str(text);
    }

    /// Begins a group whose text is to follow.
    fn begin(&mut self, head: &str, is_spaced: bool) {
        let start = self.out.len();
        self.out.push_str(head);
        self.open.push(Group {
            start,
            inside: self.out.len(),
            is_spaced,
            of_flags: 0,
        });
        self.last = None;
    }

    /// Ends the innermost group; one that was never begun is refused by our engine.
    fn close(&mut self) {
        if self.open.len() > 1
            && let Some(group) = self.open.pop()
        {
            self.out.push_str(&")".repeat(1 + group.of_flags));
            self.last = Some(group.start);
        } else {
            self.put(")");
        }
    }

    /// What begins with a parenthesis, up to where the group's own text begins.
    fn open(&mut self) -> Result<(), String> {
        let is_spaced = self.is_spaced();
        if self.rest.next_if_eq(&'?').is_none() {
            self.begin("(", is_spaced);
            return Ok(());
        }
        match self.rest.peek() {
            Some('#') => {
                while self.rest.next().is_some_and(|c| c != ')') {}
                return Ok(());
            }
            Some(c) if c.is_ascii_alphabetic() || *c == '-' => return self.flags(),
            _ => {}
        }
        if self.rest.next_if_eq(&'(').is_some() {
            // `(?(1)a|b)`: what is asked stands in a group of its own.
            self.begin("(?", is_spaced);
            self.begin("(", is_spaced);
            return Ok(());
        }
        // `(?<name>`, `(?<=`, `(?=`, `(?!`, `(?>`, `(?:`, `(?~`.
        let mut head = String::from("(?");
        if let Some(c) = self.rest.next() {
            head.push(c);
            if c == '<' {
                head.extend(self.rest.next());
            }
        }
        self.begin(&head, is_spaced);
        Ok(())
    }

    /// `(?i)`, `(?x-m:`. White space is taken out here, so that our engine need not know of it.
    fn flags(&mut self) -> Result<(), String> {
        let (mut on, mut off) = (String::new(), String::new());
        let mut is_off = false;
        let mut is_spaced = self.is_spaced();
        let end = loop {
            match self.rest.next() {
                Some('-') => is_off = true,
                Some('x') => is_spaced = !is_off,
                Some('i') if is_off => off.push('i'),
                Some('i') => on.push('i'),
                // Here it says that `.` is every character.
                Some('m') if is_off => off.push('s'),
                Some('m') => on.push('s'),
                Some(end @ (')' | ':')) => break end,
                _ => return Err("it has flags that are not known here".to_owned()),
            }
        };
        let off = match off.is_empty() {
            true => off,
            false => format!("-{off}"),
        };
        let head = format!("(?{on}{off}:");
        if end == ':' {
            self.begin(&head, is_spaced);
            return Ok(());
        }
        let here = self.out.len();
        if let Some(group) = self.open.last_mut() {
            group.is_spaced = is_spaced;
            if here > group.inside {
                group.of_flags += 1;
                self.out.push_str(&head);
            } else if !on.is_empty() || !off.is_empty() {
                self.out.push_str(&format!("(?{on}{off})"));
            }
        }
        self.last = None;
        Ok(())
    }

    /// `{2,3}` after something, or a brace.
    fn brace(&mut self) {
        let is_part = |c: &char| c.is_ascii_digit() || *c == ',';
        let inside: String = self.rest.clone().take_while(is_part).collect();
        let is_closed = self.rest.clone().nth(inside.len()) == Some('}');
        let (low, high) = inside.split_once(',').unwrap_or((&inside, ""));
        let is_count = (!low.is_empty() || !high.is_empty()) && !high.contains(',');
        let (Some(last), true, true) = (self.last, is_closed, is_count) else {
            self.put("\\{");
            return;
        };
        self.rest.nth(inside.len());
        let low = if low.is_empty() { "0" } else { low };
        let is_range = inside.contains(',');
        match is_range {
            true => self.out.push_str(&format!("{{{low},{high}}}")),
            false => self.out.push_str(&format!("{{{low}}}")),
        }
        // `x{2}+` is `(?:x{2})+`, and `x{2}?` is `(?:x{2})?`; `x{2,3}?` finds as few as it can.
        let next = self.rest.peek();
        if next == Some(&'+') || next == Some(&'?') && !is_range {
            self.out.insert_str(last, "(?:");
            self.out.push(')');
        }
    }

    /// What follows a backslash outside of `[…]`.
    fn escape(&mut self) -> Result<(), String> {
        let Some(c) = self.rest.peek().copied() else {
            return Err("it ends with a backslash".to_owned());
        };
        let anchor = |text: &'static str, is_there: bool| if is_there { text } else { NEVER };
        let text = match c {
            'A' => anchor("\\A", self.anchors.is_first),
            'G' => anchor("\\G", self.anchors.is_after_match),
            'Z' => "(?=\\n?\\z)",
            'z' => "\\z",
            'b' => "\\b",
            'B' => "\\B",
            'K' => "\\K",
            'R' => "(?:\\r\\n|[\\n\\x0B\\f\\r\\x{85}\\x{2028}\\x{2029}])",
            'N' => "[^\\n]",
            'O' => "(?s:.)",
            'X' | 'y' | 'Y' => return Err(format!("it uses `\\{c}`, which is not known here")),
            'k' => "\\k",
            'g' => "\\g",
            '1'..='9' => {
                let mut number = String::new();
                while let Some(digit) = self.rest.next_if(char::is_ascii_digit) {
                    number.push(digit);
                }
                self.put(&format!("(?:\\{number})"));
                return Ok(());
            }
            _ => {
                let (Member::One(text) | Member::Many(text)) = self.member()?;
                self.put(&text);
                return Ok(());
            }
        };
        self.rest.next();
        match "AGZzbB".contains(c) {
            true => self.place(text),
            false => self.put(text),
        }
        Ok(())
    }

    /// A place, which has no length. Our engine repeats none: one that may be missing says nothing,
    /// and one that is there is there once.
    fn place(&mut self, text: &str) {
        match self.rest.next_if(|c| matches!(c, '?' | '*' | '+')) {
            Some('+') => self.put(text),
            Some(_) => {
                self.rest.next_if(|c| matches!(c, '?' | '+'));
                self.out.push_str("(?:)");
                self.last = None;
            }
            None => self.put(text),
        }
    }

    /// What follows a backslash and stands for one character or for some, in `[…]` or not.
    fn member(&mut self) -> Result<Member, String> {
        let Some(c) = self.rest.next() else {
            return Err("it ends with a backslash".to_owned());
        };
        let many = |text: &str| Ok(Member::Many(text.to_owned()));
        let code = |code: u32| Ok(Member::One(format!("\\x{{{code:X}}}")));
        match c {
            'd' | 'D' | 'w' | 'W' | 's' | 'S' => many(&format!("\\{c}")),
            'h' => many("[0-9A-Fa-f]"),
            'H' => many("[^0-9A-Fa-f]"),
            'p' | 'P' => self.property(c == 'P').map(Member::Many),
            'n' | 't' | 'r' | 'f' => Ok(Member::One(format!("\\{c}"))),
            'v' => code(0x0B),
            'a' => code(0x07),
            'e' => code(0x1B),
            'b' => code(0x08),
            'c' => code(self.rest.next().map_or(0, |c| u32::from(c) & 0x1F)),
            'x' if self.rest.next_if_eq(&'{').is_some() => {
                let number = self.digits(16, 8);
                self.rest.next_if_eq(&'}');
                code(number)
            }
            'x' => code(self.digits(16, 2)),
            'u' => code(self.digits(16, 4)),
            '0' => code(self.digits(8, 2)),
            c => Ok(Member::One(literal(c))),
        }
    }

    fn digits(&mut self, base: u32, count_max: usize) -> u32 {
        let mut number = 0;
        for _ in 0..count_max {
            let Some(digit) = self.rest.next_if(|c| c.is_digit(base)) else {
                break;
            };
            number = number * base + digit.to_digit(base).unwrap_or_default();
        }
        number
    }

    /// `{Alpha}`, `{^Alpha}` or `{Greek}`.
    fn property(&mut self, is_negated: bool) -> Result<String, String> {
        if self.rest.next_if_eq(&'{').is_none() {
            let name = self.rest.next().unwrap_or_default();
            let letter = if is_negated { 'P' } else { 'p' };
            return Ok(format!("\\{letter}{name}"));
        }
        let is_negated = is_negated != self.rest.next_if_eq(&'^').is_some();
        let mut name = String::new();
        loop {
            match self.rest.next() {
                Some('}') => break,
                Some(c) => name.push(c),
                None => return Err("it has a `\\p{` without its `}`".to_owned()),
            }
        }
        let inside = match &*name.to_ascii_lowercase() {
            "alnum" => "\\p{Alphabetic}\\p{Nd}",
            "alpha" => "\\p{Alphabetic}",
            "blank" => "\\t\\p{Zs}",
            "cntrl" => "\\p{Cc}",
            "digit" => "\\p{Nd}",
            "lower" => "\\p{Lowercase}",
            "punct" => "\\p{P}\\p{S}",
            "space" => "\\s",
            "upper" => "\\p{Uppercase}",
            "word" => "\\w",
            "xdigit" => "0-9A-Fa-f",
            _ => {
                let letter = if is_negated { 'P' } else { 'p' };
                return Ok(format!("\\{letter}{{{name}}}"));
            }
        };
        let not = if is_negated { "^" } else { "" };
        Ok(format!("[{not}{inside}]"))
    }

    /// `[…]`, of which the first bracket was read.
    fn class(&mut self, depth: usize) -> Result<String, String> {
        const DEPTH_MAX: usize = 50;
        let unclosed = || "it has a `[` without its `]`".to_owned();
        if depth > DEPTH_MAX {
            return Err("its `[` stand in each other too deep".to_owned());
        }
        let mut out = String::from("[");
        if self.rest.next_if_eq(&'^').is_some() {
            out.push('^');
        }
        if self.rest.next_if_eq(&']').is_some() {
            out.push_str("\\]");
        }
        // Whether a range may go on from the member before.
        let mut is_begun = false;
        loop {
            let c = self.rest.next().ok_or_else(unclosed)?;
            let member = match c {
                ']' => break,
                '-' => {
                    let is_last = self.rest.peek() == Some(&']');
                    if is_begun && !is_last {
                        match self.range_end()? {
                            Member::One(end) => out.push_str(&format!("-{end}")),
                            Member::Many(end) => out.push_str(&format!("\\-{end}")),
                        }
                        is_begun = false;
                        continue;
                    }
                    Member::One("\\-".to_owned())
                }
                '&' if self.rest.next_if_eq(&'&').is_some() => Member::Many("&&".to_owned()),
                '[' if self.rest.peek() == Some(&':') => match self.posix() {
                    Some(class) => Member::Many(class),
                    None => Member::Many(self.class(depth + 1)?),
                },
                '[' => Member::Many(self.class(depth + 1)?),
                '\\' => self.member()?,
                c => Member::One(literal(c)),
            };
            is_begun = matches!(member, Member::One(_));
            let (Member::One(text) | Member::Many(text)) = member;
            out.push_str(&text);
        }
        out.push(']');
        Ok(out)
    }

    fn range_end(&mut self) -> Result<Member, String> {
        match self.rest.next() {
            Some('\\') => self.member(),
            Some('[') => self.class(1).map(Member::Many),
            Some(c) => Ok(Member::One(literal(c))),
            None => Err("it has a `[` without its `]`".to_owned()),
        }
    }

    /// `[:alpha:]`, of which the first bracket was read.
    fn posix(&mut self) -> Option<String> {
        let text: String = self
            .rest
            .clone()
            .skip(1)
            .take_while(|c| *c != ':')
            .collect();
        let is_name = text.chars().all(|c| c.is_ascii_lowercase() || c == '^');
        let mut after = self.rest.clone().skip(text.chars().count() + 1);
        if !is_name || text.is_empty() || (after.next(), after.next()) != (Some(':'), Some(']')) {
            return None;
        }
        for _ in 0..text.chars().count() + 3 {
            self.rest.next();
        }
        Some(format!("[[:{text}:]]"))
    }
}

/// A character that stands for itself, wherever it stands.
fn literal(c: char) -> String {
    const SPECIAL: &str = "\\.+*?()|[]{}^$#&-~";
    match SPECIAL.contains(c) {
        true => format!("\\{c}"),
        false => c.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOWHERE: Anchors = Anchors {
        is_first: false,
        is_after_match: false,
    };

    /// What a pattern finds in a line, one after the other.
    fn check(source: &str, line: &str, expected: &[&str]) {
        check_at(source, line, NOWHERE, expected);
    }

    fn check_at(source: &str, line: &str, anchors: Anchors, expected: &[&str]) {
        let pattern = Pattern::new(source).unwrap_or_else(|error| panic!("{source}: {error}"));
        let mut work = Work::of_block(line.len());
        let mut found = Vec::new();
        let mut at = 0;
        while let Some(groups) = pattern.find(line, at, anchors, &mut work) {
            let whole = groups[0].clone().unwrap();
            at = whole.end.max(at + 1);
            found.push(&line[whole]);
        }
        assert_eq!(found, expected, "{source} in {line}");
    }

    #[test]
    fn flags_hold_to_the_end_of_their_group_over_alternatives() {
        check("a(?i)b|C", "ab aB ac aC b c", &["ab", "aB", "ac", "aC"]);
        check("(?i)ab|C", "AB c", &["AB", "c"]);
        check("(x(?i)b|c)d", "xBd xCd cd xCD", &["xBd", "xCd"]);
        check("x(?i)b(?-i)c|d", "xBc xBd xbD xd", &["xBc", "xBd"]);
        check("x(?x) b | c # or", "xb xc c x b", &["xb", "xc"]);
        check("x(?i:b|c)|d", "xB xC d D", &["xB", "xC", "d"]);
        check(
            "(a)?(x(?i)(?(1)b|c)d)e",
            "axBDe xCDe xCDE",
            &["axBDe", "xCDe"],
        );
    }

    #[test]
    fn what_is_counted_is_repeated_as_a_whole() {
        check("x{2}+", "xxxxx", &["xxxx"]);
        check("x{2}+x", "xxxx", &["xxx"]);
        check("x{2,3}+x", "xxx", &["xxx"]);
        check("y(ab){2}+", "yababab", &["yabab"]);
        check("[ab]{2}+c", "ababac", &["babac"]);
        check("ax{2}?b", "ab axb axxb", &["ab", "axxb"]);
        check("x{1,2}?", "xx", &["x", "x"]);
        check("x{,2}y", "xxxy", &["xxy"]);
        check("x++x|y", "xxy", &["y"]);
        check("a}{2}+", "a}}}}}", &["a}}}}"]);
    }

    #[test]
    fn braces_that_count_nothing_are_braces() {
        check("{", "{", &["{"]);
        check(
            "a{x}|b{,}|c{1,2,3}",
            "a{x} b{,} c{1,2,3}",
            &["a{x}", "b{,}", "c{1,2,3}"],
        );
        check("(?:{2})", "{2}", &["{2}"]);
        let many = "{1".repeat(50_000);
        check(&many[..200], "{", &[]);
        assert!(translated(&many, NOWHERE).is_ok());
    }

    #[test]
    fn places_can_be_repeated() {
        let after = Anchors {
            is_after_match: true,
            ..NOWHERE
        };
        check("\\G?a", "ba", &["a"]);
        check_at("\\G?a", "aa", after, &["a", "a"]);
        check_at("\\Ga", "ba", after, &[]);
        check("\\Ga", "a", &[]);
        check("\\A?a", "ba", &["a"]);
        check("^?a", "ba", &["a"]);
        check("\\b?a", "ba", &["a"]);
        check("a$?", "ab", &["a"]);
    }
}
