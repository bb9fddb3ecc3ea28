// What is seen, as a picture (PNG) or as figures (CSV), under the name of the chart and its time.

import { css } from "./plot.js";

const EDGE = 24;
const ROW = 24;
// how wide the columns of a table with a long last one are
const SHARES = { 3: [0.3, 0.15, 0.55] };
const FORMULA = /^[=+\-@\t\r']/;

function save(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

const fileName = (title, from, ending) =>
  `${title.normalize("NFKD").replace(/[^\w]+/g, "-").replace(/^-|-$/g, "").slice(0, 60) || "chart"}-${new Date(from * 1000).toISOString().slice(0, 10)}.${ending}`;

// The title, the time, the drawing as it stands on the screen, and the table of figures below it.
export function savePicture({ title, period, canvas, rows, from }) {
  const ratio = Math.max(devicePixelRatio, 2);
  const drawn = canvas ? { width: parseFloat(canvas.style.width) || canvas.width / devicePixelRatio, height: parseFloat(canvas.style.height) || canvas.height / devicePixelRatio } : { width: 0, height: 0 };
  const width = Math.max(drawn.width, 480) + 2 * EDGE;
  const height = 2 * EDGE + 52 + drawn.height + (canvas ? 12 : 0) + rows.length * ROW;
  const picture = document.createElement("canvas");
  Object.assign(picture, { width: width * ratio, height: height * ratio });
  const ctx = picture.getContext("2d");
  ctx.scale(ratio, ratio);
  ctx.fillStyle = css("--surface");
  ctx.fillRect(0, 0, width, height);
  const write = (text, x, y, font, fill, most, align = "left") => {
    ctx.font = `${font} system-ui, sans-serif`;
    ctx.fillStyle = fill;
    ctx.textAlign = align;
    ctx.fillText(text, x, y, most);
  };
  write(title, EDGE, EDGE + 16, "600 17px", css("--ink"), width - 2 * EDGE);
  write(period, EDGE, EDGE + 38, "13px", css("--muted"), width - 2 * EDGE);
  if (canvas) ctx.drawImage(canvas, EDGE, EDGE + 52, drawn.width, drawn.height);
  const top = EDGE + 52 + drawn.height + (canvas ? 12 : 0);
  const columns = Math.max(0, ...rows.map((row) => row.cells.length));
  const shares = SHARES[columns] || [0.4, ...new Array(Math.max(columns - 1, 0)).fill(0.6 / Math.max(columns - 1, 1))];
  const ends = shares.map((_, place) => EDGE + (width - 2 * EDGE) * shares.slice(0, place + 1).reduce((sum, each) => sum + each));
  rows.forEach((row, number) => {
    const y = top + number * ROW + 16;
    row.cells.forEach((text, place) => {
      const ink = row.head ? css("--muted") : css("--ink");
      if (place === 0) write(text, EDGE + (row.shade ? 18 : 0), y, "13px", ink, ends[0] - EDGE - 22);
      else write(text, ends[place], y, "13px", ink, ends[place] - ends[place - 1] - 10, "right");
    });
    if (!row.shade) return;
    ctx.fillStyle = row.shade;
    for (const [from, wide] of row.dashed ? [[0, 5], [7, 5]] : [[0, 12]]) ctx.fillRect(EDGE + from, y - 6, wide, 3);
  });
  picture.toBlob((blob) => save(blob, fileName(title, from, "png")), "image/png");
}

const cell = (value) => {
  if (value === null || value === undefined) return "";
  if (typeof value === "number") return String(Number.isInteger(value) ? value : Number(value.toPrecision(9)));
  const text = FORMULA.test(value) ? `'${value}` : String(value); // a spreadsheet would compute it
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};

export const csvOf = (rows) => `\ufeff${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;

export function saveFigures({ title, from, rows }) {
  save(new Blob([csvOf(rows)], { type: "text/csv;charset=utf-8" }), fileName(title, from, "csv"));
}

const written = (seconds) => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
const named = (line, what = "") => `${line.meaning.full}${line.meaning.unit ? ` (${line.meaning.unit})` : ""}${what ? ` ${what}` : ""}`;

// A row for every time that is drawn; what was not read is empty.
export function timedRows(lines, words) {
  const columns = lines.flatMap((line) => {
    if (line.text) return [[named(line), line, line.text]];
    if (line.ends) return [[named(line, line.faded ? words.earlier : ""), line, line.mean]];
    const what = line.faded ? `${words.earlier} ` : "";
    return [["mean", line.mean], ["least", line.min], ["most", line.max]].map(([name, values]) => [named(line, `${what}${words[name]}`), line, values]);
  });
  const byTime = new Map();
  columns.forEach(([, line, values], column) => line.t.forEach((at, index) => {
    if (!byTime.has(at)) byTime.set(at, new Array(columns.length).fill(null));
    byTime.get(at)[column] = values[index];
  }));
  const times = [...byTime.keys()].sort((one, other) => one - other);
  return [[words.time, ...columns.map(([name]) => name)], ...times.map((at) => [written(at), ...byTime.get(at)])];
}

export function pairRows(lines, x, words) {
  const across = `${x.title}${x.unit ? ` (${x.unit})` : ""}`;
  const rows = lines.flatMap((line) => line.t.flatMap((at, index) => {
    const pair = [line.x.mean[index], line.mean[index]];
    return pair.includes(null) ? [] : [[written(at), line.meaning.full, ...pair]];
  }));
  return [[words.time, words.sensor, across, lines[0]?.meaning.unit || "-"], ...rows];
}
