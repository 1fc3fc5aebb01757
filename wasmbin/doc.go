// SPDX-License-Identifier: Apache-2.0

// Package wasmbin reads WebAssembly binaries and says what they are: a core
// module or a component, which WASI it speaks, what it imports and exports,
// which host contract (ABI) it fits, and which runtimes can run it, with the
// reason where one cannot.
//
// It is pure: bytes in, values out, no files, no network, no clock. Sections
// are read to their structure; instructions are not validated, that is the
// engine's work. Malformed input is an error that names the offset; nothing
// panics, and time and memory stay linear in the size of the input.
package wasmbin
