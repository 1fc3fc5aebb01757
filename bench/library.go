// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"path/filepath"
	"time"

	"github.com/helm-wasm/helm-wasm/internal/version"
	"github.com/helm-wasm/helm-wasm/stack"
)

func init() { register("library", library) }

// library compares the Go library, from the bytes of a values file to
// manifests, with a process of `helm template`.
func library(e *Env) ([]Result, error) {
	const functions = 1000
	chart := filepath.Join(e.Root, "dist", "charts", "wasm-keda-stack-"+version.Version+".tgz")
	file, err := e.valuesFile(functions)
	if err != nil {
		return nil, err
	}
	data := values(functions)
	ours, theirs, err := e.compare(
		func() (float64, error) {
			start := time.Now()
			doc, err := stack.Parse("values.yaml", data)
			if err != nil {
				return 0, err
			}
			rendered, err := stack.Render(doc, stack.RenderOptions{Release: "shop"})
			if err != nil {
				return 0, err
			}
			if len(rendered.Manifests()) == 0 {
				return 0, fmt.Errorf("rendering %d functions gave nothing", functions)
			}
			return time.Since(start).Seconds(), nil
		},
		func() (float64, error) { return e.helm(nil, "template", "shop", chart, "-f", file) },
	)
	if err != nil {
		return nil, err
	}
	r := Result{
		Name: fmt.Sprintf("`stack.Render` in a Go program, %d functions", functions),
		Ours: ours, Theirs: theirs, Against: "`helm template`", Unit: "s", Runs: e.Runs,
	}
	return []Result{r.atLeastTimes(3)}, nil
}
