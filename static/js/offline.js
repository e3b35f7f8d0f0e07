// Forms with a nonce survive the loss of the network: kept on this device, sent once on return, asked about at sign-out.
// The store is drafts.js; the words are in templates/shell/kept.html; the list is the offline page.
import "./drafts.js";
import {confirmed} from "./dialogs.js";
import {announce, sentBy, word} from "./page.js";
import {toast} from "./toasts.js";

const {drafts} = self;
const MOST_BYTES = 10 * 2 ** 20;  // of files in one draft
const NEVER = "csrfmiddlewaretoken";
const person = document.body.dataset.person || "";
const mark = document.querySelector("[data-kept]");
const say = (name) => mark?.dataset[name] || "";
const others = drafts.channel;
const quietly = (work) => Promise.resolve(work).catch(() => {});  // a browser without a store keeps nothing, and works

// A toast with a way on from it.
function tell(text, tag, url, words) {
  const note = toast({text, tag});
  if (url) note.lastElementChild.before(Object.assign(document.createElement("a"), {href: url, className: "toast-action", textContent: words}));
}

/** Whether `form` can be sent again later without harm: it has a nonce and no password. */
export const isKeepable = (form) => Boolean(person && mark && sentBy(form) === "post" && form.querySelector("[name=nonce]") && !form.querySelector("[type=password]"));

/** Keeps `form`, which could not be sent, and says so. False when this browser keeps nothing. */
export async function keep(form, submitter, {address, title} = {}) {
  const draft = drafted(form, submitter, {address, title});
  try {
    await drafts.put({...draft, state: "waiting"});
  } catch {
    toast({text: word("offline"), tag: "error"});
    return false;
  }
  form.dispatchEvent(new CustomEvent("form:saved", {bubbles: true}));
  const text = [say("keptText"), draft.dropped.length ? `${say("droppedText")} ${draft.dropped.join(", ")}` : ""].join(" ").trim();
  tell(text, "warning", mark.getAttribute("href"), say("listText"));
  announce(text);
  changed();
  const worker = await navigator.serviceWorker?.getRegistration().catch(() => null);
  await quietly(worker?.sync?.register("drafts"));
  return true;
}

/** Writes down what the browser is about to post; the service worker reports what became of it. */
export function writeAhead(form, submitter) {
  if (navigator.serviceWorker?.controller && isKeepable(form)) quietly(drafts.put({...drafted(form, submitter), state: "sending"}));
}

/** Another nonce: what is typed into `form` from now on is another record. */
export function renew(form) {
  const parts = [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  form.elements.nonce.value = parts.replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
}

function drafted(form, submitter, {address, title} = {}) {
  const path = new URL(submitter?.getAttribute("formaction") || form.getAttribute("hx-post") || form.getAttribute("action") || address || location.href, location.href);
  const dropped = [];
  let bytes = 0;
  const values = [...new FormData(form, submitter)].filter(([name, value]) => {
    if (name === NEVER) return false;
    if (typeof value === "string") return true;
    if (!value.size) return false;
    bytes += value.size;
    if (bytes > MOST_BYTES) dropped.push(value.name);
    return bytes <= MOST_BYTES;
  }).map(([name, value]) => [name, typeof value === "string" ? value.replace(/\r\n|\r|\n/g, "\r\n") : value]);
  const first = [...form.elements].find((field) => field.matches("textarea, input:not([type=hidden]):not([type=checkbox]):not([type=radio]):not([type=file]):not([type=date])") && field.value.trim());
  return {
    nonce: form.elements.nonce.value, person, path: path.pathname + path.search, dropped, values, at: Date.now(), tries: 0, problem: "",
    page: address || (form.closest("dialog") || form.hasAttribute("hx-post") ? path.pathname + path.search : location.pathname + location.search),
    title: [title || heading(form), first?.value.trim().slice(0, 80)].filter(Boolean).join(": "),
    asFragment: form.hasAttribute("hx-post"),
  };
}
const heading = (form) => (form.closest("dialog")?.querySelector("h2") || document.querySelector("h1"))?.textContent.trim() || document.title;

// --- sending, on return
let isSending = false;
export async function sendKept() {
  if (!person || isSending || !navigator.onLine) return;
  isSending = true;
  const {sent, refused, signIn} = await drafts.sendAll().catch(() => ({sent: [], refused: [], signIn: false}));
  isSending = false;
  report({sent, refused});
  if (signIn) tell(say("signInText"), "warning", document.body.dataset.signIn, say("signInLink"));
  if (sent.length || refused.length) changed();
}

function report({sent = [], refused = []}) {
  for (const {title, url} of sent) tell(`${say("sentText")} ${title}`, "success", url, say("openText"));
  for (const {title, problem} of refused) tell(`${say("refusedText")} ${title}. ${problem}`, "error", mark.getAttribute("href"), say("listText"));
}

function changed() {
  count();
  others?.postMessage({});
}

async function count() {
  const kept = await drafts.of(person);
  mark.hidden = !kept.length;
  mark.querySelector("[data-kept-count]").textContent = kept.length;
}

// --- a draft is put back into its form: /tasks/new/#kept=<nonce>
async function putBack(nonce) {
  const draft = await drafts.get(nonce);
  const forms = [...document.forms].filter((form) => form.elements.nonce);
  const form = forms.find((each) => new URL(each.getAttribute("action") || location.href, location.href).pathname === draft?.path.split("?")[0]);
  if (!form || draft?.person !== person) return;
  history.replaceState(history.state, "", location.pathname + location.search);
  const left = fill(form, draft.values.filter(([name]) => name !== "version"));
  const lines = [draft.problem || say("backText"), left.length ? `${say("leftText")} ${left.join(", ")}` : "", draft.dropped.length ? `${say("droppedText")} ${draft.dropped.join(", ")}` : ""];
  const note = Object.assign(document.createElement("div"), {className: draft.problem ? "note note-bad" : "note note-warn", tabIndex: -1});
  note.setAttribute("role", "alert");
  note.append(Object.assign(document.createElement("p"), {textContent: lines.filter(Boolean).join(" ")}));
  form.prepend(note);
  note.focus();
}

// Gives every value to the next field of its name; answers the texts that found none.
function fill(form, values) {
  const byName = Map.groupBy ? Map.groupBy(values, ([name]) => name) : values.reduce((map, pair) => map.set(pair[0], [...(map.get(pair[0]) || []), pair]), new Map());
  for (const box of form.querySelectorAll("[type=checkbox]")) if (!byName.has(box.name)) box.checked = false;
  const left = [];
  for (const [name, pairs] of byName) {
    const texts = pairs.map(([, value]) => value).filter((value) => typeof value === "string");
    for (const field of [...form.elements].filter((each) => each.name === name)) {
      if (["checkbox", "radio"].includes(field.type)) {
        field.checked = texts.includes(field.value);
        if (field.checked) texts.splice(texts.indexOf(field.value), 1);
      } else if (field.multiple && field.options) {
        for (const option of field.options) option.selected = texts.includes(option.value);
        texts.length = 0;
      } else if (!["file", "submit", "button"].includes(field.type) && texts.length) field.value = texts.shift();
      field.dispatchEvent(new Event("change", {bubbles: true}));
    }
    left.push(...texts.filter(Boolean));
  }
  return left;
}

// --- nothing of a person stays after signing out, and nothing goes without asking
const typed = () => Object.keys(localStorage).filter((key) => key.startsWith(`draft:${person}:`));
document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!new URL(form.action, location.href).pathname.endsWith("/logout/") || form.dataset.asked) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const kept = await drafts.of(person).catch(() => []);
  if ((kept.length || typed().length) && !(await confirmed(`${say("signOutText")}\n${kept.map(({title}) => title).join("; ")}`, say("signOutYes")))) return;
  for (const {nonce} of kept) await quietly(drafts.remove(nonce));
  for (const key of typed()) localStorage.removeItem(key);
  await quietly(drafts.setNote("person", ""));
  form.dataset.asked = "yes";
  form.requestSubmit(event.submitter);
}, true);

async function start() {
  await drafts.setNote("language", document.documentElement.lang);
  await drafts.settleAnswered(person);
  if (!person || !mark) return;
  await drafts.setNote("person", person);
  await drafts.forgetOld();
  const nonce = location.hash.match(/^#kept=([0-9a-f-]+)$/)?.[1];
  if (nonce) await putBack(nonce);
  await count();
  await sendKept();
}
quietly(start());
window.addEventListener("online", () => quietly(sendKept()));
document.addEventListener("visibilitychange", () => { if (!document.hidden) quietly(sendKept()); });
others?.addEventListener("message", ({data}) => {  // another tab or the service worker was first
  if (!person) return;
  quietly(count());
  if (data?.sent && !document.hidden) report({sent: data.sent.filter((each) => each.person === person), refused: data.refused.filter((each) => each.person === person)});
});
if (person && "serviceWorker" in navigator) {
  window.addEventListener("load", () => quietly(navigator.serviceWorker.register("/sw.js", {updateViaCache: "none"})));
}
