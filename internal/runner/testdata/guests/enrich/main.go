// SPDX-License-Identifier: Apache-2.0

// The benchmarks' enrichment as a transform: parse JSON, add a field, write JSON.
package main

import (
	"encoding/json"

	"github.com/redpanda-data/redpanda/src/transform-sdk/go/transform"
)

func main() {
	transform.OnRecordWritten(func(e transform.WriteEvent, w transform.RecordWriter) error {
		r := e.Record()
		var event map[string]any
		if err := json.Unmarshal(r.Value, &event); err != nil {
			return err
		}
		event["region"] = "eu"
		value, err := json.Marshal(event)
		if err != nil {
			return err
		}
		r.Value = value
		return w.Write(r)
	})
}
