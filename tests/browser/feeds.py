"""Read feeds with feedparser, as a feed reader would, and print for each what is wrong with it.

Usage: feeds.py FILE…

Prints one JSON object a line: {"file": …, "entries": number, "wrong": [sentences]}.
"""
import json
import sys

import feedparser

TYPES = {"atom.xml": "application/atom+xml", "rss.xml": "application/rss+xml"}


def wrong_with(parsed):
    if parsed.bozo:
        yield f"not well formed: {parsed.get('bozo_exception')}"
    if not parsed.version:
        yield "no known kind of feed"
    for key in ("title", "link"):
        if not parsed.feed.get(key):
            yield f"no {key}"
    if parsed.version.startswith("atom") and not parsed.feed.get("updated_parsed"):
        yield "no date that can be read"
    ids = [entry.get("id") for entry in parsed.entries]
    if len(set(ids)) != len(ids):
        yield "two entries have one id"
    for entry in parsed.entries:
        name = entry.get("title") or entry.get("id")
        for key in ("id", "title", "link", "summary"):
            if not entry.get(key):
                yield f"{name}: no {key}"
        if not (entry.get("published_parsed") or entry.get("updated_parsed")):
            yield f"{name}: no date that can be read"


for file in sys.argv[1:]:
    with open(file, "rb") as opened:
        # With the type that a server sends, which decides how the bytes are read.
        kind = TYPES[file.rsplit("/", 1)[-1]]
        parsed = feedparser.parse(opened.read(), response_headers={"content-type": f"{kind}; charset=utf-8"})
    print(json.dumps({"file": file, "entries": len(parsed.entries), "wrong": list(wrong_with(parsed))}))
