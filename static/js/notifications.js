// The bell: what led to this page is read once the page is open; pop-ups have their own buttons.
import {announce, eachNew, obey, part, post, signIn} from "./page.js";

// One request, and only while something is unread.
const number = () => document.getElementById("bell-number");

async function seen() {
  const bell = number();
  if (!bell || bell.dataset.unread === "0") return;
  const answer = await post(bell.dataset.seen, {path: location.pathname}).catch(() => null);
  if (answer?.ok) replaceBell(await answer.text());
}

function replaceBell(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html").getElementById("bell-number");
  if (!fresh || !number()) return;
  number().replaceWith(fresh);
  window.htmx?.process(fresh);
}

/** Marks one notification read, wherever its row or pop-up stands. */
async function read(element) {
  const answer = await post(element.dataset.read, {pk: element.dataset.notification}).catch(() => null);
  if (answer?.ok) replaceBell(await answer.text());
  element.classList.remove("is-unread");
}

document.addEventListener("click", (event) => {
  const popup = event.target.closest(".popup");
  if (popup && event.target.closest("[data-close-popup]")) popup.remove();
  const link = event.target.closest("[data-notification] [data-dialog]");
  if (link) read(link.closest("[data-notification]")).then(() => popup?.remove());
});

// Done, later: sent in the background, and the answer's own words are shown.
document.addEventListener("submit", async (event) => {
  const form = event.target.closest("[data-notification-action]");
  if (!form) return;
  event.preventDefault();
  const row = form.closest("[data-notification]");
  const answer = await post(form.action, new FormData(form, event.submitter)).catch(() => null);
  if (answer?.status === 401) return signIn();
  if (!answer) return;
  obey(answer);
  if (!answer.ok) return;
  await read(row);
  if (row.matches(".popup")) row.remove(); else form.closest(".row-of")?.remove();
}, true);

eachNew(".popup", (popup) => announce(popup.querySelector("strong").textContent));
eachNew("[data-push]", (place) => part(() => import("./push.js")).then((module) => module.start(place)));
seen();
