// Rows of small forms (phones, addresses): “Add” copies the template row, × empties and hides one; the server drops empty rows.
import {contentAdded, eachNew} from "./page.js";

eachNew("[data-rows]", (rows) => {
  const total = rows.querySelector(`[name=${rows.dataset.rows}-TOTAL_FORMS]`);
  const place = rows.querySelector("[data-rows-place]");
  const add = rows.querySelector("[data-add-row]");
  add.hidden = false;
  // The empty row is for browsers without scripts, or for a list that has none yet.
  const last = place.lastElementChild;
  const isEmpty = last && ![...last.querySelectorAll("input:not([type=hidden])")].some((field) => field.type === "checkbox" ? field.checked : field.value);
  if (isEmpty && (place.childElementCount > 1 || rows.dataset.rows !== "points")) {
    last.remove();
    total.value = Number(total.value) - 1;
  }
  add.addEventListener("click", () => {
    place.insertAdjacentHTML("beforeend", rows.querySelector("template[data-row]").innerHTML.replaceAll("__prefix__", total.value));
    total.value = Number(total.value) + 1;
    contentAdded();
    place.lastElementChild.querySelector("input:not([type=hidden]), select")?.focus();
  });
});

eachNew("[data-remove-row]", (button) => {
  if (button.closest("template")) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const row = button.closest(".form-row");
    for (const field of row.querySelectorAll("input:not([type=hidden]), textarea")) {
      if (field.type === "checkbox") field.checked = false; else field.value = "";
      field.dispatchEvent(new Event("input", {bubbles: true}));
    }
    row.hidden = true;
    row.closest("[data-rows]").querySelector("[data-add-row]").focus();
  });
});
