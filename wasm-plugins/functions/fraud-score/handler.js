// SPDX-License-Identifier: Apache-2.0

import { score } from "./score.js";

// handle answers one CloudEvent over HTTP POST, binary or structured, with the
// score as JSON. 2xx is a result; 4xx says that this event will never work.
export function handle({ method, contentType, body }) {
  if (method === "GET") {
    return { status: 200, body: { status: "ready" } };
  }
  if (method !== "POST") {
    return { status: 405, body: { error: `method ${method}: events come by POST` } };
  }
  try {
    return { status: 200, body: score(order(contentType, body)) };
  } catch (err) {
    if (err instanceof TypeError || err instanceof SyntaxError) {
      return { status: 400, body: { error: err.message } };
    }
    throw err;
  }
}

// order returns the event's data. In binary mode the body is the data and the
// attributes are ce- headers; in structured mode the body is the whole event.
function order(contentType, body) {
  const parsed = JSON.parse(body);
  if (contentType.split(";")[0].trim() !== "application/cloudevents+json") {
    return parsed;
  }
  if (parsed?.data_base64 !== undefined) {
    throw new TypeError("data_base64: the order must be JSON data");
  }
  return parsed?.data;
}
