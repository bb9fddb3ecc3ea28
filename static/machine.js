// Keeps the live picture as the heat pump is: what works, what flows, how warm it is. live.js brings the news.

const page = document.querySelector("[data-heatpump]");
const figure = document.querySelector("[data-machine]");
const headline = document.querySelector("[data-headline]");

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

function show(picture) {
  figure.dataset.state = picture.state;
  const on = new Set(picture.on);
  for (const part of figure.querySelectorAll("[data-part]")) part.toggleAttribute("data-on", on.has(part.dataset.part));
  for (const part of figure.querySelectorAll("[data-warm-of]")) part.dataset.warm = picture.tones[part.dataset.warmOf] ?? "none";
  for (const text of figure.querySelectorAll("[data-machine-state]")) put(text, picture.text);
  put(figure.querySelector("[data-machine-caption]"), picture.caption);
}

// a part that spoke for the first time, or fell silent: only the server can draw another machine
function isAnother({ tones }) {
  const drawn = new Set([...figure.querySelectorAll("[data-warm-of]")].map((part) => part.dataset.warmOf));
  return drawn.size !== Object.keys(tones).length || Object.keys(tones).some((key) => !drawn.has(key));
}

page.addEventListener("told", ({ detail }) => {
  if (!detail.picture) return;
  if (figure && isAnother(detail.picture) && document.activeElement === document.body) {
    location.reload();
    return;
  }
  if (figure) show(detail.picture);
  headline?.toggleAttribute("data-old", detail.picture.old);
  const seen = document.querySelector("[data-seen]");
  for (const text of headline?.querySelectorAll("[data-then]") ?? []) put(text, seen.textContent);
});
