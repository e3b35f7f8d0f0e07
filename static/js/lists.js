// Lists: the column chooser (dragged, or moved with its buttons), and sorting by several columns with Shift.
import {announce, script} from "./page.js";

/** Wires a chooser of columns: what is on top comes first. */
export async function start(list) {
  const items = () => [...list.querySelectorAll(":scope > [data-column]")];
  const say = (item) => announce(`${item.querySelector("label").textContent.trim()}: ${items().indexOf(item) + 1} / ${items().length}`);
  list.addEventListener("click", (event) => {
    const button = event.target.closest("[data-move]");
    if (!button) return;
    event.preventDefault();
    const item = button.closest("[data-column]");
    const other = items()[items().indexOf(item) + Number(button.dataset.move)];
    if (!other) return;
    if (Number(button.dataset.move) < 0) other.before(item); else other.after(item);
    button.focus();
    say(item);
  });
  await script("../vendor/sortable/Sortable.min.js");
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  window.Sortable.create(list, {
    draggable: "[data-column]", handle: "[data-grip]", ghostClass: "is-ghost", animation: calm ? 0 : 120,
    onEnd: ({item}) => say(item),
  });
}

/** Shift and a click on a heading sort by one more column. */
export function startSorting(table) {
  table.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-sort-more]");
    if (!link || !event.shiftKey) return;
    event.preventDefault();
    event.stopPropagation();
    location.assign(link.dataset.sortMore);
  }, true);
}

// Typing into the inputs of one way to ask chooses that way; ticking a choice keeps what was chosen.
document.addEventListener("input", ({target}) => {
  const way = target.dataset.picks;
  const radio = way && target.form?.querySelector(`input[name=op][value="${CSS.escape(way)}"]`);
  if (radio) radio.checked = true;
});
