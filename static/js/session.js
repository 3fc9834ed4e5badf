// The form of a session works without this file; with it, the sum runs along and lines are added without a round trip.
"use strict";
(() => {
  const form = document.getElementById("session-form");
  if (!form) return;
  const said = document.getElementById("running-sum");
  const cells = () => [...form.querySelectorAll(".crowd-input input")];
  const number = (input) => (/^\d{1,7}$/.test(input.value.trim()) ? Number(input.value.trim()) : 0);
  const sum = (inputs) => inputs.reduce((total, input) => total + number(input), 0);
  const show = () => {
    const all = cells();
    const total = sum(all);
    const women = sum(all.filter((input) => input.name.includes("-f-")));
    said.hidden = total === 0;
    said.textContent = `${said.dataset.words} : ${total} (${said.dataset.women} : ${women})`;
    for (const group of form.querySelectorAll(".crowds > details")) {
      const count = sum([...group.querySelectorAll("input")]);
      group.querySelector("[data-count]").textContent = count || "";
    }
  };
  form.addEventListener("input", (event) => { if (event.target.closest(".crowd-input")) show(); });
  show();

  // Numbers are typed one after the other: Enter is the next one and saves nothing half written; arrows go up and down.
  const go = (input) => {
    if (!input) return;
    input.closest("details").open = true;
    input.focus();
    input.select();
  };
  const below = (input, rows) => {
    const row = input.closest("tr"), column = [...row.cells].indexOf(input.closest("td"));
    const all = [...row.parentElement.rows];
    return all[all.indexOf(row) + rows]?.cells[column].querySelector("input");
  };
  const after = (input) => {
    const open = cells().filter((one) => one.closest("details").open);
    return open[open.indexOf(input) + 1] ?? input.closest("details").nextElementSibling?.querySelector("summary");
  };
  const STEPS = { Enter: after, ArrowDown: (input) => below(input, 1), ArrowUp: (input) => below(input, -1) };
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(form.querySelector("[data-last]"));
      return;
    }
    const step = STEPS[event.key];
    if (!step || !event.target.closest(".crowd-input")) return;
    event.preventDefault();
    const next = step(event.target);
    if (next?.tagName === "SUMMARY") next.focus();
    else go(next);
  });
  document.getElementById("errors")?.focus();
  form.querySelector("[data-keys]").hidden = !matchMedia("(pointer: fine)").matches;

  const more = form.querySelector("[data-more]");
  const lines = form.querySelector("[data-lines]");
  const MOST = 60;
  more.addEventListener("click", (event) => {
    const all = lines.querySelectorAll("[data-line]");
    event.preventDefault();
    if (all.length >= MOST) return;
    const last = all[all.length - 1];
    const line = last.cloneNode(true);
    const before = all.length - 1;
    const renamed = (words) => words.replace(`issues-${before}`, `issues-${before + 1}`);
    for (const element of line.querySelectorAll("[name]")) element.name = renamed(element.name);
    const text = line.querySelector("textarea");
    const label = line.querySelector("label");
    text.id = renamed(text.id);
    text.value = "";
    label.htmlFor = text.id;
    label.textContent = label.textContent.replace(String(all.length), String(all.length + 1));
    for (const box of line.querySelectorAll("input")) box.checked = false;
    line.querySelector("details").open = false;
    lines.append(line);
    text.focus();
  });
})();
