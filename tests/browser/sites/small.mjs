// The smallest sites: without any brief, and with one that leaves out all that may be left out.
export const CONFIG = `
base_url = "https://example.org"
generate_feeds = true
taxonomies = [
  { name = "tags", feed = true, paginate_by = 20 },
  { name = "audiences", feed = true, paginate_by = 20 },
]
`;

export const OURS = `
[extra.dateline]
theme = "dateline"
authority = "example.org,2026"
`;

export function empty() {
  return { 'config.toml': `title = "Nothing yet"\n${CONFIG}${OURS}`, 'content/_index.md': '+++\nsort_by = "date"\n+++\n' };
}

export function single() {
  return {
    // No title and no description either: every heading and every label has to come from somewhere else.
    'config.toml': `${CONFIG}${OURS}`,
    'content/_index.md': '+++\nsort_by = "date"\n+++\n',
    'content/briefs/_index.md': '+++\ntitle = "Briefs"\nsort_by = "date"\ntransparent = true\n+++\n',
    'content/briefs/2026-04-29-alone.md':
      '+++\ntitle = "The only brief"\ndate = 2026-04-29T08:00:00Z\n[extra.brief]\nid = "h3w8kd"\n+++\n\nOne sentence.\n',
  };
}
