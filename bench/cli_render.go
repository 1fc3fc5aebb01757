// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/helm-wasm/helm-wasm/internal/version"
)

func init() { register("render in Helm", renderInHelm) }

// renderInHelm compares whole processes: the plugin in the sandbox, and Helm's
// own engine on the same chart and values.
func renderInHelm(e *Env) ([]Result, error) {
	chart := filepath.Join(e.Root, "dist", "charts", "wasm-keda-stack-"+version.Version+".tgz")
	var results []Result
	for _, c := range []struct {
		functions int
		limit     float64
	}{{1, 0.3}, {100, 0.6}, {1000, 4}} {
		file, err := e.valuesFile(c.functions)
		if err != nil {
			return nil, err
		}
		stdin, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		ours, theirs, err := e.compare(
			func() (float64, error) { return e.helm(stdin, "wasm", "render", "--release", "shop") },
			func() (float64, error) { return e.helm(nil, "template", "shop", chart, "-f", file) },
		)
		if err != nil {
			return nil, err
		}
		r := Result{
			Name: fmt.Sprintf("`helm wasm render`, %d functions, warm", c.functions),
			Ours: ours, Theirs: theirs, Against: "`helm template`", Unit: "s", Runs: e.Runs,
		}
		results = append(results, r.atMost(c.limit))
	}
	return results, nil
}
