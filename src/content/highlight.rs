//! Blocks of code in colours, in the markup of Zola 0.22: a span for each line, in it the words.

use std::fmt::Write;
use std::ops::RangeInclusive;
use std::sync::OnceLock;

use syntect::highlighting::{
    Color, FontStyle, HighlightIterator, HighlightState, Highlighter, Style, Theme,
};
use syntect::html::{ClassStyle, css_for_theme_with_class_style, line_tokens_to_classed_spans};
use syntect::parsing::{ParseState, ScopeStack, ScopeStackOp, SyntaxReference, SyntaxSet};
use two_face::theme::EmbeddedLazyThemeSet;

use super::escape::push_attribute;
use crate::config::Config;
use crate::config::highlighting::grammar::{Grammar, Grammars};
use crate::config::highlighting::pattern::Work;
use crate::config::highlighting::{CodeTheme, Colours, Highlighting, Languages};
use crate::diagnostic::{NAME_CHARS_MIN, misspelling_of};

mod textmate;

/// What stands after the fence: the language, and how the block is shown.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Fence<'a> {
    pub language: &'a str,
    name: Option<&'a str>,
    has_numbers: bool,
    /// The number of the first line, if it is not 1.
    first_number: Option<usize>,
    /// Lines by their place in the block, from 1.
    marked: Vec<RangeInclusive<usize>>,
    hidden: Vec<RangeInclusive<usize>>,
}

/// Colouring takes time for each byte, and longer for long lines; what is larger stays plain.
const CODE_BYTES_MAX: usize = 64 << 10;
const LINE_BYTES_MAX: usize = 2 << 10;

/// Languages by the name that Zola prints for them.
const NAMES: [(&str, &str); 44] = [
    ("bash", "shellscript"),
    ("batch", "bat"),
    ("c#", "csharp"),
    ("c++", "cpp"),
    ("cjs", "javascript"),
    ("clj", "clojure"),
    ("coffeescript", "coffee"),
    ("console", "shellsession"),
    ("cs", "csharp"),
    ("dockerfile", "docker"),
    ("elisp", "emacs-lisp"),
    ("erl", "erlang"),
    ("f#", "fsharp"),
    ("hs", "haskell"),
    ("jl", "julia"),
    ("js", "javascript"),
    ("kt", "kotlin"),
    ("kts", "kotlin"),
    ("lisp", "common-lisp"),
    ("makefile", "make"),
    ("md", "markdown"),
    ("mjs", "javascript"),
    ("mmd", "mermaid"),
    ("nu", "nushell"),
    ("objc", "objective-c"),
    ("plaintext", PLAIN),
    ("properties", "ini"),
    ("protobuf", "proto"),
    ("ps", "powershell"),
    ("ps1", "powershell"),
    ("py", "python"),
    ("rb", "ruby"),
    ("regex", "regexp"),
    ("rs", "rust"),
    ("sh", "shellscript"),
    ("shell", "shellscript"),
    ("text", PLAIN),
    ("tf", "terraform"),
    ("ts", "typescript"),
    ("txt", PLAIN),
    ("vim", "viml"),
    ("vimscript", "viml"),
    ("yml", "yaml"),
    ("zsh", "shellscript"),
];

/// Languages that Zola knows and nobody colours here. Scripts look for their names: `mermaid`.
#[rustfmt::skip]
const UNCOLOURED: [&str; 113] = [
    "abap", "actionscript-3", "angular-html", "angular-ts", "apache", "apex", "apl", "ara",
    "astro", "ballerina", "beancount", "berry", "bicep", "blade", "bsl", "cadence", "cairo",
    "clarity", "cobol", "codeowners", "codeql", "coq", "cue", "cypher", "dax", "dream-maker",
    "edge", "fennel", "fluent", "fortran-fixed-form", "gdresource", "gdshader", "genie", "gherkin",
    "git-commit", "git-rebase", "gleam", "glimmer-js", "glimmer-ts", "gn", "hack", "handlebars",
    "haxe", "hjson", "hlsl", "html-derivative", "hurl", "hxml", "hy", "imba", "jinja-html",
    "jison", "jssm", "kdl", "kusto", "liquid", "logo", "luau", "marko", "mdc", "mdx", "mermaid",
    "mipsasm", "mojo", "move", "narrat", "nextflow", "nushell", "objective-cpp", "openscad",
    "plsql", "po", "polar", "postcss", "powerquery", "powershell", "prisma", "prolog", "pug",
    "qmldir", "qss", "raku", "razor", "rel", "riscv", "sas", "scheme", "sdbl", "shaderlab",
    "shellsession", "smalltalk", "soy", "sparql", "splunk", "ssh-config", "stata", "systemd",
    "talonscript", "tasl", "templ", "ts-tags", "turtle", "typespec", "vala", "vb", "vue-html",
    "wasm", "wenyan", "wikitext", "wit", "wolfram", "xsl", "zenscript",
];

const PLAIN: &str = "plain";
/// What the grammar of it is called.
const PLAIN_TEXT: &str = "Plain Text";

impl<'a> Fence<'a> {
    /// Reads `rust, linenos, linenostart=10, hl_lines=3-4 8, hide_lines=2, name=x.rs`.
    pub fn parse(info: &'a str) -> Fence<'a> {
        let mut fence = Fence::default();
        for word in info.split(',').map(str::trim) {
            let (key, value) = word.split_once('=').unwrap_or((word, ""));
            match (key.trim(), value.trim()) {
                ("linenos", _) => fence.has_numbers = true,
                ("linenostart", number) => fence.first_number = number.parse().ok(),
                ("hl_lines", lines) => fence.marked = ranges(lines),
                ("hide_lines", lines) => fence.hidden = ranges(lines),
                ("name", name) if !name.is_empty() => fence.name = Some(name),
                ("", _) => {}
                _ if value.is_empty() => fence.language = word,
                _ => {}
            }
        }
        fence
    }

    /// Whether the language is one that can be coloured, or none is named.
    pub fn is_known(&self, look: &Highlighting) -> bool {
        let plain = ["", "txt", "text", "plain", "plaintext"];
        let known = || Language::find(self.language, &look.languages).is_some();
        plain.contains(&self.language) || known()
    }

    /// The language that is known of which this one's name is a misspelling.
    pub fn misspelling(&self, look: &Highlighting) -> Option<String> {
        let stated = self.language.to_lowercase();
        let of_site = look.languages.syntaxes.iter();
        let of_site = of_site.flat_map(|set| set.syntaxes()).flat_map(names_of);
        let of_site: Vec<String> = of_site.chain(look.languages.grammars.names()).collect();
        let known = of_site.iter().chain(names_of_program());
        let known = known.map(String::as_str);
        // Scripts in the page may colour one that has no colours of ours.
        if known.clone().any(|name| name == stated) {
            return None;
        }
        let near = known.filter(|name| may_be_misspelt(name, &stated));
        misspelling_of(&stated, near).map(str::to_owned)
    }
}

/// The names that stand behind fences anywhere, also those that nothing is coloured in.
fn names_of_program() -> &'static [String] {
    static NAMES_OF_PROGRAM: OnceLock<Vec<String>> = OnceLock::new();
    NAMES_OF_PROGRAM.get_or_init(|| {
        let grammars = grammars_of_program().syntaxes().iter();
        let tokens = NAMES.iter().flat_map(|(token, name)| [*token, *name]);
        let tokens = tokens.chain(UNCOLOURED).map(str::to_owned);
        grammars.flat_map(names_of).chain(tokens).collect()
    })
}

/// Whether letters are swapped, missing or too many behind the first. One letter for another makes
/// the name of another language: `fstar` is not `fstab`, `katex` not `latex`.
fn may_be_misspelt(name: &str, stated: &str) -> bool {
    let sorted = |text: &str| {
        let mut letters: Vec<char> = text.chars().collect();
        letters.sort_unstable();
        letters
    };
    stated.chars().count() >= NAME_CHARS_MIN
        && name.chars().next() == stated.chars().next()
        && (name.chars().count() != stated.chars().count() || sorted(name) == sorted(stated))
}

/// The names of a language that can stand behind a fence, in small letters.
fn names_of(syntax: &SyntaxReference) -> impl Iterator<Item = String> {
    let name = Some(&syntax.name).filter(|name| !name.contains(char::is_whitespace));
    let names = name.into_iter().chain(&syntax.file_extensions);
    names.map(|name| name.to_lowercase())
}

/// `1 3-5`: single lines and ranges.
fn ranges(text: &str) -> Vec<RangeInclusive<usize>> {
    let ranges = text.split_whitespace().filter_map(|range| {
        let (first, last) = range.split_once('-').unwrap_or((range, range));
        Some(first.parse().ok()?..=last.parse().ok()?)
    });
    ranges.collect()
}

/// Writes a block, from `<pre>` to `</pre>`, and says at which of its lines, from 1, the colours had to
/// end if they would have been too much work.
pub fn write(
    code: &str,
    fence: &Fence<'_>,
    look: &Highlighting,
    out: &mut String,
) -> Option<usize> {
    let is_small = code.len() <= CODE_BYTES_MAX && code.lines().all(|l| l.len() <= LINE_BYTES_MAX);
    let grammar = Language::find(fence.language, &look.languages);
    let grammar = grammar.filter(|_| is_small);
    let stated = fence.language.to_ascii_lowercase();
    let known = NAMES.iter().find(|(token, _)| *token == stated);
    let language = known.map_or(&*stated, |(_, name)| name);
    let language = match &grammar {
        Some(Language::TextMate(_, grammar)) => &*grammar.name,
        Some(Language::Sublime(..)) => language,
        None if UNCOLOURED.contains(&language) => language,
        None => PLAIN,
    };
    let colours = Palette::of(look);
    colours.push_pre(out);
    out.push_str("<code data-lang=\"");
    push_attribute(out, language);
    if let Some(name) = fence.name {
        out.push_str("\" data-name=\"");
        push_attribute(out, name);
    }
    out.push_str("\">");
    let coloured = grammar.and_then(|grammar| match look.by_class {
        true => classes(code, &grammar),
        false => colours.spans(code, &grammar),
    });
    let coloured = coloured.unwrap_or_default();
    let end = coloured.is_cut.then(|| coloured.lines.len() + 1);
    let rest = code.lines().skip(coloured.lines.len()).map(plain);
    let lines = coloured.lines.into_iter().chain(rest);
    let first_number = fence.first_number.unwrap_or(1);
    let mut is_first = true;
    for (number, line) in (1..).zip(lines) {
        let is_in = |ranges: &[RangeInclusive<usize>]| ranges.iter().any(|r| r.contains(&number));
        if is_in(&fence.hidden) {
            continue;
        }
        if !std::mem::take(&mut is_first) {
            out.push('\n');
        }
        colours.push_line_tag(is_in(&fence.marked), out);
        if fence.has_numbers {
            colours.push_number(first_number.saturating_add(number - 1), out);
        }
        out.push_str(&line);
        out.push_str("</span>");
    }
    out.push_str("</code></pre>");
    end
}

/// The licences of the grammars and themes that are in this program, in Markdown: whoever passes
/// the program on passes them on as well.
pub fn licenses() -> String {
    const HEADING: &str = "\
# Licences of the grammars and colour schemes in Dateline

The grammars and colour schemes for blocks of code are in the program, and other people wrote them.
These are their licences. Whoever passes Dateline on passes them on as well.

";
    HEADING.to_owned() + &two_face::acknowledgement::listing().to_md()
}

/// The style sheet of a theme, for the classes of the spans.
pub fn style_sheet(name: &str, config: &Config) -> String {
    let highlighting = config.markdown.highlighting.as_ref();
    let sheets = highlighting.map(|highlighting| &highlighting.style_sheets);
    let mut themes = sheets.into_iter().flatten().map(|(_, theme)| theme);
    let theme = themes.find(|theme| *theme.name() == *name);
    let theme = colours_of(theme.expect("the plan names themes that there are"));
    let style = ClassStyle::SpacedPrefixed { prefix: "z-" };
    let mut css = css_for_theme_with_class_style(theme, style)
        .expect("a theme of the program has a style sheet");
    if let Some(colour) = theme.settings.line_highlight {
        writeln!(css, ".z-hl {{ background-color: {}; }}", hex(colour)).expect(NEVER_FAILS);
    }
    if let Some(colour) = theme.settings.gutter_foreground {
        writeln!(css, ".giallo-ln {{ color: {}; }}", hex(colour)).expect(NEVER_FAILS);
    }
    css
}

const NEVER_FAILS: &str = "writing into text does not fail";

/// The grammars take a while to load, so that is done for the first block that needs one.
fn grammars_of_program() -> &'static SyntaxSet {
    static ALL: OnceLock<SyntaxSet> = OnceLock::new();
    ALL.get_or_init(two_face::syntax::extra_newlines)
}

fn themes() -> &'static EmbeddedLazyThemeSet {
    static ALL: OnceLock<EmbeddedLazyThemeSet> = OnceLock::new();
    ALL.get_or_init(two_face::theme::extra)
}

fn colours_of(theme: &CodeTheme) -> &Theme {
    match &theme.colours {
        Colours::InProgram(name) => themes().get(*name),
        Colours::OfSite(theme) => theme,
    }
}

/// A language that can be coloured, and whose rules those are.
enum Language<'a> {
    Sublime(&'a SyntaxSet, &'a SyntaxReference),
    TextMate(&'a Grammars, &'a Grammar),
}

impl<'a> Language<'a> {
    /// The language of a name. What a site brings comes before what is in the program.
    fn find(name: &str, languages: &'a Languages) -> Option<Language<'a>> {
        let grammars = &languages.grammars;
        if let Some(grammar) = grammars.find(&name.to_lowercase()) {
            return Some(Language::TextMate(grammars, grammar));
        }
        if let Some(syntaxes) = &languages.syntaxes
            && let Some(syntax) = syntaxes.find_syntax_by_token(name)
            && syntax.name != PLAIN_TEXT
        {
            return Some(Language::Sublime(syntaxes, syntax));
        }
        let syntax = grammar(name)?;
        Some(Language::Sublime(grammars_of_program(), syntax))
    }

    fn reading(&self, code: &str) -> Reading<'a> {
        match self {
            Language::Sublime(set, syntax) => {
                Reading::Sublime(set, Box::new(ParseState::new(syntax)))
            }
            Language::TextMate(grammars, grammar) => {
                let work = Work::of_block(code.len());
                Reading::TextMate(Box::new(textmate::Reader::new(grammars, grammar, work)))
            }
        }
    }
}

/// A block of code that is being read.
enum Reading<'a> {
    Sublime(&'a SyntaxSet, Box<ParseState>),
    TextMate(Box<textmate::Reader<'a>>),
}

impl Reading<'_> {
    /// Where what begins and ends in the next line, which ends with `\n`.
    fn steps(&mut self, line: &str) -> Result<Steps, Unread> {
        match self {
            Reading::Sublime(set, state) => {
                state.parse_line(line, set).map_err(|_| Unread::Impossible)
            }
            Reading::TextMate(reader) => reader.steps(line).ok_or(Unread::TooMuchWork),
        }
    }
}

/// Where in a line what begins and ends.
type Steps = Vec<(usize, ScopeStackOp)>;

/// Why a line was not read.
enum Unread {
    /// The grammar refers to what is not there.
    Impossible,
    TooMuchWork,
}

/// The first lines of a block, with their colours.
#[derive(Default)]
struct Coloured {
    lines: Vec<String>,
    /// Whether there are more, which would have been too much work.
    is_cut: bool,
}

/// The lines of a block as `paint` writes them, nothing if the grammar cannot be followed.
fn coloured(
    code: &str,
    grammar: &Language<'_>,
    mut paint: impl FnMut(&str, &Steps) -> Option<String>,
) -> Option<Coloured> {
    /// An empty line may stand in many rules at once, each with a name, and the colours of a block
    /// must not take up more than its text lets expect.
    const HTML_LEAST: usize = 1 << 20;
    const HTML_OF_BYTE: usize = 200;
    let mut reading = grammar.reading(code);
    let mut coloured = Coloured::default();
    let mut left = HTML_LEAST + code.len() * HTML_OF_BYTE;
    for line in code.lines() {
        let line = format!("{line}\n");
        let html = match reading.steps(&line) {
            Ok(steps) => paint(&line, &steps)?,
            Err(Unread::Impossible) => return None,
            Err(Unread::TooMuchWork) => {
                coloured.is_cut = true;
                break;
            }
        };
        if html.len() > left {
            coloured.is_cut = true;
            break;
        }
        left -= html.len();
        coloured.lines.push(html);
    }
    Some(coloured)
}

fn grammar(language: &str) -> Option<&'static SyntaxReference> {
    if language.is_empty() {
        return None;
    }
    // Some names of Zola's are none in the grammars.
    let token = match language {
        "shell" | "shellscript" => "sh",
        "cjs" | "jsx" | "mjs" => "js",
        "common-lisp" => "lisp",
        "csharp" => "cs",
        "docker" => "dockerfile",
        "elisp" | "emacs-lisp" => "el",
        "fsharp" => "fs",
        "fortran-free-form" => "f90",
        "gdscript" => "gd",
        "json5" | "jsonc" | "jsonl" => "json",
        "make" => "makefile",
        "objc" => "objective-c",
        "regexp" => "regex",
        "system-verilog" => "sv",
        "viml" | "vimscript" => "vim",
        other => other,
    };
    let found = grammars_of_program().find_syntax_by_token(token)?;
    (found.name != PLAIN_TEXT).then_some(found)
}

fn plain(line: &str) -> String {
    let mut html = String::new();
    if !line.is_empty() {
        html.push_str("<span>");
        push_attribute(&mut html, line);
        html.push_str("</span>");
    }
    html
}

/// Each line with the classes of its scopes; what is open at its end is closed and opened again.
fn classes(code: &str, grammar: &Language<'_>) -> Option<Coloured> {
    let style = ClassStyle::SpacedPrefixed { prefix: "z-" };
    let mut open = ScopeStack::new();
    coloured(code, grammar, |line, steps| {
        let mut html = String::new();
        for scope in open.as_slice() {
            let scope = scope.build_string();
            let names: Vec<String> = scope.split('.').map(|name| format!("z-{name}")).collect();
            write!(html, "<span class=\"{}\">", names.join(" ")).expect(NEVER_FAILS);
        }
        let (spans, _) = line_tokens_to_classed_spans(line, steps, style, &mut open).ok()?;
        html.push_str(&spans.replace('\n', ""));
        html.push_str(&"</span>".repeat(open.len()));
        Some(html)
    })
}

/// The colours of one theme, or of a light and a dark one.
struct Palette<'a> {
    by_class: bool,
    themes: Vec<&'a Theme>,
}

impl Palette<'_> {
    fn of(look: &Highlighting) -> Palette<'_> {
        let themes = std::iter::once(&look.theme).chain(&look.dark_theme);
        Palette {
            by_class: look.by_class,
            themes: themes.map(colours_of).collect(),
        }
    }

    /// `color: #fff`, or both colours; nothing if a theme does not say.
    fn declaration(
        &self,
        property: &str,
        colour: impl Fn(&Theme) -> Option<Color>,
    ) -> Option<String> {
        let colours: Option<Vec<Color>> = self.themes.iter().map(|theme| colour(theme)).collect();
        Some(format!("{property}: {};", values(&colours?)))
    }

    fn push_pre(&self, out: &mut String) {
        if self.by_class {
            out.push_str("<pre class=\"giallo z-code\">");
            return;
        }
        let scheme = (self.themes.len() > 1).then(|| "color-scheme: light dark;".to_owned());
        let text = self.declaration("color", |theme| theme.settings.foreground);
        let paper = self.declaration("background-color", |theme| theme.settings.background);
        let style: Vec<String> = scheme.into_iter().chain(text).chain(paper).collect();
        let style = style.join(" ");
        write!(out, "<pre class=\"giallo\" style=\"{style}\">").expect(NEVER_FAILS);
    }

    fn push_line_tag(&self, is_marked: bool, out: &mut String) {
        let paper = self.declaration("background-color", |theme| theme.settings.line_highlight);
        match (is_marked, self.by_class, paper) {
            (true, true, _) => out.push_str("<span class=\"giallo-l z-hl\">"),
            (true, false, Some(paper)) => {
                write!(out, "<span class=\"giallo-l\" style=\"{paper}\">").expect(NEVER_FAILS);
            }
            _ => out.push_str("<span class=\"giallo-l\">"),
        }
    }

    fn push_number(&self, number: usize, out: &mut String) {
        let colour = self.declaration("color", |theme| theme.settings.gutter_foreground);
        out.push_str("<span aria-hidden=\"true\" class=\"giallo-ln\"");
        if let Some(colour) = colour.filter(|_| !self.by_class) {
            write!(out, " style=\"{colour}\"").expect(NEVER_FAILS);
        }
        write!(out, ">{number}</span>").expect(NEVER_FAILS);
    }

    /// Each line in spans that say their colours.
    fn spans(&self, code: &str, grammar: &Language<'_>) -> Option<Coloured> {
        let highlighters: Vec<Highlighter<'_>> = self
            .themes
            .iter()
            .map(|theme| Highlighter::new(theme))
            .collect();
        let new_state = |highlighter| HighlightState::new(highlighter, ScopeStack::new());
        let mut states: Vec<HighlightState> = highlighters.iter().map(new_state).collect();
        coloured(code, grammar, |line, steps| {
            let both = highlighters.iter().zip(&mut states);
            let words: Vec<Vec<(Style, &str)>> = both
                .map(|(highlighter, state)| words(highlighter, state, steps, line))
                .collect();
            Some(self.line(&words))
        })
    }

    /// A line, of which the words are the same in each theme. Neighbours that look alike are one,
    /// and white space goes with the word after it.
    fn line(&self, words: &[Vec<(Style, &str)>]) -> String {
        let mut line = Spans::default();
        let mut blank: Option<(String, &str)> = None;
        for (place, (_, text)) in words[0].iter().enumerate() {
            let text = text.trim_end_matches('\n');
            if text.is_empty() {
                continue;
            }
            let styles: Vec<Style> = words.iter().map(|words| words[place].0).collect();
            let is_underlined = styles[0].font_style.contains(FontStyle::UNDERLINE);
            let style = self.style(&styles);
            if let Some((own, blank)) = blank.take() {
                line.push(if is_underlined { own } else { style.clone() }, blank);
            }
            match text.trim().is_empty() && !is_underlined {
                true => blank = Some((style, text)),
                false => line.push(style, text),
            }
        }
        if let Some((style, blank)) = blank {
            line.push(style, blank);
        }
        line.end()
    }

    /// What differs from the block as a whole.
    fn style(&self, styles: &[Style]) -> String {
        let mut declarations = Vec::new();
        let mut both = self.themes.iter().zip(styles);
        if both.any(|(theme, style)| theme.settings.foreground != Some(style.foreground)) {
            let colours: Vec<Color> = styles.iter().map(|style| style.foreground).collect();
            declarations.push(format!("color: {};", values(&colours)));
        }
        for (font, declaration) in [
            (FontStyle::BOLD, "font-weight: bold;"),
            (FontStyle::ITALIC, "font-style: italic;"),
            (FontStyle::UNDERLINE, "text-decoration: underline;"),
        ] {
            if styles[0].font_style.contains(font) {
                declarations.push(declaration.to_owned());
            }
        }
        declarations.concat()
    }
}

/// The spans of a line.
#[derive(Default)]
struct Spans {
    html: String,
    /// What the open one looks like.
    style: Option<String>,
}

impl Spans {
    fn push(&mut self, style: String, text: &str) {
        if self.style.as_ref() != Some(&style) {
            self.close();
            match style.is_empty() {
                true => self.html.push_str("<span>"),
                false => write!(self.html, "<span style=\"{style}\">").expect(NEVER_FAILS),
            }
            self.style = Some(style);
        }
        push_attribute(&mut self.html, text);
    }

    fn close(&mut self) {
        if self.style.take().is_some() {
            self.html.push_str("</span>");
        }
    }

    fn end(mut self) -> String {
        self.close();
        self.html
    }
}

fn words<'l>(
    highlighter: &Highlighter<'_>,
    state: &mut HighlightState,
    steps: &[(usize, ScopeStackOp)],
    line: &'l str,
) -> Vec<(Style, &'l str)> {
    HighlightIterator::new(state, steps, line, highlighter).collect()
}

fn values(colours: &[Color]) -> String {
    match colours {
        [light, dark] => format!("light-dark({}, {})", hex(*light), hex(*dark)),
        _ => colours.iter().copied().map(hex).collect(),
    }
}

fn hex(Color { r, g, b, a }: Color) -> String {
    let mut text = format!("#{r:02X}{g:02X}{b:02X}");
    if a != u8::MAX {
        write!(text, "{a:02X}").expect(NEVER_FAILS);
    }
    text
}
