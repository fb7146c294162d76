// The tiles, pools, scopes, errors and health.

import { age, aged, at, changed, count, duration, h, say, state } from "./dom.js";

const ACTS = {
  open: "failed to open", retry: "failed to open, is tried again", degrade: "failed to open, is done without",
  close: "failed to close", abandon: "was given up while it closed", start: "start failed",
};
const none = (text) => h("p", { class: "none" }, text);

let rate = { at: 0, n: 0, text: "" };
function perSecond(n) {
  const now = performance.now() / 1000;
  if (n < rate.n || !rate.at) rate = { at: now, n, text: "" };
  else if (now - rate.at >= 2) {
    const each = (n - rate.n) / (now - rate.at);
    rate = { at: now, n, text: each >= 0.1 ? `${each < 10 ? each.toFixed(1) : Math.round(each)} entered a second` : "" };
  }
  return rate.text;
}

function tile(title, word, sub, tone) {
  return h("div", { class: "tile", "data-tone": tone }, h("dt", {}, title), h("dd", {}, word, h("span", { class: "sub" }, sub ?? "")));
}

export function tiles(status) {
  const states = Object.values(status.nodes);
  const failed = states.filter((now) => now.state === "failed").length;
  const opening = states.filter((now) => now.state === "opening").length;
  const closing = states.filter((now) => now.state === "closing").length;
  const waiting = status.pools.reduce((sum, pool) => sum + pool.n_waiting, 0);
  const out = status.pools.reduce((sum, pool) => sum + pool.n_out, 0);
  const health = status.health;
  const tone = { healthy: "good", degraded: "warn", unhealthy: "bad" };
  const busy = { starting: "busy", stopping: "warn", draining: "warn", closing: "warn" };
  const ready = health && !health.probes.ready[0];
  const isSick = sick(health);
  const going = [opening && `${opening} opening`, closing && `${closing} closing`, failed && `${failed} failed`].filter(Boolean);
  const told = [
    ["Container", status.state, ready ? "not ready" : health ? "ready" : "", busy[status.state] ?? (status.state === "started" ? "good" : null)],
    ["Health", isSick || health?.status !== "unhealthy" ? health?.status ?? "unknown" : "not ready", health ? worst(health) : "", isSick ? "bad" : tone[health?.status] === "bad" ? null : tone[health?.status]],
    ["Resources", String(status.n_resources), going.join(", ") || "open", failed ? "bad" : opening || closing ? "busy" : null],
    ["Scopes", String(status.n_scopes), perSecond(status.n_entered) || "open"],
    ["Errors", String(status.n_errors), status.errors.length ? "seen while watched" : "none seen", status.n_errors ? "bad" : null],
  ];
  if (status.pools.length) told.splice(4, 0, ["Borrowed", String(out), waiting ? `${waiting} waiting` : "nobody waits", waiting ? "warn" : null]);
  if (changed(at("tiles"), told)) at("tiles").replaceChildren(...told.map((each) => tile(...each)));
}

// A container that has not started is not ready, which is nothing wrong.
export function sick(health) {
  return Boolean(health) && (!health.probes.live[0] || (health.status === "unhealthy" && health.resources.some((each) => each.status === "unhealthy" && each.critical)));
}

function worst(health) {
  const bad = health.resources.filter((each) => each.status === "unhealthy" || each.status === "degraded");
  if (!bad.length) return "nothing is wrong";
  return bad.length === 1 ? bad[0].name : `${bad.length} are not well`;
}

export function pools(status) {
  const body = at("pools-body");
  if (!changed(body, status.pools)) return;
  if (!status.pools.length) return body.replaceChildren(none("No pool is open."));
  body.replaceChildren(h("ul", { class: "list" }, status.pools.map((pool) => {
    const part = (n, name) => {
      const bar = h("i", { class: name });
      bar.style.width = `${(n / Math.max(pool.max_size, 1)) * 100}%`;
      return bar;
    };
    const fine = [`${pool.n_out} out`, `${pool.n_idle} idle`, `at most ${pool.max_size}`];
    if (pool.n_making) fine.push(`${pool.n_making} being made`);
    if (pool.n_timeouts) fine.push(`${pool.n_timeouts} waited too long`);
    if (pool.n_late) fine.push(`${pool.n_late} given back late`);
    return h("li", {},
      h("div", { class: "row" }, h("span", {}, pool.name.replace(/^the pool '(.*)'$/, "$1")), pool.n_waiting ? h("span", { class: "state", "data-state": "degraded" }, `${pool.n_waiting} waiting`) : state(pool.state)),
      h("div", { class: "bar", "aria-hidden": "true" }, part(pool.n_out, "out"), part(pool.n_idle, "idle"), part(pool.n_making, "making")),
      h("p", { class: "fine" }, fine.join(" · ")));
  })));
}

export function scopes(status) {
  const body = at("scopes-body");
  if (!changed(body, [status.scopes, status.n_scopes])) return;
  say(at("scopes-hint"), status.n_scopes ? `${count(status.n_scopes, "is", "are")} open` : "");
  if (!status.scopes.length) return body.replaceChildren(none("No scope is open but the container's own."));
  const rows = status.scopes.map((scope) => h("tr", {},
    h("th", { scope: "row" }, `${scope.name} ${scope.id}`, scope.state === "open" ? "" : h("div", { class: "fine" }, state(scope.state))),
    h("td", { class: "number" }, String(scope.n)), h("td", { class: "number" }, scope.since === null ? "longer than watched" : aged(scope.since))));
  const more = status.n_scopes - status.scopes.length;
  body.replaceChildren(
    h("table", {}, h("caption", { class: "unseen" }, "Open scopes"), h("thead", {}, h("tr", {}, ["Scope", "Resources", "Age"].map((title, i) => h("th", { scope: "col", class: i ? "number" : null }, title)))), h("tbody", {}, rows)),
    more > 0 ? h("p", { class: "fine" }, `and ${more} more`) : "");
}

// What happens again and again is told once, with how often.
function together(errors) {
  const found = new Map();
  for (const each of errors) {
    const same = JSON.stringify([each.name, each.act, each.error, each.scope, each.text]);
    const group = found.get(same);
    if (group) group.n += 1;
    else found.set(same, { each, n: 1 });
  }
  return [...found.values()];
}

export function errors(status) {
  const body = at("errors-body");
  if (!changed(body, status.errors)) return;
  say(at("errors-hint"), status.errors.length ? "the last first" : "");
  if (!status.errors.length) return body.replaceChildren(none("Nothing went wrong since somebody looked."));
  body.replaceChildren(h("ol", { class: "list" }, together(status.errors).slice(0, 30).map(({ each, n }) => h("li", {},
    h("div", { class: "row" }, h("span", {}, each.name, n > 1 ? h("span", { class: "fine" }, ` ${n} times`) : ""), h("span", { class: "fine" }, aged(each.at, " ago"))),
    h("p", { class: "fine" }, [ACTS[each.act] ?? each.act, each.error && `by ${each.error}`, each.scope !== "root" && `in ${each.scope}`].filter(Boolean).join(" "), each.text ? `: ${each.text}` : "")))));
}

const PROBES = { live: ["alive", "not alive"], ready: ["ready", "not ready"], started: ["started", "not started"] };

export function health(status) {
  const body = at("health-body");
  if (!changed(body, status.health)) return;
  const told = status.health;
  if (!told) return body.replaceChildren(none("Not known."));
  say(at("health-hint"), Object.entries(told.probes).map(([name, [ok]]) => PROBES[name][ok ? 0 : 1]).join(" · "));
  const reasons = [...new Set(Object.values(told.probes).flatMap(([, why]) => why))];
  const checked = told.resources.filter((each) => each.status !== "not open");
  body.replaceChildren(
    reasons.length ? h("ul", { class: "list" }, reasons.map((why) => h("li", { class: "fine" }, why))) : "",
    checked.length ? h("ul", { class: "list" }, checked.map((each) => h("li", {},
      h("div", { class: "row" }, h("span", {}, each.name), state(each.status)),
      h("p", { class: "fine" }, [
        each.took_s !== undefined && `answered in ${duration(each.took_s)}`, each.error, each.text,
        each.causes.length && `because of ${each.causes.join(", ")}`, each.critical || "not critical",
      ].filter((word) => word && word !== true).join(" · "))))) : none("Nothing that is open has a check."),
    told.n_unknown ? h("p", { class: "fine" }, `${count(told.n_unknown, "other has", "others have")} no check.`) : "");
}

export function footer(status) {
  say(at("process"), `Process ${status.pid}.`);
}
