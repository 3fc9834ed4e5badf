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

  // Typing from paper: Enter goes on and saves nothing half written; arrows move among the numbers.
  const PARTS = ["title", "held_on", "people", "", "issues-0-words", "agreements", "disagreements", "minutes"];
  const firstCell = () => form.querySelector(".crowds > details[open] input") ?? form.querySelector(".crowds summary");
  const last = form.querySelector("[data-last]");
  const parts = () => [...PARTS.map((name) => (name ? form.elements[name] : firstCell())), last];
  const lies = (part, where, from) => from.compareDocumentPosition(part) & where;
  const nextPart = (from) => parts().find((part) => lies(part, Node.DOCUMENT_POSITION_FOLLOWING, from));
  const previousPart = (from) => parts().reverse().find((part) => lies(part, Node.DOCUMENT_POSITION_PRECEDING, from));
  const go = (input) => {
    input?.focus();
    if (input?.matches("input:not([type=date])")) input.select();
  };
  const below = (input, rows) => {
    const row = input.closest("tr"), column = [...row.cells].indexOf(input.closest("td"));
    const all = [...form.querySelectorAll(".crowds > details[open] tbody tr")];
    return all[all.indexOf(row) + rows]?.cells[column].querySelector("input");
  };
  const beside = (input, cells) => {
    const leaves = cells < 0 ? input.selectionStart === 0 : input.selectionEnd === input.value.length;
    const row = [...input.closest("tr").querySelectorAll("input")];
    return leaves ? row[row.indexOf(input) + cells] : undefined;
  };
  const after = (input) => {
    const open = cells().filter((one) => one.closest("details").open);
    const group = input.closest("details").nextElementSibling?.querySelector("summary");
    return open[open.indexOf(input) + 1] ?? group ?? nextPart(input);
  };
  const STEPS = {
    Enter: after,
    ArrowDown: (input) => below(input, 1),
    ArrowUp: (input) => below(input, -1),
    ArrowRight: (input) => beside(input, 1),
    ArrowLeft: (input) => beside(input, -1),
  };
  const PART_STEPS = { ArrowDown: nextPart, ArrowUp: previousPart };
  const stepOf = (event) => {
    if (event.ctrlKey || event.metaKey) return PART_STEPS[event.key];
    if (event.altKey || event.shiftKey) return undefined;
    if (event.target.closest(".crowd-input")) return STEPS[event.key];
    const isLine = event.target.matches("input:not([type=checkbox], [type=radio], [list])");
    return event.key === "Enter" && isLine ? nextPart : undefined;
  };
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      form.requestSubmit(last);
      return;
    }
    const next = stepOf(event)?.(event.target);
    if (!next) return;
    event.preventDefault();
    go(next);
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
    const line = all[all.length - 1].cloneNode(true);
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
