// SPDX-License-Identifier: Apache-2.0

package rules

import (
	"slices"
	"strconv"
	"strings"

	"github.com/helm-wasm/helm-wasm/stack/lint/pass"
)

var _ = register(Rule{
	ID: "HW43", Severity: Error, Title: "The module does not export the function",
	Why:  "Every call fails.",
	Fix:  "Set module.function to an export of the module.",
	Bad:  "functions: {enrich: {abi: extism, module: {function: process}}}",
	Good: "functions: {enrich: {abi: extism, module: {function: handle}}}",

	Modules:  map[string]pass.ModuleInfo{"enrich": {ABI: "extism", Exports: []string{"handle"}}},
	Function: missingExport,
})

func missingExport(s *pass.Scope) {
	info, known := s.Module()
	name := s.Function.Module.Function
	if known && info.ABI == "extism" && len(info.Exports) > 0 && !slices.Contains(info.Exports, name) {
		s.Report(s.At("module.function"), "the module has no export "+strconv.Quote(name),
			"its exports are "+strings.Join(info.Exports, ", "))
	}
}
