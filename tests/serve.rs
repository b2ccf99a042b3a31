//! The preview server, asked over a socket as a browser would.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use dateline::address::Address;
use dateline::commands::editor::Editor;
use dateline::commands::report::{Excerpt, Problem, Problems};
use dateline::commands::server::{
    About, Preview, Published, Route, Setup, Shows, SiteFile, Snapshot,
};
use dateline::diagnostic::{Diagnostics, Place};
use dateline::pages::{Page, Plan, View};

const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A server of a hand-made site, ended when the test is.
struct Server {
    preview: Arc<Preview>,
    at: SocketAddr,
    folder: tempfile::TempDir,
    _runtime: tokio::runtime::Runtime,
}

struct Reply {
    status: u16,
    head: String,
    body: String,
}

impl Server {
    fn start(base_path: &str, interface: IpAddr) -> Server {
        Server::start_with(base_path, interface, None, |_| {})
    }

    /// A server whose requests wait for the first site as long as any test does.
    fn start_patient() -> Server {
        Server::start_all("", LOCAL, None, Duration::from_secs(60), |_| {})
    }

    fn start_with(
        base_path: &str,
        interface: IpAddr,
        site: Option<&str>,
        show: impl Fn(Shows) + Send + Sync + 'static,
    ) -> Server {
        Server::start_all(base_path, interface, site, Duration::from_millis(50), show)
    }

    fn start_all(
        base_path: &str,
        interface: IpAddr,
        site: Option<&str>,
        patience: Duration,
        show: impl Fn(Shows) + Send + Sync + 'static,
    ) -> Server {
        let report = |problems: Diagnostics| Problems::new(&problems.sorted(), &|_| None);
        let listener = TcpListener::bind((LOCAL, 0)).unwrap();
        let at = listener.local_addr().unwrap();
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("content")).unwrap();
        std::fs::write(folder.path().join("content/x.md"), "text").unwrap();
        // What it is called with stands in a file.
        let told = folder.path().join("told");
        let editor = format!(
            "sh -c 'echo \"$@\" > {}' sh {{file}} {{line}}",
            told.display()
        );
        let preview = Preview::new(Setup {
            base_path: base_path.to_owned(),
            at,
            interface,
            site: site.map(|site| site.parse().unwrap()),
            editor: Editor::new(folder.path(), Some(&editor), |_| None),
            patience,
            report: Box::new(report),
            show: Box::new(show),
        });
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.spawn(preview.clone().serve(listener));
        Server {
            preview,
            at,
            folder,
            _runtime: runtime,
        }
    }

    /// A site of pages that say their own address.
    fn show(&self, addresses: &[&str]) {
        self.preview.publish(Published {
            snapshot: Some(site(addresses)),
            ..Published::default()
        });
    }

    /// What is wrong, with the last site on.
    fn complain(&self, message: &str) {
        self.preview.publish(Published {
            problems: Problems::failure(message),
            ..Published::default()
        });
    }

    fn host(&self) -> String {
        format!("Host: {}\r\n", self.at)
    }

    /// What only a page of the preview can know.
    fn token(&self) -> String {
        let page = self.get("/").body;
        let (_, rest) = page.split_once("data-token=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    }

    /// The begin of the stream that a page listens to.
    fn listen(&self, path: &str) -> BufReader<TcpStream> {
        let events = format!("/__dateline/events?path={path}");
        let request = format!("GET {events} HTTP/1.1\r\n{}\r\n", self.host());
        BufReader::new(self.connect(&request))
    }

    fn connect(&self, request: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.at).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        stream
    }

    fn ask(&self, method: &str, path: &str, headers: &str) -> Reply {
        let mut all = String::new();
        self.connect(&format!(
            "{method} {path} HTTP/1.1\r\n{headers}Connection: close\r\n\r\n"
        ))
        .read_to_string(&mut all)
        .unwrap();
        let (head, body) = all.split_once("\r\n\r\n").unwrap();
        Reply {
            status: head[9..12].parse().unwrap(),
            head: head.to_lowercase(),
            body: body.to_owned(),
        }
    }

    fn get(&self, path: &str) -> Reply {
        self.ask("GET", path, &self.host())
    }
}

impl Reply {
    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

fn site(addresses: &[&str]) -> Snapshot {
    let pages = addresses.iter().map(|address| Page {
        address: if address.ends_with('/') {
            Address::page(address)
        } else {
            Address::file(address)
        },
        view: View::NotFound,
    });
    let render = |address: &Address| {
        if address.as_str() == "/fails/" {
            let mut problems = Diagnostics::default();
            problems.unreadable(Place::whole(&"x.md".into()), "gone <b>");
            return Err(problems);
        }
        Ok(format!("<body>{address}</body>").into_bytes())
    };
    let about = |address: &Address| {
        (address.as_str() == "/x/").then(|| About {
            file: "content/x.md".into(),
            headings: vec![("part".into(), 7)],
            words: 3,
            minutes: 1,
            tldr_words: None,
            links: 0,
            is_draft: false,
            is_scheduled: false,
        })
    };
    let find_file = |file: &str| {
        (file == "content/x.md").then(|| SiteFile {
            file: "content/x.md".into(),
            address: Some(Address::page("/x/")),
        })
    };
    Snapshot {
        plan: Arc::new(Plan::of(pages.collect())),
        drafts: ["/idea/".to_owned()].into_iter().collect(),
        render: Box::new(render),
        about: Box::new(about),
        find_file: Box::new(find_file),
    }
}

#[test]
fn finds_what_github_pages_finds() {
    let server = Server::start("", LOCAL);
    server.show(&[
        "/",
        "/x/",
        "/deep/y/",
        "/z.html",
        "/both/",
        "/both.html",
        "/atom.xml",
        "/404.html",
        "/größe/",
        "/a b.txt",
        "/100%/",
        "/static/index.html",
    ]);
    let cases = [
        ("/", 200, "/"),
        ("/index.html", 200, "/"),
        ("/x/", 200, "/x/"),
        ("/x/index.html", 200, "/x/"),
        ("/x", 301, "/x/"),
        ("/x?q=1", 301, "/x/?q=1"),
        ("/deep/y", 301, "/deep/y/"),
        ("/deep/", 404, "/404.html"),
        ("/z", 200, "/z.html"),
        ("/z.html", 200, "/z.html"),
        ("/z/", 404, "/404.html"),
        ("/both", 200, "/both.html"),
        ("/both/", 200, "/both/"),
        ("/static/", 200, "/static/"),
        ("/X/", 404, "/404.html"),
        ("/atom.xml", 200, "/atom.xml"),
        ("/atom.xml/", 404, "/404.html"),
        ("/gr%C3%B6%C3%9Fe/", 200, "/größe/"),
        ("/gr%C3%B6%C3%9Fe", 301, "/gr%c3%b6%c3%9fe/"),
        ("/a%20b.txt", 200, "/a b.txt"),
        ("/100%25/", 200, "/100%/"),
        ("/100%2525/", 404, "/404.html"),
        ("/%FF/", 404, "/404.html"),
        ("//x/", 404, "/404.html"),
        ("//x", 404, "/404.html"),
        ("/../x/", 404, "/404.html"),
        ("/%2e%2e/x/", 404, "/404.html"),
        ("/x/%00", 404, "/404.html"),
        ("/x%2F", 200, "/x/"),
    ];
    for (path, status, shown) in cases {
        let reply = server.get(path);
        assert_eq!(reply.status, status, "{path}");
        if status == 301 {
            assert_eq!(reply.header("location"), Some(shown), "{path}");
        } else {
            let expected = format!("<body>{shown}<");
            assert!(reply.body.contains(&expected), "{path}: {}", reply.body);
        }
    }
}

#[test]
fn says_that_a_page_is_a_draft() {
    let server = Server::start("/repo", LOCAL);
    server.show(&["/", "/404.html"]);
    for path in ["/repo/idea/", "/repo/idea", "/repo/Idea/"] {
        let reply = server.get(path);
        assert_eq!(reply.status, 404, "{path}");
        assert!(reply.body.contains("`dateline serve --drafts`"), "{path}");
    }
    for path in ["/repo/other/", "/idea/"] {
        let reply = server.get(path);
        assert!(reply.body.contains("<body>/404.html<"), "{path}");
    }
}

#[test]
fn serves_below_a_base_path() {
    let server = Server::start("/repo", LOCAL);
    server.show(&["/", "/x/"]);
    let cases = [
        ("/repo/", 200, None),
        ("/repo/x/", 200, None),
        ("/repo/x", 301, Some("/repo/x/")),
        ("/repo", 301, Some("/repo/")),
        ("/", 302, Some("/repo/")),
        ("/x/", 404, None),
        ("/repository/", 404, None),
    ];
    for (path, status, location) in cases {
        let reply = server.get(path);
        assert_eq!(reply.status, status, "{path}");
        assert_eq!(reply.header("location"), location, "{path}");
    }
    let page = server.get("/repo/x/").body;
    assert!(page.contains("<script src=\"/repo/__dateline/live.js?"));
    assert_eq!(server.get("/repo/__dateline/live.js").status, 200);
    assert_eq!(server.get("/__dateline/live.js").status, 404);
}

#[test]
fn says_what_a_file_is_and_whether_it_is_new() {
    let server = Server::start("", LOCAL);
    server.show(&["/", "/a.css", "/a.json", "/p.png", "/data"]);
    let cases = [
        ("/", "text/html; charset=utf-8"),
        ("/a.css", "text/css; charset=utf-8"),
        ("/a.json", "application/json; charset=utf-8"),
        ("/p.png", "image/png"),
        ("/data", "application/octet-stream"),
        ("/none", "text/html; charset=utf-8"),
    ];
    for (path, expected) in cases {
        let reply = server.get(path);
        assert_eq!(reply.header("content-type"), Some(expected), "{path}");
        assert_eq!(reply.header("cache-control"), Some("no-cache"), "{path}");
        assert_eq!(reply.header("access-control-allow-origin"), None, "{path}");
    }
    let css = server.get("/a.css");
    assert_eq!(css.body, "<body>/a.css</body>");
    let tag = css.header("etag").unwrap();
    let known = |tags: &str| {
        let headers = format!("{}If-None-Match: {tags}\r\n", server.host());
        let reply = server.ask("GET", "/a.css", &headers);
        (reply.status, reply.body.len())
    };
    assert_eq!(known(tag), (304, 0));
    assert_eq!(known(&format!("\"other\", W/{tag}")), (304, 0));
    assert_eq!(known("\"other\""), (200, css.body.len()));
    let head = server.ask("HEAD", "/a.css", &server.host());
    let length = css.body.len().to_string();
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(head.header("content-length"), Some(length.as_str()));
}

#[test]
fn pages_are_live_and_other_files_are_as_built() {
    let server = Server::start("", LOCAL);
    server.show(&["/", "/feed.xml"]);
    let page = server.get("/").body;
    let (before, script) = page.split_once("<script").unwrap();
    assert_eq!(before, "<body>/");
    assert!(script.ends_with("></script></body>"));
    assert!(script.len() < 500, "{} bytes", script.len());
    assert_eq!(server.get("/feed.xml").body, "<body>/feed.xml</body>");
}

/// What each of these asks for, be it a page, a file or what the preview answers itself.
fn everything() -> Vec<String> {
    let routes = Route::ALL.iter().map(|route| route.path().to_owned());
    let planned = PLANNED.iter().map(|address| (*address).to_owned());
    let others = ["/404.html", "/none/", "/x", "/fails/"].map(str::to_owned);
    routes.chain(planned).chain(others).collect()
}

const PLANNED: [&str; 5] = ["/", "/x/", "/style.css", "/feed.xml", "/picture.png"];

#[test]
fn answers_only_to_its_own_name() {
    let server = Server::start("", LOCAL);
    server.show(&PLANNED);
    let port = server.at.port();
    let own = ["localhost", "LOCALHOST", "127.0.0.1", "[::1]"];
    for host in own {
        let reply = server.ask("GET", "/", &format!("Host: {host}:{port}\r\n"));
        assert_eq!(reply.status, 200, "{host}");
    }
    let foreign = [
        "Host: localhost\r\n".to_owned(),
        "Host: localhost:1\r\n".to_owned(),
        format!("Host: evil.example:{port}\r\n"),
        format!("Host: localhost.evil.example:{port}\r\n"),
        format!("Host: 127.0.0.1.evil.example:{port}\r\n"),
        format!("Host: localhost.:{port}\r\n"),
        format!("Host: x@localhost:{port}\r\n"),
        format!("Host: 127.0.0.2:{port}\r\n"),
        format!("Host: 192.168.1.2:{port}\r\n"),
        format!("Host: [::1:{port}\r\n"),
        format!("Host: 0.0.0.0:{port}\r\n"),
        format!("Host: localhost:{port}, evil.example\r\n"),
        format!("Host: localhost:{port}\r\nHost: evil.example\r\n"),
        format!("Host: evil.example\r\nX-Forwarded-Host: localhost:{port}\r\n"),
        format!("Host: evil.example\r\nForwarded: host=localhost:{port}\r\n"),
        "Host:\r\n".to_owned(),
        String::new(),
    ];
    for path in everything() {
        for headers in &foreign {
            let status = server.ask("GET", &path, headers).status;
            assert_eq!(status, 403, "{path} {headers}");
        }
        let absolute = format!("http://evil.example{path}");
        assert_eq!(server.get(&absolute).status, 403, "{absolute}");
    }
}

#[test]
fn on_all_interfaces_it_is_called_by_the_number_that_was_reached() {
    let server = Server::start("", IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    server.show(&PLANNED);
    let port = server.at.port();
    let status = |host: &str| server.ask("GET", "/", &format!("Host: {host}\r\n")).status;
    assert_eq!(status(&format!("127.0.0.1:{port}")), 200);
    assert_eq!(status(&format!("localhost:{port}")), 200);
    assert_eq!(status(&format!("192.168.1.2:{port}")), 403);
    assert_eq!(status(&format!("evil.example:{port}")), 403);
    assert_eq!(status("127.0.0.1:1"), 403);
}

#[test]
fn the_address_of_the_site_is_a_name_too() {
    let server = Server::start_with("", LOCAL, Some("https://Preview.example:8443/"), |_| {});
    server.show(&PLANNED);
    let port = server.at.port();
    let status = |headers: &str| server.ask("GET", "/", headers).status;
    assert_eq!(status("Host: preview.example:8443\r\n"), 200);
    assert_eq!(status(&format!("Host: preview.example:{port}\r\n")), 200);
    assert_eq!(status("Host: preview.example\r\n"), 403);
    let from = |origin: &str| status(&format!("{}Origin: {origin}\r\n", server.host()));
    assert_eq!(from("https://preview.example:8443"), 200);
    assert_eq!(from("http://preview.example:9"), 403);
    assert_eq!(from("https://preview.example"), 403);
}

#[test]
fn pages_of_others_get_nothing() {
    let server = Server::start("", LOCAL);
    server.show(&PLANNED);
    let port = server.at.port();
    let foreign = [
        "Origin: null".to_owned(),
        "Origin: http://evil.example".to_owned(),
        format!("Origin: http://evil.example:{port}"),
        format!("Origin: https://127.0.0.1:{port}"),
        "Origin: http://127.0.0.1:1".to_owned(),
        "Origin: http://127.0.0.1".to_owned(),
        format!("Origin: http://10.0.0.1:{port}"),
        format!("Origin: http://127.0.0.1:{port}/"),
        format!("Origin: http://127.0.0.1:{port}\r\nOrigin: null"),
        "Origin:".to_owned(),
        "Sec-Fetch-Site: cross-site".to_owned(),
        "Sec-Fetch-Site: same-site".to_owned(),
        "Sec-Fetch-Site: nonsense".to_owned(),
        "Sec-Fetch-Site: same-origin\r\nSec-Fetch-Site: cross-site".to_owned(),
        "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: script"
            .to_owned(),
        "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: no-cors\r\nSec-Fetch-Dest: image".to_owned(),
        "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: iframe"
            .to_owned(),
        "Sec-Fetch-Site: same-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: embed".to_owned(),
        "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: document".to_owned(),
    ];
    for path in everything() {
        for header in &foreign {
            let headers = format!("{}{header}\r\n", server.host());
            let reply = server.ask("GET", &path, &headers);
            assert_eq!(reply.status, 403, "{path} {header}");
            assert!(!reply.body.contains("data-token"), "{path} {header}");
        }
    }
}

#[test]
fn a_page_may_be_opened_from_elsewhere_but_nothing_else() {
    let server = Server::start("", LOCAL);
    server.show(&PLANNED);
    let opened =
        "Sec-Fetch-Site: cross-site\r\nSec-Fetch-Mode: navigate\r\nSec-Fetch-Dest: document\r\n";
    let headers = format!("{}{opened}", server.host());
    assert_eq!(server.ask("GET", "/x/", &headers).status, 200);
    assert_eq!(server.ask("HEAD", "/x/", &headers).status, 403);
    for route in Route::ALL {
        assert_eq!(
            server.ask("GET", route.path(), &headers).status,
            403,
            "{route:?}"
        );
    }
    let own = format!("{}Sec-Fetch-Site: same-origin\r\n", server.host());
    assert_eq!(server.ask("GET", "/x/", &own).status, 200);
    let typed = format!("{}Sec-Fetch-Site: none\r\n", server.host());
    assert_eq!(server.ask("GET", "/x/", &typed).status, 200);
}

#[test]
fn every_answer_is_closed_to_others_and_only_reading_is_allowed() {
    let server = Server::start("", LOCAL);
    server.show(&PLANNED);
    for path in everything() {
        // The stream of events does not end; its head is the same.
        let reply = server.ask("HEAD", &path, &server.host());
        let is = |name| reply.header(name).unwrap_or_default();
        assert_eq!(is("cross-origin-resource-policy"), "same-origin", "{path}");
        assert_eq!(is("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(is("x-frame-options"), "sameorigin", "{path}");
        assert!(!reply.head.contains("access-control"), "{path}");
        for method in [
            "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE", "PROPFIND",
        ] {
            let headers = format!("{}Content-Length: 0\r\n", server.host());
            let reply = server.ask(method, &path, &headers);
            let is_refused = matches!(reply.status, 400 | 403 | 405);
            assert!(is_refused, "{method} {path}: {}", reply.status);
            assert!(!reply.head.contains("access-control"), "{method} {path}");
        }
    }
    let post = server.ask(
        "POST",
        "/",
        &format!("{}Content-Length: 0\r\n", server.host()),
    );
    assert_eq!(
        (post.status, post.header("allow")),
        (405, Some("get, head"))
    );
}

#[test]
fn only_a_page_of_the_preview_opens_files_and_says_what_is_shown() {
    let wished = Arc::new(Mutex::new(Vec::new()));
    let wishes = wished.clone();
    let show = move |shows| wishes.lock().unwrap().push(shows);
    let server = Server::start_with("", LOCAL, None, show);
    server.show(&PLANNED);
    let token = server.token();
    assert!(token.len() >= 32, "{token}");
    let another = "0".repeat(token.len());
    for wrong in [
        "",
        "&token=",
        &format!("&token={another}"),
        &format!("&Token={token}"),
    ] {
        let open = format!("/__dateline/open?file=content/x.md{wrong}");
        assert_eq!(server.get(&open).status, 403, "{open}");
        let show = format!("/__dateline/show?drafts=1{wrong}");
        assert_eq!(server.get(&show).status, 403, "{show}");
    }
    assert!(wished.lock().unwrap().is_empty());
    let show = format!("/__dateline/show?token={token}&drafts=1");
    assert_eq!(server.get(&show).status, 204);
    let drafts = Shows {
        drafts: true,
        scheduled: false,
    };
    assert_eq!(*wished.lock().unwrap(), [drafts]);
    // Files of the site alone, as it names them itself.
    let secret = server.folder.path().join("secret");
    std::fs::write(&secret, "").unwrap();
    let absolute = secret.to_str().unwrap();
    let others = [
        "secret",
        "./content/x.md",
        "content/../content/x.md",
        "content%2Fy.md",
        "",
        absolute,
    ];
    for other in others {
        let open = format!("/__dateline/open?token={token}&file={other}");
        assert_eq!(server.get(&open).status, 404, "{other}");
    }
    let open = format!("/__dateline/open?token={token}&file=content%2Fx.md&line=7");
    assert_eq!(server.get(&open).status, 204);
    let told = server.folder.path().join("told");
    let until = Instant::now() + Duration::from_secs(10);
    let mut text = String::new();
    while text.is_empty() && Instant::now() < until {
        std::thread::sleep(Duration::from_millis(10));
        text = std::fs::read_to_string(&told).unwrap_or_default();
    }
    assert!(text.ends_with("content/x.md 7\n"), "{text}");
    let code = server.get(&format!("{open}&as=vscode"));
    assert_eq!(code.status, 302);
    let location = code.header("location").unwrap();
    assert!(location.starts_with("vscode://file/"), "{location}");
    assert!(location.ends_with("/content/x.md:7:1"), "{location}");
    assert_eq!(server.get(&format!("{open}&as=javascript")).status, 501);
}

#[test]
fn the_token_stands_in_pages_alone() {
    let server = Server::start("", LOCAL);
    server.show(&PLANNED);
    let token = server.token();
    let another = Server::start("", LOCAL);
    another.show(&PLANNED);
    assert_ne!(token, another.token());
    for path in everything() {
        if path == Route::Events.path() {
            continue;
        }
        let reply = server.get(&path);
        let is_page = reply.header("content-type") == Some("text/html; charset=utf-8");
        assert_eq!(reply.body.contains(&token), is_page, "{path}");
        let root = server.folder.path().to_str().unwrap();
        assert!(!reply.body.contains(root), "{path}");
    }
    let mut stream = server.listen("/x/");
    let first = event(&mut stream).to_string();
    assert!(!first.contains(&token), "{first}");
    assert!(
        !first.contains(server.folder.path().to_str().unwrap()),
        "{first}"
    );
}

#[test]
fn what_is_no_request_does_no_harm() {
    let server = Server::start("", LOCAL);
    server.show(&PLANNED);
    let long = "x".repeat(200_000);
    let many = "X: y\r\n".repeat(10_000);
    let host = server.host();
    let wrong = [
        format!("GET /{long} HTTP/1.1\r\n{host}\r\n"),
        format!("GET / HTTP/1.1\r\n{host}X: {long}\r\n\r\n"),
        format!("GET / HTTP/1.1\r\n{host}{many}\r\n"),
        "\0\u{1}\u{2}\r\n\r\n".to_owned(),
        "GET\r\n\r\n".to_owned(),
        format!("GET / HTTP/9.9\r\n{host}\r\n"),
        format!("GET /x/\0 HTTP/1.1\r\n{host}\r\n"),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(),
    ];
    for request in &wrong {
        let mut stream = TcpStream::connect(server.at).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        // The server may hang up before it has read all.
        let _ = stream.write_all(request.as_bytes());
        let mut reply = Vec::new();
        let _ = stream.read_to_end(&mut reply);
        let begin = String::from_utf8_lossy(&reply[..reply.len().min(12)]).into_owned();
        let is_refused = begin.is_empty() || begin.starts_with("HTTP/1.1 4");
        assert!(
            is_refused,
            "{begin} to {}",
            &request[..request.len().min(30)]
        );
    }
    assert_eq!(server.get("/").status, 200);
}

#[test]
fn who_is_slow_holds_nobody_up() {
    let server = Server::start("", LOCAL);
    server.show(&PLANNED);
    let slow: Vec<TcpStream> = (0..100).map(|_| server.connect("GET / HT")).collect();
    let begin = Instant::now();
    assert_eq!(server.get("/").status, 200);
    assert!(begin.elapsed() < Duration::from_secs(5));
    // They are sent away.
    let mut one = slow.into_iter().next().unwrap();
    one.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    let mut rest = Vec::new();
    one.read_to_end(&mut rest).unwrap();
}

/// Reads events until one has data.
fn event(stream: &mut impl BufRead) -> serde_json::Value {
    let mut line = String::new();
    loop {
        line.clear();
        assert_ne!(stream.read_line(&mut line).unwrap(), 0, "the stream ended");
        if let Some(data) = line.strip_prefix("data: ") {
            return serde_json::from_str(data).unwrap();
        }
    }
}

/// The next state of a page; what is said of its files is passed over.
fn state(stream: &mut impl BufRead) -> serde_json::Value {
    loop {
        let event = event(stream);
        if event["kind"] == "state" {
            return event;
        }
    }
}

#[test]
fn pages_hear_of_changes_and_mistakes() {
    let server = Server::start("", LOCAL);
    server.show(&["/"]);
    let mut stream = server.listen("/");
    let first = state(&mut stream);
    assert_eq!(first["problems"]["list"], serde_json::json!([]));
    let digest = first["page"].as_str().unwrap();
    assert!(server.get("/").body.contains(digest));

    server.complain("</script>");
    let broken = state(&mut stream);
    assert_eq!(broken["page"], first["page"], "the last site stays");
    assert_eq!(broken["problems"]["list"][0]["message"], "</script>");
    assert_eq!(server.get("/").status, 200);

    server.show(&["/", "/new/"]);
    let repaired = state(&mut stream);
    assert_eq!(repaired["page"], first["page"], "the page is the same");
    assert_eq!(repaired["problems"]["list"], serde_json::json!([]));
    assert_eq!(server.get("/new/").status, 200);
}

#[test]
fn a_page_hears_only_of_what_it_shows() {
    let server = Server::start("", LOCAL);
    let show = |text: &'static str, style: &'static str| {
        let mut snapshot = site(&["/", "/x/", "/style.css", "/other.css", "/picture.png"]);
        snapshot.render = Box::new(move |address: &Address| {
            let page = "<link rel=stylesheet href=/style.css><img src='/picture.png'>";
            Ok(match address.as_str() {
                "/x/" => format!("{page}{text}"),
                "/style.css" => style.to_owned(),
                other => other.to_owned(),
            }
            .into_bytes())
        });
        server.preview.publish(Published {
            snapshot: Some(snapshot),
            ..Published::default()
        });
    };
    show("one", "one");
    let mut page = server.listen("/x/");
    let mut home = server.listen("/");
    let first = event(&mut page);
    assert_eq!(first["about"]["headings"], serde_json::json!([["part", 7]]));
    let files = event(&mut page);
    let names = files["files"].as_object().unwrap();
    let names: Vec<&String> = names.keys().collect();
    assert_eq!(names, ["/picture.png", "/style.css"]);
    assert_eq!(event(&mut home)["kind"], "state");
    assert_eq!(event(&mut home)["kind"], "files");
    // Neither hears of a rebuild that changes nothing of theirs.
    show("one", "one");
    show("two", "one");
    let second = event(&mut page);
    assert_eq!(second["kind"], "state");
    assert_ne!(second["page"], first["page"]);
    show("two", "two");
    let styled = event(&mut page);
    assert_eq!(styled["kind"], "files");
    assert_ne!(styled["files"]["/style.css"], files["files"]["/style.css"]);
    assert_eq!(
        styled["files"]["/picture.png"],
        files["files"]["/picture.png"]
    );
    server.complain("the end");
    let heard = event(&mut home);
    assert_eq!(heard["problems"]["list"][0]["message"], "the end");
    server.show(&["/"]);
    let gone = loop {
        let heard = state(&mut page);
        if heard["problems"]["list"] == serde_json::json!([]) {
            break heard;
        }
    };
    assert_ne!(gone["page"], second["page"], "the page is gone");
}

#[test]
fn the_page_of_a_saved_file_is_opened() {
    let server = Server::start("/repo", LOCAL);
    let save = || {
        server.preview.publish(Published {
            snapshot: Some(site(&["/", "/x/"])),
            saved: Some("content/x.md".into()),
            ..Published::default()
        });
    };
    save();
    let events = "/repo/__dateline/events?path=/repo/";
    let request = format!("GET {events} HTTP/1.1\r\n{}\r\n", server.host());
    let mut stream = BufReader::new(server.connect(&request));
    assert_eq!(event(&mut stream)["open"], serde_json::Value::Null);
    event(&mut stream);
    save();
    assert_eq!(event(&mut stream)["open"], "/repo/x/");
}

#[test]
fn a_request_waits_for_the_first_site() {
    let server = Server::start_patient();
    let request = format!(
        "GET /x/ HTTP/1.1\r\n{}Connection: close\r\n\r\n",
        server.host()
    );
    let mut early = server.connect(&request);
    early
        .set_read_timeout(Some(Duration::from_millis(100)))
        .unwrap();
    assert!(
        early.read(&mut [0]).is_err(),
        "nothing is said before there is a site"
    );
    server.show(&["/x/"]);
    early
        .set_read_timeout(Some(Duration::from_secs(10)))
        .unwrap();
    let mut all = String::new();
    early.read_to_string(&mut all).unwrap();
    assert!(all.starts_with("HTTP/1.1 200"), "{all}");
}

#[test]
fn a_request_hears_what_keeps_the_first_site_from_being_shown() {
    let server = Server::start_patient();
    server.complain("the disk is gone");
    let page = server.get("/x/");
    assert_eq!(page.status, 503);
    assert!(page.body.contains("the disk is gone"), "{}", page.body);
}

#[test]
fn a_broken_site_is_shown_when_it_is_repaired() {
    let server = Server::start("", LOCAL);
    assert_eq!(server.get("/x/").status, 503);
    server.preview.publish(Published {
        problems: Problems {
            list: vec![Problem {
                severity: "error",
                code: "wrong",
                message: "<b> is wrong".into(),
                file: Some("config.toml".into()),
                line: Some(2),
                column: Some(4),
                excerpt: Some(Excerpt {
                    before: "a = ".into(),
                    marked: "<i>".into(),
                    after: " # b".into(),
                }),
                hint: Some("take <u>".into()),
            }],
            more: 0,
        },
        ..Published::default()
    });
    let page = server.get("/x/");
    assert_eq!(page.status, 503);
    let expected = "error[wrong]: &lt;b&gt; is wrong\n --&gt; config.toml:2:4\n  \
                    a = &lt;i&gt; # b\n      ^^^\nhint: take &lt;u&gt;\n";
    assert!(page.body.contains(expected), "{}", page.body);
    let policy = page.header("content-security-policy").unwrap();
    assert!(policy.starts_with("default-src 'none'; script-src 'self'; style-src 'self'"));
    assert!(!policy.contains("unsafe"));
    assert!(page.body.contains("<script src=\"/__dateline/live.js?"));
    server.show(&["/x/"]);
    assert_eq!(server.get("/x/").status, 200);
}

#[test]
fn a_page_that_fails_says_why() {
    let server = Server::start("", LOCAL);
    server.show(&["/", "/fails/"]);
    let page = server.get("/fails/");
    assert_eq!(page.status, 500);
    assert!(
        page.body
            .contains("the file cannot be read: gone &lt;b&gt;")
    );
    assert_eq!(server.get("/").status, 200);
    let heard = event(&mut server.listen("/fails/"));
    assert_eq!(heard["page"], serde_json::Value::Null);
    assert_eq!(heard["problems"]["list"][0]["file"], "x.md");
}

#[test]
fn a_page_says_when_its_scripts_are_others() {
    let server = Server::start("", LOCAL);
    let programs = |html: &'static str| {
        let mut snapshot = site(&["/"]);
        snapshot.render = Box::new(move |_| Ok(html.into()));
        server.preview.publish(Published {
            snapshot: Some(snapshot),
            ..Published::default()
        });
        let page = server.get("/").body;
        let (_, rest) = page.split_once("data-programs=\"").unwrap();
        rest.split('"').next().unwrap().to_owned()
    };
    let first = programs("a<script src=/x.js></script><SCRIPT>1</SCRIPT>");
    let others = [
        "a<script src=/y.js></script><SCRIPT>1</SCRIPT>",
        "a<script src=/x.js></script><SCRIPT>2</SCRIPT>",
        "a<script src=/x.js></script>",
    ];
    for html in others {
        assert_ne!(programs(html), first, "{html}");
    }
    let same = [
        "a<script src=/x.js></script><SCRIPT>1",
        "b<script src=/x.js></script>b<SCRIPT>1</SCRIPT>b",
        "<script type='application/ld+json'>{\"a\": 1}</script><script src=/x.js></script><SCRIPT>1</script>",
    ];
    for html in same {
        assert_eq!(programs(html), first, "{html}");
    }
}

#[test]
fn links_lead_to_the_name_that_was_called() {
    let server = Server::start("", LOCAL);
    let mut snapshot = site(&["/"]);
    let own = format!("http://{}", server.at);
    let page = format!("<a href={own}/x/>");
    snapshot.render = Box::new(move |_| Ok(page.clone().into_bytes()));
    server.preview.publish(Published {
        snapshot: Some(snapshot),
        ..Published::default()
    });
    assert!(
        server
            .get("/")
            .body
            .starts_with(&format!("<a href={own}/x/>"))
    );
    let host = format!("localhost:{}", server.at.port());
    let called = server.ask("GET", "/", &format!("Host: {host}\r\n")).body;
    assert!(
        called.starts_with(&format!("<a href=http://{host}/x/>")),
        "{called}"
    );
}

/// The program, in a folder.
fn program(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dateline"));
    command.current_dir(folder);
    command
}

/// A program that serves, and the line in which it says where.
fn serving(command: &mut Command) -> (Child, String) {
    let command = command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
    (child, line)
}

/// The program itself: a page that nobody has opened cannot be made, and the open one says so.
#[test]
fn mistakes_on_pages_that_nobody_opened_are_found() {
    let folder = tempfile::tempdir().unwrap();
    let write = |file: &str, text: &str| {
        let path = folder.path().join(file);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    let page = |extra: &str| format!("+++\ntemplate = \"own.html\"\n{extra}\n+++\nText.\n");
    write("config.toml", "base_url = \"https://example.org\"\n");
    write("templates/own.html", "{{ page.extra.mood }}");
    write("content/own.md", &page("[extra]\nmood = \"good\""));
    let (child, line) = serving(program(folder.path()).args(["serve", "--port", "0"]));
    let at = line.split('/').nth(2).unwrap();
    let mut stream = TcpStream::connect(at).unwrap();
    // What is waited for in vain ends with the program, and the stream with it.
    let child = Arc::new(Mutex::new(child));
    let end = child.clone();
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_secs(60));
        end.lock().unwrap().kill()
    });
    let events = "/__dateline/events?path=/";
    write!(stream, "GET {events} HTTP/1.1\r\nHost: {at}\r\n\r\n").unwrap();
    let mut stream = BufReader::new(stream);
    let mut next = |is_wanted: &dyn Fn(&str) -> bool| {
        loop {
            let state = state(&mut stream);
            let problems = state["problems"]["list"].to_string();
            if !state["page"].is_null() && is_wanted(&problems) {
                return problems;
            }
        }
    };
    let is_failing = |problems: &str| problems.contains("template-error");
    next(&|problems| !is_failing(problems));
    write("content/own.md", &page(""));
    let problems = next(&is_failing);
    assert!(problems.contains("on the page `/own/`"), "{problems}");
    assert!(problems.contains("templates/own.html"), "{problems}");
    // Another save does not take it away, not even for a moment.
    write("content/other.md", "+++\ntitle = \"Other\"\n+++\n");
    write("content/own.md", &page("title = \"Still wrong\""));
    write("static/a.txt", "a");
    write("content/own.md", &page("[extra]\nmood = \"better\""));
    next(&|problems| !is_failing(problems));
    child.lock().unwrap().kill().unwrap();
    child.lock().unwrap().wait().unwrap();
}

/// The program itself: it says where it serves, takes the next port if its own is taken, and ends
/// with Ctrl-C.
#[cfg(unix)]
#[test]
fn the_program_serves_until_it_is_interrupted() {
    let folder = tempfile::tempdir().unwrap();
    let program = || program(folder.path());
    let made = program().args(["init", "."]).output().unwrap();
    assert!(made.status.success());
    // Whether or not this one gets port 1111, the one below does not.
    let _taken = TcpListener::bind((LOCAL, 1111));
    let base_url = ["--base-url", "https://user.github.io/repo"];
    let (mut child, line) = serving(program().arg("serve").args(base_url));
    let address = line.split(' ').nth(1).unwrap();
    let at = address.strip_prefix("http://").unwrap();
    let (at, path) = at.split_once('/').unwrap();
    assert_eq!(path, "repo/", "{line}");
    assert!(!at.ends_with(":1111"), "{line}");
    let mut stream = TcpStream::connect(at).unwrap();
    write!(
        stream,
        "GET /{path} HTTP/1.1\r\nHost: {at}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    assert!(reply.contains("/repo/__dateline/live.js"), "{reply}");

    let taken = at.split(':').nth(1).unwrap();
    let second = program().args(["serve", "--port", taken]).output().unwrap();
    assert_eq!(second.status.code(), Some(1));
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(said.contains(&format!("cannot listen on {at}")), "{said}");

    let mut listening = TcpStream::connect(at).unwrap();
    let events = "/repo/__dateline/events?path=/repo/";
    write!(listening, "GET {events} HTTP/1.1\r\nHost: {at}\r\n\r\n").unwrap();
    assert_eq!(listening.read(&mut [0; 12]).unwrap(), 12);

    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    let pressed = Instant::now();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    assert!(
        pressed.elapsed() < Duration::from_secs(2),
        "a page still listens"
    );
    drop(listening);

    // What makes a page live is the preview's alone.
    assert!(program().arg("build").status().unwrap().success());
    let built = std::fs::read_to_string(folder.path().join("public/index.html")).unwrap();
    assert!(!built.contains("__dateline"));
}
