// SPDX-License-Identifier: Apache-2.0

package overlay_test

import (
	"fmt"
	"log"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// A program that imports package stack: it reads values, checks them against the
// rules, renders them, and lets an overlay change the result, all in memory.
// Package stack itself links neither kustomize nor Kubernetes.
//
// Kustomize keeps a schema in a package variable: build one overlay at a time, and
// call kyaml's openapi.ResetOpenAPI between overlays with an `openapi` of their own.
func Example() {
	values, err := stack.Parse("stack.yaml", []byte(`
functions:
  hello:
    module: {image: "ghcr.io/helm-wasm/functions/hello:0.1.0"}
    source: {topic: greetings}
kafka:
  topics: {greetings: {partitions: 3}}
`))
	if err != nil {
		log.Fatal(err)
	}
	for _, finding := range stack.Lint(values, stack.LintOptions{}) {
		if finding.Severity == stack.SeverityError {
			log.Fatal(finding)
		}
	}
	rendered, err := stack.Render(values, stack.RenderOptions{Release: "shop", Namespace: "shop"})
	if err != nil {
		log.Fatal(err)
	}

	files := filesys.MakeFsInMemory()
	write := func(name, text string) {
		if err := files.WriteFile(name, []byte(text)); err != nil {
			log.Fatal(err)
		}
	}
	write("/overlay/stack.yaml", rendered.Manifests())
	write("/overlay/kustomization.yaml", `
resources: [stack.yaml]
images:
  - {name: ghcr.io/helm-wasm/wasm-runner, newName: registry.example.com/wasm-runner}
patches:
  - target: {kind: ScaledObject}
    patch: |-
      - {op: replace, path: /spec/maxReplicaCount, value: 2}
`)
	objects, err := krusty.MakeKustomizer(krusty.MakeDefaultOptions()).Run(files, "/overlay")
	if err != nil {
		log.Fatal(err)
	}
	text, err := objects.AsYaml()
	if err != nil {
		log.Fatal(err)
	}
	for _, line := range strings.Split(string(text), "\n") {
		if strings.Contains(line, "maxReplicaCount") || strings.Contains(line, "image: registry") {
			fmt.Println(strings.TrimSpace(line))
		}
	}
	// Output:
	// image: registry.example.com/wasm-runner:0.1.0
	// maxReplicaCount: 2
}
