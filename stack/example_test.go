// SPDX-License-Identifier: Apache-2.0

package stack_test

import (
	"fmt"
	"log"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack"
)

const values = `
kafka:
  topics:
    orders: {partitions: 12}
    orders.enriched: {partitions: 12}
functions:
  enrich:
    module: {image: "ghcr.io/acme/enrich@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}
    source: {topic: orders}
    sink: {topic: orders.enriched}
    scaling: {maxReplicas: 12}
`

// Render my values: the manifests of the functions, as `helm template` prints
// them.
func ExampleRender() {
	doc, err := stack.Parse("stack.yaml", []byte(values))
	if err != nil {
		log.Fatal(err)
	}
	rendered, err := stack.Render(doc, stack.RenderOptions{Release: "shop", Namespace: "prod"})
	if err != nil {
		log.Fatal(err)
	}
	for _, object := range rendered.Objects() {
		fmt.Println(object.Kind, object.Name)
	}
	// Output:
	// ServiceAccount shop-enrich
	// ConfigMap shop-enrich
	// Deployment shop-enrich
	// ScaledObject shop-enrich
}

// Lint in a pipeline: everything that is wrong at once, with its place and its
// fix. Only errors fail the build.
func ExampleLint() {
	doc, err := stack.Parse("stack.yaml", []byte(values+"    delivry: exactly-once\n"))
	if err != nil {
		log.Fatal(err)
	}
	found := stack.Lint(doc, stack.LintOptions{Ignore: []string{"HW14", "KE13"}})
	for _, f := range found {
		fmt.Printf("%s %s %s\n%s\n", f.Severity, f.Rule, f, f.Fix)
	}
	fmt.Println("fail the build:", found.HasErrors())
	// Output:
	// error HW01 stack.yaml:12:5: functions.enrich.delivry: unknown key "delivry"
	// did you mean delivery?
	// fail the build: true
}

// The error for a file that cannot be read says where it is wrong and what to do.
func ExampleParse() {
	_, err := stack.Parse("stack.yaml", []byte("functions:\n  enrich: {}\n  enrich: {}\n"))
	fmt.Println(err)
	// Output:
	// stack.yaml:3:3: key "enrich" is given twice in one mapping, first in line 2; keep one of the two; Helm would silently use the last
}

// Several files and --set, as with Helm: the last one wins.
func ExampleMerge() {
	base, err := stack.Parse("stack.yaml", []byte(values))
	if err != nil {
		log.Fatal(err)
	}
	prod, err := stack.Parse("prod.yaml", []byte("functions: {enrich: {scaling: {maxReplicas: 6}}}"))
	if err != nil {
		log.Fatal(err)
	}
	doc := stack.Merge(base, prod)
	if err := doc.Set("functions.enrich.scaling.minReplicas=1"); err != nil {
		log.Fatal(err)
	}
	rendered, err := stack.Render(doc, stack.RenderOptions{Release: "shop"})
	if err != nil {
		log.Fatal(err)
	}
	for line := range strings.Lines(rendered.Manifests()) {
		if strings.Contains(line, "ReplicaCount:") {
			fmt.Print(strings.TrimSpace(line), "\n")
		}
	}
	// Output:
	// minReplicaCount: 1
	// maxReplicaCount: 6
}

// The rules that exist, and where each is explained.
func ExampleRules() {
	for _, r := range stack.Rules() {
		if r.ID == "KE13" {
			fmt.Println(r.ID, r.Severity, r.Title)
			fmt.Println(r.URL())
		}
	}
	// Output:
	// KE13 warning Replicas do not fit the topic's partitions
	// https://github.com/helm-wasm/helm-wasm/blob/main/docs/RULES.md#KE13
}
