// SPDX-License-Identifier: Apache-2.0

package wasmbin

import "strings"

// shim is a runtime that starts a binary as a container.
type shim struct {
	name      string
	engine    string
	component bool     // runs WASI 0.2 components
	sockets   bool     // has socket functions beyond wasip1
	wasix     bool     // has WASIX
	lacks     []string // features that its released versions do not have or enable
}

// off are features that no released shim enables.
var off = []string{FeatureGC, FeatureMemory64, FeatureStackSwitching, FeatureCustomPageSizes, FeatureWideArithmetic}

func without(more ...string) []string { return append(more, off...) }

var shims = []shim{
	{name: "wasmtime", engine: "Wasmtime 27", component: true, lacks: without(FeatureExceptions)},
	{name: "wasmedge", engine: "WasmEdge 0.14", sockets: true, lacks: without(FeatureExceptions, FeatureFunctionReferences)},
	{
		name: "wasmer", engine: "Wasmer 5", wasix: true,
		lacks: without(FeatureExceptions, FeatureTailCall, FeatureFunctionReferences, FeatureMultiMemory),
	},
	{
		name: "wamr", engine: "WAMR",
		lacks: without(FeatureExceptions, FeatureFunctionReferences, FeatureMultiMemory, FeatureRelaxedSIMD),
	},
}

var crun = []shim{
	{name: "crun-wasmtime", engine: "crun's Wasmtime", lacks: off},
	{
		name: "crun-wasmedge", engine: "crun's WasmEdge", sockets: true,
		lacks: without(FeatureExceptions, FeatureFunctionReferences),
	},
	{
		name: "crun-wasmer", engine: "crun's Wasmer", wasix: true,
		lacks: without(FeatureExceptions, FeatureFunctionReferences, FeatureMultiMemory),
	},
	{
		name: "crun-wamr", engine: "crun's WAMR",
		lacks: without(FeatureExceptions, FeatureFunctionReferences, FeatureMultiMemory, FeatureRelaxedSIMD),
	},
}

// serves returns the verdict on a binary that serves HTTP in its container.
func (s shim) serves(reason string) Fit {
	return Fit{Runtime: s.name, Runs: true, Events: true, ABI: "http", Reason: reason}
}

func (in *Info) fitShim(s shim) Fit {
	if in.Kind == KindComponent {
		return in.fitComponent(s)
	}
	if f := in.lacks(s.lacks...); f != "" {
		return no(s.name, "uses "+f+", which "+s.engine+" does not have or enable")
	}
	if in.UnknownCode != "" {
		return no(s.name, "has "+in.UnknownCode+", which no standard known here defines")
	}
	if a, ok := in.ABI(ABIRedpanda); ok {
		return no(s.name, "imports "+modRedpanda+" ("+a.Detail+"), which only the runner provides: use `runtime: wazero`")
	}
	if _, ok := in.ABI(ABIExtism); ok {
		return no(s.name, "imports "+modExtism+", which only Extism hosts provide: use `runtime: wazero`")
	}
	if in.unwrapped() {
		return no(s.name, reasonUnwrapped)
	}
	var missing []string
	usesSockets := false
	for _, name := range in.missing(hostWASI) {
		switch {
		case s.sockets && strings.HasPrefix(name, modWASI+".sock_"):
			usesSockets = true
		case s.wasix && strings.HasPrefix(name, modWASIX+"."):
			usesSockets = true
		default:
			missing = append(missing, name)
		}
	}
	if len(missing) > 0 {
		return no(s.name, "imports "+list(missing)+", which "+s.engine+" does not provide")
	}
	if e, ok := in.Export("_start"); !ok || e.Kind != "func" {
		return no(s.name, "exports no _start, the function that a container starts")
	}
	if usesSockets {
		return s.serves("if it serves HTTP: its imports can open sockets on " + s.engine)
	}
	return Fit{Runtime: s.name, Runs: true, Reason: "as a container, but it gets no events: wasip1 has no sockets to listen on"}
}

func (in *Info) fitComponent(s shim) Fit {
	if !s.component {
		hint := ""
		if s.name == "crun-wasmtime" {
			hint = ", whatever its documentation says about wasip2"
		}
		return no(s.name, "a component; "+s.engine+" runs core modules only"+hint)
	}
	if f := in.lacks(s.lacks...); f != "" {
		return no(s.name, "uses "+f+", which "+s.engine+" does not have or enable")
	}
	if missing := in.foreign("wasi:"); len(missing) > 0 {
		return no(s.name, "imports "+list(missing)+", which "+s.engine+" does not provide")
	}
	if strings.HasPrefix(in.WASI, "0.3") {
		return no(s.name, "speaks WASI "+in.WASI+"; "+s.engine+" speaks 0.2")
	}
	if _, ok := in.ABI(ABIWASIHTTP); ok {
		return s.serves("serves wasi:http on port 8080; its stdout is not logged")
	}
	if _, ok := in.ABI(ABIWASICommand); ok {
		return s.serves("if it serves HTTP: wasi:cli components may open sockets there")
	}
	return no(s.name, "exports neither wasi:http/incoming-handler nor wasi:cli/run")
}

func (in *Info) fitSpin() Fit {
	const name, engine = "spin", "Spin 3.6"
	if in.Kind == KindModule {
		if a, ok := in.ABI(ABICommand); ok && a.Stack != "" && len(in.missing(hostWASI)) == 0 {
			return no(name, "a core module; Spin serves HTTP with components "+
				"(its older WAGI mode is not set up by this stack)")
		}
		return no(name, "a core module; Spin runs components")
	}
	if missing := in.foreign("wasi:", "fermyon:spin/", "spin:"); len(missing) > 0 {
		return no(name, "imports "+list(missing)+", which "+engine+" does not provide")
	}
	if strings.HasPrefix(in.WASI, "0.3") {
		return no(name, "speaks WASI "+in.WASI+"; the shim's "+engine+" speaks 0.2")
	}
	for _, a := range in.ABIs {
		if a.Stack == "http" {
			return Fit{
				Runtime: name, Runs: true, Events: true, ABI: "http",
				Reason: "as an HTTP trigger; the image needs a spin.toml (`spin registry push`)",
			}
		}
	}
	if a, ok := in.ABI(ABISpin); ok && len(a.Entries) > 0 {
		return Fit{Runtime: name, Runs: true, Reason: "by its own trigger (" + list(a.Entries) + "), not by this stack's events"}
	}
	return no(name, "exports no trigger that Spin knows (wasi:http/incoming-handler, fermyon:spin/inbound-*)")
}

// foreign lists the imports of a component whose names have none of the prefixes.
func (in *Info) foreign(prefixes ...string) (names []string) {
next:
	for _, i := range in.Imports {
		for _, p := range prefixes {
			if strings.HasPrefix(i.Name, p) {
				continue next
			}
		}
		if i.Kind == "instance" || i.Kind == "func" {
			names = append(names, i.Name)
		}
	}
	return names
}
