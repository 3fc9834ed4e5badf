// What every page without network sends by: answers told apart, pauses that grow, one sender at a time.
"use strict";
const Link = (() => {
  const LONGEST_PAUSE = 15 * 60 * 1000, FIRST_PAUSE = 4000;

  // "ticket": the other side asked for a short wait, and lets this report through after it.
  class Later extends Error {
    constructor(why, seconds = 0, ticket = "") { super(why); Object.assign(this, { why, seconds, ticket }); }
  }
  class Never extends Error { constructor(why, said = null) { super(why); Object.assign(this, { why, said }); } }

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
    if (said?.state === "sign-in" || answer.status === 403 && said?.detail) throw new Later(said.why ?? "sign_in");
    if (answer.status === 429 || answer.status === 503) {
      throw new Later("busy", Number(answer.headers.get("Retry-After")) || 0, typeof said?.ticket === "string" ? said.ticket : "");
    }
    // Only our own refusals count: a network's sign-in page answers anything.
    if (answer.status < 500 && typeof said?.refused === "string") throw new Never(said.refused, said);
    throw new Later("server");
  };

  // What is being sent, told to this page and to the others of this phone.
  const makeTeller = (name) => {
    const channel = "BroadcastChannel" in self ? new BroadcastChannel(name) : null, listeners = new Set();
    let now = null;
    const hear = (state) => { now = state; for (const listener of listeners) listener(state); };
    channel?.addEventListener("message", ({ data }) => hear(data));
    return { tell: (state) => { hear(state); channel?.postMessage(state); }, listen: (act) => listeners.add(act), state: () => now };
  };

  // One at a time on this phone, whoever asks: this page, another tab, the worker. "free": not at all where another one is at it.
  const alone = (lock, act, free = false) => navigator.locks ? navigator.locks.request(lock, { ifAvailable: free }, act) : act(true);

  // One step for one row of a box; whether the next row may be tried at once.
  const attempt = async (box, row, act, refuse) => {
    try {
      await act();
      row.why = "";
      row.next = 0;
    } catch (error) {
      if (!(error instanceof Never)) {
        row.tries += 1;
        row.why = error.why ?? "server";
        if (error.ticket) row.ticket = error.ticket;
        // With a ticket nothing stands in the way after the wait: there is no reason for a longer pause.
        row.next = Date.now() + pause(error.ticket ? 0 : row.tries - 1, error.seconds ?? 0);
        await box.save(row);
        return error.why !== "network";
      }
      refuse(error.why, error.said);
    }
    await box.save(row);
    return true;
  };

  // A sender of a box: "round" tries what is due, once at a time on this phone; "waits" says of a row whether it does.
  const makeSender = (box, lock, teller, waits, round) => {
    let running = null;
    const run = (force = false) => running ??= (async () => {
      if (await box.ready() !== "open") return;
      const act = async () => { try { await round((row) => waits(row) && (force || row.next <= Date.now())); } finally { teller.tell(null); } };
      await alone(lock, async (got) => { if (got) await act(); }, true);
    })().finally(() => { running = null; });
    // When something is due next, in milliseconds from now; null when nothing waits.
    const due = async () => {
      const rows = (await box.all()).filter(waits);
      return rows.length ? Math.max(500, Math.min(...rows.map((one) => one.next || 0)) - Date.now()) : null;
    };
    return { run, due, waits, listen: teller.listen, state: teller.state };
  };
  return { Later, Never, ask, makeTeller, alone, attempt, makeSender };
})();
self.Link = Link;
