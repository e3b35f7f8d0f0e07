// The offline page: what could not be sent from this device, with Send now, Edit and Discard; it leaves by itself when the network is back.
import "./drafts.js";

const {drafts} = self;
const list = document.querySelector("[data-drafts]");
const status = document.querySelector("[data-status]");
const own = new URL("/offline/", location.href).pathname === location.pathname;
const part = (name) => document.querySelector(`[data-when=${name}]`);
const say = (name) => list.dataset[name] || "";

async function show() {
  const session = navigator.onLine ? await drafts.session() : null;
  const person = session ? session.person : await drafts.note("person");
  if (session && !own) return location.reload();
  part("offline").hidden = Boolean(session);
  part("online").hidden = !session;
  const kept = person ? await drafts.of(person) : [];
  const hidden = person ? [] : (await drafts.all()).filter(({state}) => state !== "answered");
  part("kept").hidden = !kept.length;
  part("none").hidden = Boolean(kept.length) || Boolean(hidden.length);
  part("strange").hidden = !hidden.length;
  list.replaceChildren(...kept.map((draft) => row(draft, Boolean(session))));
}

function row(draft, isOnline) {
  const item = document.getElementById("draft-row").content.firstElementChild.cloneNode(true);
  const moment = new Intl.DateTimeFormat(document.documentElement.lang, {dateStyle: "medium", timeStyle: "short"}).format(draft.at);
  item.querySelector("[data-title]").textContent = draft.title;
  item.querySelector("[data-moment]").textContent = moment;
  item.querySelector("[data-problem]").textContent = draft.problem || (draft.state === "refused" ? say("refused") : say("waiting"));
  item.querySelector("[data-send]").disabled = !navigator.onLine;
  item.querySelector("[data-send]").addEventListener("click", ({target}) => send(draft, target));
  const edit = item.querySelector("[data-edit]");
  if (isOnline) edit.href = `${draft.page}#kept=${draft.nonce}`; else edit.setAttribute("aria-disabled", "true");
  edit.classList.toggle("disabled", !isOnline);
  item.querySelector("[data-discard]").addEventListener("click", () => discard(draft));
  return item;
}

async function send(draft, button) {
  button.disabled = true;
  const {sent, refused, signIn, away} = await drafts.sendAll({only: draft.nonce});
  status.textContent = sent.length ? `${say("sent")} ${draft.title}` : refused.length ? refused[0].problem || say("refused") : signIn ? say("signIn") : away ? say("away") : say("trouble");
  await show();
}

async function discard(draft) {
  const box = document.getElementById("discard");
  box.querySelector("p").textContent = draft.title;
  box.returnValue = "";
  box.showModal();
  box.addEventListener("close", async () => {
    if (box.returnValue === "yes") await drafts.remove(draft.nonce);
    await show();
  }, {once: true});
}

async function backOnline() {
  const {sent} = await drafts.sendAll();
  if (sent.length) status.textContent = `${say("sent")} ${sent.map(({title}) => title).join("; ")}`;
  await show();
}

document.querySelector("[data-again]").addEventListener("click", (event) => {
  if (own) return;
  event.preventDefault();
  location.reload();
});
const back = document.querySelector("[data-back]");
back.hidden = history.length < 2;
back.addEventListener("click", () => history.back());
window.addEventListener("online", backOnline);
window.addEventListener("offline", show);
drafts.channel?.addEventListener("message", show);
await show();
if (navigator.onLine) await backOnline();
