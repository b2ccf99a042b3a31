// What is wrong with the site, over the last page that was right.

// Opens a place in the editor; `say` shows what to do if there is none.
const openInEditor = async (file, line, column, say) => {
  const place = { file, line: line ?? 1, column: column ?? 1 };
  const answer = await fetch(route("open", place)).catch(() => undefined);
  if (answer?.ok) return say();
  const other = (name, as) => make("a", { href: route("open", { ...place, as }), textContent: name });
  const reason = answer ? await answer.text() : "The server does not answer.";
  say(reason.trim(), other("VS Code", "vscode"), other("JetBrains", "jetbrains"));
};

const title = make("h2", { id: "title" });
const list = make("ol");
const close = make("button", { type: "button", textContent: "Close" });
const panel = make(
  "section",
  { className: "problems", hidden: true, tabIndex: -1 },
  make("div", {}, make("header", {}, title, make("kbd", { textContent: "Esc" }), close), list),
);
panel.setAttribute("role", "region");
panel.setAttribute("aria-labelledby", "title");
// Read at once, and without the focus: the author is in their editor, or types into the page.
const announced = make("p", { className: "unseen" });
announced.setAttribute("role", "alert");
root.append(announced);
dock.append(panel);

const plural = (count, noun) => `${count} ${noun}${count === 1 ? "" : "s"}`;

const excerptOf = ({ line, excerpt: { before, marked, after } }) => {
  const number = `${line} | `;
  const gap = " ".repeat(number.length - 2) + "| ";
  const caret = "^".repeat([...marked].length || 1);
  return make(
    "pre",
    { tabIndex: 0 },
    make("span", { className: "number", textContent: number }),
    before,
    make("mark", { textContent: marked }),
    `${after}\n`,
    make("span", { className: "number", textContent: gap }),
    " ".repeat([...before].length),
    make("span", { className: "caret", textContent: caret }),
  );
};

const itemOf = (problem) => {
  const { severity, code, message, file, line, column, excerpt, hint } = problem;
  const place = [file, line, column].filter((part) => part != null).join(":");
  const said = make("span", { className: "said" });
  const button = make("button", { type: "button", className: "place", textContent: place, title: "Open in the editor" });
  button.addEventListener("click", () => openInEditor(file, line, column, (...parts) => said.replaceChildren(...parts)));
  return make(
    "li",
    {},
    make(
      "h3",
      { className: severity },
      `${severity}: `,
      message,
      code ? " " : null,
      code ? make("code", { textContent: code }) : null,
    ),
    file ? button : null,
    said,
    excerpt ? excerptOf(problem) : null,
    hint ? make("p", { className: "hint", textContent: hint }) : null,
  );
};

let problems = { list: [], more: 0 };
const countOf = (severity) => problems.list.filter((problem) => problem.severity === severity).length;

const toggleProblems = (isShown) => {
  panel.hidden = !isShown;
  // A page of the server's own says the same.
  const text = isOwn && document.querySelector("pre");
  if (text) text.hidden = isShown;
};
close.addEventListener("click", () => toggleProblems(false));
addEventListener("keydown", (event) => event.key === "Escape" && toggleProblems(false));

// Errors are shown at once; warnings when they are asked for.
const showProblems = (now) => {
  if (JSON.stringify(now) === JSON.stringify(problems)) return;
  problems = now;
  const counts = ["error", "warning"].map((severity) => [countOf(severity), severity]);
  const text = counts.filter(([count]) => count).map(([count, noun]) => plural(count, noun)).join(", ");
  const hasErrors = counts[0][0] > 0;
  title.textContent = now.more ? `${text}, and ${now.more} more` : text;
  list.replaceChildren(...now.list.map(itemOf));
  panel.classList.toggle("mild", !hasErrors);
  const first = now.list[0];
  announced.textContent = hasErrors ? `${text}: ${first.message}${first.file ? `, ${first.file}` : ""}` : "";
  toggleProblems(hasErrors || (!panel.hidden && now.list.length > 0));
};
