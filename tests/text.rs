//! HTML as the tests read it: its elements with their attributes, and its text in a plain form.
//!
//! The reader is our own and small, and knows nothing of the theme. It accepts what a browser
//! accepts of well-formed HTML; it does not mend broken HTML.

use std::fmt::Write;

/// A piece of HTML.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    Start(Element),
    /// An end tag, by its name.
    End(String),
    /// Text, its character references decoded.
    Text(String),
}

/// A start tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Element {
    /// In lower case.
    pub name: String,
    /// Names in lower case, values decoded.
    pub attributes: Vec<(String, String)>,
}

impl Element {
    /// The value of an attribute, if it is there.
    pub fn get(&self, name: &str) -> Option<&str> {
        let found = self.attributes.iter().find(|(n, _)| n == name);
        found.map(|(_, value)| value.as_str())
    }
}

/// Elements whose content is text, whatever it looks like.
const RAW_TEXT: [&str; 4] = ["script", "style", "textarea", "title"];

/// Elements that a reader does not read.
const UNREAD: [&str; 5] = ["script", "style", "template", "svg", "noscript"];

/// Elements that begin a line of their own.
const BLOCKS: &str = " address article aside blockquote body caption details dd div dl dt fieldset figcaption \
    figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody tfoot thead \
    tr ul ";

/// Takes HTML apart.
pub fn tokens(html: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        if at > 0 {
            found.push(Token::Text(decoded(&rest[..at])));
        }
        rest = &rest[at..];
        if let Some(comment) = rest.strip_prefix("<!--") {
            rest = comment.split_once("-->").map_or("", |(_, after)| after);
        } else if rest.starts_with("<!") || rest.starts_with("<?") {
            rest = rest.split_once('>').map_or("", |(_, after)| after);
        } else if let Some(end) = rest.strip_prefix("</") {
            let (name, after) = end.split_once('>').unwrap_or((end, ""));
            found.push(Token::End(name.trim().to_lowercase()));
            rest = after;
        } else if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
            let (element, after) = start_tag(&rest[1..]);
            rest = after;
            let raw = RAW_TEXT.contains(&element.name.as_str());
            let end = format!("</{}", element.name);
            found.push(Token::Start(element));
            if raw {
                let (text, after) = rest.split_at(rest.find(&end).unwrap_or(rest.len()));
                found.push(Token::Text(text.to_owned()));
                rest = after;
            }
        } else {
            found.push(Token::Text("<".into()));
            rest = &rest[1..];
        }
    }
    if !rest.is_empty() {
        found.push(Token::Text(decoded(rest)));
    }
    found
}

/// A start tag without its `<`, and what follows it.
fn start_tag(text: &str) -> (Element, &str) {
    let is_name_end = |c: char| c.is_whitespace() || c == '>' || c == '/';
    let end = text.find(is_name_end).unwrap_or(text.len());
    let name = text[..end].to_lowercase();
    let mut rest = &text[end..];
    let mut attributes = Vec::new();
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if let Some(after) = rest.strip_prefix('>') {
            return (Element { name, attributes }, after);
        }
        if rest.is_empty() {
            return (Element { name, attributes }, rest);
        }
        let end = rest
            .find(|c: char| is_name_end(c) || c == '=')
            .unwrap_or(rest.len())
            .max(1);
        let attribute = rest[..end].to_lowercase();
        rest = rest[end..].trim_start();
        let mut value = "";
        if let Some(after) = rest.strip_prefix('=') {
            let after = after.trim_start();
            (value, rest) = match after.chars().next() {
                Some(quote @ ('"' | '\'')) => after[1..].split_once(quote).unwrap_or((after, "")),
                _ => after.split_at(
                    after
                        .find(|c: char| c.is_whitespace() || c == '>')
                        .unwrap_or(after.len()),
                ),
            };
        }
        attributes.push((attribute, decoded(value)));
    }
}

/// Text with its character references decoded: the numeric ones and those that our output uses.
fn decoded(text: &str) -> String {
    const NAMED: [(&str, char); 14] = [
        ("amp", '&'),
        ("lt", '<'),
        ("gt", '>'),
        ("quot", '"'),
        ("apos", '\''),
        ("nbsp", '\u{a0}'),
        ("ndash", '–'),
        ("mdash", '—'),
        ("hellip", '…'),
        ("middot", '·'),
        ("rarr", '→'),
        ("larr", '←'),
        ("copy", '©'),
        ("times", '×'),
    ];
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let reference = rest[1..].split_once(';').and_then(|(name, after)| {
            let number = name.strip_prefix('#');
            let character = match number.map(|n| n.strip_prefix(['x', 'X']).ok_or(n)) {
                Some(Ok(hexadecimal)) => u32::from_str_radix(hexadecimal, 16)
                    .ok()
                    .and_then(char::from_u32),
                Some(Err(decimal)) => decimal.parse().ok().and_then(char::from_u32),
                None => NAMED.iter().find(|(n, _)| *n == name).map(|(_, c)| *c),
            };
            Some((character?, after))
        });
        match reference {
            Some((character, after)) => {
                out.push(character);
                rest = after;
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out + rest
}

/// What stands inside the `<main>` of a page, its own tags left out; `None` without one.
pub fn main_of(html: &str) -> Option<Vec<Token>> {
    let all = tokens(html);
    let from = all
        .iter()
        .position(|token| matches!(token, Token::Start(element) if element.name == "main"))?;
    let to = all
        .iter()
        .rposition(|token| *token == Token::End("main".into()))?;
    Some(all[from + 1..to].to_vec())
}

/// The text of some HTML, line by line.
///
/// A heading of any level is `# text`, an item of a list `- text`, a row of a table `| a | b |`, the
/// summary of a `<details>` `> text`, after a line `<details>` and before what it hides, which ends
/// with `</details>`; a link is `[text](href)`, an image `![alt](src)`, an id `{#id}`: on a line of
/// its own before a block, otherwise before the text of its element. White space is collapsed.
pub fn lines(tokens: &[Token]) -> Vec<String> {
    let mut page = Lines::default();
    let mut unread = 0usize;
    for token in tokens {
        match token {
            Token::Start(element) if UNREAD.contains(&element.name.as_str()) => unread += 1,
            Token::End(name) if UNREAD.contains(&name.as_str()) => {
                unread = unread.saturating_sub(1);
            }
            _ if unread > 0 => {}
            Token::Start(element) => page.start(element),
            Token::End(name) => page.end(name),
            Token::Text(text) => page.line.push_str(text),
        }
    }
    page.flush();
    page.done
}

/// The lines of a page while it is read.
#[derive(Default)]
struct Lines {
    done: Vec<String>,
    line: String,
    /// What the line begins with, if it gets any text.
    prefix: &'static str,
    /// The addresses of the links that are open.
    links: Vec<String>,
    /// Inside a row of a table no block begins a line.
    in_row: bool,
}

impl Lines {
    fn start(&mut self, element: &Element) {
        let name = element.name.as_str();
        let is_cell = name == "td" || name == "th";
        let is_block = !self.in_row && BLOCKS.contains(&format!(" {name} "));
        if is_block {
            self.flush();
        }
        if is_cell {
            self.line.push_str(" | ");
        }
        if let Some(id) = element.get("id") {
            let _ = write!(self.line, " {{#{id}}} ");
            if is_block {
                self.flush();
            }
        }
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => self.prefix = "# ",
            "li" => self.prefix = "- ",
            "summary" => self.prefix = "> ",
            "details" => self.done.push("<details>".into()),
            "tr" => self.in_row = true,
            "a" => {
                self.links
                    .push(element.get("href").unwrap_or_default().into());
                self.line.push('[');
            }
            "img" => {
                let (alt, src) = (element.get("alt"), element.get("src"));
                let _ = write!(
                    self.line,
                    "![{}]({})",
                    alt.unwrap_or_default(),
                    src.unwrap_or_default()
                );
            }
            "br" if self.in_row => self.line.push(' '),
            "br" => self.flush(),
            _ if self.in_row && BLOCKS.contains(&format!(" {name} ")) => self.line.push(' '),
            _ => {}
        }
    }

    fn end(&mut self, name: &str) {
        match name {
            "a" => {
                if let Some(href) = self.links.pop() {
                    let text = self.line.trim_end().len();
                    self.line.truncate(text);
                    let _ = write!(self.line, "]({href})");
                }
            }
            "tr" => {
                self.line.push_str(" |");
                self.flush();
                self.in_row = false;
            }
            "details" => {
                self.flush();
                self.done.push("</details>".into());
            }
            _ if BLOCKS.contains(&format!(" {name} ")) => {
                if self.in_row {
                    self.line.push(' ');
                } else {
                    self.flush();
                }
            }
            _ => {}
        }
    }

    fn flush(&mut self) {
        let text = self.line.split_whitespace().collect::<Vec<_>>().join(" ");
        // `[ text](href)` where the markup has white space inside of a link.
        let text = text.replace("[ ", "[");
        if !text.is_empty() {
            let is_anchor = text.starts_with("{#") && text.ends_with('}') && !text.contains(' ');
            let prefix = if is_anchor {
                ""
            } else {
                std::mem::take(&mut self.prefix)
            };
            self.done.push(format!("{prefix}{text}"));
        }
        self.line.clear();
    }
}

#[test]
fn html_becomes_lines() {
    fn check(html: &str, expected: &str) {
        assert_eq!(lines(&tokens(html)).join("\n"), expected, "{html}");
    }
    check("<h2 id=a>One  <b>two</b>\n</h2><p>x", "{#a}\n# One two\nx");
    check("<ul><li>a<li><p>b</p><p>c</p></ul>d", "- a\n- b\nc\nd");
    check(
        "<table><tr><th>A<th>B</tr><tr id=r><td>1<td id=\"r.b\"><p>2 <a href='/x?a=1&amp;b'> y </a></p></table>",
        "| A | B |\n{#r}\n| 1 | {#r.b} 2 [y](/x?a=1&b)",
    );
    check(
        "<details><summary>S</summary><p>t</details>u",
        "<details>\n> S\nt\n</details>\nu",
    );
    check(
        "a &lt;b&gt; &#8211; &#x2013; &nope; <!-- <p>no --> <script>if (a<b) {}</script>c",
        "a <b> – – &nope; c",
    );
    check(
        "<img src=x.png alt='A picture'><time datetime=2026>Y</time>",
        "![A picture](x.png)Y",
    );
    check("1 < 2<br>3", "1 < 2\n3");
}

#[test]
fn the_main_part_is_cut_out() {
    let page = "<!doctype html><body><nav>no</nav><main id=content><p>yes</p></main><p>no</body>";
    let main = main_of(page).expect("the page has a main part");
    assert_eq!(lines(&main), ["yes"]);
    assert_eq!(main_of("<p>x"), None);
}

#[test]
fn attributes_are_read_as_browsers_do() {
    let found = tokens("<A HREF = \"/a&quot;b\"  data-x='1 > 0' checked/ id=z><br/>");
    let Token::Start(element) = &found[0] else {
        panic!("{found:?}")
    };
    assert_eq!(element.name, "a");
    assert_eq!(element.get("href"), Some("/a\"b"));
    assert_eq!(element.get("data-x"), Some("1 > 0"));
    assert_eq!(element.get("checked"), Some(""));
    assert_eq!(element.get("id"), Some("z"));
    assert_eq!(found.len(), 2);
}
