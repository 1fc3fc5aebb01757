// SPDX-License-Identifier: Apache-2.0

// Package command has what the commands of the plugin (`helm wasm ...`) and of the
// native program (`helm-wasm ...`) have in common: their table, flags, help, how they
// read values, and how one is run. Each command is a package below this one with its
// flags, its help and its code; internal/cli lists them.
//
// A command sees the world through an explicit Env and nothing else. In the
// sandbox Env.FS is nil, so the sandbox's limits are ordinary values that tests
// pass in. Run never panics, writes nothing to standard output when a command
// fails, and reports one message that says what to do.
//
// The package is linked into plugin.wasm: it must stay free of net/http, of
// command-line frameworks and of everything else that makes the module big.
package command
