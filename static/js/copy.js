// One tap copies the text. Without a script, or where the browser forbids it, the text is selected by hand.
"use strict";
(() => {
  const button = document.querySelector("[data-copy]");
  if (!button || !navigator.clipboard) return;
  const text = document.getElementById(button.dataset.copy);
  const said = document.querySelector("[data-copied]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text.value);
      said.textContent = button.dataset.done;
    } catch {
      text.focus();
      text.select();
    }
  });
})();
