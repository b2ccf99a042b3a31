//! What `serve` shows while articles are broken: for each its last good version, if there was one.
//!
//! So the site that a preview must equal is not always the one that lies there. It is a build from
//! nothing of the same files, but that a broken article is as it was when it could last be read
//! under this configuration; and what is said of that version is replaced by what is said of the
//! broken one.

use std::collections::BTreeMap;
use std::sync::Arc;

use dateline::config::{Config, Overrides};
use dateline::content::parse;
use dateline::content::source::Source;
use dateline::diagnostic::{Diagnostic, Diagnostics};
use dateline::value::Value;

use super::edit::Files;

/// What a preview has seen since it began, or since the configuration changed.
#[derive(Default)]
pub struct LastGood {
    config: Vec<u8>,
    /// Of every article that could be read: also of one that is gone, for it may come back broken.
    articles: Files,
    judged: BTreeMap<String, (Vec<u8>, Judgement)>,
}

/// What becomes of one file, whatever else the site holds.
#[derive(Clone)]
struct Judgement {
    is_good: bool,
    problems: Vec<Diagnostic>,
}

/// The site that must be shown.
pub struct Expected {
    pub files: Files,
    /// Said of versions that stand in.
    not_said: Vec<Diagnostic>,
    /// Said of broken ones instead.
    said: Vec<Diagnostic>,
}

impl Expected {
    /// What must be said, from what a build of `files` says.
    pub fn problems(&self, mut built: Vec<Diagnostic>) -> Vec<Diagnostic> {
        built.retain(|problem| !self.not_said.contains(problem));
        let mut all = Diagnostics::default();
        all.extend(built);
        all.extend(self.said.iter().cloned());
        all.sorted()
    }
}

impl LastGood {
    /// Sees the files as a preview does that makes the site now.
    pub fn see(&mut self, files: &Files) -> Expected {
        let mut expected = Expected {
            files: files.clone(),
            not_said: Vec::new(),
            said: Vec::new(),
        };
        let text = &files["config.toml"];
        let Some(config) = config(text) else {
            return expected;
        };
        if self.config != *text {
            *self = LastGood {
                config: text.clone(),
                ..LastGood::default()
            };
        }
        for (file, bytes) in files {
            let Some(path) = article(file) else {
                continue;
            };
            let now = self.judge(path, bytes, &config);
            if now.is_good {
                self.articles.insert(path.to_owned(), bytes.clone());
            } else if let Some(good) = self.articles.get(path).cloned() {
                let before = judge(path, &good, &config);
                expected.not_said.extend(before.problems);
                expected.said.extend(now.problems);
                expected.files.insert(file.clone(), good);
            }
        }
        expected
    }

    fn judge(&mut self, path: &str, bytes: &[u8], config: &Config) -> Judgement {
        if let Some((known, judgement)) = self.judged.get(path)
            && *known == bytes
        {
            return judgement.clone();
        }
        let judgement = judge(path, bytes, config);
        let known = (bytes.to_owned(), judgement.clone());
        self.judged.insert(path.to_owned(), known);
        judgement
    }
}

fn config(text: &[u8]) -> Option<Config> {
    Config::parse(
        "config.toml".into(),
        str::from_utf8(text).ok()?,
        &Overrides::default(),
        &Value::None,
        &mut Diagnostics::default(),
    )
}

/// The path of an article from `content/`.
fn article(file: &str) -> Option<&str> {
    let path = file.strip_prefix("content/")?;
    path.ends_with(".md").then_some(path)
}

fn judge(path: &str, bytes: &[u8], config: &Config) -> Judgement {
    let source = Source {
        path: path.into(),
        bytes: Arc::from(bytes),
    };
    let parsed = parse(&source, config);
    Judgement {
        is_good: parsed.article.is_some(),
        problems: parsed.problems,
    }
}
