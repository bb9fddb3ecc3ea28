// One value on a scale, with its thresholds as marks and the lowest and highest of the period as a band.

import { css, tone } from "./plot.js";
import { number, withUnit } from "./words.js";

const BEGIN = Math.PI * 0.8;
const SWEEP = Math.PI * 1.4;

export class Gauge {
  constructor(place) {
    this.place = place;
    this.canvas = null;
    this.shown = null;
    new ResizeObserver(() => this.shown && this.#draw()).observe(place);
    document.addEventListener("theme", () => this.shown && this.#draw());
  }

  get width() {
    return Math.max(this.place.clientWidth, 160);
  }

  // {line: {meaning, value, least, most}, thresholds, low, high}
  show(shown) {
    this.shown = shown;
    this.#draw();
  }

  clear() {
    this.canvas?.remove();
    this.canvas = null;
    this.shown = null;
  }

  #ends() {
    const { line, thresholds, low, high } = this.shown;
    const all = [line.value, line.least, line.most, ...thresholds.map((each) => each.value)].filter((each) => typeof each === "number");
    if (!all.length) return [low ?? 0, high ?? 1];
    const [least, most] = uPlot.rangeNum(Math.min(...all), Math.max(...all), 0.1, true);
    return [low ?? (Math.min(...all) >= 0 && least < 0 ? 0 : least), high ?? most];
  }

  #draw() {
    const { line, thresholds } = this.shown;
    const width = Math.min(this.width, 340);
    const height = Math.round(width * 0.72);
    const ratio = devicePixelRatio;
    if (!this.canvas) {
      this.canvas = document.createElement("canvas");
      this.canvas.className = "gauge-canvas";
      this.place.append(this.canvas);
    }
    Object.assign(this.canvas, { width: width * ratio, height: height * ratio });
    Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
    const ctx = this.canvas.getContext("2d");
    const [low, high] = this.#ends();
    const angle = (value) => BEGIN + SWEEP * Math.min(Math.max((value - low) / (high - low || 1), 0), 1);
    const [x, y, radius] = [width / 2, height * 0.58, width * 0.37];
    const arc = (from, to, stroke, thick) => {
      ctx.strokeStyle = stroke;
      ctx.lineWidth = thick;
      ctx.beginPath();
      ctx.arc(x, y, radius, from, to);
      ctx.stroke();
    };
    ctx.scale(ratio, ratio);
    arc(BEGIN, BEGIN + SWEEP, css("--chart-grid"), 14);
    if (typeof line.least === "number") arc(angle(line.least), Math.max(angle(line.most), angle(line.least) + 0.01), css("--chart-idle"), 14);
    if (typeof line.value === "number") arc(BEGIN, Math.max(angle(line.value), BEGIN + 0.01), this.#shade(line.value), 6);
    for (const { value, tone: name } of thresholds) {
      if (value < low || value > high) continue;
      arc(angle(value) - 0.012, angle(value) + 0.012, tone(name), 22);
    }
    const write = (text, at, size, weight, fill, down) => {
      ctx.fillStyle = fill;
      ctx.font = `${weight} ${size}px system-ui, sans-serif`;
      ctx.fillText(text, at, down, width);
    };
    ctx.textAlign = "center";
    write(withUnit(line.meaning, line.value), x, Math.round(width * 0.105), 600, css("--ink"), y + 6);
    const decimals = high - low < 10 ? 1 : 0;
    const bottom = y + radius * Math.sin(BEGIN) + 22;
    write(number(low, decimals), x + radius * Math.cos(BEGIN), 12, 400, css("--chart-text"), bottom);
    write(number(high, decimals), x - radius * Math.cos(BEGIN), 12, 400, css("--chart-text"), bottom);
  }

  // the colour of the highest threshold that it has reached
  #shade(value) {
    const reached = this.shown.thresholds.filter((each) => value >= each.value).sort((one, other) => other.value - one.value);
    return reached.length ? tone(reached[0].tone) : css("--accent");
  }
}
