// What every page without network does alike: its words, the PIN, erasing, leaving quickly, being put on the phone.
"use strict";
const Shell = (() => {
  const part = (id) => document.getElementById(id);
  const texts = JSON.parse(part("words").textContent.replaceAll(/%\((\w+)\)[sd]/g, "{$1}"));
  const say = (name, values = {}) => (texts[name] ?? name).replaceAll(/\{(\w+)\}/g, (all, key) => values[key] ?? all);
  const language = document.documentElement.lang.slice(0, 2);
  const uuid = () => crypto.randomUUID?.() ?? "10000000-1000-4000-8000-100000000000".replaceAll(/[018]/g, (digit) =>
    (digit ^ crypto.getRandomValues(new Uint8Array(1))[0] & 15 >> digit / 4).toString(16));
  const made = (tag, text = "", className = "") => {
    const element = document.createElement(tag);
    element.textContent = text;
    if (className) element.className = className;
    return element;
  };
  // Said only while all that was typed is kept: never of words that are still being written.
  const saved = (all) => { part("saved").textContent ||= say("saved"); part("saved").classList.toggle("writing", !all); };
  const show = (id, text) => { part(id).textContent = text; part(id).hidden = text === ""; };
  const time = (at) => new Date(at).toLocaleString(language, { dateStyle: "short", timeStyle: "short" });
  const dayInWords = (iso) => iso ? new Date(`${iso}T12:00:00`).toLocaleDateString(language, { dateStyle: "long" }) : "";
  const isoDay = (back) => {
    const day = new Date();
    day.setDate(day.getDate() - back);
    return [day.getFullYear(), day.getMonth() + 1, day.getDate()].map((n) => String(n).padStart(2, "0")).join("-");
  };

  // --- PIN -----------------------------------------------------------------------------------------------------------
  const showProtection = (box) => { part("protected").textContent = say(box.hasPin() ? "with_pin" : "without_pin"); };
  // "keep" puts what is being written into the box first; "begin" opens the page once the PIN was right.
  const protect = (box, lock, keep, begin) => {
    part("pin").addEventListener("submit", async (event) => {
      event.preventDefault();
      const pin = part("pin-new").value, again = part("pin-again").value;
      const wrong = pin && pin.length < 6 ? "pin_short" : pin !== again ? "pin_other" : "";
      part("pin-error").textContent = wrong ? say(wrong) : "";
      if (wrong) return;
      part("pin-status").textContent = say("pin_working");
      await keep();
      await Link.alone(lock, () => box.setPin(pin));
      part("pin").reset();
      part("pin-status").textContent = say(pin ? "pin_set" : "pin_off");
      showProtection(box);
    });
    part("locked").addEventListener("submit", async (event) => {
      event.preventDefault();
      part("pin-open-error").textContent = "";
      if (!await box.unlock(part("pin-open").value)) { part("pin-open-error").textContent = say("pin_wrong"); return; }
      part("locked").reset();
      begin();
    });
  };

  // --- Erasing and leaving ---------------------------------------------------------------------------------------------
  const eraseBy = (box, before, after) => part("erase").addEventListener("click", async () => {
    await before();
    await box.erase();
    after();
    for (const name of await caches.keys()) if (name.startsWith("passerelle-")) await caches.delete(name);
    for (const one of await navigator.serviceWorker?.getRegistrations() ?? []) await one.unregister();
    part("open").hidden = true;
    part("erased-words").textContent = say("erased");
    part("erased").hidden = false;
  });
  part("exit").addEventListener("click", (event) => {
    event.preventDefault();
    location.replace(navigator.onLine ? part("exit").href : "about:blank");
  });

  // --- Beginning ---------------------------------------------------------------------------------------------------------
  const install = async (worker, scope) => {
    try {
      await navigator.serviceWorker.register(worker, { scope, updateViaCache: "none" });
      await navigator.serviceWorker.ready;
      part("installed").textContent = say("installed");
    } catch {
      const found = await navigator.serviceWorker?.getRegistration(scope).catch(() => null);
      part("installed").textContent = say(found?.active ? "installed" : "not_installed");
    }
  };
  const start = async (box, begin, worker, scope) => {
    try {
      if (!isSecureContext || !self.indexedDB || !crypto.subtle) throw new Error("nothing is kept here");
      if (await box.ready() === "locked") part("locked").hidden = false;
      else await begin();
      install(worker, scope);
    } catch {
      part("no-store-why").textContent = say("no_store");
      part("no-store").hidden = false;
    }
  };
  return { part, texts, say, language, uuid, made, saved, show, time, dayInWords, isoDay, showProtection, protect, eraseBy, start };
})();
self.Shell = Shell;
