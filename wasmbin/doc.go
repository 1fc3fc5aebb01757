// SPDX-License-Identifier: Apache-2.0

// Package wasmbin reads WebAssembly binaries and says what they are: a core
// module or a component, which version of WASI it uses, what it imports and
// exports, which host contract (ABI) it fits, and which runtimes can run it,
// with the reason if one cannot.
//
// Begin with Inspect:
//
//	info, err := wasmbin.Inspect(data)
//	if err != nil {
//		return err // for example: not WebAssembly: ... got gzip-compressed data
//	}
//	info.Text(os.Stdout, wasmbin.Limits{}) // a report for people
//	fit, _ := info.Fit("wazero", wasmbin.Limits{})
//	fmt.Println(fit.Runs, fit.Reason)
//
// The package is pure: bytes in, values out, without files, network or clock.
// It reads the structure of sections but does not validate instructions, which
// is the engine's job. Malformed input is an error that names the offset.
// Nothing panics, and time and memory stay linear in the size of the input.
//
// # Stability
//
// The exported names and the JSON form of Info and Report are stable: within a
// major version of the module they are only added to. The verdicts of Fit
// follow the runtimes, so they may change in any release, and with them the
// text of reasons, details and errors. Compare names, constants, ErrNotWasm and
// FormatError rather than texts. Until version 1.0 of the module, a minor
// release may change names; the changelog then says how to adapt.
package wasmbin
