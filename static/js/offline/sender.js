// Sending what waits: the text of every report first and alone, then photos and voices piece by piece. Runs in the page
// and, where the browser can, in the worker after the page was closed. Only one of them sends at a time; and the other
// side takes the same thing twice as one, should two ever do.
"use strict";
const Box = makeBox("passerelle");
self.Box = Box;
const Sender = (() => {
  const TEXT_SECONDS = 60, PIECE_SECONDS = 90, SMALLEST = 8 * 1024, LARGEST = 256 * 1024;
  const { ask, attempt, Later, Never } = Link, teller = Link.makeTeller("passerelle"), { tell } = teller;
  let piece = 32 * 1024;
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

  const waits = (report) => !report.refused && (!report.code || report.files.some((file) => file.state === "waiting"));

  const round = async (due) => {
    for (const report of (await Box.all()).filter((one) => due(one) && !one.code)) {
      const goesOn = await attempt(Box, report, () => sendText(report), (why) => { report.refused = why; });
      tell(null);
      if (!goesOn) return;
    }
    for (const report of (await Box.all()).filter((one) => one.code && due(one))) {
      for (const file of report.files.filter((one) => one.state === "waiting")) {
        const goesOn = await attempt(Box, report, () => sendFile(report, file), (why) => { file.state = "refused"; file.why = why; });
        if (file.state !== "waiting") await Box.dropFile(file.id);
        tell(null);
        if (!goesOn) return;
        if (file.state === "waiting") break;
      }
    }
  };

  return Link.makeSender(Box, "passerelle-send", teller, waits, round);
})();
self.Sender = Sender;
