// SPDX-License-Identifier: Apache-2.0

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { handle } from "./handler.js";
import { score } from "./score.js";

const item = (quantity, price) => ({ quantity, price });
const order = (fields) => ({ id: "1", amount: 10, items: [item(1, 10)], shipping: { country: "DE" }, ...fields });

test("scores", () => {
  const cases = [
    ["plain", order({}), 0, "accept"],
    ["large", order({ amount: 2000, items: [item(1, 2000)] }), 30, "review"],
    ["large by the base currency", order({ enriched: { totalBase: 6000 } }), 60, "reject"],
    ["small by the base currency", order({ amount: 2000, items: [item(1, 2000)], enriched: { totalBase: 12 } }), 0, "accept"],
    ["many", order({ amount: 20, items: [item(10, 2)] }), 20, "accept"],
    ["wrong amount", order({ amount: 11 }), 25, "accept"],
    ["sums of floats", order({ amount: 0.3, items: [item(1, 0.1), item(1, 0.2)] }), 0, "accept"],
    ["haste, nowhere to ship", order({ note: "Urgent!", shipping: undefined }), 25, "accept"],
    ["all of it", order({ amount: 9000, items: [item(99, 1)], note: "asap", shipping: null }), 100, "reject"],
  ];
  for (const [name, input, points, decision] of cases) {
    const got = score(input);
    assert.equal(got.score, points, name);
    assert.equal(got.decision, decision, name);
  }
});

test("says what is wrong with an event", () => {
  const cases = [
    [undefined, /no JSON object/],
    [[], /no JSON object/],
    [{}, /^TypeError: id: want a string/],
    [{ id: "1", amount: "10" }, /amount: want a number/],
    [{ id: "1", amount: 1 }, /items: want a list/],
    [{ id: "1", amount: 1, items: [null] }, /items\[0\]: want numbers/],
  ];
  for (const [input, want] of cases) {
    assert.throws(() => score(input), want);
  }
});

const post = (body, contentType) => handle({ method: "POST", contentType, body });

test("answers binary and structured events alike", async () => {
  const data = await readFile(new URL("testdata/order.json", import.meta.url), "utf8");
  const want = JSON.parse(await readFile(new URL("testdata/score.json", import.meta.url), "utf8"));
  assert.deepEqual(post(data, "application/json; charset=utf-8"), { status: 200, body: want });
  const event = { specversion: "1.0", id: "e-1", source: "orders", type: "order", data: JSON.parse(data) };
  assert.deepEqual(post(JSON.stringify(event), "application/cloudevents+json"), { status: 200, body: want });
});

test("answers what is no event", () => {
  assert.equal(post("{", "application/json").status, 400);
  assert.equal(post('{"data_base64":"AA=="}', "application/cloudevents+json").status, 400);
  assert.equal(post("null", "application/cloudevents+json").status, 400);
  assert.equal(handle({ method: "PUT", contentType: "", body: "" }).status, 405);
  assert.equal(handle({ method: "GET", contentType: "", body: "" }).status, 200);
});
