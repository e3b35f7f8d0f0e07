// Panels that fold: at once here, and remembered by the server for the person.
document.addEventListener("click", (event) => {
  const button = event.target.closest("form[data-fold] button");
  if (!button) return;
  event.preventDefault();
  const form = button.form;
  const body = new FormData(form);
  body.set("fold", button.value);
  const isFolded = form.parentElement.classList.toggle("is-folded", button.value === "yes");
  button.value = isFolded ? "no" : "yes";
  button.setAttribute("aria-expanded", String(!isFolded));
  fetch(form.action, {method: "POST", body, headers: {"X-Requested-With": "fetch"}}).catch(() => {});
});
