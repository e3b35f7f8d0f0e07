// The line editor of an invoice: Enter goes on to the next line and adds one after the last; lines are taken out.
// Without a script the same form is saved with its empty rows, and opened again for more.
const STEPS = "input:not([type=hidden]), select";

const rowsOf = (form) => [...form.querySelectorAll("[data-rows] > fieldset")];

const add = (form) => {
  const total = form.querySelector("[name=line-TOTAL_FORMS]");
  const made = form.querySelector("template").content.firstElementChild.cloneNode(true);
  for (const field of made.querySelectorAll("[name], [id], [for]")) {
    for (const name of ["name", "id", "for"]) {
      const said = field.getAttribute(name);
      if (said) field.setAttribute(name, said.replace("__prefix__", total.value));
    }
  }
  total.value = Number(total.value) + 1;
  form.querySelector("[data-rows]").append(made);
  listen(form, made);
  made.querySelector(STEPS).focus();
};

const takeOut = (form, row) => {
  const next = row.nextElementSibling || row.previousElementSibling;
  for (const field of row.querySelectorAll("input:not([type=hidden])")) field.value = "";
  row.hidden = true;
  row.dispatchEvent(new Event("change", {bubbles: true}));
  next?.querySelector(STEPS)?.focus();
};

const listen = (form, row) => {
  const button = row.querySelector("[data-remove-row]");
  button.hidden = false;
  button.addEventListener("click", () => takeOut(form, row));
};

export const start = (form) => {
  const more = form.querySelector("[data-add-row]");
  more.hidden = false;
  form.querySelector("[data-more]").hidden = true;
  more.addEventListener("click", () => add(form));
  for (const row of rowsOf(form)) listen(form, row);
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing || !event.target.matches(STEPS)) return;
    event.preventDefault();
    if (event.ctrlKey || event.metaKey) { form.requestSubmit(); return; }
    const shown = rowsOf(form).filter((row) => !row.hidden);
    const after = shown[shown.indexOf(event.target.closest("fieldset")) + 1];
    if (after) after.querySelector(STEPS).focus();
    else add(form);
  });
  form.querySelector(STEPS)?.focus();
};
