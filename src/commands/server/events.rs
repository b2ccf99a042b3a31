//! What an open page is told: its state, when that has changed, and nothing else.
//!
//! Each connection says which page it shows. After a rebuild that page is made first of all and
//! compared with what the connection knows. Neither commands nor paths outside of the site go
//! through here.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::http::header;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Serialize;
use tokio::sync::watch;

use super::assets::{self, Digests};
use super::page::{self, Found};
use super::{About, Preview, Shows};
use crate::commands::report::Problems;

/// How soon a page asks again after the server has gone: a restart takes about as long.
const RETRY: Duration = Duration::from_millis(500);

/// What a page is told first.
#[derive(Clone, PartialEq, Serialize)]
struct State {
    /// Of the page that is there now; none if it cannot be made, and the last one stays.
    page: Option<String>,
    problems: Arc<Problems>,
    about: Option<About>,
    shows: Shows,
}

/// What is sent.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Message<'a> {
    State {
        run: &'a str,
        version: u64,
        #[serde(flatten)]
        state: &'a State,
        /// The page to be opened, for its file was saved.
        open: Option<Arc<str>>,
    },
    /// The files that the page shows, each with its digest.
    Files {
        version: u64,
        /// See [`assets::programs`].
        program_files: &'a str,
        files: &'a Digests,
    },
}

/// One page that listens.
struct Listener {
    preview: Arc<Preview>,
    path: String,
    changes: watch::Receiver<u64>,
    told: Option<State>,
    told_files: Option<Digests>,
    /// Made, not yet sent.
    messages: VecDeque<String>,
    /// A page whose files have not been looked at.
    made: Option<(u64, Vec<u8>)>,
}

/// The stream of a page's states, the present one first.
pub fn stream(preview: &Arc<Preview>, path: String) -> Response {
    let mut changes = preview.changes.subscribe();
    changes.mark_changed();
    let listener = Listener {
        preview: preview.clone(),
        path,
        changes,
        told: None,
        told_files: None,
        messages: VecDeque::new(),
        made: None,
    };
    let events = stream::unfold(listener, |listener| async {
        let (data, listener) = listener.next().await?;
        let event = Event::default().retry(RETRY).data(data);
        Some((Ok::<_, Infallible>(event), listener))
    });
    let mut response = Sse::new(events)
        .keep_alive(KeepAlive::default())
        .into_response();
    page::set(&mut response, header::CACHE_CONTROL, "no-store");
    response
}

impl Listener {
    /// Waits for something that the page does not know yet.
    async fn next(mut self) -> Option<(String, Listener)> {
        loop {
            if let Some(message) = self.messages.pop_front() {
                return Some((message, self));
            }
            if self.made.is_none() {
                self.changes.changed().await.ok()?;
            }
            // Pages are made where they hold nobody up.
            self = tokio::task::spawn_blocking(|| self.looked()).await.ok()?;
        }
    }

    /// Makes the page; or looks at the files of one that was just made, which can wait a moment.
    fn looked(mut self) -> Listener {
        match self.made.take() {
            None => self.look_at_page(),
            Some((version, html)) => self.look_at_files(version, &html),
        }
        self
    }

    fn look_at_page(&mut self) {
        let shown = self.preview.shown();
        let found = page::find(&self.preview, &shown, &self.path, None);
        let about = match (&found, &shown.site) {
            (Found::File { address, .. }, Some(site)) => (site.snapshot.about)(address),
            _ => None,
        };
        let problems = match &found {
            Found::Failed(failed) => Arc::new(failed.and(&shown.problems)),
            _ => shown.problems.clone(),
        };
        let state = State {
            page: found.digest(),
            problems,
            about,
            shows: shown.shows,
        };
        let saved = shown.saved.filter(|(version, _)| *version == shown.version);
        // Who has just come is where they want to be.
        let open = saved.map(|(_, path)| path).filter(|_| self.told.is_some());
        if open.is_some() || self.told.as_ref() != Some(&state) {
            self.messages.push_back(text(&Message::State {
                run: &self.preview.run,
                version: shown.version,
                state: &state,
                open,
            }));
        }
        self.told = Some(state);
        if let Found::File { bytes, .. } = found {
            self.made = Some((shown.version, bytes));
        }
    }

    fn look_at_files(&mut self, version: u64, html: &[u8]) {
        let shown = self.preview.shown();
        let Some(site) = &shown.site else {
            return;
        };
        let files = assets::of_page(&self.preview, site, &self.path, html);
        if self.told_files.as_ref() != Some(&files) {
            self.messages.push_back(text(&Message::Files {
                version,
                program_files: &assets::programs(&self.preview, site, &self.path, html),
                files: &files,
            }));
        }
        self.told_files = Some(files);
    }
}

fn text(message: &Message<'_>) -> String {
    serde_json::to_string(message).expect("messages hold only text and numbers")
}
