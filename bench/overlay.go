// SPDX-License-Identifier: Apache-2.0

package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

func init() { register("overlay build", overlayBuild) }

// overlayBuild compares whole processes of `helm-wasm build` and of the kustomize that
// `make bench` names: one of the project's overlays, and an overlay on many rendered
// functions.
func overlayBuild(e *Env) ([]Result, error) {
	kustomize := os.Getenv("KUSTOMIZE")
	if kustomize == "" {
		return nil, errors.New("KUSTOMIZE names the program to compare with: run `make bench`")
	}
	program := filepath.Join(e.Root, "dist", "bin", "helm-wasm-"+runtime.GOOS+"-"+runtime.GOARCH)
	const functions = 100 // kustomize's time grows with the square
	many, err := e.manyFunctions(program, functions)
	if err != nil {
		return nil, err
	}
	var results []Result
	for _, c := range []struct {
		name, dir string
		limit     float64
	}{
		{"`helm-wasm build kustomize/overlays/prod`", filepath.Join(e.Root, "kustomize", "overlays", "prod"), 0.5},
		{fmt.Sprintf("`helm-wasm build` of an overlay on %d functions", functions), many, 5},
	} {
		ours, theirs, err := e.compare(
			func() (float64, error) { return e.process(os.Environ(), nil, program, "build", c.dir) },
			func() (float64, error) { return e.process(os.Environ(), nil, kustomize, "build", c.dir) },
		)
		if err != nil {
			return nil, err
		}
		r := Result{Name: c.name, Ours: ours, Theirs: theirs, Against: "`kustomize build`, the same bytes", Unit: "s", Runs: e.Runs}
		results = append(results, r.atMost(c.limit))
	}
	return results, nil
}

// manyFunctions writes an overlay on a rendered stack: other images, a namespace
// and one patch of all ScaledObjects.
func (e *Env) manyFunctions(program string, n int) (string, error) {
	file, err := e.valuesFile(n)
	if err != nil {
		return "", err
	}
	out, _, err := e.output(os.Environ(), nil, program, "render", "--release", "shop", "-f", file)
	if err != nil {
		return "", err
	}
	dir := filepath.Join(e.Out, "overlay")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(dir, "functions.yaml"), out, 0o644); err != nil {
		return "", err
	}
	return dir, os.WriteFile(filepath.Join(dir, "kustomization.yaml"), []byte(`resources: [functions.yaml]
namespace: prod
images:
  - {name: ghcr.io/helm-wasm/wasm-runner, newName: registry.example.com/wasm-runner}
patches:
  - target: {kind: ScaledObject}
    patch: |-
      - {op: replace, path: /spec/cooldownPeriod, value: 300}
`), 0o644)
}
