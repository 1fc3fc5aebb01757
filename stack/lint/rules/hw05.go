// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

var _ = register(Rule{
	ID: "HW05", Severity: Error, Title: "Not in the required form",
	Why: "Names, quantities, durations, topics and images follow a grammar of Kubernetes, Go or Kafka, which " +
		"would refuse them later.",
	Fix:  "Write the value in the form that the finding shows.",
	Bad:  "functions: {enrich: {limits: {timeout: 10 seconds}}}",
	Good: "functions: {enrich: {limits: {timeout: 10s}}}",

	Name:  badName,
	Value: badFormat,
	Stack: badTopics,
})

// badName checks a key of a map whose keys have a format.
func badName(p *pass.Pass, path []string, f *schema.Field) {
	if f.Keys == "" {
		return
	}
	key := path[len(path)-1]
	if problem, fix := schema.FormatError(f.Keys, key); (problem != "" || key == "") && !p.Enough() {
		p.Report(path, "key "+strconv.Quote(key)+" "+problem, fix)
	}
}

func badFormat(p *pass.Pass, path []string, v any, f *schema.Field) {
	if f.Format == "percentOrInt" {
		if !isPercentOrInt(v) && !p.Enough() {
			p.Report(path, describe(v)+" is neither a number nor a percentage", `write a number such as 1, or a percentage such as "50%"`)
		}
		return
	}
	if s, ok := v.(string); ok {
		if problem, fix := schema.FormatError(f.Format, s); problem != "" && !p.Enough() {
			p.Report(path, strconv.Quote(s)+" "+problem, fix)
		}
	}
}

func isPercentOrInt(v any) bool {
	if n, ok := schema.ToInteger(v); ok && n >= 0 {
		return true
	}
	s, ok := v.(string)
	digits := strings.TrimSuffix(s, "%")
	return ok && digits != "" && len(digits) < 10 && strings.Trim(digits, "0123456789") == ""
}

func badTopics(p *pass.Pass) {
	for _, name := range p.TopicNames() {
		if name == "." || name == ".." {
			p.Report([]string{"kafka", "topics", name}, strconv.Quote(name)+" is not a Kafka topic name", "use another name")
		}
	}
}
