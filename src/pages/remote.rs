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
    let address = &*wanted.request.address;
    let hosts = &site.config.dateline.fetch;
    let url = checked(address, hosts)?;
    let may_follow = |url: &Url| refused(url, hosts).is_none();
    let fetched = match site.shelf.fetch(&url, &wanted.request, &may_follow) {
        Ok(fetched) => fetched,
        Err(NotFetched::Refused(url)) => {
            let led = refused(&url, hosts).unwrap_or_default();
            return Err(format!("`{address}` leads elsewhere: {led}"));
        }
        Err(NotFetched::Failed(_)) if !wanted.is_required => return Ok(Value::None),
        Err(NotFetched::Failed(reason)) => {
            return Err(with_hint(
                format_args!("cannot fetch `{address}`: {reason}"),
                "with `required=false` it would be nothing instead",
            ));
        }
    };
    let name = format!("{:?}", wanted.notation);
    fetched.facts.fact(&name, || {
        let data = loaded::parse(&fetched.bytes, wanted.notation);
        let data = data.map_err(|mistake| mistake.in_file(address))?;
        Ok(Value::list([data]))
    })
}

/// An address that may be asked.
fn checked(address: &str, hosts: &[Arc<str>]) -> Result<Url, String> {
    let url = Url::parse(address)
        .map_err(|reason| format!("`{}` is no address: {reason}", shortened(address)))?;
    match refused(&url, hosts) {
        Some(reason) => Err(reason),
        None => Ok(url),
    }
}

/// Why an address must not be asked, if so.
fn refused(url: &Url, hosts: &[Arc<str>]) -> Option<String> {
    let shown = shortened(url.as_str());
    let host = url
        .host_str()
        .filter(|_| matches!(url.scheme(), "http" | "https"));
    let Some(host) = host else {
        return Some(format!("`{shown}` is not an http or https address"));
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
