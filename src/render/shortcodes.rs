//! Shortcodes expanded: the one place where templates have a part in what an article is.
//!
//! A site is made of the articles as they are, which knows all addresses but not the bodies that
//! wait. Shortcodes ask that site, and what they asked is remembered with what they gave: an
//! article is expanded again only if its file, the templates or an answer changed.

use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

use rayon::prelude::*;

use super::asking;
use super::engine::TemplateError;
use super::theme::Theme;
use crate::content::article::{Table, Unexpanded};
use crate::content::link::runs_script;
use crate::content::shortcode::{Call, Output, Piece};
use crate::content::source::BYTES_MAX;
use crate::content::{self, Article, sanitise};
use crate::diagnostic::{Diagnostic, Diagnostics, Place, nearest};
use crate::pages::question::{self, Asker, Question};
use crate::shares::in_shares;
use crate::site::Site;
use crate::value::{Hash, Value};

/// The articles whose shortcodes were expanded, by path.
#[derive(Debug, Default)]
pub struct Known {
    by_path: BTreeMap<Arc<str>, Arc<Expanded>>,
}

/// An article whose shortcodes were expanded, and what that was made of.
#[derive(Debug)]
struct Expanded {
    unexpanded: Arc<Article>,
    theme: Hash,
    questions: Vec<(Question, Hash)>,
    made: Made,
    article: Arc<Article>,
    /// What is wrong with the article as it is now.
    problems: Vec<Diagnostic>,
}

/// What the shortcodes of an article gave.
#[derive(Debug, PartialEq)]
struct Made {
    outputs: Vec<Output>,
    problems: Vec<Diagnostic>,
}

impl Known {
    /// Puts in the place of each article that waits for its shortcodes what it is with them. One
    /// that is held back stays as it is: nobody sees it.
    pub fn follow(
        &mut self,
        articles: &mut [Arc<Article>],
        site: &Arc<Site>,
        theme: &Theme,
        problems: &mut Diagnostics,
    ) {
        let waiting = articles
            .iter_mut()
            .filter(|article| article.unexpanded.is_some() && site.find(&article.path).is_some());
        let waiting: Vec<&mut Arc<Article>> = waiting.collect();
        let before = &self.by_path;
        let expanded = in_shares(waiting).map(|article| {
            let before = before.get(&article.path);
            let expanded = expand(article, before, site, theme);
            *article = expanded.article.clone();
            (article.path.clone(), expanded)
        });
        self.by_path = expanded.collect::<Vec<_>>().into_iter().collect();
        for expanded in self.by_path.values() {
            problems.extend(expanded.made.problems.iter().cloned());
            problems.extend(expanded.problems.iter().cloned());
        }
    }
}

fn expand(
    article: &Arc<Article>,
    before: Option<&Arc<Expanded>>,
    site: &Arc<Site>,
    theme: &Theme,
) -> Arc<Expanded> {
    let before = before.filter(|before| Arc::ptr_eq(&before.unexpanded, article));
    if let Some(before) = before.filter(|before| before.is_fresh(site, theme)) {
        return before.clone();
    }
    let unexpanded = article.unexpanded.as_ref().expect("it was asked for");
    let asker = Asker::early(site.clone());
    let made = asking::with_shortcodes(theme.shortcodes(), || {
        Making::new(article, unexpanded, theme, &asker).all(&unexpanded.pieces)
    });
    let lookups = asker.record();
    let questions = lookups
        .into_iter()
        .map(|lookup| (lookup.question, question::hash_of(&lookup.answer)));
    // Of the same outputs the same article is made; who knows it need not look at it again.
    let (expanded, problems) = match before.filter(|before| before.made == made) {
        Some(before) => (before.article.clone(), before.problems.clone()),
        None => {
            let config = &site.config;
            let parsed = content::parse_expanded(&unexpanded.source, config, &made.outputs);
            let expanded = parsed.article.unwrap_or_else(|| article.clone());
            (expanded, parsed.problems)
        }
    };
    Arc::new(Expanded {
        unexpanded: article.clone(),
        theme: theme.hash,
        questions: questions.collect(),
        made,
        article: expanded,
        problems,
    })
}

impl Expanded {
    fn is_fresh(&self, site: &Arc<Site>, theme: &Theme) -> bool {
        self.theme == theme.hash
            && self.questions.iter().all(|(question, hash)| {
                question::hash_of(&question::answer(site, question)) == *hash
            })
    }
}

/// Expands the shortcodes of one article.
struct Making<'a> {
    article: &'a Article,
    text: &'a str,
    is_brief: bool,
    theme: &'a Theme,
    asker: &'a Rc<Asker>,
    /// What every shortcode of the article sees.
    shared: Vec<(&'static str, Value)>,
    /// How much was made up to now, what stands in bodies counted again.
    bytes: usize,
    problems: Diagnostics,
}

impl<'a> Making<'a> {
    fn new(
        article: &'a Article,
        unexpanded: &'a Unexpanded,
        theme: &'a Theme,
        asker: &'a Rc<Asker>,
    ) -> Making<'a> {
        let config = asker.config();
        let language = article.language.as_ref();
        let language = language.unwrap_or(&config.default_language);
        let path = article.path.clone();
        let own = match article.front_matter.section {
            Some(_) => "section",
            None => "page",
        };
        let ask = |question| asker.ask(question).unwrap_or_default();
        Making {
            article,
            text: std::str::from_utf8(&unexpanded.source.bytes).expect("it was read as text"),
            is_brief: matches!(article.table, Table::Brief(_)),
            theme,
            asker,
            shared: vec![
                (
                    "config",
                    ask(Question::Config {
                        language: article.language.clone(),
                    }),
                ),
                ("lang", language.into()),
                (own, ask(Question::Bare { path })),
            ],
            bytes: 0,
            problems: Diagnostics::default(),
        }
    }

    fn all(mut self, pieces: &[Piece]) -> Made {
        let calls = pieces.iter().filter_map(|piece| match piece {
            Piece::Call(call) => Some(call),
            Piece::Text(_) => None,
        });
        let outputs = calls.map(|call| {
            let text = self.call(call);
            let shortcode = self.theme.shortcodes().get(&call.name);
            let is_markdown = shortcode.is_some_and(|shortcode| shortcode.is_markdown);
            // Markdown is sanitised with the brief that it becomes a part of.
            let text = match self.is_brief && !is_markdown && passes_html_on(call) {
                true => sanitise::output(&text),
                false => text,
            };
            Output {
                text: text.into(),
                is_markdown,
            }
        });
        Made {
            outputs: outputs.collect(),
            problems: self.problems.into_vec(),
        }
    }

    /// What a call gives; nothing if it fails, which is reported.
    fn call(&mut self, call: &Call) -> String {
        let place = Place::bytes(&self.article.file, call.head.clone());
        let Some(shortcode) = self.theme.shortcodes().get(&call.name) else {
            let known = self.theme.shortcodes().names();
            self.problems.unknown_shortcode(place, &call.name, &known);
            return String::new();
        };
        if self.is_brief
            && let Some(script) = call.arguments.iter().find_map(|(_, v)| script(v))
        {
            self.problems.unsafe_address(place, script);
            return String::new();
        }
        let body = call.body.as_ref().map(|pieces| self.body(pieces));
        if self.bytes > BYTES_MAX {
            return String::new();
        }
        let arguments = call.arguments.iter();
        let arguments = arguments.map(|(name, value)| (name.to_string(), value.clone()));
        let mut context: BTreeMap<String, Value> = arguments.collect();
        let body = body.map(|body| ("body", body.trim_end().into()));
        let own = [("nth", call.nth.into())].into_iter().chain(body);
        let shared = self.shared.iter().cloned();
        context.extend(
            own.chain(shared)
                .map(|(name, value)| (name.to_owned(), value)),
        );
        let engine = self.theme.shortcodes().engine();
        match engine.render(&shortcode.template, &Value::map(context), self.asker) {
            Ok(text) => {
                self.bytes += text.len();
                if self.bytes > BYTES_MAX {
                    self.problems.large_shortcodes(place, BYTES_MAX);
                    return String::new();
                }
                text.replace("\r\n", "\n")
            }
            Err(error) => {
                let error = explained(error, call);
                self.problems.shortcode_failed(place, &call.name, &error);
                String::new()
            }
        }
    }

    /// A body, with what the calls in it give.
    fn body(&mut self, pieces: &[Piece]) -> String {
        let mut body = String::new();
        for piece in pieces {
            match piece {
                Piece::Text(range) => body.push_str(&self.text[range.clone()]),
                Piece::Call(call) => body.push_str(&self.call(call)),
            }
        }
        body
    }
}

/// Where a template wants what its call does not give, says how to give it. What the engine knows to
/// be near may be an argument that is misspelt itself.
fn explained(error: TemplateError, call: &Call) -> TemplateError {
    const OWN: [&str; 6] = ["body", "config", "lang", "nth", "page", "section"];
    let wanted = error.message.strip_prefix('`');
    let wanted = wanted.and_then(|rest| rest.strip_suffix("` is undefined"));
    let Some(wanted) = wanted.filter(|name| !name.contains(['.', '[', '`'])) else {
        return error;
    };
    let given = call.arguments.iter().map(|(name, _)| &**name);
    let name = &call.name;
    let hint = match (nearest(wanted, given), wanted) {
        (Some(given), "body") => format!(
            "the call gives `{given}`; a body stands between `{{% {name}(…) %}}` and `{{% end %}}`"
        ),
        (Some(given), _) => {
            format!("the call gives `{given}` and the template wants `{wanted}`: write them alike")
        }
        (None, "body") => {
            format!("a body stands between `{{% {name}(…) %}}` and `{{% end %}}`")
        }
        (None, _) if nearest(wanted, OWN).is_some() || OWN.contains(&wanted) => return error,
        (None, _) => format!(
            "write `{wanted}=…` in the call, or ask in the template whether it is there: \
             `{{% if {wanted} %}}`"
        ),
    };
    TemplateError {
        hint: Some(hint),
        ..error
    }
}

/// Whether a template may print HTML that does not come from itself: a body, or an argument that
/// could begin a tag or end an attribute, or be one. Briefs are not trusted, so what it makes of
/// that is sanitised.
fn passes_html_on(call: &Call) -> bool {
    /// `width={{ w }}`, without quotes, ends at white space, and a new attribute may follow. What has
    /// a `?` before its `=`, as addresses do, is none with an effect.
    fn may_be_attribute(text: &str) -> bool {
        text.split_once('=').is_some_and(|(before, _)| {
            let name = before.rsplit('/').next().unwrap_or_default();
            !name.contains('?') || text.contains(char::is_whitespace)
        })
    }
    fn has_mark(value: &Value) -> bool {
        match value {
            Value::Text(text) => {
                text.contains(['<', '>', '"', '\'', '`']) || may_be_attribute(text)
            }
            Value::List(list) => list.items().iter().any(has_mark),
            _ => false,
        }
    }
    call.body.is_some() || call.arguments.iter().any(|(_, value)| has_mark(value))
}

/// An argument, or an item of one, that would run a script as an address.
fn script(value: &Value) -> Option<&str> {
    match value {
        Value::Text(text) => runs_script(text).then_some(text),
        Value::List(list) => list.items().iter().find_map(script),
        _ => None,
    }
}
