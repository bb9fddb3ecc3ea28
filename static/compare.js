// One sensor of several heat pumps in one chart, and the difference of two.

import { Chart, colour } from "./chart.js";
import { withUnit } from "./words.js";

const SHORTEST_ZOOM_S = 300;
const section = document.querySelector("[data-courses]");
const find = (name) => section.querySelector(`[data-${name}]`);
const courses = JSON.parse(section.dataset.courses);
const meaning = JSON.parse(section.dataset.meaning);
const whole = { from: Number(section.dataset.from), to: Number(section.dataset.to) };
const message = find("message");
const reset = find("reset");
let asked = 0;
let lines = [];

const chart = new Chart(find("chart"), {
  onZoom: (from, to) => {
    const middle = (from + to) / 2;
    const half = Math.max(to - from, SHORTEST_ZOOM_S) / 2;
    load({ from: Math.floor(middle - half), to: Math.ceil(middle + half) });
  },
  onReset: () => load(whole),
  onPoint: showKey,
});

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

function differenceOf(one, other) {
  const mean = one.mean.map((value, index) => {
    const second = other.mean[index];
    return value === null || second === null ? null : second - value;
  });
  const title = `${other.meaning.title} − ${one.meaning.title} (${section.dataset.difference})`;
  return { ...other, mean, min: mean, max: mean, meaning: { ...meaning, title, unit: `Δ ${meaning.unit === "°C" ? "K" : meaning.unit}`.trim() } };
}

function showKey(at) {
  find("key").replaceChildren(...lines.map((line, index) => {
    const item = document.createElement("li");
    const swatch = document.createElement("span");
    swatch.className = "swatch";
    swatch.style.background = colour(index);
    const value = at === null || at === undefined ? null : line.mean[at] ?? null;
    item.append(swatch, value === null ? line.meaning.title : `${line.meaning.title}: ${withUnit(line.meaning, value)}`);
    return item;
  }));
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
  if (lines.length === 2) lines.push(differenceOf(lines[0], lines[1]));
  if (!lines.some((line) => line.mean.some((value) => value !== null))) {
    lines = [];
    chart.clear();
    showKey(null);
    say(section.dataset.nothing);
    return;
  }
  say("");
  chart.show(period.from, period.to, lines);
  showKey(null);
}

reset.addEventListener("click", () => load(whole));
load(whole);
