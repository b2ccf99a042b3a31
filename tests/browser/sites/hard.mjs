// A site that a layout breaks on: what is long is very long, what is many is more than fits.
import { CONFIG, OURS } from './small.mjs';

const COMPANIES = [
  'Aluminium Smelters of the Upper Rhine and Partners',
  'B',
  'Consolidated Telecommunications Infrastructure Holdings',
  'Donaudampfschifffahrtselektrizitätenhauptbetriebswerk',
  'Example Cloud',
  'Frobnicators & Sons Limited',
  'Grok',
  'Groq',
  'Hyper–Scale “Quotes” Incorporated',
  'Internationale Gesellschaft für Halbleiter',
  'Jot',
  'Kilo',
];
const FEATURES = 24;
// More than a page of a tag, of an audience and of a company holds.
const BRIEFS = 27;
const LONG_WORD = 'Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz'.repeat(5).slice(0, 300);
const LONG_URL = `https://example.org/${'a-very-long-path/'.repeat(18)}?${'key=value&'.repeat(12)}end`;
const SENTENCE = 'A title that does not know where to stop goes on about chips, clouds, contracts and the weather; ';
const LONG_TITLE = SENTENCE.repeat(4).slice(0, 300);
// The alphabet of ids.
const LETTERS = '23456789abcdefghjkmnpqrstvwxyz';

export function hard() {
  const files = {
    'config.toml': `title = ${quoted(LONG_TITLE.slice(0, 120))}\ndescription = ${quoted(LONG_TITLE)}\n${CONFIG}${OURS}`,
    'static/wide.svg':
      '<svg xmlns="http://www.w3.org/2000/svg" width="2400" height="300"><rect width="2400" height="300" fill="teal"/></svg>\n',
    'content/_index.md': '+++\nsort_by = "date"\n+++\n',
    'content/briefs/_index.md':
      '+++\ntitle = "Briefs"\nsort_by = "date"\ntransparent = true\npaginate_by = 10\n+++\n',
    'content/companies/example-cloud.md':
      `+++\ntitle = "Example Cloud"\n[extra.company]\naliases = ["EC"]\nproducts = ["Widget Engine"]\n+++\n\n${SENTENCE.repeat(9)}\n`,
    'content/compare/everything.md': comparison(),
    'content/events/the-long-one.md': `+++\ntitle = ${quoted(LONG_TITLE)}\n[extra.event]\n+++\n\n${SENTENCE}\n`,
  };
  for (let index = 0; index < BRIEFS; index += 1) {
    files[`content/briefs/${dateOf(index)}-brief-${index}.md`] = brief(index);
  }
  return files;
}

// Named in full, with headings over its rows, so that all twelve columns are there whatever the index chooses.
function comparison() {
  const features = (from, to) => list(range(to - from).map((index) => featureName(from + index)));
  return `+++
title = "Everything that twelve companies with long names have to offer"
[extra.comparison]
companies = ${list(COMPANIES)}
groups = [
  { name = "The first half of what there is to say", features = ${features(0, FEATURES / 2)} },
  { name = "Rest", features = ${features(FEATURES / 2, FEATURES)} },
]
+++

${SENTENCE}
`;
}

function brief(index) {
  const title = [LONG_TITLE, LONG_WORD, `Brief number ${index}`][Math.min(index, 2)];
  return `+++
title = ${quoted(title)}
${index % 2 ? '' : `description = ${quoted(index < 2 ? LONG_TITLE : 'A hook of the usual length')}`}
date = ${dateOf(index)}T08:00:00Z
[taxonomies]
tags = ["common", ${quoted(index ? `tag ${index}` : LONG_WORD.slice(0, 90))}]
audiences = ["Everybody", ${quoted(index % 3 ? 'People' : 'Managers of departments that have very long names indeed')}]
[extra.brief]
id = "${idOf(index)}"
source = { name = ${quoted(index % 5 ? 'Example Wire' : 'The International Herald of Extremely Long Names')}, url = ${quoted(index % 5 ? 'https://example.com/' : LONG_URL)}, published = ${dateOf(index)}T07:20:00Z }
collected = ${dateOf(index)}T07:40:00Z
${index < 4 ? 'event = "the-long-one"' : ''}
analysis = "${['ai', 'human', 'mixed'][index % 3]}"
+++

## 30-Second TL;DR

**What changed:** ${index < 3 ? SENTENCE.repeat(5) : 'little.'}

**Why it matters:** ${LONG_WORD.slice(0, index < 3 ? 300 : 40)}

**What to do next:** see <${index < 3 ? LONG_URL : 'https://example.com/'}>.

## Key Takeaways

- One.[^long]
- Two, with \`${index < 3 ? LONG_WORD : 'code'}\`.
  - Nested.
    - Deeper.
      - Deepest: ${SENTENCE}

## Competitor Analysis

${table(index)}
${index < 3 ? PROSE : ''}
## Future Implications

${predictions(index)}
## Timeline

- 2023: ${SENTENCE}
- 2024-Q3: A quarter.
- 2025-H1: A half.
- ${dateOf(index)}: ${index < 2 ? LONG_WORD : 'Today.'}

## Corrections

- ${dateOf(index)}: ${index < 2 ? LONG_TITLE : 'the first version said otherwise.'}

[^long]: [${index < 2 ? LONG_TITLE : 'A source'}](${index < 3 ? LONG_URL : 'https://example.com/'}), retrieved ${dateOf(index)}. "${SENTENCE}"
`;
}

const PROSE = `
## Technical Deep Dive

### A heading of the third level that is ${SENTENCE}

\`\`\`rust
let a_line_of_code_that_does_not_end = ${'something(very, long).and_then('.repeat(12)}0${')'.repeat(12)};
\`\`\`

| ${range(14).map((column) => `Column ${column}`).join(' | ')} |
|${'---|'.repeat(14)}
| ${range(14).map((column) => `value of column ${column}`).join(' | ')} |

> A quotation: ${SENTENCE}

![A wide teal rectangle](/wide.svg)

1. First
2. Second

`;

// The first three briefs have the table of all companies, with values that contradict each other.
function table(index) {
  const companies = index < 3 ? COMPANIES : [COMPANIES[index % 12], COMPANIES[(index + 5) % 12]];
  const rows = range(index < 3 ? FEATURES : 4).map((feature) => {
    const cells = companies.map((_, column) => value(index, feature, column));
    return `| ${featureName(feature)} | ${cells.join(' | ')} |`;
  });
  return `| Feature | ${companies.join(' | ')} |\n|${'---|'.repeat(companies.length + 1)}\n${rows.join('\n')}\n
${index < 3 ? 'As of: 2026-03-31\n' : ''}`;
}

function value(index, feature, column) {
  if (feature % 6 === 1) return 'the same for everybody';
  if (feature === 2) return index === 1 ? 'yes' : 'no';
  if (feature === 3) return LONG_WORD.slice(0, 60);
  if ((feature + column) % 7 === 0) return ['unknown', 'n/a', '–'][column % 3];
  return `${(feature + 1) * (column + 3)} ${column % 2 ? 'units' : 'units, if the weather of the season allows it'}`;
}

function featureName(feature) {
  return feature % 4 ? `Feature ${feature}` : `Feature ${feature}, which has a name that takes several lines`;
}

function predictions(index) {
  const outcomes = ['open', 'yes, 2026-01-01: it did', 'no, 2026-02-02: it did not', 'partly', 'void', 'open', 'open'];
  const dues = ['2027-01-01', '2025-12-31', '2026-01', '2026-Q1', '2026-H1', '2025-06-30', '2026-05-10'];
  const count = index < 2 ? outcomes.length : 1;
  const items = range(count).map((offset) => {
    const at = (index + offset) % outcomes.length;
    return `- ${index < 2 ? LONG_TITLE : `${COMPANIES[index % 12]} does number ${offset}.`}

  ${SENTENCE}

  - Id: prediction-${offset}
  - Due: ${dues[at]}
  - Confidence: ${10 * (at + 1)}%
  - Resolves if: ${index < 2 ? SENTENCE.repeat(3) : 'it is so'}
  - Outcome: ${outcomes[at]}
`;
  });
  return items.join('\n');
}

// Three years, several weeks, newest first by number. The newest is not older than a day for the made-up now.
function dateOf(index) {
  const day = Date.UTC(2026, 4, 2) - index * 23 * 24 * 3600 * 1000;
  return new Date(day).toISOString().slice(0, 10);
}

function idOf(index) {
  return `hard${LETTERS[Math.floor(index / LETTERS.length)]}${LETTERS[index % LETTERS.length]}`;
}

function range(count) {
  return Array.from({ length: count }, (_, index) => index);
}

// JSON's strings are strings of TOML too.
function quoted(text) {
  return JSON.stringify(text);
}

function list(items) {
  return `[${items.map(quoted).join(', ')}]`;
}
