// A value edited where it stands: Enter, ✓, Tab and a tap outside save; Esc leaves it as it was; what is refused stays open with the reason.
// <form data-inline="/points/3/edit/?shown=1" hx-post=… hx-target="this" hx-swap="outerHTML">: data-inline answers the value as it stands.

/** Wires one such form, and puts the cursor into it. */
export function start(form) {
  const field = form.elements.value;
  const wasRefused = field.getAttribute("aria-invalid") === "true";
  let isOver = false;
  if (!wasRefused || document.activeElement === document.body) field.focus({preventScroll: wasRefused});
  if (!wasRefused) field.select();

  const leave = () => {
    isOver = true;
    return window.htmx.ajax("GET", form.dataset.inline, {source: document.body, target: form, swap: "outerHTML"});
  };
  form.addEventListener("keydown", async (event) => {
    if (event.key !== "Escape" || event.isComposing) return;
    event.stopPropagation();
    await leave();
    document.getElementById(form.id)?.querySelector("[hx-get]")?.focus();
  });
  form.addEventListener("submit", () => { isOver = true; });
  document.addEventListener("htmx:finally:request", ({detail: {ctx}}) => { if (ctx.sourceElement === form) isOver = false; });
  form.addEventListener("focusout", ({relatedTarget}) => {
    if (form.contains(relatedTarget)) return;
    setTimeout(() => {  // by then it is known whether only the window lost the focus
      if (isOver || !form.isConnected || !document.hasFocus() || form.contains(document.activeElement)) return;
      if (field.value.trim() !== field.defaultValue.trim()) form.requestSubmit();
      else if (!wasRefused) leave();
    });
  });
}
