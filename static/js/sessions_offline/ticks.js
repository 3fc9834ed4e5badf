// Choices to tick on the phone's form of a session. What has no box here (a retired word, somebody whose name does not lie on
// this phone) stays as it was.
"use strict";
const Ticks = (() => {
  const boxes = (holder) => [...holder.querySelectorAll("input[type=checkbox]")];
  const fill = (holder, chosen = []) => {
    const wanted = new Set(chosen.map(String));
    for (const box of boxes(holder)) box.checked = wanted.has(box.value);
  };
  const read = (holder, before = []) => {
    const all = boxes(holder), offered = new Set(all.map((box) => box.value));
    return [...all.filter((box) => box.checked).map((box) => box.value), ...before.filter((one) => !offered.has(String(one)))];
  };
  const labels = (holder) => boxes(holder).filter((box) => box.checked).map((box) => box.parentElement.textContent.trim());
  const offer = (holder, choices) => {
    for (const box of boxes(holder)) box.parentElement.remove();
    holder.append(...choices.map(({ value, label }) => {
      const line = Shell.made("label", ` ${label}`, "tick"), box = Shell.made("input");
      box.type = "checkbox";
      box.value = String(value);
      line.prepend(box);
      return line;
    }));
  };
  return { fill, read, labels, offer };
})();
