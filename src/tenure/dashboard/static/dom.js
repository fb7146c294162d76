// Elements, and how times are said. Text is only ever set as text: nothing that a name holds becomes an element.

const SVG = "http://www.w3.org/2000/svg";

function filled(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

export const h = (tag, attributes, ...children) => filled(document.createElement(tag), attributes, children);
export const s = (tag, attributes, ...children) => filled(document.createElementNS(SVG, tag), attributes, children);
export const at = (id) => document.getElementById(id);

// A part of the page is made anew only if what it shows has changed, so that nothing flickers and focus stays.
const shown = new WeakMap();
export function changed(element, data) {
  const text = JSON.stringify(data);
  if (shown.get(element) === text) return false;
  shown.set(element, text);
  return true;
}

export function say(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

export function mark(element, name, value) {
  if (value === null || value === undefined || value === false) element.removeAttribute(name);
  else if (element.getAttribute(name) !== String(value)) element.setAttribute(name, value);
}

// How long, in a few characters; two digits that matter.
export function duration(seconds) {
  if (seconds === null || seconds === undefined) return "";
  const round = (number) => (number >= 100 ? number.toFixed(0) : number.toPrecision(2));
  if (seconds < 1e-3) return `${round(Math.max(seconds, 0) * 1e6)} µs`;
  if (seconds < 1) return `${round(seconds * 1e3)} ms`;
  return seconds < 10 ? `${seconds.toFixed(1)} s` : age(seconds);
}

export function age(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 86400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86400)} d ${Math.floor((whole % 86400) / 3600)} h`;
}

// Ages go on by themselves, by the clock of the server as far as it is known.
let ahead = 0;
export function setClock(now) {
  ahead = now - Date.now() / 1000;
}
const old = (since) => Date.now() / 1000 + ahead - since;
export const aged = (since, suffix = "") =>
  since === null || since === undefined
    ? h("span", {}, "")
    : h("span", { "data-since": since, "data-suffix": suffix }, age(old(since)) + suffix);

export function tick() {
  for (const element of document.querySelectorAll("[data-since]")) {
    say(element, age(old(Number(element.dataset.since))) + element.dataset.suffix);
  }
}

export const state = (word, told = word) => h("span", { class: "state", "data-state": word }, told);
export const count = (number, word, many = `${word}s`) => `${number} ${number === 1 ? word : many}`;
