// One sensor of several heat pumps on one time axis, and the difference of two of them below it.

import { Chart, colour } from "./chart.js";
import { withUnit } from "./words.js";

const SHORTEST_ZOOM_S = 300;
const section = document.querySelector("[data-courses]");
const find = (name) => section.querySelector(`[data-${name}]`);
const courses = JSON.parse(section.dataset.courses);
const marks = JSON.parse(section.dataset.marks);
const meaning = JSON.parse(section.dataset.meaning);
const whole = { from: Number(section.dataset.from), to: Number(section.dataset.to) };
const message = find("message");
const reset = find("reset");
let asked = 0;
let lines = [];
let difference = [];

const told = {
  onZoom: (from, to) => {
    const middle = (from + to) / 2;
    const half = Math.max(to - from, SHORTEST_ZOOM_S) / 2;
    show({ from: Math.floor(middle - half), to: Math.ceil(middle + half) });
  },
  onReset: () => show(whole),
};
const chart = new Chart(find("chart"), { ...told, onPoint: (at) => showKey(find("key"), lines, at) });
const below = new Chart(find("difference"), { ...told, onPoint: (at) => showKey(find("difference-key"), difference, at) });

function say(text) {
  message.textContent = text;
  message.hidden = !text;
}

async function course({ from: address }, { from, to }) {
  const query = new URLSearchParams({ sensors: meaning.id, from, to, points: Math.min(1000, chart.width) });
  const answer = await fetch(`${address}?${query}`);
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return (await answer.json()).series[0];
}

// Heat pumps that are read at other intervals have other times; a chart has one axis of all of them.
function onCommonTimes(all) {
  const t = [...new Set(all.flatMap((line) => line.t))].sort((one, other) => one - other);
  const place = new Map(t.map((at, index) => [at, index]));
  return all.map((line) => {
    const spread = (values) => {
      const found = new Array(t.length).fill(null);
      (values || []).forEach((value, index) => { found[place.get(line.t[index])] = value; });
      return found;
    };
    return { ...line, t, min: spread(line.min), mean: spread(line.mean), max: spread(line.max) };
  });
}

// The value at every common time, on the straight line between two readings; in a gap there is none.
function between(line) {
  const places = [...line.mean.keys()].filter((index) => line.mean[index] !== null);
  const apart = places.slice(1).map((place, index) => line.t[place] - line.t[places[index]]);
  const usual = [...apart].sort((one, other) => one - other)[Math.floor(apart.length / 2)] || 0;
  const joined = line.mean.slice();
  apart.forEach((seconds, index) => {
    if (seconds > Math.max(line.gap_s, 1.5 * usual)) return;
    const [before, after] = [places[index], places[index + 1]];
    for (let at = before + 1; at < after; at += 1) {
      const share = (line.t[at] - line.t[before]) / seconds;
      joined[at] = line.mean[before] + share * (line.mean[after] - line.mean[before]);
    }
  });
  return joined;
}

function differenceOf(all) {
  const [first, second] = ["first", "second"].map((name) => courses.findIndex(({ id }) => id === section.dataset[name]));
  const [one, other] = [between(all[first]), between(all[second])];
  const mean = one.map((value, index) => (value === null || other[index] === null ? null : value - other[index]));
  const title = `${courses[first].name} − ${courses[second].name}`;
  const unit = meaning.unit === "°C" ? "K" : meaning.unit;
  return { ...all[first], mean, min: mean, max: mean, gap_s: Math.max(all[first].gap_s, all[second].gap_s), meaning: { ...meaning, title, unit } };
}

function showKey(place, drawn, at) {
  place.replaceChildren(...drawn.map((line, index) => {
    const item = document.createElement("li");
    const swatch = document.createElement("span");
    swatch.className = "swatch";
    swatch.style.background = colour(index);
    const value = at === null || at === undefined ? null : line.mean[at] ?? null;
    item.append(swatch, value === null ? line.meaning.title : `${line.meaning.title}: ${withUnit(line.meaning, value)}`);
    return item;
  }));
}

function clear() {
  lines = [];
  difference = [];
  for (const each of [chart, below]) each.clear();
  for (const name of ["key", "difference-key"]) showKey(find(name), [], null);
}

// the piece that is looked at stands in the address, so that it can be passed on
function remember(period) {
  const url = new URL(location.href);
  for (const name of ["from", "to"]) {
    if (period === whole) url.searchParams.delete(name);
    else url.searchParams.set(name, period[name]);
  }
  history.replaceState(null, "", url);
}

function show(period) {
  remember(period);
  load(period);
}

async function load(period) {
  asked += 1;
  const mine = asked;
  let found;
  try {
    found = await Promise.all(courses.map((each) => course(each, period)));
  } catch {
    if (mine === asked) say(section.dataset.failed);
    return;
  }
  if (mine !== asked) return; // somebody zoomed meanwhile
  reset.hidden = period === whole;
  lines = onCommonTimes(found).map((line, index) => ({
    ...line, stepped: false, meaning: { ...meaning, title: courses[index].name },
  }));
  if (!lines.some((line) => line.mean.some((value) => value !== null))) {
    clear();
    say(section.dataset.nothing);
    return;
  }
  say("");
  difference = [differenceOf(lines)];
  chart.show(period.from, period.to, lines, marks);
  below.show(period.from, period.to, difference);
  showKey(find("key"), lines, null);
  showKey(find("difference-key"), difference, null);
}

function begin() {
  const asks = new URLSearchParams(location.search);
  const period = { from: Number(asks.get("from")), to: Number(asks.get("to")) };
  return period.from > 0 && period.to > period.from ? period : whole;
}

reset.addEventListener("click", () => show(whole));
load(begin());
