// The look of what the preview adds to a page.
const LOOK = `
:host { all: initial; position: fixed; top: 0; left: 0; width: 0; height: 0; z-index: 2147483647; direction: ltr; }
@media print { :host { display: none; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
.bar, .problems, .mark, dialog {
  --paper: light-dark(#fff, #1f2024);
  --ink: light-dark(#1c1d20, #f1f1f3);
  --quiet: light-dark(#5c5f66, #a9adb6);
  --line: light-dark(#d5d7dc, #43464e);
  --fill: light-dark(#eff0f3, #2d2f35);
  --on: light-dark(#0b57d0, #8ab4f8);
  --on-ink: light-dark(#fff, #10131a);
  --error: light-dark(#b3261e, #ff8a80);
  --warning: light-dark(#8a5300, #ffc266);
  color-scheme: light dark;
  font: 13px/1.45 system-ui, sans-serif;
  color: var(--ink);
  background: var(--paper);
  text-align: left;
}
button, a {
  font: inherit; color: inherit; cursor: pointer;
}
button {
  min-height: 28px; padding: 0 9px; border: 1px solid var(--line); border-radius: 7px; background: var(--paper);
  white-space: nowrap;
}
button:hover { background: var(--fill); }
button[aria-pressed=true] { background: var(--on); border-color: var(--on); color: var(--on-ink); }
:focus-visible { outline: 2px solid var(--on); outline-offset: 2px; }

.dock {
  position: fixed; inset: auto 0 0 0; max-height: 100vh; pointer-events: none;
  display: flex; flex-direction: column; align-items: stretch;
}
.dock > * { pointer-events: auto; }

.bar {
  align-self: end; margin: 12px; max-width: calc(100vw - 24px);
  display: flex; flex-wrap: wrap; align-items: center; gap: 6px;
  padding: 6px; border: 1px solid var(--line); border-radius: 12px;
  box-shadow: 0 1px 2px rgb(0 0 0 / .12), 0 6px 20px rgb(0 0 0 / .16);
}
.bar .name { border-color: transparent; font-weight: 600; display: inline-flex; align-items: center; gap: 6px; }
.bar .name::before { content: ""; width: 8px; height: 8px; border-radius: 50%; background: #1e9e57; }
.bar.away .name::before { background: #d08700; }
.bar .facts { display: flex; flex-wrap: wrap; gap: 2px 10px; padding: 0 6px; color: var(--quiet); }
.bar .facts b { font-weight: 600; color: var(--ink); font-variant-numeric: tabular-nums; }
.bar .facts .state { color: var(--warning); font-weight: 600; }
.bar .tools { display: flex; flex-wrap: wrap; align-items: center; gap: 6px; }
.bar .error { color: var(--error); border-color: currentColor; font-weight: 600; }
.bar .warning { color: var(--warning); }
.bar .said { flex-basis: 100%; padding: 0 6px; color: var(--quiet); }

.problems {
  max-height: min(64vh, 640px); overflow: auto;
  overscroll-behavior: contain;
  border-top: 3px solid var(--error); box-shadow: 0 -6px 24px rgb(0 0 0 / .22);
}
.problems.mild { border-top-color: var(--warning); }
.problems > div { max-width: 1000px; margin: 0 auto; padding: 0 20px 20px; }
.problems header {
  position: sticky; top: 0; display: flex; align-items: center; gap: 12px; padding: 12px 0 10px;
  background: var(--paper);
}
.problems h2 { margin: 0; font: 600 16px/1.3 system-ui, sans-serif; flex: 1; }
.problems kbd { font: 12px ui-monospace, monospace; color: var(--quiet); }
.problems ol { margin: 0; padding: 0; list-style: none; }
.problems li { padding: 12px 0 14px; border-top: 1px solid var(--line); }
.problems h3 { margin: 0 0 4px; font: 600 14px/1.4 system-ui, sans-serif; overflow-wrap: anywhere; }
.problems .error { color: var(--error); }
.problems .warning { color: var(--warning); }
.problems code { font: 12px ui-monospace, monospace; color: var(--quiet); font-weight: 400; }
.problems .place {
  min-height: 24px; padding: 0; border: 0; background: none; color: var(--on); text-decoration: underline;
  text-underline-offset: 2px; font: 13px ui-monospace, monospace; white-space: normal; overflow-wrap: anywhere;
  text-align: left;
}
.problems pre {
  margin: 6px 0; padding: 8px 12px; overflow-x: auto; border-radius: 8px; background: var(--fill);
  font: 13px/1.5 ui-monospace, monospace; tab-size: 4;
}
.problems mark { background: none; color: var(--error); font-weight: 600; }
.problems .warning ~ pre mark, .problems .warning ~ pre .caret { color: var(--warning); }
.problems .number { color: var(--quiet); user-select: none; }
.problems .caret { color: var(--error); font-weight: 700; }
.problems .hint { margin: 4px 0 0; overflow-wrap: anywhere; }
.problems .hint::before { content: "hint: "; color: var(--quiet); }
@media (max-width: 640px) {
  .bar .name { order: -1; }
  /* Both at once leave nothing of the page. */
  .dock:has(.problems:not([hidden])) .bar .tools { display: none; }
}
.problems .said { display: block; color: var(--quiet); }
.said a { color: var(--on); margin-left: 10px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.mark {
  align-self: center; border-radius: 99px;
  background: var(--on); color: var(--on-ink); border-color: transparent; font-weight: 600;
  box-shadow: 0 2px 10px rgb(0 0 0 / .25);
}
.mark:hover { background: var(--on); }
.mark.above { position: fixed; top: 10px; }
.mark.below { margin-bottom: 4px; }

dialog {
  width: min(var(--width), 96vw); height: min(var(--height), 94vh); max-width: none; max-height: none;
  padding: 0; border: 1px solid var(--line); border-radius: 14px; overflow: hidden;
  box-shadow: 0 12px 48px rgb(0 0 0 / .4);
}
dialog[open] { display: flex; flex-direction: column; }
dialog::backdrop { background: rgb(0 0 0 / .45); }
dialog header { display: flex; align-items: center; gap: 10px; padding: 8px 12px; border-bottom: 1px solid var(--line); }
dialog h2 { margin: 0; flex: 1; font: 600 13px/1.4 system-ui, sans-serif; }
dialog iframe { flex: 1; width: 100%; border: 0; background: Canvas; }
`;
const sheet = new CSSStyleSheet();
sheet.replaceSync(LOOK);
// Not a `style` element: the policy of a page may forbid those.
root.adoptedStyleSheets = [sheet];
