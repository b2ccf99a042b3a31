//! `load_data(url=…)`: data of other hosts, as far as the configuration lets templates ask them.

use std::sync::Arc;

use url::Url;

use super::loaded::{self, Notation};
use super::question::Answer;
use crate::diagnostic::{shortened, with_hint};
use crate::input::{NotFetched, Request};
use crate::site::Site;
use crate::value::Value;

/// What a template wants of another host.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wanted {
    pub request: Arc<Request>,
    pub notation: Notation,
    /// Without it, nothing is an answer where the host has none.
    pub is_required: bool,
}

/// The data, as the one item of a list, for data may be nothing; absent if there is none and it is
/// not required.
pub fn answer(site: &Site, wanted: &Wanted) -> Answer {
    let hosts = &site.config.dateline.fetch;
    let url = checked(&wanted.request.address, hosts)?;
    let may_follow = |url: &Url| refused(url, hosts).is_none();
    let fetched = match site
        .shelf
        .fetch(&url, (&wanted.request, hosts), &may_follow)
    {
        Ok(fetched) => fetched,
        Err(NotFetched::Refused(to)) => {
            let led = refused(&to, hosts).unwrap_or_default();
            return Err(format!("`{}` leads elsewhere: {led}", shown(&url)));
        }
        Err(NotFetched::Failed(_)) if !wanted.is_required => return Ok(Value::None),
        Err(NotFetched::Failed(reason)) => {
            return Err(with_hint(
                format_args!("cannot fetch `{}`: {reason}", shown(&url)),
                "with `required=false` it would be nothing instead",
            ));
        }
    };
    let name = format!("{:?}", wanted.notation);
    fetched.facts.fact(&name, || {
        let data = loaded::parse(&fetched.bytes, wanted.notation);
        let data = data.map_err(|mistake| mistake.from_address(&shown(&url)))?;
        Ok(Value::list([data]))
    })
}

/// An address that may be asked.
fn checked(address: &str, hosts: &[Arc<str>]) -> Result<Url, String> {
    let url = Url::parse(address).map_err(|_| {
        with_hint(
            format_args!("`{}` is no address", shortened(address)),
            "an address begins with `https://`; a file of the site has a `path`",
        )
    })?;
    match refused(&url, hosts) {
        Some(reason) => Err(reason),
        None => Ok(url),
    }
}

/// Why an address must not be asked, if so.
fn refused(url: &Url, hosts: &[Arc<str>]) -> Option<String> {
    let shown = shown(url);
    let host = url
        .host_str()
        .filter(|_| matches!(url.scheme(), "http" | "https"));
    let Some(host) = host else {
        return Some(with_hint(
            format_args!("`{shown}` is not an http or https address"),
            "an address begins with `https://` or `http://`",
        ));
    };
    let with_port = url.port().map(|port| format!("{host}:{port}"));
    let needed = with_port.as_deref().unwrap_or(host);
    let is_allowed = hosts.iter().any(|known| known.eq_ignore_ascii_case(needed));
    (!is_allowed).then(|| {
        with_hint(
            format_args!("the configuration does not let templates fetch `{shown}`"),
            format_args!(
                "`fetch = [\"{needed}\"]` under `[extra.dateline]` allows this host; \
                 or save it as a file of the site and give its `path`"
            ),
        )
    })
}

/// An address for people, without the password in it.
pub fn shown(url: &Url) -> String {
    let mut url = url.clone();
    // An address without a host has no password either.
    let _ = url.set_password(None);
    let _ = url.set_username("");
    shortened(url.as_str())
}
