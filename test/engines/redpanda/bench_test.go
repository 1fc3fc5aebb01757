// SPDX-License-Identifier: Apache-2.0

package redpanda

import (
	"bytes"
	"context"
	"testing"

	"github.com/helm-wasm/helm-wasm/test/engines"
)

// benchmark uses one order per record and one batch: the guest's work and the calls, no Kafka.
func benchmark(b *testing.B, function string) {
	module := engines.Module(b, function)
	record := Record{Key: []byte("k"), Value: engines.Testdata(b, function, "order.json")}
	var stderr bytes.Buffer
	if _, err := Run(context.Background(), module, config(&stderr, nil), nil); err != nil {
		b.Fatal(err)
	}
	records := make([]Record, b.N)
	for i := range records {
		records[i] = record
	}
	b.ResetTimer()
	if _, err := Run(context.Background(), module, config(&stderr, nil), records); err != nil {
		b.Fatal(err)
	}
}

func BenchmarkEnrichOrders(b *testing.B) { benchmark(b, "enrich-orders") }
func BenchmarkRedactCards(b *testing.B)  { benchmark(b, "redact-cards") }
