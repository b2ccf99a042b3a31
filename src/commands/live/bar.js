// A bar with what an author asks of a page, and other ways to look at it.

// Dark and print apply to the site's own style sheets: a page cannot tell the browser what to prefer.
const wish = (name, value) => kept(() => sessionStorage, name, value);
const conditions = new WeakMap();
const emulated = (text) => {
  const scheme = wish("scheme");
  if (scheme) {
    text = text.replace(/\(\s*prefers-color-scheme\s*:\s*(dark|light)\s*\)/gi, (_, asked) =>
      asked.toLowerCase() === scheme ? "(min-width: 0)" : "(max-width: 0)",
    );
  }
  // No browser is of the kind `speech`.
  return wish("print") ? text.replace(/\bscreen\b/gi, "speech").replace(/\bprint\b/gi, "all") : text;
};
const emulateList = (media) => {
  if (!conditions.has(media)) conditions.set(media, media.mediaText);
  const text = emulated(conditions.get(media));
  if (media.mediaText !== text) media.mediaText = text;
};
const emulateRules = (style) => {
  if (style.media?.length) emulateList(style.media);
  if (style.styleSheet) emulateRules(style.styleSheet);
  let rules = [];
  try {
    rules = style.cssRules ?? [];
  } catch {
    // A style sheet of another site is not ours to read.
  }
  for (const rule of rules) emulateRules(rule);
};
let isEmulating = false;
const emulate = () => {
  const isWanted = Boolean(wish("scheme") || wish("print"));
  if (!isWanted && !isEmulating) return;
  isEmulating = isWanted;
  for (const style of [...document.styleSheets, ...document.adoptedStyleSheets]) emulateRules(style);
  document.documentElement.style.colorScheme = wish("scheme") ?? "";
  if (!document.documentElement.getAttribute("style")) document.documentElement.removeAttribute("style");
};
addEventListener("load", emulate);
emulate();

// The page in a frame: as wide as a phone, or with its scripts off.
let frame;
const showFrame = (name, width, height, sandbox) => {
  const inside = make("iframe", { src: location.href, title: name });
  if (sandbox) inside.sandbox = sandbox;
  const done = make("button", { type: "button", textContent: "Close" });
  const dialog = make("dialog", {}, make("header", {}, make("h2", { textContent: name }), done), inside);
  dialog.setAttribute("aria-label", name);
  dialog.style.cssText = `--width: ${width + 2}px; --height: ${height}px`;
  done.addEventListener("click", () => dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    frame = undefined;
  });
  root.append(dialog);
  dialog.showModal();
  frame = sandbox && inside;
};

const toggle = (text, title, pressed) => {
  const button = make("button", { type: "button", textContent: text, title });
  if (pressed) button.setAttribute("aria-pressed", "false");
  return button;
};
const isPressed = (button) => button.getAttribute("aria-pressed") === "true";
const press = (button, is) => button.setAttribute("aria-pressed", String(is));

const nameButton = make("button", { type: "button", className: "name", textContent: "Preview" });
const facts = make("span", { className: "facts" });
const drafts = toggle("Drafts", "Show drafts", true);
const scheduled = toggle("Scheduled", "Show briefs that are dated after now", true);
const phone = toggle("Phone", "This page on a phone, 390 px wide");
const systemIsDark = matchMedia("(prefers-color-scheme: dark)").matches;
const dark = toggle(systemIsDark ? "Light" : "Dark", "The other colour scheme than the system's", true);
const print = toggle("Print", "As it is printed", true);
const scriptless = toggle("No script", "This page with scripts off");
const edit = toggle("Edit", "Open the file of this page in the editor. Alt-click on a heading opens its line");
const counts = make("button", { type: "button", hidden: true });
const said = make("span", { className: "said", hidden: true });
said.setAttribute("role", "status");
const tools = make("span", { className: "tools" }, drafts, scheduled, phone, dark, print, scriptless, edit);
const more = make("span", { className: "tools" }, facts, tools);
const bar = make("section", { className: "bar" }, counts, more, nameButton, said);
bar.setAttribute("aria-label", "Preview");
if (!isFrame) panel.before(bar);

const isWide = matchMedia("(min-width: 900px)").matches;
const fold = (isOpen) => {
  more.hidden = !isOpen;
  nameButton.setAttribute("aria-expanded", String(isOpen));
  nameButton.title = isOpen ? "Fold the bar" : "Unfold the bar";
};
fold((kept(() => localStorage, "bar") ?? (isWide ? "open" : "folded")) === "open");
nameButton.addEventListener("click", () => {
  fold(more.hidden);
  kept(() => localStorage, "bar", more.hidden ? "folded" : "open");
});

const say = (...parts) => {
  said.replaceChildren(...parts);
  said.hidden = !parts.length;
};
const ask = async (button, name) => {
  const is = !isPressed(button);
  const answer = await fetch(route("show", { [name]: is ? 1 : 0 })).catch(() => undefined);
  if (answer?.ok) press(button, is);
  else say("The server does not answer.");
};
drafts.addEventListener("click", () => ask(drafts, "drafts"));
scheduled.addEventListener("click", () => ask(scheduled, "scheduled"));
phone.addEventListener("click", () => showFrame("Phone, 390 px", 390, 844 + 46));
scriptless.addEventListener("click", () => showFrame("Without scripts", 1280, 2000, "allow-same-origin"));
const wishFor = (button, name, value) => {
  press(button, Boolean(wish(name)));
  button.addEventListener("click", () => {
    press(button, !isPressed(button));
    wish(name, isPressed(button) ? value : "");
    emulate();
  });
};
wishFor(dark, "scheme", systemIsDark ? "light" : "dark");
wishFor(print, "print", "yes");
counts.addEventListener("click", () => {
  toggleProblems(panel.hidden);
  if (!panel.hidden) panel.focus({ preventScroll: true });
});

let about;
const factsOf = ({ words, minutes, tldr_words: tldr, links, is_draft, is_scheduled }) => {
  const state = is_draft ? "Draft" : is_scheduled ? "Scheduled" : null;
  const fact = (number, noun) => make("span", {}, make("b", { textContent: number }), ` ${noun}${number === 1 ? "" : "s"}`);
  return [
    state && make("span", { className: "state", textContent: state }),
    fact(words, "word"),
    make("span", {}, make("b", { textContent: minutes }), " min"),
    tldr != null && make("span", {}, "TL;DR ", make("b", { textContent: tldr }), tldr === 1 ? " word" : " words"),
    fact(links, "link"),
  ].filter(Boolean);
};
const showBar = (state) => {
  about = state.about;
  press(drafts, state.shows.drafts);
  press(scheduled, state.shows.scheduled);
  facts.replaceChildren(...(about ? factsOf(about) : []));
  facts.hidden = !about;
  edit.hidden = !about;
  const [errors, warnings] = [countOf("error"), countOf("warning")];
  counts.hidden = !errors && !warnings;
  counts.className = errors ? "error" : "warning";
  counts.textContent = errors ? plural(errors, "error") : plural(warnings, "warning");
};
edit.addEventListener("click", () => openInEditor(about.file, 1, 1, say));

addEventListener(
  "click",
  (event) => {
    const heading = event.altKey && event.target.closest?.("h1, h2, h3, h4, h5, h6");
    if (!heading || !about) return;
    const id = heading.id || heading.querySelector("[id]")?.id || heading.closest("[id]")?.id;
    const known = about.headings.find(([name]) => name === id);
    event.preventDefault();
    event.stopPropagation();
    openInEditor(about.file, known?.[1] ?? 1, 1, say);
  },
  true,
);
