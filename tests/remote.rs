//! `load_data(url=…)`: what is asked of another host, and what becomes of the answer.

use std::collections::HashMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, SystemTime};

use tempfile::TempDir;

/// A host of HTTP that answers with what it was given, by path.
struct Host {
    port: u16,
    answers: Arc<Mutex<HashMap<String, String>>>,
    /// Heads and bodies of the requests.
    asked: Arc<Mutex<Vec<String>>>,
}

impl Host {
    fn new(answers: &[(&str, &str)]) -> Host {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = Host {
            port: listener.local_addr().unwrap().port(),
            answers: Arc::default(),
            asked: Arc::default(),
        };
        for (path, answer) in answers {
            host.answers(path, answer);
        }
        let (answers, asked) = (host.answers.clone(), host.asked.clone());
        thread::spawn(move || {
            for stream in listener.incoming() {
                let (answers, asked) = (answers.clone(), asked.clone());
                thread::spawn(move || serve(stream.unwrap(), &answers, &asked));
            }
        });
        host
    }

    /// Sets an answer: its status, perhaps headers, an empty line, and the body.
    fn answers(&self, path: &str, answer: &str) {
        let mut answers = self.answers.lock().unwrap();
        answers.insert(path.to_owned(), answer.to_owned());
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.asked.lock().unwrap())
    }
}

fn serve(
    mut stream: TcpStream,
    answers: &Mutex<HashMap<String, String>>,
    asked: &Mutex<Vec<String>>,
) {
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line == "\r\n" {
            break;
        }
        if let Some(stated) = line.to_lowercase().strip_prefix("content-length:") {
            length = stated.trim().parse().unwrap();
        }
        head.push_str(line.trim_end());
        head.push('\n');
    }
    let Some(path) = head.split(' ').nth(1).map(str::to_owned) else {
        return;
    };
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    asked
        .lock()
        .unwrap()
        .push(head + &String::from_utf8(body).unwrap());
    let answer = answers.lock().unwrap().get(&path).cloned();
    let answer = answer.unwrap_or_else(|| "404 Not Found\n\nnot here".to_owned());
    let (head, body) = answer.split_once("\n\n").unwrap();
    let head = head.replace('\n', "\r\n");
    let length = body.len();
    let whole =
        format!("HTTP/1.1 {head}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}");
    let _ = stream.write_all(whole.as_bytes());
}

/// A site with one template.
struct Site {
    folder: TempDir,
}

impl Site {
    fn new(fetch: &[String], template: &str) -> Site {
        let site = Site {
            folder: tempfile::tempdir().unwrap(),
        };
        let config =
            format!("base_url = \"https://example.org\"\n[extra.dateline]\nfetch = {fetch:?}\n");
        site.write("config.toml", &config);
        site.write("content/_index.md", "+++\n+++\n");
        site.write("templates/404.html", "gone");
        site.write("templates/index.html", template);
        site
    }

    fn path(&self) -> &Path {
        self.folder.path()
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Builds, and gives the home page, or else what is wrong, with whatever else is said.
    fn build(&self) -> (Option<String>, String) {
        let done = Command::new(env!("CARGO_BIN_EXE_dateline"))
            .args(["build", "--root"])
            .arg(self.path())
            .output()
            .unwrap();
        let said = String::from_utf8([done.stdout, done.stderr].concat()).unwrap();
        let page = fs::read_to_string(self.path().join("public/index.html"));
        (page.ok().filter(|_| done.status.success()), said)
    }

    /// As if the kept answers had been given so long ago.
    fn age(&self, seconds: u64) {
        let kept = fs::read_dir(self.path().join(".dateline/remote")).unwrap();
        for file in kept {
            let file = fs::File::options()
                .append(true)
                .open(file.unwrap().path())
                .unwrap();
            file.set_modified(SystemTime::now() - Duration::from_secs(seconds))
                .unwrap();
        }
    }
}

#[test]
fn data_of_an_allowed_host_is_fetched_once_an_hour_and_kept_for_a_failure() {
    let host = Host::new(&[("/x.json", "200 OK\n\n{\"a\": [1, 2]}")]);
    let at = format!("127.0.0.1:{}", host.port);
    let template = format!(
        "{{% for i in range(end=3) %}}{{% set data = load_data(url=\"http://{at}/x.json\", format=\"json\") %}}\
         {{{{ data.a | last }}}}{{% endfor %}}"
    );
    let site = Site::new(std::slice::from_ref(&at), &template);
    // Nothing is kept before a build has made itself a folder.
    assert_eq!(site.build().0.as_deref(), Some("222"));
    let asked = host.asked();
    assert_eq!(asked.len(), 1, "{asked:?}");
    assert!(asked[0].starts_with("GET /x.json HTTP/1.1\n"), "{asked:?}");
    assert!(asked[0].contains("accept: application/json"), "{asked:?}");
    site.build();
    host.asked();
    // It is kept now.
    host.answers("/x.json", "200 OK\n\n{\"a\": [3]}");
    assert_eq!(site.build().0.as_deref(), Some("222"));
    assert_eq!(host.asked().len(), 0);
    site.age(2 * 60 * 60);
    assert_eq!(site.build().0.as_deref(), Some("333"));
    assert_eq!(host.asked().len(), 1);
    // The host is ill.
    site.age(2 * 60 * 60);
    host.answers("/x.json", "503 Service Unavailable\n\nlater");
    let (page, said) = site.build();
    assert_eq!(page.as_deref(), Some("333"), "{said}");
    let warning = format!(
        "warning[outdated-data]: cannot fetch `http://{at}/x.json`: it answers 503 Service Unavailable; what it gave on "
    );
    assert!(said.contains(&warning), "{said}");
    // For too long.
    site.age(40 * 24 * 60 * 60);
    let (page, said) = site.build();
    assert_eq!(page, None);
    assert!(
        said.contains("it answers 503 Service Unavailable")
            && said.contains("templates/index.html:1"),
        "{said}"
    );
}

#[test]
fn a_request_is_what_the_template_says() {
    let host = Host::new(&[
        ("/find", "200 OK\n\nfound"),
        ("/old", "302 Found\nlocation: /find\n\n"),
    ]);
    let at = format!("127.0.0.1:{}", host.port);
    let template = format!(
        "{{{{ load_data(url=\"http://{at}/find\", method=\"POST\", body=\"q=1\", \
         content_type=\"text/x\", headers=[\"X-Token=a=b\"]) }}}} {{{{ load_data(url=\"http://{at}/old\") }}}} \
         {{{{ load_data(url=\"http://{at}/none\", required=false) }}}}"
    );
    let (page, said) = Site::new(std::slice::from_ref(&at), &template).build();
    assert!(
        page.as_deref()
            .is_some_and(|page| page.starts_with("found found ")),
        "{said}"
    );
    let asked = host.asked();
    assert!(asked[0].starts_with("POST /find "), "{asked:?}");
    for said in ["content-type: text/x", "x-token: a=b", "\nq=1"] {
        assert!(asked[0].contains(said), "{asked:?}");
    }
    assert!(
        asked.iter().any(|asked| asked.starts_with("GET /old ")),
        "{asked:?}"
    );
    assert!(
        asked.iter().any(|asked| asked.starts_with("GET /none ")),
        "{asked:?}"
    );
}

#[test]
fn what_the_configuration_does_not_allow_is_not_asked() {
    let other = Host::new(&[("/x", "200 OK\n\nsecret")]);
    let elsewhere = format!("http://localhost:{}/x", other.port);
    let away = format!("302 Found\nlocation: {elsewhere}\n\n");
    let host = Host::new(&[
        ("/away", away.as_str()),
        ("/round", "302 Found\nlocation: /round\n\n"),
    ]);
    let at = format!("127.0.0.1:{}", host.port);
    let not_allowed = format!("the configuration does not let templates fetch `{elsewhere}`");
    let allows = format!("fetch = [\"localhost:{}\"]", other.port);
    let cases = [
        (elsewhere.clone(), &*not_allowed),
        (elsewhere.clone(), &*allows),
        (format!("http://{at}/away"), &*not_allowed),
        (
            format!("http://{at}/round"),
            "it leads from one address to the next",
        ),
        (format!("http://{at}/none"), "it answers 404 Not Found"),
        (format!("ftp://{at}/x"), "is not an http or https address"),
        ("x.json".to_owned(), "`x.json` is no address"),
        // The name of another.
        (
            format!("http://{at}@localhost:{}/x", other.port),
            "does not let templates fetch",
        ),
    ];
    for (address, expected) in cases {
        let template = format!("{{{{ load_data(url=\"{address}\") }}}}");
        let (page, said) = Site::new(std::slice::from_ref(&at), &template).build();
        assert_eq!(page, None, "{address}");
        assert!(said.contains(expected), "{said}");
    }
    assert_eq!(other.asked().len(), 0);
}

#[test]
fn what_is_meant_for_one_host_is_not_told_to_another() {
    let other = Host::new(&[("/final", "200 OK\n\nthere")]);
    let to = format!("localhost:{}", other.port);
    let away = format!("307 Temporary Redirect\nlocation: http://{to}/final\n\n");
    let host = Host::new(&[("/away", away.as_str())]);
    let at = format!("127.0.0.1:{}", host.port);
    let hosts = [at.clone(), to];
    let get = format!(
        "{{{{ load_data(url=\"http://me:word@{at}/away\", headers=[\"x-api-key=K\", \"authorization=A\"]) }}}}"
    );
    assert_eq!(Site::new(&hosts, &get).build().0.as_deref(), Some("there"));
    let asked = host.asked().concat();
    assert!(asked.contains("x-api-key: K"), "{asked}");
    let told = other.asked().concat();
    assert!(
        !told.contains("x-api-key") && !told.contains("authorization"),
        "{told}"
    );
    let post = format!(
        "{{{{ load_data(url=\"http://me:word@{at}/away\", method=\"POST\", body=\"b\") }}}}"
    );
    let (page, said) = Site::new(&hosts, &post).build();
    assert_eq!(page, None);
    assert!(
        said.contains("it leads what is sent to another host"),
        "{said}"
    );
    // The excerpt shows what the template says.
    let message = said.lines().find(|line| line.starts_with("error["));
    assert!(
        message.is_some_and(|message| !message.contains("word")),
        "{said}"
    );
    assert_eq!(other.asked().len(), 0);
}

#[test]
fn a_host_that_does_not_answer_is_not_asked_again_at_once() {
    // It takes connections and says nothing.
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = format!("127.0.0.1:{}", silent.local_addr().unwrap().port());
    let template = format!(
        "{{% for i in range(end=9) %}}{{% set address = \"http://{at}/\" ~ i %}}\
         {{% set data = load_data(url=address, required=false) %}}{{% endfor %}}done"
    );
    // A page has 20 seconds, and each address would take ten.
    let (page, said) = Site::new(std::slice::from_ref(&at), &template).build();
    assert_eq!(page.as_deref(), Some("done"), "{said}");
}

#[test]
fn to_fetch_makes_no_site_of_briefs() {
    let site = Site::new(&["example.org".to_owned()], "home");
    let (page, said) = site.build();
    assert_eq!(page.as_deref(), Some("home"), "{said}");
    assert!(!site.path().join("public/compare").exists());
    assert!(!site.path().join("public/llms.txt").exists());
    site.write(
        "config.toml",
        "base_url = \"https://example.org\"\n[extra.datelin]\nfetch = [\"x.org\"]\n",
    );
    let said = site.build().1;
    assert!(
        said.contains("warning[misspelt-key]: `datelin` is not a known key"),
        "{said}"
    );
    assert!(said.contains("config.toml:2:8"), "{said}");
}

#[test]
fn a_template_does_not_ask_for_everything() {
    let host = Host::new(&[]);
    let at = format!("127.0.0.1:{}", host.port);
    let template = format!(
        "{{% for i in range(end=300) %}}{{% set address = \"http://{at}/\" ~ i %}}\
         {{% set data = load_data(url=address, required=false) %}}{{% endfor %}}done"
    );
    let (page, said) = Site::new(std::slice::from_ref(&at), &template).build();
    assert_eq!(page.as_deref(), Some("done"), "{said}");
    assert_eq!(host.asked().len(), 200);
}
