// Which time is looked at: a length of time up to now or a stretch cut out of it, with what it is compared to; kept in
// the address, so that a link, a bookmark or a reload shows the same.

import { clock, day, year } from "./words.js";

const SHORTEST_S = 300;
const WEEK_S = 7 * 86400;
// days are all that matters of so long a time
const LONG_S = 40 * 86400;

export class Range {
  // `spans`: name → seconds; `keep`: further parts of the address
  constructor(spans, usual, onChange, keep = () => ({})) {
    const asked = new URLSearchParams(location.search);
    this.spans = spans;
    this.name = Object.hasOwn(spans, asked.get("range") || "") ? asked.get("range") : usual;
    this.overlay = ["week", "year"].includes(asked.get("overlay")) ? asked.get("overlay") : "";
    this.cut = cutOf(Number(asked.get("from")), Number(asked.get("to")));
    this.onChange = onChange;
    this.keep = keep;
  }

  get live() {
    return !this.cut;
  }

  period(now = Math.ceil(Date.now() / 1000)) {
    return this.cut || { from: now - this.spans[this.name], to: now };
  }

  // by how many seconds the period lies behind that it is compared to; null without one
  get shift() {
    if (!this.overlay) return null;
    if (this.overlay === "week") return WEEK_S;
    const { from } = this.period();
    const then = new Date(from * 1000);
    then.setUTCFullYear(then.getUTCFullYear() - 1);
    return from - Math.round(then.getTime() / 1000);
  }

  span(name) {
    this.name = name;
    this.#changed(null);
  }

  zoom(from, to) {
    const middle = (from + to) / 2;
    const half = Math.max(to - from, SHORTEST_S) / 2;
    this.#changed({ from: Math.floor(middle - half), to: Math.ceil(middle + half) });
  }

  // 0.5 shows half of it, 2 twice as much
  scale(factor) {
    const { from, to } = this.period();
    const extra = ((to - from) * (factor - 1)) / 2;
    this.zoom(from - extra, Math.min(to + extra, Math.max(to, Math.ceil(Date.now() / 1000))));
  }

  move(seconds) {
    const { from, to } = this.period();
    const whole = Math.round(seconds);
    if (from + whole > Date.now() / 1000) return;
    this.#changed({ from: Math.max(from + whole, 0), to: Math.max(to + whole, 1) });
  }

  whole() {
    this.#changed(null);
  }

  compare(overlay) {
    this.overlay = overlay;
    this.#changed(this.cut);
  }

  get query() {
    const query = new URLSearchParams({ ...this.keep(), range: this.name });
    if (this.cut) for (const name of ["from", "to"]) query.set(name, this.cut[name]);
    if (this.overlay) query.set("overlay", this.overlay);
    return query;
  }

  remember() {
    history.replaceState(null, "", `?${this.query}${location.hash}`);
  }

  // 21 Nov, 14:03 – 22 Nov, 09:00; `now` says the end of what goes on; with the year where it is another one, or `always`
  words(now, always = false) {
    const { from, to } = this.period();
    const years = always || year(from) !== year(Date.now() / 1000);
    const dated = (at) => (years ? `${day(at)} ${year(at)}` : day(at));
    if (to - from > LONG_S) return `${day(from)} ${year(from)} – ${day(to)} ${year(to)}`;
    if (now && this.live) return `${dated(from)}, ${clock(from)} – ${now}`;
    const end = dated(from) === dated(to) ? clock(to) : `${dated(to)}, ${clock(to)}`;
    return `${dated(from)}, ${clock(from)} – ${end}`;
  }

  #changed(cut) {
    this.cut = cut;
    this.remember();
    this.onChange();
  }
}

function cutOf(from, to) {
  const fine = Number.isFinite(from) && Number.isFinite(to) && from > 0 && to > from && to < 253339228799;
  return fine ? { from: Math.floor(from), to: Math.ceil(to) } : null;
}
