// Cells of a list changed where they stand. One stop of the Tab key for a table, arrows walk its cells; Enter, F2, a double
// click, the pencil, or a tap where nothing hovers, fetch a cell's input, which inline.js then looks after.
// <table data-edits="title,,amount" data-cells="/deals/" data-query="…">; a row's data-fixed names what stays as it is in it.
import {open as openDialog} from "./dialogs.js";

const LIST = "table[data-edits]";
const STEPS = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]};
const touches = matchMedia("(hover: none)");
const pencil = Object.assign(document.createElement("button"), {type: "button", className: "icon-button cell-pencil", tabIndex: -1});
pencil.innerHTML = '<i class="ti ti-pencil" aria-hidden="true"></i><span class="visually-hidden"></span>';

const names = (table) => table.dataset.edits.split(",");
const cellOf = (element) => element.closest?.(`${LIST} > tbody > tr > *`);
const isOpen = (cell) => "open" in cell.dataset;

/** The column of a cell this person may change, else nothing. */
function nameOf(cell) {
  const name = cell && names(cell.closest(LIST))[cell.cellIndex];
  const fixed = (cell?.parentElement.dataset.fixed || "").split(" ");
  return name && !fixed.includes("*") && !fixed.includes(name) ? name : "";
}

const editable = (table) => [...table.tBodies[0].rows].flatMap((row) => [...row.cells]).filter((cell) => nameOf(cell) && cell.offsetParent);

/** Makes a cell the one the Tab key stops at. */
function stopAt(cell) {
  for (const other of cell.closest(LIST).querySelectorAll("tbody [tabindex='0']:is(td, th)")) other.removeAttribute("tabindex");
  cell.tabIndex = 0;
}

/** Puts the focus on a cell. */
export function focusOn(cell) {
  if (!cell?.isConnected) return;
  stopAt(cell);
  cell.focus({preventScroll: false});
}

/** The next cell to change, in reading order, or the one before. */
export function neighbour(cell, step) {
  const all = editable(cell.closest(LIST));
  return all[all.indexOf(cell) + step];
}

/** Fetches the input of a cell and puts it there. */
export async function open(cell) {
  const name = nameOf(cell), table = cell.closest(LIST);
  if (!name || isOpen(cell)) return;
  stopAt(cell);
  pencil.remove();
  cell.dataset.open = "";
  const url = `${table.dataset.cells}${cell.parentElement.id.replace("row-", "")}/cell/${name}/?${new URLSearchParams({list: table.dataset.query})}`;
  const target = cell.matches("th") ? cell.querySelector(":scope > a") : cell;
  const swap = cell.matches("th") ? "outerHTML" : "innerHTML";
  cell.setAttribute("aria-busy", "true");
  await window.htmx.ajax("GET", url, {source: document.body, target, swap}).catch(() => null);
  cell.removeAttribute("aria-busy");
  if (!cell.querySelector("form")) delete cell.dataset.open;
}

function showPencil(cell) {
  if (!nameOf(cell) || isOpen(cell) || pencil.parentElement === cell) return;
  const table = cell.closest(LIST), heading = table.tHead.rows[0].cells[cell.cellIndex];
  pencil.title = `${table.dataset.editWord}: ${heading.textContent.trim()}`;
  pencil.querySelector("span").textContent = pencil.title;
  cell.append(pencil);
}

document.addEventListener("pointerover", ({target, pointerType}) => {
  const cell = pointerType === "mouse" && cellOf(target);
  if (cell) showPencil(cell); else if (!pencil.matches(":focus-within, :focus")) pencil.remove();
});
document.addEventListener("focusin", ({target}) => { if (target === cellOf(target)) showPencil(target); });
document.addEventListener("focusout", ({target}) => { if (target === pencil.parentElement) setTimeout(() => { if (!target.matches(":hover, :focus")) pencil.remove(); }); });
document.addEventListener("dblclick", (event) => {
  const cell = cellOf(event.target);
  if (!cell || isOpen(cell) || !nameOf(cell)) return;
  getSelection().removeAllRanges();
  open(cell);
});
document.addEventListener("click", (event) => {
  const cell = cellOf(event.target);
  if (!cell || isOpen(cell) || event.target.closest("a, input, label")) return;
  if (event.target.closest(".cell-pencil")) open(cell);
  else if (!nameOf(cell) || event.target.closest("button")) return;
  else if (event.pointerType === "touch" || touches.matches) open(cell);
  else focusOn(cell);
});
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const cell = cellOf(event.target);
  if (!cell || isOpen(cell)) return;
  const isOnCell = event.target === cell;
  if (event.key === "F2" || isOnCell && event.key === "Enter") {
    const chosen = nameOf(cell) ? cell : [...cell.parentElement.cells].find(nameOf);
    if (chosen) open(chosen);
  } else if (isOnCell && STEPS[event.key]) walk(cell, ...STEPS[event.key]);
  else return;
  event.preventDefault();
});

function walk(cell, down, right) {
  if (right) return focusOn(neighbour(cell, right));
  let row = cell.parentElement;
  do row = down > 0 ? row.nextElementSibling : row.previousElementSibling; while (row && !nameOf(row.cells[cell.cellIndex]));
  if (row) focusOn(row.cells[cell.cellIndex]);
}

// What a change made fixed, or free, in its row; and what the verb wants besides, in the dialog.
document.addEventListener("cells:fixed", ({detail: {row, fixed}}) => {
  const found = document.getElementById(row);
  if (!found) return;
  if (fixed) found.dataset.fixed = fixed; else delete found.dataset.fixed;
  mark(found);
});
document.addEventListener("cell:asks", ({detail: {url}}) => openDialog(url));

// Where nothing hovers, a cell says itself that it can be changed.
function mark(row) {
  if (touches.matches) for (const cell of row.cells) cell.classList.toggle("may-edit", Boolean(nameOf(cell)));
}

/** Wires a table: its first cell is where the Tab key stops. */
export function start(table) {
  const first = editable(table)[0];
  if (!first) return;
  first.tabIndex = 0;
  if (touches.matches) for (const row of table.tBodies[0].rows) mark(row);
}
