// SPDX-License-Identifier: Apache-2.0
// Sending events, following one, and browsing records.

import { $, clock, code, get, h, headers, post, put, span } from "./dom.js";

let samples = {};
let feeds = new Map(); // the topic that a function reads
let following = 0;
let browsing = "";
let listed = "";
let count = 0;

export function startEvents(state) {
  feeds = new Map(state.functions.map((f) => [f.name, f.source]));
  const sources = new Set(state.functions.map((f) => f.source));
  const fed = new Set(state.functions.flatMap((f) => f.sinks));
  const score = (t) => (sources.has(t.name) ? 0 : 2) + (fed.has(t.name) ? 1 : 0);
  const topics = [...state.topics].sort((a, b) => score(a) - score(b) || a.name.localeCompare(b.name)).map((t) => t.name);
  const option = (name) => h("option", { value: name }, name);
  $("topic").replaceChildren(...topics.map(option));
  const dead = state.topics.filter((t) => t.dead).map((t) => t.name);
  $("records-topic").replaceChildren(...[...dead, ...topics.filter((t) => !dead.includes(t))].map((name) => h("option", { value: name }, dead.includes(name) ? `${name} (dead letters)` : name)));
  browsing = $("records-topic").value;
  $("records-topic").addEventListener("change", (e) => browse(e.target.value));
  $("topic").addEventListener("change", choices);
  $("sample").addEventListener("change", choose);
  $("produce").addEventListener("submit", (e) => (e.preventDefault(), send()));
  $("value").addEventListener("keydown", (e) => e.key === "Enter" && (e.ctrlKey || e.metaKey) && (e.preventDefault(), send()));
  for (const button of document.querySelectorAll("[data-burst]")) button.addEventListener("click", () => burst(Number(button.dataset.burst), button));
  get("api/samples").then((all) => ((samples = all), choices()), fail);
}

export function browse(topic) {
  browsing = topic;
  listed = "";
  $("records-topic").value = topic;
  refreshRecords(true);
}

function choices() {
  const list = samples[$("topic").value] ?? [];
  $("sample").replaceChildren(...list.map((s, i) => h("option", { value: i }, s.name)));
  choose();
}

function choose() {
  const sample = (samples[$("topic").value] ?? [])[$("sample").value];
  if (!sample) return;
  $("key").value = sample.key;
  $("value").value = sample.value;
  try {
    JSON.parse(sample.value);
    $("raw").checked = false;
  } catch {
    $("raw").checked = true;
  }
}

function fail(e) {
  $("produce-error").hidden = !e;
  put($("produce-error"), e ? e.message : "");
}

async function send() {
  fail();
  try {
    const sent = await post("api/produce", { topic: $("topic").value, key: $("key").value, value: $("value").value, raw: $("raw").checked });
    follow(sent.trace);
  } catch (e) {
    fail(e);
  }
}

export async function burst(n, button = document.querySelector("[data-burst]")) {
  fail();
  button.disabled = true;
  try {
    await post("api/burst", { topic: $("topic").value, count: n });
  } catch (e) {
    fail(e);
  }
  button.disabled = false;
}

/** follow asks for the trace until every function of its way has finished. */
async function follow(id) {
  const mine = ++following;
  let shown = -1;
  $("trace").replaceChildren();
  $("trace-empty").hidden = true;
  put($("trace-state"), "sent");
  for (let i = 0; i < 300 && mine === following; i++) {
    let trace;
    try {
      trace = await get(`api/traces/${id}`);
    } catch (e) {
      return put($("trace-state"), e.message);
    }
    const version = trace.steps.length + (trace.silent?.length ?? 0);
    if (version !== shown) {
      shown = version;
      drawTrace(trace);
    }
    if (trace.done) {
      const last = trace.steps.at(-1);
      return put($("trace-state"), `through in ${span(last.after)}`);
    }
    put($("trace-state"), "on its way");
    await new Promise((resolve) => setTimeout(resolve, 150));
  }
  if (mine === following) put($("trace-state"), "nothing more has arrived");
}

function drawTrace(trace) {
  const list = $("trace");
  for (const step of trace.steps.slice(list.childElementCount)) {
    const before = trace.steps.find((other) => other !== step && other.topic === feeds.get(step.by));
    list.append(item(step, before));
  }
  for (const name of trace.silent ?? []) {
    list.append(h("li", { class: "silent" }, h("span", { class: "when" }), h("span", { class: "knot" }), h("div", {}, h("h3", {}, "no result"), h("p", { class: "by" }, `${name} took the event and wrote nothing`))));
  }
}

/** changes are the fields that a function added or changed, if both values are objects. */
function changes(before, after) {
  const object = (record) => {
    try {
      const value = JSON.parse(record?.value);
      return value && typeof value === "object" && !Array.isArray(value) ? value : null;
    } catch {
      return null;
    }
  };
  const [a, b] = [object(before), object(after)];
  if (!a || !b) return null;
  const fresh = Object.keys(b).filter((key) => JSON.stringify(a[key]) !== JSON.stringify(b[key]));
  const gone = Object.keys(a).filter((key) => !(key in b));
  return { value: Object.fromEntries(fresh.map((key) => [key, b[key]])), fresh, gone };
}

/** body shows what is new first, and the whole value on request. */
function body(step, before) {
  const c = changes(before, step);
  if (!c || !c.fresh.length) return [code(step.value, step.null)];
  const words = `new: ${c.fresh.join(", ")}` + (c.gone.length ? `; gone: ${c.gone.join(", ")}` : "");
  return [h("p", { class: "by" }, words), code(JSON.stringify(c.value, null, 2)), h("details", {}, h("summary", {}, "the whole value"), code(step.value))];
}

function item(step, before) {
  const why = reason(step);
  const by = step.by ? (step.dead ? `given up by ${step.by}` : `written by ${step.by}`) : "sent from this page";
  return h(
    "li",
    { class: step.dead ? "dead" : step.last ? "last" : "" },
    h("span", { class: "when" }, step.by ? "+" + span(step.after) : "sent"),
    h("span", { class: "knot" }),
    h("div", {},
      h("h3", {}, step.topic),
      h("p", { class: "by" }, `${by}, partition ${step.partition}, offset ${step.offset}`),
      why ? h("p", { class: "why" }, why) : null,
      ...body(step, before),
      h("details", {}, h("summary", {}, `key and ${step.headers.length} ${step.headers.length === 1 ? "header" : "headers"}`), headers([["key", step.key || "(none)"], ...step.headers]))),
  );
}

function reason(record) {
  return record.headers.find(([name]) => name === "helm-wasm-error")?.[1];
}

/** refreshRecords lists a topic's last records when there are new ones. */
export async function refreshRecords(force, state) {
  const known = state?.topics.find((t) => t.name === browsing)?.records ?? -1;
  // A person who reads a record must not have it moved away.
  if (!force && (known === count || $("records").contains(document.activeElement) || $("records").querySelector("details[open]"))) return;
  count = known;
  let records;
  try {
    records = await get(`api/topics/${encodeURIComponent(browsing)}/records`);
  } catch {
    return;
  }
  const version = browsing + records.length + (records[0] ? `${records[0].partition}/${records[0].offset}` : "");
  if (version === listed) return;
  listed = version;
  if (!records.length) return $("records").replaceChildren(h("p", { class: "empty" }, `Nothing in ${browsing} yet.`));
  $("records").replaceChildren(...records.map(recordItem));
}

function recordItem(r) {
  const why = reason(r);
  return h(
    "details",
    { class: "record" },
    h("summary", {}, h("span", { class: "at" }, clock(r.time)), h("span", { class: "at" }, `${r.partition}/${r.offset}`), h("span", { class: why ? "peek why" : "peek" }, why ?? (r.null ? "(no value)" : r.value.replace(/\s+/g, " ")))),
    code(r.value + (r.cut ? "\n(cut)" : ""), r.null),
    headers([["key", r.key || "(none)"], ...r.headers]),
  );
}
