//! What other hosts answer to requests of templates, as far as the configuration allows them. An
//! answer is kept for a while, here and in `.dateline/`, and stands in for a later one that fails.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use jiff::Timestamp;
use ureq::http::{self, StatusCode, header};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, AsSendBody, Body};
use url::Url;

use super::kept::Kept;
use crate::input::{AskedFile, Fetched, Method, NotFetched, Outdated, Request};
use crate::pages::loaded::BYTES_MAX;
use crate::pages::remote::shown;

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
/// Bytes of all answers together; they are held, and what is read out of them takes ten times as
/// much.
const ALL_BYTES_MAX: u64 = 128 << 20;

/// What was asked of other hosts.
#[derive(Debug)]
pub struct Remote {
    agent: Agent,
    kept: Kept,
    asked: Mutex<Asked>,
    /// Hosts that did not answer, and when that was.
    silent: Mutex<BTreeMap<String, Instant>>,
}

/// What was asked, by request and the hosts that might be asked.
#[derive(Debug, Default)]
struct Asked {
    /// Counts the readings of the site.
    reading: u64,
    all: BTreeMap<String, One>,
}

/// A request of one or more pages.
#[derive(Debug, Default)]
struct One {
    /// The last reading after which it was made.
    reading: u64,
    /// Bytes of its answer.
    length: u64,
    slot: Slot,
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
        let certificates = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier);
        let config = Agent::config_builder()
            .timeout_global(Some(TIMEOUT))
            .tls_config(certificates.build())
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

    /// The site is read anew: what nobody asked for since the last time is forgotten.
    pub fn begin(&self) {
        let mut asked = locked(&self.asked);
        let last = asked.reading;
        asked.all.retain(|_, one| one.reading == last);
        asked.reading += 1;
    }

    /// See [`crate::input::Shelf::fetch`].
    pub fn fetch(
        &self,
        url: &Url,
        (request, hosts): (&Request, &[Arc<str>]),
        may_follow: &dyn Fn(&Url) -> bool,
    ) -> Result<Arc<Fetched>, NotFetched> {
        let key = format!("{request:?} {hosts:?}");
        let slot = self.slot(&key)?;
        // Who else wants the same waits here.
        let mut slot = locked(&slot);
        let known = slot.take().filter(|known| known.until > Instant::now());
        let known = slot.insert(match known {
            Some(known) => known,
            None => self.answer(url, (request, &key), may_follow),
        });
        let length = known
            .answer
            .as_ref()
            .map_or(0, |got| got.bytes.len() as u64);
        if self.length_with(&key, length) > ALL_BYTES_MAX {
            return Err(failed(format!(
                "all answers together are larger than {} MB",
                ALL_BYTES_MAX >> 20
            )));
        }
        known.answer.clone()
    }

    fn slot(&self, key: &str) -> Result<Slot, NotFetched> {
        let mut asked = locked(&self.asked);
        let reading = asked.reading;
        let others = asked.all.iter();
        let others = others.filter(|(other, one)| *other != key && one.reading == reading);
        if others.count() >= REQUESTS_MAX {
            return Err(failed(format!(
                "a site asks other hosts for no more than {REQUESTS_MAX} things"
            )));
        }
        let one = asked.all.entry(key.to_owned()).or_default();
        one.reading = reading;
        Ok(one.slot.clone())
    }

    /// The bytes of all answers, with one of so many.
    fn length_with(&self, key: &str, length: u64) -> u64 {
        let mut asked = locked(&self.asked);
        if let Some(one) = asked.all.get_mut(key) {
            one.length = length;
        }
        asked.all.values().map(|one| one.length).sum()
    }

    /// See [`crate::input::Shelf::outdated`].
    pub fn outdated(&self) -> Vec<Outdated> {
        let slots: Vec<Slot> = {
            let asked = locked(&self.asked);
            let now = asked
                .all
                .values()
                .filter(|one| one.reading == asked.reading);
            now.map(|one| one.slot.clone()).collect()
        };
        let of = |slot: Slot| locked(&slot).as_ref()?.outdated.clone();
        let mut outdated: Vec<Outdated> = slots.into_iter().filter_map(of).collect();
        outdated.sort();
        outdated
    }

    fn answer(
        &self,
        url: &Url,
        (request, key): (&Request, &str),
        may_follow: &dyn Fn(&Url) -> bool,
    ) -> Known {
        let name = blake3::hash(key.as_bytes()).to_hex();
        let kept = self.kept.find(&name, BYTES_MAX);
        // What was kept in the future was kept by another clock.
        let age = |at: &SystemTime| at.elapsed().unwrap_or(OLD);
        let good = |bytes: Vec<u8>, left| Known {
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
                    address: shown(url).into(),
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
        let until = Instant::now() + TIMEOUT;
        let (mut at, mut method) = (url.clone(), request.method);
        for _ in 0..=REDIRECTS_MAX {
            let is_elsewhere = at.origin() != url.origin();
            if is_elsewhere && method == Method::Post {
                return Err(failed("it leads what is sent to another host"));
            }
            let mut response = self.sent(&at, method, request, (is_elsewhere, until))?;
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
                    return body
                        .read_to_vec()
                        .map_err(|error| self.not_got(&at, &error));
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
        (is_elsewhere, until): (bool, Instant),
    ) -> Result<http::Response<Body>, NotFetched> {
        let silent = locked(&self.silent).get(url.authority()).copied();
        if silent.is_some_and(|since| since.elapsed() < RETRY) {
            return Err(failed("its host did not answer a moment ago"));
        }
        let mut sent = http::Request::builder().uri(url.as_str());
        for (name, value) in &request.headers {
            // What is meant for one host is not told to another.
            if !is_elsewhere || &**name == "accept" {
                sent = sent.header(&**name, &**value);
            }
        }
        let body = match method {
            Method::Get => {
                sent = sent.method("GET");
                None
            }
            Method::Post => {
                sent = sent.method("POST");
                Some(request.body.as_deref().unwrap_or_default())
            }
        };
        let left = until.saturating_duration_since(Instant::now());
        // Nothing left would mean no limit.
        let left = left.max(Duration::from_millis(1));
        let answer = match body {
            None => sent.body(()).map(|sent| self.run(sent, left)),
            Some(body) => sent.body(body).map(|sent| self.run(sent, left)),
        };
        let answer = answer.map_err(|error| failed(error.to_string()))?;
        answer.map_err(|error| self.not_got(url, &error))
    }

    fn run<B: AsSendBody>(
        &self,
        sent: http::Request<B>,
        left: Duration,
    ) -> Result<http::Response<Body>, ureq::Error> {
        let sent = self.agent.configure_request(sent);
        self.agent.run(sent.timeout_global(Some(left)).build())
    }

    /// That there is no answer; its host is not asked again at once if it is to blame.
    fn not_got(&self, url: &Url, error: &ureq::Error) -> NotFetched {
        if !matches!(error, ureq::Error::BodyExceedsLimit(_)) {
            locked(&self.silent).insert(url.authority().to_owned(), Instant::now());
        }
        failed(reason(error))
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
