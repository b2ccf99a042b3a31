(() => {
  const version = "VERSION";
  let stream, overlay;
  const show = (problems) => {
    overlay?.remove();
    overlay = null;
    if (!problems) return;
    overlay = document.createElement("pre");
    overlay.setAttribute("role", "alert");
    overlay.tabIndex = 0;
    overlay.style.cssText = "position:fixed;inset:auto 0 0 0;max-height:60vh;overflow:auto;margin:0;padding:1rem;z-index:2147483647;background:#1d1b1e;color:#f4eff4;border-top:4px solid #e5484d;font:14px/1.45 ui-monospace,monospace;white-space:pre-wrap;text-align:left";
    overlay.textContent = problems + "\n(Escape hides this; it goes away when the site is repaired)";
    document.body.append(overlay);
  };
  addEventListener("keydown", (event) => event.key === "Escape" && show());
  const listen = () => {
    stream = new EventSource("EVENTS");
    stream.onmessage = (message) => {
      const state = JSON.parse(message.data);
      if (state.version !== version) location.reload();
      else show(state.problems);
    };
    stream.onerror = () => stream.readyState === 2 && setTimeout(visible, 1000);
  };
  const visible = () => {
    stream?.close();
    // A browser keeps six connections to a server: a tab that nobody sees gives its own back.
    if (!document.hidden) listen();
  };
  addEventListener("visibilitychange", visible);
  addEventListener("pagehide", () => stream?.close());
  addEventListener("pageshow", (event) => event.persisted && visible());
  visible();
})();
