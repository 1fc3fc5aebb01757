// SPDX-License-Identifier: Apache-2.0

// The benchmarks' enrichment as a WASI command: one process for each event.
package main

import (
	"encoding/json"
	"os"
)

func main() {
	var event map[string]any
	if err := json.NewDecoder(os.Stdin).Decode(&event); err != nil {
		panic(err)
	}
	event["region"] = "eu"
	if err := json.NewEncoder(os.Stdout).Encode(event); err != nil {
		panic(err)
	}
}
