// SPDX-License-Identifier: Apache-2.0

// Package cli holds the commands of helm-wasm: one table that the Wasm plugin
// (`helm wasm ...`) and the native binary (`helm-wasm ...`) share.
//
// A command sees the world through an explicit Env and nothing else. In the
// sandbox Env.FS is nil, so what the sandbox cannot do is an ordinary value
// that tests pass in. Run never panics, writes nothing to standard output when
// a command fails, and reports one message that says what to do.
//
// The package is linked into plugin.wasm: it must stay free of net/http, of
// command-line frameworks and of everything else that makes the module big.
package cli
