// Rows chosen on a list over all its pages: ticks are told to the server, which keeps them; Shift takes a range.
// <form id="bulk" data-selection="/deals/selection/"> with boxes <input form="bulk" …> in the table it stands above.
import {post} from "./page.js";

export async function start(form) {
  const boxes = [...document.querySelectorAll(`table input[type=checkbox][form="${form.id}"]`)];
  const pageAll = form.querySelector("[data-page-all]"), said = form.querySelector("[data-picked]");
  const all = form.querySelector("[data-all]"), none = form.querySelector("[data-none]"), go = form.querySelector("[data-go]");
  const query = form.elements.query.value, kept = `selection:${location.pathname}`, url = form.dataset.selection;
  const nothing = said.textContent;
  let count = 0, everything = false, last = null, waiting = 0, telling = Promise.resolve();

  const show = (answer) => {
    if (answer) {
      count = answer.count;
      everything = answer.all;
      form.elements.selection.value = count ? answer.token : "";
      said.textContent = count ? answer.text : nothing;
      if (count) sessionStorage.setItem(kept, "1"); else sessionStorage.removeItem(kept);
    }
    const ticked = boxes.filter((box) => box.checked).length;
    pageAll.checked = ticked > 0 && ticked === boxes.length;
    pageAll.indeterminate = ticked > 0 && !pageAll.checked;
    all.hidden = everything || !pageAll.checked;
    none.hidden = !count;
    go.disabled = !count;
    form.classList.toggle("has-picks", count > 0);
  };
  const tick = ({keys, all: isAll}) => {
    const named = new Set(keys.map(String));
    for (const box of boxes) box.checked = named.has(box.value) !== isAll;
  };
  // One after the other, so that the last answer is the last word.
  const tell = (values) => {
    const body = new URLSearchParams(values);
    body.append("query", query);
    waiting += 1;
    telling = telling.then(async () => {
      const answer = await post(url, body).catch(() => null);
      show(answer?.ok ? await answer.json() : null);
      waiting -= 1;
    });
    return telling;
  };
  const change = (changed) => tell(changed.map((box) => [box.checked ? "add" : "drop", box.value]));

  const heading = boxes[0]?.closest("table").tHead?.rows[0]?.cells[0];
  if (heading) heading.prepend(pageAll);
  pageAll.hidden = false;
  pageAll.addEventListener("change", () => {
    const changed = boxes.filter((box) => box.checked !== pageAll.checked);
    for (const box of changed) box.checked = pageAll.checked;
    change(changed);
  });
  for (const [at, box] of boxes.entries()) {
    box.addEventListener("click", (event) => {
      const range = event.shiftKey && last !== null ? boxes.slice(Math.min(at, last), Math.max(at, last) + 1) : [box];
      for (const each of range) each.checked = box.checked;
      last = at;
      change(range);
    });
  }
  all.addEventListener("click", async () => {
    for (const box of boxes) box.checked = true;
    await tell({all: "1"});
  });
  none.addEventListener("click", async () => {
    for (const box of boxes) box.checked = false;
    await tell({none: "1"});
  });
  // Sent only once the server knows the last tick; before anybody else hears that it was sent.
  form.addEventListener("submit", (event) => {
    if (!waiting) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    telling.then(() => form.requestSubmit(event.submitter));
  });
  show(null);
  if (!sessionStorage.getItem(kept)) return;
  const answer = await fetch(`${url}?${new URLSearchParams({query})}`, {credentials: "same-origin"}).catch(() => null);
  if (!answer?.ok) return;
  const found = await answer.json();
  tick(found);
  show(found);
}
