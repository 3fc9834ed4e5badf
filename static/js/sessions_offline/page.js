// The page of sessions without network: what is typed is kept as it is typed, what waits is shown as it is, and sending goes
// on for ever. A session that is known here can be changed; the edit says from which version it began.
"use strict";
(() => {
  const { part, say, uuid, made, saved, show, language } = Shell, { form } = Form;
  const SCOPE = "/dialogues/offline/", NOBODY = { keeps: false, writer: "", me: null, organisations: [], colleagues: [], sessions: [] };
  let draft = null, known = NOBODY, gone = false, timer = 0, typing = 0, saving = Promise.resolve(), signedOut = false,
    unsaved = false, seen = null, committing = false;

  // --- The draft ---------------------------------------------------------------------------------------------------
  const ledByMe = () => known.me ? { facilitators: [known.me] } : {};
  const blank = () => ({
    id: uuid(), uid: uuid(), base_version: 0, writer: known.writer, said: { ...Form.blank(), ...ledByMe() }, area_name: "", safety_note: "",
    step: "what", dirty: false,
  });
  const showDraft = (focus = false) => {
    Form.organisations(known.organisations, draft.said.led_by);
    Form.people(known, draft.said.facilitators);
    Checks.clear();
    Form.fill(draft.said, { areaName: draft.area_name, note: draft.safety_note });
    Form.go(draft.step, focus);
    part("writing").textContent = say(draft.base_version ? "writing_change" : "writing_new");
  };
  // One after the other, so that an older draft never comes to lie over a newer one; and only what was typed here, so that
  // neither does the draft of another tab that was left open.
  const keep = () => {
    clearTimeout(typing);
    if (gone || !draft || !unsaved) return saving;
    unsaved = false;
    const copy = structuredClone({ ...draft, said: Form.read(draft.said), safety_note: Form.note(), step: Form.step() });
    seen = copy;
    saving = saving.then(() => gone || draft?.id !== copy.id ? null : Box.saveDraft(copy))
      .then(() => saved(!unsaved), () => { touch(); problem(say("no_room")); });
    return saving;
  };
  // What somebody else left half written on this phone is put aside when the next person signs in, and comes back with its writer.
  const isOthers = ({ writer, body }) => {
    const wrote = writer ?? body?.writer;
    return Boolean(wrote && known.writer) && wrote !== known.writer;
  };
  const putAside = async () => {
    let aside = await Box.sealed("aside").catch(() => null) ?? {};
    if (isOthers(draft)) {
      await keep();
      if (unsaved) return;  // there was no room: it stays where it is, and nothing is lost
      const stored = await Box.draft();
      if (draft.dirty && stored) await Box.saveSealed("aside", aside = { ...aside, [draft.writer]: stored });
      await Box.dropFact("draft");
      [draft, seen] = [blank(), null];
      showDraft();
    }
    const { [known.writer]: own, ...others } = aside;
    if (own && !draft.dirty) {
      // Shown first: what is typed from here on is typed into it, and saved after it.
      [draft, seen] = [structuredClone(own), own];
      showDraft();
      await (saving = saving.then(() => Box.saveDraft(own)));
      await Box.saveSealed("aside", others);
    }
    part("aside").hidden = !Object.keys(others).length;
  };
  part("aside-erase").addEventListener("click", async () => {
    const { [known.writer]: own } = await Box.sealed("aside") ?? {};
    await Box.saveSealed("aside", own ? { [known.writer]: own } : {});
    part("aside").hidden = true;
  });
  const touch = () => { unsaved = true; saved(false); };
  const problem = (text) => {
    show("problem", text);
    if (text) { part("said").hidden = true; part("problem").scrollIntoView({ block: "center" }); part("problem").focus(); }
  };
  // Every problem at its field, and above all of them; the first one's step is shown.
  const faults = (found) => {
    Form.go(Form.stepOf(found[0][0]));
    Checks.mark(found);
    problem(found.map(([, words]) => words).join(" "));
  };
  const written = () => {
    draft.dirty = true;
    touch();
    part("said").hidden = true;
    problem("");
    clearTimeout(typing);
    typing = setTimeout(keep, 250);
  };
  // What another tab of this phone wrote or sent meanwhile.
  const catchUp = async () => {
    if (gone || !draft || unsaved || await Box.ready() !== "open") return;
    const stored = await Box.draft().catch(() => null);
    if (unsaved || !stored && !draft.dirty || stored && JSON.stringify(stored) === JSON.stringify(seen)) return;
    draft = stored ?? blank();
    seen = stored;
    showDraft();
  };

  // --- From the draft to what waits ------------------------------------------------------------------------------------
  const rowOf = (said, note) => {
    // A key of its own: should the same draft be sent from two tabs, they are two edits, and neither is lost.
    const { uid, base_version } = draft, id = uuid(), writer = draft.writer || known.writer;
    const body = { uid, edit_key: id, base_version, writer, lang: language, said, ...(note ? { safety_note: note } : {}) };
    return {
      id, uid, writer, at: new Date().toISOString(), label: said.title, day: said.held_on, body,
      draft: structuredClone({ ...draft, said, safety_note: note }),
      state: "", version: 0, differs: [], problems: {}, arrived: "", refused: "", tries: 0, next: 0, why: "",
    };
  };
  const commit = async () => {
    await keep();
    if (gone || !draft) return;
    const said = Form.read(draft.said), wrong = Checks.problems(said);
    if (wrong.length) { faults(wrong); return; }
    try { await Box.commit(rowOf(said, Form.note().trim())); } catch { problem(say("no_room")); return; }
    draft = blank();
    showDraft();
    problem("");
    await Queue.render();
    show("said", say("kept"));
    part("queue-title").scrollIntoView();
    askForSync();
    send(true);
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (gone || !draft || committing) return;  // a second tap on the button is the same session
    if (part("finish").hidden) { part("forward").click(); return; }  // the phone's own "go" key
    committing = true;
    await commit().finally(() => { committing = false; });
  });
  form.addEventListener("input", written);
  form.addEventListener("change", () => { written(); keep(); });
  form.addEventListener("click", ({ target }) => { if (target.closest("button") && draft) { problem(""); touch(); keep(); } });
  addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(); else catchUp().then(() => send()); });
  part("throw-away").addEventListener("click", async () => {
    draft = blank();
    showDraft(true);
    part("throw").open = false;
    touch();
    await keep();
  });

  // --- Changing what waits, and what is known ------------------------------------------------------------------------------
  const open = (next) => {
    draft = next;
    problem("");
    showDraft(true);
  };
  // Who or what is not in the directory any more cannot be chosen again here, so it goes, and the words at the field say so.
  const withoutGone = (said, wrong) => {
    const fields = wrong.map(([name]) => name), left = { ...said };
    if (fields.includes("led_by") && !known.organisations.some((one) => one.id === said.led_by)) left.led_by = null;
    const people = new Set([known.me, ...known.colleagues.map((one) => one.id)]);
    if (fields.includes("facilitators")) left.facilitators = (said.facilitators ?? []).filter((one) => people.has(one));
    return left;
  };
  const change = async (row) => {
    if (draft.dirty) { problem(say("finish_first")); return; }
    const free = async () => {
      const now = (await Box.all()).find((one) => one.id === row.id);
      if (!now?.draft) return;  // it has gone meanwhile
      const wrong = Object.entries(row.problems ?? {}).map(([name, words]) => [name, words.join(" ")]);
      const again = { ...now.draft, id: uuid(), step: "what", dirty: true, said: withoutGone(now.draft.said, wrong) };
      await Box.reopen(now, again);
      open(again);
      if (wrong.length) faults(wrong);
    };
    await Link.alone(Sender.LOCK, (got) => got ? free() : problem(say("sending")), true);
    Queue.render();
  };
  const changeKnown = (one) => {
    if (draft.dirty) { problem(say("finish_first")); return; }
    open({ ...blank(), uid: one.uid, base_version: one.version, said: structuredClone(one.said), area_name: one.area_name });
    touch();
    keep();
  };
  const showKnown = (rows) => {
    const waiting = new Set(rows.filter(({ state }) => state === "waiting" || state === "sending" || state === "refused").map(({ row }) => row.uid));
    part("bring").hidden = known.keeps;
    part("known-open").hidden = !known.keeps;
    const text = JSON.stringify([known.sessions.map((one) => [one.uid, one.version, waiting.has(one.uid)])]);
    if (part("known").dataset.drawn === text) return;
    part("known").dataset.drawn = text;
    part("known").replaceChildren(...known.sessions.map((one) => {
      const item = made("li"), { title, held_on, place_text } = one.said;
      item.append(made("p", [title, Shell.dayInWords(held_on), place_text || one.area_name].filter(Boolean).join(" – ")));
      if (waiting.has(one.uid)) item.append(made("p", say("known_waits"), "quiet"));
      else {
        const press = made("button", say("known_change"), "button second");
        press.type = "button";
        press.setAttribute("aria-label", `${say("known_change")} – ${title}`);
        press.addEventListener("click", () => changeKnown(one));
        item.append(press);
      }
      return item;
    }));
    if (!known.sessions.length) part("known").append(made("li", say("known_none")));
  };
  const saveKnown = async (change) => {
    // In memory before it is stored: also where there is no room, what is written belongs to whoever is signed in.
    await Sender.updateKnown((now) => known = change(now ?? NOBODY));
    await putAside();
    if (!draft.dirty && draft.base_version === 0) {
      draft.writer = known.writer;
      Object.assign(draft.said, ledByMe());
    } else draft.said.facilitators = Form.read(draft.said).facilitators;  // also who loses the box when names leave the phone
    // Begun before this phone knew who writes here: it is theirs, and no one else's after them.
    if (draft.dirty && !draft.writer) { draft.writer = known.writer; touch(); keep(); }
    Form.organisations(known.organisations, Form.read(draft.said).led_by);
    Form.people(known, draft.said.facilitators);
    await Queue.render();
  };
  // Who writes here, and their sessions where they want them on this phone. Another person gets nothing of the first one's.
  const refresh = async () => {
    if (!navigator.onLine) return;
    try {
      const { keeps, sent = 0 } = await Sender.known() ?? known;
      const said = await Sender.ask(`/dialogues/offline/mine/${keeps ? "" : "?sessions=no"}`);
      if (gone || said?.state !== "ok") return;
      signedOut = false;
      const { writer, me, organisations, colleagues, sessions } = said;
      await saveKnown((now) => {
        if (now.writer && now.writer !== writer) return { ...NOBODY, writer, me, organisations };
        if (!keeps || !now.keeps) return { ...now, writer, me, organisations };
        return { ...now, writer, me, organisations, colleagues, sessions: Sender.answered(now, sessions, sent) };
      });
    } catch (error) {
      signedOut = error.why === "sign_in";
    }
    await Queue.render();
  };
  part("bring-on").addEventListener("click", async () => { await saveKnown((now) => ({ ...now, keeps: true })); await refresh(); });
  part("take-off").addEventListener("click", () => saveKnown((now) => ({ ...now, keeps: false, colleagues: [], sessions: [] })));

  // --- Sending ---------------------------------------------------------------------------------------------------------
  const reread = async () => {
    if (!gone) known = await Sender.known().catch(() => null) ?? known;
    await Queue.render();
  };
  const send = async (force = false, asked = false) => {
    clearTimeout(timer);
    if (gone) return;
    try { if (navigator.onLine || asked) await Sender.run(force); } catch { /* the next turn tries again */ }
    if (signedOut) await refresh();
    await reread();
    if (gone) return;
    const wait = await Sender.due().catch(() => null);
    if (wait !== null) timer = setTimeout(() => send(), Math.min(Math.max(wait, navigator.onLine ? 0 : 30000), 15 * 60 * 1000));
  };
  const askForSync = async () => {
    const registration = await navigator.serviceWorker?.getRegistration(SCOPE);
    try { await registration?.sync?.register("passerelle-send"); } catch { /* this browser sends while the page is open */ }
  };
  Queue.begin({
    change,
    isOthers,
    gone: () => gone,
    remove: async (row) => { await Box.remove(row); Queue.render(); },
    states: (rows) => {
      showKnown(rows);
      const out = signedOut || rows.some(({ row, state }) => state === "waiting" && row.why === "sign_in");
      part("sign-in").hidden = !(out && navigator.onLine);
      if (!rows.some(({ row }) => Sender.waits(row))) part("said").hidden = true;
    },
  });
  // Another tab or the worker may have sent it: what stands since then is known here too.
  Sender.listen((state) => { if (!state && draft) reread(); });
  addEventListener("online", () => { refresh(); send(true); });
  addEventListener("offline", Queue.render);
  part("try").addEventListener("click", () => send(true, true));

  // --- PIN, erasing, beginning -----------------------------------------------------------------------------------------
  Shell.protect(Box, Sender.LOCK, keep, () => begin());
  Shell.eraseBy(Box, async () => {
    gone = true;
    clearTimeout(timer);
    clearTimeout(typing);
    await saving;
  }, () => {
    draft = null;
    known = NOBODY;
    form.reset();
    for (const id of ["queue", "known", "lines", "issues", "review"]) part(id).replaceChildren();
  });
  const begin = async () => {
    part("locked").hidden = true;
    known = await Box.sealed("known").catch(() => null) ?? NOBODY;
    seen = await Box.draft().catch(() => null);
    draft = seen ? structuredClone(seen) : blank();
    showDraft();
    Shell.showProtection(Box);
    // Not before it is filled: that would go over what somebody quick has typed. And nobody sees another one's words flash by.
    await putAside().finally(() => { part("open").hidden = false; });
    await Queue.render();
    navigator.storage?.persist?.().catch(() => null);
    refresh().then(() => send(true));
  };
  Shell.start(Box, begin, `${SCOPE}sw.js`, SCOPE);
})();
