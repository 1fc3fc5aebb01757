// SPDX-License-Identifier: Apache-2.0

package metrics

import (
	"net/http/httptest"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDocumented compares the registered names with docs/METRICS.md.
func TestDocumented(t *testing.T) {
	s := New(NewRegistry(), "f", "auto")
	s.Failures.WithLabelValues("trap")
	s.Lag.WithLabelValues("0")
	s.Cold.WithLabelValues("module")
	s.Transactions.WithLabelValues("committed")
	page := httptest.NewRecorder()
	s.Handler().ServeHTTP(page, httptest.NewRequest("GET", "/metrics", nil))
	var served []string
	for _, m := range regexp.MustCompile(`(?m)^# TYPE (wasm_runner_\w+) (\w+)$`).FindAllStringSubmatch(page.Body.String(), -1) {
		served = append(served, m[1]+" "+m[2])
	}
	doc, err := os.ReadFile("../../../docs/METRICS.md")
	if err != nil {
		t.Fatal(err)
	}
	var documented []string
	for _, m := range regexp.MustCompile("(?m)^\\| `(wasm_runner_\\w+)` \\| (\\w+) \\|").FindAllStringSubmatch(string(doc), -1) {
		documented = append(documented, m[1]+" "+m[2])
	}
	slices.Sort(served)
	slices.Sort(documented)
	if !slices.Equal(served, documented) {
		t.Errorf("served:\n%s\ndocumented:\n%s", strings.Join(served, "\n"), strings.Join(documented, "\n"))
	}
}
