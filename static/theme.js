// Light or dark before the first paint: what the account chose, else this computer's last choice, else the system's.
"use strict";
(() => {
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  const page = document.documentElement;

  const chosen = () => {
    if (page.dataset.theme) return page.dataset.theme;
    try {
      return localStorage.getItem("theme") || "auto";
    } catch {
      return "auto"; // storage is switched off
    }
  };

  const apply = () => {
    const dark = chosen() === "dark" || (chosen() === "auto" && system.matches);
    page.dataset.bsTheme = dark ? "dark" : "light";
    document.dispatchEvent(new Event("theme"));
  };

  system.addEventListener("change", apply);
  document.addEventListener("choose-theme", (event) => {
    page.dataset.theme = event.detail;
    apply();
    try {
      localStorage.setItem("theme", event.detail); // for the page of the sign-in
    } catch {
      // storage is switched off
    }
  });
  page.dataset.chosenTheme = chosen();
  page.dataset.script = "on"; // what only makes sense without a script goes away
  apply();
})();
