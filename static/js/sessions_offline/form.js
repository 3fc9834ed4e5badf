// The form of a session on a phone: one screen a step. What the form does not show of a session goes through it unchanged.
"use strict";
const Form = (() => {
  const { part, say, made, isoDay } = Shell;
  const TEXTS = ["title", "kind", "state", "held_on", "country", "place_text", "minutes", "agenda"], HOURS = ["starts_at", "ends_at"];
  const LISTS = ["agreements", "disagreements"], TICKS = ["spoken", "interpreted", "invited", "absent"], MALI = "ML", UNKNOWN = "u", FILM = "screening";
  const STEP_OF = {
    country: "where", area: "where", place_text: "where", people: "people", spectators: "people", attendance: "people",
    invited: "people", absent: "people", spoken: "where", interpreted: "where", issues: "issues", minutes: "issues", agreements: "agreed",
    disagreements: "agreed", safety_note: "safety",
  };
  const form = part("session"), steps = [...form.querySelectorAll(".step")], names = steps.map((one) => one.dataset.step);
  let filled = {}, at = 0;

  const blank = () => ({ kind: "dialogue", state: "held", country: MALI, held_on: isoDay(0) });
  const field = (name) => form.elements[name], ticks = (name) => form.querySelector(`[data-ticks="${name}"]`);
  const count = (value) => Math.max(0, Math.trunc(Number(value) || 0));

  // --- People, a line a group ------------------------------------------------------------------------------------------
  const lines = () => [...part("lines").children];
  const addLine = (group) => {
    const line = part("line").content.firstElementChild.cloneNode(true);
    line.querySelector("select").value = group;
    line.querySelector("button").addEventListener("click", () => { line.remove(); changed(); });
    part("lines").append(line);
    return line;
  };
  const cell = (line, sex, age) => line.querySelector(`input[data-sex="${sex}"][data-age="${CSS.escape(age)}"]`);
  const fillLines = (attendance) => {
    part("lines").replaceChildren();
    const made = new Map();
    for (const one of attendance) {
      if (!made.has(one.group)) made.set(one.group, addLine(one.group));
      cell(made.get(one.group), one.sex, one.age_band).value = String(one.count);
    }
  };
  const readLines = () => {
    const cells = new Map();
    for (const line of lines()) {
      const group = line.querySelector("select").value;
      for (const input of line.querySelectorAll("input")) {
        const { sex, age } = input.dataset, key = [group, sex, age].join(" "), n = count(input.value);
        if (n) cells.set(key, { sex, age_band: age, group, count: (cells.get(key)?.count ?? 0) + n });
      }
    }
    return [...cells.values()];
  };
  const sumOf = (attendance) => attendance.reduce((sum, one) => sum + one.count, 0);
  const sumWords = () => {
    const all = count(field("people").value), n = sumOf(readLines()), values = { n, all, rest: Math.abs(all - n) };
    return say(n === 0 ? "sum_none" : n === all ? "sum_equal" : n < all ? "sum_less" : "sum_more", values);
  };
  const restUnknown = () => {
    const rest = count(field("people").value) - sumOf(readLines());
    if (rest <= 0) return;
    const line = lines().find((one) => one.querySelector("select").value === UNKNOWN) ?? addLine(UNKNOWN);
    const input = cell(line, UNKNOWN, UNKNOWN);
    input.value = String(count(input.value) + rest);
  };

  // --- Issues, a card each ---------------------------------------------------------------------------------------------
  const addIssue = (issue = { words: "", needs: [], themes: [] }) => {
    const card = part("issue").content.firstElementChild.cloneNode(true);
    card.querySelector("textarea").value = issue.words;
    card.before = issue;
    for (const holder of card.querySelectorAll("[data-tags]")) Ticks.fill(holder, issue[holder.dataset.tags]);
    card.querySelector("button").addEventListener("click", () => { card.remove(); changed(); });
    part("issues").append(card);
    return card;
  };
  const readIssues = () => [...part("issues").children].map((card) => ({
    words: card.querySelector("textarea").value.trim(),
    ...Object.fromEntries([...card.querySelectorAll("[data-tags]")].map((holder) =>
      [holder.dataset.tags, Ticks.read(holder, card.before[holder.dataset.tags])])),
  })).filter((one) => one.words);

  // --- The whole -------------------------------------------------------------------------------------------------------
  const fillArea = (said, areaName) => {
    const select = field("area"), known = [...select.options].some((one) => one.value === (said.area ?? ""));
    for (const one of select.querySelectorAll("[data-added]")) one.remove();
    if (!known) {  // a commune, or an area of an earlier division: it stays as it is unless somebody chooses another
      const option = made("option", areaName || said.area);
      option.value = said.area;
      option.dataset.added = "yes";
      select.append(option);
    }
    select.value = said.area ?? "";
  };
  const fill = (said, { areaName = "", note = "" } = {}) => {
    for (const name of TEXTS) field(name).value = said[name] ?? "";
    for (const name of HOURS) field(name).value = (said[name] ?? "").slice(0, 5);
    for (const name of ["people", "spectators"]) field(name).value = said[name] ? String(said[name]) : "";
    for (const name of LISTS) field(name).value = filled[name] = (said[name] ?? []).join("\n");
    for (const name of TICKS) Ticks.fill(ticks(name), said[name]);
    Ticks.fill(ticks("facilitators"), said.facilitators);
    field("led_by").value = said.led_by ? String(said.led_by) : "";
    field("safety_note").value = note;
    fillArea(said, areaName);
    fillLines(said.attendance ?? []);
    part("issues").replaceChildren();
    for (const one of said.issues ?? []) addIssue(one);
    openFolds();
    changed();
  };
  // The form's own fields, over what it was filled with.
  const read = (said) => {
    const now = { ...said };
    for (const name of TEXTS) now[name] = field(name).value;
    for (const name of HOURS) if (field(name).value !== (said[name] ?? "").slice(0, 5)) now[name] = field(name).value || null;
    now.area = now.country === MALI ? field("area").value : "";
    now.people = count(field("people").value);
    now.spectators = now.kind === FILM ? count(field("spectators").value) : 0;
    now.attendance = readLines();
    now.issues = readIssues();
    for (const name of LISTS) {
      const text = field(name).value;
      now[name] = text === filled[name] ? said[name] ?? [] : text.split("\n").map((line) => line.trim()).filter(Boolean);
    }
    for (const name of TICKS) now[name] = Ticks.read(ticks(name), said[name]);
    now.invited = [...new Set([...now.invited, ...now.absent])];  // whoever did not come was invited: one tick is enough
    now.facilitators = Ticks.read(ticks("facilitators"), said.facilitators).map(Number);
    if (field("led_by").value) now.led_by = Number(field("led_by").value);
    return now;
  };
  // Who can be ticked as having led it: the writer, and colleagues whose names lie on this phone.
  const people = ({ me, colleagues = [] }, chosen) => {
    const others = colleagues.filter((one) => one.id !== me), own = me ? [{ value: me, label: say("me") }] : [];
    Ticks.offer(ticks("facilitators"), [...own, ...others.map((one) => ({ value: one.id, label: one.name }))]);
    Ticks.fill(ticks("facilitators"), chosen);
    ticks("facilitators").hidden = !own.length && !others.length;
  };
  const organisations = (rows, chosen) => {
    const select = field("led_by"), first = select.options[0];
    select.replaceChildren(first, ...rows.map((one) => Object.assign(made("option", one.name), { value: String(one.id) })));
    part("led-by").hidden = rows.length < 2;
    select.value = chosen && rows.some((one) => one.id === chosen) ? String(chosen) : "";
  };

  const groupName = (group) => {
    const choices = part("line").content.querySelector("select").options;
    return [...choices].find((one) => one.value === group)?.textContent.trim() ?? group;
  };
  // Folds that hold something stand open; who led it is filled in for everybody and opens nothing.
  const openFolds = () => {
    for (const fold of form.querySelectorAll("details.more")) {
      fold.open = [...fold.querySelectorAll("input, textarea")].some((one) => !one.closest("[data-ticks=facilitators]") &&
        ( one.type === "checkbox" ? one.checked : one.value));
    }
  };

  // --- Steps -----------------------------------------------------------------------------------------------------------
  let review = () => null;
  const go = (step, focus = true) => {
    at = Math.max(0, names.indexOf(step));
    steps.forEach((one, place) => { one.hidden = place !== at; });
    part("back").hidden = at === 0;
    part("forward").hidden = at === steps.length - 1;
    part("finish").hidden = at !== steps.length - 1;
    part("where-am-i").textContent = say("step", { n: at + 1, all: steps.length });
    if (at === steps.length - 1) review();
    if (!focus) return;
    part("where-am-i").scrollIntoView({ block: "start" });
    steps[at].querySelector("h3").focus({ preventScroll: true });
  };
  const changed = () => {
    part("sum").textContent = sumWords();
    part("rest").hidden = !lines().length && !count(field("people").value) || count(field("people").value) <= sumOf(readLines());
    part("spectators").hidden = field("kind").value !== FILM;
    part("in-mali").hidden = field("country").value !== MALI;
  };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  part("add-line").addEventListener("click", () => { addLine(UNKNOWN).querySelector("select").focus(); changed(); });
  part("rest").addEventListener("click", () => {
    restUnknown();
    changed();
    part("rest").dispatchEvent(new Event("input", { bubbles: true }));
  });
  part("add-issue").addEventListener("click", () => { addIssue().querySelector("textarea").focus(); });
  part("back").addEventListener("click", () => { go(names[at - 1]); });
  part("forward").addEventListener("click", () => { go(names[at + 1]); });
  return { form, blank, fill, read, people, organisations, groupName, sumWords, issues: readIssues, go, step: () => names[at],
    stepOf: (name) => STEP_OF[name] ?? "what", onReview: (show) => { review = show; }, note: () => field("safety_note").value };
})();
