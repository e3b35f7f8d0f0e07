// The outline by keyboard: ↑ ↓ walk the cards, Alt+↑ ↓ move one, Enter opens, Del takes away, Esc closes a form.
// After each answer the focus goes where the work goes on.
const editor = () => document.getElementById("editor");
const cards = () => [...editor().querySelectorAll("[data-card]")];
const typing = (element) => element.closest?.("input, select, textarea, [contenteditable]");
let last = "", changed = "", ahead = "";

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && event.target.closest("[data-part], [data-kinds]")) {
    if (document.querySelector("details.menu[open]")) return;
    const close = event.target.closest("[data-part], [data-kinds]").querySelector("[data-close-part]");
    event.preventDefault();
    return close?.click();
  }
  const card = event.target.closest?.("[data-card]");
  if (!card || typing(event.target) || event.ctrlKey || event.metaKey) return;
  const press = (value) => {
    const button = card.closest("[data-block]")?.querySelector(`.block-head button[value="${value}"]`);
    if (!button || button.disabled || !card.closest(".block-head")) return;
    event.preventDefault();
    button.click();
  };
  if (event.key === "Delete") return press("delete");
  if (event.altKey && event.key === "ArrowUp") return press("up");
  if (event.altKey && event.key === "ArrowDown") return press("down");
  const step = {ArrowDown: 1, ArrowUp: -1}[event.key];
  if (!step || event.altKey) return;
  event.preventDefault();
  const all = cards();
  all[all.indexOf(card) + step]?.focus();
});

// What is being typed elsewhere in the form keeps the cursor when the form is drawn anew.
document.addEventListener("change", (event) => { changed = event.target.id; });
document.addEventListener("htmx:before:swap", () => { last = changed || document.activeElement?.id || ""; });
document.addEventListener("htmx:after:swap", () => {
  const place = editor();
  if (!place || place.dataset.settled) return;
  place.dataset.settled = "yes";
  changed = "";
  const {opened, focus} = place.dataset;
  const form = opened === "" ? null : document.getElementById(`form-${opened}`);
  const again = last === "" ? null : document.getElementById(last);
  const link = ahead === "" ? null : [...place.querySelectorAll("a[hx-get]")].find((each) => each.getAttribute("hx-get") === ahead);
  ahead = "";
  if (form) form.dataset.typed = "yes";
  if (form?.querySelector("[data-form-errors]")) return;
  if (form && !again) delete form.dataset.typed;
  if (link && !form) return setTimeout(() => link.click());
  if (form && again && form.contains(again)) return next(again);
  if (form) return show(form, first(form));
  if (opened) return show(place.querySelector("[data-kinds]"), place.querySelector("[data-kinds] .kind"));
  const target = focus === "" ? null : document.getElementById(focus);
  if (target) show(target, target.matches("a, button") ? target : target.querySelector("[data-card]"));
});

// A click elsewhere while a form holds something new keeps that first; a link is then followed, a button pressed anew.
document.addEventListener("input", ({target}) => { target.form?.matches("[data-part]") && (target.form.dataset.typed = "yes"); });
document.addEventListener("click", (event) => {
  const pressed = event.target.closest("#editor a[hx-get]:not([data-close-part]), #editor form:not([data-part]) button");
  const form = pressed && document.querySelector("#editor form[data-typed]");
  if (!form) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  ahead = pressed.getAttribute("hx-get") || "";
  form.requestSubmit(form.querySelector(".form-actions .btn-primary"));
}, true);

// Having chosen what is asked about, one goes on to the value; the comparison is usually right.
function next(element) {
  const value = !element.id.endsWith("-field") ? null : document.getElementById(element.id.replace(/-field$/, "-value"));
  (value || element).focus();
}
const first = (form) => [...form.querySelectorAll("input:not([type=hidden]), select, textarea")].find((field) => field.offsetParent);
function show(place, field) {
  field?.focus({preventScroll: true});
  place?.scrollIntoView({block: "nearest"});
}

// A field chosen from the menu goes where the cursor was last in one of the texts, else to the end of the last of them.
let text = null;
document.addEventListener("focusin", ({target}) => { if (target.matches?.("#editor [data-part] :is(textarea, input[type=text])")) text = target; });
document.addEventListener("click", ({target}) => {
  const button = target.closest?.("[data-insert]");
  if (!button) return;
  const fields = button.closest("[data-places]").dataset.places.trim().split(/\s+/).map((id) => document.getElementById(id));
  const field = fields.includes(text) ? text : fields.at(-1);
  button.closest("details").open = false;
  field.setRangeText(button.dataset.insert, field.selectionStart ?? field.value.length, field.selectionEnd ?? field.value.length, "end");
  field.focus();
  for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, {bubbles: true}));
});
