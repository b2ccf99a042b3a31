//! What occurs in a list of briefs: the companies and tags that they have most often, as links.

use std::cmp::Reverse;

use super::view;
use crate::maps::HashMap;
use crate::site::companies::CompanyIndex;
use crate::site::{Index, Site};
use crate::value::Value;

/// Companies or tags that a page names at most.
const LINKS_MAX: usize = 12;

/// The companies of some briefs, those of most briefs first, each with how many: all but `except`.
pub fn companies(site: &Site, briefs: &[Index], except: Option<CompanyIndex>) -> Value {
    let mut counts: HashMap<CompanyIndex, usize> = HashMap::default();
    let of_briefs = briefs
        .iter()
        .flat_map(|brief| site.companies.of_brief(*brief))
        .filter(|company| Some(**company) != except);
    for company in of_briefs {
        *counts.entry(*company).or_default() += 1;
    }
    most(counts, |index| {
        view::company(site, site.companies.get(index))
    })
}

/// The tags of some briefs, those of most briefs first, each with how many: all but the one with
/// the slug `except`.
pub fn tags(site: &Site, briefs: &[Index], except: Option<&str>) -> Value {
    let Some(taxonomy) = site.taxonomies.get("tags").filter(|t| t.config.render) else {
        return Value::list([]);
    };
    let mut counts: HashMap<&str, usize> = HashMap::default();
    for brief in briefs {
        let kinds = site.entry(*brief).front_matter().taxonomies.iter();
        let named = kinds.filter(|(kind, _)| &**kind == "tags");
        let names = named.flat_map(|(_, names)| names);
        for term in names.filter_map(|(name, _)| taxonomy.by_name(name)) {
            if Some(&*term.slug) != except {
                *counts.entry(&term.slug).or_default() += 1;
            }
        }
    }
    most(counts, |slug| {
        let term = taxonomy
            .by_slug(slug)
            .expect("the slug is that of a term of the taxonomy");
        view::link(&term.name, &term.address)
    })
}

/// The links of what is counted most often; of equal counts, in the order of the keys.
fn most<K: Ord + Copy>(counts: HashMap<K, usize>, link: impl Fn(K) -> Value) -> Value {
    let mut sorted: Vec<(K, usize)> = counts.into_iter().collect();
    sorted.sort_unstable_by_key(|(key, count)| (Reverse(*count), *key));
    sorted.truncate(LINKS_MAX);
    let links = sorted.into_iter();
    Value::list(links.map(|(key, count)| link(key).with([("count", Value::from(count))])))
}
