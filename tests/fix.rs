//! `check --fix`: what it puts into a file, and what it leaves alone.

use dateline::commands::fix::{Lacking, NamelessPrediction, fix_text};
use dateline::config::Vocabulary;

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
