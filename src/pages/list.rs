//! Lists that are cut into pages: which items stand on which, and how they link to each other.

use std::borrow::Cow;

use crate::address::Address;
use crate::site::{Index, Site, addresses};
use crate::value::Value;

/// Items on a page of a dense list (timelines, ledgers, archives).
pub const DENSE_PAGE_LENGTH: usize = 100;
/// Items on a page of a list of briefs.
pub const PAGE_LENGTH: usize = 20;

/// Those of a term's pages that are rendered: no list that is cut into pages has others.
pub fn rendered<'p>(site: &Site, pages: &'p [Index]) -> Cow<'p, [Index]> {
    let is_rendered = |page: &&Index| site.entry(**page).front_matter().render;
    let renders_all = || {
        site.entries
            .iter()
            .all(|(_, entry)| entry.front_matter().render)
    };
    match *site.shown.renders_all.get_or_init(renders_all) {
        true => pages.into(),
        false => pages.iter().filter(is_rendered).copied().collect(),
    }
}

/// How many pages a list has; an empty list has one.
pub fn page_count(items: usize, page_length: usize) -> usize {
    if page_length == 0 {
        1
    } else {
        items.div_ceil(page_length).max(1)
    }
}

/// The items of the n-th page, from 1.
pub fn slice<T>(items: &[T], page_length: usize, number: usize) -> &[T] {
    if page_length == 0 {
        return items;
    }
    let from = ((number - 1) * page_length).min(items.len());
    &items[from..(from + page_length).min(items.len())]
}

/// One page of a list among its others, in the terms of Zola's `paginator`.
pub fn paginator(
    list: &Address,
    paginate_path: &str,
    items: usize,
    page_length: usize,
    number: usize,
) -> Value {
    let count = page_count(items, page_length);
    let at = |n: usize| Value::from(&addresses::pager(list, paginate_path, n));
    Value::map([
        ("current_index", number.into()),
        ("number_pagers", count.into()),
        ("total_pages", items.into()),
        ("paginate_by", page_length.into()),
        (
            "base_url",
            if paginate_path.is_empty() {
                list.into()
            } else {
                (&list.join(&format!("{paginate_path}/"))).into()
            },
        ),
        ("first", at(1)),
        ("last", at(count)),
        (
            "previous",
            if number > 1 {
                at(number - 1)
            } else {
                Value::None
            },
        ),
        (
            "next",
            if number < count {
                at(number + 1)
            } else {
                Value::None
            },
        ),
    ])
}

/// `3 briefs`, `1 brief`
pub fn counted(count: usize, singular: &str, plural: &str) -> String {
    format!(
        "{} {}",
        grouped(count),
        if count == 1 { singular } else { plural }
    )
}

/// `12,345`
pub fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (position, digit) in digits.chars().enumerate() {
        if position > 0 && (digits.len() - position).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
