// Quick add: what the typed line would become, a quarter of a second after the last key. Without this the button “See what is understood” asks.
import {announce, eachNew, post} from "./page.js";

const PAUSE = 250;

eachNew("[data-quick-add-form]", (form) => {
  const line = form.querySelector("[name=line]");
  const place = form.querySelector("#quick-chips");
  let timer, running = 0;

  async function look() {
    const mine = ++running;
    const answer = await post(form.dataset.preview, new FormData(form)).catch(() => null);
    if (!answer || mine !== running || answer.status >= 500 || answer.status === 401) return;
    const chosen = document.activeElement?.name;
    place.innerHTML = await answer.text();
    window.htmx?.process(place);
    if (chosen?.startsWith("fix_")) place.querySelector(`[name="${chosen}"]`)?.focus();
  }

  form.classList.add("is-live");
  line.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  });
  form.addEventListener("change", (event) => {
    if (event.target.matches("[data-quick-fix]")) look();
  });
  form.addEventListener("htmx:before:request", () => { clearTimeout(timer); running += 1; });
  if (!line.value) line.focus();
});

// Taking back inside the dialog: the form stays open for the next line.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-take-back]");
  if (!button) return;
  event.preventDefault();
  const answer = await post(button.getAttribute("formaction"), {}, {asPage: true}).catch(() => null);
  if (!answer?.ok) return;
  const text = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".toast-note p")?.textContent || "";
  const note = button.closest(".note");
  note.classList.remove("note-good");
  note.textContent = text;
  announce(text);
  document.dispatchEvent(new CustomEvent("day:changed", {detail: {}}));
});
