//! BibTeX, as Zola reads it: `{preambles, comments, variables, bibliographies}`.
//!
//! What stands outside of entries is a comment. A value is made of texts, numbers and names of
//! `@string`, joined by `#`; one that names what there is not is left out, as in Zola. Names are the
//! same in whatever letter case, as in BibTeX.

use super::Mistake;
use crate::content::date::MONTHS;
use crate::value::Value;

/// A value, before names are replaced.
type Parts = Vec<Part>;

enum Part {
    Text(String),
    Name(String),
}

/// How often names stand for names.
const DEPTH_MAX: usize = 16;

/// With names that stand for names, a few lines can mean gigabytes.
const VALUE_BYTES_MAX: usize = 1 << 20;

/// Reads a bibliography.
///
/// # Errors
/// The first mistake in it.
pub fn parse(text: &str) -> Result<Value, Mistake> {
    let mut reader = Reader { text, at: 0 };
    let mut found = Found::default();
    while let Some(comment) = reader.comment() {
        found.comment(comment);
        if reader.at < text.len() {
            reader.entry(&mut found)?;
        }
    }
    found.value(text)
}

/// The entries of a bibliography.
#[derive(Default)]
struct Found {
    comments: Vec<Value>,
    preambles: Vec<Parts>,
    variables: Vec<(String, Parts)>,
    entries: Vec<Entry>,
}

struct Entry {
    kind: String,
    key: String,
    tags: Vec<(String, Parts)>,
}

impl Found {
    fn comment(&mut self, text: &str) {
        let text = text.trim();
        if !text.is_empty() {
            self.comments.push(text.into());
        }
    }

    fn value(&self, text: &str) -> Result<Value, Mistake> {
        let whole = |parts: &Parts| {
            let mut whole = String::new();
            match self.write(parts, 0, &mut whole) {
                Ok(true) => Ok(Some(whole)),
                Ok(false) => Ok(None),
                Err(name) => {
                    let at = text.find(&name).unwrap_or_default();
                    let message = format!("what `{name}` stands for has no end");
                    Err(Mistake::at_byte(text, at, message))
                }
            }
        };
        let pairs = |all: &[(String, Parts)]| -> Result<Value, Mistake> {
            let mut pairs: Vec<(String, Value)> = Vec::new();
            for (name, parts) in all {
                if let Some(value) = whole(parts)? {
                    pairs.retain(|(other, _)| other != name);
                    pairs.push((name.clone(), value.into()));
                }
            }
            Ok(Value::map(pairs))
        };
        let mut preambles = Vec::new();
        for parts in &self.preambles {
            preambles.extend(whole(parts)?.map(Value::from));
        }
        let mut entries = Vec::new();
        for entry in &self.entries {
            entries.push(Value::map([
                ("entry_type", entry.kind.as_str().into()),
                ("citation_key", entry.key.as_str().into()),
                ("tags", pairs(&entry.tags)?),
            ]));
        }
        Ok(Value::map([
            ("preambles", Value::list(preambles)),
            ("comments", Value::list(self.comments.iter().cloned())),
            ("variables", pairs(&self.variables)?),
            ("bibliographies", Value::list(entries)),
        ]))
    }

    /// Writes a value; false if it names what there is not. An error is a name without end.
    fn write(&self, parts: &Parts, depth: usize, into: &mut String) -> Result<bool, String> {
        for part in parts {
            let name = match part {
                Part::Text(text) => {
                    into.push_str(text);
                    continue;
                }
                Part::Name(name) => name,
            };
            if depth == DEPTH_MAX || into.len() > VALUE_BYTES_MAX {
                return Err(name.clone());
            }
            let mut variables = self.variables.iter();
            if let Some((_, parts)) = variables.find(|(other, _)| other.eq_ignore_ascii_case(name))
            {
                if !self.write(parts, depth + 1, into)? {
                    return Ok(false);
                }
                continue;
            }
            let mut months = MONTHS.iter();
            match months.find(|month| month[..3].eq_ignore_ascii_case(name)) {
                Some(month) => into.push_str(month),
                None => return Ok(false),
            }
        }
        Ok(true)
    }
}

/// Goes through the text.
struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn mistake<T>(&self, message: &str) -> Result<T, Mistake> {
        Err(Mistake::at_byte(self.text, self.at, message))
    }

    fn skip_blanks(&mut self) {
        let rest = self.rest();
        self.at += rest.len() - rest.trim_start().len();
    }

    /// Whether a character comes next, which is passed.
    fn takes(&mut self, c: char) -> bool {
        self.skip_blanks();
        let is_next = self.rest().starts_with(c);
        self.at += if is_next { c.len_utf8() } else { 0 };
        is_next
    }

    /// Text up to the next entry, or to the end; nothing if that was reached.
    fn comment(&mut self) -> Option<&'a str> {
        let rest = self.rest();
        if rest.is_empty() {
            return None;
        }
        let is_entry = |at: &usize| {
            let after = rest[at + 1..].trim_start();
            let after = after.trim_start_matches(|c: char| c.is_alphanumeric());
            after.trim_start().starts_with(['{', '('])
        };
        let next = rest.match_indices('@').map(|(at, _)| at).find(is_entry);
        let end = next.unwrap_or(rest.len());
        self.at += end;
        Some(&rest[..end])
    }

    fn entry(&mut self, found: &mut Found) -> Result<(), Mistake> {
        self.at += 1;
        self.skip_blanks();
        let kind = self.word(|c| c.is_alphanumeric());
        let close = match self.takes('{') {
            true => '}',
            false if self.takes('(') => ')',
            false => return self.mistake("an entry such as `@book{key, …}` was expected"),
        };
        match kind.to_lowercase().as_str() {
            "comment" => {
                let text = self.braced(close)?;
                found.comment(&text);
                return Ok(());
            }
            "preamble" => found.preambles.push(self.parts()?),
            "string" => {
                let pair = self.pair()?;
                found.variables.push(pair);
            }
            _ => {
                self.skip_blanks();
                let key = self.word(|c| c != ',' && c != close && !c.is_whitespace());
                let mut tags = Vec::new();
                while self.takes(',') {
                    self.skip_blanks();
                    if self.rest().starts_with(close) {
                        break;
                    }
                    let (name, parts) = self.pair()?;
                    tags.push((name.to_lowercase(), parts));
                }
                let (kind, key) = (kind.to_owned(), key.to_owned());
                found.entries.push(Entry { kind, key, tags });
            }
        }
        match self.takes(close) {
            true => Ok(()),
            false => self.mistake(&format!("`{close}` or `,` was expected")),
        }
    }

    fn word(&mut self, is_part: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        self.at += end;
        &rest[..end]
    }

    /// `name = value`
    fn pair(&mut self) -> Result<(String, Parts), Mistake> {
        self.skip_blanks();
        let name = self.name()?.to_owned();
        if !self.takes('=') {
            return self.mistake(&format!("`=` was expected after `{name}`"));
        }
        Ok((name, self.parts()?))
    }

    fn name(&mut self) -> Result<&'a str, Mistake> {
        let name = self.word(|c| !c.is_whitespace() && !"\"#%'(),={}@".contains(c));
        match name.is_empty() {
            true => self.mistake("a name was expected"),
            false => Ok(name),
        }
    }

    /// A value: parts joined by `#`.
    fn parts(&mut self) -> Result<Parts, Mistake> {
        let mut parts = Vec::new();
        loop {
            let part = if self.takes('"') {
                Part::Text(self.braced('"')?)
            } else if self.takes('{') {
                Part::Text(self.braced('}')?.trim().to_owned())
            } else {
                let name = self.name()?;
                match name.bytes().all(|byte| byte.is_ascii_digit()) {
                    true => Part::Text(name.to_owned()),
                    false => Part::Name(name.to_owned()),
                }
            };
            parts.push(part);
            if !self.takes('#') {
                return Ok(parts);
            }
        }
    }

    /// Text up to the character that closes it; within braces it does not.
    fn braced(&mut self, close: char) -> Result<String, Mistake> {
        let rest = self.rest();
        let mut depth = 0;
        let mut is_escaped = false;
        for (at, c) in rest.char_indices() {
            match c {
                _ if is_escaped => {}
                _ if c == close && depth == 0 => {
                    self.at += at + c.len_utf8();
                    return Ok(rest[..at].to_owned());
                }
                '{' => depth += 1,
                '}' if depth == 0 => {
                    self.at += at;
                    return self.mistake(&format!("`{close}` was expected before this `}}`"));
                }
                '}' => depth -= 1,
                _ => {}
            }
            is_escaped = c == '\\' && !is_escaped;
        }
        self.mistake(&format!("`{close}` is missing at the end of this text"))
    }
}
