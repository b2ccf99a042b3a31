//! What the filters and functions of Tera itself take, by name. Tera passes over anything else.

/// Filters of Tera and their arguments, in the order of its documentation.
const FILTERS: &[(&str, &[&str])] = &[
    ("abs", &[]),
    ("addslashes", &[]),
    ("as_str", &[]),
    ("capitalize", &[]),
    ("concat", &["with"]),
    ("default", &["value"]),
    ("escape", &[]),
    ("escape_xml", &[]),
    ("filesizeformat", &["binary"]),
    ("filter", &["attribute", "value"]),
    ("first", &[]),
    ("float", &["default"]),
    ("get", &["key", "default"]),
    ("group_by", &["attribute"]),
    ("indent", &["prefix", "first", "blank"]),
    ("int", &["default", "base"]),
    ("join", &["sep"]),
    ("json_encode", &["pretty"]),
    ("last", &[]),
    ("length", &[]),
    ("linebreaksbr", &[]),
    ("lower", &[]),
    ("map", &["attribute"]),
    ("nth", &["n"]),
    ("pluralize", &["singular", "plural"]),
    ("replace", &["from", "to"]),
    ("reverse", &[]),
    ("round", &["method", "precision"]),
    ("safe", &[]),
    ("slice", &["start", "end"]),
    ("slugify", &[]),
    ("sort", &["attribute"]),
    ("spaceless", &[]),
    ("split", &["pat"]),
    ("striptags", &[]),
    ("title", &[]),
    ("trim", &[]),
    ("trim_end", &[]),
    ("trim_end_matches", &["pat"]),
    ("trim_start", &[]),
    ("trim_start_matches", &["pat"]),
    ("truncate", &["length", "end"]),
    ("unique", &["attribute", "case_sensitive"]),
    ("upper", &[]),
    ("urlencode", &[]),
    ("urlencode_strict", &[]),
    ("wordcount", &[]),
];

/// Functions of Tera, and the one that is ours under its name.
const FUNCTIONS: &[(&str, &[&str])] = &[
    ("get_random", &["start", "end"]),
    ("range", &["start", "end", "step_by"]),
    ("throw", &["message"]),
];

/// The arguments of a filter, if it is Tera's own.
pub fn of_filter(name: &str) -> Option<&'static [&'static str]> {
    found(FILTERS, name)
}

/// The arguments of a function, if it is Tera's own.
pub fn of_function(name: &str) -> Option<&'static [&'static str]> {
    found(FUNCTIONS, name)
}

fn found(
    table: &[(&str, &'static [&'static str])],
    wanted: &str,
) -> Option<&'static [&'static str]> {
    let mut table = table.iter();
    table
        .find(|(name, _)| *name == wanted)
        .map(|(_, takes)| *takes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use ::tera::Tera;
    use std::collections::BTreeSet;

    /// A filter that Tera gets some day has to be listed.
    #[test]
    fn every_filter_of_tera_is_listed() {
        let tera = Tera::default();
        let there: BTreeSet<&str> = tera.filters.keys().map(String::as_str).collect();
        // `date` is ours. Of these two Tera has no filter: it looks at their names.
        let special = ["date", "safe", "default"];
        let listed = FILTERS.iter().map(|(name, _)| *name).chain(special);
        let missing = there
            .difference(&listed.collect())
            .copied()
            .collect::<Vec<_>>();
        assert_eq!(missing, Vec::<&str>::new());
        let known = |name: &&str| there.contains(name) || special.contains(name);
        let extra: Vec<&str> = FILTERS
            .iter()
            .map(|(name, _)| *name)
            .filter(|n| !known(n))
            .collect();
        assert_eq!(extra, Vec::<&str>::new());
    }
}
