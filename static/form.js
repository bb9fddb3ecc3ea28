// Small comforts of a form: another model is fetched at once, and a wait is told.

for (const select of document.querySelectorAll("[data-resend]")) {
  const button = document.getElementById(select.dataset.resend);
  button.hidden = true;
  select.addEventListener("change", () => button.click());
  const shown = [...select.options].find((option) => option.defaultSelected) ?? select.options[0];
  if (select.value !== shown.value) button.click(); // somebody was faster than this script
}

for (const form of document.querySelectorAll("form[data-busy-text]")) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent) {
      event.preventDefault(); // a second click while the heat pump is being asked
      return;
    }
    form.dataset.sent = "yes";
    if (event.submitter?.dataset.busy || event.submitter?.tabIndex === -1) {
      form.querySelector("[data-busy-note]").textContent = form.dataset.busyText;
    }
  });
  // coming back by the browser's back button
  window.addEventListener("pageshow", () => {
    delete form.dataset.sent;
    form.querySelector("[data-busy-note]").textContent = "";
  });
}

// an answer to a form has no address of its own: a reload, or coming back to it, would send the form once more
const step = document.querySelector("[data-step-address]");
if (step) history.replaceState(null, "", step.dataset.stepAddress);

document.getElementById("result")?.scrollIntoView({ block: "nearest" });
