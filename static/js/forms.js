// Forms that lose nothing: one submit at a time, drafts of long forms, a kind word when the server or the network is away.
// <form data-draft="client:12"> keeps its text in this browser, by person, until it is saved.
import {eachNew, sentBy, signIn, word} from "./page.js";
import {isKeepable, keep, renew, writeAhead} from "./offline.js";
import {toast} from "./toasts.js";

const SENT = "draft-sent";
const draftKey = (form) => `draft:${document.body.dataset.person}:${form.dataset.draft}`;

// --- one submit at a time
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || sentBy(form) !== "post" || form.closest("#dialog-body")) return;
  if (form.dataset.sent) return event.preventDefault();
  if (!navigator.onLine) {
    event.preventDefault();
    if (isKeepable(form)) return void keepAndLeave(form, event.submitter);
    return toast({text: word("offline"), tag: "error", retry: () => form.requestSubmit(event.submitter)});
  }
  if (form.dataset.draft) sessionStorage.setItem(SENT, draftKey(form));
  if (form.matches("[hx-post], [hx-patch], [hx-delete]")) return;
  form.dataset.sent = "yes";
  writeAhead(form, event.submitter);
  setTimeout(() => buttons(form).forEach((button) => { button.disabled = true; }));
});
window.addEventListener("pageshow", (event) => {
  if (!event.persisted) return;
  for (const form of document.querySelectorAll("form[data-sent]")) {
    delete form.dataset.sent;
    buttons(form).forEach((button) => { button.disabled = false; });
  }
});
// Kept on this device; the offline page lists it. Without a service worker to show that page the form stays, and cannot be kept twice.
async function keepAndLeave(form, submitter) {
  form.dataset.sent = "yes";
  if (!(await keep(form, submitter))) return void delete form.dataset.sent;
  if (form.matches("[hx-post]")) {  // the page stays, and the next thing typed there is another
    form.reset();
    renew(form);
    delete form.dataset.sent;
  }
  else if (navigator.serviceWorker?.controller) location.assign("/offline/?kept=1");
  else buttons(form).forEach((button) => { button.disabled = true; });
}
const buttons = (form) => [...form.querySelectorAll("button:not([type=button]), input[type=submit]")];
document.addEventListener("htmx:before:request", ({detail: {ctx}}) => busy(ctx.sourceElement, true));
document.addEventListener("htmx:finally:request", ({detail: {ctx}}) => busy(ctx.sourceElement, false));

function busy(element, on) {
  if (!element.matches?.("form")) return;
  element.setAttribute("aria-busy", on);
  buttons(element).forEach((button) => { button.disabled = on; });
}

// --- answers that are no fragments. What looks something up beside the form (data-quiet) fails in silence.
const isQuiet = (element) => element.matches?.("[data-quiet]");
document.addEventListener("htmx:after:request", ({detail: {ctx}}) => {
  const {status} = ctx.response;
  if (isQuiet(ctx.sourceElement) && status >= 400) return void (ctx.hx.reswap = "none");
  if (status === 401) return signIn();
  if (status >= 500) return notSaved(ctx.sourceElement);
  if (status < 400 || !/<html[\s>]/i.test(ctx.text)) return;
  const trouble = new DOMParser().parseFromString(ctx.text, "text/html").querySelector(".trouble");
  if (!trouble) return;
  if (ctx.hx.trigger?.includes("toast")) return;
  ctx.hx.reswap = "none";
  toast({text: [...trouble.querySelectorAll("h1, p")].slice(0, 2).map((line) => line.textContent.trim()).join(" "), tag: "error"});
});
document.addEventListener("htmx:error", ({detail: {ctx, error}}) => {
  if (!ctx || error?.name !== "TypeError" || ctx.response || isQuiet(ctx.sourceElement)) return;
  const form = ctx.sourceElement;
  if (form.matches("form") && isKeepable(form)) keepAndLeave(form); else notSaved(form);
});

function notSaved(element) {
  const again = () => element.matches("form") ? element.requestSubmit() : element.click();
  toast({text: word(navigator.onLine ? "notSaved" : "offline"), tag: "error", retry: element.isConnected ? again : undefined});
}

// --- a choice in a filter bar is sent at once
document.addEventListener("change", ({target}) => {
  if (target.matches?.("[data-submit-on-change]")) target.form.requestSubmit();
});

// --- the list of mistakes receives the focus
eachNew("[data-form-errors]", (summary) => summary.focus());

// --- drafts
const fields = (form) => [...form.elements].filter((field) => field.name && !["hidden", "password", "file", "submit", "button"].includes(field.type) && field.name !== "csrfmiddlewaretoken");
const valuesOf = (form) => fields(form).map((field) => [field.name, ["checkbox", "radio"].includes(field.type) ? field.checked : field.value]);

function startDraft(form) {
  const key = draftKey(form);
  const atFirst = JSON.stringify(valuesOf(form));
  const kept = localStorage.getItem(key);
  let timer;
  if (kept && kept !== atFirst) offerDraft(form, key, JSON.parse(kept));
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => localStorage.setItem(key, JSON.stringify(valuesOf(form))), 400);
  });
  for (const over of ["reset", "form:saved"]) {
    form.addEventListener(over, () => { clearTimeout(timer); localStorage.removeItem(key); });
  }
}

function offerDraft(form, key, kept) {
  const note = Object.assign(document.createElement("div"), {className: "note note-warn"});
  note.setAttribute("role", "status");
  const text = Object.assign(document.createElement("p"), {textContent: word("restoreQuestion")});
  const yes = Object.assign(document.createElement("button"), {type: "button", className: "btn btn-small", textContent: word("restore")});
  const no = Object.assign(document.createElement("button"), {type: "button", className: "btn btn-small", textContent: word("close")});
  yes.addEventListener("click", () => {
    fields(form).forEach((field, at) => {
      const [name, value] = kept[at] || [];
      if (name !== field.name) return;
      if (typeof value === "boolean") field.checked = value; else field.value = value;
    });
    note.remove();
  });
  no.addEventListener("click", () => { localStorage.removeItem(key); note.remove(); });
  note.append(text, yes, no);
  form.prepend(note);
}

// A draft that was sent is done, unless this page shows its mistakes or an error page came instead.
const sent = sessionStorage.getItem(SENT);
if (sent && !document.body.classList.contains("is-trouble")) {
  sessionStorage.removeItem(SENT);
  const back = [...document.querySelectorAll("form[data-draft]")].some((form) => draftKey(form) === sent && document.querySelector("[data-form-errors], .is-invalid"));
  if (!back) localStorage.removeItem(sent);
}
eachNew("form[data-draft]", startDraft);
