// The map that moves: points put together on the server, the list beside it in step, the view in the address.
// Without this script the page has the same numbers as a drawing, a table and a list.
"use strict";
(() => {
  const box = document.getElementById("map");
  if (!box || !window.L) return;
  const words = box.dataset;
  const still = document.getElementById("still");
  const moving = document.getElementById("moving");
  const status = document.getElementById("list-count");
  const form = document.getElementById("narrow");
  moving.hidden = false;
  still.hidden = true;

  // --- Points or shades ------------------------------------------------------------------------------------------
  const choice = document.createElement("div");
  choice.className = "switch";
  const press = (label, shown) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button second small";
    button.textContent = label;
    button.addEventListener("click", () => show(shown));
    choice.append(button);
    return button;
  };
  const points = press(words.points, true);
  const shades = press(words.shades, false);
  const show = (asPoints) => {
    moving.hidden = !asPoints;
    still.hidden = asPoints;
    points.setAttribute("aria-pressed", String(asPoints));
    shades.setAttribute("aria-pressed", String(!asPoints));
    if (asPoints) map.invalidateSize();
  };
  moving.before(choice);

  // --- The map ---------------------------------------------------------------------------------------------------
  const map = L.map(box, { attributionControl: false, zoomControl: false, zoomSnap: 0.5, minZoom: 4, maxZoom: 11, maxBounds: [[6, -18], [29, 10]] });
  box.setAttribute("role", "region");
  box.setAttribute("aria-label", words.label);
  L.control.zoom({ zoomInTitle: words.closer, zoomOutTitle: words.farther }).addTo(map);
  L.control.scale({ imperial: false }).addTo(map);
  const layer = L.layerGroup().addTo(map);

  const [west, south, east, north] = words.bounds.split(",").map(Number);
  const at = (new URLSearchParams(location.search).get("at") || "").split(",").map(Number);
  if (at.length === 3 && at.every(Number.isFinite)) map.setView([at[0], at[1]], at[2]);
  else map.fitBounds([[south, west], [north, east]]);

  fetch(words.outlines)
    .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
    .then((land) => L.geoJSON(land, { interactive: false, style: (part) => ({ className: part.properties.layer }) }).addTo(map))
    .catch(() => {});

  // --- The view in the address, kept by the filters and by the links to the list ---------------------------------
  const remember = () => {
    const centre = map.getCenter();
    const view = [centre.lat.toFixed(3), centre.lng.toFixed(3), map.getZoom()].join(",");
    const query = new URLSearchParams(location.search);
    query.set("at", view);
    history.replaceState(null, "", `?${query}`);
    let field = form.elements.at;
    if (!field) {
      field = document.createElement("input");
      field.type = "hidden";
      field.name = "at";
      form.append(field);
    }
    field.value = view;
  };
  // Another area is another part of the map: the view of before would hide it.
  if (form && form.elements.area) {
    form.elements.area.addEventListener("change", () => form.elements.at && form.elements.at.remove());
  }

  // --- Points and list -------------------------------------------------------------------------------------------
  const link = (one) => {
    const anchor = document.createElement("a");
    anchor.href = `/orgs/${encodeURIComponent(one.slug)}/`;
    anchor.textContent = one.name;
    return anchor;
  };
  const popup = (cluster) => {
    const content = document.createElement("div");
    if (!cluster.who.length) {
      content.textContent = `${words.here.replace("{n}", cluster.n)}. ${words.more}`;
      return content;
    }
    const names = document.createElement("ul");
    cluster.who.forEach((one) => {
      const item = document.createElement("li");
      item.append(link(one));
      names.append(item);
    });
    content.append(names);
    return content;
  };
  const marker = (cluster) => {
    const size = Math.round(44 + Math.min(28, 8 * Math.log10(cluster.n)));
    const label = cluster.n === 1 && cluster.who.length ? cluster.who[0].name : words.here.replace("{n}", cluster.n);
    const face = document.createElement("span");
    face.textContent = cluster.n;
    const icon = L.divIcon({ className: "cluster", html: face, iconSize: [size, size] });
    const made = L.marker([cluster.lat, cluster.lon], { icon, keyboard: true, title: label });
    made.on("add", () => made.getElement().setAttribute("aria-label", label));
    if (cluster.who.length || cluster.together || map.getZoom() >= map.getMaxZoom()) made.bindPopup(popup(cluster));
    else made.on("click keypress", () => map.setView(made.getLatLng(), map.getZoom() + 2));
    return made;
  };
  const list = (found) => {
    const old = document.getElementById("queue");
    const rows = document.createElement("ol");
    rows.className = "rows";
    rows.id = "queue";
    found.list.forEach((one) => {
      const item = document.createElement("li");
      const title = document.createElement("h3");
      const kind = document.createElement("p");
      title.append(link(one));
      kind.className = "quiet";
      kind.textContent = one.kind;
      item.append(title, kind);
      rows.append(item);
    });
    old.replaceWith(rows);
    const said = found.total === 0 ? words.none : found.total === 1 ? words.one : words.many;
    status.textContent = said.replace("{n}", found.total);
  };

  let asking = null;
  const ask = () => {
    if (asking) asking.abort();
    asking = new AbortController();
    const seen = map.getBounds();
    const bbox = [seen.getWest(), seen.getSouth(), seen.getEast(), seen.getNorth()].map((edge) => edge.toFixed(4)).join(",");
    const query = new URLSearchParams(words.query);
    query.set("bbox", bbox);
    query.set("zoom", map.getZoom());
    fetch(`${words.clusters}?${query}`, { signal: asking.signal, headers: { accept: "application/json" } })
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
      .then((found) => {
        layer.clearLayers();
        found.clusters.forEach((cluster) => marker(cluster).addTo(layer));
        list(found);
        box.dataset.ready = "yes";
      })
      .catch((error) => {
        if (error && error.name === "AbortError") return;
        status.textContent = words.broken;
      });
  };
  let waiting = 0;
  map.on("moveend", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      remember();
      ask();
    }, 150);
  });
  show(true);
  ask();
})();
