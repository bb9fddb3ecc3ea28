// The form of a chart: searches while somebody types, and shows at once what will be kept.

import { Card } from "./dashboard_card.js";
import { Range } from "./dashboard_range.js";

const WAIT_MS = 250;
const form = document.querySelector("[data-chart-form]");
let waiting = null;
let asked = 0;

// What the server makes of the form as it stands replaces its parts; whoever types goes on typing.
async function send(action) {
  clearTimeout(waiting);
  asked += 1;
  const mine = asked;
  const fields = new FormData(form);
  fields.set("action", action);
  let page;
  try {
    // a button of this form is called action, and would stand in for the address
    const answer = await fetch(form.getAttribute("action"), { method: "POST", body: fields });
    page = new DOMParser().parseFromString(await answer.text(), "text/html");
  } catch {
    return; // the buttons still work: they send the form itself
  }
  if (mine !== asked || !page.querySelector("[data-part]")) return;
  const focused = document.activeElement;
  for (const part of form.querySelectorAll("[data-part]")) {
    const fresh = page.querySelector(`[data-part="${part.dataset.part}"]`);
    if (part.contains(focused) && !focused.matches("button")) keepTyping(part, fresh, focused);
    else if (fresh && fresh.innerHTML !== part.innerHTML) part.replaceWith(fresh);
  }
  if (!document.contains(focused)) refocus(focused, action);
  preview();
}

// Somebody is in a field of this part: everything around it is renewed, the field itself stays.
function keepTyping(part, fresh, focused) {
  const same = focused.id && fresh?.querySelector(`#${CSS.escape(focused.id)}`);
  if (!same) return;
  const value = focused.value;
  const place = "selectionStart" in focused ? [focused.selectionStart, focused.selectionEnd] : null;
  part.replaceWith(fresh);
  if (same.type !== "checkbox" && same.type !== "radio") same.value = value;
  same.focus();
  if (place?.[0] !== null && place) same.setSelectionRange?.(...place);
}

// The button that was pressed is gone or has moved: the next best of its kind gets the focus.
function refocus(focused, action) {
  const [what] = action.split(":");
  const again = (focused.id && document.getElementById(focused.id)) || form.querySelector(`button[value="${CSS.escape(action)}"]`)
    || form.querySelector(`button[value^="${what}:"]`) || form.querySelector("#search");
  again?.focus();
}

function later() {
  clearTimeout(waiting);
  waiting = setTimeout(() => send("show"), WAIT_MS);
}

form.addEventListener("submit", (event) => {
  const action = event.submitter?.value || "show";
  if (action === "save") return;
  event.preventDefault();
  send(action);
});
form.addEventListener("change", (event) => event.target.id !== "search" && send("show"));
form.addEventListener("input", (event) => {
  if (event.target.matches("input[type=search], input[type=text]")) later();
});

function preview() {
  const element = form.querySelector("[data-preview] [data-chart]");
  if (!element) return;
  const place = form.querySelector("[data-preview]");
  const range = new Range({ "24h": 86400 }, "24h", () => {});
  range.cut = null;
  const card = new Card(element, {
    series: place.dataset.preview,
    words: JSON.parse(place.dataset.words),
    range,
    marks: () => [],
    onZoom: () => {},
    onPan: () => {},
    onReset: () => {},
  });
  card.load(range.period(), null, true);
}

// Somebody was quicker than this script, or came back to a form that the browser has filled in again.
function touched(field) {
  return field.checked !== field.defaultChecked || (field.type !== "hidden" && field.value !== field.defaultValue);
}

preview();
if ([...form.querySelectorAll("input")].some(touched)) send("show");
