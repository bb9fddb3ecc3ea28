// Numbers and times as the reader's language writes them; the same rules as app/web/formats.py.

const { locale, timezone } = document.documentElement.dataset;
const NOTHING = "–";
const formats = new Map();

function kept(key, make) {
  if (!formats.has(key)) formats.set(key, make());
  return formats.get(key);
}

export function number(value, decimals) {
  const format = kept(`number ${decimals}`, () => new Intl.NumberFormat(locale, {
    minimumFractionDigits: decimals, maximumFractionDigits: decimals, signDisplay: "negative",
  }));
  return format.format(value);
}

function part(seconds, name, options) {
  const format = kept(name, () => new Intl.DateTimeFormat(locale, { timeZone: timezone, ...options }));
  return format.format(new Date(seconds * 1000));
}

export const clock = (seconds) => part(seconds, "clock", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
export const day = (seconds) => part(seconds, "day", { day: "numeric", month: "short" });
export const year = (seconds) => Number(part(seconds, "year", { year: "numeric" }));
const date = (seconds) => part(seconds, "date", { dateStyle: "short" });

// 14:03 today, with the day before it on other days, and with the year when it was another one
export function moment(seconds) {
  const now = Date.now() / 1000;
  if (date(seconds) === date(now)) return clock(seconds);
  return `${day(seconds)}${year(seconds) === year(now) ? "" : ` ${year(seconds)}`}, ${clock(seconds)}`;
}

// a value as a page shows it, without its unit; `meaning` is made by app/web/shown.py
export function written(meaning, value) {
  if (value === null || value === undefined) return NOTHING;
  const word = meaning.words[String(value)];
  if (word !== undefined) return word;
  return typeof value === "number" ? number(value, meaning.decimals) : String(value);
}

export const withUnit = (meaning, value) => {
  const text = written(meaning, value);
  return text === NOTHING || !meaning.unit ? text : `${text}\u00a0${meaning.unit}`;
};
