//! The preview's answers over HTTP, as GitHub Pages would give them, from memory.
//!
//! What may be asked for is the table of planned addresses; no path of a request ever meets the
//! file system. Only requests that name the address that is served are answered, so that no
//! foreign site can read the preview through a browser (DNS rebinding).

use std::collections::HashMap;
use std::convert::Infallible;
use std::fmt::Write;
use std::hash::{BuildHasher, RandomState};
use std::io;
use std::net::{IpAddr, TcpListener};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use percent_encoding::percent_decode_str;
use tokio::sync::watch;

use crate::address::Address;
use crate::diagnostic::Diagnostics;
use crate::value::Hash;

/// Makes a planned page or reads a static file.
pub type Render = Box<dyn Fn(&Address) -> Result<Vec<u8>, Diagnostics> + Send + Sync>;

/// Tells the terminal of diagnostics that only making a page found, and words them for a browser.
pub type Report = Box<dyn Fn(Diagnostics) -> String + Send + Sync>;

/// A site that can be shown: what there is, and how each file is made when it is asked for.
pub struct Snapshot {
    pub addresses: Vec<Address>,
    pub render: Render,
}

/// The site that is shown now, and those who watch it.
pub struct Preview {
    /// `/repo`, or empty.
    base_path: String,
    interface: IpAddr,
    shown: RwLock<Shown>,
    changes: watch::Sender<u64>,
    /// Another one for each start, so that the pages of the server before know that they are old.
    run: u64,
    report: Report,
}

/// What is shown at one time.
#[derive(Clone, Default)]
struct Shown {
    /// `None`: there was no site without errors yet.
    site: Option<Arc<Site>>,
    version: u64,
    /// What is wrong since then, for the browser.
    problems: Option<Arc<str>>,
}

/// A snapshot by output file, which is how a web server finds things.
struct Site {
    files: HashMap<String, Address>,
    render: Render,
}

/// What a request is answered with, before its headers.
enum Answer<'a> {
    File(&'a Address),
    Moved(StatusCode, String),
    Missing,
}

/// Where pages hear of changes, below the base path.
const EVENTS: &str = "/__dateline/events";

/// How soon a page asks again after the server has gone: a restart takes about as long.
const RETRY: Duration = Duration::from_millis(500);

/// What makes a page of the preview live.
const SCRIPT: &str = include_str!("live.js");

impl Preview {
    /// A preview that shows nothing yet. `base_path` is `/repo`, or empty.
    pub fn new(base_path: &str, interface: IpAddr, report: Report) -> Arc<Preview> {
        Arc::new(Preview {
            base_path: base_path.trim_end_matches('/').to_owned(),
            interface,
            shown: RwLock::default(),
            changes: watch::Sender::new(0),
            run: RandomState::new().hash_one(0),
            report,
        })
    }

    /// Shows another site, or the last one on if there is none; and what is wrong, if anything.
    pub fn publish(&self, snapshot: Option<Snapshot>, problems: Option<String>) {
        let mut shown = self.shown.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(Snapshot { addresses, render }) = snapshot {
            let files = addresses
                .into_iter()
                .map(|address| (address.output_file(), address))
                .collect();
            shown.site = Some(Arc::new(Site { files, render }));
            shown.version += 1;
        }
        shown.problems = problems.map(Arc::from);
        drop(shown);
        self.changes.send_modify(|count| *count += 1);
    }

    /// Answers requests until the future is dropped.
    pub async fn serve(self: Arc<Preview>, listener: TcpListener) -> io::Result<()> {
        listener.set_nonblocking(true)?;
        let listener = tokio::net::TcpListener::from_std(listener)?;
        let router = Router::new().fallback(answer).with_state(self);
        axum::serve(listener, router).await
    }

    fn shown(&self) -> Shown {
        let shown = self.shown.read().unwrap_or_else(PoisonError::into_inner);
        shown.clone()
    }

    fn version(&self, shown: &Shown) -> String {
        format!("{:x}-{}", self.run, shown.version)
    }

    /// Whether a request names this server, in its Host or as its origin.
    fn is_called(&self, host: &str) -> bool {
        let name = host_name(host);
        if name.eq_ignore_ascii_case("localhost") {
            return true;
        }
        // A page of another site can make its own name lead here, but not a number.
        let bare = name.strip_prefix('[').and_then(|n| n.strip_suffix(']'));
        let number = bare.unwrap_or(name).parse::<IpAddr>();
        number.is_ok_and(|number| {
            number.is_loopback() || number == self.interface || self.interface.is_unspecified()
        })
    }

    fn script(&self, shown: &Shown) -> String {
        let script = SCRIPT
            .replace("VERSION", &self.version(shown))
            .replace("EVENTS", &format!("{}{EVENTS}", self.base_path));
        format!("<script>{script}</script>")
    }
}

/// A host without its port: `[::1]:1111`, `localhost:1111`, `localhost`.
fn host_name(host: &str) -> &str {
    if host.starts_with('[') {
        return host.find(']').map_or(host, |end| &host[..=end]);
    }
    host.split_once(':').map_or(host, |(name, _)| name)
}

async fn answer(State(preview): State<Arc<Preview>>, request: Request) -> Response {
    let headers = request.headers();
    let host = headers.get(header::HOST).and_then(|h| h.to_str().ok());
    let Some(host) = host.filter(|host| preview.is_called(host)) else {
        return plain(
            StatusCode::FORBIDDEN,
            "This preview answers only under the address that `dateline serve` printed.\n",
        );
    };
    let method = request.method().clone();
    if method != Method::GET && method != Method::HEAD {
        let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "GET and HEAD only.\n");
        set(&mut response, header::ALLOW, "GET, HEAD");
        return response;
    }
    let path = request.uri().path();
    if path.strip_prefix(preview.base_path.as_str()) == Some(EVENTS) {
        return events(&preview, host, headers);
    }
    let path = path.to_owned();
    let query = request.uri().query().map(str::to_owned);
    let known = headers.get(header::IF_NONE_MATCH).cloned();
    // Making a page takes as long as it takes; other requests must not wait for it.
    let made = tokio::task::spawn_blocking(move || {
        let response = page(&preview, &path, query.as_deref());
        conditional(response, known.as_ref())
    });
    match made.await {
        Ok(mut response) => {
            if method == Method::HEAD {
                *response.body_mut() = Body::empty();
            }
            response
        }
        Err(panic) => plain(
            StatusCode::INTERNAL_SERVER_ERROR,
            &format!(
                "Dateline failed while making this page, which is a mistake of its own: {panic}\n"
            ),
        ),
    }
}

/// The stream of the preview's states, the present one first.
fn events(preview: &Arc<Preview>, host: &str, headers: &HeaderMap) -> Response {
    if let Some(origin) = headers.get(header::ORIGIN) {
        let own = format!("http://{host}");
        if !origin.as_bytes().eq_ignore_ascii_case(own.as_bytes()) {
            return plain(StatusCode::FORBIDDEN, "Not for other sites.\n");
        }
    }
    let mut changes = preview.changes.subscribe();
    changes.mark_changed();
    let states = stream::unfold((preview.clone(), changes), |(preview, mut changes)| async {
        changes.changed().await.ok()?;
        let shown = preview.shown();
        let state = serde_json::json!({
            "version": preview.version(&shown),
            "problems": shown.problems.as_deref(),
        });
        let event = Event::default().retry(RETRY).data(state.to_string());
        Some((Ok::<_, Infallible>(event), (preview, changes)))
    });
    let mut response = Sse::new(states)
        .keep_alive(KeepAlive::default())
        .into_response();
    set(&mut response, header::CACHE_CONTROL, "no-cache");
    response
}

/// A file with its headers, and its bytes for the tag that a browser knows it by.
struct Made {
    response: Response,
    tag: Option<String>,
}

fn page(preview: &Preview, path: &str, query: Option<&str>) -> Made {
    let shown = preview.shown();
    let Some(site) = &shown.site else {
        let problems = shown
            .problems
            .as_deref()
            .unwrap_or("The site is being read.");
        return error_page(preview, &shown, StatusCode::SERVICE_UNAVAILABLE, problems);
    };
    match find(site, &preview.base_path, path, query) {
        Answer::File(address) => file(preview, &shown, site, address, StatusCode::OK),
        Answer::Moved(status, to) => {
            let mut response = plain(status, "");
            set(&mut response, header::LOCATION, &to);
            let tag = None;
            Made { response, tag }
        }
        Answer::Missing => match site.files.get("404.html") {
            Some(address) => file(preview, &shown, site, address, StatusCode::NOT_FOUND),
            None => error_page(
                preview,
                &shown,
                StatusCode::NOT_FOUND,
                "There is no such page.",
            ),
        },
    }
}

/// What GitHub Pages does with a path: a file of that name, then one with `.html`, then a folder.
fn find<'a>(site: &'a Site, base_path: &str, path: &str, query: Option<&str>) -> Answer<'a> {
    let moved = |status, to: String| {
        let query = query.map_or_else(String::new, |query| format!("?{query}"));
        Answer::Moved(status, format!("{to}{query}"))
    };
    let Some(rest) = path.strip_prefix(base_path) else {
        // Nothing of ours lies above the base path, but that is what people type.
        return match path {
            "/" => moved(StatusCode::FOUND, format!("{base_path}/")),
            _ => Answer::Missing,
        };
    };
    if rest.is_empty() {
        return moved(StatusCode::MOVED_PERMANENTLY, format!("{base_path}/"));
    }
    let decoded = percent_decode_str(rest).decode_utf8();
    let Some(name) = decoded.as_deref().ok().and_then(|d| d.strip_prefix('/')) else {
        return Answer::Missing;
    };
    let index = |folder: &str| site.files.get(&format!("{folder}index.html"));
    if name.is_empty() || name.ends_with('/') {
        return index(name).map_or(Answer::Missing, Answer::File);
    }
    let named = site.files.get(name);
    if let Some(address) = named.or_else(|| site.files.get(&format!("{name}.html"))) {
        return Answer::File(address);
    }
    match index(&format!("{name}/")) {
        Some(_) => moved(StatusCode::MOVED_PERMANENTLY, format!("{path}/")),
        None => Answer::Missing,
    }
}

fn file(
    preview: &Preview,
    shown: &Shown,
    site: &Site,
    address: &Address,
    status: StatusCode,
) -> Made {
    let mut bytes = match (site.render)(address) {
        Ok(bytes) => bytes,
        Err(problems) => {
            let problems = (preview.report)(problems);
            return error_page(preview, shown, StatusCode::INTERNAL_SERVER_ERROR, &problems);
        }
    };
    let content_type = content_type(&address.output_file());
    if content_type.starts_with("text/html") {
        insert_script(&mut bytes, &preview.script(shown));
    }
    let tag = format!("\"{:032x}\"", Hash::of(&bytes).0);
    let mut response = with_body(status, content_type, bytes);
    set(&mut response, header::ETAG, &tag);
    let tag = (status == StatusCode::OK).then_some(tag);
    Made { response, tag }
}

/// Puts the script before the end of the body; a page that does not say where it ends gets it last.
fn insert_script(html: &mut Vec<u8>, script: &str) {
    const END: &[u8] = b"</body";
    let end = html
        .windows(END.len())
        .rposition(|window| window.eq_ignore_ascii_case(END))
        .unwrap_or(html.len());
    html.splice(end..end, script.bytes());
}

/// Leaves out what the browser has already.
fn conditional(made: Made, known: Option<&HeaderValue>) -> Response {
    let Made { mut response, tag } = made;
    let known = known.and_then(|known| known.to_str().ok());
    if let (Some(tag), Some(known)) = (tag, known) {
        let mut tags = known.split(',').map(str::trim);
        if tags.any(|k| k == "*" || k.strip_prefix("W/").unwrap_or(k) == tag) {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            *response.body_mut() = Body::empty();
            response.headers_mut().remove(header::CONTENT_LENGTH);
        }
    }
    response
}

/// A page of the preview's own, live like the others, so that it goes away when things are right.
fn error_page(preview: &Preview, shown: &Shown, status: StatusCode, problems: &str) -> Made {
    let mut escaped = String::new();
    for c in problems.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            c => escaped.push(c),
        }
    }
    let mut html = String::new();
    let _ = writeln!(
        html,
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Dateline: {status}</title>\
         <style>body{{font:16px/1.5 system-ui;margin:2rem}}\
         pre{{white-space:pre-wrap;font:14px/1.45 ui-monospace,monospace}}</style>\
         <body><h1>{status}</h1><pre>{escaped}</pre>{}</body></html>",
        preview.script(shown),
    );
    Made {
        response: with_body(status, "text/html; charset=utf-8", html.into_bytes()),
        tag: None,
    }
}

fn plain(status: StatusCode, text: &str) -> Response {
    with_body(
        status,
        "text/plain; charset=utf-8",
        text.as_bytes().to_vec(),
    )
}

fn with_body(status: StatusCode, content_type: &'static str, bytes: Vec<u8>) -> Response {
    let length = bytes.len();
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    let nosniff = HeaderValue::from_static("nosniff");
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, nosniff);
    let ours_only = HeaderValue::from_static("same-origin");
    headers.insert("cross-origin-resource-policy", ours_only);
    response
}

/// Sets a header; a value that cannot be one (a path is always ASCII here) is left out.
fn set(response: &mut Response, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

/// The media type that GitHub Pages gives to a file by its ending.
fn content_type(file: &str) -> &'static str {
    let name = file.rsplit('/').next().unwrap_or(file);
    let ending = name.rsplit_once('.').map_or("", |(_, ending)| ending);
    match ending.to_ascii_lowercase().as_str() {
        "html" | "htm" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "json" | "map" => "application/json; charset=utf-8",
        "xml" => "application/xml; charset=utf-8",
        "atom" => "application/atom+xml; charset=utf-8",
        "rss" => "application/rss+xml; charset=utf-8",
        "opml" => "text/x-opml; charset=utf-8",
        "txt" | "md" | "lock" => "text/plain; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "ics" => "text/calendar; charset=utf-8",
        "webmanifest" => "application/manifest+json; charset=utf-8",
        "svg" => "image/svg+xml; charset=utf-8",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/vnd.microsoft.icon",
        "woff" => "font/woff",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        "otf" => "font/otf",
        "wasm" => "application/wasm",
        "pdf" => "application/pdf",
        "mp3" => "audio/mpeg",
        "ogg" => "audio/ogg",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        "zip" => "application/zip",
        "gz" => "application/gzip",
        _ => "application/octet-stream",
    }
}
