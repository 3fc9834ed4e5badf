// Everything of a session once more before it goes, each part with a way back to its step. Optional parts stand here only
// where something was said of them.
"use strict";
const Review = (() => {
  const { part, say, made, dayInWords } = Shell, { form } = Form, MALI = "ML";
  const value = (name) => form.elements[name].value.trim();
  const label = (name) => form.elements[name].selectedOptions[0]?.textContent.trim() ?? "";
  const ticked = (name) => Ticks.labels(form.querySelector(`[data-ticks="${name}"]`));
  const place = () => [value("country") === MALI ? (value("area") ? label("area") : "") : label("country"), value("place_text")];
  const when = () => [dayInWords(value("held_on")), value("starts_at"), value("ends_at")];

  // [step, what, words, whether it is left out where it is empty]
  const rows = () => [
    ["what", "what", [value("title"), label("kind"), ...when()], false],
    ["what", "agenda", [value("agenda")], true],
    ["what", "led", ticked("facilitators"), true],
    ["where", "where", place(), false],
    ["where", "languages", ticked("spoken"), true],
    ["where", "interpreted", ticked("interpreted"), true],
    ["people", "people", [value("people") || "0", Form.sumWords()], false],
    ["people", "invited", ticked("invited"), true],
    ["people", "absent", ticked("absent"), true],
    ["issues", "issues", [...Form.issues().map((one) => one.words), value("minutes")], false],
    ["agreed", "agreed", value("agreements").split("\n"), false],
    ["agreed", "disagreed", value("disagreements").split("\n"), false],
    ["safety", "safety", [value("safety_note") ? say("review_note") : ""], false],
  ];
  const shown = ([step, name, words, mayMiss]) => {
    const said = words.filter(Boolean), title = say(`review_${name}`), change = made("button", say("review_change"), "button second");
    if (mayMiss && !said.length) return [];
    change.type = "button";
    change.setAttribute("aria-label", `${say("review_change")} – ${title}`);
    change.addEventListener("click", () => Form.go(step));
    const detail = made("dd");
    detail.append(...(said.length ? said : [say("review_empty")]).map((line) => made("p", line)), change);
    return [made("dt", title), detail];
  };
  Form.onReview(() => part("review").replaceChildren(...rows().flatMap(shown)));
})();
