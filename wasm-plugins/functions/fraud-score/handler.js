// SPDX-License-Identifier: Apache-2.0

import { score } from "./score.js";

// handle answers one CloudEvent over HTTP POST, binary or structured, with the
// score as JSON. Any 2xx is a result; 4xx says that this event will never
// work, so that the runner does not retry in vain.
export async function handle(request) {
  if (request.method === "GET") {
    return reply(200, { status: "ready" });
  }
  if (request.method !== "POST") {
    return reply(405, { error: `method ${request.method}: events come by POST` });
  }
  try {
    return reply(200, score(await order(request)));
  } catch (err) {
    if (err instanceof TypeError || err instanceof SyntaxError) {
      return reply(400, { error: err.message });
    }
    throw err;
  }
}

// order returns the event's data. In binary mode the body is the data and the
// attributes are ce- headers; in structured mode the body is the whole event.
async function order(request) {
  const body = await request.text();
  const type = (request.headers.get("content-type") ?? "").split(";")[0].trim();
  const parsed = JSON.parse(body);
  if (type !== "application/cloudevents+json") {
    return parsed;
  }
  if (parsed?.data_base64 !== undefined) {
    throw new TypeError("data_base64: the order must be JSON data");
  }
  return parsed?.data;
}

function reply(status, body) {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "content-type": "application/json" },
  });
}
