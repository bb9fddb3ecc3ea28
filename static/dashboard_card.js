// One chart of a dashboard: fetched, drawn, with its figures, and its buttons.

import { Chart } from "./chart.js";
import { Gauge } from "./chart_gauge.js";
import { ScatterChart, pairsOf } from "./chart_scatter.js";
import { StateChart } from "./chart_states.js";
import { anything, fetched } from "./dashboard_data.js";
import { pairRows, saveFigures, savePicture, timedRows } from "./dashboard_export.js";
import { figuresOf, fillStates, fillTable, fillTiles, showMoment, valueAt } from "./dashboard_figures.js";
import { colour, dashed } from "./plot.js";

const PLOTS = { line: Chart, area: Chart, bar: Chart, states: StateChart, scatter: ScatterChart };
const HEIGHT = 240;

export class Card {
  // `board`: {series, words, of, range, marks(), onZoom, onPan, onReset}; `of` names the heat pump that all of it is about
  constructor(element, board) {
    this.element = element;
    this.board = board;
    this.facts = JSON.parse(element.dataset.chart);
    this.message = element.querySelector("[data-message]");
    this.table = element.querySelector("[data-legend]");
    this.tiles = element.querySelector("[data-tiles]");
    this.states = element.querySelector("[data-states]");
    this.note = element.querySelector("[data-earlier]");
    this.asked = null;
    this.content = null;
    const place = element.querySelector("[data-drawing]");
    if (place) this.plot = this.#made(place);
    this.#listen();
  }

  // what a file is called, which is looked at where nothing else says of what it is
  get title() {
    const { title } = this.element.dataset;
    return this.board.of ? `${this.board.of}: ${title}` : title;
  }

  get width() {
    return this.plot?.width || Math.max(this.element.clientWidth, 200);
  }

  async load(period, shift, live) {
    this.asked?.abort();
    if (!this.facts.lines.length) {
      this.clear(this.board.words.noneChosen);
      return;
    }
    const asked = new AbortController();
    this.asked = asked;
    try {
      const content = await fetched(this.board.series, this.facts, period, shift, this.width, asked.signal);
      this.content = { ...content, live };
    } catch {
      if (!asked.signal.aborted) this.say(this.board.words.failed); // what is drawn stays
      return;
    }
    if (this.asked === asked) this.show();
  }

  show() {
    const { lines, earlier, from, to, live } = this.content;
    const shown = anything(lines) || earlier.some((line) => anything([line])) || (live && !this.plot);
    this.element.toggleAttribute("data-empty", !shown);
    if (shown) {
      this.say("");
      this.#draw(this.content);
    } else {
      this.plot?.clear();
      this.say(this.board.words.nothing);
    }
    if (this.table) {
      this.table.hidden = !shown && Boolean(this.plot);
      fillTable(this.table, lines, Boolean(this.plot) && this.facts.kind !== "states");
      showMoment(this.table, lines, null, live);
    }
    this.note.textContent = earlier.length ? this.board.words[this.board.range.overlay] : "";
    this.note.hidden = !earlier.length;
    if (this.tiles) fillTiles(this.tiles, lines, live, this.board.words);
    if (this.states) fillStates(this.states, lines);
    this.element.dataset.drawn = `${from}-${to}${earlier.length ? "+" : ""}`;
  }

  redraw() {
    if (this.content && this.plot && this.facts.kind !== "gauge") this.show();
  }

  clear(text) {
    this.content = null;
    this.element.toggleAttribute("data-empty", true);
    this.plot?.clear();
    if (this.table) this.table.hidden = true;
    this.say(text);
  }

  say(text) {
    this.message.textContent = text;
    this.message.hidden = !text;
  }

  // where somebody points, the table has the values of that time
  point(at) {
    if (this.table && this.content) showMoment(this.table, this.content.lines, at, this.content.live);
  }

  #made(place) {
    if (this.facts.kind === "gauge") return new Gauge(place);
    const made = PLOTS[this.facts.kind];
    const told = {
      onZoom: this.board.onZoom,
      onPan: this.board.onPan,
      onReset: this.board.onReset,
      onPoint: (index, chart) => this.point(index === null ? null : chart.data[0][index]),
    };
    return new made(place, told, { height: this.element.dataset.width === "full" ? undefined : HEIGHT, together: true });
  }

  #draw({ lines, earlier, from, to, live }) {
    const { kind, thresholds, low, high, x } = this.facts;
    const marks = this.board.marks().filter((mark) => mark.heatpump_id === null || lines.some((line) => line.heatpump === mark.heatpump_id));
    const more = { thresholds, low, high };
    if (kind === "gauge") {
      const { value } = valueAt(lines[0], null, live);
      this.plot.show({ line: { meaning: lines[0].meaning, value, ...figuresOf(lines[0]) }, ...more });
    } else if (kind === "scatter") {
      this.plot.show({ lines: lines.map((line) => ({ ...line, ...pairsOf(line.x, line) })), x, ...more });
    } else if (kind === "states") {
      this.plot.show({ from, to, lines, marks });
    } else if (this.plot) {
      const faded = earlier.map((line) => ({ ...line, faded: true }));
      const begin = kind === "bar" ? Math.min(from, ...lines.map((line) => line.t[0] ?? from)) : from;
      const end = kind === "bar" ? Math.max(to, ...lines.map((line) => line.ends.at(-1) ?? to)) : to;
      this.plot.show(begin, end, [...faded, ...lines], marks, { ...more, filled: kind === "area", bars: kind === "bar" });
    }
  }

  #listen() {
    const press = (name, does) => this.element.querySelector(`[data-${name}]`)?.addEventListener("click", does);
    press("png", () => this.content && savePicture(this.#picture()));
    press("csv", () => this.content && saveFigures({ title: this.title, from: this.content.from, rows: this.#rows() }));
    press("full", () => this.#fullScreen());
    document.addEventListener("fullscreenchange", () => this.#mark(document.fullscreenElement === this.element));
  }

  #fullScreen() {
    if (this.element.classList.contains("is-full")) {
      if (document.fullscreenElement) document.exitFullscreen();
      else this.#mark(false);
      return;
    }
    // where the browser cannot (or will not), the chart at least fills the window
    if (this.element.requestFullscreen) this.element.requestFullscreen().catch(() => this.#mark(true));
    else this.#mark(true);
  }

  #mark(full) {
    if (this.element.classList.contains("is-full") === full) return;
    this.element.classList.toggle("is-full", full);
    this.element.querySelector("[data-full]").setAttribute("aria-pressed", String(full));
    if (this.content) this.show();
  }

  #picture() {
    const rows = this.table
      ? [...this.table.rows].map((row, index) => ({ head: index === 0, cells: [...row.cells].map((cell) => cell.textContent), shade: this.#shade(index), dashed: index > 0 && dashed(this.content.lines[index - 1].colour) }))
      : [...this.element.querySelectorAll("[data-tile]")].map((tile) => ({ cells: ["dt", "[data-shown]", "[data-note]"].map((part) => tile.querySelector(part).textContent.replace(/\s+/g, " ").trim()) }));
    const { earlier, from } = this.content;
    const period = `${this.board.range.words("", true)}${earlier.length ? ` · ${this.board.words[this.board.range.overlay]}` : ""}`;
    return { title: this.title, period, canvas: this.plot?.canvas, rows, from };
  }

  #shade(index) {
    if (index === 0 || !this.plot || this.facts.kind === "states") return null;
    return colour(this.content.lines[index - 1].colour);
  }

  #rows() {
    const { lines, earlier } = this.content;
    const { words } = this.board;
    if (this.facts.kind === "scatter") return pairRows(lines, this.facts.x, words);
    if (["line", "area", "bar", "states"].includes(this.facts.kind)) {
      return timedRows([...lines, ...earlier.map((line) => ({ ...line, faded: true }))], words);
    }
    return [
      [words.sensor, words.latest, words.time, words.least, words.mean, words.most],
      ...lines.map((line) => {
        const { value, at } = valueAt(line, null, this.content.live);
        const { least, mean, most } = figuresOf(line);
        const title = `${line.meaning.full}${line.meaning.unit ? ` (${line.meaning.unit})` : ""}`;
        return [title, value, at === null ? null : new Date(at * 1000).toISOString().replace(".000Z", "Z"), least, mean, most];
      }),
    ];
  }
}
