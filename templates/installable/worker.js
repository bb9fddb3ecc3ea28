// The service worker: keeps versioned files and one page for the time without a connection, never anything private.
"use strict";

const CACHE = "files-{{ version }}";
const OFFLINE = {{ offline | tojson }};
const LANGUAGE = "language"; // where the pages keep theirs
const FILES = {{ files | tojson }};
const KEPT = ["/static/", "/bootstrap/static/", "/vendor/"];

// A new version waits until no page is open: Chromium leaves a page that is being opened hanging for good when its
// worker is replaced under it.
self.addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([...Object.values(OFFLINE), ...FILES])));
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE && name !== LANGUAGE).map((name) => caches.delete(name))))
      .then(() => self.clients.claim()),
  );
});

const fromCacheFirst = async (request) => {
  const cache = await caches.open(CACHE);
  const kept = await cache.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  if (answer.ok) cache.put(request, answer.clone());
  return answer;
};

const withoutConnection = async () => {
  const kept = await caches.match("/language", { cacheName: LANGUAGE });
  return caches.match(OFFLINE[kept && (await kept.text())] || OFFLINE.en);
};

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(withoutConnection));
  } else if (address.searchParams.has("v") && KEPT.some((place) => address.pathname.startsWith(place))) {
    event.respondWith(fromCacheFirst(request)); // its address changes with its content
  }
});
