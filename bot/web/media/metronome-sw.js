// Keeps the metronome for offline use after the first visit. Other files pass untouched.
const store = () => caches.open('kneewise-metronome');
const PATIENCE = 2000; // ms to wait on a weak signal for a new copy
const FILES = ['html', 'js', 'css', 'svg'].map((end) => new URL(`metronome.${end}`, self.location).pathname);

async function fetchAndKeep(request, path) {
  const answer = await fetch(request);
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  try {
    await (await store()).put(path, answer.clone());
  } catch {} // no room: shown, not kept
  return answer;
}

/** The new copy if it comes soon, else the kept one. */
async function newOrKept(coming, path) {
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE));
  const soon = await Promise.race([coming, late]).catch(() => null);
  return soon || (await caches.match(path)) || coming;
}

self.oninstall = (event) => event.waitUntil(store().then((open) => open.addAll(FILES)));
self.onfetch = (event) => {
  const { origin, pathname } = new URL(event.request.url);
  if (origin !== self.origin || !FILES.includes(pathname)) return;
  const coming = fetchAndKeep(event.request, pathname);
  event.waitUntil(coming.catch(() => null));
  event.respondWith(newOrKept(coming, pathname));
};
