// SPDX-License-Identifier: Apache-2.0

// The component's entry: it carries requests and replies across wasi:http. The
// work is in handler.js and score.js, which node tests natively.
//
// The engine's fetch events would be shorter, but take one request for each
// instance; this works on hosts that reuse instances, too.
import { Fields, OutgoingBody, OutgoingResponse, ResponseOutparam } from "wasi:http/types@0.2.3";

import { handle } from "./handler.js";

const decoder = new TextDecoder();
const encoder = new TextEncoder();

// Streams take at most this much in one write.
const CHUNK = 4096;

export const incomingHandler = {
  handle(request, out) {
    const header = request.headers().get("content-type")[0];
    const reply = handle({
      method: request.method().tag.toUpperCase(),
      contentType: header === undefined ? "" : decoder.decode(header),
      body: read(request),
    });
    const fields = Fields.fromList([["content-type", encoder.encode("application/json")]]);
    const response = new OutgoingResponse(fields);
    response.setStatusCode(reply.status);
    const body = response.body();
    ResponseOutparam.set(out, { tag: "ok", val: response });
    write(body, encoder.encode(JSON.stringify(reply.body)));
  },
};

function read(request) {
  const body = request.consume();
  const stream = body.stream();
  const text = new TextDecoder();
  let all = "";
  try {
    for (;;) {
      all += text.decode(stream.blockingRead(65536n), { stream: true });
    }
  } catch (err) {
    // The end of a stream comes as the error "closed".
    if ((err.payload ?? err).tag !== "closed") {
      throw err;
    }
  }
  stream[Symbol.dispose]();
  return all + text.decode();
}

function write(body, bytes) {
  const stream = body.write();
  for (let at = 0; at < bytes.length; at += CHUNK) {
    stream.blockingWriteAndFlush(bytes.subarray(at, at + CHUNK));
  }
  stream[Symbol.dispose]();
  OutgoingBody.finish(body, undefined);
}
