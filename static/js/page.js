// What the other modules share: new elements, requests with our headers, words from the template, one voice for screen readers.

/** Calls `start` once for every element matching `selector`, now and after each htmx swap. */
export function eachNew(selector, start) {
  const known = new WeakSet();
  const look = () => {
    for (const element of document.querySelectorAll(selector)) {
      if (known.has(element)) continue;
      known.add(element);
      start(element);
    }
  };
  document.addEventListener("htmx:after:swap", look);
  document.addEventListener("content:added", look);
  look();
}

/** Tells every module that content came in by another way than htmx. */
export function contentAdded() {
  document.dispatchEvent(new CustomEvent("content:added"));
}

// How a form is sent; form.method would be its field of that name, where it has one.
export const sentBy = (form) => (form.getAttribute("method") || "get").toLowerCase();

const headers = "hx-headers:inherited";
export const csrf = () => JSON.parse(document.body.getAttribute(headers) || "{}")["X-CSRFToken"] || "";

/** POSTs `values` as a form would. Asks for fragments (HX-Request) unless `asPage`. */
export function post(url, values, {asPage = false} = {}) {
  const body = values instanceof FormData ? values : new URLSearchParams(values);
  return fetch(url, {
    method: "POST", body, credentials: "same-origin",
    headers: {"X-CSRFToken": csrf(), ...(asPage ? {} : {"HX-Request": "true", "HX-Current-URL": location.href})},
  });
}

/** Does what an answer's HX-* headers say. True where the page is leaving. */
export function obey(response) {
  const trigger = response.headers.get("HX-Trigger");
  if (trigger?.startsWith("{")) {
    for (const [name, detail] of Object.entries(JSON.parse(trigger))) {
      document.dispatchEvent(new CustomEvent(name, {detail}));
    }
  }
  const redirect = response.headers.get("HX-Redirect");
  if (redirect) location.assign(redirect);
  else if (response.headers.get("HX-Refresh") === "true") location.reload();
  else return false;
  return true;
}

/** The part of an answer worth showing in a dialog: a fragment as it is, of a whole page only its content. */
export function contentOf(html) {
  const page = new DOMParser().parseFromString(html, "text/html");
  const main = page.querySelector("#content");
  const title = page.querySelector("#content h1")?.textContent.trim() || page.querySelector("h1, h2")?.textContent.trim() || "";
  return {page, title, html: main ? main.innerHTML : page.body.innerHTML, isWhole: Boolean(main)};
}

/** A translated word kept in the toasts' data attributes. */
export const word = (name) => document.getElementById("toasts")?.dataset[name] || "";

/** Says `text` to screen readers through the one shared live region. */
export function announce(text) {
  const voice = document.getElementById("announcer");
  if (!voice) return;
  voice.textContent = "";
  setTimeout(() => { voice.textContent = text; }, 50);
}

/** Goes to the sign-in page and comes back here afterwards. */
export function signIn() {
  location.assign(`${document.body.dataset.signIn}?next=${encodeURIComponent(location.pathname + location.search)}`);
}

/** Fetches a classic script of our own once; vendor/ has no modules without a bundler. */
export function script(path) {
  const url = new URL(path, import.meta.url).href;
  window.romashkaScripts ??= new Map();
  if (!window.romashkaScripts.has(url)) {
    window.romashkaScripts.set(url, new Promise((done, failed) => {
      const element = Object.assign(document.createElement("script"), {src: url, onload: done, onerror: failed, async: false});
      document.head.append(element);
    }));
  }
  return window.romashkaScripts.get(url);
}

/** A module that only some pages need; where the network is gone, it comes when that is back. */
export async function part(load) {
  try {
    return await load();
  } catch (error) {
    if (navigator.onLine) throw error;
    await new Promise((done) => addEventListener("online", done, {once: true}));
    return part(load);
  }
}
