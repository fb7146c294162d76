// Joins the stream and the parts of the page.

import { announce, compare } from "./announce.js";
import { at, changed, h, mark, say, setClock, state, tick } from "./dom.js";
import { tell } from "./details.js";
import { choose, colour, drawGraph, whenChosen, zoom } from "./graph.js";
import * as panels from "./panels.js";
import { listen } from "./stream.js";
import { list } from "./tables.js";
import { drawTimelines } from "./waterfall.js";

let graph = null;
let status = null;
let chosen = null;

function refresh() {
  if (!status) return;
  if (graph) {
    colour(status);
    list(graph.nodes, status);
    tell(chosen, status);
    compare(graph.nodes, status);
  }
  for (const part of [panels.tiles, panels.pools, panels.scopes, panels.errors, panels.health, panels.footer]) part(status);
  const sick = panels.sick(status.health) || Object.values(status.nodes).some((now) => now.state === "failed");
  document.title = `${sick ? "✕ " : ""}${at("title").textContent} · Tenure`;
}

const LINKS = {
  live: "live", connecting: "connecting", lost: "no answer; trying again", paused: "paused", stopping: "the server stops", full: "too many look",
};
let link = "connecting";
function onLink(word) {
  if (word === link) return;
  if (word === "lost" || (word === "live" && link === "lost")) announce(word === "lost" ? "The server does not answer" : "The server answers again");
  link = word;
  mark(at("link"), "data-link", word);
  say(at("link-text"), LINKS[word]);
}

whenChosen((id) => {
  chosen = id;
  if (graph && status) tell(id, status);
});
for (const [id, by] of [["zoom-in", 1.25], ["zoom-out", 0.8], ["zoom-fit", null]]) at(id).addEventListener("click", () => zoom(by));
at("logout").hidden = document.body.dataset.token !== "yes";

at("legend").replaceChildren(
  ...["open", "opening", "closing", "failed", "degraded", "not open"].map((word) => h("li", {}, state(word))),
  h("li", {}, h("span", { class: "outline", "aria-hidden": "true" }), "resource"),
  h("li", {}, h("span", { class: "outline value", "aria-hidden": "true" }), "plain value"),
  h("li", {}, "∿ asynchronous"),
);

// Which part of the page is seen, in the list of its parts.
const links = new Map([...document.querySelectorAll(".places a")].map((each) => [each.hash.slice(1), each]));
const seen = new Map();
const watching = new IntersectionObserver((entries) => {
  for (const entry of entries) seen.set(entry.target.id, entry.isIntersecting);
  const first = [...links.keys()].find((id) => seen.get(id));
  for (const [id, each] of links) mark(each, "aria-current", id === first ? "true" : null);
}, { rootMargin: "-110px 0px -45% 0px" });
for (const [id, each] of links) {
  watching.observe(at(id));
  // `base` makes a bare #name lead to another page where the dashboard is mounted without a slash at the end.
  each.addEventListener("click", (event) => {
    event.preventDefault();
    at(id).scrollIntoView();
    at(id).focus({ preventScroll: true });
  });
}
document.querySelector(".skip").addEventListener("click", (event) => {
  event.preventDefault();
  at("main").focus();
});

listen("events", {
  graph: (data) => {
    graph = data;
    if (changed(at("canvas"), data)) drawGraph(data);
    refresh();
  },
  status: (data) => {
    status = data;
    refresh();
  },
  timelines: drawTimelines,
  clock: (data) => setClock(data.now),
}, onLink);
setInterval(tick, 1000);
