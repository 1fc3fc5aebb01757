// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"fmt"
	"math"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/command"

	"github.com/helm-wasm/helm-wasm/stack"
	"github.com/helm-wasm/helm-wasm/wasmbin"
)

// modules reads what --module names, for rules that look into binaries.
func modules(c *command.Call, doc *stack.Document) (map[string]stack.ModuleInfo, error) {
	given := c.Flags.Strings("module")
	if len(given) == 0 {
		return nil, nil
	}
	functions, _ := doc.Tree()["functions"].(map[string]any)
	modules := make(map[string]stack.ModuleInfo, len(given))
	for _, arg := range given {
		name, file, ok := strings.Cut(arg, "=")
		if !ok || name == "" || file == "" {
			return nil, fmt.Errorf("flag --module: %q is not NAME=FILE, such as enrich=enrich.wasm", arg)
		}
		if _, ok := functions[name]; !ok {
			known := make([]string, 0, len(functions))
			for k := range functions {
				known = append(known, k)
			}
			return nil, fmt.Errorf("flag --module: the values have no function %q%s", name, command.DidYouMean(name, known))
		}
		if c.Sandboxed() {
			return nil, fmt.Errorf(
				"flag --module: a sandboxed plugin cannot open %q: type `helm-wasm lint`, the native program, or `%s inspect < %s`",
				file, c.Program, file,
			)
		}
		data, err := c.Read(file, "Wasm binary", command.MaxBinary)
		if err != nil {
			return nil, fmt.Errorf("flag --module: %w", err)
		}
		if modules[name], err = moduleInfo(data); err != nil {
			return nil, fmt.Errorf("flag --module: reading %s: %w", file, err)
		}
	}
	return modules, nil
}

// moduleInfo returns what rules need to know about a binary.
func moduleInfo(wasm []byte) (stack.ModuleInfo, error) {
	in, err := wasmbin.Inspect(wasm)
	if err != nil {
		return stack.ModuleInfo{}, err
	}
	info := stack.ModuleInfo{ABI: in.StackABI(), MinMemory: int64(min(in.MemoryMinimum(), math.MaxInt64)), Exports: []string{}}
	if a, ok := in.ABI(wasmbin.ABIExtism); ok {
		info.Exports = append(info.Exports, a.Entries...)
	}
	return info, nil
}
