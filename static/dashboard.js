// A dashboard: its charts share one time, which they cut, move and compare together, and keep up to date.

import { Card } from "./dashboard_card.js";
import { Range } from "./dashboard_range.js";
import { notesOf, showNotes } from "./notes.js";

const REFRESH_MS = 15000;
const NEAR = "400px";

const board = document.querySelector("[data-board]");
const find = (name) => board.querySelector(`[data-${name}]`);
const spans = [...board.querySelectorAll("[data-span]")];
const chooser = find("chooser");
const state = { marks: [], asked: 0 };

const range = new Range(
  Object.fromEntries(spans.map((each) => [each.dataset.rangeName, Number(each.dataset.span)])),
  board.dataset.range,
  () => refresh(),
  () => ({
    ...(board.dataset.dashboard ? { dashboard: board.dataset.dashboard } : {}),
    ...(chooser ? { sensors: ticked().map((box) => box.value).join(",") } : {}),
  }),
);

const cards = [...board.querySelectorAll("[data-chart]")].map((element) => new Card(element, {
  series: board.dataset.board,
  words: JSON.parse(board.dataset.words),
  of: board.dataset.of,
  range,
  marks: () => state.marks,
  onZoom: (from, to) => range.zoom(from, to),
  onPan: (seconds) => range.move(seconds),
  onReset: () => range.whole(),
}));

// Charts that nobody looks at yet are loaded when somebody comes near them.
const near = new Set();
const watching = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    const card = cards.find((each) => each.element === target);
    if (!isIntersecting) near.delete(card);
    else if (!near.has(card)) {
      near.add(card);
      load(card);
    }
  }
}, { rootMargin: NEAR });

const period = { from: 0, to: 0 };

function load(card) {
  return card.load(period, range.shift, range.live);
}

async function loadNotes() {
  state.asked += 1;
  const { asked } = state;
  const marks = await notesOf(period.from, period.to);
  if (asked !== state.asked) return;
  const same = JSON.stringify(marks) === JSON.stringify(state.marks);
  state.marks = marks;
  showNotes(marks);
  if (!same) for (const card of near) card.redraw();
}

function refresh() {
  Object.assign(period, range.period());
  showRange();
  for (const card of near) load(card);
  loadNotes();
}

function showRange() {
  for (const each of spans) {
    const query = range.query;
    for (const name of ["from", "to"]) query.delete(name);
    query.set("range", each.dataset.rangeName);
    each.href = `?${query}`;
    if (each.dataset.rangeName === range.name && range.live) each.setAttribute("aria-current", "true");
    else each.removeAttribute("aria-current");
  }
  find("reset").hidden = range.live;
  find("period").textContent = range.words(JSON.parse(board.dataset.words).now);
  find("overlay").value = range.overlay;
  for (const each of board.querySelectorAll("[data-tab]")) {
    const query = range.query;
    query.delete("sensors");
    if (each.dataset.tab) query.set("dashboard", each.dataset.tab);
    else query.delete("dashboard");
    each.href = `${each.dataset.path}?${query}${each.dataset.tab ? "#board" : ""}`;
  }
}

const press = (name, does) => find(name).addEventListener("click", does);
press("reset", () => range.whole());
press("zoom-in", () => range.scale(0.5));
press("zoom-out", () => range.scale(2));
press("back", () => range.move((period.from - period.to) / 2));
press("forward", () => range.move((period.to - period.from) / 2));
find("overlay").addEventListener("change", (event) => range.compare(event.target.value));

for (const each of spans) {
  each.addEventListener("click", (event) => {
    event.preventDefault();
    range.span(each.dataset.rangeName);
  });
}

find("own").addEventListener("submit", (event) => {
  event.preventDefault();
  const [from, to] = ["begin", "end"].map((name) => secondsOf(event.target.elements[name].value));
  const fine = from && to && from < to;
  event.target.querySelector("[data-own-wrong]").hidden = Boolean(fine);
  if (fine) {
    range.zoom(from, to);
    event.target.closest("details").open = false;
  }
});

// What stands in a field for a moment is meant in the installation's time zone.
function secondsOf(typed) {
  if (!typed) return null;
  const asUtc = Date.parse(`${typed}Z`);
  const { timezone } = document.documentElement.dataset;
  const local = uPlot.tzDate(new Date(asUtc), timezone);
  const offset = Date.UTC(local.getFullYear(), local.getMonth(), local.getDate(), local.getHours(), local.getMinutes()) - asUtc;
  return Math.round((asUtc - offset) / 1000);
}

press("link", async (event) => {
  const button = event.currentTarget;
  range.remember();
  try {
    await navigator.clipboard.writeText(location.href);
    button.textContent = button.dataset.done;
  } catch {
    window.prompt(button.dataset.ask, location.href); // without HTTPS the clipboard is not ours
  }
});

board.addEventListener("keydown", (event) => {
  if (!event.target.matches("[data-drawing]")) return;
  const does = {
    ArrowLeft: () => range.move((period.from - period.to) / 4),
    ArrowRight: () => range.move((period.to - period.from) / 4),
    "+": () => range.scale(0.5),
    "-": () => range.scale(2),
    Home: () => range.whole(),
  }[event.key];
  if (!does) return;
  event.preventDefault();
  does();
});

// The chart of whatever sensors somebody ticks.
const boxes = chooser ? [...chooser.querySelectorAll("input[name=sensor]")] : [];
function ticked() {
  return boxes.filter((box) => box.checked);
}

function showTicked() {
  const [card] = cards;
  card.facts.lines = ticked().map((box) => JSON.parse(box.dataset.meaning));
  const keep = find("keep");
  if (keep) keep.href = `${keep.dataset.path}?sensors=${ticked().map((box) => box.value).join(",")}`;
}

if (chooser) {
  for (const box of boxes) {
    box.addEventListener("change", () => {
      showTicked();
      range.remember();
      refresh();
    });
  }
  const search = find("search");
  search.hidden = false;
  find("needless").hidden = true;
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLocaleLowerCase();
    for (const choice of chooser.querySelectorAll(".choice")) {
      choice.hidden = !choice.textContent.toLocaleLowerCase().includes(wanted);
    }
    for (const group of chooser.querySelectorAll("fieldset")) {
      group.hidden = !group.querySelector(".choice:not([hidden])");
    }
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}

refresh();
for (const card of cards) watching.observe(card.element);
setInterval(() => {
  if (!document.hidden && range.live) refresh();
}, REFRESH_MS);
