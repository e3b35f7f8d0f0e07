// My day and its focus mode: e done, s put off, a give away, on the row that j and k walk to; by the place of the key, so Cyrillic layouts work.
// After a row is done or put off the focus goes to the one after it, and the live region says which.
import {announce, contentAdded, contentOf, post, word} from "./page.js";
import {isOff, isTyping} from "./shortcuts.js";
import {toast} from "./toasts.js";

const NEXT = "day-next";
const ACTS = {KeyE: "done", KeyS: "snooze", KeyA: "assign"};
const CHOICES = {Digit1: "1h", Digit2: "tomorrow", Digit3: "workday"};
const day = document.querySelector("[data-day]");
const focusMode = document.querySelector("[data-focus]");
const snooze = document.getElementById("snooze");

const rows = () => [...document.querySelectorAll("[data-day-row]")];
const current = () => document.activeElement?.closest("[data-day-row]") || document.querySelector("[data-day-row].is-current") || (focusMode && rows()[0]);

function stand(row) {
  rows().forEach((each) => each.classList.toggle("is-current", each === row));
  const link = row?.querySelector(".day-title") || document.querySelector("[data-day] h2, [data-day] .empty h2");
  if (!link) return;
  if (!link.matches("a")) link.tabIndex = -1;
  link.focus();
  row?.scrollIntoView({block: "nearest"});
}

/** The row to stand on once `row` is gone: the next one, else the one before. */
function after(row) {
  const all = rows();
  const at = all.indexOf(row);
  return (all[at + 1] || all[at - 1])?.id || "none";
}

function comeBack(id) {
  const row = document.getElementById(id) || rows()[0];
  stand(row);
  announce(row ? day.dataset.doneText.replace("%s", row.dataset.title) : day.dataset.emptyText);
}

/** Shows the sections of a fetched page instead of ours, and what it has to say. */
function take(page) {
  const fresh = page.querySelector("[data-day]");
  for (const note of page.querySelectorAll(".toast-note")) {
    const undo = note.dataset.tags?.match(/undo:(\/\S+)/)?.[1];
    toast({text: note.querySelector("p").textContent, tag: note.className.replace(/.*toast-(?!note)(\w+).*/, "$1"), undo_url: undo});
  }
  if (!fresh || !day) return false;
  day.replaceChildren(...fresh.childNodes);
  contentAdded();
  return true;
}

async function putOff(form, submitter) {
  const row = current() || rows()[0];
  const next = row && after(row);
  const answer = await post(form.getAttribute("action"), new FormData(form, submitter), {asPage: true}).catch(() => null);
  if (!answer || answer.status >= 500) return toast({text: word("notSaved"), tag: "error", retry: () => form.requestSubmit(submitter)});
  const {page} = contentOf(await answer.text());
  if (!answer.ok) return toast({text: (page.querySelector(".trouble p, [data-form-errors]") || page.body).textContent.trim().slice(0, 200), tag: "error"});
  snooze.close();
  if (take(page)) comeBack(next); else location.reload();
}

if (snooze) {
  let opener = null;
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-snooze]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    opener = link;
    stand(link.closest("[data-day-row]"));
    for (const form of snooze.querySelectorAll("form")) form.setAttribute("action", link.dataset.snooze);
    snooze.querySelector("[data-snooze-what]").textContent = link.closest("[data-day-row]").dataset.title;
    snooze.showModal();
    snooze.querySelector("button[name=until]").focus();
  });
  snooze.addEventListener("submit", (event) => {
    event.preventDefault();
    putOff(event.target, event.submitter);
  });
  snooze.addEventListener("close", () => { if (opener?.isConnected) opener.focus(); });
  snooze.addEventListener("keydown", (event) => {
    const choice = !isTyping(event.target) && CHOICES[event.code] && snooze.querySelector(`button[value="${CHOICES[event.code]}"]`);
    if (choice) choice.click();
  });
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey || event.defaultPrevented) return;
  if (document.querySelector("dialog[open]") || isTyping(event.target)) return;
  if (focusMode && event.key === "Escape") return document.querySelector("[data-leave-focus]")?.click();
  if (isOff() || event.repeat) return;
  if (focusMode && (event.code === "KeyJ" || event.code === "KeyK")) {
    document.querySelector(event.code === "KeyJ" ? "[data-focus-next]" : "[data-focus-previous]")?.click();
  } else if (ACTS[event.code]) {
    const act = current()?.querySelector(`[data-act="${ACTS[event.code]}"]`);
    if (!act) return;
    if (act.matches("summary")) { act.parentElement.open = true; act.parentElement.querySelector("button").focus(); } else act.click();
  } else return;
  event.preventDefault();
}, true);

// A dialog that was sent reloads the page: remember where to stand then.
document.addEventListener("form:saved", () => {
  const row = day && document.querySelector("[data-day-row].is-current");
  if (row) sessionStorage.setItem(NEXT, after(row));
});
document.addEventListener("click", (event) => {
  const act = event.target.closest("[data-day] [data-act]");
  if (act) rows().forEach((each) => each.classList.toggle("is-current", each.contains(act)));
}, true);
const next = sessionStorage.getItem(NEXT);
if (next && day) {
  sessionStorage.removeItem(NEXT);
  comeBack(next);
}

// Something was added in the dialog: the page follows when it closes, or at once where it was closed before the answer was told.
const dialog = document.getElementById("dialog");
let isOld = false;
document.addEventListener("day:changed", () => {
  isOld = true;
  follow();
});
dialog?.addEventListener("close", follow);

async function follow() {
  if (!isOld || !day || dialog?.open) return;
  isOld = false;
  const answer = await fetch(location.href, {credentials: "same-origin"}).catch(() => null);
  if (answer?.ok) take(contentOf(await answer.text()).page);
}
