// What somebody who does not see the page is told: the changes that matter, a sentence at a time.

import { at, count, say } from "./dom.js";
import { shownState } from "./graph.js";

let before = null;
let words = [];
let timer = 0;

export function announce(text) {
  words.push(text);
  timer ||= setTimeout(() => {
    timer = 0;
    say(at("said"), words.length > 4 ? count(words.length, "change") : words.join(". "));
    words = [];
  }, 600);
}

export function compare(nodes, status) {
  const now = new Map(nodes.filter((each) => each.kind === "resource").map((each) => [each.label, shownState(each, status.nodes[each.id])]));
  if (before) {
    if (before.state !== status.state) announce(`The container is ${status.state}`);
    for (const [name, word] of now) {
      const was = before.now.get(name);
      if (was === undefined || was === word) continue;
      if (["failed", "unhealthy", "degraded"].includes(word)) announce(`${name} is ${word === "failed" ? "failing to open" : word}`);
      else if (["failed", "unhealthy", "degraded"].includes(was) && word === "open") announce(`${name} is well again`);
    }
  }
  before = { now, state: status.state };
}
