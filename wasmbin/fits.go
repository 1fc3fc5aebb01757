// SPDX-License-Identifier: Apache-2.0

package wasmbin

import (
	"slices"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/text"
)

// Fit is the verdict on one runtime: whether it can run the binary, and why not
// if it cannot.
type Fit struct {
	// Runtime is a value of `runtime:` in the stack's values, such as wazero or
	// wasmtime, or another host: dapr, istio or helm.
	Runtime string `json:"runtime"`
	// Runs reports that the binary starts there and does its work.
	Runs bool `json:"runs"`
	// Events reports that the stack can feed it events from Kafka there.
	Events bool `json:"events"`
	// ABI is the value to give `abi:` in the stack's values when Events is true.
	ABI string `json:"abi,omitempty"`
	// Reason says, for people, why the binary does not run, or what to know
	// about running it.
	Reason string `json:"reason,omitempty"`
}

// Limits describe the place where a binary is to run. The zero value sets no
// limits.
type Limits struct {
	// Memory is the most linear memory in bytes that the binary may have; 0
	// means any amount.
	Memory uint64
	// Function is the export to call under the ABI extism; "" means "handle".
	Function string
}

// Fits returns the verdict on every runtime that the stack knows, in the order
// in which its documentation lists them.
func (in *Info) Fits(limits Limits) []Fit {
	fits := []Fit{in.fitWazero(limits)}
	for _, s := range shims {
		fits = append(fits, in.fitShim(s))
	}
	fits = append(fits, in.fitSpin())
	for _, s := range crun {
		fits = append(fits, in.fitShim(s))
	}
	return append(fits, in.fitDapr(), in.fitIstio(), in.fitHelm())
}

// Fit returns the verdict on one runtime, named as in Fit.Runtime, and reports
// whether that runtime is known.
func (in *Info) Fit(runtime string, limits Limits) (Fit, bool) {
	for _, f := range in.Fits(limits) {
		if f.Runtime == runtime {
			return f, true
		}
	}
	return Fit{}, false
}

// no returns the verdict of a runtime that cannot run the binary.
func no(runtime, reason string) Fit { return Fit{Runtime: runtime, Reason: reason} }

// lacks returns the first of the unsupported features that the binary uses, ""
// if it uses none.
func (in *Info) lacks(unsupported ...string) string {
	if i := slices.IndexFunc(unsupported, in.Uses); i >= 0 {
		return unsupported[i]
	}
	return ""
}

var wazeroLacks = []string{
	FeatureGC, FeatureMemory64, FeatureMultiMemory, FeatureThreads, FeatureRelaxedSIMD,
	FeatureCustomPageSizes, FeatureStackSwitching, FeatureWideArithmetic,
}

func (in *Info) fitWazero(limits Limits) Fit {
	const name = "wazero"
	if in.Kind == KindComponent {
		hint := "rebuild it as a core module (wasm32-wasip1)"
		if _, ok := in.ABI(ABIWASIHTTP); ok {
			hint = "use `runtime: wasmtime`, or rebuild it as a core module (wasm32-wasip1)"
		}
		return no(name, "a component; wazero runs core modules only: "+hint)
	}
	if f := in.lacks(wazeroLacks...); f != "" {
		return no(name, "uses "+f+", which wazero does not have")
	}
	if in.UnknownCode != "" {
		return no(name, "has "+in.UnknownCode+", which no standard known here defines")
	}
	if in.unwrapped() {
		return no(name, reasonUnwrapped)
	}
	abi := in.StackABI()
	host := hostWASI
	switch abi {
	case "redpanda":
		host = hostRedpanda
		if a, _ := in.ABI(ABIRedpanda); len(a.Entries) == 0 {
			return no(name, "imports "+modRedpanda+" but exports no function _start () to run")
		}
	case "extism":
		host = hostExtism
		if reason := in.extismEntry(limits.Function); reason != "" {
			return no(name, reason)
		}
	case "":
		return no(name, in.noStackABI())
	}
	if missing := in.missing(host); len(missing) > 0 {
		return no(name, "imports "+list(missing)+", which nobody provides for `abi: "+abi+"`")
	}
	if need := in.MemoryMinimum(); limits.Memory > 0 && need > limits.Memory {
		return no(name, "needs "+text.Bytes(need)+" of memory at start but limits.memory allows "+text.Bytes(limits.Memory))
	}
	note := in.memoryNote()
	if in.importsFrom(modSchemas) {
		note += "; it can ask for a schema registry, and the runner answers that there is none"
	}
	return Fit{Runtime: name, Runs: true, Events: true, ABI: abi, Reason: strings.TrimPrefix(note, "; ")}
}

func (in *Info) importsFrom(module string) bool {
	return slices.ContainsFunc(in.Imports, func(i Import) bool { return i.Module == module })
}

func (in *Info) memoryNote() string {
	if need := in.MemoryMinimum(); need > 0 {
		return "needs " + text.Bytes(need) + " of memory at start"
	}
	return ""
}

// extismEntry returns why Extism cannot call the function, "" if it can.
func (in *Info) extismEntry(function string) string {
	a, _ := in.ABI(ABIExtism)
	if function == "" {
		function = "handle"
	}
	if slices.Contains(a.Entries, function) {
		return ""
	}
	e, ok := in.Export(function)
	switch {
	case ok && function == "_start": // a command: Extism calls it and treats exit code 0 as success
		return ""
	case ok:
		return "exports " + strconv.Quote(function) + " as " + e.Kind + " " + e.Type + ", but Extism calls a func () -> i32"
	case len(a.Entries) == 0:
		if _, ok := in.Export("_start"); ok {
			return "exports no function " + strconv.Quote(function) + "; set module.function to _start, its only entry"
		}
		return "exports no function () -> i32 that Extism could call"
	}
	return "exports no function " + strconv.Quote(function) + "; set module.function to one of: " + list(a.Entries)
}

func (in *Info) noStackABI() string {
	for _, a := range in.ABIs {
		switch a.Name {
		case ABIHTTPWasm:
			return "an http-wasm middleware: it handles HTTP requests in a proxy, not events"
		case ABIProxyWasm:
			return "a Proxy-Wasm filter: it runs inside Envoy, not on events"
		case ABIExtism:
			return "an Extism plugin from " + a.Detail
		case ABIReactor:
			return "a library (_initialize) with none of the contracts for functions; " +
				"it needs imports from " + modExtism + " or " + modRedpanda + ", or a _start"
		}
	}
	return "exports no _start and imports none of the contracts for functions (" + modRedpanda + ", " + modExtism + ")"
}

// reasonUnwrapped is why no runtime can run such a module.
const reasonUnwrapped = "the core of a component, not wrapped yet: `wasm-tools component new` makes the component from it"

// unwrapped reports a core module whose imports are those of a component.
func (in *Info) unwrapped() bool {
	return in.Kind == KindModule &&
		slices.ContainsFunc(in.Imports, func(i Import) bool { return strings.HasPrefix(i.Module, "wasi:") })
}

var daprLacks = slices.Concat(wazeroLacks, []string{
	FeatureTailCall, FeatureExceptions, FeatureExtendedConst, FeatureFunctionReferences,
})

func (in *Info) fitDapr() Fit {
	const name = "dapr"
	if in.Kind == KindComponent {
		return no(name, "a component; Dapr's middleware.http.wasm runs core modules on wazero")
	}
	if _, ok := in.ABI(ABIHTTPWasm); !ok {
		if _, ok := in.ABI(ABICommand); ok && len(in.missing(hostWASI)) == 0 {
			return Fit{Runtime: name, Runs: true, Reason: "as an output binding, bindings.wasm (stdin to stdout), not as middleware"}
		}
		return no(name, "not an http-wasm guest: it has no handle_request () -> i64 and no imports from "+modHTTPWasm)
	}
	if f := in.lacks(daprLacks...); f != "" {
		return no(name, "uses "+f+", which Dapr's wazero does not have or enable")
	}
	if missing := in.missing(hostHTTPWasm); len(missing) > 0 {
		return no(name, "imports "+list(missing)+", which Dapr does not provide")
	}
	_, hasInit := in.Export("_initialize")
	_, hasStart := in.Export("_start")
	switch {
	case hasInit && !hasStart:
		return no(name, "Dapr calls _start but never _initialize, so the guest's runtime would not be set up")
	case hasStart && in.madeBy("Go", "TinyGo"):
		return Fit{Runtime: name, Runs: true, Reason: "as middleware, if its _start returns: " +
			"recent Go and TinyGo end it with proc_exit, which closes the guest"}
	}
	return Fit{Runtime: name, Runs: true, Reason: "as middleware.http.wasm"}
}

func (in *Info) madeBy(names ...string) bool {
	return slices.ContainsFunc(in.Producers, func(p Producer) bool { return slices.Contains(names, p.Name) })
}

func (in *Info) fitIstio() Fit {
	const name = "istio"
	a, ok := in.ABI(ABIProxyWasm)
	if !ok {
		return no(name, "not a Proxy-Wasm filter: it exports no proxy_abi_version_*")
	}
	switch strings.TrimPrefix(a.Detail, "version ") {
	case "0.1.0", "0.2.0", "0.2.1":
	default:
		return no(name, "Proxy-Wasm "+a.Detail+"; Envoy supports 0.1.0, 0.2.0 and 0.2.1")
	}
	return Fit{Runtime: name, Runs: true, Reason: "as a Proxy-Wasm filter, " + a.Detail}
}

func (in *Info) fitHelm() Fit {
	const name = "helm"
	if _, ok := in.ABI(ABIHelmPlugin); !ok {
		return no(name, "not a Helm plugin: it is not an Extism plugin that exports helm_plugin_main")
	}
	if missing := in.missing(hostExtism); len(missing) > 0 {
		return no(name, "imports "+list(missing)+", which Helm does not provide")
	}
	return Fit{Runtime: name, Runs: true, Reason: "as a plugin of Helm 4"}
}
