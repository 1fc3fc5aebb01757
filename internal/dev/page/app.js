// SPDX-License-Identifier: Apache-2.0

import { $, clock, h, number, put, rate, span } from "./dom.js";
import { drawCards } from "./cards.js";
import { drawGraph } from "./graph.js";
import { browse, burst, refreshRecords, startEvents } from "./events.js";

let state = null;
let journal = "";

function draw(next) {
  const first = state === null;
  state = next;
  if (first) {
    startEvents(state);
    facts();
  }
  put($("stack"), state.stack);
  $("problem").hidden = !state.problem;
  put($("problem"), state.problem ?? "");
  totals();
  drawGraph($("graph"), state, (topic) => {
    browse(topic);
    $("records").scrollIntoView({ block: "nearest", behavior: "smooth" });
  });
  drawCards($("functions"), state.functions);
  drawJournal();
  refreshRecords(first, state);
}

function facts() {
  const pill = (name, value) => h("span", { class: "pill" }, name, h("b", {}, value));
  $("facts").replaceChildren(
    pill(state.broker.title, state.broker.addrs.join(", ")),
    pill("functions", state.functions.length),
    pill("topics", state.topics.length),
  );
  put($("broker-note"), state.broker.embedded ? "The broker is an embedded development broker in this process: its data is gone when it ends." : "The brokers are real: what is sent here stays there.");
}

function totals() {
  const sum = (key) => state.functions.reduce((n, f) => n + f[key], 0);
  const dead = sum("deadCount");
  const list = [
    ["rate", "throughput", rate(sum("rate")), "/s"],
    ["lag", "lag", number(sum("lag")), "waiting"],
    ["done", "events done", number(sum("processed") + sum("filtered")), ""],
    ["p50", "end to end p50", state.latency ? span(state.latency[0]) : "\u2013", ""],
    ["p99", "end to end p99", state.latency ? span(state.latency[2]) : "\u2013", ""],
    ["dead", "dead letters", number(dead), ""],
  ];
  const box = $("totals");
  if (!box.childElementCount) {
    box.append(...list.map(([id, label]) => h("div", { class: "total", id: "total-" + id }, h("span", {}, label), h("strong", {}, h("span", {}), h("small", {})))));
  }
  for (const [id, , value, unit] of list) {
    const strong = $("total-" + id).lastChild;
    put(strong.firstChild, value);
    put(strong.lastChild, unit);
  }
  $("total-dead").classList.toggle("bad", dead > 0);
}

function drawJournal() {
  const key = state.journal.map((e) => e.id).join();
  if (key === journal) return;
  journal = key;
  const names = { good: "ok", info: "info", warn: "warn", error: "error" };
  $("journal").replaceChildren(
    ...state.journal.map((e) =>
      h("li", {}, h("time", { datetime: e.time }, clock(e.time)), h("span", { class: "tag " + e.kind }, names[e.kind]), h("span", { class: "text" }, e.function ? h("b", {}, e.function + ": ") : null, e.text), h("span", { class: "times" }, e.count > 1 ? `${number(e.count)}\u00d7` : "")),
    ),
  );
}

function connect() {
  const stream = new EventSource("api/stream");
  const live = (on, text) => {
    $("live").classList.toggle("on", on);
    put($("live").lastChild, text);
  };
  stream.onmessage = (e) => {
    live(true, "live");
    draw(JSON.parse(e.data));
  };
  stream.onerror = () => live(false, "stopped: start helm-wasm dev again");
}

const themes = ["auto", "light", "dark"];
const dark = matchMedia("(prefers-color-scheme: dark)");

function theme(name) {
  localStorage.setItem("theme", name);
  document.documentElement.dataset.theme = name === "auto" ? (dark.matches ? "dark" : "light") : name;
  put($("theme"), `Theme: ${name}`);
}

const chosen = () => (themes.includes(localStorage.getItem("theme")) ? localStorage.getItem("theme") : "auto");
const turn = () => theme(themes[(themes.indexOf(chosen()) + 1) % themes.length]);
theme(chosen());
dark.addEventListener("change", () => theme(chosen()));
$("theme").addEventListener("click", turn);
addEventListener("resize", () => state && drawGraph($("graph"), state, browse));
addEventListener("keydown", (e) => {
  if (e.target.matches("input, select, textarea") || e.ctrlKey || e.metaKey || e.altKey) return;
  const keys = { e: () => $("value").focus(), b: () => burst(100), t: turn };
  if (keys[e.key]) {
    e.preventDefault();
    keys[e.key]();
  }
});
connect();
