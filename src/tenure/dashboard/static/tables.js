// The table of resources: rows are kept, so that a focus and a selection stay while states change.

import { aged, at, changed, count, duration, h, say, state } from "./dom.js";
import { choose, shownState } from "./graph.js";

const COLUMNS = [
  ["Name", (row) => row.each.label.toLowerCase()],
  ["State", (row) => ORDER.indexOf(row.word)],
  ["Lifetime", (row) => row.each.lifetime],
  ["Age", (row) => (row.now?.since === undefined ? Infinity : -row.now.since), "number"],
  ["Opened in", (row) => row.now?.open_s ?? -1, "number"],
  ["Open", (row) => row.now?.n ?? 0, "number"],
];
const ORDER = ["failed", "unhealthy", "degraded", "opening", "closing", "open", "not open", "plain"];

let sorted = [1, 1]; // by which column, and which way
let rows = new Map();
let last = [[], { nodes: {} }];

const table = at("resources-table");
const heads = COLUMNS.map(([title, , kind], column) =>
  h("th", { scope: "col", class: kind }, h("button", { type: "button", onclick: () => sort(column) }, title)));
const body = h("tbody");
table.append(h("caption", { class: "unseen" }, "Resources and their states"), h("thead", {}, h("tr", {}, heads)), body);

function sort(column) {
  sorted = [column, sorted[0] === column ? -sorted[1] : 1];
  list(...last);
}

function filledRow(row, { each, now, word }) {
  if (!changed(row, [each.label, each.lifetime, now, word])) return;
  const opened = row.querySelector("button") ?? h("button", { type: "button", class: "name", onclick: () => show(each.id) });
  say(opened, each.label);
  const told = [
    state(word),
    each.lifetime,
    now?.since !== undefined ? aged(now.since) : "",
    duration(now?.open_s),
    now?.n ? String(now.n) : "",
  ];
  const cells = told.map((content, i) => h("td", { class: COLUMNS[i + 1][2] }, content));
  if (now?.error) cells[0].append(h("div", { class: "fine" }, now.error));
  if (now?.waits_for) cells[0].append(h("div", { class: "fine" }, `waits for ${now.waits_for.join(", ")}`));
  if (row.firstChild) {
    while (row.childNodes.length > 1) row.lastChild.remove();
    row.append(...cells);
  } else row.append(h("th", { scope: "row" }, opened), ...cells);
}

function show(id) {
  at("graph").scrollIntoView();
  choose(id, { focus: true });
}

export function list(nodes, status) {
  last = [nodes, status];
  const wanted = at("filter").value.trim().toLowerCase();
  const all = nodes.filter((each) => each.kind === "resource").map((each) => {
    const now = status.nodes[each.id];
    return { each, now, word: shownState(each, now) };
  });
  const found = all.filter((row) => `${row.each.label} ${row.word} ${row.each.lifetime}`.toLowerCase().includes(wanted));
  const [column, way] = sorted;
  const value = COLUMNS[column][1];
  found.sort((a, b) => (value(a) < value(b) ? -way : value(a) > value(b) ? way : 0));
  heads.forEach((head, i) => (i === column ? head.setAttribute("aria-sort", way > 0 ? "ascending" : "descending") : head.removeAttribute("aria-sort")));
  const known = rows;
  rows = new Map(found.map((row) => [row.each.id, known.get(row.each.id) ?? h("tr")]));
  for (const row of found) filledRow(rows.get(row.each.id), row);
  const order = [...rows.values()];
  const focus = document.activeElement;
  if (order.length !== body.childNodes.length || order.some((row, i) => row !== body.childNodes[i])) {
    body.replaceChildren(...order);
    if (body.contains(focus)) focus.focus();
  }
  say(at("resources-hint"), wanted ? `${found.length} of ${count(all.length, "resource")}` : count(all.length, "resource"));
}

at("filter").addEventListener("input", () => list(...last));
