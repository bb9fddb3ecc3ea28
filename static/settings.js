// A choice of the settings is kept as soon as it is made.

for (const select of document.querySelectorAll("[data-at-once]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}
