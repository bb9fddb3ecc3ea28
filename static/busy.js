// A form that takes its time says so, and is not sent twice; the product can be installed.

const note = document.querySelector("[data-working]");
const SOON_MS = 500;
const DOWNLOAD_MS = 5000;
let timer;

const finish = () => {
  clearTimeout(timer);
  note.textContent = "";
  for (const button of document.querySelectorAll("[aria-busy=true]")) button.removeAttribute("aria-busy");
  for (const form of document.querySelectorAll("form[data-under-way]")) delete form.dataset.underWay;
};

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.target === "_blank") return;
  if (form.dataset.underWay) {
    event.preventDefault(); // a second click while the first one is under way
    return;
  }
  form.dataset.underWay = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
  timer = setTimeout(() => {
    if (!form.dataset.busyText) note.textContent = note.dataset.working;
  }, SOON_MS);
  if (form.hasAttribute("data-download")) setTimeout(finish, DOWNLOAD_MS); // the page stays
});

for (const link of document.querySelectorAll("a[data-slow]")) {
  link.addEventListener("click", () => {
    timer = setTimeout(() => (note.textContent = note.dataset.working), SOON_MS);
    if (link.hasAttribute("download")) setTimeout(finish, DOWNLOAD_MS);
  });
}

window.addEventListener("pageshow", finish); // also when somebody comes back by the browser's button

if (window.isSecureContext && "serviceWorker" in navigator) {
  navigator.serviceWorker.register("/sw.js");
  caches.open("language").then((cache) => cache.put("/language", new Response(document.documentElement.lang)));
}
