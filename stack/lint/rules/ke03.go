// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
	"github.com/helm-wasm/helm-wasm/stack/schema"
)

var _ = register(Rule{
	ID: "KE03", Severity: Error, Title: "Trigger metadata has a value that KEDA cannot read",
	Why: "KEDA reads integers as JSON: 1e+06, 010 and 1_000 fail when the scaler is built, and then there is no " +
		"HPA at all. The same holds for booleans, for values outside a fixed list, and for the schedules of cron " +
		"triggers.",
	Fix: "Write the value as KEDA reads it: plain digits, \"true\" or \"false\", one of the listed values, five cron fields.",
	Bad: "functions: {enrich: {scaling: {triggers: {list: {type: redis, metadata: {address: \"redis:6379\", " +
		"listName: jobs, listLength: \"1e+06\"}}}}}}",
	Good: "functions: {enrich: {scaling: {triggers: {list: {type: redis, metadata: {address: \"redis:6379\", " +
		"listName: jobs, listLength: \"1000000\"}}}}}}",

	Trigger: unreadableMetadata,
})

func unreadableMetadata(s *pass.Scope, t *pass.Trigger) {
	for _, key := range slices.Sorted(maps.Keys(t.Metadata)) {
		if p := t.Param(key); p != nil && p.InMetadata() && !isNested(t.Metadata[key]) {
			unreadable(s, t, p, strings.TrimSpace(schema.ScalarText(t.Metadata[key])))
		}
	}
	if t.Type == "cron" {
		cronTrigger(s, t)
	}
}

// unreadable checks what KEDA parses a parameter as.
func unreadable(s *pass.Scope, t *pass.Trigger, p *pass.Param, text string) {
	if text == "" {
		return
	}
	typed := p
	if t.Type == "apache-kafka" { // its schema does not say which are booleans
		params, _ := s.Scaler("kafka")
		if same := pass.ParamNamed(params, p.Name); same != nil {
			typed = same
		}
	}
	path := s.At(t.MetadataAt(p.Name))
	switch {
	case typed.IsBoolean():
		if _, err := strconv.ParseBool(text); err != nil {
			s.Report(path, strconv.Quote(text)+" is not a boolean", `write "true" or "false"`)
		}
	case typed.IsNumber():
		if _, ok := plainDigits(text); !ok || t.IsKafka() && strings.IndexByte(text, '.') >= 0 {
			s.Report(path, strconv.Quote(text)+" is not a number that KEDA can read",
				"write plain digits: no 1e+06, no leading zero or plus, no underscore")
		}
	case len(p.Allowed) > 0:
		for part := range strings.SplitSeq(text, ",") {
			if !slices.Contains(p.Allowed, strings.TrimSpace(part)) {
				s.Report(path, strconv.Quote(text)+" is not legal for "+p.Name, "write one of "+strings.Join(p.Allowed, ", "))
				break
			}
		}
	}
}

// cronTrigger checks a schedule: KEDA's schema says only that there is one.
func cronTrigger(s *pass.Scope, t *pass.Trigger) {
	for _, key := range []string{"start", "end"} {
		if expr := t.Text(key); expr != "" {
			if problem := cronError(expr); problem != "" {
				s.Report(s.At(t.MetadataAt(key)),
					strconv.Quote(expr)+" is not a cron expression: "+problem,
					"write minute, hour, day of month, month and day of week, such as 0 8 * * 1-5")
			}
		}
	}
	if expr := t.Text("start"); expr != "" && expr == t.Text("end") {
		s.Report(s.At(t.MetadataAt("end")),
			"start and end are the same; KEDA refuses the trigger", "let end be later than start")
	}
	if zone := t.Text("timezone"); zone != "" && !isTimeZone(zone) {
		s.ReportAs(Warning, s.At(t.MetadataAt("timezone")),
			strconv.Quote(zone)+" is not the name of a time zone",
			"write one of the IANA database, such as Europe/Berlin or UTC")
	}
	if n := t.Text("desiredReplicas"); n != "" {
		if v, err := strconv.ParseInt(n, 10, 64); err != nil || v == 0 || strconv.FormatInt(v, 10) != n {
			s.Report(s.At(t.MetadataAt("desiredReplicas")),
				strconv.Quote(n)+" is not a number of replicas", "write 1 or more")
		}
	}
}
