// Single keys (the key ? lists them). They follow the place of the key, not its letter, so Cyrillic layouts work; they rest while
// someone types or a dialog is open, and can be switched off (WCAG 2.1.4).
import {sentBy} from "./page.js";

const OFF = "shortcuts-off";
const PLACES = {KeyD: "deals", KeyC: "clients", KeyR: "reports", KeyH: "my_day", KeyT: "tasks", KeyI: "import"};
let goingUntil = 0;

export const isOff = () => document.body.dataset.shortcuts === "off" || localStorage.getItem(OFF) === "yes";
export const isTyping = (element) => element.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable=true]");

const rows = () => [...document.querySelectorAll("[data-row], table.list > tbody > tr")].filter((row) => row.offsetParent);

function walk(step) {
  const all = rows();
  const at = all.findIndex((row) => row.matches(".is-current, :focus-within"));
  const next = all[Math.min(Math.max(at + step, 0), all.length - 1)];
  all.forEach((row) => row.classList.toggle("is-current", row === next));
  (next?.querySelector("th a, a[href]") || next)?.focus();
}

function act(key) {
  const here = document.querySelector(".is-current, [data-row]:focus-within, table.list > tbody > tr:focus-within") || document.querySelector(".page-actions");
  here?.querySelector(`[data-key=${key}]`)?.click();
}

const actions = {
  KeyJ: () => walk(1),
  KeyK: () => walk(-1),
  KeyX: () => document.querySelector(".is-current input[type=checkbox]")?.click(),
  KeyN: () => (document.querySelector("main [data-new]") || document.querySelector("[data-new]"))?.click(),
  KeyC: () => document.querySelector("[data-quick-add]")?.click(),
  // On the row one stands on, else on the page of one record: e done, s put off, a give away. My day has its own.
  KeyE: () => act("e"),
  KeyS: () => act("s"),
  KeyA: () => act("a"),
  KeyG: () => { goingUntil = Date.now() + 1200; },
};

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
    const form = event.target.form || event.target.closest("form");
    if (form && sentBy(form) === "post") form.requestSubmit(form.querySelector("[type=submit], button:not([type])"));
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat && event.code !== "KeyJ" && event.code !== "KeyK") return;
  if (event.defaultPrevented || isOff() || isTyping(event.target) || document.querySelector("dialog[open]")) return;
  const place = Date.now() < goingUntil && document.querySelector(`[data-place="${PLACES[event.code]}"]`);
  goingUntil = 0;
  if (place) location.assign(place.href);
  else if (event.key === "?" || event.code === "Slash" && event.shiftKey) document.querySelector("[data-open-help]")?.click();
  else if (event.key === "/" || event.code === "Slash") document.dispatchEvent(new CustomEvent("palette:open"));
  else if (actions[event.code] && !event.shiftKey) actions[event.code]();
  else return;
  event.preventDefault();
});

// The switch stands in the list of keys, which may be a page or come into the dialog.
function setLever() {
  const lever = document.querySelector("[data-shortcuts-switch]");
  if (!lever) return;
  lever.checked = !isOff();
  lever.disabled = document.body.dataset.shortcuts === "off";
}
setLever();
document.addEventListener("content:added", setLever);
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-shortcuts-switch]")) localStorage.setItem(OFF, event.target.checked ? "no" : "yes");
});
