// The report form without this file works; with it, the phone's position can be added, and leaving leaves no trace
// in the list of pages of this tab.
const exit = document.querySelector(".exit");
if (exit) exit.addEventListener("click", (event) => { event.preventDefault(); location.replace(exit.href); });
const corner = document.getElementById("position");
if (corner && navigator.geolocation && isSecureContext) {
  const words = corner.dataset;
  const fill = (lat, lon, accuracy) => {
    const values = { lat, lon, accuracy };
    for (const name in values) document.getElementById("id_" + name).value = values[name];
  };
  const button = document.createElement("button");
  const status = document.createElement("p");
  button.type = "button";
  button.className = "button second";
  status.setAttribute("role", "status");
  const say = (added, text) => {
    button.textContent = added ? words.remove : words.add;
    status.textContent = text;
    corner.dataset.added = added ? "1" : "";
  };
  button.addEventListener("click", () => {
    if (corner.dataset.added) { fill("", "", ""); say(false, ""); return; }
    status.textContent = words.wait;
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => { fill(coords.latitude, coords.longitude, coords.accuracy); say(true, words.done); },
      () => say(false, words.failed),
      { enableHighAccuracy: true, timeout: 30000, maximumAge: 60000 });
  });
  corner.append(button, status);
  const before = document.getElementById("id_lat").value;
  say(before !== "", before === "" ? "" : words.done);
}
