// Changes the open page into the new one. What the author or a script did to the page since stays, unless the file says
// otherwise by now: of each node it is known how the server sent it, and only what differs from that is changed.
const sent = new WeakMap();
const remember = (live, copy) => {
  sent.set(live, copy);
  const copies = copy.childNodes;
  live.childNodes.forEach((child, at) => remember(child, copies[at]));
};
remember(document.documentElement, document.documentElement.cloneNode(true));

// Blocks without an id that are the same in both pages are found by this one, so that a new paragraph moves those that
// follow instead of changing each of them into the next.
const BLOCKS = "p, li, tr, pre, blockquote, figure, details, dt, dd, h1, h2, h3, h4, h5, h6, article, section";
const BLOCKS_MAX = 4000;
const SAME = "dateline-same-";
const nameEqualBlocks = (fresh, copyOf) => {
  const index = (within, copy) => {
    const found = new Map();
    const blocks = within.querySelectorAll(BLOCKS);
    if (blocks.length > BLOCKS_MAX) return found;
    for (const block of blocks) {
      if (block.hasAttribute("id") || !copy(block)) continue;
      const html = copy(block).outerHTML;
      found.set(html, found.has(html) ? null : block);
    }
    return found;
  };
  const old = index(document.body, (block) => sent.get(block));
  let count = 0;
  for (const [html, block] of index(fresh.body, (block) => copyOf.get(block))) {
    const same = block && old.get(html);
    if (same) block.id = same.id = SAME + count++;
  }
};

const isSheet = (node) => node.nodeName === "LINK" && node.relList.contains("stylesheet");

// The new style sheet works before the old one goes, so that the page is never seen without.
const swapSheet = (link, href) => {
  const next = link.cloneNode();
  next.href = href;
  // Two saves in a row: only the last one counts.
  link.datelineNext?.remove();
  link.datelineNext = next;
  next.addEventListener("load", () => {
    link.remove();
    emulate();
  });
  next.addEventListener("error", () => next.remove());
  sent.set(next, sent.get(link));
  link.after(next);
};

// Where a place in a text is after the text has changed: what is the same before and behind it says so, and between two
// changes the chosen letters beside it, where they stand nearest.
const BESIDE_MAX = 16;
const movedOffset = (before, after, offset, beside) => {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start++;
  if (offset <= start) return offset;
  let end = 0;
  while (end < shorter - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  if (before.length - offset <= end) return after.length - (before.length - offset);
  const [from, to] = beside < offset ? [Math.max(beside, offset - BESIDE_MAX), offset] : [offset, Math.min(beside, offset + BESIDE_MAX)];
  const letters = before.slice(from, to);
  let nearest = -1;
  for (let at = after.indexOf(letters); letters && at >= 0; at = after.indexOf(letters, at + 1)) {
    if (nearest < 0 || Math.abs(at - from) < Math.abs(nearest - from)) nearest = at;
  }
  return nearest < 0 ? start : nearest + offset - from;
};

const keepSelection = () => {
  const selection = getSelection();
  const end = (node, offset) => ({ node, offset, text: node?.data });
  const anchor = end(selection.anchorNode, selection.anchorOffset);
  const focus = end(selection.focusNode, selection.focusOffset);
  // How far the chosen letters go in the text that an end is in.
  const isForward = () => anchor.node.compareDocumentPosition(focus.node) & Node.DOCUMENT_POSITION_FOLLOWING;
  const beside = (one, other) => {
    if (one.node === other.node) return other.offset;
    return (one === anchor) === Boolean(isForward()) ? one.text.length : 0;
  };
  return () => {
    if (![anchor, focus].every(({ node }) => node?.isConnected)) return;
    const moved = (one, other) =>
      one.text === undefined
        ? Math.min(one.offset, one.node.childNodes.length)
        : movedOffset(one.text, one.node.data, one.offset, beside(one, other));
    const now = [moved(anchor, focus), moved(focus, anchor)];
    if (selection.anchorNode === anchor.node && selection.focusNode === focus.node) {
      if (selection.anchorOffset === now[0] && selection.focusOffset === now[1]) return;
    }
    selection.setBaseAndExtent(anchor.node, now[0], focus.node, now[1]);
  };
};

const keepFocus = () => {
  const focused = document.activeElement;
  return () => {
    const isLost = document.activeElement !== focused && focused?.isConnected;
    if (isLost) focused.focus({ preventScroll: true });
  };
};

// Says which nodes have changed.
const patch = (fresh) => {
  const copyOf = new Map();
  const pair = (node, copy) => {
    copyOf.set(node, copy);
    node.childNodes.forEach((child, at) => pair(child, copy.childNodes[at]));
  };
  pair(fresh.documentElement, fresh.documentElement.cloneNode(true));
  nameEqualBlocks(fresh, copyOf);
  const changed = new Set();
  const becoming = new Map();
  const restore = [keepSelection(), keepFocus()];
  Idiomorph.morph(document.documentElement, fresh.documentElement, {
    head: { style: "morph" },
    callbacks: {
      beforeNodeMorphed(live, next) {
        const was = sent.get(live);
        const now = copyOf.get(next);
        becoming.set(live, now);
        if (!was || !now) return true;
        if (was.isEqualNode(now)) return false;
        if (isSheet(live) && was.getAttribute("href") !== now.getAttribute("href")) {
          sent.set(live, now);
          swapSheet(live, now.getAttribute("href"));
          return false;
        }
        if (was.nodeType === 3 && was.data.trim() !== now.data.trim()) changed.add(live);
        return true;
      },
      afterNodeMorphed(live, next) {
        if (copyOf.has(next)) sent.set(live, copyOf.get(next));
      },
      afterNodeAdded(node) {
        if (!sent.has(node)) remember(node, node.cloneNode(true));
        if (node.nodeType === 1 || node.data?.trim()) changed.add(node);
      },
      // What a script or the browser's user put there is theirs.
      beforeNodeRemoved: (node) => node.nodeType !== 1 || sent.has(node),
      afterNodeRemoved: (node) => changed.delete(node),
      beforeAttributeUpdated(name, live) {
        const was = sent.get(live);
        const now = becoming.get(live);
        if (!was || !now) return true;
        if (was.getAttribute(name) === now.getAttribute(name)) return false;
        if (name === "value" && live.value !== live.defaultValue) return false;
        if (name === "checked" && live.checked !== live.defaultChecked) return false;
        if (/^(src|srcset|href|alt)$/.test(name)) changed.add(live);
        return true;
      },
    },
  });
  for (const block of document.querySelectorAll(`[id^=${SAME}]`)) block.removeAttribute("id");
  for (const put of restore) put();
  return changed;
};

// Shows files anew that have changed behind their addresses.
const refresh = (digests) => {
  const shown = new Set();
  const fileOf = (address) => {
    const url = new URL(address, document.baseURI);
    return url.origin === location.origin ? url.pathname : "";
  };
  const anew = (address) => {
    const digest = digests.get(fileOf(address));
    if (!digest) return undefined;
    const url = new URL(address, document.baseURI);
    url.searchParams.set("dateline", digest.slice(0, 12));
    return url.href;
  };
  for (const link of document.querySelectorAll("link[href]")) {
    const href = anew(sent.get(link)?.getAttribute("href") ?? link.href);
    if (!href || !link.isConnected) continue;
    if (isSheet(link)) swapSheet(link, href);
    else if (/icon/.test(link.rel)) link.href = href;
  }
  for (const element of document.querySelectorAll("img, source, video, audio, input[type=image], embed, object")) {
    for (const name of ["src", "poster", "data"]) {
      const href = element.hasAttribute(name) && anew(element.getAttribute(name));
      if (href) element.setAttribute(name, href);
      if (href) shown.add(element);
    }
    const srcset = element.getAttribute("srcset");
    const next = srcset?.replace(/([^\s,]+)(\s[^,]*)?/g, (whole, address, rest = "") => {
      const href = anew(address);
      return href ? href + rest : whole;
    });
    if (srcset !== null && next !== srcset) {
      element.srcset = next;
      shown.add(element);
    }
  }
  return shown;
};
