// SPDX-License-Identifier: Apache-2.0

package wasmbin

import (
	"slices"
	"strings"
)

// ABI is a host contract that a binary fits: what a host calls in it, and what
// the stack calls the contract.
type ABI struct {
	// Name is one of the ABI constants.
	Name string `json:"name"`
	// Stack is the value of `abi:` in the stack's values: redpanda, extism,
	// wasi or http. It is empty for contracts that cannot serve as a function.
	Stack string `json:"stack,omitempty"`
	// Entries are the exports that the host calls.
	Entries []string `json:"entries,omitempty"`
	// Detail is a remark for people, such as the version of the contract.
	Detail string `json:"detail,omitempty"`
}

// The host contracts that Inspect recognizes, as ABI.Name spells them.
const (
	ABIRedpanda    = "redpanda"     // Redpanda Data Transforms
	ABIExtism      = "extism"       // an Extism plugin
	ABIHelmPlugin  = "helm-plugin"  // a Helm 4 plugin, which is an Extism plugin
	ABICommand     = "wasi-command" // _start: stdin, stdout, exit code
	ABIReactor     = "wasi-reactor" // _initialize, then exports
	ABIHTTPWasm    = "http-wasm"    // HTTP middleware, as in Dapr
	ABIProxyWasm   = "proxy-wasm"   // Envoy and Istio filters
	ABIWASIHTTP    = "wasi-http"    // a component that answers HTTP requests
	ABIWASICommand = "wasi-cli"     // a component that runs once
	ABISpin        = "spin"         // a component with a Spin trigger
)

const (
	modWASI       = "wasi_snapshot_preview1"
	modWASIOld    = "wasi_unstable"
	modRedpanda   = "redpanda_transform"
	modSchemas    = "redpanda_schema_registry"
	modExtism     = "extism:host/env"
	modExtismUser = "extism:host/user"
	modHTTPWasm   = "http_handler"
	modWASIX      = "wasix_32v1"
)

// ABI reports whether the binary fits the contract of that name, one of the ABI
// constants, and returns its details.
func (in *Info) ABI(name string) (ABI, bool) {
	i := slices.IndexFunc(in.ABIs, func(a ABI) bool { return a.Name == name })
	if i < 0 {
		return ABI{}, false
	}
	return in.ABIs[i], true
}

// StackABI returns what `abi: auto` in the stack's values resolves to: redpanda,
// extism, wasi or http, or "" if the binary cannot serve as a function.
func (in *Info) StackABI() string {
	for _, a := range in.ABIs {
		if a.Stack != "" {
			return a.Stack
		}
	}
	return ""
}

func wasiLevel(in *Info) string {
	level := "none"
	if in.Kind == KindModule {
		for _, i := range in.Imports {
			switch i.Module {
			case modWASI:
				return "wasip1"
			case modWASIOld:
				level = modWASIOld
			}
		}
		return level
	}
	consider := func(name, version string) {
		if strings.HasPrefix(name, "wasi:") && version != "" && (level == "none" || newer(version, level)) {
			level = version
		}
	}
	for _, i := range in.Imports {
		consider(i.Name, i.Version)
	}
	for _, e := range in.Exports {
		consider(e.Name, e.Version)
	}
	return level
}

// newer compares versions number by number; a pre-release is older than its
// release.
func newer(a, b string) bool {
	a, preA, _ := strings.Cut(a, "-")
	b, preB, _ := strings.Cut(b, "-")
	for a != "" || b != "" {
		var x, y string
		x, a, _ = strings.Cut(a, ".")
		y, b, _ = strings.Cut(b, ".")
		if len(x) != len(y) {
			return len(x) > len(y)
		}
		if x != y {
			return x > y
		}
	}
	if preA == "" || preB == "" {
		return preA == "" && preB != ""
	}
	return preA > preB
}

func findABIs(in *Info) []ABI {
	if in.Kind == KindComponent {
		return componentABIs(in)
	}
	imports := map[string]bool{}
	legacyExtism := false
	redpandaVersion := ""
	for _, i := range in.Imports {
		imports[i.Module] = true
		legacyExtism = legacyExtism || i.Module == "env" && strings.HasPrefix(i.Name, "extism_")
		if v, ok := strings.CutPrefix(i.Name, "check_abi_version_"); ok && i.Module == modRedpanda {
			redpandaVersion = v
		}
	}
	var abis []ABI
	var calls []string // exports of type () -> i32
	proxy := ABI{Name: ABIProxyWasm}
	for _, e := range in.Exports {
		if e.Kind == "func" && e.Type == "() -> i32" {
			calls = append(calls, e.Name)
		}
		if v, ok := strings.CutPrefix(e.Name, "proxy_abi_version_"); ok && e.Kind == "func" {
			proxy.Detail = "version " + strings.ReplaceAll(v, "_", ".")
		}
		if e.Kind == "func" && strings.HasPrefix(e.Name, "proxy_on_") {
			proxy.Entries = append(proxy.Entries, e.Name)
		}
	}
	start, _ := in.Export("_start")
	_, hasInit := in.Export("_initialize")
	isStart := start.Kind == "func" && start.Type == "()"

	if imports[modRedpanda] {
		a := ABI{Name: ABIRedpanda, Stack: "redpanda", Detail: "Data Transforms version " + redpandaVersion}
		if redpandaVersion == "" {
			a.Detail = "Data Transforms, version not stated"
		}
		if isStart {
			a.Entries = []string{"_start"}
		}
		abis = append(abis, a)
	}
	if imports[modExtism] || legacyExtism {
		if main, ok := in.Export("helm_plugin_main"); ok && main.Kind == "func" {
			abis = append(abis, ABI{Name: ABIHelmPlugin, Entries: []string{"helm_plugin_main"}})
		}
		a := ABI{Name: ABIExtism, Stack: "extism", Entries: calls}
		if legacyExtism && !imports[modExtism] {
			a.Stack, a.Detail = "", "before Extism 1.0 (imports env.extism_*): rebuild it with a current PDK"
		}
		abis = append(abis, a)
	}
	if handle, ok := in.Export("handle_request"); imports[modHTTPWasm] || ok && handle.Type == "() -> i64" {
		abis = append(abis, ABI{Name: ABIHTTPWasm, Entries: present(in, "handle_request", "handle_response")})
	}
	if proxy.Detail != "" {
		abis = append(abis, proxy)
	}
	if len(abis) == 0 {
		switch {
		case isStart:
			abis = append(abis, ABI{
				Name: ABICommand, Stack: "wasi", Entries: []string{"_start"},
				Detail: "an event on stdin, the result on stdout",
			})
		case hasInit:
			abis = append(abis, ABI{
				Name: ABIReactor, Entries: []string{"_initialize"},
				Detail: "a library: nothing runs until a host calls its exports",
			})
		}
	}
	return abis
}

func present(in *Info, names ...string) (found []string) {
	for _, n := range names {
		if _, ok := in.Export(n); ok {
			found = append(found, n)
		}
	}
	return found
}

func componentABIs(in *Info) []ABI {
	var http, cli, spin ABI
	for _, e := range in.Exports {
		switch {
		case strings.HasPrefix(e.Name, "wasi:http/incoming-handler"), strings.HasPrefix(e.Name, "wasi:http/handler"):
			http = ABI{Name: ABIWASIHTTP, Stack: "http", Entries: []string{e.Name}}
		case strings.HasPrefix(e.Name, "wasi:cli/run"):
			cli = ABI{Name: ABIWASICommand, Entries: []string{e.Name}}
		case strings.HasPrefix(e.Name, "fermyon:spin/inbound-"), strings.HasPrefix(e.Name, "spin:"):
			spin = ABI{Name: ABISpin, Entries: append(spin.Entries, e.Name), Detail: "a Spin trigger"}
			if strings.HasPrefix(e.Name, "fermyon:spin/inbound-http") {
				spin.Stack = "http"
			}
		}
	}
	if spin.Name == "" {
		for _, i := range in.Imports {
			if strings.HasPrefix(i.Name, "fermyon:spin/") || strings.HasPrefix(i.Name, "spin:") {
				spin = ABI{Name: ABISpin, Entries: http.Entries, Stack: http.Stack, Detail: "imports Spin's interfaces"}
				break
			}
		}
	}
	var abis []ABI
	for _, a := range []ABI{http, cli, spin} {
		if a.Name != "" {
			abis = append(abis, a)
		}
	}
	return abis
}
