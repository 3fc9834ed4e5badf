// What cannot be true of a session, told while there is no network, at the field where it stands. The server has the last
// word (dialogues/checking.py): whatever it finds besides is shown at its field in the same way.
"use strict";
const Checks = (() => {
  const { part, say, made, isoDay } = Shell, { form } = Form, limits = JSON.parse(part("limits").textContent);
  const MALI = "ML", WOMEN = "f", HELD = "held";
  const sum = (cells) => cells.reduce((all, one) => all + one.count, 0);

  const when = (said) => {
    const { held_on: day, starts_at: from, ends_at: until } = said, found = [];
    if (!day) found.push(["held_on", say("need_day")]);
    else if (day < limits.earliest) found.push(["held_on", say("too_early", { year: limits.earliest.slice(0, 4) })]);
    else if (said.state === HELD && day > isoDay(0)) found.push(["held_on", say("need_past")]);
    else if (day > isoDay(-limits.days_ahead)) found.push(["held_on", say("too_far")]);
    if (from && until && until.slice(0, 5) <= from.slice(0, 5)) found.push(["ends_at", say("ends_first")]);
    return found;
  };
  const where = (said) => {
    if (said.country === MALI) return said.area ? [] : [["area", say("need_area")]];
    return said.place_text.trim() ? [] : [["place_text", say("need_place")]];
  };
  const people = (said) => {
    const found = [], most = limits.most_by_kind[said.kind] ?? limits.most_in_a_room, counted = sum(said.attendance);
    if (said.state === HELD && !said.people && !said.spectators) found.push(["people", say("need_people")]);
    if (said.people > most) found.push(["people", say("too_many", { n: said.people, most })]);
    if (said.spectators > limits.most_people) found.push(["spectators", say("too_many_spectators", { n: limits.most_people })]);
    const women = sum(said.attendance.filter((one) => one.sex === WOMEN));
    if (women > said.people) found.push(["attendance", say("more_women", { women, people: said.people })]);
    else if (counted && counted !== said.people) found.push(["attendance", Form.sumWords()]);
    const there = said.attendance.find((one) => said.absent.includes(one.group));
    if (there) found.push(["absent", say("absent_there", { group: Form.groupName(there.group) })]);
    return found;
  };
  // Every problem at once, as [field, words], in the order of the steps.
  const problems = (said) => [
    ...said.title.trim() ? [] : [["title", say("need_title")]], ...when(said), ...where(said), ...people(said),
  ];

  const unmark = (holder) => {
    holder.querySelector(".error")?.remove();
    for (const one of holder.querySelectorAll("[aria-invalid]")) { one.removeAttribute("aria-invalid"); one.removeAttribute("aria-describedby"); }
  };
  const clear = () => { for (const one of form.querySelectorAll("[data-field]")) unmark(one); };
  const mark = (found) => {
    clear();
    for (const [name, words] of found) {
      const holder = form.querySelector(`[data-field="${name}"]`);
      if (!holder) continue;
      const error = holder.querySelector(".error") ?? made("p", "", "error");
      error.id = `wrong-${name}`;
      error.textContent = [error.textContent, words].filter(Boolean).join(" ");
      holder.querySelector("label, legend, h4").after(error);
      const control = holder.querySelector("input, select, textarea");
      control?.setAttribute("aria-invalid", "true");
      control?.setAttribute("aria-describedby", error.id);
      for (let fold = holder.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    }
  };
  form.addEventListener("input", ({ target }) => { const holder = target.closest("[data-field]"); if (holder) unmark(holder); });
  return { problems, mark, clear };
})();
