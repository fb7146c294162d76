// What is told of the box that was chosen.

import { aged, at, changed, duration, h, say, state } from "./dom.js";
import { above, choose, focusOn, node, shownState } from "./graph.js";

const KINDS = { resource: "resource", value: "plain value", given: "given to its scope", function: "injected function", missing: "bound to nothing" };

const name = (id) => h("button", { type: "button", class: "name", onclick: () => choose(id, { focus: true }) }, node(id).label);
const names = (ids) => (ids.length ? h("div", { class: "names" }, ids.map(name)) : "nothing");

at("details-close").addEventListener("click", leave);
at("details").addEventListener("keydown", (event) => event.key === "Escape" && leave());

function leave() {
  const id = shown;
  choose(null);
  focusOn(id);
}

let shown = null;

export function tell(id, status) {
  shown = id;
  const each = id === null ? undefined : node(id);
  const now = each && status?.nodes[id];
  const body = at("details-body");
  if (!changed(body, [each, now, each && above(id)])) return;
  at("details").hidden = !each;
  if (!each) return;
  say(at("details-heading"), each.label);
  const rows = [["Kind", `${KINDS[each.kind] ?? each.kind}${each.async ? ", asynchronous" : ""}`]];
  const word = shownState(each, now);
  if (word !== "plain") rows.push(["State", state(word)]);
  if (now?.n > 1) rows.push(["Open", `${now.n} at a time`]);
  if (now?.since !== undefined) rows.push([now.state === "opening" ? "Opening for" : "Age", aged(now.since)]);
  if (now?.open_s) rows.push(["Opened in", duration(now.open_s)]);
  if (now?.waits_for) rows.push(["Waits for", now.waits_for.join(", ")]);
  if (now?.error) rows.push(["Failed by", now.error]);
  if (now?.health) rows.push(["Health", state(now.health)]);
  if (each.lifetime) rows.push(["Lifetime", each.lifetime]);
  if (each.made_by) rows.push(["Made by", h("code", {}, each.made_by)]);
  if (each.opens) rows.push(["Opened by", h("code", {}, each.opens)]);
  if (each.closes) rows.push(["Closed by", h("code", {}, each.closes)]);
  if (each.place) rows.push(["Written in", h("code", {}, each.place)]);
  rows.push(["Needs", names(each.needs)], ["Needed by", names(above(id))]);
  const focused = document.activeElement?.closest?.("#details-body") ? document.activeElement.textContent : null;
  body.replaceChildren(
    h("dl", {}, rows.flatMap(([term, told]) => [h("dt", {}, term), h("dd", {}, told)])),
    each.notes.length ? h("ul", { class: "notes", "aria-label": "Findings" }, each.notes.map(([level, text]) => h("li", { "data-level": level }, text))) : "",
  );
  if (focused) [...body.querySelectorAll("button")].find((button) => button.textContent === focused)?.focus();
}
