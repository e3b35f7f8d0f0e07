// Short messages: those Django rendered into the page, and those an answer sends with
// HX-Trigger: {"toast": {"text": "…", "kind": "success", "undo_url": "/…", "undo_label": "Undo"}}.
import {csrf, eachNew, word} from "./page.js";

const KEPT = "toasts-for-the-next-page";

function button(label, className) {
  return Object.assign(document.createElement("button"), {className, textContent: label});
}

/** Shows a toast; `retry` is a function behind a Retry button. Errors stay until closed. */
export function toast({text, kind = "info", tag = kind === "danger" ? "error" : kind, undo_url, undo_label, retry, tags}) {
  const note = document.createElement("div");
  if (tags) note.dataset.tags = tags.replace(/undo:\S+/, "");
  note.className = `toast-note toast-${tag}`;
  note.setAttribute("role", tag === "error" ? "alert" : "status");
  note.append(Object.assign(document.createElement("p"), {textContent: text}));
  if (undo_url) note.append(undoForm(undo_url, undo_label));
  if (retry) {
    const again = button(word("retry"), "toast-action");
    again.type = "button";
    again.addEventListener("click", () => { note.remove(); retry(); });
    note.append(again);
  }
  const close = button("", "icon-button");
  close.type = "button";
  close.dataset.closeToast = "";
  close.setAttribute("aria-label", word("close"));
  close.innerHTML = '<i class="ti ti-x" aria-hidden="true"></i>';
  note.append(close);
  document.getElementById("toasts").append(note);
  return note;
}

function undoForm(url, label) {
  const form = Object.assign(document.createElement("form"), {method: "post", action: url});
  form.append(
    Object.assign(document.createElement("input"), {type: "hidden", name: "csrfmiddlewaretoken", value: csrf()}),
    button(label || word("undo"), "toast-action"),
  );
  return form;
}

function planLink(url) {
  const link = Object.assign(document.createElement("a"), {href: url, className: "toast-action", textContent: word("plan")});
  link.dataset.dialog = "";
  return link;
}

/** Keeps the toasts of a page fetched in the background for the page that comes next. */
export function carryToasts(page) {
  const notes = [...page.querySelectorAll(".toast-note")].map((note) => ({
    text: note.querySelector("p").textContent, tag: note.className.replace(/.*toast-(?!note)(\w+).*/, "$1"), tags: note.dataset.tags,
  }));
  if (notes.length) sessionStorage.setItem(KEPT, JSON.stringify(notes));
}

// A toast leaves after ten seconds, but never while it is pointed at or holds the focus.
eachNew(".toast-note", (note) => {
  const undo = note.dataset.tags?.match(/undo:(\/\S+)/);
  if (undo) note.lastElementChild.before(undoForm(undo[1]));
  const link = note.dataset.tags?.match(/link:(\/\S+)/);
  if (link) note.lastElementChild.before(planLink(link[1]));
  if (note.matches(".toast-error")) return;
  const leave = () => {
    if (note.matches(":hover, :focus-within")) setTimeout(leave, 3000); else note.remove();
  };
  setTimeout(leave, 10_000);
});
new MutationObserver(() => document.dispatchEvent(new CustomEvent("content:added"))).observe(document.getElementById("toasts"), {childList: true});

document.addEventListener("toast", (event) => toast(event.detail));
document.addEventListener("click", (event) => event.target.closest("[data-close-toast]")?.closest(".toast-note").remove());

const kept = sessionStorage.getItem(KEPT);
if (kept) {
  sessionStorage.removeItem(KEPT);
  for (const {text, tag, tags} of JSON.parse(kept)) toast({text, tag, tags, undo_url: tags?.match(/undo:(\/\S+)/)?.[1]});
}
