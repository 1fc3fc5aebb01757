// SPDX-License-Identifier: Apache-2.0

// The component's entry: the engine turns wasi:http requests into fetch
// events. The work is in handler.js and score.js, which node tests natively.
import { handle } from "./handler.js";

addEventListener("fetch", (event) => event.respondWith(handle(event.request)));
