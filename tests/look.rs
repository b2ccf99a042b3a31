//! How a site changes the built-in theme: by configuration, by a template, by a copy of the theme.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::output::built;

/// A new site in a folder of its own.
fn starter(below: &Path, name: &str, arguments: &[&str]) -> PathBuf {
    let site = below.join(name);
    let status = Command::new(env!("CARGO_BIN_EXE_dateline"))
        .arg("init")
        .arg(&site)
        .args(arguments)
        .output()
        .unwrap()
        .status;
    assert!(status.success());
    site
}

fn write(site: &Path, file: &str, text: &str) {
    let path = site.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// Adds to the configuration of a site, which ends in `[extra.dateline]`.
fn configure(site: &Path, text: &str) {
    let file = site.join("config.toml");
    let config = fs::read_to_string(&file).unwrap();
    fs::write(&file, config + text).unwrap();
}

fn page(site: &Path, file: &str) -> String {
    String::from_utf8(built(site, &[], &[])[file].clone()).unwrap()
}

#[test]
fn a_copy_of_the_theme_gives_the_same_site() {
    let temporary = tempfile::tempdir().unwrap();
    let plain = starter(temporary.path(), "plain", &[]);
    let copied = starter(temporary.path(), "copied", &["--theme", "mine"]);
    let expected = built(&plain, &[], &[]);
    assert!(copied.join("themes/mine/templates/base.html").is_file());
    assert!(expected == built(&copied, &[], &[]));
    // What the copy lacks is the built-in theme's.
    fs::remove_dir_all(copied.join("themes/mine/static")).unwrap();
    fs::remove_dir_all(copied.join("themes/mine/templates/fragments")).unwrap();
    assert!(expected == built(&copied, &[], &[]));
    // Lists are cut into pages as under the built-in theme, so the copy is more than its templates.
    write(
        &copied,
        "themes/mine/templates/404.html",
        "{% extends \"base.html\" %}{% block main %}<h1>Lost</h1>{% endblock %}",
    );
    let html = page(&copied, "/404.html");
    assert!(html.contains("<h1>Lost</h1>") && html.contains("class=\"masthead\""));
}

#[test]
fn one_template_of_the_theme_can_be_replaced() {
    let temporary = tempfile::tempdir().unwrap();
    let site = starter(temporary.path(), "site", &[]);
    let before = page(&site, "/index.html");
    assert!(before.contains("<footer>") && before.contains("class=\"masthead\""));
    write(
        &site,
        "templates/partials/footer.html",
        "<footer>Printed by {{ item.name }}</footer>\n",
    );
    let after = page(&site, "/index.html");
    assert!(after.contains("<footer>Printed by Example Briefing</footer>"));
    assert!(after.contains("class=\"masthead\""));
}

#[test]
fn the_look_is_configured() {
    let temporary = tempfile::tempdir().unwrap();
    let site = starter(temporary.path(), "site", &[]);
    write(
        &site,
        "static/logo.svg",
        "<svg xmlns=\"http://www.w3.org/2000/svg\"/>\n",
    );
    write(
        &site,
        "static/mine.css",
        "@font-face { font-family: Mine; src: url(/mine.woff2) }\n",
    );
    configure(
        &site,
        r##"
[extra.dateline.look]
name = "The <Wire>"
accent = "#0b57a8"
logo = "/logo.svg"
stylesheet = "/mine.css"
footer = "Made by two people & a dog"
navigation = [{ name = "Briefs", path = "/briefs/" }, { name = "Shop", url = "https://example.com/shop" }]
social = [{ name = "Mastodon", url = "https://example.social/@wire" }]
fonts = { text = "Mine, Georgia, serif", data = "'IBM Plex Sans', sans-serif" }
"##,
    );
    let html = page(&site, "/briefs/index.html");
    for expected in [
        r#"<p class="name"><a href="/"><img src="/logo.svg" alt="" width="32" height="32"> The &lt;Wire&gt;</a></p>"#,
        r#"<link rel="stylesheet" href="/mine.css">"#,
        "<p>Made by two people &amp; a dog</p>",
        r#"<li><a href="/briefs/" aria-current="page">Briefs</a></li>"#,
        r#"<li><a href="https://example.com/shop">Shop</a></li>"#,
        r#"<li><a href="https://example.social/@wire" rel="me">Mastodon</a></li>"#,
        "--accent:light-dark(#0b57a8,",
        "--text:Mine, Georgia, serif;--data:'IBM Plex Sans', sans-serif}",
    ] {
        assert!(html.contains(expected), "no {expected} in\n{html}");
    }
    // What is not configured any more is gone.
    let navigation = html.split("aria-label=\"Site\"").nth(1).unwrap();
    let navigation = navigation.split("</nav>").next().unwrap();
    assert!(!navigation.contains("/weekly/"), "{navigation}");
}

#[test]
fn a_language_that_runs_from_right_to_left_says_so() {
    let temporary = tempfile::tempdir().unwrap();
    let site = starter(temporary.path(), "site", &[]);
    assert!(page(&site, "/index.html").contains("<html lang=\"en\" dir=\"ltr\">"));
    let file = site.join("config.toml");
    let config = fs::read_to_string(&file).unwrap();
    let arabic = config.replace("default_language = \"en\"", "default_language = \"ar\"");
    fs::write(&file, arabic).unwrap();
    assert!(page(&site, "/index.html").contains("<html lang=\"ar\" dir=\"rtl\">"));
}

#[test]
fn the_way_to_a_page_is_shown_and_told_to_search_engines() {
    let temporary = tempfile::tempdir().unwrap();
    let site = starter(temporary.path(), "site", &[]);
    let files = built(&site, &[], &[]);
    let crumbs = |file: &str| {
        let html = std::str::from_utf8(&files[file]).unwrap();
        let nav = html.split("<nav class=\"crumbs\"").nth(1)?;
        let nav = nav.split("</nav>").next()?;
        let links = nav.split("<a href=\"").skip(1);
        let links = links.map(|link| link.split('"').next().unwrap());
        Some(links.collect::<Vec<_>>().join(" "))
    };
    for (file, expected) in [
        ("/index.html", None),
        ("/404.html", None),
        ("/archive/index.html", Some("/")),
        ("/tags/cloud/index.html", Some("/ /tags/")),
        ("/companies/example-cloud/index.html", Some("/ /companies/")),
        (
            "/companies/example-cloud/timeline/index.html",
            Some("/ /companies/ /companies/example-cloud/"),
        ),
        ("/weekly/2026-w02/index.html", Some("/ /weekly/")),
        (
            "/briefs/example-cloud-opens-a-second-region/index.html",
            Some("/ /briefs/"),
        ),
    ] {
        assert_eq!(crumbs(file).as_deref(), expected, "{file}");
    }
    let html = std::str::from_utf8(&files["/tags/cloud/index.html"]).unwrap();
    let list = html.split("\"BreadcrumbList\"").nth(1).unwrap();
    let list = list.split("</script>").next().unwrap();
    for (position, address) in [(1, ""), (2, "tags/"), (3, "tags/cloud/")] {
        let address = format!("\"item\":\"https://example.org/{address}\"");
        assert!(list.contains(&format!("\"position\":{position}")) && list.contains(&address));
    }
}
