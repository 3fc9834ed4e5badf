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

  // What stands now, for the next edit without network; only where the person wants their sessions on this phone.
  const remember = async (now, writer) => {
    const known = await Box.sealed("known");
    if (!known?.keeps || known.writer !== writer || !now) return;
    await Box.saveSealed("known", { ...known, sessions: [now, ...known.sessions.filter((one) => one.uid !== now.uid)] });
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
  return { ...Link.makeSender(Box, LOCK, teller, waits, round), ask, LOCK };
})();
self.Sender = Sender;
