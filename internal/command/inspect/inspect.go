// SPDX-License-Identifier: Apache-2.0

package inspect

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/command"

	"github.com/helm-wasm/helm-wasm/wasmbin"
)

// Command returns `helm wasm inspect`.
func Command() command.Command {
	return command.Command{
		Name:    "inspect",
		Args:    "[FILE]",
		MaxArgs: 1,
		Short:   "say what a .wasm file is, and which runtimes can run it",
		Long: `Say what a WebAssembly binary is: core module or component, its level of WASI,
what it imports and exports, the contract (ABI) that it fits, and for every
runtime whether it can run the binary, and if not, why.

In the plugin the binary comes on standard input; the native program also takes
a file.`,
		Example: "{} inspect < enrich.wasm\n{} inspect --memory 64Mi -o json < enrich.wasm",
		Flags: []command.Flag{
			{Name: "output", Short: "o", Value: "FORMAT", Enum: []string{"text", "json"}, Default: "text", Help: "text or json"},
			{Name: "memory", Value: "SIZE", Help: "memory that a function may have (limits.memory), such as 64Mi"},
			{Name: "function", Value: "NAME", Help: "exported function to call for the extism ABI (the default is handle)"},
			{Name: "code", Help: "look for features in every instruction, even in large binaries"},
		},
		Run: run,
	}
}

func run(c *command.Call) error {
	name := "-"
	if len(c.Args) == 1 {
		name = c.Args[0]
	}
	if name != "-" && c.Sandboxed() {
		return c.FileHint(name)
	}
	limits := wasmbin.Limits{Function: c.Flags.String("function")}
	if size := c.Flags.String("memory"); size != "" {
		memory, err := parseSize(size)
		if err != nil {
			return fmt.Errorf("flag --memory: %w", err)
		}
		limits.Memory = memory
	}
	data, err := c.Read(name, "Wasm binary", command.MaxBinary)
	if err != nil {
		return err
	}
	inspect := wasmbin.Inspect
	if c.Flags.Bool("code") {
		inspect = wasmbin.InspectCode
	}
	info, err := inspect(data)
	if err != nil {
		if name == "-" {
			name = "standard input"
		}
		return fmt.Errorf("reading %s: %w", name, err)
	}
	if c.Flags.String("output") == "json" {
		return c.WriteJSON(info.Report(limits))
	}
	return info.Text(c.Out, limits)
}

// parseSize reads bytes as Kubernetes writes memory: 64Mi, 1Gi, 500M, 65536.
func parseSize(s string) (uint64, error) {
	units := []struct {
		suffix string
		factor uint64
	}{{"Ki", 1 << 10}, {"Mi", 1 << 20}, {"Gi", 1 << 30}, {"k", 1e3}, {"M", 1e6}, {"G", 1e9}, {"", 1}}
	for _, u := range units {
		digits, ok := strings.CutSuffix(s, u.suffix)
		if !ok {
			continue
		}
		n, err := strconv.ParseUint(digits, 10, 64)
		if err != nil || n == 0 || n > 1<<50/u.factor {
			break
		}
		return n * u.factor, nil
	}
	return 0, fmt.Errorf("%q is not a size such as 64Mi", s)
}
