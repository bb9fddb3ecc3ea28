// A time-series chart. The only file that knows uPlot; a newer uPlot or another library goes in here.
//
// A line is {meaning, stepped, gap_s, t, min, mean, max}: one entry per time, null where nothing was read. Times in
// seconds. Whoever makes a Chart is told when somebody zooms, wants the whole period back, or points at a time.

import { clock, day, number } from "./words.js";

const COLOURS = 8;
const SMALLEST_ZOOM_PX = 6;
const DAY_S = 86400;
const MARK_LETTERS = 28;
const NEIGHBOURS = 8;
const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif';

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
export const colour = (index) => css(`--line-${(index % COLOURS) + 1}`);

// Nothing between two readings of a slow sensor is no gap: uPlot draws across undefined and breaks at null.
// Readings may also be as far apart as their neighbours are: they were made when the interval was a longer one.
export function withoutFalseGaps(line, values) {
  const joined = values.slice();
  const places = [...values.keys()].filter((index) => values[index] !== null);
  const apart = places.slice(1).map((place, index) => line.t[place] - line.t[places[index]]);
  const step = line.t.length > 1 ? line.t[1] - line.t[0] : 0;
  apart.forEach((seconds, index) => {
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

// A reading with gaps on both sides has no line to it; it gets a point.
function lonelyPoints(chart, index) {
  const values = chart.data[index];
  const lonely = [];
  for (let at = 0; at < values.length; at += 1) {
    const before = at === 0 ? null : values[at - 1];
    const after = at === values.length - 1 ? null : values[at + 1];
    if (values[at] !== null && values[at] !== undefined && before === null && after === null) lonely.push(at);
  }
  return lonely.length ? lonely : null;
}

export class Chart {
  constructor(place, { onZoom, onReset, onPoint }) {
    this.place = place;
    this.told = { onZoom, onReset, onPoint };
    this.drawn = null;
    this.shown = null;
    new ResizeObserver(() => this.#fit()).observe(place);
    document.addEventListener("theme", () => this.shown && this.#draw());
  }

  // from and to in seconds; the lines share their times
  // marks are notes: {at, until, title, severity}
  show(from, to, lines, marks = []) {
    this.shown = { from, to, lines, marks };
    this.#draw();
  }

  clear() {
    this.drawn?.destroy();
    this.drawn = null;
    this.shown = null;
  }

  get width() {
    return Math.max(this.place.clientWidth, 200);
  }

  #size() {
    return { width: this.width, height: this.width < 500 ? 240 : 340 };
  }

  #fit() {
    if (this.drawn && this.drawn.width !== this.width) this.drawn.setSize(this.#size());
  }

  #draw() {
    const { lines } = this.shown;
    const columns = [lines[0].t];
    for (const line of lines) {
      for (const values of [line.max, line.min, line.mean]) columns.push(withoutFalseGaps(line, values));
    }
    this.drawn?.destroy();
    this.drawn = new uPlot(this.#options(lines), columns, this.place);
  }

  #options(lines) {
    const scales = [...new Set(lines.map((line) => this.#scale(line)))];
    return {
      ...this.#size(),
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), document.documentElement.dataset.timezone),
      legend: { show: false },
      cursor: {
        y: false,
        drag: { x: true, y: false, setScale: false },
        points: { show: (_, index) => this.#cursorPoint(index) },
        bind: { dblclick: () => () => this.told.onReset() },
      },
      scales: {
        x: { time: true, range: () => [this.shown.from, this.shown.to] },
        ...Object.fromEntries(scales.map((scale) => [scale, scale === "switch" ? { range: [-0.1, 1.1] } : {}])),
      },
      axes: [this.#timeAxis(), ...scales.filter((scale) => scale !== "switch").map((scale, place) => this.#axis(scale, place))],
      series: [{}, ...lines.flatMap((line, index) => this.#series(line, index))],
      bands: lines.map((_, index) => ({ series: [3 * index + 1, 3 * index + 2], fill: this.#faint(colour(index)) })),
      hooks: {
        draw: [(chart) => this.#drawMarks(chart)],
        setSelect: [(chart) => this.#zoom(chart)],
        setCursor: [(chart) => this.told.onPoint(chart.cursor.idx ?? null)],
      },
    };
  }

  // a line where a note begins, a veil as long as it lasts, and its first words
  #drawMarks(chart) {
    const { ctx, bbox } = chart;
    const x = (at) => Math.min(Math.max(chart.valToPos(at, "x", true), bbox.left), bbox.left + bbox.width);
    let free = -Infinity;
    ctx.save();
    ctx.textAlign = "left";
    ctx.textBaseline = "alphabetic";
    ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
    for (const mark of [...this.shown.marks].sort((one, other) => one.at - other.at)) {
      const begin = x(mark.at);
      const tone = css({ critical: "--bad", warning: "--late" }[mark.severity] || "--accent");
      ctx.fillStyle = `${tone}1f`;
      if (mark.until) ctx.fillRect(begin, bbox.top, Math.max(x(mark.until) - begin, 1), bbox.height);
      if (mark.at < this.shown.from || mark.at > this.shown.to) continue;
      ctx.fillStyle = tone;
      ctx.fillRect(begin - devicePixelRatio / 2, bbox.top, devicePixelRatio, bbox.height);
      const text = mark.title.length > MARK_LETTERS ? `${mark.title.slice(0, MARK_LETTERS)}…` : mark.title;
      const width = ctx.measureText(text).width;
      if (begin < free || begin + width > bbox.left + bbox.width) continue; // the list below has all of them
      ctx.fillText(text, begin + 4 * devicePixelRatio, bbox.top + 12 * devicePixelRatio);
      free = begin + width + 12 * devicePixelRatio;
    }
    ctx.restore();
  }

  #scale(line) {
    return line.stepped ? "switch" : line.meaning.unit || "1";
  }

  #series(line, index) {
    const scale = this.#scale(line);
    const paths = line.stepped ? uPlot.paths.stepped({ align: 1 }) : uPlot.paths.linear();
    const edge = { scale, paths, stroke: "transparent", width: 0, points: { show: false } };
    const mean = {
      scale,
      paths,
      stroke: colour(index),
      width: 1.75,
      dash: index < COLOURS ? undefined : [6, 4],
      points: { show: false, size: 4, fill: colour(index), filter: lonelyPoints },
    };
    return [edge, edge, mean];
  }

  #faint(hex) {
    return `${hex}33`;
  }

  #cursorPoint(index) {
    const point = document.createElement("div");
    point.className = "u-cursor-pt";
    point.hidden = index % 3 !== 0; // only the means have one
    for (const [name, value] of Object.entries({ width: "7px", height: "7px", margin: "-3.5px" })) point.style[name] = value;
    point.style.background = colour(index / 3 - 1);
    return point;
  }

  #timeAxis() {
    return {
      ...this.#lineStyle(),
      space: 64,
      size: 32,
      values: (_, splits, __, ___, apart) =>
        splits.map((at) => (apart >= DAY_S || clock(at) === "00:00" ? day(at) : clock(at))),
    };
  }

  #axis(scale, place) {
    const unit = scale === "1" ? "" : `\u00a0${scale}`;
    return {
      ...this.#lineStyle(),
      scale,
      show: place < 2,
      side: place === 0 ? 3 : 1,
      size: 62,
      grid: { show: place === 0, stroke: css("--chart-grid"), width: 1 },
      values: (_, splits) => {
        const apart = splits.length > 1 ? Math.abs(splits[1] - splits[0]) : 1;
        const decimals = Math.max(0, -Math.floor(Math.log10(apart) + 1e-9));
        return splits.map((value) => `${number(value, Math.min(decimals, 3))}${unit}`);
      },
    };
  }

  #lineStyle() {
    return {
      stroke: css("--chart-text"),
      font: FONT,
      grid: { stroke: css("--chart-grid"), width: 1 },
      ticks: { stroke: css("--chart-grid"), width: 1, size: 5 },
    };
  }

  #zoom(chart) {
    const { left, width } = chart.select;
    if (width < SMALLEST_ZOOM_PX) return;
    const from = Math.floor(chart.posToVal(left, "x"));
    const to = Math.ceil(chart.posToVal(left + width, "x"));
    chart.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    this.told.onZoom(from, to);
  }
}
