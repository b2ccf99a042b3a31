//! Tera's filters of lists, without the copies that they make.
//!
//! Tera's own copy the list that they are given twice before they look at it: a base template that
//! takes the newest ten of 5,000 pages would copy 10,000 pages on each of 5,000 pages. These copy
//! what they give. Whatever they do not expect is left to Tera's own, for its words.

use std::collections::HashMap;

use ::tera::{Error, Filter, Map, Tera, Value as Bound, dotted_pointer};

type Arguments = HashMap<String, Bound>;

/// What a filter gives; nothing if it has to be left to Tera's own.
type Body = fn(&[Bound], &Arguments) -> Option<Bound>;

/// The filters by name.
const FILTERS: [(&str, Body); 10] = [
    ("concat", concat),
    ("filter", filter),
    ("first", |items, _| Some(or_empty(items.first()))),
    ("group_by", |items, args| by_keys("group_by", items, args)),
    ("last", |items, _| Some(or_empty(items.last()))),
    ("map", map),
    ("nth", nth),
    ("slice", slice),
    ("sort", |items, args| by_keys("sort", items, args)),
    ("unique", |items, args| by_keys("unique", items, args)),
];

/// Puts the filters in the place of Tera's own.
pub fn register(tera: &mut Tera) {
    for (name, given) in FILTERS {
        tera.register_filter(name, OnLists { name, given });
    }
}

/// A filter, with the name of the one of Tera that it stands for.
struct OnLists {
    name: &'static str,
    given: Body,
}

impl Filter for OnLists {
    fn filter(&self, value: &Bound, args: &Arguments) -> Result<Bound, Error> {
        let items = value.as_array();
        let given = items.and_then(|items| (self.given)(items, args));
        given.map_or_else(|| original(self.name, value, args), Ok)
    }
}

/// What Tera's own filter gives.
fn original(name: &str, value: &Bound, args: &Arguments) -> Result<Bound, Error> {
    thread_local! {
        static ORIGINALS: Tera = Tera::default();
    }
    ORIGINALS.with(|tera| tera.get_filter(name)?.filter(value, args))
}

/// Tera has an empty text where a list has nothing.
fn or_empty(item: Option<&Bound>) -> Bound {
    item.cloned().unwrap_or_else(|| "".into())
}

fn nth(items: &[Bound], args: &Arguments) -> Option<Bound> {
    let number = args.get("n")?.as_u64()?;
    Some(or_empty(items.get(usize::try_from(number).ok()?)))
}

fn slice(items: &[Bound], args: &Arguments) -> Option<Bound> {
    // A negative position is one from the end.
    let position = |name: &str, default: usize| match args.get(name) {
        None => Some(default),
        Some(number) => {
            let number = number.as_i64()?;
            let at = usize::try_from(number.unsigned_abs()).ok()?;
            Some(match number {
                0.. => at,
                _ => items.len().saturating_sub(at),
            })
        }
    };
    let start = position("start", 0)?;
    let end = position("end", items.len())?.min(items.len());
    Some(items.get(start..end).unwrap_or_default().into())
}

fn concat(items: &[Bound], args: &Arguments) -> Option<Bound> {
    let more = args.get("with")?;
    let more = match more {
        Bound::Array(more) => more.as_slice(),
        one => std::slice::from_ref(one),
    };
    Some([items, more].concat().into())
}

fn filter(items: &[Bound], args: &Arguments) -> Option<Bound> {
    let attribute = args.get("attribute")?.as_str()?;
    let wanted = args.get("value").unwrap_or(&Bound::Null);
    let is_wanted = |item: &&Bound| {
        let own = dotted_pointer(item, attribute).unwrap_or(&Bound::Null);
        match wanted {
            Bound::Null => !own.is_null(),
            wanted => own == wanted,
        }
    };
    Some(items.iter().filter(is_wanted).cloned().collect())
}

fn map(items: &[Bound], args: &Arguments) -> Option<Bound> {
    let attribute = args.get("attribute")?.as_str()?;
    let values = items.iter();
    let values = values.filter_map(|item| dotted_pointer(item, attribute));
    Some(values.filter(|value| !value.is_null()).cloned().collect())
}

/// The filters that look at one entry of each item: Tera's own get that entry and the position of
/// each item in the place of it.
fn by_keys(name: &str, items: &[Bound], args: &Arguments) -> Option<Bound> {
    const KEY: &str = "key";
    const POSITION: &str = "position";
    let attribute = args.get("attribute")?.as_str()?;
    let slip = |(position, item): (usize, &Bound)| {
        let mut slip = Map::new();
        if let Some(key) = dotted_pointer(item, attribute) {
            slip.insert(KEY.to_owned(), key.clone());
        }
        slip.insert(POSITION.to_owned(), position.into());
        Bound::Object(slip)
    };
    let slips: Bound = items.iter().enumerate().map(slip).collect();
    let mut args = args.clone();
    args.insert("attribute".to_owned(), KEY.into());
    let given = original(name, &slips, &args).ok()?;
    let item = |slip: &Bound| {
        let position = slip.get(POSITION)?.as_u64()?;
        items.get(usize::try_from(position).ok()?).cloned()
    };
    let list = |slips: &Bound| -> Option<Bound> { slips.as_array()?.iter().map(item).collect() };
    match &given {
        Bound::Object(groups) => {
            let groups = groups.iter();
            let groups = groups.map(|(key, slips)| Some((key.clone(), list(slips)?)));
            Some(Bound::Object(groups.collect::<Option<_>>()?))
        }
        slips => list(slips),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    /// Each gives what Tera's own gives.
    #[test]
    fn as_tera() {
        let pages = json!([
            {"title": "b", "extra": {"rank": 2}, "year": 2025},
            {"title": "a", "extra": {"rank": 1}, "year": 2026},
            {"title": "c", "extra": {}, "year": 2025},
            {"title": "a", "extra": {"rank": null}, "year": 2024},
        ]);
        let lists = [
            pages,
            json!([]),
            json!([3, 1, 2, 1]),
            json!("text"),
            json!(null),
        ];
        let calls = [
            ("concat", json!({"with": 1})),
            ("concat", json!({"with": [1, 2]})),
            ("concat", json!({})),
            ("filter", json!({"attribute": "year", "value": 2025})),
            ("filter", json!({"attribute": "extra.rank"})),
            ("filter", json!({"attribute": 1})),
            ("filter", json!({})),
            ("first", json!({})),
            ("last", json!({})),
            ("map", json!({"attribute": "extra.rank"})),
            ("map", json!({})),
            ("nth", json!({"n": 1})),
            ("nth", json!({"n": 9})),
            ("nth", json!({"n": -1})),
            ("nth", json!({})),
            ("slice", json!({"end": 2})),
            ("slice", json!({"start": 1, "end": 9})),
            ("slice", json!({"start": 2, "end": 1})),
            ("slice", json!({"start": -2})),
            ("slice", json!({"end": -1})),
            ("slice", json!({"start": 9})),
            ("slice", json!({"start": 0.5, "end": 1.5})),
            ("slice", json!({"start": "x"})),
            ("sort", json!({"attribute": "title"})),
            ("sort", json!({"attribute": "extra.rank"})),
            ("sort", json!({"attribute": "none"})),
            ("sort", json!({})),
            ("unique", json!({"attribute": "title"})),
            ("unique", json!({"attribute": "extra.rank"})),
            ("unique", json!({})),
            ("group_by", json!({"attribute": "year"})),
            ("group_by", json!({"attribute": "extra.rank"})),
            ("group_by", json!({})),
        ];
        let mut ours = Tera::default();
        register(&mut ours);
        for (name, args) in calls {
            let args: Arguments = serde_json::from_value(args).unwrap();
            for list in &lists {
                let shown = |given: Result<Bound, Error>| {
                    given
                        .map(|value| value.to_string())
                        .map_err(|e| e.to_string())
                };
                let got = shown(ours.get_filter(name).unwrap().filter(list, &args));
                let want = shown(original(name, list, &args));
                assert_eq!(got, want, "{name} {args:?} of {list}");
            }
        }
    }
}
