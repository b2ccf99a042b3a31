#!/usr/bin/env python3
"""Count what the briefs of a site add up to, and print it as JSON.

Usage: count.py DIR [--now 2027-01-01]

This is a second opinion: it reads the Markdown line by line and shares nothing with the program, so that both would
have to be wrong in the same way to agree on a wrong number. It knows the forms that the made-up briefs and the sites
under tests/ use, not all that Markdown allows.
"""
import argparse
import collections
import datetime
import itertools
import json
import pathlib
import re
import tomllib
import unicodedata

PARTS = {
    "competitor analysis": "table", "competitors": "table", "comparison": "table",
    "future implications": "predictions", "predictions": "predictions",
    "timeline": "timeline",
}  # fmt: skip
TAGS_ON_A_PAGE = 20


def fold(text):
    return " ".join(text.lower().split())


def slug(text):
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def without_markup(text):
    text = re.sub(r"\[\^[^\]]+\]", "", text)
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return " ".join(re.sub(r"\*\*|\*|`|(?<!\w)_|_(?!\w)", "", text).split())


def read(path):
    """The front matter and the body of a file."""
    text = path.read_text(encoding="utf-8")
    _, front_matter, body = re.split(r"^\+\+\+\s*$", text, maxsplit=2, flags=re.MULTILINE)
    return tomllib.loads(front_matter), body


def parts(body):
    """The lines of each part, by what the part holds."""
    found, kind, fenced = collections.defaultdict(list), None, False
    for line in body.splitlines():
        fenced ^= line.startswith("```")
        heading = None if fenced else re.match(r"##?\s+(.*)", line)
        if heading:
            kind = PARTS.get(fold(re.sub(r"^[^\w]+", "", heading[1])))
        elif line.startswith("[^") and "]:" in line:
            kind = None
        elif kind:
            found[kind].append(line)
    return found


def tables(lines):
    """Each table as a list of rows, each row a list of cells; the line of dashes left out."""
    for is_table, rows in itertools.groupby(lines, key=lambda line: line.startswith("|")):
        if is_table:
            cells = [[cell.strip() for cell in re.split(r"(?<!\\)\|", row.strip().strip("|"))] for row in rows]
            yield [cells[0]] + cells[2:]


def interval(date):
    """The first and the last month or day of a partial date, for telling equal ones."""
    year, rest = date[:4], date[5:]
    if not rest:
        return f"{year}-01", f"{year}-12"
    if rest[0] in "QqHh":
        months = 3 if rest[0] in "Qq" else 6
        last = int(rest[1]) * months
        return f"{year}-{last - months + 1:02}", f"{year}-{last:02}"
    return date, date


def is_published(front_matter, now):
    if front_matter.get("draft"):
        return False
    date = front_matter["date"]
    if isinstance(date, str):
        date = datetime.datetime.fromisoformat(date)
    if not isinstance(date, datetime.datetime):
        date = datetime.datetime(date.year, date.month, date.day)
    if date.tzinfo is None:
        date = date.replace(tzinfo=datetime.timezone.utc)
    return date <= now


class Register:
    """The companies, by every name that they have."""

    def __init__(self):
        self.slugs, self.with_page = {}, set()

    def add_page(self, path, front_matter):
        company = front_matter["extra"]["company"]
        own = slug(path.stem)
        self.with_page.add(own)
        for name in [front_matter["title"], *company.get("aliases", []), *company.get("products", [])]:
            self.slugs[fold(name)] = own

    def find(self, name):
        return self.slugs.setdefault(fold(name), slug(name))

    def all(self):
        return set(self.slugs.values()) | self.with_page


def count(root, now):
    pages = [(path, *read(path)) for path in sorted((root / "content").rglob("*.md"))]
    register = Register()
    for path, front_matter, _ in pages:
        if "company" in front_matter.get("extra", {}):
            register.add_page(path, front_matter)
    features, items, tags, pairs = set(), set(), collections.Counter(), collections.Counter()
    observations = predictions = briefs = 0
    for path, front_matter, body in pages:
        if "brief" not in front_matter.get("extra", {}) or not is_published(front_matter, now):
            continue
        briefs += 1
        tags.update({slug(tag) for tag in front_matter.get("taxonomies", {}).get("tags", [])})
        for name in front_matter["extra"]["brief"].get("companies", []):
            register.find(name)
        found, together = parts(body), set()
        for header, *rows in tables(found["table"]):
            columns = [register.find(re.sub(r"\s*\(.*\)$", "", cell)) for cell in header[1:]]
            together.update(tuple(sorted(pair)) for pair in itertools.combinations(set(columns), 2))
            for feature, *cells in rows:
                features.add(slug(without_markup(feature)))
                observations += sum(1 for _, cell in zip(columns, cells) if cell)
        pairs.update(together)
        # An item of the list begins at the margin; what belongs to it is indented.
        for item in re.split(r"^- ", "\n".join(found["predictions"]), flags=re.MULTILINE)[1:]:
            predictions += not re.search(r"^\s+- Resolves:", item, flags=re.MULTILINE)
        for line in found["timeline"]:
            item = re.match(r"- \**(\d{4}(?:-(?:\d\d(?:-\d\d)?|[QH]\d))?)\**\s*[:–]\s*(.*)", line)
            if item:
                items.add((*interval(item[1]), without_markup(item[2])))
    return {
        "briefs": briefs,
        "companies": len(register.all()),
        "features": len(features),
        "observations": observations,
        "predictions": predictions,
        "timeline_items": len(items),
        "pairs": sum(1 for pair, n in pairs.items() if n >= 2 or register.with_page.issuperset(pair)),
        "tag_pages": sum(-(-n // TAGS_ON_A_PAGE) for n in tags.values()),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("directory", type=pathlib.Path, metavar="DIR")
    parser.add_argument("--now", default="9999-01-01")
    arguments = parser.parse_args()
    now = datetime.datetime.fromisoformat(arguments.now).replace(tzinfo=datetime.timezone.utc)
    print(json.dumps(count(arguments.directory, now), indent=1))


main()
