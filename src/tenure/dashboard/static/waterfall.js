// Who opened (closed) when, for how long, waiting for whom; the critical path in a colour of its own, and in words.

import { at, changed, count, duration, h, say } from "./dom.js";

const WORDS = { start: "Start", close: "Close" };
let lines = [];
let which = "start";

export function drawTimelines(data) {
  lines = data;
  draw();
}

function draw() {
  const body = at("waterfall-body");
  const line = lines.find((each) => each.act === which) ?? lines[0];
  const choice = at("waterfall-choice");
  if (changed(choice, lines.map((each) => each.act).concat(which))) {
    choice.hidden = lines.length < 2;
    choice.replaceChildren(...lines.map((each) =>
      h("button", { type: "button", "aria-pressed": String(each.act === line?.act), onclick: () => pick(each.act) }, WORDS[each.act])));
  }
  if (!changed(body, line ?? null)) return;
  if (!line) {
    say(at("waterfall-hint"), "");
    body.replaceChildren(h("p", { class: "none" }, "No start was seen: the container began to start before the dashboard was made, or was never started as a whole."));
    return;
  }
  const path = line.spans.filter((span) => span.critical);
  say(at("waterfall-hint"), `${duration(line.elapsed_s)} in all, ${duration(line.critical_s)} of it on the critical path of ${path.length}` + (line.error ? `; ended by ${line.error}` : ""));
  body.replaceChildren(h(
    "table", { class: "fall" },
    h("caption", { class: "unseen" }, line.act === "start" ? "The start, resource by resource" : "The close, resource by resource"),
    h("colgroup", {}, h("col", { class: "what" }), h("col"), h("col", { class: "took" })),
    h("thead", {}, h("tr", {}, h("th", { scope: "col" }, "Resource"), h("th", { scope: "col" }, `0 to ${duration(line.elapsed_s)}`), h("th", { scope: "col", class: "number" }, "Took"))),
    h("tbody", {}, line.spans.map((span) => row(span, line.elapsed_s))),
  ), h("ul", { class: "legend", "aria-label": "What the bars mean" },
    h("li", {}, h("span", { class: "swatch critical" }), "on the critical path"),
    h("li", {}, h("span", { class: "swatch own" }), "others"),
    h("li", {}, h("span", { class: "swatch idle" }), "ready, but waits for its turn")),
  line.n_more ? h("p", { class: "fine" }, `and ${line.n_more} more`) : "");
}

function pick(act) {
  which = act;
  draw();
  at("waterfall-choice").querySelector('[aria-pressed="true"]').focus();
}

function row(span, whole) {
  const place = (element, began, took) => {
    element.style.left = `${Math.min(99.5, Math.max(0, (began / whole) * 100))}%`;
    element.style.width = `${Math.max(0, Math.min(100, (took / whole) * 100))}%`;
    return element;
  };
  const began = Math.max(0, span.began_s);
  const said = [`began after ${duration(began)}`];
  if (span.after.length) said.push(`waited for ${span.after.join(", ")}`);
  if (span.idle_s > whole / 200) said.push(`idle for ${duration(span.idle_s)}`);
  if (span.retries) said.push(count(span.retries, "retry", "retries"));
  if (span.critical) said.push("on the critical path");
  if (span.outcome !== "done") said.push(span.error ? `${span.outcome}: ${span.error}` : span.outcome);
  const text = said.join("; ");
  return h(
    "tr", { "data-critical": span.critical, "data-outcome": span.outcome, title: text },
    h("th", { scope: "row" }, h("span", { class: "what" }, span.label)),
    h("td", {}, h("div", { class: "track" },
      span.idle_s > whole / 200 ? place(h("i", { class: "idle" }), began - span.idle_s, span.idle_s) : "",
      place(h("i", { class: "own" }), began, span.elapsed_s)), h("span", { class: "unseen" }, text)),
    h("td", { class: "number" }, span.outcome === "done" ? duration(span.elapsed_s) : span.outcome),
  );
}
