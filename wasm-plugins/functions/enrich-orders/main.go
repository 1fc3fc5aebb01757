// SPDX-License-Identifier: Apache-2.0

// Command enrich-orders is a function of ABI redpanda: it reads orders, adds what
// later stages need (totals, a high-value mark), and writes the result. The work is
// in enrich.go, which knows nothing of Wasm and is tested natively.
package main

import (
	"fmt"
	"os"

	"github.com/redpanda-data/redpanda/src/transform-sdk/go/transform"
)

func main() {
	// Settings are read once: the process lives as long as the instance.
	settings, err := ParseSettings(os.Getenv)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	transform.OnRecordWritten(func(event transform.WriteEvent, out transform.RecordWriter) error {
		return handle(settings, event.Record(), out)
	})
}

// handle writes the enriched order with the key and headers it came with, and
// a copy to the high-value topic where one is set.
func handle(settings Settings, record transform.Record, out transform.RecordWriter) error {
	if record.Value == nil {
		// A tombstone of a compacted topic stays one.
		return out.Write(record)
	}
	value, enrichment, err := settings.Enrich(record.Value)
	if err != nil {
		return err
	}
	record.Value = value
	if enrichment.HighValue && settings.HighValueTopic != "" {
		if err := out.Write(record, transform.ToTopic(settings.HighValueTopic)); err != nil {
			return fmt.Errorf("writing to %q: %w", settings.HighValueTopic, err)
		}
	}
	return out.Write(record)
}
