// SPDX-License-Identifier: Apache-2.0

package lint

import (
	"fmt"
	"strings"
	"testing"

	"github.com/helm-wasm/helm-wasm/stack/values"
)

func thousand() []byte {
	var b strings.Builder
	b.WriteString("kafka:\n  topics:\n    dead: {partitions: 1}\n")
	for i := range 1000 {
		fmt.Fprintf(&b, "    in-%d: {partitions: 10}\n    out-%d: {partitions: 10}\n", i, i)
	}
	b.WriteString("functions:\n")
	for i := range 1000 {
		fmt.Fprintf(&b,
			"  f-%d:\n    module: {image: \"ghcr.io/acme/f:1.0.%d\"}\n    source: {topic: in-%d}\n    sink: {topic: out-%d}\n"+
				"    onError: {deadLetterTopic: dead}\n    scaling: {maxReplicas: 10}\n",
			i, i, i, i)
	}
	return []byte(b.String())
}

func BenchmarkParse1000(b *testing.B) {
	data := thousand()
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := values.Parse("v", data); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLint1000(b *testing.B) {
	d, err := values.Parse("v", thousand())
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if fs := Lint(d, Options{}); fs.HasErrors() {
			b.Fatal(fs[0])
		}
	}
}
