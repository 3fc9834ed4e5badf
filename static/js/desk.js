// Keys for those who work through a long list: j next, k previous, o or Enter opens. Everything works without.
"use strict";
(() => {
  const rows = () => [...document.querySelectorAll("#queue > li")];
  let place = -1;
  const go = (step) => {
    const all = rows();
    if (!all.length) return;
    place = Math.max(0, Math.min(all.length - 1, place + step));
    const link = all[place].querySelector("a");
    link.focus();
    all[place].scrollIntoView({ block: "nearest" });
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    if (event.key === "j") go(1);
    else if (event.key === "k") go(-1);
    else if (event.key === "o" && place >= 0) rows()[place].querySelector("a").click();
  });
})();
