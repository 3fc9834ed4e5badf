// What waits on this phone, what has arrived, and where two people wrote different things: said as it is.
"use strict";
const Queue = (() => {
  const { part, texts, say, made, show, time, dayInWords } = Shell;
  let sending = null, drawn = "", drawing = Promise.resolve(), act = {};

  const stateOf = (row) => {
    if (row.refused) return "refused";
    if (row.state) return row.state;
    return sending?.sending === row.id ? "sending" : "waiting";
  };
  const words = (row, state) => {
    if (state === "kept") return [say("kept_there")];
    if (state === "waits" && !act.isOthers(row)) return [say("differs")];
    if (act.isOthers(row)) return [say("why_other_person")];
    if (state === "refused") return [say("refused"), ...(texts[`refused_${row.refused}`] ? [say(`refused_${row.refused}`)] : []), ...Object.values(row.problems ?? {}).flat()];
    const all = [say(state === "sending" ? "sending" : "waits")];
    if (state === "waiting" && row.tries) {
      const soon = row.next > Date.now() ? say("next", { time: time(row.next) }) : "";
      all.push([row.why ? say(`why_${row.why}`) : "", say("tries", { n: row.tries }), soon].join(" "));
    }
    return all;
  };
  const versions = (row) => {
    const list = made("dl", "", "differs");
    for (const one of row.differs ?? []) {
      list.append(made("dt", one.label));
      for (const [name, text] of [["mine", one.mine], ["stands", one.stands]]) {
        const detail = made("dd");
        detail.append(made("strong", say(`differs_${name}`)), made("span", text || say("differs_nothing"), "words"));
        list.append(detail);
      }
    }
    return list;
  };
  const sessionLink = (row) => {
    const link = made("a", say("settle"), "button");
    link.href = say("session_address", { uid: row.uid });
    return link;
  };
  const button = (text, className, press) => {
    const one = made("button", text, className);
    one.type = "button";
    one.addEventListener("click", () => press(one));
    return one;
  };
  const buttons = (row, state) => {
    const line = made("p", "", "actions");
    if (state === "waits" && texts.session_address && !act.isOthers(row)) line.append(sessionLink(row));
    if (!act.isOthers(row) && (state === "refused" || state === "waiting")) line.append(button(say("change"), "button", () => act.change(row)));
    let sure = state === "kept" || state === "waits";
    line.append(button(say(sure ? "clear" : "remove"), "button second", (one) => {
      if (sure) { act.remove(row); return; }
      sure = true;
      one.textContent = say("remove_sure");
      one.className = "button danger";
    }));
    return line;
  };
  const draw = async () => {
    if (act.gone() || await Box.ready() !== "open") return;
    const all = await Box.all();
    show("network", say(navigator.onLine ? "online" : "offline"));
    part("try").hidden = !all.some(Sender.waits);
    const rows = all.map((row) => ({ row, state: stateOf(row) }));
    act.states(rows);
    const text = JSON.stringify(rows.map(({ row, state }) => [row.id, state, act.isOthers(row), words(row, state)]));
    if (text === drawn && part("queue").childElementCount) return;  // a button half pressed stays as it is
    drawn = text;
    part("queue").replaceChildren(...rows.map(({ row, state }) => {
      const item = made("li", "", state);
      item.dataset.state = state;
      const what = act.isOthers(row) ? say("others_session") : [row.label, dayInWords(row.day)].filter(Boolean).join(" – ");
      item.append(made("p", what, "what"));
      for (const line of words(row, state)) item.append(made("p", line));
      if (state === "waits" && !act.isOthers(row)) item.append(versions(row));
      if (state !== "sending") item.append(buttons(row, state));
      return item;
    }));
    if (!rows.length) part("queue").append(made("li", say("none")));
  };
  // One after the other: an older reading must not be drawn over a newer one.
  const render = () => drawing = drawing.then(draw, draw);
  Sender.listen((state) => { sending = state; render(); });
  return { render, begin: (acts) => { act = acts; }, isSending: (id) => sending?.sending === id };
})();
