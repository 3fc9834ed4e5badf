// Sending what waits: the text of every report first and alone, then photos and voices piece by piece. Runs in the page
// and, where the browser can, in the worker after the page was closed. Only one of them sends at a time; and the other
// side takes the same thing twice as one, should two ever do.
"use strict";
const Sender = (() => {
  const LONGEST_PAUSE = 15 * 60 * 1000, FIRST_PAUSE = 4000, TEXT_SECONDS = 60, PIECE_SECONDS = 90;
  const SMALLEST = 8 * 1024, LARGEST = 256 * 1024;
  let piece = 32 * 1024, now = null;
  const channel = "BroadcastChannel" in self ? new BroadcastChannel("passerelle") : null;
  const listeners = new Set();
  const tell = (state) => {
    now = state;
    for (const listener of listeners) listener(state);
    channel?.postMessage(state);
  };
  channel?.addEventListener("message", ({ data }) => { now = data; for (const listener of listeners) listener(data); });

  // "ticket": the other side asked for a short wait, and lets this report through after it.
  class Later extends Error {
    constructor(why, seconds = 0, ticket = "") { super(why); Object.assign(this, { why, seconds, ticket }); }
  }
  class Never extends Error { constructor(why) { super(why); this.why = why; } }

  // The pause doubles with every try that failed, up to a quarter of an hour; a part of it is chance, so that phones
  // that lost the same mast do not all come back in the same second.
  const pause = (tries, least) => {
    const grown = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** Math.min(tries, 12));
    return Math.min(LONGEST_PAUSE, Math.max(least * 1000, grown * (0.75 + Math.random() / 2)));
  };

  const ask = async (address, options, seconds) => {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), seconds * 1000);
    let answer;
    let said = null;
    try {
      answer = await fetch(address, { credentials: "omit", cache: "no-store", redirect: "error", signal: stop.signal, ...options });
      said = await answer.json();
    } catch {
      throw new Later(answer ? "server" : "network");
    } finally {
      clearTimeout(timer);
    }
    if (answer.ok || answer.status === 409) return said;
    if (answer.status === 429 || answer.status === 503) {
      throw new Later("busy", Number(answer.headers.get("Retry-After")) || 0, typeof said?.ticket === "string" ? said.ticket : "");
    }
    // Only our own refusals count: a network's sign-in page answers anything.
    if (answer.status < 500 && typeof said?.refused === "string") throw new Never(said.refused);
    throw new Later("server");
  };
  const post = (address, body) => ask(address, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
  }, TEXT_SECONDS);

  const sendText = async (report) => {
    tell({ sending: report.id });
    const said = await post("/report/offline/send/", report.ticket ? { ...report.body, ticket: report.ticket } : report.body);
    if (!/^\d{16}$/.test(said?.code ?? "")) throw new Later("server");
    report.code = said.code;
    report.arrived = new Date().toISOString();
    report.body = {};  // what was said is there now, and no longer here
    report.ticket = "";
    report.tries = 0;
  };

  const sendFile = async (report, file) => {
    tell({ sending: report.id, file: file.id, share: 0 });
    const bytes = await Box.file(file.id);
    if (!bytes) throw new Never("gone");
    let at = await post("/report/media/", { code: report.code, id: file.id, kind: file.kind, size: bytes.byteLength });
    let again = 0;
    while (at.state === "receiving") {
      if (typeof at.offset !== "number" || at.offset >= bytes.byteLength || again > 20) throw new Later("server");
      tell({ sending: report.id, file: file.id, share: at.offset / bytes.byteLength });
      const before = at.offset, started = Date.now();
      try {
        at = await ask(`/report/media/${at.upload}/`, {
          method: "PATCH",
          headers: { "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(before) },
          body: bytes.slice(before, before + piece),
        }, PIECE_SECONDS);
      } catch (error) {
        piece = Math.max(SMALLEST, piece / 2);
        if (error instanceof Never && error.why === "upload") throw new Later("server");
        throw error;
      }
      if (at.offset <= before) again += 1;
      if (Date.now() - started < 3000) piece = Math.min(LARGEST, piece * 2);
    }
    file.state = at.state === "ready" ? "arrived" : "refused";
    file.why = at.reason ?? "";
  };

  const failed = async (report, error) => {
    report.tries += 1;
    report.why = error.why ?? "server";
    if (error.ticket) report.ticket = error.ticket;
    // With a ticket nothing stands in the way after the wait: there is no reason for a longer pause.
    report.next = Date.now() + pause(error.ticket ? 0 : report.tries - 1, error.seconds ?? 0);
    await Box.save(report);
  };

  // One step for one report; whether the next report may be tried at once.
  const attempt = async (report, act, refuse) => {
    try {
      await act();
      report.why = "";
      report.next = 0;
    } catch (error) {
      if (!(error instanceof Never)) {
        await failed(report, error);
        return error.why !== "network";
      }
      refuse(error.why);
    }
    await Box.save(report);
    return true;
  };

  const waits = (report) => !report.refused && (!report.code || report.files.some((file) => file.state === "waiting"));

  const round = async (force) => {
    const due = (report) => waits(report) && (force || report.next <= Date.now());
    for (const report of (await Box.reports()).filter((one) => due(one) && !one.code)) {
      const goesOn = await attempt(report, () => sendText(report), (why) => { report.refused = why; });
      tell(null);
      if (!goesOn) return;
    }
    for (const report of (await Box.reports()).filter((one) => one.code && due(one))) {
      for (const file of report.files.filter((one) => one.state === "waiting")) {
        const goesOn = await attempt(report, () => sendFile(report, file), (why) => { file.state = "refused"; file.why = why; });
        if (file.state !== "waiting") await Box.dropFile(file.id);
        tell(null);
        if (!goesOn) return;
        if (file.state === "waiting") break;
      }
    }
  };

  let running = null;
  const run = (force = false) => running ??= (async () => {
    if (await Box.ready() !== "open") return;
    const act = async () => { try { await round(force); } finally { tell(null); } };
    if (navigator.locks) {
      await navigator.locks.request("passerelle-send", { ifAvailable: true }, async (got) => { if (got) await act(); });
    } else {
      await act();
    }
  })().finally(() => { running = null; });

  // When something is due next, in milliseconds from now; null when nothing waits.
  const due = async () => {
    const all = (await Box.reports()).filter(waits);
    return all.length ? Math.max(500, Math.min(...all.map((one) => one.next || 0)) - Date.now()) : null;
  };
  return { run, due, waits, listen: (act) => listeners.add(act), state: () => now };
})();
self.Sender = Sender;
