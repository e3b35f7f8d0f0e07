// One shared native <dialog>. <a href="/deals/3/lose/" data-dialog> shows that page's content in it; without a script the link just opens.
// A form inside without hx-* is sent as a page would send it: a redirect leaves for the new page, a 4xx shows the form again.
// Also asks before what cannot be taken back: hx-confirm="…" or <form data-confirm="…">, with data-confirm-yes="Send to 312".
import {announce, contentAdded, contentOf, obey, post, sentBy, signIn, word} from "./page.js";
import {isKeepable, keep} from "./offline.js";
import {carryToasts, toast} from "./toasts.js";

const dialog = document.getElementById("dialog");
const body = document.getElementById("dialog-body");
let opener = null;

/** Opens the dialog with `html`: a fragment, or a whole page of which the content is taken. */
export function show(html, {title, from = document.activeElement} = {}) {
  const content = contentOf(html);
  body.innerHTML = content.html;
  document.getElementById("dialog-title").textContent = title || content.title;
  window.htmx?.process(body);
  contentAdded();
  if (!dialog.open) {
    opener = from;
    dialog.showModal();
  }
  const stops = ["[data-form-errors], [autofocus]", "input:not([type=hidden]), select, textarea", "button, a[href]"];
  stops.map((stop) => [...body.querySelectorAll(stop)].find((element) => element.offsetParent)).find(Boolean)?.focus();
}

/** Fetches `url` into the dialog. */
export async function open(url, options = {}) {
  const response = await fetch(url, {headers: {"HX-Request": "true", "HX-Target": "dialog"}, credentials: "same-origin"}).catch(() => null);
  if (!response || response.status >= 500) return toast({text: word("offline"), tag: "error", retry: () => open(url, options)});
  if (response.status === 401) return signIn();
  body.dataset.url = url;
  if (!obey(response)) show(await response.text(), options);
}

export const close = () => dialog.close();

dialog.addEventListener("close", () => {
  body.replaceChildren();
  if (opener?.isConnected) opener.focus();
  opener = null;
});
document.addEventListener("dialog:close", close);

body.addEventListener("submit", send);

// <form data-asks> on a page: sent in the background too, so that what the server still asks for opens as a dialog.
document.addEventListener("submit", (event) => {
  if (event.target.matches("form[data-asks]")) send(event);
});

async function send(event) {
  const form = event.target;
  const method = sentBy(form);
  if (method === "dialog" || event.defaultPrevented || form.matches("[hx-post], [hx-get], [hx-patch], [hx-delete], [data-confirm]:not([data-confirmed])")) return;
  event.preventDefault();
  if (method !== "post") return open(`${form.getAttribute("action") || body.dataset.url}?${new URLSearchParams(new FormData(form, event.submitter))}`);
  const address = event.submitter?.getAttribute("formaction") || form.getAttribute("action") || body.dataset.url;
  const sent = new FormData(form, event.submitter);
  if (event.submitter) event.submitter.disabled = true;
  const response = await post(address, sent, {asPage: true}).catch(() => null);
  if (event.submitter) event.submitter.disabled = false;
  if (!response && isKeepable(form)) return void (await keep(form, event.submitter, {address: new URL(address, location.href).pathname}) && close());
  if (!response || response.status >= 500) return toast({text: word("notSaved"), tag: "error", retry: () => form.requestSubmit(event.submitter)});
  if (response.status === 401) return signIn();
  const text = await response.text();
  if (response.redirected) {
    form.dispatchEvent(new CustomEvent("form:saved", {bubbles: true}));
    carryToasts(contentOf(text).page);
    const there = new URL(response.url);
    if (there.pathname + there.search === location.pathname + location.search) location.reload(); else location.assign(there);
    return;
  }
  const trouble = contentOf(text).page.querySelector(".trouble p");
  if (trouble && !response.ok) complain(form, trouble.textContent.trim());
  else if (!obey(response)) {
    if (response.status === 204) close(); else show(text, {from: event.submitter || form});
  }
}

// A refusal stands above the form, and what was typed stays.
function complain(form, sentence) {
  form.querySelector("[data-form-errors]")?.remove();
  const summary = Object.assign(document.createElement("div"), {className: "form-errors", tabIndex: -1, textContent: sentence});
  summary.setAttribute("role", "alert");
  summary.dataset.formErrors = "";
  form.prepend(summary);
  summary.focus();
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-dialog]");
  if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    const menu = link.closest("details.menu");
    if (menu) menu.open = false;
    open(link.getAttribute("href") || link.dataset.dialog, {title: link.dataset.dialogTitle, from: menu?.querySelector("summary") || link});
  }
  if (event.target.closest("[data-close-dialog]")) event.target.closest("dialog").close();
  if (event.target.matches("dialog.palette, dialog.sheet")) closeFromOutside(event);
});

// A click beside a dialog closes it, unless something was typed there.
function closeFromOutside(event) {
  const box = event.target.getBoundingClientRect();
  const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  const typed = [...event.target.querySelectorAll("input:not([type=hidden]):not([type=search]), textarea")].some((field) => field.value !== field.defaultValue);
  if (!inside && !typed) event.target.close();
}

/** Asks a yes-or-no question; the yes button repeats the verb. */
export function confirmed(question, yes) {
  const box = document.getElementById("confirm");
  const [title, ...rest] = question.split("\n");
  box.querySelector("#confirm-title").textContent = title;
  box.querySelector("#confirm-text").textContent = rest.join(" ");
  const button = box.querySelector("[data-yes]");
  button.dataset.usual ??= button.textContent;
  button.textContent = yes || button.dataset.usual;
  box.returnValue = "";
  box.showModal();
  announce(question);
  return new Promise((resolve) => box.addEventListener("close", () => resolve(box.returnValue === "yes"), {once: true}));
}

document.addEventListener("htmx:confirm", async (event) => {
  event.preventDefault();
  const {ctx, issueRequest, dropRequest} = event.detail;
  if (await confirmed(ctx.confirm, ctx.sourceElement.dataset.confirmYes)) issueRequest(); else dropRequest();
});
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.dataset.confirm || form.dataset.confirmed) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (!(await confirmed(form.dataset.confirm, form.dataset.confirmYes || event.submitter?.textContent.trim()))) return;
  form.dataset.confirmed = "yes";
  form.requestSubmit(event.submitter);
  delete form.dataset.confirmed;
}, true);
