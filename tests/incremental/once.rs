//! Histories that went wrong once, or could, of kinds that are too rare to come up by themselves.

use super::edit::{Edit, Files, Look, Step, World};
use super::{Law, briefs, plain, serve, what_differs};

/// What is on the site at first beside the files of a site, and what happens then.
struct History {
    name: &'static str,
    site: fn() -> Files,
    files: Vec<(String, String)>,
    edits: Vec<Edit>,
}

#[test]
fn histories_that_once_went_wrong() {
    let mut wrong = Vec::new();
    for history in [
        translation_stays(),
        file_for_folder_in_another_case(),
        two_files_at_one_address(),
        slots_are_numbered_anew(),
        files_that_a_template_reads(),
        grammars_and_themes_for_code(),
        folders_of_grammars_and_themes(),
    ] {
        let mut files = (history.site)();
        for (file, text) in &history.files {
            files.insert(file.clone(), text.clone().into_bytes());
        }
        let start = World::new(files, "2026-05-01T12:00:00Z");
        let steps: Vec<Step> = history.edits.into_iter().map(plainly).collect();
        for seed in [1, 2] {
            let differs = what_differs(serve as Law, &start, &steps, seed);
            wrong.extend(differs.map(|what| format!("{}: {what}", history.name)));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

fn plainly(edit: Edit) -> Step {
    Step {
        edit,
        then: Look::AtAll,
        chance: None,
    }
}

fn write(file: &str, text: &str) -> Edit {
    Edit::Write {
        file: file.into(),
        text: text.into(),
    }
}

fn delete(path: &str) -> Edit {
    Edit::Delete { path: path.into() }
}

/// A translation has the id of its original: that is the translation's when the original is gone.
fn translation_stays() -> History {
    let brief = |id: &str, more: &str| {
        format!(
            "+++\ntitle = \"A brief\"\ndate = 2026-04-20\n[extra.brief]\nid = \"{id}\"\n+++\n\n\
             ## TL;DR\n\nIt is so.\n\n## Future Implications\n\n- It will be so.\n  - Id: so\n{more}"
        )
    };
    let resolves = "- It is so.\n  - Resolves: mmmm33#so\n  - Outcome: yes\n";
    let config = String::from_utf8(briefs("dateline").remove("config.toml").unwrap()).unwrap();
    let config = format!("{config}\n[languages.de]\n");
    let of = |path: &str, text: String| (format!("content/briefs/{path}"), text);
    History {
        name: "a translation stays when the original goes",
        site: || briefs("dateline"),
        files: vec![
            ("config.toml".into(), config),
            of("so.md", brief("mmmm33", "")),
            of("so.de.md", brief("mmmm33", "")),
            of("later.md", brief("nnnn33", resolves)),
        ],
        edits: vec![
            delete("content/briefs/so.md"),
            write("content/briefs/so.md", &brief("mmmm33", "")),
            write("content/briefs/so.md", &brief("pppp33", "")),
        ],
    }
}

fn file_for_folder_in_another_case() -> History {
    let page = "+++\ntitle = \"Licence\"\n+++\n\nText.\n";
    History {
        name: "a page comes below a file whose name differs in case",
        site: plain,
        files: vec![("static/LICENSE".into(), "Text.\n".into())],
        edits: vec![
            write("content/license.md", page),
            delete("content/license.md"),
            write("static/Foo/x.txt", "Text.\n"),
            write("static/foo", "Text.\n"),
        ],
    }
}

fn two_files_at_one_address() -> History {
    let page = |day: u8| format!("+++\ntitle = \"About\"\ndate = 2026-04-{day:02}\n+++\n\nText.\n");
    let section = "+++\ntitle = \"About\"\nrender = false\n+++\n";
    let draft = |is_draft| format!("+++\ntitle = \"Draft\"\ndraft = {is_draft}\n+++\n\nText.\n");
    History {
        name: "two files at one address, one of which makes no page",
        site: plain,
        files: vec![
            ("content/about.md".into(), page(1)),
            ("content/about/_index.md".into(), section.into()),
            ("content/other.md".into(), draft(true)),
        ],
        edits: vec![
            write("content/about.md", &page(2)),
            write("content/other.md", &draft(false)),
            write("content/other.md", &draft(true)),
        ],
    }
}

/// They lie where nothing else is read, come where others were found before, and break.
fn files_that_a_template_reads() -> History {
    let template = "{% set one = load_data(path=\"one.toml\", required=false) %}{% if one %}{{ one.x }}{% endif %}\n\
                    {% set deep = load_data(path=\"data/deep/two.json\", required=false) %}{% if deep %}{{ deep.x }}{% endif %}\n\
                    {{ get_hash(path=\"notes.txt\") }}\n\
                    {% set size = get_image_metadata(path=\"dot.svg\", allow_missing=true) %}{% if size %}{{ size.width }}{% endif %}\n";
    let svg = |width: u8| format!("<svg width=\"{width}\" height=\"1\"/>\n");
    History {
        name: "files that a template reads",
        site: plain,
        files: vec![
            ("templates/about.html".into(), template.into()),
            (
                "themes/tera1-small/static/one.toml".into(),
                "x = 1\n".into(),
            ),
        ],
        edits: vec![
            write("static/one.toml", "x = 2\n"),
            write("data/deep/two.json", "{\"x\": 3}"),
            write("one.toml", "x = 4\n"),
            write("one.toml", "x = \n"),
            write("one.toml", "x = 5\n"),
            write("data/deep/two.json", "{\"x\": 6}"),
            write("static/dot.svg", &svg(1)),
            write("dot.svg", &svg(2)),
            delete("one.toml"),
            delete("data"),
            write("data", "a file in the place of the folder\n"),
            delete("data"),
            write("data/deep/two.json", "{\"x\": 7}"),
            write("notes.txt", "Other notes.\n"),
            delete("static/one.toml"),
            delete("notes.txt"),
        ],
    }
}

/// A page with code in a language that the site brings.
const CODE: &str = "+++\ntitle = \"Code\"\n+++\n\n```mini\nif x\n```\n";

fn grammars_and_themes_for_code() -> History {
    let config = "base_url = \"https://example.org\"\ntheme = \"tera1-small\"\n\
                  [markdown.highlighting]\ntheme = \"day\"\n\
                  extra_grammars = [\"code/mini.json\"]\nextra_themes = [\"static/day.json\"]\n";
    let grammar = |name: &str| {
        format!(
            "{{\"name\": \"mini\", \"scopeName\": \"source.mini\", \
             \"patterns\": [{{\"match\": \"if\", \"name\": \"{name}\"}}]}}"
        )
    };
    let theme = |colour: &str| {
        format!(
            "{{\"name\": \"day\", \"colors\": {{\"foreground\": \"#111\", \"background\": \"#fff\"}}, \
             \"tokenColors\": [{{\"scope\": \"keyword\", \"settings\": {{\"foreground\": \"{colour}\"}}}}]}}"
        )
    };
    History {
        name: "grammars and themes for code",
        site: plain,
        files: vec![
            ("config.toml".into(), config.into()),
            ("content/code.md".into(), CODE.into()),
            ("code/mini.json".into(), grammar("keyword.mini")),
            ("static/day.json".into(), theme("#00f")),
        ],
        edits: vec![
            write("code/mini.json", &grammar("string.mini")),
            write("static/day.json", &theme("#f00")),
            write("code/mini.json", "{"),
            write("code/mini.json", &grammar("keyword.mini")),
            delete("code"),
            write("code", "a file in the place of the folder\n"),
            delete("code"),
            write("code/mini.json", &grammar("keyword.mini")),
            write("static/day.json", &theme("no colour")),
            delete("static/day.json"),
            write("static/day.json", &theme("#0f0")),
        ],
    }
}

fn folders_of_grammars_and_themes() -> History {
    let config = "base_url = \"https://example.org\"\ntheme = \"tera1-small\"\n\
                  [markdown]\nhighlight_code = true\nhighlight_theme = \"css\"\n\
                  highlight_themes_css = [{ theme = \"dusk\", filename = \"code.css\" }]\n\
                  extra_syntaxes_and_themes = [\"code\"]\n";
    let grammar = |scope: &str| {
        format!(
            "%YAML 1.2\n---\nname: Mini\nfile_extensions: [mini]\nscope: source.mini\n\
             contexts:\n  main:\n    - match: \"if\"\n      scope: {scope}\n"
        )
    };
    let theme = |colour: &str| {
        format!(
            "<plist version=\"1.0\"><dict><key>settings</key><array><dict><key>settings</key><dict>\
             <key>foreground</key><string>{colour}</string></dict></dict></array></dict></plist>\n"
        )
    };
    History {
        name: "folders of grammars and themes for code",
        site: plain,
        files: vec![
            ("config.toml".into(), config.into()),
            ("content/code.md".into(), CODE.into()),
        ],
        edits: vec![
            write("code/mini.sublime-syntax", &grammar("keyword.mini")),
            write("code/deep/dusk.tmTheme", &theme("#112233")),
            write("code/mini.sublime-syntax", &grammar("string.mini")),
            write("code/deep/dusk.tmTheme", &theme("#445566")),
            write("code/more.sublime-syntax", "no: grammar\n"),
            delete("code/more.sublime-syntax"),
            delete("code/deep"),
            delete("code"),
            write("code/mini.sublime-syntax", &grammar("keyword.mini")),
        ],
    }
}

/// More files go than a site keeps empty slots for: twice as many as there are entries, and 1,000.
fn slots_are_numbered_anew() -> History {
    let page = "+++\ntitle = \"A page\"\n+++\n";
    let of = |folder: &str, number: usize| format!("content/{folder}/{number:04}.md");
    let old = (0..1_009).map(|number| (of("old", number), page.into()));
    let new = (0..9).map(|number| (of("new", number), page.into()));
    let config = "base_url = \"https://example.org\"\ntheme = \"tera1-small\"\n";
    History {
        name: "slots are numbered anew",
        site: || {
            let mut files = plain();
            files.retain(|file, _| !file.starts_with("content/"));
            files
        },
        files: std::iter::once(("config.toml".into(), config.into()))
            .chain(new)
            .chain(old)
            .collect(),
        edits: vec![
            delete("content/old"),
            delete(&of("new", 8)),
            write(&of("new", 8), page),
        ],
    }
}
