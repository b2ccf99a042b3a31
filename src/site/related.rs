//! Related briefs, computed: those of the same event, then of the same companies, then of the same
//! tags; in each rank the newest first.

use super::{Index, Site};

/// How many related briefs a page shows.
pub const RELATED_MAX: usize = 6;

impl Site {
    /// The related briefs of a brief, none twice, itself left out.
    pub fn related(&self, brief: Index) -> Vec<Index> {
        let entry = self.entry(brief);
        let event = self.events.of_brief(entry).map(|event| &event.briefs[..]);
        let companies: Vec<&[Index]> = self
            .companies
            .of_brief(brief)
            .iter()
            .map(|company| &self.companies.get(*company).briefs[..])
            .collect();
        let tags: Vec<&[Index]> = entry
            .front_matter()
            .taxonomies
            .iter()
            .filter(|(kind, _)| &**kind == "tags")
            .flat_map(|(kind, terms)| {
                terms
                    .iter()
                    .filter_map(|(name, _)| self.taxonomies.get(kind)?.by_name(name))
            })
            .map(|term| &term.pages[..])
            .collect();
        let mut found = vec![brief];
        let rank: Vec<&[Index]> = event.into_iter().collect();
        for lists in [rank, companies, tags] {
            self.take_newest(&lists, &mut found);
        }
        found.remove(0);
        found
    }

    /// Merges lists that are sorted newest first, until enough is found.
    fn take_newest(&self, lists: &[&[Index]], found: &mut Vec<Index>) {
        let mut rest: Vec<&[Index]> = lists.to_vec();
        while found.len() <= RELATED_MAX {
            let heads = rest
                .iter()
                .enumerate()
                .filter_map(|(i, list)| Some((i, *list.first()?)));
            let newest = heads.max_by(|a, b| {
                let instant = |index: Index| self.entry(index).instant();
                instant(a.1).cmp(&instant(b.1)).then_with(|| {
                    let rank = |index: Index| self.entries.rank(index);
                    rank(b.1).cmp(&rank(a.1))
                })
            });
            let Some((_, index)) = newest else { return };
            for list in &mut rest {
                if list.first() == Some(&index) {
                    *list = &list[1..];
                }
            }
            if !found.contains(&index) && self.entry(index).brief().is_some() {
                found.push(index);
            }
        }
    }
}
