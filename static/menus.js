// The menus of the header close when somebody looks elsewhere; the appearance can be chosen.

const menus = [...document.querySelectorAll("details.menu")];

document.addEventListener("click", (event) => {
  for (const menu of menus) {
    if (menu.open && !menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of menus.filter((each) => each.open)) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

for (const themes of document.querySelectorAll("[data-themes]")) {
  themes.hidden = false;
  for (const choice of themes.querySelectorAll("input")) {
    choice.checked = choice.value === document.documentElement.dataset.chosenTheme;
    choice.addEventListener("change", () => {
      document.dispatchEvent(new CustomEvent("choose-theme", { detail: choice.value }));
    });
  }
}
