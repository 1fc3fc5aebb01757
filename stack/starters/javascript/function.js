// SPDX-License-Identifier: Apache-2.0

// A function in JavaScript, ABI http: a wasi:http component that answers
// CloudEvents, for a runtime such as wasmtime. Save as function.js. Build:
//
//   npm install @bytecodealliance/jco@1.16.1 @bytecodealliance/componentize-js@0.19.3
//   mkdir -p wit/deps
//   echo 'package local:function; world function { export wasi:http/incoming-handler@0.2.3; }' > wit/world.wit
//   (WASI 0.2.3's definitions go into wit/deps: `wkg wit fetch`, or wit/deps of the crate wasi 0.14.1)
//   npx jco componentize function.js --wit wit --world-name function --out function.wasm
addEventListener("fetch", (event) => event.respondWith(handle(event.request)));

async function handle(request) {
  if (request.method !== "POST") return new Response("ready");
  const value = await request.text();
  return new Response(value.toUpperCase());
}
