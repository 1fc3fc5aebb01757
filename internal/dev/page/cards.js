// SPDX-License-Identifier: Apache-2.0
// One card for each function, built once and then updated in place.

import { h, number, post, put, rate, s, span } from "./dom.js";

const cards = new Map();
const outcomes = [
  ["processed", "processed", "c-processed"],
  ["filtered", "no result", "c-filtered"],
  ["deadCount", "dead letters", "c-dead"],
  ["dropped", "dropped", "c-dropped"],
];

export function drawCards(box, functions) {
  for (const f of functions) {
    if (!cards.has(f.name)) {
      const card = make(f);
      cards.set(f.name, card);
      box.append(card.el);
    }
    update(cards.get(f.name), f);
  }
}

function make(f) {
  const c = { generation: f.generation };
  const part = (name, tag, attrs, ...children) => (c[name] = h(tag, attrs, ...children));
  const step = (by, label) =>
    h("button", { type: "button", "aria-label": `${label} ${f.name}`, onclick: () => resize(c, by) }, by > 0 ? "+" : "\u2212");
  const area = s("path", { class: "area" });
  const line = s("path", { class: "lineplot" });
  Object.assign(c, { area, line });
  c.el = h(
    "article",
    { "aria-label": `Function ${f.name}` },
    h("header", {}, h("h3", {}, f.name), part("state", "span", {}), part("abi", "span", { class: "badge" }), part("generation_", "span", { class: "badge", hidden: true }), h("span", { class: "path" }, `${f.source} \u2192 ${f.sinks.join(", ") || "no sink"}`)),
    part("reason", "p", { class: "reason", role: "alert", hidden: true }),
    h("div", { class: "rate" },
      h("div", { class: "big" }, part("rate", "span", {}), h("small", {}, "events per second")),
      s("svg", { class: "spark", viewBox: "0 0 120 58", preserveAspectRatio: "none", role: "img", "aria-label": "events per second in the last minute" }, s("line", { class: "base", x1: 0, x2: 120, y1: 57, y2: 57 }), area, line)),
    h("dl", { class: "numbers" },
      ...["p50", "p95", "p99"].map((q) => h("div", {}, h("dt", {}, `call ${q}`), part(q, "dd", {}))),
      h("div", {}, h("dt", {}, "retries"), part("retries", "dd", {}))),
    h("div", { class: "outcomes" },
      h("div", { class: "bar", "aria-hidden": "true" }, outcomes.map(([key, , colour]) => part("bar_" + key, "i", { class: colour }))),
      h("div", { class: "legend" }, outcomes.map(([key, label, colour]) => part("item_" + key, "span", {}, h("i", { class: colour }), part("n_" + key, "b", {}), " " + label)))),
    h("div", { class: "lags" },
      h("div", { class: "head" }, h("span", {}, "lag by partition"), h("span", {}, part("lag", "b", {}), " waiting")),
      part("parts", "div", { class: "parts" })),
    h("footer", {},
      part("digest", "span", { class: "digest" }),
      h("span", { class: "stepper" }, step(-1, "Remove one replica from"), part("replicas", "b", {}), step(1, "Add one replica to"))),
  );
  return c;
}

async function resize(c, by) {
  const wanted = c.wanted + by;
  if (wanted < 1) return;
  try {
    await post(`api/functions/${encodeURIComponent(c.name)}/replicas`, { replicas: wanted });
    c.wanted = wanted;
  } catch (e) {
    put(c.reason, e.message);
    c.reason.hidden = false;
  }
}

function update(c, f) {
  Object.assign(c, { name: f.name, wanted: f.wanted });
  c.el.className = "card " + f.state;
  c.state.className = "badge " + f.state;
  put(c.state, f.state);
  put(c.abi, f.abi);
  if (f.generation > 1) {
    c.generation_.hidden = false;
    if (c.generation !== f.generation) {
      c.generation = f.generation;
      c.generation_.classList.remove("new");
      void c.generation_.offsetWidth; // starts the animation again
      c.generation_.classList.add("new");
    }
    put(c.generation_, `reload ${f.generation - 1}`);
  }
  c.reason.hidden = !f.reason;
  put(c.reason, f.reason ? (f.state === "running" ? "The new module was refused, the old one keeps running: " : "") + f.reason : "");
  put(c.rate, rate(f.rate));
  spark(c, f.rates ?? []);
  ["p50", "p95", "p99"].forEach((q, i) => put(c[q], f.processed + f.filtered + f.deadCount ? span(f.latency[i]) : "\u2013"));
  put(c.retries, number(f.retries));
  for (const [key] of outcomes) {
    c["bar_" + key].style.flexGrow = f[key];
    put(c["n_" + key], number(f[key]));
    c["item_" + key].hidden = key !== "processed" && !f[key];
  }
  put(c.lag, number(f.lag));
  lags(c.parts, f.partitions);
  put(c.digest, f.digest ? f.digest.slice(0, 19) : f.module);
  c.digest.title = `${f.module} ${f.digest}`;
  put(c.replicas, `${f.replicas} replica${f.replicas === 1 ? "" : "s"}`);
}

function spark(c, rates) {
  const top = Math.max(10, ...rates) * 1.08;
  const points = rates.map((r, i) => `${(120 - rates.length + 1 + i).toFixed(1)} ${(57 - (r / top) * 54).toFixed(2)}`);
  if (points.length < 2) return;
  c.line.setAttribute("d", "M" + points.join("L"));
  c.area.setAttribute("d", `M${120 - rates.length + 1} 57L${points.join("L")}L120 57Z`);
}

function lags(box, list) {
  while (box.childElementCount < list.length) box.append(h("i", {}, h("b")));
  const top = Math.max(20, ...list);
  list.forEach((n, i) => {
    box.children[i].title = `partition ${i}: ${n} waiting`;
    box.children[i].firstChild.style.height = `${n ? Math.max(6, (n / top) * 100) : 0}%`;
  });
  box.setAttribute("role", "img");
  box.setAttribute("aria-label", list.map((n, i) => `partition ${i}: ${n}`).join(", "));
}
