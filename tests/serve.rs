//! The preview server, asked over a socket as a browser would.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::time::Duration;

use dateline::address::Address;
use dateline::commands::server::{Preview, Snapshot};
use dateline::diagnostic::{Diagnostics, Place};

const LOCAL: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// A server of a hand-made site, ended when the test is.
struct Server {
    preview: Arc<Preview>,
    at: SocketAddr,
    _runtime: tokio::runtime::Runtime,
}

struct Reply {
    status: u16,
    head: String,
    body: String,
}

impl Server {
    fn start(base_path: &str, interface: IpAddr) -> Server {
        let report = |problems: Diagnostics| {
            let problems = problems.sorted();
            problems.iter().map(|p| p.message.clone()).collect()
        };
        let preview = Preview::new(base_path, interface, Box::new(report));
        let listener = TcpListener::bind((LOCAL, 0)).unwrap();
        let at = listener.local_addr().unwrap();
        let runtime = tokio::runtime::Runtime::new().unwrap();
        runtime.spawn(preview.clone().serve(listener));
        Server {
            preview,
            at,
            _runtime: runtime,
        }
    }

    /// A site of pages that say their own address.
    fn show(&self, addresses: &[&str]) {
        self.preview.publish(Some(site(addresses)), None);
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
        self.ask("GET", path, "Host: localhost\r\n")
    }
}

impl Reply {
    fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines();
        lines.find_map(|line| line.strip_prefix(name)?.strip_prefix(": "))
    }
}

fn site(addresses: &[&str]) -> Snapshot {
    let addresses = addresses.iter().map(|address| {
        if address.ends_with('/') {
            Address::page(address)
        } else {
            Address::file(address)
        }
    });
    let render = |address: &Address| {
        if address.as_str() == "/fails/" {
            let mut problems = Diagnostics::default();
            problems.unreadable(Place::whole(&"x.md".into()), "gone <b>");
            return Err(problems);
        }
        Ok(format!("<body>{address}</body>").into_bytes())
    };
    Snapshot {
        addresses: addresses.collect(),
        render: Box::new(render),
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
    assert!(page.contains("new EventSource(\"/repo/__dateline/events\")"));
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
        let headers = format!("Host: localhost\r\nIf-None-Match: {tags}\r\n");
        let reply = server.ask("GET", "/a.css", &headers);
        (reply.status, reply.body.len())
    };
    assert_eq!(known(tag), (304, 0));
    assert_eq!(known(&format!("\"other\", W/{tag}")), (304, 0));
    assert_eq!(known("\"other\""), (200, css.body.len()));
    let head = server.ask("HEAD", "/a.css", "Host: localhost\r\n");
    let length = css.body.len().to_string();
    assert_eq!((head.status, head.body.as_str()), (200, ""));
    assert_eq!(head.header("content-length"), Some(length.as_str()));
    let post = server.ask("POST", "/", "Host: localhost\r\nContent-Length: 0\r\n");
    assert_eq!(
        (post.status, post.header("allow")),
        (405, Some("get, head"))
    );
}

#[test]
fn pages_are_live_and_other_files_are_as_built() {
    let server = Server::start("", LOCAL);
    server.show(&["/", "/feed.xml"]);
    let page = server.get("/").body;
    let (before, script) = page.split_once("<script>").unwrap();
    assert_eq!(before, "<body>/");
    assert!(script.ends_with("</script></body>"));
    assert!(script.len() < 2048, "{} bytes", script.len());
    assert_eq!(server.get("/feed.xml").body, "<body>/feed.xml</body>");
}

#[test]
fn answers_only_to_its_own_name() {
    let server = Server::start("", LOCAL);
    server.show(&["/"]);
    let cases = [
        ("Host: localhost:1111\r\n", 200),
        ("Host: LOCALHOST\r\n", 200),
        ("Host: 127.0.0.1:9\r\n", 200),
        ("Host: [::1]:1111\r\n", 200),
        ("Host: evil.example\r\n", 403),
        ("Host: localhost.evil.example\r\n", 403),
        ("Host: 127.0.0.1.evil.example\r\n", 403),
        ("Host: 192.168.1.2\r\n", 403),
        ("Host: [::1\r\n", 403),
        ("Host:\r\n", 403),
        ("", 403),
    ];
    for (headers, status) in cases {
        assert_eq!(server.ask("GET", "/", headers).status, status, "{headers}");
    }
    // On all interfaces the machine has numbers that are not known here, but never a foreign name.
    let open = Server::start("", IpAddr::V4(Ipv4Addr::UNSPECIFIED));
    open.show(&["/"]);
    let status = |host: &str| open.ask("GET", "/", &format!("Host: {host}\r\n")).status;
    assert_eq!(status("192.168.1.2:1111"), 200);
    assert_eq!(status("evil.example"), 403);
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

#[test]
fn pages_hear_of_changes_and_mistakes() {
    let server = Server::start("", LOCAL);
    server.show(&["/"]);
    let foreign = "Host: localhost\r\nOrigin: http://evil.example\r\n";
    let foreign = server.ask("GET", "/__dateline/events", foreign);
    assert_eq!(foreign.status, 403);
    let request = "GET /__dateline/events HTTP/1.1\r\nHost: localhost:5\r\nOrigin: http://localhost:5\r\n\r\n";
    let mut stream = BufReader::new(server.connect(request));
    let first = event(&mut stream);
    assert_eq!(first["problems"], serde_json::Value::Null);
    let version = first["version"].as_str().unwrap();
    assert!(server.get("/").body.contains(version));

    server
        .preview
        .publish(None, Some("error: </script>".into()));
    let broken = event(&mut stream);
    assert_eq!(broken["version"], first["version"], "the last site stays");
    assert_eq!(broken["problems"], "error: </script>");
    assert_eq!(server.get("/").status, 200);

    server.show(&["/", "/new/"]);
    let repaired = event(&mut stream);
    assert_ne!(repaired["version"], first["version"]);
    assert_eq!(repaired["problems"], serde_json::Value::Null);
    assert_eq!(server.get("/new/").status, 200);
}

#[test]
fn a_broken_site_is_shown_when_it_is_repaired() {
    let server = Server::start("", LOCAL);
    assert_eq!(server.get("/x/").status, 503);
    server
        .preview
        .publish(None, Some("error: <b> is wrong".into()));
    let page = server.get("/x/");
    assert_eq!(page.status, 503);
    assert!(page.body.contains("error: &lt;b&gt; is wrong"));
    assert!(page.body.contains("new EventSource("));
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
}

/// The program itself: it says where it serves, takes the next port if its own is taken, and ends
/// with Ctrl-C.
#[cfg(unix)]
#[test]
fn the_program_serves_until_it_is_interrupted() {
    use std::process::{Command, Stdio};

    let folder = tempfile::tempdir().unwrap();
    let program = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_dateline"));
        command.current_dir(folder.path());
        command
    };
    let made = program().args(["init", "."]).output().unwrap();
    assert!(made.status.success());
    // Whether or not this one gets port 1111, the one below does not.
    let _taken = TcpListener::bind((LOCAL, 1111));
    let mut child = program()
        .args(["serve", "--base-url", "https://user.github.io/repo"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut line).unwrap();
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
    assert!(reply.contains("/repo/__dateline/events"), "{reply}");

    let taken = at.split(':').nth(1).unwrap();
    let second = program().args(["serve", "--port", taken]).output().unwrap();
    assert_eq!(second.status.code(), Some(1));
    let said = String::from_utf8(second.stderr).unwrap();
    assert!(said.contains(&format!("cannot listen on {at}")), "{said}");

    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(child.wait().unwrap().code(), Some(0));
}
