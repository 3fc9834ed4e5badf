// The worker of a page without network: opens it, and sends what waits after it was closed. It keeps the page's own files
// and nothing else: no answer that is made for one person ever comes into its caches.
"use strict";
const KIN = `passerelle-${self.SHELL.name}-`, SHELL_CACHE = `${KIN}${self.SHELL.version}`, PROMPTS = "passerelle-prompts", PATIENCE = 4000;

self.addEventListener("install", (event) => {
  const { assets, credentials } = self.SHELL;
  // A page of sign-in that stands in for ours is not kept as ours.
  const files = assets.map((address) => new Request(address, { credentials, cache: "no-cache", redirect: "error" }));
  event.waitUntil(caches.open(SHELL_CACHE).then((cache) => cache.addAll(files)).then(() => self.skipWaiting()));
});

self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith(KIN) && name !== SHELL_CACHE)
      .map((name) => caches.delete(name)));
    await self.clients.claim();
  })());
});

const kept = (address) => caches.open(SHELL_CACHE).then((cache) => cache.match(address));

// The page from the network where it answers soon and well, else from the phone.
const page = async (request, address) => {
  const stored = await kept(address);
  if (!stored) return fetch(request);
  const late = new Promise((done) => setTimeout(done, PATIENCE));
  const fresh = fetch(request).then((answer) => answer.ok ? answer : null, () => null);
  return await Promise.race([fresh, late]) || stored;
};

self.addEventListener("fetch", (event) => {
  const { request } = event, address = new URL(request.url);
  if (request.method !== "GET" || address.origin !== self.location.origin) return;
  const { pages, assets, home } = self.SHELL;
  if (request.mode === "navigate") {
    if (pages.includes(address.pathname)) event.respondWith(page(request, address.pathname));
    // Without network the form itself cannot open: the offline page stands in for it.
    else if (address.pathname === home) {
      event.respondWith(fetch(request).catch(async () => await kept(pages[0]) ?? Response.error()));
    }
  } else if (assets.includes(address.pathname)) {
    event.respondWith(kept(address.pathname).then((found) => found ?? fetch(request)));
  } else if (address.pathname.startsWith(`${home}prompts/`)) {
    event.respondWith(caches.open(PROMPTS).then((cache) => cache.match(address.href)).then((found) => found ?? fetch(request)));
  }
});

self.addEventListener("sync", (event) => {
  if (event.tag !== "passerelle-send") return;
  event.waitUntil(Sender.run(true).then(async () => {
    // The browser tries again later when this fails.
    if (await Box.ready() === "open" && await Sender.due() !== null) throw new Error("something still waits");
  }));
});
