// The planner: a number opens what is behind it below the table; tasks there are dragged onto another person's day, or
// moved by “Move to…”. Arrow keys walk the table. Without this script each number opens a page of its own.
import {announce, contentAdded, eachNew, signIn, word} from "./page.js";
import {open as openDialog} from "./dialogs.js";
import {toast} from "./toasts.js";

const WIDE = matchMedia("(min-width: 768px)");
const STEPS = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]};

function start(planner) {
  const form = planner.querySelector("form");
  const table = planner.querySelector("table.planner");
  const behind = planner.querySelector("#planner-behind");
  form.addEventListener("submit", (event) => {
    if (event.submitter?.name !== "c") return;
    event.preventDefault();
    const query = new URLSearchParams(new FormData(form));
    query.set("c", event.submitter.value);
    const url = `${planner.dataset.cellUrl}?${query}`;
    if (WIDE.matches) show(planner, behind, url, event.submitter);
    else openDialog(url, {from: event.submitter});
  });
  behind.addEventListener("click", (event) => { if (event.target.closest("[data-close-behind]")) close(planner, behind); });
  behind.addEventListener("keydown", (event) => { if (event.key === "Escape") close(planner, behind); });
  walk(table);
  drag(planner, table, behind);
}

async function show(planner, behind, url, button) {
  behind.setAttribute("aria-busy", "true");
  const response = await fetch(url, {headers: {"HX-Request": "true"}, credentials: "same-origin"}).catch(() => null);
  behind.removeAttribute("aria-busy");
  if (!response || !response.ok) {
    if (response?.status === 401) return signIn();
    return toast({text: word("offline"), tag: "error", retry: () => show(planner, behind, url, button)});
  }
  behind.innerHTML = await response.text();
  behind.hidden = false;
  for (const cell of planner.querySelectorAll(".is-open")) cell.classList.remove("is-open");
  button.parentElement.classList.add("is-open");
  contentAdded();
  behind.querySelector("h2").focus({preventScroll: true});
}

function close(planner, behind) {
  const cell = planner.querySelector(".is-open");
  cell?.classList.remove("is-open");
  behind.hidden = true;
  behind.replaceChildren();
  cell?.querySelector("button")?.focus();
}

// One stop for Tab, arrows inside, as in any grid; hundreds of stops would shut the page to the keyboard.
function walk(table) {
  const buttons = [...table.querySelectorAll("button")];
  for (const button of buttons.slice(1)) button.tabIndex = -1;
  table.addEventListener("focusin", (event) => {
    if (!event.target.matches("button")) return;
    for (const button of table.querySelectorAll('button[tabindex="0"], button:not([tabindex])')) button.tabIndex = -1;
    event.target.tabIndex = 0;
  });
  table.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    const cell = event.target.closest("td, th");
    if (!step || !cell || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    let [row, column] = [cell.parentElement.rowIndex, cell.cellIndex];
    for (;;) {
      row += step[0];
      column += step[1];
      const next = table.rows[row]?.cells[column];
      if (!next) return;
      const button = next.querySelector("button");
      if (button) return button.focus();
    }
  });
}

function drag(planner, table, behind) {
  let task = null;
  const over = (cell) => {
    for (const each of table.querySelectorAll(".is-over")) each.classList.remove("is-over");
    cell?.classList.add("is-over");
  };
  const target = (event) => {
    const cell = task && event.target.closest("tbody td, tbody th");
    return cell?.querySelector('button[name="c"]') && !cell.querySelector('button[value$="late"]') ? cell : null;
  };
  behind.addEventListener("dragstart", (event) => {
    task = event.target.closest("[data-task]");
    if (!task) return;
    event.dataTransfer.setData("text/plain", task.dataset.title);
    event.dataTransfer.effectAllowed = "move";
    task.classList.add("is-dragged");
  });
  behind.addEventListener("dragend", () => {
    task?.classList.remove("is-dragged");
    task = null;
    over(null);
  });
  table.addEventListener("dragover", (event) => {
    const cell = target(event);
    if (cell) event.preventDefault();
    over(cell);
  });
  table.addEventListener("drop", (event) => {
    const cell = target(event);
    if (!cell) return;
    event.preventDefault();
    const query = new URLSearchParams(new FormData(planner.querySelector("form")));
    query.set("task", task.dataset.task);
    query.set("c", cell.querySelector("button").value);
    announce(task.dataset.title);
    openDialog(`${planner.dataset.moveUrl}?${query}`, {from: planner.querySelector(".is-open button")});
  });
}

eachNew("[data-planner]", start);
eachNew("[data-planner-department]", (choice) => choice.addEventListener("change", () => choice.form.requestSubmit()));
