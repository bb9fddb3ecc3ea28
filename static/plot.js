// What every drawing has in common: colours, axes, zoom and pan, marks and thresholds. Only the drawings know uPlot.
//
// A plot is shown {from, to, lines, marks, thresholds, low, high, filled, bars, x}; times in seconds. Whoever makes one
// is told when somebody zooms, pans, wants the whole period back, or points at a time.

import { clock, day, number } from "./words.js";

const COLOURS = 8;
const SMALLEST_ZOOM_PX = 6;
const DAY_S = 86400;
const MARK_LETTERS = 28;
export const FONT = '12px system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif';
const SMALL_FONT = () => `${11 * devicePixelRatio}px system-ui, sans-serif`;

export const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
export const colour = (index) => css(`--line-${(index % COLOURS) + 1}`);
// the ninth line and those after it have the colours again, and are dashed
export const dashed = (index) => index >= COLOURS;
export const pattern = (index) =>
  dashed(index) ? `repeating-linear-gradient(90deg, ${colour(index)} 0 4px, transparent 4px 7px)` : colour(index);
export const tone = (name) => css({ good: "--good", late: "--late", bad: "--bad" }[name] || "--accent");

export class Plot {
  constructor(place, told, { height, together = false } = {}) {
    this.place = place;
    this.told = told;
    this.tall = height;
    this.together = together;
    this.drawn = null;
    this.shown = null;
    new ResizeObserver(() => this.#fit()).observe(place);
    document.addEventListener("theme", () => this.shown && this.draw());
  }

  show(shown) {
    this.shown = shown;
    this.draw();
  }

  clear() {
    this.drawn?.destroy();
    this.drawn = null;
    this.shown = null;
  }

  get width() {
    return Math.max(this.place.clientWidth, 200);
  }

  get canvas() {
    return this.drawn ? this.drawn.root.querySelector("canvas") : null;
  }

  size() {
    const full = this.place.closest(".is-full");
    const height = full ? Math.max(240, window.innerHeight - 220) : this.tall || (this.width < 500 ? 240 : 340);
    return { width: this.width, height };
  }

  draw() {
    const { options, columns } = this.made();
    this.drawn?.destroy();
    this.drawn = new uPlot(options, columns, this.place);
  }

  // with the time on its horizontal axis
  timed(more) {
    const { hooks, cursor, ...rest } = more;
    return {
      ...this.size(),
      tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1000), document.documentElement.dataset.timezone),
      legend: { show: false },
      ...rest,
      cursor: {
        y: false,
        drag: { x: true, y: false, setScale: false },
        // only where somebody points: a zoom in one chart must not be told by each of them
        ...(this.together ? { sync: { key: "board", filters: { pub: (type) => /move|leave/.test(type) } } } : {}),
        bind: {
          dblclick: () => () => this.told.onReset(),
          mousedown: (chart, _, begin) => (event) => this.#pressed(chart, event, begin),
        },
        ...cursor,
      },
      scales: { x: { time: true, range: () => [this.shown.from, this.shown.to] }, ...rest.scales },
      hooks: {
        setSelect: [(chart) => this.#zoom(chart)],
        setCursor: [(chart) => this.told.onPoint(chart.cursor.idx ?? null, chart)],
        ...hooks,
      },
    };
  }

  timeAxis() {
    return {
      ...lineStyle(),
      space: 64,
      size: 32,
      values: (_, splits, __, ___, apart) =>
        splits.map((at) => (apart >= DAY_S || clock(at) === "00:00" ? day(at) : clock(at))),
    };
  }

  #fit() {
    if (!this.drawn) return;
    const size = this.size();
    if (this.drawn.width !== size.width || this.drawn.height !== size.height) this.drawn.setSize(size);
  }

  #zoom(chart) {
    const { left, width } = chart.select;
    if (width < SMALLEST_ZOOM_PX) return;
    const from = Math.floor(chart.posToVal(left, "x"));
    const to = Math.ceil(chart.posToVal(left + width, "x"));
    chart.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    this.told.onZoom(from, to);
  }

  // With the shift key held the time is moved instead of cut.
  #pressed(chart, event, begin) {
    if (!this.told.onPan || !event.shiftKey) return void begin(event);
    const perPixel = (this.shown.to - this.shown.from) / chart.over.clientWidth;
    const { from, to } = this.shown;
    let moved = 0;
    const move = (now) => {
      moved = Math.round((event.clientX - now.clientX) * perPixel);
      Object.assign(this.shown, { from: from + moved, to: to + moved });
      chart.setScale("x", { min: from + moved, max: to + moved });
    };
    document.addEventListener("mousemove", move);
    document.addEventListener("mouseup", () => {
      document.removeEventListener("mousemove", move);
      Object.assign(this.shown, { from, to });
      if (moved) this.told.onPan(moved);
    }, { once: true });
    return undefined;
  }
}

export function lineStyle() {
  return {
    stroke: css("--chart-text"),
    font: FONT,
    grid: { stroke: css("--chart-grid"), width: 1 },
    ticks: { stroke: css("--chart-grid"), width: 1, size: 5 },
  };
}

// `side`: 3 left, 1 right; `grid`: whether its values have lines across the chart
export function valueAxis(scale, side, grid) {
  const unit = scale === "1" ? "" : `\u00a0${scale}`;
  return {
    ...lineStyle(),
    scale,
    side,
    size: 62,
    grid: { show: grid, stroke: css("--chart-grid"), width: 1 },
    values: (_, splits) => numbersOf(splits).map((text) => `${text}${unit}`),
  };
}

// With as many decimals as tell the truth: 2.5 and 5 are 2.5 and 5.0, not 3 and 5.
export function numbersOf(splits) {
  const exact = (decimals) => splits.every((value) => Math.abs(value - Number(value.toFixed(decimals))) < 1e-9);
  const decimals = [0, 1, 2].find(exact) ?? 3;
  return splits.map((value) => number(value, decimals));
}

// a line where a note begins, a veil as long as it lasts, and its first words
export function drawMarks(chart, { marks, from, to }) {
  const { ctx, bbox } = chart;
  const x = (at) => Math.min(Math.max(chart.valToPos(at, "x", true), bbox.left), bbox.left + bbox.width);
  let free = -Infinity;
  ctx.save();
  ctx.textAlign = "left";
  ctx.textBaseline = "alphabetic";
  ctx.font = SMALL_FONT();
  for (const mark of [...marks].sort((one, other) => one.at - other.at)) {
    const begin = x(mark.at);
    const shade = tone({ critical: "bad", warning: "late" }[mark.severity]);
    ctx.fillStyle = `${shade}1f`;
    if (mark.until) ctx.fillRect(begin, bbox.top, Math.max(x(mark.until) - begin, 1), bbox.height);
    if (mark.at < from || mark.at > to) continue;
    ctx.fillStyle = shade;
    ctx.fillRect(begin - devicePixelRatio / 2, bbox.top, devicePixelRatio, bbox.height);
    const text = mark.title.length > MARK_LETTERS ? `${mark.title.slice(0, MARK_LETTERS)}…` : mark.title;
    const { width } = ctx.measureText(text);
    if (begin < free || begin + width > bbox.left + bbox.width) continue; // the list below has all of them
    ctx.fillText(text, begin + 4 * devicePixelRatio, bbox.top + 12 * devicePixelRatio);
    free = begin + width + 12 * devicePixelRatio;
  }
  ctx.restore();
}

// `scaleOf` tells on which scale a threshold lies
export function drawThresholds(chart, thresholds, scaleOf) {
  const { ctx, bbox } = chart;
  ctx.save();
  ctx.font = SMALL_FONT();
  ctx.textAlign = "right";
  ctx.textBaseline = "bottom";
  for (const threshold of thresholds) {
    const scale = scaleOf(threshold);
    if (!scale) continue;
    const y = Math.round(chart.valToPos(threshold.value, scale, true));
    if (y < bbox.top || y > bbox.top + bbox.height) continue;
    ctx.strokeStyle = ctx.fillStyle = tone(threshold.tone);
    ctx.lineWidth = 1.5 * devicePixelRatio;
    ctx.setLineDash([6 * devicePixelRatio, 4 * devicePixelRatio]);
    ctx.beginPath();
    ctx.moveTo(bbox.left, y);
    ctx.lineTo(bbox.left + bbox.width, y);
    ctx.stroke();
    ctx.fillText(threshold.label, bbox.left + bbox.width - 4 * devicePixelRatio, y - 2 * devicePixelRatio);
  }
  ctx.restore();
}

// The ends of a value axis: all values, zero where areas and bars stand on it, and the thresholds; or what was wished.
export function ends(low, high, { values = [], fromZero = false, wished = {} }) {
  const all = [low, high, ...values, ...(fromZero ? [0] : [])].filter((value) => value !== null && value !== undefined);
  if (!all.length) return [wished.low ?? 0, wished.high ?? 1];
  const [least, most] = uPlot.rangeNum(Math.min(...all), Math.max(...all), 0.1, true);
  return [wished.low ?? (fromZero && Math.min(...all) >= 0 ? 0 : least), wished.high ?? most];
}
