// The search window: Ctrl/⌘ K, or / when not typing. Asks the search page for a fragment; every link in it is a choice.
const dialog = document.getElementById("palette");

if (dialog) {
  const input = dialog.querySelector("[role=combobox]");
  const list = dialog.querySelector("[role=listbox]");
  const places = list.innerHTML;
  let timer, running, current = -1;

  const choices = () => [...list.querySelectorAll("a[href]")].filter((link) => !link.hidden);

  function choose(index) {
    const links = choices();
    for (const other of list.querySelectorAll(":scope > :not(a), :scope ul, :scope li")) other.setAttribute("role", "presentation");
    current = links.length ? (index + links.length) % links.length : -1;
    links.forEach((link, at) => {
      link.setAttribute("role", "option");
      link.id ||= `hit-${at}-${link.pathname}`;
      link.tabIndex = -1;
      link.setAttribute("aria-selected", at === current);
    });
    input.setAttribute("aria-expanded", links.length > 0);
    if (current < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", links[current].id);
    links[current].scrollIntoView({block: "nearest"});
  }

  function showPlaces(query = "") {
    list.innerHTML = places;
    for (const link of choices()) link.hidden = !link.textContent.toLowerCase().includes(query.toLowerCase());
    choose(0);
  }

  async function search() {
    const query = input.value.trim();
    running?.abort();
    if (!query) return showPlaces();
    if (query.startsWith(">")) return showPlaces(query.slice(1).trim());
    running = new AbortController();
    list.setAttribute("aria-busy", "true");
    try {
      const url = `${input.form.getAttribute("action")}?q=${encodeURIComponent(query)}`;
      const response = await fetch(url, {headers: {"HX-Request": "true", "HX-Target": "palette-hits"}, signal: running.signal, credentials: "same-origin"});
      if (response.status === 401) return location.assign(url);
      if (!response.ok) throw new Error(response.statusText);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      list.innerHTML = (page.querySelector("[data-hits]") || page.querySelector("#content") || page.body).innerHTML;
      choose(0);
    } catch (error) {
      if (error.name === "AbortError") return;
      list.textContent = document.getElementById("toasts").dataset.offline;
    }
    list.removeAttribute("aria-busy");
  }

  const open = () => {
    if (dialog.open) return;
    input.value = "";
    showPlaces();
    dialog.showModal();
    input.focus();
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, 150);
  });
  input.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(current + (event.key === "ArrowDown" ? 1 : -1));
    } else if (event.key === "Enter" && current >= 0) {
      event.preventDefault();
      const link = choices()[current];
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
  document.addEventListener("palette:open", open);
}
