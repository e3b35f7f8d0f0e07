// The search window: Ctrl/⌘ K, or / when not typing. Asks the search page for a fragment; every link in it is a choice.
// → shows what can be done with the chosen row, ← or Esc goes back. Nothing typed: pins, what was opened lately, and the doors.
import {announce, post} from "./page.js";
import {toast} from "./toasts.js";

const dialog = document.getElementById("palette");
const PAUSE = 150;
const LAST = "palette-last";

if (dialog) {
  const input = dialog.querySelector("[role=combobox]");
  const list = dialog.querySelector("[role=listbox]");
  const words = dialog.dataset;
  const places = list.innerHTML;
  let timer, running, current = -1, actions = null, behind = null;

  const choices = () => [...list.querySelectorAll("a[href]")];

  function choose(index) {
    const links = choices();
    for (const other of list.querySelectorAll(":scope > :not(a):not(template), :scope ul, :scope li")) other.setAttribute("role", "presentation");
    current = links.length ? (index + links.length) % links.length : -1;
    links.forEach((link, at) => {
      link.setAttribute("role", "option");
      link.id = `hit-${at}`;
      link.tabIndex = -1;
      link.setAttribute("aria-selected", at === current);
    });
    input.setAttribute("aria-expanded", links.length > 0);
    if (current < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", links[current].id);
    links[current].scrollIntoView({block: "nearest"});
  }

  async function ask(query) {
    running?.abort();
    running = new AbortController();
    const url = `${input.form.getAttribute("action")}?q=${encodeURIComponent(query)}`;
    const response = await fetch(url, {headers: {"HX-Request": "true", "HX-Target": "palette-hits"}, signal: running.signal, credentials: "same-origin"});
    if (response.status === 401) return void location.assign(url);
    if (!response.ok) throw new Error(response.statusText);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    return page.querySelector("[data-hits]") || page.querySelector("#content") || page.body;
  }

  // The doors at once; what was opened lately as soon as it is here.
  async function showLately() {
    leaveActions();
    list.innerHTML = places;
    choose(0);
    const found = await ask("").catch(() => null);
    if (!found || input.value.trim() || behind) return;
    actions = found.querySelector("template[data-row-actions]")?.content || actions;
    found.querySelector("template")?.remove();
    if (found.querySelector("a[href]")) list.innerHTML = found.innerHTML + places;
    choose(0);
  }

  async function search() {
    const query = input.value.trim();
    if (!query) return showLately();
    leaveActions();
    list.setAttribute("aria-busy", "true");
    try {
      const found = await ask(query);
      if (!found) return;
      list.innerHTML = found.innerHTML;
      choose(0);
      announce(choices().length ? `${words.foundText} ${choices().length}` : list.textContent.trim());
    } catch (error) {
      if (error.name === "AbortError") return;
      list.textContent = document.getElementById("toasts").dataset.offline;
    }
    list.removeAttribute("aria-busy");
  }

  // --- what can be done with a row
  function showActions(link) {
    const {kind, key, subject} = link.dataset;
    const own = [...(actions?.querySelectorAll(`[data-for="${subject}"]`) || [])].map((each) => {
      const copy = each.cloneNode(true);
      copy.setAttribute("href", each.getAttribute("href").replace(/([=/])0(?=\/|$)/, `$1${key}`));
      return copy;
    });
    clearTimeout(timer);
    running?.abort();
    list.removeAttribute("aria-busy");
    behind = {html: list.innerHTML, current};
    const heading = Object.assign(document.createElement("h2"), {textContent: `${words.actionsText} ${link.querySelector("span").textContent}`});
    const open = made(link.href, "arrow-right", words.openText);
    const tab = Object.assign(made(link.href, "external-link", words.tabText), {target: "_blank", rel: "noopener"});
    const isPinned = "pinned" in link.dataset;
    const pin = made(link.href, isPinned ? "pinned-off" : "pin", isPinned ? words.unpinText : words.pinText);
    Object.assign(pin.dataset, {pinKind: kind, pinKey: key, pinTo: isPinned ? "0" : "1"});
    list.replaceChildren(heading, ...own, open, tab, ...(kind ? [pin] : []));
    choose(0);
    announce(heading.textContent);
  }

  function made(href, icon, text) {
    const link = Object.assign(document.createElement("a"), {href});
    link.append(Object.assign(document.createElement("i"), {className: `ti ti-${icon}`}), Object.assign(document.createElement("span"), {textContent: text}));
    link.firstChild.setAttribute("aria-hidden", "true");
    return link;
  }

  function leaveActions() {
    if (!behind) return false;
    list.innerHTML = behind.html;
    const at = behind.current;
    behind = null;
    choose(at);
    return true;
  }

  async function pinOrNot({pinKind, pinKey, pinTo}) {
    const answer = await post(words.pin, {kind: pinKind, key: pinKey, pinned: pinTo}).catch(() => null);
    if (!answer || answer.status >= 500) return toast({text: document.getElementById("toasts").dataset.offline, tag: "error"});
    if (!answer.ok) return toast({text: await answer.text(), tag: "error"});
    announce(pinTo === "1" ? words.pinnedText : words.unpinnedText);
    behind = null;
    search();
  }

  async function send(link) {
    const answer = await post(link.dataset.postsTo, new URLSearchParams(link.dataset.posts)).catch(() => null);
    if (answer?.ok) location.reload(); else toast({text: document.getElementById("toasts").dataset.offline, tag: "error"});
  }

  list.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    if (link.dataset.pinKey || link.dataset.posts) event.preventDefault();
    if (link.dataset.pinKey) return void pinOrNot(link.dataset);
    if (link.dataset.posts) return void send(link);
    if (!link.target) dialog.close();  // another dialog, or this same page at another place
  });

  const open = () => {
    if (dialog.open) return;
    input.value = "";
    behind = null;
    dialog.showModal();
    input.focus();
    showLately();
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    const link = choices()[current];
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(current + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "ArrowRight" && !behind && link?.dataset.subject && input.selectionStart === input.value.length && input.selectionEnd === input.value.length) {
      event.preventDefault();
      showActions(link);
    } else if ((event.key === "ArrowLeft" || event.key === "Escape") && leaveActions()) {
      event.preventDefault();
    } else if (event.key === "Enter" && link) {
      event.preventDefault();
      if (event.ctrlKey || event.metaKey) window.open(link.href, "_blank", "noopener"); else link.click();
    }
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-open-palette]") || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.code === "KeyK") {
      event.preventDefault();
      open();
    }
  });
  dialog.addEventListener("cancel", (event) => { if (behind) event.preventDefault(); });
  document.addEventListener("palette:open", open);

  // A record's own page was opened: told once it is drawn, so that the page itself does nothing for it.
  const records = words.records.split(" ").map((path) => new RegExp(`^${path.replace("/0/", "/\\d+/")}$`));
  const path = location.pathname;
  if (records.some((each) => each.test(path)) && sessionStorage.getItem(LAST) !== path) {
    addEventListener("load", () => setTimeout(() => post(words.opened, {path}).then((answer) => answer.ok && sessionStorage.setItem(LAST, path)).catch(() => {}), 0));
  }
}
