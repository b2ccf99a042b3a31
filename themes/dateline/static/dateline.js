// A help, and nothing that is needed.
const root = document.documentElement;
const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const say = (element, text) => element.setAttribute("aria-label", text);

const stored = (name, value) => {
  try {
    if (value === undefined) return localStorage.getItem(name);
    localStorage.setItem(name, value);
  } catch {
    // It holds for this page.
  }
};

const themes = { auto: "as the system has it", light: "light", dark: "dark" };
const button = document.getElementById("_theme");
const setTheme = (theme) => {
  if (theme === "auto") delete root.dataset.theme;
  else root.dataset.theme = theme;
  if (button) say(button, "Colour theme: " + themes[theme]);
};
const theme = () => root.dataset.theme ?? "auto";
const nextTheme = () => {
  const names = Object.keys(themes);
  setTheme(names[(names.indexOf(theme()) + 1) % names.length]);
  stored("dateline-theme", theme());
};
setTheme(theme() in themes ? theme() : "auto");
button?.addEventListener("click", nextTheme);

for (const time of all("time[datetime*=T]")) {
  const minutes = Math.floor((Date.now() - Date.parse(time.dateTime)) / 60000);
  if (!(minutes >= 0 && minutes < 1440)) continue;
  const ago = document.createElement("span");
  ago.className = "ago";
  ago.textContent = minutes < 60 ? ` · ${minutes} min ago` : ` · ${Math.floor(minutes / 60)} h ago`;
  time.append(ago);
}

for (const heading of all("main :is(h2, h3)[id]")) {
  const link = document.createElement("button");
  link.type = "button";
  link.className = "anchor";
  link.textContent = "#";
  say(link, "Copy link to " + heading.textContent.trim());
  link.addEventListener("click", async () => {
    location.hash = heading.id;
    await navigator.clipboard?.writeText(location.href);
    link.textContent = "✓";
    setTimeout(() => (link.textContent = "#"), 1500);
  });
  heading.append(link);
}

const home = document.querySelector(".masthead .name a")?.href ?? "/";
const go = (path) => () => location.assign(new URL(path, home));
const has = (view) => document.querySelector(".masthead")?.dataset.views?.split(" ").includes(view);
const views = { weekly: "Weekly recaps", compare: "Comparisons", predictions: "Predictions", archive: "Archive" };
const places = Object.entries(views).filter(([view]) => has(view));
const follow = (rel) => () => document.querySelector(`a[rel=${rel}]`)?.click();
const step = (by) => () => {
  const links = all(".card :is(h2, h3, h4) a");
  const at = links.indexOf(document.activeElement);
  links[at < 0 ? (by > 0 ? 0 : links.length - 1) : at + by]?.focus();
};
const keys = {
  j: ["Next entry", step(1)],
  k: ["Previous entry", step(-1)],
  n: ["Next page or brief", follow("next")],
  p: ["Previous page or brief", follow("prev")],
  t: ["Change the colour theme", nextTheme],
  "g h": ["Home", go("./")],
  ...Object.fromEntries(places.map(([view, name]) => ["g " + view[0], [name, go(view + "/")]])),
  "?": ["This list", () => help()],
};
// WCAG 2.1.4: shortcuts of one letter can be switched off.
let isOff = stored("dateline-keys") === "off";
const help = () => {
  let dialog = document.getElementById("_keys");
  if (!dialog) {
    dialog = document.createElement("dialog");
    dialog.id = "_keys";
    const rows = Object.entries(keys).map(([key, [what]]) => {
      const typed = key.split(" ").map((k) => `<kbd>${k}</kbd>`).join(" ");
      return `<dt>${typed}</dt><dd>${what}</dd>`;
    });
    dialog.innerHTML = `<h2>Keyboard shortcuts</h2><dl>${rows.join("")}</dl>
      <form method="dialog"><button>Close</button> <button value="switch"></button></form>`;
    say(dialog, "Keyboard shortcuts");
    dialog.addEventListener("close", () => {
      if (dialog.returnValue !== "switch") return;
      isOff = !isOff;
      stored("dateline-keys", isOff ? "off" : "on");
    });
    document.body.append(dialog);
  }
  dialog.returnValue = "";
  dialog.querySelector("[value=switch]").textContent = isOff ? "Turn them on" : "Turn them off";
  dialog.showModal();
};
document.getElementById("_shortcuts")?.addEventListener("click", help);

let before = "";
document.addEventListener("keydown", (event) => {
  const { key, target } = event;
  const types = target.closest?.("input:not([type=checkbox], [type=radio]), textarea, select, dialog, [contenteditable]");
  if (isOff || types || event.ctrlKey || event.altKey || event.metaKey) return;
  const found = keys[before + key] ?? keys[key];
  before = key === "g" ? "g " : "";
  if (found) {
    event.preventDefault();
    found[1]();
  }
});
