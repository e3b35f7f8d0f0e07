// Forms that could not be sent, kept in this browser until they are: one store for pages and the service worker.
// A classic script without imports, because a service worker takes no modules; it leaves `drafts` on the global object.
//
// A draft: {nonce, person, path, page, title, values: [[name, text or file]], dropped: [file names], asFragment, state, at, tries, problem}
//   sending   the browser is posting it right now          answered  the answer was a redirect; the next page knows where it led
//   waiting   not sent; goes out by itself                 refused   the server said no; the person decides
// `nonce` is the hidden field of `{% once %}`, by which the server does a doubled sending once (foundation/once.py).
(() => {
  const DAY = 24 * 3600 * 1000;
  const KEPT = 29 * DAY;            // a day less than the server remembers nonces
  const FORGOTTEN = 2 * 60 * 1000;  // a sending nobody reported the end of: its browser was closed
  const MOST_TRIES = 5;             // answers of 5xx, after which only the person sends it again
  const SESSION = "/drafts/session/";
  const done = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const channel = "BroadcastChannel" in self ? new BroadcastChannel("drafts") : null;  // tells every tab what became of drafts
  let opened;

  function store() {
    opened ??= new Promise((resolve, reject) => {
      const request = indexedDB.open("romashka", 1);
      request.onupgradeneeded = () => {
        request.result.createObjectStore("drafts", {keyPath: "nonce"});
        request.result.createObjectStore("notes");
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    return opened;
  }
  const within = async (name, mode, work) => done(work((await store()).transaction(name, mode).objectStore(name)));

  const all = async () => (await within("drafts", "readonly", (rows) => rows.getAll())).sort((a, b) => a.at - b.at);
  const get = (nonce) => within("drafts", "readonly", (rows) => rows.get(nonce));
  const put = (draft) => within("drafts", "readwrite", (rows) => rows.put(draft));
  const remove = (nonce) => within("drafts", "readwrite", (rows) => rows.delete(nonce));
  const note = (name) => within("notes", "readonly", (rows) => rows.get(name));
  const setNote = (name, value) => within("notes", "readwrite", (rows) => rows.put(value, name));

  /** What `person` did not get through, oldest first. Drafts of others are never shown. */
  async function of(person) {
    const now = Date.now();
    return (await all()).filter((draft) => draft.person === String(person) && isOurs(draft, now));
  }
  const isOurs = (draft, now) => ["waiting", "refused"].includes(draft.state) || isForgotten(draft, now);
  const isForgotten = (draft, now) => ["sending", "answered"].includes(draft.state) && now - draft.at > FORGOTTEN;
  const isReady = (draft, now) => now - draft.at < KEPT && draft.tries < MOST_TRIES && (draft.state === "waiting" || isForgotten(draft, now));

  /** The draft being posted to `path`; where two tabs post there at once, `nonceOf()` tells which. */
  async function beingSent(path, nonceOf) {
    const found = (await all()).filter((draft) => draft.state === "sending" && draft.path.split("?")[0] === path);
    if (found.length < 2) return found[0];
    const nonce = await nonceOf().catch(() => "");
    return found.find((draft) => draft.nonce === nonce);
  }

  /** After a redirect the page it led to decides: the sign-in page means that nothing was done. */
  async function settleAnswered(person) {
    for (const draft of await all()) {
      if (draft.state !== "answered") continue;
      if (person) await remove(draft.nonce); else await put({...draft, state: "waiting"});
    }
  }

  /** Who is signed in here, with a fresh token: {person, token, signIn}; null without a network. */
  async function session() {
    try {
      const response = await fetch(SESSION, {credentials: "same-origin", cache: "no-store"});
      return response.ok ? await response.json() : null;
    } catch {
      return null;
    }
  }

  /** Sends what is ready, or the one draft `only`; one tab at a time. Answers {sent: [], refused: [], signIn: bool, away: bool}. */
  async function sendAll({only = ""} = {}) {
    const result = {sent: [], refused: [], signIn: false, away: false};
    const work = () => sendEach(only, result);
    await (navigator.locks ? navigator.locks.request("drafts", work) : work());
    const {sent, refused} = result;
    if (sent.length || refused.length) channel?.postMessage({sent: sent.map(said), refused: refused.map(said)});
    return result;
  }

  const said = ({person, title, url, problem}) => ({person, title, url, problem});

  async function sendEach(only, result) {
    const now = Date.now();
    const ready = (await all()).filter((draft) => only ? draft.nonce === only : isReady(draft, now));
    if (!ready.length) return;
    const who = await session();
    if (!who) return void (result.away = true);
    if (!who.person) return void (result.signIn = true);
    for (const draft of ready) {
      if (draft.person !== who.person) continue;
      const outcome = await send(draft, who);
      if (outcome.away || outcome.signIn) return void Object.assign(result, outcome);
      if (outcome.sent) result.sent.push(outcome.sent);
      if (outcome.refused) result.refused.push(outcome.refused);
    }
  }

  async function send(draft, who) {
    let response;
    try {
      response = await fetch(draft.path, {
        method: "POST", body: bodyOf(draft), credentials: "same-origin",
        headers: {"X-CSRFToken": who.token, ...(draft.asFragment ? {"HX-Request": "true"} : {})},
      });
    } catch {
      return {away: true};
    }
    const there = new URL(response.url || draft.path, self.location.href);
    if (response.status === 401 || response.redirected && there.pathname === who.signIn) return {signIn: true};
    if (response.ok) {
      await remove(draft.nonce);
      return {sent: {...draft, url: response.redirected ? there.pathname + there.search : response.headers.get("HX-Redirect") || ""}};
    }
    if (response.status >= 500 || response.status === 429) {
      await put({...draft, state: "waiting", tries: draft.tries + 1});
      return {};
    }
    const refused = {...draft, state: "refused", problem: sentenceOf(await response.text())};
    await put(refused);
    return {refused};
  }

  function bodyOf(draft) {
    const body = draft.values.some(([, value]) => typeof value !== "string") ? new FormData() : new URLSearchParams();
    for (const [name, value] of draft.values) body.append(name, value);
    return body;
  }

  /** The server's reason in an answered page or fragment; a service worker has no parser, so it is cut out by hand. */
  function sentenceOf(html) {
    const place = html.match(/data-form-errors[^>]*>([\s\S]*?)<\/div>/) || html.match(/class="[^"]*trouble[^"]*"[^>]*>[\s\S]*?<p[^>]*>([\s\S]*?)<\/p>/);
    const marks = {amp: "&", lt: "<", gt: ">", quot: "\"", "#x27": "'", "#39": "'", nbsp: " "};
    return (place?.[1] || "").replace(/<[^>]*>/g, " ").replace(/&([#\w]+);/g, (whole, name) => marks[name] ?? whole).replace(/\s+/g, " ").trim();
  }

  async function forgetOld() {
    for (const draft of await all()) if (Date.now() - draft.at > 2 * KEPT) await remove(draft.nonce);
  }

  self.drafts = {all, of, get, put, remove, note, setNote, beingSent, settleAnswered, session, sendAll, forgetOld, channel};
})();
