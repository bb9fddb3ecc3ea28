// The notes of the time line: fetched for the period of the chart, and listed below it.

import { moment } from "./words.js";

const section = document.querySelector("[data-annotations]");

// Those that lasted at some moment of the period; none when they cannot be had: the chart is worth showing without.
export async function notesOf(from, to) {
  if (!section) return [];
  try {
    const url = new URL(section.dataset.annotations, location.href);
    url.searchParams.set("from", from);
    url.searchParams.set("to", to);
    const answer = await fetch(url);
    return answer.ok ? (await answer.json()).annotations : [];
  } catch {
    return [];
  }
}

export function showNotes(notes) {
  if (!section) return;
  section.querySelector("[data-no-notes]").hidden = notes.length > 0;
  const list = section.querySelector("[data-notes]");
  if (list.contains(document.activeElement)) return; // nobody likes a link to run away
  list.replaceChildren(...notes.map(line));
}

function line(note) {
  const item = document.createElement("li");
  item.dataset.severity = note.severity || "";
  const time = document.createElement("span");
  time.className = "note-time";
  time.textContent = note.until > note.at ? `${moment(note.at)} – ${moment(note.until)}` : moment(note.at);
  const text = document.createElement(note.event_id ? "a" : "span");
  if (note.event_id) text.href = `/alerts/events/${note.event_id}`;
  text.textContent = note.title;
  item.append(time, " ", text);
  if (section.dataset.edit && note.id !== null) {
    const edit = document.createElement("a");
    edit.className = "note-edit";
    edit.href = section.dataset.edit.replace("/0/", `/${note.id}/`);
    const what = document.createElement("span");
    what.className = "visually-hidden";
    what.textContent = `: ${note.title}`;
    edit.append(section.dataset.editText, what);
    item.append(" ", edit);
  }
  return item;
}
