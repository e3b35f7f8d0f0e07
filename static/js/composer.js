// The composer above a timeline: which tab is shown, @names, and asking how a call went once the person is back.
import {eachNew} from "./page.js";

const CALLED = "called";
const LEAVES_WITHIN = 2500;

export function start(composer) {
  composer.addEventListener("click", ({target}) => {
    const tab = target.closest("[data-composer-tab]");
    if (!tab) return;
    composer.querySelectorAll("[aria-current]").forEach((other) => other.removeAttribute("aria-current"));
    tab.setAttribute("aria-current", "true");
  });
  composer.addEventListener("htmx:after:swap", () => composer.querySelector("#composer-body :is(textarea, select, input:not([type=hidden]))")?.focus());
  askAfterCalls(composer.querySelector("[data-call-prompt]"));
}

// A tap on a telephone number leaves for the telephone; back again, the prompt knows which number it was.
function askAfterCalls(prompt) {
  if (!prompt) return;
  const link = prompt.querySelector("[data-call-link]");
  const form = prompt.querySelector("[data-call-form]");
  const addresses = [link.getAttribute("href"), form.getAttribute("action")];
  const ask = () => {
    const kept = JSON.parse(sessionStorage.getItem(CALLED) || "null");
    if (!kept || kept.page !== location.pathname || document.hidden) return;
    sessionStorage.removeItem(CALLED);
    const phone = `&phone=${encodeURIComponent(kept.phone)}`;
    link.href = addresses[0] + phone;
    form.action = addresses[1] + phone;
    prompt.hidden = false;
    prompt.scrollIntoView({block: "nearest"});
  };
  document.addEventListener("click", ({target}) => {
    const number = target.closest("a[href^='tel:']");
    if (!number) return;
    sessionStorage.setItem(CALLED, JSON.stringify({page: location.pathname, phone: number.getAttribute("href").slice(4).split(",")[0]}));
    setTimeout(() => { if (document.hasFocus()) ask(); }, LEAVES_WITHIN);
  });
  document.addEventListener("visibilitychange", ask);
  window.addEventListener("focus", ask);
  prompt.querySelector("[data-call-close]").addEventListener("click", () => { prompt.hidden = true; });
  ask();
}

// --- @names: suggestions below the text, chosen by arrows and Enter or a click.
eachNew("textarea[data-mentions]", (area) => {
  const url = area.dataset.namesUrl || "/notes/colleagues/";
  const list = Object.assign(document.createElement("ul"), {className: "mention-list", id: `${area.id}-names`, hidden: true});
  list.setAttribute("role", "listbox");
  area.after(list);
  area.setAttribute("aria-controls", list.id);
  area.setAttribute("aria-autocomplete", "list");
  let asked = 0;
  const typed = () => area.value.slice(0, area.selectionStart).match(/(?:^|[^\p{L}\p{N}@])@(\p{L}[\p{L} .'-]{0,40})$/u)?.[1];
  const close = () => { list.hidden = true; area.removeAttribute("aria-activedescendant"); };
  const options = () => [...list.children];
  const mark = (at) => {
    options().forEach((option, place) => option.setAttribute("aria-selected", place === at));
    area.setAttribute("aria-activedescendant", options()[at].id);
  };
  const choose = (option) => {
    const start = area.selectionStart - typed().length;
    area.setRangeText(`${option.textContent} `, start, area.selectionStart, "end");
    close();
    area.focus();
    area.dispatchEvent(new Event("input", {bubbles: true}));
  };
  area.addEventListener("input", async () => {
    const letters = typed();
    const turn = ++asked;
    if (!letters) return close();
    const answer = await fetch(`${url}?q=${encodeURIComponent(letters.trim())}`, {credentials: "same-origin"}).catch(() => null);
    if (!answer?.ok || turn !== asked) return;
    const {names} = await answer.json();
    list.replaceChildren(...names.map((name, at) => {
      const option = Object.assign(document.createElement("li"), {textContent: name, id: `${list.id}-${at}`});
      option.setAttribute("role", "option");
      option.addEventListener("mousedown", (event) => { event.preventDefault(); choose(option); });
      return option;
    }));
    list.hidden = !names.length;
    if (names.length) mark(0);
  });
  area.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    const at = options().findIndex((option) => option.getAttribute("aria-selected") === "true");
    if (event.key === "ArrowDown") mark((at + 1) % options().length);
    else if (event.key === "ArrowUp") mark((at + options().length - 1) % options().length);
    else if (event.key === "Enter" && !event.ctrlKey || event.key === "Tab") choose(options()[at]);
    else if (event.key === "Escape") close();
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  area.addEventListener("blur", close);
});
