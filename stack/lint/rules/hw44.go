// SPDX-License-Identifier: Apache-2.0

package rules

import "github.com/helm-wasm/helm-wasm/stack/lint/pass"

var _ = register(Rule{
	ID: "HW44", Severity: Info, Title: "Nothing to run",
	Why:  "The release then consists of Kafka and KEDA only.",
	Fix:  "Add a function or a workload; `helm wasm init` shows how.",
	Bad:  "functions: {enrich: {enabled: false}}",
	Good: "{}",

	Stack: emptyStack,
})

func emptyStack(p *pass.Pass) {
	if len(p.Functions)+len(p.Workloads) == 0 {
		p.Report([]string{"functions"},
			"there is no function and no workload, so the release runs nothing but its platform",
			"add one below functions; `helm wasm init` shows how")
	}
}
