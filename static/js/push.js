// Messages of this product in the browser: on, off, and what stands in the way. The service worker is /sw.js;
// it shows what comes by push_handler.js.
import {post} from "./page.js";

const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

async function worker() {
  await navigator.serviceWorker.register("/sw.js");
  return navigator.serviceWorker.ready;
}

/** Wires the switch of the settings page. */
export async function start(place) {
  const [on, off, says] = ["on", "off", "says"].map((name) => place.querySelector(`[data-push-${name}]`));
  const say = (word) => { says.textContent = says.dataset[word]; };
  if (!("serviceWorker" in navigator) || !("PushManager" in window) || !window.isSecureContext) return say("cannot");

  async function show() {
    if (Notification.permission === "denied") return say("denied");
    const found = await navigator.serviceWorker.getRegistration("/");
    const kept = await found?.pushManager.getSubscription();
    on.hidden = Boolean(kept);
    off.hidden = !kept;
    say(kept ? "on" : "off");
  }

  on.addEventListener("click", async () => {
    try {
      if (await Notification.requestPermission() !== "granted") return show();
      const {key} = await (await post(place.dataset.url, {})).json();
      const {pushManager} = await worker();
      const subscription = await pushManager.subscribe({userVisibleOnly: true, applicationServerKey: bytes(key)});
      const answer = await post(place.dataset.url, {subscription: JSON.stringify(subscription)});
      if (!answer.ok) await subscription.unsubscribe();
      await show();
      if (!answer.ok) say("failed");
    } catch {
      say("failed");
    }
  });
  off.addEventListener("click", async () => {
    const found = await navigator.serviceWorker.getRegistration("/");
    const kept = await found?.pushManager.getSubscription();
    if (kept) {
      await post(place.dataset.remove, {endpoint: kept.endpoint});
      await kept.unsubscribe();
    }
    show();
  });
  show();
}
