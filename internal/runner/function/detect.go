// SPDX-License-Identifier: Apache-2.0

package function

import (
	"fmt"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/runner/settings"
	"github.com/helm-wasm/helm-wasm/wasmbin"
)

// detect returns the ABI that a module runs under, and why. With abi auto the binary
// decides; any other ABI must be the one that the binary is made for.
func detect(s *settings.Settings, wasm []byte) (kind, why string, err error) {
	info, err := wasmbin.Inspect(wasm)
	if err != nil {
		return "", "", fmt.Errorf("the module is not usable WebAssembly: %w", err)
	}
	fit, _ := info.Fit("wazero", wasmbin.Limits{Memory: s.Bounds.Memory, Function: export(s)})
	if !fit.Runs {
		return "", "", fmt.Errorf("the module cannot run here: %s%s", fit.Reason, elsewhere(info))
	}
	if s.ABI == "" || s.ABI == "auto" {
		return fit.ABI, evidence(info, fit.ABI), nil
	}
	if fit.ABI != s.ABI {
		return "", "", fmt.Errorf(
			"abi is %q, but the module is made for abi %q (%s): set abi to %q or auto",
			s.ABI, fit.ABI, evidence(info, fit.ABI), fit.ABI,
		)
	}
	return s.ABI, "configured; " + evidence(info, fit.ABI), nil
}

// evidence describes what in the binary points to an ABI.
func evidence(info *wasmbin.Info, kind string) string {
	for _, i := range info.Imports {
		switch {
		case kind == "redpanda" && i.Module == "redpanda_transform",
			kind == "extism" && strings.HasPrefix(i.Module, "extism:"):
			return fmt.Sprintf("it imports %q", i.String())
		}
	}
	if kind == "wasi" {
		return "it is a WASI command: it exports _start and imports no other contract"
	}
	return "its exports fit"
}

// elsewhere lists the runtimes that would run the module.
func elsewhere(info *wasmbin.Info) string {
	var names []string
	for _, fit := range info.Fits(wasmbin.Limits{}) {
		if fit.Runs && fit.Runtime != "wazero" {
			names = append(names, fit.Runtime)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "; it runs on: " + strings.Join(names, ", ")
}
