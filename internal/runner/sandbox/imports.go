// SPDX-License-Identifier: Apache-2.0

package sandbox

import (
	"fmt"
	"strings"

	"github.com/tetratelabs/wazero"
)

// CheckImports returns an error for the first import that nothing provides. The error
// of an instantiation says little about what would run the module.
func (s *Sandbox) CheckImports(module wazero.CompiledModule) error {
	for _, fn := range module.ImportedFunctions() {
		from, name, _ := fn.Import()
		host := s.Runtime.Module(from)
		if host == nil {
			return fmt.Errorf("the module imports %q from %q, which the runner does not provide%s", name, from, advice(from))
		}
		if host.ExportedFunctionDefinitions()[name] == nil {
			return fmt.Errorf("the module imports %q from %q, which has no such function here", name, from)
		}
	}
	return nil
}

// advice says what provides a module that the runner does not.
func advice(module string) string {
	switch {
	case strings.HasPrefix(module, "wasi:"):
		return ": this is the component model; run it under a RuntimeClass with abi http"
	case module == "wasi_unstable":
		return ": this is WASI preview 0; rebuild it for wasm32-wasip1"
	case strings.HasPrefix(module, "extism:"), module == "extism":
		return " under this ABI; set abi: extism"
	case strings.HasPrefix(module, "redpanda_"):
		return " under this ABI; set abi: redpanda"
	case module == "wbg", strings.HasPrefix(module, "__wbindgen"), module == "gojs", module == "go":
		return ": the module was built for browsers; rebuild it for WASI (Go: GOOS=wasip1, Rust: wasm32-wasip1)"
	case strings.HasPrefix(module, "wasi_http"), strings.HasPrefix(module, "wasi-http"), module == "spin",
		strings.HasPrefix(module, "fermyon"):
		return ": run it with Spin under a RuntimeClass with abi http"
	case module == "wasi_nn" || strings.HasPrefix(module, "wasi_ephemeral"):
		return ": run it with WasmEdge under a RuntimeClass with abi http"
	}
	return ""
}
