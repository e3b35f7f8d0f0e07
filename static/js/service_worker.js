// Without a network: the offline page instead of the browser's own, and forms that failed are told to the store of drafts.
// It caches our static files and the offline page, never a page or an answer with anybody's data.
// /sw.js sets HOUSE = {version, files, pages: {language: address}} and then imports drafts.js and this file.
const CACHE = `romashka-${HOUSE.version}`;
const FILES = new Set(HOUSE.files.map((address) => new URL(address, location.href).pathname));
const OFFLINE = "/offline/";
const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

self.addEventListener("install", (event) => event.waitUntil(fill().then(() => self.skipWaiting())));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

async function fill() {
  const cache = await caches.open(CACHE);
  const fresh = (address) => new Request(address, {cache: "reload", credentials: "omit"});
  await cache.addAll([...HOUSE.files, ...Object.values(HOUSE.pages)].map(fresh));
}

async function takeOver() {
  for (const name of await caches.keys()) if (name.startsWith("romashka-") && name !== CACHE) await caches.delete(name);
  await self.registration.navigationPreload?.enable();
  await self.clients.claim();
}

self.addEventListener("fetch", (event) => {
  const {request} = event;
  const url = new URL(request.url);
  if (url.origin !== location.origin) return;
  if (request.mode === "navigate") {
    if (request.method === "POST") event.respondWith(posted(event, url));
    else if (request.method === "GET") event.respondWith(visited(event));
  } else if (request.method === "GET" && FILES.has(url.pathname)) {
    event.respondWith(fetch(request).catch(() => kept(request)));
  }
});

const kept = async (request) => (await caches.match(request, {ignoreSearch: true, cacheName: CACHE})) || Response.error();

async function visited(event) {
  try {
    return (await event.preloadResponse) || await fetch(event.request);
  } catch {
    return offlinePage();
  }
}

async function offlinePage() {
  const spoken = await drafts.note("language").catch(() => "");
  const language = [spoken, ...navigator.languages.map((each) => each.slice(0, 2)), "en"].find((each) => each in HOUSE.pages);
  return (await caches.match(HOUSE.pages[language], {cacheName: CACHE})) || Response.error();
}

// A form of a page. The page has written down what it sends before it sent it; here is learned what became of it.
async function posted(event, url) {
  const copy = event.request.clone();
  const nonceOf = async () => (await copy.formData()).get("nonce");
  let response;
  try {
    response = await fetch(event.request);
  } catch {
    return failed(url, nonceOf);
  }
  event.waitUntil(answered(url, nonceOf, response).catch(() => {}));
  return response;
}

async function failed(url, nonceOf) {
  let draft;
  for (let wait = 0; wait < 10 && !draft; wait += 1) {  // the page's writing may be on its way still
    draft = await drafts.beingSent(url.pathname, nonceOf).catch(() => undefined);
    if (!draft) await pause(100);
  }
  if (!draft) return offlinePage();
  await drafts.put({...draft, state: "waiting"});
  await self.registration.sync?.register("drafts").catch(() => {});
  return Response.redirect(`${OFFLINE}?kept=1`, 303);
}

async function answered(url, nonceOf, response) {
  const draft = await drafts.beingSent(url.pathname, nonceOf);
  if (!draft) return;
  if (response.type === "opaqueredirect") await drafts.put({...draft, state: "answered"});
  else if (response.status >= 500) await drafts.put({...draft, state: "waiting", tries: draft.tries + 1});
  else await drafts.remove(draft.nonce);
}

// The network is back while no page of ours is open, or one that sleeps.
self.addEventListener("sync", (event) => {
  if (event.tag === "drafts") event.waitUntil(drafts.sendAll().then(({away}) => { if (away) throw new Error("still away"); }));
});
