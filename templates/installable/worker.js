// The service worker: keeps versioned files and one page for the time without a connection, never anything private.
"use strict";

const CACHE = "files-{{ version }}";
const OFFLINE = {{ offline | tojson }};
const FILES = {{ files | tojson }};
const KEPT = ["/static/", "/bootstrap/static/", "/vendor/"];

self.addEventListener("install", (event) => {
  event.waitUntil(
    caches
      .open(CACHE)
      .then((cache) => cache.addAll([OFFLINE, ...FILES]))
      .then(() => self.skipWaiting()),
  );
});

self.addEventListener("activate", (event) => {
  event.waitUntil(
    caches
      .keys()
      .then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name))))
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

self.addEventListener("fetch", (event) => {
  const request = event.request;
  const address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(OFFLINE)));
  } else if (address.searchParams.has("v") && KEPT.some((place) => address.pathname.startsWith(place))) {
    event.respondWith(fromCacheFirst(request)); // its address changes with its content
  }
});
