//! What other hosts answer to requests of templates, as far as the configuration allows them. An
//! answer is kept for a while, here and in `.dateline/`, and stands in for a later one that fails.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use jiff::Timestamp;
use ureq::http::{self, StatusCode, header};
use ureq::{Agent, Body};
use url::Url;

use super::kept::Kept;
use crate::input::{AskedFile, Fetched, Method, NotFetched, Outdated, Request};
use crate::pages::loaded::BYTES_MAX;

/// A younger answer is not asked for again.
const FRESH: Duration = Duration::from_secs(60 * 60);
/// An older answer stands in for nothing.
const OLD: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// What failed is not tried again sooner: an editor saves every few seconds.
const RETRY: Duration = Duration::from_secs(60);
/// For a whole answer. A page waits for it.
const TIMEOUT: Duration = Duration::from_secs(10);
/// From one address to the next.
const REDIRECTS_MAX: usize = 5;
/// Requests of one process: a template must not ask a host for each number.
const REQUESTS_MAX: usize = 200;

/// What was asked of other hosts.
#[derive(Debug)]
pub struct Remote {
    agent: Agent,
    kept: Kept,
    asked: Mutex<BTreeMap<Arc<Request>, Slot>>,
    /// Hosts that did not answer, and when that was.
    silent: Mutex<BTreeMap<String, Instant>>,
}

/// Where the answer to a request stands once there is one.
type Slot = Arc<Mutex<Option<Known>>>;

/// What became of a request.
#[derive(Debug)]
struct Known {
    until: Instant,
    answer: Result<Arc<Fetched>, NotFetched>,
    outdated: Option<Outdated>,
}

impl Remote {
    /// For the site at a root.
    pub fn new(root: &Path) -> Remote {
        let config = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .max_redirects(0)
            .http_status_as_error(false)
            .user_agent(concat!("dateline/", env!("CARGO_PKG_VERSION")))
            .build();
        Remote {
            agent: config.into(),
            kept: Kept::new(root, "remote"),
            asked: Mutex::default(),
            silent: Mutex::default(),
        }
    }

    /// See [`crate::input::Shelf::fetch`].
    pub fn fetch(
        &self,
        url: &Url,
        request: &Request,
        may_follow: &dyn Fn(&Url) -> bool,
    ) -> Result<Arc<Fetched>, NotFetched> {
        let slot = {
            let mut asked = locked(&self.asked);
            match asked.get(request) {
                Some(slot) => slot.clone(),
                None if asked.len() >= REQUESTS_MAX => {
                    return Err(failed(format!(
                        "a build asks other hosts for no more than {REQUESTS_MAX} things"
                    )));
                }
                None => asked.entry(Arc::new(request.clone())).or_default().clone(),
            }
        };
        // Who else wants the same waits here.
        let mut slot = locked(&slot);
        let known = slot.take().filter(|known| known.until > Instant::now());
        let known = known.unwrap_or_else(|| self.answer(url, request, may_follow));
        slot.insert(known).answer.clone()
    }

    /// See [`crate::input::Shelf::outdated`].
    pub fn outdated(&self) -> Vec<Outdated> {
        let slots: Vec<_> = locked(&self.asked).values().cloned().collect();
        let of = |slot: Slot| locked(&slot).as_ref()?.outdated.clone();
        slots.into_iter().filter_map(of).collect()
    }

    fn answer(&self, url: &Url, request: &Request, may_follow: &dyn Fn(&Url) -> bool) -> Known {
        let name = blake3::hash(format!("{request:?}").as_bytes()).to_hex();
        let kept = self.kept.find(&name);
        let age = |at: &SystemTime| at.elapsed().unwrap_or_default();
        let good = |bytes, left| Known {
            until: Instant::now() + left,
            answer: Ok(Arc::new(Fetched {
                bytes,
                facts: AskedFile::new(&request.address, None),
            })),
            outdated: None,
        };
        let is_fresh = |at| FRESH.checked_sub(age(at)).filter(|left| !left.is_zero());
        if let Some((bytes, at)) = &kept
            && let Some(left) = is_fresh(at)
        {
            return good(bytes.clone(), left);
        }
        match (self.asked_of(url, request, may_follow), kept) {
            (Ok(bytes), _) => {
                self.kept.keep_since(OLD);
                self.kept.keep(&name, &bytes);
                good(bytes, FRESH)
            }
            (Err(NotFetched::Failed(reason)), Some((bytes, at))) if age(&at) < OLD => Known {
                outdated: Some(Outdated {
                    address: request.address.clone(),
                    reason,
                    at: Timestamp::try_from(at).unwrap_or_default(),
                }),
                ..good(bytes, RETRY)
            },
            (Err(reason), _) => Known {
                until: Instant::now() + RETRY,
                answer: Err(reason),
                outdated: None,
            },
        }
    }

    /// Asks the host, and whomever it leads to.
    fn asked_of(
        &self,
        url: &Url,
        request: &Request,
        may_follow: &dyn Fn(&Url) -> bool,
    ) -> Result<Vec<u8>, NotFetched> {
        let (mut at, mut method) = (url.clone(), request.method);
        for _ in 0..=REDIRECTS_MAX {
            let with_secrets = at.origin() == url.origin();
            let mut response = self.sent(&at, method, request, with_secrets)?;
            let location = response.headers().get(header::LOCATION);
            let location = location.and_then(|location| location.to_str().ok());
            let status = response.status();
            match location.filter(|_| status.is_redirection()) {
                Some(location) => {
                    let next = at.join(location);
                    let next = next.map_err(|_| failed("it leads to what is no address"))?;
                    if !may_follow(&next) {
                        return Err(NotFetched::Refused(next));
                    }
                    if !matches!(
                        status,
                        StatusCode::TEMPORARY_REDIRECT | StatusCode::PERMANENT_REDIRECT
                    ) {
                        method = Method::Get;
                    }
                    at = next;
                }
                None if status.is_success() => {
                    let body = response.body_mut().with_config().limit(BYTES_MAX);
                    return body.read_to_vec().map_err(|error| failed(reason(&error)));
                }
                None => return Err(failed(format!("it answers {status}"))),
            }
        }
        Err(failed("it leads from one address to the next"))
    }

    fn sent(
        &self,
        url: &Url,
        method: Method,
        request: &Request,
        with_secrets: bool,
    ) -> Result<http::Response<Body>, NotFetched> {
        let host = url.authority().to_owned();
        let silent = locked(&self.silent).get(&host).copied();
        if silent.is_some_and(|since| since.elapsed() < RETRY) {
            return Err(failed("its host did not answer a moment ago"));
        }
        let mut sent = http::Request::builder().uri(url.as_str());
        for (name, value) in &request.headers {
            // What is meant for one host is not told to another.
            let is_secret = matches!(&**name, "authorization" | "cookie" | "proxy-authorization");
            if with_secrets || !is_secret {
                sent = sent.header(&**name, &**value);
            }
        }
        let answer = match method {
            Method::Get => sent.method("GET").body(()).map(|sent| self.agent.run(sent)),
            Method::Post => {
                let body = request.body.as_deref().unwrap_or_default();
                sent.method("POST")
                    .body(body)
                    .map(|sent| self.agent.run(sent))
            }
        };
        let answer = answer.map_err(|error| failed(error.to_string()))?;
        answer.map_err(|error| {
            locked(&self.silent).insert(host, Instant::now());
            failed(reason(&error))
        })
    }
}

fn failed(reason: impl Into<Arc<str>>) -> NotFetched {
    NotFetched::Failed(reason.into())
}

/// Why there is no answer, in words.
fn reason(error: &ureq::Error) -> String {
    match error {
        ureq::Error::Timeout(_) => format!("no answer within {} seconds", TIMEOUT.as_secs()),
        ureq::Error::HostNotFound => "there is no such host".to_owned(),
        ureq::Error::ConnectionFailed => "there is no connection".to_owned(),
        ureq::Error::BodyExceedsLimit(_) => {
            format!("the answer is larger than {} MB", BYTES_MAX >> 20)
        }
        ureq::Error::Io(error) => error.to_string(),
        error => error.to_string(),
    }
}

fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
