//! Who may ask the preview, decided before anything of a request but its head is looked at.
//!
//! A page of another site can make a browser send requests to this machine, under a name of its own
//! (DNS rebinding) or under ours. The first names another host, the second says so in `Origin` or
//! `Sec-Fetch-Site`. What a proxy may have added (`X-Forwarded-*`) is never read: anybody can.

use std::net::{IpAddr, SocketAddr};

use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method, header};
use url::Url;

/// The names that the preview answers to.
pub struct Gate {
    /// `localhost:1111`, in lower case.
    names: Vec<String>,
    /// Where a proxy shows the preview: `https://preview.example.org`.
    origins: Vec<String>,
    port: u16,
    /// Whether it listens on all interfaces, so that each number of this machine is a name too.
    is_open: bool,
}

/// Why a request is not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It names another host, or several, or none.
    Name,
    /// It was sent by a page of another site.
    Foreign,
    /// It wants more than to read.
    Method,
}

/// Everything of the preview's own lies below a folder of this name.
pub const OWN_FOLDER: &str = "/__dateline/";

impl Gate {
    /// The gate of a server that listens at an address. `site` is the address that the site is
    /// shown at, if one was given: a proxy or a name of this machine may lead here from it.
    pub fn new(at: SocketAddr, interface: IpAddr, site: Option<&Url>) -> Gate {
        let port = at.port();
        let mut hosts = vec!["localhost".into(), "127.0.0.1".into(), "[::1]".into()];
        if !interface.is_unspecified() {
            hosts.push(bracketed(interface));
        }
        let (mut names, mut origins) = (Vec::new(), Vec::new());
        if let Some(site) = site
            && let Some(host) = site.host_str()
        {
            hosts.push(host.to_lowercase());
            let authority = match site.port() {
                Some(port) => format!("{host}:{port}"),
                None => host.to_owned(),
            };
            names.push(authority.to_lowercase());
            origins.push(site.origin().ascii_serialization());
        }
        for host in hosts {
            names.push(format!("{host}:{port}"));
            if port == 80 {
                names.push(host);
            }
        }
        Gate {
            names,
            origins,
            port,
            is_open: interface.is_unspecified(),
        }
    }

    /// Lets a request pass, and says which name it called, or why it does not. `local` is the
    /// number of this machine that the connection came to.
    pub fn pass(&self, request: &Parts, local: IpAddr) -> Result<String, Refused> {
        let headers = &request.headers;
        let host = only(headers, &header::HOST)?.ok_or(Refused::Name)?;
        if !self.is_ours(&host, local) {
            return Err(Refused::Name);
        }
        let named = request.uri.authority();
        if named.is_some_and(|named| !named.as_str().eq_ignore_ascii_case(&host)) {
            return Err(Refused::Name);
        }
        if request.method != Method::GET && request.method != Method::HEAD {
            return Err(Refused::Method);
        }
        let origin = only(headers, &header::ORIGIN)?;
        if origin.is_some_and(|origin| !self.is_own_origin(&origin, local)) {
            return Err(Refused::Foreign);
        }
        match self.is_sent_by_us(request)? {
            true => Ok(host),
            false => Err(Refused::Foreign),
        }
    }

    fn is_ours(&self, name: &str, local: IpAddr) -> bool {
        if self.names.iter().any(|own| own == name) {
            return true;
        }
        // A page of another site can make its own name lead here, but not a number.
        let number = name.parse::<SocketAddr>();
        self.is_open
            && number.is_ok_and(|number| {
                number.port() == self.port && number.ip().to_canonical() == local.to_canonical()
            })
    }

    fn is_own_origin(&self, origin: &str, local: IpAddr) -> bool {
        let host = origin.strip_prefix("http://");
        host.is_some_and(|host| self.is_ours(host, local))
            || self.origins.iter().any(|own| own == origin)
    }

    /// What browsers say of the page that a request comes from. Only to be opened, in a window of
    /// its own, does a page of the site let others ask for it.
    fn is_sent_by_us(&self, request: &Parts) -> Result<bool, Refused> {
        let header = |name| only(&request.headers, &HeaderName::from_static(name));
        let Some(site) = header("sec-fetch-site")? else {
            return Ok(true);
        };
        let is_opened = header("sec-fetch-mode")?.as_deref() == Some("navigate")
            && header("sec-fetch-dest")?.as_deref() == Some("document")
            && request.method == Method::GET
            && !request.uri.path().contains(OWN_FOLDER);
        Ok(site == "same-origin" || site == "none" || is_opened)
    }
}

/// The value of a header in lower case; one that is sent twice or is no text is refused.
fn only(headers: &HeaderMap, name: &HeaderName) -> Result<Option<String>, Refused> {
    let mut values = headers.get_all(name).iter();
    let Some(value) = values.next() else {
        return Ok(None);
    };
    let text = value.to_str().map_err(|_| Refused::Foreign)?;
    match values.next() {
        None => Ok(Some(text.to_ascii_lowercase())),
        Some(_) => Err(Refused::Foreign),
    }
}

/// A number as it stands in addresses.
fn bracketed(number: IpAddr) -> String {
    match number {
        IpAddr::V4(number) => number.to_string(),
        IpAddr::V6(number) => format!("[{number}]"),
    }
}
