// A time-series chart: lines, areas or bars with their band, gaps left open, on one or two axes.
//
// A line is {meaning, stepped, gap_s, t, min, mean, max}: one entry per time, null where nothing was read; and maybe
// {colour, axis, faded}. Bars are {t, ends, mean} with the end of each bar.

import { Plot, colour, css, dashed, drawMarks, drawThresholds, ends, valueAxis } from "./plot.js";

export { colour };

const NEIGHBOURS = 8;
const BAR_SHARE = 0.82;

// Nothing between two readings of a slow sensor is no gap: uPlot draws across undefined and breaks at null.
// Readings may also be as far apart as their neighbours are: they were made when the interval was a longer one.
export function withoutFalseGaps(line, values) {
  const joined = values.slice();
  const places = [...values.keys()].filter((index) => values[index] !== null);
  const apart = places.slice(1).map((place, index) => line.t[place] - line.t[places[index]]);
  const step = line.t.length > 1 ? line.t[1] - line.t[0] : 0;
  apart.forEach((seconds, index) => {
    if (places[index + 1] === places[index] + 1) return;
    if (seconds <= line.gap_s || seconds <= 1.5 * usualAround(apart, index) + step) {
      joined.fill(undefined, places[index] + 1, places[index + 1]);
    }
  });
  return joined;
}

function usualAround(apart, index) {
  const around = apart.slice(Math.max(0, index - NEIGHBOURS), index + NEIGHBOURS + 1).sort((one, other) => one - other);
  return around[Math.floor(around.length / 4)];
}

// Lines that were read at other times get one axis of all times: undefined where one of them has no place of its own.
export function onCommonTimes(tables) {
  const [first] = tables;
  const same = tables.every(([t]) => t === first[0] || (t.length === first[0].length && t.every((at, i) => at === first[0][i])));
  if (same) return [first[0], ...tables.flatMap((table) => table.slice(1))];
  return uPlot.join(tables, tables.map((table) => table.map(() => 2))); // 2: a gap is as wide as what lies around it
}

// A reading with gaps on both sides has no line to it; it gets a point.
function lonelyPoints(chart, index) {
  const values = chart.data[index];
  const lonely = [];
  let before = null;
  for (let at = 0; at < values.length; at += 1) {
    if (values[at] === undefined) continue;
    let next = at + 1;
    while (next < values.length && values[next] === undefined) next += 1;
    if (values[at] !== null && before === null && (values[next] ?? null) === null) lonely.push(at);
    before = values[at];
  }
  return lonely.length ? lonely : null;
}

export class Chart extends Plot {
  // from and to in seconds; marks are notes: {at, until, title, severity}
  show(from, to, lines, marks = [], more = {}) {
    super.show({ from, to, lines, marks, thresholds: [], ...more });
  }

  made() {
    const { lines, bars } = this.shown;
    const tables = lines.map((line) => (bars
      ? [line.t, line.mean]
      : [line.t, ...[line.max, line.min, line.mean].map((values) => withoutFalseGaps(line, values))]));
    this.scales = [...new Set(lines.map(scaleOf))];
    this.sides = sidesOf(lines, this.scales);
    return { options: this.#options(lines, bars), columns: onCommonTimes(tables) };
  }

  // which value axis a threshold belongs to
  scaleFor({ axis }) {
    const numbers = this.scales.filter((scale) => scale !== "switch");
    return numbers.find((scale) => this.sides.get(scale) === { left: 3, right: 1 }[axis]) ?? (axis === "auto" ? numbers[0] : undefined);
  }

  #options(lines, bars) {
    const shown = this.shown;
    const numbers = this.scales.filter((scale) => scale !== "switch");
    return this.timed({
      cursor: { points: { show: (_, index) => cursorPoint(lines, index, bars) } },
      scales: Object.fromEntries(this.scales.map((scale) => [scale, this.#scale(scale)])),
      axes: [
        this.timeAxis(),
        ...numbers.slice(0, 2).map((scale, place) => valueAxis(scale, this.sides.get(scale), place === 0)),
      ],
      series: [{}, ...lines.flatMap((line, index) => (bars ? [barSeries(lines, index)] : lineSeries(line, index, shown.filled)))],
      bands: bars ? [] : lines.map((line, index) => ({ series: [3 * index + 1, 3 * index + 2], fill: faint(line, index) })),
      hooks: {
        draw: [(chart) => {
          drawThresholds(chart, shown.thresholds, (threshold) => this.scaleFor(threshold));
          drawMarks(chart, shown);
        }],
      },
    });
  }

  #scale(scale) {
    if (scale === "switch") return { range: [-0.1, 1.1] };
    const { thresholds, filled, bars, low, high } = this.shown;
    const values = thresholds.filter((each) => this.scaleFor(each) === scale).map((each) => each.value);
    const wished = this.sides.get(scale) === 3 ? { low, high } : {};
    return { range: (_, least, most) => ends(least, most, { values, fromZero: filled || bars, wished }) };
  }
}

const scaleOf = (line) => (line.stepped ? "switch" : line.meaning.unit || "1");

// Where each unit has its axis: where the owner wants it, else the first on the left and the next on the right.
function sidesOf(lines, scales) {
  const numbers = scales.filter((scale) => scale !== "switch");
  const wished = (scale) => lines.find((line) => scaleOf(line) === scale && (line.axis || "auto") !== "auto")?.axis;
  const sides = new Map();
  for (const scale of numbers) if (wished(scale)) sides.set(scale, wished(scale) === "left" ? 3 : 1);
  for (const scale of numbers) {
    if (!sides.has(scale)) sides.set(scale, [...sides.values()].includes(3) ? 1 : 3);
  }
  return sides;
}

const place = (line, index) => line.colour ?? index;
const faint = (line, index) => (line.faded ? "transparent" : `${colour(place(line, index))}33`);

function lineSeries(line, index, filled) {
  const scale = scaleOf(line);
  const paths = line.stepped ? uPlot.paths.stepped({ align: 1 }) : uPlot.paths.linear();
  const edge = { scale, paths, stroke: "transparent", width: 0, points: { show: false } };
  const own = colour(place(line, index));
  const mean = {
    scale,
    paths,
    stroke: line.faded ? `${own}b0` : own,
    width: line.faded ? 1.25 : 1.75,
    dash: line.faded ? [3, 3] : dashed(place(line, index)) ? [6, 4] : undefined,
    fill: filled && !line.faded ? `${own}40` : undefined,
    fillTo: 0,
    points: { show: false, size: 4, fill: own, filter: lonelyPoints },
  };
  return [edge, edge, mean];
}

// The bars of one line stand beside those of the others, each as wide as its hour, day or month has room for.
function barSeries(lines, index) {
  const line = lines[index];
  const own = colour(place(line, index));
  return {
    scale: scaleOf(line),
    stroke: own,
    fill: line.faded ? `${own}55` : `${own}cc`,
    width: 0,
    points: { show: false },
    paths: (chart) => {
      const path = new Path2D();
      const zero = chart.valToPos(0, scaleOf(line), true);
      line.t.forEach((at, number) => {
        if (line.mean[number] === null) return;
        const begin = chart.valToPos(at, "x", true);
        const room = (chart.valToPos(line.ends[number], "x", true) - begin) * BAR_SHARE;
        const wide = room / lines.length;
        const left = begin + room * (1 / BAR_SHARE - 1) / 2 + wide * index;
        const top = chart.valToPos(line.mean[number], scaleOf(line), true);
        path.rect(left, Math.min(top, zero), Math.max(wide - 1, 1), Math.abs(zero - top));
      });
      return { fill: path, stroke: null };
    },
  };
}

function cursorPoint(lines, index, bars) {
  const point = document.createElement("div");
  point.className = "u-cursor-pt";
  const number = bars ? index - 1 : index / 3 - 1;
  point.hidden = bars || index % 3 !== 0; // only the means have one
  for (const [name, value] of Object.entries({ width: "7px", height: "7px", margin: "-3.5px" })) point.style[name] = value;
  point.style.background = point.hidden ? css("--ink") : colour(place(lines[number], number));
  return point;
}
