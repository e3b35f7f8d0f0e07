// The rail, the theme and the menus around every page.
import {post} from "./page.js";

const root = document.documentElement;

document.addEventListener("click", (event) => {
  const fold = event.target.closest("[data-fold-rail]");
  if (fold) {
    const narrow = root.dataset.rail !== "narrow";
    if (narrow) root.dataset.rail = "narrow"; else delete root.dataset.rail;
    fold.setAttribute("aria-pressed", narrow);
    document.cookie = `rail=${narrow ? "narrow" : "wide"};path=/;max-age=31536000;samesite=lax`;
  }
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

// A menu closes with Escape (focus returns to its button) and walks with the arrows.
document.addEventListener("keydown", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (!menu) return;
  if (event.key === "Escape") {
    menu.open = false;
    menu.querySelector("summary").focus();
    event.stopPropagation();
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const stops = [...menu.querySelectorAll(".menu-list a, .menu-list button")].filter((stop) => stop.offsetParent && !stop.disabled);
    const next = stops.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
    stops[(next + stops.length) % stops.length]?.focus();
    event.preventDefault();
  }
});

// One menu at a time, and not under an opened dialog.
document.addEventListener("toggle", (event) => {
  if (!event.target.matches?.("details.menu") || !event.target.open) return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (menu !== event.target && !menu.contains(event.target)) menu.open = false;
  }
}, true);

// The theme changes at once; the answer only keeps it. Charts hear "theme:changed".
document.addEventListener("submit", (event) => {
  const form = event.target.closest("[data-theme-form]");
  if (!form || !event.submitter) return;
  event.preventDefault();
  const theme = event.submitter.value;
  if (theme === "system") delete root.dataset.bsTheme; else root.dataset.bsTheme = theme;
  for (const button of form.querySelectorAll("button")) button.setAttribute("aria-pressed", button === event.submitter);
  document.dispatchEvent(new CustomEvent("theme:changed"));
  post(form.action, new FormData(form, event.submitter)).catch(() => {});
});
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => {
  if (!root.dataset.bsTheme) document.dispatchEvent(new CustomEvent("theme:changed"));
});
