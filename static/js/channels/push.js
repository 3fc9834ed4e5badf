// Allows notices on this device: asks the browser, and hands what it gives to the page's own form.
"use strict";
const corner = document.getElementById("push");
if (corner) {
  const words = corner.dataset;
  const said = document.createElement("p"), label = corner.querySelector("input[name=label]"), button = corner.querySelector("button");
  said.setAttribute("role", "status");
  corner.append(said);
  const able = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;
  const say = (text) => { said.textContent = text; };
  const key = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));
  const guess = () => /Android/.test(navigator.userAgent) ? words.phone : /iPhone|iPad/.test(navigator.userAgent) ? words.phone : words.computer;
  if (!able) { corner.querySelector(".fields").hidden = true; say(words.unable); }
  else {
    if (!label.value) label.value = guess();
    corner.addEventListener("submit", async (event) => {
      event.preventDefault();
      button.disabled = true;
      say(words.wait);
      try {
        if (await Notification.requestPermission() !== "granted") { say(words.denied); return; }
        const registration = await navigator.serviceWorker.register(words.worker, { scope: words.scope });
        await navigator.serviceWorker.ready;
        const options = { userVisibleOnly: true, applicationServerKey: key(words.key) };
        // One that was made with another key of this installation takes nothing any more.
        await (await registration.pushManager.getSubscription())?.unsubscribe();
        const given = (await registration.pushManager.subscribe(options)).toJSON();
        const body = new FormData(corner);
        body.set("endpoint", given.endpoint);
        body.set("p256dh", given.keys.p256dh);
        body.set("auth", given.keys.auth);
        const answer = await fetch(corner.action, { method: "POST", body, credentials: "same-origin" });
        if (answer.ok) location.reload();
        else say((await answer.json().catch(() => ({}))).refused || words.failed);
      } catch { say(words.failed); } finally { button.disabled = false; }
    });
  }
}
