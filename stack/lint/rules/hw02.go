// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"
	"strings"
	"time"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

var _ = register(Rule{
	ID: "HW02", Severity: Error, Title: "Wrong type",
	Why:  "The chart's schema refuses the file at install.",
	Fix:  "Write the value in the type that the message names; `helm wasm explain PATH` shows an example.",
	Bad:  "functions: {enrich: {config: {RATE: 0.2}}}",
	Good: "functions: {enrich: {config: {RATE: \"0.2\"}}}",

	Type:     wrongType,
	Stack:    nullSections,
	Function: nullScaling,
	Workload: nullScaling,
})

// wrongType reports a value that is not of its field's type.
func wrongType(p *pass.Pass, path []string, v any, f *schema.Field, want schema.Kind) {
	p.Broken(path)
	if p.Enough() {
		return
	}
	expected, fix := "a string", "write text"
	switch want {
	case schema.KindObject:
		expected, fix = "a mapping", mappingFix(f, v)
	case schema.KindMap:
		expected, fix = "a mapping", "write `key: value` lines below "+f.Name
		if _, list := v.([]any); list {
			fix = "write it as a mapping keyed by name instead of a list, so that files merge: `" + f.Name + ": {some-name: ...}`"
		}
	case schema.KindAny:
		expected, fix = "a mapping", "write it as Kubernetes has it, `key: value`"
	case schema.KindList:
		expected, fix = "a list", "write a list: ["+strings.TrimSpace(schema.ScalarText(v))+"]"
		if _, isMap := v.(map[string]any); isMap {
			fix = "write a list, each element after `- `"
		}
	case schema.KindString:
		switch v.(type) {
		case bool, float64, int64:
			fix = "put it into quotes: " + strconv.Quote(schema.ScalarText(v)) + " (with --set, use --set-string)"
		}
	case schema.KindQuantity:
		expected, fix = "a quantity", "write a number with a unit, such as 64Mi or 250m"
	case schema.KindBoolean:
		expected, fix = "true or false", "write true or false"
		if s, ok := v.(string); ok && (s == "true" || s == "false") {
			fix = "remove the quotes: " + s
		}
	case schema.KindInteger:
		expected, fix = "an integer", integerFix(v)
	}
	p.Report(path, describe(v)+" where "+expected+" is expected", fix)
}

func mappingFix(f *schema.Field, v any) string {
	o := f.Object
	keys := make([]string, 0, 6)
	for i := range o.Fields {
		if len(keys) == 6 {
			keys = append(keys, "...")
			break
		}
		keys = append(keys, o.Fields[i].Name)
	}
	if s, ok := v.(string); ok && s != "" && o.Fields[0].Kind == schema.KindString {
		return "write " + f.Name + ": {" + o.Fields[0].Name + ": " + s + "}"
	}
	return "its keys are " + strings.Join(keys, ", ")
}

func integerFix(v any) string {
	if s, ok := v.(string); ok {
		if _, err := strconv.Atoi(s); err == nil {
			return "remove the quotes: " + s
		} else if d, err := time.ParseDuration(s); err == nil && d >= time.Second {
			return "write seconds, without a unit: " + strconv.Itoa(int(d/time.Second))
		}
	}
	return "write a whole number"
}

// nullSections reports a top-level section without content: null removes all its
// defaults, and the chart has nothing to go by.
func nullSections(p *pass.Pass) {
	for i := range schema.ValuesObject().Fields {
		f := schema.ValuesObject().Fields[i]
		if v, ok := p.Doc.Tree()[f.Name]; ok && v == nil && f.Kind == schema.KindObject && !f.Open {
			p.Report([]string{f.Name},
				"null where a mapping is expected; it removes every default of "+f.Name,
				"remove the line, or write "+f.Name+": {}")
		}
	}
}

func nullScaling(s *pass.Scope) {
	if s.NoScaling {
		s.Report(s.At("scaling"),
			"null where a mapping is expected; it removes every default of scaling",
			"remove the line, or write scaling: {}")
	}
}
