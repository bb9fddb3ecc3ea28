// What a chart is drawn from: one request for all its lines, with the same period before it where that is wanted.

const LONGEST_BY = [[3 * 86400, "hour"], [100 * 86400, "day"], [6 * 366 * 86400, "month"]];
const MOST_POINTS = 4000;
const MOST_TRIES = 10;

// A bar for each hour, day, month or year, by how much is shown.
export const unitFor = (seconds) => LONGEST_BY.find(([most]) => seconds <= most)?.[1] || "year";

const nameOf = (line) => `${line.heatpump}/${line.id}`;

// Several browsers of one account may ask for more at once than the server takes: then each tries again in its turn.
async function asked(address, signal) {
  for (let tries = 1; ; tries += 1) {
    const answer = await fetch(address, { signal });
    if (answer.status !== 429 || tries === MOST_TRIES) return answer;
    await new Promise((done) => setTimeout(done, 1000 * (Number(answer.headers.get("Retry-After")) || 1)));
  }
}

// facts: what the page says about a chart; answers {from, to, lines, earlier, x}
export async function fetched(address, facts, { from, to }, shift, width, signal) {
  const names = new Set(facts.lines.map(nameOf));
  if (facts.x) for (const line of facts.lines) names.add(`${line.heatpump}/${facts.x.id}`);
  const query = new URLSearchParams({ from, to });
  for (const name of names) query.append("sensor", name);
  if (facts.kind === "bar") query.set("by", unitFor(to - from));
  else query.set("points", Math.min(facts.kind === "states" ? 3 * width : width, MOST_POINTS));
  if (shift && ["line", "area", "bar"].includes(facts.kind)) query.set("earlier", shift);
  const answer = await asked(`${address}?${query}`, signal);
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  const content = await answer.json();
  return {
    from: content.from,
    to: content.to,
    ...sorted(facts, content.series, 0),
    earlier: content.earlier ? sorted(facts, content.earlier, shift).lines : [],
  };
}

// the lines in the order of the chart, each with what the page knows about it
function sorted(facts, series, shift) {
  const found = new Map(series.map((each) => [`${each.heatpump_id}/${each.sensor}`, each]));
  const bars = facts.kind === "bar";
  const lines = facts.lines.map((line, index) => {
    const each = found.get(nameOf(line));
    const t = shift ? each.t.map((at) => at + shift) : each.t;
    const none = t.map(() => null);
    const mean = each.amount || each.mean || none;
    return {
      meaning: line,
      heatpump: line.heatpump,
      stepped: line.stepped && !bars,
      axis: line.axis,
      colour: (line.colour ?? index + 1) - 1,
      gap_s: each.gap_s,
      t,
      ends: bars ? [...t.slice(1), endOf(t, facts, each.step_s)] : null,
      min: each.amount || each.min || none,
      mean,
      max: each.amount || each.max || none,
      text: line.texts ? each.text || none : null,
      counted: Boolean(each.amount),
      latest: each.latest,
      x: facts.x ? found.get(`${line.heatpump}/${facts.x.id}`) : null,
    };
  });
  return { lines };
}

function endOf(t, facts, step) {
  return t.length ? t.at(-1) + (t.length > 1 ? t.at(-1) - t.at(-2) : step) : 0;
}

export const anything = (lines) => lines.some((line) => (line.text || line.mean).some((value) => value !== null));
