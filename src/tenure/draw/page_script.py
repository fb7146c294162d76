"""What the page around a drawing does: search, zoom, the neighbourhood of what is chosen, all of it by keyboard too."""

SCRIPT = r"""
"use strict";
(() => {
  const facts = JSON.parse(document.getElementById("facts").textContent);
  const byId = (id) => document.getElementById(id);
  const drawing = byId("drawing"), svg = drawing.querySelector("svg");
  const search = byId("search"), list = byId("list"), details = byId("details"), depth = byId("depth");
  const size = svg.getAttribute("viewBox").split(" ").map(Number).slice(2);
  const nodes = new Map([...svg.querySelectorAll(".node[data-id]")].map((g) => [g.dataset.id, g]));
  const links = [...svg.querySelectorAll(".link[data-source]")];
  let chosen = null, view = { x: 0, y: 0, scale: 1 };

  svg.setAttribute("preserveAspectRatio", "xMinYMin meet");
  const show = () => {
    const box = drawing.getBoundingClientRect();
    svg.setAttribute("viewBox", [view.x, view.y, box.width / view.scale, box.height / view.scale].join(" "));
  };
  const keep = () => {  // a part of the drawing stays on the screen
    const box = drawing.getBoundingClientRect(), room = 80 / view.scale;
    view.x = Math.min(Math.max(view.x, room - box.width / view.scale), size[0] - room);
    view.y = Math.min(Math.max(view.y, room - box.height / view.scale), size[1] - room);
    show();
  };
  const zoom = (factor, x, y) => {
    const box = drawing.getBoundingClientRect();
    const px = x === undefined ? box.width / 2 : x - box.left, py = y === undefined ? box.height / 2 : y - box.top;
    const scale = Math.min(Math.max(view.scale * factor, 0.05), 6);
    view.x += px / view.scale - px / scale;
    view.y += py / view.scale - py / scale;
    view.scale = scale;
    keep();
  };
  const fit = (least) => {
    const box = drawing.getBoundingClientRect();
    view.scale = Math.max(Math.min(box.width / size[0], box.height / size[1], 1.5), least);
    view.x = Math.min((size[0] - box.width / view.scale) / 2, 0);
    view.y = Math.min((size[1] - box.height / view.scale) / 2, 0);
    show();
  };
  const middle = (id) => {
    const box = nodes.get(id).querySelector(".box").getBBox();
    return [box.x + box.width / 2, box.y + box.height / 2 + 30];
  };
  const bring = (id) => {
    const [x, y] = middle(id), box = drawing.getBoundingClientRect();
    const left = (x - view.x) * view.scale, top = (y - view.y) * view.scale;
    const seen = left > 90 && left < box.width - 90 && top > 40 && top < box.height - 40;
    if (seen && view.scale > 0.5) return;
    view.scale = Math.max(view.scale, 0.8);
    view.x = x - box.width / view.scale / 2;
    view.y = y - box.height / view.scale / 2;
    keep();
  };

  const ring = (id, from, to) => {
    const most = depth.value === "all" ? Infinity : Number(depth.value), found = new Set([id]);
    let edge = [id];
    for (let n = 0; n < most && edge.length; n++) {
      edge = facts.links.filter((l) => edge.includes(l[from]) && !found.has(l[to])).map((l) => l[to]);
      edge.forEach((each) => found.add(each));
    }
    return found;
  };
  const mark = () => {
    const below = chosen && ring(chosen, 0, 1), above = chosen && ring(chosen, 1, 0);
    for (const [id, g] of nodes) {
      g.classList.toggle("chosen", id === chosen);
      g.classList.toggle("far", !!chosen && !below.has(id) && !above.has(id));
    }
    for (const g of links) {
      const a = g.dataset.source, b = g.dataset.target;
      const near = !!chosen && ((below.has(a) && below.has(b)) || (above.has(a) && above.has(b)));
      g.classList.toggle("near", near);
      g.classList.toggle("far", !!chosen && !near);
    }
  };
  const make = (name, text, parent) => {
    const found = document.createElement(name);
    if (text !== undefined) found.textContent = text;
    if (parent) parent.append(found);
    return found;
  };
  const row = (id, note, parent) => {
    const node = facts.nodes[id], button = make("button", undefined, make("li", undefined, parent));
    button.type = "button";
    button.dataset.id = id;
    make("span", node.label, button);
    make("small", "  " + note, button);
    if (node.level) make("small", "  " + node.level, button).className = "bad";
    button.addEventListener("click", () => choose(id, true));
  };
  const tell = () => {
    details.replaceChildren();
    if (!chosen) return;
    const node = facts.nodes[chosen];
    make("h3", node.label, details);
    const table = make("dl", undefined, details);
    for (const [word, said] of node.facts) {
      make("dt", word, table);
      make("dd", said, table).className = word === "error" || word === "warning" ? "bad" : "";
    }
    for (const [word, from, to] of [["needs", 0, 1], ["is needed by", 1, 0]]) {
      const found = facts.links.filter((l) => l[from] === chosen);
      if (!found.length) continue;
      make("h2", word, details);
      const items = make("ul", undefined, details);
      for (const l of found) row(l[to], l[2].join(", ") || "when it runs", items);
    }
  };
  const choose = (id, move) => {
    chosen = id;
    mark();
    tell();
    if (id && move) bring(id);
    if (id) details.parentElement.scrollTop = 0;
    history.replaceState(null, "", id ? "#" + encodeURIComponent(facts.nodes[id].label) : location.pathname);
  };

  const matches = () => {
    const word = search.value.trim().toLowerCase();
    return Object.keys(facts.nodes).filter((id) => {
      const node = facts.nodes[id];
      return [node.label, node.kind, node.group, node.level].some((said) => said.toLowerCase().includes(word));
    });
  };
  const fill = () => {
    list.replaceChildren();
    for (const id of matches()) row(id, facts.nodes[id].kind + ", " + facts.nodes[id].group, list);
    if (!list.children.length) make("li", "nothing is called so", list);
  };
  const step = (dx, dy) => {  // to the nearest node in a direction
    if (!chosen) return choose(matches()[0] || null, true);
    const [x, y] = middle(chosen);
    let best = null, least = Infinity;
    for (const id of nodes.keys()) {
      const [ox, oy] = middle(id), along = (ox - x) * dx + (oy - y) * dy;
      const aside = Math.abs((ox - x) * dy) + Math.abs((oy - y) * dx);
      if (id !== chosen && along > 1 && along + 2 * aside < least) [best, least] = [id, along + 2 * aside];
    }
    if (best) choose(best, true);
  };

  search.addEventListener("input", fill);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && matches().length) { choose(matches()[0], true); drawing.focus(); }
  });
  depth.addEventListener("change", mark);
  byId("in").addEventListener("click", () => zoom(1.25));
  byId("out").addEventListener("click", () => zoom(0.8));
  byId("fit").addEventListener("click", () => fit(0));
  byId("one").addEventListener("click", () => zoom(1 / view.scale));

  drawing.addEventListener("wheel", (event) => {
    event.preventDefault();
    zoom(Math.exp(-event.deltaY / (event.deltaMode ? 20 : 500)), event.clientX, event.clientY);
  }, { passive: false });
  const held = new Map();
  let moved = 0;
  drawing.addEventListener("pointerdown", (event) => {
    if (!held.size) moved = 0;
    held.set(event.pointerId, event);
  });
  drawing.addEventListener("pointermove", (event) => {
    const before = held.get(event.pointerId);
    if (!before) return;
    const dx = event.clientX - before.clientX, dy = event.clientY - before.clientY;
    moved += Math.abs(dx) + Math.abs(dy);
    if (moved > 4 && !drawing.hasPointerCapture(event.pointerId)) drawing.setPointerCapture(event.pointerId);
    drawing.classList.toggle("held", moved > 4);
    if (held.size === 2) {
      const other = [...held.values()].find((each) => each.pointerId !== event.pointerId);
      const apart = (one) => Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY) || 1;
      zoom(apart(event) / apart(before), (event.clientX + other.clientX) / 2, (event.clientY + other.clientY) / 2);
    }
    view.x -= dx / view.scale / held.size;
    view.y -= dy / view.scale / held.size;
    held.set(event.pointerId, event);
    keep();
  });
  for (const end of ["pointerup", "pointercancel"]) {
    drawing.addEventListener(end, (event) => { held.delete(event.pointerId); drawing.classList.remove("held"); });
  }
  drawing.addEventListener("click", (event) => {
    const node = event.target.closest(".node[data-id]");
    if (moved <= 4) choose(node ? node.dataset.id : null, false);
  });

  document.addEventListener("keydown", (event) => {
    const typing = event.target.matches("input, select");
    if (event.key === "Escape") {
      if (search.value) { search.value = ""; fill(); } else choose(null, false);
      return;
    }
    if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
    const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    const does = { "/": () => search.focus(), "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8),
      "0": () => fit(0), "1": () => zoom(1 / view.scale) };
    if (steps[event.key] && event.target === drawing) does[event.key] = () => step(...steps[event.key]);
    if (event.key === "Enter" && event.target === drawing) does.Enter = () => chosen ? bring(chosen) : step(1, 0);
    if (does[event.key]) { event.preventDefault(); does[event.key](); }
  });
  new ResizeObserver(show).observe(drawing);
  fill();
  fit(0.55);
  const arrive = () => {
    const wanted = decodeURIComponent(location.hash.slice(1));
    const found = Object.keys(facts.nodes).find((id) => facts.nodes[id].label === wanted);
    if (found && found !== chosen) choose(found, true);
  };
  window.addEventListener("hashchange", arrive);
  arrive();
})();
"""
