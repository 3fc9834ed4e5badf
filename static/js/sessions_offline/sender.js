// Sending edits of sessions that wait on this phone, in the page and in its worker. Each goes as one piece; sent twice, it
// is one. Unlike a report it goes with the person's sign-in: where that has run out, everything stays and waits.
"use strict";
const Box = makeBox("passerelle-sessions", ["draft", "known", "aside"]);
self.Box = Box;
const Sender = (() => {
  const SECONDS = 60, LOCK = "passerelle-send-sessions", teller = Link.makeTeller("passerelle-sessions");

  const ask = (address, options = {}) => Link.ask(address, {
    credentials: "same-origin", ...options, headers: { Accept: "application/json", ...options.headers },
  }, SECONDS);

  // What is known on this phone, made anew from what was known; page and worker both do. Gives what is known then.
  const updateKnown = (change) => Link.alone("passerelle-known", async () => {
    const known = await Box.sealed("known").catch(() => null), next = change(known);
    if (next !== known) await Box.saveSealed("known", next);
    return next;
  });
  const known = () => updateKnown((now) => now);
  const withSessions = (known, sessions) => {
    const uids = new Set(sessions.map((one) => one.uid));
    return [...sessions, ...known.sessions.filter((one) => !uids.has(one.uid))];
  };
  // What stands now, for the next edit without network; only where the person wants their sessions on this phone.
  const remember = (now, writer) => updateKnown((known) => {
    if (!known?.keeps || known.writer !== writer || !now) return known;
    const sent = (known.sent ?? 0) + 1;
    return { ...known, sent, sessions: withSessions(known, [{ ...now, sent }]) };
  });
  // What the server says of this person's sessions, asked when "sent" of them had been remembered. What was sent while the
  // answer was on its way is newer than the answer, and stands.
  const answered = (known, sessions, sent) => {
    const versions = new Map(sessions.map((one) => [one.uid, one.version]));
    const newer = known.sessions.filter((one) => one.sent > sent && !(versions.get(one.uid) >= one.version));
    return withSessions({ sessions }, newer);
  };

  const send = async (row) => {
    teller.tell({ sending: row.id });
    const said = await ask("/dialogues/offline/send/", {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(row.body),
    });
    if (said?.state !== "kept" && said?.state !== "waits") throw new Link.Later("server");
    const { writer } = row.body;
    Object.assign(row, {
      writer, state: said.state, version: said.version, differs: said.differs ?? [], arrived: new Date().toISOString(), tries: 0,
      body: null, draft: null,  // what was said is there now, and no longer here
    });
    await remember(said.now, writer);
  };

  const refuse = (row) => (why, said) => { row.refused = why; row.problems = said?.problems ?? {}; };
  const waits = (row) => !row.refused && !row.state;
  const round = async (due) => {
    for (const row of (await Box.all()).filter(due)) {
      const goesOn = await Link.attempt(Box, row, () => send(row), refuse(row));
      teller.tell(null);
      if (!goesOn) return;
    }
  };
  return { ...Link.makeSender(Box, LOCK, teller, waits, round), ask, known, updateKnown, answered, LOCK };
})();
self.Sender = Sender;
