// Refreshes the figures of a page in place. The page says where from (data-live) and what goes where.

import { moment, written } from "./words.js";

const EVERY_MS = 3000;
const page = document.querySelector("[data-live]");
const lost = document.querySelector("[data-lost]");
const DRAWN_ANEW_MS = 600_000; // what only the server draws, such as the line of the last day
let waiting = null;
let drawnAt = performance.now();

function put(element, text) {
  if (element && element.textContent !== text) element.textContent = text;
}

function showValue(element, seen) {
  const choices = JSON.parse(element.dataset.show);
  const choice = choices.find(({ id }) => (seen.values[id] ?? null) !== null) || choices[0];
  const value = seen.values[choice.id] ?? null;
  element.toggleAttribute("data-nothing", value === null);
  put(element.querySelector("[data-value]"), written(choice, value));
  put(element.querySelector("[data-unit]"), choice.unit);
  if (choices.length > 1) put(element.closest(".figure")?.querySelector("[data-label]"), choice.title);
  const time = element.parentElement.querySelector("[data-time]");
  if (time) {
    const at = seen.times[choice.id];
    put(time, at && at < seen.at ? moment(at) : "");
  }
}

function showHeatPump(seen) {
  const place = document.querySelector(`[data-heatpump="${CSS.escape(seen.id)}"]`);
  place.dataset.tone = seen.tone;
  place.dataset.freshness = seen.freshness;
  put(place.querySelector("[data-text]"), seen.text);
  put(place.querySelector("[data-seen]"), seen.at ? moment(seen.at) : "–");
  const reason = place.querySelector("[data-reason]");
  put(reason, seen.reason || "");
  reason.hidden = !seen.reason;
  for (const element of place.querySelectorAll("[data-show]")) showValue(element, seen);
  for (const element of place.querySelectorAll("[data-performance]")) {
    const { text, note } = seen.performance.texts[element.dataset.performance];
    put(element.querySelector("[data-text-of]"), text);
    put(element.querySelector("[data-note]"), note);
  }
  place.dispatchEvent(new CustomEvent("told", { detail: seen }));
}

const tones = (all) => all.map(({ id, tone }) => `${id} ${tone}`).sort().join(",");

// Whether the server would put the heat pumps into another order by now, or others onto the page.
function isOutOfDate(all, place) {
  if (performance.now() - drawnAt > DRAWN_ANEW_MS) return true;
  const open = all.reduce((sum, seen) => sum + seen.open_alerts, 0);
  if (place.dataset.openAlerts !== undefined && Number(place.dataset.openAlerts) !== open) return true;
  if (place.dataset.tones !== undefined) return tones(all) !== place.dataset.tones; // the page may show only some
  const shown = new Map([...document.querySelectorAll("[data-heatpump]")].map((each) => [each.dataset.heatpump, each]));
  return all.length !== shown.size || all.some((seen) => shown.get(seen.id)?.dataset.tone !== seen.tone);
}

async function redraw(place) {
  if (place.contains(document.activeElement)) return; // nobody likes a link to run away
  const answer = await fetch(location.href);
  drawnAt = performance.now();
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  place.replaceWith(page.getElementById(place.id));
  document.querySelector("[data-alert-count]")?.replaceWith(page.querySelector("[data-alert-count]"));
  document.dispatchEvent(new Event("redrawn"));
}

async function refresh() {
  try {
    const answer = await fetch(page.dataset.live, { headers: { Accept: "application/json" } });
    if (answer.status === 401) {
      location.reload(); // signed out meanwhile: the page itself leads to the sign-in
      return;
    }
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    const content = await answer.json();
    if (page.dataset.waiting !== undefined && content.at) {
      location.reload(); // the first reading: only now there is something to put onto this page
      return;
    }
    const all = content.heatpumps || [content];
    const place = document.querySelector("[data-redraw]");
    if (place && isOutOfDate(all, place)) await redraw(place);
    for (const seen of all.filter(({ id }) => document.querySelector(`[data-heatpump="${CSS.escape(id)}"]`))) {
      showHeatPump(seen);
    }
    lost.hidden = true;
    page.classList.remove("is-lost");
  } catch {
    lost.hidden = false;
    page.classList.add("is-lost");
  }
}

async function keepFresh() {
  clearTimeout(waiting);
  if (!document.hidden) await refresh();
  waiting = setTimeout(keepFresh, EVERY_MS);
}

if (page) {
  waiting = setTimeout(keepFresh, EVERY_MS);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) keepFresh();
  });
}
