// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"slices"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/internal/suggest"
	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

var _ = register(Rule{
	ID: "HW03", Severity: Error, Title: "Not one of the legal values",
	Why:  "The chart's schema refuses the file at install.",
	Fix:  "Write one of the values that the finding lists.",
	Bad:  "functions: {enrich: {delivery: exactly_once}}",
	Good: "functions: {enrich: {delivery: at-least-once}}",

	Value: illegalValue,
})

func illegalValue(p *pass.Pass, path []string, v any, f *schema.Field) {
	if len(f.Enum) == 0 {
		return
	}
	switch v := v.(type) {
	case string:
		if v == "" && strings.Trim(f.Default, `"`) == "" || slices.Contains(f.Enum, v) || p.Enough() {
			return
		}
		fix := "write one of " + strings.Join(f.Enum, ", ")
		if best := suggest.Nearest(v, f.Enum); best != "" {
			fix = "did you mean " + best + "? Legal are " + strings.Join(f.Enum, ", ")
		}
		p.Report(path, strconv.Quote(v)+" is not a legal value", fix)
	case int:
		if !slices.Contains(f.Enum, strconv.Itoa(v)) && !p.Enough() {
			p.Report(path, strconv.Itoa(v)+" is not a legal value", "write one of "+strings.Join(f.Enum, ", "))
		}
	}
}
