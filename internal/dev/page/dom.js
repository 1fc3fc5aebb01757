// SPDX-License-Identifier: Apache-2.0
// Small tools: elements, numbers, JSON in colour.

export const $ = (id) => document.getElementById(id);

/** h makes an element; text is always text, never markup. */
export function h(tag, attrs = {}, ...children) {
  return fill(document.createElement(tag), attrs, children);
}

/** s is h for SVG. */
export function s(tag, attrs = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attrs, children);
}

function fill(el, attrs, children) {
  for (const [name, value] of Object.entries(attrs)) {
    if (name.startsWith("on")) el.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) el.setAttribute(name, value === true ? "" : value);
  }
  el.append(...children.flat().filter((c) => c !== null && c !== undefined));
  return el;
}

/** put changes an element's text only if it differs, which keeps selections. */
export function put(el, text) {
  if (el.textContent !== String(text)) el.textContent = text;
}

export function number(n) {
  if (n >= 1e6) return (n / 1e6).toFixed(2) + "M";
  return Math.round(n).toLocaleString("en");
}

export function rate(n) {
  return n > 0 && n < 9.95 ? n.toFixed(1) : number(n);
}

/** span shows seconds with a fitting unit. */
export function span(seconds) {
  if (!(seconds > 0)) return "0";
  if (seconds < 1e-3) return Math.max(1, Math.round(seconds * 1e6)) + " \u00b5s";
  if (seconds < 1) return Number((seconds * 1e3).toPrecision(3)) + " ms";
  return seconds.toFixed(seconds < 10 ? 2 : 1) + " s";
}

export function clock(time) {
  return new Date(time).toLocaleTimeString("en-GB");
}

/** code shows a value, JSON in colour. */
export function code(text, wasNull) {
  const pre = h("pre", { tabindex: "0" });
  if (wasNull) {
    pre.append("(no value)");
    return pre;
  }
  if (!/^\s*[[{"]/.test(text)) {
    pre.append(text);
    return pre;
  }
  const token = /("(?:\\.|[^"\\])*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/g;
  let at = 0;
  for (const m of text.matchAll(token)) {
    pre.append(text.slice(at, m.index));
    const kind = m[2] ? "k" : m[1] ? "s" : "n";
    pre.append(h("span", { class: kind }, m[1] ?? m[3]), m[2] ?? "");
    at = m.index + m[0].length;
  }
  pre.append(text.slice(at));
  return pre;
}

/** headers of a record as a list. */
export function headers(list) {
  return h("dl", { class: "heads" }, list.map(([name, value]) => [h("dt", {}, name), h("dd", {}, value)]).flat());
}

export async function get(path) {
  const answer = await fetch(path);
  const body = await answer.json();
  if (!answer.ok) throw new Error(body.error ?? answer.statusText);
  return body;
}

export async function post(path, body) {
  const answer = await fetch(path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  const text = await answer.text();
  let parsed;
  try {
    parsed = JSON.parse(text);
  } catch {
    throw new Error(text || answer.statusText);
  }
  if (!answer.ok) throw new Error(parsed.error ?? answer.statusText);
  return parsed;
}
