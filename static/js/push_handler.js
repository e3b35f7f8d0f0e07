// For the service worker: importScripts("/static/js/push_handler.js"). Shows what the server sent, and opens it.
// The message is {title, text, url, tag, id, count}, as users/push.py writes it.
self.addEventListener("push", (event) => {
  let told = {};
  try { told = event.data?.json() ?? {}; } catch { /* not ours: shown without words, as browsers demand */ }
  event.waitUntil(self.registration.showNotification(told.title || "Romashka CRM", {
    body: told.text || "", tag: told.tag, renotify: Boolean(told.tag), data: {url: told.url || "/"},
    icon: "/static/img/daisy.svg", badge: "/static/img/daisy.svg",
  }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const there = new URL(event.notification.data?.url || "/", self.location.origin);
  if (there.origin !== self.location.origin) return;
  event.waitUntil(self.clients.matchAll({type: "window", includeUncontrolled: true}).then((windows) => {
    const open = windows.find((window) => new URL(window.url).pathname === there.pathname) || windows[0];
    if (!open) return self.clients.openWindow(there.href);
    return open.focus().then((window) => new URL(window.url).pathname === there.pathname ? window : window.navigate(there.href));
  }));
});
