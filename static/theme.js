// Light or dark before the first paint: the reader's choice on this computer, else the system's.
"use strict";
(() => {
  const system = window.matchMedia("(prefers-color-scheme: dark)");

  const chosen = () => {
    try {
      return localStorage.getItem("theme") || "auto";
    } catch {
      return "auto"; // storage is switched off
    }
  };

  const apply = () => {
    const dark = chosen() === "dark" || (chosen() === "auto" && system.matches);
    document.documentElement.dataset.bsTheme = dark ? "dark" : "light";
    document.dispatchEvent(new Event("theme"));
  };

  system.addEventListener("change", apply);
  document.addEventListener("choose-theme", (event) => {
    try {
      localStorage.setItem("theme", event.detail);
    } catch {
      return; // it lasts as long as the page then
    }
    apply();
  });
  document.documentElement.dataset.chosenTheme = chosen();
  document.documentElement.dataset.script = "on"; // what only makes sense without a script goes away
  apply();
})();
