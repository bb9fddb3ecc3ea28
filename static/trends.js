// Draws the last day of every number beside its value, once the page can be used; all of them in one request.

import { written } from "./words.js";

const EVERY_MS = 600_000;
const WIDTH = 72;
const HEIGHT = 20;
const NAMESPACE = "http://www.w3.org/2000/svg";
const place = document.querySelector("[data-trends]");

// hours without a value are gaps; an hour between two gaps is a point
function path(means, low, high) {
  const x = (at) => (means.length > 1 ? (at / (means.length - 1)) * WIDTH : 0).toFixed(1);
  const y = (value) => (high === low ? HEIGHT / 2 : HEIGHT - 2 - ((value - low) / (high - low)) * (HEIGHT - 4)).toFixed(1);
  let drawn = "";
  means.forEach((mean, at) => {
    if (mean === null) return;
    const begins = at === 0 || means[at - 1] === null;
    drawn += `${begins ? "M" : "L"}${x(at)} ${y(mean)}`;
    if (begins && (means[at + 1] ?? null) === null) drawn += "h0.1";
  });
  return drawn;
}

function draw(element, means) {
  const known = means.filter((mean) => mean !== null);
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const svg = document.createElementNS(NAMESPACE, "svg");
  const line = document.createElementNS(NAMESPACE, "path");
  const [meaning] = JSON.parse(element.dataset.show);
  svg.setAttribute("class", "trend");
  svg.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("role", "img");
  svg.setAttribute("aria-label", place.dataset.trendWords.replace("{low}", written(meaning, low)).replace("{high}", written(meaning, high)));
  svg.toggleAttribute("data-flat", low === high);
  line.setAttribute("d", path(means, low, high));
  svg.append(line);
  element.parentElement.querySelector(".trend")?.remove();
  element.after(svg);
}

async function drawAll() {
  if (!document.hidden) {
    const answer = await fetch(place.dataset.trends, { headers: { Accept: "application/json" } }).catch(() => null);
    if (answer?.ok) {
      const { trends } = await answer.json();
      for (const element of place.querySelectorAll("[data-show]")) {
        const means = trends[JSON.parse(element.dataset.show)[0].id];
        if (means) draw(element, means);
      }
    }
  }
  setTimeout(drawAll, EVERY_MS);
}

if (place) addEventListener("load", () => setTimeout(drawAll, 200));
