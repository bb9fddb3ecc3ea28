// Follows a search for heat pumps: the bar moves on, and what is found appears.

const EVERY_MS = 1000;

async function redraw() {
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const place of ["#search", "form .form-actions"]) {
    const fresh = page.querySelector(place);
    if (fresh) document.querySelector(place)?.replaceWith(fresh);
  }
}

async function follow(heard) {
  const search = document.querySelector("[data-search][data-running]");
  if (!search) return;
  let now = heard;
  try {
    const answer = await fetch(search.dataset.search, { headers: { Accept: "application/json" } });
    if (answer.status === 401) {
      location.reload(); // signed out meanwhile: the page itself leads to the sign-in
      return;
    }
    const seen = (await answer.json()).search;
    now = seen.found.length + seen.known.length;
    const bar = search.querySelector("[data-done]");
    if (bar) bar.value = seen.done;
    if (!seen.running || now !== heard) await redraw();
  } catch {
    // the next look may succeed
  }
  setTimeout(follow, EVERY_MS, now);
}

follow(0);
