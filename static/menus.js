// The menus of the header: they close when somebody looks elsewhere, the arrow keys walk through them, the selector of
// heat pumps can be searched and tells how each is doing now, and the appearance can be chosen.

const menus = [...document.querySelectorAll("details.menu")];

// on a phone the tabs of a heat pump run beyond the edge: the one that is open stands where it is seen
const row = document.querySelector(".tabs-of-one");
const open = row?.querySelector("[aria-current]");
if (open) row.scrollLeft = open.offsetLeft - row.offsetLeft - (row.clientWidth - open.offsetWidth) / 2;

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

function walk(event, menu) {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const places = [...menu.querySelectorAll("summary, a, button, [type=search]")].filter((each) => each.offsetParent);
  const next = places.indexOf(document.activeElement) + (event.key === "ArrowDown" ? 1 : -1);
  if (next < 0 || next >= places.length) return;
  event.preventDefault();
  menu.open = true;
  places[next].focus();
}

for (const menu of menus) menu.addEventListener("keydown", (event) => walk(event, menu));

async function tellStates(selector) {
  try {
    const answer = await fetch(selector.dataset.states, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    for (const { id, tone, text } of (await answer.json()).heatpumps) {
      const place = selector.querySelector(`[data-pump="${CSS.escape(id)}"]`);
      if (!place) continue;
      place.dataset.tone = tone;
      place.querySelector("[data-state]").textContent = text;
    }
  } catch {
    // the states stay those of when the page was made
  }
}

for (const selector of document.querySelectorAll("[data-selector]")) {
  const search = selector.querySelector("[data-search]");
  const pumps = [...selector.querySelectorAll("[data-pump]")];
  selector.addEventListener("toggle", () => {
    if (!selector.open) return;
    if (search && matchMedia("(pointer: fine)").matches) search.focus();
    tellStates(selector);
  });
  search?.addEventListener("input", () => {
    const wanted = search.value.trim().toLocaleLowerCase();
    for (const each of pumps) {
      each.hidden = !each.querySelector(".selector-pump").firstChild.textContent.toLocaleLowerCase().includes(wanted);
    }
    selector.querySelector("[data-none]").hidden = pumps.some((each) => !each.hidden);
  });
  search?.addEventListener("keydown", (event) => {
    if (event.key === "Enter") pumps.find((each) => !each.hidden)?.querySelector("a").click();
  });
}

for (const themes of document.querySelectorAll("[data-themes]")) {
  themes.hidden = false;
  for (const choice of themes.querySelectorAll("input")) {
    choice.checked = choice.value === document.documentElement.dataset.chosenTheme;
    choice.addEventListener("change", () => {
      document.dispatchEvent(new CustomEvent("choose-theme", { detail: choice.value }));
      const token = document.querySelector("meta[name=csrf-token]").content;
      const body = new URLSearchParams({ csrf_token: token, theme: choice.value });
      fetch(themes.dataset.themes, { method: "POST", body }).catch(() => {}); // it lasts as long as the page then
    });
  }
}
