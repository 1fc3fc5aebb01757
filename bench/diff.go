// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"

	"github.com/helm-wasm/helm-wasm/internal/version"
)

func init() { register("diff", diffStacks) }

// diffStacks compares `helm-wasm diff` of two values files, in which the lag
// thresholds of some functions differ, with what it takes Helm to render both.
func diffStacks(e *Env) ([]Result, error) {
	const functions = 1000
	chart := filepath.Join(e.Root, "dist", "charts", "wasm-keda-stack-"+version.Version+".tgz")
	program := filepath.Join(e.Root, "dist", "bin", "helm-wasm-"+runtime.GOOS+"-"+runtime.GOARCH)
	old, err := e.valuesFile(functions)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(old)
	if err != nil {
		return nil, err
	}
	new := filepath.Join(e.Out, "values-changed.yaml")
	if err := os.WriteFile(new, bytes.ReplaceAll(data, []byte("lagThreshold: 10}"), []byte("lagThreshold: 11}")), 0o644); err != nil {
		return nil, err
	}
	ours, theirs, err := e.compare(
		func() (float64, error) { return e.process(os.Environ(), nil, program, "diff", old, new) },
		func() (float64, error) {
			var both float64
			for _, file := range []string{old, new} {
				took, err := e.helm(nil, "template", "shop", chart, "-f", file)
				if err != nil {
					return 0, err
				}
				both += took
			}
			return both, nil
		},
	)
	if err != nil {
		return nil, err
	}
	r := Result{
		Name: fmt.Sprintf("`helm-wasm diff` of two stacks of %d functions", functions),
		Ours: ours, Theirs: theirs, Against: "`helm template` of both, without a comparison", Unit: "s", Runs: e.Runs,
	}
	return []Result{r.atMost(2)}, nil
}
