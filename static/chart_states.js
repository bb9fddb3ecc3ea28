// A state time line: one row per sensor, one colour per state, white where nothing was read.
//
// A line is {meaning, t, gap_s} with `text` (a word per time) or `mean` (of a switch: which share of the time it was on).

import { withoutFalseGaps } from "./chart.js";
import { FONT, Plot, colour, css, drawMarks } from "./plot.js";
import { written } from "./words.js";

const ROW_PX = 46;
const TITLE_PX = 17;
const CALM = new Set(["off", "standby", "0"]);

// What a row shows, as stretches of the same state: {from, to, key, share}.
export function stretchesOf(line) {
  const found = [];
  const step = line.t.length > 1 ? line.t[1] - line.t[0] : line.gap_s;
  // undefined: it was not read here, and holds from the reading before; null: nobody knows
  withoutFalseGaps(line, line.text || line.mean).forEach((value, index) => {
    const [last, from] = [found.at(-1), line.t[index]];
    if (value === undefined) last.to = from + step;
    if (value === null || value === undefined) return;
    const key = line.text ? String(value) : value > 0 ? "1" : "0";
    const share = line.text || key === "0" ? 1 : value;
    if (last && last.to === from && last.key === key && last.share === share) last.to = from + step;
    else found.push({ from, to: from + step, key, share });
  });
  return found;
}

// Every state of all rows gets one colour; what stands still is grey.
export function coloursOf(lines) {
  const keys = [...new Set(lines.flatMap((line) => stretchesOf(line).map(({ key }) => (line.text ? key : `switch ${key}`))))];
  const lively = keys.filter((key) => !CALM.has(key.replace("switch ", "")));
  return new Map(keys.map((key) => [key, lively.includes(key) ? colour(lively.indexOf(key)) : css("--chart-idle")]));
}

export class StateChart extends Plot {
  size() {
    return { width: this.width, height: Math.max(96, (this.shown?.lines.length || 1) * ROW_PX + 44) };
  }

  made() {
    const { lines, from, to } = this.shown;
    const t = lines.reduce((longest, line) => (line.t.length > longest.length ? line.t : longest), []);
    const options = this.timed({
      cursor: { points: { show: false } },
      scales: { y: { range: [0, 1] } },
      axes: [this.timeAxis(), { show: false, scale: "y" }],
      series: [{}, { scale: "y", paths: () => null, points: { show: false } }],
      padding: [4, 8, 0, 8],
      hooks: { draw: [(chart) => this.#drawRows(chart), (chart) => drawMarks(chart, this.shown)] },
    });
    return { options, columns: t.length ? [t, t.map(() => 0.5)] : [[from, to], [null, null]] };
  }

  #drawRows(chart) {
    const { ctx, bbox } = chart;
    const { lines } = this.shown;
    const ratio = devicePixelRatio;
    const row = bbox.height / lines.length;
    const colours = coloursOf(lines);
    ctx.save();
    ctx.font = FONT.replace("12px", `${12 * ratio}px`);
    ctx.textBaseline = "middle";
    lines.forEach((line, index) => {
      const top = bbox.top + row * index;
      ctx.fillStyle = css("--ink");
      ctx.textAlign = "left";
      ctx.fillText(line.meaning.title, bbox.left, top + (TITLE_PX * ratio) / 2 + ratio, bbox.width);
      const begin = top + TITLE_PX * ratio;
      const height = row - (TITLE_PX + 6) * ratio;
      for (const stretch of stretchesOf(line)) {
        const left = Math.max(chart.valToPos(stretch.from, "x", true), bbox.left);
        const right = Math.min(chart.valToPos(stretch.to, "x", true), bbox.left + bbox.width);
        if (right <= bbox.left || left >= bbox.left + bbox.width) continue;
        const shade = colours.get(line.text ? stretch.key : `switch ${stretch.key}`);
        ctx.globalAlpha = 0.25 + 0.75 * stretch.share;
        ctx.fillStyle = shade;
        ctx.fillRect(left, begin, Math.max(right - left, 1), height);
        ctx.globalAlpha = 1;
        this.#write(ctx, written(line.meaning, line.text ? stretch.key : Number(stretch.key)), left, right, begin + height / 2, ratio, shade);
      }
    });
    ctx.restore();
  }

  #write(ctx, text, left, right, y, ratio, shade) {
    if (ctx.measureText(text).width > right - left - 10 * ratio) return; // the table below has the words
    ctx.fillStyle = bright(shade) ? "#10201c" : "#ffffff";
    ctx.fillText(text, left + 5 * ratio, y);
  }
}

function bright(hex) {
  const [red, green, blue] = [1, 3, 5].map((place) => parseInt(hex.slice(place, place + 2), 16));
  return 0.299 * red + 0.587 * green + 0.114 * blue > 140;
}
