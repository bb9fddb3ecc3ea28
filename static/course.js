// The history of a heat pump: which period and sensors, fetched for the width of the chart, with a table of figures.

import { Chart, colour } from "./chart.js";
import { notesOf, showNotes } from "./notes.js";
import { moment, withUnit } from "./words.js";

const REFRESH_MS = 15000;
const SHORTEST_ZOOM_S = 300;

const section = document.querySelector("[data-course]");
const find = (name) => section.querySelector(`[data-${name}]`);
const message = find("message");
const legend = find("legend");
const resetButton = find("reset");
const chooser = find("chooser");
const ranges = [...section.querySelectorAll("[data-span]")];
const boxes = [...chooser.querySelectorAll("input[name=sensor]")];

const state = { range: section.dataset.range, zoom: null, lines: [], marks: [], asked: 0 };

const chart = new Chart(find("chart"), {
  onZoom: (from, to) => {
    const middle = (from + to) / 2;
    const half = Math.max(to - from, SHORTEST_ZOOM_S) / 2;
    zoomTo({ from: Math.floor(middle - half), to: Math.ceil(middle + half) });
  },
  onReset: () => zoomTo(null),
  onPoint: showFigures,
});

const chosen = () => boxes.filter((box) => box.checked);

function period() {
  if (state.zoom) return state.zoom;
  const to = Math.ceil(Date.now() / 1000);
  return { from: to - Number(ranges.find((each) => each.dataset.rangeName === state.range).dataset.span), to };
}

function say(text) {
  message.textContent = text;
  message.hidden = !text;
}

async function load() {
  const sensors = chosen();
  state.asked += 1;
  const { asked } = state;
  if (!sensors.length) return showNothing(section.dataset.noneChosen);
  const { from, to } = period();
  const query = new URLSearchParams({
    sensors: sensors.map((box) => box.value).join(","), from, to, points: Math.min(1000, chart.width),
  });
  let content;
  try {
    const answer = await fetch(`${section.dataset.course}?${query}`);
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    content = await answer.json();
    state.marks = await notesOf(from, to);
  } catch {
    if (asked === state.asked) say(section.dataset.failed); // what is drawn stays
    return undefined;
  }
  if (asked !== state.asked) return undefined; // somebody asked for something else meanwhile
  showNotes(state.marks);
  return show(content, sensors);
}

function show(content, sensors) {
  const meanings = new Map(sensors.map((box) => [box.value, box]));
  state.lines = content.series.filter((line) => line.mean).map((line) => ({
    ...line,
    meaning: JSON.parse(meanings.get(line.sensor).dataset.meaning),
    stepped: Boolean(meanings.get(line.sensor).dataset.stepped),
  }));
  const anything = state.lines.some((line) => line.mean.some((value) => value !== null));
  if (!anything) return showNothing(section.dataset.nothing);
  say("");
  chart.show(content.from, content.to, state.lines, state.marks);
  makeLegend();
  return undefined;
}

function showNothing(text) {
  state.lines = [];
  chart.clear();
  legend.hidden = true;
  say(text);
}

function makeLegend() {
  const body = legend.tBodies[0];
  body.replaceChildren(...state.lines.map((line, index) => {
    const row = document.createElement("tr");
    const title = document.createElement("th");
    title.scope = "row";
    const swatch = document.createElement("span");
    swatch.className = "swatch";
    swatch.style.background = colour(index);
    title.append(swatch, line.meaning.title);
    row.append(title, ...[0, 1, 2].map(() => document.createElement("td")));
    const low = line.min.filter((value) => value !== null);
    const high = line.max.filter((value) => value !== null);
    row.cells[2].textContent = withUnit(line.meaning, low.length ? Math.min(...low) : null);
    row.cells[3].textContent = withUnit(line.meaning, high.length ? Math.max(...high) : null);
    return row;
  }));
  legend.hidden = !state.lines.length;
  showFigures(null);
}

// The value at a place of the chart, or the last one before it that still holds; without a place the last of all.
function valueAt(line, place) {
  const holds = line.gap_s + (line.t[1] - line.t[0] || 0);
  for (let index = place ?? line.t.length - 1; index >= 0; index -= 1) {
    if (line.mean[index] !== null) return line.mean[index];
    if (place !== null && line.t[place] - line.t[index] > holds) break;
  }
  return null;
}

function showFigures(place) {
  if (!state.lines.length) return;
  const head = find("moment");
  const { t } = state.lines[0];
  head.textContent = place === null ? head.dataset.latest : moment(t[place]);
  state.lines.forEach((line, index) => {
    const row = legend.tBodies[0].rows[index];
    if (row) row.cells[1].textContent = withUnit(line.meaning, valueAt(line, place));
  });
}

function zoomTo(zoom) {
  state.zoom = zoom;
  resetButton.hidden = !zoom;
  load();
}

// The address always shows what the chart shows, so that a reload or a bookmark finds it again.
function remember() {
  const query = new URLSearchParams({ range: state.range, sensors: chosen().map((box) => box.value).join(",") });
  history.replaceState(null, "", `?${query}`);
  for (const each of ranges) {
    query.set("range", each.dataset.rangeName);
    each.href = `?${query}`;
    if (each.dataset.rangeName === state.range) each.setAttribute("aria-current", "true");
    else each.removeAttribute("aria-current");
  }
}

for (const each of ranges) {
  each.addEventListener("click", (event) => {
    event.preventDefault();
    state.range = each.dataset.rangeName;
    remember();
    zoomTo(null);
  });
}

for (const box of boxes) {
  box.addEventListener("change", () => {
    remember();
    load();
  });
}

resetButton.addEventListener("click", () => zoomTo(null));

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

load();
setInterval(() => {
  if (!document.hidden && !state.zoom) load();
}, REFRESH_MS);
