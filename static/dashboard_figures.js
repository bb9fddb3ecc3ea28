// The figures of a chart: the table below it, and the tiles of single values.

import { coloursOf, stretchesOf } from "./chart_states.js";
import { pattern } from "./plot.js";
import { moment, number, withUnit, written } from "./words.js";

const MOST_STATES = 4;

const known = (values) => values.filter((value) => value !== null && value !== undefined);

// lowest, mean, highest and sum of what is shown; null where nothing is known
export function figuresOf(line) {
  const [low, mean, high] = [known(line.min), known(line.mean), known(line.max)];
  return {
    least: low.length ? low.reduce((one, other) => Math.min(one, other)) : null,
    mean: mean.length ? mean.reduce((sum, value) => sum + value, 0) / mean.length : null,
    most: high.length ? high.reduce((one, other) => Math.max(one, other)) : null,
    sum: mean.length ? mean.reduce((sum, value) => sum + value, 0) : null,
  };
}

// The value at a time, or the last one before it that still holds; without a time the newest: {value, at}.
export function valueAt(line, at, live) {
  if (at === null && live && line.latest && !line.counted) return line.latest;
  const values = line.text || line.mean;
  const step = line.t[1] - line.t[0] || 0;
  let place = line.t.length - 1;
  if (at !== null) while (place >= 0 && line.t[place] > at) place -= 1;
  for (let index = place; index >= 0; index -= 1) {
    if (at !== null && at - line.t[index] > line.gap_s + step) break;
    if (values[index] !== null && values[index] !== undefined) return { value: values[index], at: line.t[index] };
  }
  return { value: null, at: null };
}

// how long each state lasted, the longest first: [[key, share of what is known], …]
export function sharesOf(line) {
  const lasted = new Map();
  const add = (key, seconds) => lasted.set(key, (lasted.get(key) || 0) + seconds);
  for (const { from, to, key, share } of stretchesOf(line)) {
    add(key, (to - from) * share);
    if (share < 1) add("0", (to - from) * (1 - share));
  }
  const whole = [...lasted.values()].reduce((sum, seconds) => sum + seconds, 0);
  return [...lasted].map(([key, seconds]) => [key, seconds / whole]).sort((one, other) => other[1] - one[1]);
}

const wordOf = (line, key) => written(line.meaning, line.text ? key : Number(key));
const percent = (share) => (share < 0.01 ? `< ${number(1, 0)}\u00a0%` : `${number(share * 100, 0)}\u00a0%`);

// What stands in the columns of the table, by their names.
const CELLS = {
  least: (line) => withUnit(line.meaning, figuresOf(line).least),
  mean: (line) => withUnit(line.meaning, figuresOf(line).mean),
  most: (line) => withUnit(line.meaning, figuresOf(line).most),
  sum: (line) => withUnit(line.meaning, figuresOf(line).sum),
  shares: (line) => sharesOf(line).slice(0, MOST_STATES).map(([key, share]) => `${wordOf(line, key)} ${percent(share)}`).join(" · ") || "–",
};

export function fillTable(table, lines, colours = true) {
  const columns = [...table.tHead.rows[0].cells].map((cell) => cell.dataset.column);
  table.tBodies[0].replaceChildren(...lines.map((line) => {
    const row = document.createElement("tr");
    const title = document.createElement("th");
    title.scope = "row";
    if (colours) {
      const swatch = document.createElement("span");
      swatch.className = "swatch";
      swatch.style.background = pattern(line.colour);
      title.append(swatch);
    }
    title.append(line.meaning.title);
    row.append(title);
    for (const column of columns.slice(1)) {
      const cell = document.createElement("td");
      if (CELLS[column] && !(line.text && column !== "shares")) cell.textContent = CELLS[column](line);
      else if (column !== "moment") cell.textContent = "–";
      row.append(cell);
    }
    return row;
  }));
}

export function showMoment(table, lines, at, live) {
  const head = table.querySelector("[data-moment]");
  head.textContent = at === null ? head.dataset.latest : moment(at);
  lines.forEach((line, index) => {
    const cell = table.tBodies[0].rows[index]?.cells[1];
    const found = valueAt(line, at, live);
    // a bucket of a switch that was on for a part of it
    const value = line.meaning.stepped && found.value !== null ? Math.round(found.value) : found.value;
    if (cell) cell.textContent = withUnit(line.meaning, value);
  });
}

export function fillTiles(place, lines, live, words) {
  [...place.querySelectorAll("[data-tile]")].forEach((tile, index) => {
    const line = lines[index];
    if (!line) return;
    const { value, at } = valueAt(line, null, live);
    tile.querySelector("[data-value]").textContent = written(line.meaning, value);
    tile.querySelector("[data-unit]").textContent = value === null || typeof value === "string" ? "" : line.meaning.unit;
    const old = at !== null && Date.now() / 1000 - at > line.gap_s;
    const { least, most } = figuresOf(line);
    const between = line.text || line.meaning.stepped || least === null ? "" : `${written(line.meaning, least)} – ${withUnit(line.meaning, most)}`;
    tile.querySelector("[data-note]").textContent = [old ? `${words.from} ${moment(at)}` : "", between].filter(Boolean).join(" · ");
    tile.toggleAttribute("data-old", old);
  });
}

// the words and colours of a state time line
export function fillStates(list, lines) {
  const colours = coloursOf(lines);
  const seen = new Map();
  for (const line of lines) {
    for (const { key } of stretchesOf(line)) {
      const name = line.text ? key : `switch ${key}`;
      seen.set(`${wordOf(line, key)} ${colours.get(name)}`, [wordOf(line, key), colours.get(name)]);
    }
  }
  list.replaceChildren(...[...seen.values()].map(([word, shade]) => {
    const item = document.createElement("li");
    const box = document.createElement("span");
    box.className = "state-box";
    box.style.background = shade;
    item.append(box, word);
    return item;
  }));
}
