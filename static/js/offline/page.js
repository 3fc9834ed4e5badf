// The offline page: the form is kept as it is typed, what waits is shown as it is, and sending goes on for ever.
"use strict";
(() => {
  const MOST = 5, NAMES = ["where", "cercle", "day", "killed", "injured", "abducted", "displaced", "words", "phone", "name"];
  const CHOICES = ["what", "when", "how"];
  const { part, texts, say, language, uuid, made, saved, show, time, isoDay } = Shell;
  const form = part("report");
  let draft = null, gone = false, timer = 0, saving = Promise.resolve(), typing = 0, sending = null, committing = false,
    unsaved = false, seen = null;

  // --- The draft ---------------------------------------------------------------------------------------------------
  const blank = () => ({ id: uuid(), values: {}, files: [], position: null });
  const chosen = (name) => form.querySelector(`[name="${name}"]:checked`)?.value ?? "";
  const readForm = () => {
    for (const name of NAMES) draft.values[name] = form.elements[name].value;
    for (const name of CHOICES) draft.values[name] = chosen(name);
  };
  const fillForm = () => {
    for (const name of NAMES) form.elements[name].value = draft.values[name] ?? "";
    for (const name of CHOICES) {
      for (const one of form.querySelectorAll(`[name="${name}"]`)) one.checked = one.value === (draft.values[name] ?? "");
    }
    showFiles();
    showPosition(draft.position ? "done" : "");
  };
  // One after the other, so that an older draft never comes to lie over a newer one; and only what was changed here, so that
  // neither does the draft of another tab that was left open.
  const keep = () => {
    clearTimeout(typing);
    if (gone || !draft || !unsaved) return saving;
    unsaved = false;
    readForm();
    const copy = seen = structuredClone(draft);
    saving = saving.then(() => gone || draft?.id !== copy.id ? null : Box.saveDraft(copy))
      .then(() => saved(!unsaved), () => { touch(); noRoom(); });
    return saving;
  };
  const touch = () => { unsaved = true; saved(false); };
  const keepChange = () => { touch(); return keep(); };
  // What another tab of this phone wrote or sent meanwhile.
  const catchUp = async () => {
    if (gone || !draft || unsaved || await Box.ready() !== "open") return;
    const stored = await Box.draft().catch(() => null);
    if (unsaved || JSON.stringify(stored) === JSON.stringify(seen)) return;
    seen = stored;
    draft = stored ? structuredClone(stored) : blank();
    fillForm();
  };
  const noRoom = () => { problem(say("no_room")); };
  const problem = (text) => {
    show("problem", text);
    if (text) { part("said").hidden = true; part("problem").scrollIntoView({ block: "center" }); part("problem").focus(); }
  };

  // --- Photos and voices ---------------------------------------------------------------------------------------------
  const fileName = (files, file) => {
    const alike = files.filter((one) => one.kind === file.kind);
    return say(file.kind, { n: alike.indexOf(file) + 1 });
  };
  const showFiles = () => {
    const list = part("media");
    list.replaceChildren(...draft.files.map((file) => {
      const row = made("li"), off = made("button", say("take_off"), "button second");
      row.append(made("span", fileName(draft.files, file)));
      Box.file(file.id).then((bytes) => {
        if (!bytes) return;
        if (file.kind === "photo") {
          const picture = made("img"), reader = new FileReader();
          picture.alt = "";
          reader.onload = () => { picture.src = reader.result; };
          reader.readAsDataURL(new Blob([bytes], { type: "image/jpeg" }));
          row.prepend(picture);
        } else {
          const sound = made("audio");
          sound.controls = true;
          sound.src = URL.createObjectURL(new Blob([bytes], { type: file.type || "audio/webm" }));
          row.prepend(sound);
        }
      }, () => null);
      off.type = "button";
      off.addEventListener("click", async () => {
        draft.files = draft.files.filter((one) => one !== file);
        showFiles();
        await keepChange();
        await Box.dropFile(file.id);
      });
      row.append(off);
      return row;
    }));
  };
  const addFile = async (kind, bytes, type) => {
    if (draft.files.length >= MOST) { part("media-status").textContent = say("many"); return; }
    const file = { id: uuid(), kind, size: bytes.byteLength, type, state: "waiting", why: "" };
    try { await Box.keepFile(file.id, bytes); } catch { noRoom(); return; }
    draft.files.push(file);
    showFiles();
    await keepChange();
  };
  part("photos").addEventListener("change", async ({ target }) => {
    part("media-status").textContent = "";
    for (const file of [...target.files]) {
      try { await addFile("photo", await Media.shrink(file), "image/jpeg"); }
      catch { part("media-status").textContent = say("not_picture"); }
    }
    target.value = "";
  });
  part("sounds").addEventListener("change", async ({ target }) => {
    for (const file of [...target.files]) {
      if (file.size > Media.VOICE_BYTES) part("media-status").textContent = say("heavy");
      else await addFile("voice", await file.arrayBuffer(), file.type);
    }
    target.value = "";
  });
  let stop = null;
  const voice = part("voice");
  const voiceIdle = () => { stop = null; voice.textContent = say("record"); voice.className = "button"; };
  voice.addEventListener("click", async () => {
    if (stop) { stop(); return; }
    try {
      voice.className = "button danger";
      voice.textContent = say("stop", { n: 0 });
      stop = await Media.record(async (bytes, type) => { voiceIdle(); if (bytes.byteLength) await addFile("voice", bytes, type); },
        (n) => { voice.textContent = say("stop", { n }); });
    } catch {
      voiceIdle();
      part("media-status").textContent = say("no_microphone");
    }
  });

  // --- The position --------------------------------------------------------------------------------------------------
  const where = made("button", "", "button second"), whereStatus = made("p");
  where.type = "button";
  whereStatus.setAttribute("role", "status");
  const showPosition = (name) => {
    where.textContent = say(draft?.position ? "position_remove" : "position_add");
    whereStatus.textContent = name ? say(`position_${name}`) : "";
  };
  where.addEventListener("click", () => {
    if (draft.position) { draft.position = null; showPosition(""); keepChange(); return; }
    showPosition("wait");
    const asked = draft;
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      if (draft?.id !== asked.id) return;  // that report has gone meanwhile
      draft.position = { lat: coords.latitude, lon: coords.longitude, acc: Math.round(coords.accuracy) };
      showPosition("done");
      keepChange();
    }, () => showPosition("failed"), { enableHighAccuracy: true, timeout: 60000, maximumAge: 60000 });
  });
  if (navigator.geolocation) part("position").append(where, whereStatus);

  // --- From the draft to what waits ------------------------------------------------------------------------------------
  // "Today" is worked out now: the report may leave in three days.
  const bodyOf = ({ id, values, files, position }) => {
    const { when, day, ...others } = values;
    const body = { id, sent: new Date().toISOString(), lang: language, ...others };
    if (when === "today") body.day = isoDay(0);
    if (when === "yesterday") body.day = isoDay(1);
    if (when === "week") Object.assign(body, { day: isoDay(0), within: "week" });
    if (day) Object.assign(body, { day, within: undefined });
    if (position) Object.assign(body, { lat: +position.lat.toFixed(5), lon: +position.lon.toFixed(5), acc: position.acc });
    if (files.length) body.files = files.length;
    return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== "" && value !== undefined));
  };
  const labelOf = (values) => {
    const kind = values.what ? form.querySelector(`[name="what"][value="${CSS.escape(values.what)}"]`) : null;
    return kind ? kind.labels[0].textContent.trim() : "";
  };
  const reportOf = (said) => {
    // A number of its own: should the same draft be sent from two tabs, they are two reports, and no word is lost.
    const { values, files } = said, id = uuid();
    return {
      id, at: new Date().toISOString(), label: labelOf(values), body: bodyOf({ ...said, id }), draft: structuredClone(said),
      code: "", arrived: "", refused: "", files: structuredClone(files), tries: 0, next: 0, why: "",
    };
  };
  const commit = async () => {
    await keep();
    if (gone || !draft) return;
    readForm();
    const { values, files } = draft;
    if (!values.what && !values.words.trim() && !values.where.trim() && !files.length) { problem(say("nothing")); return; }
    try { await Box.commit(reportOf(draft)); } catch { noRoom(); return; }
    [draft, seen, unsaved] = [blank(), null, false];
    form.reset();
    fillForm();
    problem("");
    await render();
    show("said", say("kept"));
    part("queue-title").scrollIntoView();
    askForSync();
    send(true);
  };
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (gone || !draft || committing) return;  // a second tap on the button is the same report
    committing = true;
    if (stop) stop();
    await commit().finally(() => { committing = false; });
  });
  form.addEventListener("input", () => {
    part("said").hidden = true;
    touch();
    clearTimeout(typing);
    typing = setTimeout(keep, 250);
  });
  form.addEventListener("change", keepChange);
  addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") keep(); else catchUp().then(() => send()); });

  // --- What waits --------------------------------------------------------------------------------------------------------
  // On a narrow screen the code breaks in the middle and nowhere else.
  const grouped = (code) => code.replace(/(\d{4})(\d{4})(\d{4})(\d{4})/, "$1\u00a0$2 $3\u00a0$4");
  const stateOf = (report) => {
    if (report.refused) return "refused";
    if (sending?.sending === report.id) return "sending";
    return Sender.waits(report) ? "waiting" : "arrived";
  };
  const fileLine = (report, file) => {
    const name = fileName(report.files, file);
    if (file.state === "refused") return say("file_refused", { file: name, why: say(`file_${file.why}`) });
    if (file.state === "arrived") return say("file_arrived", { file: name });
    if (sending?.file === file.id) return say("file_sending", { file: name, share: Math.round(100 * sending.share) });
    return say("file_waits", { file: name });
  };
  const lines = (report, state) => {
    const all = [];
    if (report.refused) all.push(say("refused"), texts[`refused_${report.refused}`] ?? "");
    else if (!report.code) all.push(say(state === "sending" ? "sending" : "waits"));
    else all.push(say(state === "arrived" ? "all_arrived" : "text_arrived"));
    if (state === "waiting" && report.tries) {
      const soon = report.next > Date.now() ? say("next", { time: time(report.next) }) : "";
      all.push([report.why ? say(`why_${report.why}`) : "", say("tries", { n: report.tries }), soon].join(" "));
    }
    return [...all, ...report.files.map((file) => fileLine(report, file))].filter(Boolean);
  };
  const buttons = (report, state) => {
    const row = made("p", "", "actions"), off = made("button", say("remove"), "button second");
    off.type = "button";
    let sure = state === "arrived";
    off.addEventListener("click", async () => {
      if (!sure) { sure = true; off.textContent = say("remove_sure"); off.className = "button danger"; return; }
      await Box.remove(report);
      render();
    });
    if (state === "refused") {
      const change = made("button", say("change"), "button");
      change.type = "button";
      change.addEventListener("click", () => changeAgain(report));
      row.append(change);
    }
    row.append(off);
    return row;
  };
  const changeAgain = async (report) => {
    await keep();
    const again = { ...report.draft, id: uuid() };
    if (Object.values(draft.values).some((value) => value) || draft.files.length) { problem(say("refused")); return; }
    await Box.reopen(report, again);
    [draft, seen] = [again, structuredClone(again)];
    fillForm();
    render();
  };
  let drawn = "", drawing = Promise.resolve();
  // One after the other: an older reading must not be drawn over a newer one.
  const render = () => drawing = drawing.then(draw, draw);
  const draw = async () => {
    if (gone || await Box.ready() !== "open") return;
    const all = await Box.all();
    show("network", say(navigator.onLine ? "online" : "offline"));
    part("try").hidden = !all.some(Sender.waits);
    if (part("try").hidden) part("said").hidden = true;
    const rows = all.map((report) => ({ report, state: stateOf(report) }));
    const text = JSON.stringify(rows.map(({ report, state }) => [report.id, state, report.code, lines(report, state)]));
    if (text === drawn && part("queue").childElementCount) return;  // a button half pressed stays as it is
    drawn = text;
    part("queue").replaceChildren(...rows.map(({ report, state }) => {
      const row = made("li", "", state);
      row.dataset.state = state;
      row.append(made("p", [report.label, time(report.at)].filter(Boolean).join(" – ")));
      for (const line of lines(report, state)) row.append(made("p", line));
      if (report.code) row.append(made("p", grouped(report.code), "code"), made("p", say("code_hint"), "quiet"));
      if (state !== "sending") row.append(buttons(report, state));
      return row;
    }));
    if (!rows.length) part("queue").append(made("li", say("none")));
  };

  // --- Sending ---------------------------------------------------------------------------------------------------------
  // Without any network at all nothing is tried, so that nothing is called "being sent" that cannot be; unless somebody asks.
  const send = async (force = false, asked = false) => {
    clearTimeout(timer);
    if (gone) return;
    try { if (navigator.onLine || asked) await Sender.run(force); } catch { /* the next turn tries again */ }
    await render();
    if (gone) return;
    const wait = await Sender.due().catch(() => null);
    if (wait !== null) timer = setTimeout(() => send(), Math.min(Math.max(wait, navigator.onLine ? 0 : 30000), 15 * 60 * 1000));
  };
  const askForSync = async () => {
    const registration = await navigator.serviceWorker?.getRegistration("/report/");
    try { await registration?.sync?.register("passerelle-send"); } catch { /* this browser sends while the page is open */ }
  };
  Sender.listen((state) => { sending = state; render(); });
  addEventListener("online", () => send(true));
  addEventListener("offline", render);
  part("try").addEventListener("click", () => send(true, true));

  // --- PIN, erasing, leaving -----------------------------------------------------------------------------------------------
  Shell.protect(Box, "passerelle-send", keep, () => begin());
  Shell.eraseBy(Box, async () => {
    gone = true;
    clearTimeout(timer);
    clearTimeout(typing);
    await saving;
  }, () => {
    draft = null;
    form.reset();
    part("queue").replaceChildren();
    part("media").replaceChildren();
  });

  // --- Hearing the questions ---------------------------------------------------------------------------------------------
  const hear = part("hear");
  const showPrompts = async (chosenLanguage) => {
    for (const sound of document.querySelectorAll(".prompt")) {
      sound.hidden = sound.dataset.language !== chosenLanguage;
      if (!sound.hidden) caches.open("passerelle-prompts").then((cache) => cache.match(sound.src)
        .then((found) => found ?? cache.add(new Request(sound.src, { credentials: "omit" })))).catch(() => null);
    }
  };
  hear?.addEventListener("change", () => { showPrompts(hear.value); Box.setFact("hear", hear.value); });

  // --- Beginning ---------------------------------------------------------------------------------------------------------
  const begin = async () => {
    part("locked").hidden = true;
    seen = await Box.draft().catch(() => null);
    draft = seen ? structuredClone(seen) : blank();
    fillForm();
    voice.hidden = !Media.canRecord();
    voiceIdle();
    Shell.showProtection(Box);
    part("open").hidden = false;  // not before it is filled: that would go over what somebody quick has typed
    if (hear) { hear.value = await Box.fact("hear") ?? ""; showPrompts(hear.value); }
    await render();
    navigator.storage?.persist?.().catch(() => null);
    send(true);
  };
  Shell.start(Box, begin, "/report/sw.js", "/report/");
})();
