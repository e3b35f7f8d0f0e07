// The board: cards are dragged, or moved with [ and ] and the Move… menu (m). A move is POSTed to the card's data-move-url with stage,
// after_id and version. 2xx: the answer replaces the card, column heads come out-of-band. 4xx: the card goes back, the answer is shown;
// 409 brings the card as somebody else left it.
import {announce, contentAdded, contentOf, obey, post, script, signIn, word} from "./page.js";
import {open, show} from "./dialogs.js";
import {toast} from "./toasts.js";

const columnsOf = (board) => [...board.querySelectorAll(".board-column")];
const cardsOf = (column) => [...column.querySelectorAll(":scope > .board-card")];

export async function start(board) {
  board.addEventListener("keydown", (event) => onKey(board, event));
  await script("../vendor/sortable/Sortable.min.js");
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const make = () => {
    for (const column of columnsOf(board)) {
      if (window.Sortable.get(column)) continue;
      window.Sortable.create(column, {
        group: "deals", draggable: ".board-card[data-move-url]", ghostClass: "is-ghost", animation: calm ? 0 : 120,
        delay: 180, delayOnTouchOnly: true, filter: "a, button, summary", preventOnFilter: false,
        onEnd: ({item, from, to, oldDraggableIndex, newDraggableIndex}) => {
          if (from === to && oldDraggableIndex === newDraggableIndex) return;
          move(item, to, () => from.insertBefore(item, cardsOf(from).filter((card) => card !== item)[oldDraggableIndex] || null));
        },
      });
    }
  };
  make();
  document.addEventListener("htmx:after:swap", make);
}

async function move(card, column, putBack) {
  const focused = card.contains(document.activeElement);
  const {id} = card;
  card.classList.add("is-waiting");
  const values = {stage: column.dataset.stage, after_id: card.previousElementSibling?.dataset.deal || "", version: card.dataset.version || ""};
  const response = await post(card.dataset.moveUrl, values).catch(() => null);
  card.classList.remove("is-waiting");
  if (!response || response.status >= 500) {
    putBack();
    return toast({text: word("notSaved"), tag: "error", retry: () => { column.append(card); move(card, column, putBack); }});
  }
  if (response.status === 401) return signIn();
  const text = await response.text();
  if (!response.ok) {
    putBack();
    if (response.status === 409) putWhereItIs(card, text);
    if (response.headers.get("HX-Trigger")) return obey(response);
    const {page, isWhole} = contentOf(text);
    const trouble = page.querySelector(".trouble");
    if (trouble || !text.trim()) toast({text: trouble?.textContent.replace(/\s+/g, " ").trim() || word("notSaved"), tag: "error"});
    else if (isWhole || page.querySelector("form, p, h1, h2")) show(text, {from: card, title: page.querySelector("h1, h2") ? undefined : card.dataset.title});
    else toast({text: page.body.textContent.trim(), tag: "error"});
    return;
  }
  if (obey(response)) return;
  if (text.trim()) await window.htmx.swap({text, target: card, swap: "outerHTML", sourceElement: card});
  contentAdded();
  const now = document.getElementById(id);
  if (focused) now?.focus();
  const here = now?.closest(".board-column") || column;
  announce(`${now?.dataset.title || card.dataset.title || ""} → ${here.dataset.stageTitle || ""}, ${cardsOf(here).indexOf(now) + 1} / ${cardsOf(here).length}`);
}

// Somebody else was first: the answer holds the card as it is now, which goes to the column where they put it.
function putWhereItIs(card, text) {
  const now = contentOf(text).page.querySelector(".board-card");
  if (!now) return;
  const column = card.closest("[data-board]").querySelector(`.board-column[data-stage="${now.dataset.stage}"]`);
  card.replaceWith(now);
  if (column && column !== now.parentElement) column.prepend(now);
}

function onKey(board, event) {
  const card = event.target.closest(".board-card");
  if (!card || event.target !== card || event.ctrlKey || event.metaKey || event.altKey) return;
  const columns = columnsOf(board);
  const column = card.closest(".board-column");
  const at = columns.indexOf(column);
  const row = cardsOf(column).indexOf(card);
  const step = {BracketLeft: -1, BracketRight: 1}[event.code];
  if (step) {
    const next = columns[at + step];
    if (next && card.dataset.moveUrl) {
      const before = card.nextElementSibling;
      next.prepend(card);
      card.focus();
      move(card, next, () => { column.insertBefore(card, before); card.focus(); });
    }
  } else if (event.code === "KeyM") {
    const menu = card.querySelector("details.menu");
    const link = card.querySelector("[data-move-menu]");
    if (link) open(link.getAttribute("href"), {from: card, title: link.dataset.dialogTitle});
    else if (menu) { menu.open = true; menu.querySelector(".menu-list a, .menu-list button")?.focus(); }
  } else if (event.key === "Enter") {
    card.querySelector("a[href]")?.click();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    cardsOf(column)[row + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
  } else if (event.key === "ArrowRight" || event.key === "ArrowLeft") {
    for (let to = at + (event.key === "ArrowRight" ? 1 : -1); columns[to]; to += event.key === "ArrowRight" ? 1 : -1) {
      const cards = cardsOf(columns[to]);
      if (cards.length) { cards[Math.min(row, cards.length - 1)].focus(); break; }
    }
  } else return;
  event.preventDefault();
  event.stopPropagation();
}
