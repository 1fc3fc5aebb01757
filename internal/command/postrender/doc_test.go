// SPDX-License-Identifier: Apache-2.0

package postrender

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestDocumented: the examples in the guide's table of annotations are valid, alone and
// together.
func TestDocumented(t *testing.T) {
	page, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "POST-RENDER.md"))
	if err != nil {
		t.Fatal(err)
	}
	rows := regexp.MustCompile("(?m)^\\| `(helm-wasm\\.dev/[^`]+)` \\| `([^`]+)` \\|").FindAllStringSubmatch(string(page), -1)
	if len(rows) < 15 {
		t.Fatalf("only %d annotations are documented", len(rows))
	}
	const head = "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: x\n  annotations:\n"
	needed := map[string]string{
		"source.topic": "orders", "source.consumerGroup": "billing", "kafka.bootstrapServers": "kafka:9092", "kafka.sasl.secret.name": "s",
	}
	all := head
	for _, row := range rows {
		one := head + "    " + row[1] + ": " + row[2] + "\n"
		for path, value := range needed {
			if Prefix+path != row[1] {
				one += "    " + Prefix + path + ": " + value + "\n"
			}
		}
		if strings.HasPrefix(row[1], Prefix+"scaling.triggers.") {
			one += "    " + Prefix + "scaling.triggers.office.metadata: '{timezone: UTC, start: 0 7 * * *, end: 0 19 * * *, " +
				"desiredReplicas: 2}'\n"
		}
		out, err := Run([]byte(one), Options{})
		if err != nil {
			t.Errorf("%s: %v", row[1], err)
		}
		if added := strings.Contains(string(out), "kind: ScaledObject\n"); added == (row[1] == Prefix+"enabled") {
			t.Errorf("%s: it gives a ScaledObject: %v", row[1], added)
		}
		if row[1] != Prefix+"enabled" {
			all += "    " + row[1] + ": " + row[2] + "\n"
		}
	}
	if _, err := Run([]byte(all), Options{}); err != nil {
		t.Error(err)
	}
}
