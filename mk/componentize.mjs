// SPDX-License-Identifier: Apache-2.0

// node componentize.mjs MODULES SOURCE WIT WORLD OUT: makes a component of a
// JavaScript module and what it imports. jco's own command accepts only one file.
import { writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [modules, source, witPath, worldName, out] = process.argv.slice(2);
const library = resolve(modules, "@bytecodealliance/componentize-js/src/componentize.js");
const { componentize } = await import(pathToFileURL(library));
const { component } = await componentize({ sourcePath: resolve(source), witPath: resolve(witPath), worldName });
await writeFile(out, component);
