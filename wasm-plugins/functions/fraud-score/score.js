// SPDX-License-Identifier: Apache-2.0

// Each rule adds its points when it holds. Points, not probabilities: people
// must be able to say why an order was stopped.
const rules = [
  { reason: "amount over 1000", points: 30, holds: (o) => total(o) > 1000 },
  { reason: "amount over 5000", points: 30, holds: (o) => total(o) > 5000 },
  { reason: "ten or more of one item", points: 20, holds: (o) => o.items.some((i) => i.quantity >= 10) },
  { reason: "amount differs from the items", points: 25, holds: (o) => Math.abs(o.amount - sum(o)) > 0.005 },
  { reason: "note asks for haste", points: 10, holds: (o) => /\b(urgent|asap|immediately)\b/i.test(o.note ?? "") },
  { reason: "no shipping address", points: 15, holds: (o) => !o.shipping?.country },
];

// score returns the order's id, its score from 0 to 100, and the reasons.
// A value that is not an order throws a TypeError that names the field.
export function score(order) {
  check(order);
  const hits = rules.filter((rule) => rule.holds(order));
  const points = Math.min(100, hits.reduce((all, rule) => all + rule.points, 0));
  return {
    id: order.id,
    score: points,
    decision: points >= 60 ? "reject" : points >= 30 ? "review" : "accept",
    reasons: hits.map((rule) => rule.reason),
  };
}

// enrich-orders has summed up in the base currency already; other orders are
// taken at their own amount.
function total(order) {
  return order.enriched?.totalBase ?? order.amount;
}

function sum(order) {
  return order.items.reduce((all, item) => all + item.quantity * item.price, 0);
}

function check(order) {
  if (typeof order !== "object" || order === null || Array.isArray(order)) {
    throw new TypeError("the event's data is no JSON object");
  }
  if (typeof order.id !== "string" || order.id === "") {
    throw new TypeError("id: want a string");
  }
  if (typeof order.amount !== "number") {
    throw new TypeError("amount: want a number");
  }
  if (!Array.isArray(order.items)) {
    throw new TypeError("items: want a list");
  }
  order.items.forEach((item, i) => {
    if (typeof item?.quantity !== "number" || typeof item?.price !== "number") {
      throw new TypeError(`items[${i}]: want numbers quantity and price`);
    }
  });
}
