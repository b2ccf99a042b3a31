//! What a path leads to, as GitHub Pages would have it, and the answer that a browser gets.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::Response;
use percent_encoding::percent_decode_str;

use super::gate::Refused;
use super::{Failed, Preview, Route, Shown, Site};
use super::{assets, script};
use crate::address::Address;
use crate::render::escape;
use crate::value::Hash;

/// What there is to show for a path.
pub enum Found {
    File {
        status: StatusCode,
        content_type: &'static str,
        bytes: Vec<u8>,
        address: Address,
    },
    Moved(StatusCode, String),
    /// The page cannot be made.
    Failed(Failed),
    /// There is neither such a page nor one that says so.
    Missing,
    /// There would be one, but it is a draft.
    Draft,
    /// No site was shown yet.
    Unread,
}

/// Where a path leads, before anything is made.
pub enum Way<'a> {
    File(&'a Address),
    Moved(StatusCode, String),
    Missing,
}

/// What a request is told by its head beside its path.
pub struct Asked {
    /// The name that it called, checked.
    pub host: String,
    pub known: Option<HeaderValue>,
}

/// Pages of the preview's own run its script and nothing else.
const OWN_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

impl Found {
    /// What tells two states of a page from each other; none if there is no page to be shown.
    pub fn digest(&self) -> Option<String> {
        let hash = match self {
            Found::File { status, bytes, .. } => {
                Hash::of(&[bytes.as_slice(), status.as_str().as_bytes()].concat())
            }
            Found::Moved(_, to) => Hash::of(to.as_bytes()),
            Found::Missing => Hash::of(b"missing"),
            Found::Draft => Hash::of(b"draft"),
            Found::Failed(_) | Found::Unread => return None,
        };
        Some(format!("{:032x}", hash.0))
    }
}

/// Makes what a path leads to.
pub fn find(preview: &Preview, shown: &Shown, path: &str, query: Option<&str>) -> Found {
    let Some(site) = &shown.site else {
        return Found::Unread;
    };
    match way(site, &preview.base_path, path, query) {
        Way::File(address) => made(preview, site, address, StatusCode::OK),
        Way::Moved(status, to) => Found::Moved(status, to),
        Way::Missing => match picture(preview, site, path) {
            Some(picture) => picture,
            None if is_draft(preview, site, path) => Found::Draft,
            None => missing(preview, site),
        },
    }
}

/// Whether a page would stand here that is held back because it is a draft.
fn is_draft(preview: &Preview, site: &Site, path: &str) -> bool {
    let below = path.strip_prefix(&*preview.base_path);
    let decoded = below.and_then(|below| percent_decode_str(below).decode_utf8().ok());
    decoded.is_some_and(|path| {
        let address = Address::page(&path);
        site.snapshot.drafts.contains(&*address.folded())
    })
}

/// What stands in for a page that is not there.
fn missing(preview: &Preview, site: &Site) -> Found {
    match site.file("404.html") {
        Some(address) => made(preview, site, address, StatusCode::NOT_FOUND),
        None => Found::Missing,
    }
}

/// A picture that a page had made: it stands in no plan.
fn picture(preview: &Preview, site: &Site, path: &str) -> Option<Found> {
    let path = path.strip_prefix(&*preview.base_path)?;
    let name = path.strip_prefix("/processed_images/")?;
    let address = Address::file(&format!("processed_images/{name}"));
    match (site.snapshot.render)(&address) {
        // Nobody asked for such a picture.
        Err(problems) if !problems.has_errors() => None,
        _ => Some(made(preview, site, &address, StatusCode::OK)),
    }
}

fn made(preview: &Preview, site: &Site, address: &Address, status: StatusCode) -> Found {
    match site.render(address, preview) {
        Ok(bytes) => Found::File {
            status,
            content_type: content_type(&address.output_file()),
            bytes,
            address: address.clone(),
        },
        Err(failed) => Found::Failed(failed),
    }
}

/// What GitHub Pages does with a path: a file of that name, then one with `.html`, then a folder.
pub fn way<'a>(site: &'a Site, base_path: &str, path: &str, query: Option<&str>) -> Way<'a> {
    let moved = |status, to: String| {
        let query = query.map_or_else(String::new, |query| format!("?{query}"));
        Way::Moved(status, format!("{to}{query}"))
    };
    let Some(rest) = path.strip_prefix(base_path) else {
        // Nothing of ours lies above the base path, but that is what people type.
        return match path {
            "/" => moved(StatusCode::FOUND, format!("{base_path}/")),
            _ => Way::Missing,
        };
    };
    if rest.is_empty() {
        return moved(StatusCode::MOVED_PERMANENTLY, format!("{base_path}/"));
    }
    let decoded = percent_decode_str(rest).decode_utf8();
    let Some(name) = decoded.as_deref().ok().and_then(|d| d.strip_prefix('/')) else {
        return Way::Missing;
    };
    let index = |folder: &str| site.file(&format!("{folder}index.html"));
    if name.is_empty() || name.ends_with('/') {
        return index(name).map_or(Way::Missing, Way::File);
    }
    let named = site.file(name);
    if let Some(address) = named.or_else(|| site.file(&format!("{name}.html"))) {
        return Way::File(address);
    }
    match index(&format!("{name}/")) {
        Some(_) => moved(StatusCode::MOVED_PERMANENTLY, format!("{path}/")),
        None => Way::Missing,
    }
}

/// The answer to a request for a page or another file of the site.
pub fn answer(preview: &Preview, path: &str, query: Option<&str>, asked: &Asked) -> Response {
    let shown = preview.shown();
    let found = find(preview, &shown, path, query);
    let digest = found.digest().unwrap_or_default();
    let tag = |more: &str| script::tag(preview, &shown, &digest, more);
    let own = |status, problems: &str| {
        let style = preview.at(Route::Style);
        own_page(status, &style, problems, &tag(" data-is-own"))
    };
    match found {
        Found::File {
            status,
            content_type,
            mut bytes,
            ..
        } => {
            let site = shown.site.as_ref();
            let is_html = content_type.starts_with("text/html");
            let files = site.filter(|_| is_html).map(|site| {
                let files = assets::programs(preview, site, path, &bytes);
                format!(" data-program-files=\"{files}\"")
            });
            if content_type.starts_with("text/") {
                readdress(&mut bytes, &preview.origin, &asked.host);
            }
            if let Some(files) = files {
                let programs = script::programs(&bytes);
                let tag = tag(&format!(" data-programs=\"{programs}\"{files}"));
                insert(&mut bytes, &tag);
            }
            conditional(status, content_type, bytes, asked)
        }
        Found::Moved(status, to) => {
            let mut response = plain(status, "");
            set(&mut response, header::LOCATION, &to);
            response
        }
        Found::Failed(failed) => own(StatusCode::INTERNAL_SERVER_ERROR, &failed.text()),
        Found::Missing => own(StatusCode::NOT_FOUND, "There is no such page."),
        Found::Draft => own(
            StatusCode::NOT_FOUND,
            "This page is a draft. `dateline serve --drafts` shows it.",
        ),
        Found::Unread => {
            let problems = match shown.problems.list.is_empty() {
                true => "The site is being read.".into(),
                false => shown.problems.text(),
            };
            own(StatusCode::SERVICE_UNAVAILABLE, &problems)
        }
    }
}

/// The site names itself as the terminal does; who calls it by another name follows links there.
fn readdress(bytes: &mut Vec<u8>, origin: &str, host: &str) {
    let called = format!("http://{host}");
    let from = origin.as_bytes();
    if called == origin || !bytes.windows(from.len()).any(|window| window == from) {
        return;
    }
    if let Ok(text) = std::str::from_utf8(bytes) {
        *bytes = text.replace(origin, &called).into_bytes();
    }
}

/// Puts the script before the end of the body; a page that does not say where it ends gets it last.
fn insert(html: &mut Vec<u8>, script: &str) {
    const END: &[u8] = b"</body";
    let end = html
        .windows(END.len())
        .rposition(|window| window.eq_ignore_ascii_case(END))
        .unwrap_or(html.len());
    html.splice(end..end, script.bytes());
}

/// Leaves out what the browser has already.
fn conditional(
    status: StatusCode,
    content_type: &'static str,
    bytes: Vec<u8>,
    asked: &Asked,
) -> Response {
    let tag = format!("\"{:032x}\"", Hash::of(&bytes).0);
    let mut response = with_body(status, content_type, bytes);
    set(&mut response, header::ETAG, &tag);
    let known = asked.known.as_ref().and_then(|known| known.to_str().ok());
    let mut tags = known.unwrap_or_default().split(',').map(str::trim);
    let is_known = tags.any(|k| k == "*" || k.strip_prefix("W/").unwrap_or(k) == tag);
    if status == StatusCode::OK && is_known {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        *response.body_mut() = Body::empty();
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    response
}

/// A page of the preview's own, live like the others, so that it goes away when things are right.
fn own_page(status: StatusCode, style: &str, problems: &str, script: &str) -> Response {
    let html = format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>Dateline: {status}</title>\
         <link rel=\"stylesheet\" href=\"{}\">\
         <body><h1>{status}</h1><pre>{}</pre>{script}</body></html>\n",
        escape::html(style),
        escape::html(problems),
    );
    let mut response = with_body(status, "text/html; charset=utf-8", html.into_bytes());
    set(&mut response, header::CONTENT_SECURITY_POLICY, OWN_POLICY);
    response
}

/// The answer to a request that the gate did not let pass.
pub fn refusal(refused: Refused) -> Response {
    let text = match refused {
        Refused::Name => {
            "This preview answers only under the address that `dateline serve` printed.\n"
        }
        Refused::Foreign => "Not for other sites.\n",
        Refused::Method => {
            let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "GET and HEAD only.\n");
            set(&mut response, header::ALLOW, "GET, HEAD");
            return response;
        }
    };
    plain(StatusCode::FORBIDDEN, text)
}

/// A line of text.
pub fn plain(status: StatusCode, text: &str) -> Response {
    let bytes = text.as_bytes().to_vec();
    with_body(status, "text/plain; charset=utf-8", bytes)
}

/// Says that what was asked for was done.
pub fn done() -> Response {
    let mut response = plain(StatusCode::NO_CONTENT, "");
    response.headers_mut().remove(header::CONTENT_LENGTH);
    response
}

/// Some bytes, which a browser asks for again each time.
pub fn with_body(status: StatusCode, content_type: &'static str, bytes: Vec<u8>) -> Response {
    let length = bytes.len();
    let mut response = Response::new(Body::from(bytes));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(length));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    response
}

/// Sets a header; a value that cannot be one (a path is always ASCII here) is left out.
pub fn set(response: &mut Response, name: HeaderName, value: &str) {
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
