// Listens to the server, and brings the page to what the server has.
document.documentElement.append(host);

const reload = () => location.reload();
// A page of the server's own, and pages whose scripts have changed, begin anew: what ran cannot be taken back.
const take = (response, html) => {
  if (response.redirected) return location.replace(response.url + location.hash);
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const script = fresh.querySelector("script[data-dateline]");
  if (!script) return reload();
  const now = { ...script.dataset };
  const isNowOwn = "isOwn" in now;
  const isFailure = isNowOwn && response.status >= 500;
  // The last good page stays, with what is wrong over it.
  if (isFailure && !isOwn) return undefined;
  const isOther = new URL(script.src, location).search !== new URL(tag.src).search;
  script.remove();
  const isRefresh = fresh.querySelector("meta[http-equiv=refresh i]");
  const runsOther = now.programs !== loaded.programs || now.programFiles !== loaded.programFiles;
  if (isOwn || isNowOwn || isOther || isRefresh || runsOther) return reload();
  Object.assign(loaded, now);
  const changed = patch(fresh);
  emulate();
  showChanges(changed);
  dispatchEvent(new CustomEvent("dateline:patched"));
  frame?.contentWindow.location.reload();
};

// One page after the other; a save during a load is loaded after it.
let loading;
let isStale = false;
const load = async () => {
  isStale = true;
  if (loading) return;
  while (isStale) {
    isStale = false;
    loading = fetch(location.pathname + location.search);
    try {
      const response = await loading;
      take(response, await response.text());
    } catch {
      // The server is away; what it has is asked again when it is back.
    }
  }
  loading = undefined;
};

let files;
const hearFiles = (message) => {
  if (message.program_files !== loaded.programFiles) return reload();
  const now = new Map(Object.entries(message.files));
  // What changed while nobody listened is not known: all is taken for changed.
  const isMissed = !files && String(message.version) !== loaded.version;
  const changed = new Map(
    [...now].filter(([file, digest]) => (files ? files.has(file) && files.get(file) !== digest : isMissed)),
  );
  files = now;
  if (!changed.size) return;
  if (isMissed) refresh(changed);
  else showChanges(refresh(changed));
};

const hearState = (state) => {
  bar.classList.remove("away");
  if (!isFrame) {
    showProblems(state.problems);
    showBar(state);
    const isElsewhere = state.open && state.open !== decodeURI(location.pathname) && state.open !== location.pathname;
    if (isElsewhere) return location.assign(state.open);
  }
  // Another run has another token; a page of the server's own waits for one of the site.
  const isOther = state.page && state.page !== loaded.page;
  if (isOther || state.run !== loaded.run) load();
};

const RETRY_MS = 1000;
let stream;
const listen = () => {
  stream?.close();
  stream = undefined;
  // A browser keeps six connections to a server: a tab that nobody sees gives its own back.
  if (document.hidden) return;
  stream = new EventSource(`${BASE}/__dateline/events?path=${encodeURIComponent(location.pathname)}`);
  stream.onmessage = ({ data }) => {
    const message = JSON.parse(data);
    if (message.kind === "state") hearState(message);
    else hearFiles(message);
  };
  stream.onerror = ({ target }) => {
    bar.classList.add("away");
    // The browser itself tries again, unless it was told something else than a stream.
    if (target.readyState === EventSource.CLOSED && target === stream) setTimeout(listen, RETRY_MS);
  };
};
addEventListener("visibilitychange", listen);
addEventListener("pagehide", () => stream?.close());
addEventListener("pageshow", (event) => event.persisted && listen());
listen();
