// A small site that is edited while it is open: two briefs, and a page with all that an author can have touched in it.
import { CONFIG, OURS } from './small.mjs';

// One pixel each.
const pixel = (color) =>
  `<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20"><rect width="20" height="20" fill="${color}"/></svg>\n`;
export const RED = pixel('red');
export const GREEN = pixel('green');

export const BRIEF = 'content/briefs/2026-04-29-first.md';
export const PAGE = 'content/notes.md';
export const STYLE = 'static/own.css';
export const IMAGE = 'static/picture.svg';

const filler = (name) =>
  Array.from({ length: 12 }, (_, at) => `The ${name} paragraph number ${at + 1} is here to make the page long.\n`).join('\n');

export function live() {
  return {
    'config.toml': `title = "Live"\n${CONFIG}${OURS}[extra.dateline.look]\nstylesheet = "/own.css"\n`,
    'content/_index.md': '+++\nsort_by = "date"\n+++\n',
    'content/briefs/_index.md': '+++\ntitle = "Briefs"\nsort_by = "date"\ntransparent = true\n+++\n',
    [BRIEF]: brief('First', 'h3w8kd'),
    'content/briefs/2026-04-30-second.md': brief('Second', 'k7p2mw'),
    [PAGE]: page(),
    [STYLE]: 'main { border-left: 1px solid rgb(1, 2, 3); }\n',
    [IMAGE]: RED,
  };
}

export const brief = (title, id, more = '') => `+++
title = "${title} brief"
date = 2026-04-29T08:00:00Z
${more}[extra.brief]
id = "${id}"
+++

## 30-Second TL;DR

**What changed:** something small.

## Key Takeaways

- The ${title.toLowerCase()} takeaway.

See [elsewhere](https://example.org/) and [the notes](@/notes.md).
`;

const page = () => `+++
title = "Notes"
date = 2026-04-28
description = "Notes for a test"
+++

The opening words.

${filler('early')}
## A list

- one item
- another item

| name | value |
|---|---|
| speed | 12 |
| weight | 40 |

## The middle

This paragraph has selected words in its midst.

<details id="more"><summary>More</summary><p>What is inside.</p></details>

<p><label>Name <input id="name" placeholder="your name"></label>
<label><input id="agree" type="checkbox"> agreed</label>
<select id="choice" aria-label="choice"><option>a</option><option>b</option></select>
<textarea id="long" aria-label="text"></textarea></p>

![A picture](/picture.svg)

\`\`\`
let code = 1;
\`\`\`

## The end

${filler('late')}
The closing words.
`;
