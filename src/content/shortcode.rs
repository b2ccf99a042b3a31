//! Shortcodes: calls of templates in the text of an article, found as Zola 0.22 finds them.
//!
//! A call is `{{ name(key=literal) }}`, or `{% name() %}` with a body up to `{% end %}`, in which
//! other calls may stand. What does not read as a call is text. `{{/* … */}}` and `{%/* … */%}`
//! stand for the same without their stars.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use crate::diagnostic::with_hint;
use crate::value::Value;

/// A part of a text. All ranges are bytes of the file.
#[derive(Debug)]
pub enum Piece {
    /// It stays as it is.
    Text(Range<usize>),
    Call(Call),
}

/// A call of a shortcode.
#[derive(Debug)]
pub struct Call {
    pub name: Arc<str>,
    pub arguments: Vec<(Arc<str>, Value)>,
    /// Of the calls of this name in the file, the how many-eth it is, from 1.
    pub nth: usize,
    /// Without body and end: where messages point to.
    pub head: Range<usize>,
    pub body: Option<Vec<Piece>>,
}

/// What a call was expanded to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    pub text: Arc<str>,
    /// Whether it is read as Markdown with the text around it. Otherwise it is HTML.
    pub is_markdown: bool,
}

/// Why the calls of a text make no sense.
#[derive(Debug)]
pub struct Mistake {
    pub bytes: Range<usize>,
    pub kind: MistakeKind,
}

/// What is wrong with the calls of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MistakeKind {
    /// A body without an end.
    Unclosed,
    /// An end without a body.
    Unopened,
    /// More calls than [`CALLS_MAX`], or bodies in each other than [`DEPTH_MAX`].
    TooMany,
}

/// What begins as a call and is none.
#[derive(Debug)]
pub struct Misread {
    pub name: Arc<str>,
    /// From its begin up to what nobody expects there.
    pub bytes: Range<usize>,
    /// Why it is none, with a hint.
    pub reason: String,
}

/// Most calls in one file. Each is a template that is rendered.
pub const CALLS_MAX: usize = 10_000;
/// Most bodies in each other. What is within one is rendered again for each around it.
pub const DEPTH_MAX: usize = 16;
/// Most calls of one file that are told to be none.
pub const MISREAD_MAX: usize = 100;
/// Longest call, its body not counted. What is longer is text, so that a file full of begins of
/// calls is not read to its end for each of them.
const HEAD_BYTES_MAX: usize = 64 << 10;

/// The pieces of a text, or why its calls make no sense.
pub type Found = Result<Option<Vec<Piece>>, Mistake>;

/// The pieces of a text from `start` on. `None` if nothing in it is a call or an escape. What begins
/// as a call and stays text is handed over in the order of the text.
pub fn find(text: &str, start: usize, mut misread: impl FnMut(Misread)) -> Found {
    let body = &text[start..];
    // One search for a rare character is all that most texts need.
    if !body.contains('{') || !(body.contains("{{") || body.contains("{%")) {
        return Ok(None);
    }
    let mut pieces = Pieces {
        open: Vec::new(),
        here: Vec::new(),
        done: start,
        counts: HashMap::new(),
        total: 0,
    };
    let mut at = start;
    let mut is_plain = true;
    while let Some(tag) = next_tag(text, at, &mut misread) {
        is_plain = false;
        at = tag.bytes.end;
        at = pieces.take(text, tag, at)?;
    }
    if is_plain {
        return Ok(None);
    }
    if let Some(open) = pieces.open.pop() {
        return Err(Mistake {
            bytes: open.call.head,
            kind: MistakeKind::Unclosed,
        });
    }
    pieces.text_to(text.len());
    Ok(Some(pieces.here))
}

/// Whether there is a call among some pieces, not only text and escapes.
pub fn has_calls(pieces: &[Piece]) -> bool {
    pieces.iter().any(|piece| matches!(piece, Piece::Call(_)))
}

/// The pieces of a text in the making.
struct Pieces {
    /// The bodies that are open.
    open: Vec<Open>,
    /// The pieces of the innermost open body, or of the text.
    here: Vec<Piece>,
    /// Up to where the text is in pieces.
    done: usize,
    counts: HashMap<Arc<str>, usize>,
    /// How many calls there are.
    total: usize,
}

/// A body that is open.
struct Open {
    call: Call,
    /// The pieces before the call.
    outer: Vec<Piece>,
}

impl Pieces {
    /// Takes the next tag, and says where the next may begin.
    fn take(&mut self, text: &str, tag: Tag, at: usize) -> Result<usize, Mistake> {
        let mistake = |kind| {
            Err(Mistake {
                bytes: tag.bytes.clone(),
                kind,
            })
        };
        match tag.kind {
            TagKind::Close | TagKind::EscapedClose if self.open.is_empty() => {
                return mistake(MistakeKind::Unopened);
            }
            TagKind::EscapedClose => return mistake(MistakeKind::Unopened),
            TagKind::Escaped => self.escape(&tag.bytes),
            TagKind::EscapedOpen => {
                self.escape(&tag.bytes);
                let Some(close) = escaped_close(text, at) else {
                    return mistake(MistakeKind::Unclosed);
                };
                self.escape(&close);
                return Ok(close.end);
            }
            TagKind::Call | TagKind::Open => {
                let is_open = matches!(tag.kind, TagKind::Open);
                self.text_to(tag.bytes.start);
                self.done = tag.bytes.end;
                let count = self.counts.entry(tag.name.clone()).or_default();
                *count += 1;
                let call = Call {
                    name: tag.name,
                    arguments: tag.arguments,
                    nth: *count,
                    head: tag.bytes.clone(),
                    body: None,
                };
                self.total += 1;
                if self.total > CALLS_MAX || (is_open && self.open.len() == DEPTH_MAX) {
                    return Err(Mistake {
                        bytes: tag.bytes,
                        kind: MistakeKind::TooMany,
                    });
                }
                if is_open {
                    let outer = std::mem::take(&mut self.here);
                    self.open.push(Open { call, outer });
                } else {
                    self.here.push(Piece::Call(call));
                }
            }
            TagKind::Close => {
                self.text_to(tag.bytes.start);
                self.done = tag.bytes.end;
                if let Some(Open { mut call, outer }) = self.open.pop() {
                    let mut body = std::mem::replace(&mut self.here, outer);
                    trim(&mut body, text);
                    call.body = Some(body);
                    self.here.push(Piece::Call(call));
                }
            }
        }
        Ok(at)
    }

    fn text_to(&mut self, end: usize) {
        if self.done < end {
            self.here.push(Piece::Text(self.done..end));
        }
        self.done = end;
    }

    /// Takes a tag as text, but for its `/*` and `*/`.
    fn escape(&mut self, tag: &Range<usize>) {
        self.text_to(tag.start + "{{".len());
        self.done = tag.start + "{{/*".len();
        self.text_to(tag.end - "*/}}".len());
        self.done = tag.end - "}}".len();
    }
}

/// Takes away the white space at both ends of a body.
fn trim(body: &mut Vec<Piece>, text: &str) {
    if let Some(Piece::Text(range)) = body.first_mut() {
        let inside = &text[range.clone()];
        range.start += inside.len() - inside.trim_start().len();
    }
    if let Some(Piece::Text(range)) = body.last_mut() {
        range.end = range.start + text[range.clone()].trim_end().len();
    }
    body.retain(|piece| !matches!(piece, Piece::Text(range) if range.is_empty()));
}

/// The end of an escaped body that begins before `at`; what stands in the body stays as it is.
fn escaped_close(text: &str, mut at: usize) -> Option<Range<usize>> {
    let mut depth = 0;
    loop {
        let tag = next_tag(text, at, &mut |_| {})?;
        at = tag.bytes.end;
        match tag.kind {
            TagKind::EscapedOpen => depth += 1,
            TagKind::EscapedClose if depth == 0 => return Some(tag.bytes),
            TagKind::EscapedClose => depth -= 1,
            _ => {}
        }
    }
}

#[derive(Clone, Copy)]
enum TagKind {
    Call,
    Escaped,
    Open,
    Close,
    EscapedOpen,
    EscapedClose,
}

/// A call or the begin or end of one, with its brackets.
struct Tag {
    kind: TagKind,
    name: Arc<str>,
    arguments: Vec<(Arc<str>, Value)>,
    bytes: Range<usize>,
}

/// The first tag from a place on, and what begins as one before it.
fn next_tag(text: &str, mut at: usize, misread: &mut impl FnMut(Misread)) -> Option<Tag> {
    loop {
        at += text[at..].find('{')?;
        match tag_at(text, at) {
            Some(Ok(tag)) => return Some(tag),
            Some(Err(found)) => misread(found),
            None => {}
        }
        at += 1;
    }
}

/// The tag at a place, or what begins as a call and is none. Other text is neither.
fn tag_at(text: &str, start: usize) -> Option<Result<Tag, Misread>> {
    let rest = &text[start..];
    let (kind, opening, closing) = match rest.as_bytes().get(1)? {
        b'{' if rest.starts_with("{{/*") => (TagKind::Escaped, "{{/*", "*/}}"),
        b'{' => (TagKind::Call, "{{", "}}"),
        b'%' if rest.starts_with("{%/*") => (TagKind::EscapedOpen, "{%/*", "*/%}"),
        b'%' => (TagKind::Open, "{%", "%}"),
        _ => return None,
    };
    let mut end = rest.len().min(HEAD_BYTES_MAX);
    while !rest.is_char_boundary(end) {
        end -= 1;
    }
    let mut reader = Reader {
        text: &rest[..end],
        at: opening.len(),
    };
    let name: Arc<str> = reader.name()?.into();
    let tag = |kind, arguments, reader: &Reader<'_>| Tag {
        kind,
        name: name.clone(),
        arguments,
        bytes: start..start + reader.at,
    };
    let misread = |reason: String, reader: &Reader<'_>| {
        // What is escaped calls nothing anyway.
        if !matches!(kind, TagKind::Call | TagKind::Open) {
            return None;
        }
        let name = name.clone();
        let bytes = start..start + reader.at;
        Some(Err(Misread {
            name,
            bytes,
            reason,
        }))
    };
    if reader.eat("(") {
        return match reader.arguments() {
            Ok(arguments) if reader.eat(closing) => Some(Ok(tag(kind, arguments, &reader))),
            Ok(_) if reader.eat("|") => misread(
                with_hint(
                    "a filter stands behind it",
                    "a shortcode takes no filter; its template may use one",
                ),
                &reader,
            ),
            Ok(_) => misread(
                format!("`{closing}` was expected behind its brackets"),
                &reader,
            ),
            Err(reason) => misread(reason, &reader),
        };
    }
    let kind = match kind {
        TagKind::Open => TagKind::Close,
        TagKind::EscapedOpen => TagKind::EscapedClose,
        TagKind::Call
            if reader.rest().starts_with(closing) || reader.name().is_some() && reader.eat("=") =>
        {
            let hint = format!("write `{{{{ {name}(…) }}}}`");
            return misread(with_hint("it has no brackets", hint), &reader);
        }
        _ => return None,
    };
    if &*name != "end" {
        return None;
    }
    reader
        .eat(closing)
        .then(|| Ok(tag(kind, Vec::new(), &reader)))
}

/// Reads the inside of a tag.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    /// Lists in each other. A thread's stack bears them.
    const LISTS_MAX: usize = 32;

    fn rest(&mut self) -> &'a str {
        let rest = &self.text[self.at..];
        let trimmed = rest.trim_start_matches([' ', '\t', '\r', '\n']);
        self.at += rest.len() - trimmed.len();
        trimmed
    }

    fn eat(&mut self, token: &str) -> bool {
        let is_there = self.rest().starts_with(token);
        self.at += if is_there { token.len() } else { 0 };
        is_there
    }

    /// As long a begin as consists of bytes of a kind; nothing of it is read yet.
    fn run(&mut self, is: impl Fn(u8) -> bool) -> &'a str {
        let rest = self.rest();
        let length = rest.bytes().take_while(|byte| is(*byte)).count();
        &rest[..length]
    }

    fn name(&mut self) -> Option<&'a str> {
        let name = self.run(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
        self.at += name.len();
        (!name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit())).then_some(name)
    }

    /// The arguments up to the bracket that closes them. Between two there may be a comma.
    fn arguments(&mut self) -> Result<Vec<(Arc<str>, Value)>, String> {
        /// Each is compared with those before it.
        const ARGUMENTS_MAX: usize = 100;
        let mut arguments: Vec<(Arc<str>, Value)> = Vec::new();
        while !self.eat(")") {
            if arguments.len() == ARGUMENTS_MAX {
                return Err(format!("it has more than {ARGUMENTS_MAX} arguments"));
            }
            let has_comma = !arguments.is_empty() && self.eat(",");
            let rest = self.rest();
            let Some(name) = self.name() else {
                return Err(no_name(rest, has_comma));
            };
            if !self.eat("=") {
                return Err(with_hint(
                    format_args!("`=` was expected behind `{name}`"),
                    "arguments are written `name=\"text\"`, `name=1`, `name=true` or `name=[1, 2]`",
                ));
            }
            let Some(value) = self.literal(0) else {
                return Err(self.no_value(name));
            };
            // Of two arguments of one name the later holds.
            arguments.retain(|(other, _)| **other != *name);
            arguments.push((name.into(), value));
        }
        Ok(arguments)
    }

    /// Why an argument has no value that can be read.
    fn no_value(&mut self, name: &str) -> String {
        let about = format!("the value of `{name}` cannot be read");
        let hint = match self.rest().chars().next() {
            Some('"' | '\'' | '`') => "the text has no closing quote",
            Some('“' | '”' | '„' | '‘' | '’' | '«' | '»') => {
                "put straight quotes around it"
            }
            Some('[') => "a list is written `[1, 2]` or `[\"a\", \"b\"]`",
            Some('{') => "there are texts, numbers, true, false and lists, but no maps",
            Some(c) if c == '-' || c == '.' || c.is_ascii_digit() => {
                "numbers are written `1`, `-1` or `0.5`"
            }
            Some(c) if c.is_alphabetic() || c == '_' => "put quotes around a text",
            _ => "a value was expected behind `=`",
        };
        with_hint(about, hint)
    }

    fn literal(&mut self, depth: usize) -> Option<Value> {
        let rest = self.rest();
        for (word, value) in [("true", true), ("false", false)] {
            if rest.starts_with(word) {
                self.at += word.len();
                return Some(value.into());
            }
        }
        match rest.bytes().next()? {
            quote @ (b'"' | b'\'' | b'`') => {
                let (inside, _) = rest[1..].split_once(char::from(quote))?;
                self.at += inside.len() + 2;
                Some(inside.into())
            }
            b'[' if depth < Self::LISTS_MAX => self.list(depth),
            _ => self.number(),
        }
    }

    fn list(&mut self, depth: usize) -> Option<Value> {
        self.at += 1;
        let mut items = Vec::new();
        while !self.eat("]") {
            items.push(self.literal(depth + 1)?);
            if !self.eat(",") {
                return self.eat("]").then(|| Value::list(items));
            }
        }
        Some(Value::list(items))
    }

    /// `-1`, `0.5`; a number of more than one digit does not begin with 0.
    fn number(&mut self) -> Option<Value> {
        let rest = self.rest();
        let unsigned = rest.strip_prefix('-').unwrap_or(rest);
        let digits = |text: &str| text.bytes().take_while(u8::is_ascii_digit).count();
        let whole = match unsigned.starts_with('0') {
            true => 1,
            false => digits(unsigned),
        };
        let whole_end = rest.len() - unsigned.len() + whole;
        let fraction = rest[whole_end..].strip_prefix('.').map_or(0, digits);
        if whole == 0 {
            return None;
        }
        if fraction > 0 {
            let end = whole_end + 1 + fraction;
            self.at += end;
            return rest[..end].parse::<f64>().ok().map(Value::Float);
        }
        self.at += whole_end;
        rest[..whole_end].parse::<i64>().ok().map(Value::Int)
    }
}

/// Why no argument begins where one is expected.
fn no_name(rest: &str, has_comma: bool) -> String {
    match rest.chars().next() {
        Some(')') if has_comma => with_hint(
            "its last argument has a comma behind it",
            "take the comma out",
        ),
        Some(')' | '}' | '%') | None => "its brackets do not close".to_owned(),
        _ => with_hint(
            "an argument has no name",
            "arguments are written `name=\"text\"`, `name=1`, `name=true` or `name=[1, 2]`",
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The calls and texts of a text, each call as `[name arguments: body]`.
    fn shown(text: &str, pieces: &[Piece]) -> String {
        let pieces = pieces.iter().map(|piece| match piece {
            Piece::Text(range) => text[range.clone()].to_owned(),
            Piece::Call(call) => {
                let mut shown_call = format!("[{}{}", call.name, call.nth);
                for (name, value) in &call.arguments {
                    let value = serde_json::to_string(value).unwrap();
                    shown_call += &format!(" {name}={value}");
                }
                if let Some(body) = &call.body {
                    shown_call += &format!(": {}", shown(text, body));
                }
                shown_call + "]"
            }
        });
        pieces.collect()
    }

    fn check(text: &str, expected: &str) {
        let found = match find(text, 0, |_| {}) {
            Ok(None) => text.to_owned(),
            Ok(Some(pieces)) => shown(text, &pieces),
            Err(mistake) => format!("{:?} {}", mistake.kind, &text[mistake.bytes]),
        };
        assert_eq!(found, expected, "{text}");
    }

    /// What Zola 0.22 reads as a call.
    #[test]
    fn calls() {
        check("a {{ x() }} b{{x(\n)}}{{ y() }}", "a [x1] b[x2][y1]");
        check(
            "{{ x(a=\"'\", b='\"', c=`é`, d=-1, e=0.50 f=true,g=[1, [false,],],a=2) }}",
            r#"[x1 b="\"" c="é" d=-1 e=0.5 f=true g=[1,[false]] a=2]"#,
        );
        check(
            "{% x(a=1) %}\n b {{ y() }} \n{% end %}!",
            "[x1 a=1: b [y1]]!",
        );
        check(
            "{% x() %}{% x() %}{% end %}{{ x() }}{% end %}",
            "[x1: [x2: ][x3]]",
        );
        check("{{{ x() }}}", "{[x1]}");
        check("{% end() %} {% end %}", "[end1: ]");
    }

    #[test]
    fn what_is_text() {
        for text in [
            "{{ x }}",
            "{{ x(1) }}",
            "{{ x(a=1,) }}",
            "{{ x(,a=1) }}",
            "{{ x(a=b) }}",
            "{{ x(a=01) }}",
            "{{ x(a=1.) }}",
            "{{ x(a=.5) }}",
            "{{ x(a=\"b) }}",
            "{{ x(a=[1) }}",
            "{{ x(a=99999999999999999999) }}",
            "{{ 1x() }}",
            "{{ x-y() }}",
            "{{ x() }",
            "{% if x %}",
            "{{",
            "{%",
            "{% x(é) %}",
            "{{ x() | safe }}",
        ] {
            check(text, text);
        }
    }

    #[test]
    fn escapes() {
        check("{{/* x(a=1) */}}{{ x() }}", "{{ x(a=1) }}[x1]");
        check("{{/* x */}}", "{{/* x */}}");
        check(
            "{%/* x() */%} {{ y() }} {{/* y() */}} {% z() %} {%/* end */%}!",
            "{% x() %} {{ y() }} {{/* y() */}} {% z() %} {% end %}!",
        );
        check(
            "{%/* x() */%}{%/* x() */%}{%/* end */%}{%/* end */%}",
            "{% x() %}{%/* x() */%}{%/* end */%}{% end %}",
        );
    }

    #[test]
    fn mistakes() {
        check("a {% x() %} b {% y() %} {% end %}", "Unclosed {% x() %}");
        check("a {% end %}", "Unopened {% end %}");
        check("{%/* x() */%}{% end %}", "Unclosed {%/* x() */%}");
        check("{% x() %}{%/* end */%}{% end %}", "Unopened {%/* end */%}");
        let deep = "{% x() %}".repeat(DEPTH_MAX + 1);
        check(&deep, "TooMany {% x() %}");
        let many = "{{ x() }}".repeat(CALLS_MAX + 1);
        check(&many, "TooMany {{ x() }}");
        let long = format!("{{{{ x(a=\"{}\") }}}}", "é".repeat(HEAD_BYTES_MAX));
        check(&long, &long);
    }
}
