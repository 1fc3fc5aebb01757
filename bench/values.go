// SPDX-License-Identifier: Apache-2.0

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// values returns a values file of n functions, as a person would write it.
func values(n int) []byte {
	var b strings.Builder
	b.WriteString("keda: {enabled: false}\nkafka:\n  mode: external\n  bootstrapServers: [kafka:9092]\nfunctions:\n")
	for i := range n {
		fmt.Fprintf(&b, `  fn-%04[1]d:
    module: {image: "ghcr.io/acme/fn-%04[1]d:1.0.0"}
    source: {topic: in-%04[1]d}
    sink: {topic: out-%04[1]d}
    scaling: {maxReplicas: %[2]d, lagThreshold: %[3]d}
    config: {LEVEL: info, REGION: eu-%[2]d}
`, i, 2+i%10, 10+i%90)
	}
	return []byte(b.String())
}

// valuesFile writes values(n) where Helm can read it.
func (e *Env) valuesFile(n int) (string, error) {
	file := filepath.Join(e.Out, fmt.Sprintf("values-%d.yaml", n))
	return file, os.WriteFile(file, values(n), 0o644)
}
