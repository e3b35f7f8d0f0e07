// Records ticked on a list to be merged: two to five, kept from page to page; where they are fewer or more the button says why not.
// <form id="merge" data-merge="5" data-few="…" data-many="…"> with boxes <input form="merge" name="id"> beside it.
const FEWEST = 2;

export function start(form) {
  const id = form.getAttribute("id");  // form.id is the box of that name
  const boxes = [...document.querySelectorAll(`input[type=checkbox][form="${id}"]`)];
  const said = form.querySelector("[data-said]"), go = form.querySelector("[data-go]"), none = form.querySelector("[data-none]");
  const kept = `${id}:${location.pathname}`, most = Number(form.dataset.merge);
  let picks = new Set(JSON.parse(sessionStorage.getItem(kept) || "[]"));

  const show = () => {
    const count = picks.size, why = count < FEWEST ? form.dataset.few : count > most ? form.dataset.many : "";
    for (const box of boxes) box.checked = picks.has(box.value);
    sessionStorage.setItem(kept, JSON.stringify([...picks]));
    form.hidden = !count;
    go.disabled = Boolean(why);
    said.textContent = count ? `${form.dataset.picked} ${count}. ${why}` : "";
  };
  for (const box of boxes) box.addEventListener("change", () => {
    if (box.checked) picks.add(box.value); else picks.delete(box.value);
    show();
  });
  none.hidden = false;
  none.addEventListener("click", () => { picks = new Set(); show(); boxes[0]?.focus(); });
  // Those of other pages go along.
  form.addEventListener("submit", () => {
    const here = new Set(boxes.map((box) => box.value));
    for (const value of picks) if (!here.has(value)) form.append(Object.assign(document.createElement("input"), {type: "hidden", name: "id", value}));
    sessionStorage.removeItem(kept);
  });
  show();
}
