// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

var _ = register(Rule{
	ID: "HW04", Severity: Error, Title: "Number out of bounds",
	Why:  "The chart's schema refuses the file at install.",
	Fix:  "Write a number within the bounds that the finding names.",
	Bad:  "functions: {enrich: {scaling: {pollingInterval: 0}}}",
	Good: "functions: {enrich: {scaling: {pollingInterval: 5}}}",

	Value: outOfBounds,
})

func outOfBounds(p *pass.Pass, path []string, v any, f *schema.Field) {
	n, ok := v.(int)
	if !ok || len(f.Enum) > 0 {
		return
	}
	small, large := f.HasMin && n < f.Min, f.HasMax && n > f.Max
	switch {
	case !small && !large || p.Enough():
	case small:
		p.Report(path, strconv.Itoa(n)+" is too small", "write "+strconv.Itoa(f.Min)+" or more")
	default:
		p.Report(path, strconv.Itoa(n)+" is too large", "write "+strconv.Itoa(f.Max)+" or less")
	}
}
