// Lines of an invoice by keyboard: letters find products, Enter goes on to the next line, Alt+↑ ↓ moves one, Alt+Delete takes it away.
// What the lines come to is the server's to say; it is asked a moment after each change, and nothing is saved by that.
// Without this script the same form works with its places and ticks.
import {announce, post} from "./page.js";

const PAUSE = 250;

export function start(form) {
  const place = form.querySelector("[data-lines-place]");
  const blank = form.querySelector("template[data-line]").innerHTML;
  const total = form.querySelector(`[name=${form.dataset.lines}-TOTAL_FORMS]`);
  const rows = () => [...place.querySelectorAll("[data-line-row]")];
  const part = (row, name) => row.querySelector(`[name$="-${name}"]`);
  const rowOf = (element) => element.closest?.("[data-line-row]");
  const isEmpty = (row) => !["title", "price", "product"].some((name) => part(row, name)?.value);
  let asked = 0, timer = 0, isChanged = false;

  for (const plain of form.querySelectorAll("[data-plain]")) plain.hidden = true;
  for (const scripted of form.querySelectorAll("[data-scripted]")) scripted.hidden = false;
  form.querySelector("template[data-line]").content.querySelectorAll("[data-plain]").forEach((plain) => { plain.hidden = true; });
  form.querySelector("[data-line-add]").hidden = false;
  for (const row of rows().reverse()) if (isEmpty(row) && !part(row, "line_id").value && !row.querySelector(".is-invalid")) row.remove(); else break;
  const first = add();
  if (!form.querySelector("[data-form-errors]")) part(first, "title").focus();

  // --- rows
  function add(after = null) {
    const holder = document.createElement("tbody");
    holder.innerHTML = blank.replaceAll("__prefix__", total.value);
    total.value = Number(total.value) + 1;
    const row = holder.firstElementChild;
    row.querySelector("[data-plain]").hidden = true;
    row.querySelector("[data-scripted]").hidden = false;
    if (after) after.after(row); else place.append(row);
    return row;
  }
  function remove(row) {
    const near = row.nextElementSibling || row.previousElementSibling || add();
    row.remove();
    part(near, "title").focus();
    changed();
  }
  function move(row, way) {
    const other = way < 0 ? row.previousElementSibling : row.nextElementSibling;
    if (!other) return;
    const at = document.activeElement;
    if (way < 0) other.before(row); else other.after(row);
    at.focus();
    announce(`${part(row, "title").value}: ${rows().indexOf(row) + 1} / ${rows().length}`);
    changed();
  }
  function next(row) {
    const below = row.nextElementSibling;
    if (!below && isEmpty(row)) return form.querySelector(".form-actions button").focus();
    part(below || add(), "title").focus();
  }
  const number = () => rows().forEach((row, at) => { part(row, "ORDER").value = isEmpty(row) ? "" : at + 1; });

  // --- what they come to
  function changed() {
    isChanged = true;
    clearTimeout(timer);
    timer = setTimeout(reckon, PAUSE);
  }
  async function reckon() {
    const mine = ++asked;
    number();
    const answer = await post(form.dataset.reckon, new FormData(form)).catch(() => null);
    if (mine !== asked || !answer?.ok) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    for (const fresh of page.querySelectorAll("[id]")) {
      const old = document.getElementById(fresh.id);
      if (old && old.outerHTML !== fresh.outerHTML) old.replaceWith(fresh);
    }
    for (const row of rows()) heed(row);
  }
  // A product's price is by the rules for those who may set none.
  function heed(row) {
    const isProduct = Boolean(part(row, "product")?.value || "product" in row.querySelector(".line-product").dataset);
    row.toggleAttribute("data-product", isProduct);
    if (!("mayPrice" in form.dataset)) part(row, "price").readOnly = isProduct;
  }

  // --- products
  const list = Object.assign(document.createElement("ul"), {id: "line-products", className: "line-products", hidden: true});
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.querySelector(".line-title")?.getAttribute("aria-label") || "");
  form.append(list);
  let field = null, looking = 0;
  const options = () => [...list.querySelectorAll("[role=option]")];
  const current = () => list.querySelector("[aria-selected=true]");

  async function look(input) {
    const mine = ++looking, typed = input.value.trim();
    if (!typed) return close();
    const answer = await fetch(`${form.dataset.products}?q=${encodeURIComponent(typed)}`, {headers: {"HX-Request": "true"}, credentials: "same-origin"}).catch(() => null);
    if (mine !== looking || !answer?.ok || document.activeElement !== input) return;
    list.innerHTML = await answer.text();
    open(input);
  }
  function open(input) {
    field = input;
    const box = input.getBoundingClientRect();
    list.hidden = !list.childElementCount;
    Object.assign(list.style, {top: `${box.bottom + 2}px`, left: `${box.left}px`, width: `${Math.max(box.width, 280)}px`});
    for (const [name, value] of [["role", "combobox"], ["aria-controls", list.id], ["aria-autocomplete", "list"], ["aria-expanded", String(!list.hidden)]]) input.setAttribute(name, value);
    pick(options().find((option) => option.dataset.title.toLowerCase().startsWith(input.value.trim().toLowerCase())));
  }
  function close() {
    looking += 1;
    list.hidden = true;
    field?.setAttribute("aria-expanded", "false");
    field?.removeAttribute("aria-activedescendant");
  }
  function pick(option) {
    current()?.setAttribute("aria-selected", "false");
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({block: "nearest"});
    if (option) field.setAttribute("aria-activedescendant", option.id); else field.removeAttribute("aria-activedescendant");
  }
  function walk(step) {
    const all = options(), at = all.indexOf(current());
    pick(all[at < 0 && step < 0 ? all.length - 1 : (at + step + all.length) % all.length]);
  }
  function choose(option) {
    const row = rowOf(field);
    field.value = option.dataset.title;
    part(row, "product").value = option.dataset.product;
    part(row, "unit").value = option.dataset.unit;
    part(row, "price").value = "";
    close();
    heed(row);
    const quantity = part(row, "quantity");
    quantity.focus();
    quantity.select();
    changed();
  }

  // --- keys and pointers
  place.addEventListener("input", ({target}) => {
    if (target.matches(".line-title")) {
      if (!target.value.trim()) part(rowOf(target), "product").value = "";
      if (!part(rowOf(target), "product")?.value) look(target);
    }
    changed();
  });
  place.addEventListener("change", changed);
  place.addEventListener("focusout", ({target}) => {
    if (target === field) setTimeout(() => { if (document.activeElement !== field) close(); }, 150);
  });
  list.addEventListener("pointerdown", (event) => {
    event.preventDefault();
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
  });
  addEventListener("scroll", () => { if (!list.hidden) open(field); }, {passive: true, capture: true});
  form.addEventListener("click", ({target}) => {
    const row = rowOf(target);
    if (target.closest("[data-line-add]")) part(add(), "title").focus();
    else if (target.closest("[data-line-up]")) move(row, -1);
    else if (target.closest("[data-line-down]")) move(row, 1);
    else if (target.closest("[data-line-remove]")) remove(row);
  });
  form.addEventListener("keydown", (event) => {
    const row = rowOf(event.target), isOpen = !list.hidden && event.target === field;
    if ((event.ctrlKey || event.metaKey) && event.code === "KeyS") {
      event.preventDefault();
      return form.requestSubmit(form.querySelector("[name=stay]"));
    }
    if (!row || event.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.altKey) {
      const does = {ArrowUp: () => move(row, -1), ArrowDown: () => move(row, 1), Delete: () => remove(row)}[event.key];
      if (does) { event.preventDefault(); does(); }
      return;
    }
    if (isOpen && ["ArrowDown", "ArrowUp"].includes(event.key)) { event.preventDefault(); return walk(event.key === "ArrowDown" ? 1 : -1); }
    if (isOpen && event.key === "Escape") { event.preventDefault(); return close(); }
    if (isOpen && event.key === "Tab" && current()) return choose(current());
    if (event.key !== "Enter" || event.target.matches("button, select")) return;
    event.preventDefault();
    if (isOpen && current()) choose(current()); else { close(); next(row); }
  });
  form.addEventListener("submit", () => { number(); isChanged = false; });
  addEventListener("beforeunload", (event) => { if (isChanged) event.preventDefault(); });
}
