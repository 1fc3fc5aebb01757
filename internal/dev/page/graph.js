// SPDX-License-Identifier: Apache-2.0
// The flow: topics and functions as a layered graph.

import { number, put, rate, s } from "./dom.js";

const TOPIC = { w: 150, h: 54 };
const FUNCTION = { w: 186, h: 66 };
const PAD = 14;

let drawn = "";
let parts = new Map();

export function drawGraph(box, state, onTopic) {
  const narrow = box.clientWidth < 640;
  const key = JSON.stringify([narrow, state.topics.map((t) => [t.name, t.dead]), state.functions.map((f) => [f.name, f.source, f.sinks, f.dead])]);
  if (key !== drawn) {
    drawn = key;
    build(box, state, narrow, onTopic);
  }
  update(state);
}

function build(box, state, narrow, onTopic) {
  const { nodes, edges } = model(state);
  rank(nodes, edges);
  const size = narrow ? placeDown(nodes, edges) : placeAcross(nodes, edges);
  parts = new Map();
  const svg = s("svg", { viewBox: `0 0 ${size.w} ${size.h}`, role: "group", "aria-label": "Topics and functions" });
  svg.style.maxWidth = `${size.w * 1.25}px`;
  svg.style.margin = "0 auto";
  for (const e of edges) {
    const d = path(e, narrow);
    const stream = s("path", { class: "stream" + (e.dead ? " dead" : ""), d });
    svg.append(s("path", { class: "edge" + (e.dead ? " dead" : ""), d }), stream);
    parts.set(`${e.from.id}>${e.to.id}`, { stream });
  }
  for (const n of nodes.values()) svg.append(node(n, onTopic));
  box.replaceChildren(svg);
}

function model(state) {
  const nodes = new Map();
  const edges = [];
  for (const t of state.topics) nodes.set("t:" + t.name, { id: "t:" + t.name, name: t.name, topic: true, dead: t.dead, rank: 0, ...TOPIC });
  for (const f of state.functions) {
    const n = { id: "f:" + f.name, name: f.name, topic: false, rank: 1, ...FUNCTION };
    nodes.set(n.id, n);
    const edge = (from, to, dead) => from && to && edges.push({ from, to, dead });
    edge(nodes.get("t:" + f.source), n, false);
    for (const sink of f.sinks) edge(n, nodes.get("t:" + sink), false);
    if (f.dead) edge(n, nodes.get("t:" + f.dead), true);
  }
  return { nodes, edges };
}

/** rank is the longest way from a source; circles end after as many rounds as nodes. */
function rank(nodes, edges) {
  for (let round = 0; round < nodes.size; round++) {
    let moved = false;
    for (const e of edges) {
      if (e.to.rank < e.from.rank + 1 && e.from.rank < nodes.size) {
        e.to.rank = e.from.rank + 1;
        moved = true;
      }
    }
    if (!moved) break;
  }
}

function layers(list, edges) {
  const rows = [];
  for (const n of list) (rows[n.rank] ??= []).push(n);
  const full = rows.filter(Boolean);
  full.forEach((row) => row.forEach((n, i) => (n.order = i - (row.length - 1) / 2)));
  // Neighbours near each other: a few rounds of barycentres.
  for (let round = 0; round < 4; round++) {
    for (const row of full) {
      for (const n of row) {
        const near = edges.filter((e) => !e.dead && (e.to === n || e.from === n)).map((e) => (e.to === n ? e.from.order : e.to.order));
        n.weight = near.length ? near.reduce((a, b) => a + b, 0) / near.length : n.order;
      }
      row.sort((a, b) => a.weight - b.weight || a.name.localeCompare(b.name));
      row.forEach((n, i) => (n.order = i - (row.length - 1) / 2));
    }
  }
  return full;
}

/** placeAcross flows to the right, dead letters in a lane below. */
function placeAcross(nodes, edges) {
  const alive = [...nodes.values()].filter((n) => !n.dead);
  const full = layers(alive, edges);
  const tall = Math.max(...full.map((r) => r.length));
  const height = tall * 86;
  let x = PAD;
  for (const row of full) {
    const w = Math.max(...row.map((n) => n.w));
    for (const n of row) {
      n.x = x + w / 2;
      n.y = PAD + height / 2 + n.order * 86;
    }
    x += w + 62;
  }
  let right = x - 62 + PAD;
  let at = -Infinity;
  const dead = [...nodes.values()].filter((n) => n.dead);
  for (const n of dead) {
    const from = edges.filter((e) => e.to === n).map((e) => e.from.x);
    n.x = Math.max(from.length ? from.reduce((a, b) => a + b, 0) / from.length : PAD + n.w / 2, at + n.w + 30);
    at = n.x;
    n.y = PAD + height + 52;
    right = Math.max(right, n.x + n.w / 2 + PAD);
  }
  return { w: right, h: PAD * 2 + height + (dead.length ? 76 : 0) };
}

/** placeDown flows downwards, for narrow windows. */
function placeDown(nodes, edges) {
  const full = layers([...nodes.values()], edges);
  const w = Math.max(340, ...full.map((r) => r.length * 168 + PAD));
  full.forEach((row, i) => {
    for (const n of row) {
      n.x = w / 2 + n.order * Math.min(168, (w - PAD) / row.length);
      n.y = PAD + 36 + i * 104;
    }
  });
  return { w, h: PAD * 2 + (full.length - 1) * 104 + 72 };
}

function path(e, down) {
  const { from: a, to: b } = e;
  if (down || e.dead) {
    const y1 = a.y + a.h / 2;
    const y2 = b.y - b.h / 2;
    const mid = Math.max(24, (y2 - y1) / 2);
    return `M${a.x} ${y1} C${a.x} ${y1 + mid} ${b.x} ${y2 - mid} ${b.x} ${y2}`;
  }
  const x1 = a.x + a.w / 2;
  const x2 = b.x - b.w / 2;
  const mid = Math.max(30, (x2 - x1) / 2);
  return `M${x1} ${a.y} C${x1 + mid} ${a.y} ${x2 - mid} ${b.y} ${x2} ${b.y}`;
}

function node(n, onTopic) {
  const sub = s("text", { class: "sub", x: n.x, y: n.y + 17, "text-anchor": "middle" });
  const long = n.topic ? 19 : 23;
  const shown = n.name.length > long ? n.name.slice(0, long - 1) + "\u2026" : n.name;
  const dots = s("g");
  const g = s(
    "g",
    { class: n.topic ? "topic" + (n.dead ? " dead" : "") : "function" },
    s("title", {}, n.name),
    s("rect", { x: n.x - n.w / 2, y: n.y - n.h / 2, width: n.w, height: n.h, rx: n.topic ? n.h / 2 : 13 }),
    s("text", { class: "name", x: n.x, y: n.y - (n.topic ? 3 : 6), "text-anchor": "middle" }, shown),
    sub,
    dots,
  );
  if (n.topic) {
    g.setAttribute("tabindex", "0");
    g.setAttribute("role", "button");
    g.addEventListener("click", () => onTopic(n.name));
    g.addEventListener("keydown", (e) => (e.key === "Enter" || e.key === " ") && (e.preventDefault(), onTopic(n.name)));
  }
  parts.set(n.id, { g, sub, dots, n });
  return g;
}

function update(state) {
  const rates = new Map(state.topics.map((t) => [t.name, t.rate]));
  for (const t of state.topics) {
    const part = parts.get("t:" + t.name);
    if (!part) continue;
    put(part.sub, t.rate > 0 ? `${number(t.records)} \u00b7 ${rate(t.rate)}/s` : number(t.records) + (t.records === 1 ? " record" : " records"));
    part.g.setAttribute("aria-label", `Topic ${t.name}, ${t.records} records: show them`);
  }
  for (const f of state.functions) {
    const part = parts.get("f:" + f.name);
    if (!part) continue;
    part.g.setAttribute("class", "function " + f.state);
    put(part.sub, f.state === "running" ? `${rate(f.rate)}/s \u00b7 lag ${number(f.lag)}` : f.state);
    dots(part, f.replicas);
    on(`t:${f.source}>f:${f.name}`, f.rate > 0);
    for (const sink of f.sinks) on(`f:${f.name}>t:${sink}`, f.rate > 0 && rates.get(sink) > 0);
    if (f.dead) on(`f:${f.name}>t:${f.dead}`, f.deadCount > 0 && rates.get(f.dead) > 0);
  }
}

function dots(part, replicas) {
  if (part.dots.childElementCount === replicas) return;
  const { n } = part;
  part.dots.replaceChildren(
    ...Array.from({ length: replicas }, (_, i) => s("circle", { class: "dot", r: 3, cx: n.x + (i - (replicas - 1) / 2) * 10, cy: n.y + n.h / 2 })),
  );
}

function on(id, running) {
  parts.get(id)?.stream.classList.toggle("on", running);
}
