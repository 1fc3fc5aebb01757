// SPDX-License-Identifier: Apache-2.0

// Package examples contains the values files that `helm wasm init` writes.
package examples

import (
	_ "embed" // the texts below
	"fmt"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/suggest"
)

// Example is a values file to start from. Each lints without errors or
// warnings.
type Example struct {
	// Name is what `helm wasm init --example` takes.
	Name string

	// Title is one line for a list.
	Title string

	// Text is the commented YAML.
	Text string
}

//go:embed starter.yaml
var exampleStarter string

//go:embed pipeline.yaml
var examplePipeline string

//go:embed external-kafka.yaml
var exampleExternal string

//go:embed workload.yaml
var exampleWorkload string

//go:embed wasmtime.yaml
var exampleWasmtime string

//go:embed production.yaml
var exampleProduction string

//go:embed host.yaml
var exampleHost string

//go:embed exactly-once.yaml
var exampleExactlyOnce string

// Starter returns the file that `helm wasm init` prints: one function, its topics,
// and a comment on each line that one may want to change.
func Starter() string { return exampleStarter }

// All returns all starting points, the starter first.
func All() []Example {
	return []Example{
		{"starter", "one function between two topics, with a small Kafka in the release", exampleStarter},
		{"pipeline", "three functions in a row with shared defaults", examplePipeline},
		{"external-kafka", "brokers and KEDA that exist already, with SASL and TLS", exampleExternal},
		{"workload", "no function: scale a Deployment by lag and by office hours", exampleWorkload},
		{"wasmtime", "an HTTP component under Wasmtime through a RuntimeClass", exampleWasmtime},
		{"production", "three brokers, disruption budgets, network policies, monitoring", exampleProduction},
		{"host", "functions that share a pod, beside one with a Deployment of its own", exampleHost},
		{"exactly-once", "Kafka transactions from source to sink", exampleExactlyOnce},
	}
}

// Named finds an example.
func Named(name string) (Example, error) {
	var names []string
	for _, e := range All() {
		if e.Name == name {
			return e, nil
		}
		names = append(names, e.Name)
	}
	if best := suggest.Nearest(name, names); best != "" {
		return Example{}, fmt.Errorf("there is no example %q; did you mean %s?", name, best)
	}
	return Example{}, fmt.Errorf("there is no example %q; there are %s", name, strings.Join(names, ", "))
}
