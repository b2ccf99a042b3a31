//! Template engines: what a template gives, what a broken one is told, and what none can do.

use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use dateline::address::Address;
use dateline::diagnostic::{At, Diagnostic, Diagnostics};
use dateline::input::{TemplateSource, ThemeSource};
use dateline::pages::question::{Asker, Lookup, Question};
use dateline::render::asking;
use dateline::render::detect;
use dateline::render::engine::{self, Engine, TemplateError};
use dateline::render::rebase::{rebase_css, rebase_html};
use dateline::site::taxonomies::Kind;
use dateline::value::Value;
use proptest::prelude::*;
use rayon::prelude::*;

const JINJA: &str = "minijinja";
const TERA: &str = "tera1";
const BOTH: &[&str] = &[JINJA, TERA];
const JINJA_ONLY: &[&str] = &[JINJA];
const TERA_ONLY: &[&str] = &[TERA];

fn theme(engine: Option<&str>, files: &[(&str, &str)]) -> ThemeSource {
    let templates = files.iter().map(|(name, text)| TemplateSource {
        name: (*name).into(),
        file: format!("themes/t/templates/{name}").into(),
        text: (*text).into(),
        from_theme: true,
    });
    ThemeSource {
        name: "t".into(),
        engine: engine.map(Into::into),
        templates: templates.collect(),
        extra: Value::None,
        extends_built_in: false,
    }
}

fn load(theme: &ThemeSource) -> Result<Box<dyn Engine>, Vec<Diagnostic>> {
    let mut problems = Diagnostics::default();
    engine::load(theme, &mut problems).ok_or_else(|| problems.sorted())
}

/// Renders `x.html` among other templates.
fn render_files(
    engine: &str,
    files: &[(&str, &str)],
    context: &Value,
) -> Result<String, TemplateError> {
    let engine = load(&theme(Some(engine), files)).unwrap_or_else(|e| panic!("{e:?}"));
    engine.render("x.html", context, &asker())
}

fn render(engine: &str, template: &str) -> Result<String, TemplateError> {
    render_files(engine, &[("x.html", template)], &context())
}

fn tags() -> Kind {
    Kind {
        name: "tags".into(),
        language: None,
    }
}

/// What the functions of the tests get to know.
fn asker() -> Rc<Asker> {
    let answers = [
        (
            Question::Config { language: None },
            Ok(map([
                ("base_url", "https://example.org/news".into()),
                ("default_language", "en".into()),
                ("languages", map([("fr", map([]))])),
                ("feed_filenames", Value::list(["atom.xml".into()])),
            ])),
        ),
        (
            permalink("a.md#part"),
            Ok("https://example.org/news/a/#part".into()),
        ),
        (
            permalink("a.fr.md"),
            Ok("https://example.org/news/fr/a/".into()),
        ),
        (permalink("gone.md"), Err("there is no `gone.md`".into())),
        (section("b/_index.md", true), Ok(blog())),
        (
            section("b/_index.md", false),
            Ok(map([("title", "B".into())])),
        ),
        (
            section("gone/_index.md", true),
            Err("there is no section `gone/_index.md`".into()),
        ),
        (
            Question::Page {
                path: "a.fr.md".into(),
            },
            Ok(map([("title", "Aà".into())])),
        ),
        (
            Question::TermPermalink {
                kind: tags(),
                term: "Rust & co".into(),
            },
            Ok("https://example.org/news/tags/rust-co/".into()),
        ),
        (
            Question::Taxonomy { kind: tags() },
            Ok(map([(
                "items",
                Value::list([map([("name", "rust".into())])]),
            )])),
        ),
        (Question::Today, Ok("2026-05-01T00:00:00+02:00".into())),
    ];
    Asker::prepared(
        answers
            .into_iter()
            .map(|(question, answer)| Lookup { question, answer }),
    )
}

fn permalink(target: &str) -> Question {
    Question::Permalink {
        target: target.into(),
    }
}

fn section(path: &str, with_pages: bool) -> Question {
    Question::Section {
        path: path.into(),
        with_pages,
    }
}

fn blog() -> Value {
    let page = |title: &str| {
        map([
            ("title", title.into()),
            ("date", "2026-04-30".into()),
            ("permalink", "https://example.org/news/p/".into()),
        ])
    };
    map([
        ("title", "B".into()),
        ("pages", Value::list([page("one"), page("two")])),
    ])
}

fn map<const N: usize>(entries: [(&'static str, Value); N]) -> Value {
    Value::map(entries)
}

fn context() -> Value {
    map([
        (
            "page",
            map([
                ("title", "Tom & \"Jerry's\" <b>/".into()),
                ("content", Value::html("<p>x</p>")),
                ("description", Value::None),
                ("count", Value::Int(3)),
                ("ratio", Value::Float(1.5)),
                ("draft", Value::Bool(false)),
                ("date", "2026-04-30T20:05:09+02:00".into()),
                ("tags", Value::list(["b".into(), "a".into()])),
                ("empty", Value::list([])),
            ]),
        ),
        (
            "numbers",
            map([("two", Value::Int(2)), ("one", Value::Int(1))]),
        ),
        ("lang", "en".into()),
    ])
}

/// Engines, template, output.
type ValueCase = (&'static [&'static str], &'static str, &'static str);

const VALUES: &[ValueCase] = &[
    (
        BOTH,
        "{{ page.count }} {{ page.ratio }} {{ page.draft }}",
        "3 1.5 false",
    ),
    (BOTH, "[{{ page.description }}]", "[]"),
    (
        BOTH,
        "{% if page.description %}y{% else %}n{% endif %}",
        "n",
    ),
    (
        BOTH,
        "{% if page.draft or page.empty %}y{% else %}n{% endif %}",
        "n",
    ),
    (
        BOTH,
        "{% for t in page.tags %}{{ loop.index }}{{ t }};{% endfor %}",
        "1b;2a;",
    ),
    (
        BOTH,
        "{{ page.tags | length }}{{ page.empty | length }}",
        "20",
    ),
    (BOTH, "{{ page.tags | first }}{{ page.tags | last }}", "ba"),
    (TERA_ONLY, "{{ page.tags | join(sep=\"+\") }}", "b+a"),
    (JINJA_ONLY, "{{ page.tags | join('+') }}", "b+a"),
    (BOTH, "{% if \"a\" in page.tags %}y{% endif %}", "y"),
    (
        BOTH,
        "{% if \"z\" in page.tags %}y{% else %}n{% endif %}",
        "n",
    ),
    (
        BOTH,
        "{% if page.count == 3 and page.count < 3.5 %}y{% endif %}",
        "y",
    ),
    (
        BOTH,
        "{% if page.ratio > page.count %}y{% else %}n{% endif %}",
        "n",
    ),
    (BOTH, "{% if page.tags == page.tags %}y{% endif %}", "y"),
    (BOTH, "{{ page.content | safe }}", "<p>x</p>"),
    (BOTH, "{% if page.title is defined %}y{% endif %}", "y"),
    (BOTH, "{% if page.nope is undefined %}y{% endif %}", "y"),
    (BOTH, "{% if page.nope %}y{% else %}n{% endif %}", "n"),
    (BOTH, "{% if not page.nope %}y{% endif %}", "y"),
    (BOTH, "{{ page.title | slugify }}", "tom-jerry-s-b"),
    (
        BOTH,
        "{{ \"<b>ü</b>\" | striptags }}{{ \"hello\" | truncate(length=2) }}",
        "ühe…",
    ),
    (BOTH, "{% set total = page.count + 2 %}{{ total }}", "5"),
    (JINJA_ONLY, "{{ page.content }}", "<p>x</p>"),
    (
        JINJA_ONLY,
        "{{ page.content ~ page.content | length }}",
        "<p>x</p>8",
    ),
    (
        JINJA_ONLY,
        "{% for k in numbers %}{{ k }} {% endfor %}",
        "one two ",
    ),
    (
        JINJA_ONLY,
        "{% for k, v in numbers | items %}{{ k }}{{ v }}{% endfor %}",
        "one1two2",
    ),
    (
        JINJA_ONLY,
        "{{ numbers | length }}{{ 'one' in numbers }}",
        "2true",
    ),
    (
        JINJA_ONLY,
        "{{ numbers['two'] }}{{ page.tags[0] }}{{ page.tags[-1] }}",
        "2ba",
    ),
    (
        JINJA_ONLY,
        "{{ page.tags is sequence }}{{ numbers is mapping }}",
        "truetrue",
    ),
    (
        JINJA_ONLY,
        "{{ page.tags is mapping }}{{ page.title is string }}",
        "falsetrue",
    ),
    (JINJA_ONLY, "{{ page.tags == ['b', 'a'] }}", "true"),
    (JINJA_ONLY, "{{ page.tags | sort | join }}", "ab"),
    (
        JINJA_ONLY,
        "{{ page.tags | reverse | join }}{{ page.tags[1:] | join }}",
        "aba",
    ),
    (JINJA_ONLY, "{{ (page.tags + ['c']) | join }}", "bac"),
    (JINJA_ONLY, "{{ page.description.x.y is defined }}", ""),
    (JINJA_ONLY, "{{ page.nope | default('d') }}{{ none }}", "d"),
    (
        JINJA_ONLY,
        "{{ numbers | tojson }}",
        "{\"one\": 1, \"two\": 2}",
    ),
    (
        JINJA_ONLY,
        "a\n  {% if true %}\n  b\n  {% endif %}\nc",
        "a\n  b\nc",
    ),
    (
        TERA_ONLY,
        "{% for k, v in numbers %}{{ k }}{{ v }}{% endfor %}",
        "one1two2",
    ),
    (TERA_ONLY, "{{ page.tags.0 }}{{ page[\"tags\"][1] }}", "ba"),
    (
        TERA_ONLY,
        "{{ page.description | default(value=\"d\") }}",
        "d",
    ),
    (
        TERA_ONLY,
        "{% if page.title is starting_with(\"Tom\") %}y{% endif %}",
        "y",
    ),
    (
        TERA_ONLY,
        "{{ get_env(name=\"HOME\", default=\"d\") }}",
        "d",
    ),
];

#[test]
fn templates_see_values_as_they_are() {
    for (engines, template, expected) in VALUES {
        for engine in *engines {
            match render(engine, template) {
                Ok(output) => assert_eq!(output, *expected, "{engine}: {template}"),
                // The one case that is an error: two levels of undefined.
                Err(error) => assert!(
                    expected.is_empty() && error.message.contains("undefined"),
                    "{engine}: {template}: {error:?}"
                ),
            }
        }
    }
}

#[test]
fn escaped_text_is_compact_and_means_the_same_in_both_engines() {
    let template = "{{ page.title }}";
    let jinja = render(JINJA, template).unwrap();
    assert_eq!(jinja, "Tom &amp; &quot;Jerry&#39;s&quot; &lt;b&gt;/");
    let filtered = render(JINJA, "{{ page.title | e }}{{ page.title | e | e }}").unwrap();
    assert_eq!(filtered, jinja.repeat(2));
    // Zola's themes get what Zola gives.
    let tera = render(TERA, template).unwrap();
    assert_eq!(
        tera.replace("&#x27;", "&#39;").replace("&#x2F;", "/"),
        jinja
    );
    // Nothing is escaped where nothing would read it.
    for engine in BOTH {
        let engine =
            load(&theme(Some(engine), &[("x.txt", template)])).unwrap_or_else(|_| panic!());
        let text = engine.render("x.txt", &context(), &asker()).unwrap();
        assert_eq!(text, "Tom & \"Jerry's\" <b>/");
    }
}

/// Engine, template, line and column, part of the message.
type BrokenCase = (&'static str, &'static str, (u32, u32), &'static str);

const BROKEN: &[BrokenCase] = &[
    (JINJA, "a\n  {{ page. }}", (2, 12), "identifier"),
    (JINJA, "a\n{% if x %}\nb", (2, 1), "this `if` has no end"),
    (JINJA, "ü {% nope %}", (1, 6), "there is no tag `nope`"),
    (TERA, "a\n  {{ page. }}", (2, 10), "expected"),
    (TERA, "a\n{% if x %}\nb", (2, 1), "this `if` has no end"),
    (TERA, "ü {% nope %}", (1, 3), "there is no tag `nope`"),
    (
        TERA,
        "a\n{% extends \"bse.html\" %}",
        (2, 1),
        "this `extends` cannot be read here",
    ),
    (
        TERA,
        "{% extends \"good.htm\" %}",
        (1, 1),
        "there is no template `good.htm`",
    ),
    (
        TERA,
        "{% extends \"broken.html\" %}",
        (1, 1),
        "extends itself",
    ),
    (
        TERA,
        "{% import \"broken.html\" as m %}",
        (1, 1),
        "imports itself",
    ),
    (
        TERA,
        "{% import \"m.html\" as m %}",
        (1, 1),
        "there is no template `m.html`",
    ),
];

#[test]
fn every_template_that_does_not_parse_is_reported_at_its_place() {
    for (engine, text, (line, column), message) in BROKEN {
        let files = [("good.html", "fine"), ("broken.html", *text)];
        let problems = load(&theme(Some(engine), &files)).err().unwrap();
        assert_eq!(problems.len(), 1, "{problems:?}");
        let problem = &problems[0];
        assert_eq!(problem.code, "template-syntax");
        assert_eq!(&*problem.place.file, "themes/t/templates/broken.html");
        assert!(
            problem.message.contains(message),
            "{engine} {text}: {problem:?}"
        );
        if *line > 0 {
            assert_eq!(
                problem.place.at,
                At::Line(*line, *column),
                "{text}: {problem:?}"
            );
        }
    }
    for engine in BOTH {
        let files = [("a.html", "{{"), ("b.html", "fine"), ("c.html", "{% if %}")];
        let problems = load(&theme(Some(engine), &files)).err().unwrap();
        let files: Vec<_> = problems.iter().map(|p| p.place.file.to_string()).collect();
        assert_eq!(
            files,
            ["themes/t/templates/a.html", "themes/t/templates/c.html"]
        );
    }
}

/// What Tera does not understand, and what is said that it writes instead.
const HINTED: &[(&str, &str)] = &[
    ("{{ get_url('a') }}", "`get_url(path='a')`"),
    ("{{ get_url(page.path) }}", "`get_url(path=page.path)`"),
    ("{% for a in range(0, 5) %}{% endfor %}", "`range(end=…)`"),
    ("{{ a | default('x') }}", "`default(value='x')`"),
    ("{{ a | replace('x', 'y') }}", "`replace(from=…)`"),
    ("{{ self::f('x') }}", "`f(key='x')`"),
    ("{{ f(a=1 b=2) }}", "a comma is missing"),
    (
        "{{ get_page(path='a').title }}",
        "`{% set x = name(…) %}`, then `x.key`",
    ),
    ("{{ a.items() }}", "`{% for key, value in x %}`"),
    ("{{ m.f(a=1) }}", "a macro as `file::name(…)`"),
    ("{{ a ?? b }}", "`x | default(value=y)`"),
    ("{{ a if b else c }}", "Tera has no `if` in an expression"),
    ("{{ a ? b : c }}", "Tera has no `if` in an expression"),
    ("{{ a[0:2] }}", "`x | slice(start=…, end=…)`"),
    ("{{ {'a': 1} }}", "Tera has no maps in templates"),
    ("{{ (a ~ b) | upper }}", "takes no filter"),
    ("{{ 'a' + b }}", "`~`"),
    ("{{ a | date: 'x' }}", "in brackets: `x | name(key=value)`"),
    (
        "{% if a is divisibleby 3 %}{% endif %}",
        "`x is divisibleby(…)`",
    ),
    ("{{ 'abc }}", "the text that begins here has no end"),
    ("{% if a && b %}{% endif %}", "`and`"),
    ("{% if a || b %}{% endif %}", "`or`"),
    ("{% if !a %}{% endif %}", "`not`"),
    ("{% if a = b %}{% endif %}", "`==`"),
    ("{% if a %}{% else if b %}{% endif %}", "`{% elif b %}`"),
    ("{% if a %}{% elseif b %}{% endif %}", "`{% elif … %}`"),
    ("{% unless a %}{% endunless %}", "`{% if not … %}`"),
    ("{% iff a %}{% endif %}", "did you mean `{% if %}`?"),
    (
        "{% for a in b if c %}{% endfor %}",
        "a loop of Tera has no `if`",
    ),
    ("{% for a of b %}{% endfor %}", "`{% for item in list %}`"),
    ("{% do a %}", "Tera has no `do`"),
    ("{% call f() %}{% endcall %}", "Tera has no `call`"),
    ("{% with a = 1 %}{% endwith %}", "Tera has no `with`"),
    ("{% set a %}x{% endset %}", "Tera has no `{% endset %}`"),
    ("{% set a.b = 1 %}", "`set` takes one plain name"),
    ("{% set a += 1 %}", "write `a = a + 1`"),
    (
        "{% from 'm.html' import f %}",
        "`{% import \"macros.html\" as macros %}`",
    ),
    ("{% import 'm.html' %}", "`{% import 'm.html' as macros %}`"),
    ("{% include name %}", "takes a name in quotes"),
    ("{% include 'a.html' with b %}", "sees all variables"),
    (
        "{% for a in b %}{% block c %}{% endblock %}{% endfor %}",
        "a block stands in no loop",
    ),
    ("{% if a %}", "write `{% endif %}` where it ends"),
    (
        "{% for a in b %}{% if a %}{% endfor %}",
        "write `{% endif %}` before it",
    ),
    ("x{% endif %}", "take it out"),
    ("{{ a", "write `}}` behind it"),
    ("{{ a {% if b %}{% endif %}", "write `}}` behind it"),
    ("{% if a", "write `%}` behind it"),
    ("{# a", "write `#}` behind it"),
    ("{% raw %}{{ a }}", "write `{% endraw %}`"),
];

/// The same for Jinja.
const HINTED_JINJA: &[(&str, &str)] = &[
    ("{{ m::f(a=1) }}", "`file.name(…)`"),
    ("{{ a ?? b }}", "`x | default(y)`"),
    ("{{ a ? b : c }}", "`x if condition else y`"),
    ("{% if a && b %}{% endif %}", "`and`"),
    ("{% if a || b %}{% endif %}", "`or`"),
    ("{% if !a %}{% endif %}", "`not`"),
    ("{% if a %}{% else if b %}{% endif %}", "`{% elif … %}`"),
    ("{% if a %}{% elseif b %}{% endif %}", "`{% elif … %}`"),
    ("{% set_global a = 1 %}", "Jinja has no `set_global`"),
    ("{% unless a %}{% endunless %}", "`{% if not … %}`"),
    ("{% iff a %}{% endif %}", "did you mean `if`?"),
    ("{% for a in b %}{% endfro %}", "did you mean `endfor`?"),
    ("{% for a of b %}{% endfor %}", "`{% for item in list %}`"),
    ("{% else %}", "between `{% if … %}` and `{% endif %}`"),
    ("{% if a %}", "write `{% endif %}` where it ends"),
    ("{% set a %}x", "write `{% endset %}` where it ends"),
    (
        "{% for a in b %}{% if a %}{% endfor %}",
        "write `{% endif %}` before it",
    ),
    ("x{% endif %}", "take it out"),
    ("{{ a", "write `}}` behind it"),
    ("{% if a", "write `%}` behind it"),
    ("{# a", "write `#}` behind it"),
    ("{{ a }", "write `}}` behind it"),
    ("{% if a }{% endif %}", "write `%}` behind it"),
    ("{% raw %}{{ a }}", "write `{% endraw %}`"),
];

#[test]
fn what_an_engine_does_not_understand_has_a_hint() {
    for (engine, cases) in [(TERA, HINTED), (JINJA, HINTED_JINJA)] {
        for (text, hint) in cases {
            let theme = theme(Some(engine), &[("x.html", text)]);
            let problems = load(&theme).err().unwrap();
            assert_eq!(problems.len(), 1, "{text}: {problems:?}");
            let said = problems[0].hint.as_deref().unwrap_or_default();
            assert!(said.contains(hint), "{engine}: {text}: {problems:?}");
        }
    }
}

/// What users of the other engine write, and what is said as it fails.
const CALLED_OTHERWISE: &[(&str, &str, &str)] = &[
    (
        TERA,
        "{% if lang is none %}{% endif %}",
        "Tera has no `none`",
    ),
    (TERA, "{{ page | tojson }}", "`json_encode | safe`"),
    (
        TERA,
        "{{ numbers | selectattr(a=1) }}",
        "`filter(attribute=",
    ),
    (JINJA, "{{ page | json_encode }}", "`tojson`"),
    (JINJA, "{{ page | filter(attribute='x') }}", "`selectattr("),
    (
        JINJA,
        "{% if lang is starting_with('e') %}{% endif %}",
        "`is startingwith(",
    ),
    (JINJA, "{{ lang | uper }}", "did you mean `upper`?"),
    (JINJA, "{{ lang | truncat(3) }}", "did you mean `truncate`?"),
    (
        JINJA,
        "{% if lang is defind %}{% endif %}",
        "did you mean `defined`?",
    ),
    (
        JINJA,
        "{{ lang | replace(from='a', to='b') }}",
        "in order, without names",
    ),
];

#[test]
fn what_the_other_engine_calls_otherwise_has_a_hint() {
    for (engine, template, hint) in CALLED_OTHERWISE {
        let error = render(engine, template).expect_err(template);
        let said = error.hint.as_deref().unwrap_or_default();
        assert!(said.contains(hint), "{template}: {error:?}");
    }
}

/// Engines, template, line and column (0: not checked), part of the message, of the hint.
type FailingCase = (
    &'static [&'static str],
    &'static str,
    (usize, usize),
    &'static str,
    &'static str,
);

const FAILING: &[FailingCase] = &[
    (
        BOTH,
        "a\n {{ page.titel }}",
        (2, 5),
        "`page.titel` is undefined",
        "did you mean `page.title`?",
    ),
    (
        BOTH,
        "\n{{ lnag }}",
        (2, 4),
        "`lnag` is undefined",
        "did you mean `lang`?",
    ),
    (
        BOTH,
        "{{ numbers.zzz }}",
        (1, 4),
        "`numbers.zzz` is undefined",
        "`numbers` has `one`, `two`",
    ),
    (
        BOTH,
        "{{ qqq }}",
        (1, 4),
        "`qqq` is undefined",
        "there are `lang`, `numbers`, `page`",
    ),
    (
        BOTH,
        "\n{{ get_urk(path=\"x\") }}",
        (2, 4),
        "there is no function `get_urk`",
        "did you mean `get_url`?",
    ),
    (
        BOTH,
        "\n{{ lang | nope }}",
        (2, 0),
        "there is no filter `nope`",
        "",
    ),
    (
        BOTH,
        "{% if lang is nope %}{% endif %}",
        (1, 0),
        "there is no test `nope`",
        "",
    ),
    (
        TERA_ONLY,
        "{{ lang | uper }}",
        (1, 11),
        "there is no filter `uper`",
        "did you mean `upper`?",
    ),
    (
        TERA_ONLY,
        "{% if lang is defind %}{% endif %}",
        (1, 15),
        "there is no test `defind`",
        "did you mean `defined`?",
    ),
    (
        TERA_ONLY,
        "{% set mine = page %}{{ mine.titel }}",
        (1, 25),
        "`mine.titel` is undefined",
        "if the template sets `mine`, that has no `titel`; otherwise there are",
    ),
    (
        BOTH,
        "{% include \"page.htm\" %}",
        (1, 0),
        "there is no template `page.htm`",
        "there are",
    ),
    (
        BOTH,
        "\n\n{{ get_url(path=\"@/gone.md\") }}",
        (3, 4),
        "`get_url`: there is no `gone.md`",
        "",
    ),
    (
        BOTH,
        "{{ get_url() }}",
        (1, 4),
        "the argument `path` is missing",
        "",
    ),
    (
        BOTH,
        "{{ get_url(path=3) }}",
        (1, 4),
        "`path` has to be text, not a number",
        "",
    ),
    (
        BOTH,
        "{{ get_url(path=\"x\", lang=\"de\") }}",
        (1, 4),
        "there is no language `de`",
        "",
    ),
    (
        BOTH,
        "{{ lang | date }}",
        (1, 0),
        "`date`: `en` is neither a date nor a time",
        "",
    ),
    (
        BOTH,
        "{{ page.date | date(format=\"%Q\") }}",
        (1, 0),
        "look at `%Q`",
        "",
    ),
    (
        BOTH,
        "{{ page.date | date(timezone=\"Mars\") }}",
        (1, 0),
        "no time zone `Mars`",
        "",
    ),
    (
        JINJA_ONLY,
        "{{ get_url(pth=\"x\") }}",
        (1, 4),
        "it takes no `pth`",
        "did you mean `path`?",
    ),
    (
        JINJA_ONLY,
        "{% for x in page.nope %}{% endfor %}",
        (1, 0),
        "`page.nope` is undefined",
        "`page` has",
    ),
    (
        TERA_ONLY,
        "{{ get_env(name=3) }}",
        (1, 4),
        "`name` has to be text, not a number",
        "",
    ),
    (
        TERA_ONLY,
        "{{ throw(message=\"stop\") }}",
        (1, 4),
        "`throw`: stop",
        "",
    ),
];

#[test]
fn a_template_that_fails_says_where_and_what_there_is() {
    for (engines, template, (line, column), message, hint) in FAILING {
        for engine in *engines {
            let error = render(engine, template).expect_err(template);
            let told = format!("{engine} {template}: {error:?}");
            assert_eq!(&*error.file, "themes/t/templates/x.html", "{told}");
            assert_eq!(error.line, *line, "{told}");
            assert!(*column == 0 || error.column == *column, "{told}");
            assert!(error.message.contains(message), "{told}");
            assert!(error.hint.unwrap_or_default().contains(hint), "{told}");
        }
    }
}

#[test]
fn an_error_is_told_of_the_file_in_which_it_is() {
    let include = [
        ("x.html", "\n{% include \"inner.html\" %}"),
        ("inner.html", "a\n{{ page.titel }}"),
    ];
    let parent = [
        (
            "x.html",
            "{% extends \"base.html\" %}{% block b %}{% endblock %}",
        ),
        (
            "base.html",
            "a\n{% block b %}{% endblock %}{{ page.titel }}",
        ),
    ];
    let of_macro = [
        (
            "x.html",
            "{% import \"m.html\" as m %}{{ m::f(page=page) }}",
        ),
        (
            "m.html",
            "{% macro f(page) %}\n{{ page.titel }}{% endmacro %}",
        ),
    ];
    let jinja_macro = [
        ("x.html", "{% import \"m.html\" as m %}{{ m.f(page) }}"),
        (
            "m.html",
            "{% macro f(page) %}\n{{ page.titel }}{% endmacro %}",
        ),
    ];
    type Case<'a> = (&'a str, &'a [(&'a str, &'a str)], &'a str);
    let cases: [Case; 6] = [
        (JINJA, &include, "inner.html"),
        (TERA, &include, "inner.html"),
        (JINJA, &parent, "base.html"),
        (TERA, &parent, "base.html"),
        (JINJA, &jinja_macro, "m.html"),
        (TERA, &of_macro, "m.html"),
    ];
    for (engine, files, file) in cases {
        let error = render_files(engine, files, &context()).unwrap_err();
        assert_eq!(
            &*error.file,
            format!("themes/t/templates/{file}"),
            "{engine}: {error:?}"
        );
        assert_eq!(
            (error.line, error.message.as_str()),
            (2, "`page.titel` is undefined")
        );
    }
}

#[test]
fn functions_answer_the_same_in_both_engines() {
    let root = "https://example.org/news";
    let cases: &[(&str, &str)] = &[
        ("{{ get_url(path=\"a.png\") }}", "/a.png"),
        ("{{ get_url(path=\"/a/b/\") }}", "/a/b"),
        ("{{ get_url(path=\"a\", trailing_slash=true) }}", "/a/"),
        ("{{ get_url(path=\"/\") }}", ""),
        ("{{ get_url(path=\"/\", trailing_slash=true) }}", "/"),
        (
            "{{ get_url(path=\"atom.xml\", trailing_slash=true) }}",
            "/atom.xml",
        ),
        ("{{ get_url(path=\"a\", lang=\"fr\") }}", "/fr/a"),
        ("{{ get_url(path=\"a\", lang=\"en\") }}", "/a"),
        ("{{ get_url(path=\"/\", lang=\"fr\") }}", "/fr/"),
        ("{{ get_url(path=\"\", lang=\"fr\") }}", "/fr"),
        ("{{ get_url(path=\"/fr/a/\", lang=\"fr\") }}", "/fr/a"),
        ("{{ get_url(path=\"/from/\", lang=\"fr\") }}", "/fr/from"),
        ("{{ get_url(path=\"@/a.md#part\") }}", "/a/#part"),
        ("{{ get_url(path=\"@/a.md\", lang=\"fr\") }}", "/fr/a/"),
        ("{{ get_url(path=\"a?b=1&c='2'\") }}", "/a?b=1&c=%272%27"),
        (
            "{{ get_taxonomy_url(kind=\"tags\", name=\"Rust & co\") }}",
            "/tags/rust-co/",
        ),
    ];
    for (template, expected) in cases {
        for engine in BOTH {
            let output = render(engine, template).unwrap_or_else(|e| panic!("{engine}: {e:?}"));
            assert_eq!(output, format!("{root}{expected}"), "{engine}: {template}");
        }
    }
}

#[test]
fn functions_tell_of_the_site() {
    let root = "https://example.org/news";
    let cases: &[(&str, &str)] = &[
        (
            "{% set s = get_section(path=\"b/_index.md\") %}{% for p in s.pages %}{{ p.title }},{% endfor %}",
            "one,two,",
        ),
        (
            "{% set s = get_section(path=\"b/_index.md\", metadata_only=true) %}{{ s.title }}{% if s.pages %}!{% endif %}",
            "B",
        ),
        (
            "{% set p = get_page(path=\"a.md\", lang=\"fr\") %}{{ p.title }}",
            "Aà",
        ),
        (
            "{% set t = get_taxonomy(kind=\"tags\") %}{% for i in t.items %}{{ i.name }}{% endfor %}",
            "rust",
        ),
        (
            "{% set t = get_taxonomy(kind=\"none\", required=false) %}[{{ t }}]",
            "[]",
        ),
        (
            "{{ now() | date(format=\"%F %H:%M %z\") }}",
            "2026-05-01 00:00 +0200",
        ),
        (
            "{{ now(utc=true) | date(format=\"%F %H:%M\") }}",
            "2026-04-30 22:00",
        ),
        ("{{ now(timestamp=true) }}", "1777586400"),
        (
            "{% if false %}{% set s = get_section(path=\"gone/_index.md\") %}{% endif %}ok",
            "ok",
        ),
    ];
    for (template, expected) in cases {
        for engine in BOTH {
            // In a Jinja loop over a map, `items` is a name of the map as anything else.
            let template = match *engine {
                JINJA => template.replace("t.items", "t[\"items\"]"),
                _ => (*template).to_owned(),
            };
            let output = render(engine, &template).unwrap_or_else(|e| panic!("{engine}: {e:?}"));
            assert_eq!(output, *expected, "{engine}: {template}");
        }
    }
    let positional = "{{ get_url('a.png') }} {{ '2026-04-30' | date('%d.%m.') }}";
    assert_eq!(
        render(JINJA, positional).unwrap(),
        format!("{root}/a.png 30.04.")
    );
}

/// What a macro calls with constants is handed to it as an argument that nobody passes.
#[test]
fn macros_of_tera_are_told_of_the_site() {
    let macros = r#"
        {%- macro titles() -%}
            {%- set s = get_section(path="b/_index.md") -%}
            {%- for p in s.pages -%}{{ p.title }},{%- endfor -%}
        {%- endmacro -%}
        {%- macro twice(before) -%}{{ before }}{{ self::titles() }}{{ self::titles() }}{%- endmacro -%}
        {%- macro gone() -%}{%- set s = get_section(path="gone/_index.md") -%}{{ s.title }}{%- endmacro -%}
    "#;
    let base = r#"{% import "m.html" as m %}{% block main %}{% endblock %}"#;
    let cases = [
        (r#"{{ m::titles() }}"#, Some("one,two,")),
        (
            r#"{% for x in ["a", "b"] %}{{ m::twice(before=x) }}{% endfor %}"#,
            Some("aone,two,one,two,bone,two,one,two,"),
        ),
        (r#"{% if false %}{{ m::gone() }}{% endif %}ok"#, Some("ok")),
        (r#"{{ m::gone() }}"#, None),
    ];
    for (body, expected) in cases {
        let page = format!(
            "{{% extends \"base.html\" %}}{{% import \"m.html\" as m %}}{{% block main %}}{body}{{% endblock %}}"
        );
        let templates = [("m.html", macros), ("base.html", base), ("x.html", &page)];
        let engine = load(&theme(Some(TERA), &templates)).unwrap_or_else(|e| panic!("{e:?}"));
        let made = engine.render("x.html", &context(), &asker());
        match expected {
            Some(expected) => assert_eq!(made.unwrap(), expected, "{body}"),
            None => assert!(made.unwrap_err().message.contains("gone/_index.md")),
        }
    }
}

#[test]
fn what_a_template_asked_is_on_record_once() {
    let questions = [
        permalink("a.md"),
        section("b/_index.md", true),
        Question::Page {
            path: "c.md".into(),
        },
    ];
    let calls = [
        "get_url(path=\"@/a.md\")",
        "get_section(path=\"b/_index.md\")",
        "get_page(path=\"c.md\")",
    ];
    for engine in BOTH {
        for (call, question) in calls.iter().zip(&questions) {
            // Nobody answers, so the page fails; but it has asked.
            let template = format!("{{% set x = {call} %}}{{{{ x }}}}{{{{ {call} }}}}");
            let engine = load(&theme(Some(engine), &[("x.html", &template)]));
            let asker = Asker::prepared([]);
            let error = engine
                .unwrap_or_else(|e| panic!("{e:?}"))
                .render("x.html", &context(), &asker)
                .unwrap_err();
            assert!(error.message.contains("nobody can answer"), "{error:?}");
            let asked: Vec<Question> = asker.record().into_iter().map(|l| l.question).collect();
            assert_eq!(asked, std::slice::from_ref(question));
        }
    }
}

#[test]
fn functions_ask_for_the_page_that_is_rendered() {
    let (outer, inner) = (asker(), asker());
    let is = |expected: &Rc<Asker>| asking::asker().is_some_and(|now| Rc::ptr_eq(&now, expected));
    assert!(asking::asker().is_none());
    asking::on_behalf_of(&outer, || {
        assert!(is(&outer));
        asking::on_behalf_of(&inner, || assert!(is(&inner)));
        assert!(is(&outer));
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            asking::on_behalf_of(&inner, || std::panic::resume_unwind(Box::new("a bug")))
        }));
        assert!(panicked.is_err() && is(&outer));
    });
    assert!(asking::asker().is_none());
}

#[test]
fn a_failed_page_is_named_in_the_diagnostic() {
    let mut problems = Diagnostics::default();
    let error = render(JINJA, "a\n {{ page.titel }}").unwrap_err();
    problems.template_error(&Address::page("briefs/a"), 0, &error);
    let problem = &problems.into_vec()[0];
    assert_eq!(problem.code, "template-error");
    assert_eq!(problem.place.at, At::Line(2, 5));
    assert_eq!(
        *problem.message,
        *"`page.titel` is undefined, on the page `/briefs/a/`"
    );
    assert_eq!(problem.hint.as_deref(), Some("did you mean `page.title`?"));
}

#[test]
fn a_page_does_not_see_the_one_before_it() {
    for engine in BOTH {
        let template = "{% if a %}{{ a.x }}{% endif %}{% if b %}{{ b.x }}{% endif %}";
        let engine =
            load(&theme(Some(engine), &[("x.html", template)])).unwrap_or_else(|_| panic!());
        let inner = |text: &str| map([("x", text.into())]);
        let shared = inner("shared");
        let cases = [
            (map([("a", inner("1"))]), "1"),
            (map([("b", inner("2"))]), "2"),
            (map([("a", shared.clone()), ("b", inner("3"))]), "shared3"),
            (map([("a", shared), ("b", inner("4"))]), "shared4"),
            (map([("a", "text".into())]), ""),
            (map([]), ""),
        ];
        for (context, expected) in cases {
            let output = engine.render("x.html", &context, &asker());
            if expected.is_empty() && context.get("a").is_some() {
                assert!(output.is_err(), "text has no `x`");
            } else {
                assert_eq!(output.unwrap(), expected);
            }
        }
    }
}

/// Engine, files, part of the message.
type EndlessCase = (
    &'static str,
    &'static [(&'static str, &'static str)],
    &'static str,
);

const LONG_LOOP: &str = "{% for a in range(end=90000) %}{% for b in range(end=90000) %}abcdefghijklmnopqrstuvwxyz{% endfor %}{% endfor %}";

const ENDLESS: &[EndlessCase] = &[
    (
        JINJA,
        &[(
            "x.html",
            "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
        )],
        "more work than any page needs",
    ),
    (
        JINJA,
        &[("x.html", "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}")],
        "recursion",
    ),
    (JINJA, &[("x.html", "{% include 'x.html' %}")], "recursion"),
    (JINJA, &[("x.html", "{% extends 'x.html' %}")], ""),
    (JINJA, &[("x.html", "{{ 'abcdefgh' * 100000000 }}")], ""),
    (
        JINJA,
        &[("x.html", "{% for a in range(99999) %}{{ big }}{% endfor %}")],
        "larger than 64 MB",
    ),
    (
        JINJA,
        &[(
            "x.html",
            "{% macro f() %}{% for a in [1] %}{% filter upper %}{{ f() }}{% endfilter %}{% endfor %}{% endmacro %}{{ f() }}",
        )],
        "recursion",
    ),
    (
        JINJA,
        &[(
            "x.html",
            "{% for a in [1] %}{% filter upper %}{% include 'x.html' %}{% endfilter %}{% endfor %}",
        )],
        "recursion",
    ),
    (
        TERA,
        &[(
            "x.html",
            "{% macro f() %}{% for a in [1] %}{% if a %}{% filter upper %}{{ self::f() | upper }}{% endfilter %}{% endif %}{% endfor %}{% endmacro %}{{ self::f() }}",
        )],
        "nested too deep",
    ),
    (
        TERA,
        &[(
            "x.html",
            "{% for a in [1] %}{% if a %}{% filter upper %}{% include \"x.html\" %}{% endfilter %}{% endif %}{% endfor %}",
        )],
        "nested too deep",
    ),
    (TERA, &[("x.html", LONG_LOOP)], "larger than 64 MB"),
    (
        TERA,
        &[(
            "x.html",
            "{% macro f() %}{{ self::f() }}{% endmacro %}{{ self::f() }}",
        )],
        "nested too deep",
    ),
    (
        TERA,
        &[("x.html", "{% if true %}{% include \"x.html\" %}{% endif %}")],
        "nested too deep",
    ),
    (
        TERA,
        &[(
            "x.html",
            "{% for a in range(end=100000000000) %}{% endfor %}",
        )],
        "at most 100000",
    ),
    (
        TERA,
        &[(
            "x.html",
            "{% for a in range(end=2, step_by=0) %}{% endfor %}",
        )],
        "no end",
    ),
    (
        TERA,
        &[(
            "x.html",
            "{% set_global s = 'ab' %}{% for a in range(end=100) %}{% set_global s = s ~ s %}{% endfor %}",
        )],
        "line: 1, column: 55, message: \"what one expression makes is larger than 8 MB",
    ),
    (
        TERA,
        &[(
            "x.html",
            "{% set_global s = [1] %}{% for a in range(end=100) %}{% set_global s = s | concat(with=s) %}{% endfor %}",
        )],
        "`concat`: what one expression makes is larger than 128 MB",
    ),
    (
        TERA,
        &[(
            "x.html",
            "{% set_global s = [1] %}{% for a in range(end=100) %}{% set_global s = [s, s] %}{% endfor %}",
        )],
        "the expressions of this page make more than 512 MB of data",
    ),
    (
        TERA,
        &[(
            "x.html",
            "{% set_global s = 'aaaaaaaaaa' %}{% for a in range(end=100) %}{% set_global s = s | replace(from='a', to=s) %}{% endfor %}",
        )],
        "`replace`: what one expression makes is larger than 8 MB",
    ),
    (
        TERA,
        &[(
            "x.html",
            "{% set s = big ~ big ~ big ~ big ~ big ~ big ~ big ~ big %}{% filter upper %}{% for a in range(end=100000) %}{{ s | safe }}{% endfor %}{% endfilter %}",
        )],
        "prints more than 128 MB",
    ),
    (
        TERA,
        &[(
            "x.html",
            "{% macro f(x) %}{{ self::f(x=x ~ x) }}{% endmacro %}{{ self::f(x=big) }}",
        )],
        "larger than 8 MB",
    ),
    (
        TERA,
        &[(
            "x.html",
            "{% set_global s = big %}{% for a in range(end=12) %}{% set_global s = s ~ s %}{% endfor %}{{ s | split(pat='') | length }}",
        )],
        "`split`: what one expression makes",
    ),
    (
        TERA,
        &[(
            "x.html",
            "{% set_global s = '$0' %}{% for a in range(end=15) %}{% set_global s = s ~ s %}{% endfor %}{{ big | regex_replace(pattern='.*', rep=s) }}",
        )],
        "`regex_replace`: what it would make is larger than 8 MB",
    ),
    (
        TERA,
        &[("x.html", "{{ big is matching('((\\w{100}){100}){100}') }}")],
        "",
    ),
    (
        TERA,
        &[(
            "x.html",
            "{% macro f() %}{% if true and true and true and true and true and self::f() %}{% if true %}{% if true %}{% if true %}{{ self::f() }}{% endif %}{% endif %}{% endif %}{% endif %}{% endmacro %}{{ self::f() }}",
        )],
        "nested too deep",
    ),
    (
        JINJA,
        &[(
            "x.html",
            "{% set n = namespace(s=[1]) %}{% for a in range(60) %}{% set n.s = [n.s, n.s] %}{% endfor %}{{ n.s }}",
        )],
        "more than 1000000 items",
    ),
    (
        JINJA,
        &[(
            "x.html",
            "{% set n = namespace(s=[1]) %}{% for a in range(60) %}{% set n.s = [n.s, n.s] %}{% endfor %}{{ n.s|slugify }}",
        )],
        "more than 1000000 items",
    ),
    (
        JINJA,
        &[(
            "x.html",
            "{% set n = namespace(s='ab') %}{% for a in range(100) %}{% set n.s = n.s ~ n.s %}{% endfor %}",
        )],
        "more work than any page needs",
    ),
    (
        JINJA,
        &[(
            "x.html",
            "{% set x %}{% for i in range(99999) %}{{ big }}{{ big }}{{ big }}{% endfor %}{% endset %}",
        )],
        "more work than any page needs",
    ),
    (TERA, &[("x.html", "{{ 1.7e308 + 1.7e308 }}")], ""),
    (
        TERA,
        &[(
            "x.html",
            "{% set_global s = [] %}{% for a in range(end=90000) %}{% set_global s = [s] %}{% endfor %}",
        )],
        "nests deeper than 200 levels",
    ),
    (
        TERA,
        &[(
            "x.html",
            "{% set_global s = [] %}{% for a in range(end=90000) %}{% set_global s = [] | concat(with=[s]) %}{% endfor %}",
        )],
        "nests deeper than 200 levels",
    ),
];

/// Templates of Jinja, each with where it fails and part of the message. `LOOP` is a long loop in which
/// `n.s` can be set.
const LARGER_AND_LARGER: &[(&str, (usize, usize), &str)] = &[
    (
        "LOOP{% set n.s = [n.s] %}{% endfor %}",
        (2, 14),
        "50 levels",
    ),
    (
        "LOOP{% set n.s = n.s, 1 %}{% endfor %}",
        (2, 14),
        "50 levels",
    ),
    (
        "LOOP{% set n.s = {'a': n.s} %}{% endfor %}",
        (2, 14),
        "50 levels",
    ),
    (
        "LOOP{% set n.s = dict(a=n.s) %}{% endfor %}",
        (2, 14),
        "50 levels",
    ),
    (
        "LOOP{% set n.s, n.t = [n.s], 1 %}{% endfor %}",
        (2, 19),
        "50 levels",
    ),
    (
        "LOOP{%- set n.s=([n.s] if true else\n 1) -%}{% endfor %}",
        (2, 14),
        "50 levels",
    ),
    (
        "LOOP{% set n.s = [n.s] | batch(1) | list %}{% endfor %}",
        (2, 14),
        "50 levels",
    ),
    (
        "LOOP{% set n.s = [[]] | map('default', n.s, true) %}{% endfor %}",
        (2, 14),
        "50 levels",
    ),
    (
        "LOOP{% set n.s | default([n.s]) | chain([n.s]) %}{% endset %}{% endfor %}",
        (2, 22),
        "50 levels",
    ),
    (
        "LOOP{% set n.s = n %}{% endfor %}",
        (2, 14),
        "a namespace and a `loop`",
    ),
    (
        "LOOP{% set n.s = [n] %}{% endfor %}",
        (2, 14),
        "a namespace and a `loop`",
    ),
    (
        "LOOP{% set n.s = namespace(s=n) %}{% endfor %}",
        (2, 14),
        "a namespace and a `loop`",
    ),
    (
        "LOOP{% set n.s = loop %}{% endfor %}",
        (2, 14),
        "a namespace and a `loop`",
    ),
    (
        "LOOP{% set n.s = n.s + n.s + [1] %}{% endfor %}",
        (2, 14),
        "more than 1000000 items",
    ),
    (
        "LOOP{% set n.s = (n.s or [1]) * 9 %}{% endfor %}",
        (2, 14),
        "more than 1000000 items",
    ),
    (
        "LOOP{% set n.s = (n.s or [1]) | zip(n.s or [2]) | list %}{% endfor %}",
        (2, 15),
        "levels",
    ),
    (
        "{% macro m(x) %}{{ m([x, x]) }}{% endmacro %}{{ m([1]) }}",
        (1, 22),
        "1000000 items",
    ),
    (
        "{% for x in [1] recursive %}{{ loop([[x, x]]) }}{% endfor %}",
        (1, 37),
        "1000000 items",
    ),
    (
        "{{ [[[1] * 9999] * 9999] * 9999 == [[[1] * 9999] * 9999] * 9999 }}",
        (1, 5),
        "1000000 items",
    ),
    ("{{ [[1] * 9999] * 9999 ~ 'x' }}", (1, 4), "1000000 items"),
    (
        "{{ ([[1]] * 99999) | sum(start=[]) | length }}",
        (1, 22),
        "more work than any page",
    ),
    (
        "{{ [1] | tojson(indent=1000000000) }}",
        (1, 10),
        "`indent` is at most 8",
    ),
    (
        "{% set a = [1] * 9999 %}{{ debug() }}",
        (1, 28),
        "`debug` takes the values",
    ),
    (
        "{% block a %}{{ self.a() }}{% endblock %}",
        (1, 17),
        "does one call itself?",
    ),
];

/// What makes a value of others is looked at, so that nothing grows over the head of who looks into it,
/// drops it or prints it.
#[test]
fn no_value_of_a_template_grows_for_ever() {
    const LOOP: &str = "{% set n = namespace(s=[]) %}{% for a in range(90000) %}\n";
    LARGER_AND_LARGER
        .par_iter()
        .for_each(|(template, place, message)| {
            let text = template.replace("LOOP", LOOP);
            let rendered = std::thread::Builder::new()
                .stack_size(2 << 20)
                .spawn(move || render(JINJA, &text));
            let error = rendered.unwrap().join().unwrap().expect_err(template);
            assert!(error.message.contains(message), "{template}: {error:?}");
            assert_eq!((error.line, error.column), *place, "{template}: {error:?}");
        });
}

/// No argument that is right is warned of, and each template can be guarded, also those of the
/// built-in theme where a site has a copy of it.
#[test]
fn themes_that_work_are_left_in_peace() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/themes");
    let is_page = |entry: std::fs::DirEntry| entry.path().extension() == Some("html".as_ref());
    let has_pages = |folder: &Path| {
        folder
            .read_dir()
            .unwrap()
            .any(|entry| is_page(entry.unwrap()))
    };
    let folders = walkdir::WalkDir::new(&root).into_iter();
    let folders = folders.map(|entry| entry.unwrap().into_path());
    let templates = folders.filter(|path| path.is_dir() && path.ends_with("templates"));
    let mut names = vec!["../../themes/dateline".to_owned()];
    for templates in templates.filter(|folder| has_pages(folder)) {
        let theme = templates.parent().unwrap();
        if theme.join("themes").is_dir() {
            // They extend those of the theme.
            continue;
        }
        let theme = theme.strip_prefix(&root).unwrap();
        names.push(theme.to_str().unwrap().to_owned());
    }
    assert!(names.len() > 4, "{names:?}");
    for name in names {
        let mut source = theme_on_disk(&name, None);
        source.name = name.rsplit('/').next().unwrap().into();
        let engine = load(&source);
        let engine = engine.unwrap_or_else(|problems| panic!("{name}: {problems:?}"));
        assert_eq!(engine.warnings(), [], "{name}");
    }
}

/// Looking at values changes none.
#[test]
fn values_that_are_looked_at_stay_as_they_are() {
    let cases = [
        ("{% set x = 1, 2 %}{{ x[1] }}{{ x is sequence }}", "2true"),
        (
            "{% set x = (1, 2) %}{{ x }}{% set y, z = x %}{{ z }}",
            "(1, 2)2",
        ),
        (
            "{% set a = [3] + [1] %}{{ a }}{{ a | sort | first }}",
            "[3, 1]1",
        ),
        (
            "{% set a = [[1] + [2] + [3], [4][0]] %}{{ a }}",
            "[[1, 2, 3], 4]",
        ),
        ("{{ [1, 2, 3][1:] | length }}{{ ('ab' * 2)[1:] }}", "2bab"),
        (
            "{% set n = namespace(a=[]) %}{% for i in range(3) %}{% set n.a = n.a + [i * 2] %}{% endfor %}{{ n.a }}",
            "[0, 2, 4]",
        ),
        (
            "{% set n = namespace(a=1) %}{% set n.a = (n.a + 1) * 2 if n.a else 0 %}{{ n.a }}",
            "4",
        ),
        (
            "{% set n = namespace() %}{% set n.a %}<b>{% endset %}{{ n.a }}",
            "<b>",
        ),
        (
            "{% set x = {'a': {'b': [1]}} %}{{ x.a.b[0] }}{{ {'k': x}.k.a.b | first }}",
            "11",
        ),
        (
            "{% block a %}<i>{% endblock %}{{ self.a() }}{% set x = self.a() %}{{ x }}",
            "<i><i><i>",
        ),
        (
            "{% macro m(x) %}{{ x }}{% endmacro %}{{ m([1, 2] | reverse) }}",
            "[2, 1]",
        ),
        (
            "{% for a, b in {'x': 1} | items %}{{ a }}{{ b }}{% endfor %}",
            "x1",
        ),
        (
            "{% for x in ['a', ['b', ['c']]] recursive %}{% if x is string %}{{ x }}{% else %}{{ loop(x) }}{% endif %}{% endfor %}",
            "abc",
        ),
        (
            "{% with a = [1] + [2], b = 'x' %}{{ a | join(b) }}{% endwith %}",
            "1x2",
        ),
        (
            "{% if 2 in [1] + [2] and 1 is in [1, 2] and [1] + [2] == [1, 2] %}y{% endif %}",
            "y",
        ),
        (
            "{{ [1, 2] | sum }}{{ [[1], [2]] | sum(start=[]) }}{{ [1] | tojson(2) | length }}",
            "3[1, 2]7",
        ),
    ];
    for (template, expected) in cases {
        let output = render(JINJA, template);
        assert_eq!(output.as_deref(), Ok(expected), "{template}");
    }
}

/// What reads an expression, and what follows parents, calls itself.
#[test]
fn no_template_is_too_deep_to_be_read() {
    let extending = |number: usize| match number {
        0 => "{% block b %}{% endblock %}".to_owned(),
        n => format!(
            "{{% extends \"{}.html\" %}}{{% block b %}}{{{{ super() }}}}{{% endblock %}}",
            n - 1
        ),
    };
    let chain: Vec<(String, String)> = (0..2000)
        .map(|number| (format!("{number}.html"), extending(number)))
        .collect();
    let one = |text: String| vec![("x.html".to_owned(), text)];
    let cases = [
        (
            one(format!("{{{{ {}1 }}}}", "1 + ".repeat(20_000))),
            "more than 200 operators",
        ),
        (
            one(format!("{{{{ {}'x' }}}}", "'x' ~ ".repeat(20_000))),
            "more than 200 operators",
        ),
        (
            one(format!(
                "{{% if {}1 %}}{{% endif %}}",
                "1 and ".repeat(20_000)
            )),
            "more than 200 operators",
        ),
        (
            one(format!("{{{{ 1{} }}}}", "|abs".repeat(20_000))),
            "more than 200 operators",
        ),
        (
            one(format!(
                "{{{{ {}1{} }}}}",
                "(".repeat(20_000),
                ")".repeat(20_000)
            )),
            "limit",
        ),
        (
            one("{% if true %}".repeat(20_000) + &"{% endif %}".repeat(20_000)),
            "limit",
        ),
        (chain, "more than 16 templates extend each other"),
    ];
    for engine in BOTH {
        for (files, message) in &cases {
            let files = files.iter().map(|(name, text)| (&**name, &**text));
            let files: Vec<(&str, &str)> = files.collect();
            let problems = load(&theme(Some(engine), &files)).expect_err(message);
            let problem = &problems[0];
            assert!(problem.message.contains(message), "{engine}: {problem:?}");
        }
    }
}

/// A text of 4 MB and a list of 14 MB that templates own, and what follows.
fn with_large(rest: &str) -> String {
    format!(
        "{{% import 'm.html' as m %}}{{% set_global s = 'ab' %}}{{% for i in range(end=21) %}}{{% set_global s = s ~ s %}}{{% endfor %}}{{% set_global l = range(end=100000) %}}{{% set_global l = l | concat(with=l) %}}{rest}"
    )
}

/// What holds no more at once than a page may, though it copies much more.
#[test]
fn what_is_copied_and_gone_does_not_count() {
    let m = "{% macro often(l, n) %}{% for i in [1, 2] %}{% if n > 0 %}{{ self::often(l=l, n=n-1) }}{% endif %}{% set a = l %}{% endfor %}x{% endmacro often %}";
    let cases = [
        ("{% for i in range(end=150) %}{% set b = s %}{% endfor %}", 0),
        (
            "{% for i in range(end=150) %}{% set_global b = s %}{% endfor %}",
            0,
        ),
        // Twice at each of seven levels, from within a loop.
        ("{{ m::often(l=l, n=6) }}", 127),
        (&"{% for x in l | slice(end=9) %}{% for y in l | slice(end=9) %}{% for z in [1] %}{% endfor %}{% endfor %}{% endfor %}{% for x in l %}{% break %}{% endfor %}".repeat(80), 0),
        ("{% set gone = not s %}{% for x in s | default(value='') | truncate(length=1, end='') %}{% endfor %}", 0),
    ];
    for (text, count) in cases {
        let text = with_large(text) + "x";
        let files = [("x.html", &*text), ("m.html", m)];
        let output = render_files(TERA, &files, &map([]));
        assert_eq!(output.as_deref(), Ok(&*"x".repeat(count + 1)), "{text}");
    }
}

/// Tera copies what templates own wherever it gets another name.
#[test]
fn copies_that_are_held_at_once_are_limited() {
    let m = "{% macro deep(l, n) %}{% if n > 0 %}{{ self::deep(l=l, n=n-1) }}{% endif %}x{% endmacro deep %}\
             {% macro deeper(l, n) %}{% for a in l %}{% if n > 0 %}{{ self::deeper(l=l, n=n-1) }}{% endif %}{% endfor %}x{% endmacro deeper %}";
    let branch = |i| format!("{{% if i == {i} %}}{{% set_global b{i} = s %}}{{% endif %}}");
    let branches: String = (0..150).map(branch).collect();
    let hidden = |i| format!("{{% for b{i} in [1] %}}{{% set_global b{i} = s %}}{{% endfor %}}");
    let names: Vec<String> = (0..60).map(|i| format!("a{i}")).collect();
    let passed: Vec<String> = names.iter().map(|name| format!("{name}=s")).collect();
    let cases = [
        (0..150).map(|i| format!("{{% set b{i} = s %}}")).collect(),
        format!("{{% for i in range(end=150) %}}{branches}{{% endfor %}}"),
        (0..150).map(hidden).collect(),
        "{{ m::deep(l=l, n=90) }}".to_owned(),
        "{{ m::deeper(l=l, n=50) }}".to_owned(),
        "{% for x in l %}".repeat(90) + &"{% endfor %}".repeat(90),
    ];
    for text in cases {
        let text = with_large(&text);
        let files = [("x.html", &*text), ("m.html", m)];
        let error = render_files(TERA, &files, &map([])).unwrap_err();
        let is_it = error.message.contains("copies of more than 512 MB");
        assert!(is_it, "{text}: {error:?}");
    }
    let many = format!(
        "{{% macro many({}) %}}x{{% endmacro many %}}",
        names.join(", ")
    );
    let calls = format!("{{{{ m::many({}) }}}}", passed.join(", ")).repeat(3);
    let files = [("x.html", &*with_large(&calls)), ("m.html", &*many)];
    let error = render_files(TERA, &files, &map([])).unwrap_err();
    assert!(
        error.message.contains("more than 512 MB of data"),
        "{error:?}"
    );
}

/// What stands in the arguments of calls takes stack as well, and time to be read.
#[test]
fn calls_in_arguments_have_limits() {
    let recursive = [
        "{% macro f(n) %}{{ 'a' ~ get_url(path=self::f(n=n)) }}{% endmacro f %}",
        "{% macro f(n) %}{% filter replace(from='a', to='x' ~ get_url(path='y' ~ get_url(path=self::f(n=n)))) %}a{% endfilter %}{% endmacro f %}",
    ];
    for m in recursive {
        let rendered = std::thread::Builder::new()
            .stack_size(2 << 20)
            .spawn(move || {
                let text = "{% import 'm.html' as m %}{{ m::f(n=1) }}";
                render_files(TERA, &[("x.html", text), ("m.html", m)], &map([]))
            });
        let error = rendered.unwrap().join().unwrap().unwrap_err();
        assert!(error.message.contains("nested too deep"), "{error:?}");
    }
    let nested = |count: usize| {
        let text = format!("{{{{ {}1{} }}}}", "f(n=".repeat(count), ")".repeat(count));
        load(&theme(Some(TERA), &[("x.html", &text)])).map(|_| ())
    };
    assert_eq!(nested(5), Ok(()));
    let problems = nested(6).unwrap_err();
    assert!(
        problems[0].message.contains("more than 5 calls"),
        "{problems:?}"
    );
    for honest in [
        "{% if (((((((1 == 1) and (2 == 2))))))) %}{% endif %}",
        "{{ a | f(x=a | f(x=a | f(x=a | f(x=a | f(x=a | f(x=1)))))) }}",
        "{{ '((((((((' ~ f(x='f(f(f(f(f(f(') }}{{ f(x=1) ~ f(x=2) ~ f(x=3) ~ f(x=4) ~ f(x=5) ~ f(x=6) }}",
    ] {
        let loaded = load(&theme(Some(TERA), &[("x.html", honest)]));
        assert!(loaded.is_ok(), "{honest}: {:?}", loaded.err());
    }
}

/// A block that calls its parent's twice comes back to itself in Tera.
#[test]
fn a_block_that_calls_its_parents_twice_ends() {
    let extending = |parent| {
        format!(
            "{{% extends \"{parent}.html\" %}}{{% block b %}}{{{{ super() }}}}{{{{ super() }}}}{{% endblock %}}"
        )
    };
    let (x, a) = (extending("a"), extending("b"));
    let rendered = std::thread::Builder::new()
        .stack_size(2 << 20)
        .spawn(move || {
            let base = "{% block b %}b{% endblock %}";
            let files = [("x.html", &*x), ("a.html", &*a), ("b.html", base)];
            render_files(TERA, &files, &map([]))
        });
    let error = rendered.unwrap().join().unwrap().unwrap_err();
    assert!(error.message.contains("nested too deep"), "{error:?}");
}

/// The longest that is read is rendered, also on the stack of a thread and within what nests.
#[test]
fn the_longest_expression_is_rendered() {
    let sum = format!("{}1", "1 + ".repeat(199));
    for engine in BOTH {
        let text = format!(
            "{{% for a in [1] %}}{{% if {sum} %}}{{{{ {sum} }}}}{{% endif %}}{{% endfor %}}"
        );
        let rendered = std::thread::Builder::new()
            .stack_size(2 << 20)
            .spawn(move || render(engine, &text).unwrap());
        assert_eq!(rendered.unwrap().join().unwrap(), "200", "{engine}");
    }
}

#[test]
fn no_template_hangs_or_ends_a_build() {
    ENDLESS.par_iter().for_each(|(engine, files, message)| {
        // Threads of rayon have stacks of 2 MB.
        let (engine, files) = (engine.to_string(), files.to_vec());
        let error = std::thread::Builder::new()
            .stack_size(2 << 20)
            .spawn(move || {
                let loaded = match load(&theme(Some(&engine), &files)) {
                    Ok(engine) => engine,
                    Err(problems) => return format!("{problems:?}"),
                };
                let context = map([("big", "abcdefgh".repeat(200).into())]);
                match loaded.render("x.html", &context, &asker()) {
                    Ok(output) => panic!("{files:?} gave {} bytes", output.len()),
                    Err(error) => format!("{error:?}"),
                }
            })
            .unwrap()
            .join()
            .unwrap();
        assert!(error.contains(message), "{error}");
        assert!(error.contains("x.html"), "{error}");
    });
}

#[test]
fn the_language_is_told_from_the_templates() {
    // Engine stated, templates, and the engine or the code of the refusal.
    type Case<'a> = (Option<&'a str>, &'a [(&'a str, &'a str)], &'a str);
    let tera1 = ("a.html", "{% import \"m.html\" as m %}{{ m::f(x=1) }}");
    let tera2 = ("b.html", "{% component card(page) %}{% endcomponent %}");
    let cases: &[Case] = &[
        (None, &[("x.html", "{{ a }}")], TERA),
        (Some("minijinja"), &[("x.html", "{{ a }}")], JINJA),
        (Some("tera1"), &[("x.html", "{{ a }}")], TERA),
        (Some("liquid"), &[("x.html", "{{ a }}")], "unknown-engine"),
        (Some("tera2"), &[("x.html", "{{ a }}")], "tera2-template"),
        (None, &[tera2], "tera2-template"),
        (
            None,
            &[("x.html", "{{ <card page={page} /> }}")],
            "tera2-template",
        ),
        (
            None,
            &[("x.html", "{% <card> %}x{% </card> %}")],
            "tera2-template",
        ),
        (None, &[("x.html", "{# {{ <card /> }} #}")], TERA),
        (
            None,
            &[("x.html", "{% raw %}{{ <card /> }}{% endraw %}")],
            TERA,
        ),
        (
            None,
            &[("x.html", "{% if a <b %}{% endif %}{{ \"{{ <x\" }}")],
            TERA,
        ),
        (None, &[tera1, tera2], "mixed-template-languages"),
        (
            None,
            &[("x.html", "{% from \"m.html\" import f %}"), ("m.html", "")],
            JINJA,
        ),
        (None, &[("x.html", "{% set n = namespace(a=1) %}")], JINJA),
        (None, &[("x.html", "{% macro f() %}{% endmacro %}")], TERA),
    ];
    for (stated, files, expected) in cases {
        let mut problems = Diagnostics::default();
        let kind = detect::engine_of(&theme(*stated, files), &mut problems);
        let found = match kind {
            Some(detect::Kind::MiniJinja) => JINJA.to_owned(),
            Some(detect::Kind::Tera1) => TERA.to_owned(),
            None => problems.into_vec()[0].code.to_owned(),
        };
        assert_eq!(found, *expected, "{stated:?} {files:?}");
    }
}

#[test]
fn the_engine_of_the_built_in_theme_and_of_a_sites_own_templates_is_the_themes() {
    let kind_of = |theme: &ThemeSource| detect::engine_of(theme, &mut Diagnostics::default());
    let mut embedded = theme(None, &[("x.html", "{{ a }}")]);
    embedded.templates[0].file = "dateline:templates/x.html".into();
    assert_eq!(kind_of(&embedded), Some(detect::Kind::MiniJinja));

    let mut mixed = theme(
        None,
        &[
            ("x.html", "{{ a }}"),
            ("y.html", "{% component a() %}{% endcomponent %}"),
        ],
    );
    assert_eq!(kind_of(&mixed), None);
    mixed.templates[1].from_theme = false;
    assert_eq!(kind_of(&mixed), Some(detect::Kind::Tera1));
    mixed.templates.remove(0);
    assert_eq!(kind_of(&mixed), None);
}

#[test]
fn a_sites_own_templates_lie_over_the_themes() {
    for engine in BOTH {
        let mut theme = theme(
            Some(engine),
            &[
                ("base.html", "theme({% block b %}{% endblock %})"),
                (
                    "page.html",
                    "{% extends \"base.html\" %}{% block b %}page{% endblock %}",
                ),
                ("x.html", "{% extends \"page.html\" %}"),
            ],
        );
        for (name, text) in [
            ("base.html", "site({% block b %}{% endblock %})"),
            (
                "page.html",
                "{% extends \"t/templates/page.html\" %}{% block b %}my {{ super() }}{% endblock %}",
            ),
        ] {
            theme.templates.push(TemplateSource {
                name: name.into(),
                file: format!("templates/{name}").into(),
                text: text.into(),
                from_theme: false,
            });
        }
        // In whatever order they come.
        for _ in 0..2 {
            theme.templates.reverse();
            let loaded = load(&theme).unwrap_or_else(|e| panic!("{e:?}"));
            let output = loaded.render("x.html", &context(), &asker()).unwrap();
            assert_eq!(output, "site(my page)", "{engine}");
        }
    }
}

#[test]
fn a_template_of_the_theme_is_checked_even_if_the_site_overrides_it() {
    // Jinja looks for parents when it renders.
    let cases = [
        (JINJA, "{{ page. }}"),
        (TERA, "{{ page. }}"),
        (TERA, "{% extends \"gone.html\" %}"),
    ];
    for (engine, text) in cases {
        let mut theme = theme(Some(engine), &[("x.html", text), ("y.html", text)]);
        theme.templates.push(TemplateSource {
            name: "x.html".into(),
            file: "templates/x.html".into(),
            text: "{% extends \"t/templates/x.html\" %}".into(),
            from_theme: false,
        });
        let problems = load(&theme).err().unwrap();
        let files: Vec<_> = problems.iter().map(|p| p.place.file.to_string()).collect();
        assert_eq!(
            files,
            ["themes/t/templates/x.html", "themes/t/templates/y.html"],
            "{engine} {text}"
        );
    }
}

#[test]
fn dates_are_formatted_as_zola_does() {
    let ours = |value: &Value, args: &[(&str, &str)]| {
        let context = map([("d", value.clone())]);
        let args: Vec<_> = args.iter().map(|(k, v)| format!("{k}=\"{v}\"")).collect();
        let template = format!("{{{{ d | date({}) }}}}", args.join(", "));
        render_files(JINJA, &[("x.html", &template)], &context)
    };
    let day = Value::from("2026-04-30");
    assert_eq!(
        ours(&day, &[("format", "%-d. %B %Y, %G-W%V")]).unwrap(),
        "30. April 2026, 2026-W18"
    );
    assert_eq!(ours(&day, &[("locale", "en_US")]).unwrap(), "2026-04-30");
    let in_french = [("locale", "fr_FR"), ("format", "%A %-d %B")];
    assert_eq!(ours(&day, &in_french).unwrap(), "jeudi 30 avril");
    let error = ours(&day, &[("locale", "fr")]).unwrap_err().hint.unwrap();
    assert!(error.contains("did you mean `fr_FR`?"), "{error}");
    assert_eq!(
        ours(&"2026-04-30T20:05:09.25+02:00".into(), &[("format", "%+")]).unwrap(),
        "2026-04-30T20:05:09.250+02:00"
    );
    assert_eq!(
        ours(
            &"2026-01-31T23:30:00Z".into(),
            &[("timezone", "Europe/Berlin"), ("format", "%F %R %Z %:z")]
        )
        .unwrap(),
        "2026-02-01 00:30 CET +01:00"
    );
}

/// Every item of a format that chrono knows, which Tera's own filter uses.
const ITEMS: &[&str] = &[
    "%Y", "%C", "%y", "%m", "%b", "%B", "%h", "%d", "%e", "%a", "%A", "%w", "%u", "%U", "%W", "%G",
    "%g", "%V", "%j", "%D", "%x", "%F", "%v", "%H", "%k", "%I", "%l", "%P", "%p", "%M", "%S", "%f",
    "%.f", "%.3f", "%.6f", "%.9f", "%3f", "%6f", "%9f", "%R", "%T", "%X", "%r", "%Z", "%z", "%:z",
    "%::z", "%:::z", "%c", "%+", "%s", "%t", "%n", "%%", "%-d", "%-m", "%_m", "%0e", "%-H", "%-I",
    "%_j", "%-y", "%q", "ü", " ",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn dates_agree_with_chrono(
        seconds in -2_000_000_000i64..4_000_000_000,
        nanoseconds in prop_oneof![Just(0), Just(250_000_000u32), Just(1_500), 0..1_000_000_000u32],
        quarters in -48i32..=56,
        items in prop::collection::vec(prop::sample::select(ITEMS), 1..6),
        zone in prop::option::of(prop::sample::select(&["Europe/Berlin", "America/New_York", "UTC"][..])),
    ) {
        let format = items.concat();
        let offset = jiff::tz::Offset::from_seconds(quarters * 900).unwrap();
        let instant = jiff::Timestamp::new(seconds, i32::try_from(nanoseconds).unwrap());
        let text = instant.unwrap().display_with_offset(offset).to_string();
        let mut tera = tera::Tera::default();
        let zone = zone.map_or(String::new(), |zone| format!(", timezone='{zone}'"));
        let template = format!("{{{{ d | date(format='{format}'{zone}) }}}}");
        tera.add_raw_template("x", &template).unwrap();
        let mut context = tera::Context::new();
        context.insert("d", &text);
        let theirs = tera.render("x", &context).unwrap();
        let file = ("x.txt", template.as_str());
        let engine = load(&theme(Some(TERA), &[file])).unwrap_or_else(|_| panic!());
        let ours = engine.render("x.txt", &map([("d", text.as_str().into())]), &asker()).unwrap();
        prop_assert_eq!(ours, theirs, "{} of {}", template, text);
    }
}

/// A theme of `tests/themes/`, as the shell would read it.
fn theme_on_disk(name: &str, engine: Option<&str>) -> ThemeSource {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/themes")
        .join(name);
    let mut templates = Vec::new();
    for entry in walkdir::WalkDir::new(root.join("templates")).sort_by_file_name() {
        let entry = entry.unwrap();
        if entry.file_type().is_file() {
            let path = entry.path().strip_prefix(root.join("templates")).unwrap();
            let path = path.to_str().unwrap().replace('\\', "/");
            templates.push(TemplateSource {
                file: format!("themes/{name}/templates/{path}").into(),
                name: path.into(),
                text: std::fs::read_to_string(entry.path()).unwrap().into(),
                from_theme: true,
            });
        }
    }
    ThemeSource {
        name: name.into(),
        engine: engine.map(Into::into),
        templates,
        extra: Value::None,
        extends_built_in: false,
    }
}

/// A page as themes expect it.
fn theme_page() -> Value {
    map([
        ("title", "A & B".into()),
        ("permalink", "https://example.org/news/a/".into()),
        ("date", "2026-04-30T20:05:09+02:00".into()),
        ("description", Value::None),
        ("content", Value::html("<p>x</p>")),
        (
            "taxonomies",
            map([("tags", Value::list(["Rust & co".into()]))]),
        ),
        ("lower", Value::None),
        (
            "others",
            Value::list([map([
                ("title", "Other".into()),
                ("permalink", "https://example.org/news/o/".into()),
                ("date", "2026-04-29".into()),
            ])]),
        ),
    ])
}

/// A context as themes expect it, with a page or a section.
fn theme_context(key: &'static str, value: Value) -> Value {
    let config = map([
        ("title", "News".into()),
        ("extra", map([("accent", "teal".into())])),
    ]);
    map([("config", config), ("lang", "en".into()), (key, value)])
}

#[test]
fn small_themes_render() {
    let home = map([
        ("title", "Home".into()),
        ("permalink", "https://example.org/news/".into()),
        ("subsections", Value::list(["b/_index.md".into()])),
    ]);
    let blog = map([
        ("title", "B".into()),
        ("permalink", "https://example.org/news/b/".into()),
    ]);
    let mut answers = asker().record();
    answers.retain(|lookup| lookup.question != section("b/_index.md", false));
    for (path, value) in [("_index.md", home), ("b/_index.md", blog)] {
        answers.push(Lookup {
            question: section(path, false),
            answer: Ok(value),
        });
    }
    let tera = load(&theme_on_disk("tera1-small", None)).unwrap_or_else(|e| panic!("{e:?}"));
    let asker = Asker::prepared(answers);
    let output = tera
        .render("page.html", &theme_context("page", theme_page()), &asker)
        .unwrap();
    for part in [
        "<title>A &amp; B · News</title>",
        "href=\"https://example.org/news/style.css\"",
        "<body class=\"teal\">",
        "<a href=\"https://example.org/news/\">Home</a>\n  <a href=\"https://example.org/news/b/\">B</a>",
        "<time datetime=\"2026-04-30T20:05:09+02:00\">30 April 2026</time>",
        "<a rel=\"tag\" href=\"https://example.org/news/tags/rust-co/\">Rust &amp; co</a>",
        "<p>x</p>",
        "<footer>2026</footer>",
    ] {
        assert!(output.contains(part), "no {part} in {output}");
    }
    let list = map([
        ("title", "B".into()),
        ("content", "".into()),
        ("pages", Value::list([theme_page()])),
    ]);
    let output = tera
        .render("section.html", &theme_context("section", list), &asker)
        .unwrap();
    let card =
        "<li><a href=\"https://example.org/news/a/\">A &amp; B</a> <time>2026-04-30</time></li>";
    assert!(output.contains(card), "{output}");

    let jinja =
        load(&theme_on_disk("jinja-small", Some(JINJA))).unwrap_or_else(|e| panic!("{e:?}"));
    let output = jinja
        .render("page.html", &theme_context("page", theme_page()), &asker)
        .unwrap();
    let expected = "<!doctype html>\n<title>A &amp; B</title>\n\
        <link rel=\"stylesheet\" href=\"https://example.org/news/style.css\">\n\
        <h1>A &amp; B</h1>\n<p>x</p>\n\
        \x20 <a href=\"https://example.org/news/o/\">Other</a> <time>2026-04-29</time>\n\n";
    assert_eq!(output, expected);
}

/// HTML before and after; empty: it stays as it is.
const REBASED_HTML: &[(&str, &str)] = &[
    ("<a href=\"/x/\">/x/</a>", "<a href=\"/r/x/\">/x/</a>"),
    ("<a href='/x'>", "<a href='/r/x'>"),
    ("<a href=/x>", "<a href=/r/x>"),
    ("<A HREF = \" /x\">", "<A HREF = \" /r/x\">"),
    ("<a href=\"/\">", "<a href=\"/r/\">"),
    (
        "<a href=\"/r\"><a href=\"/r/\"><a href=\"/r?q\"><a href=\"/r#f\">",
        "",
    ),
    ("<a href=\"/rest\">", "<a href=\"/r/rest\">"),
    (
        "<a href=\"//cdn.org/x\"><a href=\"/\\x\"><a href=\"x\"><a href=\"#a\"><a href=\"https://e.org/\">",
        "",
    ),
    (
        "<a href=\"&#x2F;x&#x2F;\"><a href=\"&#x2F;r&#x2F;x\"><a href=\"&#x2F;&#x2F;x\">",
        "<a href=\"/r&#x2F;x&#x2F;\"><a href=\"&#x2F;r&#x2F;x\"><a href=\"&#x2F;&#x2F;x\">",
    ),
    (
        "<img src=\"/a.png\" srcset=\"/a.png 1x, /b,c.png 2x,/d.png\">",
        "<img src=\"/r/a.png\" srcset=\"/r/a.png 1x, /r/b,c.png 2x,/r/d.png\">",
    ),
    (
        "<form action=/f><button formaction=\"/g\"><video poster=\"/p\"><object data=\"/o\"><q cite=\"/c\">",
        "<form action=/r/f><button formaction=\"/r/g\"><video poster=\"/r/p\"><object data=\"/r/o\"><q cite=\"/r/c\">",
    ),
    (
        "<meta http-equiv=\"Refresh\" content=\"0; url=/x/\">",
        "<meta http-equiv=\"Refresh\" content=\"0; url=/r/x/\">",
    ),
    (
        "<meta content=\"0;URL='/x/'\" http-equiv=refresh>",
        "<meta content=\"0;URL='/r/x/'\" http-equiv=refresh>",
    ),
    ("<meta name=\"path\" content=\"/x/\">", ""),
    (
        "<p style=\"background: url('/a.png')\">",
        "<p style=\"background: url('/r/a.png')\">",
    ),
    (
        "<p style=\"background: url(&quot;/a.png&quot;)\">",
        "<p style=\"background: url(&quot;/r/a.png&quot;)\">",
    ),
    (
        "<style>a{background:url(/a.png)}</style><a href=/b>",
        "<style>a{background:url(/r/a.png)}</style><a href=/r/b>",
    ),
    (
        "<script src=\"/a.js\">if (a<b) x = '<a href=\"/x\">';</script>",
        "<script src=\"/r/a.js\">if (a<b) x = '<a href=\"/x\">';</script>",
    ),
    (
        "<!-- <a href=\"/x\"> --><textarea><a href=\"/x\"></textarea>",
        "",
    ),
    ("<pre>&lt;a href=\"/x\"&gt; a < b href=\"/x\"</pre>", ""),
    (
        "<a title=\"> href='/x'\" data-href=\"/x\">href=\"/x\"</a>",
        "",
    ),
    (
        "<svg><use xlink:href=\"/s.svg#a\"/></svg>",
        "<svg><use xlink:href=\"/r/s.svg#a\"/></svg>",
    ),
    ("<a href", ""),
    ("<a href=\"/x", "<a href=\"/r/x"),
    ("", ""),
];

#[test]
fn addresses_get_the_base_path() {
    for (before, after) in REBASED_HTML {
        let expected = if after.is_empty() {
            None
        } else {
            Some((*after).to_owned())
        };
        assert_eq!(rebase_html(before, "/r"), expected, "{before}");
        assert_eq!(rebase_html(before, ""), None);
        if let Some(after) = expected {
            assert_eq!(rebase_html(&after, "/r"), None, "again: {after}");
        }
    }
    let css: &[(&str, &str)] = &[
        (
            "a{b:url(/x.png) URL( \"/y\" )}",
            "a{b:url(/r/x.png) URL( \"/r/y\" )}",
        ),
        (
            "@import \"/a.css\"; @import url('/b.css');",
            "@import \"/r/a.css\"; @import url('/r/b.css');",
        ),
        (
            "/* url(/x) */ a{content:\"url(/x)\"; b:url(data:x) url(//e.org/x) url(x)}",
            "",
        ),
        (
            "a{b:'\\' url(/x)'} c{d:url(/y)}",
            "a{b:'\\' url(/x)'} c{d:url(/r/y)}",
        ),
    ];
    for (before, after) in css {
        let expected = if after.is_empty() {
            None
        } else {
            Some((*after).to_owned())
        };
        assert_eq!(rebase_css(before, "/r/"), expected, "{before}");
    }
}

/// Pieces of documents, well-formed and not.
const PIECES: &[&str] = &[
    "<a href=\"/x\">",
    "<a href='/",
    "</a>",
    "text /x ",
    "<!--",
    "-->",
    "<script>",
    "</script>",
    "<style>",
    "</style>",
    "url(/",
    ")",
    "\"",
    "'",
    ">",
    "<",
    " href=/y ",
    "srcset=\"/a 1x,/b\"",
    "<meta http-equiv=refresh content='0;url=/z'>",
    "<p style=\"",
    "ü",
    "\\",
    "/r/",
    "/r",
    "&#x2F;",
    "@import '/",
    "=",
    ",",
    "<pre>",
    "<",
    "/",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn rebasing_again_changes_nothing(
        pieces in prop::collection::vec(prop::sample::select(PIECES), 0..24),
        base in prop::sample::select(&["/r", "/user/repo"][..]),
    ) {
        let html = pieces.concat();
        let once = rebase_html(&html, base).unwrap_or_else(|| html.clone());
        prop_assert_eq!(rebase_html(&once, base), None, "{} to {}", html, once);
        // All that is ever done is to put the base path in.
        prop_assert_eq!(once.replace(base, ""), html.replace(base, ""));
        let css = rebase_css(&html, base).unwrap_or_else(|| html.clone());
        prop_assert_eq!(rebase_css(&css, base), None);
    }
}

#[test]
fn what_looks_random_is_the_same_each_time() {
    let roll = "{{ get_random(start=1, end=7) }},";
    let first = render(TERA, &roll.repeat(20)).unwrap();
    assert_eq!(render(TERA, &roll.repeat(20)).unwrap(), first);
    let rolls: Vec<u8> = first
        .split_terminator(',')
        .map(|roll| roll.parse().unwrap())
        .collect();
    assert!(rolls.iter().all(|roll| (1..7).contains(roll)), "{rolls:?}");
    assert!(rolls.iter().any(|roll| *roll != rolls[0]), "{rolls:?}");
}

#[test]
fn engines_are_shared_by_threads() {
    for engine in BOTH {
        let engine: Arc<dyn Engine> = Arc::from(
            load(&theme(
                Some(engine),
                &[("x.html", "{{ n }}{{ get_url(path=\"x\") }}")],
            ))
            .unwrap_or_else(|_| panic!()),
        );
        std::thread::scope(|scope| {
            for thread in 0..4 {
                let engine = engine.clone();
                scope.spawn(move || {
                    for n in 0..50 {
                        let context = map([("n", Value::Int(thread * 100 + n))]);
                        let output = engine.render("x.html", &context, &asker()).unwrap();
                        let expected = format!("{}https://example.org/news/x", thread * 100 + n);
                        assert_eq!(output, expected);
                    }
                });
            }
        });
    }
}

/// Templates that come by the content of a page, each in another way, and what they show.
const WAYS_TO_CONTENT: &[(&str, &str)] = &[
    ("{{ page.content | safe }}", "<own>"),
    ("{{ page[\"content\"] | safe }}", "<own>"),
    ("{{ page[key] | safe }}", "<own>"),
    ("{{ page[page.key] | safe }}", "<own>"),
    ("{{ page | get(key=\"content\") | safe }}", "<own>"),
    ("{{ page | get(key=key) | safe }}", "<own>"),
    ("{{ page.lower.content | safe }}", "<low>"),
    ("{% set p = page.lower %}{{ p.content | safe }}", "<low>"),
    (
        "{% for page in section.pages %}{{ page.content | safe }}{% endfor %}",
        "<a><b>",
    ),
    (
        "{{ section.pages | map(attribute=\"content\") | join(sep=\",\") | safe }}",
        "<a>,<b>",
    ),
    (
        "{% for p in section.pages | filter(attribute=\"content\", value=\"<b>\") %}{{ p.title }}{% endfor %}",
        "b",
    ),
    (
        "{% for p in section.pages %}{% include \"part.html\" %}{% endfor %}",
        "<a><b>",
    ),
    ("{{ m::show(one=page.lower) }}", "<low>"),
    (
        "{% for p in section.pages %}{{ m::show(one=p) }}{% endfor %}",
        "<a><b>",
    ),
    (
        "{% for name, value in page %}{{ name }} {% endfor %}",
        "components content key lower permalink relative_path title ",
    ),
    (
        "{% set p = page.lower %}{% for name, value in p %}{{ name }} {% endfor %}",
        "components content key permalink relative_path title ",
    ),
    (
        "{% for name, value in page.lower %}{{ name }} {% endfor %}",
        "components content key permalink relative_path title ",
    ),
    (
        "{{ page.lower | json_encode | safe }}",
        r#"{"components":[],"content":"<low>","key":"content","permalink":"","relative_path":"low.md","title":"low"}"#,
    ),
    (
        "{% if page is containing(\"content\") %}yes{% endif %}",
        "yes",
    ),
    ("{% if page is containing(key) %}yes{% endif %}", "yes"),
    ("{% if \"content\" in page %}yes{% endif %}", "yes"),
    ("{% if key in page %}yes{% endif %}", "yes"),
    ("{% if key in page.lower %}yes{% endif %}", "yes"),
    ("{% if page.lower %}yes{% endif %}", "yes"),
    ("{% if section %}yes{% endif %}", "yes"),
    (
        "{% for p in section.pages %}{% if p == section.pages.0 %}{{ p.key }}{% endif %}{% endfor %}",
        "content",
    ),
    (
        "{% for name, value in section.pages | first %}{{ name }} {% endfor %}",
        "components content key permalink relative_path title ",
    ),
    (
        "{% for name, value in section.pages.0 %}{{ name }} {% endfor %}",
        "components content key permalink relative_path title ",
    ),
    ("{% if page.content is defined %}yes{% endif %}", "yes"),
    (
        "{% set all = section.pages | sort(attribute=key) %}{% for p in all %}{{ p.title }}{% endfor %}",
        "ab",
    ),
    (
        "{% block main %}{% for p in section.pages %}{{ p.title }}{{ p.content | safe }}{% endfor %}{% endblock %}",
        "a<a>b<b>",
    ),
];

/// A page of a list: whatever way a template comes by its content, it is there.
#[test]
fn a_template_of_tera_reaches_what_it_names_in_any_way() {
    let page = |name: &str| {
        map([
            ("relative_path", Value::from(format!("{name}.md"))),
            ("permalink", "".into()),
            ("components", Value::list([])),
            ("title", name.into()),
            ("content", format!("<{name}>").as_str().into()),
            ("key", "content".into()),
        ])
    };
    let context = map([
        ("page", page("own").with([("lower", page("low"))])),
        (
            "section",
            page("list").with([("pages", Value::list([page("a"), page("b")]))]),
        ),
        ("key", "content".into()),
    ]);
    let macros = "{% macro show(one) %}{{ one.content | safe }}{% endmacro %}";
    for (template, expected) in WAYS_TO_CONTENT {
        let template = format!("{{% import \"m.html\" as m %}}{template}");
        let files = [
            ("x.html", &*template),
            ("m.html", macros),
            ("part.html", "{{ p.content | safe }}"),
        ];
        let output = render_files(TERA, &files, &context);
        let output = output.unwrap_or_else(|error| panic!("{template}: {error:?}"));
        assert_eq!(output.trim(), expected.trim(), "{template}");
    }
}
