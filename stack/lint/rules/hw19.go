// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"slices"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "HW19", Severity: Error, Title: "A function's name is taken",
	Why:  "Its objects would have the same names as other objects in the release.",
	Fix:  "Rename the function.",
	Bad:  "workloads: {enrich: {scaleTargetRef: {name: shop}, source: {topic: orders, consumerGroup: shop}}}",
	Good: "workloads: {shop: {scaleTargetRef: {name: shop}, source: {topic: orders, consumerGroup: shop}}}",

	Function: takenName,
})

// reservedNames are of the chart's own objects.
var reservedNames = []string{"kafka", "topics", "teardown", "check", "node-setup", "dashboard", "scaler"}

func takenName(s *pass.Scope) {
	if slices.Contains(reservedNames, s.Name) {
		s.Report(s.Root, "the name "+strconv.Quote(s.Name)+" is taken by an object of the chart's own",
			"choose another name than "+strings.Join(reservedNames, ", "))
	}
	if _, ok := s.Values.Workloads[s.Name]; ok {
		s.Report(s.Root,
			"a workload is named "+strconv.Quote(s.Name)+" too, and both need a ScaledObject of that name",
			"rename one of them")
	}
}
