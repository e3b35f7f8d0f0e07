// The rows chosen on a list: how many, all of the page at once, and a range by Shift. The buttons need at least one.
import {eachNew} from "./page.js";

eachNew("[data-pick-all]", (all) => {
  const table = all.closest("table");
  const boxes = [...table.querySelectorAll("tbody input[type=checkbox]")];
  const form = boxes[0]?.form;
  if (!form) return;
  let last = null;
  const count = () => {
    const chosen = boxes.filter((box) => box.checked).length;
    form.querySelector("[data-picked]").textContent = chosen;
    for (const button of form.querySelectorAll("button")) button.disabled = !chosen;
    all.checked = chosen === boxes.length;
    all.indeterminate = chosen > 0 && !all.checked;
  };
  all.hidden = false;
  all.addEventListener("change", () => { boxes.forEach((box) => { box.checked = all.checked; }); count(); });
  table.addEventListener("click", (event) => {
    const at = boxes.indexOf(event.target);
    if (at < 0) return;
    if (event.shiftKey && last !== null) {
      boxes.slice(Math.min(at, last), Math.max(at, last) + 1).forEach((box) => { box.checked = event.target.checked; });
    }
    last = at;
    count();
  });
  count();
});
