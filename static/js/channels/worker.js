// Shows what a push brought, and opens the alert when it is touched. It keeps nothing and answers for no page.
"use strict";
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("push", (event) => {
  let said = {};
  // What cannot be read is shown as a message that waits: a browser wants something shown for each push.
  try { said = event.data ? event.data.json() : {}; } catch { said = {}; }
  const options = { body: said.body || "", tag: said.tag || "passerelle", lang: said.lang || "fr", data: { link: said.link || "/alerts/" },
    requireInteraction: true };
  event.waitUntil(self.registration.showNotification(said.title || "Passerelle", options));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const link = new URL(event.notification.data?.link || "/alerts/", self.location.origin);
  if (link.origin === self.location.origin) event.waitUntil(self.clients.openWindow(link.href));
});
