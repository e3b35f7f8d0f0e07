// A value edited where it stands: Enter, ✓, Tab and a tap outside save; Esc leaves it as it was; what is refused stays open with the reason.
// <form data-inline="/points/3/edit/?shown=1" hx-post=… hx-target="this" hx-swap="outerHTML">: data-inline answers the value as it stands.
// In a cell of a list (cells.js) Tab goes on to the next cell; data-refused marks a form that waits for an answer.

const inputs = (form) => [...form.elements].filter((field) => field.name && field.type !== "hidden" && field.type !== "submit");
const isChanged = (field) => field.matches("select") ? [...field.options].some((option) => option.selected !== option.defaultSelected)
  : ["checkbox", "radio"].includes(field.type) ? field.checked !== field.defaultChecked : field.value.trim() !== field.defaultValue.trim();

/** Wires one such form, and puts the cursor into it. */
export async function start(form) {
  const fields = inputs(form), first = fields[0], cell = form.closest("table[data-edits] td, table[data-edits] th");
  const wasRefused = "refused" in form.dataset || fields.some((field) => field.getAttribute("aria-invalid") === "true");
  const isChoosing = form.querySelector("[data-theirs]");
  let isOver = false, tabbed = 0;
  if (cell) cell.dataset.open = "";
  const cells = cell && await import("./cells.js");

  const close = () => { if (cell) delete cell.dataset.open; };
  const leave = () => {
    isOver = true;
    close();
    return window.htmx.ajax("GET", form.dataset.inline, {source: document.body, target: form, swap: "outerHTML"});
  };
  const focusOnPencil = () => (document.querySelector(`a[hx-get="${CSS.escape(form.getAttribute("action"))}"]`) || document.getElementById(form.id)?.querySelector("[hx-get]"))?.focus();
  const save = () => form.requestSubmit();
  // On to the next cell at once: what is typed there waits for no answer about this one.
  const go = (step) => {
    const next = cells.neighbour(cell, step);
    if (fields.some(isChanged) || wasRefused) save(); else leave();
    if (next) cells.open(next); else cells.focusOn(cell);
  };
  form.addEventListener("keydown", async (event) => {
    if (event.isComposing) return;
    tabbed = event.key === "Tab" ? (event.shiftKey ? -1 : 1) : 0;
    if (event.key === "Enter" && event.target.matches("select, input[type=checkbox]")) {
      event.preventDefault();
      save();
    }
    if (cell && tabbed && !isChoosing && event.target === (tabbed > 0 ? fields.at(-1) : first) && event.target.type !== "date") {
      event.preventDefault();
      go(tabbed);
    }
    if (event.key !== "Escape") return;
    event.stopPropagation();
    event.preventDefault();
    await leave();
    if (cell) cells.focusOn(cell); else focusOnPencil();
  });
  form.addEventListener("click", async ({target}) => {
    if (!target.closest("[data-theirs]")) return;
    await leave();
    cells?.focusOn(cell);
  });
  form.addEventListener("submit", () => { isOver = true; close(); });
  document.addEventListener("htmx:finally:request", ({detail: {ctx}}) => {
    if (ctx.sourceElement !== form) return;
    isOver = false;
    setTimeout(() => {
      if (document.activeElement !== document.body || document.getElementById(form.id)?.matches("form")) return;
      if (cell) cells.focusOn(cell); else focusOnPencil();
    }, 30);
  });
  form.addEventListener("focusout", ({relatedTarget}) => {
    if (form.contains(relatedTarget)) return;
    const step = tabbed;
    setTimeout(() => {  // by then it is known whether only the window lost the focus
      if (isOver || !form.isConnected || !document.hasFocus() || form.contains(document.activeElement) || isChoosing) return;
      if (cell && step) go(step);
      else if (fields.some(isChanged)) save();
      else if (!wasRefused) leave();
    });
  });
  // The cursor comes last: the first key pressed is heard by what was wired above.
  if (!wasRefused || document.activeElement === document.body) (isChoosing || first).focus({preventScroll: wasRefused});
  if (!wasRefused && first.matches("input:not([type=checkbox])")) first.select();
}
