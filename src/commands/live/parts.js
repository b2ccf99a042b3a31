// What all parts share: what the server said in the page, and a place to draw in that the page's own style does not reach.
const tag = document.currentScript;
const BASE = tag.dataset.base;
// What this page was made of, and by which run of the server.
const loaded = { ...tag.dataset };
// A page of the server's own, for want of one of the site.
const isOwn = "isOwn" in tag.dataset;
// A page in a frame is patched, and leaves all else to the one that shows the frame.
const isFrame = window.top !== window;
// The site's own scripts find the page without this one.
tag.remove();

const route = (name, query) => `${BASE}/__dateline/${name}?${new URLSearchParams({ token: loaded.token, ...query })}`;

// An element: text is only ever text here, whatever a file says.
const make = (name, properties, ...children) => {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children.filter((child) => child != null));
  return element;
};

const isStill = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

// What the author chose, for all pages of the preview. Storage may be forbidden; then it holds for this page.
const kept = (storage, name, value) => {
  try {
    if (value === undefined) return storage().getItem("dateline-preview-" + name);
    storage().setItem("dateline-preview-" + name, value);
  } catch {}
};

const host = document.createElement("dateline-preview");
const root = host.attachShadow({ mode: "open" });
// At the lower edge of the window, one above the other: the mark of a change, the bar, the problems.
const dock = make("div", { className: "dock" });
root.append(dock);
