//! The preview's answers over HTTP, as GitHub Pages would give them, from memory.
//!
//! What may be asked for is the table of planned addresses; no path of a request ever meets the
//! file system. Every request passes the gate first. Open pages hear of what matters to them
//! over a stream of events; the script that listens is put into pages here and nowhere else.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use serde::Serialize;
use tokio::sync::watch;
use url::{Url, form_urlencoded};

use super::background;
use super::editor::{Editor, Spot};
use super::held;
use super::report::Problems;
use crate::address::Address;
use crate::diagnostic::Diagnostics;
use crate::maps::HashSet;
use crate::pages::Plan;
use crate::value::Hash;

mod assets;
mod connection;
mod events;
pub mod gate;
mod page;
mod script;

use gate::Gate;

/// Makes a planned page or reads a static file.
pub type Render = Box<dyn Fn(&Address) -> Result<Vec<u8>, Diagnostics> + Send + Sync>;

/// Says of which file a page is made, and what that holds.
pub type Describe = Box<dyn Fn(&Address) -> Option<About> + Send + Sync>;

/// Finds a file of the site by its path from the root; nothing if the site has no such file.
pub type FindFile = Box<dyn Fn(&str) -> Option<SiteFile> + Send + Sync>;

/// Tells the terminal of diagnostics that only making a page found, and words them for a browser.
pub type Report = Box<dyn Fn(Diagnostics) -> Problems + Send + Sync>;

/// Wants something else to be shown: the site is made again.
pub type Show = Box<dyn Fn(Shows) + Send + Sync>;

/// A site that can be shown: what there is, and how each file is made when it is asked for.
pub struct Snapshot {
    pub plan: Arc<Plan>,
    /// Where pages would stand that are not shown because they are drafts, folded.
    pub drafts: HashSet<String>,
    pub render: Render,
    pub about: Describe,
    pub find_file: FindFile,
}

/// A file of the site, and where it is shown, if it has a page.
pub struct SiteFile {
    /// From the root of the site: `content/briefs/x.md`.
    pub file: Arc<str>,
    pub address: Option<Address>,
}

/// What the preview tells the author of a page that is made of one file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct About {
    pub file: Arc<str>,
    /// The headings' ids, each with its line in the file.
    pub headings: Vec<(Arc<str>, u32)>,
    pub words: usize,
    pub minutes: usize,
    /// The words of the TL;DR, if it is a brief.
    pub tldr_words: Option<usize>,
    /// Links that lead away from the page.
    pub links: usize,
    pub is_draft: bool,
    pub is_scheduled: bool,
}

/// What is shown before its time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Shows {
    pub drafts: bool,
    pub scheduled: bool,
}

/// What the preview is told after each rebuild.
#[derive(Default)]
pub struct Published {
    /// `None`: the last one stays.
    pub snapshot: Option<Snapshot>,
    /// What is wrong with it, errors first.
    pub problems: Problems,
    pub shows: Shows,
    /// The file that was saved, from the root of the site, if its page shall be opened.
    pub saved: Option<String>,
}

/// How a preview is set up.
pub struct Setup {
    /// `/repo`, or empty.
    pub base_path: String,
    /// Where it listens.
    pub at: SocketAddr,
    pub interface: IpAddr,
    /// The address that the site is shown at, if another than that of the server was given.
    pub site: Option<Url>,
    pub editor: Editor,
    /// How long a request waits for the first site before it is told that there is none yet.
    pub patience: Duration,
    pub report: Report,
    pub show: Show,
}

/// The site that is shown now, and those who watch it.
pub struct Preview {
    base_path: String,
    /// How the site names the server: `http://127.0.0.1:1111`.
    origin: String,
    is_local: bool,
    gate: Gate,
    editor: Editor,
    patience: Duration,
    report: Report,
    show: Show,
    shown: RwLock<Shown>,
    changes: watch::Sender<u64>,
    /// Another one for each start, so that pages see that the server is not the one they knew.
    run: String,
    /// What only a page of the preview can know: who has it may open files and change what is shown.
    token: String,
}

/// What is shown at one time.
#[derive(Clone, Default)]
struct Shown {
    /// `None`: there was no site without errors yet.
    site: Option<Arc<Site>>,
    version: u64,
    problems: Arc<Problems>,
    shows: Shows,
    /// The path of the page whose file was saved last, and with which version.
    saved: Option<(u64, Arc<str>)>,
}

/// A snapshot, and what became of it.
struct Site {
    snapshot: Arc<Snapshot>,
    /// Pages that could not be made; each is reported once.
    failed: Mutex<HashMap<Address, Failed>>,
}

/// Why a page could not be made.
type Failed = Arc<Problems>;

/// What the preview answers itself, below the base path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Route {
    /// Where pages hear of changes.
    Events,
    /// What makes a page live.
    Script,
    /// The look of pages of the preview's own.
    Style,
    /// Opens a file in the author's editor.
    Open,
    /// Shows or hides drafts and scheduled briefs.
    Show,
}

impl Route {
    /// All of them.
    pub const ALL: [Route; 5] = [
        Route::Events,
        Route::Script,
        Route::Style,
        Route::Open,
        Route::Show,
    ];

    /// Its path from the base path.
    pub fn path(self) -> &'static str {
        match self {
            Route::Events => "/__dateline/events",
            Route::Script => "/__dateline/live.js",
            Route::Style => "/__dateline/page.css",
            Route::Open => "/__dateline/open",
            Route::Show => "/__dateline/show",
        }
    }
}

impl Site {
    /// The address of an output file, which is how a web server finds things.
    fn file(&self, name: &str) -> Option<&Address> {
        let address = &self.snapshot.plan.get(&Address::file(name))?.address;
        // No other spelling of a name leads to it.
        (address.output_file() == name).then_some(address)
    }

    /// Makes a file; what is wrong with it is reported the first time.
    fn render(&self, address: &Address, preview: &Preview) -> Result<Vec<u8>, Failed> {
        if let Some(failed) = self.failed().get(address) {
            return Err(failed.clone());
        }
        (self.snapshot.render)(address).map_err(|problems| {
            let report = || Arc::new((preview.report)(problems));
            let mut failed = self.failed();
            failed.entry(address.clone()).or_insert_with(report).clone()
        })
    }

    fn failed(&self) -> MutexGuard<'_, HashMap<Address, Failed>> {
        held(&self.failed)
    }
}

impl Preview {
    /// A preview that shows nothing yet.
    pub fn new(setup: Setup) -> Arc<Preview> {
        // The keys of the standard library's hasher come from the system's source of randomness.
        let random = RandomState::new();
        Arc::new(Preview {
            base_path: setup.base_path.trim_end_matches('/').to_owned(),
            origin: origin(setup.at),
            is_local: setup.interface.is_loopback(),
            gate: Gate::new(setup.at, setup.interface, setup.site.as_ref()),
            editor: setup.editor,
            patience: setup.patience,
            report: setup.report,
            show: setup.show,
            shown: RwLock::default(),
            changes: watch::Sender::new(0),
            run: format!("{:016x}", random.hash_one(0)),
            token: format!("{:016x}{:016x}", random.hash_one(1), random.hash_one(2)),
        })
    }

    /// Shows another site, or the last one on if there is none; and what is wrong, if anything.
    pub fn publish(&self, published: Published) {
        let mut shown = self.shown.write().unwrap_or_else(PoisonError::into_inner);
        shown.version += 1;
        let site = published.snapshot.map(|snapshot| {
            Arc::new(Site {
                snapshot: Arc::new(snapshot),
                failed: Mutex::default(),
            })
        });
        let last = match site {
            Some(site) => shown.site.replace(site),
            None => None,
        };
        shown.problems = Arc::new(published.problems);
        shown.shows = published.shows;
        if let Some(file) = published.saved
            && let Some(site) = &shown.site
            && let Some(address) = (site.snapshot.find_file)(&file).and_then(|file| file.address)
        {
            let path = format!("{}{}", self.base_path, encoded(&address));
            shown.saved = Some((shown.version, path.into()));
        }
        drop(shown);
        self.changes.send_modify(|count| *count += 1);
        // Giving back the memory of a large site takes longer than a save may.
        background::spawn_later(move || drop(last));
    }

    /// Answers requests until the future is dropped.
    pub async fn serve(self: Arc<Preview>, listener: TcpListener) -> io::Result<()> {
        connection::accept(self, listener).await
    }

    /// The site that is shown now, if there is one.
    pub fn snapshot(&self) -> Option<Arc<Snapshot>> {
        self.shown().site.map(|site| site.snapshot.clone())
    }

    /// Waits for the first site, or for what is wrong with it: a browser that is opened with the
    /// preview shall show its page, not a word that there is none yet.
    async fn first_published(&self) {
        let mut changes = self.changes.subscribe();
        let published = changes.wait_for(|count| *count > 0);
        // Who has waited long enough is told that there is none yet.
        let _ = tokio::time::timeout(self.patience, published).await;
    }

    fn shown(&self) -> Shown {
        let shown = self.shown.read().unwrap_or_else(PoisonError::into_inner);
        shown.clone()
    }

    /// The path of a route.
    fn at(&self, route: Route) -> String {
        format!("{}{}", self.base_path, route.path())
    }

    /// Whether a request knows what only a page of the preview can know.
    fn is_token(&self, given: Option<&str>) -> bool {
        // Compared by digest, so that how long it takes says nothing.
        given.is_some_and(|given| Hash::of(given.as_bytes()) == Hash::of(self.token.as_bytes()))
    }

    /// The files that may be opened: those of the site, and those that something is wrong with.
    fn find_file(&self, file: &str) -> Option<Arc<str>> {
        let shown = self.shown();
        let site = shown.site.as_deref();
        let of_site = site.and_then(|site| (site.snapshot.find_file)(file));
        let known = of_site.map(|known| known.file);
        known.or_else(|| {
            let failed = site.map(Site::failed);
            let found = failed.iter().flat_map(|failed| failed.values());
            let mut all = found.chain([&shown.problems]).flat_map(|p| &p.list);
            let named = all.find_map(|problem| problem.file.as_deref().filter(|f| *f == file));
            named.map(Arc::from)
        })
    }
}

/// The address that a browser on this machine uses.
pub fn origin(at: SocketAddr) -> String {
    let port = at.port();
    match at.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => format!("http://127.0.0.1:{port}"),
        IpAddr::V6(ip) if ip.is_unspecified() => format!("http://[::1]:{port}"),
        ip => format!("http://{}", SocketAddr::new(ip, port)),
    }
}

/// An address as it stands in a link.
fn encoded(address: &Address) -> String {
    let whole = Url::parse("http://localhost").and_then(|root| root.join(address.as_str()));
    whole.map_or_else(|_| "/".into(), |url| url.path().to_owned())
}

/// Answers one request: the gate first, then what the preview answers itself, then the site.
async fn answer(preview: Arc<Preview>, local: IpAddr, head: Parts) -> Response {
    let mut response = match preview.gate.pass(&head, local) {
        Ok(host) => passed(&preview, host, &head).await,
        Err(refused) => page::refusal(refused),
    };
    if head.method == Method::HEAD {
        *response.body_mut() = Body::empty();
    }
    let mut protect = |name: HeaderName, value| {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    };
    protect(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    protect(header::X_FRAME_OPTIONS, "SAMEORIGIN");
    let resources = HeaderName::from_static("cross-origin-resource-policy");
    protect(resources, "same-origin");
    if preview.is_local {
        // A page that opened this one gets no hold of its window. Browsers take that only from
        // this machine, or over HTTPS.
        let opener = HeaderName::from_static("cross-origin-opener-policy");
        protect(opener, "same-origin");
    }
    response
}

async fn passed(preview: &Arc<Preview>, host: String, head: &Parts) -> Response {
    let path = head.uri.path();
    let query = head.uri.query().unwrap_or_default();
    let own = path.strip_prefix(preview.base_path.as_str());
    let route = Route::ALL.into_iter().find(|r| Some(r.path()) == own);
    let Some(route) = route else {
        let asked = page::Asked {
            host,
            known: head.headers.get(header::IF_NONE_MATCH).cloned(),
        };
        return of_site(preview.clone(), head, asked).await;
    };
    match route {
        Route::Events => events::stream(preview, value(query, "path").unwrap_or_default()),
        Route::Script => script::file(script::SCRIPT, "text/javascript; charset=utf-8"),
        Route::Style => script::file(script::OWN_STYLE, "text/css; charset=utf-8"),
        Route::Open | Route::Show if !preview.is_token(value(query, "token").as_deref()) => {
            page::plain(StatusCode::FORBIDDEN, "Only for pages of the preview.\n")
        }
        Route::Open => open(preview, query),
        Route::Show => show(preview, query),
    }
}

/// Makes a page, which takes as long as it takes; other requests must not wait for it.
async fn of_site(preview: Arc<Preview>, head: &Parts, asked: page::Asked) -> Response {
    let path = head.uri.path().to_owned();
    let query = head.uri.query().map(str::to_owned);
    preview.first_published().await;
    let made = tokio::task::spawn_blocking(move || {
        page::answer(&preview, &path, query.as_deref(), &asked)
    });
    made.await.unwrap_or_else(|panic| {
        page::plain(
            StatusCode::INTERNAL_SERVER_ERROR,
            &format!(
                "Dateline failed while making this page, which is a mistake of its own: {panic}\n"
            ),
        )
    })
}

/// Opens a place in a file, or leads to where a program does that by its own kind of address.
fn open(preview: &Preview, query: &str) -> Response {
    let number = |name| value(query, name).and_then(|text| text.parse().ok());
    let asked = value(query, "file").unwrap_or_default();
    let Some(file) = preview.find_file(&asked) else {
        return page::plain(StatusCode::NOT_FOUND, "The site has no such file.\n");
    };
    let spot = Spot {
        file: &file,
        line: number("line").unwrap_or(1),
        column: number("column").unwrap_or(1),
    };
    let opened = match value(query, "as") {
        None => preview.editor.open(&spot).map(|()| None),
        Some(scheme) => preview.editor.address(&scheme, &spot).map(Some),
    };
    match opened {
        Ok(None) => page::done(),
        Ok(Some(address)) => {
            let mut response = page::plain(StatusCode::FOUND, "");
            page::set(&mut response, header::LOCATION, &address);
            response
        }
        Err(reason) => page::plain(StatusCode::NOT_IMPLEMENTED, &format!("{reason}\n")),
    }
}

fn show(preview: &Preview, query: &str) -> Response {
    let now = preview.shown().shows;
    let wanted = |name, now| value(query, name).map_or(now, |value| value == "1");
    (preview.show)(Shows {
        drafts: wanted("drafts", now.drafts),
        scheduled: wanted("scheduled", now.scheduled),
    });
    page::done()
}

/// A value of a query.
fn value(query: &str, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.as_bytes());
    pairs.find_map(|(key, value)| (key == name).then(|| value.into_owned()))
}
