//! `check --fix`: what it puts into a file, and what it leaves alone.

#![expect(
    clippy::disallowed_methods,
    reason = "this test writes the files that are fixed"
)]

use std::fs;
use std::path::Path;
use std::sync::Arc;

use dateline::commands::fix::{Lacking, NamelessPrediction, fix, fix_text};
use dateline::config::Vocabulary;
use dateline::content::Article;
use dateline::content::article::{Body, FrontMatter, Table};
use dateline::content::brief::{Brief, Tldr};
use dateline::diagnostic::Place;

/// Fixes a text whose predictions are found by their wording; `None` where it is left as it is.
fn fixed(text: &str, id: Option<&str>, predictions: &[(&str, &str)]) -> Option<String> {
    let lacking = Lacking {
        id: id.map(str::to_owned),
        predictions: predictions
            .iter()
            .map(|(wording, slug)| NamelessPrediction {
                at: text.find(wording).unwrap(),
                slug: (*slug).to_owned(),
            })
            .collect(),
    };
    let (after, fixed) = fix_text(&"x.md".into(), text, &lacking, &Vocabulary::default());
    let wanted = predictions.len() + usize::from(id.is_some());
    let written = fixed.predictions + usize::from(fixed.id.is_some());
    if written == wanted {
        assert_eq!(fixed.left, [""; 0]);
        return Some(after);
    }
    // What is left is said, unless the file states an id already.
    assert!(
        text.contains("id = ") != (fixed.left.len() == 1),
        "{fixed:?}"
    );
    assert_eq!(after, text);
    None
}

/// An id for the brief; `→` marks what is put in.
fn check_id(expected: &str) {
    let before: String = expected.split('→').step_by(2).collect();
    let after = expected.replace('→', "");
    assert_eq!(fixed(&before, Some("7k3f9q"), &[]), Some(after), "{before}");
}

#[test]
fn ids_go_into_toml() {
    check_id("+++\n[extra.brief]\n→id = \"7k3f9q\"\n→+++\n");
    check_id(
        "+++\n# a\ntitle = 'x'  # b\n[extra.brief] # c\n→id = \"7k3f9q\"\n→source = {  name='y' }\n\n[taxonomies]\ntags = [ ]\n+++\nbody\n",
    );
    check_id(
        "\u{feff}+++\r\n[extra]\r\na = 1\r\n  [extra.brief]\r\n→  id = \"7k3f9q\"\r\n→  event = \"e\"\r\n+++\r\nbody\r\n",
    );
    check_id("+++\n[extra]\nbrief = {→ id = \"7k3f9q\" →}\n+++\n");
    check_id("+++\n[extra]\nbrief = {→ id = \"7k3f9q\",→ event = \"e\" }\n+++\n");
    check_id("+++\n[extra]\nbrief.event = \"e\"\n→brief.id = \"7k3f9q\"\n→+++\n");
    check_id("+++\n[extra.brief]\n→id = \"7k3f9q\"\n→[extra.brief.source]\nname = \"x\"\n+++\n");
}

#[test]
fn ids_go_into_yaml() {
    check_id(
        "---\nextra:\n  brief:\n→    id: \"7k3f9q\"\n→    event: e  # c\ntitle: x\n---\nbody\n",
    );
    check_id(
        "---\ntitle: 'brief: x'\nextra:\n  a: 1\n\n  brief: # c\n→    id: \"7k3f9q\"\n→\n  b: 2\n---\n",
    );
    check_id("---\r\nextra:\r\n  brief: {→id: \"7k3f9q\"→}\r\n---\r\n");
    check_id("---\nextra:\n    brief: {→id: \"7k3f9q\", →event: e}\n---\n");
    check_id("---\nextra:\n  brief:\n→    id: \"7k3f9q\"\n→---\n");
}

#[test]
fn what_cannot_be_read_back_is_left() {
    for text in [
        "+++\n[extra.brief]\nid = 'bad id'\n+++\n",
        "+++\ntitle = 'no brief'\n+++\n",
        "---\nextra: {brief: {}}\n---\n",
        "---\nextra:\n  other:\n    brief:\n      a: 1\n---\n",
        "no front matter\n",
        "+++\nnot closed\n",
    ] {
        assert_eq!(fixed(text, Some("7k3f9q"), &[]), None, "{text}");
    }
}

/// Ids for the predictions that hold `One` and `Two`; `→` marks what is put in.
fn check_predictions(expected: &str) {
    let expected = format!("+++\n[extra.brief]\n+++\n\n## Future Implications\n\n{expected}");
    let before: String = expected.split('→').step_by(2).collect();
    let after = expected.replace('→', "");
    let all = [("One", "one-thing"), ("Two", "two")];
    let there: Vec<_> = all
        .into_iter()
        .filter(|(w, _)| before.contains(w))
        .collect();
    assert_eq!(fixed(&before, None, &there), Some(after), "{before}");
}

#[test]
fn predictions_get_ids_above_their_labels() {
    check_predictions(
        "- One thing.\n\n  Why.\n\n→  - Id: one-thing\n→  - Due: 2026-12-31\n  - Confidence: 60%\n\n- Two.\n\n→  - Id: two\n→  - **Due:** 2027\n\n## Timeline\n\n- 2023: x\n",
    );
    check_predictions(
        "* One\n→  * Id: one-thing\n→  * Due: 2027\n* Two\n→    + Id: two\n→    + Due: 2027\n",
    );
    check_predictions("1. One\n→   1.  Id: one-thing\n→   1.  Due: 2027\n");
    // The first nested list has no labels, so it is not theirs.
    check_predictions("- One\n  - plain\n\n  Text.\n\n→  - Id: one-thing\n→  - Due: 2027\n");
}

#[test]
fn predictions_without_labels_get_a_list() {
    check_predictions(
        "- One thing.→\n  - Id: one-thing→\n- Two things\n  and more.→\n  - Id: two→\n",
    );
    check_predictions("- One thing.→\n  - Id: one-thing→");
    check_predictions("10. One\n\n    Why.→\n    - Id: one-thing→\n\n## Timeline\n");
    check_predictions("- One\n  ```\n  code\n  ```→\n  - Id: one-thing→\n");
    // A block of HTML goes on to the next blank line.
    check_predictions("- One\n\n  <div>\n  x→\n\n  - Id: one-thing→\n");
}

#[test]
fn fixing_twice_changes_nothing_more() {
    let text = "+++\n[extra.brief]\nid = \"7k3f9q\"\n+++\n- One\n  - Id: one-thing\n";
    assert_eq!(fixed(text, None, &[]).as_deref(), Some(text));
    assert_eq!(fixed(text, Some("222222"), &[]), None);
}

/// A brief as the parser would make it of a file, as far as its ids go.
fn article(path: &str, language: Option<&str>, id: Option<&str>) -> Arc<Article> {
    let file: Arc<str> = format!("content/{path}").into();
    let place = Place::whole(&file);
    let brief = Brief {
        place: place.clone(),
        states_id: id.is_some(),
        id: id.map(|id| (id.into(), place)),
        source: None,
        collected: None,
        event: None,
        analysis: None,
        companies: Vec::new(),
        parts: Vec::new(),
        lead: None,
        prose: Vec::new(),
        tldr: Tldr::default(),
        takeaways: Vec::new(),
        tables: Vec::new(),
        predictions: Vec::new(),
        timeline: Vec::new(),
        corrections: Vec::new(),
        citations: Vec::new(),
    };
    Arc::new(Article {
        path: path.into(),
        file,
        language: language.map(Arc::from),
        front_matter: FrontMatter::default(),
        body: Body::default(),
        table: Table::Brief(Box::new(brief)),
        unexpanded: None,
        misread: Vec::new(),
    })
}

fn id_of(root: &Path, path: &str) -> String {
    let text = fs::read_to_string(root.join("content").join(path)).unwrap();
    let line = text.lines().find(|line| line.starts_with("id = "));
    line.unwrap_or_default().to_owned()
}

#[test]
fn translations_share_an_id_and_others_do_not() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    fs::create_dir(root.join("content")).unwrap();
    let write = |path: &str, id: &str| {
        let text = format!("+++\n[extra.brief]\n{id}+++\n");
        fs::write(root.join("content").join(path), text).unwrap();
    };
    write("a.md", "id = \"aaaaaa\"\n");
    for path in ["a.de.md", "b.md", "b.de.md", "c.de.md", "d.de.md"] {
        write(path, "");
    }
    let articles = [
        article("a.de.md", Some("de"), None),
        article("a.md", None, Some("aaaaaa")),
        article("b.de.md", Some("de"), None),
        article("b.md", None, None),
        article("c.de.md", Some("de"), None),
        // `de` is no language of the site here, so this is a brief of its own.
        article("d.de.md", None, None),
    ];
    let vocabulary = Vocabulary::default();
    let fixed = fix(root, &articles, &vocabulary).unwrap();
    assert_eq!(fixed.len(), 5);
    assert_eq!(id_of(root, "a.de.md"), "id = \"aaaaaa\"");
    assert_eq!(id_of(root, "b.md"), id_of(root, "b.de.md"));
    let different = ["a.md", "b.md", "c.de.md", "d.de.md"].map(|path| id_of(root, path));
    let set: std::collections::BTreeSet<_> = different.iter().collect();
    assert_eq!(set.len(), 4, "{different:?}");
    assert_eq!(
        fixed[1].to_string().len(),
        "fixed content/b.de.md: id `bbbbbb`".len()
    );
}

#[cfg(unix)]
#[test]
fn permissions_stay_and_links_are_left() {
    use std::os::unix::fs::{PermissionsExt, symlink};

    let folder = tempfile::tempdir().unwrap();
    let content = folder.path().join("content");
    fs::create_dir(&content).unwrap();
    let text = "+++\n[extra.brief]\n+++\n";
    fs::write(content.join("a.md"), text).unwrap();
    fs::write(folder.path().join("elsewhere.md"), text).unwrap();
    symlink("../elsewhere.md", content.join("b.md")).unwrap();
    let mode = fs::Permissions::from_mode(0o640);
    fs::set_permissions(content.join("a.md"), mode).unwrap();
    let articles = [article("a.md", None, None), article("b.md", None, None)];
    let fixed = fix(folder.path(), &articles, &Vocabulary::default()).unwrap();
    assert_ne!(id_of(folder.path(), "a.md"), "");
    let mode = fs::metadata(content.join("a.md"))
        .unwrap()
        .permissions()
        .mode();
    assert_eq!(mode & 0o777, 0o640);
    assert_eq!(
        fixed[1].to_string(),
        "not fixed content/b.md: it is a symbolic link"
    );
    assert_eq!(id_of(folder.path(), "b.md"), "");
    assert_eq!(fs::read_dir(content).unwrap().count(), 2);
}
