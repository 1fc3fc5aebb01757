// SPDX-License-Identifier: Apache-2.0

package wasmbin_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"

	"github.com/helm-wasm/helm-wasm/wasmbin"
)

// What is this .wasm? Text writes a report for people: what the binary is, what
// it needs, and who can run it.
func Example() {
	info, err := wasmbin.Inspect(command) // the content of a .wasm file
	if err != nil {
		log.Fatal(err)
	}
	if err := info.Text(os.Stdout, wasmbin.Limits{}); err != nil {
		log.Fatal(err)
	}
	// Output:
	// Core module, 95 B, WASI preview 1 (wasip1)
	//
	// Contract    wasi-command: an event on stdin, the result on stdout (_start)
	// Memory      128 KiB at start
	// Inside      1 function
	//
	// Imports (1)
	//   func     wasi_snapshot_preview1.fd_write (i32, i32, i32, i32) -> i32
	//
	// Exports (2)
	//   func     _start ()
	//   memory   memory 2.. pages
	//
	// Runs on (yes: takes this stack's events; run: starts there, but takes none)
	//   yes  wazero
	//        abi: wasi; needs 128 KiB of memory at start
	//   run  wasmtime, wasmedge, wasmer, wamr, crun-wasmtime, crun-wasmedge, crun-wasmer, crun-wamr
	//        as a container, but it gets no events: wasip1 has no sockets to listen on
	//   run  dapr
	//        as an output binding, bindings.wasm (stdin to stdout), not as middleware
	//   no   spin
	//        a core module; Spin serves HTTP with components (its older WAGI mode is not set up by this stack)
	//   no   istio
	//        not a Proxy-Wasm filter: it exports no proxy_abi_version_*
	//   no   helm
	//        not a Helm plugin: it is not an Extism plugin that exports helm_plugin_main
}

// The fields of Info answer single questions.
func ExampleInspect() {
	info, err := wasmbin.Inspect(command)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("kind:", info.Kind)
	fmt.Println("WASI:", info.WASI)
	fmt.Println("abi for a function:", info.StackABI())
	for _, i := range info.Imports {
		fmt.Println("needs:", i, i.Type)
	}
	// Output:
	// kind: core module
	// WASI: wasip1
	// abi for a function: wasi
	// needs: wasi_snapshot_preview1.fd_write (i32, i32, i32, i32) -> i32
}

// Something that is not WebAssembly is an error that says what it looks like.
func ExampleInspect_notWasm() {
	_, err := wasmbin.Inspect([]byte("\x1f\x8b\x08\x00"))
	fmt.Println(errors.Is(err, wasmbin.ErrNotWasm))
	fmt.Println(err)
	// Output:
	// true
	// not WebAssembly at offset 0: expected the bytes 00 61 73 6d, got gzip-compressed data; decompress it first
}

// A broken binary is an error with the offset.
func ExampleFormatError() {
	_, err := wasmbin.Inspect(command[:30])
	if broken, ok := errors.AsType[*wasmbin.FormatError](err); ok {
		fmt.Println(broken.Offset, broken.Reason)
	}
	// Output:
	// 22 section 2 says it is 35 bytes long but the input ends after 6: cut off?
}

// Who can run it? Fits has a verdict for each runtime, with the reason.
func ExampleInfo_Fits() {
	info, err := wasmbin.Inspect(component)
	if err != nil {
		log.Fatal(err)
	}
	for _, fit := range info.Fits(wasmbin.Limits{}) {
		switch {
		case fit.Events:
			fmt.Printf("%s: takes events with `abi: %s`\n", fit.Runtime, fit.ABI)
		case fit.Runs:
			fmt.Printf("%s: runs, but takes no events\n", fit.Runtime)
		}
	}
	// Output:
	// wasmtime: takes events with `abi: http`
	// spin: takes events with `abi: http`
}

// Does it fit into the memory that a function may have? Fit asks one runtime.
func ExampleInfo_Fit() {
	info, err := wasmbin.Inspect(command)
	if err != nil {
		log.Fatal(err)
	}
	fit, _ := info.Fit("wazero", wasmbin.Limits{Memory: 64 << 10})
	fmt.Println(fit.Runs, fit.Reason)
	// Output:
	// false needs 128 KiB of memory at start but limits.memory allows 64 KiB
}

// Programs read the report as JSON, as `helm wasm inspect -o json` prints it.
func ExampleInfo_Report() {
	info, err := wasmbin.Inspect(command)
	if err != nil {
		log.Fatal(err)
	}
	data, err := json.Marshal(info.Report(wasmbin.Limits{}))
	if err != nil {
		log.Fatal(err)
	}
	var report struct {
		WASI          string
		MemoryMinimum int
		Fits          []struct{ Runtime string }
	}
	if err := json.Unmarshal(data, &report); err != nil {
		log.Fatal(err)
	}
	fmt.Println(report.WASI, report.MemoryMinimum, report.Fits[0].Runtime)
	// Output:
	// wasip1 131072 wazero
}

// command is a program for WASI preview 1 that does nothing: it imports
// fd_write, has 2 pages of memory, and exports them and _start.
var command = []byte("\x00asm\x01\x00\x00\x00" +
	"\x01\x0c\x02\x60\x00\x00\x60\x04\x7f\x7f\x7f\x7f\x01\x7f" + // types: () and (i32, i32, i32, i32) -> i32
	"\x02\x23\x01\x16wasi_snapshot_preview1\x08fd_write\x00\x01" + // import
	"\x03\x02\x01\x00" + // one function of the first type
	"\x05\x03\x01\x00\x02" + // memory
	"\x07\x13\x02\x06_start\x00\x01\x06memory\x02\x00" + // exports
	"\x0a\x04\x01\x02\x00\x0b") // code

// component answers HTTP requests: it imports wasi:io/poll and exports
// wasi:http/incoming-handler, both of WASI 0.2.0.
var component = []byte("\x00asm\x0d\x00\x01\x00" +
	"\x0a\x17\x01\x00\x12wasi:io/poll@0.2.0\x05\x00" +
	"\x0b\x26\x01\x00\x20wasi:http/incoming-handler@0.2.0\x05\x00\x00")
