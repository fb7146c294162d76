// The picture of the graph: drawn once for each layout, then only states change. One stop of the Tab key; arrows go on.

import { at, h, mark, s, say } from "./dom.js";

const canvas = at("canvas");
let graph = { nodes: [], lines: [], bands: [], width: 0, height: 0 };
let boxes = new Map();
let neededBy = new Map();
let scale = null; // null: as it fits
let chosen = null;
let onChoose = () => {};

export const node = (id) => graph.nodes.find((each) => each.id === id);
export const above = (id) => neededBy.get(id) ?? [];
export const whenChosen = (callback) => (onChoose = callback);

const MARKS = {
  open: "●", opening: "◔", closing: "◕", failed: "✕", unhealthy: "✕", degraded: "▲", "not open": "○", plain: "",
};

function drawBox(each) {
  const { x, y, width, height } = each;
  const box = s(
    "g",
    {
      class: "box", role: "button", tabindex: -1, "aria-pressed": "false", "data-id": each.id, "data-kind": each.kind,
      "data-state": "plain", "data-many": "no", transform: `translate(${x} ${y})`,
    },
    s("path", { class: "ring", d: each.ring }),
    s("path", { class: "face", d: each.outline }),
    s("text", { class: "label", x: each.text_x, y: each.detail ? height / 2 - 2 : height / 2 + 4.5, "aria-hidden": "true" }, each.short),
    each.detail ? s("text", { class: "detail", x: each.text_x, y: height / 2 + 13, "aria-hidden": "true" }, each.detail) : null,
    s("circle", { class: "badge marked", cx: 16, cy: 1, r: 8 }),
    s("text", { class: "mark", x: 16, y: 5, "aria-hidden": "true" }),
    each.async ? s("circle", { class: "badge", cx: width - 17, cy: 1, r: 8 }) : null,
    each.async ? s("path", { class: "async", d: `M${width - 22} 1.5q2.5 -5 5 0t5 0` }) : null,
    s("rect", { class: "badge many", x: width - 33, y: height - 6, width: 26, height: 16, rx: 8 }),
    s("text", { class: "count many", x: width - 20, y: height + 6, "aria-hidden": "true" }),
    s("title", {}, each.label),
  );
  box.addEventListener("click", () => choose(each.id));
  box.addEventListener("focus", () => stop(each.id));
  return box;
}

export function drawGraph(data) {
  graph = data;
  boxes = new Map();
  neededBy = new Map();
  for (const each of graph.nodes) {
    for (const id of each.needs) neededBy.set(id, [...(neededBy.get(id) ?? []), each.id]);
  }
  const bands = graph.bands.map((band) =>
    s(
      "g", {},
      s("rect", { class: "band", x: band.x, y: 8, width: band.width, height: graph.height - 16, rx: 12 }),
      s("text", { class: "band-name", x: band.x + 14, y: 31 }, band.name),
      s("text", { class: "band-note", x: band.x + 14, y: 48 }, band.note),
    ));
  const lines = graph.lines.flatMap((line) => {
    const to = node(line.to);
    const [x, way] = line.back ? [to.x + to.width + 1, 9] : [to.x - 1, -9];
    const kind = `${line.wrong ? " wrong" : ""}${line.asked ? " asked" : ""}`;
    const ends = { "data-from": line.from, "data-to": line.to };
    return [
      s("path", { class: `wire${kind}`, d: line.path, ...ends }),
      s("path", { class: `wire head${kind}`, d: `M${x} ${line.ends_at}l${way} -4v8z`, ...ends }),
    ];
  });
  const drawn = graph.nodes.map((each) => {
    const box = drawBox(each);
    boxes.set(each.id, box);
    return box;
  });
  const svg = s(
    "svg",
    { viewBox: `0 0 ${graph.width} ${graph.height}`, role: "group", "aria-label": `Graph of ${graph.nodes.length} keys` },
    s("g", { "aria-hidden": "true" }, bands, lines),
    drawn,
  );
  const why = graph.error ? `The graph cannot be drawn: ${graph.error}` : "Nothing is bound.";
  canvas.replaceChildren(graph.nodes.length ? svg : h("p", { class: "notice none" }, why));
  if (graph.nodes.length) stop(boxes.has(chosen) ? chosen : graph.nodes[0].id);
  resize();
  if (chosen !== null) choose(boxes.has(chosen) ? chosen : null);
}

export function resize() {
  const svg = canvas.querySelector("svg");
  if (!svg) return;
  const fit = Math.min(1.15, Math.max(0.62, (canvas.clientWidth - 2) / graph.width));
  const now = scale ?? fit;
  svg.setAttribute("width", Math.round(graph.width * now));
  svg.setAttribute("height", Math.round(graph.height * now));
}

export function zoom(by) {
  const svg = canvas.querySelector("svg");
  if (!svg) return;
  scale = by === null ? null : Math.min(2, Math.max(0.25, (Number(svg.getAttribute("width")) / graph.width) * by));
  resize();
}

function wordsOf(each, now) {
  const words = [each.label, now.word];
  if (now.n > 1) words.push(`${now.n} open`);
  if (each.async) words.push("asynchronous");
  if (each.level) words.push(`has ${each.level}s`);
  return words.filter(Boolean).join(", ");
}

// What state a box shows, of all that is known of it.
export function shownState(each, now) {
  if (now?.state === "failed") return "failed";
  if (now?.health === "unhealthy" || now?.health === "degraded") return now.health;
  if (each.kind !== "resource") return "plain";
  return now?.state ?? "not open";
}

export function colour(status) {
  for (const each of graph.nodes) {
    const box = boxes.get(each.id);
    const now = status.nodes[each.id];
    const word = shownState(each, now);
    const n = now?.n ?? 0;
    mark(box, "data-state", word);
    const sign = each.level && word === "plain" ? "!" : MARKS[word] ?? "";
    say(box.querySelector(".mark"), sign);
    mark(box.querySelector(".marked"), "visibility", sign ? null : "hidden");
    mark(box, "data-many", n > 1 ? "yes" : "no");
    say(box.querySelector(".count"), n > 999 ? "…" : n > 1 ? String(n) : "");
    mark(box, "aria-label", wordsOf(each, { word: word === "plain" ? each.kind : word, n }));
  }
}

function stop(id) {
  for (const [each, box] of boxes) mark(box, "tabindex", each === id ? 0 : -1);
}

export function choose(id, { focus = false } = {}) {
  chosen = id;
  for (const [each, box] of boxes) mark(box, "aria-pressed", each === id);
  mark(canvas, "data-chosen", id !== null && boxes.has(id) ? "" : null);
  for (const wire of canvas.querySelectorAll(".wire")) {
    wire.classList.toggle("near", wire.dataset.from === id || wire.dataset.to === id);
  }
  if (id !== null && boxes.has(id)) {
    stop(id);
    if (focus) {
      boxes.get(id).focus();
      boxes.get(id).scrollIntoView({ block: "nearest", inline: "nearest" });
    }
  }
  onChoose(id);
}

export const focusOn = (id) => boxes.get(id)?.focus();

// The next box in a direction: what is needed lies to the right.
function beside(id, key) {
  const from = node(id);
  const middle = (each) => [each.x + each.width / 2, each.y + each.height / 2];
  const [x, y] = middle(from);
  let best = null;
  let least = Infinity;
  for (const each of graph.nodes) {
    const [u, v] = middle(each);
    const [along, across] = { ArrowRight: [u - x, v - y], ArrowLeft: [x - u, v - y], ArrowDown: [v - y, u - x], ArrowUp: [y - v, u - x] }[key];
    if (each.id === id || along < 8) continue;
    const joined = from.needs.includes(each.id) || each.needs.includes(id);
    const far = along + Math.abs(across) * 2 - (joined && key.match(/Left|Right/) ? 1e4 : 0);
    if (far < least) [best, least] = [each.id, far];
  }
  return best;
}

canvas.addEventListener("keydown", (event) => {
  const box = event.target.closest(".box");
  if (!box) return;
  const id = box.dataset.id;
  let next = null;
  if (event.key.startsWith("Arrow")) next = beside(id, event.key);
  else if (event.key === "Home") next = graph.nodes[0].id;
  else if (event.key === "End") next = graph.nodes.at(-1).id;
  else if (event.key === "Enter" || event.key === " ") choose(id);
  else if (event.key === "Escape") choose(null);
  else return;
  event.preventDefault();
  if (next !== null) {
    stop(next);
    boxes.get(next).focus();
    boxes.get(next).scrollIntoView({ block: "nearest", inline: "nearest" });
  }
});

new ResizeObserver(resize).observe(canvas);
