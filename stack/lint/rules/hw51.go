// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "HW51", Severity: Error, Title: "There is no such host",
	Why:  "The chart fails: a function runs in one of hosts, or in a Deployment of its own.",
	Fix:  "Name a key of hosts, add the host, or leave host empty.",
	Bad:  "functions: {enrich: {host: small}}",
	Good: "functions: {enrich: {host: small}}\nhosts: {small: {}}",

	Function: unknownHost,
})

func unknownHost(s *pass.Scope) {
	host := s.Function.Host
	if host == "" {
		return
	}
	if _, known := s.Values.Hosts[host]; known {
		return
	}
	names := slices.Sorted(maps.Keys(s.Values.Hosts))
	fix := "use one of hosts (" + strings.Join(names, ", ") + "), or add hosts." + host
	if len(names) == 0 {
		fix = "add hosts." + host + ", or leave host empty"
	}
	if near := s.Nearest(host, names); near != "" {
		fix = "did you mean " + near + "?"
	}
	s.Report(s.At("host"), "there is no host "+strconv.Quote(host), fix)
}
