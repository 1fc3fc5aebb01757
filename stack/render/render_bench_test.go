// SPDX-License-Identifier: Apache-2.0

package render

import (
	"fmt"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/stack/values"
)

// manyFunctions returns a values file of n functions.
func manyFunctions(n int) []byte {
	var b strings.Builder
	b.WriteString("kafka:\n  mode: external\n  bootstrapServers: [\"k:9092\"]\n  topics:\n")
	for i := range n {
		fmt.Fprintf(&b, "    t%d: {partitions: 12}\n", i)
	}
	b.WriteString("functions:\n")
	for i := range n {
		fmt.Fprintf(&b, `  fn-%d:
    module: {image: "ghcr.io/acme/fn-%d@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"}
    source: {topic: t%d}
    sink: {topic: o%d}
    scaling:
      maxReplicas: 12
      lagThreshold: 50
    resources:
      requests: {cpu: 100m, memory: 128Mi}
`, i, i, i, i)
	}
	return []byte(b.String())
}

func benchmarkRender(b *testing.B, n int) {
	data := manyFunctions(n)
	doc, err := values.Parse("values.yaml", data)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("parse", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := values.Parse("values.yaml", data); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("render", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Render(doc, Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("print", func(b *testing.B) {
		r, err := Render(doc, Options{})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			b.SetBytes(int64(len(r.Manifests())))
		}
	})
}

func BenchmarkRender1(b *testing.B)    { benchmarkRender(b, 1) }
func BenchmarkRender100(b *testing.B)  { benchmarkRender(b, 100) }
func BenchmarkRender1000(b *testing.B) { benchmarkRender(b, 1000) }
